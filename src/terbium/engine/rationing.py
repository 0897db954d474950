"""Who gets how much of what a maker holds, and what leaves (docs/design/005, O4 and O5)."""

from __future__ import annotations

import numpy as np

from terbium.base import tolerances
from terbium.engine.jit import njit
from terbium.engine.program import Draws, Policy, Program, Rules
from terbium.engine.state import Record, Scratch, State


@njit(cache=True)
def ration(p: Program, q: Policy, s: State, t: int, rules: Rules, x: Scratch) -> None:
    """Rule O4: what a maker holds is divided among those who may take it."""
    lanes = s.inv_in.shape[1]
    for o in range(p.out_coef.size):
        for w in range(lanes):
            x.asked[o, w] = 0.0
            x.asked_first[o, w] = 0.0
    for k in range(p.link_out.size):
        o, c, j = p.link_out[k], p.link_class[k], p.link_ctrl[k]
        limit = np.inf if c < 0 else q.cap[t, c] * p.link_base[k]
        served_first = rules.priority == 1 and p.link_first[k] == 1
        for w in range(lanes):
            wish = x.free[k, w]
            if j >= 0:
                wish += s.live[j, w]
            wish = min(wish, limit)
            x.asked[o, w] += wish
            if served_first:
                x.asked_first[o, w] += wish
    for o in range(p.out_coef.size):
        for w in range(lanes):
            held, first = s.inv_out[o, w], x.asked_first[o, w]
            rest = x.asked[o, w] - first
            x.ratio_first[o, w] = min(1.0, held / first) if first > 0.0 else 1.0
            left = max(held - first, 0.0)
            x.ratio[o, w] = min(1.0, left / rest) if rest > 0.0 else 1.0


@njit(cache=True)
def ship(
    p: Program,
    q: Policy,
    d: Draws,
    s: State,
    rec: Record,
    t: int,
    rules: Rules,
    x: Scratch,
) -> None:
    """Shipments leave, use up licences and enter transit; buyers remember who delivered (O5)."""
    lanes = s.inv_in.shape[1]
    planes = s.ring.shape[0]
    for i in range(p.in_coef.size):
        for k in range(p.link_ptr[i], p.link_ptr[i + 1]):
            o, c, j, route = (
                p.link_out[k],
                p.link_class[k],
                p.link_ctrl[k],
                p.link_route[k],
            )
            series = p.link_series[k]
            limit = np.inf if c < 0 else q.cap[t, c] * p.link_base[k]
            delay = 0.0 if c < 0 else q.delay[t, c]
            first = rules.priority == 1 and p.link_first[k] == 1
            for w in range(lanes):
                licensed = s.live[j, w] if j >= 0 else 0.0
                wish = x.free[k, w] + licensed
                ratio = x.ratio_first[o, w] if first else x.ratio[o, w]
                if wish > limit:
                    ratio *= limit / wish
                free, licensed = x.free[k, w] * ratio, licensed * ratio
                sent = free + licensed
                s.inv_out[o, w] = max(s.inv_out[o, w] - sent, 0.0)
                if j >= 0:
                    s.live[j, w] -= licensed
                    s.spent[j, w] += licensed
                    s.queue[i, w] -= licensed
                    rec.queue[t, 4, p.class_queue[c], w] += licensed
                s.transit[i, w] += sent
                lag = d.route_lag[route, w] + delay
                whole = int(lag)
                part = lag - whole
                s.ring[(t + whole) % planes, k, w] += (1.0 - part) * sent
                s.ring[(t + whole + 1) % planes, k, w] += part * sent
                if x.ordered[k, w] > tolerances.EMPTY_ATOL:
                    came = min(1.0, sent / x.ordered[k, w])
                    s.avail[k, w] += d.memory[w] * (came - s.avail[k, w])
                rec.link_total[k, w] += sent
                if series >= 0:
                    rec.export[t, series, w] += sent
