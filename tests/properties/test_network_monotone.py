"""Law 3 for shocks through tables: more of a measure never helps its target, nil changes nothing.

Where industries compete for an input, feed each other in loops, or turn to other suppliers, the
laws need not hold (a firm that is cut off may leave more to the rest); so they are asserted for one
line with one supplier, and for the first effect in any table.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.network.borders import EXTRAS, crossing
from tests.engine.network.compiled import compile_once
from tests.engine.network.economies import (
    Floats,
    assert_same_bits,
    behaviour_of,
    behaviours,
    economies,
    events,
    fork,
    line,
    links,
    stop,
)

from terbium.engine.network.case import (
    RATIONING,
    Case,
    Extras,
    LinkFriction,
    LossPath,
    Transit,
)
from terbium.engine.network.run import Propagation, simulate
from terbium.graph.tables import InputOutputTable

STEPS = 80
MINE, PLANT = 0, 3
some = settings(max_examples=40)
rules = st.sampled_from(RATIONING)
orderings = st.sampled_from(["realised", "wanted"])


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    compile_once()


def received(table: InputOutputTable, case: Case, slot: int) -> Floats:
    """What a slot was sent so far, step by step."""
    run, found = Propagation(table, case, each_link=True), []
    for _ in range(case.steps):
        run.advance(1)
        found.append(run.checkpoint()["record/sent"][slot])
    return np.array(found)


@some
@given(
    rules,
    orderings,
    st.floats(2.0, 60.0),
    st.floats(1.0, 60.0),
    st.floats(0.0, 20.0),
    st.integers(0, 30),
    st.integers(0, 2 * STEPS),
    st.tuples(st.floats(0.0, 1.5), st.floats(0.0, 1.5)),
    st.floats(0.0, 0.9),
)
def test_a_tighter_cap_never_raises_what_its_buyer_receives(
    rule: str,
    ordering: str,
    days: float,
    tau: float,
    other: float,
    first: int,
    length: int,
    caps: tuple[float, float],
    lost: float,
) -> None:
    table = line(other)
    behaviour = behaviour_of(table, days=days, tau=tau, rationing=rule, ordering=ordering, boost=1)
    through = []
    for cap in sorted(caps):
        friction = LinkFriction(links(table, [MINE], [PLANT]), first, first + length, cap_share=cap)
        case = Case(
            STEPS,
            behaviour,
            extras=Extras(frictions=(friction,)),
            capacity_loss=stop(STEPS, MINE, 10, 40, lost),
        )
        through.append(received(table, case, 0))
    tight, loose = through
    assert (tight <= loose * (1 + 1e-9) + 1e-9).all()


def first_short(output: Floats, base: float) -> int:
    """Step in which output first falls short by a thousandth."""
    short = np.flatnonzero(output < base * (1 - 1e-3))
    return int(short[0]) if short.size else output.size


@some
@given(
    rules,
    orderings,
    st.tuples(st.floats(1.0, 60.0), st.floats(1.0, 60.0)),
    st.floats(1.0, 60.0),
    st.floats(0.5, 1.0),
    st.floats(0.0, 20.0),
    st.integers(1, 30),
    st.integers(0, 60),
    st.floats(0.1, 1.0),
    st.floats(0.0, 9.0),
)
def test_a_larger_inventory_never_brings_the_first_shortfall_forward(
    rule: str,
    ordering: str,
    days: tuple[float, float],
    tau: float,
    psi: float,
    other: float,
    first: int,
    length: int,
    lost: float,
    lag: float,
) -> None:
    table = line(other)
    extras = Extras(transits=(Transit(links(table, [MINE]), lag),))
    shortfalls = []
    for cover in sorted(days):
        behaviour = behaviour_of(
            table, days=cover, tau=tau, psi=psi, rationing=rule, ordering=ordering
        )
        loss = stop(STEPS, MINE, first, first + length, lost)
        run = simulate(table, Case(STEPS, behaviour, extras=extras, capacity_loss=loss))
        shortfalls.append(first_short(run.production_realised[:, PLANT], 25.0))
    assert shortfalls[0] <= shortfalls[1]


@some
@given(
    rules,
    orderings,
    st.tuples(st.floats(1.0, 60.0), st.floats(1.0, 60.0)),
    st.floats(1.0, 60.0),
    st.floats(0.0, 20.0),
    st.floats(0.2, 1.0),
)
def test_an_inventory_of_one_buyer_changes_the_other_only_after_its_own_output(
    rule: str,
    ordering: str,
    days: tuple[float, float],
    tau: float,
    other: float,
    lost: float,
) -> None:
    table = fork(other)
    behaviour = behaviour_of(table, days=20.0, tau=tau, rationing=rule, ordering=ordering)
    runs = []
    for cover in days:
        own = behaviour.inventory_steps.copy()
        own[0, 3] = cover
        case = Case(
            STEPS,
            replace(behaviour, inventory_steps=own),
            capacity_loss=stop(STEPS, 0, 5, 40, lost),
        )
        runs.append(simulate(table, case, each_link=True).production_realised)
    own_path, other_path = (np.abs(runs[0][:, k] - runs[1][:, k]) > 1e-7 for k in (3, 5))
    first = int(np.argmax(own_path)) if own_path.any() else STEPS
    # a gap is what failed to come, however much is held, until output makes a difference
    assert not other_path[: first + 1].any()


@some
@given(st.data(), st.sampled_from(sorted(EXTRAS)), rules, orderings)
def test_a_friction_of_nothing_changes_no_bit(
    data: st.DataObject, extra: str, rule: str, ordering: str
) -> None:
    """Under control for a share of nil, or before the run, or after it; beside other extras."""
    table = data.draw(economies())
    behaviour = replace(data.draw(behaviours(table, rationing=rule)), ordering=ordering)
    extras = data.draw(EXTRAS[extra](table, STEPS))
    shocks = data.draw(events(table, behaviour, STEPS, 1))
    case = Case(STEPS, behaviour, shocks, extras, capacity_loss=stop(STEPS, 0, 4, 20, 0.8))
    # a link of its own class beside those that others restrict
    hit = data.draw(st.sampled_from(crossing(table)))
    harsh = {"controlled_share": 1.0, "grant_share": 0.0, "cap_share": 0.0, "delay_steps": 3.0}
    nothing = (
        LinkFriction(hit, 0, STEPS, controlled_share=0.0, grant_share=1.0),
        LinkFriction(hit, STEPS, 2 * STEPS, **harsh),
        LinkFriction(hit, -9, -1, **harsh),
    )
    with_it = replace(case, extras=replace(extras, frictions=(*extras.frictions, *nothing)))
    if extras.relabelling is None:
        plain = simulate(table, case, each_link=True)
        added = simulate(table, with_it)
        assert_same_bits(plain, replace(added, borders=plain.borders))
    else:
        # who restricts nothing may still carry what others hold up, so classes must not change
        calm = replace(case, extras=replace(extras, frictions=()))
        plain = simulate(table, calm, each_link=True)
        added = simulate(table, replace(calm, extras=replace(extras, frictions=nothing)))
        assert_same_bits(plain, replace(added, borders=plain.borders))


def test_losses_of_nothing_change_no_bit() -> None:
    table = line(5.0)
    case = Case(STEPS, behaviour_of(table))
    nil = LossPath(np.arange(4), np.zeros((STEPS, 4)))
    assert_same_bits(simulate(table, case), simulate(table, replace(case, capacity_loss=nil)))
