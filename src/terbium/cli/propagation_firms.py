"""What ``terbium propagate`` says of a run on a network of firms."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terbium.cli.output import Columns, print_table, say
from terbium.cli.propagation_text import ROWS, print_groups, print_total
from terbium.report.firm_words import aggregation_text, stops_text
from terbium.report.propagation_words import part_of, regime_text, unit_text
from terbium.report.words import amount


def answer_of_firms(summary: Mapping[str, Any], place: Path, has_report: bool) -> dict[str, object]:
    """What ``--json`` prints."""
    losses = summary["losses"]
    names = ("run", "regime", "lowest", "recovery", "stops", "final_demand", "aggregation")
    return {
        "folder": str(place),
        "report": str(place / "report.html") if has_report else None,
        "losses": {
            name: losses[name] for name in ("total", "regions", "sectors", "hit", "indirect")
        },
        **{name: summary[name] for name in (*names, "books", "settings", "warnings")},
    }


def print_firms(
    summary: Mapping[str, Any], place: Path, checkpoints: Path | None, has_report: bool
) -> None:
    """Say what was lost, where, by whom, and what a table of sectors would have said."""
    run, losses = summary["run"], summary["losses"]
    unit = unit_text(run["unit"])
    say(
        f"{run['table']}, {run['event']}: {run['firms']:,} firms and {run['links']:,} links in "
        f"{run['regions']} regions and {run['sectors']} sectors, {run['steps']} steps"
    )
    say(regime_text(summary))
    say()
    print_total(summary)
    say(stops_text(summary))
    say(aggregation_text(summary))
    say()
    print_groups("Regions", "Region", losses["regions"], unit)
    print_groups("Sectors", "Sector", losses["sectors"], unit)
    _print_worst("Firms that events hit", losses["hit"], unit)
    _print_worst("Firms that no event hit, by what they lost", losses["indirect"], unit)
    say(f"Files: series.npz, firms.parquet, summary.json and others in {place}")
    if checkpoints is not None:
        say(f"States: {checkpoints}")
    if has_report:
        say(f"Report: {place / 'report.html'}")
    say(f"Next: duckdb.sql(\"FROM '{place / 'firms.parquet'}'\") has a row for each firm.")


def _print_worst(title: str, rows: list[Mapping[str, Any]], unit: str) -> None:
    if not rows:
        return
    headings: Columns = {
        "Firm": "left",
        "Region": "left",
        "Sector": "left",
        f"Output lost, {unit}": "right",
        "Of a year's": "right",
        "Lowest": "right",
        "In step": "right",
    }
    cells = [
        (
            str(row["firm"]),
            str(row["region"]),
            str(row["sector"]),
            amount(row["output_lost"]),
            part_of(row["output_lost_share"]),
            f"{row['lowest_share']:.0%}",
            str(row["lowest_step"]),
        )
        for row in rows[:ROWS]
    ]
    print_table(title, headings, cells, is_wide=True)
