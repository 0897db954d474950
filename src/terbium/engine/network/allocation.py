"""How a supplier divides what it has among claims that exceed it, link by link.

Each rule fills ``sent`` for the links of one supplier and returns the share of its rebuilding
orders that is served. All leave nothing unsold while a claim is open, and give no claim more than
it asks for (tests/engine/network/test_allocation.py).
"""

from __future__ import annotations

import numpy as np

from terbium.engine.jit import njit
from terbium.engine.program import Floats, Ints


@njit(cache=True, error_model="numpy")
def proportional(
    links: Ints, claim: Floats, rebuild: float, available: float, sent: Floats
) -> float:
    """Everyone gets the same share of what was asked for."""
    asked = rebuild
    for k in links:
        asked += claim[k]
    ratio = min(1.0, available / asked) if asked > 0.0 else 1.0
    for k in links:
        sent[k] = claim[k] * ratio
    return ratio


@njit(cache=True, error_model="numpy")
def by_place(
    links: Ints,
    claim: Floats,
    place: Floats,
    rebuild: float,
    rebuild_place: float,
    available: float,
    sent: Floats,
) -> float:
    """Lower places are served first, equal places in proportion; ``links`` is sorted by place."""
    left, ratio_rebuild, first = available, 1.0, 0
    waits = rebuild > 0.0
    while first < links.size or waits:
        here = place[links[first]] if first < links.size else np.inf
        if waits:
            here = min(here, rebuild_place)
        last, asked = first, 0.0
        while last < links.size and place[links[last]] == here:
            asked += claim[links[last]]
            last += 1
        joins = waits and rebuild_place == here
        if joins:
            asked += rebuild
        ratio = min(1.0, left / asked) if asked > 0.0 else 1.0
        for at in range(first, last):
            sent[links[at]] = claim[links[at]] * ratio
        if joins:
            ratio_rebuild, waits = ratio, False
        left = max(left - asked * ratio, 0.0)
        first = last
    return ratio_rebuild


@njit(cache=True, error_model="numpy")
def water_filling(
    links: Ints,
    claim: Floats,
    usual: Floats,
    rebuild: float,
    available: float,
    sent: Floats,
    ratio: Floats,
) -> float:
    """Each gets at most the same multiple of what it usually orders; O(d log d) in its links.

    Clients whose orders fell most are served first and in full; a rebuilding order counts as a
    usual one. ``ratio`` is working space for the links of one supplier and the rebuilding order.
    """
    count = links.size + 1
    whole = rebuild
    for at in range(links.size):
        k = links[at]
        whole += claim[k]
        ratio[at] = claim[k] / usual[k] if usual[k] > 0.0 else 0.0
    ratio[links.size] = 1.0 if rebuild > 0.0 else 0.0
    if whole <= available:
        for k in links:
            sent[k] = claim[k]
        return 1.0
    weight = rebuild
    for k in links:
        weight += usual[k]
    level, left = 0.0, available
    for at in np.argsort(ratio[:count]):
        mine = rebuild if at == links.size else usual[links[at]]
        asked = rebuild if at == links.size else claim[links[at]]
        level = left / weight if weight > 0.0 else 0.0
        if ratio[at] >= level:
            break
        left -= asked
        weight -= mine
    for k in links:
        sent[k] = min(claim[k], level * usual[k])
    return min(1.0, level)
