"""Rows into DuckDB and out to Parquet, with types that are written down."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from terbium.base.files import atomic_write_bytes

Columns = Mapping[str, str]
"""Name to SQL type of each column, in order."""


def quoted(name: str) -> str:
    """An identifier as SQL takes it whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL takes it whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def create_table(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Columns, key: Sequence[str] = ()
) -> None:
    """Make a table.

    Parameters
    ----------
    connection
        Open for writing.
    table
        Its name.
    columns
        Names and types.
    key
        Columns that are unique together.
    """
    parts = [f"{quoted(name)} {kind}" for name, kind in columns.items()]
    if key:
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, key))})")
    connection.execute(f"CREATE TABLE {quoted(table)} ({', '.join(parts)})")


def insert_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Columns,
    rows: Sequence[Sequence[object]],
) -> None:
    """Add rows, all in one statement; one statement a row takes milliseconds each.

    Parameters
    ----------
    connection
        Open for writing.
    table
        Its name.
    columns
        Names and types of the cells of each row.
    rows
        As many cells as there are columns; None is empty.
    """
    if not rows:
        return
    names = ", ".join(map(quoted, columns))
    values = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
    cells = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(f"INSERT INTO {quoted(table)} ({names}) SELECT {values}", cells)


def copy_to(connection: duckdb.DuckDBPyConnection, query: str, path: Path, form: str) -> None:
    """Write what a query gives to a file that does not exist yet.

    Parameters
    ----------
    connection
        Any.
    query
        A SELECT.
    path
        The file.
    form
        ``parquet`` or ``csv``.
    """
    options = "FORMAT parquet, COMPRESSION zstd" if form == "parquet" else "FORMAT csv, HEADER"
    connection.execute(f"COPY ({query}) TO {literal(str(path))} ({options})")


def write_parquet(path: Path, columns: Columns, rows: Sequence[Sequence[object]]) -> None:
    """Write one table as a Parquet file that appears whole.

    Parameters
    ----------
    path
        The file. Missing parents are made.
    columns, rows
        As of `insert_rows`.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    with tempfile.TemporaryDirectory() as place, duckdb.connect() as connection:
        create_table(connection, "rows", columns)
        insert_rows(connection, "rows", columns, rows)
        made = Path(place, "rows.parquet")
        copy_to(connection, "SELECT * FROM rows", made, "parquet")
        atomic_write_bytes(path, made.read_bytes())


def read_parquet(path: Path) -> tuple[list[str], list[tuple[object, ...]]]:
    """Names of the columns and all rows of a Parquet file.

    Raises
    ------
    duckdb.Error
        If it is none.
    """
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM read_parquet({literal(str(path))})")
        names = [column[0] for column in found.description or ()]
        return names, found.fetchall()
