"""The supply graph: who makes what from what, and sends it where."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from terbium.base.labels import Labels

Floats = NDArray[np.float64]

DEMAND_DRIVEN, SUPPLY_PUSH, FINAL = "demand_driven", "supply_push", "final"


@dataclass(frozen=True)
class SupplyGraph:
    """A balanced supply graph.

    Position ``n`` in ``nodes`` is node ``n``; the tables ``inputs``, ``outputs`` and ``links``
    name nodes and slots by position, materials by label.

    Attributes
    ----------
    base_year : int
        Year whose flows the graph holds.
    hub : str
        Region with the largest separation.
    elements, materials : Labels
        The 17 elements and the tradable forms.
    content : (material, element) ndarray
        Element contained [t/t]; for ores and concentrates per tonne of rare-earth oxide.
    nodes : DataFrame
        Columns ``label region stage recipe industry kind activity`` [t/yr]; after the split into
        lines also ``group rank`` (see :mod:`~terbium.graph.lines`).
    inputs : DataFrame
        Columns ``node material coef`` [t/t] ``cover`` (name of the estimate of days of cover).
    outputs : DataFrame
        Columns ``node material coef`` [t/t] ``driver`` (bool) ``surplus`` [t/yr] ``cover``.
    links : DataFrame
        Columns ``material output input origin destination`` (regions) ``industry`` (of the user)
        ``flow`` [t/yr] ``value`` [USD/t] ``route`` (transit estimate) ``latent`` (bool).
    moves : DataFrame
        How far balancing moved each figure: ``figure value balanced ratio sd_moved unit grade
        has_route``. Figures of routes that the graph does not have are listed too, with
        ``balanced`` 0; shares as the tonnes that they make, or miss (docs/design/006-balancing.md).
    """

    base_year: int
    hub: str
    elements: Labels
    materials: Labels
    content: Floats
    nodes: pd.DataFrame
    inputs: pd.DataFrame
    outputs: pd.DataFrame
    links: pd.DataFrame
    moves: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        return (
            f"SupplyGraph(base_year={self.base_year}, {len(self.nodes)} nodes, "
            f"{len(self.links)} links ({int(self.links['latent'].sum())} latent), "
            f"{len(self.materials)} materials, {len(self.elements)} elements)"
        )

    def exports(self, origin: str) -> pd.Series[float]:
        """Base flows out of ``origin`` by material and destination [t/yr], none at home."""
        out = self.links[(self.links["origin"] == origin) & (self.links["destination"] != origin)]
        return out.groupby(["material", "destination"])["flow"].sum()
