"""The work of ``terbium propagate``: judge, warn, run, write, tell."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from terbium.base.errors import CommandError, InputError, Problems
from terbium.cli.lines import wrapped
from terbium.cli.options import check_folder
from terbium.cli.output import note, print_json, progress_bar
from terbium.cli.propagation_firms import answer_of_firms, print_firms
from terbium.cli.propagation_text import answer_of_table, print_table_run
from terbium.propagation import Prepared, PreparedFirms, prepare
from terbium.report.document import render_report

_MARKER = "manifest.json"
_UNSAFE = re.compile(r"[^\w.+-]+")
_KERNELS = {True: "kernel.advance", False: "link_kernel.advance_links"}
_FIRM_KERNEL = "firm_kernel.trade"


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
    """Run shocks through a table or a network, from what was typed to what is printed.

    Parameters
    ----------
    request
        What was typed.
    problems
        What is wrong with it so far.

    Raises
    ------
    InputError
        With everything that is wrong with flows, event and options.
    """
    if request.out is not None:
        check_folder(request.out, _MARKER, problems)
    ready = _ready(request, problems)
    place = request.out or Path("out", _UNSAFE.sub("-", ready.name))
    check_folder(place, _MARKER, problems)
    problems.raise_if_any("terbium propagate", CommandError)
    _warn(ready)
    keeps = request.checkpoint_every is not None or ready.keeps
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
    is_firms = isinstance(ready, PreparedFirms)
    if request.is_json:
        answer = answer_of_firms if is_firms else answer_of_table
        print_json(answer(folder.summary, place, request.has_report))
    else:
        show = print_firms if is_firms else print_table_run
        show(folder.summary, place, checkpoints, request.has_report)


def _ready(request: Request, problems: Problems) -> Prepared | PreparedFirms:
    """Read flows and event; what is wrong with them is told with what is wrong with options."""
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


def _warn(ready: Prepared | PreparedFirms) -> None:
    """Say on stderr what a reader should know before the run."""
    for warning in ready.warnings:
        note("\n".join(wrapped(f"Note: {warning}", "", "  ")))
    if isinstance(ready, Prepared) and not (ready.stability.is_safe and ready.stability.applies):
        stability = ready.stability
        kind = "Note" if stability.is_safe else "Warning"
        note("\n".join(wrapped(f"{kind}: {ready.stability_text}", "", "  ")))
    if not _is_compiled(ready):
        note("The first run on a machine compiles the kernel, which takes a minute.")


def _is_compiled(ready: Prepared | PreparedFirms) -> bool:
    """Whether machine code of the kernel that will step is in the cache."""
    cache = Path(os.environ.get("NUMBA_CACHE_DIR", ""))
    kernel = _KERNELS[ready.is_factored] if isinstance(ready, Prepared) else _FIRM_KERNEL
    return any(cache.glob(f"*/{kernel}-*.nbi"))
