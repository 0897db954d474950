"""The folder of a propagation: complete or absent, labelled, and the same bytes on any day."""

import json
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import terbium as tb
from terbium.base.errors import OutputError
from terbium.propagation import PropagationRun
from terbium.results import trajectories as stored
from terbium.results.trajectories import LOSS_COLUMNS, SERIES, open_propagation, write_npz


@pytest.fixture(scope="module")
def run() -> PropagationRun:
    return tb.propagate("example", "licences", steps=60)


def test_an_npz_does_not_know_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = {"a": np.arange(5.0), "labels": np.array(["x", "yz"])}
    write_npz(tmp_path / "one.npz", arrays)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    write_npz(tmp_path / "two.npz", arrays)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.npz") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with np.load(tmp_path / "one.npz", allow_pickle=False) as read:
        assert all(np.array_equal(read[name], arrays[name]) for name in arrays)


def test_a_folder_holds_what_it_says(run: PropagationRun, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "x")
    assert set(folder.manifest["files"]) == {"trajectories.npz", "summary.json", "losses.csv"}
    assert folder.changed_files() == []
    assert folder.manifest["kind"] == "propagation"
    assert folder.manifest["event"]["options"]["ordering"] == "wanted"
    assert str(tmp_path) not in json.dumps(folder.manifest) + json.dumps(folder.summary)
    for name, values in run.arrays.items():
        assert np.array_equal(folder.arrays[name], values), name
    rows = (tmp_path / "x" / "losses.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == ",".join(LOSS_COLUMNS)
    assert len(rows) == 25
    (tmp_path / "x" / "losses.csv").write_text("", encoding="utf-8")
    assert open_propagation(tmp_path / "x").changed_files() == ["losses.csv"]


def test_labels_and_borders_stand_beside_the_series(run: PropagationRun) -> None:
    arrays = run.arrays
    assert set(SERIES) < set(arrays)
    assert arrays["regions"].dtype.kind == arrays["sectors"].dtype.kind == "U"
    assert arrays["borders_queue"].shape == (60, 6)
    assert arrays["borders_conduits"].tolist() == ["south"]
    plain = tb.propagate("example", {"events": [], "T": 3}).arrays
    assert not any(name.startswith("borders") for name in plain)


def test_the_report_is_made_from_what_was_written(run: PropagationRun, tmp_path: Path) -> None:
    seen: list[Any] = []

    def render(summary: Any, manifest: Any) -> str:
        seen.extend((summary, manifest))
        return "<!doctype html>"

    folder = run.save(tmp_path / "x", render)
    assert seen == [folder.summary, folder.manifest]


def test_what_fails_while_it_is_written_leaves_the_earlier_folder(
    run: PropagationRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run.save(tmp_path / "x").manifest

    def fail(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(stored, "csv_text", fail)
    with pytest.raises(ZeroDivisionError):
        run.save(tmp_path / "x")
    assert open_propagation(tmp_path / "x").manifest == before
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_what_is_no_propagation_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no such folder"):
        open_propagation(tmp_path / "absent")
    with pytest.raises(OutputError, match=r"no trajectories\.npz, no summary\.json"):
        open_propagation(tmp_path)
