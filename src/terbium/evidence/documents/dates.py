"""Dates where they stand in a text, and intervals of two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from terbium.evidence.documents.calendar_words import last_day
from terbium.evidence.documents.quantity import Quantity

_THROUGH: Final = re.compile(r" ?(?:-|~|到|至|to|through|through to|until|and) ?(?:the )?\Z")
_FUTURE: Final = re.compile(
    r"将|拟|计划|预计|到期|届满|最快|最迟|生效|即将|有望|为止|之前|希望|要求|期限|限期|截止|威胁"
    r"|\b(?:will|plans?|planned|expected|due|by|until|before|expires?|upcoming"
    r"|set to|scheduled|next"
    r"|would|takes? effect|could|may)\b"
)
_FUTURE_REACH: Final = 40
_FROM_THEN: Final = re.compile(r"[自从] ?\Z")
_ONLY_PAST: Final = re.compile(r"since ?\Z")
_EARLIER_THAN: Final = re.compile("之?前(?![后日年月])")


def looks_ahead(low: str, start: int, end: int) -> bool:
    """Whether the words around a month speak of what is to come."""
    before = low[max(0, start - _FUTURE_REACH) : start]
    if _ONLY_PAST.search(before) or low.startswith("以来", end):
        return False
    if _EARLIER_THAN.match(low, end):
        return True
    if low[end : end + 1] == "起" and not _FROM_THEN.search(before):
        return True
    return bool(_FUTURE.search(before) or _FUTURE.search(low[end : end + _FUTURE_REACH // 2]))


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date where it stands; ``iso`` is empty if it cannot be resolved without a day."""

    start: int
    end: int
    iso: str
    qualifier: str = ""
    note: str = ""
    is_full: bool = False


def full_date(span: tuple[int, int], year: int, month: int, day: int) -> DateHit | None:
    """A day of the calendar, or None if there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= last_day(year, month)):
        return None
    return DateHit(*span, f"{year:04d}-{month:02d}-{day:02d}", is_full=True)


def joined(low: str, hits: list[DateHit]) -> list[DateHit]:
    """Dates of which one says from and the next to, made one interval.

    A short link (``到``, ``-``) belongs to the date; one of several words leaves the first date as
    the place where the interval stands.
    """
    found: list[DateHit] = []
    for hit in hits:
        last = found[-1] if found else None
        between = low[last.end : hit.start] if last else ""
        if last and last.iso and hit.iso and len(between) <= 16:
            link = _THROUGH.fullmatch(between)
            is_from = link and (
                between.strip() not in ("and", "to", "until", "至", "到") or _from(low, last)
            )
            if link and is_from and last.iso[:4] <= hit.iso[:4]:
                ends = f"{last.iso.split('/')[0]}/{hit.iso.split('/')[-1]}"
                stop = hit.end if len(between.strip()) <= 2 else last.end
                found[-1] = replace(last, end=stop, iso=ends, is_full=False)
                continue
        found.append(hit)
    return found


_BEFORE_FROM: Final = re.compile(r"(?:从|自|由|from|between)(?: the)? ?\Z")


def _from(low: str, hit: DateHit) -> bool:
    return bool(_BEFORE_FROM.search(low[max(0, hit.start - 12) : hit.start])) or low[
        hit.end : hit.end + 1
    ] in ("到", "至")


def as_quantity(hit: DateHit) -> Quantity:
    """The same as a quantity of kind ``date``; its value is the year."""
    year = hit.iso[:4]
    value = float(year) if year.isdigit() else None
    return Quantity(
        hit.start, hit.end, "date", value, unit="ISO date", qualifier=hit.qualifier,
        iso=hit.iso if value is not None else "", word=hit.note,
    )  # fmt: skip
