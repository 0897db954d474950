"""What a propagation cost: output and value added not made, by industry, region, sector, month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from terbium.base.tolerances import REST_RTOL
from terbium.engine.network.case import Case
from terbium.engine.network.run import Trajectories
from terbium.engine.program import Floats, Ints
from terbium.evidence.methods import method
from terbium.graph.tables import InputOutputTable
from terbium.results.context import Row

MONTHS = 12
WORLD = "all"

_CHUNK = 64


@dataclass(frozen=True)
class Losses:
    """Losses of one run, by industry; money of the table.

    A loss is output at rest less output made, summed over the steps; what is made beyond the
    output at rest counts against it. *Direct* is the output at rest of the capacity that the
    events themselves took out of use; the rest, which may be below nil, came by way of others.

    Parameters
    ----------
    table, case, trajectories
        What ran, and what came of it.
    """

    table: InputOutputTable
    case: Case
    trajectories: Trajectories

    @property
    def steps(self) -> int:
        """Steps of the run."""
        return int(self.trajectories.production_realised.shape[0])

    @cached_property
    def base(self) -> Floats:
        """Output at rest, (N,) [money/step]."""
        return np.asarray(self.table.x / self.case.behaviour.year_steps)

    @cached_property
    def added(self) -> Floats:
        """Value added of a year, (N,) [money]; below nil where more is bought than made."""
        return np.asarray(self.table.x - self.table.Z.sum(axis=0))

    @cached_property
    def added_share(self) -> Floats:
        """Value added per output, (N,) [-]."""
        return ratio(self.added, self.table.x)

    @cached_property
    def output(self) -> Floats:
        """Output lost, (N,) [money]."""
        return self._settled(self.base * self.steps - self._made)

    @cached_property
    def _made(self) -> Floats:
        return np.asarray(self.trajectories.production_realised.sum(axis=0))

    @cached_property
    def value_added(self) -> Floats:
        """Value added lost, (N,) [money]."""
        return np.asarray(self.output * self.added_share)

    @cached_property
    def direct(self) -> Floats:
        """Direct part of the output lost, (N,) [money]."""
        return np.asarray(sum(self.idle(rows).sum(axis=0) for rows in self._chunks()))

    @cached_property
    def idle_by_step(self) -> Floats:
        """Output at rest of the capacity out of use, of all industries, (T,) [money/step]."""
        return np.concatenate([self.idle(rows).sum(axis=1) for rows in self._chunks()])

    def idle(self, rows: slice, industries: Ints | slice = slice(None)) -> Floats:
        """Output at rest of the capacity out of use, (rows, industries) [money/step]."""
        t, base = self.trajectories, self.base[industries]
        capacity, boost = (
            np.asarray(values[rows, industries])
            for values in (t.production_capacity, t.overproduction)
        )
        found = base - ratio(capacity, boost)
        found[np.abs(found) <= REST_RTOL * base] = 0.0
        return np.asarray(found)

    def _chunks(self) -> Iterator[slice]:
        """Some steps at a time: a whole series more would be felt with a large table."""
        for first in range(0, self.steps, _CHUNK):
            yield slice(first, first + _CHUNK)

    @cached_property
    def lowest(self) -> tuple[Floats, Ints]:
        """Lowest output as a share of the base [-] and its step, (N,); 1 where nothing is made."""
        made = self.trajectories.production_realised
        step = made.argmin(axis=0)
        low = made[step, np.arange(made.shape[1])]
        return np.where(self.base > 0, ratio(low, self.base), 1.0), step

    @cached_property
    def region_of(self) -> Ints:
        """Position of the region of each industry."""
        return np.arange(self.table.x.size) // len(self.table.sectors)

    @cached_property
    def sector_of(self) -> Ints:
        """Position of the sector of each industry."""
        return np.arange(self.table.x.size) % len(self.table.sectors)

    @cached_property
    def total_share(self) -> Floats:
        """Output of all industries as a share of the base, (T,) [-]."""
        return self._share_of(slice(None))

    def region_share(self, region: int) -> Floats:
        """Output of a region as a share of its base, (T,) [-]; 1 where it makes nothing."""
        sectors = len(self.table.sectors)
        return self._share_of(slice(region * sectors, (region + 1) * sectors))

    def _share_of(self, members: slice) -> Floats:
        made = self.trajectories.production_realised[:, members].sum(axis=1)
        base = float(self.base[members].sum())
        return np.asarray(made / base) if base > 0 else np.ones(self.steps)

    def _settled(self, lost: Floats) -> Floats:
        """Rounding of the sums is no loss."""
        lost[np.abs(lost) <= REST_RTOL * self.base * self.steps] = 0.0
        return np.asarray(lost)


def industry_rows(losses: Losses) -> list[Row]:
    """All industries in the order of the table, for `losses.csv`."""
    table, (low, step) = losses.table, losses.lowest
    return [
        {
            "region": table.regions[losses.region_of[f]],
            "sector": table.sectors[losses.sector_of[f]],
            "output_lost": float(losses.output[f]),
            "value_added_lost": float(losses.value_added[f]),
            "unit": table.unit,
            "output_lost_share": share(losses.output[f], table.x[f]),
            "value_added_lost_share": share(losses.value_added[f], losses.added[f]),
            "lowest_share": float(low[f]),
            "lowest_step": int(step[f]),
        }
        for f in range(table.x.size)
    ]


def total_row(losses: Losses) -> Row:
    """Everything together."""
    return _group(losses, np.arange(losses.table.x.size))


def region_rows(losses: Losses) -> list[Row]:
    """Regions, largest loss first."""
    return _groups(losses, "region", losses.table.regions, losses.region_of)


def sector_rows(losses: Losses) -> list[Row]:
    """Sectors, largest loss first."""
    return _groups(losses, "sector", losses.table.sectors, losses.sector_of)


def month_rows(losses: Losses) -> list[Row]:
    """Twelfths of the year of the table, from the first step; the last may be cut short."""
    length = losses.case.behaviour.year_steps / MONTHS
    number = np.floor(np.arange(losses.steps) / length).astype(np.int64)
    made = losses.trajectories.production_realised.sum(axis=1)
    base = float(losses.base.sum())
    rows: list[Row] = []
    for month in range(int(number[-1]) + 1):
        inside = number == month
        whole = base * int(inside.sum())
        lost = whole - float(made[inside].sum())
        lost = 0.0 if abs(lost) <= REST_RTOL * whole else lost
        rows.append(
            {
                "month": month + 1,
                "first_step": int(np.argmax(inside)),
                "output_lost": lost,
                "output_share": share(whole - lost, whole),
                "lowest_share": float(losses.total_share[inside].min()),
            }
        )
    return rows


def worst_rows(losses: Losses, count: int, *, is_direct: bool) -> list[Row]:
    """Industries that lost most, of those that an event hit itself or of the others."""
    hit = losses.direct > 0
    chosen = np.flatnonzero((hit == is_direct) & (losses.output > 0))
    order = chosen[np.argsort(-losses.output[chosen], kind="stable")][:count]
    return [industry_row(losses, int(f)) for f in order]


def industry_row(losses: Losses, f: int) -> Row:
    """What one industry lost, and how."""
    table, (low, step) = losses.table, losses.lowest
    return {
        "region": table.regions[losses.region_of[f]],
        "sector": table.sectors[losses.sector_of[f]],
        **_group(losses, np.array([f])),
        "lowest_share": float(low[f]),
        "lowest_step": int(step[f]),
    }


def stop_rows(losses: Losses, count: int) -> tuple[int, list[Row]]:
    """Industries whose output falls below the threshold of a stop, earliest first, and how many.

    Returns
    -------
    int
        How many there are.
    list of rows
        The first ``count``: ``region, sector, step, steps`` below the threshold in all,
        ``is_direct``.
    """
    table, limit = losses.table, method("stop/threshold_share")
    made = losses.trajectories.production_realised
    below = (made < limit * losses.base) & (losses.base > 0)
    stopped = np.flatnonzero(below.any(axis=0))
    first = below[:, stopped].argmax(axis=0)
    order = np.lexsort((-table.x[stopped], first))
    rows: list[Row] = [
        {
            "region": table.regions[losses.region_of[f]],
            "sector": table.sectors[losses.sector_of[f]],
            "step": int(at),
            "steps": int(below[:, f].sum()),
            "is_direct": bool(losses.direct[f] > 0),
        }
        for f, at in zip(stopped[order][:count], first[order][:count], strict=True)
    ]
    return int(stopped.size), rows


def recovery_rows(losses: Losses, start: int) -> list[Row]:
    """Steps until output of all, and of each region, is back for good.

    Parameters
    ----------
    losses
        Of the run.
    start
        Step from which they are counted: the first that an event touches.

    Returns
    -------
    list of rows
        ``region`` (``all``: together), ``level`` [-], ``steps``: 0 where output never fell below
        it, None where it does not come back before the end.
    """
    levels = (method("validation/recovery/output_share"), method("regime/recovered_share"))
    series = [(WORLD, losses.total_share)]
    series += [(region, losses.region_share(r)) for r, region in enumerate(losses.table.regions)]
    return [
        {"region": name, "level": level, "steps": back(values, level, start)}
        for name, values in series
        for level in levels
    ]


def final_demand(losses: Losses, count: int) -> dict[str, object]:
    """Final demand that was not met: in all, by region, and where it was worst."""
    table, t = losses.table, losses.trajectories
    sectors, year = len(table.sectors), losses.case.behaviour.year_steps
    unmet = t.final_demand_unmet.sum(axis=0).reshape(-1, sectors)
    wanted = table.Y.reshape(-1, sectors, len(table.regions), len(table.categories))
    wanted = wanted.sum(axis=(0, 3)).T
    unmet[np.abs(unmet) <= REST_RTOL * wanted / year * losses.steps] = 0.0
    pairs = [(r, s) for r in range(len(table.regions)) for s in range(sectors) if unmet[r, s] > 0]
    pairs.sort(key=lambda pair: -unmet[pair])
    return {
        "unmet": float(unmet.sum()),
        "unmet_share": share(unmet.sum(), wanted.sum()),
        "regions": [
            {"region": region, "unmet": float(unmet[r].sum()),
             "unmet_share": share(unmet[r].sum(), wanted[r].sum())}
            for r, region in enumerate(table.regions)
        ],
        "worst": [
            {"region": table.regions[r], "sector": table.sectors[s], "unmet": float(unmet[r, s]),
             "unmet_share": share(unmet[r, s], wanted[r, s])}
            for r, s in pairs[:count]
        ],
    }  # fmt: skip


def ratio(part: Floats, whole: Floats) -> Floats:
    """Quotient, nil where the whole is."""
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) != 0)


def share(part: float, whole: float) -> float | None:
    """Part of a whole; None where there is no whole."""
    return float(part / whole) if whole > 0 else None


def _groups(losses: Losses, kind: str, labels: Sequence[str], of: Ints) -> list[Row]:
    rows: list[Row] = [
        {kind: label, **_group(losses, np.flatnonzero(of == i))} for i, label in enumerate(labels)
    ]
    return sorted(rows, key=lambda row: -float(str(row["output_lost"])))


def _group(losses: Losses, members: Ints) -> Row:
    lost, direct = float(losses.output[members].sum()), float(losses.direct[members].sum())
    gone = float(losses.value_added[members].sum())
    return {
        "output_lost": lost,
        "output_lost_share": share(lost, losses.table.x[members].sum()),
        "value_added_lost": gone,
        "value_added_lost_share": share(gone, losses.added[members].sum()),
        "direct": direct,
        "indirect": lost - direct,
    }


def back(values: Floats, level: float, start: int) -> int | None:
    """Steps from ``start`` until a share stays at a level; 0 if it never leaves it."""
    below = np.flatnonzero(values < level)
    if below.size == 0:
        return 0
    if below[-1] == values.size - 1:
        return None
    return max(int(below[-1]) + 1 - start, 0)
