"""Tables in one CSV file: a square with labels on two sides, or a line per flow.

A file that lost its last lines must not pass for a smaller table. The square form therefore tells
Z from Y in its first line, or has its rows in the order of its columns, region by region.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from terbium.base.errors import GraphError, Problems
from terbium.graph.tables_draft import Draft, Floats, Ints, Layout, Pair, layout_of, listed
from terbium.graph.tables_folder import check_regions
from terbium.graph.tables_long import COLUMNS, read_long
from terbium.graph.tables_memory import check_memory, memory_needed
from terbium.graph.tables_text import (
    Filler,
    Header,
    body,
    read_header,
    reads,
    rows_of,
    unreadable,
)

_KINDS = ("Z", "Y", "x")
_FORM = f"a CSV in UTF-8: a square of flows, or a line per flow with {', '.join(COLUMNS)}"
_THREE_LINES = "write it as pandas.concat({'Z': Z, 'Y': Y}, axis=1).to_csv(path)"


def read_csv(path: Path) -> Draft:
    """Read a table from one CSV file; labels are brought into lexicographic order.

    Raises
    ------
    GraphError
        If the file is absent, damaged, incomplete or of another form.
    """
    problems = Problems()
    draft = None
    if reads(path, problems, _FORM):
        try:
            first = next((cells for _, cells in rows_of(path)), [])
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            unreadable(path, error, problems)
        else:
            is_long = len({cell.strip() for cell in first} & set(COLUMNS)) > 1
            draft = (read_long if is_long else _read_square)(path, problems)
    problems.raise_if_any(path.name, GraphError)
    assert draft is not None
    return draft


def _read_square(path: Path, problems: Problems) -> Draft | None:
    header, kinds = _header(path, problems)
    if header is None or problems:
        return None
    which = {name: _columns(kinds, name) for name in _KINDS}
    pairs: list[Pair] = [(column[-2], column[-1]) for column in header.columns]
    flows = [pairs[at] for at in which["Z"]]
    finals = [pairs[at] for at in which["Y"]]
    if not flows or not finals or which["x"].size > 1:
        counts = ", ".join(f"{which[name].size} of {name}" for name in _KINDS)
        allowed = "columns of Z, columns of Y, and at most one of x"
        problems.add(f"{path.name}, line 1", f"columns: {counts}", allowed, _THREE_LINES)
        return None
    industries = layout_of(flows, f"{path.name}, columns of Z", "sector", problems)
    final = layout_of(finals, f"{path.name}, columns of Y", "category", problems)
    if industries is None or final is None:
        return None
    check_regions(industries, final, f"{path.name}, columns of Y", problems)
    check_memory(
        memory_needed(len(industries.firsts), len(industries.seconds), len(final.seconds)),
        problems,
    )
    return None if problems else _fill(path, header, which, industries, final, problems)


def _fill(
    path: Path,
    header: Header,
    which: dict[str, Ints],
    industries: Layout,
    final: Layout,
    problems: Problems,
) -> Draft:
    positions = industries.positions()
    sources = [which["Z"][industries.order], which["Y"][final.order], which["x"]]
    arrays: list[Floats] = [np.zeros((len(positions), source.size)) for source in sources]

    def put(position: int, numbers: list[float]) -> None:
        row = np.array(numbers)
        for target, source in zip(arrays, sources, strict=True):
            target[position] = row[source]

    Filler(path, header, positions, problems).each(put)
    flows, finals, x = arrays
    output = x.ravel() if x.size else None
    return Draft(flows, finals, output, industries.firsts, industries.seconds, final.seconds)


def _columns(kinds: Sequence[str], name: str) -> Ints:
    return np.array([at for at, kind in enumerate(kinds) if kind == name], dtype=np.int64)


def _header(path: Path, problems: Problems) -> tuple[Header | None, list[str]]:
    """Header of a square, and of which matrix each column is."""
    first = read_header(path, 1, problems)
    if first is None:
        return None, []
    names = [column[0].strip() for column in first.columns]
    levels = 3 if set(names) <= set(_KINDS) else 2
    header = read_header(path, levels, problems)
    if header is None or levels == 3:
        return header, names
    return header, _kinds(path, header, problems)


def _kinds(path: Path, header: Header, problems: Problems) -> list[str]:
    """Tell Z from Y by the labels of the rows, where no line of the file says it."""
    rows = [pair for _, pair, _ in body(path, header, problems)]
    columns = [(column[0], column[1]) for column in header.columns]
    has_x = bool(columns) and {label for label in columns[-1] if label} == {"x"}
    firsts, seconds = (list(dict.fromkeys(pair[at] for pair in rows)) for at in (0, 1))
    in_order = [(first, second) for first in firsts for second in seconds]
    if not problems and (columns[: len(rows)] != rows or rows != in_order or len(firsts) < 2):
        strange = [f"{first}/{second}" for first, second in rows if (first, second) not in columns]
        problems.add(
            path.name,
            f"{len(rows)} lines"
            + (f", of which {listed(strange)} are no columns" if strange else "")
            + f", {len(columns)} columns, and no line that tells Z from Y",
            "two lines of labels if there are several regions, and the lines stand in the order "
            "of the first columns, region by region; else a line with Z, Y (and x) above them",
            _THREE_LINES,
        )
    final = len(columns) - len(rows) - has_x
    return ["Z"] * len(rows) + ["Y"] * final + ["x"] * has_x
