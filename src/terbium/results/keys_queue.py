"""The licence queue in keys: what was filed and granted, for how long it waited, when it left.

A run records flows of each queue, not single filings. Their ages follow from the flows by the rule
of the desk itself: every filing that waits has the same chance to be decided, and every licence in
hand the same chance to be used. Filings and decisions of a step are spread evenly over its days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

import numpy as np

from terbium.base.calendar import Period, step_overlap
from terbium.results.keys_facts import licensing_origins
from terbium.results.keys_flows import Flows, check_inside, over
from terbium.results.keys_labels import headline_day, materials_of, pair_sets, trades
from terbium.results.keys_query import Query
from terbium.results.keys_trajectory import Draws, Trajectory, not_covered, not_modelled

_CONTROLLED = "RE_controlled"
_PER_APPLICATION = "licensing/tonnes_per_application"


@dataclass(frozen=True)
class Ages:
    """Tonnes by how long they took.

    Parameters
    ----------
    days
        Middle of each class, shape (class,) [day].
    half
        Half the width of a class [day]: tonnes of a class are spread evenly over it.
    tonnes
        shape (class, draw).
    """

    days: Draws
    half: float
    tonnes: Draws

    def mean(self) -> Draws:
        """Mean by tonnes, (draw,) [day]; NaN without any."""
        return _over((self.days[:, np.newaxis] * self.tonnes).sum(axis=0), self.tonnes.sum(axis=0))

    def share_above(self, days: float) -> Draws:
        """Share of tonnes that took so long or longer, (draw,)."""
        low = np.maximum(self.days - self.half, 0.0)
        width = self.days + self.half - low
        above = np.where(
            width > 0,
            np.clip((self.days + self.half - days) / np.where(width > 0, width, 1.0), 0.0, 1.0),
            np.where(self.days >= days, 1.0, 0.0),
        )
        return _over((above[:, np.newaxis] * self.tonnes).sum(axis=0), self.tonnes.sum(axis=0))


def filings(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """Applications filed since the headline measure took force [count]."""
    del flows
    return _flow(world, query, "filed") / _tonnes_each(world)


def granted_share(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """Tonnes granted over tonnes filed since the headline measure took force [1]."""
    del flows
    return _over(_flow(world, query, "granted"), _flow(world, query, "filed"))


def queue_days(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """Filing to grant, or to the period's end if pending, by tonnes [day]."""
    del flows
    return queue_ages(world, query).mean()


def delay_days(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """Days beyond the undisturbed lead time, over what was shipped or is overdue [day]."""
    return delivery_ages(world, flows, query).mean()


def stuck(world: Trajectory, query: Query, days: float) -> Draws:
    """A queue quantity over filings that were still ungranted some days after they were filed.

    Raises
    ------
    NoAnswer
        If the quantity is not counted in filings.
    """
    if query.quantity not in ("queue.filings", "queue.granted_share", "queue.days"):
        raise not_modelled(f"{query.quantity} is not counted in filings (stuck)")
    held, later, waited = _stuck(world, query, days)
    if query.quantity == "queue.filings":
        return held / _tonnes_each(world)
    return _over(later, held) if query.quantity == "queue.granted_share" else waited.mean()


def queue_ages(world: Trajectory, query: Query) -> Ages:
    """Ages at grant of what was granted in the period, and so far of what is pending at its end."""
    inside = _inside(world, query.days)
    ages = _Heap(world)
    for position in _queues(world, query):
        end = _End(world, query.days)
        for step, cohorts in enumerate(islice(_cohorts(world, position), end.steps)):
            if inside[step]:
                ages.add(step, inside[step] * cohorts.granted)
            end.pass_by(step, cohorts.waiting)
        ages.add_pending(query.days, end.held)
    return ages.result()


def delivery_ages(world: Trajectory, flows: Flows, query: Query) -> Ages:
    """Filing to shipment under licence; what needs no licence leaves at once.

    Tonnes filed or licensed and not shipped by the period's end are overdue since they were filed.
    """
    inside = _inside(world, query.days)
    ages, licensed = _Heap(world), np.zeros(world.draws)
    for position in _queues(world, query):
        end = _End(world, query.days)
        for step, (shipped, left) in enumerate(islice(_journeys(world, position), end.steps)):
            if inside[step]:
                ages.add(step, inside[step] * shipped)
                licensed += inside[step] * shipped.sum(axis=0)
            end.pass_by(step, left)
        ages.add_pending(query.days, end.held)
    total = np.zeros(world.draws)
    for trade in trades(world, query.subject, query.place):
        total += flows.exports(trade, query.days)
    ages.add_at_once(np.maximum(total - licensed, 0.0))
    return ages.result()


def _inside(world: Trajectory, days: Period) -> Draws:
    check_inside(world, days)
    return step_overlap(world.recording.clock, days.first, days.end)


@dataclass(frozen=True)
class _Cohorts:
    """Filings by the step in which they were filed, at one step; all (cohort, draw) [t]."""

    waiting: Draws
    granted: Draws


def _cohorts(world: Trajectory, position: int) -> Iterator[_Cohorts]:
    """Step by step, what each cohort of filings still waits for and what it is granted."""
    recording = world.recording
    filed, granted, refused = (
        getattr(recording, f"queue_{name}")[position].astype(np.float64)
        for name in ("filed", "granted", "refused")
    )
    waiting = np.zeros((recording.clock.steps, world.draws))
    for step in range(recording.clock.steps):
        waiting[step] += filed[step]
        pool = waiting[: step + 1].sum(axis=0)
        out = granted[step] + refused[step]
        gone = waiting[: step + 1] * np.minimum(_share(out, pool), 1.0)
        passed = gone * _share(granted[step], out)
        waiting[: step + 1] -= gone
        yield _Cohorts(waiting[: step + 1].copy(), passed)


def _journeys(world: Trajectory, position: int) -> Iterator[tuple[Draws, Draws]]:
    """Step by step, what of each cohort is shipped, and what is filed or licensed and is not."""
    recording = world.recording
    shipped, expired = (
        getattr(recording, f"queue_{name}")[position].astype(np.float64)
        for name in ("shipped", "expired")
    )
    live = np.zeros((recording.clock.steps, world.draws))
    for step, cohorts in enumerate(_cohorts(world, position)):
        live[: step + 1] += cohorts.granted
        pool = live[: step + 1].sum(axis=0)
        out = shipped[step] + expired[step]
        gone = live[: step + 1] * np.minimum(_share(out, pool), 1.0)
        live[: step + 1] -= gone
        yield gone * _share(shipped[step], out), cohorts.waiting + live[: step + 1]


class _Heap:
    """Tonnes by age, gathered from cohorts; ages are whole steps, classes a step wide."""

    def __init__(self, world: Trajectory) -> None:
        self._clock = world.recording.clock
        self._shape = (self._clock.steps, world.draws)
        self._left = np.zeros(self._shape)
        self._pending: dict[int, Draws] = {}

    def add(self, step: int, tonnes: Draws) -> None:
        """Tonnes that leave in a step, by the step of filing, (cohort, draw)."""
        self._left[: step + 1] += tonnes[::-1]

    def add_pending(self, days: Period, tonnes: Draws) -> None:
        """Tonnes still there at the end of some days, by the step of filing."""
        end = (days.end - self._clock.start).days
        heap = self._pending.setdefault(end, np.zeros(self._shape))
        heap[: tonnes.shape[0]] += tonnes

    def add_at_once(self, tonnes: Draws) -> None:
        """Tonnes that did not wait, (draw,)."""
        self._left[0] += tonnes

    def result(self) -> Ages:
        """All of them by age."""
        cohort = np.arange(self._shape[0], dtype=np.float64)
        days, tonnes = [cohort * self._clock.step_days], [self._left]
        for end, heap in self._pending.items():
            days.append(np.clip(end - (cohort + 1 / 2) * self._clock.step_days, 0.0, None))
            tonnes.append(heap)
        return Ages(np.concatenate(days), self._clock.step_days / 2, np.concatenate(tonnes))


class _End:
    """What each cohort still holds on the last day of a period, between the ends of two steps."""

    def __init__(self, world: Trajectory, days: Period) -> None:
        clock = world.recording.clock
        self._last = clock.step_of(days.last)
        self._part = (days.end - clock.step_start(self._last)).days / clock.step_days
        self.held = np.zeros((0, world.draws))

    @property
    def steps(self) -> int:
        """Steps up to and with the last."""
        return self._last + 1

    def pass_by(self, step: int, held: Draws) -> None:
        """Take what is held at the end of a step, (cohort, draw)."""
        if step == self._last - 1:
            self.held = held
        elif step == self._last:
            found = self._part * held
            found[: self.held.shape[0]] += (1 - self._part) * self.held
            self.held = found


def _stuck(world: Trajectory, query: Query, days: float) -> tuple[Draws, Draws, Ages]:
    """Tonnes of filings that waited so long, those of them granted by the end, and their ages."""
    start = headline_day(world)
    _check_after(world, query, start)
    clock = world.recording.clock
    counted = _inside(world, Period(start, query.days.last))
    held, later, ages = np.zeros(world.draws), np.zeros(world.draws), _Heap(world)
    old = (
        np.clip(
            ((query.days.end - clock.start).days - days) / clock.step_days - np.arange(clock.steps),
            0.0,
            1.0,
        )
        * counted
    )
    for position in _queues(world, query):
        end = _End(world, query.days)
        held += old @ world.recording.queue_filed[position].astype(np.float64)
        for step, cohorts in enumerate(islice(_cohorts(world, position), end.steps)):
            # share of each cohort that has waited so long when this step decides
            age = step - np.arange(step + 1)
            due = np.clip(age + 1 / 2 - days / clock.step_days, 0.0, 1.0)
            told = counted[step] * cohorts.granted
            late = (counted[: step + 1] * due)[:, np.newaxis] * told
            later += late.sum(axis=0)
            held -= (old[: step + 1] * (1 - due)) @ told
            ages.add(step, late)
            end.pass_by(step, cohorts.waiting)
        ages.add_pending(query.days, old[: end.held.shape[0], np.newaxis] * end.held)
    # what was refused stays ungranted
    return np.maximum(held, later), later, ages.result()


def _flow(world: Trajectory, query: Query, what: str) -> Draws:
    start = headline_day(world)
    _check_after(world, query, start)
    days = Period(start, query.days.last)
    total = np.zeros(world.draws)
    for position in _queues(world, query):
        total += over(getattr(world.recording, f"queue_{what}")[position], world, days)
    return total


def _check_after(world: Trajectory, query: Query, start: date) -> None:
    if query.days.last < start:
        raise not_covered(f"{query.days.last} is before {start}, when the measure took force")
    check_inside(world, Period(start, query.days.last))


def _queues(world: Trajectory, query: Query) -> list[int]:
    """Queues of a subject on a way; a queue holds what is controlled of its group."""
    wanted = frozenset().union(*materials_of(world, query.subject))
    pairs = frozenset().union(*pair_sets(world, query.place))
    ends = {end for start, end in pairs if start in _origins(world)}
    if not ends:
        raise not_modelled(f"no licences are asked for on exports of {query.place}")
    has_list = _CONTROLLED in world.context.groups
    found, elsewhere = [], []
    for i, (group, destination) in enumerate(world.recording.queue_keys):
        held = world.atoms(group) & world.atoms(_CONTROLLED) if has_list else world.atoms(group)
        if destination in ends and held <= wanted:
            found.append(i)
        elif destination in ends and held & wanted:
            elsewhere.append(group)
    if elsewhere:
        raise not_modelled(f"filings are recorded for {elsewhere[0]} as a whole, not for a part")
    if not found:
        raise not_modelled(f"no filings are recorded for this subject on {query.place}")
    return found


def _origins(world: Trajectory) -> frozenset[str]:
    from_law = licensing_origins(world) if world.register is not None else frozenset()
    return from_law or frozenset(origin for _, origin, _ in world.recording.export_keys)


def _tonnes_each(world: Trajectory) -> Draws:
    if _PER_APPLICATION not in world.values:
        raise not_modelled(f"the dataset has no estimate {_PER_APPLICATION}")
    return world.values[_PER_APPLICATION]


def _share(part: Draws, whole: Draws) -> Draws:
    """A quotient; nothing of nothing is nothing."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def _over(part: Draws, whole: Draws) -> Draws:
    """A quotient; NaN where there is nothing to divide by."""
    empty = np.full_like(part, np.nan)
    return np.divide(part, whole, out=empty, where=whole != 0)
