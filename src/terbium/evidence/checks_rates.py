"""Rates of change: what they imply for the period before, and whether stated figures bear it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from terbium.base.calendar import Period
from terbium.base.speech import tr
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import (
    Finding,
    Span,
    exact_span,
    is_share,
    number_text,
    period_of,
    plain_number,
    span_text,
)
from terbium.evidence.methods import method
from terbium.evidence.quantities import Figure, Quantity, figures_of, quantity_of
from terbium.evidence.readings import Reading, cue
from terbium.evidence.wording import low_to_high

_AMOUNTS = frozenset({"tonnage", "capacity", "money", "count", "price"})
_YEARLY, _MONTHLY = ("year_on_year", "year"), ("month_on_month", "month")


@dataclass(frozen=True)
class _Change:
    rate: StatedClaim
    signed: float
    slack: float
    step: str


def check_rates(reading: Reading) -> Iterator[Finding]:
    """Every rate on a month or a year that stands beside an amount."""
    last: _Change | None = None
    for rate in reading.stated:
        change = _change(reading, rate)
        if change is None:
            continue
        if last and last.step != change.step and last.signed == change.signed:
            yield from _same_number(reading, last, change)
        last = change
        level, base = _terms(reading, change)
        if level is not None and base is not None:
            yield _compared(change, level, base)
        elif level is not None:
            yield _implied(reading, change, level)


def _step(change: _Change) -> str:
    return tr("year") if change.step == "year" else tr("month")


def _same_number(reading: Reading, one: _Change, two: _Change) -> Iterator[Finding]:
    """A rate on the year and a rate on the month with one number, side by side."""
    if two.rate in reading.near(one.rate, int(method("checks/near_sentences"))):
        yield Finding(
            "same number", "trap", "cannot be checked",
            tr("{rate} is a rate on the {first} and a rate on the {second}", rate=one.rate.span,
               first=_step(one), second=_step(two)),
            (one.rate, two.rate), "", (), tr("The same number, not the same quantity."),
        )  # fmt: skip


def _change(reading: Reading, rate: StatedClaim) -> _Change | None:
    if rate.value is None or not is_share(rate.unit) or "pp" in rate.unit:
        return None
    if rate.metric not in {"change", "share", "ratio"}:
        return None
    words = reading.before(rate, 2 * int(method("checks/cue_reach"))) + reading.clause(rate)
    for kind, step in (_YEARLY, _MONTHLY):
        if not cue(kind).search(words):
            continue
        falls = cue("fall").search(reading.clause(rate)) is not None
        signed = -abs(rate.value) if falls else rate.value
        return _Change(rate, signed, exact_span(rate).high - rate.value, step)
    return None


def _terms(reading: Reading, change: _Change) -> tuple[StatedClaim | None, StatedClaim | None]:
    """The amount that changed and, if the text names it, the amount before."""
    amounts = [
        claim
        for claim in reading.near(change.rate, 0)
        if claim.metric in _AMOUNTS and claim.value is not None and claim.value > 0
    ]
    if not amounts:
        return None, None
    base = next((claim for claim in reversed(amounts) if _is_base(reading, claim, change)), None)
    others = [
        claim for claim in amounts if claim is not base and (not base or claim.unit == base.unit)
    ]
    level = min(others, key=lambda claim: _distance(reading, claim, change.rate), default=None)
    return level, base


def _is_base(reading: Reading, claim: StatedClaim, change: _Change) -> bool:
    """Whether a text compares with this amount: "than the 4,725 t of a year before"."""
    words = reading.before(claim, 2 * int(method("checks/cue_reach")))
    if not cue("against").search(words):
        return False
    apart = abs(change.rate.char_offset - claim.end)
    return claim.char_offset < change.rate.char_offset and apart <= method("checks/cue_reach")


def _distance(reading: Reading, claim: StatedClaim, rate: StatedClaim) -> tuple[int, int]:
    """Amounts in front come first, but one that the rate leads up to comes before them."""
    if claim.char_offset > rate.char_offset:
        led = cue("total").search(reading.between(rate, claim))
        return (0 if led else 2), claim.char_offset - rate.char_offset
    leads = cue("lead_in").search(reading.between(claim, rate))
    return (3 if leads else 1), rate.char_offset - claim.char_offset


def _compared(change: _Change, level: StatedClaim, base: StatedClaim) -> Finding:
    quotient = exact_span(level).over(exact_span(base))
    implied = Span(quotient.low - 1, quotient.high - 1)
    stated = Span(change.signed - change.slack, change.signed + change.slack)
    agrees = implied.meets(stated)
    exact = (level.value or 0.0) / (base.value or 1.0) - 1
    terms = {"figure": span_text(level), "base": base.span, "rate": change.rate.span}
    title = (
        tr("{figure} against {base}: the stated {rate} is right", **terms)
        if agrees
        else tr("{figure} against {base}: the stated {rate} is not what they give", **terms)
    )
    return Finding(
        "rate", "agrees" if agrees else "likely error", "agrees" if agrees else "differs",
        title, (level, base, change.rate),
        tr("{sum}; the text says {stated}", stated=f"{100 * change.signed:+g} %",
           sum=f"{level.value:,g} / {base.value:,g} - 1 = {100 * exact:+.2f} %"),
    )  # fmt: skip


def _implied(reading: Reading, change: _Change, level: StatedClaim) -> Finding:
    """The figure of the month or year before, set against a stored series where one has it."""
    low, high = change.signed - change.slack, change.signed + change.slack
    amount = exact_span(level)
    value = (level.value or 0.0) / (1 + change.signed)
    span = Span(amount.low / (1 + high), amount.high / (1 + low))
    before = _period_before(reading, level, change)
    name = before[1] if before else _before(change)
    sign = "-" if change.signed < 0 else "+"
    text = tr(
        "{figure} {unit} / (1 {sign} {rate}) = {value} {unit} for {time} ({low} to {high} with "
        "rounding)",
        figure=plain_number(level.value or 0.0), unit=level.unit, sign=sign,
        rate=f"{abs(change.signed):g}", value=plain_number(value), time=name,
        low=plain_number(span.low), high=plain_number(span.high),
    )  # fmt: skip
    meant = quantity_of(level, reading)
    stored = _stored(meant, before[0]) if meant and before else None
    title = tr(
        "{rate} on the {step} implies {value} for {time}", rate=change.rate.span,
        step=_step(change), value=number_text(value, level.unit), time=name,
    )  # fmt: skip
    claims = (level, change.rate)
    key = meant.quantity if meant else ""
    if stored is None:
        return Finding(
            "implied by a rate", "cannot be checked", "cannot be checked", title,
            claims, text, (), tr("No stored series holds the figure before."), key,
        )  # fmt: skip
    slack = method("checks/agrees_relative") * stored.value
    agrees = Span(span.low - slack, span.high + slack).holds(stored.value)
    return Finding(
        "implied by a rate", "agrees" if agrees else "disagrees", "agrees" if agrees else "differs",
        title, claims,
        tr("{sum}; stored: {value} {unit}", sum=text, value=f"{stored.value:,g}", unit=stored.unit),
        (stored,),
        tr("The series bears it out.") if agrees else tr("The series has another figure."), key,
    )  # fmt: skip


def _before(change: _Change) -> str:
    return tr("the year before") if change.step == "year" else tr("the month before")


def _period_before(
    reading: Reading, level: StatedClaim, change: _Change
) -> tuple[Period, str] | None:
    period = _period(reading, level, change)
    if period is None:
        return None
    if change.step == "year":
        try:
            first = period.first.replace(year=period.first.year - 1)
            last = period.last.replace(year=period.last.year - 1)
        except ValueError:
            return None
        months = f"{first:%Y-%m}" if (first.year, first.month) == (last.year, last.month) else ""
        return Period(first, last), months or low_to_high(str(first), str(last))
    if (period.first.year, period.first.month) != (period.last.year, period.last.month):
        return None
    month, year = period.first.month - 1, period.first.year
    if not month:
        month, year = 12, year - 1
    found = period_of(f"{year}-{month:02d}")
    return (found, f"{year}-{month:02d}") if found else None


def _period(reading: Reading, level: StatedClaim, change: _Change) -> Period | None:
    """The month or year of an amount; of a count from January on, to the month named nearby."""
    near = [
        claim
        for claim in (level, change.rate, *reading.near(level, 1))
        if len(claim.year_or_date) >= len("2025-01")
    ]
    month = period_of(near[0].year_or_date) if near else None
    if cue("year_to_date").search(reading.sentence(level)):
        return Period(date(month.last.year, 1, 1), month.last) if month else None
    return period_of(level.year_or_date) if change.step == "year" and not month else month


def _stored(quantity: Quantity, period: Period) -> Figure | None:
    for figure in figures_of(quantity.quantity):
        if period_of(figure.as_of) == period:
            return figure
    return None
