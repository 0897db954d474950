"""Goods that are held up look for a way round (docs/design/013)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.engine.network.economies import YEAR, behaviour_of, links, table_of

from terbium.engine.network.case import Case, Extras, LinkFriction, Relabelling
from terbium.engine.network.run import Propagation, Trajectories, simulate
from terbium.graph.tables import InputOutputTable

STEPS = 120
LEAN = {"days": 30.0, "tau": 15.0, "boost": 1.0}


def three_regions() -> InputOutputTable:
    """Ore of r0 and, less, of r1 goes to the plant in r2; r3 mines for its households only."""
    flows, final = np.zeros((8, 8)), np.zeros((8, 4))
    flows[0, 5], flows[2, 5] = 40.0, 10.0
    final[5, 2], final[6, 3], final[0, 0] = 100.0, 30.0, 20.0
    return table_of(flows * YEAR, final * YEAR, regions=4, sectors=2)


WAY_ROUND = Relabelling(
    conduits=np.array([1, 3]),
    cost=0.05,
    tariff=0.0,
    detection_cost=1.0,
    choice_spread=0.2,
    growth=0.1,
    seed_share=0.02,
    capacity_share=3.0,
    reference_share=0.5,
    enforcement=0.05,
    response=0.0,
    decay=0.0,
    extra_steps=4.0,
)


def run(table: InputOutputTable, extras: Extras, steps: int = STEPS) -> Trajectories:
    return simulate(table, Case(steps, behaviour_of(table, **LEAN), extras=extras))


def held_up(relabelling: Relabelling | None, steps: int = 400) -> Trajectories:
    table = three_regions()
    shut = LinkFriction(links(table, [0], [5]), 10, steps, cap_share=0.2)
    extras = Extras(frictions=(shut,), relabelling=relabelling)
    return run(table, extras, steps)


def test_leakage_grows_at_its_pace_and_feeds_the_buyer() -> None:
    leak = held_up(WAY_ROUND).borders["detour"][:, 0, 0]
    base = 10.0
    assert not leak[:10].any()
    np.testing.assert_allclose(leak[10], 0.02 * base)
    bound = (1 + WAY_ROUND.growth) * leak[10:-1] + WAY_ROUND.seed_share * base
    assert (leak[11:] <= bound * (1 + 1e-12)).all()
    np.testing.assert_allclose(leak[11:20], bound[:9])
    assert leak[-1] > 0.99 * leak.max()
    assert leak.max() <= WAY_ROUND.capacity_share * base
    with_it, without = (held_up(way).production_realised[:, 5] for way in (WAY_ROUND, None))
    assert with_it[100:].sum() > 1.2 * without[100:].sum()


def test_conduits_without_trade_of_their_own_carry_nothing() -> None:
    borders = held_up(WAY_ROUND).borders
    assert borders["detour"][:, 0, 0].max() > 1.0
    assert not borders["detour"][:, 0, 1].any()
    assert not borders["seized"][:, 0, 1].any()
    nobody = held_up(replace(WAY_ROUND, conduits=np.array([3])))
    np.testing.assert_array_equal(nobody.production_realised, held_up(None).production_realised)


def test_nothing_leaks_where_nothing_is_held_up() -> None:
    table = three_regions()
    extras = Extras(
        frictions=(LinkFriction(links(table, [0], [5]), 10, 400, cap_share=2.0),),
        relabelling=replace(WAY_ROUND, seed_share=1.0),
    )
    borders = run(table, extras).borders
    assert not borders["detour"].any()
    np.testing.assert_allclose(borders["enforcement"][:, 0, 0], WAY_ROUND.enforcement)


@pytest.mark.parametrize("name", ["cost", "tariff", "detection_cost", "enforcement"])
def test_a_dearer_way_round_carries_less(name: str) -> None:
    dearer = replace(WAY_ROUND, **{name: getattr(WAY_ROUND, name) + 0.5})
    one, other = (held_up(way).borders["detour"][:, 0, 0] for way in (WAY_ROUND, dearer))
    assert (other <= one + 1e-9).all()
    assert 0.0 < other[200:].sum() < 0.95 * one[200:].sum()


def test_a_way_round_is_no_wider_than_its_capacity() -> None:
    leak = held_up(replace(WAY_ROUND, capacity_share=0.6)).borders["detour"][:, 0, 0]
    np.testing.assert_allclose(leak.max(), 0.6 * 10.0)


def test_a_way_round_is_longer() -> None:
    # nothing leaves straight, so that what arrives first went round
    table = three_regions()
    shut = LinkFriction(links(table, [0], [5]), 10, STEPS, cap_share=0.0)
    behaviour = behaviour_of(table, days=300.0, tau=1e9, boost=1.0)
    arrived = []
    for steps in (0.0, 6.0):
        way = replace(WAY_ROUND, enforcement=0.0, extra_steps=steps)
        case = Case(40, behaviour, extras=Extras(frictions=(shut,), relabelling=way))
        watched, stock = Propagation(table, case), []
        for _ in range(40):
            watched.advance(1)
            stock.append(watched.checkpoint()["state/stock"][0])
        # fifty a day are used, and the mine in r1 still sends ten
        arrived.append(np.diff(stock[9:]) + 40.0)
    np.testing.assert_allclose(arrived[0][:20], arrived[1][6:26], atol=1e-6)
    np.testing.assert_allclose(arrived[1][:6], 0.0, atol=1e-6)
    assert arrived[0][0] > 0.1


def test_leakage_feeds_the_enforcement_that_ends_it() -> None:
    patient = held_up(replace(WAY_ROUND, response=0.0))
    watched = held_up(replace(WAY_ROUND, response=0.2))
    leak, calm = (r.borders["detour"][:, 0, 0] for r in (watched, patient))
    enforced = watched.borders["enforcement"][:, 0, 0]
    peak = int(np.argmax(leak))
    assert 10 < peak < 100
    assert leak[-1] < 0.2 * leak[peak]
    assert calm[-1] > 0.99 * calm.max()
    # it grows as long as anything is to be seen, and nothing lets it fade
    assert (np.diff(enforced) >= 0.0).all()
    assert enforced[-1] > 20 * enforced[0]
    # where it fades when there is less to see, some leakage stays
    fading = held_up(replace(WAY_ROUND, response=0.2, decay=0.05)).borders["detour"][:, 0, 0]
    assert fading[-1] > leak[-1]


def test_what_is_seized_is_booked_and_does_not_arrive() -> None:
    table = three_regions()
    strict = replace(WAY_ROUND, enforcement=3.0, detection_cost=0.1)
    shut = LinkFriction(links(table, [0], [5]), 10, STEPS, cap_share=0.0)
    behaviour = behaviour_of(table, **LEAN)
    extras = Extras(frictions=(shut,), relabelling=strict)
    watched = Propagation(table, Case(STEPS, behaviour, extras=extras))
    watched.advance(STEPS)
    result, kept = watched.trajectories(), watched.checkpoint()
    seized, leak = result.borders["seized"], result.borders["detour"]
    assert 0.1 * leak.sum() < seized.sum() < leak.sum()
    np.testing.assert_allclose(kept["record/taken"].sum(), seized.sum())
    assert result.balance.stock < 1e-12
    # shipments from r0 to the plant left under another origin, all of them
    made_for_plant = result.production_realised[10:, 0] - 20.0
    np.testing.assert_allclose(made_for_plant, leak[10:].sum(axis=(1, 2)), atol=1e-9)
