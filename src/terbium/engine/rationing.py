"""Who gets how much of what a maker holds, and what leaves (docs/design/005, O4 and O5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terbium.engine.jit import inner
from terbium.engine.laws import delivered_share
from terbium.engine.program import LANES, Draws, Policy, Program, Rules
from terbium.engine.state import Record, Scratch, State


@inner
def ration(p: Program, q: Policy, s: State, t: int, rules: Rules, x: Scratch) -> None:
    """Rule O4: what a maker holds is divided among those who may take it."""
    for o in range(p.out_coef.size):
        for w in range(LANES):
            x.asked[o, w] = 0.0
            x.asked_first[o, w] = 0.0
    for k in range(p.link_out.size):
        o, c, j = p.link_out[k], p.link_class[k], p.link_ctrl[k]
        limit = np.inf
        if c >= 0 and q.cap[t, c] < np.inf:
            limit = q.cap[t, c] * p.link_base[k]
        if j >= 0:
            for w in range(LANES):
                x.wish[k, w] = min(x.free[j, w] + s.live[j, w], limit)
        else:
            for w in range(LANES):
                x.wish[k, w] = min(x.ordered[k, w], limit)
        active = 0.0
        for w in range(LANES):
            active += x.ordered[k, w] + x.wish[k, w]
        # Most latent routes lie still: nothing ordered, nothing licensed, nothing to look at.
        x.busy[k] = active > 0.0
        if not x.busy[k]:
            continue
        for w in range(LANES):
            x.asked[o, w] += x.wish[k, w]
        if rules.priority == 1 and p.link_first[k] == 1:
            for w in range(LANES):
                x.asked_first[o, w] += x.wish[k, w]
    for o in range(p.out_coef.size):
        for w in range(LANES):
            held, first = s.inv_out[o, w], x.asked_first[o, w]
            rest = x.asked[o, w] - first
            x.ratio_first[o, w] = min(1.0, held / first) if first > 0.0 else 1.0
            left = max(held - first, 0.0)
            x.ratio[o, w] = min(1.0, left / rest) if rest > 0.0 else 1.0


@inner
def ship(
    p: Program, q: Policy, d: Draws, s: State, rec: Record, t: int, rules: Rules, x: Scratch
) -> None:
    """Shipments leave, use up licences and enter transit; buyers remember who delivered (O5)."""
    sent = np.zeros(LANES)
    planes = s.ring.shape[0]
    today = t % planes
    for i in range(p.in_coef.size):
        for k in range(p.link_ptr[i], p.link_ptr[i + 1]):
            if not x.busy[k]:
                continue
            o, c, j, series = p.link_out[k], p.link_class[k], p.link_ctrl[k], p.link_series[k]
            first = rules.priority == 1 and p.link_first[k] == 1
            if first:
                for w in range(LANES):
                    sent[w] = x.wish[k, w] * x.ratio_first[o, w]
            else:
                for w in range(LANES):
                    sent[w] = x.wish[k, w] * x.ratio[o, w]
            if j >= 0:
                queue = p.class_queue[c]
                for w in range(LANES):
                    wish = x.free[j, w] + s.live[j, w]
                    licensed = s.live[j, w] * (sent[w] / wish) if wish > 0.0 else 0.0
                    s.live[j, w] -= licensed
                    s.spent[j, w] += licensed
                    s.queue[i, w] -= licensed
                    rec.queue[t, 4, queue, w] += licensed
            for w in range(LANES):
                s.inv_out[o, w] = max(s.inv_out[o, w] - sent[w], 0.0)
            for w in range(LANES):
                s.transit[i, w] += sent[w]
            for w in range(LANES):
                rec.link_total[k, w] += sent[w]
            for w in range(LANES):
                came = delivered_share(sent[w], x.ordered[k, w], s.avail[k, w])
                s.avail[k, w] += d.memory[w] * (came - s.avail[k, w])
            if series >= 0:
                for w in range(LANES):
                    rec.export[t, series, w] += sent[w]
            moved = 0
            for w in range(LANES):
                moved += sent[w] > 0.0
            if moved == 0:
                continue
            delay = q.delay[t, c] if c >= 0 else 0.0
            if delay > 0.0:
                _dispatch_late(p, d, s, t, i, k, delay, sent)
                continue
            route = p.link_route[k]
            plane = today + x.soonest[route]
            for ahead in range(x.soonest[route], x.latest[route] + 1):
                plane = plane - planes if plane >= planes else plane
                for w in range(LANES):
                    s.ring[plane, i, w] += x.landing[route, ahead, w] * sent[w]
                plane += 1


@inner
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
