"""One block of draws, stepped through the clock and audited: the pure part of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from terbium.base import tolerances
from terbium.engine.compile import Compiled
from terbium.engine.kernel import advance
from terbium.engine.program import LANES, Draws, Rules
from terbium.engine.state import Record, State, empty_record, initial_state

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BlockOutput:
    """What one block of draws left behind.

    Attributes
    ----------
    first, count
        Draws ``first`` to ``first + count - 1`` of the run; further lanes are padding.
    record
        See :class:`~terbium.engine.state.Record`.
    residuals
        Largest relative residual of the element and licence balances over lanes.
    """

    first: int
    count: int
    record: Record
    element_residual: float
    licence_residual: float


class Cancelled(Exception):
    """Raised inside a block when the caller wants the run to end."""


class Flag(Protocol):
    """Says whether the run is to end: an event, or memory that processes share."""

    def is_set(self) -> bool:
        """Whether it was raised."""
        ...


def run_block(
    compiled: Compiled,
    draws: Draws,
    rules: Rules,
    place: tuple[int, int],
    stop: Flag,
    tick: Callable[[int], None],
) -> BlockOutput:
    """Step one block through the clock, pausing for stock shocks and for news of progress.

    Parameters
    ----------
    compiled, draws, rules
        The chain with the drawn validity of licences, the arrays of the block, the switches.
    place
        First draw of the block, and how many of its lanes are draws.
    stop
        Looked at between two pauses.
    tick
        Called with the number of steps done since the last call.

    Raises
    ------
    Cancelled
        If ``stop`` was set on the way.
    """
    p, clock = compiled.program, compiled.clock
    sizes = (len(compiled.export_keys), len(compiled.queue_keys), len(compiled.industry_keys))
    state = initial_state(p, draws, compiled.policy)
    record = empty_record(p, draws, clock.steps, sizes)
    before = element_mass(compiled, state)
    removed = np.zeros_like(before)
    pauses = {shock.step: shock for shock in compiled.stock_shocks}
    step = 0
    while step < clock.steps:
        if stop.is_set():
            raise Cancelled
        if step in pauses:
            removed += _shock_stock(compiled, state, pauses[step].slots, pauses[step].scale)
        following = min([s for s in pauses if s > step] + [step + _PACE, clock.steps])
        advance(p, compiled.policy, draws, state, record, step, following, rules)
        tick(following - step)
        step = following
    gap = element_mass(compiled, state) - before + removed - element_made(compiled, record)
    # each element against its own mass: a loss of terbium must not hide behind cerium
    scale = np.maximum(before, tolerances.EMPTY_ATOL)
    return BlockOutput(
        *place,
        record,
        float(np.abs(gap / scale).max(initial=0.0)),
        licence_residual(state, record),
    )


_PACE = LANES
"""Steps between two signs of life; any number gives the same bits."""


def _shock_stock(
    compiled: Compiled, state: State, slots: NDArray[np.int64], scale: float
) -> Floats:
    content = compiled.graph.content[_material(compiled, "inputs")[slots]]
    taken = state.inv_in[slots] * (1.0 - scale)
    state.inv_in[slots] -= taken
    return np.asarray(content.T @ taken)


def _material(compiled: Compiled, table: str) -> NDArray[np.int64]:
    labels = getattr(compiled, table)["material"]
    return np.asarray(compiled.graph.materials.positions(list(labels)), dtype=np.int64)


def element_mass(compiled: Compiled, state: State) -> Floats:
    """Mass of each element in all stocks and under way, (element, lane) [t]."""
    content = compiled.graph.content
    mass = content[_material(compiled, "inputs")].T @ (state.inv_in + state.ring.sum(axis=0))
    mass += content[_material(compiled, "outputs")].T @ state.inv_out
    return np.asarray(mass)


def element_made(compiled: Compiled, record: Record) -> Floats:
    """Net mass that nodes brought in or took out (losses, final use), (element, lane) [t]."""
    p, content = compiled.program, compiled.graph.content
    net = np.zeros((p.node_base.size, content.shape[1]))
    made = p.out_coef[:, None] * content[_material(compiled, "outputs")]
    used = p.in_coef[:, None] * content[_material(compiled, "inputs")]
    np.add.at(net, compiled.outputs["node"].to_numpy(), made)
    np.subtract.at(net, compiled.inputs["node"].to_numpy(), used)
    return np.asarray(net.T @ record.node_total)


def licence_residual(state: State, record: Record) -> float:
    """Largest relative gap in the two licence balances (rule Q6)."""
    filed, granted, refused, lapsed, shipped, _ = (
        record.queue[:, row].sum(axis=(0, 1)) for row in range(record.queue.shape[1])
    )
    waiting = state.review.sum(axis=0) + state.ready.sum(axis=0)
    first = np.abs(filed - granted - refused - waiting)
    second = np.abs(granted - lapsed - shipped - state.live.sum(axis=0))
    scale = np.maximum(filed, tolerances.EMPTY_ATOL)
    return float(np.max(np.maximum(first, second) / scale, initial=0.0))
