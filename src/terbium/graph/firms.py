"""Networks of firms: who buys from whom, and what goes to final demand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class FirmNetwork:
    """Yearly flows between firms and to final demand.

    Parameters
    ----------
    firm
        Names or numbers of the ``N`` firms (N,), each once.
    sector, region
        Positions in ``sectors`` and ``regions`` (N,).
    final
        Sales to final demand (N,) [unit/yr].
    buyer, supplier
        Positions of the two firms of each of ``E`` links (E,); a pair occurs once.
    flow
        What the buyer pays the supplier (E,) [unit/yr]; above 0.
    sectors, regions
        Labels.
    name
        For messages and results.
    unit
        Of money.
    warnings
        What the reader had to assume or change, one sentence each.
    """

    firm: NDArray[Any]
    sector: Positions
    region: Positions
    final: Floats
    buyer: Positions
    supplier: Positions
    flow: Floats
    sectors: tuple[str, ...]
    regions: tuple[str, ...]
    name: str = "firms"
    unit: str = "money"
    warnings: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of firms ``N``."""
        return int(self.firm.size)

    @property
    def links(self) -> int:
        """Number of links ``E``."""
        return int(self.flow.size)

    @cached_property
    def output(self) -> Floats:
        """Sales to firms and to final demand (N,) [unit/yr]."""
        sold: Floats = np.bincount(self.supplier, self.flow, self.size).astype(np.float64)
        return sold + self.final

    @cached_property
    def inputs(self) -> Floats:
        """Purchases from other firms (N,) [unit/yr]."""
        bought: Floats = np.bincount(self.buyer, self.flow, self.size).astype(np.float64)
        return bought

    def __repr__(self) -> str:
        return (
            f"FirmNetwork({self.name!r}, {self.size} firms, {self.links} links, "
            f"{len(self.sectors)} sectors, {len(self.regions)} regions)"
        )
