"""Commands that run nothing: they list, show, check, export and compute."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.commands import call, finish, start

from terbium.base.version import __version__
from terbium.scenario import list_scenarios

LIGHT = """
import sys
from terbium.cli.guard import guarded
from terbium.cli.main import commands
code = guarded(lambda: commands(sys.argv[1:]))
heavy = [name for name in ("numba", "scipy", "pandas", "xarray", "zarr") if name in sys.modules]
sys.exit(f"{code} {heavy}" if code or heavy else 0)
"""


@pytest.mark.parametrize("args", [["--help"], ["run", "--help"], ["scenarios"], ["data", "-h"]])
def test_help_and_lists_load_nothing_heavy(args: list[str]) -> None:
    found = subprocess.run([sys.executable, "-c", LIGHT, *args], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def test_the_version_is_printed() -> None:
    answer = call("--version")
    assert (answer.code, answer.out) == (0, f"terbium {__version__}\n")


def test_help_names_every_command_and_option(tmp_path: Path) -> None:
    said = finish(start("--help", cwd=tmp_path)).out
    assert all(name in said for name in ("run", "scenarios", "report", "data", "demand", "--debug"))
    said = finish(start("run", "-h", cwd=tmp_path)).out
    for option in ("mix", "draws", "seed", "set", "overlay", "out", "threads", "json"):
        assert f"--{option}" in said


@pytest.mark.parametrize(
    "args", [["rnu"], ["run"], ["run", "april-2025", "--drows", "3"], ["data"]]
)
def test_what_the_command_line_does_not_know_is_bad_input(args: list[str]) -> None:
    answer = call(*args)
    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_scenarios_are_listed_with_their_mixes() -> None:
    rows = {row["name"]: row for row in json.loads(call("scenarios", "--json").out)}
    assert set(rows) == set(list_scenarios())
    assert rows["april-2025"]["mixes"]["no-duties"] == ["no-duties"]
    said = call("scenarios").out
    assert all(name in said for name in rows)


def test_demand_prints_elements_magnets_share_and_grades() -> None:
    answer = call("demand", "--product", "BEV", "--units", 400000, "--draws", 64)
    assert (answer.code, answer.err) == (0, "")
    for part in ("400,000 BEV (per vehicle)", " Dy ", " Tb ", "NdFeB_DyTb_magnet, grade EV"):
        assert part in answer.out
    assert "Dysprosium and terbium: " in answer.out
    assert "(guesses)" in answer.out


def test_demand_gives_json() -> None:
    answer = call("demand", "--product", "BEV", "--units", 400000, "--draws", 64, "--json")
    found = json.loads(answer.out)
    assert found["unit"] == "kg"
    assert found["draws"] == 64
    dysprosium = next(row for row in found["elements"] if row["element"] == "Dy")
    assert 0 < dysprosium["low90"] < dysprosium["central"] < dysprosium["high90"]
    assert (
        answer.out
        == call("demand", "--product", "BEV", "--units", 400000, "--draws", 64, "--json").out
    )


def test_demand_for_an_unknown_product_is_bad_input() -> None:
    answer = call("demand", "--product", "BVE", "--units", 0)
    assert (answer.code, answer.out) == (2, "")
    assert "2 problem(s)" in answer.err
    assert "Did you mean 'BEV'?" in answer.err


def test_audit_prints_grades_orphans_and_how_far_balancing_moved_figures() -> None:
    answer = call("data", "audit")
    assert answer.code == 0
    for part in ("coverage", "stock_cells_stated", "grades", "ages", "orphans", "Moved [sd]"):
        assert part in answer.out
    found = json.loads(call("data", "audit", "--json").out)
    assert sum(found["grades"].values()) == pytest.approx(1)
    assert found["clean"] is True
    moved = [abs(row["sd_moved"]) for row in found["moves"]]
    assert len(moved) > 100
    assert moved == sorted(moved, reverse=True)


def test_a_table_is_shown_whole_or_in_part() -> None:
    whole = json.loads(call("data", "show", "regions", "--json").out)
    assert len(whole) == 29
    where = ("--where", "bloc=EU27", "--where", "region=D*")
    assert [
        row["region"] for row in json.loads(call("data", "show", "regions", *where, "--json").out)
    ] == ["DEU"]
    assert "Germany" in call("data", "show", "regions", *where).out
    assert (
        call("data", "show", "regions", "--where", "region=ATL").out == "regions: no row says so\n"
    )


def test_numbers_of_a_table_are_numbers_and_empty_cells_are_null() -> None:
    row = json.loads(
        call("data", "show", "claims", "--where", "redistributable=recipe", "--json").out
    )[0]
    assert row["value"] is None
    row = json.loads(
        call("data", "show", "estimates", "--where", "name=recovery/metal", "--json").out
    )[0]
    assert 0 < row["central"] <= 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["show", "region"], "did you mean 'regions'"),
        (["show", "regions", "--where", "reigon=DEU"], "did you mean 'region'"),
        (["show", "regions", "--where", "DEU"], "name=value"),
        (["show", "regions", "--dataset", "ree-2042"], "did you mean 'ree-2024'"),
        (["export", "--format", "duckdb", "--out", "x"], "Allowed: csv, xlsx"),
    ],
)  # fmt: skip
def test_bad_questions_to_the_data_are_bad_input(args: list[str], said: str) -> None:
    answer = call("data", *args)
    assert (answer.code, answer.out) == (2, "")
    assert said.casefold() in answer.err.casefold()


def test_an_export_says_where_it_went(tmp_path: Path) -> None:
    answer = call("data", "export", "--format", "csv", "--out", tmp_path / "tables")
    assert (answer.code, answer.out) == (0, f"{tmp_path / 'tables'}\n")
    assert (tmp_path / "tables" / "estimates.csv").is_file()


def test_a_report_needs_a_run(tmp_path: Path) -> None:
    answer = call("report", tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "no results.zarr, no summary.json, no manifest.json" in answer.err
    assert not list(tmp_path.iterdir())


def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path) -> None:
    show = start("data", "show", "estimates", cwd=tmp_path)
    assert show.stdout is not None
    show.stdout.readline()
    show.stdout.close()
    assert show.stderr is not None
    said = show.stderr.read()
    show.stderr.close()
    show.wait(60)
    assert "Traceback" not in said
    assert "fault" not in said


@pytest.mark.parametrize("text", ["{", "{}", "[]"])
def test_a_report_needs_the_files_of_a_run(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.zarr").mkdir()
    for name in ("summary.json", "manifest.json"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    answer = call("report", tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "that no run has written" in answer.err
    assert not (tmp_path / "report.html").exists()
