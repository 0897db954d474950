"""From ids and labels of a network of firms to positions in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from terbium.base.errors import Problems, suggest
from terbium.engine.network.case import Ints
from terbium.graph.firms import FirmNetwork
from terbium.scenario.propagation_labels import PathOf, Place, PlaceLabels, listed

_SUGGESTED = 1000


class FirmLabels(PlaceLabels):
    """The labels and ids of one network, and the problems that looking them up has met.

    Parameters
    ----------
    network
        Firms with their sectors and regions.
    place, problems
        As of `PlaceLabels`.
    """

    def __init__(self, network: FirmNetwork, place: Place, problems: Problems) -> None:
        holder = f"network {network.name}"
        super().__init__(holder, network.regions, network.sectors, place, problems)
        self.network = network

    def firms(self, ids: Iterable[str], path: PathOf) -> Ints:
        """Positions of firms by their ids."""
        return self.firms_at(list(ids), self.place(*path))

    def firms_at(self, ids: Sequence[str], place: str) -> Ints:
        """Positions of firms by their ids; those that are unknown are noted for one place."""
        found = self._index.get_indexer(pd.Index(self._typed(ids)))
        unknown = [name for name, at in zip(ids, found, strict=True) if at < 0]
        if unknown:
            seen = f"the unknown firm{'s' if unknown[1:] else ''} {listed(unknown)}"
            self.problems.add(place, seen, f"a firm of {self.holder}", self._remedy(unknown[0]))
        return np.asarray(found[found >= 0], dtype=np.int64)

    def members(
        self, regions: Sequence[str] | None, sectors: Sequence[str] | None, path: PathOf
    ) -> Ints:
        """Positions of the firms of some regions and sectors; None means all."""
        here = np.zeros(len(self.network.regions), dtype=bool)
        here[self.regions(regions, (*path, "region"))] = True
        makes = np.zeros(len(self.network.sectors), dtype=bool)
        makes[self.sectors(sectors, (*path, "sector"))] = True
        return np.flatnonzero(here[self.network.region] & makes[self.network.sector])

    @cached_property
    def _index(self) -> pd.Index[Any]:
        found: pd.Index[Any] = pd.Index(self.network.firm)
        return found

    def _typed(self, ids: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
        """Ids as the network has them; what is no number is no firm of numbered ones."""
        if not np.issubdtype(self.network.firm.dtype, np.integer):
            return np.array(ids, dtype=object)
        least = np.iinfo(np.int64).min
        whole = [int(name) if name.lstrip("-").isdigit() else least for name in ids]
        return np.array(whole, dtype=np.int64)

    def _remedy(self, name: str) -> str:
        known = [str(firm) for firm in self.network.firm[:_SUGGESTED]]
        close = suggest(name, known)
        return close if close.startswith("did you mean") else "look at the file of firms"
