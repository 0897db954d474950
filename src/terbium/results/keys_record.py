"""The record before a run: what was counted for a trade, and what the base year says of it.

Figures of different length are nested: a day belongs to the shortest period on record that holds
it, and what a year holds beyond its recorded months is spread evenly over its other days. Nothing
that ends on or after the day asked about is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from terbium.base.calendar import Period, parse_period
from terbium.base.units import convert
from terbium.results.keys_labels import Trade, month_of, trades
from terbium.results.keys_terms import Item, Place
from terbium.results.keys_trajectory import NoAnswer, Trajectory


@dataclass(frozen=True)
class Figure:
    """Tonnes on record over some days."""

    days: Period
    tonnes: float


class Record:
    """What is known of trades before some day.

    Parameters
    ----------
    world
        Its observations and its base flows.
    before
        Only figures that end before this day are known.
    """

    def __init__(self, world: Trajectory, before: date) -> None:
        self._world = world
        self._before = before
        self._figures = _figures(world, before)
        self._daily: dict[Trade, dict[int, float]] = {}

    def figures(self, trade: Trade) -> dict[Period, float]:
        """Recorded figures of exactly this trade [t]; the row that stands first speaks."""
        return self._figures.get(trade, {})

    def months(self, trade: Trade) -> dict[date, float]:
        """Recorded single months by their first day [t/month], in order of time."""
        found = self.figures(trade)
        return {p.first: found[p] for p in sorted(found, key=_order) if p == month_of(p.first)}

    def tonnes(self, trade: Trade, days: Period) -> float | None:
        """Amount over some days [t]; None if some of them are unknown."""
        found = self.figures(trade)
        if days in found:
            return found[days]
        if days == self._world.base:
            total = self.base_year(trade)
            if total is not None and not _covered(found, days):
                return total
        daily = self._rates(trade)
        rates = [daily.get(day) for day in range(days.first.toordinal(), days.end.toordinal())]
        known = [rate for rate in rates if rate is not None]
        return float(np.sum(known)) if len(known) == len(rates) else None

    def base_year(self, trade: Trade) -> float | None:
        """Base flow of the trade over the base period [t]; None if the run holds no base flows."""
        world = self._world
        if not world.base_links or not trade.materials & world.substances.keys():
            return None
        per_year = sum(
            link.tonnes
            for link in world.base_links
            if link.material in trade.materials and (link.origin, link.destination) in trade.pairs
        )
        return world.per_day(per_year) * world.base.days

    def _rates(self, trade: Trade) -> dict[int, float]:
        """Tonnes per day by ordinal of the day."""
        if trade not in self._daily:
            known = dict(self.figures(trade))
            total = self.base_year(trade)
            if total is not None and self._world.base.last < self._before:
                known.setdefault(self._world.base, total)
            daily: dict[int, float] = {}
            for days in sorted(known, key=lambda p: (p.days, p.first)):
                _spread(daily, days, known[days])
            self._daily[trade] = daily
        return self._daily[trade]


def record_before(world: Trajectory, before: date) -> Record:
    """What is known of trades before a day; made once for a trajectory."""
    label = ("record", before)
    if label not in world.memo:
        world.memo[label] = Record(world, before)
    found: Record = world.memo[label]
    return found


def _order(period: Period) -> tuple[date, date]:
    return period.first, period.last


def _covered(figures: dict[Period, float], days: Period) -> bool:
    held = {d for p in figures for d in range(p.first.toordinal(), p.end.toordinal())}
    return held >= set(range(days.first.toordinal(), days.end.toordinal()))


def _spread(daily: dict[int, float], days: Period, tonnes: float) -> None:
    inside = range(days.first.toordinal(), days.end.toordinal())
    empty = [day for day in inside if day not in daily]
    rest = tonnes - sum(daily[day] for day in inside if day in daily)
    for day in empty:
        # months that add up to more than their year leave nothing for the others
        daily[day] = max(rest, 0.0) / len(empty)


def _figures(world: Trajectory, before: date) -> dict[Trade, dict[Period, float]]:
    found: dict[Trade, dict[Period, float]] = {}
    for row in world.context.observations:
        days = parse_period(row.period)
        if days.last >= before:
            continue
        try:
            known = trades(world, (Item(row.material),), Place((row.origin,), (row.destination,)))
        except NoAnswer:
            # a figure about something that this run does not tell apart
            continue
        for trade in known:
            found.setdefault(trade, {}).setdefault(days, convert(row.value, row.unit, "t"))
    return found
