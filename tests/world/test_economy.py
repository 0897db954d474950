"""The shortfall of the chain in the world table: nothing of nothing, more of more, worked sums."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report import chain
from tests.results import synthetic

from terbium.analysis.economy import (
    Economy,
    EconomyPlan,
    economy_summary,
    first_draws,
    simulate_economy,
)
from terbium.analysis.economy_rows import FIRST_MONTHS, FIRST_YEAR, WHOLE, Places, windows_of
from terbium.analysis.economy_run import EconomyRun, Rules, run_economy
from terbium.analysis.economy_world import Drawn, World, draw_world, load_world
from terbium.base.calendar import Clock
from terbium.engine.recording import Recording
from terbium.results.context import RunContext

YEAR = 365
STEPS = 26


@cache
def world() -> World:
    return load_world("world-2011")


@cache
def recording() -> Recording:
    """Half a year of all industries in four regions, all running as usual."""
    whole = synthetic.small()
    shares = np.ones((len(whole.industry_keys), STEPS, whole.draws), np.float32)
    return replace(
        whole,
        clock=Clock(date(2025, 3, 31), 7, STEPS),
        output_share=shares,
        cover_days=shares,
        stops_begun=shares,
        made=whole.made[:, :STEPS],
        export=np.repeat(whole.export_base[:, np.newaxis], STEPS, axis=1),
        **{
            f"queue_{name}": getattr(whole, f"queue_{name}")[:, :STEPS]
            for name in ("filed", "granted", "refused", "expired", "shipped", "waiting")
        },
    )


def stopped(region: str, industry: str, share: float, steps: slice) -> Recording:
    kept = recording()
    shares = kept.output_share.copy()
    shares[kept.industry_keys.index((region, industry)), steps] = 1 - share
    return replace(kept, output_share=shares)


USES = {key: 1e9 for key in synthetic.small().industry_keys}


def central(**changed: float) -> Drawn:
    held = world().package.parameters
    values = dict(zip(held.names, held.central, strict=True))
    values |= {f"economy/{name}": value for name, value in changed.items()}
    return {name: np.full(recording().draws, value) for name, value in values.items()}


def run(kept: Recording, drawn: Drawn | None = None, rules: Rules | None = None) -> EconomyRun:
    return run_economy(world(), kept, drawn or central(), USES, rules or Rules())


def total(found: EconomyRun, region: str) -> float:
    return float(found.total[world().table.regions.index(region)].mean(axis=0)[0])


@pytest.mark.parametrize(
    "rules", [Rules(), Rules(True), Rules(False, "proportional", "realised")], ids=str
)
def test_nothing_is_lost_where_nothing_is_short(rules: Rules) -> None:
    found = run(recording(), rules=rules)
    for array in (found.still, found.direct, found.net, found.total, found.total_by_month):
        assert (array == 0).all()
    assert found.at_end == pytest.approx(1, abs=1e-12)


def test_the_direct_loss_is_the_worked_one() -> None:
    """US cars at half for a quarter: 0.55 * 171.597 / 25,462.722 of GDP, 90 % of it on lines."""
    found = run(stopped("USA", "passenger_cars", 0.5, slice(0, 13)))
    i = world().table.regions.index("USA")
    on_lines = 0.55 * 171.597 / 25462.722 * 0.9
    assert found.still[i, :13] == pytest.approx(on_lines * 0.5, rel=1e-6)
    assert found.direct[i, :13] == pytest.approx(on_lines * 0.5 * (1 - 0.75), rel=1e-6)
    assert (found.direct[i, 13:] == 0).all()
    others = np.delete(found.direct, i, axis=0)
    assert (others == 0).all()
    months = found.direct_by_month.sum(axis=1)[:, 0] * world().value_added
    assert months.sum() / world().gdp[i] == pytest.approx(on_lines * 0.125 * 13 * 7 / YEAR)


def test_what_stands_still_costs_others_too() -> None:
    found = run(stopped("USA", "passenger_cars", 1.0, slice(0, 13)))
    assert total(found, "USA") > found.direct[world().table.regions.index("USA")].mean()
    assert total(found, "CAN") > 0
    assert total(found, "MEX") > 0


def test_catching_up_takes_off_the_net_loss_alone() -> None:
    kept = stopped("USA", "passenger_cars", 0.4, slice(0, 5))
    shares = kept.output_share.copy()
    shares[kept.industry_keys.index(("USA", "passenger_cars")), 5:10] = 1.2
    late = run(replace(kept, output_share=shares))
    once = run(kept)
    i = world().table.regions.index("USA")
    assert np.array_equal(late.direct, once.direct)
    assert late.net[i].sum() == pytest.approx(late.direct[i].sum() / 2, rel=1e-6)


@settings(max_examples=6, deadline=None)
@given(st.floats(0.05, 0.9), st.floats(0.01, 0.09))
def test_loss_rises_with_shortfall_and_exposure(short: float, more: float) -> None:
    few = run(stopped("USA", "electronics", short, slice(0, 8)))
    longer = run(stopped("USA", "electronics", short + more, slice(0, 8)))
    wider = run(
        stopped("USA", "electronics", short, slice(0, 8)),
        central(**{"line_share/electronics": 0.3 * (1 + more)}),
    )
    assert total(longer, "USA") > total(few, "USA") > 0
    assert total(wider, "USA") > total(few, "USA")


def test_loss_falls_with_what_plants_make_good() -> None:
    kept = stopped("JPN", "passenger_cars", 0.5, slice(0, 13))
    losses = [total(run(kept, central(made_good=share)), "JPN") for share in (0, 0.5, 0.9, 1)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] == 0


def test_exposures_of_a_sector_never_pass_its_size() -> None:
    names = [e.line_name.removeprefix("economy/") for e in world().exposures]
    everything = central(**dict.fromkeys(names, 1.0))
    shares = world().exposure(everything)
    held = np.zeros(world().table.size)
    np.add.at(held, [e.node for e in world().exposures], shares[:, 0])
    assert held.max() <= 1 + 1e-12
    assert (held > 1 - 1e-12).any()


def test_regions_of_the_rest_are_weighed_by_what_they_use() -> None:
    kept = recording()
    keys = (("VNM", "electronics"), ("XRW", "electronics"))
    shares = np.ones((2, STEPS, kept.draws), np.float32)
    shares[0] = 0
    only = replace(
        kept,
        industry_keys=keys,
        output_share=shares,
        cover_days=shares,
        stops_begun=shares,
        first_stop_days=kept.first_stop_days[:2],
        stop_length_days=kept.stop_length_days[:2],
        binding=kept.binding[:2],
    )
    i = world().table.regions.index("XRW")
    third = run_economy(world(), only, central(), {keys[0]: 1.0, keys[1]: 2.0}, Rules())
    half = run_economy(world(), only, central(), {keys[0]: 1.0, keys[1]: 1.0}, Rules())
    assert half.still[i] == pytest.approx(third.still[i] * 1.5)


def test_draws_of_the_world_go_with_none_of_the_chain() -> None:
    held = world().package.parameters
    drawn = draw_world(held, 256, 7)
    name = "economy/psi"
    same = held.sample(256, 7)[held.position(name)]
    assert sorted(drawn[name]) == sorted(same)
    assert abs(np.corrcoef(drawn[name], same)[0, 1]) < 0.2
    assert np.array_equal(draw_world(held, 256, 7)[name], drawn[name])


def test_windows_lie_within_the_run() -> None:
    names = [w.name for w in windows_of(date(2024, 12, 30), date(2027, 1, 3), date(2025, 4, 4))]
    assert names == [FIRST_MONTHS, FIRST_YEAR, "2025", "2026", WHOLE]
    first = windows_of(date(2024, 12, 30), date(2027, 1, 3), date(2025, 12, 20))[0]
    assert (first.first, first.last) == (date(2025, 12, 1), date(2026, 1, 31))
    assert [w.name for w in windows_of(date(2025, 3, 1), date(2025, 9, 1), None)] == [WHOLE]


@cache
def whole() -> tuple[Economy, Recording, RunContext]:
    context = synthetic.context(baseline=chain.baseline(), uses=chain.uses())
    kept = stopped("USA", "passenger_cars", 0.5, slice(2, 13))
    plan = EconomyPlan(world(), world().package.parameters, Rules())
    return simulate_economy(plan, kept, context), kept, context


def test_summary_adds_up() -> None:
    told = economy_summary(*whole())
    rows = {(r["region"], r["window"], r["figure"]): r["central"] for r in told["regions"]}
    assert rows["USA", WHOLE, "total"] > rows["USA", WHOLE, "direct"] > 0
    assert rows["WLD", WHOLE, "loss"] >= rows["USA", WHOLE, "loss"] > 0
    assert rows["EU27", WHOLE, "direct"] == 0
    sectors = {(r["region"], r["sector"], r["figure"]): r["central"] for r in told["sectors"]}
    assert sectors["USA", "transport_equipment", "direct"] > 0
    assert sectors["USA", "metals", "direct"] == 0 < sectors["USA", "metals", "total"]
    assert told["regime"]["label"] in ("recovered", "at rest")
    assert {r["region"] for r in told["implausible"]} == {"USA", "EU27"}
    assert {row["variant"] for row in told["variants"]} >= {"as chosen", "as in the reference"}


def test_variants_begin_with_the_same_draws() -> None:
    found, _, _ = whole()
    same = found.variants["as chosen"]
    assert np.array_equal(same.total, found.run.total[..., : same.draws])


def test_the_world_weighs_regions_by_their_gdp() -> None:
    found, _, context = whole()
    places = Places.of(found.run, context.blocs)
    by_region = np.zeros_like(found.run.total)
    i = world().table.regions.index("USA")
    by_region[i] = 1
    gdp = found.run.gdp
    assert places.share("WLD", by_region)[0] == pytest.approx(gdp[i] / gdp.sum(axis=0))
    assert places.share("USA", by_region)[0] == pytest.approx(1)
    assert set(places.members["EU27"]) == {
        world().table.regions.index(r)
        for r in ("DEU", "ESP", "EST", "FRA", "HUN", "ITA", "NLD", "POL", "XEU")
    }


def test_fewer_draws_are_the_first() -> None:
    part = first_draws(recording(), 2)
    assert part.draws == 2
    assert part.export.shape[-1] == 2
