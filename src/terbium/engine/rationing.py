"""Who gets how much of what a maker holds, and what leaves (docs/design/005, O4 and O5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terbium.base import tolerances
from terbium.engine.jit import njit
from terbium.engine.program import LANES, Draws, Policy, Program, Rules
from terbium.engine.state import Record, Scratch, State


@njit(cache=True, error_model="numpy")
def ration(p: Program, q: Policy, s: State, t: int, rules: Rules, x: Scratch) -> None:
    """Rule O4: what a maker holds is divided among those who may take it."""
    for o in range(p.out_coef.size):
        for w in range(LANES):
            x.asked[o, w] = 0.0
            x.asked_first[o, w] = 0.0
    for k in range(p.link_out.size):
        o, c, j = p.link_out[k], p.link_class[k], p.link_ctrl[k]
        limit = np.inf if c < 0 else q.cap[t, c] * p.link_base[k]
        served_first = rules.priority == 1 and p.link_first[k] == 1
        for w in range(LANES):
            wish = x.free[k, w]
            if j >= 0:
                wish += s.live[j, w]
            wish = min(wish, limit)
            x.asked[o, w] += wish
            if served_first:
                x.asked_first[o, w] += wish
    for o in range(p.out_coef.size):
        for w in range(LANES):
            held, first = s.inv_out[o, w], x.asked_first[o, w]
            rest = x.asked[o, w] - first
            x.ratio_first[o, w] = min(1.0, held / first) if first > 0.0 else 1.0
            left = max(held - first, 0.0)
            x.ratio[o, w] = min(1.0, left / rest) if rest > 0.0 else 1.0


@njit(cache=True, error_model="numpy")
def ship(
    p: Program, q: Policy, d: Draws, s: State, rec: Record, t: int, rules: Rules, x: Scratch
) -> None:
    """Shipments leave, use up licences and enter transit; buyers remember who delivered (O5)."""
    sent, ratio = np.zeros(LANES), np.zeros(LANES)
    for i in range(p.in_coef.size):
        for k in range(p.link_ptr[i], p.link_ptr[i + 1]):
            o, c, j, series = p.link_out[k], p.link_class[k], p.link_ctrl[k], p.link_series[k]
            first = rules.priority == 1 and p.link_first[k] == 1
            for w in range(LANES):
                ratio[w] = x.ratio_first[o, w] if first else x.ratio[o, w]
            if c >= 0 and q.cap[t, c] < np.inf:
                limit = q.cap[t, c] * p.link_base[k]
                for w in range(LANES):
                    wish = x.free[k, w] + (s.live[j, w] if j >= 0 else 0.0)
                    ratio[w] *= limit / wish if wish > limit else 1.0
            for w in range(LANES):
                sent[w] = x.free[k, w] * ratio[w]
            if j >= 0:
                for w in range(LANES):
                    licensed = s.live[j, w] * ratio[w]
                    sent[w] += licensed
                    s.live[j, w] -= licensed
                    s.spent[j, w] += licensed
                    s.queue[i, w] -= licensed
                    rec.queue[t, 4, p.class_queue[c], w] += licensed
            for w in range(LANES):
                s.inv_out[o, w] = max(s.inv_out[o, w] - sent[w], 0.0)
                s.transit[i, w] += sent[w]
                rec.link_total[k, w] += sent[w]
                asked = x.ordered[k, w]
                came = min(1.0, sent[w] / asked) if asked > tolerances.EMPTY_ATOL else s.avail[k, w]
                s.avail[k, w] += d.memory[w] * (came - s.avail[k, w])
            if series >= 0:
                for w in range(LANES):
                    rec.export[t, series, w] += sent[w]
            moved = 0.0
            for w in range(LANES):
                moved += sent[w]
            delay = q.delay[t, c] if c >= 0 else 0.0
            if moved <= 0.0:
                continue
            if delay > 0.0:
                _dispatch_late(p, d, s, t, i, k, delay, sent)
            else:
                route = p.link_route[k]
                for ahead in range(x.soonest[route], x.latest[route] + 1):
                    plane = (t + ahead) % s.ring.shape[0]
                    for w in range(LANES):
                        s.ring[plane, i, w] += x.landing[route, ahead, w] * sent[w]


@njit(cache=True, error_model="numpy")
def _dispatch_late(
    p: Program, d: Draws, s: State, t: int, i: int, k: int, delay: float, sent: NDArray[np.float64]
) -> None:
    """Put a shipment that is held up on the planes of the two steps between which it arrives."""
    planes = s.ring.shape[0]
    for w in range(LANES):
        lag = d.route_lag[p.link_route[k], w] + delay
        whole = int(lag)
        part = lag - whole
        s.ring[(t + whole) % planes, i, w] += (1.0 - part) * sent[w]
        s.ring[(t + whole + 1) % planes, i, w] += part * sent[w]
