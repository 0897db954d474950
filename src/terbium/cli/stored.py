"""The work of ``terbium compare`` and ``terbium report``, done with finished run folders."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from terbium.analysis.compare import Comparison, compare
from terbium.analysis.differences import KINDS
from terbium.base.errors import CommandError, InputError, Problems
from terbium.base.files import atomic_write_text
from terbium.cli.output import Columns, note, print_json, print_table, say
from terbium.report.document import render_report
from terbium.report.words import DASH, MINUS, amount, between, month, value
from terbium.results.exports import HEADLINE_MATERIAL
from terbium.results.firm_trajectories import SERIES, open_firms
from terbium.results.store import RunFolder, open_run
from terbium.results.trajectories import ARRAYS, open_propagation

_MOST_ROWS = 20
_WORLD = "WLD"
_NEEDED = ("code_hash", "register_hash", "measures")


def remake_report(place: Path) -> None:
    """Write the report of a folder again and print where it lies."""
    run = _opened_run(place)
    _note_changes(run)
    page = place / "report.html"
    atomic_write_text(page, render_report(run.summary, run.manifest))
    say(str(page))


def _opened_run(place: Path) -> RunFolder:
    """A run of any kind, told by the file of its series."""
    if (place / ARRAYS).is_file():
        return open_propagation(place)
    return open_firms(place) if (place / SERIES).is_file() else open_run(place)


def compare_runs(places: Sequence[Path], is_json: bool) -> None:
    """Hold the first run against each of the others and print what comes out.

    Raises
    ------
    CommandError
        With everything that is wrong with any of the folders.
    """
    runs = _opened(places)
    found = [compare(runs[0], other) for other in runs[1:]]
    if is_json:
        print_json({"first": str(places[0]), "comparisons": [one.to_dict() for one in found]})
        return
    for one, other in zip(found, runs[1:], strict=True):
        _print(one, runs[0].summary["names"] | other.summary["names"])


def _note_changes(run: RunFolder) -> None:
    changed = run.changed_files()
    if changed:
        note(f"{run.path}: changed since the run was written: {', '.join(changed)}.")


def _opened(places: Sequence[Path]) -> list[RunFolder]:
    """Open all folders; everything that is wrong with any of them is told at once."""
    problems = Problems()
    if not places[1:]:
        problems.add(
            "RUN_DIR", f"{len(places)} folder", "two run folders or more", "name another run"
        )
    runs = []
    for place in places:
        try:
            run = open_run(place)
            missing = [name for name in _NEEDED if name not in run.manifest]
            if missing or not (place / "parameters.csv").is_file():
                problems.add(
                    f"run folder {place}",
                    f"no {', '.join(missing or ['parameters.csv'])}: an earlier Terbium wrote it",
                    "a folder with fingerprints of code and law and with its parameters",
                    "run the scenario again",
                )
        except InputError as error:
            problems.extend(error.problems)
            continue
        runs.append(run)
    problems.raise_if_any("terbium compare", CommandError)
    for run in runs:
        _note_changes(run)
    return runs


def _print(found: Comparison, names: Mapping[str, str]) -> None:
    say(f"{found.first} against {found.second}")
    say()
    for line in found.lines.values():
        say(line)
    say()
    _print_differences(found)
    say(found.attribution)
    say(f"Draws: {'paired' if found.paired else 'not paired'} ({found.pairing}).")
    say()
    _print_totals(found, names)
    _print_months(found)
    _print_stops(found, names)
    before, after = found.regimes
    same = before == after
    say(f"Regime: {before} in both" if same else f"Regime: {before}, then {after}")


def _print_differences(found: Comparison) -> None:
    rows = [
        (KINDS[one.kind], one.what, one.before, one.after, one.cause) for one in found.differences
    ]
    if not rows:
        return
    headings: Columns = dict.fromkeys(("Kind", "What", "Before", "After", "By"), "left")
    print_table("What parts them", headings, rows[:_MOST_ROWS], is_wide=True)
    _say_hidden(len(rows) - _MOST_ROWS, "differences")


def _print_totals(found: Comparison, names: Mapping[str, str]) -> None:
    totals = [row for row in found.totals if row["material"] == HEADLINE_MATERIAL]
    if not totals:
        say("Exports of the headline group: the same in every month and draw.")
        return
    first, last = (month(str(totals[0][end])) for end in ("first", "last"))
    what = names.get(HEADLINE_MATERIAL, HEADLINE_MATERIAL)
    headings = _change_headings("Destination")
    cells = [(str(row["destination"]), *_change_cells(row)) for row in totals]
    beyond = sum(bool(row["exceeds"]) for row in totals)
    print_table(
        f"Exports of {what}, t, {first} to {last}", headings, cells[:_MOST_ROWS], is_wide=True
    )
    _say_hidden(len(cells) - _MOST_ROWS, "destinations")
    say(f"{beyond} of {len(totals)} differ by more than the Monte Carlo error.")
    say()


def _print_months(found: Comparison) -> None:
    rows = [
        row
        for row in found.exports
        if (row["material"], row["destination"]) == (HEADLINE_MATERIAL, _WORLD)
    ]
    if rows:
        cells = [(month(str(row["month"])), *_change_cells(row)) for row in rows]
        print_table("To the world by month, t", _change_headings("Month"), cells, is_wide=True)


def _print_stops(found: Comparison, names: Mapping[str, str]) -> None:
    if not found.stops:
        say("First stops: none moved.")
        return
    headings: Columns = {"Region": "left", "Industry": "left", "Before": "right", "After": "right"}
    for name in ("Monte Carlo 90 %", "Beyond it", "Draws before", "Draws after"):
        headings = {**headings, name: "right"}
    cells = [
        (
            str(row["region"]),
            names.get(str(row["industry"]), str(row["industry"]).replace("_", " ")),
            amount(value(row["before"])),
            amount(value(row["after"])),
            _error(row, _weeks),
            _yes(row),
            f"{value(row['share_before']):.0%}",
            f"{value(row['share_after']):.0%}",
        )
        for row in found.stops
    ]
    print_table(
        "First stops, weeks after the headline measure", headings, cells[:_MOST_ROWS], is_wide=True
    )
    _say_hidden(len(cells) - _MOST_ROWS, "stops that moved")
    beyond = sum(bool(row["exceeds"]) for row in found.stops)
    say(f"{beyond} of {len(found.stops)} moved by more than the Monte Carlo error.")


def _change_headings(first: str) -> Columns:
    headings: Columns = {first: "left", "Before": "right", "90 %": "right", "After": "right"}
    for name in ("90 % after", "Change", "Monte Carlo 90 %", "Beyond it"):
        headings = {**headings, name: "right"}
    return headings


def _change_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        amount(value(row["before"])),
        between(amount(value(row["before_low90"])), amount(value(row["before_high90"]))),
        amount(value(row["after"])),
        between(amount(value(row["after_low90"])), amount(value(row["after_high90"]))),
        _signed(value(row["difference"])),
        _error(row, _signed),
        _yes(row),
    )


def _error(row: Mapping[str, Any], show: Callable[[float], str]) -> str:
    ends = [value(row[name]) for name in ("error_low", "error_high")]
    return between(*(_end(end, show) for end in ends))


def _end(end: float, show: Callable[[float], str]) -> str:
    if math.isinf(end):
        return "never" if end > 0 else "from never"
    return show(end)


def _signed(step: float) -> str:
    return f"{'+' if step > 0 else ''}{amount(step)}"


def _weeks(step: float) -> str:
    return f"{step:+.1f}".replace("-", MINUS)


def _yes(row: Mapping[str, Any]) -> str:
    return "yes" if row["exceeds"] else DASH


def _say_hidden(number: int, what: str) -> None:
    if number > 0:
        say(f"{number} further {what}: see --json.")
