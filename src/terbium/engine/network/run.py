"""The driver of the network kernel: from a table and a case to trajectories.

A run advances in strides, can be stopped after any step, kept, and taken up again with the same
bits. Which layout steps it is decided by what the case asks for: orders stay factored (S x N
numbers) as long as every buyer of a supplier is treated alike, else each link has a state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from terbium.base import tolerances
from terbium.base.errors import InputError, Problem, Problems
from terbium.engine.network.books import Balance, dense_balance, link_balance
from terbium.engine.network.case import Case, Extras
from terbium.engine.network.kernel import advance
from terbium.engine.network.link_kernel import advance_links
from terbium.engine.network.link_setup import (
    empty_link_record,
    link_conduct,
    link_network,
    links_at_rest,
)
from terbium.engine.network.setup import (
    FACTORED,
    at_rest,
    conduct,
    empty_record,
    hazards,
    network,
)
from terbium.engine.network.wiring import Wiring, detours, friction_classes, frictions
from terbium.engine.program import Floats, Ints
from terbium.graph.tables import InputOutputTable

Progress = Callable[[int, int], None]
Arrays = Mapping[str, NDArray[np.generic]]

STRIDE = 16
"""Steps between two signs of life; any number gives the same bits."""


@dataclass(frozen=True)
class Trajectories:
    """What happened, day by day, by industry; money of the table per step unless stated.

    Attributes
    ----------
    production_realised, production_capacity, orders_received, rebuild_demand : (T, N)
    overproduction : (T, N)
        Factor on capacity [-].
    capital_lost : (T, N)
        Capital out of use [money].
    final_demand_undist : (T, N)
        Final demand not delivered, by the industry that could not deliver.
    final_demand_unmet : (T, N)
        The same by the region that went without and the sector of the product.
    inputs_stock_end : (rows, S, N)
        Stocks after deliveries [money].
    inputs_stock_end_days : (rows,) int
        Steps of those rows.
    borders
        Licences and detours by step, where a case has any: ``queue`` (T, 6), ``detour``,
        ``seized``, ``enforcement`` (T, class, conduit).
    balance
        How far the books are from closing.
    """

    production_realised: Floats
    production_capacity: Floats
    overproduction: Floats
    orders_received: Floats
    rebuild_demand: Floats
    capital_lost: Floats
    final_demand_undist: Floats
    final_demand_unmet: Floats
    inputs_stock_end: Floats
    inputs_stock_end_days: Ints
    balance: Balance
    borders: Mapping[str, Floats] = field(default_factory=dict)


class Propagation:
    """One run of a case on a table, from the state at rest, step by step.

    Parameters
    ----------
    table
        Yearly flows, checked.
    case
        What is asked.
    each_link
        Step the layout in which each link has a state even where factored orders would do; the
        trajectories are the same (docs/design/012).
    """

    def __init__(self, table: InputOutputTable, case: Case, each_link: bool = False) -> None:
        self.table, self.case, self.step = table, case, 0
        factored = case.behaviour.rationing in FACTORED and case.extras == Extras()
        self._run: _Factored | _Linked
        if factored and not each_link:
            self._run = _Factored(table, case)
        else:
            self._run = _Linked(table, case)

    def advance(self, steps: int) -> None:
        """Go on for some steps, at most to the end of the case.

        Raises
        ------
        InputError
            If a stock would turn negative, as it can with the reference's rules and stocks of few
            days.
        """
        last = min(self.step + steps, self.case.steps)
        self._run.advance(self.step, last)
        self.step = last
        # the reference stops at the least negative stock, which decides by rounding
        floor = 0.0 if self.case.behaviour.compatible else -tolerances.SHARE_SUM_ATOL
        if self._run.lowest < floor:
            stock = np.asarray(self._run.state.stock)
            problem = _negative_stock(self.table, stock, self._run.lowest, last)
            raise InputError("propagation", [problem])

    def checkpoint(self) -> dict[str, NDArray[np.generic]]:
        """Everything that the following steps and the record depend on; copies."""
        kept = {f"state/{k}": v.copy() for k, v in self._run.state._asdict().items()}
        kept |= {f"record/{k}": v.copy() for k, v in self._run.record._asdict().items()}
        return {**kept, "step": np.array(self.step)}

    def resume(self, kept: Arrays) -> None:
        """Go back to a checkpoint of the same table and case.

        Raises
        ------
        InputError
            If the arrays are not those of a checkpoint of this run.
        """
        mine = {
            f"{part}/{name}": array
            for part in ("state", "record")
            for name, array in getattr(self._run, part)._asdict().items()
        }
        problems = Problems()
        for name, array in {**mine, "step": np.array(self.step)}.items():
            seen = kept.get(name)
            if seen is None or seen.shape != array.shape:
                problems.add(
                    name,
                    "nothing" if seen is None else f"shape {seen.shape}",
                    f"shape {array.shape}, as this table and event give",
                    "Resume with the table and the event of the run that was kept.",
                )
        problems.raise_if_any("checkpoint", InputError)
        for name, array in mine.items():
            array[...] = kept[name]
        self.step = int(kept["step"])

    def trajectories(self) -> Trajectories:
        """What was written down so far."""
        return self._run.trajectories()


def _negative_stock(table: InputOutputTable, stock: Floats, lowest: float, step: int) -> Problem:
    """Which stock fell below nil; the one that is lowest now stands for all."""
    i, f = np.unravel_index(int(np.argmin(stock)), stock.shape)
    home, buyer = divmod(int(f), len(table.sectors))
    return Problem(
        place=f"by step {step}, stock of {table.sectors[i]} in "
        f"{table.regions[home]}/{table.sectors[buyer]}",
        seen=f"{lowest:.2g} of all output at rest, below nil",
        allowed="stocks of nil and more",
        remedy="The reference's rules take more from a stock than is in it where psi x days of "
        "inventory is below 1, or where an input below its threshold of criticality runs out. "
        "Give boario_compatible: false, or longer inventories.",
    )


class _Factored:
    """The layout in which orders are never stored per link."""

    def __init__(self, table: InputOutputTable, case: Case) -> None:
        self.case = case
        self.network = network(table, case.behaviour, 1)
        self.conduct = conduct(table, case.behaviour, 1)
        self.hazards = hazards(table, case, 1)
        self.state = at_rest(table, case.behaviour, self.network, self.hazards)
        self.record = empty_record(self.network, case.steps, case.stocks_every)

    def advance(self, first: int, last: int) -> None:
        parts = (self.network, self.conduct, self.hazards, self.state, self.record)
        advance(*parts, (first, last), self.case.stocks_every)

    @property
    def lowest(self) -> float:
        """Lowest stock so far, as a share of all output at rest [-]."""
        return min(float(self.record.books[1]), 0.0)

    def trajectories(self) -> Trajectories:
        r = self.record
        return Trajectories(
            production_realised=r.output,
            production_capacity=r.capacity,
            overproduction=r.boost,
            orders_received=r.orders,
            rebuild_demand=r.rebuild,
            capital_lost=r.lost,
            final_demand_undist=r.undelivered,
            final_demand_unmet=r.unmet,
            inputs_stock_end=r.stock,
            inputs_stock_end_days=np.arange(0, self.case.steps, self.case.stocks_every),
            balance=dense_balance(r),
        )


class _Linked:
    """The layout in which each link has a state of its own."""

    def __init__(self, table: InputOutputTable, case: Case) -> None:
        self.case, self.table = case, table
        switching = case.extras.switching
        opens = switching is not None and switching.new_link_weight > 0.0
        base = conduct(table, case.behaviour, 1)
        self.wiring = Wiring(table, case.behaviour, opens)
        classes, members = friction_classes(case, self.wiring)
        self.network = link_network(table, case, self.wiring, base, classes)
        self.conduct = link_conduct(case, base)
        self.hazards = hazards(table, case, 1)
        self.frictions = frictions(case, members)
        self.detours = detours(case, self.wiring, self.network, len(members))
        self.state = links_at_rest(
            case, self.wiring, self.network, self.hazards, self.frictions, self.detours
        )
        self.started = self.state._replace(
            stock=self.state.stock.copy(), transit=self.state.transit.copy()
        )
        self.record = empty_link_record(
            self.network, self.wiring, self.detours, case.steps, case.stocks_every
        )

    def advance(self, first: int, last: int) -> None:
        parts = (self.network, self.conduct, self.hazards, self.frictions, self.detours)
        advance_links(*parts, self.state, self.record, (first, last), self.case.stocks_every)

    @property
    def lowest(self) -> float:
        """Nil: use never exceeds the stock in this layout."""
        return 0.0

    def trajectories(self) -> Trajectories:
        r, inner = self.record, slice(0, self.wiring.inner_slots)
        inputs, buyers = self.wiring.slot_input[inner], self.wiring.slot_buyer[inner]
        stock = np.zeros((r.stock.shape[0], self.wiring.sectors, self.wiring.size))
        stock[:, np.isinf(self.case.behaviour.inventory_steps)] = np.inf
        stock[:, inputs, buyers] = r.stock[:, inner]
        return Trajectories(
            production_realised=r.output,
            production_capacity=r.capacity,
            overproduction=r.boost,
            orders_received=r.orders,
            rebuild_demand=r.rebuild,
            capital_lost=r.lost,
            final_demand_undist=r.undelivered,
            final_demand_unmet=r.unmet,
            inputs_stock_end=stock,
            inputs_stock_end_days=np.arange(0, self.case.steps, self.case.stocks_every),
            balance=link_balance(self.started, self.state, r),
            borders={
                "queue": r.queue,
                "detour": r.detour,
                "seized": r.seized,
                "enforcement": r.enforcement,
            },
        )


def simulate(
    table: InputOutputTable,
    case: Case,
    progress: Progress | None = None,
    *,
    each_link: bool = False,
) -> Trajectories:
    """Run a case on a table from start to end.

    Parameters
    ----------
    table, case, each_link
        See :class:`Propagation`.
    progress
        Called with (steps done, steps in all).
    """
    run = Propagation(table, case, each_link)
    while run.step < case.steps:
        run.advance(STRIDE)
        if progress is not None:
            progress(run.step, case.steps)
    return run.trajectories()
