"""A day in a network of firms, in one pass over firms and one over links (docs/design/015).

The rules are those of Inoue and Todo (2019). A firm keeps a stock of what each supplier sends,
firms of one sector stand in for each other, and what a firm orders follows what it made that day.
Links lie by buyer, so that all of a firm's stocks are at hand; what its suppliers can deliver, and
what it orders of them, lies anywhere. A pass over links therefore reads and writes these apart from
the arithmetic, block by block, where many such accesses are under way at a time.

Chunks of buyers are fixed by the network, and each adds up orders of its own, so that bits do not
depend on threads. A parallel loop loses what it writes to fields of a tuple: arrays come one by
one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terbium.base.tolerances import REST_SLACK
from terbium.engine.jit import inner, njit, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.int32]

PROPORTIONAL, INTERMEDIATE_FIRST, WATER_FILLING, WATER_FILLING_INTERMEDIATE_FIRST = range(4)
"""Rules of rationing, as in :data:`firm_case.FIRM_RATIONING`."""

SERVED, ASKED = range(2)
"""Columns of what lies by chunk and supplier: share of orders (or level) served, orders made."""
BEFORE, NOW, USE = range(3)
"""Columns of what orders follow from: multiple of the base flow that stock and order add up to,
yesterday's and today's, and output as a share of the base."""
CAME, USED, HELD = range(3)
"""Columns of the books of links."""


@njit(cache=True, error_model="numpy", parallel=True)
def produce(
    part: Ints,
    rule: int,
    final: Floats,
    output: Floats,
    inverse: Floats,
    full: Floats,
    lost: Floats,
    limit: Floats,
    market: Floats,
    need: Floats,
    made: Floats,
    asked: Floats,
    to_final: Floats,
) -> None:
    """Add up orders, decide on output, and say what each supplier serves.

    Parameters
    ----------
    part
        Bounds of parts of the firms.
    rule
        Of rationing; with water-filling, firms that are short are left to :func:`fill`.
    final, output, inverse
        Final demand and output at rest [money/step], one by output (N,).
    full
        Multiple of the base flow that stock and order add up to at full output (N,).
    lost, limit
        Share of capacity lost, most output that inputs allow as a multiple of the base (N,).
    market
        By chunk, supplier and ``SERVED, ASKED`` (C, N, 2): orders are taken, shares put there.
    need, made, asked, to_final
        Written: (N, 3), and (N,) [money/step].
    """
    chunks = market.shape[0]
    for p in prange(part.size - 1):
        for j in range(part[p], part[p + 1]):
            orders = 0.0
            for c in range(chunks):
                orders += market[c, j, ASKED]
            demand = orders + final[j]
            wanted = demand
            if abs(demand - output[j]) <= REST_SLACK * output[j]:
                wanted = output[j]
            out = min(wanted, min(1.0 - lost[j], limit[j]) * output[j])
            asked[j] = demand
            made[j] = out
            served = np.inf
            left = max(out - orders, 0.0)
            if rule == PROPORTIONAL:
                served = out / demand if demand > 0.0 else 0.0
                left = final[j] * served
            elif rule == INTERMEDIATE_FIRST:
                served = min(out / orders, 1.0) if orders > 0.0 else 0.0
            to_final[j] = left
            use = out * inverse[j]
            need[j, BEFORE] = need[j, NOW]
            need[j, NOW] = use * full[j]
            need[j, USE] = use
            for c in range(chunks):
                market[c, j, SERVED] = served
                market[c, j, ASKED] = 0.0


@njit(cache=True, error_model="numpy")
def level_of(claims: Floats, usual: Floats, count: int, available: float) -> float:
    """Level at which ``min(claim, level * usual)`` adds up to what is available.

    Newton's method on a sum that is concave and piecewise linear: it rises to the level in a few
    rounds and stops there, so that the cost is linear in the number of clients.
    """
    weight = 0.0
    for at in range(count):
        weight += usual[at]
    level = available / weight if weight > 0.0 else 0.0
    while True:
        left, still = available, 0.0
        for at in range(count):
            if claims[at] <= level * usual[at]:
                left -= claims[at]
            else:
                still += usual[at]
        higher = left / still if still > 0.0 else level
        if higher <= level:
            return level
        level = higher


@njit(cache=True, error_model="numpy", parallel=True)
def fill(
    part: Ints,
    rule: int,
    customer_ptr: Positions,
    customer_link: Positions,
    usual: Floats,
    order: Floats,
    final: Floats,
    made: Floats,
    asked: Floats,
    market: Floats,
    to_final: Floats,
) -> None:
    """Serve the clients of firms that are short alike, as a share of what is usual.

    Parameters
    ----------
    part
        Bounds of parts of the firms, of about as many links each.
    customer_ptr, customer_link, usual
        Links by supplier: bounds (N+1,), positions (E,), base flows (E,) [money/step].
    order
        Orders by link (E,) [money/step].
    final, made, asked
        As in :func:`produce`. Final demand is a client as well, or comes last.
    market, to_final
        Levels are put there.
    """
    is_last = rule == WATER_FILLING_INTERMEDIATE_FIRST
    for p in prange(part.size - 1):
        widest = 1
        for j in range(part[p], part[p + 1]):
            widest = max(widest, customer_ptr[j + 1] - customer_ptr[j] + 1)
        claims, share = np.empty(widest), np.empty(widest)
        for j in range(part[p], part[p + 1]):
            if made[j] >= asked[j]:
                continue
            first, count = customer_ptr[j], customer_ptr[j + 1] - customer_ptr[j]
            orders = 0.0
            for at in range(count):
                claims[at] = order[customer_link[first + at]]
                share[at] = usual[first + at]
                orders += claims[at]
            if is_last and made[j] >= orders:
                to_final[j] = made[j] - orders
                continue
            if is_last:
                to_final[j] = 0.0
                level = level_of(claims, share, count, made[j])
            else:
                claims[count], share[count] = final[j], final[j]
                level = level_of(claims, share, count + 1, made[j])
                to_final[j] = min(final[j], level * final[j])
            for c in range(market.shape[0]):
                market[c, j, SERVED] = level


@inner
def _trade_block(
    first: int,
    last: int,
    fills: bool,
    slot_ptr: Positions,
    link_ptr: Positions,
    supplier: Positions,
    base: Floats,
    need: Floats,
    market: Floats,
    stock: Floats,
    order: Floats,
    limit: Floats,
    pace: float,
    way: Floats,
    books: Floats,
) -> None:
    """Deliver to a block of buyers, use up stocks and order again; see :func:`trade`."""
    k0, k1 = link_ptr[slot_ptr[first]], link_ptr[slot_ptr[last]]
    for k in range(k0, k1):
        way[k - k0] = market[supplier[k], SERVED]
    arrived, used, whole = 0.0, 0.0, 0.0
    for f in range(first, last):
        before, now, use = need[f, BEFORE], need[f, NOW], need[f, USE]
        scarcest = np.inf
        for i in range(slot_ptr[f], slot_ptr[f + 1]):
            held, usual = 0.0, 0.0
            for k in range(link_ptr[i], link_ptr[i + 1]):
                held += stock[k]
                usual += base[k]
            # suppliers of one sector stand in for each other: use is spread over their stocks
            kept = max(1.0 - use * usual / held, 0.0) if held > 0.0 else 0.0
            after = 0.0
            for k in range(link_ptr[i], link_ptr[i + 1]):
                b, s, served = base[k], stock[k], way[k - k0]
                ordered = max(b * before - s * pace, 0.0)
                came = min(ordered, served * b) if fills else ordered * served
                left = s * kept
                stock[k] = left + came
                wanted = max(b * now - stock[k] * pace, 0.0)
                way[k - k0] = wanted
                if fills:
                    order[k] = wanted
                arrived += came
                used += s - left
                after += stock[k]
            scarcest = min(scarcest, after / usual)
            whole += after
        limit[f] = scarcest
    for k in range(k0, k1):
        market[supplier[k], ASKED] += way[k - k0]
    books[CAME] += arrived
    books[USED] += used
    books[HELD] += whole


@njit(cache=True, error_model="numpy", parallel=True)
def trade(
    chunk: Ints,
    block: Ints,
    widest: int,
    fills: bool,
    slot_ptr: Positions,
    link_ptr: Positions,
    supplier: Positions,
    base: Floats,
    need: Floats,
    market: Floats,
    stock: Floats,
    order: Floats,
    limit: Floats,
    pace: float,
    books: Floats,
) -> None:
    """Deliver what was ordered yesterday, use up what today's output took, and order again.

    Parameters
    ----------
    chunk, block
        Bounds of chunks of blocks, and of blocks of buyers.
    widest
        Most links of a block.
    fills
        Whether suppliers serve up to a level, instead of a share of each order.
    slot_ptr, link_ptr
        Bounds of a buyer's slots (N+1,) and of a slot's links: a slot is a sector bought from.
    supplier, base
        Of each link (E,), its flow at rest [money/step], above 0.
    need, market
        From :func:`produce`; orders are added up in ``market`` again.
    stock, order
        By link (E,) [money], [money/step]; orders are kept only where suppliers fill.
    limit
        Written (N,): most output that stocks allow, as a multiple of the base.
    pace
        Share of a gap in a stock that is made up in a step [1/step].
    books
        Written (C, 3): came, used, held.
    """
    for c in prange(chunk.size - 1):
        way = np.empty(widest)
        books[c, :] = 0.0
        for b in range(chunk[c], chunk[c + 1]):
            _trade_block(
                block[b],
                block[b + 1],
                fills,
                slot_ptr,
                link_ptr,
                supplier,
                base,
                need,
                market[c],
                stock,
                order,
                limit,
                pace,
                way,
                books[c],
            )


@njit(cache=True, error_model="numpy", parallel=True)
def record(
    part: Ints,
    step: int,
    stop_share: float,
    group: Positions,
    output: Floats,
    final: Floats,
    bought: Floats,
    made: Floats,
    to_final: Floats,
    need: Floats,
    lost: Floats,
    lowest: Floats,
    lowest_step: Positions,
    stop_step: Positions,
    below: Positions,
    sums: Floats,
    totals: Floats,
) -> None:
    """Add a step to what is recorded of each firm and of each group of firms.

    Parameters
    ----------
    part
        Bounds of parts of the firms.
    group
        Of each firm (N,).
    bought
        Inputs at rest (N,) [money/step].
    lost, lowest, lowest_step, stop_step, below
        See :class:`firm_case.FirmTrajectories`; added to.
    sums : (P, 2, G)
        Written: output and final demand not met, by part and group.
    totals : (P, 3)
        Written: made, to final demand, inputs that the output takes.
    """
    for p in prange(part.size - 1):
        sums[p, :, :] = 0.0
        totals[p, :] = 0.0
        for j in range(part[p], part[p + 1]):
            out, usual = made[j], output[j]
            sums[p, 0, group[j]] += out
            sums[p, 1, group[j]] += final[j] - to_final[j]
            totals[p, 0] += out
            totals[p, 1] += to_final[j]
            totals[p, 2] += need[j, USE] * bought[j]
            lost[j] += usual - out
            if usual > 0.0:
                if out < lowest[j] * usual:
                    lowest[j] = out / usual
                    lowest_step[j] = step
                if out < stop_share * usual:
                    below[j] += 1
                    if stop_step[j] < 0:
                        stop_step[j] = step
