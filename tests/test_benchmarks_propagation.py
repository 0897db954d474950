"""The benchmark of shocks through tables runs alone, refuses a missing peer, judges its aims."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def harness(root: Path) -> Iterator[ModuleType]:
    """``benchmarks/propagation.py``, imported as it imports its neighbours."""
    folder = str(root / "benchmarks")
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module("propagation")
    finally:
        sys.path.remove(folder)


def run(root: Path, *options: str | Path) -> subprocess.CompletedProcess[str]:
    script = root / "benchmarks" / "propagation.py"
    arguments = ["--sizes", "2x3", "--steps", "12", "--rounds", "1", *options]
    return subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=False
    )


def test_without_a_peer_it_prints_and_saves_its_rounds(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "propagation"
    done = run(root, "--events", "recovery", "rebuild", "--out", out)
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| 2x3")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [row[:3] for row in cells] == [["2x3", "recovery", "6"], ["2x3", "rebuild", "6"]]
    assert all(row[7:] == ["-"] * 7 for row in cells)
    page = (out / "propagation.md").read_text(encoding="utf-8")
    assert all(row in page for row in rows)
    saved = json.loads((out / "propagation.json").read_text(encoding="utf-8"))
    assert [p["event"] for p in saved["problems"]] == ["recovery", "rebuild"]
    for problem in saved["problems"]:
        assert problem["peer"] == []
        assert problem["apart"] is None
        assert [m["steps"] for m in problem["own"]] == [12]
        assert all(m["peak"] > m["imported"] / 2 > 0 for m in problem["own"])


def test_an_environment_without_the_peer_is_refused(root: Path) -> None:
    done = run(root, "--peer-python", sys.executable)
    assert done.returncode == 2
    assert "BoARIO is not installed there" in done.stderr
    assert "pip install boario==0.7.2" in done.stderr


def test_runs_alternate_and_few_steps_are_scaled(harness: ModuleType, tmp_path: Path) -> None:
    problem = harness.Problem(
        "49x100", "recovery", 4900, tmp_path / "t", tmp_path / "e", steps=100, peer_steps=6
    )
    order: list[str] = []

    def pretend(_python: str, script: str, _problem: object, steps: int, out: Path) -> object:
        own = script.startswith("terbium")
        order.append("own" if own else "peer")
        np.save(out, np.full((steps, 2), 4.0 if own else 4.0 + 1e-9))
        seconds = [2.0] if own else [9.0, 9.0, 9.0, 9.0, 0.5, 0.7]
        return harness.Measured("1", 0.1, 0.2, seconds, steps, 50.0, 70.0 if own else 200.0)

    outcome = harness.measure(problem, "peer", 3, run=pretend)
    assert order == ["own", "peer"] * 3
    # the four steps before the event settles are not scaled up: 100 steps of 0.6 s
    assert outcome.years(outcome.peer) == pytest.approx([60.0] * 3)
    assert outcome.ratios() == pytest.approx((30.0, 30.0))
    assert outcome.memory_share() == pytest.approx(0.35)
    assert outcome.apart == pytest.approx(2.5e-10)
    assert outcome.missed() == ["49x100, recovery: 35% of the peer's memory, aim 30%"]


def test_a_process_that_fails_is_named_with_its_last_words(
    harness: ModuleType, tmp_path: Path
) -> None:
    absent = tmp_path / "absent.npz"
    problem = harness.Problem("2x3", "recovery", 6, absent, absent, 12, 12)
    with pytest.raises(harness.BenchmarkError, match="terbium_table.py on 2x3, recovery: .*absent"):
        harness.run_process(sys.executable, "terbium_table.py", problem, 12, tmp_path / "out.npy")


def test_synthetic_tables_are_shaped_as_they_say(harness: ModuleType) -> None:
    table = importlib.import_module("synthetic_table").synthetic_table
    made = table(6, 12, seed=5)
    flows, final, output = (np.asarray(made[k], dtype=float) for k in ("Z", "Y", "x"))
    assert np.array_equal(flows, table(6, 12, seed=5)["Z"])
    assert not np.array_equal(flows, table(6, 12, seed=6)["Z"])
    assert flows.min() > 0.0
    assert final.min() > 0.0
    assert np.allclose(output, flows.sum(axis=1) + final.sum(axis=1), rtol=1e-12)
    assert np.all(1.0 - flows.sum(axis=0) / output >= 0.35 - 1e-12)
    home = flows.reshape(6, 12, 6, 12)[np.arange(6), :, np.arange(6)].sum()
    assert home / flows.sum() == pytest.approx(0.8)
    own_sector = flows.reshape(6, 12, 6, 12)[:, np.arange(12), :, np.arange(12)].sum()
    assert own_sector / flows.sum() > 0.3
    assert output.max() / output.min() > 100.0
    assert list(made["sectors"]) == sorted(made["sectors"])
