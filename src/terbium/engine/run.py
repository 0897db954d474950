"""The driver: steps blocks of draws side by side and hands what they wrote to a sink."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from terbium.base import tolerances
from terbium.engine.compile import Compiled
from terbium.engine.kernel import advance
from terbium.engine.program import LANES, Draws, Rules
from terbium.engine.sample import Responses, Values, draw_blocks, validity_steps
from terbium.engine.state import Record, State, empty_record, initial_state

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]


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


class Sink(Protocol):
    """Takes what a run writes while it is running, block after block, in order of draws."""

    def receive(self, output: BlockOutput) -> None:
        """Keep what is needed; the arrays are dropped afterwards."""


@dataclass(frozen=True)
class Plan:
    """Everything a run needs beside the compiled chain."""

    values: Values
    responses: Responses
    rules: Rules
    threads: int | None = None


class Cancelled(Exception):
    """Raised inside the driver when the caller wants the run to end."""


def simulate(compiled: Compiled, plan: Plan, sink: Sink, progress: Progress | None = None) -> None:
    """Run all draws and feed the sink; bits do not depend on the number of threads.

    Parameters
    ----------
    compiled, plan
        The chain, the drawn values, the behavioural rules.
    sink
        Receives one :class:`BlockOutput` per block of ``LANES`` draws, in order.
    progress
        Called with (block-steps done, block-steps in all).
    """
    blocks = draw_blocks(compiled, plan.values, plan.responses)
    ready = compiled_for(compiled, plan.values)
    threads = plan.threads or os.cpu_count() or 1
    total = len(blocks) * ready.clock.steps
    done = 0
    stop = Event()

    def work(index: int) -> BlockOutput:
        return run_block(ready, blocks[index], plan, index, stop, tick)

    def tick(steps: int) -> None:
        nonlocal done
        done += steps
        if progress is not None:
            progress(done, total)

    with ThreadPoolExecutor(threads) as pool:
        try:
            for output in _in_order(pool, work, len(blocks), threads):
                sink.receive(output)
        except BaseException:
            stop.set()
            raise


def _in_order(
    pool: ThreadPoolExecutor, work: Callable[[int], BlockOutput], count: int, threads: int
) -> Iterator[BlockOutput]:
    """Outputs in order, with no more blocks in memory than threads (and one waiting)."""
    ahead = {i: pool.submit(work, i) for i in range(min(threads, count))}
    for i in range(count):
        output = ahead.pop(i).result()
        following = i + threads
        if following < count:
            ahead[following] = pool.submit(work, following)
        yield output


def compiled_for(compiled: Compiled, values: Values) -> Compiled:
    """The compiled chain with the validity of licences that was drawn."""
    policy = compiled.policy._replace(validity=validity_steps(compiled, values))
    return Compiled(**{**vars(compiled), "policy": policy})


def run_block(
    compiled: Compiled,
    draws: Draws,
    plan: Plan,
    index: int,
    stop: Event,
    tick: Callable[[int], None],
) -> BlockOutput:
    """Step one block through the clock, pausing for stock shocks and for news of progress."""
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
        advance(p, compiled.policy, draws, state, record, step, following, plan.rules)
        tick(following - step)
        step = following
    gap = element_mass(compiled, state) - before + removed - element_made(compiled, record)
    # each element against its own mass: a loss of terbium must not hide behind cerium
    scale = np.maximum(before, tolerances.EMPTY_ATOL)
    first = index * LANES
    return BlockOutput(
        first,
        min(LANES, plan.values.draws - first),
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
