"""Tonnes of exports over any days: from a run and its record, or from a baseline."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from terbium.base.calendar import Period, step_overlap
from terbium.results.keys_constants import constant, constants
from terbium.results.keys_labels import Trade, headline_day, month_of, months_in
from terbium.results.keys_record import Record, record_before
from terbium.results.keys_trajectory import (
    Draws,
    Pair,
    Trajectory,
    not_covered,
    not_modelled,
)
from terbium.results.spill import Spill

_CONTROLLED = "RE_controlled"


class Flows(Protocol):
    """Whoever can say how much was exported."""

    def exports(self, trade: Trade, days: Period) -> Draws:
        """Tonnes over some days, shape (draw,) [t]; raises `NoAnswer`."""
        ...


def over(series: np.ndarray, world: Trajectory, days: Period) -> Draws:
    """Sum a flow over days; steps that straddle a boundary are shared out by days.

    Parameters
    ----------
    series
        shape (step, draw) [per step].
    world
        Whose clock it follows.
    days
        Inside the run.

    Returns
    -------
    ndarray
        shape (draw,).
    """
    shares = step_overlap(world.recording.clock, days.first, days.end)
    total = np.zeros(series.shape[1])
    for step in np.flatnonzero(shares):
        total += shares[step] * series[step]
    return total


def check_inside(world: Trajectory, days: Period) -> None:
    """Raise `NoAnswer` if the run does not hold all of some days."""
    clock = world.recording.clock
    if days.first < clock.start or days.end > clock.end:
        raise not_covered(
            f"{days.first}..{days.last} is not inside the run, {clock.start}..{world.last_day}"
        )


def made_in(world: Trajectory, materials: frozenset[str], regions: frozenset[str]) -> Draws:
    """Tonnes per step that some regions make of some materials, (step, draw).

    Raises
    ------
    NoAnswer
        If a part of it is not recorded.
    """
    recording = world.recording
    wanted = {
        key
        for key, tonnes in world.base_output.items()
        if tonnes > 0 and key[0] in materials and key[1] in regions
    }
    missing = sorted({material for material, _ in wanted - set(recording.made_keys)})
    if missing:
        raise not_modelled(f"output of {', '.join(missing)} is not recorded in a run")
    total = np.zeros((recording.clock.steps, world.draws))
    for i, (material, region) in enumerate(recording.made_keys):
        if material in materials and region in regions:
            total += recording.made[i]
    return total


class RunFlows:
    """Exports of a run, and of the record for the days before it opens."""

    def __init__(self, world: Trajectory) -> None:
        self._world = world
        self._record = record_before(world, world.opens)
        self._daily: Spill[Trade] = _kept(world, "exports")
        self._landings: Spill[tuple[frozenset[str], Pair]] = _kept(world, "arrivals")

    def exports(self, trade: Trade, days: Period) -> Draws:
        """Tonnes over some days; what the record says is equal for all draws."""
        world = self._world
        if days.first >= world.opens:
            return self._simulated(trade, days)
        early = Period(days.first, min(days.last, world.opens - timedelta(days=1)))
        known = self._record.tonnes(trade, early)
        if known is None:
            # the lead-in of a run is better than nothing
            if days.first >= world.recording.clock.start:
                return self._simulated(trade, days)
            raise not_covered(f"no record and no base flow of {early.first}..{early.last}")
        total = np.full(world.draws, known)
        if days.last >= world.opens:
            total += self._simulated(trade, Period(world.opens, days.last))
        return total

    def arrivals(self, trade: Trade, days: Period) -> Draws:
        """Tonnes that arrive over some days of the run: exports, moved by their transit."""
        check_inside(self._world, days)
        return over(self.landed(trade), self._world, days)

    def landed(self, trade: Trade) -> Draws:
        """Tonnes per step that arrive, (step, draw)."""
        total = np.zeros((self._world.recording.clock.steps, self._world.draws))
        for pair in sorted(trade.pairs):
            way = (trade.materials, pair)
            if way not in self._landings:
                self._landings[way] = self._landed(Trade(trade.materials, frozenset((pair,))), pair)
            total += self._landings[way]
        return total

    def _landed(self, trade: Trade, pair: Pair) -> np.ndarray:
        """Tonnes per step that arrive on one way, (step, draw); before the run came base flows."""
        world = self._world
        sent = self._series(trade)
        if not sent.any():
            return sent
        way = world.ways.get(pair, "")
        if way not in world.values:
            raise not_modelled(f"no transit is known from {pair[0]} to {pair[1]}")
        lag = np.maximum(world.values[way] / world.recording.clock.step_days, 1.0)
        whole = np.floor(lag).astype(np.int64)
        part = lag - whole
        ahead = int(whole.max()) + 1
        base = np.broadcast_to(self._still(trade, pair), (ahead, world.draws))
        flow = np.concatenate([base, sent])
        rows = np.arange(sent.shape[0])[:, np.newaxis] + ahead - whole
        lane = np.arange(world.draws)
        landed: np.ndarray = (1 - part) * flow[rows, lane] + part * flow[rows - 1, lane]
        return landed

    def _still(self, trade: Trade, pair: Pair) -> Draws:
        """Undisturbed tonnes per step on one way, (draw,)."""
        world = self._world
        total = np.zeros(world.draws)
        for position in _positions(world, trade, pair):
            total += world.recording.export_base[position]
        return total

    def _simulated(self, trade: Trade, days: Period) -> Draws:
        check_inside(self._world, days)
        if trade not in self._daily:
            self._daily[trade] = self._series(trade)
        return over(self._daily[trade], self._world, days)

    def _series(self, trade: Trade) -> np.ndarray:
        """Tonnes per step, shape (step, draw); raises `NoAnswer` if a part was not recorded."""
        world = self._world
        total = np.zeros((world.recording.clock.steps, world.draws))
        for pair in sorted(trade.pairs):
            for position in _positions(world, trade, pair):
                total += world.recording.export[position]
            still = _unrecorded(world, trade, pair)
            if still and not world.is_at_rest:
                raise not_modelled(_missing(world, still, pair))
            base = sum(
                link.tonnes
                for link in world.base_links
                if (link.origin, link.destination) == pair and link.material in still
            )
            total += world.per_day(base) * world.recording.clock.step_days
        return total


def _kept(world: Trajectory, what: str) -> Spill[Any]:
    """Series that all who ask this run share; on disk where its draws are."""
    label = (what, "by step")
    if label not in world.memo:
        world.memo[label] = Spill(world.recording.scratch)
    found: Spill[Any] = world.memo[label]
    return found


def _positions(world: Trajectory, trade: Trade, pair: Pair) -> list[int]:
    """Series between two regions that hold nothing but what is asked for."""
    traded = world.traded.get(pair, frozenset())
    found = []
    for materials, position in world.series.get(pair, ()):
        moving = materials & traded or materials
        if moving <= trade.materials:
            found.append(position)
        elif moving & trade.materials:
            others = ", ".join(sorted(moving - trade.materials))
            asked = ", ".join(sorted(moving & trade.materials))
            raise not_modelled(f"exports of {asked} are recorded only together with {others}")
    return found


def _unrecorded(world: Trajectory, trade: Trade, pair: Pair) -> frozenset[str]:
    recorded = frozenset().union(*(materials for materials, _ in world.series.get(pair, ())))
    return (trade.materials & world.traded.get(pair, frozenset())) - recorded


def _missing(world: Trajectory, materials: frozenset[str], pair: Pair) -> str:
    origins = sorted({origin for origin, _ in world.series})
    if pair[0] not in origins:
        return (
            f"exports of {pair[0]} are not recorded, those of {', '.join(origins)} are; the "
            "scenario's field recording.origins adds others"
        )
    return f"exports of {', '.join(sorted(materials))} are not recorded"


class SteadyFlows:
    """A baseline: the record up to the headline month, from then on a fixed amount per month.

    Parameters
    ----------
    world
        Whose record it is; the run is not looked at.
    name
        ``persistence``, ``base_mean`` or ``analogue``.
    """

    def __init__(self, world: Trajectory, name: str) -> None:
        self._world, self._name = world, name

    @cached_property
    def _opens(self) -> date:
        return month_of(headline_day(self._world)).first

    @cached_property
    def _record(self) -> Record:
        return record_before(self._world, self._opens)

    def exports(self, trade: Trade, days: Period) -> Draws:
        """Tonnes over some days, equal for all draws."""
        total = 0.0
        if days.first < self._opens:
            early = Period(days.first, min(days.last, self._opens - timedelta(days=1)))
            known = self._record.tonnes(trade, early)
            if known is None and early.first < self._world.opens:
                raise not_covered(f"no record of {early.first}..{early.last}")
            total = self._steady(trade, early) if known is None else known
        if days.last >= self._opens:
            total += self._steady(trade, Period(max(days.first, self._opens), days.last))
        return np.full(self._world.draws, total)

    def _steady(self, trade: Trade, days: Period) -> float:
        total, first = 0.0, days.first
        while first <= days.last:
            month = month_of(first)
            last = min(month.last, days.last)
            part = Period(first, last).days / month.days
            total += part * self._amount(trade, month.first)
            first = month.end
        return total

    def _amount(self, trade: Trade, month: date) -> float:
        """Tonnes in the month that begins on a day."""
        if self._name == "persistence":
            return self._last_month(trade)
        mean = self._mean(trade)
        if self._name == "base_mean" or month < self._opens:
            return mean
        template = constants("analogue/month/")
        since = len(months_in(Period(self._opens, month_of(month).last))) - 1
        held = self._controlled(trade)
        return mean * (1 - held + held * template[min(since, len(template) - 1)])

    def _last_month(self, trade: Trade) -> float:
        known = self._record.months(trade)
        if not known:
            raise not_covered(f"no full month on record before {self._opens}")
        return known[max(known)]

    def _mean(self, trade: Trade) -> float:
        total = self._record.tonnes(trade, self._world.base)
        if total is None:
            raise not_covered("no record of the base period")
        return total / len(months_in(self._world.base))

    def _controlled(self, trade: Trade) -> float:
        """Share of a trade that the template holds up: all, some, or none of its materials."""
        controlled = self._world.atoms(_CONTROLLED)
        if trade.materials <= controlled:
            return 1.0
        return constant("analogue/controlled_share") if trade.materials & controlled else 0.0
