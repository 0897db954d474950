"""How well claims that were read agree with those that a reader wrote down."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.methods import method

FIELDS: Final = (
    *("value", "metric", "material", "stage", "qualifier", "date", "year", "translation"),
    *("lang", "unit"),
)
"""What is compared on matched rows; ``date`` for rows of metric date, ``year`` for the others."""

_CLOSE: Final = 1e-9
_ISO: Final = re.compile(r"\d{4}(?:-\d{2})?(?:-\d{2})?")


@dataclass(frozen=True)
class Score:
    """Outcome of a comparison.

    Attributes
    ----------
    matched
        Pairs of a read and a gold row.
    missed, extra
        Gold rows that were not read; rows read that no gold row knows.
    fields
        For each of `FIELDS` how many agree, and of how many.
    wrong
        For each field the pairs that differ.
    """

    matched: tuple[tuple[StatedClaim, StatedClaim], ...]
    missed: tuple[StatedClaim, ...]
    extra: tuple[StatedClaim, ...]
    fields: Mapping[str, tuple[int, int]]
    wrong: Mapping[str, tuple[tuple[StatedClaim, StatedClaim], ...]] = field(repr=False)

    @property
    def recall(self) -> float:
        """Share of gold rows that were read."""
        return _share(len(self.matched), len(self.matched) + len(self.missed))

    @property
    def precision(self) -> float:
        """Share of rows read that are gold rows."""
        return _share(len(self.matched), len(self.matched) + len(self.extra))

    def accuracy(self, name: str) -> float:
        """Share of matched rows that agree in a field; 1 if none can be compared."""
        return _share(*self.fields[name])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def score(
    found: Sequence[StatedClaim], gold: Sequence[StatedClaim], topic: str | None = "core"
) -> Score:
    """Compare claims read with a gold table, one to one.

    Parameters
    ----------
    found
        Claims read; those of documents without a gold row do not count.
    gold
        The table to compare with.
    topic
        Only gold rows of this topic; None for all.
    """
    wanted = [row for row in gold if topic is None or row.topic == topic]
    names = {row.document for row in wanted}
    rows = [row for row in found if row.document in names]
    pairs = _pairs(rows, wanted)
    links = _linked(pairs)
    counts: dict[str, list[int]] = {name: [0, 0] for name in FIELDS}
    wrong: dict[str, list[tuple[StatedClaim, StatedClaim]]] = defaultdict(list)
    for one, other in pairs:
        for name, agrees in _compared(one, other, links).items():
            counts[name][0] += agrees
            counts[name][1] += 1
            if not agrees:
                wrong[name].append((one, other))
    read = {id(one) for one, _ in pairs}
    known = {id(other) for _, other in pairs}
    return Score(
        tuple(pairs),
        tuple(row for row in wanted if id(row) not in known),
        tuple(row for row in rows if id(row) not in read),
        {name: (agree, of) for name, (agree, of) in counts.items()},
        {name: tuple(found) for name, found in wrong.items()},
    )


def overlap(one: StatedClaim, other: StatedClaim) -> float:
    """Characters in both spans over characters in either; 0 in different documents."""
    if one.document != other.document:
        return 0.0
    both = min(one.end, other.end) - max(one.char_offset, other.char_offset)
    either = max(one.end, other.end) - min(one.char_offset, other.char_offset)
    return max(both, 0) / either if either else 0.0


def _pairs(
    found: Sequence[StatedClaim], gold: Sequence[StatedClaim]
) -> list[tuple[StatedClaim, StatedClaim]]:
    """The best overlaps first, each row once."""
    least = method("claims/least_overlap")
    by_document: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(found):
        by_document[row.document].append(number)
    candidates = []
    for at, row in enumerate(gold):
        for number in by_document[row.document]:
            share = overlap(found[number], row)
            if share >= least:
                candidates.append((-share, at, number))
    used_gold: set[int] = set()
    used_found: set[int] = set()
    pairs = []
    for _, at, number in sorted(candidates):
        if at not in used_gold and number not in used_found:
            used_gold.add(at)
            used_found.add(number)
            pairs.append((at, number))
    return [(found[number], gold[at]) for at, number in sorted(pairs)]


def _compared(one: StatedClaim, other: StatedClaim, links: Mapping[str, str]) -> dict[str, bool]:
    agrees = {
        "value": _same_value(one, other),
        "metric": one.metric == other.metric,
        "material": set(one.material.split(";")) == set(other.material.split(";")),
        "stage": one.stage == other.stage,
        "qualifier": one.qualifier == other.qualifier,
        "lang": one.lang == other.lang,
        "unit": one.unit == other.unit,
    }
    if other.metric == "date":
        agrees["date"] = same_date(one.year_or_date, other.year_or_date)
    elif other.year_or_date:
        agrees["year"] = one.year_or_date[:4] == other.year_or_date[:4]
    if other.dup_kind == "translation" and other.duplicate_of in links.values():
        agrees["translation"] = bool(
            one.dup_kind == "translation" and links.get(one.duplicate_of) == other.duplicate_of
        )
    return agrees


def _linked(pairs: Sequence[tuple[StatedClaim, StatedClaim]]) -> dict[str, str]:
    """Gold row of each claim read, by their names."""
    return {one.claim_id: other.claim_id for one, other in pairs}


def _same_value(one: StatedClaim, other: StatedClaim) -> bool:
    def same(left: float | None, right: float | None) -> bool:
        if left is None or right is None:
            return left is right
        return math.isclose(left, right, rel_tol=_CLOSE)

    if other.value is not None:
        return same(one.value, other.value)
    return (
        one.value is None
        and same(one.value_low, other.value_low)
        and same(one.value_high, other.value_high)
    )


def same_date(one: str, other: str) -> bool:
    """Two dates agree as far as the less exact of them goes.

    Examples
    --------
    >>> same_date("2025-11", "2025-11-27"), same_date("2025", "2024-01"), same_date("", "2025")
    (True, False, False)
    """
    if not one or not other:
        return one == other
    left, right = one.split("/"), other.split("/")
    if len(left) != len(right):
        return False
    return all(
        _ISO.fullmatch(a) is not None and (a.startswith(b) or b.startswith(a))
        for a, b in zip(left, right, strict=True)
    )
