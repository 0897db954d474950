"""Flows between stages as bands whose width is their tonnage: layout, then drawing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from terbium.base.speech import tr
from terbium.report.figures import NARROW, WIDE, extent
from terbium.report.svg import Canvas
from terbium.report.words import amount, part

_BAR = 13.0
_PITCH = 17.0  # least distance of two labels [px]
_GAP = 5.0
_TALL, _LONG = 400.0, 130.0
_LAST = 128.0  # room for the labels of the last column [px]
_CHARACTER = 7.3


@dataclass(frozen=True)
class Flow:
    """What goes from a place in one column to a place in the next [t/yr]."""

    column: int
    source: str
    target: str
    tonnes: float


@dataclass
class Bar:
    """A place in a column, as wide across as what it takes or passes on, whichever is more."""

    column: int
    key: str
    taken: float = 0.0
    given: float = 0.0
    start: float = 0.0
    width: float = 0.0

    @property
    def tonnes(self) -> float:
        """What the bar stands for: the larger of in and out [t/yr]."""
        return max(self.taken, self.given)


@dataclass(frozen=True)
class Band:
    """A flow laid out: where it begins and ends across, and how wide it is [px]."""

    source: Bar
    target: Bar
    tonnes: float
    start: float
    end: float
    width: float


@dataclass(frozen=True)
class Diagram:
    """Bars by column, and the bands between them."""

    columns: Sequence[Sequence[Bar]]
    bands: Sequence[Band]


@dataclass(frozen=True)
class Look:
    """How the places and columns of a diagram are called and coloured.

    Attributes
    ----------
    headings
        Of each column: name and the total that it stands for [t/yr].
    name, kind
        Name and class of a place by its key.
    share
        Share of a bar in its column; None for a bar that is no part of the total.
    """

    headings: Sequence[tuple[str, float]]
    name: Callable[[str], str]
    kind: Callable[[str], str]
    share: Callable[[Bar], float | None]


def lay_out(
    flows: Sequence[Flow], order: Mapping[str, int], extent: float, pitch: float
) -> Diagram:
    """Place the bars of each column one after the other, and bands on them without crossing.

    Parameters
    ----------
    flows
        Between neighbouring columns.
    order
        Rank of each place; the same in all columns, so that bands run as straight as they can.
    extent
        Room across [px].
    pitch
        Least distance between the middles of two bars [px].
    """
    bars = _bars(flows)
    count = 1 + max((column for column, _ in bars), default=0)
    columns = [
        sorted((b for (c, _), b in bars.items() if c == i), key=lambda b: order[b.key])
        for i in range(count)
    ]
    largest = max((sum(bar.tonnes for bar in column) for column in columns), default=0.0)
    most = max((len(column) for column in columns), default=1)
    scale = (extent - max(pitch, _GAP) * (most - 1)) / largest if largest else 0.0
    for column in columns:
        _place(column, scale, pitch)
    return Diagram(columns, _bands(flows, bars, order, scale))


def _bars(flows: Sequence[Flow]) -> dict[tuple[int, str], Bar]:
    bars: dict[tuple[int, str], Bar] = {}
    for flow in flows:
        for column, key in ((flow.column, flow.source), (flow.column + 1, flow.target)):
            bars.setdefault((column, key), Bar(column, key))
        bars[flow.column, flow.source].given += flow.tonnes
        bars[flow.column + 1, flow.target].taken += flow.tonnes
    return bars


def _place(column: Sequence[Bar], scale: float, pitch: float) -> None:
    before: Bar | None = None
    for bar in column:
        bar.width = bar.tonnes * scale
        if before is not None:
            clear = before.start + before.width + _GAP
            apart = before.start + before.width / 2 + pitch - bar.width / 2
            bar.start = max(clear, apart)
        before = bar


def _bands(
    flows: Sequence[Flow],
    bars: Mapping[tuple[int, str], Bar],
    order: Mapping[str, int],
    scale: float,
) -> list[Band]:
    """Stack bands on both of their bars, in the order of the places at their other ends."""
    left, arrived = ({at: bar.start for at, bar in bars.items()} for _ in range(2))
    starts, ends = {}, {}
    for flow in sorted(flows, key=lambda flow: order[flow.target]):
        starts[flow] = left[flow.column, flow.source]
        left[flow.column, flow.source] += flow.tonnes * scale
    for flow in sorted(flows, key=lambda flow: order[flow.source]):
        ends[flow] = arrived[flow.column + 1, flow.target]
        arrived[flow.column + 1, flow.target] += flow.tonnes * scale
    return [
        Band(
            bars[flow.column, flow.source],
            bars[flow.column + 1, flow.target],
            flow.tonnes,
            starts[flow],
            ends[flow],
            flow.tonnes * scale,
        )
        for flow in flows
    ]


def wide_sankey(
    flows: Sequence[Flow], order: Mapping[str, int], look: Look, key: str, title: str
) -> Markup:
    """Draw columns from left to right, each bar with its name and share beside it."""
    diagram = lay_out(flows, order, _TALL, _PITCH)
    head = 44.0
    canvas = Canvas(WIDE, head + _depth(diagram) + 8)
    step = (WIDE - _LAST - _BAR) / max(len(diagram.columns) - 1, 1)
    for band in diagram.bands:
        x = band.source.column * step
        start = (x + _BAR, head + band.start, band.width)
        end = (x + step, head + band.end, band.width)
        canvas.ribbon(start, end, f"flow {look.kind(band.source.key)}", _hint(band, look))
    for i, (name, total) in enumerate(look.headings):
        canvas.text((i * step, 13), name, "flag")
        canvas.text((i * step, 30), tr("{amount} t/yr", amount=amount(total)))
    for bar in (bar for column in diagram.columns for bar in column):
        corner = (bar.column * step, head + bar.start)
        canvas.rect(corner, (_BAR, max(bar.width, 1.0)), f"bar {look.kind(bar.key)}")
        middle = head + bar.start + bar.width / 2 + 4.5
        canvas.text((corner[0] + _BAR + 5, middle), _label(bar, look), "name halo")
    return canvas.render(key, title, _describe(diagram, look))


def narrow_sankey(
    flows: Sequence[Flow], order: Mapping[str, int], look: Look, key: str, title: str
) -> Markup:
    """Draw columns from top to bottom, the names and shares of a column in lines above it."""
    width = NARROW - 4.0
    diagram = lay_out(flows, order, width, 0.0)
    step = _LONG + 2 * _PITCH
    canvas = Canvas(NARROW, step * (len(diagram.columns) - 1) + 2 * _PITCH + _BAR + 8)
    top = [2 * _PITCH + 4 + step * i for i in range(len(diagram.columns))]
    for band in diagram.bands:
        i = band.source.column
        start = (top[i] + _BAR, 2 + band.start, band.width)
        end = (top[i + 1], 2 + band.end, band.width)
        kind = f"flow {look.kind(band.source.key)}"
        canvas.ribbon(start, end, kind, _hint(band, look), down=True)
    for i, column in enumerate(diagram.columns):
        name, total = look.headings[i]
        canvas.text((2, top[i] - _PITCH - 5), name, "flag halo")
        canvas.text(
            (NARROW - 2, top[i] - _PITCH - 5),
            tr("{amount} t/yr", amount=amount(total)),
            "name halo",
            "end",
        )
        canvas.text((2, top[i] - 6), _line(column, look, width), "name halo")
        for bar in column:
            size = (max(bar.width, 1.0), _BAR)
            canvas.rect((2 + bar.start, top[i]), size, f"bar {look.kind(bar.key)}")
    return canvas.render(key, title, _describe(diagram, look))


def _depth(diagram: Diagram) -> float:
    ends = [bar.start + max(bar.width, _PITCH) for column in diagram.columns for bar in column]
    return max(ends, default=0.0)


def _label(bar: Bar, look: Look) -> str:
    share = look.share(bar)
    return f"{look.name(bar.key)} {amount(bar.tonnes) + ' t' if share is None else part(share)}"


def _line(column: Sequence[Bar], look: Look, width: float) -> str:
    """As many labels as a line holds, in order of the column."""
    text = ""
    for bar in column:
        longer = f"{text} · {_label(bar, look)}" if text else _label(bar, look)
        if extent(longer, _CHARACTER) > width:
            break
        text = longer
    return text


def _hint(band: Band, look: Look) -> str:
    return tr(
        "{origin} to {destination}: {amount} t/yr",
        origin=look.name(band.source.key),
        destination=look.name(band.target.key),
        amount=amount(band.tonnes),
    )


def _describe(diagram: Diagram, look: Look) -> str:
    parts = [
        f"{name}: {', '.join(_label(bar, look) for bar in column)}"
        for (name, _), column in zip(look.headings, diagram.columns, strict=True)
    ]
    return "; ".join(parts) + "."
