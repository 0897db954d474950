"""How each quantity that a run can produce is answered, before any transform."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from terbium.base.calendar import Period, step_overlap
from terbium.results.keys_facts import (
    quota,
    statutory_days,
    stockpile_days,
    suspended,
)
from terbium.results.keys_flows import Flows, RunFlows, check_inside, made_in, over
from terbium.results.keys_labels import (
    Trade,
    industries_of,
    materials_of,
    one_place,
    pair_sets,
    trades,
)
from terbium.results.keys_query import Query
from terbium.results.keys_queue import delay_days, filings, granted_share, queue_days
from terbium.results.keys_stops import (
    first_stop_days,
    output_loss,
    recovery_days,
    stop_count,
    stop_length,
)
from terbium.results.keys_terms import Item
from terbium.results.keys_trajectory import (
    BaseLink,
    Draws,
    Pair,
    Trajectory,
    not_covered,
    not_modelled,
)


def export(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """Gross tonnes that leave for a destination [t]."""
    total = np.zeros(world.draws)
    for trade in trades(world, query.subject, query.place):
        total += flows.exports(trade, query.days)
    return total


def arrivals(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """Gross tonnes that arrive [t]: base flows while nothing disturbs them, else what was sent."""
    del flows
    pairs = frozenset().union(*pair_sets(world, query.place))
    materials = frozenset().union(*materials_of(world, query.subject))
    if _is_steady(world, query.days):
        return _steady(world, query.days, _base(world, materials, pairs), "arrivals")
    return _arrivals(world, materials, pairs, query.days)


def _arrivals(
    world: Trajectory, materials: frozenset[str], pairs: frozenset[Pair], days: Period
) -> Draws:
    return RunFlows(world).arrivals(Trade(materials, pairs), days)


def production(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """Output of the stage that makes the subject, at a place [t]."""
    del flows
    materials = frozenset().union(*materials_of(world, query.subject))
    regions = one_place(world, query.place)
    if _is_steady(world, query.days):
        per_year = sum(
            tonnes
            for (material, region), tonnes in world.base_output.items()
            if material in materials and region in regions
        )
        return _steady(world, query.days, per_year, "output of stages before the industries")
    check_inside(world, query.days)
    return over(made_in(world, materials, regions), world, query.days)


def use(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """Tonnes that industries take in at a place [t]."""
    del flows
    materials = frozenset().union(*materials_of(world, query.subject))
    regions = one_place(world, query.place)
    taken: dict[tuple[str, str], float] = {}
    for link in world.base_links:
        if link.industry and link.material in materials and link.destination in regions:
            user = (link.destination, link.industry)
            taken[user] = taken.get(user, 0.0) + link.tonnes
    if _is_steady(world, query.days):
        return _steady(world, query.days, sum(taken.values()), "what industries take in")
    return _taken_in(world, taken, query.days)


def _taken_in(world: Trajectory, taken: Mapping[tuple[str, str], float], days: Period) -> Draws:
    """What industries take in: every input in step with output, as all of them are critical."""
    check_inside(world, days)
    recording = world.recording
    missing = sorted(taken.keys() - set(recording.industry_keys))
    if missing:
        named = ", ".join("/".join(user) for user in missing)
        raise not_modelled(f"the output of {named} is not recorded")
    total = np.zeros(world.draws)
    for i, user in enumerate(recording.industry_keys):
        if user in taken:
            per_day = world.per_day(taken[user])
            share = over(recording.output_share[i].astype(np.float64), world, days)
            total += per_day * recording.clock.step_days * share
    return total


def _is_steady(world: Trajectory, days: Period) -> bool:
    """Whether base flows answer: inside the base period, or where nothing disturbs them."""
    base = world.base
    in_base = base.first <= days.first and days.last <= base.last
    return in_base or (
        world.is_at_rest and days.first >= base.first and days.last <= world.last_day
    )


def _steady(world: Trajectory, days: Period, per_year: float, what: str) -> Draws:
    """A base flow over some days of the base period, or of a run that nothing disturbs."""
    base = world.base
    if not _is_steady(world, days):
        if days.last < base.first or days.first > world.last_day:
            raise not_covered(f"{days.first}..{days.last} is outside the run and the base period")
        raise not_modelled(f"{what} are not recorded in a run; only base flows are known")
    if not world.base_links:
        raise not_modelled("there are no base flows beside this run")
    return np.full(world.draws, world.per_day(per_year) * days.days)


def _base(
    world: Trajectory,
    materials: frozenset[str],
    pairs: Iterable[Pair],
    weight: Callable[[BaseLink], float] = lambda link: 1.0,
) -> float:
    wanted = frozenset(pairs)
    return sum(
        link.tonnes * weight(link)
        for link in world.base_links
        if link.material in materials and (link.origin, link.destination) in wanted
    )


def dependence(weigh: str) -> Callable[[Trajectory, Flows, Query], Draws]:
    """Share of an origin in a place's imports, weighed by tonnage, value or elements contained."""

    def answer(world: Trajectory, flows: Flows, query: Query) -> Draws:
        del flows
        materials = frozenset().union(*materials_of(world, query.subject))
        elements = {
            element
            for material in materials & world.substances.keys()
            for element in world.substances[material].content
        }

        def weight(link: BaseLink) -> float:
            if weigh == "tonnage":
                return 1.0
            if weigh == "value":
                return link.value
            content = world.substances[link.material].content
            return sum(content.get(element, 0.0) for element in elements)

        pairs = frozenset().union(*pair_sets(world, query.place))
        ends = {end for _, end in pairs}
        bloc = ends if len(query.place.second) == 1 else set()
        every = {(a, b) for a in world.regions for b in ends if a != b and a not in bloc}
        if weigh == "tonnage" and not _is_steady(world, query.days):
            whole = _arrivals(world, materials, frozenset(every), query.days)
            return _over(_arrivals(world, materials, pairs, query.days), whole)
        part = _steady(world, query.days, _base(world, materials, pairs, weight), "arrivals")
        whole = _steady(world, query.days, _base(world, materials, every, weight), "arrivals")
        return _over(part, whole)

    return answer


def days_of_cover(world: Trajectory, flows: Flows, query: Query) -> Draws:
    """How long the stock of those who use the subject lasts [day], weighed by their use."""
    del flows
    check_inside(world, query.days)
    shares = step_overlap(world.recording.clock, query.days.first, query.days.end)
    total, weights = np.zeros(world.draws), 0.0
    for position, weight in _holders(world, query).items():
        series = world.recording.cover_days[position]
        for step in np.flatnonzero(shares):
            total += weight * shares[step] / shares.sum() * series[step]
        weights += weight
    return total / weights


def _holders(world: Trajectory, query: Query) -> dict[int, float]:
    """Industry series that hold a subject, and how much of it they take a year [t/yr]."""
    regions = one_place(world, query.place)
    found: dict[int, float] = {}
    for item in query.subject:
        (materials,) = materials_of(world, (Item(item.label),))
        only = industries_of(world, (Item(item.holder),)) if item.holder else None
        for i, (region, industry) in enumerate(world.recording.industry_keys):
            if region in regions and (only is None or industry in only):
                taken = _taken(world, materials, region, industry)
                # parts hold the magnet of the same name: the only stock that a car maker has
                if not taken and item.holder:
                    taken = _taken(world, _in_parts(materials), region, industry)
                if taken:
                    found[i] = found.get(i, 0.0) + taken
    if not found:
        raise not_modelled(f"nobody in {query.place} is recorded to hold this subject")
    return found


def _in_parts(materials: frozenset[str]) -> frozenset[str]:
    return frozenset(
        material.removesuffix("_magnet") + "_assembly"
        for material in materials
        if material.endswith("_magnet")
    )


def _taken(world: Trajectory, materials: frozenset[str], region: str, industry: str) -> float:
    return sum(
        link.tonnes
        for link in world.base_links
        if (link.destination, link.industry) == (region, industry) and link.material in materials
    )


def _over(part: Draws, whole: Draws) -> Draws:
    """A quotient; NaN where there is nothing to divide by."""
    empty = np.full_like(part, np.nan)
    return np.divide(part, whole, out=empty, where=whole != 0)


def _plain(answer: Callable[[Trajectory, Query], Draws]) -> Answer:
    return lambda world, flows, query: answer(world, query)


Answer = Callable[[Trajectory, Flows, Query], Draws]

ANSWERS: Mapping[str, Answer] = {
    "export": export,
    "import": arrivals,
    "production": production,
    "use": use,
    "dependence.tonnage": dependence("tonnage"),
    "dependence.value": dependence("value"),
    "dependence.contained": dependence("contained"),
    "stock.days_of_cover": days_of_cover,
    "queue.filings": filings,
    "queue.granted_share": granted_share,
    "queue.days": queue_days,
    "delivery.delay_days": delay_days,
    "quota": _plain(quota),
    "stockpile.days_of_cover": _plain(stockpile_days),
    "licence.statutory_days": _plain(statutory_days),
    "measure.suspended": _plain(suspended),
    "stop.first_days": _plain(first_stop_days),
    "stop.length_days": _plain(stop_length),
    "stop.count": _plain(stop_count),
    "recovery.days": _plain(recovery_days),
    "output_loss.share": _plain(output_loss),
}
"""Quantity to the function that answers it; every other one has a reason in the registry."""
