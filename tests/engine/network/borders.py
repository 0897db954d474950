"""Transit, licences, switching and relabelling to draw from, for tests of the network kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from terbium.engine.network.case import (
    Desk,
    Extras,
    LinkFriction,
    Links,
    Relabelling,
    Switching,
    Transit,
)
from terbium.graph.tables import InputOutputTable

rates = st.floats(0.005, 0.3)
shares = st.floats(0.0, 1.0)


def leaving(table: InputOutputTable, region: int) -> Links:
    """What a region sells to all others."""
    sectors, regions = len(table.sectors), len(table.regions)
    others = np.array([r for r in range(regions) if r != region], dtype=np.int64)
    buyers = (others[:, None] * sectors + np.arange(sectors)).ravel()
    return Links(region * sectors + np.arange(sectors), buyers, others)


def crossing(table: InputOutputTable) -> list[Links]:
    """Everything that crosses a border, by region of origin."""
    return [leaving(table, r) for r in range(len(table.regions))]


def nothing(table: InputOutputTable, steps: int) -> st.SearchStrategy[Extras]:
    return st.just(Extras())


@st.composite
def transit(draw: st.DrawFn, table: InputOutputTable, steps: int) -> Extras:
    """Goods under way for whole and broken numbers of steps."""
    lag = st.one_of(st.integers(0, 12).map(float), st.floats(0.0, 12.0))
    return Extras(transits=tuple(Transit(one, draw(lag)) for one in crossing(table)))


@st.composite
def licences(draw: st.DrawFn, table: InputOutputTable, steps: int) -> Extras:
    """One or two regions that restrict what leaves them, for a while, and a desk."""
    count = draw(st.integers(1, 2))
    desk = Desk(
        capacity=draw(st.sampled_from([0.0, 1.0, 100.0, np.inf])),
        review_steps=draw(st.floats(1.0, 30.0)),
        validity_steps=draw(st.integers(1, 40)),
        refile_share=draw(shares),
    )
    return Extras(frictions=tuple(draw(_friction(table, steps)) for _ in range(count)), desk=desk)


@st.composite
def _friction(draw: st.DrawFn, table: InputOutputTable, steps: int) -> LinkFriction:
    first = draw(st.integers(0, steps - 1))
    return LinkFriction(
        leaving(table, draw(st.integers(0, len(table.regions) - 1))),
        first,
        draw(st.integers(first, 2 * steps)),
        controlled_share=draw(st.sampled_from([0.0, 0.5, 1.0])),
        grant_share=draw(shares),
        weight=draw(st.floats(0.1, 5.0)),
        cap_share=draw(st.sampled_from([0.0, 0.4, 1.0, np.inf])),
        delay_steps=draw(st.sampled_from([0.0, 2.5])),
    )


@st.composite
def switching(draw: st.DrawFn, table: InputOutputTable, steps: int) -> Extras:
    """Buyers who change suppliers, and new links, while something is restricted."""
    new = draw(st.sampled_from([0.0, 0.05, 1.0]))
    return replace(draw(licences(table, steps)), switching=Switching(draw(rates), draw(rates), new))


@st.composite
def relabelling(draw: st.DrawFn, table: InputOutputTable, steps: int) -> Extras:
    """Ways round through every region."""
    detours = Relabelling(
        conduits=np.arange(len(table.regions)),
        cost=draw(st.floats(0.0, 0.3)),
        tariff=draw(st.floats(0.0, 0.2)),
        detection_cost=draw(st.floats(0.0, 2.0)),
        choice_spread=draw(st.floats(0.05, 1.0)),
        growth=draw(st.floats(0.0, 0.3)),
        seed_share=draw(st.floats(0.0, 0.1)),
        capacity_share=draw(st.floats(0.1, 2.0)),
        reference_share=draw(st.floats(0.05, 1.0)),
        enforcement=draw(st.floats(0.0, 0.5)),
        response=draw(st.floats(0.0, 0.5)),
        decay=draw(st.floats(0.0, 0.2)),
        extra_steps=draw(st.floats(0.0, 9.0)),
    )
    under_way = draw(transit(table, steps))
    return replace(draw(licences(table, steps)), relabelling=detours, transits=under_way.transits)


EXTRAS: dict[str, Callable[[InputOutputTable, int], st.SearchStrategy[Extras]]] = {
    "none": nothing,
    "transit": transit,
    "licences": licences,
    "switching": switching,
    "relabelling": relabelling,
}


def lifted(extras: Extras) -> Extras:
    """The same with every friction in force all the time and asking for nothing."""
    quiet = {"first": 0, "controlled_share": 0.0, "cap_share": np.inf, "delay_steps": 0.0}
    return replace(extras, frictions=tuple(replace(f, **quiet) for f in extras.frictions))
