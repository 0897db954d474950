"""The compiled step: arrivals, production, orders, licences, shipments, in that order.

Every loop is linear in links, slots or nodes; draws lie innermost in blocks of
:data:`~terbium.engine.program.LANES`. A block is stepped by one thread from start to end and no
block sees another, so that bits do not depend on the number of threads. The cache
directory is named by a hash of all engine sources (:mod:`terbium.engine.jit`), because Numba does
not notice a change in a helper's file.

The equations and the reasons for each rule: docs/design/005-orders-and-rationing.md (orders,
rationing, rule numbers O1 to O6) and docs/design/004-licence-queue.md (rules Q1 to Q6).
"""

from __future__ import annotations

import numpy as np

from terbium.engine.jit import njit, prange
from terbium.engine.licensing import desk, frictions, license_filings
from terbium.engine.orders import order
from terbium.engine.program import (
    FINAL,
    SUPPLYSUPPLY_PUSH,
    Draws,
    Policy,
    Program,
    Rules,
)
from terbium.engine.rationing import ration, ship
from terbium.engine.state import Record, Scratch, State, scratch


@njit(cache=True)
def _arrive(p: Program, s: State, b: int, t: int) -> None:
    plane = t % s.ring.shape[1]
    lanes = s.inv_in.shape[2]
    for i in range(p.in_coef.size):
        for k in range(p.link_ptr[i], p.link_ptr[i + 1]):
            for w in range(lanes):
                came = s.ring[b, plane, k, w]
                s.inv_in[b, i, w] += came
                s.transit[b, i, w] -= came
                s.ring[b, plane, k, w] = 0.0


@njit(cache=True)
def _note_stop(
    p: Program, s: State, rec: Record, b: int, t: int, n: int, half: float, x: Scratch
) -> None:
    """First moment at which a line runs below half of its base for want of an input."""
    for w in range(s.inv_in.shape[2]):
        act = x.act[n, w]
        stopped = act < half and act < x.wanted[n, w]
        if stopped and rec.stop_step[b, n, w] == np.inf:
            rec.stop_step[b, n, w] = t + act / x.wanted[n, w]
            for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
                if p.in_coef[i] > 0.0 and s.inv_in[b, i, w] / p.in_coef[i] <= act:
                    rec.stop_slot[b, n, w] = i
        if stopped and rec.stop_length[b, n, w] >= 0.0:
            rec.stop_length[b, n, w] += 1.0
        elif rec.stop_length[b, n, w] > 0.0:
            # The first stop is over: its length is kept as a negative number until the run ends.
            rec.stop_length[b, n, w] = -rec.stop_length[b, n, w]


@njit(cache=True)
def _produce(
    p: Program,
    q: Policy,
    d: Draws,
    s: State,
    rec: Record,
    b: int,
    t: int,
    half: float,
    x: Scratch,
) -> None:
    """Rule O1: activity is the least of what is wanted, capacity, and each binding input."""
    lanes = s.inv_in.shape[2]
    for n in range(p.node_base.size):
        base, kind, series = (
            p.node_base[n] * q.node_scale[t, n],
            p.node_kind[n],
            p.node_series[n],
        )
        for w in range(lanes):
            wanted = s.want[b, n, w]
            if kind == SUPPLY_PUSH:
                wanted = base
            elif kind == FINAL:
                wanted = base + min(s.backlog[b, n, w], d.overtime[b, w] * base)
            wanted = min(wanted, d.node_cap[b, n, w] * q.cap_scale[t, n])
            x.wanted[n, w] = wanted
            x.act[n, w] = wanted
        for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
            coef = p.in_coef[i]
            if p.in_weight[i] > 0.0 and coef > 0.0:
                for w in range(lanes):
                    x.act[n, w] = min(x.act[n, w], s.inv_in[b, i, w] / coef)
        if series >= 0:
            _note_stop(p, s, rec, b, t, n, half * base, x)
        for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
            for w in range(lanes):
                left = s.inv_in[b, i, w] - p.in_coef[i] * x.act[n, w]
                s.inv_in[b, i, w] = max(left, 0.0)
        for o in range(p.out_ptr[n], p.out_ptr[n + 1]):
            for w in range(lanes):
                s.inv_out[b, o, w] += p.out_coef[o] * x.act[n, w]
        for w in range(lanes):
            rec.node_total[b, n, w] += x.act[n, w]
            if kind == FINAL:
                missed = base - x.act[n, w]
                put_off = d.keep[b, w] * missed if missed > 0.0 else missed
                s.backlog[b, n, w] = max(s.backlog[b, n, w] + put_off, 0.0)


@njit(cache=True)
def _plan(p: Program, d: Draws, s: State, b: int, x: Scratch) -> None:
    """Rule O6: makers plan the next step from what may be shipped and from their own stock."""
    lanes = s.inv_in.shape[2]
    for n in range(p.node_base.size):
        if p.node_kind[n] != 0:
            continue
        for w in range(lanes):
            s.want[b, n, w] = 0.0
        for o in range(p.out_ptr[n], p.out_ptr[n + 1]):
            if p.out_driver[o] == 1:
                for w in range(lanes):
                    goal = d.out_cover[b, o, w] * p.out_coef[o] * p.node_base[n]
                    refill = (goal - s.inv_out[b, o, w]) / d.adjust_out[b, w]
                    wanted = (x.asked[o, w] + refill) / p.out_coef[o]
                    s.want[b, n, w] = max(s.want[b, n, w], wanted)


@njit(cache=True)
def _write_down(p: Program, s: State, rec: Record, b: int, t: int, x: Scratch) -> None:
    lanes = s.inv_in.shape[2]
    for n in range(p.node_base.size):
        series = p.node_series[n]
        if series >= 0:
            for w in range(lanes):
                rec.activity[b, t, series, w] += x.act[n, w]
            for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
                for w in range(lanes):
                    rec.stock[b, t, series, w] += s.inv_in[b, i, w]
    for w in range(lanes):
        lowest = rec.lowest[b, w]
        for i in range(p.in_coef.size):
            lowest = min(lowest, s.inv_in[b, i, w])
        for o in range(p.out_coef.size):
            lowest = min(lowest, s.inv_out[b, o, w])
        rec.lowest[b, w] = lowest


@njit(cache=True, parallel=True)
def advance(
    p: Program,
    q: Policy,
    d: Draws,
    s: State,
    rec: Record,
    start: int,
    stop: int,
    rules: Rules,
    half: float,
) -> None:
    """Step all blocks from step ``start`` to before ``stop``; ``s`` and ``rec`` are written.

    Parameters
    ----------
    p, q, d, s, rec
        Program, policy, draws, state, record; see their classes for shapes and units.
    start, stop
        Steps of the run's clock. Calling twice with a split in between gives the same bits.
    rules
        Behavioural switches.
    half
        Share of its base output below which a line counts as stopped [-].
    """
    blocks, classes, lanes = d.class_share.shape
    for b in prange(blocks):
        x = scratch(p, classes, lanes)
        for t in range(start, stop):
            frictions(q, d, b, t, x)
            _arrive(p, s, b, t)
            _produce(p, q, d, s, rec, b, t, half, x)
            order(p, q, d, s, rec, b, t, rules, x)
            desk(p, q, d, s, b, t, x)
            license_filings(p, q, d, s, rec, b, t, x)
            ration(p, q, s, b, t, rules, x)
            ship(p, q, d, s, rec, b, t, rules, x)
            _plan(p, d, s, b, x)
            _write_down(p, s, rec, b, t, x)
