"""The shipped world table: balanced, positive, and the source's money."""

import csv
import importlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.evidence.audit import audit
from terbium.evidence.dataset import SHIPPED, load_dataset

FOLDER = SHIPPED / "world-2011"
ROOT = Path(__file__).resolve().parents[2]


def flows(name: str, columns: int) -> pd.DataFrame:
    header = list(range(columns))
    path = FOLDER / "wiod-2011" / f"{name}.txt"
    return pd.read_csv(path, sep="\t", index_col=[0, 1], header=header)


@pytest.fixture(scope="module")
def table() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    return flows("Z", 2), flows("Y", 2), flows("x", 1)["indout"]


@pytest.fixture(scope="module")
def descriptor() -> dict[str, Any]:
    held: dict[str, Any] = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    return held


@cache
def load_rules() -> Any:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("world.aggregate")
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def rules() -> Any:
    return load_rules()


def test_every_row_is_sold_and_every_industry_adds_value(
    table: tuple[pd.DataFrame, pd.DataFrame, pd.Series],
) -> None:
    Z, Y, x = table
    assert (Z.to_numpy() >= 0).all()
    assert (Y.to_numpy() >= 0).all()
    assert (Z.sum(axis=1) + Y.sum(axis=1) == x).all()
    assert (x > 0).all()
    assert (x.to_numpy() - Z.to_numpy().sum(axis=0) > 0).all()


def test_labels_are_those_of_the_package_in_order(
    table: tuple[pd.DataFrame, pd.DataFrame, pd.Series],
) -> None:
    Z, Y, _ = table
    data = load_dataset("world-2011")
    regions, sectors = list(data.table("regions")["region"]), list(data.table("sectors")["sector"])
    assert regions == sorted(regions)
    assert sectors == sorted(sectors)
    assert list(Z.index) == list(Z.columns) == [(r, s) for r in regions for s in sectors]
    assert list(Y.index) == list(Z.index)
    assert len(Y.columns) == 3 * len(regions)


def test_gdp_of_2011_is_near_what_statistics_said(
    table: tuple[pd.DataFrame, pd.DataFrame, pd.Series],
) -> None:
    """World Bank, recalled, tn USD of 2011: USA 15.6, China 7.6, Japan 6.2, world 73."""
    Z, _, x = table
    added = (x - Z.to_numpy().sum(axis=0)).groupby(level=0).sum() / 1e6
    assert added["USA"] == pytest.approx(15.6, rel=0.05)
    assert added["CHN"] == pytest.approx(7.6, rel=0.05)
    assert added["JPN"] == pytest.approx(6.2, rel=0.06)
    assert added.sum() == pytest.approx(73, rel=0.07)


def test_what_the_rules_moved_is_printed_and_small(descriptor: dict[str, Any]) -> None:
    moved = descriptor["flows"]["handling"]
    output = moved["output_of_the_source"]
    negative = moved["negative_after_joining"]
    assert moved["taken_off_consumption"] + moved["output_raised"] == negative
    assert moved["taken_off_consumption"] / output < 0.0005
    assert moved["output_raised"] / output < 0.0001
    assert moved["rounding_into_consumption"] / output < 0.0005
    assert moved["industries_without_output"] == 22


def test_output_of_the_source_comes_back(
    table: tuple[pd.DataFrame, pd.DataFrame, pd.Series], descriptor: dict[str, Any]
) -> None:
    moved = descriptor["flows"]["handling"]
    added = moved["output_raised"] + moved["rounding_into_output"]
    assert int(table[2].sum()) == moved["output_of_the_source"] + added


def test_source_and_terms_are_named(descriptor: dict[str, Any]) -> None:
    flows_of = descriptor["flows"]
    assert "Timmer" in flows_of["citation"]
    assert "2015" in flows_of["citation"]
    assert "million USD" in flows_of["unit"]
    assert descriptor["base_year"] == 2011
    data = load_dataset("world-2011")
    assert "citation" in data.sources["wiod-2013"].licence
    assert audit(data).clean


def test_a_changed_flow_changes_the_hash(tmp_path: Path) -> None:
    copy = tmp_path / "world-2011"
    for path in FOLDER.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(FOLDER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    assert load_dataset(copy).hash == load_dataset("world-2011").hash
    unit = copy / "wiod-2011" / "unit.txt"
    unit.write_text(unit.read_text(encoding="utf-8").replace("M.USD", "USD", 1), encoding="utf-8")
    assert load_dataset(copy).hash != load_dataset("world-2011").hash


def test_package_is_small() -> None:
    assert sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file()) < 2_000_000


def small(rules: Any, y: list[list[float]], x_extra: float = 0.0) -> Any:
    """Two regions, two sectors; five final categories of each region."""
    Z = np.array([[1.0, 2, 3, 4], [5, 6, 7, 8], [1, 1, 1, 1], [2, 2, 2, 2]])
    Y = np.array(y, dtype=np.float64)
    x = Z.sum(axis=1) + Y.sum(axis=1) + x_extra
    raw = rules.Raw(Z, Y, x, ("A", "B"), ("c1", "c2"))
    regions = rules.Classes(("A", "B"), (("A",), ("B",)))
    sectors = rules.Classes(("one", "two"), (("c1",), ("c2",)))
    return raw, rules.aggregate(raw, regions, sectors)


def test_a_fall_of_stocks_is_taken_off_consumption_of_the_same_region(rules: Any) -> None:
    y = [[10, 0, 5, 1, 0, 20, 0, 9, 2, -7]] + [[9, 1, 1, 1, 1] * 2] * 3
    raw, world = small(rules, y)
    # government, households, investment of A and of B
    assert world.Y[0].tolist() == [5, 10, 1, 9, 15, 0]
    assert (world.x == raw.x).all()
    assert world.handling["taken_off_consumption"] == 5


def test_what_consumption_cannot_hold_raises_output(rules: Any) -> None:
    y = [[2, 0, 1, 0, -10, 4, 0, 0, 0, 0]] + [[9, 1, 1, 1, 1] * 2] * 3
    raw, world = small(rules, y)
    assert world.Y[0].tolist() == [0, 0, 0, 0, 4, 0]
    assert world.x[0] == raw.x[0] + 7
    assert world.handling["output_raised"] == 7


@given(
    st.lists(st.lists(st.integers(-50, 60), min_size=10, max_size=10), min_size=4, max_size=4),
    st.integers(-3, 3),
)
def test_rules_keep_the_money(y: list[list[int]], missing: int) -> None:
    raw, world = small(load_rules(), [list(map(float, row)) for row in y], float(missing))
    moved = world.handling
    assert (world.Y >= 0).all()
    assert np.array_equal(world.Z, raw.Z)
    assert np.allclose(world.Z.sum(axis=1) + world.Y.sum(axis=1), world.x)
    gap = np.abs(world.x - raw.x).sum()
    assert gap <= moved["output_raised"] + moved["rounding_into_output"] + 1e-9


@pytest.mark.shared
def test_script_gives_the_same_bytes(shared_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "world-2011"
    raw = shared_dir / "facts" / "raw" / "wiot2011.npz"
    script = ROOT / "tools" / "build_world_table.py"
    command = [sys.executable, str(script), "--raw", str(raw), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    assert load_dataset(out).hash == load_dataset("world-2011").hash


@pytest.mark.shared
def test_sums_are_those_of_the_source(
    table: tuple[pd.DataFrame, pd.DataFrame, pd.Series], shared_dir: Path
) -> None:
    Z, Y, x = table
    with np.load(shared_dir / "facts" / "raw" / "wiot2011.npz") as raw:
        regions, sectors = list(map(str, raw["regions"])), list(map(str, raw["sectors"]))
        source = raw["Z"].astype(np.float64).reshape(41, 35, 41, 35)
        output = raw["x"].reshape(41, 35)
        final = raw["Y"].astype(np.float64).sum()
    us, car = regions.index("USA"), sectors.index("c15")
    at = ("USA", "transport_equipment")
    assert Z.loc[at, at] == source[us, car, us, car]
    assert Z.to_numpy().sum() == source.sum()
    assert x[at] == output[us, car]
    assert Y.to_numpy().sum() == pytest.approx(final, rel=1.5e-3)


def test_members_are_told_once() -> None:
    for name, count in (("regions", 41), ("sectors", 35)):
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            members = [m for row in csv.DictReader(handle) for m in row["members"].split(";")]
        assert len(members) == len(set(members)) == count
