import math
from pathlib import Path

import pytest
from tests.package import Rows, copy_of_dataset, edit

from terbium.analysis.demand import Demand, demand
from terbium.base.errors import CommandError, DatasetError
from terbium.evidence.dataset import Dataset, load_dataset

FIXED = {
    "content/BEV/NdFeB_DyTb_magnet": 1.8,
    "content/BEV/NdFeB_noHRE_magnet": 0.5,
    "grade/EV/Nd": 0.226,
    "grade/EV/Pr": 0.064,
    "grade/EV/Dy": 0.015,
    "grade/EV/Tb": 0.003,
    "grade/N/Nd": 0.238,
    "grade/N/Pr": 0.067,
}
# by hand: 400,000 cars, each 1.8 kg of grade EV and 0.5 kg of grade N
BY_HAND = {
    "Nd": 210_320.0,  # 400,000 * (1.8 * 0.226 + 0.5 * 0.238)
    "Pr": 59_480.0,  # 400,000 * (1.8 * 0.064 + 0.5 * 0.067)
    "Dy": 10_800.0,  # 400,000 * 1.8 * 0.015
    "Tb": 2_160.0,  # 400,000 * 1.8 * 0.003
}
TOTAL_BY_HAND = 282_760.0
HEAVY_BY_HAND = 12_960 / 282_760


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The dataset with the figures of one product known exactly."""
    package = copy_of_dataset(tmp_path_factory.mktemp("known"))

    def fix(rows: Rows) -> None:
        for row in rows:
            if row["name"] in FIXED:
                value = str(FIXED[row["name"]])
                row |= {"low": value, "central": value, "high": value, "shape": "fixed"}

    def grade(rows: Rows) -> None:
        for row in rows:
            if row["product"] == "BEV":
                row["grade"] = {"NdFeB_noHRE_magnet": "N"}.get(row["material"], "EV")

    edit(package, "estimates", fix)
    edit(package, "products", grade)
    return load_dataset(package)


@pytest.fixture(scope="module")
def cars() -> Demand:
    return demand("BEV", 400_000, draws=256)


def test_known_figures_give_what_a_hand_computes(known: Dataset) -> None:
    found = demand("BEV", 400_000, dataset=known, draws=4)
    for column in ("central", "low50", "high50", "low90", "high90"):
        assert found.table()[column].to_dict() == pytest.approx(BY_HAND)
        assert found.total[column] == pytest.approx(TOTAL_BY_HAND)
        assert found.heavy_share[column] == pytest.approx(HEAVY_BY_HAND, rel=1e-5)
    kg = {row["material"]: row["central"] for row in found.magnets}
    assert kg == pytest.approx({"NdFeB_DyTb_magnet": 720_000, "NdFeB_noHRE_magnet": 200_000})
    assert found.per == "vehicle"


def test_the_median_is_near_the_product_of_the_medians(cars: Demand) -> None:
    data = load_dataset()
    table = data.table("products")
    for row in cars.magnets:
        name = f"content/BEV/{row['material']}"
        assert row["central"] == pytest.approx(400_000 * data.central(name), rel=0.05)
        assert row["grade"] in set(table["grade"])


def test_intervals_lie_in_one_another(cars: Demand) -> None:
    for row in (*cars.elements, *cars.magnets, cars.total, cars.heavy_share):
        ends = [row[name] for name in ("low90", "low50", "central", "high50", "high90")]
        assert ends == sorted(ends)
        assert ends[0] < ends[-1]
    assert cars.heavy_share["high90"] < 1


def test_elements_stand_with_the_largest_first(cars: Demand) -> None:
    central = [float(row["central"]) for row in cars.elements]
    assert central == sorted(central, reverse=True)
    assert {"Nd", "Pr", "Dy", "Tb"} <= set(cars.table().index)


def test_twice_the_units_is_twice_the_weight_and_the_same_share(cars: Demand) -> None:
    double = demand("BEV", 800_000, draws=256)
    for one, two in zip(cars.elements, double.elements, strict=True):
        assert float(two["high90"]) == pytest.approx(2 * float(one["high90"]), rel=1e-5)
    assert double.heavy_share == pytest.approx(cars.heavy_share)


def test_same_seed_same_numbers(cars: Demand) -> None:
    assert demand("BEV", 400_000, draws=256) == cars
    assert demand("BEV", 400_000, draws=256, seed=2) != cars


def test_every_product_of_the_dataset_can_be_asked_for() -> None:
    data = load_dataset()
    for product in set(data.table("products")["product"]):
        found = demand(product, 10, dataset=data, draws=8)
        assert found.total["central"] > 0
        assert math.isfinite(found.total["high90"])
        assert sum(found.evidence.values()) >= 2


def test_wind_turbines_are_counted_in_megawatts() -> None:
    assert demand("wind_dd", 100, draws=8).per == "MW"


def test_a_missile_holds_no_dysprosium() -> None:
    found = demand("missile", 100, draws=8)
    assert found.heavy_share == dict.fromkeys(found.heavy_share, 0)


def test_the_repr_says_how_much_and_how_sure(cars: Demand) -> None:
    said = repr(cars)
    assert said.startswith("<Demand of 400,000 x BEV: ")
    assert "kg rare earths (90 %: " in said
    assert "Dy and Tb" in said
    assert "e+" not in said


def test_every_wrong_argument_is_told_at_once() -> None:
    with pytest.raises(CommandError) as caught:
        demand("bev", -1, draws=0, seed=-1)
    said = str(caught.value)
    assert "4 problem(s)" in said
    for part in ("'bev'", "did you mean 'BEV'", "a number above 0", "1 or more", "0 or more"):
        assert part.casefold() in said.casefold()


@pytest.mark.parametrize("units", [0, math.inf, math.nan])
def test_units_are_a_number_above_zero(units: float) -> None:
    with pytest.raises(CommandError, match="a number above 0"):
        demand("BEV", units, draws=8)


def test_a_grade_without_a_composition_is_named(tmp_path: Path) -> None:
    package = copy_of_dataset(tmp_path)
    edit(package, "products", lambda rows: rows[0].update(grade="SMCO"))
    with pytest.raises(
        DatasetError, match=r"grade 'SMCO'.*no estimate grade/SMCO/<element>.*'SmCo'"
    ):
        demand("BEV", 1, dataset=str(package), draws=8)


def test_two_units_for_one_product_are_refused(tmp_path: Path) -> None:
    package = copy_of_dataset(tmp_path)

    def mix(rows: Rows) -> None:
        next(r for r in rows if r["name"] == "content/BEV/NdFeB_noHRE_magnet")["unit"] = "kg/MW"

    edit(package, "estimates", mix)
    with pytest.raises(DatasetError, match="the units kg/MW, kg/vehicle"):
        demand("BEV", 1, dataset=str(package), draws=8)
