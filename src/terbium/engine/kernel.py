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

from terbium.engine.jit import inner, njit
from terbium.engine.licensing import desk, frictions, license_filings
from terbium.engine.orders import file, order
from terbium.engine.program import (
    FINAL,
    LANES,
    SUPPLY_PUSH,
    Draws,
    Policy,
    Program,
    Rules,
)
from terbium.engine.rationing import ration, ship
from terbium.engine.state import Record, Scratch, State, scratch


@inner
def arrive(p: Program, s: State, t: int) -> None:
    """Goods due this step join the stock of their buyer."""
    plane = t % s.ring.shape[0]
    for i in range(p.in_coef.size):
        for w in range(LANES):
            came = s.ring[plane, i, w]
            s.inv_in[i, w] += came
            s.transit[i, w] -= came
            s.ring[plane, i, w] = 0.0


@inner
def note_stops(
    p: Program, q: Policy, s: State, rec: Record, t: int, rules: Rules, x: Scratch
) -> None:
    """First moment at which a line runs below half of its base for want of an input."""
    for n in range(p.node_base.size):
        if p.node_series[n] < 0:
            continue
        half, stopped = rules.stop_share * p.node_base[n] * q.node_scale[t, n], 0
        for w in range(LANES):
            busy = rec.stop_length[n, w] > 0.0 or rec.standing[n, w] > 0.0
            stopped += (x.act[n, w] < half) | busy
        if stopped == 0:
            continue
        for w in range(LANES):
            act = x.act[n, w]
            stops = act < half and act < x.wanted[n, w]
            if stops and rec.standing[n, w] == 0.0:
                rec.begun[t, p.node_series[n], w] += p.node_base[n]
            rec.standing[n, w] = 1.0 if stops else 0.0
            if stops and rec.stop_step[n, w] == np.inf:
                rec.stop_step[n, w] = t + act / x.wanted[n, w]
                for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
                    if p.in_coef[i] > 0.0 and s.inv_in[i, w] / p.in_coef[i] <= act:
                        rec.stop_slot[n, w] = i
            if stops and rec.stop_length[n, w] >= 0.0:
                rec.stop_length[n, w] += 1.0
            elif rec.stop_length[n, w] > 0.0:
                # The first stop is over: its length is kept as a negative number.
                rec.stop_length[n, w] = -rec.stop_length[n, w]


@inner
def produce(
    p: Program,
    q: Policy,
    d: Draws,
    s: State,
    rec: Record,
    t: int,
    rules: Rules,
    x: Scratch,
) -> None:
    """Rule O1: activity is the least of what is wanted, capacity, and each binding input."""
    for n in range(p.node_base.size):
        base, kind = p.node_base[n] * q.node_scale[t, n], p.node_kind[n]
        if kind == FINAL:
            for w in range(LANES):
                wanted = base + min(s.backlog[n, w], d.overtime[w] * base)
                x.wanted[n, w] = min(wanted, d.node_cap[n, w] * q.cap_scale[t, n])
        else:
            for w in range(LANES):
                wanted = base if kind == SUPPLY_PUSH else s.want[n, w]
                x.wanted[n, w] = min(wanted, d.node_cap[n, w] * q.cap_scale[t, n])
        for w in range(LANES):
            x.act[n, w] = x.wanted[n, w]
        for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
            coef = p.in_coef[i]
            if p.in_weight[i] > 0.0 and coef > 0.0:
                for w in range(LANES):
                    x.act[n, w] = min(x.act[n, w], s.inv_in[i, w] / coef)
    if t >= rules.stop_from:
        note_stops(p, q, s, rec, t, rules, x)
    for n in range(p.node_base.size):
        base, kind = p.node_base[n] * q.node_scale[t, n], p.node_kind[n]
        for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
            for w in range(LANES):
                left = s.inv_in[i, w] - p.in_coef[i] * x.act[n, w]
                s.inv_in[i, w] = max(left, 0.0)
        for o in range(p.out_ptr[n], p.out_ptr[n + 1]):
            for w in range(LANES):
                s.inv_out[o, w] += p.out_coef[o] * x.act[n, w]
            if p.out_series[o] >= 0:
                for w in range(LANES):
                    rec.made[t, p.out_series[o], w] += p.out_coef[o] * x.act[n, w]
        for w in range(LANES):
            rec.node_total[n, w] += x.act[n, w]
        if kind == FINAL:
            for w in range(LANES):
                missed = base - x.act[n, w]
                put_off = d.keep[w] * missed if missed > 0.0 else missed
                s.backlog[n, w] = max(s.backlog[n, w] + put_off, 0.0)


@inner
def plan(p: Program, d: Draws, s: State, x: Scratch) -> None:
    """Rule O6: makers plan the next step from what may be shipped and from their own stock."""
    for n in range(p.node_base.size):
        if p.node_kind[n] != 0:
            continue
        for w in range(LANES):
            s.want[n, w] = 0.0
        for o in range(p.out_ptr[n], p.out_ptr[n + 1]):
            if p.out_driver[o] == 1:
                for w in range(LANES):
                    goal = d.out_cover[o, w] * p.out_coef[o] * p.node_base[n]
                    refill = (goal - s.inv_out[o, w]) / d.adjust_out[w]
                    wanted = (x.asked[o, w] + refill) / p.out_coef[o]
                    s.want[n, w] = max(s.want[n, w], wanted)


@inner
def write_down(p: Program, s: State, rec: Record, t: int, x: Scratch) -> None:
    """Industry series (activity, what the scarcest input still allows) and the smallest stock."""
    allowed = np.zeros(LANES)
    for n in range(p.node_base.size):
        series = p.node_series[n]
        if series >= 0:
            for w in range(LANES):
                rec.activity[t, series, w] += x.act[n, w]
            for w in range(LANES):
                allowed[w] = np.inf
            for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
                coef = p.in_coef[i]
                if coef > 0.0:
                    for w in range(LANES):
                        allowed[w] = min(allowed[w], s.inv_in[i, w] / coef)
            for w in range(LANES):
                rec.stock[t, series, w] += allowed[w] if allowed[w] < np.inf else 0.0
    for i in range(p.in_coef.size):
        for w in range(LANES):
            rec.lowest[w] = min(rec.lowest[w], s.inv_in[i, w])
    for o in range(p.out_coef.size):
        for w in range(LANES):
            rec.lowest[w] = min(rec.lowest[w], s.inv_out[o, w])


@njit(cache=True, error_model="numpy", nogil=True)
def advance(
    p: Program,
    q: Policy,
    d: Draws,
    s: State,
    rec: Record,
    start: int,
    stop: int,
    rules: Rules,
) -> None:
    """Step one block from step ``start`` to before ``stop``; ``s`` and ``rec`` are written.

    The interpreter lock is released, so that blocks run side by side in threads.

    Parameters
    ----------
    p, q, d, s, rec
        Program, policy, draws, state, record; see their classes for shapes and units.
    start, stop
        Steps of the run's clock. Calling twice with a split in between gives the same bits.
    rules
        Behavioural switches.
    """
    x = scratch(p, d, s.ring.shape[0])
    for t in range(start, stop):
        frictions(q, d, s, t, x)
        arrive(p, s, t)
        produce(p, q, d, s, rec, t, rules, x)
        order(p, q, d, s, rec, t, rules, x)
        file(p, s, rec, t, x)
        desk(p, q, d, s, t, x)
        license_filings(p, q, d, s, rec, t, x)
        ration(p, q, s, t, rules, x)
        ship(p, q, d, s, rec, t, rules, x)
        plan(p, d, s, x)
        write_down(p, s, rec, t, x)
