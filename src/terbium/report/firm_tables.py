"""Tables and texts of the page of a run on a network of firms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terbium.report.blocks import Block, Column, Record, Table, Text
from terbium.report.propagation_words import part_of, times
from terbium.report.words import DASH, amount, capital, count

_DIRECT = 5


def aggregation_table(summary: Record, unit: str) -> Table:
    """Firms beside cells."""
    found = summary["aggregation"]
    pairs = (
        ("Output lost", unit, "output_lost", amount),
        ("Output lost, of a year's", "", "output_lost_share", part_of),
        ("Final demand not met", unit, "final_unmet", amount),
        ("Lowest output, of the base", "", "lowest_share", lambda share: part_of(share, 3)),
    )
    cells = [
        (f"{label}, {per}" if per else label, show(found[f"firms_{name}"]), show(found[name]))
        for label, per, name, show in pairs
    ]
    columns = (
        Column("Over the run"),
        Column(count(summary["run"]["firms"], "firm"), number=True),
        Column(count(found["cells"], "cell"), number=True),
    )
    error = DASH if found["error"] is None else part_of(found["error"])
    note = (
        "Error of aggregation: loss by cells less loss by firms, as a share of the latter. Which "
        "firms of a sector are hit, and who depends on them, is what a cell does not know."
    )
    return Table(f"Error of aggregation: {error}.", columns, cells, note)


def firm_tables(losses: Record, unit: str, run: Record) -> list[Block]:
    """Firms that lost most, struck or not."""
    name = str(run["step_name"])
    columns = (
        Column("Firm"),
        Column("Region"),
        Column("Sector"),
        Column("Output lost", unit, number=True),
        Column("of a year's", number=True),
        Column("Direct", unit, number=True),
        Column("Lowest", number=True),
        Column(f"on {name}", number=True),
        Column(f"Stops on {name}", number=True),
        Column("for", number=True),
    )
    captions = {
        "hit": "Firms that events struck, by output lost.",
        "indirect": "Firms that lost by way of others alone, by output lost.",
    }
    found: list[Block] = []
    for kind, caption in captions.items():
        cells = [_firm_cells(row, run) for row in losses[kind]]
        shown = list(range(len(columns)))
        if kind != "hit":
            shown.remove(_DIRECT)
        if cells:
            note = "The first of them; firms.parquet has all."
            headings = [columns[k] for k in shown]
            rows = [[row[k] for k in shown] for row in cells]
            found.append(Table(caption, headings, rows, note, folded=kind == "hit"))
    return found


def _firm_cells(row: Record, run: Record) -> tuple[str, ...]:
    has_stopped = row["stop_step"] >= 0
    return (
        str(row["firm"]),
        str(row["region"]),
        str(row["sector"]),
        amount(row["output_lost"]),
        part_of(row["output_lost_share"]),
        amount(row["direct"]),
        part_of(row["lowest_share"], 3),
        str(row["lowest_step"]),
        str(row["stop_step"]) if has_stopped else DASH,
        times(row["below"], run) if has_stopped else DASH,
    )


def method_text(run: Mapping[str, Any]) -> Text:
    """How it was computed, in a paragraph."""
    name = run["step_name"]
    return Text(
        [
            f"The rules of Inoue and Todo (2019), of the family of Hallegatte (2008). Each {name} "
            "a firm makes what was ordered and what final demand takes, within its capacity and "
            "what its stocks allow; inputs of one sector stand in for one another, inputs of "
            "different sectors do not. It divides what it made by the rule "
            f"{str(run['rationing']).replace('_', ' ')}, and orders what it used and part of the "
            "gaps in its stocks. Suppliers stay who they are. Rules: docs/firms.md.",
        ]
    )


def limits(warnings: list[str]) -> Text:
    """What the page does not say, and what network and event left open."""
    said = [
        "Links that the network does not have cannot break, and nobody finds a new supplier.",
        "Stocks and restoration times are assumptions unless the event file says where they are "
        "from; they decide between a dent and a collapse.",
        "A row of a firm is arithmetic on its links, not a finding on that firm.",
        "One run has no interval. What it would do under other settings is asked by other runs.",
    ]
    return Text([*said, *(f"{capital(warning).rstrip('.')}." for warning in warnings)], listed=True)
