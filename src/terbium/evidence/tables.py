"""Reading a data package: every cell as text, every problem with its file and line."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from pydantic import ValidationError

from terbium.base.errors import DatasetError, Problems, suggest
from terbium.evidence.schema import Row

DESCRIPTOR = "datapackage.json"
NO_TABLE = "data-resource"
"""Profile of a resource that is no table of rows and columns, such as a matrix."""

_R = TypeVar("_R", bound=Row)

_ALLOWED = {
    "grade": "A, B, C or D",
    "confidence": "read, recalled or estimate",
    "redistributable": "yes or recipe",
    "shape": "lognormal, logit, normal or fixed",
    "date": "a day, written YYYY-MM-DD",
    "date_precision": "day, month or year",
    "as_of": "a year, month, day or span, such as 2024, 2024-05 or 2024-01..2024-03",
    "unit": "a unit of the closed table, such as t/yr, 1, days, USD/t",
    "licence": "the licence or terms of the row",
    "source": "the key of a row of sources.csv",
    "claims": "keys of claims.csv, joined by ;",
    "value": "a number that the unit allows, or nothing in a recipe",
}
_NUMBERS = {"low", "central", "high", "value"}


@dataclass(frozen=True)
class Table:
    """Rows of one CSV file with the line that each stands on.

    Parameters
    ----------
    file
        Name of the file.
    columns
        Its columns.
    rows
        ``(line, cells)``; the header is line 1.
    numeric
        Columns that the descriptor declares as numbers.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    numeric: tuple[str, ...]


def read_package(folder: Path, problems: Problems) -> tuple[dict[str, object], dict[str, Table]]:
    """Read the descriptor and all tables that it lists; other resources are left to others.

    Parameters
    ----------
    folder
        Folder of the package.
    problems
        Receives what does not fit the descriptor.

    Raises
    ------
    DatasetError
        If there is no descriptor, or it cannot be parsed.
    """
    path = folder / DESCRIPTOR
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
        resources = {
            r["name"]: (r["path"], r["schema"]["fields"])
            for r in descriptor["resources"]
            if r.get("profile") != NO_TABLE
        }
    except FileNotFoundError as error:
        raise DatasetError.of(
            str(folder), DESCRIPTOR, "no such file", "a data package", "name the package's folder"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError.of(
            str(folder),
            DESCRIPTOR,
            f"text that is no descriptor ({error})",
            "a Frictionless data package with resources, each with path and schema",
            "mend the descriptor or build the dataset again",
        ) from error
    tables = {}
    for name, (file, fields) in resources.items():
        table = _read(folder, file, fields, problems)
        if table is not None:
            tables[name] = table
    return descriptor, tables


def attachments(descriptor: Mapping[str, object]) -> tuple[str, ...]:
    """Paths, inside the package, of the resources that are no tables."""
    resources = cast("list[dict[str, str]]", descriptor["resources"])
    return tuple(r["path"] for r in resources if r.get("profile") == NO_TABLE)


def _read(
    folder: Path, file: str, fields: Iterable[Mapping[str, str]], problems: Problems
) -> Table | None:
    declared = [field["name"] for field in fields]
    numeric = tuple(f["name"] for f in fields if f.get("type") in ("number", "integer"))
    try:
        with (folder / file).open(encoding="utf-8", newline="") as handle:
            reader = csv.reader(handle)
            columns = next(reader, [])
            body = [(reader.line_num, cells) for cells in reader if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.add(file, f"a file that cannot be read ({error})", "UTF-8 CSV", "restore it")
        return None
    for column in [c for c in columns if c not in declared]:
        problems.add(
            f"{file}, line 1, column {column}",
            f"'{column}'",
            ", ".join(declared),
            suggest(column, declared),
        )
    for column in [c for c in declared if c not in columns]:
        problems.add(f"{file}, line 1", f"no column {column}", ", ".join(declared), "add it")
    rows = []
    for line, cells in body:
        if len(cells) != len(columns):
            seen = f"{len(cells)} cells"
            problems.add(f"{file}, line {line}", seen, f"{len(columns)} cells", "quote commas")
            continue
        rows.append((line, dict(zip(columns, cells, strict=True))))
    return Table(file, tuple(columns), tuple(rows), numeric)


def parse_rows(
    table: Table, model: type[_R], key: str, problems: Problems
) -> dict[str, tuple[int, _R]]:
    """Turn a table into rows of a model, keyed and with their lines; note every problem."""
    found: dict[str, tuple[int, _R]] = {}
    for line, cells in table.rows:
        place = f"{table.file}, line {line}"
        known = {c: v for c, v in cells.items() if c in model.model_fields}
        try:
            row = model.model_validate(known)
        except ValidationError as error:
            _note(error, place, cells, problems)
            continue
        name = cells[key]
        if name in found:
            problems.add(
                f"{place}, column {key}",
                f"'{name}', which stands on line {found[name][0]} too",
                "each key once",
                "remove one of the rows",
            )
            continue
        found[name] = (line, row)
    return found


def _note(error: ValidationError, place: str, cells: Mapping[str, str], problems: Problems) -> None:
    for detail in error.errors():
        message = detail["msg"].removeprefix("Value error, ")
        column = str(detail["loc"][0]) if detail["loc"] else message.partition(":")[0]
        value = cells.get(column, "")
        seen = f"'{value}'" if value.strip() else "nothing"
        if not detail["loc"]:
            seen = message.partition(":")[2].strip() or seen
        fallback = "a finite number" if column in _NUMBERS else "a text that is not empty"
        remedy = f"fill in {column}" if seen == "nothing" else f"correct {column}: {message}"
        problems.add(f"{place}, column {column}", seen, _ALLOWED.get(column, fallback), remedy)
