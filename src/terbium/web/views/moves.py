"""What moved in a run between regions and stages, from its table of links."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from terbium.web.views.run import Shelf

SCRAP = "scrap"

_SCRAP_FORM = "_scrap"
_DAYS = 365.0


@dataclass(frozen=True)
class Move:
    """A material from a stage in one region to a stage in another, over the whole run [t].

    Attributes
    ----------
    material, stage_from, region_from, stage_to, region_to, industry
        Labels; the industry is empty before the last stages.
    base, moved
        Undisturbed, and the sum of the medians over the links.
    """

    material: str
    stage_from: str
    region_from: str
    stage_to: str
    region_to: str
    industry: str
    base: float
    moved: float


_Ends = tuple[str, str, str, str, str, str]

_held: Shelf[tuple[Move, ...]] = Shelf(6)


def moves_of(folder: Path) -> tuple[Move, ...]:
    """All moves of a stored run; nothing if it did not record its links."""
    return _held.get(folder, lambda: tuple(_read(folder / "tables" / "links.csv")))


def _read(place: Path) -> Iterator[Move]:
    sums: dict[_Ends, list[float]] = {}
    if place.is_file():
        with place.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                both = sums.setdefault(_ends(row), [0.0, 0.0])
                both[0] += float(row["base"])
                both[1] += float(row["central"])
    for ends, (base, moved) in sums.items():
        yield Move(*ends, base, moved)


def _ends(row: Mapping[str, str]) -> _Ends:
    material = row["material"]
    region_from, stage_from, *_ = row["origin_node"].split("/")
    region_to, stage_to, *rest = row["destination_node"].split("/")
    industry = rest[0] if stage_to == "industry" and rest else ""
    if stage_to == "assembly":
        industry = "vehicle_parts"
    start = SCRAP if material.endswith(_SCRAP_FORM) else stage_from
    return material, start, region_from, stage_to, region_to, industry


@cache
def elements_of(dataset: str) -> Mapping[str, frozenset[str]]:
    """Elements that each material of a packaged dataset holds."""
    place = files("terbium").joinpath("data", dataset, "materials.csv")
    if not dataset.replace("-", "").isalnum() or not place.is_file():
        return {}
    rows = csv.DictReader(place.read_text(encoding="utf-8").splitlines())
    return {row["material"]: frozenset(row["elements"].split(";")) for row in rows}


def per_year(tonnes: float, days: float) -> float:
    """What an amount over some days is in a year."""
    return tonnes * _DAYS / days if days else 0.0
