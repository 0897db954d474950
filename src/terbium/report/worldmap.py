"""Who is short: a map of what does not come, and the same as a ranking with intervals."""

from collections.abc import Mapping, Sequence
from html import escape

from markupsafe import Markup

from terbium.base.gazetteer import bloc_members
from terbium.report.blocks import WORLD, Block, Figure, Record, RunView, Text
from terbium.report.boundaries import Boundaries, load_boundaries
from terbium.report.figures import DOT_LEGEND, NARROW, WIDE, Dot, dot_figure
from terbium.report.shades import Shades
from terbium.report.svg import Box, Canvas
from terbium.report.words import amount, between, capital, count, month, percent, value

REST_OF_WORLD = "XRW"
_HALF = 0.5
# parts of the grid of the boundaries that are too small to read on a map of the world
_EUROPE: Box = (2215.0, 120.0, 650.0, 520.0)
_EAST_ASIA: Box = (3660.0, 420.0, 875.0, 700.0)
_LINE = 16.0


def short_blocks(view: RunView) -> list[Block]:
    """The map and the ranking; a sentence for a run in which nobody is short."""
    rows = shortfalls(view)
    if not rows:
        return []
    if percent(value(rows[0]["central"])) == percent(0):
        what = f"{view.name(view.material)} from {view.name(view.origin)}"
        return [Text([f"No destination goes short of {what}."])]
    return [_map(view, rows), _ranking(view, rows)]


def shortfalls(view: RunView) -> list[Record]:
    """What is missing by destination, most first; the world and blocs are left out."""
    groups = {WORLD, *view.summary["blocs"]}
    rows = [row for row in _rows(view) if row["destination"] not in groups]
    return sorted(rows, key=lambda row: (-value(row["central"]), row["destination"]))


def _rows(view: RunView) -> list[Record]:
    return [
        row
        for row in view.rows("shortfalls")
        if row["material"] == view.material and row["origin"] == view.origin
    ]


def region_of(iso: str, view: RunView) -> str:
    """Region of the run that a country belongs to: itself, the rest of its bloc, or of the world.

    Names are those of the dataset's regions, so that one without a name is not apart in it.
    """
    if iso in view.summary["names"]:
        return iso
    for bloc, members in view.summary["blocs"].items():
        inside = bloc_members(bloc)
        rest = [member for member in members if member not in inside]
        if iso in inside and rest:
            return str(rest[0])
    return REST_OF_WORLD


def _map(view: RunView, rows: Sequence[Record]) -> Figure:
    shapes = load_boundaries()
    missing = [value(row["central"]) for row in rows]
    shades = Shades.of_shares(min(missing), max(missing))
    kinds = _kinds(view, rows, shades, shapes)
    title = _title(view, rows)
    said = "; ".join(
        f"{view.heading(r['destination'])} {percent(value(r['central']))}" for r in rows
    )
    legend = [
        ("", "Missing:"),
        *((kind, f"{low * 100:.0f} to {percent(high)}") for kind, low, high in shades.ranges()),
        ("origin", f"{view.name(view.origin)}, the origin"),
    ]
    seen = {kind for kind, _ in kinds.values()}
    for kind, text in (("nothing", "no such flow"), ("rest", "held as one region")):
        if kind in seen:
            legend.append((kind, text))
    return Figure(
        title,
        _caption(view, rows, shapes),
        _wide(shapes, title, said),
        _narrow(shapes, title, said),
        legend,
        shared=_world(kinds, shapes),
        kind="map",
    )


def _kinds(
    view: RunView, rows: Sequence[Record], shades: Shades, shapes: Boundaries
) -> dict[str, tuple[str, str]]:
    """Class and hint of each shape."""
    found = {row["destination"]: row for row in rows}
    kinds = {}
    for shape, iso in shapes.codes.items():
        region = region_of(iso, view)
        row = found.get(region)
        name = view.heading(region)
        missing = f": {percent(value(row['central']))} missing" if row else ""
        if region == view.origin:
            kinds[shape] = ("origin", f"{name}: origin")
        elif region != iso:
            kinds[shape] = ("rest", f"{name}, one region{missing}")
        elif row is None:
            kinds[shape] = ("nothing", f"{name}: no such flow")
        else:
            kinds[shape] = (shades.kind(value(row["central"])), name + missing)
    return kinds


def _world(kinds: Mapping[str, tuple[str, str]], shapes: Boundaries) -> Markup:
    """The coloured shapes, drawn nowhere; the figures show them by the name ``world``."""
    drawn = "".join(
        f'<path class="land {kind}" d="{shapes.paths[shape]}"><title>{escape(hint)}</title></path>'
        for shape, (kind, hint) in kinds.items()
    )
    return Markup(
        '<svg class="sprite" width="0" height="0" aria-hidden="true" '
        'xmlns="http://www.w3.org/2000/svg"><defs>'
        '<pattern id="hatch" width="30" height="30" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="hatch-ground" width="30" height="30"/>'
        '<rect class="hatch-line" width="8" height="30"/></pattern>'
        f'<g id="world">{drawn}</g></defs></svg>'
    )


def _wide(shapes: Boundaries, title: str, said: str) -> Markup:
    canvas = Canvas(WIDE, WIDE * shapes.height / shapes.width + _LINE)
    _show(canvas, (0.0, 0.0), WIDE, (0.0, 0.0, shapes.width, shapes.height))
    scale = WIDE / shapes.width
    x, y, across, down = (part * scale for part in _EUROPE)
    canvas.rect((x, y), (across, down), "frame")
    _inset(canvas, "Europe", (2.0, canvas.height - 122.0), 148.0, _EUROPE)
    return canvas.render("map-wide", title, said)


def _narrow(shapes: Boundaries, title: str, said: str) -> Markup:
    head = NARROW * shapes.height / shapes.width
    half = (NARROW - 14.0) / 2
    canvas = Canvas(NARROW, head + 3 * _LINE + half * _EUROPE[3] / _EUROPE[2])
    _show(canvas, (0.0, 0.0), NARROW, (0.0, 0.0, shapes.width, shapes.height))
    _inset(canvas, "Europe", (1.0, head + 2 * _LINE), half, _EUROPE)
    _inset(canvas, "East Asia", (half + 13.0, head + 2 * _LINE), half, _EAST_ASIA)
    return canvas.render("map-narrow", title, said)


def _show(canvas: Canvas, corner: tuple[float, float], width: float, view: Box) -> None:
    box = (*corner, width, width * view[3] / view[2])
    canvas.window(box, view, '<use href="#world"/>')


def _inset(
    canvas: Canvas, label: str, corner: tuple[float, float], width: float, view: Box
) -> None:
    size = (width, width * view[3] / view[2])
    canvas.text((corner[0], corner[1] - 5), label)
    canvas.rect(corner, size, "sea")
    _show(canvas, corner, width, view)
    canvas.rect(corner, size, "frame")


def _title(view: RunView, rows: Sequence[Record]) -> str:
    first, months = rows[0], rows[0]["months"]
    what = f"{view.name(view.material)} from {view.name(view.origin)}"
    half = [row for row in rows if value(row["central"]) >= _HALF]
    if half:
        said = f"{len(half)} of {count(len(rows), 'destination')} miss half or more"
    else:
        said = "No destination misses half"
    said += f" of the usual {what} in the worst {months} months"
    most = f"{view.place(first['destination'])} misses most, {percent(value(first['central']))}"
    return f"{said}; {most}"


def _caption(view: RunView, rows: Sequence[Record], shapes: Boundaries) -> str:
    first = month(rows[0]["first"])
    text = (
        f"Share of the undisturbed flow of {view.name(view.material)} from "
        f"{view.name(view.origin)} that does not come in the {rows[0]['months']} months in a row "
        f"in which most is missing, median of the draws; for {view.place(rows[0]['destination'])} "
        f"they begin in {first}."
    )
    rests = [
        f"{view.name(row['destination'])} {percent(value(row['central']))}"
        for row in rows
        if row["destination"] not in load_boundaries().codes.values()
    ]
    if rests:
        text += f" Hatched: countries that the model holds as one region ({', '.join(rests)})."
    return f"{text} {shapes.source}, {shapes.licence}. {shapes.disclaimer}"


def _ranks(view: RunView, rows: Sequence[Record]) -> str:
    """Say who misses the largest share, and who the most tonnes."""
    first, largest = rows[0], max(rows, key=lambda row: value(row["missing"]))
    span = between(percent(value(first["low90"])), percent(value(first["high90"])))
    share = f"{percent(value(first['central']))} (90 % interval {span})"
    tonnes = f"{amount(value(largest['missing']))} t"
    place = capital(view.place(first["destination"]))
    if first is largest:
        return f"{place} misses the largest share, {share}, and the most tonnes, {tonnes}"
    other = view.place(largest["destination"])
    return f"{place} misses the largest share, {share}; {other} the most tonnes, {tonnes}"


def _ranking(view: RunView, rows: Sequence[Record]) -> Figure:
    world = [row for row in _rows(view) if row["destination"] == WORLD]
    dots = []
    for row in [*world, *rows]:
        note = f"{percent(value(row['central']))}, {amount(value(row['missing']))} t"
        dots.append(Dot.of(view.heading(row["destination"]), row, "central", note))
    first = rows[0]
    title = _ranks(view, rows)
    limit = max(value(row["high90"]) for row in rows) or 1.0
    axis = f"missing, % of the undisturbed flow of {first['months']} months"
    drawn = [
        dot_figure(dots, f"short-{width}", title, axis, limit, width, percent=True)
        for width in (WIDE, NARROW)
    ]
    caption = "The map's figures with their intervals, and the tonnes that do not come."
    overlap = sum(value(row["high90"]) >= value(first["low90"]) for row in rows[1:])
    if overlap:
        caption += (
            f" The 90 % intervals of {overlap} of the other {len(rows) - 1} reach that of the "
            "first: ranks among them are not certain."
        )
    return Figure(title, caption, drawn[0], drawn[1], DOT_LEGEND)
