"""Tables as a CSV file with a line per flow.

What a file lost at its end cannot be seen from what is left, so the file ends in the outputs of
all industries, unless it has every cell of Z and Y.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from terbium.base.errors import Problems, suggest
from terbium.graph.tables_draft import SHOWN, Draft, Floats, Ints, Pair, labels_of, listed
from terbium.graph.tables_memory import check_memory, memory_needed
from terbium.graph.tables_text import is_number, more_of_the_same, rows_of, unreadable

COLUMNS = ("kind", "from_region", "from_sector", "to_region", "to_sector", "to_category", "value")
_FILLED = {
    "Z": ("from_region", "from_sector", "to_region", "to_sector"),
    "Y": ("from_region", "from_sector", "to_region", "to_category"),
    "x": ("from_region", "from_sector"),
}


@dataclass
class _Cells:
    """Cells of one matrix: codes of supplier and user, and the value."""

    rows: array[int] = field(default_factory=lambda: array("q"))
    columns: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))


@dataclass
class _Flows:
    """All lines of a file, with labels coded in order of appearance."""

    industries: dict[Pair, int] = field(default_factory=dict)
    finals: dict[Pair, int] = field(default_factory=dict)
    cells: dict[str, _Cells] = field(default_factory=lambda: {kind: _Cells() for kind in _FILLED})
    last: str = ""

    def add(self, kind: str, supplier: Pair, user: Pair, value: float) -> None:
        """Note one line; the user of an output is nobody."""
        into = self.cells[kind]
        into.rows.append(self.industries.setdefault(supplier, len(self.industries)))
        codes = {"Z": self.industries, "Y": self.finals, "x": {user: 0}}[kind]
        into.columns.append(codes.setdefault(user, len(codes)))
        into.values.append(value)
        self.last = kind


@dataclass(frozen=True)
class _Labels:
    """Labels of a table in lexicographic order."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]

    @classmethod
    def of(cls, flows: _Flows) -> _Labels:
        """Those that a file names."""
        regions = {pair[0] for pair in (*flows.industries, *flows.finals)}
        sectors = {pair[1] for pair in flows.industries}
        categories = {pair[1] for pair in flows.finals}
        return cls(tuple(sorted(regions)), tuple(sorted(sectors)), tuple(sorted(categories)))

    @property
    def industries(self) -> list[str]:
        """Industries by position."""
        return labels_of(self.regions, self.sectors)

    @property
    def finals(self) -> list[str]:
        """Columns of final demand by position."""
        return labels_of(self.regions, self.categories)


def read_long(path: Path, problems: Problems) -> Draft | None:
    """Read a table from a CSV file with a line per flow, in any order.

    Parameters
    ----------
    path
        Known to exist and to end in a line end.
    problems
        Receives what is wrong; nothing is returned then.
    """
    # codes and value of a line take about as much room as its text
    check_memory(path.stat().st_size, problems)
    if problems:
        return None
    flows = _parse(path, problems)
    labels = _Labels.of(flows)
    counts = [len(names) for names in (labels.regions, labels.sectors, labels.categories)]
    if not problems:
        check_memory(memory_needed(*counts), problems)
    if not problems:
        _check_whole(path.name, flows, labels, problems)
    if problems:
        return None
    rows = _places(flows.industries, labels.regions, labels.sectors)
    finals = _places(flows.finals, labels.regions, labels.categories)
    outputs = np.zeros(1, dtype=np.int64)
    x = _dense(flows.cells["x"], rows, outputs, (len(labels.industries), 1))
    return Draft(
        _dense(flows.cells["Z"], rows, rows, (len(labels.industries), len(labels.industries))),
        _dense(flows.cells["Y"], rows, finals, (len(labels.industries), len(labels.finals))),
        x.ravel() if flows.cells["x"].values else None,
        labels.regions,
        labels.sectors,
        labels.categories,
    )


def _parse(path: Path, problems: Problems) -> _Flows:
    flows = _Flows()
    odd = 0
    try:
        lines = rows_of(path)
        _, first = next(lines)
        read = _line_reader([cell.strip() for cell in first], path.name, problems)
        for line, cells in lines if read is not None else ():
            wrong = read(cells, flows) if read is not None else None
            if wrong is None:
                continue
            odd += 1
            if odd <= SHOWN:
                problems.add(f"{path.name}, line {line}", *wrong)
        more_of_the_same(odd, path, problems)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        unreadable(path, error, problems)
    return flows


def _line_reader(
    names: Sequence[str], where: str, problems: Problems
) -> Callable[[list[str], _Flows], tuple[str, str, str] | None] | None:
    """A function that notes a line, or says what is wrong with it (seen, allowed, remedy)."""
    allowed = ", ".join(COLUMNS)
    before = len(problems)
    for name in [name for name in COLUMNS if names.count(name) != 1]:
        seen = f"{names.count(name)} columns {name}"
        problems.add(f"{where}, line 1", seen, allowed, "name each column once in the first line")
    for name in [name for name in names if name not in COLUMNS]:
        seen = f"the unknown column '{name}'"
        problems.add(f"{where}, line 1", seen, allowed, f"delete it; {suggest(name, COLUMNS)}")
    if len(problems) > before:
        return None
    at = {name: names.index(name) for name in COLUMNS}
    pairs = {kind: [at[name] for name in filled] for kind, filled in _FILLED.items()}
    blank = {
        kind: [at[name] for name in COLUMNS[1:-1] if name not in filled]
        for kind, filled in _FILLED.items()
    }

    def read(cells: list[str], flows: _Flows) -> tuple[str, str, str] | None:
        if len(cells) != len(names):
            return f"{len(cells)} cells", f"{len(names)} cells", "write a decimal point, no comma"
        kind, value = cells[at["kind"]].strip(), cells[at["value"]]
        if kind not in pairs:
            return f"kind '{kind}'", ", ".join(_FILLED), "name the matrix that the line belongs to"
        labels = [cells[place] for place in pairs[kind]]
        if not all(map(str.strip, labels)) or any(cells[place].strip() for place in blank[kind]):
            needs = f"{', '.join(_FILLED[kind])}, and no other label"
            return f"other labels in a line of {kind}", needs, "fill in what is missing"
        if not is_number(value):
            seen = f"value '{value}'" if value.strip() else "no value"
            return seen, "a number with a decimal point", "leave out lines where nothing flows"
        user = (labels[2], labels[3]) if kind != "x" else ("", "")
        flows.add(kind, (labels[0], labels[1]), user, float(value))
        return None

    return read


def _check_whole(where: str, flows: _Flows, labels: _Labels, problems: Problems) -> None:
    """Note cells that stand twice, and signs that lines are missing."""
    industries, finals = labels.industries, labels.finals
    columns = {"Z": flows.industries, "Y": flows.finals, "x": {("", ""): 0}}
    counts = {"Z": len(industries) ** 2, "Y": len(industries) * len(finals)}
    for kind, cells in flows.cells.items():
        _note_twice(where, kind, cells, list(flows.industries), list(columns[kind]), problems)
    outputs = flows.cells["x"].rows
    if not finals or not flows.cells["Z"].values:
        name = "Y" if flows.cells["Z"].values else "Z"
        problems.add(where, f"no line of {name}", "lines of Z and of Y", "add what is missing")
    elif not outputs:
        short = {kind: count - len(flows.cells[kind].values) for kind, count in counts.items()}
        if any(short.values()):
            problems.add(
                where,
                f"no outputs (kind x), and {short['Z']} cells of Z and {short['Y']} of Y missing",
                "the output of each industry (kind x) in the last lines, or each cell of Z and Y",
                "add the outputs at the end: they show that the file is whole",
            )
    else:
        known = list(flows.industries)
        given = {"/".join(known[code]) for code in outputs}
        missing = [label for label in industries if label not in given]
        if missing or flows.last != "x":
            problems.add(
                where,
                f"no output (kind x) of {listed(missing)}" if missing else "flows below outputs",
                "the output of each industry in the last lines (0 where nothing is made)",
                "the file may be cut short: write or fetch it again, with the outputs at its end",
            )


def _note_twice(
    where: str,
    kind: str,
    cells: _Cells,
    suppliers: Sequence[Pair],
    users: Sequence[Pair],
    problems: Problems,
) -> None:
    rows, columns = (np.array(codes, dtype=np.int64) for codes in (cells.rows, cells.columns))
    keys, counts = np.unique(rows * max(len(users), 1) + columns, return_counts=True)
    repeated = keys[counts > 1]
    if not repeated.size:
        return
    named = [divmod(int(key), max(len(users), 1)) for key in repeated[:SHOWN]]
    cells_named = [
        "/".join(suppliers[row]) + (f" to {'/'.join(users[column])}" if kind != "x" else "")
        for row, column in named
    ]
    more = f", and {repeated.size - SHOWN} more" if repeated.size > SHOWN else ""
    problems.add(
        where,
        f"{kind} a second time: {', '.join(cells_named)}{more}",
        "each cell once",
        "add up or delete the lines that speak of the same cell",
    )


def _places(codes: Iterable[Pair], firsts: Sequence[str], seconds: Sequence[str]) -> Ints:
    """Position of each code."""
    first = {label: index for index, label in enumerate(firsts)}
    second = {label: index for index, label in enumerate(seconds)}
    return np.array([first[a] * len(seconds) + second[b] for a, b in codes], dtype=np.int64)


def _dense(cells: _Cells, rows: Ints, columns: Ints, shape: tuple[int, int]) -> Floats:
    target = np.zeros(shape)
    supplier = np.array(cells.rows, dtype=np.int64)
    user = np.array(cells.columns, dtype=np.int64)
    target[rows[supplier], columns[user]] = cells.values
    return target
