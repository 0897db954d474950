"""What a run on a network of firms says: the content of its `summary.json`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from terbium.analysis.firm_losses import (
    FirmLosses,
    final_demand,
    month_rows,
    recovery_rows,
    region_rows,
    sector_rows,
    stopped_by_step,
    total_row,
    worst_rows,
)
from terbium.analysis.firm_settings import event_rows, setting_rows
from terbium.analysis.propagation import SUMMARY_VERSION, last_steps, regime_label
from terbium.analysis.propagation_series import POINTS, thin
from terbium.base.tolerances import CONSERVATION_RTOL, NEGATIVE_STOCK_ATOL
from terbium.engine.network.case import Ints
from terbium.engine.network.firm_case import FirmCase
from terbium.evidence.methods import method
from terbium.results.context import Row
from terbium.results.summary import Summary
from terbium.scenario.firm_schema import FirmEvent

_SHOWN = 12
_REGIONS = 12
_CHOSEN = 8


@dataclass(frozen=True)
class PropagatedFirms:
    """A finished run with all that it was made from.

    Attributes
    ----------
    asked, name
        The event file and its name.
    losses
        Network, case, trajectories, and what they cost.
    aggregation
        The same as cells of regions and sectors; see :func:`aggregation_row`.
    warnings
        What a reader should know although nothing is wrong.
    """

    asked: FirmEvent
    name: str
    losses: FirmLosses
    aggregation: Row
    warnings: tuple[str, ...]


def summarise_firms(run: PropagatedFirms) -> Summary:
    """Boil a run down to rows.

    Parameters
    ----------
    run
        The run.

    Returns
    -------
    dict
        As of runs on tables (``run, regime, losses, lowest, recovery, stops, final_demand, books,
        settings, events, warnings, series``); ``losses.hit`` and ``losses.indirect`` are firms;
        ``stops.by_step``: share of firms stopped so far; ``aggregation``: what the same network
        loses as one firm for each region and sector.
    """
    losses = run.losses
    lowest = int(losses.total_share.argmin())
    return {
        "version": SUMMARY_VERSION,
        "run": run_row(run),
        "regime": regime_row(losses),
        "losses": {
            "total": total_row(losses),
            "regions": region_rows(losses),
            "sectors": sector_rows(losses),
            "months": month_rows(losses),
            "hit": worst_rows(losses, _SHOWN, is_direct=True),
            "indirect": worst_rows(losses, _SHOWN, is_direct=False),
            "cells": _cells(losses),
        },
        "lowest": {"share": float(losses.total_share[lowest]), "step": lowest},
        "recovery": recovery_rows(losses, start_of(losses.case)),
        "stops": stop_row(losses),
        "final_demand": final_demand(losses, _SHOWN),
        "aggregation": {name: row for name, row in run.aggregation.items() if name != "total"},
        "books": book_rows(losses),
        "settings": setting_rows(run.asked, losses.case),
        "events": event_rows(run.asked, losses),
        "warnings": list(run.warnings),
        "series": series(run),
    }


def run_row(run: PropagatedFirms) -> Row:
    """What ran."""
    network, case = run.losses.network, run.losses.case
    return {
        "table": network.name,
        "event": run.name,
        "note": run.asked.note or "",
        "regions": len(network.regions),
        "sectors": len(network.sectors),
        "firms": network.size,
        "links": network.links,
        "unit": network.unit,
        "output": float(network.output.sum()),
        "steps": case.steps,
        "step_name": "day" if case.year_steps == method("ario/year") else "step",
        "year_steps": case.year_steps,
        "start": start_of(case),
        "rationing": case.rationing,
    }


def start_of(case: FirmCase) -> int:
    """First step that an event touches; 0 if nothing happens."""
    first = [np.flatnonzero(shock.profile)[:1] for shock in case.shocks]
    return int(np.concatenate([*first, np.zeros(0, np.int64)]).min(initial=case.steps)) % case.steps


def regime_row(losses: FirmLosses) -> Row:
    """Whether output came back, by the constants that tables go by."""
    span = last_steps(losses.case.year_steps, losses.steps)
    at_end = float(losses.total_share[-span:].mean())
    drift, t = method("tables/row_sum_tolerance"), losses.trajectories
    lowest = float(t.lowest.min(initial=1.0))
    is_at_rest = lowest >= 1 - drift and float(losses.total_share.max()) <= 1 + drift
    return {
        "label": regime_label(at_end, is_at_rest),
        "reason": (
            f"output of all firms over the last {span} steps is {at_end:.1%} of the undisturbed "
            f"one; lowest point of any firm {lowest:.0%}"
        ),
        "output_at_end_share": at_end,
        "last_steps": span,
    }


def stop_row(losses: FirmLosses) -> Row:
    """How many firms stopped, who of them was hit, and when."""
    t = losses.trajectories
    stopped = (t.stop_step >= 0) & (losses.network.output > 0)
    firms, output = stopped_by_step(losses)
    return {
        "threshold": losses.case.stop_share,
        "count": int(stopped.sum()),
        "share": float(firms[-1]),
        "output_share": float(output[-1]),
        "hit": int((stopped & losses.is_hit).sum()),
        "by_step": thin(firms),
        "mean_steps": float(t.below[stopped].mean()) if stopped.any() else 0.0,
    }


def book_rows(losses: FirmLosses) -> list[Row]:
    """Gaps in the books beside what is allowed (law 1)."""
    found = losses.trajectories.balance
    gaps = {"money": found.money, "recipe": found.recipe, "stock": found.stock}
    rows: list[Row] = [
        {"book": name, "gap": gap, "limit": CONSERVATION_RTOL, "holds": gap <= CONSERVATION_RTOL}
        for name, gap in gaps.items()
    ]
    short, least = max(0.0, -found.lowest_stock), NEGATIVE_STOCK_ATOL
    rows.append({"book": "stock_below_nil", "gap": short, "limit": least, "holds": short <= least})
    return rows


def series(run: PropagatedFirms) -> dict[str, object]:
    """Lines over steps, thin enough for a page; shares of the base."""
    losses = run.losses
    steps = np.arange(0, losses.steps, max(-(-losses.steps // POINTS), 1))
    usable = 1.0 - losses.idle_by_step / losses.base.sum()
    firms, output = stopped_by_step(losses)
    return {
        "steps": steps.tolist(),
        "spans": _spans(losses),
        "total": thin(losses.total_share[steps]),
        "usable": thin(usable[steps]),
        "cells": thin(np.asarray(run.aggregation["total"])[steps]),
        "stopped": thin(firms[steps]),
        "stopped_output": thin(output[steps]),
        "regions": _regions(losses, steps),
        "firms": _firms(losses, steps),
    }


def _spans(losses: FirmLosses) -> list[list[object]]:
    """When events are in full force."""
    found: list[list[object]] = []
    for shock in losses.case.shocks:
        full = np.flatnonzero(shock.profile >= 1.0)
        if full.size:
            found.append([int(full[0]), int(full[-1]), "event"])
    return found


def _regions(losses: FirmLosses, steps: Ints) -> list[Row]:
    lost = losses.by_cell(losses.output).sum(axis=1)
    made = losses.base_of_cells.sum(axis=1)
    return [
        {
            "region": losses.network.regions[r],
            "output": thin(losses.region_share(int(r))[steps]),
        }
        for r in np.argsort(-lost, kind="stable")[:_REGIONS]
        if made[r] > 0
    ]


def _firms(losses: FirmLosses, steps: Ints) -> list[Row]:
    """Recorded firms that lost most."""
    chosen, net, t = losses.case.chosen, losses.network, losses.trajectories
    order = np.argsort(-losses.output[chosen], kind="stable")[:_CHOSEN]
    return [
        {
            "firm": str(net.firm[chosen[k]]),
            "region": net.regions[net.region[chosen[k]]],
            "sector": net.sectors[net.sector[chosen[k]]],
            "is_direct": bool(losses.is_hit[chosen[k]]),
            "output": thin(t.chosen_output[steps, k] / losses.base[chosen[k]]),
        }
        for k in order
        if losses.base[chosen[k]] > 0
    ]


def _cells(losses: FirmLosses) -> dict[str, object]:
    """Output lost and made in a year, a row for each region and a column for each sector."""
    return {
        "regions": list(losses.network.regions),
        "sectors": list(losses.network.sectors),
        "lost": losses.by_cell(losses.output).tolist(),
        "output": losses.by_cell(losses.network.output).tolist(),
    }
