"""What shocks cost the firms of a network: output not made, by firm, region, sector and month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terbium.analysis.propagation_losses import MONTHS, WORLD, back, ratio, share
from terbium.base.tolerances import REST_RTOL
from terbium.engine.network.case import Floats, Ints
from terbium.engine.network.firm_case import FirmCase, FirmTrajectories
from terbium.evidence.methods import method
from terbium.graph.firms import FirmNetwork
from terbium.results.context import Row


@dataclass(frozen=True)
class FirmLosses:
    """Losses of one run, by firm; money of the network.

    A loss is output at rest less output made, summed over the steps. *Direct* is the output at
    rest of the capacity that the events themselves took out of use; the rest came by way of others.

    Parameters
    ----------
    network, case, trajectories
        What ran, and what came of it.
    """

    network: FirmNetwork
    case: FirmCase
    trajectories: FirmTrajectories

    @property
    def steps(self) -> int:
        """Steps of the run."""
        return int(self.trajectories.output.shape[0])

    @cached_property
    def base(self) -> Floats:
        """Output at rest (N,) [money/step]."""
        return self.network.output / self.case.year_steps

    @cached_property
    def output(self) -> Floats:
        """Output lost (N,) [money]; rounding of sums is no loss."""
        lost = self.trajectories.lost.copy()
        lost[np.abs(lost) <= REST_RTOL * self.base * self.steps] = 0.0
        return lost

    @cached_property
    def added(self) -> Floats:
        """Value added of a year (N,) [money]; below nil where a firm spends more than it earns."""
        return self.network.output - self.network.inputs

    @cached_property
    def value_added(self) -> Floats:
        """Value added lost (N,) [money]."""
        return self.output * ratio(self.added, self.network.output)

    @cached_property
    def hit(self) -> Ints:
        """Positions of the firms that events hit, in order."""
        nodes = [shock.node[shock.share > 0] for shock in self.case.shocks]
        return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *nodes]))

    @cached_property
    def direct(self) -> Floats:
        """Direct part of the output lost (N,) [money]."""
        return self._idle[0]

    @cached_property
    def idle_by_step(self) -> Floats:
        """Output at rest of the capacity out of use, of all firms (T,) [money/step]."""
        return self._idle[1]

    @cached_property
    def _idle(self) -> tuple[Floats, Floats]:
        hit, by_step = self.hit, np.zeros(self.steps)
        direct, base = np.zeros(hit.size), self.base[hit]
        for step, lost in enumerate(capacity_lost(self.case, hit)):
            direct += lost * base
            by_step[step] = (lost * base).sum()
        by_firm = np.zeros(self.network.size)
        by_firm[hit] = direct
        return by_firm, by_step

    @cached_property
    def is_hit(self) -> NDArray[np.bool_]:
        """Whether an event hit a firm itself (N,)."""
        found = np.zeros(self.network.size, dtype=bool)
        found[self.hit] = True
        return found

    @cached_property
    def total_share(self) -> Floats:
        """Output of all firms as a share of the base (T,) [-]."""
        return np.asarray(self.trajectories.output.sum(axis=(1, 2)) / self.base.sum())

    def region_share(self, region: int) -> Floats:
        """Output of a region as a share of its base (T,) [-]; 1 where it makes nothing."""
        base = float(self.base_of_cells[region].sum())
        made = self.trajectories.output[:, region].sum(axis=1)
        return np.asarray(made / base) if base > 0 else np.ones(self.steps)

    @cached_property
    def cell(self) -> Ints:
        """Position ``region * S + sector`` of each firm (N,)."""
        sectors = len(self.network.sectors)
        return self.network.region.astype(np.int64) * sectors + self.network.sector

    def by_cell(self, values: Floats) -> Floats:
        """Sums by region and sector (R, S)."""
        place = (len(self.network.regions), len(self.network.sectors))
        return added_up(self.cell, values, place[0] * place[1]).reshape(place)

    @cached_property
    def base_of_cells(self) -> Floats:
        """Output at rest by region and sector (R, S) [money/step]."""
        return self.by_cell(self.base)


def added_up(of: NDArray[np.integer[Any]], values: Floats, size: int) -> Floats:
    """Sums of the values of each group (size,)."""
    return np.asarray(np.bincount(of, values, size), dtype=np.float64)


def capacity_lost(case: FirmCase, hit: Ints) -> Iterator[Floats]:
    """Share of capacity out of use of some firms, step by step [-].

    Parameters
    ----------
    case
        Says which shocks there are.
    hit
        Positions of the firms, rising.
    """
    # no array grows with steps times firms
    found = []
    for shock in case.shocks:
        inside = np.isin(shock.node, hit, kind="sort")
        found.append((np.searchsorted(hit, shock.node[inside]), shock.share[inside], shock.profile))
    for step in range(case.steps):
        lost = np.zeros(hit.size)
        for at, share_lost, profile in found:
            if profile[step] > 0:
                lost[at] = np.maximum(lost[at], share_lost * profile[step])
        yield lost


def total_row(losses: FirmLosses) -> Row:
    """Everything together."""
    return _groups(losses, "all", (WORLD,), np.zeros(losses.network.size, dtype=np.int64))[0]


def region_rows(losses: FirmLosses) -> list[Row]:
    """Regions, largest loss first."""
    return _groups(losses, "region", losses.network.regions, losses.network.region)


def sector_rows(losses: FirmLosses) -> list[Row]:
    """Sectors, largest loss first."""
    return _groups(losses, "sector", losses.network.sectors, losses.network.sector)


def _groups(
    losses: FirmLosses, kind: str, labels: Sequence[str], of: NDArray[np.integer[Any]]
) -> list[Row]:
    """Rows with the columns of those of tables."""
    names = ("output", "value_added", "direct", "made", "added")
    values = (
        *(losses.output, losses.value_added, losses.direct),
        *(losses.network.output, losses.added),
    )
    sums = {
        name: added_up(of, value, len(labels)) for name, value in zip(names, values, strict=True)
    }
    rows: list[Row] = [
        {
            kind: label,
            "output_lost": float(sums["output"][k]),
            "output_lost_share": share(sums["output"][k], sums["made"][k]),
            "value_added_lost": float(sums["value_added"][k]),
            "value_added_lost_share": share(sums["value_added"][k], sums["added"][k]),
            "direct": float(sums["direct"][k]),
            "indirect": float(sums["output"][k] - sums["direct"][k]),
        }
        for k, label in enumerate(labels)
    ]
    return sorted(rows, key=lambda row: -float(str(row["output_lost"])))


def month_rows(losses: FirmLosses) -> list[Row]:
    """Twelfths of the year of the network, from the first step; the last may be cut short."""
    length = losses.case.year_steps / MONTHS
    number = np.floor(np.arange(losses.steps) / length).astype(np.int64)
    base = float(losses.base.sum())
    rows: list[Row] = []
    for month in range(int(number[-1]) + 1):
        inside = losses.total_share[number == month]
        lost = base * float((1.0 - inside).sum())
        whole = base * inside.size
        lost = 0.0 if abs(lost) <= REST_RTOL * whole else lost
        rows.append(
            {
                "month": month + 1,
                "first_step": int(np.argmax(number == month)),
                "output_lost": lost,
                "output_share": share(whole - lost, whole),
                "lowest_share": float(inside.min()),
            }
        )
    return rows


def worst_rows(losses: FirmLosses, count: int, *, is_direct: bool) -> list[Row]:
    """Firms that lost most, of those that an event hit itself or of the others."""
    some = np.flatnonzero((losses.is_hit == is_direct) & (losses.output > 0))
    order = some[np.argsort(-losses.output[some], kind="stable")][:count]
    return [firm_row(losses, int(f)) for f in order]


def firm_row(losses: FirmLosses, f: int) -> Row:
    """What one firm lost, and how."""
    net, t = losses.network, losses.trajectories
    return {
        "firm": str(net.firm[f]),
        "region": net.regions[net.region[f]],
        "sector": net.sectors[net.sector[f]],
        "output": float(net.output[f]),
        "output_lost": float(losses.output[f]),
        "output_lost_share": share(losses.output[f], net.output[f]),
        "direct": float(losses.direct[f]),
        "lowest_share": float(t.lowest[f]),
        "lowest_step": int(t.lowest_step[f]),
        "stop_step": int(t.stop_step[f]),
        "below": int(t.below[f]),
    }


def recovery_rows(losses: FirmLosses, start: int) -> list[Row]:
    """Steps until output of all, and of each region, is back for good, as for tables."""
    levels = (method("validation/recovery/output_share"), method("regime/recovered_share"))
    series = [(WORLD, losses.total_share)]
    series += [(name, losses.region_share(r)) for r, name in enumerate(losses.network.regions)]
    return [
        {"region": name, "level": level, "steps": back(values, level, start)}
        for name, values in series
        for level in levels
    ]


def final_demand(losses: FirmLosses, count: int) -> dict[str, object]:
    """Final demand that firms could not meet: in all, by their region, and where it was worst."""
    net = losses.network
    unmet = losses.trajectories.final_unmet.sum(axis=0)
    wanted = losses.by_cell(net.final)
    unmet[np.abs(unmet) <= REST_RTOL * wanted / losses.case.year_steps * losses.steps] = 0.0
    pairs = np.argwhere(unmet > 0)
    order = np.argsort(-unmet[unmet > 0], kind="stable")[:count]
    return {
        "unmet": float(unmet.sum()),
        "unmet_share": share(unmet.sum(), wanted.sum()),
        "regions": [
            {"region": region, "unmet": float(unmet[r].sum()),
             "unmet_share": share(unmet[r].sum(), wanted[r].sum())}
            for r, region in enumerate(net.regions)
        ],
        "worst": [
            {"region": net.regions[r], "sector": net.sectors[s], "unmet": float(unmet[r, s]),
             "unmet_share": share(unmet[r, s], wanted[r, s])}
            for r, s in pairs[order]
        ],
    }  # fmt: skip


def stopped_by_step(losses: FirmLosses) -> tuple[Floats, Floats]:
    """Share of firms, and of output at rest, that has been below the stop share at some time (T,).

    Only firms that sell something count.
    """
    first, sells = losses.trajectories.stop_step, losses.network.output > 0
    stopped = sells & (first >= 0)
    weights = (np.ones(losses.network.size), losses.network.output)
    found = []
    for weight in weights:
        added = added_up(first[stopped], weight[stopped], losses.steps)
        found.append(np.cumsum(added) / weight[sells].sum())
    return found[0], found[1]
