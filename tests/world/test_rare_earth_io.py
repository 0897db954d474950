"""``rare-earth-io`` from the scenario file to the page: no measure, no loss."""

import csv
from pathlib import Path
from typing import Any

import pytest

import terbium as tb
from terbium.report.document import render_report
from terbium.study import Run, Study

END = {"horizon.end": "2025-06-29"}


def open_study(**options: Any) -> Study:
    return tb.open_study("rare-earth-io", **{"draws": 2, **options})


@pytest.fixture(scope="module")
def run() -> Run:
    return open_study(overrides=END).simulate()


def test_without_measures_nothing_is_lost() -> None:
    end = {"horizon.end": "2025-04-27"}
    found = open_study(mixes=["no-measures"], overrides=end, draws=1).simulate()
    assert found.economy is not None
    assert (found.economy.run.total == 0).all()
    assert (found.economy.run.still == 0).all()
    told: Any = found.summary["economy"]
    assert told["regime"]["label"] == "at rest"
    assert {row["central"] for row in told["regions"]} == {0.0}
    assert "Nothing is lost anywhere" in render_report(found.summary, {**_manifest(found)})


def _manifest(found: Run) -> dict[str, str]:
    return {
        "dataset_hash": found.context.dataset_hash,
        "parameter_hash": found.context.parameter_hash,
    }


def test_the_measures_cost_something(run: Run) -> None:
    assert run.economy is not None
    us = run.economy.run.world.table.regions.index("USA")
    assert run.economy.run.total[us, -4:].mean() > 0
    # before the measure there were duties alone
    assert (run.economy.run.total[:, 0] == 0).all()
    assert run.economy.run.total[:, :13].max() < 1e-6


def test_a_parameter_of_the_table_is_set_by_its_name(run: Run) -> None:
    change = {**END, "economy/made_good": 0}
    found = open_study(overrides=change).simulate()
    assert found.economy is not None
    assert run.economy is not None
    assert (found.economy.run.direct == found.economy.run.still).all()
    assert (found.recording.export == run.recording.export).all()
    assert found.economy.run.total.sum() > run.economy.run.total.sum()


def test_the_folder_holds_tables_parameters_and_the_page(run: Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "out", render_report)
    told = folder.summary["economy"]
    for name in ("economy", "economy_sectors", "economy_months", "economy_claims"):
        assert len(folder.table(name)) > 0
    with (folder.path / "tables" / "economy.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(told["regions"])
    assert {"region", "window", "figure", "central", "low90", "high90"} <= set(rows[0])
    assert folder.manifest["economy"]["table"] == "world-2011"
    assert folder.parameters.loc["economy/psi", "grade"] == "D"
    page = (folder.path / "report.html").read_text(encoding="utf-8")
    assert 'id="economy"' in page
    assert "Timmer" in page
    assert "those of 2011" in page


def test_the_same_run_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    again = open_study(overrides=END).simulate()
    first, second = run.save(tmp_path / "a"), again.save(tmp_path / "b")
    assert first.manifest["files"] == second.manifest["files"]
