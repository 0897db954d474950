"""Which sector hangs on which industry of the chain, and by how much."""

import pandas as pd
import pytest

from terbium.evidence.dataset import Dataset, load_dataset


@pytest.fixture(scope="module")
def chain() -> Dataset:
    return load_dataset("ree-2024")


@pytest.fixture(scope="module")
def world() -> Dataset:
    return load_dataset("world-2011")


def test_every_industry_of_the_chain_is_exposed_in_every_region(
    chain: Dataset, world: Dataset
) -> None:
    industries = set(chain.table("industries")["industry"])
    assert set(world.table("industries")["industry"]) == industries
    rows = world.table("exposures")
    for region in world.table("regions")["region"]:
        assert set(rows.loc[rows["region"] == region, "industry"]) == industries


def test_every_region_of_the_chain_has_one_region_of_the_table(
    chain: Dataset, world: Dataset
) -> None:
    held = [r for cell in world.table("regions")["chain"] for r in cell.split(";")]
    assert sorted(held) == sorted(chain.table("regions")["region"])


def test_exposures_name_sectors_of_the_table_once(world: Dataset) -> None:
    rows = world.table("exposures")
    assert set(rows["sector"]) <= set(world.table("sectors")["sector"])
    assert not rows.duplicated(["region", "sector", "industry"]).any()


def test_all_parameters_have_names_of_their_own(chain: Dataset, world: Dataset) -> None:
    assert all(name.startswith("economy/") for name in world.estimates)
    assert not set(world.estimates) & set(chain.estimates)


def test_industries_are_smaller_than_the_economies_that_hold_them(world: Dataset) -> None:
    rows = world.table("exposures")
    central = rows["estimate"].map(world.central)
    by_region = central.groupby(rows["region"]).sum()
    assert by_region.max() < 0.2
    assert by_region["DEU"] > by_region["AUS"]
    on_lines = central * rows["industry"].map(lambda i: world.central(f"economy/line_share/{i}"))
    at_stake = on_lines.groupby(rows["region"]).sum()
    assert at_stake.min() > 0.003
    assert at_stake.max() < 0.05


def test_us_cars_are_those_of_the_indicators(world: Dataset) -> None:
    """171.597 of 25,462.722 bn USD in 2022, of which makers of vehicles 55 %."""
    name = "economy/industry_share/USA/transport_equipment/passenger_cars"
    assert world.central(name) == pytest.approx(0.55 * 171.597 / 25462.722)


def test_gdp_of_the_world_adds_up(world: Dataset) -> None:
    gdp = sum(world.central(name) for name in world.names("economy/gdp/"))
    assert gdp == pytest.approx(110_500)


def test_ratings_cover_every_pair_of_groups(world: Dataset) -> None:
    groups = set(world.table("sectors")["group"])
    rows = world.table("ratings")
    pairs = set(zip(rows["input_group"], rows["buyer_group"], strict=True))
    assert pairs == {(a, b) for a in groups for b in groups}
    assert set(rows["rating"]) <= {0.0, 0.5, 1.0}


def test_stocks_are_told_where_an_input_can_bind(world: Dataset) -> None:
    sectors, ratings = world.table("sectors"), world.table("ratings")
    binding = set(ratings.loc[ratings["rating"] > 0, "input_group"])
    stored: pd.Series[bool] = sectors["days"] != ""
    assert set(sectors.loc[stored, "group"]) <= binding
    assert set(sectors.loc[stored, "days"]) <= set(world.estimates)


def test_published_losses_are_claims_of_others(world: Dataset) -> None:
    rows = world.table("published")
    assert {"JPN", "USA", "DEU"} == set(rows["region"])
    assert (rows["low"] <= rows["high"]).all()
    for claim in rows["claim"]:
        assert world.claims[claim].source != "terbium-2026"
