import io
import json
import multiprocessing
import os
import signal
import time
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xarray as xr
from tests.results import synthetic

from terbium.base.errors import OutputError
from terbium.base.files import sha256_of_files
from terbium.engine.recording import Recording
from terbium.results.context import RunContext
from terbium.results.export import csv_text, safe_text, xlsx_bytes
from terbium.results.layout import LABEL_FIELDS, build_dataset, with_labels
from terbium.results.store import COLUMNS, open_run, save_run


@pytest.fixture(scope="module")
def saved(
    recording: Recording, context: RunContext, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("runs") / "first"
    save_run(path, recording, context, {"host": "a"})
    return path


def digest(folder: Path) -> str:
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "run.log.json"]
    return sha256_of_files(files, root=folder)


def test_same_inputs_same_bytes(saved: Path, tmp_path: Path, context: RunContext) -> None:
    again = synthetic.recording(draws=40)
    save_run(tmp_path / "second", again, context, {"host": "b"}, render=lambda s, m: "")
    (tmp_path / "second" / "report.html").unlink()
    first, second = (
        json.loads((p / "manifest.json").read_text()) for p in (saved, tmp_path / "second")
    )
    assert first == second
    assert digest(saved) == digest(tmp_path / "second")


def test_another_seed_changes_the_fingerprints(
    saved: Path, tmp_path: Path, context: RunContext
) -> None:
    other = save_run(tmp_path / "x", synthetic.small(seed=2), context, {})
    assert other.manifest["files"] != open_run(saved).manifest["files"]


def test_dataset_comes_back_with_labels_and_units(saved: Path, recording: Recording) -> None:
    dataset = open_run(saved).dataset
    for name, variable in dataset.data_vars.items():
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name
    place = recording.export_keys.index(("SmCo_magnet", "CHN", "USA"))
    chosen = dataset.export.isel(export_link=place)
    assert str(chosen.export_link_destination.values) == "USA"
    np.testing.assert_array_equal(chosen.values, recording.export[place])
    assert str(dataset.time.values[0])[:10] == "2024-12-30"
    assert np.isinf(dataset.first_stop_days.values).any()
    dataset.close()


def test_store_holds_integers_and_json_not_text(saved: Path) -> None:
    with xr.open_zarr(saved / "results.zarr", consolidated=False, chunks=None) as raw:
        kinds = {variable.dtype.kind for variable in raw.variables.values()}
        assert kinds <= {"i", "f", "M"}
        for dim, fields in LABEL_FIELDS.items():
            assert json.loads(raw[dim].attrs["label_fields"]) == list(fields)
            assert len(json.loads(raw[dim].attrs["labels"])) == raw.sizes[dim]


def test_labels_that_do_not_fit_are_refused(recording: Recording, context: RunContext) -> None:
    dataset = build_dataset(recording, context).isel(node=slice(3))
    with pytest.raises(Exception, match=r"260 labels for 3 positions of node"):
        with_labels(dataset)


def test_changed_files_are_named(saved: Path, tmp_path: Path, context: RunContext) -> None:
    run = save_run(tmp_path / "x", synthetic.small(), context, {})
    assert run.changed_files() == []
    with (run.path / "tables" / "queue.csv").open("a") as file:
        file.write("more\n")
    assert run.changed_files() == ["tables"]


def test_tables_keep_the_order_of_their_columns(saved: Path) -> None:
    run = open_run(saved)
    for name, columns in COLUMNS.items():
        assert tuple(run.table(name).columns) == columns
    assert np.isinf(run.table("first_stops")["high90"]).any()
    with pytest.raises(OutputError, match="monthly_exports"):
        run.table("nothing")


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no results.zarr, no summary.json, no manifest.json"):
        open_run(tmp_path)
    with pytest.raises(OutputError, match="no such folder"):
        open_run(tmp_path / "absent")


def test_somebody_elses_folder_is_left_alone(tmp_path: Path, context: RunContext) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="thesis"):
        save_run(tmp_path, synthetic.small(), context, {})
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_renderer_that_fails_leaves_nothing(tmp_path: Path, context: RunContext) -> None:
    def broken(summary: object, manifest: object) -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        save_run(tmp_path / "run", synthetic.small(), context, {}, render=broken)
    assert list(tmp_path.iterdir()) == []


def _save_and_hang(path: str) -> None:
    def hang(summary: object, manifest: object) -> str:
        Path(path, "reached").touch()
        time.sleep(600)
        return ""

    save_run(Path(path, "run"), synthetic.small(), synthetic.context(), {}, render=hang)


def test_a_killed_run_looks_like_no_result_and_is_swept(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=_save_and_hang, args=(str(tmp_path),)
    )
    process.start()
    deadline = time.monotonic() + 60
    while not (tmp_path / "reached").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    process.close()
    assert not (tmp_path / "run").exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".run.partial-")]
    save_run(tmp_path / "run", synthetic.small(), synthetic.context(), {})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["reached", "run"]


@pytest.mark.slow
def test_a_run_of_full_size_fits_the_limit(tmp_path: Path, context: RunContext) -> None:
    run = save_run(tmp_path / "run", synthetic.recording(), context, {})
    size = sum(p.stat().st_size for p in run.path.rglob("*") if p.is_file())
    assert size < 150e6


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_formulas_are_disarmed(text: str) -> None:
    assert safe_text(text) == f"'{text}"
    assert f"'{text.strip()}" in csv_text([{"a": text}]).replace("\t", "").replace("\r", "")
    data = xlsx_bytes({"sheet": [{"a": text}]}, {}, {})
    cell = openpyxl.load_workbook(io.BytesIO(data))["sheet"]["A2"]
    assert cell.data_type == "s"


def test_numbers_stay_numbers() -> None:
    rows = [{"a": -1.5, "b": None, "c": np.inf, "d": 3.0, "e": -2}]
    assert csv_text(rows) == "a,b,c,d,e\n-1.5,,inf,3,-2\n"
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"s": rows}, {}, {})))["s"]
    assert [cell.value for cell in sheet[2]] == [-1.5, None, "never", 3, -2]


def test_a_workbook_knows_no_clock() -> None:
    data = xlsx_bytes({"s": [{"a": 1}]}, {"s": "note"}, {})
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert book.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
