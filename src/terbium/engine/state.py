"""The state that a run carries from step to step, and what the kernel writes down on the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from terbium.engine.jit import njit
from terbium.engine.program import Draws, Policy, Program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class State(NamedTuple):
    """Everything that the next step depends on. Shapes are (block, ..., lane), masses in tonnes.

    Attributes
    ----------
    inv_in, transit, queue, queue_norm, risk : (block, input slot, lane)
        Stock at the user; goods under way to it; tonnes filed for or licensed but not shipped;
        the amount of the latter that the buyer has come to expect; perceived licensing risk [-].
    inv_out : (block, output slot, lane)
        Stock at the maker.
    want, backlog : (block, node, lane)
        Activity wanted in the next step [t/step]; final demand put off [t].
    share, avail : (block, link, lane)
        Share of the link in its slot's orders, and how much of what was ordered lately came [-].
    ring : (block, plane, link, lane)
        Goods in transit by the step of arrival, modulo the number of planes.
    review, ready, live : (block, licensed link, lane)
        Filings under review, filings that can be decided, licences granted and unused.
    granted, spent : (block, licensed link, lane)
        Licences granted so far, and used or lapsed so far.
    history : (block, validity, licensed link, lane)
        ``granted`` at the end of each of the last ``validity`` steps.
    """

    inv_in: Floats
    transit: Floats
    queue: Floats
    queue_norm: Floats
    risk: Floats
    inv_out: Floats
    want: Floats
    backlog: Floats
    share: Floats
    avail: Floats
    ring: Floats
    review: Floats
    ready: Floats
    live: Floats
    granted: Floats
    spent: Floats
    history: Floats


class Record(NamedTuple):
    """What the kernel writes down. Series are declared by the program, flows are t per step.

    Attributes
    ----------
    export : (block, step, export series, lane)
        Shipments at the border, on the day they leave.
    queue : (block, step, 6, queue series, lane)
        Filed, granted, refused for good, lapsed, shipped under licence [t/step]; waiting at the
        end of the step [t].
    activity, stock : (block, step, industry series, lane)
        Activity [t/step] and stock of inputs [t] summed over the lines of an industry.
    node_total, link_total : (block, node or link, lane)
        Activity and shipments summed over all steps so far [t].
    stop_step, stop_length : (block, node, lane)
        First moment at which output falls below half of what is wanted for want of an input
        [step, fractional], inf if never; length of that first stop [step].
    stop_slot : (block, node, lane) int
        Input slot that bound at the first stop, -1 if none.
    lowest : (block, lane)
        Smallest stock of any kind seen [t].
    """

    export: Floats
    queue: Floats
    activity: Floats
    stock: Floats
    node_total: Floats
    link_total: Floats
    stop_step: Floats
    stop_length: Floats
    stop_slot: Ints
    lowest: Floats


(
    QUEUE_FILED,
    QUEUE_GRANTED,
    QUEUE_REFUSED,
    QUEUE_LAPSED,
    QUEUE_SHIPPED,
    QUEUE_WAITING,
) = range(6)


def initial_state(program: Program, draws: Draws, policy: Policy) -> State:
    """State at rest: stocks at target, base flows under way, no licence pending.

    Parameters
    ----------
    program, draws, policy
        The compiled chain, its draws and the policy arrays; only shapes are taken from the last.
    """
    blocks, _, lanes = draws.node_cap.shape
    n_in = program.in_coef.size
    n_link = program.link_out.size
    n_ctrl = int(program.link_ctrl.max(initial=-1)) + 1
    node_of_in = np.repeat(np.arange(program.node_base.size), np.diff(program.in_ptr))
    node_of_out = np.repeat(np.arange(program.node_base.size), np.diff(program.out_ptr))
    use = program.in_coef * program.node_base[node_of_in]
    made = program.out_coef * program.node_base[node_of_out]

    lag = draws.route_lag[:, program.link_route, :]
    whole = np.floor(lag).astype(np.int64) - 1
    part = lag - np.floor(lag)
    planes = int(np.floor(draws.route_lag.max(initial=1.0))) + 2
    plane = np.arange(planes)[None, :, None, None]
    under_way = np.where(plane <= whole[:, None], 1.0 - part[:, None], 0.0)
    under_way += np.where(plane <= whole[:, None] + 1, part[:, None], 0.0)
    ring = under_way * program.link_base[None, None, :, None]
    slot_of_link = np.repeat(np.arange(n_in), np.diff(program.link_ptr))
    transit = np.zeros((blocks, n_in, lanes))
    for block in range(blocks):
        np.add.at(transit[block], slot_of_link, ring[block].sum(axis=0))

    def per_node() -> Floats:
        return np.zeros((blocks, program.node_base.size, lanes))

    def per_ctrl() -> Floats:
        return np.zeros((blocks, n_ctrl, lanes))

    zeros_in = np.zeros((blocks, n_in, lanes))
    return State(
        inv_in=draws.in_cover * use[None, :, None],
        transit=transit,
        queue=zeros_in,
        queue_norm=zeros_in.copy(),
        risk=zeros_in.copy(),
        inv_out=draws.out_cover * made[None, :, None],
        want=per_node() + program.node_base[None, :, None],
        backlog=per_node(),
        share=np.zeros((blocks, n_link, lanes)) + program.link_share[None, :, None],
        avail=np.ones((blocks, n_link, lanes)),
        ring=np.ascontiguousarray(ring),
        review=per_ctrl(),
        ready=per_ctrl(),
        live=per_ctrl(),
        granted=per_ctrl(),
        spent=per_ctrl(),
        history=np.zeros((blocks, policy.validity, n_ctrl, lanes)),
    )


def empty_record(
    program: Program, draws: Draws, steps: int, sizes: tuple[int, int, int]
) -> Record:
    """Room for ``steps`` steps of export, queue and industry series (``sizes`` in that order)."""
    blocks, nodes, lanes = draws.node_cap.shape
    n_export, n_queue, n_industry = sizes
    n_link = program.link_out.size
    return Record(
        export=np.zeros((blocks, steps, n_export, lanes)),
        queue=np.zeros((blocks, steps, 6, n_queue, lanes)),
        activity=np.zeros((blocks, steps, n_industry, lanes)),
        stock=np.zeros((blocks, steps, n_industry, lanes)),
        node_total=np.zeros((blocks, nodes, lanes)),
        link_total=np.zeros((blocks, n_link, lanes)),
        stop_step=np.full((blocks, nodes, lanes), np.inf),
        stop_length=np.zeros((blocks, nodes, lanes)),
        stop_slot=np.full((blocks, nodes, lanes), -1, dtype=np.int64),
        lowest=np.full((blocks, lanes), np.inf),
    )


class Scratch(NamedTuple):
    """Working arrays of one block; (.., lane)."""

    wanted: Floats
    act: Floats
    ordered: Floats
    free: Floats
    asked: Floats
    asked_first: Floats
    ratio: Floats
    ratio_first: Floats
    need: Floats
    decided: Floats
    duty: Floats


@njit(cache=True)
def scratch(p: Program, classes: int, lanes: int) -> Scratch:
    """Fresh working arrays for one block."""
    nodes, links, outs = p.node_base.size, p.link_out.size, p.out_coef.size
    return Scratch(
        np.zeros((nodes, lanes)),
        np.zeros((nodes, lanes)),
        np.zeros((links, lanes)),
        np.zeros((links, lanes)),
        np.zeros((outs, lanes)),
        np.zeros((outs, lanes)),
        np.zeros((outs, lanes)),
        np.zeros((outs, lanes)),
        np.zeros((classes, lanes)),
        np.zeros((classes, lanes)),
        np.zeros((classes, lanes)),
    )
