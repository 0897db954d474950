"""Many cases on one table, side by side: the links are read once for all lanes of a block.

A block of :data:`~terbium.engine.program.LANES` cases shares every pass over the links, which makes
it a product of matrices; what is kept of each case are sums by region and by sector, so that memory
does not grow with industries times steps times cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from terbium.engine.network.case import Behaviour, Case, Extras
from terbium.engine.network.kernel import make_and_share, receive_and_order, work
from terbium.engine.network.links import collect_lanes, weigh_lanes
from terbium.engine.network.program import Conduct, Hazards, NetworkState
from terbium.engine.network.run import Progress
from terbium.engine.network.setup import (
    FACTORED,
    at_rest,
    conduct,
    empty_record,
    hazards,
    network,
)
from terbium.engine.program import LANES, Floats
from terbium.graph.tables import InputOutputTable

Tick = Callable[[int], None]

SHARED = (
    "follows_capacity",
    "compatible",
    "partial",
    "rationing",
    "endless",
    "blind",
    "orders_wanted",
)

LISTED = (
    "node",
    "is_capital",
    "is_rebuild",
    "profile",
    "digits",
    "rebuild_from",
    "rebuild_pace",
    "rebuild_factor",
    "cell_supplier",
    "path_node",
)


@dataclass(frozen=True)
class Batch:
    """What many cases did; money of the table per step unless stated.

    Attributes
    ----------
    by_region : (case, T, R)
        Output by region.
    by_sector : (case, T, S)
        Output by sector.
    unmet : (case, T, R)
        Final demand unmet, by the region that went without.
    output : (case, N)
        Output of each industry over the whole run [money].
    lowest : (case, N)
        Lowest output of each industry in a step.
    """

    by_region: Floats
    by_sector: Floats
    unmet: Floats
    output: Floats
    lowest: Floats


def simulate_many(
    table: InputOutputTable,
    cases: Sequence[Case],
    *,
    threads: int = 1,
    progress: Progress | None = None,
) -> Batch:
    """Run many cases on one table; each gives what it would give alone, to rounding.

    Parameters
    ----------
    table
        Yearly flows, checked.
    cases
        All of one length and with the same rules; numbers may differ. No transit, frictions,
        switching or relabelling, and a rationing rule that treats buyers alike.
    threads
        Blocks stepped at once; bits do not depend on it as long as the matrix library runs on one
        thread.
    progress
        Called with (case-steps done, case-steps in all).

    Raises
    ------
    ValueError
        If cases differ in length or rules, or ask for what needs a state for each link.
    """
    _check(cases)
    steps, done = cases[0].steps, 0
    blocks = [cases[k : k + LANES] for k in range(0, len(cases), LANES)]

    def tick(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, len(cases) * steps)

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(lambda block: _block(table, block, tick), blocks))
    return Batch(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _check(cases: Sequence[Case]) -> None:
    if not cases:
        raise ValueError("simulate_many: no cases")
    first = cases[0]
    for at, case in enumerate(cases):
        if case.steps != first.steps:
            raise ValueError(f"case {at} has {case.steps} steps, the first {first.steps}")
        if case.extras != Extras() or case.behaviour.rationing not in FACTORED:
            raise ValueError(f"case {at} needs a state for each link; use simulate")
        if case.behaviour.year_steps != first.behaviour.year_steps:
            raise ValueError(f"case {at} has another length of year than the first")


def _block(table: InputOutputTable, cases: Sequence[Case], tick: Tick) -> tuple[Floats, ...]:
    """Step one block from start to end; the arrays of :class:`Batch` in its order."""
    lanes, behaviours = len(cases), [case.behaviour for case in cases]
    n = network(table, behaviours[0], lanes)
    c = _conduct(table, behaviours)
    h = _hazards(table, cases)
    s = _state(table, cases, h)
    rec = empty_record(n, 1, 1)
    x = work(n.output.size, n.sectors)
    steps, shape = cases[0].steps, (lanes, n.regions, n.sectors)
    by_region = np.zeros((lanes, steps, n.regions))
    by_sector = np.zeros((lanes, steps, n.sectors))
    unmet = np.zeros((lanes, steps, n.regions))
    total, lowest = np.zeros(n.output.size), n.output.copy()
    for t in range(steps):
        rec.unmet[:] = 0.0
        make_and_share(n, c, h, s, rec, (t, 0), x)
        weigh_lanes(n.flows, n.sectors, x.carrying, x.weight, x.came, x.base)
        receive_and_order(n, c, h, s, rec, t, x)
        collect_lanes(n.flows, n.sectors, s.scale, s.weight, s.orders)
        made = rec.output[0].reshape(shape)
        by_region[:, t], by_sector[:, t] = made.sum(axis=2), made.sum(axis=1)
        unmet[:, t] = rec.unmet[0].reshape(shape).sum(axis=2)
        total += rec.output[0]
        np.minimum(lowest, rec.output[0], out=lowest)
        tick(lanes)
    return by_region, by_sector, unmet, total.reshape(lanes, -1), lowest.reshape(lanes, -1)


def _lanes(parts: Sequence[Floats]) -> Floats:
    """Arrays of one lane each, one after the other on the last axis."""
    return np.concatenate(parts, axis=-1)


def _conduct(table: InputOutputTable, behaviours: Sequence[Behaviour]) -> Conduct:
    alone = [conduct(table, behaviour, 1) for behaviour in behaviours]
    odd = [name for name in SHARED if len({getattr(c, name) for c in alone}) > 1]
    if odd:
        raise ValueError(f"cases of a batch differ in {', '.join(odd)}")
    arrays = ("hold", "binding", "target", "pace")
    vectors = ("boost_base", "boost_most", "boost_pace", "capital")
    joined: dict[str, Any] = {
        name: _lanes([getattr(c, name) for c in alone]) for name in (*arrays, *vectors)
    }
    return Conduct(**{**alone[0]._asdict(), **joined})


def _hazards(table: InputOutputTable, cases: Sequence[Case]) -> Hazards:
    """Events of all cases in one list; each strikes its own lane alone."""
    lanes, alone = len(cases), [hazards(table, case, 1) for case in cases]
    base_hit = np.cumsum([0, *(h.node.size for h in alone)])
    base_event = np.cumsum([0, *(h.is_capital.size for h in alone)])

    def in_lane(parts: list[Floats]) -> Floats:
        wide = [np.zeros((*part.shape[:-1], lanes)) for part in parts]
        for lane, part in enumerate(parts):
            wide[lane][..., lane] = part[..., 0]
        return np.concatenate(wide, axis=-2)

    def joined(name: str) -> Floats:
        return np.concatenate([getattr(h, name) for h in alone])

    shifted = [h.ptr[1:] + base_hit[k] for k, h in enumerate(alone)]
    hit = [np.where(h.cell_hit >= 0, h.cell_hit + base_hit[k], -1) for k, h in enumerate(alone)]
    changed: dict[str, Any] = dict(
        ptr=np.concatenate([np.zeros(1, dtype=np.int64), *shifted]),
        amount=in_lane([h.amount for h in alone]),
        cell_event=np.concatenate([h.cell_event + base_event[k] for k, h in enumerate(alone)]),
        cell_hit=np.concatenate(hit),
        cell_amount=in_lane([h.cell_amount for h in alone]),
        path=in_lane([h.path for h in alone]),
    )
    listed = {name: joined(name) for name in LISTED}
    return Hazards(**{**listed, **changed})


def _state(table: InputOutputTable, cases: Sequence[Case], h: Hazards) -> NetworkState:
    alone = []
    for case in cases:
        single = network(table, case.behaviour, 1)
        alone.append(at_rest(table, case.behaviour, single, hazards(table, case, 1)))
    names = ("stock", "scale", "weight", "orders", "boost", "before")
    joined: dict[str, Any] = {name: _lanes([getattr(s, name) for s in alone]) for name in names}
    return NetworkState(
        **joined,
        unrepaired=h.amount.copy(),
        left=h.cell_amount.copy(),
        asked=np.zeros_like(h.cell_amount),
    )
