"""Synthetic input-output tables of any size, shaped like published ones, for timing only.

How a table of R regions and S sectors is made, all draws from one seed:

1. Size of an industry: region x sector x own, each log-normal (``SPREAD``), so that output spans
   some four orders of magnitude, as in published tables.
2. Share of value added in output: uniform on ``VALUE_ADDED``, never below 0.35.
3. Recipe: inputs by sector from a gamma law of shape ``RECIPE_SHAPE`` (few inputs make most of a
   recipe); its own sector weighs ``OWN_SECTOR`` times more, so the diagonal is heavy.
4. Suppliers of an input: ``HOME_SHARE`` of it from home, the rest from other regions in
   proportion to the size of their industry, times a log-normal taste (``TASTE``).
5. Final demand takes what intermediate use leaves of an industry's size, at least ``LEAST_FINAL``
   of it, ``HOME_SHARE`` of that at home and the rest by the size of regions; three categories.
6. Output is the sum of the row. It is never below the size of step 1, so that value added stays
   above the share of step 2 for every industry.

Every cell is positive: a dense table, the hardest of its size.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SPREAD = (1.2, 0.8, 0.5)
VALUE_ADDED = (0.35, 0.65)
RECIPE_SHAPE = 0.5
OWN_SECTOR = 8.0
HOME_SHARE = 0.8
TASTE = 0.5
LEAST_FINAL = 0.1
CATEGORIES = ("government", "households", "investment")
CATEGORY_SHARES = (0.2, 0.6, 0.2)
MONEY = 1e5


def synthetic_table(regions: int, sectors: int, seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """A table as the arrays of an ``.npz``: ``Z Y x regions sectors categories``.

    Parameters
    ----------
    regions, sectors
        Two or more of each.
    seed
        Same seed, same table.
    """
    rng = np.random.default_rng(seed)
    size = _sizes(rng, regions, sectors)
    flows = _flows(rng, size)
    sold = flows.sum(axis=1)
    final = _final(size, sold)
    return {
        "Z": flows,
        "Y": final,
        "x": sold + final.sum(axis=1),
        "regions": _labels("r", regions),
        "sectors": _labels("s", sectors),
        "categories": np.array(CATEGORIES),
    }


def write_synthetic(path: Path, regions: int, sectors: int, seed: int = 0) -> None:
    """Write a synthetic table as an ``.npz``."""
    np.savez(path, **synthetic_table(regions, sectors, seed))


def _labels(letter: str, count: int) -> NDArray[np.str_]:
    """Labels of equal length, so that their order is also the lexicographic one."""
    digits = len(str(count - 1))
    return np.array([f"{letter}{k:0{digits}d}" for k in range(count)])


def _sizes(rng: np.random.Generator, regions: int, sectors: int) -> Floats:
    of_region, of_sector, own = SPREAD
    exponent = (
        rng.normal(0.0, of_region, (regions, 1))
        + rng.normal(0.0, of_sector, (1, sectors))
        + rng.normal(0.0, own, (regions, sectors))
    )
    return MONEY * np.exp(exponent)


def _flows(rng: np.random.Generator, size: Floats) -> Floats:
    """Flows (N, N): one buying region after another, so that little more than Z is held."""
    regions, sectors = size.shape
    out = np.empty((regions, sectors, regions, sectors))
    for buyer in range(regions):
        recipe = rng.gamma(RECIPE_SHAPE, 1.0, (sectors, sectors))
        recipe[np.diag_indices(sectors)] = OWN_SECTOR * (recipe.diagonal() + RECIPE_SHAPE)
        spent = size[buyer] * (1.0 - rng.uniform(*VALUE_ADDED, sectors))
        bought = recipe * spent / recipe.sum(axis=0)
        taste = np.exp(rng.normal(0.0, TASTE, (regions, sectors, sectors)))
        taste *= size[:, :, None]
        taste[buyer] = 0.0
        taste *= (1.0 - HOME_SHARE) / taste.sum(axis=0)
        taste[buyer] = HOME_SHARE
        out[:, :, buyer] = taste * bought
    return out.reshape(regions * sectors, regions * sectors)


def _final(size: Floats, sold: Floats) -> Floats:
    regions, sectors = size.shape
    wanted = np.maximum(size.ravel() - sold, LEAST_FINAL * size.ravel()).reshape(regions, sectors)
    weight = np.tile(size.sum(axis=1), (regions, 1))
    np.fill_diagonal(weight, 0.0)
    weight *= (1.0 - HOME_SHARE) / weight.sum(axis=1, keepdims=True)
    np.fill_diagonal(weight, HOME_SHARE)
    parts = np.array(CATEGORY_SHARES)
    final = wanted[:, :, None, None] * weight[:, None, :, None] * parts
    return final.reshape(regions * sectors, regions * parts.size)
