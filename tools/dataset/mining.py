"""Mines, their element distributions, recoveries, separation feeds and oxide factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dataset.book import LOGIT, Book, Estimate
from dataset.static import DEPOSITS, MINED, OXIDES

# IUPAC conventional standard atomic weights 2021 (abridged to five figures).
ATOMIC_WEIGHT = {
    "La": 138.91,
    "Ce": 140.12,
    "Pr": 140.91,
    "Nd": 144.24,
    "Sm": 150.36,
    "Eu": 151.96,
    "Gd": 157.25,
    "Tb": 158.93,
    "Dy": 162.50,
    "Ho": 164.93,
    "Er": 167.26,
    "Tm": 168.93,
    "Yb": 173.05,
    "Lu": 174.97,
    "Y": 88.906,
    "Sc": 44.956,
}
OXYGEN = 15.999
# atoms of metal and of oxygen in the oxide that is traded
FORMULA = {"Ce": (1, 2), "Pr": (6, 11), "Tb": (4, 7)}
SESQUIOXIDE = (2, 3)


@dataclass(frozen=True)
class Assay:
    """Which assay columns make a deposit's distribution, with weights, and which bound it."""

    mix: Mapping[str, float]
    alternates: tuple[str, ...]
    why: str


MONAZITE = "Indian beach-sand monazite (Manavalakurichi)"
ASSAYS = {
    "bayan_obo": Assay(
        {"Bayan Obo": 1.0},
        ("Bayan Obo (alt)",),
        "USGS column; where it says trace (Ho to Lu, Y) the Chinese column stands in, since a "
        "trace is not a zero",
    ),
    "sichuan_bastnaesite": Assay(
        {"Maoniuping (Sichuan Mianning)": 1.0},
        ("Weishan (Shandong)",),
        "Maoniuping is the larger mine; Weishan bounds it",
    ),
    "ionic_clay_china": Assay(
        {"Longnan": 0.3, "Xunwu": 0.3, "Xinfeng": 0.4},
        ("Longnan", "Xunwu", "Xinfeng"),
        "mix of three types, 30 % high-yttrium Longnan, 30 % low-yttrium Xunwu, 40 % "
        "middle-yttrium Xinfeng: our judgement, no production by type was found",
    ),
    "ionic_clay_myanmar": Assay(
        {"Myanmar Kachin (Pangwa/Chipwi)": 1.0},
        ("Xinfeng", "Xunwu"),
        "analogue of Xinfeng clay with trade-press Dy and Tb; no assay was read; used for Laos and "
        "Malaysia too",
    ),
    "mountain_pass": Assay({"Mountain Pass": 1.0}, ("Mountain Pass (alt)",), "USGS column"),
    "mount_weld": Assay({"Mount Weld CLD": 1.0}, ("Nolans Bore",), "company column"),
    "monazite_sands": Assay(
        {MONAZITE: 1.0},
        ("Florida/Georgia monazite (Chemours->Energy Fuels)", "Monazite Green Cove Springs"),
        "Indian sands stand for Madagascar, Nigeria, Thailand and Vietnam",
    ),
    "loparite": Assay({"Lovozero (Revda)": 1.0}, ("Lovozero (alt)",), "USGS column"),
    "ionic_clay_brazil": Assay(
        {"Serra Verde (Pela Ema)": 1.0},
        ("Xinfeng",),
        "company shares of NdPr and DyTb, the rest from a clay low in cerium",
    ),
}
# scandium is in no assay: world supply of some 35-40 t is a by-product of titanium, zirconium and
# Bayan Obo tailings, nearly all in China, and enters here with the largest mine
SCANDIUM = (0.0001, 0.0002, 0.0004)


def build(book: Book) -> None:
    """Mines, separations and all estimates of the ore side."""
    book.decisions("mining")
    for name in [n for n in book.estimates if n.startswith("production/mine/")]:
        _, _, region, deposit = name.split("/")
        book.table("mines", [{"region": region, "deposit": deposit, "estimate": name}])
    for name in [n for n in book.estimates if n.startswith("processing/separate/")]:
        _, _, region, deposit = name.split("/")
        book.table("separations", [{"region": region, "deposit": deposit, "estimate": name}])
    columns = _columns(book)
    for deposit in DEPOSITS:
        _composition(book, deposit, ASSAYS[deposit], columns)
    for element in MINED:
        _oxide_factor(book, element)


def _columns(book: Book) -> dict[str, dict[str, tuple[float, str]]]:
    columns: dict[str, dict[str, tuple[float, str]]] = {}
    for row in book.facts.rows("deposit_composition"):
        share = float(row.text("value_normalised_to_100")) / 100.0
        columns.setdefault(row.text("deposit"), {})[row.text("element")] = (share, row.ref)
    return columns


def _composition(
    book: Book,
    deposit: str,
    assay: Assay,
    columns: Mapping[str, Mapping[str, tuple[float, str]]],
) -> None:
    central: dict[str, float] = {}
    for element in MINED:
        if element == "Sc":
            central[element] = SCANDIUM[1] if deposit == "bayan_obo" else 0.0
            continue
        share = sum(w * columns[c][element][0] for c, w in assay.mix.items())
        if share == 0.0:
            share = next(
                (columns[c][element][0] for c in assay.alternates if columns[c][element][0] > 0),
                0.0,
            )
        central[element] = share
    total = sum(central.values())
    for element in MINED:
        name = f"composition/{deposit}/{element}"
        value = central[element] / total
        if element == "Sc":
            _scandium(book, name, value)
            continue
        names = dict.fromkeys((*assay.mix, *assay.alternates))
        stated = [columns[c][element][0] for c in names]
        refs = tuple(columns[c][element][1] for c in names)
        low, high = _band(value, stated)
        grade = "D" if _weakest(book, refs[: len(assay.mix)]) or len(assay.mix) > 1 else "C"
        rule = f"normalised assay column; range spans the alternates. {assay.why}"
        shape = "fixed" if value == 0.0 else LOGIT
        year = str(book.base_year)
        book.estimate(
            Estimate(name, low, value, high, "t oxide/t REO", year, grade, refs, rule, shape)
        )


def _band(value: float, stated: list[float]) -> tuple[float, float]:
    """Span the assays; one assay alone is taken as good to 10 %, a share near nothing to 2 x."""
    if value == 0.0:
        return 0.0, 0.0
    positive = [s for s in stated if s > 0.0]
    return min([*positive, value * 0.9]), max([*positive, value * 1.1])


def _weakest(book: Book, refs: tuple[str, ...]) -> bool:
    return any(book.facts.row(ref).text("confidence") == "estimate" for ref in refs)


def _scandium(book: Book, name: str, value: float) -> None:
    if value == 0.0:
        why = "scandium is not recovered from this ore"
        book.judge(name, (0.0, 0.0, 0.0), "t oxide/t REO", "fixed", why)
        return
    why = (
        "no assay: stands for all scandium won as a by-product in China (titanium and zirconium "
        "plants, Bayan Obo tailings), scaled so that the world makes some 35 t a year"
    )
    book.judge(name, (SCANDIUM[0], value, SCANDIUM[2]), "t oxide/t REO", LOGIT, why)


def _oxide_factor(book: Book, element: str) -> None:
    metal, oxygen = FORMULA.get(element, SESQUIOXIDE)
    weight = metal * ATOMIC_WEIGHT[element]
    value = weight / (weight + oxygen * OXYGEN)
    claim = f"iupac:{element}"
    publication = next(p for p in book.facts.publications() if p.id == "iupac-2021")
    book.computed(
        claim,
        publication.cells,
        subject=f"{element} | {OXIDES[element]}",
        quantity="mass of metal in a tonne of oxide",
        value=value,
        unit="t metal/t oxide",
    )
    name = f"oxide_factor/{element}"
    rule = f"standard atomic weights of {element} and O in {OXIDES[element]}"
    year = str(book.base_year)
    book.estimate(
        Estimate(name, value, value, value, "t metal/t oxide", year, "A", (claim,), rule, "fixed")
    )
