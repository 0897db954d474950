"""Which headlines rest on guesses: all of them at their low end, and at their high end."""

import math
from collections.abc import Mapping, Sequence

from terbium.report.blocks import Block, Column, Record, RunView, Section, Table, Text
from terbium.report.words import DASH, amount, capital, count, month, percent, value

_CLASSES = {
    ("fall", "most"): "Exports to {place} fall by more than half in some month",
    ("fall", "some"): "Exports to {place} fall by less than half in every month",
    ("recouped", "most"): "More than half of what {place} lost at first is made good by December",
    ("recouped", "some"): "Less than half of what {place} lost at first is made good by December",
    ("recouped", "none"): "Nothing of what {place} lost at first is made good by December",
    ("recouped", "no shortfall"): "Exports to {place} lose nothing in the first three months",
    ("all_back", "yes"): "All controlled exports are back at their usual level in December",
    ("all_back", "no"): "Not all controlled exports are back at their usual level in December",
    ("first_stop", "early"): "A line stops in {place} within a quarter",
    ("first_stop", "later"): "No line stops in {place} within a quarter, but one does later",
    ("first_stop", "never"): "No line stops in {place}",
    ("most_stop", "most"): "More than half of the pairs of region and industry stop a line",
    ("most_stop", "some"): "Fewer than half of the pairs of region and industry stop a line",
    ("most_stop", "none"): "No line stops anywhere",
}
_FAMILIES = {
    "behaviour": "how firms order and stock up",
    "capacity_slack": "spare capacity",
    "licensing": "how licences are decided",
    "stock": "stocks",
    "transit": "transit times",
}
_MOST_NAMES = 3


def stress_section(view: RunView) -> Section:
    """Say which headlines flip if every guess is moved to one end, and which family does it."""
    rows = view.rows("stress")
    title = "Which headlines rest on guesses"
    reach: Mapping[str, object] = view.summary.get("stress_reach") or {}
    if not rows:
        text = Text(["No measure takes force in this run: it has no headline that could flip."])
        return Section("stress", title, "Estimates of grade D are guesses.", [text])
    lead = (
        "Every estimate of grade D, a guess of ours, is moved to its low end, then to its high "
        "end, all of them together; the other estimates stay at their medians."
    )
    blocks: list[Block] = [*_tables(view, rows), Text(_limits(reach))]
    return Section("stress", title, lead, blocks)


def statement(view: RunView, row: Record, end: str = "central") -> str:
    """Say a headline as it reads at one end."""
    found = str(row[f"{end}_class"])
    place = view.place(row["subject"]) if row["subject"] else ""
    headline = str(row["headline"])
    if (headline, found) in _CLASSES:
        return _CLASSES[headline, found].format(place=place)
    if headline == "lowest_month":
        return f"Exports to {place} are lowest in {month(found)}"
    if headline == "hardest_hit":
        return f"Of the places on record, {view.place(found)} is cut deepest over the year"
    if found == "never":
        return "No line stops anywhere"
    labels = found.split(" ")
    one, more = ("region", "regions") if headline == "first_region" else ("industry", "industries")
    named = view.place if headline == "first_region" else view.name
    first = capital(_listed([named(label) for label in labels]))
    return f"{first}: the first {more if labels[1:] else one} to stop a line"


_COLUMNS = (
    Column("Headline, guesses at their medians"),
    Column("Median"),
    Column("Guesses low"),
    Column("Guesses high"),
    Column("Flips"),
    Column("Flipped alone by"),
    Column("Draws in which it holds", number=True),
)
_NOTE = (
    "A headline flips where another statement takes its place. Regions or industries that stop in "
    "the same week share the first place. A family alone: its guesses moved, all others at their "
    "medians. Draws: all estimates vary at once."
)


def _tables(view: RunView, rows: Sequence[Record]) -> list[Block]:
    """Headlines that flip in full view, those that hold under a caption."""
    flipped = [row for row in rows if row["flips"]]
    held = [row for row in rows if not row["flips"]]
    headlines = count(len(rows), "headline")
    said = f"{len(flipped)} of {headlines} flip if all guesses are moved together."
    if not flipped:
        said = f"None of {headlines} flips if all guesses are moved together."
        return [Table(said, _COLUMNS, [_cells(view, row) for row in held], _NOTE)]
    found: list[Block] = [Table(said, _COLUMNS, [_cells(view, row) for row in flipped], _NOTE)]
    if held:
        cells = [_cells(view, row) for row in held]
        caption = f"{count(len(held), 'headline holds', 'headlines hold')} at both ends."
        found.append(Table(caption, _COLUMNS, cells, folded=True))
    return found


def _cells(view: RunView, row: Record) -> tuple[str, ...]:
    flips = list(row["flips_at"])
    families = [_family(found) for found in row["families"]]
    if flips and not families:
        families = ["no family alone, only together"]
    return (
        statement(view, row),
        _figure(view, row, "central"),
        _figure(view, row, "low"),
        _figure(view, row, "high"),
        f"at {' and '.join(flips)}" if flips else "no",
        ", ".join(families) or DASH,
        percent(row["share_of_draws"]),
    )


def _figure(view: RunView, row: Record, end: str) -> str:
    """The figure behind a statement; where it is a name, the names."""
    found = str(row[f"{end}_class"])
    if row["headline"] == "lowest_month":
        return month(found)
    if row["headline"] in ("first_region", "first_industry", "hardest_hit"):
        labels = found.split(" ")
        more = f" and {len(labels) - _MOST_NAMES} more" if labels[_MOST_NAMES:] else ""
        names = ", ".join(view.name(label) for label in labels[:_MOST_NAMES]) + more
        return f"{names} ({_number(row, end)})" if found != "never" else "never"
    return _number(row, end)


def _number(row: Record, end: str) -> str:
    cell = row[end]
    if cell is None:
        return "no shortfall"
    number = value(cell)
    if math.isinf(number):
        return "never"
    if row["unit"] == "weeks":
        return f"week {amount(number)}"
    if row["headline"] == "hardest_hit":
        return f"{percent(number)} of usual"
    return percent(number, sign=row["headline"] == "fall")


def _family(found: Record) -> str:
    name = family_name(found["family"])
    return f"{name} ({', '.join(found['ends'])})"


def family_name(family: str) -> str:
    """A family of estimates in words."""
    return _FAMILIES.get(family, family.replace("_", " "))


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _limits(reach: Mapping[str, object]) -> list[str]:
    """Which guesses move, and which do not."""
    families = reach.get("families")
    if not isinstance(families, list):
        return []
    told = ", ".join(f"{family_name(f['family'])} ({f['estimates']})" for f in families)
    return [
        f"{reach['moved']} guesses enter the steps of this run and were moved: {told}. "
        f"{reach['held']} more shape the flows of the base year, which are balanced once and held; "
        "what would flip with them is not said here."
    ]
