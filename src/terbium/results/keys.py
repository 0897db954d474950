"""Validation keys, read and answered: one figure per draw for any key of the grammar.

A key is answered draw by draw, transforms and all; quantiles are taken of the answer, never inside.
`read_key` checks what a key says without a run; `answer` needs a `Trajectory`.

>>> read_key("export/RE_magnet/CHN>DEU/2025-06").quantity
'export'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from terbium.base.calendar import Period, step_overlap
from terbium.results.keys_answers import ANSWERS
from terbium.results.keys_constants import constant
from terbium.results.keys_flows import Flows, RunFlows, SteadyFlows
from terbium.results.keys_grammar import parse_key, refuse
from terbium.results.keys_labels import (
    days_of,
    month_before,
    month_of,
    months_in,
    origins_of,
    year_before,
)
from terbium.results.keys_query import Query
from terbium.results.keys_queue import delivery_ages, queue_ages, stuck
from terbium.results.keys_registry import QUANTITIES, unit_of
from terbium.results.keys_terms import (
    AGGREGATES,
    Against,
    Band,
    Key,
    PeriodSpec,
    Ratio,
    Recoup,
    ShareOf,
    Simple,
    Span,
    Threshold,
    Transform,
)
from terbium.results.keys_trajectory import (
    Draws,
    NoAnswer,
    Trajectory,
    not_covered,
    not_modelled,
    trajectory_of,
)

__all__ = [
    "Answered",
    "Key",
    "NoAnswer",
    "RunFlows",
    "SteadyFlows",
    "Trajectory",
    "answer",
    "base_mean",
    "last_day",
    "origins_of",
    "read_key",
    "trajectory_of",
    "unit_of",
]

Transforms = tuple[Transform, ...]


@dataclass(frozen=True)
class Answered:
    """The value of a key.

    Parameters
    ----------
    values
        shape (draw,), in ``unit``; draws without a value are left out.
    unit
        In the table of units.
    note
        What was left out, or nothing.
    """

    values: Draws
    unit: str
    note: str = ""


def read_key(text: str) -> Key:
    """Read a key and refuse what no run could ever answer.

    Raises
    ------
    InputError
        If it does not parse, or asks for a flow on a single day.
    """
    key = parse_key(text)
    quantity = QUANTITIES.get(key.quantity)
    if quantity is not None and quantity.kind == "flow":
        for spec in _periods(key):
            if isinstance(spec, Span) and spec.days.days == 1:
                refuse(
                    text,
                    text.index(spec.text) + 1,
                    f"the single day {spec.text}",
                    f"a month or more: {key.quantity} is summed over its period",
                    "name the month, or a span of days",
                )
    return key


def _periods(key: Key) -> Iterator[PeriodSpec]:
    yield key.period
    for transform in key.transforms:
        if isinstance(transform, Against):
            yield transform.period
        elif isinstance(transform, Recoup):
            yield transform.window


def last_day(key: Key, world: Trajectory) -> date:
    """The last day that the figure of a key looks at; it cannot have been known before."""
    days = [days_of(world, spec).last for spec in _periods(key)]
    days += [t.until.days.last for t in key.transforms if isinstance(t, Recoup)]
    return max(days)


def answer(key: Key, world: Trajectory, flows: Flows | None = None) -> Answered:
    """Value of a key on a trajectory.

    Parameters
    ----------
    key
        As `read_key` returns it.
    world
        The run and what is known beside it.
    flows
        Who says how much was exported; by default the run itself. A baseline (`SteadyFlows`)
        knows of exports alone.

    Raises
    ------
    NoAnswer
        With the status and the reason in words.
    """
    unit = unit_of(key)
    if key.quantity not in QUANTITIES or unit is None:
        raise not_modelled(f"'{key.quantity}' is no quantity of the grammar, section 2")
    query = Query(key.quantity, key.subject, key.place, days_of(world, key.period))
    with np.errstate(invalid="ignore", divide="ignore"):
        values = _Evaluation(world, flows).value(query, key.transforms)
    absent = np.isnan(values)
    if absent.mean() >= constant("missing/most_draws"):
        raise not_covered(
            f"nothing to divide by, or no shortfall, in {absent.mean():.0%} of the draws"
        )
    note = f"{absent.mean():.1%} of the draws have no value and are left out"
    return Answered(values[~absent], unit, note if absent.any() else "")


def base_mean(key: Key, world: Trajectory) -> float | None:
    """Mean of a key without its transforms over the base period, for a period as long as its own.

    Returns
    -------
    float or None
        In the unit of the key's quantity; None where the base period has no answer, or where a
        transform makes another thing of the key (a change, a share).
    """
    kept = tuple(t for t in key.transforms if isinstance(t, Simple) and t.name in AGGREGATES)
    quantity = QUANTITIES.get(key.quantity)
    if quantity is None or quantity.kind not in ("flow", "level") or kept != key.transforms:
        return None
    try:
        plain = answer(replace(key, period="base", transforms=()), world)
        per_day = float(np.mean(plain.values)) / (world.base.days if quantity.is_extensive else 1)
        length = 1 if not quantity.is_extensive else _length(kept, days_of(world, key.period))
    except NoAnswer:
        return None
    return per_day * length if np.isfinite(per_day) and per_day > 0 else None


def _length(kept: Transforms, days: Period) -> float:
    """Days that the value of an extensive key stands for."""
    if any(isinstance(t, Simple) and t.name == "mean" for t in kept):
        months = months_in(days)
        return sum(month.days for month in months) / len(months)
    return days.days


class _Evaluation:
    """One pass over a key; every transform asks again for the value below it."""

    def __init__(self, world: Trajectory, flows: Flows | None) -> None:
        self._world = world
        self._is_baseline = flows is not None
        self._flows: Flows = RunFlows(world) if flows is None else flows

    def value(self, query: Query, transforms: Transforms) -> Draws:
        """Value per draw, shape (draw,), NaN where there is nothing to divide by."""
        if not transforms:
            return self._plain(query)
        inner, last = transforms[:-1], transforms[-1]
        match last:
            case Simple(name="yoy"):
                return self._change(query, inner, year_before(query.days))
            case Simple(name="mom"):
                return self._change(query, inner, month_before(query.days))
            case Simple(name=name):
                return self._aggregate(query, inner, name)
            case Against(name=name, period=spec):
                rate = self._rate(query, inner)
                other = self._rate(replace(query, days=days_of(self._world, spec)), inner)
                return _over(rate, other) - (1 if name == "change" else 0)
            case Recoup():
                return self._recoup(query, inner, last)
            case ShareOf(subject=subject, place=place):
                whole = replace(query, subject=subject or query.subject, place=place or query.place)
                return _over(self.value(query, inner), self.value(whole, inner))
            case Ratio():
                return self._ratio(query, inner, last)
            case Threshold(name="is_above", number=number):
                value = self.value(query, inner)
                return np.where(np.isnan(value), np.nan, np.where(value > number, 1.0, 0.0))
            case Threshold() | Band():
                return self._restrict(query, inner, last)

    def _plain(self, query: Query) -> Draws:
        quantity = QUANTITIES.get(query.quantity)
        if quantity is None:
            raise not_modelled(f"'{query.quantity}' is no quantity of the grammar, section 2")
        if quantity.missing:
            raise not_modelled(quantity.missing)
        if self._is_baseline and query.quantity != "export":
            raise not_modelled(f"no baseline is known for {query.quantity}")
        return ANSWERS[query.quantity](self._world, self._flows, query)

    def _change(self, query: Query, inner: Transforms, before: Period) -> Draws:
        value = self.value(query, inner)
        return _over(value, self.value(replace(query, days=before), inner)) - 1

    def _rate(self, query: Query, inner: Transforms) -> Draws:
        """Per day for what grows with the period and is still a total, as it stands otherwise."""
        value = self.value(query, inner)
        quantity = QUANTITIES.get(query.quantity)
        is_total = all(isinstance(t, Simple) and t.name == "sum" for t in inner)
        if quantity is not None and quantity.is_extensive and is_total:
            return value / query.days.days
        return value

    def _aggregate(self, query: Query, inner: Transforms, name: str) -> Draws:
        quantity = QUANTITIES.get(query.quantity)
        if name == "sum" and not inner and quantity is not None and quantity.is_extensive:
            return self._plain(query)
        pieces = self._steps(query.days) if name == "max" else months_in(query.days)
        values = np.stack([self.value(replace(query, days=days), inner) for days in pieces])
        result: Draws = values.max(axis=0) if name == "max" else values.sum(axis=0)
        return result / len(pieces) if name == "mean" else result

    def _steps(self, days: Period) -> tuple[Period, ...]:
        """Steps of the run inside some days; those that touch them if none lies inside."""
        clock = self._world.recording.clock
        shares = step_overlap(clock, days.first, days.end)
        chosen = np.flatnonzero(shares == 1)
        chosen = chosen if chosen.size else np.flatnonzero(shares)
        if not chosen.size:
            raise not_covered(f"{days.first}..{days.last} holds no step of the run")
        found = [(clock.step_start(int(i)), clock.step_start(int(i) + 1)) for i in chosen]
        return tuple(Period(a, date.fromordinal(b.toordinal() - 1)) for a, b in found)

    def _recoup(self, query: Query, inner: Transforms, asked: Recoup) -> Draws:
        def monthly(days: Period) -> Draws:
            pieces = months_in(days)
            return np.stack([self.value(replace(query, days=month), inner) for month in pieces])

        base = monthly_mean(self, query, inner)
        window, until = asked.window.days, asked.until.days.last
        shortfall = np.sum(base - monthly(window), axis=0)
        first = month_of(window.last).end
        if until < first:
            raise not_covered(f"no month lies between {window.last} and {until}")
        excess = np.sum(monthly(Period(first, until)) - base, axis=0)
        return np.where(shortfall > 0, excess / shortfall, np.nan)

    def _ratio(self, query: Query, inner: Transforms, asked: Ratio) -> Draws:
        below = replace(
            query,
            quantity=asked.quantity,
            subject=asked.subject or query.subject,
            place=asked.place or query.place,
        )
        return _over(self.value(query, inner), self.value(below, inner))

    def _restrict(self, query: Query, inner: Transforms, asked: Threshold | Band) -> Draws:
        if isinstance(asked, Threshold) and not inner and not self._is_baseline:
            if asked.name == "stuck" and query.quantity.startswith("queue."):
                return stuck(self._world, query, asked.number)
            if query.quantity == "queue.days":
                return queue_ages(self._world, query).share_above(asked.number)
            if query.quantity == "delivery.delay_days":
                ages = delivery_ages(self._world, self._flows, query)
                return ages.share_above(asked.number)
        # the reason of the quantity itself comes first
        self.value(query, inner)
        if isinstance(asked, Band):
            raise not_modelled("tonnes are not ranked by price: prices are not modelled yet")
        if asked.name == "stuck":
            raise not_modelled(f"{query.quantity} is not counted in filings (stuck)")
        raise not_modelled(f"{query.quantity} is not recorded tonne by tonne ({asked.name})")


def monthly_mean(evaluation: _Evaluation, query: Query, inner: Transforms) -> Draws:
    """Mean calendar month of the query's period; a total is shared out over its months."""
    quantity = QUANTITIES.get(query.quantity)
    months = months_in(query.days)
    whole = months[0].first == query.days.first and months[-1].last == query.days.last
    if not inner and whole and quantity is not None and quantity.is_extensive:
        return evaluation.value(query, ()) / len(months)
    values = [evaluation.value(replace(query, days=month), inner) for month in months]
    mean: Draws = np.mean(np.stack(values), axis=0)
    return mean


def _over(part: Draws, whole: Draws) -> Draws:
    empty = np.full_like(part, np.nan)
    return np.divide(part, whole, out=empty, where=whole != 0)
