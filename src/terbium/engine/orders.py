"""What buyers order and from whom (docs/design/005, rules O2 and O3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terbium.engine.jit import njit
from terbium.engine.program import Draws, Policy, Program, Rules
from terbium.engine.state import Record, Scratch, State

Floats = NDArray[np.float64]


@njit(cache=True)
def _order_link(
    p: Program,
    d: Draws,
    s: State,
    rec: Record,
    t: int,
    i: int,
    k: int,
    need: Floats,
    share_sum: Floats,
    short: Floats,
    x: Scratch,
) -> None:
    """Shares drift towards suppliers that deliver (rule O3); the controlled part is filed (Q1)."""
    lanes = need.size
    c, j = p.link_class[k], p.link_ctrl[k]
    for w in range(lanes):
        if share_sum[w] > 0.0:
            weight = p.link_share[k] * s.avail[k, w] + p.link_latent[k] * max(short[w], 0.0)
            s.share[k, w] += d.switching[w] * (weight / share_sum[w] - s.share[k, w])
        x.ordered[k, w] = need[w] * s.share[k, w]
    if c >= 0:
        for w in range(lanes):
            x.ordered[k, w] *= x.duty[c, w]
    for w in range(lanes):
        x.free[k, w] = x.ordered[k, w]
    if j >= 0:
        series = p.class_queue[c]
        for w in range(lanes):
            filed = x.ordered[k, w] * x.need[c, w]
            x.free[k, w] -= filed
            s.review[j, w] += filed
            s.queue[i, w] += filed
            rec.queue[t, 0, series, w] += filed


@njit(cache=True)
def order(
    p: Program,
    q: Policy,
    d: Draws,
    s: State,
    rec: Record,
    t: int,
    rules: Rules,
    x: Scratch,
) -> None:
    """Rules O2 and O3: order what is used plus a share of the gap; split by supplier; file."""
    lanes = s.inv_in.shape[1]
    need, share_sum, short, feared = (
        np.zeros(lanes),
        np.zeros(lanes),
        np.zeros(lanes),
        np.zeros(lanes),
    )
    for n in range(p.node_base.size):
        for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
            first, last = p.link_ptr[i], p.link_ptr[i + 1]
            for w in range(lanes):
                feared[w] = 0.0
                short[w] = 1.0
                share_sum[w] = 0.0
            for k in range(first, last):
                c, base = p.link_class[k], p.link_share[k]
                for w in range(lanes):
                    short[w] -= base * s.avail[k, w]
                if c >= 0:
                    fear = q.expected[t] * q.anticipated[c]
                    for w in range(lanes):
                        dread = fear * d.class_share[c, w]
                        risk = d.hoarding[w] * x.need[c, w] + d.anticipation[w] * dread
                        feared[w] += base * risk
            for k in range(first, last):
                for w in range(lanes):
                    share_sum[w] += p.link_share[k] * s.avail[k, w] + p.link_latent[k] * max(
                        short[w], 0.0
                    )
            for w in range(lanes):
                s.risk[i, w] += d.memory[w] * (feared[w] - s.risk[i, w])
                level = x.wanted[n, w] if rules.order_on_wanted == 1 else x.act[n, w]
                use = p.in_coef[i] * level
                target = use * (d.in_cover[i, w] * (1.0 + s.risk[i, w]) + d.in_lead[i, w] - 1.0)
                held = s.inv_in[i, w] + s.transit[i, w] + s.queue[i, w]
                gap = target + s.queue_norm[i, w] - held
                need[w] = max(use + gap / d.adjust[w], 0.0)
                s.queue_norm[i, w] += d.memory[w] * (s.queue[i, w] - s.queue_norm[i, w])
            for k in range(first, last):
                _order_link(p, d, s, rec, t, i, k, need, share_sum, short, x)
