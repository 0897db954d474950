"""What happens to an order at the border: filings, the desk, licences, detours, caps."""

from __future__ import annotations

import numpy as np

from terbium.engine.jit import inner
from terbium.engine.laws import settled
from terbium.engine.network.link_program import (
    Detours,
    Frictions,
    LinkNetwork,
    LinkRecord,
    LinkState,
)
from terbium.engine.program import Floats


@inner
def license_orders(
    n: LinkNetwork,
    f: Frictions,
    s: LinkState,
    rec: LinkRecord,
    t: int,
    ordered: Floats,
    claim: Floats,
) -> None:
    """Turn orders into what may leave: free goods and licences, within the cap (004, Q1 to Q6)."""
    load = 0.0
    for k in range(n.link_supplier.size):
        c, j = n.link_class[k], n.link_ctrl[k]
        claim[k] = ordered[k]
        if c < 0:
            continue
        controlled = f.controlled[t, c]
        moved = s.review[j] if controlled == 0.0 else s.review[j] / f.review
        s.review[j] -= moved
        s.ready[j] += moved
        filed = ordered[k] * controlled
        s.review[j] += filed
        claim[k] = ordered[k] - filed
        rec.queue[t, 0] += filed
        if controlled > 0.0:
            load += f.weight[t, c] * s.ready[j]
    page = t % f.validity
    for i in range(n.link_ptr.size - 1):
        for k in range(n.link_ptr[i], n.link_ptr[i + 1]):
            c, j = n.link_class[k], n.link_ctrl[k]
            if c < 0:
                continue
            lifted = f.controlled[t, c] == 0.0
            decided = 1.0
            if not lifted and f.desk < np.inf and load > 0.0:
                decided = 1.0 - np.exp(-f.desk * f.weight[t, c] / load)
            passed = 1.0 if lifted else f.grant[t, c]
            expiring = s.history[page, j] - s.spent[j]
            done, granted, again, dropped, lapsed = settled(
                s.ready[j], s.live[j], expiring, decided, passed, f.refile
            )
            s.ready[j] -= done
            s.review[j] += again
            s.live[j] += granted - lapsed
            s.granted[j] += granted
            s.spent[j] += lapsed
            s.history[page, j] = s.granted[j]
            s.queue[i] += ordered[k] - claim[k] - dropped - lapsed
            claim[k] += s.live[j]
            if f.cap[t, c] < np.inf:
                claim[k] = min(claim[k], f.cap[t, c] * n.link_base[k])
            rec.queue[t, 1] += granted
            rec.queue[t, 2] += dropped
            rec.queue[t, 3] += lapsed


@inner
def use_licences(
    n: LinkNetwork,
    s: LinkState,
    rec: LinkRecord,
    t: int,
    slot: int,
    k: int,
    free: float,
    sent: float,
) -> None:
    """A shipment uses up licences in proportion to their part of the claim (005, rule O5)."""
    j = n.link_ctrl[k]
    whole = free + s.live[j]
    licensed = s.live[j] * (sent / whole) if whole > 0.0 else 0.0
    s.live[j] -= licensed
    s.spent[j] += licensed
    s.queue[slot] -= licensed
    rec.queue[t, 4] += licensed


@inner
def detour(
    n: LinkNetwork,
    d: Detours,
    s: LinkState,
    rec: LinkRecord,
    t: int,
    ordered: Floats,
    claim: Floats,
    washed: Floats,
    caught: Floats,
) -> None:
    """Held-up orders look for a way round; the more is seen of it, the more is caught (013).

    Fills ``washed`` with what each link claims beside ``claim``, and ``caught`` with the share of
    it, by class, that enforcement takes on the way.
    """
    classes, conduits = d.base_flow.shape
    held = np.zeros(classes)
    for k in range(n.link_supplier.size):
        if n.link_class[k] >= 0:
            held[n.link_class[k]] += max(ordered[k] - claim[k], 0.0)
    open_share = np.zeros(classes)
    for c in range(classes):
        total, taken = 1.0, 0.0
        for m in range(conduits):
            if d.base_flow[c, m] > 0.0:
                total += np.exp(-_price(d, s, c, m) / d.spread)
        for m in range(conduits):
            trade = d.base_flow[c, m]
            goal = 0.0
            if trade > 0.0:
                goal = held[c] * np.exp(-_price(d, s, c, m) / d.spread) / total
            ramp = (1.0 + d.growth) * s.detour[c, m] + d.seed * trade
            # a way round is given up as slowly as it is built, or it would come and go by the day
            least = s.detour[c, m] / (1.0 + d.growth)
            s.detour[c, m] = min(max(goal, least), ramp, d.capacity * trade)
            open_share[c] += s.detour[c, m]
            taken += s.detour[c, m] * _detected(d, s, c, m)
            rec.enforcement[t, c, m] = s.enforcement[c, m]
        caught[c] = taken / open_share[c] if open_share[c] > 0.0 else 0.0
        open_share[c] = min(open_share[c] / held[c], 1.0) if held[c] > 0.0 else 0.0
    for k in range(n.link_supplier.size):
        c = n.link_class[k]
        washed[k] = max(ordered[k] - claim[k], 0.0) * open_share[c] if c >= 0 else 0.0


@inner
def enforce(d: Detours, s: LinkState) -> None:
    """Enforcement grows with the gap that mirror statistics show, and fades without one."""
    for c in range(d.base_flow.shape[0]):
        for m in range(d.base_flow.shape[1]):
            if d.base_flow[c, m] > 0.0:
                visible = s.detour[c, m] / d.base_flow[c, m]
                fades = d.decay * (s.enforcement[c, m] - d.enforcement)
                s.enforcement[c, m] += d.response * visible - fades


@inner
def _detected(d: Detours, s: LinkState, c: int, m: int) -> float:
    """Share of a conduit's detour that is detected [-]."""
    flow = (
        s.detour[c, m] / (d.reference_share * d.base_flow[c, m]) if d.base_flow[c, m] > 0.0 else 0.0
    )
    return float(1.0 - np.exp(-s.enforcement[c, m] * flow))


@inner
def _price(d: Detours, s: LinkState, c: int, m: int) -> float:
    """What the way round costs, as a share of the value [-]."""
    return d.cost + d.detection_cost * _detected(d, s, c, m)
