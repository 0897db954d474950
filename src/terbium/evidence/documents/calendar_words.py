"""Months, weekdays and parts of a year, near the day of a document."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from terbium.evidence.methods import method

_SHORT_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
MONTHS: Final = {name: number for number, name in enumerate(_SHORT_MONTHS, start=1)}
WEEKDAYS: Final = {
    name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
}
_MONTHS_OF_A_YEAR: Final = len(_SHORT_MONTHS)
_DAYS_OF_A_WEEK: Final = len(WEEKDAYS)


def last_day(year: int, month: int) -> int:
    """Days of a month; 0 for a year outside the calendar."""
    return monthrange(year, month)[1] if date.min.year <= year <= date.max.year else 0


def iso_of_month(year: int, month: int) -> str:
    """``2025-04``."""
    return f"{year:04d}-{month:02d}"


def month_near(today: date, month: int, is_ahead: bool) -> int:
    """Year of a month without one: the last that has been, or the coming one if it is near.

    Texts look back more than ahead: only words of the future allow a coming month, and how far
    ahead it may lie is a constant of the method.
    """
    ahead = int(method("claims/months_ahead")) if is_ahead else 0
    months = (month - today.month) % _MONTHS_OF_A_YEAR
    if months == 0:
        return today.year
    coming = today.year + (month < today.month)
    return coming if months <= ahead else coming - 1


def weekday_near(today: date, weekday: int, weeks: int) -> date:
    """The weekday of the week up to ``today``, or of weeks before or after it."""
    back = (today.weekday() - weekday) % _DAYS_OF_A_WEEK
    if weeks > 0:
        return today + timedelta(days=_DAYS_OF_A_WEEK - back)
    return today - timedelta(days=back)


def part_of_month(year: int, month: int, part: str) -> tuple[str, str]:
    """Month to write for a part of it, and the qualifier that the part calls for."""
    return iso_of_month(year, month), "about" if part else ""
