"""All benchmarks, each beside its yardstick in the same run (see README.md in this folder).

``python benchmarks/run.py`` runs every row of the quick class, ``--list`` shows what there is, and
``--only 'firms-*' --json out/firms.json`` runs some rows and keeps every round.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import beside_peer
import chain
import firms
import web_rows
from bench_page import line, listing, machine, missed, page, table
from finding import Context, Finding
from picture import picture
from propagation import BenchmarkError, peer_version
from registry import Benchmark, chosen

from terbium.base.errors import TerbiumError
from terbium.base.files import atomic_write_text, tidy_json

KINDS: Mapping[str, Callable[[Benchmark, Context], Finding]] = {
    "chain": chain.measured,
    "table": beside_peer.measured_table,
    "batch": beside_peer.measured_batch,
    "firms": firms.measured,
    "fit": firms.exponent,
    "paint": web_rows.measured_paint,
    "stored": web_rows.measured_stored,
    "what_if": web_rows.measured_what_if,
}
FIGURE = Path("figures") / "benchmarks.svg"


def measure_all(
    rows: Sequence[Benchmark], context: Context, keep: Callable[[], None] = lambda: None
) -> list[str]:
    """Run rows in order, saying where it stands; a row that fails or lacks a file is told.

    Parameters
    ----------
    rows
        To run.
    context
        Findings are put there.
    keep
        Called after each row.

    Returns
    -------
    list of str
        Rows that failed, and why.
    """
    failed = []
    for at, row in enumerate(rows, 1):
        place = f"[{at}/{len(rows)}] {row.name}"
        if row.kind == "table" and not row.size and context.wiot is None:
            print(f"{place}: not run, give the world table of 2011 with --wiot", file=sys.stderr)
            continue
        began = time.perf_counter()
        print(f"{place}: {row.problem} ...", file=sys.stderr, flush=True)
        try:
            context.found[row.name] = KINDS[row.kind](row, context)
        except (BenchmarkError, TerbiumError) as error:
            failed.append(f"{row.name} failed: {error}")
            print(f"    {failed[-1]}", file=sys.stderr)
            continue
        keep()
        took = time.perf_counter() - began
        print(f"    {took:.1f} s  {line(row, context.found[row.name])}", file=sys.stderr)
    return failed


def keep_rounds(path: Path, found: Mapping[str, Finding], at: Mapping[str, Any]) -> None:
    """Write every round of every row."""
    data = {"machine": at, "findings": [finding.as_json() for finding in found.values()]}
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write_text(path, tidy_json(data) + "\n")


def earlier(paths: Sequence[Path]) -> dict[str, Finding]:
    """Findings of other runs, the last of each row."""
    found = {}
    for path in paths:
        data = json.loads(path.read_text(encoding="utf-8"))
        found |= {entry["name"]: Finding.of(entry) for entry in data["findings"]}
    return found


def save_page(path: Path, found: Mapping[str, Finding], at: Mapping[str, Any]) -> None:
    """Write the page, and the picture beside it in ``figures``."""
    target = path.parent / FIGURE
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic_write_text(target, picture(found))
    atomic_write_text(path, page(found, at, FIGURE.as_posix()))


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--list", action="store_true", help="print the registry and stop")
    add("--only", nargs="+", default=[], metavar="NAME", help="rows by name or pattern")
    add("--long", action="store_true", help="long rows as well: whole years")
    add("--peer-python", help="Python of an environment that has BoARIO 0.7.2")
    add("--wiot", type=Path, help="the world table of 2011, 41 x 35, as .npz")
    add("--threads", type=int, default=2, help="of chains and networks of firms")
    add("--rounds", type=int, help="instead of each row's own")
    add("--save", type=Path, metavar="PAGE", help="write the page, and its picture in figures/")
    add("--json", type=Path, metavar="FILE", help="write every round")
    add("--add", type=Path, nargs="+", default=[], metavar="FILE", help="take rows of earlier runs")
    add("--check", action="store_true", help="exit 1 if an aim is missed")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, save; the exit code says whether the aims were met."""
    options = arguments(argv)
    if options.list:
        print(listing())
        return 0
    at = machine()

    def keep() -> None:
        if options.json:
            keep_rounds(options.json, context.found, at)

    try:
        rows, before = chosen(options.only, options.long), earlier(options.add)
        if options.peer_python:
            print(f"peer: BoARIO {peer_version(options.peer_python)}", file=sys.stderr)
    except (BenchmarkError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        context = Context(
            Path(folder), options.peer_python, options.wiot, options.threads, options.rounds
        )
        failed = measure_all(rows, context, keep)
    print(table(rows, context.found))
    if options.save:
        save_page(options.save, before | context.found, at)
    fallen, unknown = missed(rows, context.found)
    for text in (*failed, *(f"aim not measured: {text}" for text in unknown)):
        print(text)
    for text in fallen:
        print(f"aim missed: {text}")
    if failed:
        return 2
    return 1 if options.check and fallen else 0


if __name__ == "__main__":
    sys.exit(main())
