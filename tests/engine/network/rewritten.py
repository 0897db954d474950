"""The same economy written in another way: other order of labels, other units, parts split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from terbium.engine.network.case import (
    Behaviour,
    Case,
    Extras,
    Links,
    LossPath,
    Rank,
    Shock,
    Transit,
)
from terbium.graph.tables import InputOutputTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Parts = Sequence[tuple[int, float]]
"""For each new region or sector the old one and the share of it; shares of an old one sum to 1."""


def turned(count: int, rng: np.random.Generator) -> Parts:
    """All of them, in another order."""
    return [(int(old), 1.0) for old in rng.permutation(count)]


def split(count: int, which: int) -> Parts:
    """All of them, one in two halves, the second of which comes last."""
    whole = [(old, 0.5 if old == which else 1.0) for old in range(count)]
    return [*whole, (which, 0.5)]


class Rewriting:
    """Takes a table and a case over into another form, and what came of them back.

    Attributes
    ----------
    region, sector, node, column
        For each new region, sector, industry and column of final demand the old one.
    by_region, by_sector, weight
        Shares of the old region, sector, industry.
    """

    def __init__(self, table: InputOutputTable, regions: Parts, sectors: Parts) -> None:
        self.table = table
        self.region, self.by_region = _parts(regions)
        self.sector, self.by_sector = _parts(sectors)
        counts = len(table.sectors), len(table.categories)
        self.node = (self.region[:, None] * counts[0] + self.sector).ravel()
        self.weight = (self.by_region[:, None] * self.by_sector).ravel()
        self.column = (self.region[:, None] * counts[1] + np.arange(counts[1])).ravel()

    def new_table(self) -> InputOutputTable:
        """Halves buy and sell half of everything, from and to both halves alike."""
        t, w = self.table, self.weight
        flows = t.Z[np.ix_(self.node, self.node)] * np.outer(w, w)
        share = np.repeat(self.by_region, len(t.categories))
        final = t.Y[np.ix_(self.node, self.column)] * np.outer(w, share)
        return InputOutputTable(
            Z=np.ascontiguousarray(flows),
            Y=np.ascontiguousarray(final),
            x=t.x[self.node] * w,
            regions=tuple(f"R{k}" for k in range(self.region.size)),
            sectors=tuple(f"S{k}" for k in range(self.sector.size)),
            categories=t.categories,
            name="rewritten",
        )

    def new_case(self, case: Case) -> Case:
        loss = case.capacity_loss
        nodes, old = self._spread(self.node, loss.node)
        return replace(
            case,
            behaviour=self._behaviour(case.behaviour),
            shocks=tuple(self._shock(s) for s in case.shocks),
            extras=self._extras(case.extras),
            capacity_loss=LossPath(nodes, loss.share[:, old]),
        )

    def _spread(self, where: Ints, old: Ints) -> tuple[Ints, Ints]:
        """New positions of old ones, and for each which of the old ones it is."""
        found = [np.flatnonzero(where == one) for one in old]
        which = [np.full(f.size, k) for k, f in enumerate(found)]
        empty = [np.zeros(0, dtype=np.int64)]
        return np.concatenate(empty + found), np.concatenate(empty + which)

    def _behaviour(self, b: Behaviour) -> Behaviour:
        cells = np.ix_(self.sector, self.node)
        return replace(
            b,
            inventory_steps=b.inventory_steps[cells],
            restoration_steps=b.restoration_steps[cells],
            criticality=b.criticality[cells],
            overproduction_base=b.overproduction_base[self.node],
            overproduction_max=b.overproduction_max[self.node],
            overproduction_steps=b.overproduction_steps[self.node],
            capital=b.capital[self.node] * self.weight,
        )

    def _shock(self, shock: Shock) -> Shock:
        nodes, old = self._spread(self.node, shock.node)
        part = 1.0 if shock.kind == "arbitrary" else self.weight[nodes]
        columns, home = self._spread(self.column, shock.house_column)
        share = np.repeat(self.by_region, len(self.table.categories))[columns]
        rebuild = shock.rebuild_share
        return replace(
            shock,
            node=nodes,
            amount=shock.amount[old] * part,
            rebuild_share=rebuild[self.sector] * self.by_sector if rebuild.size else rebuild,
            house_column=columns,
            house_amount=shock.house_amount[home] * share,
        )

    def links(self, links: Links) -> Links:
        return Links(
            self._spread(self.node, links.supplier)[0],
            self._spread(self.node, links.buyer)[0],
            self._spread(self.region, links.final)[0],
        )

    def _extras(self, extras: Extras) -> Extras:
        ways = extras.relabelling
        if ways is not None:
            ways = replace(ways, conduits=self._spread(self.region, ways.conduits)[0])
        return replace(
            extras,
            transits=tuple(Transit(self.links(t.links), t.steps) for t in extras.transits),
            frictions=tuple(replace(f, links=self.links(f.links)) for f in extras.frictions),
            ranks=tuple(Rank(self.links(r.links), r.place) for r in extras.ranks),
            relabelling=ways,
        )

    def back(self, found: dict[str, Floats]) -> dict[str, Floats]:
        """Trajectories of the new form, added up to the old industries."""
        size, sectors = self.table.x.size, len(self.table.sectors)
        onto = np.zeros((self.node.size, size))
        onto[np.arange(self.node.size), self.node] = 1.0
        inputs = np.zeros((sectors, self.sector.size))
        inputs[self.sector, np.arange(self.sector.size)] = 1.0
        old = {name: array @ onto for name, array in found.items() if array.ndim == 2}
        old["overproduction"] = found["overproduction"] @ (onto / onto.sum(axis=0))
        stock = found["inputs_stock_end"]
        endless = np.isinf(stock)
        held = inputs @ np.where(endless, 0.0, stock) @ onto
        held[inputs @ endless.astype(float) @ onto > 0] = np.inf
        return {**old, "inputs_stock_end": held}


def _parts(parts: Parts) -> tuple[Ints, Floats]:
    old, share = np.array([k for k, _ in parts]), np.array([share for _, share in parts])
    assert np.allclose(np.bincount(old, share), 1.0)
    return old, share


def scaled(table: InputOutputTable, case: Case, factor: float) -> tuple[InputOutputTable, Case]:
    """The same in another unit of money."""
    b, extras = case.behaviour, case.extras
    capital = {
        "capital": b.capital * factor,
        "monetary_factor": b.monetary_factor / factor,
    }
    shocks = tuple(
        replace(
            s,
            amount=s.amount if s.kind == "arbitrary" else s.amount * factor,
            house_amount=s.house_amount * factor,
            monetary_factor=s.monetary_factor / factor,
        )
        for s in case.shocks
    )
    if extras.desk is not None:
        desk = replace(extras.desk, capacity=extras.desk.capacity * factor)
        extras = replace(extras, desk=desk)
    return (
        replace(table, Z=table.Z * factor, Y=table.Y * factor, x=table.x * factor),
        replace(case, behaviour=replace(b, **capital), shocks=shocks, extras=extras),
    )
