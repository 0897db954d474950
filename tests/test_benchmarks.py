"""Each kind of benchmark runs, says what it promises, and is judged by its aims."""

import contextlib
import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

MODULES = (
    *("run", "registry", "finding", "firms", "firm_process", "beside_peer", "propagation"),
    *("terbium_table", "terbium_batch", "in_process", "bench_page", "picture", "streaming"),
)


class Harness:
    """The modules of ``benchmarks``, imported as they import their neighbours."""

    def __init__(self) -> None:
        self.modules = {name: importlib.import_module(name) for name in MODULES}

    def __getattr__(self, name: str) -> ModuleType:
        return self.modules[name]


@pytest.fixture(scope="module")
def harness(root: Path) -> Iterator[Harness]:
    folder = str(root / "benchmarks")
    sys.path.insert(0, folder)
    try:
        yield Harness()
    finally:
        sys.path.remove(folder)


def last_line(work: Callable[[], object]) -> dict[str, Any]:
    """What a timed process would have told its parent."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        work()
    found: dict[str, Any] = json.loads(said.getvalue().strip().splitlines()[-1])
    return found


@pytest.fixture
def here(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Timed work is done in this process, which spares its start; the peer's is pretended."""
    asked: list[str] = []

    def firms(_threads: int, work: str, *arguments: object) -> dict[str, Any]:
        asked.append(work)
        process, rest = harness.firm_process, list(arguments)
        if work == "make":
            return last_line(lambda: process.make(*rest))
        return last_line(lambda: process.run(*rest))

    def table(_python: str, script: str, problem: Any, steps: int, out: Path) -> object:
        asked.append(script)
        if script == "peer_boario.py":
            # 10 s a step after four of 1 s, which are not scaled up
            seconds = [1.0] * 4 + [10.0] * (steps - 4)
            np.save(out, np.ones((steps, 6)))
            return harness.in_process.Measured("0.7.2", 0.0, 0.5, seconds, steps, 1.0, 1e6)
        job = harness.in_process.Job(problem.table, problem.event, steps, out)
        main = harness.modules[script.removesuffix(".py")].main
        return harness.in_process.Measured(**last_line(lambda: main(job)))

    monkeypatch.setattr(harness.firms, "_process", firms)
    monkeypatch.setattr(harness.beside_peer, "run_process", table)
    monkeypatch.setattr(harness.propagation.measure, "__defaults__", (table,))
    monkeypatch.setattr(harness.run, "peer_version", lambda python: "0.7.2")
    return asked


def cells(text: str, name: str) -> list[str]:
    row = next(line for line in text.splitlines() if line.startswith(f"| `{name}`"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_each_kind_prints_and_saves_what_it_promises(
    harness: Harness, here: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, kept = tmp_path / "docs" / "benchmarks.md", tmp_path / "rounds.json"
    files = ["--json", str(kept), "--save", str(page)]
    only = ["--only", "smoke-chain", "smoke-table", "smoke-batch", "smoke-filling"]
    assert harness.run.main([*only, "--check", "--rounds", "1", *files]) == 0
    said = capsys.readouterr()
    # the network is drawn once; the proportional row comes first because the other needs it
    assert here == ["terbium_table.py", "terbium_batch.py", "make", "run", "run"]
    for at, kind in enumerate(("chain", "table", "batch", "firms", "filling"), 1):
        assert f"[{at}/5] smoke-{kind}" in said.err
        assert float(cells(said.out, f"smoke-{kind}")[4]) > 0.0
    assert cells(said.out, "smoke-chain")[11] == "540 links x 6 steps x 64 draws"
    for kind in ("table", "batch"):
        assert cells(said.out, f"smoke-{kind}")[5:8] == ["BoARIO", "not measured", "not measured"]
    assert cells(said.out, "smoke-firms")[10].endswith("met")
    assert cells(said.out, "smoke-filling")[5] == "smoke-firms"
    found = {f["name"]: f for f in json.loads(kept.read_text(encoding="utf-8"))["findings"]}
    assert all(len(f["rounds"]) == 1 for f in found.values())
    run = found["smoke-firms"]["rounds"][0]
    assert len(run["seconds"]) == 14
    assert run["books"] < 1e-12
    assert 0.0 < run["output_lost_share"] < 1.0
    values = found["smoke-firms"]["values"]
    whole = run["renumber"] + 365 * np.median(run["seconds"][10:])
    assert values["total"] == pytest.approx(whole)
    moved = sum(row[2] for row in run["streamed"])
    assert values["bound"] == pytest.approx(moved / run["bandwidth"]["triad"])
    text = page.read_text(encoding="utf-8")
    assert all(row.name in text for row in harness.registry.BENCHMARKS if row.group != "smoke")
    assert "not run" in text
    assert "](figures/benchmarks.svg)" in text
    assert (tmp_path / "docs/figures/benchmarks.svg").read_text(encoding="utf-8")[:4] == "<svg"


def test_the_peer_takes_turns_and_draws_are_judged_by_whole_runs(
    harness: Harness, here: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--only", "smoke-batch", "--rounds", "2", "--peer-python", "peer"]
    assert harness.run.main(options) == 0
    assert here == ["terbium_batch.py", "peer_boario.py"] * 2
    row = cells(capsys.readouterr().out, "smoke-batch")
    assert float(row[6]) == pytest.approx(84.0)
    assert row[7].startswith("1/")


def test_a_draw_costs_its_part_of_a_batch(harness: Harness) -> None:
    # four blocks of six steps: 2 s before they settle, then 1 s
    seconds = [2.0] * 16 + [1.0] * 8
    measured = harness.in_process.Measured("1", 0.0, 8.0, seconds, 6, 1.0, 1.0)
    year = harness.beside_peer.year_of_draw
    assert year(measured, 6) == pytest.approx((8.0 + 40.0) / 64)
    assert year(measured, 365) == pytest.approx((8.0 + 40.0 + 4 * 359) / 64)


def test_bytes_of_a_step_follow_the_written_formula(harness: Harness, root: Path) -> None:
    make, case_of = harness.firm_process.synthetic_network, harness.firm_process.case_of
    network = make(400, 1_600)
    said = (root / "benchmarks/README.md").read_text(encoding="utf-8")
    assert "8 base + 4 supplier + 16 stock + 8 served + 16 asked [+ 16 order" in said
    for rule, link in (("proportional", 52), ("water_filling", 68)):
        run = harness.firm_process.FirmPropagation(network, case_of(network, rule, "mild", 2))
        rows = harness.streaming.bytes_of_step(run.program, rule == "water_filling")
        slots = run.program.link_ptr.size - 1
        assert harness.streaming.total(rows) == 1_600 * link + 4 * slots + 400 * 320


def test_the_registry_is_whole_and_documented(harness: Harness, root: Path) -> None:
    rows = harness.registry.BENCHMARKS
    names = [row.name for row in rows]
    assert len(set(names)) == len(names)
    for at, row in enumerate(rows):
        assert row.kind in harness.run.KINDS
        assert set(row.needs) <= set(names[:at])
    assert harness.bench_page.listing() in (root / "benchmarks/README.md").read_text("utf-8")
    quick = {row.name for row in harness.registry.chosen([], with_long=False)}
    long = {row.name for row in harness.registry.chosen([], with_long=True)}
    assert "firms-1000000-severe-year" in long - quick
    assert not any(name.startswith("smoke") for name in long)
    fewest = int((root / "tests/data/link_count.txt").read_text(encoding="utf-8"))
    chain = next(row for row in rows if row.name == "chain-april-2025")
    assert {aim.measure: aim.least for aim in chain.aims}["links"] == fewest
    with pytest.raises(ValueError, match="--only firm: no such benchmark"):
        harness.registry.chosen(["firm"], with_long=False)


def test_an_aim_missed_fails_and_one_not_measured_is_told(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pretend(row: Any, context: Any) -> Any:
        peak = 2001.0 if "severe" in row.name else None
        return harness.finding.Finding(
            row.name, "a step", {"own": 0.1, "total": 50.0, "ratio": 5.9, "peak": peak}, 2
        )

    monkeypatch.setattr(harness.run, "KINDS", {"firms": pretend})
    monkeypatch.setattr(harness.run, "table", lambda rows, found: "")
    only = ["--only", "firms-1000000-mild", "firms-1000000-severe"]
    assert harness.run.main([*only]) == 0
    assert harness.run.main([*only, "--check"]) == 1
    said = capsys.readouterr().out
    assert "aim missed: firms-1000000-severe: peak, MB at most 2000; seen: 2001" in said
    assert "aim not measured: firms-1000000-mild: peak, MB at most 2000" in said
    assert harness.run.main([*only[:2], "--check"]) == 0


def test_a_row_that_fails_is_told_and_the_others_are_kept(
    harness: Harness,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def pretend(row: Any, context: Any) -> Any:
        if row.name == "smoke-firms":
            raise harness.run.BenchmarkError("no memory")
        return harness.finding.Finding(row.name, "a step", {"own": 0.1, "yardstick": None}, 2)

    kept = tmp_path / "rounds.json"
    monkeypatch.setattr(harness.run, "KINDS", {"firms": pretend})
    assert harness.run.main(["--only", "smoke-filling", "--json", str(kept)]) == 2
    said = capsys.readouterr().out
    assert "smoke-firms failed: no memory" in said
    assert cells(said, "smoke-firms")[4] == "not run"
    found = json.loads(kept.read_text(encoding="utf-8"))["findings"]
    assert [f["name"] for f in found] == ["smoke-filling"]
    # an earlier run's rows go into the page as they were
    page = tmp_path / "page.md"
    long = harness.finding.Finding("chain-500", "a run", {"own": 0.25, "ratio": 5.5}, 2)
    before = tmp_path / "before.json"
    harness.run.keep_rounds(before, {long.name: long}, {})
    options = ["--add", str(before), "--save", str(page)]
    assert harness.run.main(["--only", "smoke-filling", *options]) == 2
    assert cells(page.read_text(encoding="utf-8"), "chain-500")[4:8] == [
        *("0.25", "bare loop", "not measured", "5.50")
    ]


def test_the_exponent_is_the_slope_over_sizes(harness: Harness) -> None:
    row = next(row for row in harness.registry.BENCHMARKS if row.kind == "fit")
    context = harness.finding.Context(Path())
    for name in row.needs:
        size = int(name.split("-")[1])
        values = {"own": 3e-7 * size**1.07, "bound": 1e-8 * size}
        context.found[name] = harness.finding.Finding(name, "a step", values, 2)
    found = harness.firms.exponent(row, context)
    assert found.values["exponent"] == pytest.approx(1.07)
    assert found.values["bound_exponent"] == pytest.approx(1.0)
    drawn = harness.picture.picture(context.found)
    assert drawn.count("own-dot") - 1 == len(row.needs)
