"""Section on first stops: by region, by region and industry, and for the largest users."""

import math
from collections.abc import Sequence
from statistics import quantiles

from terbium.base.speech import DEFAULT, language, tr, trn
from terbium.report import tables
from terbium.report.blocks import Block, Figure, Record, RunView, Section, Text
from terbium.report.figures import NARROW, WIDE, Dot, dot_figure, dot_legend
from terbium.report.matrix import Cell, matrix_figure
from terbium.report.shades import Shades
from terbium.report.words import DASH, amount, between, capital, percent, value

ALL = "all_industries"

_MOST_DOTS = 24
_USERS = 2
_LIKELY, _LEAST_SHARE = 0.5, 0.05


def stops_section(view: RunView) -> Section:
    """First stops, the earliest first."""
    rows = view.rows("first_stops")
    pairs = [row for row in rows if row["industry"] != ALL]
    title = tr("First stops")
    lead = tr(
        "A line stops when its output falls below half of the undisturbed one for want of an "
        "input. Weeks count from the day the headline measure took force."
    )
    regions = [row for row in regions_of(view) if row["share_stopped"] >= _LEAST_SHARE]
    if not regions:
        text = Text([tr("No line stops in more than one draw of twenty.")])
        return Section("stops", title, lead, [text])
    outside = [row for row in pairs if row["region"] != view.origin]
    blocks: list[Block] = []
    if outside:
        blocks = [_users(view, outside), _matrix(view, outside)]
    blocks += [_by_region(view, regions), tables.stop_table(view, pairs)]
    return Section("stops", title, lead, blocks)


def regions_of(view: RunView) -> list[Record]:
    """First stop of any line by single region, the earliest first."""
    blocs = set(view.summary["blocs"])
    return [
        row
        for row in view.rows("first_stops")
        # a bloc is as early as its earliest member, which says nothing
        if row["industry"] == ALL and row["region"] not in blocs
    ]


def _limit(rows: Sequence[Record]) -> float:
    ends = (value(row[name]) for row in rows for name in ("week", "high50"))
    return max(*(end for end in ends if end != float("inf")), 1.0, 1.0)


def _note(row: Record, binding: str = "") -> str:
    """Median week, share of draws with a stop, and the input that most often binds."""
    week, share = value(row["week"]), percent(row["share_stopped"])
    told = {"week": amount(week), "share": share}
    if binding:
        told["input"] = binding
        if math.isinf(week):
            return tr("never, in {share}, {input}", **told)
        return tr("week {week}, in {share}, {input}", **told)
    if math.isinf(week):
        return tr("never, in {share}", **told)
    return tr("week {week}, in {share}", **told)


def short_input(view: RunView, label: str | None) -> str:
    """Binding input in as few letters as keep it apart from the others; empty for none."""
    if label is None:
        return ""
    return label.replace("_", " ") if language() == DEFAULT else view.name(label)


def _dots(
    view: RunView, rows: Sequence[Record], labels: Sequence[str], key: str, title: str, caption: str
) -> Figure:
    is_users = key == "users"
    dots = [
        Dot.of(
            label, row, "week", _note(row, short_input(view, row["binding"]) if is_users else "")
        )
        for label, row in zip(labels, rows, strict=True)
    ]
    axis = tr("weeks after the headline measure took force")
    drawn = [
        dot_figure(dots, f"{key}-{width}", title, axis, _limit(rows), width, percent=False)
        for width in (WIDE, NARROW)
    ]
    caption += " " + tr("An arrow: the interval runs beyond the axis or ends in never.")
    return Figure(title, caption, drawn[0], drawn[1], dot_legend())


def _users(view: RunView, outside: Sequence[Record]) -> Figure:
    """The largest users of each industry outside the origin."""
    rows = _largest_users(view, outside)
    labels = [
        tr(
            "{place}, {industry}",
            place=view.heading(r["region"]),
            industry=view.name(r["industry"]),
        )
        for r in rows
    ]
    first = rows[0]
    who = tr(
        "{industry} in {place}",
        industry=view.name(first["industry"]),
        place=view.place(first["region"]),
    )
    likely = sum(row["share_stopped"] >= _LIKELY for row in rows)
    if first["share_stopped"] >= _LIKELY:
        week = between(amount(value(first["low90"])), amount(value(first["high90"])))
        title = tr(
            "{who}: first of the largest users to stop, week {week} (90 %)",
            who=capital(who),
            week=week,
        )
    else:
        title = tr("No large user is more likely to stop than not")
    caption = tr(
        "The {users} largest users of each industry outside {origin}, by what they bought in "
        "{year}; {likely} of {all} are at least as likely to stop as not. Right: median week, "
        "draws with a stop, the input that most often binds.",
        users=_USERS,
        origin=view.place(view.origin),
        year=view.run["base_year"],
        likely=likely,
        all=len(rows),
    )
    return _dots(view, rows, labels, "users", title, caption)


def _largest_users(view: RunView, outside: Sequence[Record]) -> list[Record]:
    bought = {(row["region"], row["industry"]): row["value"] for row in view.rows("uses")}
    chosen = []
    for industry in dict.fromkeys(row["industry"] for row in outside):
        users = [row for row in outside if row["industry"] == industry]
        users.sort(key=lambda row: -bought.get((row["region"], industry), 0.0))
        chosen += users[:_USERS]
    # the summary's order is the earliest first
    return [row for row in outside if row in chosen][:_MOST_DOTS]


def _matrix(view: RunView, pairs: Sequence[Record]) -> Figure:
    weeks = {(row["region"], row["industry"]): row for row in pairs}
    present = {region for region, _ in weeks}
    regions = [row["region"] for row in regions_of(view) if row["region"] in present]
    industries = list(dict.fromkeys(row["industry"] for row in pairs))
    found = [value(row["week"]) for row in pairs if value(row["week"]) != float("inf")]
    # a few late stops would leave all others in one shade
    most = quantiles(found, n=10)[-1] if len(found) > 1 else max(found, default=0.0)
    shades = Shades.of_weeks(min(found, default=0.0), most)
    cells = {
        (i, j): _cell(view, weeks[region, industry], shades)
        for i, industry in enumerate(industries)
        for j, region in enumerate(regions)
        if (region, industry) in weeks
    }
    soon = shades.edges[1]
    early = sum(week < soon for week in found)
    likely = sum(row["share_stopped"] >= _LIKELY for row in pairs)
    title = trn(
        "{likely} of {n} pair of region and industry outside {origin} are at least as likely to "
        "stop as not, {early} of them before week {soon}",
        "{likely} of {n} pairs of region and industry outside {origin} are at least as likely to "
        "stop as not, {early} of them before week {soon}",
        len(pairs),
        likely=likely,
        origin=view.place(view.origin),
        early=early,
        soon=amount(soon),
    )
    across = [view.heading(region) for region in regions]
    down = [capital(view.name(industry)) for industry in industries]
    turned = {(j, i): cell for (i, j), cell in cells.items()}
    legend = [
        ("", tr("Median week:")),
        *_ranges(shades, max(found, default=0.0)),
        ("unlikely", tr("stops in no more than half of the draws")),
    ]
    return Figure(
        title,
        tr("Median week of the first stop. Blank: the industry buys none of the materials there."),
        matrix_figure(down, across, cells, "matrix-wide", title, WIDE),
        matrix_figure(across, down, turned, "matrix-narrow", title, NARROW),
        legend,
    )


def _ranges(shades: Shades, latest: float) -> list[tuple[str, str]]:
    ranges = [(kind, between(f"{low:.0f}", f"{high:.0f}")) for kind, low, high in shades.ranges()]
    if latest > shades.edges[-1]:
        ranges[-1] = (ranges[-1][0], between(f"{shades.edges[-2]:.0f}", f"{latest:.0f}"))
    return ranges


def _cell(view: RunView, row: Record, shades: Shades) -> Cell:
    week = value(row["week"])
    hint = tr(
        "{place}, {industry}: {note} of draws",
        place=view.heading(row["region"]),
        industry=view.name(row["industry"]),
        note=_note(row),
    )
    if week == float("inf"):
        return Cell(DASH, "unlikely", hint)
    return Cell(amount(week), shades.kind(week), hint)


def _by_region(view: RunView, rows: Sequence[Record]) -> Figure:
    shown = rows[:_MOST_DOTS]
    first = shown[0]
    week = between(amount(value(first["low90"])), amount(value(first["high90"])))
    title = tr(
        "{place} is the first region to stop a line, in week {week} (90 %)",
        place=capital(view.place(first["region"])),
        week=week,
    )
    caption = tr(
        "First stop of any line in the region, whichever industry it is. Right: median week, "
        "draws with a stop."
    )
    inputs = sorted({view.name(r["binding"]) for r in shown if r["binding"] is not None})
    if inputs:
        caption += " " + tr("Binding inputs: {inputs}.", inputs=", ".join(inputs))
    return _dots(view, shown, [view.heading(r["region"]) for r in shown], "stops", title, caption)
