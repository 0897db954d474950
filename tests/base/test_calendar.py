from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.base.calendar import (
    Clock,
    Period,
    month_shares,
    parse_date,
    parse_period,
    step_overlap,
)
from terbium.base.errors import InputError

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 12, 31))
clocks = st.builds(Clock, days, st.integers(1, 40), st.integers(1, 120))


@given(clocks)
def test_month_shares_sum_to_one_and_conserve_days(clock: Clock) -> None:
    months, shares = month_shares(clock)
    assert shares.shape == (clock.steps, len(months))
    assert np.allclose(shares.sum(axis=1), 1, rtol=0, atol=1e-12)
    for month, per_step in zip(months, shares.T, strict=True):
        whole = parse_period(month)
        inside = min(whole.end, clock.end) - max(whole.first, clock.start)
        assert per_step.sum() * clock.step_days == pytest.approx(inside.days)


@given(clocks, days, st.integers(-50, 800))
def test_overlap_counts_the_days_inside(clock: Clock, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    overlap = step_overlap(clock, first, last)
    assert overlap.shape == (clock.steps,)
    assert overlap.min() >= 0
    assert overlap.max() <= 1
    inside = max((min(last, clock.end) - max(first, clock.start)).days, 0)
    assert overlap.sum() * clock.step_days == pytest.approx(inside)


@given(clocks, st.integers(0, 10_000))
def test_a_day_lies_in_its_step(clock: Clock, offset: int) -> None:
    day = clock.start + timedelta(days=offset % (clock.steps * clock.step_days))
    step = clock.step_of(day)
    assert clock.step_start(step) <= day < clock.step_end(step)
    assert clock.dates[step] == np.datetime64(clock.step_start(step), "D")
    assert clock.dates.shape == (clock.steps,)


@given(days, st.integers(0, 3000), st.integers(1, 40))
def test_covering_is_the_shortest_clock(first: date, length: int, step_days: int) -> None:
    last = first + timedelta(days=length)
    clock = Clock.covering(first, last, step_days)
    assert last in clock
    assert clock.step_of(last) == clock.steps - 1


def test_outside_the_clock() -> None:
    clock = Clock(date(2024, 12, 30), 7, 2)
    assert clock.end == date(2025, 1, 13)
    for outside in (date(2024, 12, 29), clock.end):
        with pytest.raises(InputError, match="Allowed: a day from 2024-12-30 to 2025-01-12"):
            clock.step_of(outside)


@pytest.mark.parametrize(("step_days", "steps"), [(0, 5), (7, 0), (-1, 2)])
def test_a_clock_needs_a_step_and_a_day(step_days: int, steps: int) -> None:
    with pytest.raises(InputError, match="Allowed: 1 or more"):
        Clock(date(2025, 1, 1), step_days, steps)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2025-H1", date(2025, 1, 1), date(2025, 6, 30)),
        ("2025-H2", date(2025, 7, 1), date(2025, 12, 31)),
        ("2025-Q3", date(2025, 7, 1), date(2025, 9, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-04-04", date(2025, 4, 4), date(2025, 4, 4)),
        ("2010..2025-09", date(2010, 1, 1), date(2025, 9, 30)),
        ("2025-04-04..2025-Q4", date(2025, 4, 4), date(2025, 12, 31)),
    ],
)
def test_periods(text: str, first: date, last: date) -> None:
    assert parse_period(text) == Period(first, last)


@pytest.mark.parametrize(
    "text",
    ["2025-13", "2025-00", "2025-02-30", "2025-Q5", "2025-H3", "25", "2025..", "a..b", "", "٢٠٢٥"],
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(InputError, match=r"horizon: seen .*Allowed: 2025, 2025-H1"):
        parse_period(text, place="horizon")


def test_a_period_does_not_run_backwards() -> None:
    with pytest.raises(InputError, match="Swap the two dates"):
        parse_period("2025-06..2025-05")


@given(days)
def test_a_day_as_a_period_and_as_a_date(day: date) -> None:
    assert parse_date(day.isoformat()) == parse_date(day) == day
    assert parse_period(day.isoformat()) == Period(day, day)
    assert Period(day, day).days == 1


@pytest.mark.parametrize("text", ["2025-02-29", "2025-2-3", "20250203", "2025-W06-1", "3 Feb 2025"])
def test_dates_are_iso_and_real(text: str) -> None:
    with pytest.raises(InputError, match=r"horizon\.end: seen .*a day that exists"):
        parse_date(text, place="horizon.end")


def test_a_time_of_day_is_refused() -> None:
    with pytest.raises(InputError, match="YYYY-MM-DD"):
        parse_date(datetime(2025, 4, 4, 12))
