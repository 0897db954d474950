"""The evidence store: one DuckDB file of documents, claims, links, sources, estimates, runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from terbium.base.errors import InputError, suggest
from terbium.base.files import atomic_dir
from terbium.evidence.documents.claim import COLUMNS, StatedClaim
from terbium.evidence.documents.table import GUARDED, TYPES, claim_row
from terbium.evidence.duck import Columns, copy_to, create_table, insert_rows, literal, quoted

VERSION: Final = 1
"""Of the schema; a store of another version is refused, never converted in silence."""

SCHEMA: Final[Mapping[str, Columns]] = {
    "documents": {
        **{"document": "VARCHAR", "name": "VARCHAR", "kind": "VARCHAR", "date": "DATE"},
        **{"sha256": "VARCHAR", "bytes": "BIGINT", "characters": "BIGINT", "claims": "BIGINT"},
        **{"status": "VARCHAR", "problem": "VARCHAR", "code": "VARCHAR"},
    },
    "claims": TYPES,
    "links": {
        **{"document": "VARCHAR", "claim_id": "VARCHAR", "kind": "VARCHAR"},
        "earlier_claim_id": "VARCHAR",
    },
    "sources": {"document": "VARCHAR", "source": "VARCHAR", "claims": "BIGINT"},
    "estimates": {
        **{"name": "VARCHAR", "low": "DOUBLE", "central": "DOUBLE", "high": "DOUBLE"},
        **{"unit": "VARCHAR", "as_of": "VARCHAR", "grade": "VARCHAR", "shape": "VARCHAR"},
        **{"claims": "VARCHAR", "rule": "VARCHAR", "note": "VARCHAR"},
    },
    "runs": {
        **{"run": "BIGINT", "code": "VARCHAR", "started": "TIMESTAMP", "ended": "TIMESTAMP"},
        **{"documents_read": "BIGINT", "documents_failed": "BIGINT"},
    },
}
"""Tables of a store and their columns."""

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "documents": ("document",),
    "claims": ("document", "char_offset", "claim_id"),
    "links": ("document", "claim_id", "kind", "earlier_claim_id"),
    "sources": ("document", "source"),
    "estimates": ("name", "rule"),
    "runs": ("run",),
}
"""Order of the rows of each table wherever they are read."""

READ: Final = "read"
FAILED: Final = "failed"
"""Status of a document."""

# replaced together whenever a document is
_OF_A_DOCUMENT: Final = ("documents", "claims", "links", "sources")
_ABOUT: Final = "store"


@dataclass(frozen=True)
class Known:
    """What a document was when it was read last: its hash, the code's, and what was wrong."""

    sha256: str
    code: str
    problem: str


class Store:
    """An open store.

    Parameters
    ----------
    path
        The file.
    connection
        To it.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self._connection = connection

    def rows(self, table: str) -> list[dict[str, object]]:
        """All rows of a table, in the order of its key.

        Raises
        ------
        InputError
            If there is no such table.
        """
        if table not in SCHEMA:
            raise InputError.of(
                self.path.name, "table", f"'{table}'", ", ".join(SCHEMA), suggest(table, SCHEMA)
            )
        found = self._connection.execute(_select(table)).fetchall()
        return [dict(zip(SCHEMA[table], row, strict=True)) for row in found]

    def claims(self, document: str | None = None) -> list[StatedClaim]:
        """Claims of one document, or of all, in the order of the texts."""
        where = "" if document is None else "WHERE document = ?"
        found = self._connection.execute(
            _select("claims", where), [] if document is None else [document]
        )
        return [StatedClaim(**dict(zip(COLUMNS, row, strict=True))) for row in found.fetchall()]

    def known(self) -> dict[str, Known]:
        """What each document was when it was read last."""
        found = self._connection.execute("SELECT document, sha256, code, problem FROM documents")
        return {name: Known(*rest) for name, *rest in found.fetchall()}

    def failures(self) -> dict[str, str]:
        """Why documents could not be read, by their names."""
        found = self._connection.execute(
            "SELECT document, problem FROM documents WHERE status = ? ORDER BY document", [FAILED]
        )
        return dict(found.fetchall())

    def counts(self) -> dict[str, int]:
        """Rows of each table."""
        return {table: self._count(table) for table in SCHEMA}

    def _count(self, table: str) -> int:
        found = self._connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()
        return int(found[0]) if found else 0

    def replace_documents(
        self, documents: Sequence[Sequence[object]], claims: Sequence[Sequence[object]]
    ) -> None:
        """Put documents in the place of what the store says of them, in one transaction.

        Parameters
        ----------
        documents
            Rows of the table of that name.
        claims
            Rows of all their claims; links and sources follow from these.
        """
        names = [row[0] for row in documents]
        with self.transaction():
            for table in _OF_A_DOCUMENT:
                self._connection.execute(
                    f"DELETE FROM {quoted(table)} WHERE document IN (SELECT unnest(?::VARCHAR[]))",
                    [names],
                )
            insert_rows(self._connection, "documents", SCHEMA["documents"], documents)
            insert_rows(self._connection, "claims", TYPES, claims)
            self._connection.execute(
                "INSERT INTO links SELECT document, claim_id, dup_kind, duplicate_of FROM claims "
                "WHERE duplicate_of <> '' AND document IN (SELECT unnest(?::VARCHAR[]))",
                [names],
            )
            self._connection.execute(
                "INSERT INTO sources SELECT document, attributed_to, count(*) FROM claims "
                "WHERE document IN (SELECT unnest(?::VARCHAR[])) GROUP BY document, attributed_to",
                [names],
            )

    def replace_estimates(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Put estimates in the place of those of the same name and rule, in one transaction.

        Parameters
        ----------
        rows
            Cells by column; a column that is left out is empty.
        """
        columns = SCHEMA["estimates"]
        cells = [[row.get(name) for name in columns] for row in rows]
        at = [list(columns).index(name) for name in KEYS["estimates"]]
        with self.transaction():
            for row in cells:
                self._connection.execute(
                    "DELETE FROM estimates WHERE name = ? AND rule = ?", [row[i] for i in at]
                )
            insert_rows(self._connection, "estimates", columns, cells)

    def begin_run(self, code: str) -> int:
        """Note that a reading began, and give its number."""
        number = self._count("runs") + 1
        self._connection.execute(
            "INSERT INTO runs VALUES (?, ?, now()::TIMESTAMP, NULL, 0, 0)", [number, code]
        )
        return number

    def end_run(self, number: int, documents_read: int, documents_failed: int) -> None:
        """Note how a reading ended; one that was killed has no end."""
        self._connection.execute(
            "UPDATE runs SET ended = now()::TIMESTAMP, documents_read = ?, documents_failed = ? "
            "WHERE run = ?",
            [documents_read, documents_failed, number],
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block, or nothing of it."""
        self._connection.execute("BEGIN")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def export(self, out: Path, form: str) -> None:
        """Write every table to a file of its own, in a folder that appears whole.

        Parameters
        ----------
        out
            The folder. An earlier export there is replaced, anything else is left alone.
        form
            ``parquet`` or ``csv``.

        Raises
        ------
        InputError
            If the form is none of these.
        OutputError
            If the place cannot be written.
        """
        if form not in ("parquet", "csv"):
            raise InputError.of(
                "export", "--format", f"'{form}'", "parquet, csv", "choose one of them"
            )
        with atomic_dir(out, replaces=f"documents.{form}") as folder:
            for table in SCHEMA:
                query = _select(table, is_guarded=form == "csv")
                copy_to(self._connection, query, folder / f"{table}.{form}", form)


def _select(table: str, where: str = "", is_guarded: bool = False) -> str:
    cells = {name: quoted(name) for name in SCHEMA[table]}
    if is_guarded:
        pattern, mark = literal(GUARDED), literal("'")
        texts = [name for name, kind in SCHEMA[table].items() if kind == "VARCHAR"]
        for name in texts:
            cell = cells[name]
            is_formula = f"regexp_matches({cell}, {pattern})"
            cells[name] = f"CASE WHEN {is_formula} THEN {mark} ELSE '' END || {cell} AS {cell}"
    columns = ", ".join(cells.values())
    order = ", ".join(map(quoted, KEYS[table]))
    return f"SELECT {columns} FROM {quoted(table)} {where} ORDER BY {order}"


@contextmanager
def open_store(path: Path | str, *, create: bool = False) -> Iterator[Store]:
    """Open a store.

    Parameters
    ----------
    path
        The file.
    create
        Make it if there is none, and open it for writing.

    Raises
    ------
    InputError
        If there is none, it is of another kind or version, or another process has it.
    """
    file = Path(path)
    if not file.exists():
        if not create:
            raise InputError.of(
                str(file), "store", "no such file", "a store",
                "make one: terbium evidence read DIR --store FILE",
            )  # fmt: skip
        file.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(file), read_only=not create)
    except duckdb.Error as error:
        raise _unusable(file, error) from error
    with connection:
        connection.execute("SET preserve_insertion_order = true")
        _check(file, connection, create)
        yield Store(file, connection)


def _check(file: Path, connection: duckdb.DuckDBPyConnection, create: bool) -> None:
    """Make the tables of a new store; refuse what is none, or is of another version."""
    tables = {str(row[0]) for row in connection.execute("SHOW TABLES").fetchall()}
    if not tables and create:
        connection.execute("BEGIN")
        for table, columns in SCHEMA.items():
            create_table(connection, table, columns)
        create_table(connection, _ABOUT, {"version": "BIGINT"})
        connection.execute(f"INSERT INTO {_ABOUT} VALUES (?)", [VERSION])
        connection.execute("COMMIT")
        return
    found = (
        connection.execute(f"SELECT version FROM {_ABOUT}").fetchone() if _ABOUT in tables else None
    )
    if found is None or found[0] != VERSION or not tables.issuperset(SCHEMA):
        kind = f"version {found[0]} of the schema" if found else "a database of another kind"
        raise InputError.of(
            str(file), "store", kind, f"a store, version {VERSION}",
            "name another file, or read the documents again into a new store",
        )  # fmt: skip


def _unusable(file: Path, error: duckdb.Error) -> InputError:
    text = str(error).partition("\n")[0]
    if "lock" in text.lower():
        return InputError.of(
            str(file), "store", "a store that another process writes", "a store of one's own",
            "wait until the other command has ended",
        )  # fmt: skip
    if os.access(file.parent, os.W_OK) or file.exists():
        seen = "a file that is no DuckDB database, or a damaged one"
    else:
        seen = "a folder that cannot be written"
    return InputError.of(str(file), "store", f"{seen} ({text[:120]})", "a store", "name another")


def claim_rows(document: str, claims: Iterable[StatedClaim]) -> list[tuple[object, ...]]:
    """Rows of the table of claims, under the name that the store has for their document."""
    at = COLUMNS.index("document")
    rows = (claim_row(claim) for claim in claims)
    return [(*row[:at], document, *row[at + 1 :]) for row in rows]
