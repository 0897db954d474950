"""What of each sector lies on lines that stop, and what the world table is used with."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping

import numpy as np

from dataset.book import LOGNORMAL, Book, Estimate, fmt
from world.aggregate import World

WIDE = 2.0
"""Half and double where a region's industry is carried over from its neighbours'."""
READ = 0.1
"""Relative width of a figure of 2022 that stands for 2025."""
KNOWN = {
    "USA": "United States",
    "CHN": "China",
    "JPN": "Japan",
    "KOR": "South Korea",
    "IND": "India",
    "DEU": "Germany",
    "FRA": "France",
    "ITA": "Italy",
    "GBR": "United Kingdom",
    "CAN": "Canada",
}
EUROPEANS = ("ESP", "EST", "HUN", "NLD", "POL", "XEU")
OTHERS = ("AUS", "BRA", "MEX", "RUS", "TWN", "XRW")
EU27, WORLD = "EU27", "World (75)"
INSIDE_EU27 = ("DEU", "FRA", "ITA")
EVERYTHING = "all industries"
GDP_WIDTH = 0.03
REST_WIDTH = 0.06


def build(book: Book, world: World) -> None:
    """All estimates and tables that go with the world table."""
    book.decisions("lines")
    book.decisions("conduct")
    _gdp(book)
    _industries(book, world)
    _published(book)
    _classes(book)
    book.table("ratings", _rows(book, "ratings"))
    lines = [name for name in book.estimates if name.startswith("economy/line_share/")]
    book.table("industries", [{"industry": n.rsplit("/", 1)[1], "estimate": n} for n in lines])


def _rows(book: Book, file: str) -> list[dict[str, str]]:
    with (book.facts.decisions / f"{file}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _classes(book: Book) -> None:
    """The two classifications, with the estimates that belong to each label."""
    regions = sorted(_rows(book, "regions"), key=lambda row: row["region"])
    book.table("regions", [{**row, "gdp": f"economy/gdp/{row['region']}"} for row in regions])
    sectors = sorted(_rows(book, "sectors"), key=lambda row: row["sector"])
    days = {row["sector"]: f"economy/input_days/{row['sector']}" for row in sectors}
    book.table(
        "sectors",
        [
            {**row, "days": name if (name := days[row["sector"]]) in book.estimates else ""}
            for row in sectors
        ],
    )


def _gdp(book: Book) -> None:
    """GDP of 2024; what is left of the bloc and of the world goes to the two rests."""
    rows = {row["region"]: row for row in _rows(book, "gdp")}
    values, claims = {}, {}
    for region, row in rows.items():
        if row["fact"]:
            values[region], claims[region] = book.value(row["fact"]), book.fact(row["fact"])
        else:
            values[region] = float(row["value"])
            about = {"subject": f"{region} | GDP nominal", "quantity": "total", "unit": "USD bn"}
            told = {"as_of": "2024", "place": "recalled", "confidence": "recalled", "grade": "C"}
            claims[region] = _stated(
                book, f"weo:{region}", "imf-weo-2025", values[region], {**about, **told}
            )
    single = [region for region in rows if region not in (EU27, "WLD")]
    inside = [r for r in single if r in (*INSIDE_EU27, *EUROPEANS)]
    for region in single:
        why = "GDP in current prices, recalled"
        _around(book, f"economy/gdp/{region}", values[region], GDP_WIDTH, (claims[region],), why)
    rest = values[EU27] - sum(values[r] for r in inside)
    parts = (claims[EU27], *(claims[r] for r in inside))
    why = "GDP of the EU27 less that of its members that stand apart"
    _around(book, "economy/gdp/XEU", rest, REST_WIDTH, parts, why)
    outside = values["WLD"] - values[EU27] - sum(values[r] for r in single if r not in inside)
    why = "GDP of the world less that of the regions that stand apart"
    _around(book, "economy/gdp/XRW", outside, REST_WIDTH, tuple(claims.values()), why)


def _around(
    book: Book, name: str, value: float, width: float, claims: tuple[str, ...], why: str
) -> None:
    ends = value * (1 - width), value, value * (1 + width)
    book.estimate(Estimate(name, *ends, "USD bn", "2024", "C", claims, why, LOGNORMAL))


def _stated(book: Book, key: str, publication: str, value: float, cells: Mapping[str, str]) -> str:
    """A claim about a publication that the facts have no row of."""
    found = next(p for p in book.facts.publications() if p.id == publication)
    book._source(publication, found.cells)
    book.claims[key] = {
        "id": key,
        "value": fmt(value),
        "low": "",
        "high": "",
        "source": publication,
        "licence": found.cells["licence"],
        "redistributable": "yes",
        "recipe": "",
        "note": "",
        **cells,
    }
    return key


def _published(book: Book) -> None:
    """Losses that others have computed, as claims."""
    for line, row in enumerate(_rows(book, "published"), start=2):
        low, high = float(row["low"]), float(row["high"])
        if row["facts"]:
            claim = book.fact(row["facts"])
        else:
            about = {
                "subject": f"{row['region']} | {row['scenario']}",
                "quantity": f"loss over {row['months']} months",
                "unit": "%",
                "as_of": _year(book, row["source"]),
                "place": row["study"],
                "confidence": "read",
                "grade": "B",
                "low": fmt(low),
                "high": fmt(high),
            }
            claim = _stated(book, f"published:{line}", row["source"], (low + high) / 2, about)
        kept = ("study", "region", "scenario", "months", "low", "high", "mechanism")
        book.table("published", [{**{name: row[name] for name in kept}, "claim": claim}])


def _year(book: Book, publication: str) -> str:
    found = next(p for p in book.facts.publications() if p.id == publication)
    return found.cells["date"][:4]


class _Added:
    """Value added by economy and industry of the indicators' table, 2022."""

    def __init__(self, book: Book) -> None:
        self.rows = {
            (row.text("country"), row.text("sector")): row
            for row in book.facts.rows("industry")
            if row.text("metric") == "value_added" and row.text("year") == "2022"
        }

    def total(self, plus: Iterable[str], minus: Iterable[str], sector: str) -> float:
        """Value added of some economies less that of others [USD bn]."""
        value = {sign: sum(self._value(c, sector) for c in of) for sign, of in
                 (("+", plus), ("-", minus))}  # fmt: skip
        return value["+"] - value["-"]

    def _value(self, economy: str, sector: str) -> float:
        return float(self.rows[economy, sector].text("value"))

    def claims(self, economies: Iterable[str], sector: str) -> tuple[str, ...]:
        """Keys of the rows behind a total and its GDP."""
        return tuple(self.rows[c, s].ref for c in economies for s in (sector, EVERYTHING))


def _industries(book: Book, world: World) -> None:
    """Value added of the chain's industries over GDP, by region and sector of the table."""
    added = _Added(book)
    special = {(r["region"], r["industry"], r["sector"]): r for r in _rows(book, "splits")}
    output = _stated(
        book, "wiod-2013:output", "wiod-2013", world.handling["output_of_the_source"],
        {"subject": "world table of 2011", "quantity": "output of all industries", "as_of": "2011",
         "unit": "MUSD", "place": "sum of column x", "confidence": "read", "grade": "A"},
    )  # fmt: skip
    for rule in _rows(book, "industries"):
        for region in world.regions:
            key = region, rule["industry"], rule["sector"]
            split = special.get(key, rule)
            _one(book, world, added, output, {**rule, **split, "region": region})


def _one(book: Book, world: World, added: _Added, output: str, rule: Mapping[str, str]) -> None:
    region, economy = rule["region"], rule["economy"]
    low, central, high = (float(rule[end]) for end in ("low", "central", "high"))
    name = f"economy/industry_share/{region}/{rule['sector']}/{rule['industry']}"
    if region in KNOWN:
        plus, minus, weight, width = (KNOWN[region],), (), 1.0, 1 + READ
        why = f"{economy} over GDP, 2022"
    else:
        plus, minus, pool = _neighbours(region)
        weight, width = _weight(world, region, pool, rule["sector"]), WIDE
        why = (
            f"{economy} over GDP, 2022, of what the source leaves to the region's neighbours, by "
            "the weight of the sector in the table of 2011"
        )
    share = added.total(plus, minus, economy) / added.total(plus, minus, EVERYTHING) * weight
    facts = added.claims((*plus, *minus), economy)
    values = (share * low / width, share * central, share * high * width)
    if low == high and region in KNOWN:
        grade_a = Estimate(name, *values, "1", "2022", "A", facts, why, LOGNORMAL)
        book.estimate(grade_a)
    else:
        book.judge(name, values, "1", LOGNORMAL, f"{why}; {rule['reason']}",
                   facts if region in KNOWN else (*facts, output))  # fmt: skip
    place = {"region": region, "sector": rule["sector"], "industry": rule["industry"]}
    book.table("exposures", [{**place, "estimate": name}])


def _neighbours(region: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Economies whose rest stands for a region, and the regions that share that rest."""
    if region in EUROPEANS:
        return (EU27,), tuple(KNOWN[r] for r in INSIDE_EU27), EUROPEANS
    known = tuple(name for r, name in KNOWN.items() if r not in INSIDE_EU27)
    return (WORLD,), (EU27, *known), OTHERS


def _weight(world: World, region: str, pool: tuple[str, ...], sector: str) -> float:
    """How much more of its GDP the region makes in a sector than the pool does."""
    value = world.value_added.reshape(len(world.regions), len(world.sectors))
    rows = [world.regions.index(r) for r in pool]
    s, r = world.sectors.index(sector), world.regions.index(region)
    pooled = value[rows, s].sum() / value[rows].sum()
    return float(value[r, s] / np.sum(value[r]) / pooled)
