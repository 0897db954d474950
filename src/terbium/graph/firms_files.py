"""The two files of a network of firms: where they lie, their columns, and rows that are wrong.

DuckDB reads them; nothing here holds a row of Python for a row of a file.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from terbium.base.errors import Problems, suggest
from terbium.evidence.duck import literal, quoted

LINKS, FIRMS = "links", "firms"
SUFFIXES = (".parquet", ".csv", ".csv.gz")
WHOLE = "BIGINT"
TEXT = "VARCHAR"

_WHOLE_TYPES = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_NUMBER_TYPES = {*_WHOLE_TYPES, "HUGEINT", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"}
_DECIMAL = "DECIMAL"
_SHOWN = 80
_SEPARATORS = (",", ";", "\t")
_LONGEST_HEADING = 1 << 16


@dataclass(frozen=True)
class Source:
    """One of the two files.

    Attributes
    ----------
    path
        Where it lies.
    columns
        Name and SQL type.
    """

    path: Path
    columns: dict[str, str]

    @property
    def is_parquet(self) -> bool:
        """Whether it is Parquet; else it is text."""
        return self.path.suffix == ".parquet"

    @property
    def scan(self) -> str:
        """What SQL reads its rows from."""
        return scan_of(self.path)

    def kind_of_id(self, column: str) -> str | None:
        """`WHOLE` or `TEXT`; None where the column can hold no ids."""
        kind = self.columns[column]
        return WHOLE if kind in _WHOLE_TYPES else TEXT if kind == TEXT else None

    def is_number(self, column: str) -> bool:
        """Whether a column holds numbers, or text that may be read as such."""
        kind = self.columns[column]
        return kind in _NUMBER_TYPES or kind.startswith(_DECIMAL) or kind == TEXT


def scan_of(path: Path) -> str:
    """What SQL reads the rows of a file from; cells of a text are taken as text."""
    if path.suffix == ".parquet":
        return f"read_parquet({literal(str(path))})"
    # left to guess, the reader takes another separator as soon as one line is short of cells
    options = f"delim='{_separator(path)}', header=true, all_varchar=true, strict_mode=true"
    return f"read_csv({literal(str(path))}, {options})"


def _separator(path: Path) -> str:
    """What parts the headings."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            heading = file.readline(_LONGEST_HEADING)
    except (OSError, EOFError):
        return _SEPARATORS[0]
    return max(_SEPARATORS, key=lambda mark: heading.count(mark.encode()))


def is_network(path: Path) -> bool:
    """Whether a folder holds links between firms, or firms."""
    stems = (LINKS, FIRMS)
    return path.is_dir() and any((path / f"{s}{end}").is_file() for s in stems for end in SUFFIXES)


def find_file(folder: Path, stem: str, problems: Problems) -> Path | None:
    """The one file of a name; a problem is noted if there is none, or more than one."""
    found = [folder / f"{stem}{end}" for end in SUFFIXES if (folder / f"{stem}{end}").is_file()]
    allowed = f"one of {', '.join(stem + end for end in SUFFIXES)}"
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(path.name for path in found)
        problems.add(folder.name, names, allowed, "take all but one of them away")
    else:
        seen = f"no {stem} in it" if folder.is_dir() else "no such folder"
        problems.add(folder.name or str(folder), seen, allowed, "name a folder with both files")
    return None


def open_file(
    connection: duckdb.DuckDBPyConnection, path: Path, needed: Iterable[str], problems: Problems
) -> Source | None:
    """Look at the columns of a file; None if it is damaged or lacks one, which is noted."""
    if not _ends_well(path, problems):
        return None
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {scan_of(path)}").fetchall()
    except duckdb.Error as error:
        note_damage(path, error, problems)
        return None
    columns = {str(name): str(kind) for name, kind, *_ in rows}
    lacking = [name for name in needed if name not in columns]
    for name in lacking:
        seen = f"no column '{name}'"
        remedy = suggest(name, columns)
        problems.add(path.name, seen, f"the columns {', '.join(needed)}", remedy)
    return None if lacking else Source(path, columns)


def note_damage(path: Path, error: duckdb.Error, problems: Problems) -> None:
    """Note that a file cannot be read, with the first line of what its reader says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = (lines or ["no reason given"])[0]
    reason = reason.replace(f'"{path}"', "").replace(f"'{path}'", "").replace(str(path), path.name)
    problems.add(
        path.name,
        f"a file that cannot be read ({reason[: _SHOWN * 2].rstrip('. :')})",
        "a whole Parquet or CSV file with a line of headings and as many cells in each line",
        "write the file again, or fetch it again if it was cut off on its way",
    )


def _ends_well(path: Path, problems: Problems) -> bool:
    """A text that lost its end is never read as a shorter one."""
    if path.stat().st_size == 0:
        problems.add(path.name, "an empty file", "a table with headings", "write the file again")
        return False
    if path.suffix != ".csv":
        return True
    with path.open("rb") as file:
        file.seek(-1, 2)
        is_whole = file.read(1) in b"\n\r"
    if not is_whole:
        problems.add(
            path.name, "a last line without a line end", "a line end after every line",
            "write the file again if it was cut off, or add a line end",
        )  # fmt: skip
    return is_whole


def note_rows(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    condition: str,
    shown: str,
    place: str,
    finding: str,
    advice: tuple[str, str],
    problems: Problems,
) -> None:
    """Note the first of the rows that meet a condition, and how many more do.

    Parameters
    ----------
    connection
        Any.
    rows
        A table or a SELECT in brackets; its column ``row`` counts from 1.
    condition
        SQL that is true for the rows in question.
    shown
        SQL for the value to repeat.
    place
        Name of the file, and the column.
    finding
        What such a row is, with ``{}`` for the value.
    advice
        What is allowed, and the remedy.
    problems
        Receives it.
    """
    count, first, value = connection.execute(
        f"SELECT count(*), min(row), CAST(arg_min({shown}, row) AS VARCHAR) "
        f"FROM {rows} WHERE {condition}"
    ).fetchall()[0]
    if not count:
        return
    file, _, column = place.partition(" ")
    said = finding.format("nothing" if value is None else f"'{str(value)[:_SHOWN]}'")
    more = f", and {count - 1:,} more rows likewise" if count > 1 else ""
    at = f"{file}, row {first:,}" + (f", column {column}" if column else "")
    problems.add(at, said + more, *advice)


def as_number(column: str) -> str:
    """SQL for a cell as float64; NULL where it is none."""
    return f"TRY_CAST({quoted(column)} AS DOUBLE)"
