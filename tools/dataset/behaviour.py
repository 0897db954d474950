"""Stocks, transit, parts sourcing, licensing and behaviour: judgements, and what each rests on."""

from __future__ import annotations

import csv
from pathlib import Path

from dataset.book import LOGIT, LOGNORMAL, Book
from dataset.static import EU27, REGIONS

# smallest share of the main origin that is drawn widely
WIDE = 1.6


def build(book: Book) -> None:
    """All estimates that describe conduct and logistics."""
    book.decisions("behaviour")
    _transit(book)
    _parts(book)
    _cover(book)
    rows = [n.split("/") for n in book.estimates if n.startswith("lines/")]
    book.table(
        "lines", [{"region": r, "industry": i, "estimate": f"lines/{r}/{i}"} for _, r, i in rows]
    )


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        return [(reader.line_num, row) for row in reader]


def _transit(book: Book) -> None:
    note = "; door to door, no series of transit times was read"
    for line, row in _rows(book.facts.decisions / "transit.csv"):
        values = [float(row[c]) for c in ("low", "central", "high")]
        for a, b in ((row["zone_a"], row["zone_b"]), (row["zone_b"], row["zone_a"])):
            place = f"decision_transit:{line}_{a}"
            why = row["reason"] + note
            book.judge(f"transit/{a}/{b}", values, "days", LOGNORMAL, why, (), place)
    near = {"domestic": (2.0, 5.0, 10.0), "within_zone": (6.0, 12.0, 22.0)}
    for name, days in near.items():
        why = "road, rail or short sea between neighbours" + note
        book.judge(f"transit/{name}", days, "days", LOGNORMAL, why)


def _parts(book: Book) -> None:
    for line, row in _rows(book.facts.decisions / "parts.csv"):
        shares = {o: float(s) for o, s in (p.split(":") for p in row["origins"].split(";"))}
        total = sum(shares.values())
        for origin, share in shares.items():
            value = share / total
            odds = value / (1.0 - value)
            low, high = odds / WIDE, odds * WIDE
            values = (low / (1.0 + low), value, high / (1.0 + high))
            why = (
                row["reason"] + "; shares by hand, no table of magnet-bearing parts trade was read"
            )
            name = f"parts_sourcing/{row['region']}/{origin}"
            book.judge(name, values, "1", LOGIT, why, (), f"decision_parts:{line}_{origin}")


def _cells(book: Book) -> list[tuple[str, str]]:
    """Region and industry pairs that hold a stock: whoever takes magnets, parts or oxides."""
    found: set[tuple[str, str]] = set()
    for name in book.estimates:
        parts = name.split("/")
        if parts[0] == "enduse" or name.startswith("region_share/oxide/"):
            found.add((parts[2], parts[3]))
        if parts[0] == "parts_sourcing":
            found.add((parts[1], "passenger_cars"))
    order = list(REGIONS)
    return sorted(found, key=lambda cell: (order.index(cell[0]), cell[1]))


def _cover(book: Book) -> None:
    rules = {
        (row["region"], row["industry"]): (line, row)
        for line, row in _rows(book.facts.decisions / "cover.csv")
    }
    for region, industry in _cells(book):
        bloc = "EU" if region in EU27 else ""
        keys = ((region, industry), (bloc, industry), (region, "*"), ("*", industry))
        key = next(k for k in keys if k in rules)
        line, row = rules[key]
        facts = tuple(f for f in row["facts"].split(";") if f)
        anchored = bool(facts) and key[0] in (region, bloc)
        why = row["reason"]
        if not anchored:
            why += f" (no statement for {region} {industry} was found)"
        values = [float(row[c]) for c in ("low", "central", "high")]
        name = f"stock/days_of_cover/{region}/{industry}"
        place = f"decision_cover:{line}_{region}_{industry}"
        book.judge(name, values, "days", LOGNORMAL, why, facts, place)
        claims = str(len(facts)) if anchored else "0"
        book.table(
            "stocks",
            [{"region": region, "industry": industry, "estimate": name, "n_claims": claims}],
        )
