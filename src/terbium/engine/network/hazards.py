"""What events take away in each step, and how rebuilding orders wear them down (ARIO 1.2, 1.3)."""

from __future__ import annotations

import numpy as np

from terbium.engine.jit import inner
from terbium.engine.network.link_program import LinkState
from terbium.engine.network.program import Hazards, NetworkState
from terbium.engine.program import Floats

Damaged = NetworkState | LinkState
"""States that carry damage, and what is left to rebuild of it."""


@inner
def rounded(value: float, digits: int) -> float:
    """Round to decimals, half to even, as array libraries do (a language may round otherwise)."""
    scale = 10.0**digits
    return float(np.rint(value * scale) / scale)


@inner
def losses(
    h: Hazards, s: Damaged, t: int, lanes: int, capital: Floats, lost: Floats, share: Floats
) -> None:
    """Capital lost, and share of capacity lost, in step ``t``.

    Damage to capital adds up over events; of all other losses the largest counts.
    """
    size = lost.size // lanes
    lost[:] = 0.0
    share[:] = 0.0
    for e in range(h.is_capital.size):
        part, digits = h.profile[e, t], h.digits[e, t]
        if part <= 0.0:
            continue
        for k in range(h.ptr[e], h.ptr[e + 1]):
            for w in range(lanes):
                at = w * size + h.node[k]
                amount = h.amount[k, w] * part
                if h.is_rebuild[e] == 1:
                    amount = s.unrepaired[k, w]
                elif digits >= 0:
                    amount = rounded(amount, digits)
                if h.is_capital[e] == 1:
                    lost[at] += amount
                else:
                    share[at] = max(share[at], amount)
    for k in range(h.path_node.size):
        for w in range(lanes):
            at = w * size + h.path_node[k]
            share[at] = max(share[at], h.path[t, k, w])
    for at in range(lost.size):
        if lost[at] > 0.0 and capital[at] > 0.0:
            share[at] = max(share[at], lost[at] / capital[at])
        share[at] = min(share[at], 1.0)


@inner
def order_rebuilding(h: Hazards, s: Damaged, t: int, lanes: int, demand: Floats) -> None:
    """Ask for a share of what remains; once nothing does, what is on order stays on order."""
    size = demand.size // lanes
    demand[:] = 0.0
    unfinished = np.zeros(lanes)
    for c in range(h.cell_event.size):
        if t >= h.rebuild_from[h.cell_event[c]]:
            for w in range(lanes):
                unfinished[w] += s.left[c, w]
    for c in range(h.cell_event.size):
        e = h.cell_event[c]
        if t < h.rebuild_from[e]:
            continue
        for w in range(lanes):
            if unfinished[w] > 0.0:
                s.asked[c, w] = s.left[c, w] * h.rebuild_pace[e]
            demand[w * size + h.cell_supplier[c]] += s.asked[c, w]


@inner
def rebuild(h: Hazards, s: Damaged, t: int, lanes: int, served: Floats, demand: Floats) -> None:
    """What was delivered repairs damage; ``demand`` keeps what is still on order.

    Parameters
    ----------
    served : (M,)
        Share of rebuilding orders that each supplier delivered [-].
    """
    size = demand.size // lanes
    demand[:] = 0.0
    for c in range(h.cell_event.size):
        e = h.cell_event[c]
        if t < h.rebuild_from[e]:
            continue
        places = h.digits[e, t]
        for w in range(lanes):
            at = w * size + h.cell_supplier[c]
            came = s.asked[c, w] * served[at]
            s.asked[c, w] -= came
            demand[at] += s.asked[c, w]
            if s.left[c, w] > 0.0:
                rest = s.left[c, w] - came
                if places >= 0:
                    rest = rounded(rest, places)
                s.left[c, w] = max(rest, 0.0)
    for e in range(h.is_rebuild.size):
        if h.is_rebuild[e] == 1 and t >= h.rebuild_from[e]:
            for k in range(h.ptr[e], h.ptr[e + 1]):
                for w in range(lanes):
                    s.unrepaired[k, w] = 0.0
    for c in range(h.cell_event.size):
        e, k = h.cell_event[c], h.cell_hit[c]
        if k >= 0 and t >= h.rebuild_from[e]:
            for w in range(lanes):
                s.unrepaired[k, w] += s.left[c, w] / h.rebuild_factor[e]
