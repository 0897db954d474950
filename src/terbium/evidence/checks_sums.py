"""Sums within a text: steps that lead from a rate to a total, parts and their whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from terbium.base.speech import tr
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import Finding, Span, exact_span, is_share, number_text, span_text
from terbium.evidence.methods import method
from terbium.evidence.quantities import Figure, figures, quantity_of
from terbium.evidence.readings import Reading, cue
from terbium.evidence.wording import name_of, said

_PERCENT = re.compile("[%％]")
_RATES = frozenset({"tariff_rate", "change", "share"})
_SUM_METRICS = frozenset({"count", "tonnage", "money", "capacity"})


def check_sums(reading: Reading) -> Iterator[Finding]:
    """Every ladder of rates and every sum with its parts in one sentence."""
    for _, rows in groupby(reading.stated, key=lambda claim: claim.document):
        document = list(rows)
        for ladder in _ladders(reading, document):
            yield from _check_ladder(reading, ladder)
        yield from _part_sums(reading, document)


@dataclass(frozen=True)
class _Ladder:
    """A rate, steps added to it, and the total that the text names."""

    start: StatedClaim
    steps: tuple[StatedClaim, ...]
    total: StatedClaim


def _role(reading: Reading, claim: StatedClaim) -> str:
    """Whether a rate is a step, a total or neither, by the words right in front of it."""
    # words in front of the figure before speak of that one
    before = _PERCENT.split(reading.before(claim, int(method("checks/cue_reach"))))[-1]
    if "pp" in claim.unit:
        return "step"
    last = {kind: _last(kind, before) for kind in ("step", "total")}
    if last["total"] >= 0 and last["total"] >= last["step"]:
        return "total"
    return "step" if last["step"] >= 0 else "level"


def _last(kind: str, text: str) -> int:
    return max((found.end() for found in cue(kind).finditer(text)), default=-1)


def _ladders(reading: Reading, rows: Sequence[StatedClaim]) -> Iterator[_Ladder]:
    rates = [rate for claim in rows if (rate := _rate(reading, claim)) is not None]
    start: StatedClaim | None = None
    steps: list[StatedClaim] = []
    for claim in rates:
        if start is not None and not _is_close(start, steps, claim):
            start, steps = None, []
        role = _role(reading, claim)
        if role == "step" and start is not None:
            steps.append(claim)
        elif role == "total" and start is not None and steps:
            yield _Ladder(start, tuple(steps), claim)
            start, steps = claim, []
        elif claim.metric == "tariff_rate":
            start, steps = claim, []


def _rate(reading: Reading, claim: StatedClaim) -> StatedClaim | None:
    """A claim as a rate, if it is one; points that were read as a count are a step."""
    if claim.value is None:
        return None
    if is_share(claim.unit) and claim.metric in _RATES:
        return claim
    is_points = cue("points").match(reading.after(claim, int(method("checks/cue_reach"))).strip())
    if claim.metric != "count" or not is_points:
        return None
    return replace(claim, value=claim.value / 100, unit="fraction (pp)", metric="change")


def _is_close(start: StatedClaim, steps: Sequence[StatedClaim], claim: StatedClaim) -> bool:
    last = steps[-1] if steps else start
    return claim.char_offset - last.end <= method("checks/window") / 2


def _check_ladder(reading: Reading, ladder: _Ladder) -> Iterator[Finding]:
    terms = (ladder.start, *(_signed(reading, step) for step in ladder.steps))
    values = [claim.value or 0.0 for claim in terms]
    total = ladder.total.value or 0.0
    spans = [exact_span(claim) for claim in terms]
    sums = Span(sum(span.low for span in spans), sum(span.high for span in spans))
    left = " + ".join(f"{100 * value:g}" for value in values).replace("+ -", "- ")
    added = f"{left} = {100 * sum(values):g}"
    claims = (ladder.start, *ladder.steps, ladder.total)
    if sums.meets(exact_span(ladder.total)):
        yield Finding(
            "ladder", "agrees", "agrees",
            tr("The steps add up to {total}", total=span_text(ladder.total)), claims, added,
        )  # fmt: skip
        return
    missing = total - sum(values)
    others, found = _known_as(reading, missing, claims)
    remark = tr("A term is missing or a figure is wrong.")
    if others or found:
        names = [f"{claim.span} ({_about(reading, claim)})" for claim in others]
        names += [
            f"{number_text(one.value, one.unit)} ({said(one.scope)}; {one.cited})" for one in found
        ]
        remark = tr("The missing {points} points may be {terms}.", points=f"{100 * missing:g}",
                    terms="; ".join(names))  # fmt: skip
    yield Finding(
        "ladder", "likely error", "differs",
        tr("The steps do not add up to {total}", total=span_text(ladder.total)),
        (*claims, *others),
        tr("{sum}; the text says {stated}; difference {points} points", sum=added,
           stated=f"{100 * total:g}", points=f"{100 * missing:+g}"), found, remark, "", claims,
    )  # fmt: skip


def _signed(reading: Reading, step: StatedClaim) -> StatedClaim:
    """A step, below nil if the words in front of it say that the rate falls."""
    words = reading.before(step, 2 * int(method("checks/cue_reach")))
    if (step.value or 0.0) > 0 and _last("fall", words) > _last("step", words):
        return replace(step, value=-(step.value or 0.0))
    return step


def _about(reading: Reading, claim: StatedClaim) -> str:
    meant = quantity_of(claim, reading)
    return f"{name_of(meant)}, {claim.claim_id}" if meant else claim.claim_id


def _known_as(
    reading: Reading, missing: float, claims: Sequence[StatedClaim]
) -> tuple[tuple[StatedClaim, ...], tuple[Figure, ...]]:
    """Rates that have just the size of what is missing, told elsewhere."""
    slack = method("checks/agrees_share") / 3
    others = [
        claim
        for claim in reading.stated
        if claim not in claims
        and claim.metric == "tariff_rate"
        and claim.value is not None
        and abs(claim.value - missing) < slack
    ]
    found = [
        one for one in figures() if "tariff" in one.quantity and abs(one.value - missing) < slack
    ]
    return tuple(others[:2]), tuple(found[:1])


def _part_sums(reading: Reading, rows: Sequence[StatedClaim]) -> Iterator[Finding]:
    """Amounts of one unit in one sentence, the last of them called their sum."""
    amounts = [c for c in rows if c.value is not None and c.metric in _SUM_METRICS]
    for _, group in groupby(amounts, key=reading.sentence_number):
        for _, same in groupby(sorted(group, key=_unit), key=_unit):
            terms = sorted(same, key=lambda claim: claim.char_offset)
            *parts, whole = terms
            reach = int(method("checks/cue_reach"))
            if len(parts) < 2 or not cue("sum").search(reading.before(whole, reach)):
                continue
            yield _part_sum(parts, whole)


def _unit(claim: StatedClaim) -> tuple[str, str]:
    return claim.metric, claim.unit


def _part_sum(parts: Sequence[StatedClaim], whole: StatedClaim) -> Finding:
    spans = [exact_span(claim) for claim in parts]
    sums = Span(sum(span.low for span in spans), sum(span.high for span in spans))
    added = sum(claim.value or 0.0 for claim in parts)
    left = " + ".join(f"{claim.value:,g}" for claim in parts)
    agrees = sums.meets(exact_span(whole))
    return Finding(
        "sum", "agrees" if agrees else "likely error", "agrees" if agrees else "differs",
        tr("The parts add up to {sum}", sum=span_text(whole)) if agrees
        else tr("The parts do not add up to {sum}", sum=span_text(whole)),
        (*parts, whole), tr("{sum}; the text says {stated}", stated=f"{whole.value:,g}",
                            sum=f"{left} = {added:,g} {whole.unit}"),
    )  # fmt: skip
