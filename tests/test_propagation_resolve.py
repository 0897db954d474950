"""From event files to cases: positions, money, steps; the same for every way to write it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.small_table import REGIONS, SECTORS, equal, small_table

from terbium.engine.network.case import Case, Extras
from terbium.evidence.dataset import load_dataset
from terbium.evidence.methods import method
from terbium.scenario.propagation import event_of, remarks, resolve

TABLE = small_table()
CARS = {region: k * 3 + 1 for k, region in enumerate(REGIONS)}
HIT = {"type": "recovery", "unit": "fracK", "impact": [["CHN", "cars", 0.4]], "recovery_tau": 60}


def case(**data: Any) -> Case:
    return resolve(event_of(data), TABLE)


def capital() -> np.ndarray[Any, Any]:
    return 4 * np.maximum(TABLE.x - TABLE.Z.sum(axis=0), 0)


def test_nothing_said_is_the_reference_with_its_defaults() -> None:
    found = case()
    b = found.behaviour
    assert (found.steps, found.shocks, found.checkpoints, b.compatible) == (365, (), (), True)
    assert equal(found.extras, Extras())
    assert (b.psi, b.order_type, b.year_steps, b.monetary_factor) == (0.8, "alt", 365, 1e6)
    assert np.unique(b.inventory_steps) == 90
    assert np.unique(b.restoration_steps) == 60
    assert (b.overproduction_base.max(), b.overproduction_max.min()) == (1, 1.25)
    assert np.unique(b.overproduction_steps) == 365
    assert np.allclose(b.capital, capital())
    assert np.all(b.criticality == 1)
    base = case(cls="ARIOBaseModel").behaviour
    assert (base.psi, np.unique(base.restoration_steps)) == (1, 1)


def test_dictionaries_and_vectors_become_arrays() -> None:
    days = {"mining": "inf", "build": 20, "cars": "Infinity"}
    tau = {"cars": 2, "build": 1, "mining": 3}
    b = case(
        model={
            "inventory_dict": days,
            "inventory_restoration_tau": tau,
            "infinite_inventories_sect": "build",
            "productive_capital_to_VA_dict": tau,
        }
    ).behaviour
    assert np.all(np.isinf(b.inventory_steps))
    assert b.restoration_steps[:, 5].tolist() == [1, 2, 3]
    assert np.allclose(b.capital * 4, capital() * np.tile([1, 2, 3], 4))
    rows = [[r, s, k] for k, (r, s) in enumerate((r, s) for r in REGIONS for s in SECTORS)]
    nested = {r: {s: k for q, s, k in rows if q == r} for r in REGIONS}
    blocks = [[r, list(SECTORS), 1] for r in REGIONS]
    for vector, expected in ((rows, range(12)), (nested, range(12)), (blocks, [1] * 12)):
        given = case(model={"productive_capital_vector": vector}).behaviour.capital
        assert given.tolist() == list(expected)
    plain = case(model={"productive_capital_vector": list(range(12))}).behaviour.capital
    assert plain.tolist() == list(range(12))


def test_lean_inventories_are_taken_as_two_steps_and_said() -> None:
    event = event_of({"model": {"inventory_dict": {"build": 1, "cars": 0.5, "mining": 1.5}}})
    assert resolve(event, TABLE).behaviour.inventory_steps[:, 0].tolist() == [2, 2, 1.5]
    assert "build, cars" in remarks(event, TABLE)[0]


IMPACTS = [
    [["CHN", "cars", 0.4], ["DEU", "cars", 0.4]],
    [[["CHN", "DEU"], "cars", 0.4]],
    {"CHN": {"cars": 0.4}, "Germany": {"cars": 0.4}},
    [{"region": ["中国", "de"], "sector": "cars", "value": 0.4}],
]


@pytest.mark.parametrize("impact", IMPACTS)
@pytest.mark.parametrize("kind", ["recovery", "EventKapitalRecover", "kapital_recover"])
def test_an_impact_may_be_written_in_many_ways(impact: Any, kind: str) -> None:
    entry = HIT | {"impact": impact, "type": kind}
    [shock] = case(events=[entry]).shocks
    assert shock.kind == "recovery"
    assert shock.node.tolist() == [CARS["CHN"], CARS["DEU"]]
    assert np.allclose(shock.amount, 0.4 * capital()[shock.node])


def test_a_bloc_stands_for_its_members_in_the_table() -> None:
    [shock] = case(events=[HIT | {"impact": [["EU27", "cars", 0.1]]}]).shocks
    assert shock.node.tolist() == [CARS["DEU"], CARS["FRA"]]


def test_labels_of_the_table_win_over_the_gazetteer() -> None:
    table = replace(TABLE, regions=("China", "CN-east", "DE", "RoW"))
    shock = resolve(event_of({"events": [HIT | {"impact": [["CN", "cars", 0.1]]}]}), table).shocks
    assert shock[0].node.tolist() == [1]
    exact = replace(TABLE, regions=("CN", "CHN-x", "DEU", "中国"))
    event = event_of({"events": [HIT | {"impact": [["中国", "cars", 0.1]]}]})
    assert resolve(event, exact).shocks[0].node.tolist() == [10]


def test_money_is_that_of_the_table() -> None:
    entry = HIT | {"unit": "abs", "impact": [["CHN", "cars", 5000.0]], "event_monetary_factor": 1e3}
    entry |= {"type": "rebuild", "rebuilding_sectors": {"build": 1}, "recovery_tau": None}
    house = {"households_impact": {"DEU": {"state": 700}}, "event_type": "rebuild", "type": None}
    [shock] = case(model={"monetary_factor": 1e6}, events=[entry | house]).shocks
    assert shock.amount.tolist() == [5.0]
    assert shock.house_column.tolist() == [3]
    assert shock.house_amount == pytest.approx([0.7])
    assert (shock.monetary_factor, shock.rebuild_steps) == (1e3, 60)
    assert shock.rebuild_share.tolist() == [1, 0, 0]
    small = entry | {"impact": [["CHN", "cars", 5.0]], "event_monetary_factor": None}
    [same] = case(model={"rebuild_tau": 30}, events=[small]).shocks
    assert (same.amount.tolist(), same.monetary_factor, same.rebuild_steps) == ([5.0], 1e6, 30)


def test_one_number_is_divided_as_the_reference_does() -> None:
    some = {"type": "arbitrary", "impact": 0.4, "affected_regions": ["CHN", "USA"]}
    some |= {"affected_sectors": ["cars", "build"]}
    [shock] = case(events=[some]).shocks
    assert np.allclose(shock.amount, 0.1)
    weighed = {"impact_regional_distrib": {"USA": 3, "CHN": 1}}
    weighed |= {"impact_sectoral_distrib": {"cars": 2, "build": 3}}
    [shock] = case(events=[some | weighed]).shocks
    assert shock.node.tolist() == [CARS["CHN"], 0, CARS["USA"], 9]
    assert np.allclose(shock.amount, [0.04, 0.06, 0.12, 0.18])
    few = {
        "type": "arbitrary",
        "impact": 0.4,
        "affected_industries": [["USA", "cars"], ["CN", "build"]],
    }
    by = {"impact_distrib": [["CHN", "build", 3], ["USA", "cars", 1]]}
    [shock] = case(events=[few | by]).shocks
    assert shock.node.tolist() == [CARS["USA"], 0]
    assert np.allclose(shock.amount, [0.1, 0.3])


def test_steps_of_several_days_shorten_every_time() -> None:
    model = {"temporal_units_by_step": 2, "inventory_restoration_tau": 40}
    entry = HIT | {"occurrence": 6, "duration": 10}
    found = case(model=model, events=[entry, entry | {"recovery_function": "convexe"}], T=101)
    b, (linear, convex) = found.behaviour, found.shocks
    assert (found.steps, b.year_steps, b.inventory_steps[0, 0]) == (51, 182.5, 45)
    assert (b.restoration_steps[0, 0], b.overproduction_steps[0]) == (20, 182.5)
    assert np.allclose(b.capital, capital())
    assert (linear.occurrence, linear.duration, linear.recovery_steps) == (3, 5, 30)
    # what is left after three steps is what was left after six days
    assert (1 - 1 / convex.recovery_steps) ** 3 == pytest.approx((1 - 1 / 60) ** 6)
    assert case(model=model, events=[entry | {"occurrence": 5}]).shocks[0].occurrence == 3


def test_remarks_tell_what_has_no_effect() -> None:
    said = remarks(
        event_of(
            {
                "T": 20,
                "events": [
                    HIT | {"unit": None, "rebuild_tau": 3, "house": [["CHN", "house", 3]]},
                    HIT | {"impact": [["FRA", "mining", 0.4]], "duration": 30, "name": "late"},
                    {"type": "rebuild", "unit": "fracK", "impact": [["CHN", "cars", 0.01]],
                     "house": [["CHN", "state", 1e9]], "rebuilding_sectors": {"cars": 1}},
                ],
            }
        ),
        TABLE,
    )  # fmt: skip
    text = "\n".join(said)
    for phrase in (
        *("event 0: rebuild_tau, house without effect", "event 0: no unit is given"),
        *(
            "event 1 (late): the run ends before",
            "(late): no capital and so nothing to lose in FRA",
        ),
        "event 2: 100.00% of the rebuilding demand is placed with nobody",
    ):
        assert phrase in text


def options(**given: Any) -> Case:
    return case(options=given)


def test_what_the_reference_lacks_turns_its_dead_band_off() -> None:
    for given_ in (
        {"rationing": "water_filling"},
        {"ordering": "wanted"},
        {"criticality": {"rules": [{"input": "cars", "level": "important"}]}},
        {"inventories": [{"days": 3}]},
        {"overproduction": [{"max": 1.3}]},
        {"transit": [{"days": 3}]},
    ):
        assert not options(**given_).behaviour.compatible
        assert options(**given_, boario_compatible=True).behaviour.compatible
    assert options(checkpoints=[3], record={"stocks_every": 5}).behaviour.compatible
    assert not options(boario_compatible=False).behaviour.compatible


def test_selectors_fill_parts_of_arrays() -> None:
    b = options(
        criticality={
            "default": "non_critical",
            "rules": [{"input": "mining", "level": "critical"},
                      {"input": "mining", "buyer_region": ["CN", "US"], "level": "important"}],
        },
        inventories=[{"input": "cars", "buyer_sector": "build", "days": 7}],
        overproduction=[{"region": "FRA", "sector": "cars", "max": 1.5, "tau": 10}],
    ).behaviour  # fmt: skip
    half = method("ario/important_binding")
    assert b.criticality[2].tolist() == [half] * 3 + [1] * 6 + [half] * 3
    assert np.all(b.criticality[:2] == 0)
    assert np.flatnonzero(b.inventory_steps[1] == 7).tolist() == [0, 3, 6, 9]
    assert np.flatnonzero(b.overproduction_max == 1.5).tolist() == [CARS["FRA"]]
    assert b.overproduction_steps[CARS["FRA"]] == 10


def pairs(found: Any) -> Iterator[tuple[int, str, int]]:
    """Every link of some entries: supplier, kind of buyer, buyer."""
    for entry in found:
        links = entry.links
        for supplier in links.supplier.tolist():
            yield from ((supplier, "industry", b) for b in links.buyer.tolist())
            yield from ((supplier, "final", r) for r in links.final.tolist())


def test_links_across_borders_are_all_but_those_at_home() -> None:
    across = set(pairs(options(transit=[{"crossing": True, "days": 3}]).extras.transits))
    home = set(pairs(options(transit=[{"to_region": "same", "days": 3}]).extras.transits))
    every = set(pairs(options(transit=[{"days": 3}]).extras.transits))
    assert across | home == every
    assert not across & home
    assert len(every) == 12 * (12 + 4)
    assert all(supplier // 3 == (b // 3 if kind == "industry" else b) for supplier, kind, b in home)
    only = options(transit=[{"to": "final_demand", "to_region": "DEU", "days": 3}]).extras.transits
    assert {(kind, b) for _, kind, b in pairs(only)} == {("final", 1)}
    cars = options(transit=[{"to_sector": "cars", "from_region": "CHN", "days": 3}]).extras
    assert {kind for _, kind, _ in pairs(cars.transits)} == {"industry"}


def test_a_link_takes_the_first_rank_that_names_it() -> None:
    order = [{"to_region": "same"}, {"to_region": "USA"}, {"to_region": "DEU", "place": 7}]
    ranks = options(rationing={"rule": "priority", "order": order}).extras.ranks
    place = {pair: rank.place for rank in ranks for pair in pairs([rank])}
    china = CARS["CHN"]
    assert [place[china, "final", r] for r in range(4)] == [0, 7, 8, 1]
    assert place[CARS["USA"], "final", 3] == 0
    assert len(place) == 12 * 16
    assert options(rationing="priority").extras.ranks == ()


def test_licences_switching_and_relabelling_in_steps() -> None:
    link = {"from_region": "CHN", "crossing": True, "first": 5, "controlled_share": 0.9}
    extra = {
        "cost",
        "tariff",
        "detection_cost",
        "choice_spread",
        "growth",
        "seed_share",
        "enforcement",
    }
    extra |= {"capacity_share", "reference_share", "response", "decay", "extra_days"}
    found = resolve(
        event_of(
            {
                "T": 100,
                "model": {"temporal_units_by_step": 2},
                "options": {
                    "licences": {"desk_capacity": 40, "links": [link], "review_days": 20,
                                 "validity_days": 180, "refile_share": 0.5},
                    "switching": {"rate": 0.01, "memory": 0.02, "new_links": 0.1},
                    "relabelling": {"conduits": ["DEU"], **dict.fromkeys(extra, 0.2)},
                    "checkpoints": [20, 21],
                },
            }
        ),
        TABLE,
    )  # fmt: skip
    desk, switching, detour = found.extras.desk, found.extras.switching, found.extras.relabelling
    assert desk is not None
    assert switching is not None
    assert detour is not None
    assert (desk.capacity, desk.review_steps, desk.validity_steps) == (80, 10, 90)
    assert [(f.first, f.last) for f in found.extras.frictions] == [(3, 49)]
    assert (switching.rate, switching.memory, switching.new_link_weight) == (0.02, 0.04, 0.1)
    assert detour.conduits.tolist() == [1]
    assert (detour.growth, detour.cost, detour.extra_steps) == (0.4, 0.2, 0.1)
    assert found.checkpoints == (10,)
    caps = options(licences={"links": [{"cap_share": 0.5, "last": 9}]}).extras
    assert caps.desk is None
    assert caps.frictions[0].last == 9


def test_values_of_the_dataset_are_read_where_asked_for() -> None:
    given_ = {"desk_capacity": "inf", "from_dataset": True, "links": [{"controlled_share": 1}]}
    found = options(licences=given_, switching={"from_dataset": True}).extras
    data = load_dataset()
    assert found.desk is not None
    assert found.switching is not None
    assert found.desk.review_steps == 7 * data.central("licensing/review_min")
    assert found.desk.validity_steps == 7 * data.central("licensing/validity")
    assert found.desk.refile_share == data.central("licensing/refile_share")
    assert found.switching.rate == 1 / (7 * data.central("behaviour/switching"))
