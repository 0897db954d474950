"""A small canvas for vector figures that live inside a page and follow its colours.

Shapes carry class names, never colours: the style sheet gives them theirs, for light, dark and
print.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

Point = tuple[float, float]
Span = tuple[float, float, float]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""


@dataclass(frozen=True)
class Scale:
    """Straight map from values to pixels."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Pixel of a value; values beyond the ends are held at the ends."""
        span = self.last - self.first
        part = (value - self.first) / span if span else 0.0
        return self.start + min(max(part, 0.0), 1.0) * (self.end - self.start)


@dataclass
class Canvas:
    """Collects shapes, then renders them with a title and a description for screen readers."""

    width: float
    height: float
    _shapes: list[str] = field(default_factory=list)

    def line(self, start: Point, end: Point, kind: str) -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = start, end
        self._shapes.append(
            f'<line class="{kind}" x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}"/>'
        )

    def path(self, points: Sequence[Point], kind: str) -> None:
        """Draw an open line through points."""
        if points:
            self._shapes.append(f'<path class="{kind}" d="{_trace(points)}"/>')

    def band(self, low: Sequence[Point], high: Sequence[Point], kind: str) -> None:
        """Fill the room between two lines."""
        if low:
            outline = _trace([*low, *reversed(high)])
            self._shapes.append(f'<path class="{kind}" d="{outline}Z"/>')

    def rect(self, corner: Point, size: Point, kind: str, hint: str = "") -> None:
        """Draw a box; ``hint`` is shown by a pointer that rests on it."""
        (x, y), (width, height) = corner, size
        box = f'x="{_px(x)}" y="{_px(y)}" width="{_px(width)}" height="{_px(height)}"'
        self._shapes.append(f'<rect class="{kind}" {box}>{_hint(hint)}</rect>')

    def dot(self, centre: Point, radius: float, kind: str, hint: str = "") -> None:
        """Draw a point."""
        x, y = centre
        place = f'cx="{_px(x)}" cy="{_px(y)}" r="{_px(radius)}"'
        self._shapes.append(f'<circle class="{kind}" {place}>{_hint(hint)}</circle>')

    def ribbon(self, start: Span, end: Span, kind: str, hint: str = "", down: bool = False) -> None:
        """Draw a band that leaves one bar and reaches another in a gentle curve.

        A span is (place of the bar, where the band begins on it, width of the band). Bars stand
        upright and the band runs to the right, or with ``down`` they lie and it runs down.
        """
        (from_bar, from_edge, width), (to_bar, to_edge, to_width) = start, end
        middle = (from_bar + to_bar) / 2

        def corner(along: float, across: float) -> str:
            x, y = (across, along) if down else (along, across)
            return f"{_px(x)} {_px(y)}"

        def curve(along: float, across: float, target: float, target_across: float) -> str:
            ends = (corner(middle, across), corner(middle, target_across))
            return f"C{ends[0]} {ends[1]} {corner(target, target_across)}"

        outline = (
            f"M{corner(from_bar, from_edge)}{curve(from_bar, from_edge, to_bar, to_edge)}"
            f"L{corner(to_bar, to_edge + to_width)}"
            f"{curve(to_bar, to_edge + to_width, from_bar, from_edge + width)}Z"
        )
        self._shapes.append(f'<path class="{kind}" d="{outline}">{_hint(hint)}</path>')

    def cross(self, centre: Point, radius: float, kind: str, hint: str = "") -> None:
        """Draw a cross."""
        x, y = centre
        arms = (
            f"M{_px(x - radius)} {_px(y - radius)}L{_px(x + radius)} {_px(y + radius)}"
            f"M{_px(x - radius)} {_px(y + radius)}L{_px(x + radius)} {_px(y - radius)}"
        )
        self._shapes.append(f'<path class="{kind}" d="{arms}">{_hint(hint)}</path>')

    def text(
        self,
        place: Point,
        text: str,
        kind: str = "tick",
        anchor: str = "start",
        upright: bool = False,
    ) -> None:
        """Write text; ``anchor`` is start, middle or end; ``upright`` turns it to read upwards."""
        x, y = place
        turn = f' transform="rotate(-90 {_px(x)} {_px(y)})"' if upright else ""
        self._shapes.append(
            f'<text class="{kind}" x="{_px(x)}" y="{_px(y)}" text-anchor="{anchor}"{turn}>'
            f"{escape(text)}</text>"
        )

    def window(self, box: Box, view: Box, shapes: str) -> None:
        """Show a part of another drawing, given as SVG, in a box of this one; the rest is cut."""
        x, y, width, height = map(_px, box)
        self._shapes.append(
            f'<svg x="{x}" y="{y}" width="{width}" height="{height}" '
            f'viewBox="{" ".join(map(_px, view))}">{shapes}</svg>'
        )

    def render(self, key: str, title: str, description: str) -> Markup:
        """Make the figure; ``key`` must be unique in the page."""
        head = (
            f'<svg viewBox="0 0 {_px(self.width)} {_px(self.height)}" role="img" '
            f'aria-labelledby="{key}-t {key}-d" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="{key}-t">{escape(title)}</title>'
            f'<desc id="{key}-d">{escape(description)}</desc>'
        )
        return Markup(head + "".join(self._shapes) + "</svg>")


def ticks(limit: float, about: int) -> list[float]:
    """Round values from 0 up to the first one that is not below ``limit``, in steps of 1, 2 or 5.

    Examples
    --------
    >>> ticks(6357, 4)
    [0.0, 2000.0, 4000.0, 6000.0, 8000.0]
    """
    if limit <= 0:
        return [0.0, 1.0]
    rough = limit / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [step * i for i in range(math.ceil(limit / step - 1e-9) + 1)]


def polyline(xs: Iterable[float], ys: Iterable[float]) -> list[Point]:
    """Pair up coordinates."""
    return list(zip(xs, ys, strict=True))


def _hint(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""


def _trace(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_px(x)} {_px(y)}" for x, y in points)


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
