"""Fewer regions and sectors, no negative cell, no money lost: docs/design/014."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CATEGORIES = ("government", "households", "investment")
# position in the source (households, non-profit institutions, government, fixed capital
# formation, changes in inventories) -> category of ours
JOINED = (1, 1, 0, 2, 2)
CONSUMPTION = (1, 0)
"""What a fall of stocks is taken off: the region's consumption, of households, then government."""


@dataclass(frozen=True)
class Raw:
    """The source: yearly flows, region-major."""

    Z: Floats
    Y: Floats
    x: Floats
    regions: tuple[str, ...]
    sectors: tuple[str, ...]


@dataclass(frozen=True)
class Classes:
    """Labels of ours, sorted, and those of the source that each holds."""

    labels: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]

    def position(self, member: str) -> int:
        """Rank of the label that holds a member."""
        return next(i for i, held in enumerate(self.members) if member in held)


@dataclass(frozen=True)
class World:
    """The table that is shipped; industry (r, s) has row ``r * S + s``.

    Attributes
    ----------
    Z, Y, x
        Flows and output, whole millions of USD.
    regions, sectors
        Labels.
    handling
        What the rules moved: named amounts [million USD].
    """

    Z: Floats
    Y: Floats
    x: Floats
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    handling: dict[str, float]

    @property
    def value_added(self) -> Floats:
        """Output less what was bought [million USD], shape (industry,)."""
        return self.x - self.Z.sum(axis=0)


def read_raw(path: Path) -> Raw:
    """Read the archive of arrays."""
    with np.load(path) as held:
        Z, Y, x = (np.asarray(held[name], dtype=np.float64) for name in "ZYx")
        regions, sectors = (tuple(map(str, held[name])) for name in ("regions", "sectors"))
    return Raw(Z, Y, x, regions, sectors)


def read_classes(path: Path, column: str) -> Classes:
    """Read a classification: one row per label, its members joined by ;."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = sorted(csv.DictReader(handle), key=lambda row: row[column])
    labels = tuple(row[column] for row in rows)
    return Classes(labels, tuple(tuple(row["members"].split(";")) for row in rows))


def aggregate(raw: Raw, regions: Classes, sectors: Classes) -> World:
    """Join regions, sectors and categories, then make every cell a flow that can be delivered."""
    rows, columns = _joins(raw, regions, sectors)
    Z, Y, x = rows.T @ raw.Z @ rows, rows.T @ raw.Y @ columns, raw.x @ rows
    negative = float(-Y.clip(max=0.0).sum())
    _move_negative(Y)
    raised = -Y.clip(max=0.0)
    Y += raised
    x = x + raised.sum(axis=1)
    returned = _return_rounding(Z, Y, x, len(sectors.labels))
    left = x - Z.sum(axis=1) - Y.sum(axis=1)
    x = x - left
    handling = {
        "output_of_the_source": float(raw.x.sum()),
        "negative_cells_of_the_source": float(-raw.Y.clip(max=0.0).sum()),
        "negative_after_joining": negative,
        "taken_off_consumption": negative - float(raised.sum()),
        "output_raised": float(raised.sum()),
        "rounding_into_consumption": float(np.abs(returned).sum()),
        "rounding_into_output": float(np.abs(left).sum()),
        "industries_without_output": float((raw.x == 0).sum()),
    }
    return World(Z, Y, x, regions.labels, sectors.labels, handling)


def _joins(raw: Raw, regions: Classes, sectors: Classes) -> tuple[Floats, Floats]:
    """0/1 matrices from the source's rows and final columns to ours."""
    region = [regions.position(label) for label in raw.regions]
    sector = [sectors.position(label) for label in raw.sectors]
    row = [r * len(sectors.labels) + s for r in region for s in sector]
    column = [r * len(CATEGORIES) + c for r in region for c in JOINED]
    return (
        _indicator(row, len(regions.labels) * len(sectors.labels)),
        _indicator(column, len(regions.labels) * len(CATEGORIES)),
    )


def _indicator(target: Sequence[int], size: int) -> Floats:
    held = np.zeros((len(target), size))
    held[np.arange(len(target)), target] = 1.0
    return held


def _move_negative(Y: Floats) -> None:
    """Take each negative cell off the same region's consumption of the product, in place."""
    count = len(CATEGORIES)
    for i, j in zip(*np.nonzero(Y < 0), strict=True):
        for category in CONSUMPTION:
            k = j // count * count + category
            taken = min(-Y[i, j], max(Y[i, k], 0.0))
            Y[i, k] -= taken
            Y[i, j] += taken


def _return_rounding(Z: Floats, Y: Floats, x: Floats, sectors: int) -> Floats:
    """Put what rounding took from a row back into households at home, in place, where it fits."""
    row = np.arange(x.size)
    column = row // sectors * len(CATEGORIES) + CONSUMPTION[0]
    missing = x - Z.sum(axis=1) - Y.sum(axis=1)
    returned = np.maximum(missing, -Y[row, column])
    Y[row, column] += returned
    return np.asarray(returned)
