"""The figures of a run by name, and what a page or a file needs of each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from terbium.report.blocks import Figure, Multiples, Section

Drawn = Figure | Multiples

_CIRCLES = frozenset(("observed", "centre", "announced", "force", "other"))
_LINES = frozenset(("median", "base", "mark", "reach", "stroke"))
_KEY = re.compile(r'aria-labelledby="([^" ]+)-t ')
_SIZE = re.compile(r"-(?:wide|narrow|\d+(?:\.\d+)?)$")


@dataclass(frozen=True)
class Named:
    """A figure and the name of its files."""

    name: str
    figure: Drawn


def mark_of(kind: str) -> str:
    """Shape of a legend entry: ``circle``, ``cross``, ``line`` or ``box``; empty for a heading."""
    if not kind:
        return ""
    first = kind.split()[0]
    if first == "ended":
        return "cross"
    return "circle" if first in _CIRCLES else "line" if first in _LINES else "box"


def name_of(figure: Drawn) -> str:
    """Name of a figure's files: its key in the page without its width; panels have that of one."""
    drawing = figure.wide if isinstance(figure, Figure) else figure.panels[0][1]
    found = _KEY.search(drawing)
    key = _SIZE.sub("", found[1]) if found else "figure"
    return key if isinstance(figure, Figure) else f"{key.rpartition('-')[0]}-by-destination"


def figures_of(sections: Iterable[Section]) -> Iterator[Named]:
    """Every figure of some sections."""
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Figure | Multiples):
                yield Named(name_of(block), block)


def parts_of(figure: Drawn) -> list[tuple[str, Markup]]:
    """Headings and drawings that make up a figure; one without a heading if it is not divided."""
    if isinstance(figure, Figure):
        return [("", figure.wide)]
    return list(figure.panels)
