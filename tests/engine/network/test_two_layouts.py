"""Orders that are factored and orders that are stored link by link are the same orders."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engine.network.economies import (
    assert_alike,
    behaviour_of,
    behaviours,
    cases,
    economies,
    economy,
    events,
    is_steady,
    levels,
    links,
    scales,
    series,
    stop,
)

from terbium.engine.network.batch import simulate_many
from terbium.engine.network.case import Case, Extras, LinkFriction, Transit
from terbium.engine.network.kernel import advance
from terbium.engine.network.link_kernel import advance_links
from terbium.engine.network.run import simulate
from terbium.engine.network.setup import FACTORED
from terbium.graph.tables import InputOutputTable

STEPS = 80
AGREE = 1e-9
some = settings(max_examples=60)
rules = st.sampled_from(sorted(FACTORED))


@some
@given(cases(STEPS), rules, st.sampled_from(["realised", "wanted"]), st.data())
def test_both_layouts_give_the_same_trajectories(
    drawn: tuple[InputOutputTable, Case], rule: str, ordering: str, data: st.DataObject
) -> None:
    table, case = drawn
    behaviour = replace(
        case.behaviour,
        rationing=rule,
        ordering=ordering,
        criticality=data.draw(levels(table)),
    )
    loss = stop(STEPS, data.draw(st.integers(0, table.x.size - 1)), 5, 25, 0.7)
    case = replace(case, behaviour=behaviour, capacity_loss=loss)
    factored, linked = simulate(table, case), simulate(table, case, each_link=True)
    found = series(factored)
    assume(is_steady(table, case, found, lambda other: series(simulate(other, case)), AGREE))
    assert_alike(found, series(linked), scales(table, behaviour), AGREE)


@given(rules)
@settings(max_examples=3)
def test_a_transit_of_nil_and_a_friction_of_nil_choose_the_other_layout_only(rule: str) -> None:
    table = economy(3, 3, 3)
    everything = links(table, np.arange(table.x.size))
    nothing = Extras(
        transits=(Transit(everything, 0.0),),
        frictions=(LinkFriction(everything, 0, STEPS, 0.0),),
    )
    case = Case(
        STEPS,
        behaviour_of(table, days=20.0, tau=10.0, rationing=rule),
        capacity_loss=stop(STEPS, [0, 1], 5, 25, 0.7),
    )
    factored, linked = simulate(table, case), simulate(table, replace(case, extras=nothing))
    assert_alike(series(factored), series(linked), scales(table, case.behaviour), AGREE)
    assert linked.borders
    assert not factored.borders


@st.composite
def many(draw: st.DrawFn) -> tuple[InputOutputTable, list[Case]]:
    """Cases of one table and the same rules, in which everything else differs."""
    table = draw(economies())
    rule = {"rationing": draw(rules), "order_type": draw(st.sampled_from(["alt", "noalt"]))}
    rule |= {"compatible": draw(st.booleans()) and rule["rationing"] == "proportional"}
    endless = draw(st.booleans())
    found = []
    for _ in range(draw(st.integers(1, 5))):
        days = draw(st.lists(st.floats(2.0, 90.0), min_size=1, max_size=1)) * len(table.sectors)
        days[0] = np.inf if endless else days[0]
        behaviour = draw(behaviours(table, days=np.array(days), **rule))
        loss = stop(STEPS, draw(st.integers(0, table.x.size - 1)), 5, 25, draw(st.floats(0.0, 1.0)))
        shocks = draw(events(table, behaviour, STEPS))
        found.append(Case(STEPS, behaviour, shocks, capacity_loss=loss))
    return table, found


@settings(max_examples=30)
@given(many())
def test_cases_side_by_side_are_runs_of_their_own(
    drawn: tuple[InputOutputTable, list[Case]],
) -> None:
    table, several = drawn
    regions, sectors = len(table.regions), len(table.sectors)
    alone = []
    for case in several:
        run = simulate(table, case)
        alone.append(run)
        again = lambda other, case=case: series(simulate(other, case))  # noqa: E731
        assume(is_steady(table, case, series(run), again, AGREE))
    batch = simulate_many(table, several)
    within = AGREE * table.x.max() / 365.0
    for lane, run in enumerate(alone):
        made = run.production_realised.reshape(STEPS, regions, sectors)
        unmet = run.final_demand_unmet.reshape(STEPS, regions, sectors)
        for ours, expected in (
            (batch.by_region[lane], made.sum(axis=2)),
            (batch.by_sector[lane], made.sum(axis=1)),
            (batch.unmet[lane], unmet.sum(axis=2)),
            (batch.output[lane] / STEPS, run.production_realised.mean(axis=0)),
            (batch.lowest[lane], run.production_realised.min(axis=0)),
        ):
            np.testing.assert_allclose(ours, expected, rtol=0, atol=sectors * within)


def test_a_batch_of_several_blocks_has_the_same_bits_in_any_number_of_threads() -> None:
    table = economy(4, 3, 3)
    several = [
        Case(STEPS, behaviour_of(table, days=20.0), capacity_loss=stop(STEPS, k % 9, 5, 25, 0.7))
        for k in range(20)
    ]
    one, two = (simulate_many(table, several, threads=threads) for threads in (1, 2))
    for field in fields(one):
        assert getattr(one, field.name).tobytes() == getattr(two, field.name).tobytes()
    np.testing.assert_allclose(one.output[0], one.output[9], rtol=1e-12)
    assert np.ptp(one.output.sum(axis=1)) > 1.0


def test_cases_that_do_not_go_together_are_refused() -> None:
    table = economy(4, 3, 3)
    behaviour = behaviour_of(table)
    case = Case(STEPS, behaviour)
    others = {
        "steps": replace(case, steps=STEPS + 1),
        "a state for each link": replace(
            case, behaviour=replace(behaviour, rationing="water_filling")
        ),
        "rationing": replace(case, behaviour=replace(behaviour, rationing="final_first")),
        "compatible": replace(case, behaviour=replace(behaviour, compatible=True)),
        "year": replace(case, behaviour=replace(behaviour, year_steps=52.0)),
    }
    for word, other in others.items():
        with pytest.raises(ValueError, match=word):
            simulate_many(table, [case, other])
    with pytest.raises(ValueError, match="no cases"):
        simulate_many(table, [])


@pytest.mark.skipif(not hasattr(advance, "signatures"), reason="Numba is switched off")
@pytest.mark.parametrize("kernel", [advance, advance_links])
def test_the_order_of_arrays_in_memory_does_not_compile_a_kernel_again(kernel: Any) -> None:
    table = economy(4, 3, 3)
    behaviour = behaviour_of(table)
    turned = {
        name: np.asfortranarray(getattr(behaviour, name))
        for name in ("inventory_steps", "restoration_steps", "criticality")
    }
    loss = stop(STEPS, [0, 1], 5, 25, 0.7)
    loss = replace(loss, share=np.asfortranarray(loss.share))
    case = Case(STEPS, replace(behaviour, **turned), capacity_loss=loss)
    before = len(kernel.signatures)
    simulate(table, case, each_link=kernel is advance_links)
    assert len(kernel.signatures) == max(before, 1)
