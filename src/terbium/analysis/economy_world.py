"""The world table with what it is used with: exposures to the chain, stocks, conduct, GDP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from terbium.evidence.dataset import Dataset, load_dataset
from terbium.evidence.parameters import Parameters
from terbium.graph.tables import InputOutputTable, read_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Drawn = Mapping[str, Floats]
"""Name of a parameter to its draws, shape (draw,)."""

# a stream of its own: the chain's draws are made from the same seed
_STREAM = 1


@dataclass(frozen=True)
class Exposure:
    """What of one sector in one region hangs on one industry of the chain.

    Attributes
    ----------
    region, sector, industry
        Labels: of the table, of the table, of the chain.
    node
        Position of the industry of the table.
    share_name, line_name
        Parameters: value added of the chain's industry over GDP, share of it on lines that stop.
    """

    region: str
    sector: str
    industry: str
    node: int
    share_name: str
    line_name: str


@dataclass(frozen=True)
class World:
    """A package with flows.

    Attributes
    ----------
    package
        Its tables and estimates.
    table
        Its flows.
    chain
        Region of the table to the regions of the material chain in it.
    exposures
        In the order of the package.
    """

    package: Dataset
    table: InputOutputTable
    chain: Mapping[str, tuple[str, ...]]
    exposures: tuple[Exposure, ...]

    @cached_property
    def value_added(self) -> Floats:
        """Output less what was bought, per year, shape (industry,)."""
        return np.asarray(self.table.x - self.table.Z.sum(axis=0))

    @cached_property
    def region_of(self) -> Ints:
        """Position of the region of each industry."""
        return np.arange(self.table.size) // len(self.table.sectors)

    @cached_property
    def gdp(self) -> Floats:
        """Value added of each region, per year, shape (region,)."""
        return np.asarray(np.bincount(self.region_of, self.value_added))

    @cached_property
    def group_of(self) -> tuple[str, ...]:
        """Group of each sector, in the order of the table."""
        rows = self.package.table("sectors").set_index("sector")["group"]
        return tuple(str(rows[sector]) for sector in self.table.sectors)

    def ratings(self, all_critical: bool) -> Floats:
        """How hard each input binds each industry, (sector, industry): 1, one half or 0.

        Inputs of which no stock is kept never bind.
        """
        rows = self.package.table("ratings")
        pairs = zip(rows["input_group"], rows["buyer_group"], strict=True)
        found = dict(zip(pairs, rows["rating"], strict=True))
        stored = self.package.table("sectors").set_index("sector")["days"] != ""
        square = np.array(
            [
                [float(stored[i]) * (1.0 if all_critical else found[a, b]) for b in self.group_of]
                for i, a in zip(self.table.sectors, self.group_of, strict=True)
            ]
        )
        return np.tile(square, len(self.table.regions))

    def exposure(self, drawn: Drawn) -> Floats:
        """Share of each sector's value added on lines that stop, (exposure, draw).

        The shares of one sector add up to 1 at most.
        """
        weight = self.value_added / self.gdp[self.region_of]
        nodes = np.array([e.node for e in self.exposures])
        shares = np.stack([drawn[e.share_name] * drawn[e.line_name] for e in self.exposures])
        shares = shares / weight[nodes][:, np.newaxis]
        total = np.zeros((self.table.size, shares.shape[1]))
        np.add.at(total, nodes, shares)
        return np.asarray(shares / np.maximum(total, 1.0)[nodes])


def load_world(name_or_path: str | Path) -> World:
    """Load a package with flows.

    Raises
    ------
    DatasetError, GraphError
        With every problem of the package, or of its flows, at once.
    """
    package = load_dataset(name_or_path)
    table = read_table((package.path / package.attachments[0]).parent)
    regions = package.table("regions")
    lines = package.table("industries").set_index("industry")["estimate"]
    exposures = tuple(
        Exposure(
            row["region"],
            row["sector"],
            row["industry"],
            table.position(row["region"], row["sector"]),
            row["estimate"],
            str(lines[row["industry"]]),
        )
        for row in package.table("exposures").to_dict("records")
    )
    chain = {
        str(region): tuple(str(held).split(";"))
        for region, held in zip(regions["region"], regions["chain"], strict=True)
    }
    return World(package, table, chain, exposures)


def draw_world(parameters: Parameters, draws: int, seed: int) -> Drawn:
    """Draw the parameters of the package, apart from those of the chain.

    Both are made from Sobol points, whose dimensions would pair up: the order of the draws is
    shuffled, so that nothing of the one goes with anything of the other.
    """
    order = np.random.default_rng((seed, _STREAM)).permutation(draws)
    sample = parameters.sample(draws, seed)[:, order]
    return dict(zip(parameters.names, sample, strict=True))


def members_of(world: World, blocs: Mapping[str, Sequence[str]]) -> dict[str, Ints]:
    """Regions of the table, blocs and the world (``WLD``) to positions of regions."""
    regions = world.table.regions
    found = {region: np.array([i]) for i, region in enumerate(regions)}
    for bloc, members in blocs.items():
        found[bloc] = np.flatnonzero([set(world.chain[r]) <= set(members) for r in regions])
    return {**found, "WLD": np.arange(len(regions))}
