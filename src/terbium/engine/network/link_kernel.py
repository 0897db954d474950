"""One step of the ARIO family where links have a state of their own (docs/design/012).

The same passes in the same order as :mod:`terbium.engine.network.kernel`; with no friction, no
transit, no switching and a rule that treats buyers alike both give the same trajectories
(tests/engine/network/test_two_layouts.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from terbium.base import tolerances
from terbium.engine.jit import inner, njit
from terbium.engine.laws import delivered_share, wanted_share
from terbium.engine.network.allocation import by_place, proportional, water_filling
from terbium.engine.network.border import detour, enforce, license_orders, use_licences
from terbium.engine.network.hazards import losses, order_rebuilding, rebuild
from terbium.engine.network.kernel import overproduce
from terbium.engine.network.link_program import (
    BY_PLACE,
    WATER_FILLING,
    Detours,
    Frictions,
    LinkConduct,
    LinkNetwork,
    LinkRecord,
    LinkState,
)
from terbium.engine.network.program import Hazards
from terbium.engine.program import Floats, Ints


class LinkWork(NamedTuple):
    """Working arrays of one advance."""

    demand: Floats
    capacity: Floats
    wanted: Floats
    made: Floats
    lost: Floats
    share: Floats
    rebuild: Floats
    to_rebuild: Floats
    weight: Floats
    got: Floats
    ordered: Floats
    claim: Floats
    washed: Floats
    sent: Floats
    usual: Floats
    ratio: Floats
    caught: Floats


@inner
def link_work(n: LinkNetwork, classes: int) -> LinkWork:
    """Fresh working arrays."""
    size, slots, links = n.output.size, n.slot_use.size, n.link_supplier.size
    widest = 0
    for j in range(size):
        widest = max(widest, n.supply_ptr[j + 1] - n.supply_ptr[j])
    return LinkWork(
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(slots),
        np.zeros(links),
        np.zeros(links),
        np.zeros(links),
        np.zeros(links),
        np.zeros(links),
        np.zeros(widest + 1),
        np.zeros(classes),
    )


@inner
def place_orders(n: LinkNetwork, s: LinkState, x: LinkWork) -> None:
    """Split what each slot needs among its suppliers."""
    for i in range(n.slot_use.size):
        for k in range(n.link_ptr[i], n.link_ptr[i + 1]):
            x.ordered[k] = s.need[i] * s.mix[k]
            x.claim[k] = x.ordered[k]


@inner
def face_claims(n: LinkNetwork, c: LinkConduct, s: LinkState, x: LinkWork) -> None:
    """What each supplier is asked for that may leave, by industries and by final demand."""
    first_final = n.link_ptr[n.slot_ptr[n.output.size]]
    for j in range(n.output.size):
        s.orders[j] = 0.0
        x.demand[j] = x.rebuild[j]
    for k in range(n.link_supplier.size):
        claim = x.claim[k] + x.washed[k]
        x.demand[n.link_supplier[k]] += claim
        if k < first_final:
            s.orders[n.link_supplier[k]] += claim
        if c.rationing == WATER_FILLING:
            # a client without a usual order counts with what it asks for
            x.usual[k] = n.link_base[k] if n.link_base[k] > 0.0 else claim


@inner
def produce_from_slots(n: LinkNetwork, s: LinkState, x: LinkWork) -> None:
    """Output is what is wanted, within capacity, lowered by the scarcest input."""
    for f in range(n.output.size):
        x.capacity[f] = n.output[f] * (1.0 - x.share[f]) * s.boost[f]
        x.wanted[f] = min(x.demand[f], x.capacity[f])
        least = 1.0
        for i in range(n.slot_ptr[f], n.slot_ptr[f + 1]):
            held = n.hold[i] * x.wanted[f]
            enough = min(s.stock[i] / held, 1.0) if held > 0.0 else 1.0
            least = min(least, 1.0 - n.binding[i] * (1.0 - enough))
        x.made[f] = x.wanted[f] * (least if least < 1.0 - tolerances.STOCK_SLACK else 1.0)


@inner
def divide(n: LinkNetwork, c: LinkConduct, x: LinkWork) -> None:
    """Each supplier divides what it made by the rule in force."""
    for k in range(x.claim.size):
        x.claim[k] += x.washed[k]
    for j in range(n.output.size):
        links: Ints = n.supply_link[n.supply_ptr[j] : n.supply_ptr[j + 1]]
        asked, made = x.rebuild[j], x.made[j]
        if c.rationing == BY_PLACE:
            x.to_rebuild[j] = by_place(
                links, x.claim, n.link_place, asked, n.rebuild_place[j], made, x.sent
            )
        elif c.rationing == WATER_FILLING:
            x.to_rebuild[j] = water_filling(links, x.claim, x.usual, asked, made, x.sent, x.ratio)
        else:
            x.to_rebuild[j] = proportional(links, x.claim, asked, made, x.sent)
    for k in range(x.claim.size):
        x.claim[k] -= x.washed[k]


@inner
def dispatch(
    n: LinkNetwork,
    f: Frictions,
    d: Detours,
    s: LinkState,
    rec: LinkRecord,
    t: int,
    rate: float,
    x: LinkWork,
) -> None:
    """Goods leave, use up licences and are under way; buyers remember who sent what."""
    planes = s.ring.shape[0]
    for i in range(n.slot_use.size):
        for k in range(n.link_ptr[i], n.link_ptr[i + 1]):
            sent = x.sent[k]
            s.came[k] += rate * (delivered_share(sent, x.ordered[k], s.came[k]) - s.came[k])
            rec.sent[i] += sent
            whole = x.claim[k] + x.washed[k]
            round_about = sent * (x.washed[k] / whole) if x.washed[k] > 0.0 else 0.0
            lag, c = n.link_lag[k], n.link_class[k]
            if c >= 0:
                straight = sent - round_about
                if x.claim[k] > 0.0:
                    free = x.ordered[k] * (1.0 - f.controlled[t, c])
                    use_licences(n, s, rec, t, i, k, free, straight)
                lag += f.delay[t, c]
            _under_way(s, t, planes, i, lag, sent - round_about)
            if round_about > 0.0:
                taken = round_about * x.caught[c]
                rec.taken[i] += taken
                _note_detour(s, rec, t, c, round_about, taken)
                _under_way(s, t, planes, i, n.link_lag[k] + d.lag, round_about - taken)


@inner
def _under_way(s: LinkState, t: int, planes: int, i: int, lag: float, amount: float) -> None:
    """Put goods on the planes of the two steps between which they arrive."""
    if amount <= 0.0:
        return
    whole = int(lag)
    part = lag - whole
    s.ring[(t + whole) % planes, i] += (1.0 - part) * amount
    if part > 0.0:
        s.ring[(t + whole + 1) % planes, i] += part * amount
    s.transit[i] += amount


@inner
def _note_detour(s: LinkState, rec: LinkRecord, t: int, c: int, sent: float, taken: float) -> None:
    """Book what went round and what was taken of it, by conduit in proportion to its flow."""
    whole = 0.0
    for m in range(s.detour.shape[1]):
        whole += s.detour[c, m]
    for m in range(s.detour.shape[1]):
        if whole > 0.0:
            rec.detour[t, c, m] += sent * s.detour[c, m] / whole
            rec.seized[t, c, m] += taken * s.detour[c, m] / whole


@inner
def receive(n: LinkNetwork, s: LinkState, rec: LinkRecord, t: int, x: LinkWork) -> None:
    """Stocks give what output used and take what arrives."""
    plane = t % s.ring.shape[0]
    inner = n.slot_ptr[n.output.size]
    for i in range(n.slot_use.size):
        x.got[i] = s.ring[plane, i]
        s.transit[i] -= x.got[i]
        s.ring[plane, i] = 0.0
    for f in range(n.output.size):
        for i in range(n.slot_ptr[f], n.slot_ptr[f + 1]):
            used = min(n.slot_use[i] * x.made[f], s.stock[i])
            s.stock[i] = s.stock[i] - used + x.got[i]
            rec.used[i] += used
    for i in range(inner, n.slot_use.size):
        rec.used[i] += x.got[i]


@inner
def order_again(n: LinkNetwork, c: LinkConduct, s: LinkState, x: LinkWork) -> None:
    """What is used, plus a share of the gap in stock and pipeline, is ordered next (005, O2)."""
    for f in range(n.output.size):
        wanted = min(s.orders[f] + n.final[f] + x.rebuild[f], x.capacity[f])
        for i in range(n.slot_ptr[f], n.slot_ptr[f + 1]):
            level = wanted if c.orders_wanted == 1 else x.made[f]
            goal = (n.target[i] + n.slot_use[i] * n.slot_lead[i]) * wanted
            held = s.stock[i] + s.transit[i] + s.queue[i] - s.queue_norm[i]
            s.need[i] = n.slot_use[i] * level
            if n.pace[i] > 0.0 and goal - held > tolerances.STOCK_SLACK * goal:
                s.need[i] += (goal - held) * n.pace[i]
            s.queue_norm[i] += c.memory * (s.queue[i] - s.queue_norm[i])


@inner
def choose_suppliers(n: LinkNetwork, c: LinkConduct, s: LinkState, x: LinkWork) -> None:
    """Shares move towards who delivers (005, O3), and lean to who has capacity left."""
    inner = n.slot_ptr[n.output.size]
    for i in range(n.slot_use.size):
        first, last = n.link_ptr[i], n.link_ptr[i + 1]
        if c.switching > 0.0:
            short, latents = 1.0, 0.0
            for k in range(first, last):
                short -= n.link_share[k] * s.came[k]
                latents += n.link_latent[k]
            total = 1.0 - short + latents * max(short, 0.0)
            for k in range(first, last):
                if total > 0.0:
                    goal = wanted_share(
                        n.link_share[k], s.came[k], n.link_latent[k], max(short, 0.0), total
                    )
                    s.share[k] += c.switching * (goal - s.share[k])
        whole = 0.0
        leans = c.follows_capacity == 1 and i < inner
        for k in range(first, last):
            weight = x.weight[n.link_supplier[k]] if leans else 1.0
            s.mix[k] = s.share[k] * weight
            whole += s.mix[k]
        for k in range(first, last):
            s.mix[k] = s.mix[k] / whole if whole > 0.0 else 0.0


@inner
def note_step(n: LinkNetwork, s: LinkState, rec: LinkRecord, t: int, x: LinkWork) -> None:
    """Write down what the step did, and how far the books of the suppliers are from closing."""
    size, largest = n.output.size, 0.0
    for j in range(size):
        rec.output[t, j] = x.made[j]
        rec.capacity[t, j] = x.capacity[j]
        rec.boost[t, j] = s.boost[j]
        rec.orders[t, j] = s.orders[j]
        rec.rebuild[t, j] = x.rebuild[j]
        rec.lost[t, j] = x.lost[j]
        largest = max(largest, n.output[j])
    for j in range(s.review.size):
        rec.queue[t, 5] += s.review[j] + s.ready[j]
    for j in range(size):
        gap = x.made[j] - x.rebuild[j] * x.to_rebuild[j]
        for at in range(n.supply_ptr[j], n.supply_ptr[j + 1]):
            gap -= x.sent[n.supply_link[at]]
        rec.made_gap[0] = max(rec.made_gap[0], abs(gap) / largest)
    for i in range(n.slot_ptr[size], n.slot_use.size):
        for k in range(n.link_ptr[i], n.link_ptr[i + 1]):
            missing = n.slot_use[i] * n.link_share[k] - x.sent[k]
            rec.undelivered[t, n.link_supplier[k]] += missing
            rec.unmet[t, i - n.slot_ptr[size]] += missing


@njit(cache=True, error_model="numpy")
def advance_links(
    n: LinkNetwork,
    c: LinkConduct,
    h: Hazards,
    f: Frictions,
    d: Detours,
    s: LinkState,
    rec: LinkRecord,
    steps: tuple[int, int],
    every: int,
) -> None:
    """Step from ``steps[0]`` to just before ``steps[1]``."""
    x = link_work(n, f.grant.shape[1])
    for t in range(steps[0], steps[1]):
        losses(h, s, t, 1, c.capital, x.lost, x.share)
        order_rebuilding(h, s, t, 1, x.rebuild)
        place_orders(n, s, x)
        if f.grant.shape[1] > 0:
            license_orders(n, f, s, rec, t, x.ordered, x.claim)
            if d.base_flow.shape[1] > 0:
                detour(n, d, s, rec, t, x.ordered, x.claim, x.washed, x.caught)
        face_claims(n, c, s, x)
        if t > 1:
            overproduce(c, s, x.demand)
        produce_from_slots(n, s, x)
        divide(n, c, x)
        dispatch(n, f, d, s, rec, t, c.memory, x)
        receive(n, s, rec, t, x)
        note_step(n, s, rec, t, x)
        enforce(d, s)
        rebuild(h, s, t, 1, x.to_rebuild, x.rebuild)
        order_again(n, c, s, x)
        for j in range(n.output.size):
            x.weight[j] = x.capacity[j] / n.output[j] if n.output[j] > 0.0 else 1.0
            s.before[j] = x.made[j]
        choose_suppliers(n, c, s, x)
        if t % every == 0:
            for i in range(s.stock.size):
                rec.stock[t // every, i] = s.stock[i]
