"""What `terbium run` prints: first stops, the score beside its baselines, where the report lies."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from terbium.cli.economy_text import print_economy
from terbium.cli.output import Columns, print_table, say
from terbium.report.words import DASH, amount, between, month, percent, value
from terbium.results.exports import HEADLINE_MATERIAL

_WORLD = "WLD"
_ALL = "all_industries"
_MOST_ROWS = 20
_LIKELY = 0.5

Row = Mapping[str, Any]


def print_headlines(
    summary: Row,
    report: Path,
    destination: str = "",
    covers: tuple[date, date] = (date.min, date.max),
) -> None:
    """Print the headline figures of a run.

    Parameters
    ----------
    summary
        The content of `summary.json`.
    report
        Path of the report.
    destination
        Region whose imports are told by month; empty = none.
    covers
        First and last day of the months told.
    """
    run = summary["run"]
    say(f"{run['title']}")
    say(
        f"{' + '.join([run['scenario'], *run['mixes']])}: {run['first_day']} to {run['last_day']}, "
        f"{run['steps']} steps of {run['step_days']} days, {run['draws']} draws, seed {run['seed']}"
    )
    say()
    _print_stops(summary)
    if destination:
        _print_exports(summary, destination, covers)
    print_economy(summary)
    for line in _score_lines(summary):
        say(line)
    regime = summary["regime"]
    say(f"Regime: {regime['label']} ({regime['reason']})")
    say(f"Report: {report}")


def _print_stops(summary: Row) -> None:
    names = summary["names"]
    pairs = [row for row in summary["first_stops"] if row["industry"] != _ALL]
    likely = [row for row in pairs if row["share_stopped"] >= _LIKELY]
    if not likely:
        say(
            f"First stops: none. {len(pairs)} pairs of region and industry, none in half the draws."
        )
        say()
        return
    title = (
        f"First stops: weeks after {summary['run']['headline_date']}, stocks of grade D are guesses"
    )
    headings: Columns = {"Region": "left", "Industry": "left", "Median": "right", "50 %": "right"}
    headings = {
        **headings,
        **{"90 %": "right", "Draws": "right", "Binding input": "left", "Grade": "left"},
    }
    print_table(
        title,
        headings,
        [
            (
                names.get(row["region"], row["region"]),
                names.get(row["industry"], row["industry"]),
                amount(value(row["week"])),
                _span(row, "50"),
                _span(row, "90"),
                percent(row["share_stopped"]),
                row["binding"] or DASH,
                row["grade"] or DASH,
            )
            for row in likely[:_MOST_ROWS]
        ],
    )
    hidden = len(pairs) - len(likely[:_MOST_ROWS])
    say(
        f"{len(likely)} of {len(pairs)} pairs of region and industry stop in half the draws or "
        f"more; {hidden} further pairs are in tables/first_stops.csv."
    )
    say()


def _print_exports(summary: Row, destination: str, covers: tuple[date, date]) -> None:
    """Exports of the headline group to one region, recorded ones beside them."""
    names = summary["names"]
    first, last = (f"{day:%Y-%m}" for day in covers)
    rows = [
        row
        for row in summary["monthly_exports"]
        if (row["material"], row["destination"]) == (HEADLINE_MATERIAL, destination)
        and first <= row["month"] <= last
    ]
    where = names.get(destination, destination)
    if not rows:
        say(f"Exports to {where}: none on record, it is no region of this dataset.")
        say()
        return
    title = f"Exports of {names.get(HEADLINE_MATERIAL, HEADLINE_MATERIAL)} to {where}, t a month"
    headings: Columns = {
        "Month": "left", "Median": "right", "50 %": "right", "90 %": "right", "Recorded": "right",
    }  # fmt: skip
    print_table(
        title,
        headings,
        [
            (
                month(row["month"]),
                amount(value(row["central"])),
                _span(row, "50"),
                _span(row, "90"),
                DASH if row["observed"] is None else amount(value(row["observed"])),
            )
            for row in rows
        ],
    )


def _span(row: Row, level: str) -> str:
    return between(amount(value(row[f"low{level}"])), amount(value(row[f"high{level}"])))


def _score_lines(summary: Row) -> list[str]:
    scores = summary["scores"]
    if not scores:
        return ["Score: none, no month on record falls into this run"]
    base = f"mean of {summary['run']['base_year']}"
    lines = [
        _score_line(row, base, summary["names"]) for row in scores if row["destination"] == _WORLD
    ]
    others = [row for row in scores if row["destination"] != _WORLD and row["winner"] is not None]
    beaten = [row["destination"] for row in others if row["winner"] != "model"]
    if others:
        named = f" ({', '.join(beaten)})" if beaten else ""
        lines.append(
            f"Score by destination: a baseline beats the model on {len(beaten)} of "
            f"{len(others)}{named}."
        )
    return lines


def _score_line(row: Row, base: str, names: Mapping[str, str]) -> str:
    labels = {"model": "model", "persistence": "persistence", "base_mean": base}
    told = ", ".join(
        f"{label} {DASH if row[name] is None else format(row[name], '.2f')}"
        for name, label in labels.items()
    )
    winner = row["winner"]
    verdict = "undecided" if winner is None else labels[winner]
    if winner not in (None, "model"):
        verdict += " (the model is beaten)"
    material = names.get(row["material"], row["material"])
    return (
        f"Score: log-RMSE of monthly exports of {material}, {row['origin']} to the world, "
        f"{month(row['first'])} to {month(row['last'])}: {told}. Least error: {verdict}"
    )
