"""Which headlines rest on guesses: all of them at their low end, and at their high end."""

import math
from collections.abc import Mapping, Sequence

from terbium.base.speech import tr, trn
from terbium.report.blocks import Block, Column, Record, RunView, Section, Table, Text
from terbium.report.words import DASH, amount, capital, month, never, percent, value

_MOST_NAMES = 3


def _classes(place: str) -> Mapping[tuple[str, str], str]:
    return {
        ("fall", "most"): tr(
            "Exports to {place} fall by more than half in some month", place=place
        ),
        ("fall", "some"): tr(
            "Exports to {place} fall by less than half in every month", place=place
        ),
        ("recouped", "most"): tr(
            "More than half of what {place} lost at first is made good by December", place=place
        ),
        ("recouped", "some"): tr(
            "Less than half of what {place} lost at first is made good by December", place=place
        ),
        ("recouped", "none"): tr(
            "Nothing of what {place} lost at first is made good by December", place=place
        ),
        ("recouped", "no shortfall"): tr(
            "Exports to {place} lose nothing in the first three months", place=place
        ),
        ("all_back", "yes"): tr("All controlled exports are back at their usual level in December"),
        ("all_back", "no"): tr(
            "Not all controlled exports are back at their usual level in December"
        ),
        ("first_stop", "early"): tr("A line stops in {place} within a quarter", place=place),
        ("first_stop", "later"): tr(
            "No line stops in {place} within a quarter, but one does later", place=place
        ),
        ("first_stop", "never"): tr("No line stops in {place}", place=place),
        ("most_stop", "most"): tr("More than half of the pairs of region and industry stop a line"),
        ("most_stop", "some"): tr(
            "Fewer than half of the pairs of region and industry stop a line"
        ),
        ("most_stop", "none"): tr("No line stops anywhere"),
    }


def _families() -> Mapping[str, str]:
    return {
        "behaviour": tr("how firms order and stock up"),
        "capacity_slack": tr("spare capacity"),
        "licensing": tr("how licences are decided"),
        "stock": tr("stocks"),
        "transit": tr("transit times"),
    }


def stress_section(view: RunView) -> Section:
    """Say which headlines flip if every guess is moved to one end, and which family does it."""
    rows = view.rows("stress")
    title = tr("Which headlines rest on guesses")
    reach: Mapping[str, object] = view.summary.get("stress_reach") or {}
    if not rows:
        text = Text([tr("No measure takes force in this run: it has no headline that could flip.")])
        return Section("stress", title, tr("Estimates of grade D are guesses."), [text])
    lead = tr(
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
    told = _classes(place).get((headline, found))
    if told is not None:
        return told
    if headline == "lowest_month":
        return tr("Exports to {place} are lowest in {month}", place=place, month=month(found))
    if headline == "hardest_hit":
        return tr(
            "Of the places on record, {place} is cut deepest over the year",
            place=view.place(found),
        )
    if found == "never":
        return tr("No line stops anywhere")
    labels = found.split(" ")
    named = view.place if headline == "first_region" else view.name
    first = capital(_listed([named(label) for label in labels]))
    if headline == "first_region":
        return trn(
            "{first}: the first region to stop a line",
            "{first}: the first regions to stop a line",
            len(labels),
            first=first,
        )
    return trn(
        "{first}: the first industry to stop a line",
        "{first}: the first industries to stop a line",
        len(labels),
        first=first,
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(tr("Headline, guesses at their medians")),
        Column(tr("Median")),
        Column(tr("Guesses low")),
        Column(tr("Guesses high")),
        Column(tr("Flips")),
        Column(tr("Flipped alone by")),
        Column(tr("Draws in which it holds"), number=True),
    )


def _note() -> str:
    return tr(
        "A headline flips where another statement takes its place. Regions or industries that stop "
        "in the same week share the first place. A family alone: its guesses moved, all others at "
        "their medians. Draws: all estimates vary at once."
    )


def _tables(view: RunView, rows: Sequence[Record]) -> list[Block]:
    """Headlines that flip in full view, those that hold under a caption."""
    flipped = [row for row in rows if row["flips"]]
    held = [row for row in rows if not row["flips"]]
    said = trn(
        "{flipped} of {n} headline flip if all guesses are moved together.",
        "{flipped} of {n} headlines flip if all guesses are moved together.",
        len(rows),
        flipped=len(flipped),
    )
    if not flipped:
        said = trn(
            "None of {n} headline flips if all guesses are moved together.",
            "None of {n} headlines flips if all guesses are moved together.",
            len(rows),
        )
        return [Table(said, _columns(), [_cells(view, row) for row in held], _note())]
    found: list[Block] = [Table(said, _columns(), [_cells(view, row) for row in flipped], _note())]
    if held:
        cells = [_cells(view, row) for row in held]
        caption = trn(
            "{n} headline holds at both ends.", "{n} headlines hold at both ends.", len(held)
        )
        found.append(Table(caption, _columns(), cells, folded=True))
    return found


def _cells(view: RunView, row: Record) -> tuple[str, ...]:
    flips = list(row["flips_at"])
    families = [_family(found) for found in row["families"]]
    if flips and not families:
        families = [tr("no family alone, only together")]
    return (
        statement(view, row),
        _figure(view, row, "central"),
        _figure(view, row, "low"),
        _figure(view, row, "high"),
        _ends(flips),
        ", ".join(families) or DASH,
        percent(row["share_of_draws"]),
    )


def _ends(flips: Sequence[str]) -> str:
    """At which end of the guesses a headline flips."""
    if not flips:
        return tr("no")
    told = {
        "low": tr("at low"),
        "high": tr("at high"),
        "low and high": tr("at low and high"),
    }
    return told.get(" and ".join(flips)) or f"at {' and '.join(flips)}"


def _figure(view: RunView, row: Record, end: str) -> str:
    """The figure behind a statement; where it is a name, the names."""
    found = str(row[f"{end}_class"])
    if row["headline"] == "lowest_month":
        return month(found)
    if row["headline"] in ("first_region", "first_industry", "hardest_hit"):
        labels = found.split(" ")
        names = ", ".join(view.name(label) for label in labels[:_MOST_NAMES])
        if labels[_MOST_NAMES:]:
            names = tr("{names} and {more} more", names=names, more=len(labels) - _MOST_NAMES)
        return f"{names} ({_number(row, end)})" if found != "never" else never()
    return _number(row, end)


def _number(row: Record, end: str) -> str:
    cell = row[end]
    if cell is None:
        return tr("no shortfall")
    number = value(cell)
    if math.isinf(number):
        return never()
    if row["unit"] == "weeks":
        return tr("week {week}", week=amount(number))
    if row["headline"] == "hardest_hit":
        return tr("{share} of usual", share=percent(number))
    return percent(number, sign=row["headline"] == "fall")


def _family(found: Record) -> str:
    name = family_name(found["family"])
    ends = {"low": tr("low"), "high": tr("high")}
    return f"{name} ({', '.join(ends.get(end, end) for end in found['ends'])})"


def family_name(family: str) -> str:
    """A family of estimates in words."""
    return _families().get(family) or family.replace("_", " ")


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return tr("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


def _limits(reach: Mapping[str, object]) -> list[str]:
    """Which guesses move, and which do not."""
    families = reach.get("families")
    if not isinstance(families, list):
        return []
    told = ", ".join(f"{family_name(f['family'])} ({f['estimates']})" for f in families)
    return [
        tr(
            "{moved} guesses enter the steps of this run and were moved: {families}. {held} more "
            "shape the flows of the base year, which are balanced once and held; what would flip "
            "with them is not said here.",
            moved=reach["moved"],
            families=told,
            held=reach["held"],
        )
    ]
