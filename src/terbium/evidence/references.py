"""References between the tables of a dataset: whatever leads nowhere is a problem."""

from collections.abc import Iterable, Mapping

from terbium.base.errors import Problems, suggest
from terbium.evidence.schema import Claim, Estimate, Source
from terbium.evidence.tables import Table

# column -> table and key column that hold its values
_KEYS = {
    "deposit": ("deposits", "deposit"),
    "industry": ("industries", "industry"),
    "region": ("regions", "region"),
    "element": ("elements", "element"),
}
_AGGREGATES = ("WLD", "EU27", "XCH")


def check_references(
    tables: Mapping[str, Table],
    sources: Mapping[str, tuple[int, Source]],
    claims: Mapping[str, tuple[int, Claim]],
    estimates: Mapping[str, tuple[int, Estimate]],
    problems: Problems,
) -> None:
    """Note every reference that leads nowhere."""
    stated = _stated(tables, "claims", "id")
    for line, claim in claims.values():
        if claim.source not in sources and claim.source not in _stated(tables, "sources", "id"):
            place = f"{tables['claims'].file}, line {line}, column source"
            problems.add(
                place, f"'{claim.source}'", "a key of sources.csv", suggest(claim.source, sources)
            )
    for line, estimate in estimates.values():
        place = f"{tables['estimates'].file}, line {line}, column claims"
        if not estimate.claims:
            problems.add(
                place, "nothing", "keys of claims.csv", "name the claims behind the estimate"
            )
        for key in [key for key in estimate.claims if key not in stated]:
            problems.add(place, f"'{key}'", "a key of claims.csv", suggest(key, stated))
    named = _stated(tables, "estimates", "name")
    for name, table in tables.items():
        if name not in ("sources", "claims", "estimates"):
            _check_table(name, table, tables, stated, named, problems)


def _stated(tables: Mapping[str, Table], table: str, column: str) -> dict[str, int]:
    """Keys that a table states, whether or not the rest of the row is in order."""
    if table not in tables:
        return {}
    return {cells[column]: line for line, cells in tables[table].rows if column in cells}


def _check_table(
    name: str,
    table: Table,
    tables: Mapping[str, Table],
    claims: Mapping[str, int],
    estimates: Mapping[str, int],
    problems: Problems,
) -> None:
    regions = {**_stated(tables, "regions", "region"), **dict.fromkeys(_AGGREGATES, 0)}
    materials = {
        **_stated(tables, "materials", "material"),
        **_stated(tables, "groups", "group"),
    }
    for line, cells in table.rows:
        for column, text in cells.items():
            allowed, words = _target(name, column, tables, regions, materials, claims, estimates)
            if allowed is None:
                continue
            parts = text.split(";") if column in ("claim", "materials") else [text]
            for part in [p for p in parts if p not in allowed]:
                seen = f"'{part}'" if part else "nothing"
                place = f"{table.file}, line {line}, column {column}"
                problems.add(place, seen, words, suggest(part, allowed))


def _target(
    name: str,
    column: str,
    tables: Mapping[str, Table],
    regions: Mapping[str, int],
    materials: Mapping[str, int],
    claims: Mapping[str, int],
    estimates: Mapping[str, int],
) -> tuple[Mapping[str, int] | None, str]:
    """What a column may hold, and how to say so; None if anything goes."""
    if column in ("estimate", "unit_value"):
        return estimates, "a name of estimates.csv"
    if column == "claim":
        return claims, "keys of claims.csv, joined by ;"
    if column in ("origin", "destination"):
        return regions, "a region of regions.csv"
    if column in ("material", "materials") and name not in ("materials",):
        return materials, "a material or group of the dataset"
    if column in _KEYS and _KEYS[column][0] != name and _KEYS[column][0] in tables:
        target, key = _KEYS[column]
        return _stated(tables, target, key), f"a {column} of {target}.csv"
    return None, ""


def unused(names: Iterable[str], used: Iterable[str]) -> list[str]:
    """Names that nothing uses, sorted."""
    return sorted(set(names) - set(used))
