"""Real dates, named periods, and the clock that cuts a horizon into steps."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from terbium.base.days import parse_date as parse_date
from terbium.base.errors import InputError

_PERIOD = re.compile(r"([0-9]{4})(?:-H([12])|-Q([1-4])|-([0-9]{2})(?:-([0-9]{2}))?)?")
_PERIOD_FORM = "2025, 2025-H1, 2025-Q3, 2025-05, 2025-04-04 or two of them as first..last"


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InputError.of(
                "period",
                f"{self.first}..{self.last}",
                f"an end {(self.first - self.last).days} day(s) before the start",
                "an end on or after the start",
                "swap the two dates",
            )

    @property
    def days(self) -> int:
        """Number of days [day]."""
        return (self.last - self.first).days + 1

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.last + timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """A horizon cut into steps of equal length.

    Parameters
    ----------
    start
        First day of the first step.
    step_days
        Length of a step [day].
    steps
        Number of steps.

    Raises
    ------
    InputError
        If there is no step, or a step has no day.
    """

    start: date
    step_days: int
    steps: int

    def __post_init__(self) -> None:
        for name in ("step_days", "steps"):
            if getattr(self, name) < 1:
                raise InputError.of(
                    "clock", name, str(getattr(self, name)), "1 or more", f"raise {name}"
                )

    @classmethod
    def covering(cls, first: date, last: date, step_days: int) -> "Clock":
        """Shortest clock that starts on ``first`` and holds ``last``."""
        days = Period(first, last).days
        return cls(first, step_days, -(-days // max(step_days, 1)))

    def step_start(self, step: int) -> date:
        """First day of a step."""
        return self.start + timedelta(days=step * self.step_days)

    def step_end(self, step: int) -> date:
        """The day after the last day of a step."""
        return self.step_start(step + 1)

    @property
    def end(self) -> date:
        """The day after the last day of the last step."""
        return self.step_start(self.steps)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    def step_of(self, day: date) -> int:
        """The step that holds a day.

        Raises
        ------
        InputError
            If the day lies outside the clock.
        """
        if day not in self:
            last = self.end - timedelta(days=1)
            raise InputError.of(
                "clock",
                "date",
                day.isoformat(),
                f"a day from {self.start} to {last}",
                "move the date, or let the horizon cover it",
            )
        return (day - self.start).days // self.step_days

    @property
    def dates(self) -> NDArray[np.datetime64]:
        """First day of each step, shape (step,), datetime64[D]."""
        offsets = np.arange(self.steps) * self.step_days
        return np.datetime64(self.start, "D") + offsets.astype("timedelta64[D]")


def parse_period(text: str, place: str = "period") -> Period:
    """Read a year, half-year, quarter, month, day or span of them; both ends are included.

    Parameters
    ----------
    text
        ``2025``, ``2025-H1``, ``2025-Q3``, ``2025-05``, ``2025-04-04`` or ``2010..2025-09``.
    place
        Where the text stands, for the message.

    Raises
    ------
    InputError
        If it is in another form, or names a day that does not exist, or ends before it starts.

    Examples
    --------
    >>> parse_period("2010..2025-09")
    Period(first=datetime.date(2010, 1, 1), last=datetime.date(2025, 9, 30))
    """
    ends = text.split("..")
    spans = [_single_period(end) for end in ends]
    first, last = spans[0], spans[-1]
    if len(ends) > 2 or first is None or last is None:
        raise InputError.of(
            "period", place, f"'{text}'", _PERIOD_FORM, "write one of these forms, with real dates"
        )
    return Period(first.first, last.last)


def _single_period(text: str) -> Period | None:
    found = _PERIOD.fullmatch(text)
    if not found:
        return None
    year, half, quarter, month, day = (int(part) if part else 0 for part in found.groups())
    first_month, last_month = 1, 12
    if half:
        first_month, last_month = 6 * half - 5, 6 * half
    elif quarter:
        first_month, last_month = 3 * quarter - 2, 3 * quarter
    elif found.group(4):
        first_month = last_month = month
    try:
        first = date(year, first_month, day if found.group(5) else 1)
        last = first if found.group(5) else date(year, last_month, monthrange(year, last_month)[1])
    except ValueError:
        return None
    return Period(first, last)


def month_shares(clock: Clock) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Share of each step's days that falls into each calendar month.

    Returns
    -------
    months : tuple of str
        ``YYYY-MM`` of every month that the clock touches, in order.
    shares : ndarray, shape (step, month)
        Rows sum to 1. ``flow @ shares`` turns tonnes per step into tonnes per month.
    """
    days = np.datetime64(clock.start, "D") + np.arange(clock.steps * clock.step_days)
    months = days.astype("datetime64[M]")
    column = (months - months[0]).astype(np.int64)
    row = np.arange(days.size) // clock.step_days
    counts = np.zeros((clock.steps, int(column[-1]) + 1))
    np.add.at(counts, (row, column), 1)
    names = tuple(str(month) for month in np.unique(months))
    return names, counts / clock.step_days


def step_overlap(clock: Clock, first: date, last_exclusive: date) -> NDArray[np.float64]:
    """Share of each step's days that lies inside a window.

    Parameters
    ----------
    clock
        The steps.
    first
        First day of the window.
    last_exclusive
        The day after its last day; on or before ``first`` the window is empty.

    Returns
    -------
    ndarray, shape (step,)
        Between 0 and 1.
    """
    starts = np.arange(clock.steps) * clock.step_days
    opens = (first - clock.start).days
    closes = (last_exclusive - clock.start).days
    inside = np.minimum(starts + clock.step_days, closes) - np.maximum(starts, opens)
    shares: NDArray[np.float64] = np.clip(inside, 0, clock.step_days) / clock.step_days
    return shares
