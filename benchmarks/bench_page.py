"""The table that ``run.py`` prints, and the page that it writes."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from finding import UNKNOWN, Finding
from firms import bound_of
from registry import BENCHMARKS, CLASSES, NEITHER, PEER, Aim, Benchmark
from streaming import total

from terbium.base.version import __version__

NOT_RUN = "not run"
HEAD = (
    "| benchmark | problem | severity, rule | seconds of | terbium, s | yardstick | yardstick, s "
    "| ratio | peak, MB | threads | aims | note |",
    "|---|---|---|---|---:|---|---:|---:|---:|---:|---|---|",
)
LISTED = (
    "| benchmark | class | problem | severity, rule | yardstick | aims |",
    "|---|---|---|---|---|---|",
)
PEAKS = ("table", "batch", "firms")
"""Kinds whose memory is measured."""
WORDS = {
    "own": "seconds",
    "total": "365 days with renumbering, s",
    "peak": "peak, MB",
    "memory_share": "share of the peer's memory",
    "rate": "links x steps x draws / s",
}


def figure(measure: str, value: float | None) -> str:
    """A value as it is printed."""
    if value is None:
        return UNKNOWN
    if measure == "ratio":
        return f"{value:.2f}" if value >= 0.5 else f"1/{1 / value:.0f}"
    if measure in ("links", "peak"):
        return f"{value:.0f}"
    if measure == "memory_share":
        return f"{value:.0%}"
    return f"{value:.2e}" if measure == "rate" else f"{value:.3g}"


def limit(aim: Aim) -> str:
    """An aim in words."""
    is_least = np.isfinite(aim.least)
    word, value = ("at least", aim.least) if is_least else ("at most", aim.most)
    return f"{WORDS.get(aim.measure, aim.measure)} {word} {figure(aim.measure, value)}"


def _aims(row: Benchmark, found: Finding | None) -> str:
    said = []
    for aim in row.aims:
        if found is None:
            said.append(f"{limit(aim)}: {NOT_RUN}")
            continue
        verdict = found.verdict(aim)
        seen = "" if verdict == UNKNOWN else f"{figure(aim.measure, found.value(aim.measure))}, "
        said.append(f"{limit(aim)}: {seen}{verdict}")
    return "; ".join(said) or "-"


def line(row: Benchmark, found: Finding | None) -> str:
    """A row of the table; a row that was not run says so."""
    cells = [f"`{row.name}`", row.problem, _hit(row)]
    if found is None:
        cells += ["-", NOT_RUN, row.yardstick, NOT_RUN, NOT_RUN, NOT_RUN, "-", _aims(row, None), ""]
        return f"| {' | '.join(cells)} |"
    is_fit = row.kind == "fit"
    times = ["-"] * 3 if is_fit else [_cell(found, m) for m in ("own", "yardstick", "ratio")]
    # chains run in the process of the benchmark, which has no peak of their own
    peak = _cell(found, "peak") if row.kind in PEAKS else "-"
    cells += [found.unit or "-", times[0], row.yardstick, times[1], times[2], peak]
    cells += [str(found.threads), _aims(row, found), found.note]
    return f"| {' | '.join(cells)} |"


def _hit(row: Benchmark) -> str:
    """How hard a problem is hit, and how what is short is divided."""
    return row.severity if row.severity == NEITHER else f"{row.severity}, {row.rule}"


def _cell(found: Finding, measure: str) -> str:
    return figure(measure, found.value(measure))


def table(rows: Sequence[Benchmark], found: Mapping[str, Finding]) -> str:
    """The table of these rows."""
    return "\n".join([*HEAD, *(line(row, found.get(row.name)) for row in rows)])


def listing(rows: Sequence[Benchmark] = BENCHMARKS) -> str:
    """What there is to run."""
    lines = [
        f"| `{row.name}` | {row.group} | {row.problem} | {_hit(row)} "
        f"| {row.yardstick} | {'; '.join(limit(aim) for aim in row.aims) or '-'} |"
        for row in sorted(rows, key=lambda row: CLASSES.index(row.group))
    ]
    return "\n".join([*LISTED, *lines])


def machine() -> dict[str, Any]:
    """Where and of what the times were taken."""
    return {
        "terbium": __version__,
        "commit": _commit(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": _processor(),
        "processors": os.cpu_count(),
        "numpy": np.__version__,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = [text.split(":", 1)[1].strip() for text in lines if text.startswith("model name")]
    return named[0] if named else platform.processor()


def _commit() -> str:
    """Commit of the code and its date; empty outside a repository."""
    ask = ["git", "-C", str(Path(__file__).parent), "log", "-1", "--format=%h of %cs"]
    try:
        done = subprocess.run(ask, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def streamed(found: Finding, counted: str) -> str:
    """What a yardstick streams, as a Markdown table."""
    lines = [f"| array | {counted} | bytes a step |", "|---|---:|---:|"]
    lines += [f"| {name} | {count} | {moved} |" for name, count, moved in found.streamed]
    return "\n".join([*lines, f"| all | | {total(found.streamed)} |"])


def page(found: Mapping[str, Finding], at: Mapping[str, Any], picture: str) -> str:
    """The page docs/benchmarks.md."""
    rows = [row for row in BENCHMARKS if row.group != "smoke"]
    commit = f", commit {at['commit']}" if at["commit"] else ""
    peers = sorted(
        {
            f"{m['program']} {m['version']}"
            for f in found.values()
            for m in f.rounds
            if m.get("program") == PEER
        }
    )
    parts = [
        "# Benchmarks",
        f"Written by `make bench` (`benchmarks/run.py --save docs/benchmarks.md`): terbium "
        f"{at['terbium']}{commit}; {', '.join(peers) or f'{PEER} not measured'}; Python "
        f"{at['python']}, NumPy {at['numpy']}; {at['machine']}, {at['processor']}, "
        f"{at['processors']} processors. What is timed and against what: `benchmarks/README.md`.",
        f"![Time of terbium over that of its yardstick; a step of firms by size]({picture})",
        *_judged(rows, found),
        table(rows, found),
        "Times are the best of the rounds. A *ratio* is terbium's time over that of the yardstick "
        "in the same run; against the peer it is the worse of best over best and median over "
        "median. *Not measured*: what the row needs was not given. *Not run*: the row was left "
        "out.",
        *_firms_part(rows, found),
        *_tables_part(rows, found),
        *_chain_part(found),
    ]
    return "\n\n".join(parts) + "\n"


def _judged(rows: Sequence[Benchmark], found: Mapping[str, Finding]) -> list[str]:
    """How many aims are met, and which are not."""
    fallen, unknown = missed(rows, found)
    count = sum(len(row.aims) for row in rows)
    met = count - len(fallen) - len(unknown)
    said = f"Aims: {met} of {count} met, {len(fallen)} missed, {len(unknown)} not measured."
    return [said, *(["\n".join(f"- missed: {text}" for text in fallen)] if fallen else [])]


def _firms_part(rows: Sequence[Benchmark], found: Mapping[str, Finding]) -> list[str]:
    shown = [found[row.name] for row in rows if row.kind == "firms" and row.name in found]
    if not shown:
        return []
    lines = [
        "| benchmark | step, s | renumbering, s | 365 days, s | bound, s | step / bound "
        "| fastest step / bound | step / bound in place | GB/s, triad | GB/s, in place "
        "| peak, MB | output lost |",
        f"|---|{'---:|' * 11}",
    ]
    for f in shown:
        v = {name: value for name, value in f.values.items() if value is not None}
        lines.append(
            f"| `{f.name}` | {v['own']:.3g} | {v['renumber']:.2f} | {v['total']:.3g} "
            f"| {v['bound']:.3g} | {v['own'] / v['bound']:.2f} | {v['fastest_over_bound']:.2f} "
            f"| {v['over_update']:.2f} | {v['triad'] / 1e9:.1f} | {v['update'] / 1e9:.1f} "
            f"| {v['peak']:.0f} | {v['output_lost_share']:.0%} |"
        )
    plain = [f for f in shown if not any("order" in name for name, *_ in f.streamed)]
    parts = ["## Networks of firms and the streaming bound", "\n".join(lines)]
    if plain:
        last = max(plain, key=lambda f: f.values["links"] or 0.0)
        spread = [bound_of(m) for m in last.rounds]
        parts += [
            f"Bound = bytes of a step / bandwidth. Bytes of `{last.name}` (its bound by round: "
            f"{', '.join(f'{seconds:.3g} s' for seconds in spread)}):",
            streamed(last, "how many"),
        ]
    return parts


def _tables_part(rows: Sequence[Benchmark], found: Mapping[str, Finding]) -> list[str]:
    shown = [found[r.name] for r in rows if r.yardstick == PEER and r.name in found]
    if not shown:
        return []
    names = ("peak", "peer_peak", "memory_share", "setup", "peer_setup", "apart")
    lines = [
        "| benchmark | peak, MB | peer's peak, MB | share | setup, s | peer's setup, s | apart |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| `{f.name}` | "
        + " | ".join(
            figure("peak" if name == "peer_peak" else name, f.values[name])
            if name in f.values
            else "-"
            for name in names
        )
        + " |"
        for f in shown
    ]
    return [
        "## Input-output tables and the peer",
        "\n".join(lines),
        "*Apart*: largest difference of output between the two programs, in units of the largest "
        "daily output (of a batch: of the first case, by region). On small tables Python and its "
        "libraries are all the memory there is.",
    ]


def _chain_part(found: Mapping[str, Finding]) -> list[str]:
    chain = found.get("chain-april-2025")
    if chain is None:
        return []
    return [
        "## The built-in chain and the bare loop",
        f"Streamed by the bare loop, per step and block of draws, {chain.values['links']:.0f} "
        "links:",
        streamed(chain, "numbers a step and block"),
    ]


def missed(rows: Sequence[Benchmark], found: Mapping[str, Finding]) -> tuple[list[str], list[str]]:
    """Aims missed and aims that could not be judged, a sentence each."""
    said: dict[str, list[str]] = {"missed": [], UNKNOWN: []}
    for row in rows:
        for aim in row.aims:
            f = found.get(row.name)
            verdict = f.verdict(aim) if f else UNKNOWN
            if verdict in said:
                seen = figure(aim.measure, f.value(aim.measure)) if f else UNKNOWN
                said[verdict].append(f"{row.name}: {limit(aim)}; seen: {seen}")
    return said["missed"], said[UNKNOWN]
