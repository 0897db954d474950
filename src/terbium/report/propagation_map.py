"""Losses by region and sector as a figure of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import commonprefix
from typing import Any

from markupsafe import Markup

from terbium.report.blocks import Figure
from terbium.report.figures import NARROW, WIDE
from terbium.report.matrix import Cell, matrix_figure
from terbium.report.propagation_words import part_of
from terbium.report.words import MINUS, count

_MOST = {WIDE: (24, 14, 26, 16), NARROW: (16, 6, 14, 12)}
"""Rows, columns, and letters of their names that a width has room for."""

_EDGES = (0.0005, 0.003, 0.01, 0.03, 0.1, 0.3)
_KINDS = ("unlikely", "step-1", "step-2", "step-4", "step-6", "step-8", "step-10")
_PER_CENT = 100.0
# names that are cut fill their room to the last letter
_CHARACTER = 7.8
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def cells_figure(cells: Mapping[str, Any], title: str, whole: str = "losses.csv") -> Figure:
    """Draw the share of a year's output lost by sector (row) and region (column).

    Parameters
    ----------
    cells
        ``regions``, ``sectors``, ``lost`` and ``output``, by region and sector [money].
    title
        Of the figure.
    whole
        The file that has all of them.
    """
    drawn = {width: _draw(cells, width, title) for width in (WIDE, NARROW)}
    ends = [f"{edge * _PER_CENT:g}" for edge in _EDGES]
    texts = [f"below {ends[0]} %, or a gain", *(f"from {end} %" for end in ends)]
    legend = list(zip(_KINDS, texts, strict=True))
    return Figure(title, _caption(cells, whole), drawn[WIDE], drawn[NARROW], legend)


def _draw(cells: Mapping[str, Any], width: int, title: str) -> Markup:
    rows, columns, row_letters, column_letters = _MOST[width]
    lost, output = cells["lost"], cells["output"]
    sectors = _largest([sum(row[s] for row in lost) for s in range(len(cells["sectors"]))], rows)
    regions = _largest([sum(row) for row in lost], columns)
    found = {}
    for i, s in enumerate(sectors):
        for j, r in enumerate(regions):
            if output[r][s] > 0:
                share = lost[r][s] / output[r][s]
                hint = f"{cells['regions'][r]}/{cells['sectors'][s]}: {part_of(share)}"
                found[i, j] = Cell(_text(share), _kind(share), hint)
    return matrix_figure(
        shortened([cells["sectors"][s] for s in sectors], row_letters),
        shortened([cells["regions"][r] for r in regions], column_letters),
        found,
        f"cells-{width}",
        title,
        width,
        _CHARACTER,
    )


def _largest(lost: Sequence[float], most: int) -> list[int]:
    return sorted(range(len(lost)), key=lambda i: -lost[i])[:most]


def _kind(share: float) -> str:
    return _KINDS[sum(share >= edge for edge in _EDGES)]


def _text(share: float) -> str:
    """Per cent with at most two digits; what rounds to nothing is a dot."""
    per_cent = share * _PER_CENT
    if abs(share) < _EDGES[0]:
        return "\N{MIDDLE DOT}"
    text = f"{per_cent:.0f}" if abs(per_cent) >= 10 else f"{per_cent:.1f}"
    return text.replace("-", MINUS)


def shortened(names: Sequence[str], letters: int) -> list[str]:
    """Names cut to a length; what all begin with alike is left out where the cut hides the rest.

    Examples
    --------
    >>> shortened(["Manufacture of food", "Manufacture of textiles"], 12)
    ['food', 'textiles']
    """
    cut = [_cut(name, letters) for name in names]
    if len(set(cut)) == len(cut):
        return cut
    alike = commonprefix(list(names)).rfind(" ") + 1
    return [_cut(name[alike:], letters) for name in names]


def _cut(name: str, letters: int) -> str:
    return name if len(name) <= letters else name[: letters - 1].rstrip() + _ELLIPSIS


def _caption(cells: Mapping[str, Any], whole: str) -> str:
    rows, columns, *_ = _MOST[WIDE]
    regions, sectors = len(cells["regions"]), len(cells["sectors"])
    said = "Output lost over the run, per cent of the year's output of the industry. "
    if regions <= columns and sectors <= rows:
        return said + "Regions and sectors that lost most come first; blank: no such industry."
    return said + (
        f"Of {count(sectors, 'sector')} and {count(regions, 'region')} those that lost most are "
        f"shown; {whole} has all. Blank: no such industry."
    )
