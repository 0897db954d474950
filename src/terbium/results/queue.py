"""The licence queue by month: filed, granted, refused, expired, shipped, waiting."""

import numpy as np
from numpy.typing import NDArray

from terbium.engine.recording import QUEUE_FLOWS, Recording
from terbium.results.context import WORLD, Row, RunContext
from terbium.results.exports import by_month, whole_months
from terbium.results.quantiles import bands, tidy

WAITING, GRANTED_SHARE = "waiting", "granted_share"

Queue = dict[tuple[str, str], dict[str, NDArray[np.float64]]]
"""(group, destination) to quantity to array (month, draw)."""


def monthly_queue(recording: Recording, context: RunContext) -> tuple[tuple[str, ...], Queue]:
    """Licence applications by month.

    Returns
    -------
    months : tuple of str
        ``YYYY-MM`` covered whole.
    queue : dict
        (group, destination) to quantity to array, shape (month, draw). Flows and ``waiting``, at
        the end of the month, in t; ``granted_share`` is granted over filed since the run began
        [1], NaN before anything is filed.
    """
    months, shares = whole_months(recording.clock)
    tables = {name: by_month(getattr(recording, f"queue_{name}"), shares) for name in QUEUE_FLOWS}
    # the step in which a month ends: the last one with a share in it
    last = [int(np.flatnonzero(column)[-1]) for column in shares.T]
    tables[WAITING] = recording.queue_waiting[:, last].astype(np.float64)
    queue: Queue = {
        key: {name: table[i] for name, table in tables.items()}
        for i, key in enumerate(recording.queue_keys)
    }
    _add_places(queue, context)
    for quantities in queue.values():
        filed = quantities["filed"].cumsum(axis=0)
        granted = quantities["granted"].cumsum(axis=0)
        share = np.full_like(granted, np.nan)
        quantities[GRANTED_SHARE] = np.divide(granted, filed, out=share, where=filed > 0)
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
                parts = [queue[group, d] for d in inside]
                queue[group, place] = {
                    name: np.sum([part[name] for part in parts], axis=0) for name in parts[0]
                }


def queue_rows(months: tuple[str, ...], queue: Queue) -> list[Row]:
    """Rows ``material, destination, month, quantity, unit`` with intervals."""
    rows: list[Row] = []
    for (group, destination), quantities in sorted(queue.items()):
        for name, values in quantities.items():
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
