"""Stops, recovery and lost output of industries."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from terbium.base.calendar import step_overlap
from terbium.results.context import WORLD
from terbium.results.keys_constants import constant
from terbium.results.keys_flows import RunFlows, check_inside, made_in, over
from terbium.results.keys_labels import Trade, industries_of, materials_of, one_place, pair_sets
from terbium.results.keys_query import Query
from terbium.results.keys_terms import Place
from terbium.results.keys_trajectory import Draws, Trajectory, not_modelled

Positions = NDArray[np.intp]
_MOST_NAMED = 3


def first_stop_days(world: Trajectory, query: Query) -> Draws:
    """Days from the period's first day to the first line stop inside it; `inf` for none."""
    earliest: Draws = _first_stops(world, query)[0].min(axis=0)
    return earliest


def stop_length(world: Trajectory, query: Query) -> Draws:
    """Length of that stop [day]; the longest of those that begin on the same day."""
    days, position = _first_stops(world, query)
    length = world.recording.stop_length_days[position].astype(np.float64)
    first = days.min(axis=0)
    begun = np.isfinite(days) & (days == first)
    longest: Draws = np.where(begun, length, 0.0).max(axis=0)
    return np.where(np.isfinite(first), longest, np.inf)


def _first_stops(world: Trajectory, query: Query) -> tuple[NDArray[np.float64], Positions]:
    """Day of the first stop of each series, (series, draw), counted from the period's first day."""
    check_inside(world, query.days)
    position = _positions(world, query)
    recording = world.recording
    zero = world.context.headline_date or recording.clock.start
    days = recording.first_stop_days[position].astype(np.float64)
    days = days + (zero - query.days.first).days
    # a step that began before the period and reaches into it
    days = np.where((days < 0) & (days > -recording.clock.step_days), 0.0, days)
    if (days < 0).any():
        raise not_modelled(
            f"in {np.mean((days < 0).any(axis=0)):.0%} of the draws the first stop comes before "
            f"{query.days.first}, and later stops are not recorded"
        )
    return np.where(days < query.days.days, days, np.inf), position


def stop_count(world: Trajectory, query: Query) -> Draws:
    """Lines that begin a stop in the period [count]; a share of lines times their number."""
    check_inside(world, query.days)
    total, missing = np.zeros(world.draws), []
    for i in _positions(world, query):
        region, industry = world.recording.industry_keys[i]
        lines = _lines(world, region, industry)
        if lines is None:
            missing.append(f"{region}/{industry}")
        else:
            begun = world.recording.stops_begun[i].astype(np.float64)
            total += lines * over(begun, world, query.days)
    if missing:
        shown = ", ".join(missing[:_MOST_NAMED]) + (" and more" if missing[_MOST_NAMED:] else "")
        raise not_modelled(f"the dataset does not say how many lines there are: {shown}")
    return total


def _lines(world: Trajectory, region: str, industry: str) -> Draws | None:
    """Lines of an industry [count]: as stated, else its tonnage over what one line takes."""
    stated = world.values.get(f"lines/{region}/{industry}")
    size = world.values.get("line_size/tonnes")
    if stated is not None or size is None:
        return stated
    taken = intake(world, region, industry)
    return np.maximum(taken / size, 1.0) if taken > 0.0 else None


def recovery_days(world: Trajectory, query: Query) -> Draws:
    """Days until output or supply is back, and stays back; 0 where it never fell, else `inf`."""
    check_inside(world, query.days)
    clock = world.recording.clock
    known = {*world.substances, *world.context.groups}
    is_supply = all(item.label in known for item in query.subject)
    level = _supply(world, query) if is_supply else _output(world, query)
    is_back = level >= constant("recovery/output_share")
    stays = math.ceil(constant("recovery/days") / clock.step_days)
    inside = np.flatnonzero(step_overlap(clock, query.days.first, query.days.end))
    found = np.full(world.draws, np.inf)
    for draw in range(world.draws):
        back = is_back[:, draw]
        fallen = inside[~back[inside]]
        if not fallen.size:
            found[draw] = 0.0
            continue
        for step in inside[inside > fallen[0]]:
            held = back[step : step + stays]
            if held.size == stays and held.all():
                found[draw] = max((clock.step_start(int(step)) - query.days.first).days, 0)
                break
    return found


def _supply(world: Trajectory, query: Query) -> NDArray[np.float64]:
    """Arrivals from elsewhere and own production over undisturbed ones, (step, draw)."""
    materials = frozenset().union(*materials_of(world, query.subject))
    regions = one_place(world, query.place)
    pairs = frozenset().union(*pair_sets(world, Place((WORLD,), query.place.first)))
    coming = RunFlows(world).landed(Trade(materials, pairs))
    supply = coming + made_in(world, materials, regions)
    per_year = sum(
        link.tonnes
        for link in world.base_links
        if link.material in materials and (link.origin, link.destination) in pairs
    ) + sum(
        tonnes
        for (material, region), tonnes in world.base_output.items()
        if material in materials and region in regions
    )
    still = world.per_day(per_year) * world.recording.clock.step_days
    if not still > 0:
        raise not_modelled(f"nothing of this reaches or is made in {query.place} undisturbed")
    return supply / still


def output_loss(world: Trajectory, query: Query) -> Draws:
    """Share of undisturbed output not made, net of what was caught up inside the period [1]."""
    check_inside(world, query.days)
    shares = step_overlap(world.recording.clock, query.days.first, query.days.end)
    output = _output(world, query)
    total = np.zeros(world.draws)
    for step in np.flatnonzero(shares):
        total += shares[step] * output[step]
    loss: Draws = 1 - total / shares.sum()
    return loss


def _positions(world: Trajectory, query: Query) -> Positions:
    wanted, regions = industries_of(world, query.subject), one_place(world, query.place)
    found = [
        i
        for i, (region, industry) in enumerate(world.recording.industry_keys)
        if region in regions and industry in wanted
    ]
    if not found:
        names = "+".join(str(item) for item in query.subject)
        raise not_modelled(f"the run has no {names} in {query.place}")
    return np.array(found)


def _output(world: Trajectory, query: Query) -> NDArray[np.float64]:
    """Output over undisturbed output, (step, draw); regions weigh by what they take in."""
    position = _positions(world, query)
    if len({world.recording.industry_keys[i][1] for i in position}) > 1:
        raise not_modelled("the dataset has no value added to weigh several industries with")
    if position.size == 1:
        alone: NDArray[np.float64] = world.recording.output_share[position[0]].astype(np.float64)
        return alone
    weights = [intake(world, *world.recording.industry_keys[i]) for i in position]
    if not sum(weights) > 0:
        raise not_modelled(f"no base flow to weigh the regions of {query.place} with")
    total = np.zeros(world.recording.output_share.shape[1:])
    for i, weight in zip(position, weights, strict=True):
        total += weight / sum(weights) * world.recording.output_share[i].astype(np.float64)
    return total


def intake(world: Trajectory, region: str, industry: str) -> float:
    """What an industry takes in a year, all materials together [t/yr]."""
    return sum(
        link.tonnes
        for link in world.base_links
        if link.destination == region and link.industry == industry
    )
