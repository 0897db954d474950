"""Networks of firms beside the streaming bound: time, memory, and how cost grows with size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from finding import Context, Finding, quotient
from propagation import BenchmarkError
from registry import YEAR, Benchmark
from streaming import FAR_BEYOND_CACHE, total

HERE = Path(__file__).parent
SETTLED = 10
"""Steps before those whose median counts."""
SMALL_STREAM = 1_000_000
SEED = 0


def _process(threads: int, *arguments: object) -> dict[str, Any]:
    limits = {name: str(threads) for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, str(HERE / "firm_process.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **limits, "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise BenchmarkError(f"firm_process.py {' '.join(map(str, arguments))}: {last}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def network(firms: int, links: int, context: Context) -> tuple[Path, dict[str, Any]]:
    """A network of this size, drawn once in a run of the registry; and how long that took."""
    file = context.folder / f"firms-{firms}-{links}.npz"
    said = file.with_suffix(".json")
    if not file.exists():
        made = _process(context.threads, "make", firms, links, SEED, file)
        said.write_text(json.dumps(made), encoding="utf-8")
    kept: dict[str, Any] = json.loads(said.read_text(encoding="utf-8"))
    return file, kept


def step_of(measured: dict[str, Any]) -> float:
    """Median step once the shock has settled [s]."""
    return float(np.median(measured["seconds"][measured["settled"] :]))


def fastest_of(measured: dict[str, Any]) -> float:
    """Fastest step once the shock has settled [s]."""
    return float(min(measured["seconds"][measured["settled"] :]))


def year_of(measured: dict[str, Any]) -> float:
    """Renumbering and 365 steps [s]: all that were made, or the median for those that were not."""
    made = measured["seconds"]
    if len(made) >= YEAR:
        return float(measured["renumber"] + sum(made))
    return float(measured["renumber"] + YEAR * step_of(measured))


def bound_of(measured: dict[str, Any], stream: str = "triad") -> float:
    """Least time of a step, if memory alone sets it [s]."""
    return float(total(measured["streamed"]) / measured["bandwidth"][stream])


def measured(row: Benchmark, context: Context) -> Finding:
    """A row of the registry on a network of firms."""
    firms, links = row.size
    file, made = network(firms, links, context)
    numbers = SMALL_STREAM if row.group == "smoke" else FAR_BEYOND_CACHE
    rounds = [
        _process(
            context.threads, "run", file, row.rule, row.severity, row.steps, SETTLED, numbers
        )
        for _ in range(context.rounds_of(row))
    ]  # fmt: skip
    own = min(step_of(m) for m in rounds)
    beside = min(bound_of(m) for m in rounds)
    peak = max(m["peak"] for m in rounds)
    if row.needs:
        other = context.found.get(row.needs[0])
        yardstick = other.value("own") if other else None
    else:
        yardstick = beside
    least = min(bound_of(m, "update") for m in rounds)
    return Finding(
        row.name,
        "a step",
        {
            "own": own,
            "yardstick": yardstick,
            "ratio": quotient(own, yardstick),
            "total": min(year_of(m) for m in rounds),
            "renumber": min(m["renumber"] for m in rounds),
            "peak": peak,
            "links": float(links),
            "bound": beside,
            "over_update": own / least,
            "fastest_over_bound": min(fastest_of(m) for m in rounds) / beside,
            "generation": made["seconds"],
            "generation_peak": made["peak"],
            "triad": max(m["bandwidth"]["triad"] for m in rounds),
            "update": max(m["bandwidth"]["update"] for m in rounds),
            "output_lost_share": rounds[0]["output_lost_share"],
        },
        context.threads,
        streamed=[(str(name), int(n), int(b)) for name, n, b in rounds[0]["streamed"]],
        rounds=rounds,
        note=f"renumbering {min(m['renumber'] for m in rounds):.2f} s; generation "
        f"{made['seconds']:.1f} s and {made['peak']:.0f} MB, apart",
    )


def exponent(row: Benchmark, context: Context) -> Finding:
    """Slope of the logarithm of time per step over that of the number of firms."""
    found = [context.found[name] for name in row.needs if name in context.found]
    sizes = [int(f.name.split("-")[1]) for f in found]
    slopes: dict[str, float | None] = {"exponent": None, "bound_exponent": None}
    if len(found) > 1:
        for key, measure in (("exponent", "own"), ("bound_exponent", "bound")):
            times = [f.values[measure] for f in found]
            slopes[key] = float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
    return Finding(
        row.name,
        "",
        slopes,
        context.threads,
        note=f"least squares over {', '.join(f'{size:,}' for size in sizes)} firms",
    )
