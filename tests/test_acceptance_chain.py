"""What the real chain must show, through the public face, on one block of draws each."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.real_chain import DRAWS, Block, audited, base_graph, play, played, study_of

import terbium as tb
from terbium.base.tolerances import CONSERVATION_RTOL, NEGATIVE_STOCK_ATOL, REST_RTOL
from terbium.engine.program import LANES
from terbium.scenario import list_scenarios, load_scenario

COUNT = Path(__file__).parent / "data" / "link_count.txt"
APRIL_END = "2027-01-03"
CONTROLLED = ("NdFeB_DyTb_magnet", "SmCo_magnet")
FREE = "NdFeB_noHRE_magnet"
# weeks of April, May and June 2025: from the first whole step under the regime
SPRING, SUMMER = (14, 27), (27, 40)
BEFORE_STOPS = (14, 22)
US_ORE: dict[str, Any] = {
    "node": "USA/mine",
    "what": "activity",
    "scale": 2,
    "first": "2024-12-30",
    "last": APRIL_END,
}


@pytest.fixture(scope="module")
def held() -> Block:
    """The base year held, over the steps of april-2025."""
    return played("status-quo", horizon__end=APRIL_END)


@pytest.fixture(scope="module")
def april() -> Block:
    return played("april-2025")


@pytest.fixture(scope="module")
def cutoff() -> Block:
    return played("heavy-ree-cutoff-1y", horizon__end=APRIL_END)


@pytest.mark.slow
def test_undisturbed_every_flow_is_constant_for_ten_years() -> None:
    study = study_of("status-quo", ["ten-years"])
    assert study.compiled.clock.steps == 520
    books = audited(study, every=26)
    assert books.drift <= REST_RTOL
    for series in (books.record.export, books.record.activity, books.record.stock):
        assert np.all(series[0] > 0.0)
        assert np.abs(series / series[0] - 1.0).max() <= REST_RTOL
    assert np.isinf(books.record.stop_step).all()
    assert books.element.max() <= CONSERVATION_RTOL
    assert books.lowest >= -NEGATIVE_STOCK_ATOL


@pytest.mark.parametrize("name", ["april-2025", "heavy-ree-cutoff-1y"])
def test_elements_and_licences_are_conserved_and_no_stock_is_negative(name: str) -> None:
    books = audited(study_of(name), every=6)
    assert books.element.max() <= CONSERVATION_RTOL
    assert books.licence <= CONSERVATION_RTOL
    assert books.lowest >= -NEGATIVE_STOCK_ATOL


def test_what_a_run_reports_about_its_books(april: Block, cutoff: Block) -> None:
    for block in (april, cutoff):
        assert block.output.element_residual <= CONSERVATION_RTOL
        assert block.output.licence_residual <= CONSERVATION_RTOL
        assert block.record.lowest.min() >= -NEGATIVE_STOCK_ATOL
    assert april.record.queue.sum() > 0.0


def test_with_nothing_controlled_the_run_is_the_status_quo_bit_for_bit(held: Block) -> None:
    zero = played("april-2025", "controlled-share-zero")
    assert zero.compiled.clock.steps == held.compiled.clock.steps
    assert zero.compiled.export_keys == held.compiled.export_keys
    assert zero.record.queue.sum() == 0.0
    for name in zero.record._fields:
        if name != "queue":
            assert np.array_equal(getattr(zero.record, name), getattr(held.record, name)), name


@pytest.mark.parametrize("mixes", [(), ("announcement-18-only",)])
def test_magnets_without_heavies_flow_freely_and_the_cut_is_of_what_is_controlled(
    held: Block, mixes: tuple[str, ...]
) -> None:
    run = played("april-2025", "no-duties", "no-hoarding", *mixes)
    free = run.magnets(FREE, *BEFORE_STOPS) / held.magnets(FREE, *BEFORE_STOPS)
    assert np.abs(free - 1.0).max() < 0.005
    # In June the first car lines stand still for want of other parts and take fewer of these too.
    free = run.magnets(FREE, *SPRING) / held.magnets(FREE, *SPRING)
    assert np.abs(free - 1.0).max() < 0.01
    for material in CONTROLLED:
        left = run.magnets(material, *SPRING) / held.magnets(material, *SPRING)
        assert left.max() < 0.95
        assert np.median(left) < 0.7

    def cut(materials: tuple[str, ...]) -> np.ndarray:
        return sum(
            held.magnets(m, *SPRING, to="USA") - run.magnets(m, *SPRING, to="USA")
            for m in materials
        )

    total, controlled = cut((FREE, *CONTROLLED)), cut(CONTROLLED)
    assert (total > 0.0).all()
    assert total == pytest.approx(controlled, rel=0.01)


@pytest.mark.parametrize("name", ["status-quo", "heavy-ree-cutoff-1y"])
def test_more_american_ore_adds_no_magnet_outside_china(name: str) -> None:
    before = played(name, horizon__end=APRIL_END)
    shocks = [shock.model_dump(mode="json") for shock in before.study.scenario.shocks]
    after = played(name, horizon__end=APRIL_END, shocks=[*shocks, US_ORE])
    dug = after.made("mine", "USA".__eq__) / before.made("mine", "USA".__eq__)
    assert dug == pytest.approx(2.0, rel=1e-9)
    magnets = after.made("magnet", "CHN".__ne__) / before.made("magnet", "CHN".__ne__)
    assert np.abs(magnets - 1.0).max() <= 1e-9
    assert before.made("magnet", "CHN".__ne__).min() > 0.0


@pytest.mark.parametrize(
    ("measure", "destination", "steps"),
    [
        ("CN-REE-2025-18", None, SPRING),
        ("CN-US-LONDON-2025", None, SUMMER),
        ("CN-GENLIC-2025", None, (50, 90)),
        # a duty moves what goes to the country that levies it
        ("US-RECIP-CN", "USA", SPRING),
    ],
)
def test_without_one_measure_the_headline_moves(
    april: Block, measure: str, destination: str | None, steps: tuple[int, int]
) -> None:
    without = played("april-2025", measures__exclude=[measure])
    exports = [
        sum(block.magnets(m, *steps, to=destination) for m in (FREE, *CONTROLLED))
        for block in (april, without)
    ]
    moved = np.abs(exports[1] / exports[0] - 1.0)
    assert moved.min() > 1e-4
    assert np.median(moved) > 0.01
    if measure == "CN-REE-2025-18":
        assert (exports[0] < 0.95 * exports[1]).all()


def test_an_act_of_november_moves_nothing_before_november(april: Block) -> None:
    """Law 6: nobody, the licence desk included, acts on what was not yet announced."""
    without = played("april-2025", measures__exclude=["CN-SUSP-2025-70"])
    november = april.compiled.clock.step_of(date(2025, 11, 7))
    early = [block.record.export[:november] for block in (april, without)]
    assert np.abs(early[1] - early[0]).max() <= 1e-9 * early[0].max()
    later = [block.record.export[november + 1 :] for block in (april, without)]
    assert np.abs(later[1] - later[0]).max() > 1e-3 * early[0].max()


def test_without_one_supplier_link_others_are_asked(held: Block) -> None:
    graph = base_graph()
    links = graph.links
    abroad = (links["origin"] != "CHN") & (links["origin"] != links["destination"])
    lost = links.loc[abroad & links["material"].eq("NdFeB_DyTb_magnet"), "flow"].idxmax()
    others = links[links["input"] == links.loc[lost, "input"]].drop(index=lost)
    nearest = links.loc[others["flow"].idxmax(), "origin"]
    study = study_of("status-quo", overrides={"horizon.end": APRIL_END})
    vars(study)["graph"] = replace(graph, links=links.drop(index=lost).reset_index(drop=True))
    run = play(study)
    # Lines are drawn up anew, so that links come and go with the supplier.
    assert run.compiled.link_count != held.compiled.link_count
    made = {
        region: run.made("magnet", region.__eq__) / held.made("magnet", region.__eq__)
        for region in (links.loc[lost, "origin"], nearest)
    }
    assert (made[links.loc[lost, "origin"]] < 1.0 - 1e-3).all()
    assert (made[nearest] > 1.0 + 1e-3).all()


def test_a_year_without_heavies_stops_exports_and_then_lines(cutoff: Block) -> None:
    cut = [cutoff.compiled.clock.step_of(shock.first) for shock in cutoff.study.scenario.shocks]
    last = cutoff.study.scenario.shocks[0].last
    first, after = max(cut), cutoff.compiled.clock.step_of(last)
    assert cutoff.compiled.clock.step_start(first) == cutoff.study.scenario.shocks[0].first
    assert cutoff.magnets("NdFeB_DyTb_magnet", first, after + 1).max() == 0.0
    assert cutoff.magnets("NdFeB_DyTb_magnet", 0, first).min() > 0.0
    assert cutoff.magnets("NdFeB_DyTb_magnet", after + 1).min() > 0.0
    stopped = np.isfinite(cutoff.record.stop_step[:, :DRAWS])
    nodes = cutoff.compiled.nodes
    abroad = (nodes["region"] != "CHN").to_numpy()
    assert stopped[abroad].any(axis=0).all()
    assert cutoff.record.stop_step.min() > first
    free = cutoff.magnets(FREE, first, first + 4) / cutoff.magnets(FREE, 0, 4)
    assert np.abs(free - 1.0).max() < 0.02


def fingerprints(folder: Path) -> dict[str, str]:
    kept = [folder / "summary.json", folder / "manifest.json", *folder.glob("tables/*.csv")]
    kept += [path for path in (folder / "results.zarr").rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(kept)
    }


@pytest.mark.slow
def test_one_and_two_threads_leave_the_same_bytes(tmp_path: Path) -> None:
    study = study_of("april-2025", overrides={"horizon.end": "2025-06-29"})
    found = []
    for threads in (1, 2):
        run = study.simulate(draws=LANES + 3, seed=7, threads=threads)
        run.save(tmp_path / str(threads))
        found.append(fingerprints(tmp_path / str(threads)))
    assert found[0] == found[1]
    assert {"summary.json", "manifest.json", "tables/monthly_exports.csv"} <= set(found[0])
    assert any(name.startswith("results.zarr/") for name in found[0])


def test_the_chain_has_the_links_that_were_promised(
    held: Block, capsys: pytest.CaptureFixture[str]
) -> None:
    count, promised = held.compiled.link_count, int(COUNT.read_text(encoding="utf-8"))
    with capsys.disabled():
        print(f" {count} links on the built-in chain (at least {promised}) ", end="")  # noqa: T201
    assert count >= promised


@pytest.mark.parametrize("name", sorted(list_scenarios()))
def test_every_built_in_scenario_runs(name: str) -> None:
    scenario = load_scenario(name)
    headline = scenario.headline.in_force or scenario.horizon.start
    end = max(date(2025, 6, 29), headline + timedelta(weeks=2))
    study = tb.open_study(name, overrides={"horizon.end": end}, draws=2)
    vars(study)["graph"] = base_graph()
    run = study.simulate()
    regime = run.recording.regime
    assert regime["label"] in {"at rest", "recovered", "depressed", "collapsed"}
    assert "median output" in str(regime["reason"])
    assert (regime["label"] == "at rest") == (name == "status-quo")
    assert run.recording.conservation["element_residual_max"] <= CONSERVATION_RTOL
