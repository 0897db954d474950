"""A small run from the command line, and runs that are stopped on the way."""

import csv
import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.cli.commands import TINY, Answer, call, finish, start

from terbium.base.errors import OutputError
from terbium.cli.guard import Debug
from terbium.results.store import open_run

# the process dies while it writes: most of the folder is there, under a name that is not its own
DIES_WHILE_WRITING = """
import os, signal
from terbium.results import store
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
store.xlsx_bytes = die
"""
PARTS = {
    *("results.zarr", "summary.json", "manifest.json", "run.log.json", "report.html"),
    "parameters.csv",
    *("tables", "tables.xlsx"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def answer(place: Path) -> Answer:
    """One small run for all tests that only look at it."""
    return finish(start("run", "april-2025", *TINY, "--out", "here", cwd=place), timeout=300)


def test_a_run_ends_well_and_writes_the_whole_folder(answer: Answer, place: Path) -> None:
    assert answer.code == 0, answer.err
    assert [path.name for path in place.iterdir()] == ["here"]
    assert {path.name for path in (place / "here").iterdir()} == PARTS
    folder = open_run(place / "here")
    assert folder.changed_files() == []
    assert folder.summary["run"]["draws"] == 4
    assert folder.summary["run"]["last_day"] == "2025-06-29"
    assert folder.dataset.sizes["draw"] == 4


def test_it_prints_first_stops_scores_and_where_the_report_is(answer: Answer) -> None:
    lines = answer.out.splitlines()
    assert lines[0].startswith("Licences for seven rare earths")
    assert "26 steps of 7 days, 4 draws, seed 1" in lines[1]
    assert any(line.startswith("First stops: ") for line in lines)
    score = next(line for line in lines if line.startswith("Score: "))
    assert all(part in score for part in ("model ", "persistence ", "mean of 2024 ", "Least error"))
    assert lines[-1] == f"Report: {Path('here', 'report.html')}"
    assert answer.err.splitlines() == [
        "Opening april-2025",
        "Running april-2025",
        f"Writing {Path('here')}",
    ]


def test_the_table_shows_what_the_run_folder_says(answer: Answer, place: Path) -> None:
    rows = open_run(place / "here").summary["first_stops"]
    likely = [r for r in rows if r["industry"] != "all_industries" and r["share_stopped"] >= 0.5]
    assert (" Draws " in answer.out) == bool(likely)
    assert not likely or likely[0]["binding"] in answer.out


def test_the_change_and_its_origin_are_in_the_manifest(answer: Answer, place: Path) -> None:
    manifest = open_run(place / "here").manifest
    assert answer.code == 0
    rows = {row["path"]: row for row in manifest["overrides"]}
    assert rows["horizon.end"]["origin"] == "--set"
    assert manifest["draws"] == 4


def test_the_report_can_be_made_again_byte_for_byte(answer: Answer, place: Path) -> None:
    report = place / "here" / "report.html"
    before = report.read_bytes()
    report.unlink()
    again = call("report", place / "here")
    assert (again.code, again.out, again.err) == (0, f"{report}\n", "")
    assert report.read_bytes() == before
    assert answer.code == 0


def test_a_report_says_when_the_folder_was_changed(answer: Answer, place: Path) -> None:
    table = place / "here" / "tables" / "scores.csv"
    before = table.read_bytes()
    assert answer.code == 0
    try:
        table.write_bytes(before + b"\n")
        assert "changed since the run was written: tables." in call("report", place / "here").err
    finally:
        table.write_bytes(before)


def test_json_and_mixes_and_the_folder_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    overlay = tmp_path / "mine"
    overlay.mkdir()
    (overlay / "stocks.csv").write_text(
        "region,industry,days,note\nJPN,passenger_cars,61.5,ours\n", encoding="utf-8"
    )
    options = ("--mix", "no-duties", "--seed", 7, "--threads", 1, "--overlay", overlay, "--json")
    answer = call("run", "april-2025", *TINY, *options)
    assert answer.code == 0, answer.err
    said = json.loads(answer.out)
    assert said["folder"] == str(Path("out", "april-2025+no-duties"))
    assert said["run"]["mixes"] == ["no-duties"]
    assert said["run"]["seed"] == 7
    folder = open_run(said["folder"])
    assert said["first_stops"] == folder.summary["first_stops"]
    # the user's own figures stay private: the manifest holds their hash alone
    assert "61.5" not in (folder.path / "manifest.json").read_text(encoding="utf-8")


def test_a_scenario_of_ones_own_names_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in the name of a scenario leads out of the folder of results."""
    monkeypatch.chdir(tmp_path)
    source = Path(__file__).parents[2] / "src/terbium/scenarios/status-quo.yaml"
    text = source.read_text(encoding="utf-8").replace("name: status-quo", "name: ../my run")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    answer = call("run", tmp_path / "mine.yaml", *TINY)
    assert answer.code == 0, answer.err
    assert "First stops: none" in answer.out
    assert "Score: none" in answer.out
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["..-my-run"]


def long_run(cwd: Path) -> subprocess.Popen[str]:
    """A run that would take minutes, on its way."""
    options = ("--mix", "ten-years", "--draws", 2000, "--out", "here")
    running = start("run", "status-quo", *options, cwd=cwd)
    assert running.stderr is not None
    said = [running.stderr.readline() for _ in range(2)]
    assert said[-1] == "Running status-quo\n", said
    time.sleep(0.5)
    assert running.poll() is None
    return running


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, 130),
        (signal.SIGTERM, 143),
        pytest.param(signal.SIGKILL, -9, marks=pytest.mark.long),
    ],
)
def test_a_run_that_is_stopped_before_a_block_is_done_leaves_nothing(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    """Killed, it leaves a hidden folder that no result could be taken for."""
    running = long_run(tmp_path)
    running.send_signal(number)
    answer = finish(running, timeout=60)
    assert answer.code == code
    assert answer.out == ""
    said = "terbium: stopped. Nothing half-written bears the name of a result.\n"
    assert answer.err == ("" if number == signal.SIGKILL else said)
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= ({".here.unfinished"} if number == signal.SIGKILL else set())


def test_a_run_killed_while_it_writes_is_gone_on_with(tmp_path: Path) -> None:
    """Nothing that it has left looks like a result, and none of its draws is drawn again."""
    run = ("run", "april-2025", *TINY, "--out", tmp_path / "here")
    answer = finish(start(*run, cwd=tmp_path, code=DIES_WHILE_WRITING), timeout=300)
    assert answer.code == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name == ".here.unfinished"
    with pytest.raises(OutputError, match="no such folder"):
        open_run(tmp_path / "here")
    for path in (left, left / "run"):
        with pytest.raises(OutputError, match=r"no manifest\.json"):
            open_run(path)
    assert call(*run, "--resume").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert open_run(tmp_path / "here").changed_files() == []


def test_a_run_that_fails_while_it_writes_keeps_the_earlier_one(
    answer: Answer, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our fault: a short message, the traceback on request, and nothing is lost."""
    assert answer.code == 0
    before = (place / "here" / "manifest.json").read_bytes()

    def fail(*_: object) -> bytes:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("terbium.results.store.xlsx_bytes", fail)
    monkeypatch.setattr(Debug, "is_on", False)
    monkeypatch.chdir(place)
    run = ("run", "april-2025", *TINY, "--seed", 2, "--out", "here")
    failed = call("--debug", *run)
    assert failed.code == 1
    assert "Traceback" in failed.err
    assert "a fault of Terbium, not of your input (ZeroDivisionError: division" in failed.err
    # what was computed stays beside it, hidden, for a run that goes on
    assert {path.name for path in place.iterdir()} == {"here", ".here.unfinished"}
    assert "4 of 4 draws are kept in" in failed.err
    assert (place / "here" / "manifest.json").read_bytes() == before


def test_tables_of_a_run_can_be_read_back(answer: Answer, place: Path) -> None:
    assert answer.code == 0
    with (place / "here" / "tables" / "monthly_exports.csv").open(encoding="utf-8") as file:
        months = {row["month"] for row in csv.DictReader(file)}
    assert "2025-04" in months
