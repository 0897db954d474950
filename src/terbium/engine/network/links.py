"""The passes over all links of a full table: the only work that grows with their number."""

from __future__ import annotations

import numpy as np

from terbium.engine.jit import njit
from terbium.engine.program import Floats

# The sums below may be formed in any order, which lets them become vector code; the order is
# fixed when the function is compiled, so equal inputs still give equal bits.
REORDER = {"reassoc", "contract"}


@njit(cache=True, error_model="numpy", fastmath=REORDER)
def weigh(flows: Floats, sectors: int, first: Floats, second: Floats, a: Floats, b: Floats) -> None:
    """Sum flows over the regions of each input, weighed by supplier in two ways at once.

    Parameters
    ----------
    flows : (N, N)
    first, second : (N,)
        Weights of the suppliers.
    a, b : (S, N)
        Receive ``sum_r flows[(r, i), f] * first[(r, i)]`` and the same with ``second``.
    """
    n = flows.shape[0]
    regions = n // sectors
    for i in range(sectors):
        for f in range(n):
            a[i, f] = 0.0
            b[i, f] = 0.0
        r = 0
        # four rows at a time: sums are read and written once for four links
        while r + 3 < regions:
            j = r * sectors + i
            j1, j2, j3 = j + sectors, j + 2 * sectors, j + 3 * sectors
            p0, p1, p2, p3 = first[j], first[j1], first[j2], first[j3]
            q0, q1, q2, q3 = second[j], second[j1], second[j2], second[j3]
            for f in range(n):
                z0, z1, z2, z3 = flows[j, f], flows[j1, f], flows[j2, f], flows[j3, f]
                a[i, f] += z0 * p0 + z1 * p1 + z2 * p2 + z3 * p3
                b[i, f] += z0 * q0 + z1 * q1 + z2 * q2 + z3 * q3
            r += 4
        while r < regions:
            j = r * sectors + i
            for f in range(n):
                a[i, f] += flows[j, f] * first[j]
                b[i, f] += flows[j, f] * second[j]
            r += 1


@njit(cache=True, error_model="numpy", fastmath=REORDER)
def collect(flows: Floats, sectors: int, scale: Floats, weight: Floats, orders: Floats) -> None:
    """Orders that each supplier faces: ``c[j] * sum_f flows[j, f] * g[i(j), f]``."""
    n = flows.shape[0]
    regions = n // sectors
    for i in range(sectors):
        r = 0
        while r + 1 < regions:
            j = r * sectors + i
            k = j + sectors
            total, other = 0.0, 0.0
            for f in range(n):
                g = scale[i, f]
                total += flows[j, f] * g
                other += flows[k, f] * g
            orders[j], orders[k] = weight[j] * total, weight[k] * other
            r += 2
        if r < regions:
            j = r * sectors + i
            total = 0.0
            for f in range(n):
                total += flows[j, f] * scale[i, f]
            orders[j] = weight[j] * total


def weigh_lanes(
    flows: Floats, sectors: int, first: Floats, second: Floats, a: Floats, b: Floats
) -> None:
    """:func:`weigh` for many lanes at once, as one product of matrices per input.

    Parameters
    ----------
    flows : (N, N)
    first, second : (L * N,)
    a, b : (S, L * N)
    """
    n = flows.shape[0]
    rows = flows.reshape(n // sectors, sectors, n)
    lanes = first.size // n
    both = np.concatenate([first, second]).reshape(2 * lanes, n // sectors, sectors)
    for i in range(sectors):
        sums = both[:, :, i] @ rows[:, i, :]
        a[i] = sums[:lanes].ravel()
        b[i] = sums[lanes:].ravel()


def collect_lanes(
    flows: Floats, sectors: int, scale: Floats, weight: Floats, orders: Floats
) -> None:
    """:func:`collect` for many lanes at once."""
    n = flows.shape[0]
    rows = flows.reshape(n // sectors, sectors, n)
    faced = orders.reshape(-1, n // sectors, sectors)
    for i in range(sectors):
        faced[:, :, i] = scale[i].reshape(-1, n) @ rows[:, i, :].T
    orders *= weight
