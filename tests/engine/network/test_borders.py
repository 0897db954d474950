"""Transit, licences, other suppliers, ways round, and inputs that do not matter: one at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.network.borders import leaving
from tests.engine.network.economies import (
    YEAR,
    Floats,
    behaviour_of,
    economy,
    fork,
    line,
    links,
    stop,
    table_of,
)

from terbium.engine.network.case import (
    Case,
    Desk,
    Extras,
    LinkFriction,
    Switching,
    Transit,
)
from terbium.engine.network.run import Propagation, Trajectories, simulate
from terbium.graph.tables import InputOutputTable

STEPS = 120
MINE, SECOND, PLANT = 0, 2, 3
ORE, MADE = 10.0, 25.0


def run(
    table: InputOutputTable, extras: Extras, steps: int = STEPS, loss: Any = None, **how: Any
) -> Trajectories:
    behaviour = behaviour_of(table, **{"days": 20.0, "tau": 10.0, "boost": 1.0, **how})
    case = Case(steps, behaviour, extras=extras, stocks_every=1)
    return simulate(table, case if loss is None else replace(case, capacity_loss=loss))


def first_short(result: Trajectories, node: int, base: float) -> int:
    return int(np.argmax(result.production_realised[:, node] < base * (1 - 1e-9)))


# --- transit


@pytest.mark.parametrize("lag", [1.0, 7.0, 12.0])
@pytest.mark.parametrize("rule", ["proportional", "water_filling", "priority"])
def test_transit_delays_the_first_shortfall_by_its_length(lag: float, rule: str) -> None:
    table, stopped = line(4.0), stop(STEPS, MINE, 10, STEPS)
    without, with_it = (
        run(
            table,
            Extras(transits=(Transit(links(table, [MINE], [PLANT]), steps),)),
            loss=stopped,
            rationing=rule,
        )
        for steps in (0.0, lag)
    )
    first = first_short(without, PLANT, MADE)
    assert first > 10
    assert first_short(with_it, PLANT, MADE) == first + int(lag)


def test_a_broken_lag_arrives_on_two_days() -> None:
    table = line()
    whole, broken, later = (
        run(
            table,
            Extras(transits=(Transit(links(table, [MINE]), steps),)),
            loss=stop(STEPS, MINE, 10, STEPS),
        ).inputs_stock_end[:, 0, PLANT]
        for steps in (5.0, 5.25, 6.0)
    )
    np.testing.assert_allclose(broken[10:22], 0.75 * whole[10:22] + 0.25 * later[10:22])
    assert later[15] > whole[15]


def test_stock_and_pipeline_fill_up_again() -> None:
    table, lag = line(4.0), 7.0
    behaviour = behaviour_of(table, days=20.0, tau=10.0, boost=2.0, overproduction_steps=np.ones(4))
    extras = Extras(transits=(Transit(links(table, [MINE], [PLANT]), lag),))
    case = Case(400, behaviour, extras=extras, capacity_loss=stop(400, MINE, 10, 20))
    watched = Propagation(table, case)
    watched.advance(30)
    assert watched.checkpoint()["state/stock"][0] < 150.0
    watched.advance(400)
    kept = watched.checkpoint()
    np.testing.assert_allclose(kept["state/stock"][0], 20.0 * ORE, rtol=1e-6)
    np.testing.assert_allclose(kept["state/transit"][0], lag * ORE, rtol=1e-6)


# --- licences


def controlled(table: InputOutputTable, **entry: Any) -> LinkFriction:
    whole = {"first": 10, "last": STEPS, "controlled_share": 1.0, **entry}
    return LinkFriction(links(table, [MINE], [PLANT]), **whole)


def test_a_desk_that_decides_nothing_lets_nothing_controlled_out() -> None:
    table = line(4.0)
    for share in (1.0, 0.5):
        extras = Extras((), (controlled(table, controlled_share=share),), Desk(0.0, 1.0, 99, 0.0))
        result = run(table, extras, tau=1e9)
        filed, granted, refused, lapsed, shipped, waiting = result.borders["queue"].T
        assert filed[10:].min() > 0.0
        assert not np.any([granted, refused, lapsed, shipped])
        np.testing.assert_allclose(waiting, np.cumsum(filed))
        ordered = result.production_realised[9:-1, PLANT] * ORE / MADE
        np.testing.assert_allclose(filed[10:], share * ordered, rtol=1e-6)
        # what needs no licence goes on, and so do the households at home
        came = result.production_realised[10:, MINE] - 4.0
        np.testing.assert_allclose(came, (1 - share) * ordered, rtol=1e-6, atol=1e-6)
        assert result.final_demand_unmet[:, 0].max() < 1e-9


@pytest.mark.parametrize("review", [1.0, 4.0])
def test_a_desk_without_limit_that_grants_all_delays_by_the_review_only(review: float) -> None:
    table = line()
    desk = Desk(np.inf, review, STEPS, 0.0)
    result = run(table, Extras((), (controlled(table),), desk), days=200.0)
    filed, granted, refused, lapsed, shipped, waiting = result.borders["queue"].T
    assert not np.any([refused, lapsed])
    if review == 1.0:
        np.testing.assert_allclose(shipped[11:], filed[10:-1])
        np.testing.assert_allclose(waiting[10:], filed[10:])
    np.testing.assert_allclose(shipped, granted)
    # in the long run what waits is what is filed in the time of the review
    np.testing.assert_allclose(waiting[-1], review * filed[-1], rtol=1e-6)
    np.testing.assert_allclose(filed[-1], ORE, rtol=1e-6)
    np.testing.assert_allclose(result.production_realised[:, PLANT], MADE)


def test_what_is_refused_is_not_shipped_and_unused_licences_lapse() -> None:
    table = line()
    half = controlled(table, grant_share=0.5)
    result = run(table, Extras((), (half,), Desk(np.inf, 1.0, STEPS, 0.0)))
    _, granted, refused, _, shipped, _ = result.borders["queue"].T
    np.testing.assert_allclose(granted, refused)
    np.testing.assert_allclose(shipped, granted)
    # under a cap of nil licences are granted and never used
    shut = controlled(table, cap_share=0.0)
    result = run(table, Extras((), (shut,), Desk(np.inf, 1.0, 5, 0.0)))
    _, granted, _, lapsed, shipped, _ = result.borders["queue"].T
    assert not shipped.any()
    np.testing.assert_allclose(lapsed[5:], granted[:-5])


def test_a_cap_binds_and_a_delay_delays() -> None:
    table = line(4.0)
    capped = LinkFriction(links(table, [MINE], [PLANT]), 10, 50, cap_share=0.3)
    result = run(table, Extras(frictions=(capped,)), days=2.0, tau=1.0)
    np.testing.assert_allclose(result.production_realised[10:51, MINE], 0.3 * ORE + 4.0)
    assert result.production_realised[51, MINE] > 0.3 * ORE + 4.0 + 1e-6
    late = LinkFriction(links(table, [MINE], [PLANT]), 10, STEPS, delay_steps=3.0)
    stock = run(table, Extras(frictions=(late,)), tau=1e9).inputs_stock_end[:, 0, PLANT]
    # three days without arrivals, once
    np.testing.assert_allclose(stock[9:13], [200.0, 190.0, 180.0, 170.0])
    np.testing.assert_allclose(stock[13:], 170.0, rtol=1e-6)


def test_frictions_on_one_link_add_up() -> None:
    table = line()
    where = links(table, [MINE], [PLANT])
    desk = Desk(np.inf, 1.0, STEPS, 0.0)
    two = (
        LinkFriction(where, 0, STEPS, 0.4, 0.5, cap_share=0.9, delay_steps=1.0),
        LinkFriction(where, 0, STEPS, 1.0, 0.5, cap_share=0.5, delay_steps=2.0),
    )
    one = LinkFriction(where, 0, STEPS, 1.0, 0.25, cap_share=0.5, delay_steps=3.0)
    a, b = (run(table, Extras((), f, desk)) for f in (two, (one,)))
    np.testing.assert_array_equal(a.production_realised, b.production_realised)
    np.testing.assert_array_equal(a.borders["queue"], b.borders["queue"])


@pytest.mark.parametrize("memory", [0.0, 0.1])
def test_a_queue_that_stands_does_not_pass_for_stock_once_buyers_are_used_to_it(
    memory: float,
) -> None:
    table = line()
    behaviour = behaviour_of(table, days=60.0, tau=5.0, boost=1.5, overproduction_steps=np.ones(4))
    extras = Extras(
        frictions=(controlled(table, last=900),),
        desk=Desk(np.inf, 10.0, 900, 0.0),
        switching=Switching(0.0, memory),
    )
    case = Case(900, behaviour, extras=extras, stocks_every=899)
    stock = simulate(table, case).inputs_stock_end[-1, 0, PLANT]
    usual = 60.0 * ORE
    # ten days of filings wait; a buyer without memory takes them for what it holds
    if memory:
        # never below what it wants; what came above it while it learnt stays
        assert 0.999 * usual < stock < 1.1 * usual
    else:
        np.testing.assert_allclose(stock, usual - 10.0 * ORE, rtol=1e-3)


# --- suppliers


def test_orders_move_to_who_delivers_and_back() -> None:
    table = line(second=10.0)
    steps = 600
    behaviour = behaviour_of(table, days=40.0, tau=20.0, boost=1.25, order_type="noalt")
    case = Case(
        steps,
        behaviour,
        extras=Extras(switching=Switching(0.05, 0.1, 0.0)),
        capacity_loss=stop(steps, MINE, 10, 60, 0.7),
    )
    watched, shares = Propagation(table, case), []
    for _ in range(steps):
        watched.advance(1)
        shares.append(watched.checkpoint()["state/share"][:2])
    share = np.array(shares)
    np.testing.assert_allclose(share.sum(axis=1), 1.0)
    np.testing.assert_allclose(share[:10], 0.5)
    assert share[60, 0] < 0.4
    assert share[60, 1] > 0.6
    np.testing.assert_allclose(share[-1], 0.5, atol=1e-3)
    fixed = simulate(table, replace(case, extras=Extras()))
    orders = watched.trajectories().orders_received
    assert orders[11:61, SECOND].sum() > 1.1 * fixed.orders_received[11:61, SECOND].sum()


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_new_links_open_only_where_they_have_weight(weight: float) -> None:
    # the second mine sells to households only, until the first stops
    flows, final = np.zeros((4, 4)), np.zeros((4, 2))
    flows[MINE, PLANT], final[SECOND, 1], final[PLANT, 1] = ORE, 50.0, MADE
    table = table_of(flows * YEAR, final * YEAR, 2, 2)
    result = run(
        table,
        Extras(switching=Switching(0.1, 0.2, weight)),
        loss=stop(STEPS, MINE, 10, STEPS),
        rationing="intermediate_first",
    )
    at_second = result.orders_received[:, SECOND]
    assert not at_second[:11].any()
    if weight == 0.0:
        assert not at_second.any()
        assert result.production_realised[-1, PLANT] < 0.01 * MADE
    else:
        assert at_second[-1] > 0.9 * ORE
        assert result.production_realised[-1, PLANT] > 0.9 * MADE


# --- inputs and inventories


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.5]))
@settings(max_examples=15)
def test_an_input_lowers_output_as_far_as_it_is_critical(seed: int, level: float) -> None:
    table = economy(seed, 2, 3)
    stopped = [0, 3]
    behaviour = behaviour_of(table, days=5.0, tau=5.0, boost=1.0, order_type="noalt")
    critical = behaviour.criticality.copy()
    critical[0] = level
    behaviour = replace(behaviour, criticality=critical, ordering="wanted")
    loss = stop(STEPS, stopped, 10, STEPS)
    result = simulate(table, Case(STEPS, behaviour, capacity_loss=loss))
    others = [1, 2, 4, 5]
    asked = result.orders_received + table.Y.sum(axis=1) / YEAR
    wanted = np.minimum(asked, result.production_capacity)[:, others]
    share = result.production_realised[:, others] / wanted
    assert share.min() >= 1.0 - level - 1e-9
    used = table.Z.reshape(2, 3, -1).sum(axis=0)[0, others] > 0
    assert used.any()
    # by the end nothing of the input is left
    np.testing.assert_allclose(share[-1, used], 1.0 - level, rtol=1e-3)
    np.testing.assert_allclose(share[-1, ~used], 1.0, rtol=1e-9)


def test_who_holds_more_runs_longer() -> None:
    table = fork()
    own = np.full((2, 6), 10.0)
    own[0, 5] = 40.0
    loss = stop(STEPS, MINE, 10, STEPS)
    result = run(table, Extras(), loss=loss, inventory_steps=own, psi=0.5)
    # down to half of what is held, output is full: 5 days and 20
    assert first_short(result, 3, MADE) == 10 + 5 + 1
    assert first_short(result, 5, MADE) == 10 + 20 + 1


def test_a_region_that_holds_up_everything_stops_its_buyers() -> None:
    table = economy(8, 3, 3)
    shut = LinkFriction(leaving(table, 0), 5, STEPS, cap_share=0.0)
    result = run(table, Extras(frictions=(shut,)), days=10.0)
    abroad = np.arange(3, 9)
    assert (result.production_realised[-1, abroad] < 0.5 * table.x[abroad] / YEAR).all()
    home: Floats = result.final_demand_unmet[-1, 3:]
    assert (home > 0.0).all()
