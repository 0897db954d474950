"""The streaming bound of a step of firms: bytes that it must move over what memory can stream."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from terbium.engine.jit import njit, prange
from terbium.engine.network.firm_program import CHUNKS, FirmProgram

Floats = NDArray[np.float64]

FAR_BEYOND_CACHE = 16_000_000
"""Numbers in each of three arrays, 384 MB in all."""
TRIAD_BYTES, UPDATE_BYTES = 24, 16
"""Bytes a number as STREAM counts them: each read 8, each write 8."""
ROUNDS = 7

LINK = (
    ("base", 8),
    ("supplier", 4),
    ("stock", 16),
    ("served, by supplier", 8),
    ("asked, by supplier", 16),
)
FILLED_LINK = (("order", 16),)
FIRM = (
    *(("final", 8), ("output", 8), ("inverse", 8), ("full", 8), ("bought", 8)),
    *(("group", 4), ("slot_ptr", 4)),
    *(("lost now", 16), ("limit", 16), ("need (3 numbers)", 48)),
    *(("made", 16), ("asked", 8), ("to_final", 16)),
    (f"market ({CHUNKS} chunks x 2 numbers)", CHUNKS * 2 * 16),
    *(("lost", 16), ("lowest", 8)),
)
SLOT = (("link_ptr", 4),)


def bytes_of_step(p: FirmProgram, fills: bool) -> list[tuple[str, int, int]]:
    """(array, how many firms, slots or links, bytes a step) of each array of a step, once.

    Read counts the size of a number, read and written twice that. Not counted: what is written on
    conditions (steps of stops), and what suppliers that are short read of their clients.
    """
    links, slots = p.base.size, p.link_ptr.size - 1
    by_link = LINK + FILLED_LINK if fills else LINK
    parts = ((by_link, links, "link"), (SLOT, slots, "slot"), (FIRM, p.size, "firm"))
    return [
        (f"{name}, a {of}", count, moved * count) for arrays, count, of in parts
        for name, moved in arrays
    ]  # fmt: skip


def total(rows: Sequence[tuple[str, int, int]]) -> int:
    """Bytes of a step."""
    return sum(moved for *_, moved in rows)


@njit(cache=True, parallel=True)
def _triad(a: Floats, b: Floats, c: Floats, factor: float) -> None:
    for i in prange(a.size):
        a[i] = b[i] + factor * c[i]


@njit(cache=True, parallel=True)
def _update(a: Floats, factor: float, term: float) -> None:
    for i in prange(a.size):
        a[i] = a[i] * factor + term


def bandwidth(numbers: int = FAR_BEYOND_CACHE) -> dict[str, float]:
    """Best of several rounds on as many threads as Numba has [bytes/s].

    ``triad`` is that of STREAM; ``update`` reads and writes one array in place, which spares the
    read before a write that STREAM does not count.
    """
    a, b, c = np.zeros(numbers), np.ones(numbers), np.ones(numbers)
    best = {"triad": 0.0, "update": 0.0}
    # the first round loads or compiles the code
    for at in range(ROUNDS + 1):
        times = [time.perf_counter()]
        _triad(a, b, c, 3.0)
        times.append(time.perf_counter())
        _update(a, 0.999, 0.001)
        times.append(time.perf_counter())
        if at:
            for name, moved, took in zip(
                best, (TRIAD_BYTES, UPDATE_BYTES), np.diff(times), strict=True
            ):
                best[name] = max(best[name], moved * numbers / float(took))
    return best
