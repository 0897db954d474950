"""`terbium propagate` from the command line: good input and broken input."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from tests.cli.commands import call

from terbium.results.trajectories import open_propagation

FILES = {
    *("trajectories.npz", "summary.json", "losses.csv", "manifest.json", "run.log.json"),
    "report.html",
}
SERIES = (
    *("production_realised", "production_capacity", "overproduction", "orders_received"),
    *("rebuild_demand", "capital_lost", "final_demand_undist", "final_demand_unmet"),
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Content of every file that two equal runs share."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "run.log.json"}


def test_a_shipped_table_and_event_run_by_name(desk: Path) -> None:
    answer = call("propagate", "example", "flood")
    assert answer.code == 0, answer.err
    place = desk / "out" / "example-flood"
    assert {path.name for path in place.iterdir()} == FILES
    assert open_propagation(place).changed_files() == []
    with np.load(place / "trajectories.npz") as arrays:
        assert all(arrays[name].shape == (365, 24) for name in SERIES)
        assert arrays["inputs_stock_end"].shape == (29, 6, 24)
        assert arrays["inputs_stock_end_days"].tolist() == list(range(0, 365, 13))
        assert arrays["regions"].tolist() == ["east", "north", "south", "west"]
        assert arrays["sectors"].size == 6
        assert arrays["categories"].tolist() == ["consumption", "investment"]
        assert not any(name.startswith("borders") for name in arrays.files)
    lines = answer.out.splitlines()
    assert lines[0] == "example, flood: 24 industries in 4 regions and 6 sectors, 365 steps"
    assert lines[1].startswith("Regime: recovered (output of all industries over the last 28")
    assert f"Report: {Path('out/example-flood/report.html')}" in lines
    assert re.search(r"Output lost +24,000 million USD +1", answer.out)


def test_json_says_the_same_as_the_folder(desk: Path) -> None:
    answer = call("propagate", "example", "lean", "--json", "--no-report", "--out", "x")
    assert answer.code == 0, answer.err
    said = json.loads(answer.out)
    summary = json.loads((desk / "x" / "summary.json").read_text(encoding="utf-8"))
    assert said["report"] is None
    assert not (desk / "x" / "report.html").exists()
    assert said["regime"] == summary["regime"]
    assert said["regime"]["label"] == "collapsed"
    assert said["losses"]["regions"] == summary["losses"]["regions"]
    assert said["settings"] == summary["settings"]


def test_the_warning_names_industries_at_risk_before_the_run(desk: Path) -> None:
    lean = call("propagate", "example", "lean", "--steps", 60, "--no-report")
    warned, ran = lean.err.index("Warning: 24 of 24 industries"), lean.err.index("Running")
    assert warned < ran
    assert "north/services (components: 10 of 60 steps)" in " ".join(lean.err.split())
    assert "Warning" not in call("propagate", "example", "flood", "--no-report").err


def test_same_input_same_bytes(desk: Path) -> None:
    for name in ("a", "b"):
        assert call("propagate", "example", "licences", "--steps", 90, "--out", name).code == 0
    first = bytes_of(desk / "a")
    assert first == bytes_of(desk / "b")
    with np.load(desk / "a" / "trajectories.npz") as arrays:
        assert arrays["borders_queue"].shape == (90, 6)
        assert arrays["borders_detour"].shape[2] == arrays["borders_conduits"].size == 1
    # an earlier run is replaced
    assert call("propagate", "example", "licences", "--steps", 90, "--out", "a").code == 0
    assert bytes_of(desk / "a") == first


@pytest.mark.parametrize("event", ["flood", "licences"])
def test_a_resumed_run_equals_an_uninterrupted_one(desk: Path, event: str) -> None:
    run = ("propagate", "example", event, "--steps", 100)
    assert call(*run, "--out", "whole").code == 0
    assert call(*run, "--out", "kept", "--checkpoint-every", 37).code == 0
    states = sorted(path.name for path in (desk / "kept.checkpoints").iterdir())
    assert states == ["step-000037.npz", "step-000074.npz"]
    state = desk / "kept.checkpoints" / states[0]
    answer = call(*run, "--out", "resumed", "--resume", state)
    assert answer.code == 0, answer.err
    assert bytes_of(desk / "whole") == bytes_of(desk / "kept") == bytes_of(desk / "resumed")


def test_a_state_of_something_else_is_refused(desk: Path) -> None:
    run = ("propagate", "example", "flood", "--steps", 60, "--no-report")
    assert call(*run, "--checkpoint-every", 30, "--out", "a").code == 0
    state = desk / "a.checkpoints" / "step-000030.npz"
    other = call("propagate", "example", "lean", "--steps", 60, "--resume", state)
    assert other.code == 2
    assert "the state of another event" in other.err
    longer = call("propagate", "example", "flood", "--steps", 61, "--resume", state)
    assert longer.code == 2
    state.write_bytes(state.read_bytes()[:5000])
    assert call(*run, "--resume", state).code == 2
    absent = call(*run, "--resume", desk / "none.npz")
    assert absent.code == 2
    assert "No such file" in absent.err
    assert not (desk / "out").exists()


def test_options_change_what_the_file_says(desk: Path) -> None:
    def setting(name: str, *options: object) -> dict[str, str]:
        answer = call("propagate", "example", "flood", "--json", "--no-report", *options)
        assert answer.code == 0, answer.err
        rows = json.loads(answer.out)["settings"]
        found: dict[str, str] = next(row for row in rows if row["setting"] == name)
        return found

    compatible = "options.boario_compatible"
    assert setting(compatible)["note"] == "the case asks for nothing that BoARIO 0.7.2 lacks"
    off = setting(compatible, "--no-compatible")
    assert (off["value"], off["origin"], off["note"]) == ("false", "file", "asked for")
    assert setting("T", "--steps", 50)["value"] == "50"
    assert setting("model.main_inv_dur")["origin"] == "default"


def test_one_case_of_several(desk: Path) -> None:
    event = {"events": [{"type": "arbitrary", "impact": [["east", "mining", 0.2]]}]}
    cases = {"T": 20, "cases": {"calm": {"events": []}, "stir": event}}
    (desk / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    answer = call("propagate", "example", "cases.json", "--case", "calm", "--json", "--no-report")
    assert answer.code == 0, answer.err
    said = json.loads(answer.out)
    assert said["regime"]["label"] == "at rest"
    assert said["losses"]["total"]["output_lost"] == 0
    assert said["folder"] == str(Path("out", "example-calm"))
    both = call("propagate", "example", "cases.json")
    assert both.code == 2
    assert "calm, stir" in both.err


def test_everything_wrong_is_told_at_once(desk: Path) -> None:
    (desk / "bad.yaml").write_text("events: [{type: earthquake}]\nT: 0\n", encoding="utf-8")
    np.savez(desk / "bad.npz", Z=np.ones((2, 2)), regions=["a"], sectors=["s", "t"])
    answer = call("propagate", "bad.npz", "bad.yaml")
    assert answer.code == 2
    assert answer.out == ""
    for part in ("event and table:", "bad.yaml, ", "earthquake", "bad.npz, ", "line 2, T"):
        assert part in answer.err, part
    options = call("propagate", "example", "flood", "--steps", 0, "--checkpoint-every", -1)
    assert options.code == 2
    assert "2 problem(s)" in options.err
    assert (
        list(desk.iterdir()) == [desk / "bad.npz", desk / "bad.yaml"]
        or len(list(desk.iterdir())) == 2
    )


@pytest.mark.parametrize(
    ("table", "event", "said"),
    [
        ("exampel", "flood", "Did you mean 'example'"),
        ("example", "floods", "Did you mean 'flood'"),
        ("example", "nothing.yaml", "flood, lean, licences"),
    ],
)
def test_a_name_that_is_nowhere(desk: Path, table: str, event: str, said: str) -> None:
    answer = call("propagate", table, event)
    assert answer.code == 2
    assert said in answer.err
    assert list(desk.iterdir()) == []


def test_a_label_that_the_table_lacks_has_its_line(desk: Path) -> None:
    (desk / "e.yaml").write_text(
        "events:\n  - type: arbitrary\n    impact: [[East, minning, 0.5]]\n", encoding="utf-8"
    )
    answer = call("propagate", "example", "e.yaml")
    assert answer.code == 2
    assert "line 3" in answer.err
    assert "'minning'" in answer.err


def test_a_foreign_folder_is_left_alone(desk: Path) -> None:
    (desk / "mine").mkdir()
    (desk / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    answer = call("propagate", "example", "flood", "--out", "mine")
    assert answer.code == 2
    assert "thesis.txt" in answer.err
    assert "Running" not in answer.err
    assert [path.name for path in (desk / "mine").iterdir()] == ["thesis.txt"]


def test_negative_final_demand_is_clipped_on_request(desk: Path) -> None:
    Z, Y = np.full((2, 2), 10.0), np.array([[50.0], [-5.0]])
    labels = {"regions": ["a"], "sectors": ["s", "t"], "categories": ["c"]}
    np.savez(desk / "t.npz", Z=Z, Y=Y, x=Z.sum(1) + Y.sum(1), **labels)
    (desk / "e.json").write_text('{"events": [], "T": 5}', encoding="utf-8")
    refused = call("propagate", "t.npz", "e.json", "--no-report")
    assert refused.code == 2
    assert "negative" in refused.err
    taken = call("propagate", "t.npz", "e.json", "--no-report", "--clip-negative-final")
    assert taken.code == 0, taken.err
    assert "negative" in taken.err


def test_its_report_is_made_again(desk: Path) -> None:
    assert call("propagate", "example", "flood", "--steps", 50, "--out", "x").code == 0
    page = desk / "x" / "report.html"
    before = page.read_bytes()
    page.unlink()
    assert call("report", "x").out == f"{page.relative_to(desk)}\n"
    assert page.read_bytes() == before


@pytest.mark.shared
@pytest.mark.parametrize(
    "case", ["S3_synth_inv_hetero_inf", "S6_synth_rebuild_house", "S8_synth_collapse"]
)
def test_the_reference_is_met_through_the_command(desk: Path, shared_dir: Path, case: str) -> None:
    folder = shared_dir / "reference"
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))["cases"]
    table = folder / f"table_{cases[case]['table']}.npz"
    run = ("propagate", table, folder / "cases.json", "--case", case, "--no-report", "--out", "x")
    assert call(*run).code == 0
    with (
        np.load(folder / f"case_{case}.npz") as wanted,
        np.load(desk / "x/trajectories.npz") as got,
    ):
        scale = wanted["production_realised"][0].max()
        for name in SERIES:
            known = np.isfinite(wanted[name])
            gap = np.abs(wanted[name] - got[name])[known].max(initial=0.0)
            size = wanted[name][known].max() if name == "capital_lost" else scale
            assert gap <= 1e-6 * max(size, 1.0), name
        finite = np.isfinite(wanted["inputs_stock_end"])
        assert np.array_equal(finite, np.isfinite(got["inputs_stock_end"]))
        stock = wanted["inputs_stock_end"][finite]
        assert np.abs(stock - got["inputs_stock_end"][finite]).max() <= 1e-6 * stock.max()


def broken(kind: str) -> dict[str, np.ndarray]:
    """A table with one thing wrong."""
    rng = np.random.default_rng(2)
    Z, Y = rng.uniform(1.0, 2.0, (4, 4)), rng.uniform(5.0, 9.0, (4, 2))
    x = Z.sum(axis=1) + Y.sum(axis=1)
    regions = np.array(["a", "b"])
    if kind == "negative flow":
        Z[1, 2] = -3.0
    elif kind == "not a number":
        Y[0, 1] = np.nan
    elif kind == "sums":
        x = x * 1.5
    elif kind == "label twice":
        regions = np.array(["a", "a"])
    elif kind == "shapes":
        Z = Z[:3]
    labels = {"sectors": np.array(["s", "t"]), "categories": np.array(["c"])}
    return {"Z": Z, "Y": Y, "x": x, "regions": regions, **labels}


@pytest.mark.parametrize(
    "kind",
    ["negative flow", "not a number", "sums", "label twice", "shapes", "cut short", "absent"],
)
def test_a_bad_table_is_refused_before_any_work(desk: Path, kind: str) -> None:
    table = desk / "t.npz"
    if kind != "absent":
        np.savez(table, **broken(kind))
    if kind == "cut short":
        table.write_bytes(table.read_bytes()[:700])
    (desk / "e.json").write_text('{"events": [], "T": 5}', encoding="utf-8")
    before = sorted(desk.iterdir())
    answer = call("propagate", table, "e.json", "--json")
    assert answer.code == 2
    assert answer.out == ""
    assert "problem(s)" in answer.err
    assert "Traceback" not in answer.err
    assert "Running" not in answer.err
    assert sorted(desk.iterdir()) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "events",
        "[1, 2]",
        "events: [{type: recovery, unit: fracK, impact: [[east, mining, 0.4]]}]",
        "events: [{type: recovery, unit: fracK, impact: [[east, mining, 4]], recovery_tau: 9}]",
        "events: [{type: rebuild, impact: [[east, mining, 1]], rebuilding_sectors: {mining: 2}}]",
        "events: []\nmodel: {psi_param: 3}\nsurprise: 1",
        "events: []\nT: -4",
        "{events: [}",
    ],
)
def test_a_bad_event_is_refused_before_any_work(desk: Path, text: str) -> None:
    (desk / "e.yaml").write_text(text, encoding="utf-8")
    answer = call("propagate", "example", "e.yaml")
    assert answer.code == 2
    assert "problem(s)" in answer.err
    assert "Traceback" not in answer.err
    assert [path.name for path in desk.iterdir()] == ["e.yaml"]


def test_states_that_the_event_asks_for_are_kept(desk: Path) -> None:
    event = {"events": [], "T": 30, "options": {"checkpoints": [10, 20]}}
    (desk / "e.json").write_text(json.dumps(event), encoding="utf-8")
    answer = call("propagate", "example", "e.json", "--out", "x", "--no-report")
    assert answer.code == 0, answer.err
    assert f"States: {Path('x.checkpoints')}" in answer.out
    assert sorted(path.name for path in (desk / "x.checkpoints").iterdir()) == [
        "step-000010.npz",
        "step-000020.npz",
    ]
    with np.load(desk / "x" / "trajectories.npz") as arrays:
        # without events nothing moves, and no option that is only about keeping changes that
        made = arrays["production_realised"]
        assert np.abs(made - made[0]).max() <= 1e-9 * made.max()
    settings = json.loads((desk / "x" / "summary.json").read_text(encoding="utf-8"))["settings"]
    row = next(r for r in settings if r["setting"] == "options.boario_compatible")
    assert row["value"] == "true"
