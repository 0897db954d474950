"""What a number of products takes: magnets by class, and the rare earths in them by element.

Per draw: ``kg(element) = units * sum over magnets of kg per unit * content of its grade``. Both
factors are estimates of the dataset, ``content/<product>/<material>`` and
``grade/<grade>/<element>``. The weight is that of the finished part: what is lost in making it
comes on top.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from terbium.base.errors import CommandError, DatasetError, Problems, suggest
from terbium.evidence.dataset import Dataset, load_dataset
from terbium.results.quantiles import interval, significant

HEAVY = ("Dy", "Tb")
"""The elements that make a magnet a controlled one."""

_DIGITS = 3

Vector = NDArray[np.float64]
Row = Mapping[str, str | float]


@dataclass(frozen=True)
class Demand:
    """Rare earths in a number of products.

    Attributes
    ----------
    product, units, per
        What was asked; ``per`` is what one unit is: ``vehicle``, ``unit``, ``MW``.
    elements
        Rows ``element`` and interval [kg], the largest first.
    magnets
        Rows ``material, grade`` (of the magnet) and interval [kg], finished magnets.
    total
        Interval of all rare earths [kg].
    heavy_share
        Interval of the share of dysprosium and terbium in all rare earths [1].
    evidence
        Number of estimates used, by grade of trust.
    dataset, dataset_hash, draws, seed
        What it was made from.
    """

    product: str
    units: float
    per: str
    elements: tuple[Row, ...]
    magnets: tuple[Row, ...]
    total: Mapping[str, float]
    heavy_share: Mapping[str, float]
    evidence: Mapping[str, int]
    dataset: str
    dataset_hash: str
    draws: int
    seed: int

    def table(self) -> pd.DataFrame:
        """Elements by symbol with their intervals [kg]."""
        return pd.DataFrame([dict(row) for row in self.elements]).set_index("element")

    def to_dict(self) -> dict[str, object]:
        """Plain data, for JSON."""
        plain = {key: dict(value) if isinstance(value, Mapping) else value
                 for key, value in vars(self).items()}  # fmt: skip
        for key in ("elements", "magnets"):
            plain[key] = [dict(row) for row in getattr(self, key)]
        return plain | {"unit": "kg", "heavy_elements": list(HEAVY)}

    def __repr__(self) -> str:
        kg = {name: f"{significant(value, _DIGITS):,.12g}" for name, value in self.total.items()}
        return (
            f"<Demand of {self.units:,.12g} x {self.product}: {kg['central']} kg rare earths "
            f"(90 %: {kg['low90']} to {kg['high90']}), "
            f"Dy and Tb {self.heavy_share['central']:.1%} of it, {self.draws} draws>"
        )


def demand(
    product: str,
    units: float,
    *,
    dataset: Dataset | str = "ree-2024",
    draws: int = 1000,
    seed: int = 1,
) -> Demand:
    """Compute what a number of products takes.

    Parameters
    ----------
    product
        A product of the dataset's table ``products``.
    units
        How many; megawatts for wind turbines.
    dataset
        A dataset, its name or its folder.
    draws, seed
        Draws from all estimates; the same as those of a run with this seed.

    Raises
    ------
    CommandError
        With everything that is wrong with the arguments.
    DatasetError
        If the dataset lacks the composition of a grade.

    Examples
    --------
    >>> demand("BEV", 1000).per
    'vehicle'
    """
    data = dataset if isinstance(dataset, Dataset) else load_dataset(dataset)
    _check(product, units, draws, seed, data)
    table = data.table("products")
    used = table[table["product"] == product]
    sample = _Sample(data, draws, seed)
    magnets: list[Row] = []
    elements: dict[str, Vector] = {}
    for material, grade, name in zip(
        used["material"], used["grade"], used["estimate"], strict=True
    ):
        kg = units * sample(str(name))
        magnets.append({"material": str(material), "grade": str(grade), **interval(kg)})
        for element, share in _composition(data, str(grade)).items():
            elements[element] = elements.get(element, np.zeros(draws)) + kg * sample(share)
    total = np.sum(list(elements.values()), axis=0)
    heavy = np.sum([elements[e] for e in HEAVY if e in elements], axis=0)
    rows: list[Row] = [{"element": e, **interval(kg)} for e, kg in elements.items()]
    return Demand(
        product=product,
        units=units,
        per=_per(data, used["estimate"].astype(str).tolist()),
        elements=tuple(sorted(rows, key=lambda row: (-float(row["central"]), str(row["element"])))),
        magnets=tuple(magnets),
        total=interval(total),
        heavy_share=interval(np.broadcast_to(heavy / total, (draws,))),
        evidence=sample.grades(),
        dataset=data.name,
        dataset_hash=data.hash,
        draws=draws,
        seed=seed,
    )


class _Sample:
    """Draws of the estimates that are asked for, and a count of these by grade."""

    def __init__(self, dataset: Dataset, draws: int, seed: int) -> None:
        self._dataset = dataset
        self._values = dataset.parameters.sample(draws, seed)
        self._used: set[str] = set()

    def __call__(self, name: str) -> Vector:
        self._used.add(name)
        values: Vector = self._values[self._dataset.parameters.position(name)]
        return values

    def grades(self) -> dict[str, int]:
        grades = [self._dataset.estimate(name).grade for name in self._used]
        return {grade: grades.count(grade) for grade in sorted(set(grades))}


def _check(product: str, units: float, draws: int, seed: int, dataset: Dataset) -> None:
    problems = Problems()
    known = list(dict.fromkeys(dataset.table("products")["product"]))
    if product not in known:
        problems.add("product", f"'{product}'", ", ".join(known), suggest(product, known))
    if not (math.isfinite(units) and units > 0):
        problems.add("units", f"{units:g}", "a number above 0", "say how many units are made")
    if draws < 1:
        problems.add("draws", str(draws), "1 or more", "ask for at least one draw")
    if seed < 0:
        problems.add("seed", str(seed), "0 or more", "give a seed that is not negative")
    problems.raise_if_any("demand", CommandError)


def _composition(dataset: Dataset, grade: str) -> dict[str, str]:
    """Element to the name of the estimate of its content in a grade of magnet."""
    prefix = f"grade/{grade}/"
    found = {name.removeprefix(prefix): name for name in dataset.names(prefix)}
    if not found:
        grades = sorted({name.split("/")[1] for name in dataset.names("grade/")})
        raise DatasetError.of(
            dataset.name,
            f"products.csv, grade '{grade}'",
            f"no estimate {prefix}<element>",
            ", ".join(grades) or "a grade with estimates",
            suggest(grade, grades),
        )
    return found


def _per(dataset: Dataset, names: list[str]) -> str:
    """What one unit of a product is: all its estimates must agree."""
    units = sorted({dataset.estimate(name).unit for name in names})
    if len(units) == 1 and units[0].startswith("kg/"):
        return units[0].removeprefix("kg/")
    raise DatasetError.of(
        dataset.name,
        f"products.csv, {', '.join(names)}",
        f"the units {', '.join(units)}",
        "one unit of the form kg/unit, kg/vehicle or kg/MW",
        "give all magnets of a product in the same unit",
    )
