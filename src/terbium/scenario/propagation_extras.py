"""From options of the house to links, frictions and rates, in positions and steps."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from terbium.base.units import convert
from terbium.engine.network.case import (
    Desk,
    Extras,
    LinkFriction,
    Links,
    Rank,
    Relabelling,
    Switching,
    Transit,
)
from terbium.evidence.dataset import load_dataset
from terbium.scenario.propagation_labels import PathOf, TableLabels
from terbium.scenario.propagation_options import (
    SAME,
    Licences,
    LinkSelector,
    Options,
    Rationing,
    RelabellingChoice,
    SwitchingChoice,
)


def extras(options: Options, labels: TableLabels, steps: int, units: int) -> Extras:
    """What the reference implementation has not.

    Parameters
    ----------
    options
        As they were written.
    labels
        Labels of the table; it notes what was not found.
    steps
        Steps of the run.
    units
        Temporal units (days) in a step.
    """
    frictions, desk = _licences(options.licences, labels, steps, units)
    return Extras(
        transits=tuple(
            Transit(one, entry.days / units)
            for number, entry in enumerate(options.transit)
            for one in _links(entry, labels, ("options", "transit", number))
        ),
        frictions=frictions,
        desk=desk,
        switching=_switching(options.switching, units),
        relabelling=_relabelling(options.relabelling, labels, units),
        ranks=_ranks(options.rationing, labels),
    )


def _links(entry: LinkSelector, labels: TableLabels, path: PathOf) -> list[Links]:
    """The sets of links that a selector means; one for each selling region if borders matter."""
    before = len(labels.problems)
    crossing, buying = entry.crossing, entry.to_region
    if buying == (SAME,) and SAME not in labels.table.regions:
        crossing, buying = False, None
    sellers = labels.regions(entry.from_region, (*path, "from_region"))
    sold = labels.sectors(entry.from_sector, (*path, "from_sector"))
    buyers = labels.regions(buying, (*path, "to_region"))
    used = labels.sectors(entry.to_sector, (*path, "to_sector"))
    size = len(labels.table.sectors)
    has_industries = entry.to != "final_demand"
    has_final = entry.to != "industries" and entry.to_sector is None
    groups = [(sellers, buyers)]
    if crossing is not None:
        groups = [
            (np.array([r]), buyers[(buyers != r) if crossing else (buyers == r)]) for r in sellers
        ]
    nobody = np.zeros(0, dtype=np.int64)
    found = [
        Links(
            supplier=(r[:, None] * size + sold[None, :]).ravel(),
            buyer=(b[:, None] * size + used[None, :]).ravel() if has_industries else nobody,
            final=b if has_final else nobody,
        )
        for r, b in groups
        if r.size and b.size
    ]
    if not found and len(labels.problems) == before:
        labels.problems.add(
            labels.place(*path), "a selector that means no link",
            "sellers and buyers that are in the table, on the sides of a border that `crossing` "
            "says", "widen the selector, or delete the entry",
        )  # fmt: skip
    return found


def _ranks(rationing: Rationing, labels: TableLabels) -> tuple[Rank, ...]:
    """A link takes the first rank that names it; what none names is served last."""
    if not rationing.order:
        return ()
    places = [
        number if entry.place is None else entry.place
        for number, entry in enumerate(rationing.order)
    ]
    last = max(places, default=0) + 1
    here = ("options", "rationing", "order")
    found = [Rank(one, last) for one in _links(LinkSelector(), labels, here)]
    for number in reversed(range(len(places))):
        links = _links(rationing.order[number], labels, (*here, number))
        found += [Rank(one, places[number]) for one in links]
    return tuple(found)


def _licences(
    licences: Licences | None, labels: TableLabels, steps: int, units: int
) -> tuple[tuple[LinkFriction, ...], Desk | None]:
    if licences is None:
        return (), None
    frictions = tuple(
        LinkFriction(
            links=one,
            first=math.ceil(entry.first / units),
            last=steps - 1 if entry.last is None else min(entry.last // units, steps - 1),
            controlled_share=entry.controlled_share,
            grant_share=entry.grant_share,
            weight=entry.weight,
            cap_share=entry.cap_share,
            delay_steps=entry.delay_days / units,
        )
        for number, entry in enumerate(licences.links)
        for one in _links(entry, labels, ("options", "licences", "links", number))
    )
    if not any(entry.controlled_share > 0 for entry in licences.links):
        return frictions, None
    review, validity = licences.review_days, licences.validity_days
    refile = licences.refile_share
    if licences.from_dataset:
        review = review if review is not None else days_of("licensing/review_min")
        validity = validity if validity is not None else days_of("licensing/validity")
        refile = refile if refile is not None else central("licensing/refile_share")
    assert licences.desk_capacity is not None
    assert review is not None
    assert validity is not None
    assert refile is not None
    return frictions, Desk(
        capacity=licences.desk_capacity * units,
        review_steps=review / units,
        validity_steps=max(round(validity / units), 1),
        refile_share=refile,
    )


def _switching(choice: SwitchingChoice | None, units: int) -> Switching | None:
    if choice is None:
        return None
    rate, memory = choice.rate, choice.memory
    if choice.from_dataset:
        rate = rate if rate is not None else _daily("behaviour/switching")
        memory = memory if memory is not None else _daily("behaviour/availability_memory")
    assert rate is not None
    assert memory is not None
    return Switching(
        rate=min(rate * units, 1.0),
        memory=min(memory * units, 1.0),
        new_link_weight=choice.new_links,
    )


def _relabelling(
    choice: RelabellingChoice | None, labels: TableLabels, units: int
) -> Relabelling | None:
    if choice is None:
        return None
    return Relabelling(
        conduits=labels.regions(choice.conduits, ("options", "relabelling", "conduits")),
        cost=choice.cost,
        tariff=choice.tariff,
        detection_cost=choice.detection_cost,
        choice_spread=choice.choice_spread,
        growth=choice.growth * units,
        seed_share=choice.seed_share,
        capacity_share=choice.capacity_share,
        reference_share=choice.reference_share,
        enforcement=choice.enforcement,
        response=choice.response * units,
        decay=choice.decay * units,
        extra_steps=choice.extra_days / units,
    )


@cache
def central(name: str) -> float:
    """Central value of an estimate of the built-in dataset, in its own unit."""
    return load_dataset().estimate(name).central


@cache
def days_of(name: str) -> float:
    """Central value of an estimate of time, in days."""
    return convert(central(name), load_dataset().estimate(name).unit, "days")


def _daily(name: str) -> float:
    """A time as a rate per day."""
    return 1.0 / max(days_of(name), 1.0)
