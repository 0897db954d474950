"""Section on the licence queue: filed, waiting, granted, and who got through."""

from collections.abc import Sequence

from terbium.report.blocks import WORLD, Column, Figure, Record, RunView, Section, Table, Text
from terbium.report.figures import NARROW, WIDE, Dot, Series, dot_figure, line_figure
from terbium.report.words import amount, between, capital, month, name, percent, value

_QUARTER, _MOST_DOTS = 3, 24
_LEGEND = (
    ("stroke filed", "filed in the month"),
    ("stroke granted", "granted in the month"),
    ("stroke waiting", "waiting at its end"),
    ("haze waiting", "90 % interval"),
)


def queue_section(view: RunView) -> Section:
    """The licence queue of the report's material, to the world and by destination."""
    queue = _queue(view)
    lead = "Tonnes in applications for export licences, as the run's desk decides them."
    filed = queue.get(WORLD, {}).get("filed", [])
    if not any(value(row["central"]) > 0 for row in filed):
        return Section(
            "queue", "The licence queue", lead, [Text(["Nothing is filed in this run."])]
        )
    at = _quarter_after(view, [row["month"] for row in filed])
    return Section(
        "queue",
        "The licence queue",
        lead,
        [_world(view, queue[WORLD]), _access(view, queue, at), _table(view, queue, at)],
    )


def _queue(view: RunView) -> dict[str, dict[str, list[Record]]]:
    found: dict[str, dict[str, list[Record]]] = {}
    for row in view.rows("queue"):
        if row["material"] == view.material:
            found.setdefault(row["destination"], {}).setdefault(row["quantity"], []).append(row)
    return found


def _quarter_after(view: RunView, months: Sequence[str]) -> int:
    """Position of the third month of the measure, or the last one of a run that ends before."""
    start = next((i for i, m in enumerate(months) if m >= (view.headline or months[0])[:7]), 0)
    return min(start + _QUARTER - 1, len(months) - 1)


def _world(view: RunView, quantities: dict[str, list[Record]]) -> Figure:
    months = [row["month"] for row in quantities["filed"]]
    series = []
    for quantity in ("waiting", "filed", "granted"):
        rows = quantities[quantity]
        band = {"low": "low90", "high": "high90"} if quantity == "waiting" else {}
        ends = {end: [value(row[column]) for row in rows] for end, column in band.items()}
        series.append(Series(quantity, quantity, [value(row["central"]) for row in rows], **ends))
    waiting = series[0].central
    peak = max(range(len(waiting)), key=lambda i: waiting[i])
    last = len(months) - 1
    title = f"The queue is longest in {month(months[peak])}: {amount(waiting[peak])} t wait"
    if peak != last:
        title += f", {amount(waiting[last])} t in {month(months[last])}"
    return Figure(
        title,
        f"Applications for {view.name(view.material)} to all destinations, t.",
        line_figure(series, months, "queue-wide", title, (WIDE, 320), view.headline),
        line_figure(series, months, "queue-narrow", title, (NARROW, 270), view.headline),
        _LEGEND,
    )


def _destinations(queue: dict[str, dict[str, list[Record]]], at: int) -> list[str]:
    filed = {
        place: sum(value(row["central"]) for row in quantities["filed"][: at + 1])
        for place, quantities in queue.items()
    }
    return sorted((p for p in filed if filed[p] > 0), key=lambda p: (p != WORLD, -filed[p], p))


def _access(view: RunView, queue: dict[str, dict[str, list[Record]]], at: int) -> Figure:
    places = _destinations(queue, at)[:_MOST_DOTS]
    rows = {place: queue[place]["granted_share"][at] for place in places}
    places.sort(key=lambda p: -value(rows[p]["central"]))
    dots = [
        Dot.of(capital(view.place(p)), rows[p], "central", percent(value(rows[p]["central"])))
        for p in places
    ]
    when = month(rows[places[0]]["month"])
    best, worst = places[0], places[-1]
    title = f"By the end of {when}, {percent(value(rows[best]['central']))} of what was filed for "
    title += f"{view.place(best)} was granted, {percent(value(rows[worst]['central']))} for "
    title += view.place(worst)
    axis = "granted, % of tonnes filed since the run began"
    drawn = [
        dot_figure(dots, f"access-{width}", title, axis, 1.0, width, percent=True)
        for width in (WIDE, NARROW)
    ]
    caption = (
        f"Granted share at the end of {when}; pending and refused stay in the denominator. Shares "
        "are inferred effective access, a band per country; they are no evidence of intent."
    )
    return Figure(title, caption, drawn[0], drawn[1], DOT_LEGEND)


DOT_LEGEND = (("centre", "median"), ("box", "50 % interval"), ("reach", "90 % interval"))


def _table(view: RunView, queue: dict[str, dict[str, list[Record]]], at: int) -> Table:
    places = _destinations(queue, at)
    cells = []
    for place in places:
        quantities = queue[place]
        waiting, share = quantities["waiting"], quantities["granted_share"]
        highest = max(waiting, key=lambda row: value(row["central"]))
        cells.append(
            (
                capital(view.place(place)),
                amount(sum(value(row["central"]) for row in quantities["filed"])),
                amount(value(highest["central"])),
                month(highest["month"]),
                percent(value(share[at]["central"])),
                between(percent(value(share[at]["low90"])), percent(value(share[at]["high90"]))),
                percent(value(share[-1]["central"])),
            )
        )
    when, last = month(share[at]["month"]), month(share[-1]["month"])
    columns = (
        Column("Destination"),
        Column("Filed, whole run", "t", number=True),
        Column("Most waiting", "t", number=True),
        Column("in"),
        Column(f"Granted by {when}", number=True),
        Column("90 % interval", number=True),
        Column(f"Granted by {last}", number=True),
    )
    below = sum(value(queue[p]["granted_share"][at]["central"]) < 0.5 for p in places if p != WORLD)
    caption = f"By {when} less than half of the tonnes filed were granted for {below} destinations."
    material = name(view.material, view.summary["names"])
    return Table(f"{caption} {capital(material)}.", columns, cells)
