"""The state that a run carries from step to step, and what the kernel writes down on the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from terbium.engine.jit import njit
from terbium.engine.program import LANES, Draws, Policy, Program

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class State(NamedTuple):
    """Everything that the next step depends on, for one block of draws; masses in tonnes.

    Attributes
    ----------
    inv_in, transit, queue, queue_norm, risk : (input slot, lane)
        Stock at the user; goods under way to it; tonnes filed for or licensed but not shipped;
        the amount of the latter that the buyer has come to expect; perceived licensing risk [-].
    inv_out : (output slot, lane)
        Stock at the maker.
    want, backlog : (node, lane)
        Activity wanted in the next step [t/step]; final demand put off [t].
    share, avail : (link, lane)
        Share of the link in its slot's orders, and how much of what was ordered lately came [-].
    ring : (plane, input slot, lane)
        Goods in transit by the step of arrival, modulo the number of planes. Who sent them no
        longer matters once they are under way: a slot holds one material.
    review, ready, live : (licensed link, lane)
        Filings under review, filings that can be decided, licences granted and unused.
    granted, spent : (licensed link, lane)
        Licences granted so far, and used or lapsed so far.
    history : (validity, licensed link, lane)
        ``granted`` at the end of each of the last ``validity`` steps.
    toll : (friction class, lane)
        Factor that duties put on orders, as far as buyers have answered to them [-].
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
    toll: Floats


class Record(NamedTuple):
    """What the kernel writes down. Series are declared by the program, flows are t per step.

    Attributes
    ----------
    export : (step, export series, lane)
        Shipments at the border, on the day they leave.
    queue : (step, 6, queue series, lane)
        Filed, granted, refused for good, lapsed, shipped under licence [t/step]; waiting at the
        end of the step [t].
    activity, stock : (step, industry series, lane)
        Activity [t/step], and the activity that the scarcest input in stock would still allow [t],
        summed over the lines of an industry.
    node_total, link_total : (node or link, lane)
        Activity and shipments summed over all steps so far [t].
    stop_step, stop_length : (node, lane)
        First moment at which output falls below half of what is wanted for want of an input
        [step, fractional], inf if never; length of that first stop [step].
    stop_slot : (node, lane) int
        Input slot that bound at the first stop, -1 if none.
    made : (step, production series, lane)
        Output of the stages before the industries [t/step].
    begun : (step, industry series, lane)
        Undisturbed output of the lines of an industry that begin a stop [t/step].
    standing : (node, lane)
        1 while a line stands still.
    lowest : (lane)
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
    made: Floats
    begun: Floats
    standing: Floats
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
        The compiled chain, the draws of one block, and the policy arrays, of which only the
        validity of licences is used.
    """
    nodes, lanes = draws.node_cap.shape
    n_in, n_link = program.in_coef.size, program.link_out.size
    n_ctrl = int(program.link_ctrl.max(initial=-1)) + 1
    use = program.in_coef * np.repeat(program.node_base, np.diff(program.in_ptr))
    made = program.out_coef * np.repeat(program.node_base, np.diff(program.out_ptr))
    ring = _under_way(program, draws, float(policy.delay.max(initial=0.0)))
    transit = ring.sum(axis=0)
    slots = (n_in, lanes)
    return State(
        inv_in=draws.in_cover * use[:, None],
        transit=transit,
        queue=np.zeros(slots),
        queue_norm=np.zeros(slots),
        risk=np.zeros(slots),
        inv_out=draws.out_cover * made[:, None],
        want=np.zeros((nodes, lanes)) + program.node_base[:, None],
        backlog=np.zeros((nodes, lanes)),
        share=np.zeros((n_link, lanes)) + program.link_share[:, None],
        avail=np.ones((n_link, lanes)),
        ring=ring,
        review=np.zeros((n_ctrl, lanes)),
        ready=np.zeros((n_ctrl, lanes)),
        live=np.zeros((n_ctrl, lanes)),
        granted=np.zeros((n_ctrl, lanes)),
        spent=np.zeros((n_ctrl, lanes)),
        history=np.zeros((policy.validity, n_ctrl, lanes)),
        toll=np.ones_like(draws.class_share),
    )


def _under_way(program: Program, draws: Draws, delay: float) -> Floats:
    """Base flows in transit by step of arrival, (plane, input slot, lane) [t]."""
    planes = int(np.floor(draws.route_lag.max(initial=1.0) + delay)) + 2
    slot_of_link = np.repeat(np.arange(program.in_coef.size), np.diff(program.link_ptr))
    ring = np.zeros((planes, program.in_coef.size, draws.route_lag.shape[1]))
    for route in range(draws.route_lag.shape[0]):
        whole = np.floor(draws.route_lag[route])
        part = draws.route_lag[route] - whole
        plane = np.arange(planes)[:, None]
        due = np.where(plane < whole, 1.0 - part, 0.0) + np.where(plane <= whole, part, 0.0)
        links = program.link_route == route
        flow = np.bincount(slot_of_link[links], program.link_base[links], program.in_coef.size)
        ring += due[:, None, :] * flow[None, :, None]
    return ring


def empty_record(program: Program, draws: Draws, steps: int, sizes: tuple[int, int, int]) -> Record:
    """Room for ``steps`` steps of export, queue and industry series (``sizes`` in that order)."""
    nodes, lanes = draws.node_cap.shape
    n_export, n_queue, n_industry = sizes
    n_made = int(program.out_series.max(initial=-1)) + 1
    return Record(
        export=np.zeros((steps, n_export, lanes)),
        queue=np.zeros((steps, 6, n_queue, lanes)),
        activity=np.zeros((steps, n_industry, lanes)),
        stock=np.zeros((steps, n_industry, lanes)),
        node_total=np.zeros((nodes, lanes)),
        link_total=np.zeros((program.link_out.size, lanes)),
        stop_step=np.full((nodes, lanes), np.inf),
        stop_length=np.zeros((nodes, lanes)),
        stop_slot=np.full((nodes, lanes), -1, dtype=np.int64),
        made=np.zeros((steps, n_made, lanes)),
        begun=np.zeros((steps, n_industry, lanes)),
        standing=np.zeros((nodes, lanes)),
        lowest=np.full(lanes, np.inf),
    )


class Scratch(NamedTuple):
    """Working arrays of one block; the last axis is the lane.

    ``free`` is the part of an order that needs no licence, for licensed links only; ``wish`` what
    a link would carry if its maker held enough. ``landing`` holds, per route and number of steps
    ahead, the share of a shipment that arrives then; ``soonest`` and ``latest`` bound where it is
    not nil. ``busy`` is false for a link on which nothing is ordered or licensed in the step.
    """

    wanted: Floats
    act: Floats
    ordered: Floats
    came: Floats
    free: Floats
    wish: Floats
    asked: Floats
    asked_first: Floats
    ratio: Floats
    ratio_first: Floats
    need: Floats
    decided: Floats
    weight: Floats
    landing: Floats
    soonest: Ints
    latest: Ints
    busy: NDArray[np.bool_]


@njit(cache=True, error_model="numpy")
def scratch(p: Program, d: Draws, planes: int) -> Scratch:
    """Fresh working arrays for one block."""
    nodes, links, outs = p.node_base.size, p.link_out.size, p.out_coef.size
    classes, routes = d.class_share.shape[0], d.route_lag.shape[0]
    licensed = 0
    for k in range(links):
        licensed = max(licensed, p.link_ctrl[k] + 1)
    landing = np.zeros((routes, planes, LANES))
    soonest, latest = np.full(routes, planes), np.zeros(routes, dtype=np.int64)
    for r in range(routes):
        for w in range(LANES):
            whole = int(d.route_lag[r, w])
            part = d.route_lag[r, w] - whole
            landing[r, whole, w] += 1.0 - part
            soonest[r], latest[r] = min(soonest[r], whole), max(latest[r], whole)
            if part > 0.0:
                landing[r, whole + 1, w] += part
                latest[r] = max(latest[r], whole + 1)
    return Scratch(
        np.zeros((nodes, LANES)),
        np.zeros((nodes, LANES)),
        np.zeros((links, LANES)),
        np.zeros((links, LANES)),
        np.zeros((licensed, LANES)),
        np.zeros((links, LANES)),
        np.zeros((outs, LANES)),
        np.zeros((outs, LANES)),
        np.zeros((outs, LANES)),
        np.zeros((outs, LANES)),
        np.zeros((classes, LANES)),
        np.zeros((classes, LANES)),
        np.zeros((classes, LANES)),
        landing,
        soonest,
        latest,
        np.ones(links, dtype=np.bool_),
    )
