"""Magnets: production, trade, demand by region and end use by industry."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from dataset.book import LOGIT, LOGNORMAL, Book, Estimate
from dataset.static import MAGNET_USERS, REGIONS

CHINA_TOTAL = 58148.0
# what the world uses, by row of end_use.csv (percent of NdFeB tonnes)
WORLD_USE = {
    "vehicle_parts": ("end_use:103", "end_use:104", "end_use:109"),
    "wind_turbines": ("end_use:105",),
    "appliances": ("end_use:106",),
    "machinery_robots": ("end_use:107",),
    "electronics": ("end_use:108", "end_use:112"),
    "medical_imaging": ("end_use:110",),
    "aerospace_defence": ("end_use:111",),
}
# which indicator of industry.csv tilts an industry's share
INDICATOR = {
    "vehicle_parts": "automotive",
    "appliances": "electrical equipment",
    "machinery_robots": "machinery",
    "electronics": "electronics (computer, electronic, optical)",
    "medical_imaging": "medical & dental instruments",
    "aerospace_defence": "aerospace",
}
COUNTRY = {
    "CHN": "China",
    "USA": "United States",
    "JPN": "Japan",
    "KOR": "South Korea",
    "DEU": "Germany",
    "FRA": "France",
    "ITA": "Italy",
    "GBR": "United Kingdom",
    "IND": "India",
    "CAN": "Canada",
}
# a location quotient is damped, since magnets follow assembly less closely than value added does
DAMPING = 0.7
SMALLEST_SHARE = 0.004
SMALLEST_TONNES = 20.0
ROUNDS = 200


def build(book: Book) -> None:
    """All magnet estimates: generic decisions first, then trade, demand and end use."""
    book.decisions("magnets")
    _trade(book)
    _demand(book)
    quotients = _quotients(book)
    _end_use(book, "NdFeB", _world_use(book), quotients)
    smco = {"aerospace_defence": 0.55, "machinery_robots": 0.22, "electronics": 0.16}
    _end_use(book, "SmCo", smco | {"medical_imaging": 0.07}, quotients)


def _trade(book: Book) -> None:
    path = book.facts.decisions / "magnet_exports.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = [(reader.line_num, cells) for cells in reader]
    china = sum(book.cell(c["central"]) for _, c in rows if c["origin"] == "CHN")
    for line, cells in rows:
        rest = cells["origin"] == "CHN" and cells["destination"] == "XRW"
        central = CHINA_TOTAL - china if rest else book.cell(cells["central"])
        name = f"trade/RE_magnet/{cells['origin']}/{cells['destination']}"
        facts = tuple(f for f in cells["facts"].split(";") if f)
        values = (book.cell(cells["low"]), central, book.cell(cells["high"]))
        if cells["destination"] == "USA" and cells["origin"] == "CHN":
            year = str(book.base_year)
            rule = cells["reason"]
            book.estimate(Estimate(name, *values, "t/yr", year, "B", facts, rule, LOGNORMAL))
            continue
        place = f"decision_magnet_exports:{line}"
        book.judge(name, values, "t/yr", LOGNORMAL, cells["reason"], facts, place)


def _flow(book: Book, region: str, *, into: bool) -> float:
    names = [n for n in book.estimates if n.startswith("trade/RE_magnet/")]
    side = 3 if into else 2
    return sum(book.central(n) for n in names if n.split("/")[side] == region)


def _demand(book: Book) -> None:
    """What a region's assembly takes: own magnets + imports - exports, SmCo taken out."""
    for region in REGIONS:
        made = f"production/magnet/{region}/NdFeB"
        own = book.central(made) if made in book.estimates else 0.0
        imports, exports = _flow(book, region, into=True), _flow(book, region, into=False)
        if own + imports == 0.0:
            continue
        value = own + imports - exports - _smco_net(book, region)
        spread = 0.12 if region == "CHN" else 0.2
        facts = [f for f in DEMAND_FACTS.get(region, ())]
        stated = [book.value(f) for f in facts if book.facts.row(f).text("unit") == "t"]
        low = min([value * (1 - spread), *stated])
        high = max([value * (1 + spread), *stated])
        why = (
            f"own magnets {own:.0f} t + imports {imports:.0f} t - exports {exports:.0f} t, "
            "samarium-cobalt taken out; gross finished magnets"
        )
        name = f"demand/NdFeB/{region}"
        book.judge(name, (low, value, high), "t/yr", LOGNORMAL, why, facts)


DEMAND_FACTS: Mapping[str, tuple[str, ...]] = {
    "CHN": ("end_use:114",),
    "USA": ("end_use:116",),
    "JPN": ("end_use:117",),
    "KOR": ("end_use:118",),
    "IND": ("end_use:119",),
}


def _smco_net(book: Book, region: str) -> float:
    """Net imports of samarium-cobalt magnets (they are inside the trade of all magnets)."""
    taken, made = f"demand/SmCo/{region}", f"production/magnet/{region}/SmCo"
    demand = book.central(taken) if taken in book.estimates else 0.0
    return demand - (book.central(made) if made in book.estimates else 0.0)


def _world_use(book: Book) -> dict[str, float]:
    shares = {i: sum(book.value(r) for r in refs) for i, refs in WORLD_USE.items()}
    total = sum(shares.values())
    return {industry: share / total for industry, share in shares.items()}


def _quotients(book: Book) -> dict[tuple[str, str], tuple[float, tuple[str, ...]]]:
    """Location quotients: an industry's weight in a region's factories over that in the world's."""
    added = {
        (row.text("country"), row.text("sector")): row
        for row in book.facts.rows("industry")
        if row.text("metric") == "value_added"
        and row.text("year") == "2022"
        and "NCSES" in row.text("source")
    }
    found: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}
    whole = "manufacturing total"
    for region, country in COUNTRY.items():
        for industry, sector in INDICATOR.items():
            cells = [
                added[country, sector],
                added[country, whole],
                added["World (75)", sector],
                added["World (75)", whole],
            ]
            a, b, c, d = (float(row.text("value")) for row in cells)
            found[region, industry] = ((a / b) / (c / d), tuple(row.ref for row in cells))
    with (book.facts.decisions / "quotients.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            for industry in MAGNET_USERS:
                if row[industry]:
                    found[row["region"], industry] = (float(row[industry]), ())
    return found


def _end_use(
    book: Book,
    magnet: str,
    world: Mapping[str, float],
    quotients: Mapping[tuple[str, str], tuple[float, tuple[str, ...]]],
) -> None:
    """Tilt world shares by quotients and scale until regions and industries both add up."""
    prefix = f"demand/{magnet}/"
    demand = {n.removeprefix(prefix): book.central(n) for n in book.estimates if prefix in n}
    total = sum(demand.values())
    cells = {
        (r, i): demand[r] * world[i] * quotients.get((r, i), (1.0, ()))[0] ** DAMPING
        for r in demand
        for i in world
    }
    for _ in range(ROUNDS):
        for i in world:
            factor = world[i] * total / sum(cells[r, i] for r in demand)
            cells.update({(r, i): cells[r, i] * factor for r in demand})
        for r in demand:
            factor = demand[r] / sum(cells[r, i] for i in world)
            cells.update({(r, i): cells[r, i] * factor for i in world})
    for r in demand:
        shares = {i: cells[r, i] / demand[r] for i in world}
        kept = {
            i: s
            for i, s in shares.items()
            if s >= SMALLEST_SHARE or s * demand[r] >= SMALLEST_TONNES
        }
        for i, share in kept.items():
            _share(book, f"enduse/{magnet}/{r}/{i}", share / sum(kept.values()), quotients)


def _share(
    book: Book,
    name: str,
    value: float,
    quotients: Mapping[tuple[str, str], tuple[float, tuple[str, ...]]],
) -> None:
    _, magnet, region, industry = name.split("/")
    refs = quotients.get((region, industry), (1.0, ()))[1]
    uses = WORLD_USE[industry] if magnet == "NdFeB" else ()
    how = "value added of 2022" if refs else "a quotient judged by hand (quotients.csv)"
    why = (
        f"world share of {industry} tilted by {how} to the power {DAMPING}, then scaled so that "
        "regions and industries both add up; no regional split was read"
    )
    if value >= 1.0:
        book.judge(name, (1.0, 1.0, 1.0), "1", "fixed", why, (*uses, *refs))
        return
    odds = value / (1.0 - value)
    low, high = odds / 2.0 / (1.0 + odds / 2.0), odds * 2.0 / (1.0 + odds * 2.0)
    book.judge(name, (low, value, high), "1", LOGIT, why, (*uses, *refs))
