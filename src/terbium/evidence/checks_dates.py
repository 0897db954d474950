"""Dates: a start and a length against a stated end."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from terbium.base.calendar import Period
from terbium.base.speech import tr
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import Finding, period_of
from terbium.evidence.methods import method
from terbium.evidence.quantities import Figure, figures_of
from terbium.evidence.readings import Reading, cue
from terbium.evidence.wording import unit_word

_DAY = len("2025-01-01")
_MONTHS = {"years": 12, "months": 1}
_DAYS = {"days": 1, "weeks": 7}


def check_dates(reading: Reading) -> Iterator[Finding]:
    """Each pause of known start and length, against the ends that are stated or known."""
    ends = [claim for claim in reading.stated if _is_end(reading, claim)]
    seen: set[tuple[str, date, date]] = set()
    for length in reading.stated:
        if length.metric != "duration" or not length.value:
            continue
        if not cue("suspension").search(reading.sentence(length)):
            continue
        found = _start(reading, length)
        if found is None:
            continue
        start, whence = found
        end = later(start, length.value, length.unit)
        for finding in _against(length, start, end, whence, ends):
            key = (finding.kind, start, end)
            if key not in seen:
                seen.add(key)
                yield finding


def later(start: date, value: float, unit: str) -> date:
    """A day so many days, weeks, months or years on; months keep the day where they have it."""
    if unit in _MONTHS:
        months = start.month - 1 + round(value * _MONTHS[unit])
        year, month = start.year + months // 12, months % 12 + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))
    return start + timedelta(days=round(value * _DAYS.get(unit, 1)))


def _is_end(reading: Reading, claim: StatedClaim) -> bool:
    """A day until which something is suspended."""
    if claim.metric != "date" or len(claim.year_or_date) != _DAY:
        return False
    words = reading.before(claim, int(method("checks/cue_reach")) // 2)
    return bool(cue("until").search(words) and cue("suspension").search(reading.sentence(claim)))


def _start(reading: Reading, length: StatedClaim) -> tuple[date, StatedClaim | None] | None:
    """The day from which a length runs: told with it, or the day of the meeting nearby."""
    first, _, last = length.year_or_date.partition("/")
    if last and len(first) == _DAY:
        period = period_of(first)
        return (period.first, None) if period else None
    near = reading.near(length, int(method("checks/near_sentences")))
    days = [c for c in near if c.metric == "date" and _is_meeting(reading, c)]
    for claim in reversed([c for c in days if c.char_offset < length.char_offset]):
        period = period_of(claim.year_or_date)
        if period and period.days == 1:
            return period.first, claim
        known = _known_meeting(period)
        if known:
            return known, claim
    return None


def _is_meeting(reading: Reading, claim: StatedClaim) -> bool:
    """Whether a date stands right beside the word for a meeting."""
    reach = int(method("checks/cue_reach"))
    words = reading.before(claim, reach) + " " + reading.after(claim, reach)
    return bool(cue("negotiation_start").search(words)) and not _is_end(reading, claim)


def _known_meeting(period: Period | None) -> date | None:
    """The day of the meeting that sources know in a month."""
    for figure in figures_of("xi_trump_gap"):
        day = period_of(figure.as_of)
        if period and day and period.first <= day.first <= period.last:
            return day.first
    return None


def _against(
    length: StatedClaim,
    start: date,
    end: date,
    whence: StatedClaim | None,
    ends: list[StatedClaim],
) -> Iterator[Finding]:
    text = f"{start} + {length.value:g} {unit_word(length.unit)} = {end}"
    told: list[tuple[date, str, tuple[StatedClaim, ...], tuple[Figure, ...]]] = []
    for claim in ends:
        period = period_of(claim.year_or_date)
        if period:
            words = tr("the text says until {day}", day=claim.span)
            told.append((period.first, words, (claim,), ()))
    for figure in figures_of("truce_end"):
        period = period_of(figure.as_of)
        if period:
            told.append((period.first, f"{figure.cited}: {figure.as_of}", (), (figure,)))
    near = [one for one in told if abs((one[0] - end).days) <= method("checks/days_same_clock")]
    claims = (length, *((whence,) if whence else ()))
    for day, words, others, sources in near[:1] if not ends else near:
        apart = (day - end).days
        fits = abs(apart) <= method("checks/days_apart")
        dated = {"length": length.span, "start": start, "end": end}
        if fits:
            yield Finding(
                "period", "agrees", "agrees",
                tr("{length} from {start} ends on {end}, as told", **dated),
                (*claims, *others), f"{text}; {words}", sources,
            )  # fmt: skip
            continue
        yield Finding(
            "period", "other scope", "differs",
            tr("{length} from {start} ends on {end}, not when told", **dated), (*claims, *others),
            tr("{sum}; {words}: {apart} days", sum=text, words=words, apart=f"{apart:+d}"), sources,
            tr("Two clocks: the words of the meeting and the day in the acts."),
        )  # fmt: skip
