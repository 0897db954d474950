"""``terbium run``: from a scenario to a run folder and its headline figures."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from terbium.base.errors import CommandError, InputError, Problems
from terbium.base.gazetteer import resolve_region
from terbium.base.unfinished import unfinished_folder
from terbium.cli.headlines import print_headlines
from terbium.cli.options import Json, assignments, at_least, check_folder, check_one_of
from terbium.cli.output import note, print_json, progress_bar

_MARKER = "manifest.json"
_ECONOMY = ("regions", "implausible", "regime", "about")
_ARGUMENT = re.compile("^Study argument ")
_UNSAFE = re.compile(r"[^\w.+-]+")


def run(
    scenario: Annotated[
        str, typer.Argument(help="Name of a scenario, or the path of a YAML file.")
    ],
    mix: Annotated[
        list[str] | None, typer.Option(help="A mix of the scenario; may be given again.")
    ] = None,
    draws: Annotated[int | None, typer.Option(help="Samples of all parameters.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same bytes.")] = None,
    design: Annotated[
        str, typer.Option(help="Spread of the samples: sobol, halton, latin or random.")
    ] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a value; may be given again."),
    ] = None,
    overlay: Annotated[
        Path | None, typer.Option(help="Folder of your own tables: set.csv, stocks.csv.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write.", show_default="out/SCENARIO")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="The result is the same for any number.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes instead of threads, with the same result.")
    ] = None,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask scheduler, with the same result.")
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped or killed.")
    ] = False,
    exports: Annotated[
        str, typer.Option(metavar="REGION", help="Also print magnet exports there by month.")
    ] = "",
    json: Json = False,
) -> None:
    """Run a scenario and write its results, tables and report."""
    problems = Problems()
    changes = assignments(set_ or (), "--set", problems)
    draws = at_least(draws, 1, "--draws", problems)
    seed = at_least(seed, 0, "--seed", problems)
    threads = at_least(threads, 1, "--threads", problems)
    workers = at_least(workers, 1, "--workers", problems)
    hands = {"threads": threads, "workers": workers, "cluster": cluster or None}
    check_one_of({f"--{name}": value for name, value in hands.items()}, problems)
    if out is not None:
        check_folder(out, _MARKER, problems)
    destination = _region("--exports", exports, problems)
    sample = {"draws": draws, "seed": seed, "design": design or None}
    study = _open(scenario, mix or [], changes, overlay, sample, problems)
    place = out if out is not None else _default_place(study.scenario.name, mix or [])
    check_folder(place, _MARKER, problems)
    problems.raise_if_any("terbium run", CommandError)
    if not resume and unfinished_folder(place).exists():
        note("Dropping what an unfinished run has left; --resume would have gone on with it")
    with progress_bar(f"Running {study.scenario.name}") as advance:
        finished = study.simulate(progress=advance, out=place, resume=resume, **hands)
    from terbium.report.document import render_report

    note(f"Writing {place}")
    finished.save(place, render_report)
    report = place / "report.html"
    if json:
        print_json(_answer(finished.summary, place))
    else:
        covers = study.scenario.covers
        print_headlines(finished.summary, report, destination, (covers.first, covers.last))


def _open(
    scenario: str,
    mixes: list[str],
    changes: dict[str, str],
    overlay: Path | None,
    sample: dict[str, Any],
    problems: Problems,
) -> Any:
    """Open the study; what is wrong with it is told together with what is wrong with options."""
    from terbium.study import open_study

    note(f"Opening {scenario}")
    try:
        study = open_study(scenario, mixes=mixes, overrides=changes, overlay=overlay, **sample)
        # shocks meet the nodes of the graph here, and not after the bar has begun
        _ = study.compiled
    except InputError as error:
        found = [replace(p, place=_ARGUMENT.sub("--", p.place)) for p in error.problems]
        if not problems:
            raise type(error)(error.where, found) from error
        problems.extend(found)
    problems.raise_if_any("terbium run", CommandError)
    return study


def _region(option: str, text: str, problems: Problems) -> str:
    """Code of a region; what is none is noted."""
    if not text:
        return ""
    try:
        return resolve_region(text, option)
    except InputError as error:
        problems.extend(error.problems)
        return ""


def _default_place(name: str, mixes: list[str]) -> Path:
    """Mixes of one scenario lie side by side, so that none takes another's place."""
    return Path("out", _UNSAFE.sub("-", "+".join([name, *mixes])))


def _answer(summary: dict[str, Any], place: Path) -> dict[str, object]:
    kept = ("run", "first_stops", "scores", "findings", "regime", "conservation", "units")
    told = {name: summary[name] for name in kept}
    if "economy" in summary:
        told["economy"] = {name: summary["economy"][name] for name in _ECONOMY}
    return {"folder": str(place), "report": str(place / "report.html"), **told}
