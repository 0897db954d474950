"""A figure as a file of its own: title, legend, drawing, caption, with its colours written in."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from threading import Lock
from xml.etree import ElementTree as XML

from terbium.base.speech import language, tr
from terbium.report.blocks import Figure
from terbium.report.figures import extent
from terbium.web.views.figures import Drawn, mark_of
from terbium.web.views.paint import SVG, colour, paint

_MARGIN, _GAP = 20.0, 24.0
_TITLE, _SMALL = 17.0, 12.0
_LINE, _BOLD = 1.35, 1.16
_ACROSS = 3
_MARK = (30.0, 14.0)
_SCALE, _PATIENCE = 2.0, 120.0
_CONVERT = """
import sys
import vl_convert
svg, (form, scale) = sys.stdin.buffer.read().decode(), sys.argv[1:]
made = (
    vl_convert.svg_to_png(svg, scale=float(scale)) if form == "png" else vl_convert.svg_to_pdf(svg)
)
sys.stdout.buffer.write(made)
"""
# a font that has the reader's characters as they are written there comes first
_FONTS = {
    "zh-Hans": "Noto Sans CJK SC",
    "zh-Hant": "Noto Sans CJK TC",
    "ja": "Noto Sans CJK JP",
}
_REST = "Noto Sans, DejaVu Sans, Noto Sans CJK SC, sans-serif"

_one_at_a_time = Lock()

XML.register_namespace("", SVG)


def standalone(figure: Drawn, foot: str) -> str:
    """The figure as one SVG in the language of this context, for any program that reads SVG.

    Parameters
    ----------
    figure
        What is drawn; of two drawings the wide one.
    foot
        Where it comes from: the last line.
    """
    parts = [_part(*part) for part in _parts(figure)]
    width = max(min(len(parts), _ACROSS) * (parts[0].width + _GAP) - _GAP, 0.0)
    page = _Page(width)
    page.write(figure.title, _TITLE, "ink", "600")
    page.legend(figure.legend)
    if isinstance(figure, Figure) and figure.shared:
        page.root.append(_defs(figure.shared))
    page.draw(parts)
    page.write(figure.caption, _SMALL, "muted")
    page.write(foot, _SMALL, "muted")
    return page.text()


def png(svg: str) -> bytes:
    """The picture of a standalone SVG, twice its size."""
    return _converted(svg, "png")


def pdf(svg: str) -> bytes:
    """A page of the size of a standalone SVG."""
    return _converted(svg, "pdf")


def _converted(svg: str, form: str) -> bytes:
    """Convert in a process of its own: the library lets nobody else work while it draws."""
    with _one_at_a_time:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CONVERT, form, str(_SCALE)],
            input=svg.encode(),
            capture_output=True,
            check=True,
            timeout=_PATIENCE,
        )
    return done.stdout


class _Part:
    """A drawing with the heading that stands above it."""

    def __init__(self, heading: str, drawing: XML.Element) -> None:
        self.drawing = drawing
        _, _, self.width, self.height = map(float, drawing.attrib["viewBox"].split())
        self.lines = list(_wrapped(heading, self.width, _SMALL * _BOLD)) if heading else []


def _parts(figure: Drawn) -> Sequence[tuple[str, str]]:
    return [("", figure.wide)] if isinstance(figure, Figure) else figure.panels


def _part(heading: str, markup: str) -> _Part:
    return _Part(heading, _read(markup))


def _read(markup: str) -> XML.Element:
    # our own drawing, made in this process
    return XML.fromstring(markup)


def _defs(shared: str) -> XML.Element:
    """What drawings borrow by name; the grid of a map has units of its own, and so its strokes."""
    found = _read(shared).find(f"{{{SVG}}}defs")
    assert found is not None
    paint(found)
    for shape in found.iter(f"{{{SVG}}}path"):
        shape.set("stroke-width", "3")
    return found


class _Page:
    """Grows downwards."""

    def __init__(self, width: float) -> None:
        self.width, self.y = width, _MARGIN
        self.root = XML.Element(f"{{{SVG}}}svg")
        self._ground = self._add("rect", fill=colour("paper"))

    def _add(self, tag: str, text: str = "", **attributes: str) -> XML.Element:
        named = {name.replace("_", "-"): value for name, value in attributes.items()}
        made = XML.SubElement(self.root, f"{{{SVG}}}{tag}", named)
        made.text = text or None
        return made

    def write(self, text: str, size: float, ink: str, weight: str = "400") -> None:
        """Set a paragraph."""
        for line in _wrapped(text, self.width, size * (_BOLD if weight != "400" else 1)):
            self.y += size * _LINE
            self._add(
                "text",
                line,
                x=f"{_MARGIN:g}",
                y=f"{self.y:.1f}",
                fill=colour(ink),
                font_size=f"{size:g}px",
                font_weight=weight,
            )
        self.y += 6

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """Set the legend in as many lines as it needs."""
        if not entries:
            return
        x, self.y = _MARGIN, self.y + 4
        for kind, text in entries:
            room = extent(text) * _SMALL / 12.5 + (_MARK[0] + 6 if kind else 0) + 18
            if x + room > _MARGIN + self.width and x > _MARGIN:
                x, self.y = _MARGIN, self.y + 20
            if kind:
                self._mark(kind, x)
            at = x + (_MARK[0] + 6 if kind else 0)
            ink, size = colour("muted" if kind else "ink"), f"{_SMALL:g}px"
            self._add("text", text, x=f"{at:.1f}", y=f"{self.y + 11:.1f}", fill=ink, font_size=size)
            x += room
        self.y += 24

    def _mark(self, kind: str, x: float) -> None:
        shape, group = mark_of(kind), self._add("g", transform=f"translate({x:.1f} {self.y:.1f})")
        places = {
            "circle": ("circle", {"cx": "15", "cy": "7", "r": "4"}),
            "cross": ("path", {"d": "M10.5 2.5l9 9m-9 0l9-9"}),
            "line": ("line", {"x1": "2", "y1": "7", "x2": "28", "y2": "7"}),
            "box": ("rect", {"x": "2", "y": "2", "width": "26", "height": "10"}),
        }
        tag, attributes = places[shape]
        XML.SubElement(group, f"{{{SVG}}}{tag}", {"class": kind, **attributes})
        paint(group)

    def draw(self, parts: Sequence[_Part]) -> None:
        """Set drawings in rows."""
        for first in range(0, len(parts), _ACROSS):
            row = parts[first : first + _ACROSS]
            head = max(len(part.lines) for part in row) * _SMALL * _LINE
            for i, part in enumerate(row):
                x = _MARGIN + i * (part.width + _GAP)
                for j, line in enumerate(part.lines):
                    y = self.y + (j + 1) * _SMALL * _LINE
                    self._add("text", line, x=f"{x:.1f}", y=f"{y:.1f}", fill=colour("ink"),
                              font_size=f"{_SMALL:g}px", font_weight="600")  # fmt: skip
                self._place(part, x, self.y + head + 4)
            self.y += head + 4 + max(part.height for part in row) + (_GAP if len(parts) > 1 else 8)

    def _place(self, part: _Part, x: float, y: float) -> None:
        drawing = part.drawing
        drawing.attrib.pop("role", None)
        drawing.attrib.pop("aria-labelledby", None)
        paint(drawing)
        drawing.attrib.update(
            x=f"{x:.1f}", y=f"{y:.1f}", width=f"{part.width:g}", height=f"{part.height:g}"
        )
        self.root.append(drawing)

    def text(self) -> str:
        """The whole as SVG."""
        width, height = self.width + 2 * _MARGIN, self.y + _MARGIN / 2
        size = {"width": f"{width:.0f}", "height": f"{height:.0f}"}
        self._ground.attrib.update(size)
        first = _FONTS.get(language(), "")
        self.root.attrib.update(
            size,
            viewBox=f"0 0 {width:.0f} {height:.0f}",
            lang=language(),
            **{"font-family": f"{first}, {_REST}" if first else _REST},
        )
        return XML.tostring(self.root, encoding="unicode") + "\n"


def _wrapped(text: str, width: float, size: float) -> Iterator[str]:
    """Lines of a text; where a language has no spaces between words they end anywhere."""
    ratio, line = size / 12.5, ""
    for piece in _pieces(text):
        if line and extent(line + piece.rstrip()) * ratio > width:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        if extent(letter) > extent("m"):
            if word:
                yield word
            yield letter
            word = ""
        else:
            word += letter
            if letter == " ":
                yield word
                word = ""
    if word:
        yield word


def foot_of(scenario: str, draws: int, version: str) -> str:
    """The last line of a figure's file."""
    return tr(
        "terbium {version}, scenario {scenario}, {draws} draws. Not legal advice.",
        version=version,
        scenario=scenario,
        draws=draws,
    )
