"""Small tables, and the same table written, turned, scaled or split in other ways."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from terbium.graph.tables import InputOutputTable

DATA = Path(__file__).parent / "data"
FOLDER = DATA / "pymrio-folder"  # saved by pymrio 0.7.0 from numbers drawn for this purpose
FOLDER_AS_NPZ = DATA / "pymrio-table.npz"  # the same numbers, sorted by pandas

_LABEL = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1)


def small_table(regions: int = 3, sectors: int = 4, categories: int = 2) -> InputOutputTable:
    """A dense table without a round number in it."""
    rng = np.random.default_rng(7)
    size = regions * sectors
    flows = rng.lognormal(2, 1, (size, size))
    final = rng.lognormal(5, 1, (size, regions * categories))
    return InputOutputTable(
        flows,
        final,
        flows.sum(axis=1) + final.sum(axis=1),
        tuple(f"r{index}" for index in range(regions)),
        tuple(f"s{index}" for index in range(sectors)),
        tuple(f"c{index}" for index in range(categories)),
        "small",
    )


@st.composite
def tables(draw: st.DrawFn) -> InputOutputTable:
    """Tables of any labels and of figures over many orders of magnitude, zeros among them."""

    def labels() -> tuple[str, ...]:
        return tuple(draw(st.lists(_LABEL, min_size=1, max_size=4, unique=True)))

    def figures(*shape: int) -> np.ndarray:
        cell = st.one_of(st.just(0.0), st.floats(1e-6, 1e12))
        return draw(arrays(np.float64, shape, elements=cell, fill=st.just(0.0)))

    regions, sectors, categories = labels(), labels(), labels()
    size = len(regions) * len(sectors)
    flows, final = figures(size, size), figures(size, len(regions) * len(categories))
    final[0, 0] += 1.0
    x = flows.sum(axis=1) + final.sum(axis=1)
    return InputOutputTable(flows, final, x, regions, sectors, categories, "drawn")


def arrays_of(table: InputOutputTable) -> dict[str, Any]:
    """What ``numpy.savez`` takes."""
    labels = ("regions", "sectors", "categories")
    return {
        **{name: getattr(table, name).copy() for name in ("Z", "Y", "x")},
        **{name: np.array(getattr(table, name)) for name in labels},
    }


def frames(table: InputOutputTable) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """The table as pandas has it."""
    rows = pd.MultiIndex.from_product([table.regions, table.sectors], names=["region", "sector"])
    columns = pd.MultiIndex.from_product(
        [table.regions, table.categories], names=["region", "category"]
    )
    return (
        pd.DataFrame(table.Z, rows, rows),
        pd.DataFrame(table.Y, rows, columns),
        pd.Series(table.x, rows, name="indout"),
    )


def long_lines(table: InputOutputTable, outputs: bool = True) -> list[str]:
    """The table with a line per flow, without those of zero where outputs are given."""
    kinds = "kind,from_region,from_sector,to_region,to_sector,to_category,value"
    lines = [kinds]
    flows, final, x = frames(table)
    for kind, frame in (("Z", flows), ("Y", final)):
        for supplier, row in zip(frame.index, frame.to_numpy(), strict=True):
            for user, value in zip(frame.columns, row, strict=True):
                where = f"{user[0]},{user[1]}," if kind == "Z" else f"{user[0]},,{user[1]}"
                if value or not outputs:
                    lines.append(f"{kind},{','.join(supplier)},{where},{float(value)!r}")
    if outputs:
        lines += [f"x,{','.join(pair)},,,,{float(value)!r}" for pair, value in x.items()]
    return lines


def copy_of_folder(place: Path) -> Path:
    """A folder of pymrio that a test may break."""
    return Path(shutil.copytree(FOLDER, place / "folder"))


def assert_same(one: InputOutputTable, other: InputOutputTable) -> None:
    """Same labels in the same order, same bits."""
    for name in ("regions", "sectors", "categories"):
        assert getattr(one, name) == getattr(other, name)
    for name in ("Z", "Y", "x"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def permuted(
    table: InputOutputTable, regions: Sequence[int], sectors: Sequence[int]
) -> InputOutputTable:
    """The same table with its regions and sectors in another order."""
    rows = np.add.outer(np.array(regions) * len(table.sectors), np.array(sectors)).ravel()
    inner = np.arange(len(table.categories))
    columns = np.add.outer(np.array(regions) * len(table.categories), inner).ravel()
    return InputOutputTable(
        np.ascontiguousarray(table.Z[np.ix_(rows, rows)]),
        np.ascontiguousarray(table.Y[np.ix_(rows, columns)]),
        table.x[rows],
        tuple(table.regions[index] for index in regions),
        tuple(table.sectors[index] for index in sectors),
        table.categories,
        table.name,
    )


def scaled(table: InputOutputTable, factor: float) -> InputOutputTable:
    """The same table in another unit of money."""
    labels = table.regions, table.sectors, table.categories
    return InputOutputTable(
        table.Z * factor, table.Y * factor, table.x * factor, *labels, table.name
    )


def split_sector(table: InputOutputTable, sector: int, share: float) -> InputOutputTable:
    """The same table with one sector cut into two alike; the second comes last."""
    count = len(table.sectors)
    shares = np.ones(count + 1)
    shares[[sector, count]] = share, 1 - share
    source = np.append(np.arange(count), sector)
    rows = np.add.outer(np.arange(len(table.regions)) * count, source).ravel()
    weight = np.tile(shares, len(table.regions))
    flows = table.Z[np.ix_(rows, rows)] * np.outer(weight, weight)
    return InputOutputTable(
        flows,
        table.Y[rows] * weight[:, None],
        table.x[rows] * weight,
        table.regions,
        (*table.sectors, f"{table.sectors[sector]}-too"),
        table.categories,
        table.name,
    )
