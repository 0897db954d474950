"""Of how many products more than a given share comes from one origin, by value and by quantity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from terbium.base.errors import InputError, Problems
from terbium.base.gazetteer import bloc_members, blocs
from terbium.evidence.customs import WORLD, Imports, known_or, read_customs
from terbium.evidence.methods import method

OVER, NOT_OVER, UNKNOWN, NONE = "over", "not_over", "unknown", "no_imports"
"""Verdicts on a product."""

MEASURES: Final = ("value", "quantity")


@dataclass(frozen=True)
class Share:
    """Share of the origin in one product by one measure.

    Attributes
    ----------
    verdict
        `OVER`, `NOT_OVER`, `UNKNOWN` where figures that are missing could turn it, or `NONE` where
        nothing was imported.
    share
        Of the origin; None if it is not known, or nothing was imported.
    origin, total
        Amounts; None if not known.
    why
        Why it is unknown.
    """

    verdict: str
    share: float | None = None
    origin: float | None = None
    total: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Item:
    """A product and the origin's share of it by each measure."""

    hs: str
    value: Share
    quantity: Share


@dataclass(frozen=True)
class Reading:
    """One way to read a table of products.

    Attributes
    ----------
    measure
        ``value`` or ``quantity``.
    products
        Products that were imported and of which the verdict is known.
    over
        Those of them with more than the share.
    unknown
        Products of which figures that are missing could turn the verdict.
    share_of_products
        ``over / products``; None without products.
    low, high
        The same if all unknown ones were not over, or over.
    share_of_total
        What the products over the share make of all imports, by the measure; None for quantities,
        which do not add up over products.
    origin_share
        The origin's share of all imports, by value.
    """

    measure: str
    products: int
    over: int
    unknown: int
    share_of_products: float | None
    low: float | None
    high: float | None
    share_of_total: float | None
    origin_share: float | None


@dataclass(frozen=True)
class Dependence:
    """One importer's dependence on one origin in one year, in one revision of the nomenclature.

    Attributes
    ----------
    importer, origin, year, revision, digits
        Whose, on whom, when, and in which codes.
    over
        The share.
    readings
        By value, by quantity, as far as the file has them.
    items
        All products, those with the largest share by value first.
    """

    importer: str
    origin: str
    year: str
    revision: str
    digits: int
    over: float
    readings: tuple[Reading, ...]
    items: tuple[Item, ...]

    def to_dict(self) -> dict[str, object]:
        """Everything, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class ItemCount:
    """One row per importer, year and revision, and what was recognised in the file."""

    rows: tuple[Dependence, ...]
    units: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())


def count_items(
    path: Path | str,
    *,
    over: float,
    origin: str = "CHN",
    importer: str | None = None,
    year: str | None = None,
    digits: int | None = None,
) -> ItemCount:
    """Count the products of which more than a share is imported from one origin.

    Parameters
    ----------
    path
        A customs file, as of `read_customs`.
    over
        The share, 0 to 1; a product counts if its share is above it.
    origin
        A region or a bloc. Hong Kong and Macao are regions of their own.
    importer, year
        Only these; else every one in the file, each for itself.
    digits
        Length of the codes that count as products; by default the longest in the file.

    Raises
    ------
    InputError
        If the file cannot be understood, or does not hold what is asked for.
    """
    where = Path(path).name
    problems = Problems()
    if not 0 <= over < 1:
        problems.add("--over", f"{over:g}", "a share from 0 to below 1", "write 0.5 for 50 %")
    if digits is not None and (digits not in range(2, 13)):
        problems.add("--digits", str(digits), "2 to 12", "choose 6 for the international codes")
    problems.raise_if_any(where)
    imports = read_customs(path, importer)
    found = imports.connection.execute("SELECT DISTINCT importer, origin, year FROM flows")
    held = found.fetchall()
    if not held:
        problems.add("rows", "no import with a code in digits", "one or more", "give another file")
        problems.raise_if_any(where)
    origins = _origins(origin, {row[1] for row in held}, where)
    whose = known_or(importer, {row[0] for row in held}, "--importer", where) if importer else None
    if year is not None and year not in {row[2] for row in held}:
        known = ", ".join(sorted({row[2] or "(none)" for row in held}))
        problems.add("--year", year, known, "choose one of these")
        problems.raise_if_any(where)
    length = digits or _longest(imports)
    rows = []
    for key, products in sorted(_products(imports, origins, whose, year, length).items()):
        rows.append(_dependence(key, origin, length, over, products))
    if len({row.revision for row in rows}) > 1:
        imports.notes.append("revisions of the nomenclature are counted each for itself")
    return ItemCount(tuple(rows), imports.units, tuple(imports.notes))


def _origins(origin: str, held: set[str], where: str) -> tuple[str, ...]:
    """Codes of the origin; a share of it needs more than its own rows."""
    if len(held) == 1:
        raise InputError.of(
            where, "origins", f"only {', '.join(held)}", "all origins, or one and the world",
            "fetch the file with all partners, or with the world as a partner",
        )  # fmt: skip
    if origin.upper() in blocs():
        return bloc_members(origin)
    return (known_or(origin, held - {WORLD}, "--origin", where),)


def _longest(imports: Imports) -> int:
    found = imports.connection.execute("SELECT max(length(hs)) FROM flows").fetchone()
    return int(found[0]) if found else 0


_Sums = tuple[float | None, int, float | None, float | None, int, int]
"""Sum of the origin, its rows without a figure, world, sum of all partners, theirs, units."""


def _products(
    imports: Imports, origins: Sequence[str], importer: str | None, year: str | None, digits: int
) -> dict[tuple[str, str, str], dict[str, dict[str, _Sums]]]:
    """Sums by importer, year and revision, then by product and measure."""
    longest = _longest(imports)
    # codes of the length asked for where the file has them, else its longest, cut
    has = imports.connection.execute(
        "SELECT count(*) FROM flows WHERE length(hs) = ?", [digits]
    ).fetchone()
    level = digits if has and has[0] else longest
    left = imports.connection.execute(
        "SELECT count(*) FROM flows WHERE length(hs) <> ?", [level]
    ).fetchone()
    if left and left[0]:
        imports.notes.append(
            f"{left[0]:,} row(s) with codes of other lengths than {level} digits left out"
        )
    is_origin = f"origin IN ({', '.join('?' for _ in origins)})"
    is_world = f"origin = '{WORLD}'"
    sums = ", ".join(
        f"sum({m}) FILTER ({is_origin}), count(*) FILTER ({is_origin} AND {m} IS NULL), "
        f"sum({m}) FILTER ({is_world}), sum({m}) FILTER (NOT {is_world}), "
        f"count(*) FILTER (NOT {is_world} AND {m} IS NULL), "
        f"count(DISTINCT unit) FILTER ({m} IS NOT NULL)"
        for m in MEASURES
    )
    found = imports.connection.execute(
        f"SELECT importer, year, revision, substr(hs, 1, {digits}) AS product, {sums} FROM flows "
        "WHERE length(hs) = ? AND (?::VARCHAR IS NULL OR importer = ?) "
        "AND (?::VARCHAR IS NULL OR year = ?) GROUP BY ALL",
        [*(2 * len(MEASURES) * list(origins)), level, importer, importer, year, year],
    )
    groups: dict[tuple[str, str, str], dict[str, dict[str, _Sums]]] = {}
    for whose, when, revision, product, *cells in found.fetchall():
        half = len(cells) // len(MEASURES)
        groups.setdefault((whose, when, revision), {})[product] = {
            measure: tuple(cells[half * i : half * (i + 1)])
            for i, measure in enumerate(MEASURES)
            if measure in imports.columns
        }
    return groups


def _dependence(
    key: tuple[str, str, str],
    origin: str,
    digits: int,
    over: float,
    products: Mapping[str, Mapping[str, _Sums]],
) -> Dependence:
    absent = Share(UNKNOWN, why="the file has no such column")
    items = [
        Item(
            hs,
            **{
                measure: _share(sums[measure], over, measure) if measure in sums else absent
                for measure in MEASURES
            },
        )
        for hs, sums in products.items()
    ]
    items.sort(key=lambda item: (-(item.value.share or 0), -(item.quantity.share or 0), item.hs))
    has = next(iter(products.values()), {})
    readings = tuple(_reading(measure, items) for measure in MEASURES if measure in has)
    return Dependence(key[0], origin, key[1], key[2], digits, over, readings, tuple(items))


def _share(sums: _Sums, over: float, measure: str) -> Share:
    origin, origin_missing, world, partners, missing, units = sums
    amount = 0.0 if origin is None else origin
    if measure == "quantity" and units > 1:
        return Share(UNKNOWN, why="quantities in several units")
    if origin_missing:
        return Share(UNKNOWN, total=world, why="no figure for the origin")
    total = world if world is not None else partners
    if total is None:
        return Share(UNKNOWN, origin=amount, why="no figure at all")
    if amount > total * (1 + method("items/most_excess")):
        return Share(UNKNOWN, origin=amount, total=total, why="more than the world's total")
    if total == 0 and not missing:
        return Share(NONE, origin=amount, total=total)
    if world is None and missing:
        # what is missing can only make the share smaller
        if total > 0 and amount / total <= over:
            return Share(NOT_OVER, origin=amount)
        return Share(UNKNOWN, origin=amount, why="no figure for other origins")
    if total == 0:
        return Share(NONE, origin=amount, total=total)
    share = min(amount / total, 1.0)
    return Share(OVER if share > over else NOT_OVER, share, amount, total)


def _reading(measure: str, items: Sequence[Item]) -> Reading:
    shares: list[Share] = [getattr(item, measure) for item in items]
    count = Counter(share.verdict for share in shares)
    known = count[OVER] + count[NOT_OVER]
    every = known + count[UNKNOWN]
    told = [share for share in shares if share.total is not None and share.share is not None]
    total = sum(share.total or 0.0 for share in told)
    adds_up = measure == "value" and total > 0
    held = sum(share.total or 0.0 for share in told if share.verdict == OVER)
    origin = sum(share.origin or 0.0 for share in told)
    return Reading(
        measure,
        known,
        count[OVER],
        count[UNKNOWN],
        count[OVER] / known if known else None,
        count[OVER] / every if every else None,
        (count[OVER] + count[UNKNOWN]) / every if every else None,
        held / total if adds_up else None,
        origin / total if adds_up else None,
    )
