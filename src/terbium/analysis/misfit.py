"""How far a run is from recorded figures, draw by draw: what a calibration makes small."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from terbium.analysis.targets import Target
from terbium.base.calendar import Period
from terbium.evidence.methods import method
from terbium.results.keys import Key, NoAnswer, Trajectory, answer, base_mean, last_day
from terbium.results.keys_constants import constant
from terbium.results.keys_units import factor

Floats = NDArray[np.float64]


def usable(
    targets: Sequence[Target], scenario: str, left_out: Period | None = None
) -> tuple[Target, ...]:
    """Rows that a calibration may use: of the scenario, scored, and marked ``calibrate``."""
    return tuple(
        t
        for t in targets
        if t.scenario == scenario
        and t.use == "calibrate"
        and t.role == "output"
        and t.key is not None
        and t.value is not None
        and not (left_out is not None and _starts_in(t, left_out))
    )


def _starts_in(target: Target, left_out: Period) -> bool:
    days = getattr(getattr(target.key, "period", None), "days", None)
    return days is not None and left_out.first <= days.first and days.last <= left_out.last


def answerable(targets: Sequence[Target], world: Trajectory) -> tuple[Target, ...]:
    """Rows that the run has a value for, over its own days alone."""
    found = []
    for target in targets:
        if target.key is None:
            continue
        try:
            answer(target.key, world)
            inside = last_day(target.key, world) <= world.last_day or _is_event(target)
        except NoAnswer:
            continue
        if inside:
            found.append(target)
    return tuple(found)


def _is_event(target: Target) -> bool:
    return target.key is not None and target.key.quantity.startswith("stop.")


def residuals(targets: Sequence[Target], world: Trajectory) -> Floats:
    """(row, draw) distance from the record in units of each row's tolerance, bounded.

    Logs for rows whose tolerance is relative or one of logs, differences for absolute ones; the
    floors are those of the scoring. What never happens counts as the bound.
    """
    bound = method("calibration/most_residual")
    rows = [
        _row(target, target.key, target.value, world, bound)
        for target in targets
        if target.key is not None and target.value is not None
    ]
    return np.clip(np.nan_to_num(np.stack(rows), nan=bound, posinf=bound), -bound, bound)


def _row(target: Target, key: Key, observed: float, world: Trajectory, bound: float) -> Floats:
    found = answer(key, world)
    scale = factor(found.unit, target.entry)
    values = np.full(world.draws, bound)
    values[: found.values.size] = found.values * scale
    size = target.tolerance.size
    if target.tolerance.kind == "abs":
        return np.asarray((values - observed) / size)
    mean = base_mean(key, world)
    floor = 0.0 if mean is None else mean * scale * constant("floor/share_of_base")
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(values, floor))
    return np.asarray((logs - math.log(max(observed, floor))) / size)
