"""Event files for networks of firms: what is read, what is refused, what becomes of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from terbium.base.errors import ScenarioError
from terbium.engine.network.firm_case import FIRM_RATIONING, FirmCase
from terbium.evidence.methods import method
from terbium.graph.firms import FirmNetwork
from terbium.scenario.firm_events import (
    firm_event_of,
    firm_remarks,
    read_firm_event,
    resolve_firms,
)
from terbium.scenario.firm_schema import RULES


def network(ids: Any = None) -> FirmNetwork:
    """Six firms of two regions and three sectors, in a ring."""
    at = np.arange(6, dtype=np.int32)
    return FirmNetwork(
        firm=at.astype(np.int64) + 100 if ids is None else np.array(ids, dtype=object),
        sector=np.array([0, 1, 2, 0, 1, 2], dtype=np.int32),
        region=np.array([0, 0, 0, 1, 1, 1], dtype=np.int32),
        final=np.array([1.0, 2, 3, 4, 5, 6]),
        buyer=at,
        supplier=np.roll(at, 1),
        flow=np.ones(6),
        sectors=("cars", "metal", "ore"),
        regions=("CHN", "DEU"),
        name="ring",
    )


def resolved(entry: dict[str, Any] | None = None, /, **keys: Any) -> FirmCase:
    data = {"events": [] if entry is None else [entry], "T": 40} | keys
    return resolve_firms(firm_event_of(data), network())


def told(data: dict[str, Any], net: FirmNetwork | None = None) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        resolve_firms(firm_event_of(data), net or network())
    return [str(problem) for problem in caught.value.problems]


def test_the_rules_are_those_of_the_kernel() -> None:
    assert tuple(RULES) == FIRM_RATIONING


def test_what_is_left_out_comes_from_the_table_of_methods() -> None:
    case = resolve_firms(firm_event_of({}), network())
    assert case.steps == method("ario/steps")
    assert np.unique(case.cover).tolist() == [method("firms/cover")] == [15]
    assert case.restoration == method("firms/restoration_tau") == 6
    assert case.stop_share == method("stop/threshold_share")
    assert (case.rationing, case.shocks) == ("proportional", ())
    assert case.chosen.tolist() == [0, 1, 2, 3, 4, 5]


def test_rows_name_places_by_label_or_gazetteer() -> None:
    case = resolved({"impact": [["China", ["cars", "ore"], 0.5], ["Germany", "metal", 0.1]]})
    (shock,) = case.shocks
    assert shock.node.tolist() == [0, 2, 4]
    assert shock.share.tolist() == [0.5, 0.5, 0.1]
    nested = resolved({"impact": {"CHN": {"cars": 0.5, "ore": 0.5}, "DEU": {"metal": 0.1}}})
    assert nested.shocks[0].node.tolist() == [0, 2, 4]
    assert resolved({"impact": [["EU27", "ore", 0.2]]}).shocks[0].node.tolist() == [5]


@pytest.mark.parametrize(
    ("entry", "force"),
    [
        ({"duration": 3}, [0, 0, 1, 1, 1, 0, 0, 0, 0, 0]),
        ({"duration": 2, "recovery_tau": 4}, [0, 0, 1, 1, 0.75, 0.5, 0.25, 0, 0, 0]),
        ({"duration": 1, "recovery_tau": 2, "recovery_function": "convexe noscale"},
         [0, 0, 1, *(0.5 ** np.arange(1, 8))]),
        ({"duration": 3, "recovery_function": "none"}, [0, 0, 1, 1, 1, 0, 0, 0, 0, 0]),
        ({"duration": 99, "recovery_function": "none"}, [0, 0, *[1] * 8]),
    ],
)  # fmt: skip
def test_force_by_step(entry: dict[str, Any], force: list[float]) -> None:
    case = resolved({"firms": {100: 1}, "occurrence": 2, **entry}, T=10)
    assert case.shocks[0].profile == pytest.approx(force)


@pytest.mark.parametrize("function", ["linear", "convexe", "convexe noscale", "concave"])
@pytest.mark.parametrize("tau", [1, 2, 7, 30])
def test_force_never_rises_again(function: str, tau: int) -> None:
    entry = {"firms": {100: 1}, "occurrence": 3, "duration": 5, "recovery_function": function}
    force = resolved({**entry, "recovery_tau": tau}).shocks[0].profile
    assert force[:3].tolist() == [0, 0, 0]
    assert force[3:8].tolist() == [1] * 5
    assert (np.diff(force[3:]) <= 0).all()
    assert (force >= 0).all()


def test_firms_by_id_and_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "hit.csv").write_text("firm,share\n105,0.25\n101,1\n", encoding="utf-8")
    (tmp_path / "event.yaml").write_text(
        "events:\n  - {firms: {103: 0.5}}\n  - {firms_file: hit.csv, occurrence: 2}\nT: 9\n",
        encoding="utf-8",
    )
    case = resolve_firms(read_firm_event(tmp_path / "event.yaml"), network())
    assert [shock.node.tolist() for shock in case.shocks] == [[3], [5, 1]]
    assert case.shocks[1].share.tolist() == [0.25, 1]


def test_ids_may_be_text() -> None:
    net = network(["a", "b", "c", "d", "e", "7"])
    event = firm_event_of({"events": [{"firms": {"7": 1, "b": 0.5}}], "T": 9})
    assert resolve_firms(event, net).shocks[0].node.tolist() == [5, 1]
    assert "the unknown firm x" in told({"events": [{"firms": {"x": 1}}], "T": 9}, net)[0]


def test_draws_follow_their_seed_and_stay_in_their_place() -> None:
    entry = {"random": {"share_of_firms": 0.5, "share": 1, "seed": 4, "sector": ["cars", "ore"]}}
    one, two = (resolved(entry).shocks[0] for _ in range(2))
    assert one.node.tolist() == two.node.tolist()
    assert one.node.size == 2
    assert set(one.node.tolist()) <= {0, 2, 3, 5}
    entry["random"]["seed"] = 5
    others = {tuple(resolved({"random": {**entry["random"], "seed": s}}).shocks[0].node.tolist())
              for s in range(20)}  # fmt: skip
    assert len(others) > 2


def test_stocks_may_be_drawn() -> None:
    cover = {"distribution": "poisson", "mean": 3, "least": 2, "seed": 1}
    one, two = (resolved(model={"cover": cover}).cover for _ in range(2))
    assert one.tolist() == two.tolist()
    assert one.min() >= 2
    assert np.unique(one).size > 1
    assert resolved(model={"main_inv_dur": 9}).cover.tolist() == [9] * 6


def test_who_is_recorded() -> None:
    def chosen(**record: Any) -> list[int]:
        found: list[int] = resolved(options={"record": record}).chosen.tolist()
        return found

    assert chosen(firms=[104, 101]) == [1, 4]
    assert chosen(largest=2) == [4, 5]
    assert chosen(firms=[100], largest=1) == [0, 5]
    assert len(chosen(sample=3, seed=2)) == 3
    assert chosen(largest=0) == []


def test_keys_of_tables_are_refused_with_what_is_allowed() -> None:
    said = told(
        {
            "cls": "ARIOPsiModel",
            "model": {"psi_param": 0.8},
            "events": [{"unit": "share", "firms": {100: 1}, "house": []}],
            "options": {"boario_compatible": True, "licences": {}},
        }
    )
    assert len(said) == 6
    assert all("a key of events on tables" in one for one in said)
    assert (
        "Allowed: for networks of firms: cover, inventory_restoration_tau, main_inv_dur" in said[1]
    )


@pytest.mark.parametrize(
    ("entry", "seen"),
    [
        ({}, "nobody who is hit"),
        ({"firms": {}}, "nobody who is hit"),
        ({"firms": {100: 1}, "random": {"share_of_firms": 1, "share": 1}}, "firms and random"),
        ({"firms": {100: 1.5}}, "1.5"),
        ({"impact": [["CHN", "cars", 40]]}, "40"),
        ({"type": "rebuild", "firms": {100: 1}}, "no type of event"),
        (
            {"firms": {100: 1}, "recovery_function": "none", "recovery_tau": 3},
            "recovery_tau beside",
        ),
        ({"firms": {100: 1}, "occurrence": 40}, "40 in a run of 40"),
        ({"firms": {1: 1}}, "the unknown firm 1"),
        ({"impact": [["CHN", "cras", 0.4]]}, "the unknown sector 'cras'"),
        ({"impact": [["Japan", "cars", 0.4]]}, "which the network does not tell apart"),
        ({"impact": [["CHN", "cars", 0.4], ["CHN", ["cars", "ore"], 0.1]]}, "1 firms a second"),
        ({"random": {"share_of_firms": 0.01, "share": 1}}, "a draw of no firm out of 6"),
        ({"firms_file": "absent.csv"}, "'absent.csv' (No such file"),
    ],
)
def test_one_wrong_thing_is_told_once(entry: dict[str, Any], seen: str) -> None:
    said = told({"events": [entry], "T": 40})
    assert len(said) == 1
    assert seen in said[0]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("id,share\n100,1\n", "the columns id, share"),
        ("firm,share\n", "no rows"),
        ("firm,share\n100,1\n100,0.5\n", "100 a second time"),
        ("firm,share\n100,1.5\n101,x\n", "'1.5', and 1 more lines likewise"),
        ("firm,share\n999,1\n", "the unknown firm 999"),
    ],
)
def test_broken_files_of_firms(tmp_path: Path, text: str, seen: str) -> None:
    (tmp_path / "hit.csv").write_text(text, encoding="utf-8")
    said = told({"events": [{"firms_file": str(tmp_path / "hit.csv")}], "T": 40})
    assert len(said) == 1
    assert seen in said[0]


def test_cases_and_steps_work_as_for_tables(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text("T: 30\ncases:\n  a: {events: []}\n  b: {events: [{firms: {100: 1}}]}\n",
                    encoding="utf-8")  # fmt: skip
    assert read_firm_event(path, "b").T == 30
    assert read_firm_event(path, "b", steps=7).T == 7
    with pytest.raises(ScenarioError, match="2 cases"):
        read_firm_event(path)
    event = read_firm_event(path, "b")
    assert firm_event_of(event.applied()).applied() == event.applied()


def test_a_run_that_ends_too_early_is_remarked() -> None:
    event = firm_event_of({"events": [{"firms": {100: 1}, "duration": 50}], "T": 20})
    assert firm_remarks(event) == ("event 0: the run ends before its duration does (51)",)


def test_the_example_of_the_documentation_is_read(tmp_path: Path, root: Path) -> None:
    text = (root / "docs" / "firms.md").read_text(encoding="utf-8")
    (tmp_path / "event.yaml").write_text(text.split("```yaml\n")[1].split("```")[0], "utf-8")
    event = read_firm_event(tmp_path / "event.yaml")
    assert [entry.name for entry in event.events] == ["fire", "a storm"]
    assert event.options.rationing.rule == "water_filling"
