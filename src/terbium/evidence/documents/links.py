"""Claims that say the same: translations of one another, and repeats.

A text that stands in two languages states its figures twice, in nearly the same order. The two
orders are aligned: of all ways to pair the claims of one language with those of the other in order,
the one with the most agreement is taken, then pairs that cross it within a passage (a language that
names the share before the sum). A link always points back to the first row that states the claim.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from terbium.evidence.documents.chain import Pair, crossing_pairs, heaviest_chain
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.documents.passages import Passage, passages
from terbium.evidence.documents.same import (
    Key,
    agreement,
    key_of,
    likeness,
    may_repeat,
    same_labels,
)
from terbium.evidence.methods import method
from terbium.evidence.quantities import quantity_of
from terbium.evidence.readings import Reading
from terbium.evidence.wording import worded

TRANSLATION, REPEAT = "translation", "repeat"


@dataclass(frozen=True)
class Drift:
    """One statement with two qualifiers: what a translator added, or left out.

    Attributes
    ----------
    earlier, later
        The linked rows.
    """

    earlier: StatedClaim
    later: StatedClaim

    def __str__(self) -> str:
        return (
            f"{self.earlier.span} ({self.earlier.lang}: {worded(self.earlier.qualifier)}), "
            f"{self.later.span} ({self.later.lang}: {worded(self.later.qualifier)})"
        )


def link_claims(
    document_texts: Mapping[str, str], claims: Sequence[StatedClaim]
) -> list[StatedClaim]:
    """Say of each claim which earlier one of its document it translates or repeats.

    Parameters
    ----------
    document_texts
        The texts by the names that stand in the claims. A document without a text is aligned as if
        each language were one passage.
    claims
        Claims of any documents, in any order.

    Returns
    -------
    list of StatedClaim
        The same rows in the same order with `duplicate_of` and `dup_kind`; what the rows said of
        these before is dropped.
    """
    by_document: dict[str, list[StatedClaim]] = defaultdict(list)
    for claim in claims:
        by_document[claim.document].append(claim)
    links: dict[tuple[str, str], tuple[str, str]] = {}
    for name, rows in by_document.items():
        found = _links_within(document_texts.get(name, ""), rows)
        links.update({(name, claim_id): link for claim_id, link in found.items()})
    none = ("", "")
    return [
        _with_link(claim, links.get((claim.document, claim.claim_id), none)) for claim in claims
    ]


def _with_link(claim: StatedClaim, link: tuple[str, str]) -> StatedClaim:
    if (claim.duplicate_of, claim.dup_kind) == link:
        return claim
    return replace(claim, duplicate_of=link[0], dup_kind=link[1])


def drifts(claims: Iterable[StatedClaim]) -> list[Drift]:
    """Translations whose qualifier is another than that of what they translate."""
    rows = list(claims)
    first = {(claim.document, claim.claim_id): claim for claim in rows}
    found = []
    for claim in rows:
        earlier = first.get((claim.document, claim.duplicate_of))
        if claim.dup_kind == TRANSLATION and earlier and earlier.qualifier != claim.qualifier:
            found.append(Drift(earlier, claim))
    return found


def _links_within(text: str, claims: Sequence[StatedClaim]) -> dict[str, tuple[str, str]]:
    """Links of one document: claim to the first that says the same, and how."""
    rows = sorted(claims, key=lambda claim: (claim.char_offset, claim.claim_id))
    same = _Same(len(rows))
    for left, right in _translated(text, rows):
        same.join(left, right)
    for left, right in _repeated(text, rows):
        same.join(left, right)
    links = {}
    for at, row in enumerate(rows):
        root = same.first(at)
        if root != at:
            kind = REPEAT if _family(rows[root]) == _family(row) else TRANSLATION
            links[row.claim_id] = (rows[root].claim_id, kind)
    return links


class _Same:
    """Rows that say the same; the first of a group stands for it."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def first(self, at: int) -> int:
        while self._above[at] != at:
            self._above[at] = self._above[self._above[at]]
            at = self._above[at]
        return at

    def join(self, left: int, right: int) -> None:
        one, other = sorted((self.first(left), self.first(right)))
        self._above[other] = one


def _family(claim: StatedClaim) -> str:
    return claim.lang.partition("-")[0]


def _translated(text: str, rows: Sequence[StatedClaim]) -> list[tuple[int, int]]:
    sides: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        sides[_family(row)].append(at)
    if len(sides) != 2:
        return []
    first, second = sides.values()
    candidates = _candidates(rows, first, second, _Places(rows, passages(text)))
    chain = heaviest_chain(candidates)
    more = crossing_pairs(candidates, chain, int(method("links/crossing_reach")))
    return [(first[pair.left], second[pair.right]) for pair in (*chain, *more)]


class _Places:
    """Where rows stand: the passage, and how far into it."""

    def __init__(self, rows: Sequence[StatedClaim], parts: Sequence[Passage]) -> None:
        starts = [part.start for part in parts]
        self.passage: list[int] = []
        self.share: list[float] = []
        for row in rows:
            at = bisect_right(starts, row.char_offset) - 1
            self.passage.append(at)
            if at < 0:
                self.share.append(0.0)
                continue
            length = max(parts[at].end - parts[at].start, 1)
            self.share.append((row.char_offset - parts[at].start) / length)

    def nearness(self, left: int, right: int) -> float:
        """1 at the same place of neighbouring passages, 0 where the passages are no neighbours."""
        if abs(self.passage[left] - self.passage[right]) != 1:
            return 0.0
        return max(0.0, 1 - abs(self.share[left] - self.share[right]))


def _candidates(
    rows: Sequence[StatedClaim], first: Sequence[int], second: Sequence[int], places: _Places
) -> list[Pair]:
    """Pairs that could be translations, each with how much speaks for it."""
    by_key: dict[Key, list[int]] = defaultdict(list)
    for position, at in enumerate(second):
        by_key[key_of(rows[at])].append(position)
    count_first: dict[Key, int] = defaultdict(int)
    for at in first:
        count_first[key_of(rows[at])] += 1
    reach = int(method("links/candidates_per_claim"))
    least, near = method("links/least_agreement"), method("links/weight_nearness")
    pairs = []
    for position, at in enumerate(first):
        key = key_of(rows[at])
        others = by_key.get(key, [])
        if len(others) > reach:
            others = sorted(others, key=lambda p: -places.nearness(at, second[p]))[:reach]
        is_only = count_first[key] == 1 == len(by_key.get(key, ()))
        for other in others:
            nearness = places.nearness(at, second[other])
            if not nearness and not is_only:
                continue
            weight = agreement(rows[at], rows[second[other]]) + near * nearness
            if weight >= least:
                pairs.append(Pair(position, other, weight))
    return pairs


def _repeated(text: str, rows: Sequence[StatedClaim]) -> list[tuple[int, int]]:
    """Rows of one language that say again what one before said."""
    reading = Reading({rows[0].document: text} if text else {}, rows)
    by_key: dict[tuple[str, Key], list[int]] = defaultdict(list)
    found = []
    reach = int(method("links/candidates_per_claim"))
    for at, row in enumerate(rows):
        earlier = by_key[_family(row), key_of(row)]
        for other in earlier[:reach]:
            if _is_repeat(reading, rows[other], row):
                found.append((other, at))
                break
        else:
            earlier.append(at)
    return found


def _is_repeat(reading: Reading, earlier: StatedClaim, later: StatedClaim) -> bool:
    """Restated: in nearly the same words of the same things, or of one known quantity."""
    if not may_repeat(earlier, later):
        return False
    if same_labels(earlier, later):
        reach = int(method("links/context_reach")) * (1 if _family(later) == "zh" else 3)
        around = [reading.window(claim, reach) for claim in (earlier, later)]
        if likeness(*around) >= method("links/least_likeness"):
            return True
    if later.value is None:
        return False
    meant = quantity_of(earlier, reading)
    return meant is not None and not meant.series and meant is quantity_of(later, reading)
