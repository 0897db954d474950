"""What a run through the world table found, in rows: by region, sector and month, beside others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from terbium.analysis.economy_run import EconomyRun
from terbium.analysis.economy_world import Floats, Ints, members_of
from terbium.base.calendar import parse_period, step_overlap
from terbium.evidence.methods import method
from terbium.results.context import Row
from terbium.results.quantiles import BANDS, quantile, significant

WORLD = "WLD"
FIRST_MONTHS, FIRST_YEAR, WHOLE = "first_months", "first_year", "whole_run"
"""Names of windows; a calendar year is named by its number."""

SHARE, USD = "1", "USD"
_DIGITS = 2
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Window:
    """A stretch of days, both included."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """Length."""
        return (self.last - self.first).days + 1


def windows_of(first: date, last: date, headline: date | None) -> tuple[Window, ...]:
    """Windows that lie wholly within the days of a run.

    Parameters
    ----------
    first, last
        Days of the run.
    headline
        Day the headline measure took force; without one there are no first months.
    """
    found = []
    if headline is not None:
        count = round(method("economy/window_months"))
        month = headline.year * 12 + headline.month - 1 + count
        opening = headline.replace(day=1)
        closing = date(month // 12, month % 12 + 1, 1) - timedelta(days=1)
        found = [
            Window(FIRST_MONTHS, opening, closing),
            Window(FIRST_YEAR, headline, headline + _YEAR - timedelta(days=1)),
        ]
    years = range(first.year, last.year + 1)
    found += [Window(str(year), date(year, 1, 1), date(year, 12, 31)) for year in years]
    inside = [w for w in found if first <= w.first and w.last <= last]
    return (*inside, Window(WHOLE, first, last))


@dataclass(frozen=True)
class Places:
    """Regions, blocs and the world, with the weight of their members by GDP of 2024."""

    run: EconomyRun
    members: Mapping[str, Ints]

    @classmethod
    def of(cls, run: EconomyRun, blocs: Mapping[str, Sequence[str]]) -> Places:
        """All places of a run."""
        return cls(run, members_of(run.world, blocs))

    def gdp(self, place: str) -> Floats:
        """GDP of 2024 [USD/yr], (draw,)."""
        return np.asarray(self.run.gdp[self.members[place]].sum(axis=0))

    def share(self, place: str, by_region: Floats) -> Floats:
        """Mean of a share over the members, (region, ..., draw) to (..., draw)."""
        rows = self.members[place]
        weight = self.run.gdp[rows] / self.gdp(place)
        return np.asarray(np.einsum("r...d,rd->...d", by_region[rows], weight))


def region_rows(places: Places, windows: Sequence[Window]) -> list[Row]:
    """Rows ``region, window, first, last, figure, unit`` with intervals.

    Returns
    -------
    list of rows
        ``direct``: on lines that stand still for want of rare earths, less what plants make good;
        ``net``: the same less what they make later; ``indirect``: for want of other inputs and of
        orders, less what others make instead; ``total``: both, all as shares of the GDP of the
        window; ``loss``: the total in USD of 2024; ``multiplier``: total over direct, where the
        direct loss is a part of the total in every draw that is worth naming: what comes from
        abroad multiplies nothing.
    """
    rows: list[Row] = []
    least = method("economy/least_direct_share")
    for window in windows:
        weight = step_weight(places.run, window)
        for place in places.members:
            direct, net, total = (
                weight @ places.share(place, by_region)
                for by_region in (places.run.direct, places.run.net, places.run.total)
            )
            years = window.days / _YEAR.days
            figures = {
                "direct": (SHARE, direct),
                "net": (SHARE, net),
                "indirect": (SHARE, total - direct),
                "total": (SHARE, total),
                "loss": (USD, total * years * places.gdp(place)),
            }
            if (direct > 0).all() and (direct >= least * total).all():
                figures["multiplier"] = (SHARE, total / direct)
            head = {"region": place, **dates(window)}
            rows += [
                {**head, "figure": name, "unit": unit, **interval(values)}
                for name, (unit, values) in figures.items()
            ]
    return rows


def sector_rows(places: Places, window: Window) -> list[Row]:
    """Rows ``region, sector, window, figure`` with intervals: shares of the sector's value added.

    For the months that begin in the window; ``loss`` in USD of 2024, ``direct`` and ``total``.
    """
    run, world = places.run, places.run.world
    months = [m for m in run.months if f"{window.first:%Y-%m}" <= m <= f"{window.last:%Y-%m}"]
    at = [run.months.index(month) for month in months]
    years = sum(_month_days(run, i) for i in at) / _YEAR.days
    weight = world.value_added / world.gdp[world.region_of]
    usd = weight[:, np.newaxis] * run.gdp[world.region_of]
    sectors = len(world.table.sectors)
    rows: list[Row] = []
    for place, regions in places.members.items():
        for s, sector in enumerate(world.table.sectors):
            nodes = regions * sectors + s
            whole = usd[nodes].sum(axis=0)
            direct, total = (
                (array[nodes][:, at].sum(axis=1) * usd[nodes]).sum(axis=0)
                for array in (run.direct_by_month, run.total_by_month)
            )
            head = {"region": place, "sector": sector, **dates(window)}
            for name, unit, values in (
                ("direct", SHARE, direct / whole / years),
                ("total", SHARE, total / whole / years),
                ("loss", USD, total),
            ):
                rows.append({**head, "figure": name, "unit": unit, **interval(values)})
    return rows


def month_rows(places: Places) -> list[Row]:
    """Rows ``region, month, figure, unit`` with intervals: shares of GDP of each whole month."""
    run = places.run
    rows: list[Row] = []
    for month in run.months:
        span = parse_period(month)
        if span.first < run.clock.start or _last(run) < span.last:
            continue
        weight = step_weight(run, Window(month, span.first, span.last))
        for place in places.members:
            for name, array in (("direct", run.direct), ("total", run.total)):
                values = weight @ places.share(place, array)
                head: Row = {"region": place, "month": month, "figure": name, "unit": SHARE}
                rows.append({**head, **interval(values)})
    return rows


def step_weight(run: EconomyRun, window: Window) -> Floats:
    """Weight of each step in the mean of a window, (step,)."""
    inside = step_overlap(run.clock, window.first, window.last + timedelta(days=1))
    return np.asarray(inside / inside.sum())


def _month_days(run: EconomyRun, month: int) -> int:
    span = parse_period(run.months[month])
    return (min(span.last, _last(run)) - max(span.first, run.clock.start)).days + 1


def _last(run: EconomyRun) -> date:
    return run.clock.end - timedelta(days=1)


def dates(window: Window) -> Row:
    """Name and days of a window, as columns."""
    return {
        "window": window.name,
        "first": window.first.isoformat(),
        "last": window.last.isoformat(),
    }


def interval(values: Floats) -> Row:
    """Median and intervals, two significant digits."""
    return {name: significant(float(quantile(values, q)), _DIGITS) for name, q in BANDS.items()}
