"""The licence queue: filings wait, one desk decides, licences lapse (docs/design/004, Q1 to Q6)."""

from __future__ import annotations

import math

import numpy as np

from terbium.engine.jit import inner
from terbium.engine.laws import settled
from terbium.engine.program import LANES, Draws, Policy, Program
from terbium.engine.state import Record, Scratch, State

SQRT2 = np.sqrt(2.0)


@inner
def frictions(q: Policy, d: Draws, s: State, t: int, x: Scratch) -> None:
    """Share of an order that must be filed for, and the factor that a duty puts on orders.

    Buyers differ in the duty that they bear: the share that still orders is one less a log-normal
    distribution of it. They answer with a lag, since what was bought before still ships (rule O3).
    """
    for c in range(x.need.shape[0]):
        law, general, duty, age = q.controlled[t, c], q.general[t, c], q.duty[t, c], q.age[t, c]
        for w in range(LANES):
            x.need[c, w] = law * d.class_share[c, w] * (1.0 - general * d.general[t, w])
        if law > 0.0 and age < np.inf:
            for w in range(LANES):
                x.need[c, w] *= 1.0 - np.exp(-age / d.grace[w])
        for w in range(LANES):
            goal = 1.0
            if duty > 1.0:
                beyond = np.log((duty - 1.0) / d.bearable[w]) / d.bearable_spread[w]
                goal = 0.5 * math.erfc(beyond / SQRT2)
            s.toll[c, w] += d.duty_response[w] * (goal - s.toll[c, w])


@inner
def desk(p: Program, q: Policy, d: Draws, s: State, t: int, x: Scratch) -> None:
    """Rules Q2 and Q3: one desk for all, its capacity shared by weight times what waits."""
    load = np.zeros(LANES)
    for c in range(x.weight.shape[0]):
        for w in range(LANES):
            apart = d.class_full[c, w] - d.class_weight[c, w]
            x.weight[c, w] = d.class_weight[c, w] + d.level[t, w] * apart
    for k in range(p.link_out.size):
        c, j = p.link_class[k], p.link_ctrl[k]
        if j >= 0:
            lifted = q.controlled[t, c] == 0.0
            for w in range(LANES):
                # Weight slows the reading of a filing as well as its place in the line.
                pace = 1.0 if lifted else min(x.weight[c, w], 1.0) / d.review[w]
                moved = pace * s.review[j, w]
                s.review[j, w] -= moved
                s.ready[j, w] += moved
                if not lifted:
                    load[w] += x.weight[c, w] * s.ready[j, w]
    for c in range(x.decided.shape[0]):
        for w in range(LANES):
            x.decided[c, w] = 1.0
            if q.controlled[t, c] > 0.0 and d.desk[t, w] < np.inf:
                speed = d.desk[t, w] * x.weight[c, w] / load[w] if load[w] > 0.0 else 0.0
                x.decided[c, w] = 1.0 - np.exp(-speed)


@inner
def license_filings(
    p: Program, q: Policy, d: Draws, s: State, rec: Record, t: int, x: Scratch
) -> None:
    """Rules Q4 to Q6: decide, file again, let old licences lapse; the books always close."""
    page = t % s.history.shape[0]
    for i in range(p.in_coef.size):
        for k in range(p.link_ptr[i], p.link_ptr[i + 1]):
            c, j = p.link_class[k], p.link_ctrl[k]
            if j < 0:
                continue
            series = p.class_queue[c]
            lifted = q.controlled[t, c] == 0.0
            for w in range(LANES):
                passed = d.class_grant[c, w] * q.grant[t, c] * (1.0 - q.denied[t, c])
                passed = 1.0 if lifted else passed
                expiring = s.history[page, j, w] - s.spent[j, w]
                decided, granted, again, dropped, lapsed = settled(
                    s.ready[j, w], s.live[j, w], expiring, x.decided[c, w], passed, d.refile[w]
                )
                s.ready[j, w] -= decided
                s.review[j, w] += again
                s.live[j, w] += granted - lapsed
                s.granted[j, w] += granted
                s.spent[j, w] += lapsed
                s.history[page, j, w] = s.granted[j, w]
                s.queue[i, w] -= dropped + lapsed
                rec.queue[t, 1, series, w] += granted
                rec.queue[t, 2, series, w] += dropped
                rec.queue[t, 3, series, w] += lapsed
                rec.queue[t, 5, series, w] += s.review[j, w] + s.ready[j, w]
