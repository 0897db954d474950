"""Oxides outside magnets: world use by element and industry, and where that use sits."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from dataset.book import LOGIT, Book
from dataset.magnets import COUNTRY
from dataset.static import OXIDE_USERS

SECTOR = {
    "phosphors_optics": "electronics (computer, electronic, optical)",
    "semiconductors": "electronics (computer, electronic, optical)",
    "electronics": "electronics (computer, electronic, optical)",
    "medical_imaging": "medical & dental instruments",
    "aerospace_defence": "aerospace",
}
SMALLEST_SHARE = 0.008


def build(book: Book) -> None:
    """World use by element and industry, then regional shares by industry."""
    book.decisions("uses")
    with (book.facts.decisions / "oxide_regions.csv").open(encoding="utf-8", newline="") as handle:
        table = {row["region"]: row for row in csv.DictReader(handle)}
    for industry in OXIDE_USERS:
        china = float(table["CHN"][industry])
        weights = _imports(book) if industry == "catalysts_glass" else _added(book, industry)
        for region, row in table.items():
            if region != "CHN" and row[industry] and industry != "catalysts_glass":
                weights[region] = (float(row[industry]), ())
        _shares(book, industry, china, weights)


def _imports(book: Book) -> dict[str, tuple[float, tuple[str, ...]]]:
    """Net imports of compounds from BACI (feeds and odd rows left out)."""
    net: dict[str, float] = {}
    refs: dict[str, list[str]] = {}
    for name, item in book.estimates.items():
        if not name.startswith("trade/compounds/"):
            continue
        _, _, origin, destination = name.split("/")
        net[destination] = net.get(destination, 0.0) + item.central
        refs.setdefault(destination, []).extend(item.claims[:2])
        net[origin] = net.get(origin, 0.0) - item.central
    return {r: (v, tuple(refs.get(r, ()))[:6]) for r, v in net.items() if v > 0 and r != "CHN"}


def _added(book: Book, industry: str) -> dict[str, tuple[float, tuple[str, ...]]]:
    weights: dict[str, tuple[float, tuple[str, ...]]] = {}
    wanted = {country: region for region, country in COUNTRY.items() if region != "CHN"}
    for row in book.facts.rows("industry"):
        key = (row.text("metric"), row.text("year"), row.text("sector"))
        if key == ("value_added", "2022", SECTOR[industry]) and row.text("country") in wanted:
            region = wanted[row.text("country")]
            weights[region] = (float(row.text("value")), (row.ref,))
    return weights


def _shares(
    book: Book, industry: str, china: float, weights: Mapping[str, tuple[float, tuple[str, ...]]]
) -> None:
    whole = sum(w for w, _ in weights.values())
    shares = {r: ((1.0 - china) * w / whole, refs) for r, (w, refs) in weights.items()}
    kept = {r: pair for r, pair in shares.items() if pair[0] >= SMALLEST_SHARE}
    total = sum(s for s, _ in kept.values())
    source = (
        "net imports of compounds (BACI 2024)" if industry == "catalysts_glass" else "value added"
    )
    why = (
        f"China's share of {industry} by hand ({china:.0%}); the rest by {source}; regions below "
        f"{SMALLEST_SHARE:.1%} are left to the others"
    )
    _share(book, f"region_share/oxide/CHN/{industry}", china, why, ())
    for region, (share, refs) in kept.items():
        value = share / total * (1.0 - china)
        _share(book, f"region_share/oxide/{region}/{industry}", value, why, refs)


def _share(book: Book, name: str, value: float, why: str, refs: tuple[str, ...]) -> None:
    odds = value / (1.0 - value)
    low, high = odds / 2.0 / (1.0 + odds / 2.0), odds * 2.0 / (1.0 + odds * 2.0)
    book.judge(name, (low, value, high), "1", LOGIT, why, refs)
