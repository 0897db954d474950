"""Section on first stops: by region, by region and industry, and for the largest users."""

from collections.abc import Sequence
from statistics import quantiles

from terbium.report import tables
from terbium.report.blocks import Block, Figure, Record, RunView, Section, Text
from terbium.report.figures import DOT_LEGEND, NARROW, WIDE, Dot, dot_figure
from terbium.report.matrix import Cell, matrix_figure
from terbium.report.shades import Shades
from terbium.report.words import DASH, NEVER, amount, between, capital, count, percent, value

ALL = "all_industries"

_MOST_DOTS = 24
_USERS = 2
_LIKELY, _LEAST_SHARE = 0.5, 0.05
_AXIS = "weeks after the headline measure took force"


def stops_section(view: RunView) -> Section:
    """First stops, the earliest first."""
    rows = view.rows("first_stops")
    pairs = [row for row in rows if row["industry"] != ALL]
    lead = (
        "A line stops when its output falls below half of the undisturbed one for want of an "
        "input. Weeks count from the day the headline measure took force."
    )
    regions = [row for row in regions_of(view) if row["share_stopped"] >= _LEAST_SHARE]
    if not regions:
        text = Text(["No line stops in more than one draw of twenty."])
        return Section("stops", "First stops", lead, [text])
    outside = [row for row in pairs if row["region"] != view.origin]
    blocks: list[Block] = []
    if outside:
        blocks = [_users(view, outside), _matrix(view, outside)]
    blocks += [_by_region(view, regions), tables.stop_table(view, pairs)]
    return Section("stops", "First stops", lead, blocks)


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


def _note(row: Record, with_input: bool = False) -> str:
    week = amount(value(row["week"]))
    text = NEVER if week == NEVER else f"week {week}"
    text += f", in {percent(row['share_stopped'])}"
    if with_input and row["binding"] is not None:
        text += f", {short_input(row['binding'])}"
    return text


def short_input(label: str) -> str:
    """Binding input in as few letters as keep it apart from the others."""
    return label.replace("_", " ")


def _dots(
    rows: Sequence[Record], labels: Sequence[str], key: str, title: str, caption: str
) -> Figure:
    with_input = key == "users"
    dots = [
        Dot.of(label, row, "week", _note(row, with_input))
        for label, row in zip(labels, rows, strict=True)
    ]
    drawn = [
        dot_figure(dots, f"{key}-{width}", title, _AXIS, _limit(rows), width, percent=False)
        for width in (WIDE, NARROW)
    ]
    caption += " An arrow: the interval runs beyond the axis or ends in never."
    return Figure(title, caption, drawn[0], drawn[1], DOT_LEGEND)


def _users(view: RunView, outside: Sequence[Record]) -> Figure:
    """The largest users of each industry outside the origin."""
    rows = _largest_users(view, outside)
    labels = [f"{view.heading(r['region'])}, {view.name(r['industry'])}" for r in rows]
    first = rows[0]
    who = f"{view.name(first['industry'])} in {view.place(first['region'])}"
    likely = sum(row["share_stopped"] >= _LIKELY for row in rows)
    if first["share_stopped"] >= _LIKELY:
        week = between(amount(value(first["low90"])), amount(value(first["high90"])))
        title = f"{capital(who)}: first of the largest users to stop, week {week} (90 %)"
    else:
        title = "No large user is more likely to stop than not"
    caption = (
        f"The {_USERS} largest users of each industry outside {view.place(view.origin)}, by what "
        f"they bought in {view.run['base_year']}; {likely} of {len(rows)} are at least as likely "
        "to stop as not. Right: median week, draws with a stop, the input that most often binds."
    )
    return _dots(rows, labels, "users", title, caption)


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
    title = (
        f"{likely} of {count(len(pairs), 'pair')} of region and industry outside "
        f"{view.place(view.origin)} are at least as likely to stop as not, {early} of them before "
        f"week {amount(soon)}"
    )
    across = [view.heading(region) for region in regions]
    down = [capital(view.name(industry)) for industry in industries]
    turned = {(j, i): cell for (i, j), cell in cells.items()}
    legend = [
        ("", "Median week:"),
        *_ranges(shades, max(found, default=0.0)),
        ("unlikely", "stops in no more than half of the draws"),
    ]
    return Figure(
        title,
        "Median week of the first stop. Blank: the industry buys none of the materials there.",
        matrix_figure(down, across, cells, "matrix-wide", title, WIDE),
        matrix_figure(across, down, turned, "matrix-narrow", title, NARROW),
        legend,
    )


def _ranges(shades: Shades, latest: float) -> list[tuple[str, str]]:
    ranges = [(kind, f"{low:.0f} to {high:.0f}") for kind, low, high in shades.ranges()]
    if latest > shades.edges[-1]:
        ranges[-1] = (ranges[-1][0], f"{shades.edges[-2]:.0f} to {latest:.0f}")
    return ranges


def _cell(view: RunView, row: Record, shades: Shades) -> Cell:
    week = value(row["week"])
    hint = f"{view.heading(row['region'])}, {view.name(row['industry'])}: {_note(row)} of draws"
    if week == float("inf"):
        return Cell(DASH, "unlikely", hint)
    return Cell(amount(week), shades.kind(week), hint)


def _by_region(view: RunView, rows: Sequence[Record]) -> Figure:
    shown = rows[:_MOST_DOTS]
    first = shown[0]
    week = between(amount(value(first["low90"])), amount(value(first["high90"])))
    title = (
        f"{capital(view.place(first['region']))} is the first region to stop a line, in week "
        f"{week} (90 %)"
    )
    caption = (
        "First stop of any line in the region, whichever industry it is. Right: median week, "
        "draws with a stop."
    )
    inputs = sorted({view.name(r["binding"]) for r in shown if r["binding"] is not None})
    if inputs:
        caption += f" Binding inputs: {', '.join(inputs)}."
    return _dots(shown, [view.heading(r["region"]) for r in shown], "stops", title, caption)
