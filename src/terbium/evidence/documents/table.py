"""Tables of claims: CSV with the columns of `COLUMNS`, JSON, Parquet.

A spreadsheet runs a cell that begins with ``=``, ``@``, ``+`` or ``-`` as a formula. Such a cell of
a text column is written with an apostrophe in front, which spreadsheets take for "this is text" and
`read_table` takes away again. A cell that begins with ``+`` or ``-`` and holds none of ``( | !``
calls no function and no program; it stays as it is, so that the span of "-5%" is byte-true for
every reader.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb

from terbium.base.errors import InputError, Problems, suggest
from terbium.base.files import atomic_write_text, tidy_json
from terbium.base.tolerances import STORED_DIGITS
from terbium.evidence.documents.claim import (
    COLUMNS,
    LANGUAGES,
    METRICS,
    QUALIFIERS,
    STAGES,
    StatedClaim,
)
from terbium.evidence.documents.decode import decode
from terbium.evidence.duck import read_parquet, write_parquet

NUMBERS: Final = ("value", "value_low", "value_high")
"""Columns of numbers."""

TYPES: Final = {
    name: "DOUBLE" if name in NUMBERS else "BIGINT" if name == "char_offset" else "VARCHAR"
    for name in COLUMNS
}
"""SQL type of each column."""

FORMS: Final = (".csv", ".json", ".parquet")
"""Endings of the files that can be written and read."""

_NEEDED: Final = ("claim_id", "document", "char_offset", "span")
_CLOSED: Final = {"lang": LANGUAGES, "metric": METRICS, "stage": STAGES, "qualifier": QUALIFIERS}
_DUP_KINDS: Final = ("", "translation", "repeat")
_MOST_PROBLEMS: Final = 50
GUARDED: Final = r"(?s)^(?:[=@\t\r]|[+\-].*[(|!]|'+[=@\t\r+\-])"
"""Cells that are written with an apostrophe in front; the last kind has one of its own."""

_GUARDED: Final = re.compile(GUARDED)
_QUOTED: Final = re.compile('[",\r\n]')
_MARKED: Final = re.compile(r"'+[=@\t\r+\-]")


def guard(cell: str) -> str:
    """A cell of text that no spreadsheet runs as a formula; `unguard` gives the cell back.

    Examples
    --------
    >>> guard("=1+1"), guard("-5%"), guard("-2+cmd|x"), unguard(guard("'=x"))
    ("'=1+1", '-5%', "'-2+cmd|x", "'=x")
    """
    return f"'{cell}" if _GUARDED.match(cell) else cell


def unguard(cell: str) -> str:
    """What a guarded cell says."""
    return cell[1:] if _MARKED.match(cell) else cell


def claims_csv(claims: Iterable[StatedClaim]) -> str:
    """Claims as CSV text with a line of headings."""
    rows = ([_cell(getattr(claim, name)) for name in COLUMNS] for claim in claims)
    return "".join(f"{','.join(row)}\n" for row in (COLUMNS, *rows))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{STORED_DIGITS}g}"
    text = guard(value) if isinstance(value, str) else str(value)
    # the writer of the standard library leaves a lone carriage return bare; its reader refuses it
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def claim_row(claim: StatedClaim) -> tuple[object, ...]:
    """Cells of a claim in the order of `COLUMNS`."""
    return tuple(getattr(claim, name) for name in COLUMNS)


def write_table(claims: Sequence[StatedClaim], path: Path | str) -> None:
    """Write claims to a file that appears whole; its ending says how.

    Parameters
    ----------
    claims
        In the order in which they are to stand.
    path
        Ends in ``.csv``, ``.json`` or ``.parquet``.

    Raises
    ------
    InputError
        If it has another ending.
    OutputError
        If the place cannot be written.
    """
    place = Path(path)
    check_form(place)
    if place.suffix == ".csv":
        atomic_write_text(place, claims_csv(claims))
    elif place.suffix == ".json":
        rows = [dict(zip(COLUMNS, claim_row(claim), strict=True)) for claim in claims]
        atomic_write_text(place, tidy_json(rows))
    else:
        write_parquet(place, TYPES, [claim_row(claim) for claim in claims])


def check_form(place: Path) -> None:
    """Raise `InputError` if the ending of a file names no form of table."""
    if place.suffix not in FORMS:
        raise InputError.of(
            str(place),
            "file name",
            f"the ending '{place.suffix}'" if place.suffix else "no ending",
            ", ".join(FORMS),
            "name the file by the form that it is to have",
        )


def read_table(path: Path | str) -> list[StatedClaim]:
    """Read claims from a file, all that is wrong with it told at once.

    Parameters
    ----------
    path
        Written by `write_table`, or by hand with the same columns; columns beyond the first four
        that are needed may be left out, further ones are refused.

    Raises
    ------
    InputError
        If it cannot be read or holds what no claim can.
    """
    place = Path(path)
    check_form(place)
    names, rows = _read(place)
    problems = Problems()
    for name in _NEEDED:
        if name not in names:
            problems.add("columns", f"no '{name}'", ", ".join(COLUMNS), "add the column")
    for name in [name for name in names if name not in COLUMNS]:
        problems.add("columns", f"'{name}'", ", ".join(COLUMNS), suggest(name, COLUMNS))
    problems.raise_if_any(place.name)
    claims: list[StatedClaim] = []
    seen: dict[str, int] = {}
    for line, row in rows:
        if len(problems) >= _MOST_PROBLEMS:
            problems.add("rows below", "not looked at", "sound rows", "mend those above first")
            break
        if len(row) != len(names):
            problems.add(f"row {line}", f"{len(row)} cells", f"{len(names)}", "mend the row")
            continue
        claim = _claim(f"row {line}", dict(zip(names, row, strict=True)), problems)
        first = seen.setdefault(claim.claim_id, line)
        if first != line:
            problems.add(
                f"row {line}, column claim_id", f"'{claim.claim_id}' again (before: row {first})",
                "each name once", "rename one",
            )  # fmt: skip
        claims.append(claim)
    problems.raise_if_any(place.name)
    return claims


def _read(place: Path) -> tuple[list[str], list[tuple[int, list[object]]]]:
    """Column names, and rows with their line (CSV) or number, the line of headings being 1."""
    try:
        if place.suffix == ".parquet":
            names, found = read_parquet(place)
            return names, [(number, list(row)) for number, row in enumerate(found, start=2)]
        raw = place.read_bytes()
    except (OSError, duckdb.Error) as error:
        seen = str(error).partition("\n")[0]
        raise InputError.of(
            str(place), "file", seen, "a table of claims", "correct the path or the file"
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # spreadsheets save CSV in the code of their country
        text = decode(raw, place.name)
    if place.suffix == ".json":
        return _read_json(text, place.name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip() for name in next(reader)]
        rows: list[tuple[int, list[object]]] = [
            (reader.line_num, [unguard(cell) for cell in row]) for row in reader if row
        ]
    except csv.Error as error:
        raise InputError.of(
            place.name, f"line {reader.line_num}", str(error), "CSV with commas and double quotes",
            "mend the quotation marks",
        ) from error  # fmt: skip
    return names, rows


def _read_json(text: str, name: str) -> tuple[list[str], list[tuple[int, list[object]]]]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputError.of(name, "file", str(error), "JSON", "mend it") from error
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise InputError.of(name, "file", "no list of objects", "[{...}, {...}]", "mend it")
    names = list(dict.fromkeys(key for row in content for key in row))
    rows = [
        (number, [row.get(key) for key in names]) for number, row in enumerate(content, start=2)
    ]
    return names or list(COLUMNS), rows


def _claim(place: str, row: Mapping[str, object], problems: Problems) -> StatedClaim:
    cells = {name: "" if row.get(name) is None else str(row[name]) for name in COLUMNS}
    for name in ("claim_id", "document", "span"):
        if not cells[name]:
            problems.add(f"{place}, column {name}", "nothing", "text", "fill it in")
    for name, allowed in (*_CLOSED.items(), ("dup_kind", _DUP_KINDS)):
        if (name in row or name == "lang") and cells[name] not in allowed:
            known = [one for one in allowed if one]
            problems.add(
                f"{place}, column {name}", f"'{cells[name]}'", ", ".join(known),
                suggest(cells[name], known),
            )  # fmt: skip
    numbers = {name: _number(f"{place}, column {name}", cells[name], problems) for name in NUMBERS}
    offset = cells["char_offset"]
    if not offset.isascii() or not offset.isdigit():
        problems.add(
            f"{place}, column char_offset", f"'{offset}'", "a whole number, 0 or more",
            "count code points from the start of the document",
        )  # fmt: skip
        offset = "0"
    texts = {name: cells[name] for name, kind in TYPES.items() if kind == "VARCHAR" and name in row}
    return StatedClaim(
        **{"lang": "", **texts},
        char_offset=int(offset),
        value=numbers["value"],
        value_low=numbers["value_low"],
        value_high=numbers["value_high"],
    )


def _number(place: str, cell: str, problems: Problems) -> float | None:
    if not cell.strip():
        return None
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        problems.add(place, f"'{cell}'", "a number, or nothing", "write it with a decimal point")
        return None
    return number
