"""A run of shocks through a network of firms: its state, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terbium.engine.network.case import Floats
from terbium.engine.network.firm_case import (
    FIRM_RATIONING,
    FirmBalance,
    FirmCase,
    FirmTrajectories,
    loss_now,
)
from terbium.engine.network.firm_kernel import (
    ASKED,
    CAME,
    HELD,
    NOW,
    USED,
    WATER_FILLING,
    fill,
    produce,
    record,
    trade,
)
from terbium.engine.network.firm_program import CHUNKS, PARTS, firm_program
from terbium.graph.firms import FirmNetwork

STATE = ("stock", "order", "need", "limit", "orders", "held")
"""Arrays that say where a run stands."""
RECORDED = (
    *("output", "final_unmet", "chosen_output", "chosen_cover"),
    *("lost", "lowest", "lowest_step", "stop_step", "below", "gaps"),
)
"""Arrays that say what it has recorded."""


class FirmPropagation:
    """A run that can be advanced, kept and taken up again.

    Parameters
    ----------
    network
        Yearly flows.
    case
        What happens in it, for firms in the order of the network.
    """

    def __init__(self, network: FirmNetwork, case: FirmCase) -> None:
        self.network, self.case = network, case
        self.step = 0
        self._rule = FIRM_RATIONING.index(case.rationing)
        self._fills = self._rule >= WATER_FILLING
        self.program = p = firm_program(network, case.year_steps, self._fills)
        self._chosen = p.rank[case.chosen]
        self._pace = 1.0 / case.restoration
        cover = np.empty(p.size)
        cover[p.rank] = case.cover
        self._full = 1.0 + cover * self._pace
        self._lost_now = np.zeros(p.size)
        self._made, self._asked, self._to_final = (np.zeros(p.size) for _ in range(3))
        self._market = np.zeros((CHUNKS, p.size, 2))
        self._books = np.zeros((CHUNKS, 3))
        self._begin(cover)
        self._allocate()

    def _begin(self, cover: Floats) -> None:
        """At rest: stocks at their target, orders of the base flow."""
        p = self.program
        per_buyer = np.diff(p.link_ptr[p.slot_ptr])
        self._stock = p.base * np.repeat(cover, per_buyer)
        self._order = p.base.copy() if self._fills else np.zeros(1)
        self._need = np.zeros((p.size, 3))
        self._need[:, NOW] = self._full
        self._limit = np.where(per_buyer > 0, cover, np.inf)
        self._market[0, :, ASKED] = np.bincount(p.supplier, p.base, p.size)
        self._held = np.array([self._stock.sum()])

    def _allocate(self) -> None:
        """Room for what is recorded: totals by region and sector, chosen firms, one row a firm."""
        case, size = self.case, self.program.size
        groups = len(self.network.regions) * len(self.network.sectors)
        self._output, self._final_unmet = (np.zeros((case.steps, groups)) for _ in range(2))
        self._chosen_output, self._chosen_cover = (
            np.zeros((case.steps, case.chosen.size)) for _ in range(2)
        )
        self._lost, self._lowest = np.zeros(size), np.ones(size)
        self._lowest_step, self._below = (np.zeros(size, np.int32) for _ in range(2))
        self._stop_step = np.full(size, -1, np.int32)
        self._gaps = np.zeros(3)
        self._sums, self._totals = np.zeros((PARTS, 2, groups)), np.zeros((PARTS, 3))

    def advance(self, steps: int) -> None:
        """Run some steps, at most to the end of the case."""
        for _ in range(min(steps, self.case.steps - self.step)):
            self._advance_one()
            self.step += 1

    def _advance_one(self) -> None:
        p, t = self.program, self.step
        loss_now(self.case, p.rank, t, self._lost_now)
        if self._chosen.size:
            self._chosen_cover[t] = self._limit[self._chosen]
        produce(
            p.part,
            self._rule,
            p.final,
            p.output,
            p.inverse,
            self._full,
            self._lost_now,
            self._limit,
            self._market,
            self._need,
            self._made,
            self._asked,
            self._to_final,
        )
        if self._fills:
            fill(
                p.customer_part,
                self._rule,
                p.customer_ptr,
                p.customer_link,
                p.usual,
                self._order,
                p.final,
                self._made,
                self._asked,
                self._market,
                self._to_final,
            )
        trade(
            p.chunk,
            p.block,
            p.widest,
            self._fills,
            p.slot_ptr,
            p.link_ptr,
            p.supplier,
            p.base,
            self._need,
            self._market,
            self._stock,
            self._order,
            self._limit,
            self._pace,
            self._books,
        )
        self._record(t)

    def _record(self, step: int) -> None:
        p = self.program
        record(
            p.part,
            step,
            self.case.stop_share,
            p.group,
            p.output,
            p.final,
            p.bought,
            self._made,
            self._to_final,
            self._need,
            self._lost,
            self._lowest,
            self._lowest_step,
            self._stop_step,
            self._below,
            self._sums,
            self._totals,
        )
        self._output[step], self._final_unmet[step] = self._sums.sum(axis=0)
        self._chosen_output[step] = self._made[self._chosen]
        made, given, taken = self._totals.sum(axis=0)
        books = self._books.sum(axis=0)
        change = books[HELD] - self._held[0]
        gaps = (
            made - given - books[CAME],
            books[USED] - taken,
            change - books[CAME] + books[USED],
        )
        self._gaps = np.maximum(self._gaps, np.abs(gaps))
        self._held[0] = books[HELD]

    def trajectories(self) -> FirmTrajectories:
        """What happened so far, for firms in the order of the network."""
        p, net = self.program, self.network
        place = (self.step, len(net.regions), len(net.sectors))
        least = self._stock.min() if self._stock.size else 0.0
        money, recipe, stock = self._gaps / max(p.output.sum(), np.finfo(float).tiny)
        return FirmTrajectories(
            output=self._output[: self.step].reshape(place),
            final_unmet=self._final_unmet[: self.step].reshape(place),
            chosen_output=self._chosen_output[: self.step],
            chosen_cover=self._chosen_cover[: self.step],
            lost=self._lost[p.rank],
            lowest=self._lowest[p.rank],
            lowest_step=self._lowest_step[p.rank].astype(np.int64),
            stop_step=self._stop_step[p.rank].astype(np.int64),
            below=self._below[p.rank].astype(np.int64),
            balance=FirmBalance(float(money), float(recipe), float(stock), float(least)),
        )

    def checkpoint(self) -> dict[str, NDArray[Any]]:
        """All that a run of the same network and case needs to go on, bit for bit."""
        kept = {"step": np.array(self.step)}
        for name in (*STATE, *RECORDED):
            values = self._market[:, :, ASKED] if name == "orders" else getattr(self, f"_{name}")
            kept[name] = values.copy()
        return kept

    def resume(self, kept: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what :meth:`checkpoint` gave."""
        self.step = int(kept["step"])
        for name in (*STATE, *RECORDED):
            if name == "orders":
                self._market[:, :, ASKED] = kept[name]
            else:
                setattr(self, f"_{name}", kept[name].copy())


def simulate_firms(network: FirmNetwork, case: FirmCase) -> FirmTrajectories:
    """Run a case from its beginning to its end.

    Parameters
    ----------
    network
        Yearly flows.
    case
        What happens in it.

    Returns
    -------
    FirmTrajectories
        By region and sector, by chosen firm, and by firm over the whole run.
    """
    run = FirmPropagation(network, case)
    run.advance(case.steps)
    return run.trajectories()
