"""A user's own tables, laid over a scenario: private, present in a manifest by their hash alone.

``set.csv`` has columns ``parameter,value``; ``stocks.csv`` has ``region,industry,days``, and both
may have a column ``note``. Any other is refused: a column ``unit`` that nobody reads would be a
silent wrong answer.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from terbium.base.errors import Problems
from terbium.base.files import sha256_of_files

_TABLES = {"set.csv": ("parameter", "value"), "stocks.csv": ("region", "industry", "days")}
_NOTE = "note"
# where the reader puts cells that have no column
_BEYOND = "beyond the last column"


@dataclass(frozen=True)
class OverlayTables:
    """Parameter values out of a folder.

    Parameters
    ----------
    values
        By parameter name; a number, or text with a unit.
    places
        Table and line of each.
    hash
        Of the tables that were read.
    """

    values: dict[str, float | str]
    places: dict[str, str]
    hash: str


def read_overlay(folder: Path, problems: Problems) -> OverlayTables:
    """Read the tables of a folder; whatever is wrong is noted, with table and line."""
    values: dict[str, float | str] = {}
    places: dict[str, str] = {}
    tables = [folder / name for name in _TABLES if (folder / name).is_file()]
    if not tables:
        problems.add(
            f"overlay {folder}",
            "no table" if folder.is_dir() else "no such folder",
            "a folder with set.csv (parameter,value) or stocks.csv (region,industry,days)",
            "check the path, or add one of the tables",
        )
        return OverlayTables(values, places, "")
    for table in tables:
        for line, row in _rows(table, problems):
            place = f"overlay {table.name}, line {line}"
            name, text = _entry(table.name, row)
            if name in values:
                problems.add(
                    place,
                    f"'{name}' a second time ({places[name]})",
                    "each parameter once",
                    "delete one of the two rows",
                )
            values[name], places[name] = _value(text), place
    return OverlayTables(values, places, sha256_of_files(tables, root=folder))


def _rows(table: Path, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    needed = _TABLES[table.name]
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        seen = f"a file that cannot be read ({error})"
        problems.add(f"overlay {table.name}", seen, "CSV in UTF-8", "save it as CSV in UTF-8")
        return
    with io.StringIO(text, newline="") as file:
        reader = csv.DictReader(file, restkey=_BEYOND)
        columns = reader.fieldnames or ()
        missing = [name for name in needed if name not in columns]
        for name in [name for name in columns if name not in (*needed, _NOTE)]:
            problems.add(
                f"overlay {table.name}, line 1",
                f"the unknown column '{name}'",
                f"{','.join(needed)}, and {_NOTE}",
                "delete the column; a value may carry its unit, as in '60 days'",
            )
        if missing:
            problems.add(
                f"overlay {table.name}, line 1",
                f"no column {', '.join(missing)}",
                ",".join(needed),
                "name the columns in the first line",
            )
            return
        for row in reader:
            if _BEYOND in row:
                problems.add(
                    f"overlay {table.name}, line {reader.line_num}",
                    f"{len(columns) + len(row[_BEYOND])} cells",
                    f"{len(columns)} cells, as the first line has",
                    "write a decimal point and not a comma, or quote the cell",
                )
            elif all((row[name] or "").strip() for name in needed):
                yield reader.line_num, {name: row[name].strip() for name in needed}
            else:
                problems.add(
                    f"overlay {table.name}, line {reader.line_num}",
                    "an empty cell",
                    f"a value in each of {', '.join(needed)}",
                    "fill or delete the row",
                )


def _entry(table: str, row: dict[str, str]) -> tuple[str, str]:
    if table == "stocks.csv":
        return f"stock/days_of_cover/{row['region']}/{row['industry']}", row["days"]
    return row["parameter"], row["value"]


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
