"""Orders that are factored and orders that are stored link by link are the same orders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engine.network.economies import (
    assert_alike,
    behaviour_of,
    cases,
    economy,
    is_steady,
    levels,
    links,
    scales,
    series,
    stop,
)

from terbium.engine.network.case import Case, Extras, LinkFriction, Shock, Transit
from terbium.engine.network.kernel import advance
from terbium.engine.network.run import simulate
from terbium.engine.network.setup import (
    FACTORED,
    at_rest,
    conduct,
    empty_record,
    hazards,
    network,
)
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


def test_lanes_side_by_side_are_runs_of_their_own() -> None:
    table = economy(5, 3, 3)
    behaviour = behaviour_of(table, days=20.0, tau=30.0)
    amounts = np.array([0.9, 0.3]), np.array([0.5, 0.6])
    node = np.array([0, 4])
    cases_ = [
        Case(STEPS, behaviour, (Shock("arbitrary", node, a, 4, 20, "linear", 30.0),))
        for a in amounts
    ]
    lanes = len(amounts)
    parts = (network(table, behaviour, lanes), conduct(table, behaviour, lanes))
    h = hazards(table, cases_[0], lanes)
    h = h._replace(amount=np.stack(amounts, axis=1))
    state = at_rest(table, behaviour, parts[0], h)
    record = empty_record(parts[0], STEPS, 13)
    advance(*parts, h, state, record, (0, STEPS), 13)
    for lane, case in enumerate(cases_):
        alone = simulate(table, case)
        size = alone.production_realised.max()
        for name, ours in {
            "production_realised": record.output,
            "orders_received": record.orders,
            "final_demand_unmet": record.unmet,
            "inputs_stock_end": record.stock,
        }.items():
            expected = getattr(alone, name)
            np.testing.assert_allclose(
                ours[..., lane::lanes], expected, rtol=1e-10, atol=1e-10 * size
            )
    assert np.ptp(record.output.reshape(STEPS, -1, lanes), axis=2).max() > 1.0
