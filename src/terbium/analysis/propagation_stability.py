"""The criterion of collapse in words: who holds too little of what, and what may follow."""

from __future__ import annotations

import numpy as np

from terbium.engine.network.case import Behaviour, Case
from terbium.engine.network.stability import Stability
from terbium.graph.tables import InputOutputTable
from terbium.results.context import Row

_MOST_ROWS = 20
_NAMED = 4


def stability_row(table: InputOutputTable, case: Case, found: Stability) -> Row:
    """What the criterion said before the run.

    Returns
    -------
    row
        ``applies``, ``rule``, ``industries`` at risk and their share of output, ``threshold``
        (share of base output below which the leanest would collapse), ``text``; ``at_risk``: the
        first industries with their leanest input; ``inputs``: inputs that are held too lean, and
        by how many.
    """
    at_risk, b = found.at_risk, case.behaviour
    return {
        "applies": found.applies,
        "rule": found.rule,
        "industries": int(at_risk.size),
        "output_share": float(table.x[at_risk].sum() / table.x.sum()),
        "threshold": found.highest if at_risk.size else 0.0,
        "text": stability_text(table, case, found),
        "at_risk": [_industry(table, b, found, int(f)) for f in at_risk[:_MOST_ROWS]],
        "inputs": _inputs(table, b, found),
    }


def stability_text(table: InputOutputTable, case: Case, found: Stability) -> str:
    """Say in a sentence or two whether a disturbance could tip the table."""
    b = case.behaviour
    if not found.applies:
        return f"The criterion of collapse does not apply: {found.rule}."
    if found.is_safe:
        return (
            "By the criterion no collapse can start: every stock that can stop its holder lasts at "
            f"least as long as gaps take to be made up. {_beyond(case)}"
        )
    if b.rationing == "final_first":
        return (
            f"All {found.at_risk.size} industries that need inputs are at risk: {found.rule}. "
            "Whatever is short, industry goes without, and output goes on falling."
        )
    rows = [_industry(table, b, found, int(f)) for f in found.at_risk[:_NAMED]]
    named = ", ".join(
        f"{row['region']}/{row['sector']} ({row['input']}: {row['days']:g} of "
        f"{row['restoration']:g} steps)"
        for row in rows
    )
    more = found.at_risk.size - len(rows)
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"{found.at_risk.size} of {table.size} industries hold stocks that last less long than "
        f"gaps take to be made up ({found.rule}). Below a threshold, at the leanest "
        f"{found.highest:.0%} of the base, output may go on falling and not come back. Leanest: "
        f"{named}{rest}."
    )


def _beyond(case: Case) -> str:
    """What the criterion knows nothing of, as far as this case brings it."""
    if any(shock.kind == "rebuild" for shock in case.shocks):
        return "It knows nothing of orders for rebuilding, which can tip what it calls safe."
    if case.behaviour.rationing != "proportional":
        return "It knows nothing of ranked claims, which can tip what it calls safe."
    return "It is a mean field, and no proof for a single bottleneck."


def _industry(table: InputOutputTable, b: Behaviour, found: Stability, f: int) -> Row:
    """An industry with the input by which it is most at risk."""
    known = np.nan_to_num(found.threshold[:, f], nan=-1.0)
    i = int(known.argmax())
    sectors = len(table.sectors)
    return {
        "region": table.regions[f // sectors],
        "sector": table.sectors[f % sectors],
        "input": table.sectors[i],
        "days": float(b.inventory_steps[i, f]),
        "restoration": float(b.restoration_steps[i, f]),
        "threshold": float(known[i]),
    }


def _inputs(table: InputOutputTable, b: Behaviour, found: Stability) -> list[Row]:
    if found.is_safe:
        return []
    rows: list[Row] = []
    for i in found.inputs_at_risk()[:_MOST_ROWS]:
        lean = np.flatnonzero(found.threshold[i] > 0.0)
        worst = lean[found.threshold[i, lean].argmax()]
        rows.append(
            {
                "input": table.sectors[i],
                "industries": int(lean.size),
                "days": float(b.inventory_steps[i, worst]),
                "restoration": float(b.restoration_steps[i, worst]),
                "threshold": float(found.threshold[i, worst]),
            }
        )
    return rows
