"""The kernel against a second writing of the same mathematics, and against four steps by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engine.network.economies import (
    Floats,
    assert_alike,
    behaviour_of,
    cases,
    is_steady,
    levels,
    scales,
    series,
    stop,
    table_of,
)
from tests.engine.network.oracle import Stopped, propagate

from terbium.base.errors import InputError
from terbium.engine.network.case import RATIONING, Case
from terbium.engine.network.run import simulate
from terbium.graph.tables import InputOutputTable

STEPS = 60
AGREES = 1e-9
some = settings(max_examples=30)


def second_opinion(table: InputOutputTable, case: Case) -> dict[str, Floats]:
    """What the oracle says, where rounding does not decide it."""
    one, edge = propagate(table, case)
    assume(edge > 1e-6)
    assume(is_steady(table, case, one, lambda other: propagate(other, case)[0], AGREES))
    return one


def compare(table: InputOutputTable, case: Case) -> None:
    try:
        expected = second_opinion(table, case)
    except Stopped as stopped:
        # a stock of nil is negative or not by rounding; a real one must be seen
        assume(stopped.args[0] < -1e-12)
        with pytest.raises(InputError, match="below nil"):
            simulate(table, case)
        return
    found = series(simulate(table, case))
    assert_alike(found, expected, scales(table, case.behaviour), AGREES)


@some
@given(cases(STEPS, compatible=True))
def test_the_reference_rules_agree_with_a_second_writing(
    drawn: tuple[InputOutputTable, Case],
) -> None:
    compare(*drawn)


@some
@given(cases(STEPS), st.sampled_from(RATIONING), st.sampled_from(["realised", "wanted"]), st.data())
def test_our_rules_agree_with_a_second_writing(
    drawn: tuple[InputOutputTable, Case], rule: str, ordering: str, data: st.DataObject
) -> None:
    table, case = drawn
    behaviour = replace(
        case.behaviour,
        rationing=rule,
        ordering=ordering,
        criticality=data.draw(levels(table)),
    )
    hit = data.draw(st.integers(0, table.x.size - 1))
    loss = stop(STEPS, hit, 3, data.draw(st.integers(3, STEPS)), data.draw(st.floats(0.1, 1.0)))
    compare(table, replace(case, behaviour=behaviour, capacity_loss=loss))


# Two regions with a mine and a plant each; flows per step, a year of one step.
#   mine a sells 3 to plant a, 1 to plant b, 4 to the households of a; mine b the same, mirrored.
#   Each plant sells 8 to its own households and needs 4 of ore for them: half a unit for each.
# Plants hold two steps of ore, 8, and lower output only below half of that (psi .5). Half of a gap
# is ordered in a step (tau 2). Suppliers keep their shares; nobody makes more than at rest.
# Mine a can make half, 4, from step 1 on.
#
# Step 1: mine a is asked for 8 and makes 4: everybody gets half. Plant a gets 3/2 + 1 = 5/2 and
#   plant b 1/2 + 3 = 7/2; both use 4. Ore: a 8 - 4 + 5/2 = 13/2, b 15/2. Households of a miss 2.
#   Gaps 3/2 and 1/2: plant a orders 4 + 3/4 = 19/4, plant b 4 + 1/4 = 17/4, three quarters at home.
# Step 2: mine a is asked for 3/4 * 19/4 + 1/4 * 17/4 = 37/8 by plants and 4 by households: 69/8,
#   serves 4 / (69/8) = 32/69. Mine b is asked for 1/4 * 19/4 + 3/4 * 17/4 = 35/8 and 4: 67/8,
#   makes no more than 8 and serves 64/67. Plant a gets 57/16 * 32/69 + 19/16 * 64/67, plant b
#   17/16 * 32/69 + 51/16 * 64/67.
# Step 3 by the same rules, in fractions below.
HAND = {
    "mine": [[F(8), F(8)], [F(4), F(8)], [F(4), F(8)], [F(4), F(8)]],
    "ore": [
        [F(8), F(8)],
        [F(13, 2), F(15, 2)],
        [
            F(13, 2) - 4 + F(57, 16) * F(32, 69) + F(19, 16) * F(64, 67),
            F(15, 2) - 4 + F(17, 16) * F(32, 69) + F(51, 16) * F(64, 67),
        ],
    ],
    "unmet": [[F(0), F(0)], [F(2), F(0)], [4 * F(37, 69), 4 * F(3, 67)]],
}


def mirrored() -> InputOutputTable:
    flows, final = np.zeros((4, 4)), np.zeros((4, 2))
    flows[0, [1, 3]], flows[2, [1, 3]] = [3, 1], [1, 3]
    final[0, 0], final[1, 0], final[2, 1], final[3, 1] = 4, 8, 4, 8
    return table_of(flows, final, regions=2, sectors=2)


@pytest.mark.parametrize("each_link", [False, True])
def test_four_steps_by_hand(each_link: bool) -> None:
    table = mirrored()
    behaviour = behaviour_of(
        table, psi=0.5, days=2.0, tau=2.0, boost=1.0, order_type="noalt", year_steps=1.0
    )
    case = Case(4, behaviour, capacity_loss=stop(4, 0, 1, 3, 0.5), stocks_every=1)
    run = simulate(table, case, each_link=each_link)
    # step 3: needs are 4 and half the gap; shares three quarters and one quarter
    third = [4 + (8 - HAND["ore"][2][plant]) / 2 for plant in (0, 1)]
    asked = [
        F(3, 4) * third[0] + F(1, 4) * third[1] + 4,
        F(1, 4) * third[0] + F(3, 4) * third[1] + 4,
    ]
    served = [F(4) / asked[0], F(8) / asked[1]]
    came = [
        F(3, 4) * third[0] * served[0] + F(1, 4) * third[0] * served[1],
        F(1, 4) * third[1] * served[0] + F(3, 4) * third[1] * served[1],
    ]
    ore = [*HAND["ore"], [HAND["ore"][2][k] - 4 + came[k] for k in (0, 1)]]
    unmet = [*HAND["unmet"], [4 * (1 - served[0]), 4 * (1 - served[1])]]
    exact = {"rtol": 1e-14, "atol": 1e-14}
    np.testing.assert_allclose(run.production_realised[:, [0, 2]], _f(HAND["mine"]), **exact)
    np.testing.assert_allclose(run.production_realised[:, [1, 3]], 8.0, **exact)
    np.testing.assert_allclose(run.inputs_stock_end[:, 0][:, [1, 3]], _f(ore), **exact)
    np.testing.assert_allclose(run.final_demand_undist[:, [0, 2]], _f(unmet), **exact)
    np.testing.assert_allclose(run.final_demand_unmet[:, [0, 2]], _f(unmet), **exact)
    np.testing.assert_allclose(
        run.orders_received[2:4, [0, 2]],
        _f([[F(37, 8), F(35, 8)], [asked[0] - 4, asked[1] - 4]]),
        **exact,
    )


def _f(rows: list[list[F]]) -> np.ndarray:
    return np.array([[float(value) for value in row] for row in rows])


def test_the_reference_stops_where_a_stock_would_turn_negative() -> None:
    table = mirrored()
    lean = behaviour_of(table, psi=0.1, days=2.0, compatible=True, year_steps=1.0)
    case = Case(30, lean, capacity_loss=stop(30, 0, 1, 29))
    with pytest.raises(InputError, match="boario_compatible: false"):
        simulate(table, case)
    run = simulate(table, replace(case, behaviour=replace(lean, compatible=False)))
    assert run.inputs_stock_end.min() >= 0.0
