"""Claims against the figures that sources give for known quantities."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from terbium.base.calendar import Period
from terbium.base.speech import tr
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import (
    Finding,
    Span,
    claim_span,
    exact_span,
    figure_span,
    number_text,
    period_of,
    span_text,
)
from terbium.evidence.methods import method
from terbium.evidence.quantities import Figure, Quantity, figures_of
from terbium.evidence.readings import Reading, cue
from terbium.evidence.wording import days_of, low_to_high, name_of, said, sentences

_YEAR = re.compile(r"\d{4}")
_MONTH = len("2025-01")
_EXACT = frozenset({"count", "ISO date"})
_TIMELESS = frozenset({"standard", "legal text"})
_WEAK = frozenset({"opinion", "press"})


def check_series(reading: Reading, meant: Mapping[StatedClaim, Quantity]) -> Iterator[Finding]:
    """Each claim on a known quantity beside what sources say of the same time."""
    settled: set[tuple[str, int, str]] = set()
    found: list[tuple[tuple[str, int, str], Finding]] = []
    for claim, quantity in meant.items():
        known = [f for f in figures_of(quantity.quantity) if not reading.names(claim, f.publisher)]
        if not known:
            continue
        if quantity.series == "month":
            yield from _against_series(reading, claim, quantity, known)
        else:
            finding = _against_sources(claim, quantity, known)
            place = claim.document, reading.sentence_number(claim), quantity.quantity
            found.append((place, finding))
            if quantity.unit == "ISO date" and finding.verdict == "agrees":
                settled.add(place)
    # a sentence that has the day of an act may hold other days too: of its report, of another step
    yield from (
        finding for place, finding in found if finding.verdict == "agrees" or place not in settled
    )


def _title(claim: StatedClaim, quantity: Quantity) -> str:
    return tr("{quantity}: {figure}", quantity=name_of(quantity), figure=span_text(claim))


def _against_sources(claim: StatedClaim, quantity: Quantity, known: Sequence[Figure]) -> Finding:
    near = _of_the_time(claim, known)
    title = _title(claim, quantity)
    note = said(quantity.note)
    if not near:
        years = ", ".join(sorted({figure.as_of for figure in known}))
        return Finding(
            "sources", "cannot be checked", "cannot be checked", title, (claim,), "", tuple(known),
            tr("Sources speak of {years}, the claim of {time}.", years=years,
               time=claim.year_or_date or tr("no year")), quantity.quantity,
        )  # fmt: skip
    span = _span(claim, quantity)
    if span.low == -math.inf and span.high == math.inf:
        return Finding(
            "sources", "cannot be checked", "cannot be checked", title, (claim,), "", tuple(near),
            tr("The text gives no number and no word that bounds one."), quantity.quantity,
        )  # fmt: skip
    exact = quantity.unit in _EXACT
    by_scope = _by_scope(near)
    agreeing = [f for f in near if _agrees(claim, span, f, exact)]
    firm = [f for f in near if f.source_class not in _WEAK]
    if not firm:
        return Finding(
            "sources", "cannot be checked", "cannot be checked", title, (claim,),
            _range_text(claim, _by_scope(near), quantity), tuple(near),
            sentences(tr("Only press and columns speak of it."), note), quantity.quantity,
        )  # fmt: skip
    if agreeing and not set(agreeing) & set(firm):
        return Finding(
            "sources", "cannot be checked", "cannot be checked", title, (claim,),
            _range_text(claim, _by_scope(near), quantity), tuple(near),
            sentences(tr("Press and columns have it, other sources of that time do not."), note),
            quantity.quantity,
        )  # fmt: skip
    text = _range_text(claim, by_scope, quantity)
    if not agreeing:
        return _outside(claim, quantity, near, title, text)
    scopes = {figure.denominator for figure in agreeing}
    strangers = [scope for scope in by_scope if scope not in scopes]
    if strangers and claim.value is not None:
        remark = tr("As {scopes}; other counts: {others}.",
                    scopes="; ".join(said(one) for one in sorted(scopes)),
                    others="; ".join(said(one) for one in sorted(strangers)))  # fmt: skip
        return Finding(
            "sources", "other scope", "agrees", title, (claim,), text, tuple(near),
            sentences(remark, note), quantity.quantity,
        )  # fmt: skip
    return Finding(
        "sources", "agrees", "agrees", title, (claim,), text, tuple(near), note, quantity.quantity,
    )  # fmt: skip


def _by_scope(near: Sequence[Figure]) -> dict[str, list[Figure]]:
    by_scope: dict[str, list[Figure]] = defaultdict(list)
    for figure in near:
        by_scope[figure.denominator].append(figure)
    return by_scope


def _outside(
    claim: StatedClaim, quantity: Quantity, near: Sequence[Figure], title: str, text: str
) -> Finding:
    if is_implausible(claim, quantity):
        bounds = low_to_high(
            number_text(quantity.plausible_low or 0.0, quantity.unit),
            number_text(quantity.plausible_high or 0.0, quantity.unit),
        )
        return Finding(
            "plausible range", "likely error", "implausible", title, (claim,),
            tr("{sum}; plausible: {range} ({reason})", sum=text, range=bounds,
               reason=said(quantity.why)), tuple(near), said(quantity.note), quantity.quantity,
        )  # fmt: skip
    return Finding(
        "sources", "disagrees", "differs", title, (claim,), text, tuple(near),
        sentences(tr("No source of that time has this figure."), said(quantity.note)),
        quantity.quantity,
    )  # fmt: skip


def is_implausible(claim: StatedClaim, quantity: Quantity) -> bool:
    """Whether a claim lies wholly outside what its quantity can be."""
    low, high = quantity.plausible_low, quantity.plausible_high
    if claim.value is None or low is None or high is None:
        return False
    slack = 1 if quantity.unit in _EXACT and low == high else 0
    return not _span(claim, quantity).meets(Span(low - slack, high + slack))


def _span(claim: StatedClaim, quantity: Quantity) -> Span:
    """What a claim allows; a fall is a positive loss where losses are counted."""
    if (claim.value or 0.0) < 0 <= (quantity.plausible_low or -1.0):
        return claim_span(replace(claim, value=-(claim.value or 0.0)))
    return claim_span(claim)


def _agrees(claim: StatedClaim, span: Span, figure: Figure, exact: bool) -> bool:
    if figure.unit == "ISO date":
        known = period_of(figure.as_of)
        when = period_of(claim.year_or_date)
        if when is None or known is None:
            return claim.value == figure.value
        if not _YEAR.search(claim.span):
            # a day without its year is taken for that of the event
            when = _in_year(when, known.first.year)
        return when.first <= known.last and known.first <= when.last
    if exact:
        return claim.value == figure.value
    return span.meets(figure_span(figure))


def _in_year(period: Period, year: int) -> Period:
    shift = year - period.first.year
    try:
        first = period.first.replace(year=year)
        return Period(first, period.last.replace(year=period.last.year + shift))
    except ValueError:
        return period


def _of_the_time(claim: StatedClaim, known: Sequence[Figure]) -> list[Figure]:
    """Figures of the year of a claim, or at most a few years from it; all without a year."""
    when = period_of(claim.year_or_date)
    if when is None or claim.metric == "date":
        return list(known)
    most = method("checks/years_apart")
    return [
        figure
        for figure in known
        for period in (period_of(figure.as_of),)
        if figure.source_class in _TIMELESS or (period and _years_between(when, period) <= most)
    ]


def _years_between(one: Period, other: Period) -> int:
    if one.first <= other.last and other.first <= one.last:
        return 0
    return min(abs(one.first.year - other.last.year), abs(other.first.year - one.last.year))


def _range_text(
    claim: StatedClaim, by_scope: Mapping[str, Sequence[Figure]], quantity: Quantity
) -> str:
    parts = []
    for scope, figures in by_scope.items():
        values = sorted(figure.value for figure in figures)
        low, high = values[0], values[-1]
        if quantity.unit == "ISO date":
            days = (days_of(figure.as_of) for figure in figures)
            shown = ", ".join(dict.fromkeys(days))
        elif low == high:
            shown = number_text(low, quantity.unit)
        else:
            shown = low_to_high(number_text(low, quantity.unit), number_text(high, quantity.unit))
        parts.append(f"{shown} ({said(scope)})")
    return tr("{sum}; sources: {shown}", sum=span_text(claim), shown="; ".join(parts))


def _against_series(
    reading: Reading, claim: StatedClaim, quantity: Quantity, known: Sequence[Figure]
) -> Iterator[Finding]:
    if claim.value is None:
        return
    periods = {period: f for f in known if (period := period_of(f.as_of))}
    found = _match(reading, claim, periods)
    title = _title(claim, quantity)
    if found is None:
        yield Finding(
            "series", "cannot be checked", "cannot be checked", title, (claim,), "", (),
            tr("The series has no figure for {time}.",
               time=claim.year_or_date or tr("a time that is not told")), quantity.quantity,
        )  # fmt: skip
        return
    slack = method("checks/agrees_relative") * found.value
    span = exact_span(claim) if claim.qualifier == "none" else claim_span(claim)
    agrees = Span(span.low - slack, span.high + slack).holds(found.value)
    text = tr(
        "stated {stated} {unit}; stored {stored} {stored_unit} for {time}: {change}",
        stated=f"{claim.value:,g}", unit=claim.unit, stored=f"{found.value:,g}",
        stored_unit=found.unit, time=days_of(found.as_of),
        change=f"{100 * (claim.value / found.value - 1):+.1f} %",
    )  # fmt: skip
    yield Finding(
        "series", "agrees" if agrees else "disagrees", "agrees" if agrees else "differs",
        title, (claim,), text, (found,), said(quantity.note), quantity.quantity,
    )  # fmt: skip


def _match(reading: Reading, claim: StatedClaim, periods: Mapping[Period, Figure]) -> Figure | None:
    """The stored figure of the month or months that a claim speaks of."""
    if cue("year_to_date").search(reading.clause(claim)):
        return _running(reading, claim, periods)
    when = period_of(claim.year_or_date)
    return periods.get(when) if when else None


def _running(
    reading: Reading, claim: StatedClaim, periods: Mapping[Period, Figure]
) -> Figure | None:
    """The figure from January to the month named nearby; else the nearest of that year."""
    months = [
        period
        for near in (claim, *reading.near(claim, int(method("checks/near_sentences"))))
        if len(near.year_or_date) >= _MONTH and (period := period_of(near.year_or_date))
    ]
    for month in months:
        found = periods.get(Period(date(month.last.year, 1, 1), month.last))
        if found:
            return found
    when = period_of(claim.year_or_date)
    running = [f for p, f in periods.items() if when and p.first == when.first and p.days > 31]
    # a count from January on need not say where it ends: then the nearest is meant
    return min(running, key=lambda figure: abs(figure.value - (claim.value or 0.0)), default=None)
