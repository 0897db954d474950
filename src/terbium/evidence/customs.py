"""Customs files of many makers as one table of imports: who buys what from whom, in which year."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import duckdb

from terbium.base.errors import InputError, LabelError, Problems, suggest
from terbium.base.gazetteer import blocs, resolve_region
from terbium.evidence.documents.decode import decode
from terbium.evidence.duck import literal, quoted

WORLD: Final = "WLD"
"""Origin of rows that stand for all origins together."""

ROLES: Final = ("importer", "origin", "hs", "value", "quantity", "unit", "year", "flow", "revision")
_NEEDED: Final = ("origin", "hs")
_NOT_LETTERS: Final = re.compile(r"[\W_]+")
_NUMBER: Final = r"^[+]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?([eE][+-]?\d+)?$"
_WHOLE_YEAR: Final = 13
_JAPANESE: Final = 9


@dataclass
class Imports:
    """A customs file, understood.

    Attributes
    ----------
    connection
        Holds the table ``flows`` (importer, origin, hs, year, revision, value, quantity, unit);
        value and quantity are NULL where the file does not say.
    columns
        Role to the name of the column that plays it.
    units
        Of value and quantity, as far as the name of the column tells.
    notes
        What was recognised, left out and repaired.
    """

    connection: duckdb.DuckDBPyConnection
    columns: Mapping[str, str]
    units: Mapping[str, str]
    notes: list[str] = field(default_factory=list)


@cache
def _lexicon(role: str) -> Mapping[str, str]:
    table = files("terbium").joinpath("data/lexicon/customs_columns.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["name"]: row["unit"] for row in rows if row["role"] == role}


def read_customs(path: Path | str, importer: str | None = None) -> Imports:
    """Read a customs file.

    Parameters
    ----------
    path
        CSV with headings as UN Comtrade, BACI, Eurostat, Japan Customs or China Customs write them,
        or plain ones: importer, origin, hs, value, quantity, year.
    importer
        Whose imports these are, if the file has no column that says so.

    Raises
    ------
    InputError
        If columns are missing or numbers are none.
    """
    file = Path(path)
    connection = duckdb.connect()
    try:
        names = _load(connection, file)
    except OSError as error:
        raise InputError.of(
            str(file), "file", error.strerror or str(error), "a CSV file", "correct the path"
        ) from error
    except duckdb.Error as error:
        seen = str(error).partition("\n")[0][:160]
        raise InputError.of(
            file.name, "file", seen, "CSV with a line of headings", "mend the file"
        ) from error
    columns = _recognised(names, file.name, importer)
    units = {role: _lexicon(role)[_bare(columns[role])] for role in columns if role in _AMOUNTS}
    imports = Imports(connection, columns, units)
    told = ", ".join(f"{role} = {columns[role]}" for role in ROLES if role in columns)
    imports.notes.append(f"columns: {told}")
    _check_numbers(imports, file.name)
    _make_flows(imports, names, file.name, importer)
    return imports


_AMOUNTS: Final = ("value", "quantity")


def _load(connection: duckdb.DuckDBPyConnection, file: Path) -> list[str]:
    raw = file.read_bytes()
    with tempfile.TemporaryDirectory() as place:
        try:
            raw.decode("utf-8")
            source = file
        except UnicodeDecodeError:
            source = Path(place, "customs.csv")
            source.write_text(decode(raw, file.name), encoding="utf-8")
        if not raw.strip():
            decode(raw, file.name)
        connection.execute(
            "CREATE TABLE raw AS SELECT * FROM "
            f"read_csv({literal(str(source))}, all_varchar = true, header = true)"
        )
    found = connection.execute("DESCRIBE raw").fetchall()
    return [str(row[0]) for row in found]


def _bare(name: str) -> str:
    return _NOT_LETTERS.sub("", name.casefold())


def _recognised(names: Iterable[str], where: str, importer: str | None) -> dict[str, str]:
    """Column of each role: the first name in the order of the lexicon that the file has."""
    have = {_bare(name): name for name in reversed(list(names))}
    columns = {}
    for role in ROLES:
        named = next((have[name] for name in _lexicon(role) if name in have), None)
        if named is not None:
            columns[role] = named
    problems = Problems()
    seen = f"columns {', '.join(have.values())}"
    for role in _NEEDED:
        if role not in columns:
            problems.add(
                f"column for the {role}", seen, ", ".join(_lexicon(role)), f"name one '{role}'"
            )
    if "importer" not in columns and importer is None:
        problems.add(
            "column for the importer", seen, ", ".join(_lexicon("importer")),
            "name one 'importer', or say whose imports these are: --importer JPN",
        )  # fmt: skip
    if not set(_AMOUNTS) & set(columns):
        allowed = ", ".join((*_lexicon("value"), *_lexicon("quantity")))
        problems.add("column for value or quantity", seen, allowed, "name one 'value'")
    problems.raise_if_any(where)
    return columns


def _missing_sql(column: str) -> str:
    words = ", ".join(literal(word) for word in _lexicon("missing"))
    return f"({column} IS NULL OR trim({column}) = '' OR lower(trim({column})) IN ({words}))"


def _check_numbers(imports: Imports, where: str) -> None:
    problems = Problems()
    for role in _AMOUNTS:
        if role not in imports.columns:
            continue
        column = quoted(imports.columns[role])
        wrong = imports.connection.execute(
            f"SELECT {column}, count(*) FROM raw WHERE NOT {_missing_sql(column)} AND NOT "
            f"regexp_matches(trim({column}), {literal(_NUMBER)}) GROUP BY 1 ORDER BY 2 DESC LIMIT 3"
        ).fetchall()
        for cell, count in wrong:
            problems.add(
                f"column {imports.columns[role]}", f"'{cell}' in {count:,} row(s)",
                "a number of 0 or more with a decimal point, 1,234.5 too, or nothing where it is "
                "not known", "write it so",
            )  # fmt: skip
    problems.raise_if_any(where)


def _number_sql(imports: Imports, role: str) -> str:
    if role not in imports.columns:
        return "NULL::DOUBLE"
    column = quoted(imports.columns[role])
    return (
        f"CASE WHEN {_missing_sql(column)} THEN NULL "
        f"ELSE replace(trim({column}), ',', '')::DOUBLE END"
    )


def _make_flows(imports: Imports, names: list[str], where: str, importer: str | None) -> None:
    connection, columns = imports.connection, imports.columns
    text = {
        role: f"coalesce(trim({quoted(columns[role])}), '')" if role in columns else "''"
        for role in ROLES
    }
    keep = _kept(imports, names, text["flow"])
    regions = _regions(imports, where)
    connection.execute("CREATE TABLE codes (seen VARCHAR, code VARCHAR)")
    connection.execute(
        "INSERT INTO codes SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [list(regions), list(regions.values())],
    )
    whose = "i.code" if "importer" in columns else literal(resolve_region(importer or "", where))
    joined = f"JOIN codes i ON i.seen = {text['importer']}" if "importer" in columns else ""
    digits = f"regexp_replace({text['hs']}, '[.\\s'']', '', 'g')"
    month = f"substr(regexp_replace({text['year']}, '\\D', '', 'g'), 5, 2)"
    connection.execute(
        f"CREATE TABLE flows AS SELECT {whose} AS importer, o.code AS origin, {digits} AS hs, "
        f"substr({text['year']}, 1, 4) AS year, "
        f"try_cast({month} AS INTEGER) AS part, "
        f"upper({text['revision']}) AS revision, {text['unit']} AS unit, "
        f"{_number_sql(imports, 'value')} AS value, {_number_sql(imports, 'quantity')} AS quantity "
        f"FROM raw JOIN codes o ON o.seen = {text['origin']} {joined} WHERE {keep}"
    )
    _tidy(imports)


def _kept(imports: Imports, names: Iterable[str], flow: str) -> str:
    """Which rows are imports, and whole: not the parts by mode of transport beside their sum."""
    conditions = ["true"]
    if "flow" in imports.columns:
        # the code for imports differs: 1 at Eurostat, 2 at Japan Customs
        code = _lexicon("flow")[_bare(imports.columns["flow"])]
        words = ", ".join(map(literal, (*_lexicon("import"), code)))
        conditions.append(f"lower({flow}) IN ({words})")
        imports.notes.append("rows of other flows than imports left out")
    whole = ", ".join(map(literal, _lexicon("whole")))
    for name in names:
        column = quoted(name)
        if _bare(name) in _lexicon("part"):
            is_whole = f"lower(trim({column})) IN ({whole})"
            found = imports.connection.execute(f"SELECT bool_or({is_whole}) FROM raw").fetchone()
            if found and found[0]:
                conditions.append(is_whole)
    return " AND ".join(conditions)


def _regions(imports: Imports, where: str) -> dict[str, str]:
    """Code of each partner and importer named; blocs, which hold others, get none."""
    named: set[str] = set()
    for role in ("importer", "origin"):
        if role in imports.columns:
            column = quoted(imports.columns[role])
            found = imports.connection.execute(
                f"SELECT DISTINCT coalesce(trim({column}), '') FROM raw"
            ).fetchall()
            named |= {str(row[0]) for row in found}
    codes, blocs_seen, unknown = {}, [], []
    for name in sorted(named):
        if name.lower() in _lexicon("world"):
            codes[name] = WORLD
            continue
        try:
            # codes of three digits lose their zeros in spreadsheets
            code = resolve_region(name.zfill(3) if name.isdigit() else name, where)
        except LabelError:
            code = name
            unknown.append(name or "(nothing)")
        if code in blocs() and code != WORLD:
            blocs_seen.append(name)
        else:
            codes[name] = code
    if blocs_seen:
        imports.notes.append(f"groups of countries left out: {', '.join(blocs_seen)}")
    if unknown:
        shown = ", ".join(unknown[:6]) + (" and more" if unknown[6:] else "")
        imports.notes.append(f"partners taken as they are named: {shown}")
    return codes


def _tidy(imports: Imports) -> None:
    """Leave out what is no code or a part of a year beside its sum; give codes their zeros."""
    run = imports.connection.execute
    words = run("DELETE FROM flows WHERE NOT regexp_matches(hs, '^\\d+$') RETURNING hs").fetchall()
    if words:
        kinds = ", ".join(sorted({str(row[0]) or "(nothing)" for row in words})[:4])
        imports.notes.append(f"{len(words):,} row(s) without a code in digits left out: {kinds}")
    longest = run("SELECT coalesce(max(length(hs)), 0) FROM flows").fetchone()
    short = "length(hs) < 8 AND length(hs) % 2 = 1"
    if longest and longest[0] == _JAPANESE:
        short = f"({short}) OR length(hs) = 8"
    padded = run(f"UPDATE flows SET hs = '0' || hs WHERE {short} RETURNING hs").fetchall()
    if padded:
        imports.notes.append(f"{len(padded):,} code(s) given back a leading zero")
    summed = run(
        f"DELETE FROM flows WHERE part BETWEEN 1 AND {_WHOLE_YEAR - 1} AND (importer, year) IN "
        f"(SELECT (importer, year) FROM flows WHERE part >= {_WHOLE_YEAR}) RETURNING 1"
    ).fetchall()
    if summed:
        imports.notes.append(f"{len(summed):,} monthly row(s) left out beside sums of the year")


def known_or(text: str, known: Iterable[str], option: str, where: str) -> str:
    """A region given as an option, which the file must have; the error lists those it has."""
    labels = sorted(known)
    try:
        code = resolve_region(text, option)
    except LabelError:
        code = text
    if code not in labels:
        raise InputError.of(
            where, option, f"'{text}'", ", ".join(labels[:40]), suggest(text, labels)
        )
    return code
