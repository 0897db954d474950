"""Matrices with labels in text files, separated by tabs, commas or semicolons.

A file that was cut short must not pass for a smaller table. Each text file therefore has to end in
a line end, each line to have the cells of the first, and each industry to have a line.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from terbium.base.errors import Problems
from terbium.graph.tables_draft import SHOWN, Floats, Ints, Pair, listed

_DELIMITERS = "\t;,"
_LEVELS = 2
_LINE_ENDS = b"\r\n"


@dataclass(frozen=True)
class Header:
    """The first lines of a matrix of which each row begins with region and sector.

    Parameters
    ----------
    columns
        Labels over each column, one tuple per column, as many labels as there are header lines.
    delimiter
        Between cells.
    lines
        Lines that the header takes.
    """

    columns: tuple[tuple[str, ...], ...]
    delimiter: str
    lines: int


def rows_of(path: Path, delimiter: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Lines of a text file as (line, cells), those without any cell left out.

    Raises
    ------
    OSError, UnicodeDecodeError, csv.Error
        If the file cannot be read as text of cells.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        sign = delimiter or delimiter_of(file.readline())
        file.seek(0)
        reader = csv.reader(file, delimiter=sign, strict=True)
        yield from ((reader.line_num, cells) for cells in reader if cells)


def delimiter_of(line: str) -> str:
    """The sign that divides most cells of a line; a tab before others.

    Examples
    --------
    >>> delimiter_of("region;sector;x"), delimiter_of("a,b"), delimiter_of("region")
    (';', ',', ',')
    """
    if "\t" in line:
        return "\t"
    return ";" if line.count(";") > line.count(",") else ","


def reads(
    path: Path, problems: Problems, form: str = "a text file in UTF-8 with a line per industry"
) -> bool:
    """Note a file that is absent, empty, unreadable, or ends in the middle of a line."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - 1, 0))
            last = file.read(1)
    except OSError as error:
        seen = f"a file that cannot be read ({error.strerror or error})"
        problems.add(path.name, seen, form, "check the path and its permissions")
        return False
    if not last:
        problems.add(path.name, "an empty file", form, "write or fetch it again")
        return False
    if last not in _LINE_ENDS:
        problems.add(
            path.name,
            "a last line without a line end",
            "a file that ends in a line end, so that it is known to be whole",
            "write or fetch it again; if it is whole, add a line end",
        )
        return False
    return True


def unreadable(path: Path, error: Exception, problems: Problems) -> None:
    """Note text that cannot be read."""
    seen = f"text that cannot be read ({error})"
    problems.add(path.name, seen, "cells in UTF-8 text", "write or fetch the file again")


def read_header(path: Path, levels: int, problems: Problems) -> Header | None:
    """Header of a matrix with ``levels`` lines of labels over its columns."""
    if not reads(path, problems):
        return None
    found: list[list[str]] = []
    lines = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = delimiter_of(file.readline())
        for line, cells in rows_of(path, delimiter):
            # below several levels, pandas writes a line with the names of the index alone
            if len(found) == levels and any(cell.strip() for cell in cells[_LEVELS:]):
                break
            if len(found) < levels:
                found.append(cells)
            lines = line
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        unreadable(path, error, problems)
        return None
    widths = {len(cells) for cells in found}
    if len(found) < levels or len(widths) != 1 or max(widths) <= _LEVELS:
        problems.add(
            path.name,
            f"first lines of {', '.join(str(len(cells)) for cells in found)} cells",
            f"{levels} line(s) of labels over the columns, after two cells for region and sector",
            "save it with pymrio or pandas, index and header included",
        )
        return None
    columns = tuple(zip(*(cells[_LEVELS:] for cells in found), strict=True))
    return Header(columns, delimiter, lines)


def body(path: Path, header: Header, problems: Problems) -> Iterator[tuple[int, Pair, list[str]]]:
    """Lines below the header as (line, (region, sector), cells); odd ones are noted."""
    width = _LEVELS + len(header.columns)
    odd = 0
    try:
        for line, cells in rows_of(path, header.delimiter):
            if line <= header.lines:
                continue
            if len(cells) == width:
                yield line, (cells[0], cells[1]), cells[_LEVELS:]
                continue
            odd += 1
            if odd <= SHOWN:
                problems.add(
                    f"{path.name}, line {line}",
                    f"{len(cells)} cells",
                    f"{width} cells, as the first line has",
                    "write or fetch the file again; write a decimal point and not a comma",
                )
        more_of_the_same(odd, path, problems)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        unreadable(path, error, problems)


def more_of_the_same(count: int, path: Path, problems: Problems) -> None:
    """Say how many problems of one kind were not listed one by one."""
    if count > SHOWN:
        problems.add(
            path.name, f"{count - SHOWN} more like these", "none", "correct them all alike"
        )


class Filler:
    """Puts lines of a file where their labels belong.

    Parameters
    ----------
    path, header
        The file.
    positions
        Place of each industry among the rows.
    problems
        Receives numbers that are none, industries that are unknown, twice there, or missing.
    """

    def __init__(
        self, path: Path, header: Header, positions: Mapping[Pair, int], problems: Problems
    ) -> None:
        self.path, self.header, self.positions = path, header, positions
        self.problems = problems
        self._seen: set[Pair] = set()
        self._odd = 0

    def fill(self, target: Floats, order: Ints) -> None:
        """Fill ``target`` (N, columns); column ``j`` is column ``order[j]`` of the file."""

        def put(position: int, cells: list[float]) -> None:
            row = target[position]
            row[:] = cells
            row[:] = row[order]

        self.each(put)

    def texts(self) -> list[str]:
        """The distinct cells of the first column, in order of appearance."""
        found: dict[str, None] = {}
        for _, _, cells in body(self.path, self.header, self.problems):
            found[cells[0]] = None
        return list(found)

    def each(self, put: Callable[[int, list[float]], None]) -> None:
        """Hand over each line as (position of its industry, numbers)."""
        for line, pair, cells in body(self.path, self.header, self.problems):
            position = self._position(line, pair)
            numbers = self._numbers(line, cells)
            if position is not None and numbers is not None:
                put(position, numbers)
        more_of_the_same(self._odd, self.path, self.problems)
        missing = [f"{region}/{sector}" for region, sector in self.positions.keys() - self._seen]
        if missing:
            self.problems.add(
                self.path.name,
                f"no line for {len(missing)} industries: {listed(sorted(missing))}",
                "a line for each industry",
                "the file was cut short or filtered: write or fetch it again",
            )

    def _position(self, line: int, pair: Pair) -> int | None:
        position = self.positions.get(pair)
        label = f"{self.path.name}, line {line}"
        if position is None:
            self._note(
                label, f"'{pair[0]}/{pair[1]}'", "an industry that Z has", "use the same labels"
            )
        elif pair in self._seen:
            self._note(
                label, f"'{pair[0]}/{pair[1]}' a second time", "each industry once", "remove one"
            )
            return None
        self._seen.add(pair)
        return position

    def _numbers(self, line: int, cells: Sequence[str]) -> list[float] | None:
        try:
            return list(map(float, cells))
        except ValueError:
            at = next(index for index, cell in enumerate(cells) if not is_number(cell))
        self._note(
            f"{self.path.name}, line {line}, column {'/'.join(self.header.columns[at])}",
            f"'{cells[at]}'" if cells[at].strip() else "an empty cell",
            "a number with a decimal point",
            "write 0 where nothing flows",
        )
        return None

    def _note(self, place: str, seen: str, allowed: str, remedy: str) -> None:
        self._odd += 1
        if self._odd <= SHOWN:
            self.problems.add(place, seen, allowed, remedy)


def is_number(text: str) -> bool:
    """Whether Python reads the text as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
