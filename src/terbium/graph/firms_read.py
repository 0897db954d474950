"""Networks of firms from a folder with links and firms, as Parquet or CSV (docs/firms.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from terbium.base.errors import GraphError, Problems
from terbium.evidence.duck import literal, quoted
from terbium.evidence.methods import method
from terbium.graph.firms import FirmNetwork, Floats, Positions
from terbium.graph.firms_files import (
    FIRMS,
    LINKS,
    TEXT,
    WHOLE,
    Source,
    as_number,
    find_file,
    note_damage,
    note_rows,
    open_file,
)
from terbium.graph.firms_settle import final_of, joined_links, what_to_know
from terbium.graph.tables_memory import free_memory, size

ABOUT = "network.json"
"""An optional third file: ``name`` and ``unit`` of the network, and how it was made."""

_LINK_COLUMNS = ("supplier", "buyer", "flow")
_FIRM_COLUMNS = ("firm", "sector", "region")
_FINAL, _OUTPUT = "final", "output"
_IS_WHOLE = "^(0|-?[1-9][0-9]{0,17})$"
_ID = ("a name or a whole number", "give every firm an id")


@dataclass(frozen=True)
class _Firms:
    """The firms as their file has them; ``amount`` is final sales, or output."""

    firm: NDArray[np.generic]
    sector: Positions
    region: Positions
    amount: Floats
    sectors: tuple[str, ...]
    regions: tuple[str, ...]


def read_firms(path: Path | str) -> FirmNetwork:
    """Read a network of firms and check it.

    Parameters
    ----------
    path
        A folder with ``links`` (columns ``supplier, buyer, flow``) and ``firms`` (``firm, sector,
        region`` and ``final`` or ``output``), each as ``.parquet``, ``.csv`` or ``.csv.gz``.

    Returns
    -------
    FirmNetwork
        Firms in the order of their file, links by buyer and supplier, labels in lexicographic
        order; ``warnings`` says what was assumed or changed.

    Raises
    ------
    GraphError
        With all problems of a stage at once: files and columns, then cells, then sums.

    Examples
    --------
    >>> read_firms("absent")
    Traceback (most recent call last):
        ...
    terbium.base.errors.GraphError: absent: 2 problem(s).
      - absent: seen no such folder. Allowed: one of links.parquet, links.csv, links.csv.gz. \
Name a folder with both files.
      - absent: seen no such folder. Allowed: one of firms.parquet, firms.csv, firms.csv.gz. \
Name a folder with both files.
    """
    folder = Path(path)
    where = folder.name or str(folder)
    problems = Problems()
    with duckdb.connect() as connection:
        links, firms = _sources(connection, folder, problems)
        problems.raise_if_any(where, GraphError)
        assert links is not None
        assert firms is not None
        _check_types(links, firms, problems)
        problems.raise_if_any(where, GraphError)
        _check_memory(connection, links, firms, problems)
        problems.raise_if_any(where, GraphError)
        try:
            found, ends, flow = _loaded(connection, links, firms, problems)
        except duckdb.Error as error:
            note_damage(folder, error, problems)
            problems.raise_if_any(where, GraphError)
            raise
    problems.raise_if_any(where, GraphError)
    assert found is not None
    return _network(folder, found, ends, flow, _FINAL in firms.columns, problems)


def _sources(
    connection: duckdb.DuckDBPyConnection, folder: Path, problems: Problems
) -> tuple[Source | None, Source | None]:
    needed = {LINKS: _LINK_COLUMNS, FIRMS: _FIRM_COLUMNS}
    found: list[Source | None] = []
    for stem, columns in needed.items():
        path = find_file(folder, stem, problems)
        found.append(None if path is None else open_file(connection, path, columns, problems))
    links, firms = found
    if firms is not None and not {_FINAL, _OUTPUT} & set(firms.columns):
        problems.add(
            firms.path.name, "neither the column 'final' nor 'output'",
            "final: sales to final demand a year, or output: all sales a year",
            "add one of the two",
        )  # fmt: skip
    return links, firms


def _check_types(links: Source, firms: Source, problems: Problems) -> None:
    for source, column in ((firms, "firm"), (links, "supplier"), (links, "buyer")):
        if source.kind_of_id(column) is None:
            problems.add(
                f"{source.path.name}, column {column}", f"the type {source.columns[column]}",
                "text or whole numbers", "write ids as text, or as numbers without decimals",
            )  # fmt: skip
    for source, column in ((links, "flow"), (firms, _FINAL), (firms, _OUTPUT)):
        if column in source.columns and not source.is_number(column):
            problems.add(
                f"{source.path.name}, column {column}", f"the type {source.columns[column]}",
                "numbers", "write money as numbers",
            )  # fmt: skip


def _check_memory(
    connection: duckdb.DuckDBPyConnection, links: Source, firms: Source, problems: Problems
) -> None:
    needed = 0.0
    for source, constant in ((links, "firms/memory/link"), (firms, "firms/memory/firm")):
        if source.is_parquet:
            where = literal(str(source.path))
            told = connection.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({where})")
            rows = told.fetchall()[0][0] or 0
        else:
            rows = source.path.stat().st_size / method("firms/memory/text")
        needed += float(rows) * method(constant)
    room = free_memory()
    if room is not None and needed > room:
        problems.add(
            "memory", f"a network that needs about {size(round(needed))}, on a machine with "
            f"{size(room)} free", f"networks that need at most {size(room)}",
            "leave out the smallest links, or use a machine with more memory",
        )  # fmt: skip


def _loaded(
    connection: duckdb.DuckDBPyConnection, links: Source, firms: Source, problems: Problems
) -> tuple[_Firms | None, tuple[Positions, Positions], Floats]:
    """Firms, and links as positions of their ends; what is wrong with cells is noted."""
    kinds = {firms.kind_of_id("firm"), links.kind_of_id("supplier"), links.kind_of_id("buyer")}
    kind = WHOLE if kinds == {WHOLE} else TEXT
    _load_firms(connection, firms, kind)
    _check_firms(connection, firms, problems)
    joined = (
        f"{links.scan} l LEFT JOIN firm s ON s.id = CAST(l.supplier AS {kind}) "
        f"LEFT JOIN firm b ON b.id = CAST(l.buyer AS {kind})"
    )
    if problems:
        # a firm that stands twice would double its links
        once = "SELECT min(pos) FROM firm GROUP BY id"
        connection.execute(f"DELETE FROM firm WHERE pos NOT IN ({once})")
    cells = connection.execute(
        "SELECT coalesce(s.pos, -1)::INTEGER supplier, coalesce(b.pos, -1)::INTEGER buyer, "
        f"coalesce({as_number('flow')}, 'nan'::DOUBLE) flow FROM {joined}"
    ).fetchnumpy()
    supplier, buyer, flow = (np.asarray(cells[name]) for name in _LINK_COLUMNS)
    if not flow.size:
        problems.add(links.path.name, "no rows", "a row for each link", "write the links")
    is_sound = (supplier >= 0) & (buyer >= 0) & (flow >= 0) & (flow < np.inf)
    if not is_sound.all():
        _tell_links(connection, links, kind, problems)
    if problems:
        return None, (supplier, buyer), flow
    return _firms(connection), (supplier, buyer), flow


def _load_firms(connection: duckdb.DuckDBPyConnection, firms: Source, kind: str) -> None:
    column = _FINAL if _FINAL in firms.columns else _OUTPUT
    connection.execute(
        "CREATE TEMP TABLE firm AS SELECT (row_number() OVER () - 1)::INTEGER pos, "
        f"row_number() OVER () AS row, CAST(firm AS {kind}) id, sector::VARCHAR sector, "
        f"region::VARCHAR region, {quoted(column)}::VARCHAR said, {as_number(column)} amount "
        f"FROM {firms.scan}"
    )


def _check_firms(connection: duckdb.DuckDBPyConnection, firms: Source, problems: Problems) -> None:
    name = firms.path.name
    column = _FINAL if _FINAL in firms.columns else _OUTPUT
    if not connection.execute("SELECT count(*) FROM firm").fetchall()[0][0]:
        problems.add(name, "no rows", "a row for each firm", "write the firms")
        return
    note_rows(
        connection, "firm", "id IS NULL OR trim(id::VARCHAR) = ''", "id", f"{name} firm",
        "no id ({})", _ID, problems,
    )  # fmt: skip
    for label in ("sector", "region"):
        note_rows(
            connection, "firm", f"{label} IS NULL OR trim({label}) = ''", "id", f"{name} {label}",
            "nothing, at firm {}", (f"the {label} of the firm", "fill it in"), problems,
        )  # fmt: skip
    again = "(SELECT *, row_number() OVER (PARTITION BY id ORDER BY row) > 1 AS again FROM firm)"
    note_rows(
        connection, again, "again AND id IS NOT NULL", "id", f"{name} firm",
        "the firm {} a second time", ("each firm once", "merge the rows, or rename one"), problems,
    )  # fmt: skip
    note_rows(
        connection, "firm", "amount IS NULL OR isnan(amount) OR isinf(amount)", "said",
        f"{name} {column}", "{}, which is no finite number", ("money a year, 0 or more",
        "write a number with a decimal point"), problems,
    )  # fmt: skip
    note_rows(
        connection, "firm", "amount < 0 AND NOT isinf(amount)", "said", f"{name} {column}",
        "{}, below nil", ("money a year, 0 or more", "correct it, or leave the firm out"), problems,
    )  # fmt: skip


def _tell_links(
    connection: duckdb.DuckDBPyConnection, links: Source, kind: str, problems: Problems
) -> None:
    """Find the rows of what is known to be wrong with links: slow, and so only when it is."""
    name = links.path.name
    connection.execute(
        "CREATE TEMP TABLE link AS SELECT row_number() OVER () AS row, "
        f"CAST(supplier AS {kind}) supplier, CAST(buyer AS {kind}) buyer, flow::VARCHAR said, "
        f"{as_number('flow')} flow FROM {links.scan}"
    )
    for end in ("supplier", "buyer"):
        note_rows(
            connection, "link", f"{end} IS NULL OR trim({end}::VARCHAR) = ''", end,
            f"{name} {end}", "no id ({})", _ID, problems,
        )  # fmt: skip
        note_rows(
            connection, "link",
            f"trim({end}::VARCHAR) != '' AND {end} NOT IN (SELECT id FROM firm WHERE id NOTNULL)",
            end, f"{name} {end}", "{}, which is no firm of the network",
            ("firms that stand in the file of firms", "add the firm, or leave the link out"),
            problems,
        )  # fmt: skip
    note_rows(
        connection, "link", "flow IS NULL OR isnan(flow) OR isinf(flow)", "said", f"{name} flow",
        "{}, which is no finite number", ("money a year, 0 or more",
        "write a number with a decimal point"), problems,
    )  # fmt: skip
    note_rows(
        connection, "link", "flow < 0 AND NOT isinf(flow)", "said", f"{name} flow",
        "{}, below nil", ("money a year, 0 or more", "turn the link round, or leave it out"),
        problems,
    )  # fmt: skip


def _firms(connection: duckdb.DuckDBPyConnection) -> _Firms:
    codes = connection.execute(
        "SELECT (dense_rank() OVER (ORDER BY sector) - 1)::INTEGER sector, "
        "(dense_rank() OVER (ORDER BY region) - 1)::INTEGER region, amount, id, pos "
        "FROM firm ORDER BY pos"
    ).fetchnumpy()
    names = [
        tuple(
            str(row[0])
            for row in connection.execute(f"SELECT DISTINCT {c} FROM firm ORDER BY 1").fetchall()
        )
        for c in ("sector", "region")
    ]
    ids = np.asarray(codes["id"])
    if ids.dtype == object:
        told = f"SELECT bool_and(regexp_matches(id, '{_IS_WHOLE}')) FROM firm"
        if connection.execute(told).fetchall()[0][0]:
            ids = ids.astype(np.int64)
    return _Firms(
        ids,
        np.asarray(codes["sector"]),
        np.asarray(codes["region"]),
        np.asarray(codes["amount"]),
        names[0],
        names[1],
    )


def _network(
    folder: Path,
    found: _Firms,
    ends: tuple[Positions, Positions],
    flow: Floats,
    is_final: bool,
    problems: Problems,
) -> FirmNetwork:
    said: list[str] = []
    about = _about(folder, said)
    supplier, buyer, flow = joined_links(*ends, flow, found.firm.size, said)
    final = found.amount
    if not is_final:
        sold = np.asarray(np.bincount(supplier, flow, found.firm.size), dtype=np.float64)
        final = final_of(found.amount, sold, found.firm, problems, said)
    if not flow.size:
        problems.add(
            LINKS, "no flow above nil between two firms", "at least one", "look at the column flow"
        )
    problems.raise_if_any(folder.name, GraphError)
    network = FirmNetwork(
        found.firm, found.sector, found.region, final, buyer, supplier, flow, found.sectors,
        found.regions, about.get("name", folder.name), about.get("unit", FirmNetwork.unit),
    )  # fmt: skip
    return what_to_know(network, said)


def _about(folder: Path, said: list[str]) -> dict[str, str]:
    """Name and unit, where the folder tells."""
    path = folder / ABOUT
    if not path.is_file():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {key: str(told[key]) for key in ("name", "unit") if isinstance(told.get(key), str)}
    except (OSError, ValueError, AttributeError):
        said.append(f"{ABOUT} cannot be read as JSON and was left aside.")
        return {}
