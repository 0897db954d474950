"""Compounds, metals and feeds from BACI; unit values; recorded history; latent routes."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field

from dataset.book import LOGNORMAL, Book, Estimate, fmt
from dataset.facts import Row
from dataset.mining import ATOMIC_WEIGHT
from dataset.static import DEPOSITS, MINED, fold

FAMILY = {"284610": "compounds", "284690": "compounds", "280530": "metals"}
SMALLEST_FLOW = 20.0
# spread of a reconciled customs weight, widened as the flow gets small
WIDE, NARROW, LARGE = 1.6, 1.2, 500.0
KUSD = 1000.0


@dataclass
class Flow:
    """Customs rows of one family between two regions."""

    tonnes: float = 0.0
    kusd: float = 0.0
    refs: list[str] = field(default_factory=list)


def build(book: Book) -> None:
    """Trade estimates and tables."""
    flows = _flows(book)
    for key in sorted(flows):
        if flows[key].tonnes >= SMALLEST_FLOW:
            _flow(book, key, flows[key])
    book.decisions("unit_values")
    for element in MINED:
        _metal_value(book, element)
    for deposit in DEPOSITS:
        _ore_value(book, deposit)
    _history(book)
    _latent(book)


def _special(book: Book) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Hand-sorted customs routes: (exporter, importer, hs) -> (family or 'drop', reason)."""
    path = book.facts.decisions / "trade_routes.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return {
            (c["exporter"], c["importer"], c["hs"]): (c["family"], c["reason"])
            for c in csv.DictReader(handle)
        }


def _flows(book: Book) -> dict[tuple[str, str, str], Flow]:
    special = _special(book)
    flows: dict[tuple[str, str, str], Flow] = {}
    for row in book.facts.rows("baci"):
        if row.text("year") != str(book.base_year) or not row.text("quantity_t"):
            continue
        family = _sort(row, special)
        origin, destination = fold(row.text("exporter")), fold(row.text("importer"))
        if family == "drop" or not origin or not destination or origin == destination:
            continue
        flow = flows.setdefault((family, origin, destination), Flow())
        flow.tonnes += float(row.text("quantity_t"))
        flow.kusd += float(row.text("value_kusd"))
        flow.refs.append(row.ref)
    return flows


def _sort(row: Row, special: Mapping[tuple[str, str, str], tuple[str, str]]) -> str:
    exporter, importer, hs = row.text("exporter"), row.text("importer"), row.text("hs92")
    for key in ((exporter, importer, hs), ("*", importer, hs)):
        if key in special and not (key[0] == "*" and exporter in ("JPN", "CHN")):
            return special[key][0]
    return FAMILY[hs]


def _flow(book: Book, key: tuple[str, str, str], flow: Flow) -> None:
    family, origin, destination = key
    refs = tuple(_largest(book, flow.refs))
    spread = NARROW if flow.tonnes >= LARGE else WIDE
    year = str(book.base_year)
    rule = "sum of BACI rows of the two regions, gross weight as reconciled by BACI"
    low, high = flow.tonnes / spread, flow.tonnes * spread
    name = f"trade/{family}/{origin}/{destination}"
    book.estimate(Estimate(name, low, flow.tonnes, high, "t/yr", year, "B", refs, rule, LOGNORMAL))
    value = flow.kusd * KUSD / flow.tonnes
    rule = "BACI value over BACI weight"
    name = f"unit_value/{family}/{origin}/{destination}"
    book.estimate(
        Estimate(
            name, value / spread, value, value * spread, "USD/t", year, "B", refs, rule, LOGNORMAL
        )
    )


def _largest(book: Book, refs: list[str]) -> list[str]:
    """Claims of a flow: every customs row of at least a tonne, so that small change stays out."""
    weights = {ref: book.value(ref) for ref in refs}
    top = [ref for ref in refs if weights[ref] >= 1.0]
    return top or [max(refs, key=lambda ref: weights[ref])]


def _metal_value(book: Book, element: str) -> None:
    oxide, factor = f"unit_value/{element}_oxide", f"oxide_factor/{element}"
    base = book.estimates[oxide]
    cost = 6000.0
    values = [v / book.central(factor) * 1.03 + cost for v in (base.low, base.central, base.high)]
    why = (
        f"oxide value over the metal content ({ATOMIC_WEIGHT[element]} u), 3 % loss and 6,000 "
        "USD/t of electrolysis; no open metal price was read"
    )
    name = f"unit_value/{element}_metal"
    book.judge(name, values, "USD/t", LOGNORMAL, why, [c for c in base.claims if ":" in c])


def _ore_value(book: Book, deposit: str) -> None:
    base = book.estimates[f"unit_value/{deposit}_concentrate"]
    values = [0.6 * v for v in (base.low, base.central, base.high)]
    why = "0.6 of the concentrate's value per tonne of oxide: mining and beneficiation not yet paid"
    book.judge(f"unit_value/{deposit}_ore", values, "USD/t", LOGNORMAL, why)


def _history(book: Book) -> None:
    path = book.facts.decisions / "history.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    out = []
    for cells in rows:
        terms = cells["terms"].split(";")
        claims = [book.fact(term.lstrip("-").partition("*")[0]) for term in terms]
        value = sum(-book.cell(t[1:]) if t.startswith("-") else book.cell(t) for t in terms)
        passes = all(book.claims[c]["redistributable"] == "yes" for c in claims)
        keys = ("material", "origin", "destination", "period", "role")
        row = {key: cells[key] for key in keys}
        row |= {"value": fmt(value) if passes else "", "unit": "t", "claim": ";".join(claims)}
        out.append(row)
    book.table("history", out)


def _latent(book: Book) -> None:
    path = book.facts.decisions / "latent_links.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        for cells in csv.DictReader(handle):
            for material in cells["material"].split(";"):
                for destination in cells["destination"].split(";"):
                    row = {"material": material, "origin": cells["origin"]}
                    row |= {"destination": destination, "reason": cells["reason"]}
                    book.table("latent_links", [row])
