"""What is kept of a block: named series for every draw, totals over the run for every link.

A block is boiled down where it was computed, so that a worker process or another machine sends
megabytes and not the state of the chain. Arrays bear the names of
:class:`~terbium.engine.recording.Recording`, their last axis is the draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terbium.engine.block import BlockOutput
from terbium.engine.compile import Compiled
from terbium.engine.state import (
    QUEUE_FILED,
    QUEUE_GRANTED,
    QUEUE_LAPSED,
    QUEUE_REFUSED,
    QUEUE_SHIPPED,
    QUEUE_WAITING,
)

LINK_DRAWS = "link_draws"
"""Shipped over the whole run by each link in each draw, (link, draw) [t]."""

_QUEUE = {
    "queue_filed": QUEUE_FILED,
    "queue_granted": QUEUE_GRANTED,
    "queue_refused": QUEUE_REFUSED,
    "queue_expired": QUEUE_LAPSED,
    "queue_shipped": QUEUE_SHIPPED,
    "queue_waiting": QUEUE_WAITING,
}


@dataclass(frozen=True)
class Extremes:
    """What is known of a run's books by its worst case.

    Attributes
    ----------
    element_residual, licence_residual
        Largest relative residual of a balance [1].
    lowest
        Smallest stock [t].
    """

    element_residual: float = 0.0
    licence_residual: float = 0.0
    lowest: float = np.inf

    def worst(self, other: Extremes) -> Extremes:
        """The worse of both, in whatever order blocks come."""
        return Extremes(
            max(self.element_residual, other.element_residual),
            max(self.licence_residual, other.licence_residual),
            min(self.lowest, other.lowest),
        )


@dataclass(frozen=True)
class Kept:
    """What is kept of draws ``first`` to ``first + count - 1``.

    Attributes
    ----------
    arrays
        Name to array, shapes as in `shapes_of` with ``count`` draws.
    extremes
        Of the books.
    """

    first: int
    count: int
    arrays: Mapping[str, NDArray[Any]]
    extremes: Extremes

    @property
    def draws(self) -> slice:
        """Places of the block on the axis of draws."""
        return slice(self.first, self.first + self.count)


def shapes_of(compiled: Compiled, draws: int) -> dict[str, tuple[tuple[int, ...], np.dtype[Any]]]:
    """Name to shape and type of everything that is kept of a run."""
    steps, industries = compiled.clock.steps, len(compiled.industry_keys)
    single, small = np.dtype(np.float32), np.dtype(np.int16)
    over_time = {
        "export": len(compiled.export_keys),
        **dict.fromkeys(_QUEUE, len(compiled.queue_keys)),
        **dict.fromkeys(("output_share", "cover_days", "stops_begun"), industries),
        "made": len(compiled.made_keys),
    }
    per_draw = (industries, draws)
    return {
        **{name: ((rows, steps, draws), single) for name, rows in over_time.items()},
        "first_stop_days": (per_draw, single),
        "stop_length_days": (per_draw, single),
        "binding": (per_draw, small),
        LINK_DRAWS: ((compiled.link_count, draws), np.dtype(np.float64)),
    }


class Keeper:
    """Boils blocks of one chain down.

    Parameters
    ----------
    compiled
        The chain that is run.
    headline
        Day from which stops are counted; None counts from the first step.
    """

    def __init__(self, compiled: Compiled, headline: date | None) -> None:
        self._compiled = compiled
        clock, p = compiled.clock, compiled.program
        day = clock.step_start(0) if headline is None else headline
        self._offset = (day - clock.step_start(0)).days
        lines = p.node_series >= 0
        self.base = base_output(compiled)
        self._lines = np.flatnonzero(lines)
        self._rows = [
            np.flatnonzero(p.node_series[self._lines] == industry)
            for industry in range(len(compiled.industry_keys))
        ]
        self._materials = np.asarray(
            compiled.graph.materials.positions(list(compiled.inputs["material"]))
        )

    def keep(self, output: BlockOutput) -> Kept:
        """Copy what is kept; the record may be dropped afterwards."""
        record, count = output.record, output.count
        base = self.base[:, np.newaxis, np.newaxis]
        share = {
            "output_share": record.activity,
            "cover_days": record.stock,
            "stops_begun": record.begun,
        }
        series = {
            "export": record.export,
            **{name: record.queue[:, row] for name, row in _QUEUE.items()},
            "made": record.made,
        }
        arrays = {
            name: np.ascontiguousarray(array.transpose(1, 0, 2)[..., :count], np.float32)
            for name, array in series.items()
        }
        for name, array in share.items():
            part = array.transpose(1, 0, 2)[..., :count] / base
            if name == "cover_days":
                part = part * self._compiled.clock.step_days
            arrays[name] = np.ascontiguousarray(part, np.float32)
        arrays.update(self._stops(output))
        arrays[LINK_DRAWS] = np.ascontiguousarray(record.link_total[:, :count])
        extremes = Extremes(
            output.element_residual,
            output.licence_residual,
            float(record.lowest[:count].min()),
        )
        return Kept(output.first, count, arrays, extremes)

    def _stops(self, output: BlockOutput) -> dict[str, NDArray[Any]]:
        """The first line to stop stands for its industry."""
        record, lane = output.record, np.arange(output.count)
        step_days, shape = self._compiled.clock.step_days, (len(self._rows), output.count)
        stop = np.full(shape, np.inf, np.float32)
        length = np.zeros(shape, np.float32)
        binding = np.full(shape, -1, np.int16)
        day = record.stop_step[self._lines, : output.count] * step_days - self._offset
        for industry, rows in enumerate(self._rows):
            first = rows[np.argmin(day[rows], axis=0)]
            node = self._lines[first]
            stopped = np.isfinite(day[first, lane])
            stop[industry] = day[first, lane]
            lasted = np.abs(record.stop_length[node, lane]) * step_days
            length[industry] = np.where(stopped, lasted, 0.0)
            slot = record.stop_slot[node, lane]
            material = self._materials[np.maximum(slot, 0)]
            binding[industry] = np.where(stopped & (slot >= 0), material, -1)
        return {"first_stop_days": stop, "stop_length_days": length, "binding": binding}


def base_output(compiled: Compiled) -> NDArray[np.float64]:
    """Undisturbed output of each industry [t/step]."""
    p, lines = compiled.program, compiled.program.node_series >= 0
    total = np.bincount(p.node_series[lines], p.node_base[lines], len(compiled.industry_keys))
    return np.asarray(total, dtype=np.float64)
