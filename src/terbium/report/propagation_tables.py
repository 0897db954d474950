"""Tables and texts of the page of a propagation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from terbium.report.blocks import Block, Column, Record, Table, Text
from terbium.report.propagation_words import money, part_of, times
from terbium.report.words import DASH, NO_BREAK, amount, capital, count

_OPEN_ROWS = 12
_SHORT = 16
_BOOKS = {
    "money": "What suppliers sent is what buyers got",
    "final_demand": "Final demand missed is the same by supplier and by consumer",
    "recipe": "What firms used is what their recipes take for what they made",
    "stock": "What entered stocks and transit left them or is still there",
    "licence": "Filings and licences end in one way each",
    "stock_below_nil": "No stock falls below nil",
}


def group_table(rows: Sequence[Record], kind: str, unit: str) -> Table:
    """Losses by region or by sector."""
    cells = [
        (
            _unbroken(str(row[kind])),
            amount(row["output_lost"]),
            part_of(row["output_lost_share"]),
            amount(row["direct"]),
            amount(row["indirect"]),
            amount(row["value_added_lost"]),
            part_of(row["value_added_lost_share"]),
        )
        for row in rows
    ]
    columns = (
        Column(capital(kind)),
        Column("Output lost", unit, number=True),
        Column("of a year's", number=True),
        Column("Direct", unit, number=True),
        Column("By way of others", unit, number=True),
        Column("Value added lost", unit, number=True),
        Column("of a year's", number=True),
    )
    losers = sum(row["output_lost"] > 0 for row in rows)
    caption = f"{losers} of {count(len(rows), kind)} lose output."
    note = "Below nil: more was made than at rest, or made good by others."
    return Table(caption, columns, cells, note, folded=len(rows) > _OPEN_ROWS)


def _unbroken(label: str) -> str:
    """A short label stays on one line, however narrow its column."""
    return label.replace(" ", NO_BREAK) if len(label) <= _SHORT else label


def month_table(rows: Sequence[Record], run: Record) -> Table:
    """Losses by twelfth of the year."""
    worst = max(rows, key=lambda row: row["output_lost"])
    caption = f"Month {worst['month']} is the worst: {_lost(worst, run)}."
    if worst["output_lost"] <= 0:
        caption = "No month loses output."
    columns = (
        Column("Month"),
        Column(f"From {run['step_name']}", number=True),
        Column("Output lost", str(run["unit"]), number=True),
        Column("Output, of the base", number=True),
        Column(f"Lowest {run['step_name']}", number=True),
    )
    cells = [
        (
            str(row["month"]),
            str(row["first_step"]),
            amount(row["output_lost"]),
            part_of(row["output_share"], 3),
            part_of(row["lowest_share"], 3),
        )
        for row in rows
    ]
    return Table(caption, columns, cells, "Twelfths of the table's year.", folded=True)


def industry_table(losses: Record, unit: str, run: Record) -> list[Block]:
    """Industries that lost most, struck or not."""
    columns = (
        Column("Industry"),
        Column("Output lost", unit, number=True),
        Column("of a year's", number=True),
        Column("Direct", unit, number=True),
        Column("Value added lost", unit, number=True),
        Column("Lowest", number=True),
        Column(f"on {run['step_name']}", number=True),
    )
    found: list[Block] = []
    captions = {
        "hit": "Industries that events struck, by output lost.",
        "indirect": "Industries that lost by way of others alone, by output lost.",
    }
    for name, caption in captions.items():
        cells = [
            (
                f"{row['region']}/{row['sector']}",
                amount(row["output_lost"]),
                part_of(row["output_lost_share"]),
                amount(row["direct"]),
                amount(row["value_added_lost"]),
                part_of(row["lowest_share"], 3),
                str(row["lowest_step"]),
            )
            for row in losses[name]
        ]
        if cells:
            found.append(Table(caption, columns, cells, folded=True))
    return found


def stop_table(stops: Record, run: Record) -> Block:
    """Industries that fell below the threshold of a stop."""
    limit = part_of(stops["threshold"])
    if not stops["count"]:
        return Text([f"No industry falls below {limit} of its base."])
    first = stops["rows"][0]
    number = count(stops["count"], "industry falls", "industries fall")
    caption = (
        f"{number} below {limit} of the base; the first is {first['region']}/{first['sector']} on "
        f"{run['step_name']} {first['step']}."
    )
    cells = [
        (
            f"{row['region']}/{row['sector']}",
            str(row["step"]),
            times(row["steps"], run),
            "an event" if row["is_direct"] else "others",
        )
        for row in stops["rows"]
    ]
    columns = (
        Column("Industry"),
        Column(f"First {run['step_name']}", number=True),
        Column("Below it for", number=True),
        Column("Struck by"),
    )
    shown = len(stops["rows"])
    note = f"The first {shown}." if shown < stops["count"] else ""
    return Table(caption, columns, cells, note, folded=True)


def final_tables(found: Record, unit: str) -> list[Block]:
    """Final demand not met, by region and where it was worst."""
    regions = sorted(found["regions"], key=lambda row: -row["unmet"])
    amounts = (Column("Not met", unit, number=True), Column("of a year's", number=True))
    cells = [(str(r["region"]), amount(r["unmet"]), part_of(r["unmet_share"])) for r in regions]
    worst = found["worst"]
    blocks: list[Block] = [
        Table(
            f"{money(found['unmet'], unit)} of final demand are not met, "
            f"{part_of(found['unmet_share'])} of a year's.",
            (Column("Region"), *amounts),
            cells,
            folded=len(cells) > _OPEN_ROWS,
        )
    ]
    if worst:
        first = worst[0]
        rows = [
            (str(r["region"]), str(r["sector"]), amount(r["unmet"]), part_of(r["unmet_share"]))
            for r in worst
        ]
        caption = f"Missed most: {first['sector']} in {first['region']}."
        columns = (Column("Region"), Column("Product"), *amounts)
        blocks.append(Table(caption, columns, rows, folded=True))
    return blocks


def lean_tables(summary: Record) -> list[Block]:
    """The regime, the criterion, and who holds too little of what."""
    regime, found = summary["regime"], summary["stability"]
    name = str(summary["run"]["step_name"])
    said = [f"Regime: {regime['label']}. {capital(str(regime['reason']))}."]
    if regime["weakest"]:
        weak = ", ".join(
            f"{row['industry']} ({part_of(row['output_at_end_share'], 3)})"
            for row in regime["weakest"]
        )
        said.append(
            f"{count(regime['not_back'], 'industry is', 'industries are')} not back at the end; "
            f"lowest: {weak}."
        )
    said.append(f"Before the run: {found['text']}")
    blocks: list[Block] = [Text(said)]
    ends = (
        Column("Stock", f"{name}s", number=True),
        Column("Gaps made up in", f"{name}s", number=True),
        Column("Threshold, of the base", number=True),
    )
    if found["inputs"]:
        cells = [(str(r["input"]), str(r["industries"]), *_lean(r)) for r in found["inputs"]]
        columns = (Column("Input"), Column("Industries too lean", number=True), *ends)
        caption = f"{count(len(cells), 'input is', 'inputs are')} held too lean by some industry."
        blocks.append(Table(caption, columns, cells, folded=len(cells) > _OPEN_ROWS))
    if found["at_risk"]:
        cells = [
            (f"{r['region']}/{r['sector']}", str(r["input"]), *_lean(r)) for r in found["at_risk"]
        ]
        columns = (Column("Industry"), Column("Leanest input"), *ends)
        number = count(found["industries"], "industry", "industries")
        caption = f"{number} at risk, {part_of(found['output_share'])} of output; leanest first."
        blocks.append(Table(caption, columns, cells, folded=True))
    return blocks


def _lean(row: Record) -> tuple[str, str, str]:
    return amount(row["days"]), amount(row["restoration"]), part_of(row["threshold"], 3)


def event_table(rows: Sequence[Record], run: Record, who: str = "Industries") -> Table:
    """Events as they were resolved."""
    kinds = {"recovery": "capital, recovers", "rebuild": "capital, rebuilt", "arbitrary": "output"}
    cells = [
        (
            str(row["name"]),
            kinds[row["kind"]],
            _named(row),
            _amount(row),
            str(row["step"]),
            str(row["duration"]),
            str(row["recovery"]),
        )
        for row in rows
    ]
    columns = (
        Column("Event"),
        Column("Takes"),
        Column(who),
        Column("Amount"),
        Column(f"From {run['step_name']}", number=True),
        Column("Lasts", number=True),
        Column("Then"),
    )
    return Table(f"{capital(count(len(rows), 'event'))}.", columns, cells)


def _named(row: Record) -> str:
    more = row["industries"] - len(row["named"])
    return ", ".join(row["named"]) + (f" and {more} more" if more > 0 else "")


def _amount(row: Record) -> str:
    if row["amount"] is None:
        return f"{part_of(row['share'])} of output"
    said = f"{amount(row['amount'])} {row['unit']}, {part_of(row['share'])} of capital"
    if row["households"] > 0:
        said += f"; households {amount(row['households'])} {row['unit']}"
    return said


def setting_table(rows: Sequence[Record], defaults: str = "ario/") -> Table:
    """Every setting with where it came from."""
    origins = {"file": "event file", "default": "default", "follows": "follows"}
    cells = [
        (
            str(row["setting"]),
            f"{row['value']} {row['unit']}".strip(),
            origins[row["origin"]] + (f": {row['note']}" if row["note"] else ""),
        )
        for row in rows
    ]
    given = sum(row["origin"] == "file" for row in rows)
    caption = f"{count(len(rows), 'setting')}, {given} of them from the event file."
    columns = (Column("Setting"), Column("Value"), Column("From"))
    note = f"Defaults and their sources: data/methods.csv, rows {defaults}."
    return Table(caption, columns, cells, note, folded=True)


def book_table(rows: Sequence[Record], is_compatible: bool) -> Table:
    """Whether everything adds up."""
    broken = [row for row in rows if not row["holds"]]
    cells = [
        (
            _BOOKS[row["book"]],
            f"{row['gap']:.1g}",
            f"{row['limit']:.0e}",
            "holds" if row["holds"] else "does not hold",
        )
        for row in rows
    ]
    columns = (
        Column("Book"),
        Column("Gap, share", number=True),
        Column("Allowed", number=True),
        Column("Verdict"),
    )
    caption = f"{len(broken)} books do not add up." if broken else "All books add up."
    note = ""
    if is_compatible:
        note = (
            "As in BoARIO, stocks do not move while deliveries and use are within 1e-5 of each "
            "other everywhere; so stocks can miss flows by as much."
        )
    return Table(caption, columns, cells, note)


def method_text(run: Mapping[str, Any]) -> Text:
    """How it was computed, in a paragraph."""
    exact = (
        "The run reproduces BoARIO 0.7.2, its dead band and rounding included"
        if run["is_compatible"]
        else "The run follows the same equations without BoARIO's dead band and rounding"
    )
    return Text(
        [
            f"{run['model']} of the ARIO family (Hallegatte 2008, 2014; BoARIO: Juhel 2024). Each "
            f"{run['step_name']} every industry makes what is asked of it, within its capacity and "
            "what its stocks allow; divides it among who asked; and orders what it used and part "
            f"of the gaps in its stocks. {exact}. Suppliers divide what they have by the rule "
            f"{str(run['rationing']).replace('_', ' ')}; inputs are ordered for the output "
            f"{run['ordering']}. Equations: docs/propagation.md.",
        ]
    )


def limits(warnings: list[str]) -> Text:
    """What the page does not say, and what table and event left open."""
    said = [
        "A table is a year's average: it knows no firms, no single products and no prices.",
        "Stocks and restoration times are assumptions unless the event file says where they are "
        "from; they decide between a dent and a collapse.",
        "One run has no interval. What it would do under other settings is asked by other runs.",
    ]
    return Text([*said, *(f"{capital(warning).rstrip('.')}." for warning in warnings)], listed=True)


def _lost(row: Record, run: Record) -> str:
    of_base = part_of(1 - row["output_share"]) if row["output_share"] is not None else DASH
    return f"{money(row['output_lost'], str(run['unit']))} of output, {of_base} of the base"
