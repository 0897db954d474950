"""What a propagation says: the content of its `summary.json`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from terbium.analysis.propagation_losses import (
    Losses,
    final_demand,
    month_rows,
    recovery_rows,
    region_rows,
    sector_rows,
    stop_rows,
    total_row,
    worst_rows,
)
from terbium.analysis.propagation_series import series
from terbium.analysis.propagation_settings import event_rows, setting_rows
from terbium.analysis.propagation_stability import stability_row
from terbium.base.tolerances import CONSERVATION_RTOL, NEGATIVE_STOCK_ATOL
from terbium.engine.network.case import Case
from terbium.engine.network.run import Trajectories
from terbium.engine.network.stability import Stability
from terbium.evidence.methods import method
from terbium.graph.tables import InputOutputTable
from terbium.results.context import Row
from terbium.results.summary import Summary
from terbium.scenario.propagation_schema import PropagationEvent

SUMMARY_VERSION = 1
REGIMES = ("at rest", "recovered", "depressed", "collapsed")

_MOST_ROWS = 50
_SHOWN = 12
_WEAKEST = 5


@dataclass(frozen=True)
class Propagated:
    """A finished run with all that it was made from.

    Attributes
    ----------
    table, asked, name, case
        Flows; the event file and its name; the same resolved against the table.
    trajectories
        What came of it.
    stability
        What the criterion said before it.
    warnings
        What a reader should know although nothing is wrong.
    """

    table: InputOutputTable
    asked: PropagationEvent
    name: str
    case: Case
    trajectories: Trajectories
    stability: Stability
    warnings: tuple[str, ...]


def summarise_propagation(run: Propagated, losses: Losses) -> Summary:
    """Boil a run down to rows.

    Parameters
    ----------
    run
        The run.
    losses
        Of it.

    Returns
    -------
    dict
        ``run``: what ran; ``regime``; ``stability``; ``losses``: ``total``, ``regions``,
        ``sectors``, ``months``, ``hit``, ``indirect``, ``cells`` (share of the year's output by
        region and sector); ``lowest``; ``recovery``; ``stops``; ``final_demand``; ``books``;
        ``settings``; ``events``; ``warnings``; ``series``: what the report draws. Money is that of
        the table, shares are of the year's unless they say otherwise.
    """
    count, stops = stop_rows(losses, _MOST_ROWS)
    lowest = int(losses.total_share.argmin())
    return {
        "version": SUMMARY_VERSION,
        "run": run_row(run),
        "regime": regime_row(losses),
        "stability": stability_row(run.table, run.case, run.stability),
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
        "recovery": recovery_rows(losses, start_of(run.case)),
        "stops": {
            "threshold": method("stop/threshold_share"),
            "count": count,
            "rows": stops,
        },
        "final_demand": final_demand(losses, _SHOWN),
        "books": book_rows(run),
        "settings": setting_rows(run.asked, run.case),
        "events": event_rows(run.asked, run.case, run.table),
        "warnings": list(run.warnings),
        "series": series(losses, run.stability),
    }


def run_row(run: Propagated) -> Row:
    """What ran."""
    table, case, b = run.table, run.case, run.case.behaviour
    units = run.asked.model.temporal_units_by_step
    return {
        "table": table.name,
        "event": run.name,
        "note": run.asked.note or "",
        "regions": len(table.regions),
        "sectors": len(table.sectors),
        "industries": table.size,
        "unit": table.unit,
        "output": float(table.x.sum()),
        "steps": case.steps,
        "units_per_step": units,
        "step_name": "day" if b.year_steps == method("ario/year") else "step",
        "year_steps": b.year_steps,
        "start": start_of(case),
        "model": run.asked.cls,
        "is_compatible": b.compatible,
        "rationing": b.rationing,
        "ordering": b.ordering,
    }


def start_of(case: Case) -> int:
    """First step that an event or a measure touches; 0 if nothing happens."""
    late = [s.occurrence + int(s.kind == "arbitrary") for s in case.shocks]
    late += [friction.first for friction in case.extras.frictions]
    lost = np.flatnonzero(case.capacity_loss.share.any(axis=1))
    late += [int(step) for step in lost[:1]]
    return min(late, default=0)


def regime_row(losses: Losses) -> Row:
    """Whether output came back, by the constants and the last weeks that the chain goes by."""
    recovered = method("regime/recovered_share")
    span = last_steps(losses.case.behaviour.year_steps, losses.steps)
    made, base = losses.trajectories.production_realised, losses.base
    at_end = float(losses.total_share[-span:].mean())
    drift = method("tables/row_sum_tolerance")
    highest, lowest = made.max(axis=0), made.min(axis=0)
    is_at_rest = bool(np.all((highest <= base * (1 + drift)) & (lowest >= base * (1 - drift))))
    label = regime_label(at_end, is_at_rest)
    makes = np.flatnonzero(base > 0)
    last = made[-span:, makes].mean(axis=0) / base[makes]
    low = losses.lowest[0]
    weakest = np.argsort(last, kind="stable")[:_WEAKEST]
    names = losses.table.industries
    return {
        "label": label,
        "reason": (
            f"output of all industries over the last {span} steps is {at_end:.1%} of the "
            f"undisturbed one; lowest point of any industry {float(low.min()):.0%}"
        ),
        "output_at_end_share": at_end,
        "last_steps": span,
        "not_back": int((last < recovered).sum()),
        "weakest": [
            {"industry": names[makes[k]], "output_at_end_share": float(last[k])}
            for k in weakest
            if last[k] < recovered
        ],
    }


def last_steps(year_steps: float, steps: int) -> int:
    """Steps at the end of a run by which its regime is judged."""
    return min(max(round(method("regime/last_year_share") * year_steps), 1), steps)


def regime_label(at_end: float, is_at_rest: bool) -> str:
    """One of `REGIMES`, by output at the end as a share of the base."""
    if is_at_rest:
        return REGIMES[0]
    if at_end >= method("regime/recovered_share"):
        return REGIMES[1]
    return REGIMES[3] if at_end < method("regime/collapsed_share") else REGIMES[2]


def book_rows(run: Propagated) -> list[Row]:
    """Gaps in the books beside what is allowed (law 1)."""
    found, limit = run.trajectories.balance, CONSERVATION_RTOL
    t = run.trajectories
    given, missed = t.final_demand_undist.sum(), t.final_demand_unmet.sum()
    gap = abs(given - missed) / max(float(run.table.Y.sum()), 1.0)
    gaps = {
        "money": found.money,
        "final_demand": float(gap),
        "stock": found.stock,
        "licence": found.licence,
    }
    rows: list[Row] = [
        {"book": name, "gap": value, "limit": limit, "holds": bool(value <= limit)}
        for name, value in gaps.items()
    ]
    short, least = max(0.0, -found.lowest_stock), NEGATIVE_STOCK_ATOL
    rows.append({"book": "stock_below_nil", "gap": short, "limit": least, "holds": short <= least})
    return rows


def _cells(losses: Losses) -> dict[str, object]:
    """Share of the year's output lost, a row for each region and a column for each sector."""
    table = losses.table
    place = (len(table.regions), len(table.sectors))
    lost, made = losses.output.reshape(place), table.x.reshape(place)
    return {
        "regions": list(table.regions),
        "sectors": list(table.sectors),
        "lost": lost.tolist(),
        "output": made.tolist(),
    }
