"""The licence queue by month: filed, granted, refused, expired, shipped, waiting."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from terbium.engine.recording import QUEUE_FLOWS, Recording
from terbium.results.context import WORLD, Row, RunContext
from terbium.results.exports import by_month, whole_months
from terbium.results.quantiles import bands, tidy
from terbium.results.spill import Spill

WAITING, GRANTED_SHARE = "waiting", "granted_share"

_NAMES = (*QUEUE_FLOWS, WAITING)
_Key = tuple[str, str]


class Queue(Mapping[_Key, Mapping[str, NDArray[np.float64]]]):
    """(group, destination) to quantity to array, shape (month, draw)."""

    def __init__(self, folder: Path | None = None) -> None:
        self._stacks: Spill[_Key] = Spill(folder)

    def put(self, key: _Key, stack: NDArray[np.float64]) -> None:
        """Tonnes filed, granted, refused, expired, shipped, waiting: (quantity, month, draw)."""
        self._stacks[key] = stack

    def total(self, keys: Sequence[_Key]) -> NDArray[np.float64]:
        """Sum of some of them, shape (quantity, month, draw)."""
        total = self._stacks[keys[0]].copy()
        for key in keys[1:]:
            total += self._stacks[key]
        return total

    def __getitem__(self, key: _Key) -> Mapping[str, NDArray[np.float64]]:
        found = dict(zip(_NAMES, self._stacks[key], strict=True))
        filed, granted = (found[name].cumsum(axis=0) for name in ("filed", "granted"))
        share = np.full_like(granted, np.nan)
        return {**found, GRANTED_SHARE: np.divide(granted, filed, out=share, where=filed > 0)}

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._stacks)

    def __len__(self) -> int:
        return len(self._stacks)


def monthly_queue(recording: Recording, context: RunContext) -> tuple[tuple[str, ...], Queue]:
    """Licence applications by month.

    Returns
    -------
    months : tuple of str
        ``YYYY-MM`` covered whole.
    queue : Queue
        (group, destination) to quantity to array, shape (month, draw). Flows and ``waiting``, at
        the end of the month, in t; ``granted_share`` is granted over filed since the run began
        [1], NaN before anything is filed.
    """
    months, shares = whole_months(recording.clock)
    # the step in which a month ends: the last one with a share in it
    last = [int(np.flatnonzero(column)[-1]) for column in shares.T]
    flows = [getattr(recording, f"queue_{name}") for name in QUEUE_FLOWS]
    queue = Queue(recording.scratch)
    for i, key in enumerate(recording.queue_keys):
        tables = [by_month(flow[i][np.newaxis], shares)[0] for flow in flows]
        queue.put(key, np.stack([*tables, recording.queue_waiting[i][last].astype(np.float64)]))
    _add_places(queue, context)
    return months, queue


def _add_places(queue: Queue, context: RunContext) -> None:
    groups = sorted({group for group, _ in queue})
    for group in groups:
        destinations = sorted(place for name, place in queue if name == group)
        places = {
            bloc: [d for d in destinations if d in members]
            for bloc, members in sorted(context.blocs.items())
        }
        places[WORLD] = destinations
        for place, inside in places.items():
            if inside and (group, place) not in queue:
                queue.put((group, place), queue.total([(group, d) for d in inside]))


def queue_rows(months: tuple[str, ...], queue: Queue) -> list[Row]:
    """Rows ``material, destination, month, quantity, unit`` with intervals."""
    rows: list[Row] = []
    # by their keys: what lies on disk is read one at a time
    for group, destination in sorted(queue):
        for name, values in queue[group, destination].items():
            # a share of nothing is no share: its rows begin when every draw has filed
            begun = np.asarray(~np.isnan(values).any(axis=-1))
            found = bands(np.nan_to_num(values))
            for i, month in enumerate(months):
                if not begun[i]:
                    continue
                rows.append(
                    {
                        "material": group,
                        "destination": destination,
                        "month": month,
                        "quantity": name,
                        "unit": "1" if name == GRANTED_SHARE else "t",
                        **{column: tidy(float(array[i])) for column, array in found.items()},
                    }
                )
    return rows
