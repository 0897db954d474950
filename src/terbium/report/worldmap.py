"""Who is short: a map of what does not come, and the same as a ranking with intervals."""

from collections.abc import Mapping, Sequence
from html import escape

from markupsafe import Markup

from terbium.base.gazetteer import bloc_members
from terbium.base.speech import tr, trn
from terbium.report.blocks import WORLD, Block, Figure, Record, RunView, Text
from terbium.report.boundaries import Boundaries, load_boundaries
from terbium.report.figures import NARROW, WIDE, Dot, dot_figure, dot_legend
from terbium.report.shades import Shades
from terbium.report.svg import Box, Canvas
from terbium.report.words import amount, between, capital, month, percent, value

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
        said = tr("No destination goes short of {what}.", what=_what(view))
        return [Text([said])]
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
        ("", tr("Missing:")),
        *(
            (kind, between(f"{low * 100:.0f}", percent(high)))
            for kind, low, high in shades.ranges()
        ),
        ("origin", tr("{place}, the origin", place=view.name(view.origin))),
    ]
    seen = {kind for kind, _ in kinds.values()}
    for kind, text in (("nothing", tr("no such flow")), ("rest", tr("held as one region"))):
        if kind in seen:
            legend.append((kind, text))
    return map_figure(kinds, title, said, _caption(view, rows, shapes), legend)


Kinds = Mapping[str, tuple[str, str]]
"""Shape to its class in the style sheet and what a pointer is told."""


def map_figure(
    kinds: Kinds,
    title: str,
    said: str,
    caption: str,
    legend: Sequence[tuple[str, str]],
    key: str = "map",
) -> Figure:
    """Draw the world with a class for each shape; ``key`` must be unique in the page."""
    shapes = load_boundaries()
    world = "world" if key == "map" else f"world-{key}"
    return Figure(
        title,
        caption,
        _wide(shapes, title, said, key, world),
        _narrow(shapes, title, said, key, world),
        legend,
        shared=_world(kinds, shapes, world),
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
        share = percent(value(row["central"])) if row else ""
        if region == view.origin:
            kinds[shape] = ("origin", tr("{place}: origin", place=name))
        elif region != iso and row:
            hint = tr("{place}, one region: {share} missing", place=name, share=share)
            kinds[shape] = ("rest", hint)
        elif region != iso:
            kinds[shape] = ("rest", tr("{place}, one region", place=name))
        elif row is None:
            kinds[shape] = ("nothing", tr("{place}: no such flow", place=name))
        else:
            hint = tr("{place}: {share} missing", place=name, share=share)
            kinds[shape] = (shades.kind(value(row["central"])), hint)
    return kinds


def _world(kinds: Kinds, shapes: Boundaries, world: str) -> Markup:
    """The coloured shapes, drawn nowhere; the figures show them by their name."""
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
        f'<g id="{world}">{drawn}</g></defs></svg>'
    )


def _wide(shapes: Boundaries, title: str, said: str, key: str, world: str) -> Markup:
    canvas = Canvas(WIDE, WIDE * shapes.height / shapes.width + _LINE)
    _show(canvas, (0.0, 0.0), WIDE, (0.0, 0.0, shapes.width, shapes.height), world)
    scale = WIDE / shapes.width
    x, y, across, down = (part * scale for part in _EUROPE)
    canvas.rect((x, y), (across, down), "frame")
    _inset(canvas, tr("Europe"), (2.0, canvas.height - 122.0), 148.0, _EUROPE, world)
    return canvas.render(f"{key}-wide", title, said)


def _narrow(shapes: Boundaries, title: str, said: str, key: str, world: str) -> Markup:
    head = NARROW * shapes.height / shapes.width
    half = (NARROW - 14.0) / 2
    canvas = Canvas(NARROW, head + 3 * _LINE + half * _EUROPE[3] / _EUROPE[2])
    _show(canvas, (0.0, 0.0), NARROW, (0.0, 0.0, shapes.width, shapes.height), world)
    _inset(canvas, tr("Europe"), (1.0, head + 2 * _LINE), half, _EUROPE, world)
    _inset(canvas, tr("East Asia"), (half + 13.0, head + 2 * _LINE), half, _EAST_ASIA, world)
    return canvas.render(f"{key}-narrow", title, said)


def _show(canvas: Canvas, corner: tuple[float, float], width: float, view: Box, world: str) -> None:
    box = (*corner, width, width * view[3] / view[2])
    canvas.window(box, view, f'<use href="#{world}"/>')


def _inset(
    canvas: Canvas, label: str, corner: tuple[float, float], width: float, view: Box, world: str
) -> None:
    size = (width, width * view[3] / view[2])
    canvas.text((corner[0], corner[1] - 5), label)
    canvas.rect(corner, size, "sea")
    _show(canvas, corner, width, view, world)
    canvas.rect(corner, size, "frame")


def _what(view: RunView) -> str:
    return tr(
        "{material} from {place}", material=view.name(view.material), place=view.name(view.origin)
    )


def _title(view: RunView, rows: Sequence[Record]) -> str:
    first = rows[0]
    half = [row for row in rows if value(row["central"]) >= _HALF]
    told = {
        "what": _what(view),
        "months": first["months"],
        "place": view.place(first["destination"]),
        "most": percent(value(first["central"])),
    }
    if half:
        return trn(
            "{half} of {n} destination miss half or more of the usual {what} in the worst "
            "{months} months; {place} misses most, {most}",
            "{half} of {n} destinations miss half or more of the usual {what} in the worst "
            "{months} months; {place} misses most, {most}",
            len(rows),
            half=len(half),
            **told,
        )
    return tr(
        "No destination misses half of the usual {what} in the worst {months} months; {place} "
        "misses most, {most}",
        **told,
    )


def _caption(view: RunView, rows: Sequence[Record], shapes: Boundaries) -> str:
    text = tr(
        "Share of the undisturbed flow of {what} that does not come in the {months} months in a "
        "row in which most is missing, median of the draws; for {place} they begin in {first}.",
        what=_what(view),
        months=rows[0]["months"],
        place=view.place(rows[0]["destination"]),
        first=month(rows[0]["first"]),
    )
    rests = [
        f"{view.name(row['destination'])} {percent(value(row['central']))}"
        for row in rows
        if row["destination"] not in load_boundaries().codes.values()
    ]
    if rests:
        text += " " + tr(
            "Hatched: countries that the model holds as one region ({regions}).",
            regions=", ".join(rests),
        )
    return f"{text} {credit(shapes)}"


def credit(shapes: Boundaries) -> str:
    """What every map says of its boundaries."""
    return f"{shapes.source}, {shapes.licence}. {tr(shapes.disclaimer)}"


def _ranks(view: RunView, rows: Sequence[Record]) -> str:
    """Say who misses the largest share, and who the most tonnes."""
    first, largest = rows[0], max(rows, key=lambda row: value(row["missing"]))
    told = {
        "place": capital(view.place(first["destination"])),
        "share": percent(value(first["central"])),
        "span": between(percent(value(first["low90"])), percent(value(first["high90"]))),
        "tonnes": f"{amount(value(largest['missing']))} t",
    }
    if first is largest:
        return tr(
            "{place} misses the largest share, {share} (90 % interval {span}), and the most "
            "tonnes, {tonnes}",
            **told,
        )
    return tr(
        "{place} misses the largest share, {share} (90 % interval {span}); {other} the most "
        "tonnes, {tonnes}",
        other=view.place(largest["destination"]),
        **told,
    )


def _ranking(view: RunView, rows: Sequence[Record]) -> Figure:
    world = [row for row in _rows(view) if row["destination"] == WORLD]
    dots = []
    for row in [*world, *rows]:
        note = f"{percent(value(row['central']))}, {amount(value(row['missing']))} t"
        dots.append(Dot.of(view.heading(row["destination"]), row, "central", note))
    first = rows[0]
    title = _ranks(view, rows)
    limit = max(value(row["high90"]) for row in rows) or 1.0
    axis = tr("missing, % of the undisturbed flow of {months} months", months=first["months"])
    drawn = [
        dot_figure(dots, f"short-{width}", title, axis, limit, width, percent=True)
        for width in (WIDE, NARROW)
    ]
    caption = tr("The map's figures with their intervals, and the tonnes that do not come.")
    overlap = sum(value(row["high90"]) >= value(first["low90"]) for row in rows[1:])
    if overlap:
        caption += " " + tr(
            "The 90 % intervals of {overlap} of the other {others} reach that of the first: ranks "
            "among them are not certain.",
            overlap=overlap,
            others=len(rows) - 1,
        )
    return Figure(title, caption, drawn[0], drawn[1], dot_legend())
