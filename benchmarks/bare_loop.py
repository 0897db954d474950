"""The yardstick: a compiled loop that streams the kernel's arrays and does next to nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.engine.jit import njit
from terbium.engine.program import Draws, Program
from terbium.engine.state import Record, State, scratch

Floats = NDArray[np.float64]

TOTALS = ("node_total", "link_total")
READ = ("node_cap", "in_cover", "in_lead", "out_cover")
PLANES = 3
"""Planes of the transit ring touched in a step: the one that arrives, the two that goods enter."""


@dataclass(frozen=True)
class Bare:
    """Arrays of one block, copies in the sizes and types of the kernel's own."""

    updated: tuple[Floats, ...]
    read: tuple[Floats, ...]
    ring: Floats
    history: Floats
    names: tuple[str, ...]

    def bytes_per_step(self) -> int:
        """Bytes that one step moves: 16 a number updated, 8 a number read."""
        moved = 16 * sum(a.size for a in self.updated) + 8 * sum(a.size for a in self.read)
        return int(moved + 16 * (PLANES * self.ring[0].size + self.history[0].size))

    def rows(self) -> list[tuple[str, int, int]]:
        """(array, numbers per step, bytes per step), largest first."""
        found = [
            (name, array.size, (16 if i < len(self.updated) else 8) * array.size)
            for i, (name, array) in enumerate(
                zip(self.names, (*self.updated, *self.read), strict=True)
            )
        ]
        ring, page = PLANES * self.ring[0].size, self.history[0].size
        found += [("ring (3 planes)", ring, 16 * ring), ("history (1 page)", page, 16 * page)]
        return sorted(found, key=lambda row: -row[2])


def bare_block(p: Program, d: Draws, state: State, record: Record) -> Bare:
    """Copies of every link, slot and node array that a step of the kernel touches."""
    work = scratch(p, d, min(state.ring.shape[:2]))
    updated = [
        (name, array)
        for values in (state._asdict(), work._asdict())
        for name, array in values.items()
        if array.ndim == 2 and array.dtype == np.float64
    ]
    updated += [(name, getattr(record, name)) for name in TOTALS]
    read = [(name, getattr(d, name)) for name in READ]
    planes = int(np.argmin(state.ring.shape[:2]))
    return Bare(
        tuple(array.copy() for _, array in updated),
        tuple(array.copy() for _, array in read),
        np.ascontiguousarray(np.moveaxis(state.ring, planes, 0)),
        state.history.copy(),
        tuple(name for name, _ in (*updated, *read)),
    )


@njit(cache=True)
def _update(array: Floats, factor: float, term: float) -> None:
    for i in range(array.shape[0]):
        for w in range(array.shape[1]):
            array[i, w] = array[i, w] * factor + term


@njit(cache=True)
def _read(array: Floats, factor: float, total: Floats) -> None:
    for i in range(array.shape[0]):
        for w in range(array.shape[1]):
            total[w] += array[i, w] * factor


@njit(cache=True, nogil=True)
def stream(
    updated: tuple[Floats, ...],
    read: tuple[Floats, ...],
    ring: Floats,
    history: Floats,
    steps: int,
    factor: float,
    term: float,
) -> Floats:
    """Pass over every array once per step with one multiply-add per number."""
    total = np.zeros(ring.shape[2])
    planes = ring.shape[0]
    for t in range(steps):
        for array in updated:
            _update(array, factor, term)
        for array in read:
            _read(array, factor, total)
        for ahead in range(PLANES):
            _update(ring[(t + ahead * (planes - 1) // PLANES) % planes], factor, term)
        _update(history[t % history.shape[0]], factor, term)
    return total
