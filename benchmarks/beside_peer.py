"""Rows of the registry on input-output tables, one shock or a batch of them, beside BoARIO."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from math import ceil
from pathlib import Path

import numpy as np
from finding import Context, Finding, quotient
from in_process import Measured
from propagation import Outcome, apart, measure, run_process
from propagation_problems import MILD, SETTLED, SEVERE, Problem, event_data, world
from registry import PEER, YEAR, Benchmark
from synthetic_table import write_synthetic
from terbium_batch import THREADS

from terbium.engine.program import LANES
from terbium.graph.tables import InputOutputTable, read_table

CASES = 64
PLACES = 20
"""Cases of a batch strike this many pairs of large industries in turn."""
SEED = 0
SHARE = {"mild": MILD, "severe": SEVERE}


def table_of(row: Benchmark, context: Context) -> tuple[Path, InputOutputTable]:
    """The table of a row, written once in a run of the registry."""
    if not row.size:
        if context.wiot is None:
            raise ValueError(f"{row.name} needs the world table")
        path = context.folder / "wiot2011.npz"
        if not path.exists():
            path = world(context.wiot, context.folder)
    else:
        regions, sectors = row.size
        path = context.folder / f"{regions}x{sectors}.npz"
        if not path.exists():
            write_synthetic(path, regions, sectors, SEED)
    return path, read_table(path)


def problem_of(row: Benchmark, context: Context) -> Problem:
    """The shock of a row, as both programs read it."""
    path, table = table_of(row, context)
    length = max(row.steps, row.peer_steps) if row.group == "smoke" else YEAR
    data = event_data("recovery", table, length, SHARE[row.severity])
    if row.rule != "proportional":
        data["options"] = {"rationing": row.rule}
    event = context.folder / f"{row.name}.json"
    event.write_text(json.dumps(data), encoding="utf-8")
    return Problem(row.name, row.severity, table.size, path, event, length, row.peer_steps)


def measured_table(row: Benchmark, context: Context) -> Finding:
    """One shock through a table, beside the peer or beside another row."""
    beside_peer = row.yardstick == PEER
    problem = problem_of(row, context)
    peer_python = context.peer_python if beside_peer else None
    outcome = measure(problem, peer_python, context.rounds_of(row))
    own = min(outcome.years(outcome.own))
    if beside_peer:
        yardstick = min(outcome.years(outcome.peer), default=None)
        times = outcome.ratios()
        ratio = None if times is None else 1.0 / min(times)
    else:
        other = context.found.get(row.yardstick)
        yardstick = other.value("own") if other else None
        ratio = quotient(own, yardstick)
    return Finding(
        row.name,
        f"{problem.steps} steps",
        {
            "own": own,
            "yardstick": yardstick,
            "ratio": ratio,
            "peak": max(m.peak for m in outcome.own),
            "peer_peak": min((m.peak for m in outcome.peer), default=None),
            "memory_share": outcome.memory_share(),
            "apart": outcome.apart,
            "setup": min(m.setup for m in outcome.own),
            "peer_setup": min((m.setup for m in outcome.peer), default=None),
        },
        1,
        rounds=[
            *({"program": "terbium", **asdict(m)} for m in outcome.own),
            *({"program": PEER, **asdict(m)} for m in outcome.peer),
        ],
        note=_steps_note(row, problem, bool(outcome.peer)),
    )


def _steps_note(row: Benchmark, problem: Problem, has_peer: bool) -> str:
    if not has_peer or row.peer_steps >= problem.steps:
        return ""
    return f"the peer's year from {row.peer_steps} steps"


def year_of_draw(measured: Measured, year: int) -> float:
    """Seconds of a whole run of one of the cases: its part of a batch, setup included."""
    blocks = ceil(CASES / LANES)
    seconds = measured.setup + sum(measured.seconds)
    if year > measured.steps:
        # two blocks step at a time, so that stretches are uneven: their mean counts
        settled = measured.seconds[blocks * SETTLED :]
        seconds += blocks * (year - measured.steps) * float(np.mean(settled))
    return seconds / CASES


def cases_of(row: Benchmark, table: InputOutputTable) -> list[dict[str, object]]:
    """Shocks of other sizes and places, the first that of the row."""
    share = SHARE[row.severity]
    return [
        event_data(
            "recovery", table, row.steps, share * (1.0 - k / (2 * CASES)), 2 * (k % PLACES)
        )
        if table.size > 2 * PLACES
        else event_data("recovery", table, row.steps, share * (1.0 - k / (2 * CASES)))
        for k in range(CASES)
    ]  # fmt: skip


def measured_batch(row: Benchmark, context: Context) -> Finding:
    """Many shocks through a table at once: a draw of them, beside a run of the peer."""
    problem = problem_of(row, context)
    table = read_table(problem.table)
    events = context.folder / f"{row.name}-cases.json"
    events.write_text(json.dumps(cases_of(row, table)), encoding="utf-8")
    batch = replace(problem, event=events)
    own: list[Measured] = []
    peer: list[Measured] = []
    ours, theirs = context.folder / "own.npy", context.folder / "peer.npy"
    for _ in range(context.rounds_of(row)):
        own.append(run_process(sys.executable, "terbium_batch.py", batch, row.steps, ours))
        if context.peer_python is not None:
            steps = row.peer_steps
            peer.append(run_process(context.peer_python, "peer_boario.py", problem, steps, theirs))
    gap = None
    if peer:
        output = np.load(theirs).reshape(-1, len(table.regions), len(table.sectors))
        gap = apart(np.load(ours), output.sum(axis=2))
    draws = [year_of_draw(m, problem.steps) for m in own]
    years = Outcome(problem, [], peer).years(peer)
    ratio = None
    if years:
        ratio = max(min(draws) / min(years), float(np.median(draws) / np.median(years)))
    notes = [
        f"{CASES} cases on {THREADS} threads, the peer on one",
        _steps_note(row, problem, bool(peer)),
    ]
    if row.steps < problem.steps:
        notes.append(f"terbium's year from {row.steps} steps")
    return Finding(
        row.name,
        f"a draw, {problem.steps} steps",
        {
            "own": min(draws),
            "yardstick": min(years, default=None),
            "ratio": ratio,
            "step_of_draw": min(draws) / problem.steps,
            "step_of_peer": min(years) / problem.steps if years else None,
            "peak": max(m.peak for m in own),
            "peer_peak": min((m.peak for m in peer), default=None),
            "apart": gap,
        },
        THREADS,
        rounds=[
            *({"program": "terbium", **asdict(m)} for m in own),
            *({"program": PEER, **asdict(m)} for m in peer),
        ],
        note="; ".join(filter(None, notes)),
    )
