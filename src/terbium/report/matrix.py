"""A figure of cells: one shade and one word per pair of row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from terbium.report.figures import CHARACTER, extent
from terbium.report.svg import Canvas

_HEIGHT, _SPACE = 22.0, 1.5


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, its class in the style sheet, and what a pointer is told."""

    text: str
    kind: str
    hint: str


def matrix_figure(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[int, int], Cell],
    key: str,
    title: str,
    width: float,
    character: float = CHARACTER,
) -> Markup:
    """Draw cells by (row, column); names of columns read upwards. Pairs without a cell are blank.

    Parameters
    ----------
    rows, columns
        Their names, in order.
    cells
        By position.
    key, title
        Of the figure in the page.
    width
        Of the figure [px].
    character
        Room for a character of a name [px]; more than the mean where names were cut to fit.
    """
    left = max(extent(name, character) for name in rows) + 10
    head = max(extent(name, character) for name in columns) + 10
    step = (width - left - 2) / len(columns)
    canvas = Canvas(width, head + _HEIGHT * len(rows) + 4)
    for j, name in enumerate(columns):
        canvas.text((left + step * (j + 0.5) + 4.5, head - 6), name, "name", upright=True)
    for i, name in enumerate(rows):
        y = head + _HEIGHT * i
        canvas.text((left - 8, y + _HEIGHT / 2 + 4.5), name, "name", "end")
        for j in range(len(columns)):
            cell = cells.get((i, j))
            if cell is not None:
                corner = (left + step * j + _SPACE / 2, y + _SPACE / 2)
                size = (step - _SPACE, _HEIGHT - _SPACE)
                canvas.rect(corner, size, f"cell {cell.kind}", cell.hint)
                middle = (left + step * (j + 0.5), y + _HEIGHT / 2 + 4.5)
                canvas.text(middle, cell.text, f"on {cell.kind}", "middle")
    said = "; ".join(cell.hint for cell in cells.values())
    return canvas.render(key, title, said)
