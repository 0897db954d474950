"""Laws 1 and 2 of DESIGN section 5 for shocks through tables: books close, rest is rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.network.borders import EXTRAS, lifted
from tests.engine.network.compiled import compile_once
from tests.engine.network.economies import (
    Floats,
    behaviour_of,
    behaviours,
    economies,
    economy,
    events,
    final_demand,
    levels,
    seeds,
    stop,
    with_purchases,
)

from terbium.base import tolerances
from terbium.engine.network.case import RATIONING, Case, Extras
from terbium.engine.network.run import Propagation, simulate
from terbium.engine.network.wiring import Wiring
from terbium.graph.tables import InputOutputTable

STEPS = 50
TEN_YEARS = 3650
few = settings(max_examples=4)
every_rule = pytest.mark.parametrize("rule", RATIONING)
every_extra = pytest.mark.parametrize("extra", EXTRAS)
Kept = dict[str, Floats]


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    compile_once()


class Books:
    """The books of a run in which each link has a state, kept by us from what it holds."""

    def __init__(self, table: InputOutputTable, case: Case) -> None:
        self.run = Propagation(table, case, each_link=True)
        switching = case.extras.switching
        opens = switching is not None and switching.new_link_weight > 0.0
        wiring = Wiring(table, case.behaviour, opens)
        self.inner, self.product = wiring.inner_slots, wiring.slot_input
        self.sectors = len(table.sectors)
        self.critical = bool(np.all(case.behaviour.criticality == 1.0))
        used = table.Z.reshape(len(table.regions), self.sectors, -1).sum(axis=0)
        self.use = np.divide(used, table.x, out=np.zeros_like(used), where=table.x > 0)
        self.before = self.kept()

    def kept(self) -> Kept:
        return {k: np.asarray(v, dtype=np.float64) for k, v in self.run.checkpoint().items()}

    def step(self) -> None:
        t = self.run.step
        self.run.advance(1)
        now, before = self.kept(), self.before
        self.before = now
        self.goods(now, before, t)
        self.licences(now)
        for name in ("stock", "transit", "need", "review", "ready", "live", "detour", "ring"):
            held = now[f"state/{name}"]
            assert held.min(initial=0.0) >= -1e-9 * self.money, name

    def goods(self, now: Kept, before: Kept, t: int) -> None:
        def moved(name: str) -> Floats:
            return np.asarray(now[name] - before[name])

        sent, taken, used = (moved(f"record/{k}") for k in ("sent", "taken", "used"))
        with np.errstate(invalid="ignore"):
            held = moved("state/stock") + moved("state/transit")
        finite = np.isfinite(now["state/stock"])
        self.money = float(now["record/output"].max())
        self.same(held[finite], (sent - used - taken)[finite])
        self.same(now["state/ring"].sum(axis=0), now["state/transit"])
        # what the makers of a product made is what left them for somebody
        made = now["record/output"][t]
        if not now["record/rebuild"][t].any():
            by_product = made.reshape(-1, self.sectors).sum(axis=0)
            self.same(np.bincount(self.product, sent, self.sectors), by_product)
        if self.critical:
            inner = slice(0, self.inner)
            by_product = np.bincount(self.product[inner], used[inner], self.sectors)
            self.same(by_product, self.use @ made)

    def licences(self, now: Kept) -> None:
        filed, granted, refused, lapsed, shipped = now["record/queue"][:, :5].sum(axis=0)
        waiting = now["state/review"].sum() + now["state/ready"].sum()
        self.same(filed, granted + refused + waiting)
        self.same(granted, lapsed + shipped + now["state/live"].sum())

    def same(self, one: Floats, other: Floats) -> None:
        np.testing.assert_allclose(
            one, other, rtol=tolerances.CONSERVATION_RTOL, atol=1e-11 * self.money
        )


@every_rule
@every_extra
@few
@given(data=st.data())
def test_law_1_goods_money_and_licences_add_up_in_every_step(
    rule: str, extra: str, data: st.DataObject
) -> None:
    table = data.draw(economies())
    behaviour = data.draw(behaviours(table, rationing=rule))
    behaviour = replace(
        behaviour,
        ordering=data.draw(st.sampled_from(["realised", "wanted"])),
        criticality=data.draw(st.one_of(st.just(behaviour.criticality), levels(table))),
    )
    shocks = data.draw(events(table, behaviour, STEPS, 2))
    loss = stop(STEPS, data.draw(st.integers(0, table.x.size - 1)), 4, 20, 0.8)
    extras = data.draw(EXTRAS[extra](table, STEPS))
    books = Books(table, Case(STEPS, behaviour, shocks, extras, capacity_loss=loss))
    for _ in range(STEPS):
        books.step()
    balance = books.run.trajectories().balance
    assert balance.money <= tolerances.CONSERVATION_RTOL
    assert balance.stock <= tolerances.CONSERVATION_RTOL
    assert balance.licence <= tolerances.CONSERVATION_RTOL
    assert balance.lowest_stock >= 0.0


@given(data=st.data())
@settings(max_examples=40)
def test_law_1_where_orders_are_factored(data: st.DataObject) -> None:
    table = data.draw(economies())
    rule = data.draw(st.sampled_from(["proportional", "intermediate_first", "final_first"]))
    behaviour = data.draw(behaviours(table, rationing=rule))
    loss = stop(STEPS, data.draw(st.integers(0, table.x.size - 1)), 4, 20, 0.8)
    run = simulate(table, Case(STEPS, behaviour, capacity_loss=loss, stocks_every=1))
    sectors = len(table.sectors)
    used = table.Z.reshape(len(table.regions), sectors, -1).sum(axis=0)
    use = np.divide(used, table.x, out=np.zeros_like(used), where=table.x > 0)
    final = final_demand(table, behaviour) - run.final_demand_undist
    left = (run.production_realised - final).reshape(STEPS, -1, sectors).sum(axis=1)
    eaten = run.production_realised @ use.T
    finite = np.isfinite(behaviour.inventory_steps).all(axis=1)
    held = run.inputs_stock_end[:, finite].sum(axis=2)
    scale = table.x.sum() / behaviour.year_steps
    np.testing.assert_allclose(
        np.diff(held, axis=0), (left - eaten)[1:, finite], rtol=0, atol=1e-9 * scale
    )
    assert run.balance.money <= tolerances.CONSERVATION_RTOL
    assert run.balance.lowest_stock >= -1e-12
    assert run.inputs_stock_end.min() >= 0.0
    # what suppliers could not deliver is what consumers went without, product by product
    for one in (run.final_demand_undist, run.final_demand_unmet):
        np.testing.assert_allclose(
            one.reshape(STEPS, -1, sectors).sum(axis=1),
            run.final_demand_undist.reshape(STEPS, -1, sectors).sum(axis=1),
            rtol=0,
            atol=1e-9 * scale,
        )


def assert_at_rest(table: InputOutputTable, case: Case, each_link: bool) -> None:
    run = simulate(table, case, each_link=each_link)
    x0 = table.x / case.behaviour.year_steps
    within = tolerances.REST_RTOL * x0.max()
    np.testing.assert_allclose(run.production_realised, np.tile(x0, (case.steps, 1)), 0, within)
    for name in ("final_demand_undist", "final_demand_unmet", "rebuild_demand", "capital_lost"):
        np.testing.assert_allclose(getattr(run, name), 0.0, 0, within, err_msg=name)
    first = run.inputs_stock_end[0]
    finite = np.isfinite(first)
    drift = np.abs(run.inputs_stock_end[:, finite] - first[finite])
    assert (drift <= tolerances.REST_RTOL * np.maximum(first[finite], x0.max())).all()
    base = case.behaviour.overproduction_base
    np.testing.assert_allclose(run.overproduction, np.tile(base, (case.steps, 1)), 0, 1e-9)
    for name in ("detour", "seized"):
        assert not run.borders.get(name, np.zeros(1)).any()


@every_rule
@every_extra
@settings(max_examples=2)
@given(data=st.data())
def test_law_2_ten_years_at_rest(rule: str, extra: str, data: st.DataObject) -> None:
    table = data.draw(economies(2))
    behaviour = data.draw(behaviours(table, rationing=rule))
    extras = lifted(data.draw(EXTRAS[extra](table, TEN_YEARS)))
    case = Case(TEN_YEARS, behaviour, extras=extras, stocks_every=50)
    assert_at_rest(table, case, each_link=data.draw(st.booleans()))


@pytest.mark.parametrize("each_link", [False, True])
def test_law_2_with_industries_that_buy_and_make_nothing(each_link: bool) -> None:
    table = with_purchases(economy(1, 2, 3, idle=[4]), [4])
    assert table.x[4] == 0.0
    assert_at_rest(table, Case(TEN_YEARS, behaviour_of(table), stocks_every=50), each_link)


@pytest.mark.parametrize("compatible", [True, False])
@given(seeds)
@settings(max_examples=5)
def test_law_2_in_the_factored_layout(compatible: bool, seed: int) -> None:
    table = economy(seed, 2, 3, 2)
    behaviour = behaviour_of(table, compatible=compatible, days=np.array([20.0, np.inf, 90.0]))
    assert_at_rest(table, Case(TEN_YEARS, behaviour, stocks_every=50), each_link=False)


def test_extras_are_all_drawn() -> None:
    assert set(Extras.__dataclass_fields__) - {"ranks"} == {
        "transits",
        "frictions",
        "desk",
        "switching",
        "relabelling",
    }
