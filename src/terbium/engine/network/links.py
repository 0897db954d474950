"""The passes over all links of a full table: the only work that grows with their number."""

from __future__ import annotations

import numpy as np

from terbium.engine.jit import njit
from terbium.engine.program import Floats

# The sums below may be formed in any order, which lets them become vector code; the order is
# fixed when the function is compiled, so equal inputs still give equal bits.
REORDER = {"reassoc", "contract"}


@njit(cache=True, error_model="numpy", fastmath=REORDER)
def weigh(
    flows: Floats, sectors: int, lanes: int, first: Floats, second: Floats, a: Floats, b: Floats
) -> None:
    """Sum flows over the regions of each input, weighed by supplier in two ways at once.

    Parameters
    ----------
    flows : (N, N)
    first, second : (M,)
        Weights of the suppliers.
    a, b : (S, M)
        Receive ``sum_r flows[(r, i), f] * first[(r, i)]`` and the same with ``second``.
    """
    n = flows.shape[0]
    regions = n // sectors
    for i in range(sectors):
        a[i, :] = 0.0
        b[i, :] = 0.0
        if lanes == 1:
            r = 0
            while r + 1 < regions:
                j, k = r * sectors + i, (r + 1) * sectors + i
                p, q, u, v = first[j], first[k], second[j], second[k]
                for f in range(n):
                    y, z = flows[j, f], flows[k, f]
                    a[i, f] += y * p + z * q
                    b[i, f] += y * u + z * v
                r += 2
            if r < regions:
                j = r * sectors + i
                for f in range(n):
                    a[i, f] += flows[j, f] * first[j]
                    b[i, f] += flows[j, f] * second[j]
        else:
            for r in range(regions):
                j = r * sectors + i
                for f in range(n):
                    y = flows[j, f]
                    for w in range(lanes):
                        a[i, f * lanes + w] += y * first[j * lanes + w]
                        b[i, f * lanes + w] += y * second[j * lanes + w]


@njit(cache=True, error_model="numpy", fastmath=REORDER)
def collect(
    flows: Floats, sectors: int, lanes: int, scale: Floats, weight: Floats, orders: Floats
) -> None:
    """Orders that each supplier faces: ``c[j] * sum_f flows[j, f] * g[i(j), f]``."""
    n = flows.shape[0]
    for j in range(n):
        i = j % sectors
        if lanes == 1:
            total = 0.0
            for f in range(n):
                total += flows[j, f] * scale[i, f]
            orders[j] = weight[j] * total
        else:
            sums = np.zeros(lanes)
            for f in range(n):
                y = flows[j, f]
                for w in range(lanes):
                    sums[w] += y * scale[i, f * lanes + w]
            for w in range(lanes):
                orders[j * lanes + w] = weight[j * lanes + w] * sums[w]
