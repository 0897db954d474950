"""One step of the ARIO family on a full table (docs/design/012).

The order of the passes is that of the published model: events, demand, overproduction, output,
deliveries, repair, orders. Passes over slots and industries run over contiguous lanes; the two
passes over links are in :mod:`terbium.engine.network.links`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from terbium.base import tolerances
from terbium.engine.jit import inner, njit
from terbium.engine.network.hazards import losses, order_rebuilding, rebuild
from terbium.engine.network.link_program import LinkConduct, LinkState
from terbium.engine.network.links import collect, weigh
from terbium.engine.network.program import (
    FINAL_FIRST,
    INTERMEDIATE_FIRST,
    Conduct,
    Hazards,
    Network,
    NetworkRecord,
    NetworkState,
)
from terbium.engine.program import Floats


class Work(NamedTuple):
    """Working arrays of one advance."""

    demand: Floats
    capacity: Floats
    wanted: Floats
    made: Floats
    lost: Floats
    share: Floats
    rebuild: Floats
    served: Floats
    to_final: Floats
    to_rebuild: Floats
    carrying: Floats
    weight: Floats
    came: Floats
    base: Floats
    active: Floats


@njit(cache=True, error_model="numpy")
def work(size: int, sectors: int) -> Work:
    """Fresh working arrays."""
    return Work(
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
        np.zeros((sectors, size)),
        np.zeros((sectors, size)),
        np.ones(size),
    )


@inner
def overproduce(c: Conduct | LinkConduct, s: NetworkState | LinkState, demand: Floats) -> None:
    """Overproduction follows the share of demand that output fell short of."""
    for at in range(demand.size):
        short = (demand[at] - s.before[at]) / demand[at] if demand[at] > 0.0 else 0.0
        step = (c.boost_most[at] - s.boost[at]) * short
        if abs(short) <= tolerances.NO_SCARCITY:
            step = c.boost_base[at] - s.boost[at]
        s.boost[at] = max(s.boost[at] + c.boost_pace[at] * step, 1.0)


@inner
def produce(n: Network, c: Conduct, s: NetworkState, x: Work) -> None:
    """Output is what is wanted, within capacity, lowered by the scarcest input."""
    for at in range(x.made.size):
        x.capacity[at] = n.output[at] * (1.0 - x.share[at]) * s.boost[at]
        x.wanted[at] = min(x.demand[at], x.capacity[at])
        x.made[at] = 1.0
    for i in range(n.sectors):
        if c.partial == 1:
            for at in range(x.made.size):
                held = c.hold[i, at] * x.wanted[at]
                enough = min(s.stock[i, at] / held, 1.0) if held > 0.0 else 1.0
                x.made[at] = min(x.made[at], 1.0 - c.binding[i, at] * (1.0 - enough))
        else:
            for at in range(x.made.size):
                held = c.hold[i, at] * x.wanted[at]
                enough = s.stock[i, at] / held if held > 0.0 else 1.0
                x.made[at] = min(x.made[at], enough)
    slack = 0.0 if c.compatible == 1 else tolerances.STOCK_SLACK
    for at in range(x.made.size):
        x.made[at] = x.wanted[at] * (x.made[at] if x.made[at] < 1.0 - slack else 1.0)


@inner
def share_out(n: Network, c: Conduct, s: NetworkState, x: Work) -> None:
    """Share of intermediate, and of final and rebuilding claims that each supplier can serve."""
    for at in range(x.made.size):
        made, orders, rest = x.made[at], s.orders[at], n.final[at] + x.rebuild[at]
        if c.rationing == INTERMEDIATE_FIRST:
            x.served[at] = min(1.0, made / orders) if orders > 0.0 else 1.0
            left = max(made - orders, 0.0)
            x.to_final[at] = min(1.0, left / rest) if rest > 0.0 else 1.0
        elif c.rationing == FINAL_FIRST:
            x.to_final[at] = min(1.0, made / rest) if rest > 0.0 else 1.0
            left = max(made - rest, 0.0)
            x.served[at] = min(1.0, left / orders) if orders > 0.0 else 1.0
        else:
            x.served[at] = made / x.demand[at] if x.demand[at] > 0.0 else 0.0
            x.to_final[at] = x.served[at]


@inner
def fill(values: Floats, lane: int, lanes: int, value: float) -> None:
    """Set one lane of an array over industries."""
    size = values.size // lanes
    for at in range(lane * size, (lane + 1) * size):
        values[at] = value


@inner
def is_level(n: Network, s: NetworkState, x: Work, lane: int) -> bool:
    """Whether what came equals what was used everywhere, within the reference's dead band."""
    size = x.made.size // n.lanes
    for i in range(n.sectors):
        for at in range(lane * size, (lane + 1) * size):
            used, came = n.use[i, at] * x.made[at], s.scale[i, at] * x.came[i, at]
            if abs(came - used) > tolerances.PEER_ATOL + tolerances.PEER_RTOL * abs(used):
                return False
    return True


@inner
def is_full(n: Network, c: Conduct, s: NetworkState, x: Work, lane: int) -> bool:
    """Whether all stocks are at target, within the reference's dead band."""
    size = x.made.size // n.lanes
    if c.blind == 1:
        return False
    if c.endless == 1:
        for at in range(lane * size, (lane + 1) * size):
            if x.wanted[at] == 0.0:
                return False
    for i in range(n.sectors):
        for at in range(lane * size, (lane + 1) * size):
            goal = c.target[i, at] * x.wanted[at]
            if c.pace[i, at] > 0.0:
                band = tolerances.PEER_ATOL + tolerances.PEER_RTOL * goal
                if abs(s.stock[i, at] - goal) > band:
                    return False
    return True


@inner
def restock(n: Network, c: Conduct, s: NetworkState, rec: NetworkRecord, x: Work) -> None:
    """Stocks give what output used and take what came; the books are held against each other."""
    received, lowest = 0.0, np.inf
    x.active[:] = 1.0
    if c.compatible == 1:
        for w in range(n.lanes):
            fill(x.active, w, n.lanes, 0.0 if is_level(n, s, x, w) else 1.0)
    for i in range(n.sectors):
        for at in range(x.made.size):
            came = s.scale[i, at] * x.came[i, at]
            left = s.stock[i, at] - x.active[at] * n.use[i, at] * x.made[at]
            received += came
            if c.compatible == 1:
                # the reference looks at its stocks after deliveries, and stops where one is short
                left += x.active[at] * came
                lowest = min(lowest, left)
                s.stock[i, at] = left
                continue
            # an input that does not bind in full may run out, and is then done without
            if c.hold[i, at] == 0.0 or c.binding[i, at] < 1.0:
                left = max(left, 0.0)
            lowest = min(lowest, left)
            s.stock[i, at] = max(left, 0.0) + came
    sent, made = 0.0, 0.0
    for at in range(x.made.size):
        sent += s.orders[at] * x.served[at]
        made += n.output[at]
    rec.books[0] = max(rec.books[0], abs(received - sent) / made)
    rec.books[1] = min(rec.books[1], lowest / made)


@inner
def reorder(n: Network, c: Conduct, s: NetworkState, x: Work) -> None:
    """What is used, plus a share of the gap in the stock, is ordered for the next step."""
    for at in range(x.made.size):
        x.wanted[at] = min(s.orders[at] + n.final[at] + x.rebuild[at], x.capacity[at])
        x.active[at] = 1.0
    if c.compatible == 1:
        for w in range(n.lanes):
            fill(x.active, w, n.lanes, 0.0 if is_full(n, c, s, x, w) else 1.0)
    slack = 0.0 if c.compatible == 1 else tolerances.STOCK_SLACK
    for i in range(n.sectors):
        for at in range(x.made.size):
            goal = c.target[i, at] * x.wanted[at]
            gap = goal - s.stock[i, at]
            gap = gap if gap > slack * goal else 0.0
            level = x.wanted[at] if c.orders_wanted == 1 else x.made[at]
            need = n.use[i, at] * level + x.active[at] * c.pace[i, at] * gap
            base = x.base[i, at]
            s.scale[i, at] = need / base if base > 0.0 else 0.0


@inner
def note(n: Network, s: NetworkState, rec: NetworkRecord, row: int, x: Work) -> None:
    """Write down what the step did."""
    lanes = n.lanes
    for at in range(x.made.size):
        rec.output[row, at] = x.made[at]
        rec.capacity[row, at] = x.capacity[at]
        rec.boost[row, at] = s.boost[at]
        rec.orders[row, at] = s.orders[at]
        rec.rebuild[row, at] = x.rebuild[at]
        rec.lost[row, at] = x.lost[at]
    size = n.flows.shape[0]
    for w in range(lanes):
        for f in range(size):
            at, product = w * size + f, f % n.sectors
            missing = 1.0 - x.to_final[at]
            rec.undelivered[row, at] = n.final[at] * missing
            if missing != 0.0:
                for r in range(n.regions):
                    place = (w * n.regions + r) * n.sectors + product
                    rec.unmet[row, place] += n.final_by_region[f, r] * missing


@inner
def _make_and_share(
    n: Network,
    c: Conduct,
    h: Hazards,
    s: NetworkState,
    rec: NetworkRecord,
    at_step: tuple[int, int],
    x: Work,
) -> None:
    """From demand to what each supplier can serve: all of a step before its first pass over links.

    ``at_step`` holds the step and the row of the record that it is written to.
    """
    t, row = at_step
    losses(h, s, t, n.lanes, c.capital, x.lost, x.share)
    order_rebuilding(h, s, t, n.lanes, x.rebuild)
    for at in range(x.demand.size):
        x.demand[at] = s.orders[at] + n.final[at] + x.rebuild[at]
    if t > 1:
        overproduce(c, s, x.demand)
    produce(n, c, s, x)
    share_out(n, c, s, x)
    note(n, s, rec, row, x)
    for at in range(x.demand.size):
        x.carrying[at] = s.weight[at] * x.served[at]
        x.weight[at] = 1.0
        if c.follows_capacity == 1 and n.output[at] > 0.0:
            x.weight[at] = x.capacity[at] / n.output[at]


@inner
def _receive_and_order(
    n: Network, c: Conduct, h: Hazards, s: NetworkState, rec: NetworkRecord, t: int, x: Work
) -> None:
    """From deliveries to what each industry needs: all of a step between its passes over links."""
    restock(n, c, s, rec, x)
    rebuild(h, s, t, n.lanes, x.to_final, x.rebuild)
    reorder(n, c, s, x)
    for at in range(x.demand.size):
        s.weight[at] = x.weight[at]
        s.before[at] = x.made[at]


# the two parts of a step as the interpreter calls them; compiled when it does
@njit(cache=True, error_model="numpy", nogil=True)
def make_and_share(
    n: Network,
    c: Conduct,
    h: Hazards,
    s: NetworkState,
    rec: NetworkRecord,
    at_step: tuple[int, int],
    x: Work,
) -> None:
    """See :func:`_make_and_share`."""
    _make_and_share(n, c, h, s, rec, at_step, x)


@njit(cache=True, error_model="numpy", nogil=True)
def receive_and_order(
    n: Network, c: Conduct, h: Hazards, s: NetworkState, rec: NetworkRecord, t: int, x: Work
) -> None:
    """See :func:`_receive_and_order`."""
    _receive_and_order(n, c, h, s, rec, t, x)


@njit(cache=True, error_model="numpy")
def advance(
    n: Network,
    c: Conduct,
    h: Hazards,
    s: NetworkState,
    rec: NetworkRecord,
    steps: tuple[int, int],
    every: int,
) -> None:
    """Step from ``steps[0]`` to just before ``steps[1]``, one lane."""
    x = work(n.output.size, n.sectors)
    for t in range(steps[0], steps[1]):
        _make_and_share(n, c, h, s, rec, (t, t), x)
        weigh(n.flows, n.sectors, x.carrying, x.weight, x.came, x.base)
        _receive_and_order(n, c, h, s, rec, t, x)
        collect(n.flows, n.sectors, s.scale, s.weight, s.orders)
        if t % every == 0:
            for i in range(n.sectors):
                for at in range(x.made.size):
                    rec.stock[t // every, i, at] = s.stock[i, at]
