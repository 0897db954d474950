"""The lines that the report of a propagation draws, thin enough for a page."""

from __future__ import annotations

import numpy as np

from terbium.analysis.propagation_losses import Losses
from terbium.engine.network.case import Case
from terbium.engine.network.setup import binding_inputs
from terbium.engine.network.stability import Stability
from terbium.engine.program import Floats, Ints
from terbium.results.context import Row

POINTS = 366
_DIGITS = 5
_REGIONS = 12
_HIT, _INDIRECT = 4, 8
_INPUTS = 9


def series(losses: Losses, stability: Stability) -> dict[str, object]:
    """Lines over steps.

    Returns
    -------
    dict
        ``steps``; ``spans``: first and last step and name of events and measures; ``total``,
        ``usable``: output, and capacity that is not out of use, of all industries; ``regions``,
        ``industries``: rows with ``output`` (and ``usable``), those that lost most first; all as
        shares of the base. ``stock_steps`` and ``stocks``: rows ``input, all, leanest, region,
        sector``, shares of the stock at the start. ``queue``, ``detour``: money by step where a
        case has licences or relabelling.
    """
    steps = np.arange(0, losses.steps, max(-(-losses.steps // POINTS), 1))
    made, base = losses.trajectories.production_realised, losses.base
    usable = 1.0 - losses.idle_by_step / base.sum()
    return {
        "steps": steps.tolist(),
        "spans": _spans(losses.case),
        "total": thin(losses.total_share[steps]),
        "usable": thin(usable[steps]),
        "regions": _regions(losses, steps),
        "industries": [
            {
                "region": losses.table.regions[losses.region_of[f]],
                "sector": losses.table.sectors[losses.sector_of[f]],
                "is_direct": bool(losses.direct[f] > 0),
                "output": thin(made[steps, f] / base[f]),
                "usable": thin(1.0 - losses.idle(slice(None), np.array([f]))[steps, 0] / base[f]),
            }
            for f in _shown(losses)
        ],
        **_stocks(losses, stability),
        **_borders(losses, steps),
    }


def _spans(case: Case) -> list[list[object]]:
    """When events are in full force, and measures in force at all; overlaps as one."""
    found: list[list[object]] = []
    for shock in case.shocks:
        late = 1 if shock.kind == "arbitrary" else 0
        first = shock.occurrence + late
        found.append([first, min(first + shock.duration, case.steps - 1), shock.kind])
    measures = {(friction.first, friction.last) for friction in case.extras.frictions}
    found += [[first, last, "measure"] for first, last in sorted(measures)]
    return found


def _regions(losses: Losses, steps: Ints) -> list[Row]:
    lost = np.bincount(losses.region_of, losses.output)
    rows: list[Row] = []
    for r in np.argsort(-lost, kind="stable")[:_REGIONS]:
        if losses.base[losses.region_of == r].sum() > 0:
            name = losses.table.regions[r]
            rows.append({"region": name, "output": thin(losses.region_share(int(r))[steps])})
    return rows


def _shown(losses: Losses) -> list[int]:
    """Industries that lost most: a few that an event hit itself, then others."""
    found: list[int] = []
    for is_hit, most in ((True, _HIT), (False, _INDIRECT)):
        some = np.flatnonzero(((losses.direct > 0) == is_hit) & (losses.output > 0))
        order = np.argsort(-losses.output[some], kind="stable")[:most]
        found += some[order].tolist()
    return found


def _stocks(losses: Losses, stability: Stability) -> dict[str, object]:
    """Inputs whose stocks run down farthest, all holders together and the leanest of them."""
    t, table = losses.trajectories, losses.table
    b = losses.case.behaviour
    stock = t.inputs_stock_end
    binding = binding_inputs(table, b)
    used = table.Z.reshape(len(table.regions), len(table.sectors), -1).sum(axis=0) / b.year_steps
    start = np.where(binding & np.isfinite(b.inventory_steps), b.inventory_steps, 0.0) * used
    held = start > 0.0
    rows: list[Row] = []
    for i in range(len(table.sectors)):
        members = np.flatnonzero(held[i])
        if members.size == 0:
            continue
        left = stock[:, i, members] / start[i, members]
        worst = int(left.min(axis=0).argmin())
        f = int(members[worst])
        rows.append(
            {
                "input": table.sectors[i],
                "all": thin(stock[:, i, members].sum(axis=1) / start[i, members].sum()),
                "leanest": thin(left[:, worst]),
                "region": table.regions[losses.region_of[f]],
                "sector": table.sectors[losses.sector_of[f]],
                "days": float(b.inventory_steps[i, f]),
                "low": float(left[:, worst].min()),
            }
        )
    rows.sort(key=lambda row: float(str(row["low"])))
    return {"stock_steps": t.inputs_stock_end_days.tolist(), "stocks": rows[:_INPUTS]}


def _borders(losses: Losses, steps: Ints) -> dict[str, object]:
    """Licences and detours, summed over friction classes; nothing where there are none."""
    extras, borders = losses.case.extras, losses.trajectories.borders
    found: dict[str, object] = {}
    if extras.frictions and "queue" in borders:
        queue = borders["queue"]
        names = ("filed", "granted", "refused", "lapsed", "shipped", "waiting")
        found["queue"] = {name: thin(queue[steps, k]) for k, name in enumerate(names)}
    if extras.relabelling is not None:
        conduits = [losses.table.regions[r] for r in extras.relabelling.conduits]
        found["detour"] = [
            {
                "conduit": name,
                "sent": thin(borders["detour"][steps, :, m].sum(axis=1)),
                "seized": thin(borders["seized"][steps, :, m].sum(axis=1)),
                "enforcement": thin(borders["enforcement"][steps, :, m].max(axis=1, initial=0.0)),
            }
            for m, name in enumerate(conduits)
        ]
    return found


def thin(values: Floats) -> list[float]:
    """Few digits: a line on a page has no more, and the arrays keep them all."""
    return [float(f"{value:.{_DIGITS}g}") + 0.0 for value in values]
