"""What buyers order and from whom (docs/design/005, rules O2 and O3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terbium.engine.jit import inner
from terbium.engine.laws import wanted_share
from terbium.engine.program import LANES, Draws, Policy, Program, Rules
from terbium.engine.state import Record, Scratch, State

Floats = NDArray[np.float64]


@inner
def order(
    p: Program, q: Policy, d: Draws, s: State, rec: Record, t: int, rules: Rules, x: Scratch
) -> None:
    """Order what is used plus a share of the gap, split it by supplier, file what needs filing."""
    need, short = np.zeros(LANES), np.zeros(LANES)
    weight_sum, feared = np.zeros(LANES), np.zeros(LANES)
    for n in range(p.node_base.size):
        for i in range(p.in_ptr[n], p.in_ptr[n + 1]):
            first, last = p.link_ptr[i], p.link_ptr[i + 1]
            latents = 0.0
            for w in range(LANES):
                feared[w], short[w] = 0.0, 1.0
            for k in range(first, last):
                c, base = p.link_class[k], p.link_share[k]
                latents += p.link_latent[k]
                for w in range(LANES):
                    # A supplier that a duty makes dear loses weight as one that fails to deliver.
                    x.came[k, w] = s.avail[k, w] if c < 0 else s.avail[k, w] * s.toll[c, w]
                    short[w] -= base * x.came[k, w]
                if c >= 0:
                    fear = q.expected[t] * q.anticipated[c]
                    for w in range(LANES):
                        dread = fear * d.class_share[c, w]
                        risk = d.hoarding[w] * x.need[c, w] + d.anticipation[w] * dread
                        feared[w] += base * risk
            for w in range(LANES):
                delivered = 1.0 - short[w]
                short[w] = max(short[w], 0.0)
                weight_sum[w] = delivered + latents * short[w]
            for w in range(LANES):
                s.risk[i, w] += d.memory[w] * (feared[w] - s.risk[i, w])
                level = x.wanted[n, w] if rules.order_on_wanted == 1 else x.act[n, w]
                use = p.in_coef[i] * level
                target = use * (d.in_cover[i, w] * (1.0 + s.risk[i, w]) + d.in_lead[i, w] - 1.0)
                held = s.inv_in[i, w] + s.transit[i, w] + s.queue[i, w]
                gap = target + s.queue_norm[i, w] - held
                need[w] = max(use + gap / d.adjust[w], 0.0)
                s.queue_norm[i, w] += d.memory[w] * (s.queue[i, w] - s.queue_norm[i, w])
                # A slot without any supplier left keeps its shares: 1 / 1 stands for 0 / 0.
                if weight_sum[w] <= 0.0:
                    weight_sum[w] = np.inf
            for k in range(first, last):
                base, latent = p.link_share[k], p.link_latent[k]
                for w in range(LANES):
                    goal = wanted_share(base, x.came[k, w], latent, short[w], weight_sum[w])
                    step = d.switching[w] if weight_sum[w] < np.inf else 0.0
                    s.share[k, w] += step * (goal - s.share[k, w])
                    x.ordered[k, w] = need[w] * s.share[k, w]
                c = p.link_class[k]
                if c >= 0:
                    for w in range(LANES):
                        x.ordered[k, w] *= s.toll[c, w]


@inner
def file(p: Program, s: State, rec: Record, t: int, x: Scratch) -> None:
    """Split each order into what moves freely and what must be filed for (rule Q1)."""
    for i in range(p.in_coef.size):
        for k in range(p.link_ptr[i], p.link_ptr[i + 1]):
            j = p.link_ctrl[k]
            if j >= 0:
                c = p.link_class[k]
                series = p.class_queue[c]
                for w in range(LANES):
                    filed = x.ordered[k, w] * x.need[c, w]
                    x.free[j, w] = x.ordered[k, w] - filed
                    s.review[j, w] += filed
                    s.queue[i, w] += filed
                    rec.queue[t, 0, series, w] += filed
