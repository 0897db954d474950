"""Section on the licence queue: filed, waiting, granted, and who got through."""

from collections.abc import Sequence

from terbium.base.speech import tr, trn
from terbium.report.blocks import (
    WORLD,
    Block,
    Column,
    Figure,
    Multiples,
    Record,
    RunView,
    Section,
    Table,
    Text,
)
from terbium.report.figures import (
    NARROW,
    WIDE,
    Dot,
    Series,
    dot_figure,
    dot_legend,
    line_figure,
)
from terbium.report.words import DASH, amount, between, capital, month, percent, value

_QUARTER, _MOST_DOTS = 3, 24
_MOST_PANELS, _PANEL = 9, (300.0, 180.0)
_HALF = 0.5

Queue = dict[str, dict[str, list[Record]]]
"""Destination to quantity to rows by month."""


def _legend() -> tuple[tuple[str, str], ...]:
    return (
        ("stroke filed", tr("filed in the month")),
        ("stroke granted", tr("granted in the month")),
        ("stroke waiting", tr("waiting at its end")),
        ("haze waiting", tr("90 % interval")),
    )


def queue_section(view: RunView) -> Section:
    """The licence queue of the report's material, to the world and by destination."""
    queue = _queue(view)
    heading = tr("The licence queue")
    lead = tr("Tonnes in applications for export licences, as the run's desk decides them.")
    filed = queue.get(WORLD, {}).get("filed", [])
    if not any(value(row["central"]) > 0 for row in filed):
        text = Text([tr("Nothing is filed in this run.")])
        return Section("queue", heading, lead, [text])
    when = _quarter_after(view, [row["month"] for row in filed])
    blocks: list[Block] = [_world(view, queue[WORLD])]
    if _destinations(queue, when):
        blocks += [*_panels(view, queue), _access(view, queue, when), _table(view, queue, when)]
    return Section("queue", heading, lead, blocks)


def _queue(view: RunView) -> Queue:
    found: Queue = {}
    for row in view.rows("queue"):
        if row["material"] == view.material:
            found.setdefault(row["destination"], {}).setdefault(row["quantity"], []).append(row)
    return found


def _quarter_after(view: RunView, months: Sequence[str]) -> str:
    """Third month of the measure, or the last one of a run that ends before."""
    start = next((i for i, m in enumerate(months) if m >= (view.headline or months[0])[:7]), 0)
    return months[min(start + _QUARTER - 1, len(months) - 1)]


def _world(view: RunView, quantities: dict[str, list[Record]]) -> Figure:
    months, series = _series(quantities)
    waiting = series[0].central
    peak = max(range(len(waiting)), key=lambda i: waiting[i])
    last = len(months) - 1
    told = {"month": month(months[peak]), "amount": amount(waiting[peak])}
    title = tr("The queue is longest in {month}: {amount} t wait", **told)
    if peak != last:
        title = tr(
            "The queue is longest in {month}: {amount} t wait, {later} t in {last}",
            later=amount(waiting[last]),
            last=month(months[last]),
            **told,
        )
    return Figure(
        title,
        tr(
            "Applications for {material} to all destinations, t.",
            material=view.name(view.material),
        ),
        line_figure(series, months, "queue-wide", title, (WIDE, 320), view.headline),
        line_figure(series, months, "queue-narrow", title, (NARROW, 270), view.headline),
        _legend(),
    )


def _series(quantities: dict[str, list[Record]]) -> tuple[list[str], list[Series]]:
    """Months, and what waits, is filed and is granted in them."""
    series = []
    names = {"waiting": tr("waiting"), "filed": tr("filed"), "granted": tr("granted")}
    for quantity in names:
        rows = quantities[quantity]
        band = {"low": "low90", "high": "high90"} if quantity == "waiting" else {}
        ends = {end: [value(row[column]) for row in rows] for end, column in band.items()}
        series.append(
            Series(names[quantity], quantity, [value(row["central"]) for row in rows], **ends)
        )
    return [row["month"] for row in quantities["filed"]], series


def _panels(view: RunView, queue: Queue) -> list[Block]:
    """The queue of the destinations for which most is filed."""
    groups = {WORLD, *view.summary["blocs"]}
    filed = {
        place: sum(value(row["central"]) for row in quantities["filed"])
        for place, quantities in queue.items()
        if place not in groups
    }
    ranked = sorted(filed, key=lambda place: (-filed[place], place))
    places = [place for place in ranked[:_MOST_PANELS] if filed[place] > 0]
    if not places:
        return []
    panels = []
    for place in places:
        months, series = _series(queue[place])
        waiting = series[0].central
        peak = max(range(len(waiting)), key=lambda i: waiting[i])
        title = tr(
            "{place}: at most {amount} t wait, {month}",
            place=view.heading(place),
            amount=amount(waiting[peak]),
            month=month(months[peak]),
        )
        drawing = line_figure(series, months, f"queue-{place}", title, _PANEL, view.headline)
        panels.append((title, drawing))
    longest = max(places, key=lambda place: _peak(queue[place]))
    title = tr(
        "The queue is longest for {place}: {amount} t",
        place=view.place(longest),
        amount=amount(_peak(queue[longest])),
    )
    caption = trn(
        "t in applications for {material}; each panel has its own scale, from zero. The {n} "
        "destination for which most is filed.",
        "t in applications for {material}; each panel has its own scale, from zero. The {n} "
        "destinations for which most is filed.",
        len(panels),
        material=view.name(view.material),
    )
    return [Multiples(title, caption, panels, _legend())]


def _peak(quantities: dict[str, list[Record]]) -> float:
    return max(value(row["central"]) for row in quantities["waiting"])


def _destinations(queue: Queue, when: str) -> list[str]:
    """Places for which something was filed by the end of a month in every draw, the world first."""
    filed = {
        place: sum(value(row["central"]) for row in quantities["filed"])
        for place, quantities in queue.items()
        if _share(queue, place, when) is not None
    }
    return sorted(filed, key=lambda place: (place != WORLD, -filed[place], place))


def _share(queue: Queue, place: str, when: str) -> Record | None:
    """Granted share at the end of a month; None before anything is filed."""
    rows = queue[place].get("granted_share", [])
    return next((row for row in rows if row["month"] == when), None)


def _access(view: RunView, queue: Queue, when: str) -> Figure:
    shares = {
        place: _share(queue, place, when) for place in _destinations(queue, when)[:_MOST_DOTS]
    }
    known = [(place, row) for place, row in shares.items() if row is not None]
    known.sort(key=lambda item: -value(item[1]["central"]))
    dots = [
        Dot.of(view.heading(place), row, "central", percent(value(row["central"])))
        for place, row in known
    ]
    (best, most), (worst, least) = known[0], known[-1]
    title = tr(
        "By the end of {month}, {most} of what was filed for {best} was granted, {least} for "
        "{worst}",
        month=month(when),
        most=percent(value(most["central"])),
        best=view.place(best),
        least=percent(value(least["central"])),
        worst=view.place(worst),
    )
    axis = tr("granted, % of tonnes filed since the run began")
    drawn = [
        dot_figure(dots, f"access-{width}", title, axis, 1.0, width, percent=True)
        for width in (WIDE, NARROW)
    ]
    caption = tr(
        "Granted share at the end of {month}; pending and refused stay in the denominator. Shares "
        "are inferred effective access, a band per country; they are no evidence of intent.",
        month=month(when),
    )
    return Figure(title, caption, drawn[0], drawn[1], dot_legend())


def _table(view: RunView, queue: Queue, when: str) -> Table:
    last = queue[WORLD]["filed"][-1]["month"]
    places = _destinations(queue, when)
    cells = [_cells(view, queue, place, when, last) for place in places]
    columns = (
        Column(tr("Destination")),
        Column(tr("Filed, whole run"), "t", number=True),
        Column(tr("Most waiting"), "t", number=True),
        Column(tr("in")),
        Column(tr("Granted by {month}", month=month(when)), number=True),
        Column(tr("90 % interval"), number=True),
        Column(tr("Granted by {month}", month=month(last)), number=True),
    )
    shares = [_share(queue, place, when) for place in places if place != WORLD]
    below = sum(value(row["central"]) < _HALF for row in shares if row is not None)
    caption = trn(
        "By {month} less than half of the tonnes filed were granted for {below} of {n} "
        "destination. {material}.",
        "By {month} less than half of the tonnes filed were granted for {below} of {n} "
        "destinations. {material}.",
        len(shares),
        month=month(when),
        below=below,
        material=capital(view.name(view.material)),
    )
    return Table(caption, columns, cells, folded=True)


def _cells(view: RunView, queue: Queue, place: str, when: str, last: str) -> tuple[str, ...]:
    quantities = queue[place]
    highest = max(quantities["waiting"], key=lambda row: value(row["central"]))
    at, end = _share(queue, place, when), _share(queue, place, last)
    span = (percent(value(at["low90"])), percent(value(at["high90"]))) if at else (DASH, DASH)
    return (
        view.heading(place),
        amount(sum(value(row["central"]) for row in quantities["filed"])),
        amount(value(highest["central"])),
        month(highest["month"]),
        percent(value(at["central"])) if at else DASH,
        between(*span),
        percent(value(end["central"])) if end else DASH,
    )
