"""What ``terbium propagate`` says of a run on an input-output table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terbium.cli.output import Columns, print_table, say
from terbium.report.propagation_words import back_text, money, part_of, regime_text, unit_text
from terbium.report.words import DASH, amount

ROWS = 5


def answer_of_table(summary: Mapping[str, Any], place: Path, has_report: bool) -> dict[str, object]:
    """What ``--json`` prints."""
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


def print_table_run(
    summary: Mapping[str, Any], place: Path, checkpoints: Path | None, has_report: bool
) -> None:
    """Say what was lost, where, and in which regime the run ended."""
    run, losses = summary["run"], summary["losses"]
    unit = unit_text(run["unit"])
    say(
        f"{run['table']}, {run['event']}: {run['industries']} industries in {run['regions']} "
        f"regions and {run['sectors']} sectors, {run['steps']} steps"
    )
    say(regime_text(summary))
    say()
    print_total(summary)
    stops = summary["stops"]
    say(f"Industries below {stops['threshold']:.0%} of their output at some time: {stops['count']}")
    say()
    print_groups("Regions", "Region", losses["regions"], unit)
    print_groups("Sectors", "Sector", losses["sectors"], unit)
    _print_indirect(losses["indirect"], unit)
    names = ["trajectories.npz", "summary.json", "losses.csv"]
    say(f"Files: {', '.join(names)} and others in {place}")
    if checkpoints is not None:
        say(f"States: {checkpoints}")
    if has_report:
        say(f"Report: {place / 'report.html'}")
    say(f'Next: numpy.load("{place / "trajectories.npz"}") has the series by step and industry.')


def print_total(summary: Mapping[str, Any]) -> None:
    """Print what was lost in all, the lowest point, and when output was back."""
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


def print_groups(title: str, kind: str, rows: list[Mapping[str, Any]], unit: str) -> None:
    """Print losses by region or by sector, the largest first."""
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
        for row in rows[:ROWS]
    ]
    more = f", the {ROWS} that lost most of {len(rows)}" if rows[ROWS:] else ""
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
        for row in rows[:ROWS]
    ]
    print_table("Industries that no event hit, by what they lost", headings, cells, is_wide=True)
