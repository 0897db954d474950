"""The work of ``terbium propagate``: judge, warn, run, write, tell."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terbium.base.errors import CommandError, InputError, Problems
from terbium.cli.lines import wrapped
from terbium.cli.options import check_folder
from terbium.cli.output import Columns, note, print_json, print_table, progress_bar, say
from terbium.propagation import Prepared, prepare
from terbium.report.document import render_report
from terbium.report.propagation_words import back_text, money, part_of, regime_text, unit_text
from terbium.report.words import DASH, amount

_MARKER = "manifest.json"
_UNSAFE = re.compile(r"[^\w.+-]+")
_ROWS = 5
_KERNELS = {True: "kernel.advance", False: "link_kernel.advance_links"}


@dataclass(frozen=True)
class Request:
    """What was typed."""

    table: str
    asked: str
    out: Path | None
    case: str | None
    steps: int | None
    compatible: bool | None
    clip_negative_final: bool
    checkpoint_every: int | None
    resume: Path | None
    has_report: bool
    is_json: bool


def propagate(request: Request, problems: Problems) -> None:
    """Run shocks through a table, from what was typed to what is printed.

    Parameters
    ----------
    request
        What was typed.
    problems
        What is wrong with it so far.

    Raises
    ------
    InputError
        With everything that is wrong with table, event and options.
    """
    if request.out is not None:
        check_folder(request.out, _MARKER, problems)
    ready = _ready(request, problems)
    place = request.out or Path("out", _UNSAFE.sub("-", ready.name))
    check_folder(place, _MARKER, problems)
    problems.raise_if_any("terbium propagate", CommandError)
    _warn(ready)
    keeps = request.checkpoint_every is not None or ready.case.checkpoints
    checkpoints = Path(f"{place}.checkpoints") if keeps else None
    if request.resume is not None:
        note(f"Resuming from {request.resume}")
    with progress_bar(f"Running {ready.name}") as advance:
        run = ready.simulate(
            advance,
            checkpoints=checkpoints,
            every=request.checkpoint_every,
            resume=request.resume,
        )
    note(f"Writing {place}")
    folder = run.save(place, render_report if request.has_report else None)
    if request.is_json:
        print_json(_answer(folder.summary, place, request.has_report))
    else:
        _print(folder.summary, place, checkpoints, request.has_report)


def _ready(request: Request, problems: Problems) -> Prepared:
    """Read table and event; what is wrong with them is told with what is wrong with options."""
    note(f"Reading {request.table} and {request.asked}")
    try:
        ready = prepare(
            request.table,
            request.asked,
            case=request.case,
            steps=None if problems else request.steps,
            compatible=request.compatible,
            clip_negative_final=request.clip_negative_final,
        )
    except InputError as error:
        problems.extend(error.problems)
        problems.raise_if_any(error.where, type(error))
        raise
    problems.raise_if_any("terbium propagate", CommandError)
    return ready


def _warn(ready: Prepared) -> None:
    """Say on stderr what a reader should know before the run."""
    for warning in ready.warnings:
        note("\n".join(wrapped(f"Note: {warning}", "", "  ")))
    stability = ready.stability
    if not (stability.is_safe and stability.applies):
        kind = "Note" if stability.is_safe else "Warning"
        note("\n".join(wrapped(f"{kind}: {ready.stability_text}", "", "  ")))
    if not _is_compiled(ready):
        note("The first run on a machine compiles the kernel, which takes a minute.")


def _is_compiled(ready: Prepared) -> bool:
    """Whether machine code of the kernel that will step is in the cache."""
    cache = Path(os.environ.get("NUMBA_CACHE_DIR", ""))
    return any(cache.glob(f"*/{_KERNELS[ready.is_factored]}-*.nbi"))


def _answer(summary: Mapping[str, Any], place: Path, has_report: bool) -> dict[str, object]:
    losses = summary["losses"]
    return {
        "folder": str(place),
        "report": str(place / "report.html") if has_report else None,
        "losses": {name: losses[name] for name in ("total", "regions", "sectors", "indirect")},
        **{
            name: summary[name]
            for name in (
                *("run", "regime", "stability", "lowest", "recovery", "stops", "final_demand"),
                *("books", "settings", "warnings"),
            )
        },
    }


def _print(
    summary: Mapping[str, Any], place: Path, checkpoints: Path | None, has_report: bool
) -> None:
    run, losses = summary["run"], summary["losses"]
    unit = unit_text(run["unit"])
    say(
        f"{run['table']}, {run['event']}: {run['industries']} industries in {run['regions']} "
        f"regions and {run['sectors']} sectors, {run['steps']} steps"
    )
    say(regime_text(summary))
    say()
    _print_total(summary)
    _print_groups("Regions", "Region", losses["regions"], unit)
    _print_groups("Sectors", "Sector", losses["sectors"], unit)
    _print_indirect(losses["indirect"], unit)
    names = ["trajectories.npz", "summary.json", "losses.csv"]
    say(f"Files: {', '.join(names)} and others in {place}")
    if checkpoints is not None:
        say(f"States: {checkpoints}")
    if has_report:
        say(f"Report: {place / 'report.html'}")
    say(f'Next: numpy.load("{place / "trajectories.npz"}") has the series by step and industry.')


def _print_total(summary: Mapping[str, Any]) -> None:
    total, unit = summary["losses"]["total"], unit_text(summary["run"]["unit"])
    unmet, lowest = summary["final_demand"], summary["lowest"]
    rows = [
        ("Output lost", money(total["output_lost"], unit), part_of(total["output_lost_share"])),
        ("  of it direct", money(total["direct"], unit), DASH),
        (
            "Value added lost",
            money(total["value_added_lost"], unit),
            part_of(total["value_added_lost_share"]),
        ),
        ("Final demand not met", money(unmet["unmet"], unit), part_of(unmet["unmet_share"])),
    ]
    headings: Columns = {"Over the run": "left", "Amount": "right", "Of a year's": "right"}
    print_table("Losses", headings, rows, is_wide=True)
    when = f"{summary['run']['step_name']} {lowest['step']}"
    say(f"Lowest output: {lowest['share']:.1%} of the base on {when}")
    for row in summary["recovery"]:
        if row["region"] == "all":
            back = back_text(row["steps"], summary["run"])
            say(f"Back at {row['level']:.0%} of the base for good: {back}")
    stops = summary["stops"]
    say(f"Industries below {stops['threshold']:.0%} of their output at some time: {stops['count']}")
    say()


def _print_groups(title: str, kind: str, rows: list[Mapping[str, Any]], unit: str) -> None:
    headings: Columns = {
        kind: "left",
        f"Output lost, {unit}": "right",
        "Of a year's": "right",
        f"Value added, {unit}": "right",
        "Of a year's ": "right",
    }
    cells = [
        (
            str(row[kind.lower()]),
            amount(row["output_lost"]),
            part_of(row["output_lost_share"]),
            amount(row["value_added_lost"]),
            part_of(row["value_added_lost_share"]),
        )
        for row in rows[:_ROWS]
    ]
    more = f", the {_ROWS} that lost most of {len(rows)}" if rows[_ROWS:] else ""
    print_table(f"{title}{more}", headings, cells, is_wide=True)


def _print_indirect(rows: list[Mapping[str, Any]], unit: str) -> None:
    if not rows:
        return
    headings: Columns = {
        "Industry": "left",
        f"Output lost, {unit}": "right",
        "Of a year's": "right",
        "Lowest": "right",
        "In step": "right",
    }
    cells = [
        (
            f"{row['region']}/{row['sector']}",
            amount(row["output_lost"]),
            part_of(row["output_lost_share"]),
            f"{row['lowest_share']:.0%}",
            str(row["lowest_step"]),
        )
        for row in rows[:_ROWS]
    ]
    print_table("Industries that no event hit, by what they lost", headings, cells, is_wide=True)
