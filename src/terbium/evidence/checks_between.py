"""Claims against one another: ranges, qualifiers, scopes, traps, each or jointly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from terbium.base.speech import tr, trn
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.documents.links import TRANSLATION, drifts
from terbium.evidence.documents.same import parts
from terbium.evidence.findings import (
    Finding,
    claim_span,
    is_share,
    number_text,
    period_of,
    span_text,
)
from terbium.evidence.methods import method
from terbium.evidence.quantities import Quantity
from terbium.evidence.readings import Reading, cue
from terbium.evidence.wording import name_of, said, sentences, worded

Meant = Mapping[StatedClaim, Quantity]


def check_between(reading: Reading, meant: Meant) -> Iterator[Finding]:
    """What claims say of one another, of one document or of several."""
    yield from _ranges(reading, meant)
    yield from _drifts(reading)
    yield from _scopes(meant)
    yield from _traps(reading, meant)
    yield from _each_or_jointly(reading)


def _name(claim: StatedClaim) -> str:
    who = f", {claim.attributed_to}" if claim.attributed_to else ""
    when = f", {claim.year_or_date}" if claim.year_or_date and claim.metric != "date" else ""
    return f"{span_text(claim)} ({claim.claim_id}{when}{who})"


def _ranges(reading: Reading, meant: Meant) -> Iterator[Finding]:
    """Claims on one quantity and one time that cannot all be right, or differ by a qualifier."""
    groups: dict[str, list[StatedClaim]] = defaultdict(list)
    for claim, quantity in meant.items():
        if not quantity.series:
            groups[quantity.quantity].append(claim)
    for rows in groups.values():
        quantity = meant[rows[0]]
        for same_time in _by_time(rows):
            found = _range(reading, quantity, same_time)
            if found:
                yield found


def _by_time(rows: Sequence[StatedClaim]) -> list[list[StatedClaim]]:
    """Claims whose years lie near one another; those without a year, and dates, are together."""
    groups: list[list[StatedClaim]] = []
    for claim in sorted(rows, key=_year):
        if groups and (
            claim.metric == "date"
            or not _year(claim)
            or _year(claim) - _year(groups[-1][-1]) <= method("checks/years_apart")
        ):
            groups[-1].append(claim)
        else:
            groups.append([claim])
    return groups


def _year(claim: StatedClaim) -> int:
    period = period_of(claim.year_or_date)
    return period.last.year if period and claim.metric != "date" else 0


def _range(reading: Reading, quantity: Quantity, rows: Sequence[StatedClaim]) -> Finding | None:
    pairs = [pair for pair in combinations(rows, 2) if not _is_course(reading, *pair)]
    clashing = [(one, two) for one, two in pairs if _clash(one, two)]
    stated = "; ".join(_name(claim) for claim in sorted(rows, key=lambda c: c.char_offset))
    if clashing:
        involved = [claim for claim in rows if any(claim in pair for pair in clashing)]
        values = sorted(claim.value for claim in involved if claim.value is not None)
        shown = ", ".join(dict.fromkeys(number_text(value, quantity.unit) for value in values))
        return Finding(
            "range", "disagrees", "differs",
            tr("{quantity}: {values} in one place and another",
               quantity=name_of(quantity), values=shown),
            tuple(rows), stated, (), sentences(tr("Not to be averaged."), said(quantity.note)),
            quantity.quantity,
        )  # fmt: skip
    drifting = [(one, two) for one, two in pairs if _other_qualifier(one, two)]
    if drifting:
        words = dict.fromkeys(worded(claim.qualifier) for pair in drifting for claim in pair)
        return Finding(
            "qualifier", "other qualifier", "differs",
            tr("{quantity}: {values} with {qualifiers}", quantity=name_of(quantity),
               values=_shown(rows), qualifiers=", ".join(words)), tuple(rows), stated, (),
            said(quantity.note), quantity.quantity,
        )  # fmt: skip
    return None


def _is_course(reading: Reading, one: StatedClaim, two: StatedClaim) -> bool:
    """Whether a sentence goes from one figure to the other: "cut from 20% to 10%"."""
    if one.document != two.document:
        return False
    if reading.sentence_number(one) != reading.sentence_number(two):
        return False
    between = reading.between(one, two)
    return any(cue(kind).search(between) for kind in ("total", "fall", "rises"))


def _shown(rows: Sequence[StatedClaim]) -> str:
    values = dict.fromkeys(claim.span for claim in rows if claim.value is not None)
    return ", ".join(values) or tr("words")


def _clash(one: StatedClaim, two: StatedClaim) -> bool:
    if one.value is None or two.value is None or one.value == two.value:
        return False
    if one.metric == "rank" or one.metric != two.metric:
        return False
    if one.metric == "date":
        first, second = period_of(one.year_or_date), period_of(two.year_or_date)
        if first is None or second is None:
            return True
        return first.last < second.first or second.last < first.first
    if one.metric == "count":
        return True
    return not claim_span(one).meets(claim_span(two))


def _other_qualifier(one: StatedClaim, two: StatedClaim) -> bool:
    same = one.value is not None and one.value == two.value
    is_word = (one.value is None) != (two.value is None) and is_share(one.unit)
    same = same or (is_word and "nearly" in (one.qualifier, two.qualifier))
    return same and one.qualifier != two.qualifier and one.lang[:2] == two.lang[:2]


def _drifts(reading: Reading) -> Iterator[Finding]:
    """A number that has another qualifier in the other language of the text."""
    for drift in drifts(reading.claims):
        one, two = drift.earlier, drift.later
        yield Finding(
            "translation", "other qualifier", "differs",
            tr("{first} / {second}: {first_qualifier} in {first_language}, {second_qualifier} in "
               "{second_language}", first=one.span, second=two.span,
               first_qualifier=worded(one.qualifier), first_language=one.lang,
               second_qualifier=worded(two.qualifier), second_language=two.lang),
            (one, two), "", (), tr("The two languages of the text do not claim the same."),
        )  # fmt: skip


def _scopes(meant: Meant) -> Iterator[Finding]:
    """Quantities that similar words speak of and that are not one."""
    families: dict[str, dict[str, list[StatedClaim]]] = defaultdict(lambda: defaultdict(list))
    for claim, quantity in meant.items():
        if quantity.family:
            families[quantity.family][quantity.quantity].append(claim)
    for family, members in families.items():
        if len(members) < 2:
            continue
        claims = [claim for rows in members.values() for claim in rows]
        names = {name_of(meant[rows[0]]): rows for rows in members.values()}
        text = "; ".join(
            f"{name}: {', '.join(span_text(claim) for claim in rows)}"
            for name, rows in names.items()
        )
        yield Finding(
            "scope", "other scope", "cannot be checked",
            trn("{family}: {n} quantity under similar words",
                "{family}: {n} quantities under similar words", len(members), family=tr(family)),
            tuple(claims), text, (),
            tr("Different things are counted; differences between them are no contradiction."),
        )  # fmt: skip


def _traps(reading: Reading, meant: Meant) -> Iterator[Finding]:
    """One share that stands for different things."""
    by_value: dict[float, dict[str, StatedClaim]] = defaultdict(dict)
    for claim in reading.stated:
        if claim.value is not None and is_share(claim.unit) and 0 < claim.value != 1:
            by_value[claim.value].setdefault(_thing(claim, meant), claim)
    for value, members in sorted(by_value.items()):
        if len(members) < 2:
            continue
        names = "; ".join(f"{name} ({c.claim_id})" for name, c in members.items())
        yield Finding(
            "same number", "trap", "cannot be checked",
            trn("{figure} stands for {n} thing", "{figure} stands for {n} different things",
                len(members), figure=number_text(value, "fraction")),
            tuple(members.values()), names, (), tr("The same number, not the same quantity."),
        )  # fmt: skip


def _thing(claim: StatedClaim, meant: Meant) -> str:
    """What a share is of: a known quantity, or what its row says."""
    if claim in meant:
        return name_of(meant[claim])
    named = [part for part in (claim.entity, claim.material, claim.stage) if part != "none"]
    return f"{claim.metric.replace('_', ' ')}, {', '.join(part for part in named if part)}"


def _each_or_jointly(reading: Reading) -> Iterator[Finding]:
    """One sum that each party gives in one sentence and all together give in another."""
    sums: dict[tuple[str, float], list[StatedClaim]] = defaultdict(list)
    for claim in reading.claims:
        if claim.metric == "money" and claim.value and claim.dup_kind != TRANSLATION:
            sums[claim.unit, claim.value].append(claim)
    for (unit, value), rows in sums.items():
        each = [c for c in rows if _is_said(reading, c, "each")]
        joint = [c for c in rows if c not in each and _is_said(reading, c, "jointly")]
        for one in each:
            same = [two for two in joint if parts(one.entity) & parts(two.entity)]
            if not same:
                continue
            shown = number_text(value, unit)
            yield Finding(
                "each or jointly", "disagrees", "differs",
                tr("{sum} from each party in one sentence, together in another", sum=shown),
                (one, *same), tr("each: at least 2 x {sum} = {double}; together: {sum}",
                                 sum=shown, double=number_text(2 * value, unit)), (),
                tr("The text says both; the deal itself decides."),
            )  # fmt: skip
            break


def _is_said(reading: Reading, claim: StatedClaim, kind: str) -> bool:
    words = reading.before(claim, 2 * int(method("checks/cue_reach")))
    return cue(kind).search(words) is not None
