"""Dated friction, cuts and shocks as arrays per step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from terbium.base.calendar import Clock, step_overlap
from terbium.base.errors import GraphError, Problem, suggest
from terbium.engine.instructions import Instructions
from terbium.policy.friction import FlowClass, Friction

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StockShock:
    """Stocks of ``slots`` are multiplied by ``scale`` before step ``step``."""

    step: int
    slots: NDArray[np.int64]
    scale: float


def per_step(friction: Friction, clock: Clock) -> dict[str, Floats]:
    """Friction averaged over the days of each step; caps add, so they average too."""
    ends = [*friction.starts[1:], clock.end]
    overlap = np.stack(
        [step_overlap(clock, a, b) for a, b in zip(friction.starts, ends, strict=True)], axis=1
    )
    overlap /= overlap.sum(axis=1, keepdims=True)
    arrays = {
        name: overlap @ getattr(friction, name) for name in ("controlled", "general", "denied")
    }
    arrays["grant"] = overlap @ friction.grant_share
    arrays["delay"] = overlap @ friction.delay / clock.step_days
    price = 1.0 + friction.duty
    arrays["duty"] = overlap @ (price / price[0])
    finite = np.where(np.isinf(friction.cap), 0.0, friction.cap)
    unbounded = overlap @ np.isinf(friction.cap).astype(float)
    arrays["cap"] = np.where(unbounded > 0.0, np.inf, overlap @ finite)
    return arrays


def age_per_step(friction: Friction, clock: Clock) -> Floats:
    """Time for which the law has asked for a licence, (step, class) [step].

    Counted at the middle of the part of the step that the law covers; inf where it held from the
    first day, so that nothing declared before it can still be on its way.
    """
    law = friction.controlled > 0.0
    since = np.full(law.shape, -np.inf)
    for k, start in enumerate(friction.starts[1:], start=1):
        day = float((start - clock.step_start(0)).days)
        since[k] = np.where(law[k - 1], since[k - 1], day)
    ages = np.zeros((clock.steps, law.shape[1]))
    for first, end, begun, held in zip(
        friction.starts, [*friction.starts[1:], clock.end], since, law, strict=True
    ):
        for step in np.flatnonzero(step_overlap(clock, first, end)):
            opens = np.maximum(begun, float(step * clock.step_days))
            middle = (opens + (step + 1) * clock.step_days) / 2.0
            ages[step] = np.where(held, (middle - begun) / clock.step_days, ages[step])
    return ages


def apply_cuts(
    arrays: dict[str, Floats], classes: Sequence[FlowClass], instructions: Instructions
) -> None:
    """Tighten the caps of the classes that a cut names, in place."""
    for cut in instructions.cuts:
        share = step_overlap(instructions.clock, cut.first, _after(cut.last))
        hit = np.array(
            [
                c.material in cut.materials
                and c.origin == cut.origin
                and cut.destination in ("ALL", c.destination)
                for c in classes
            ]
        )
        left = 1.0 - share * (1.0 - cut.scale)
        limited = np.where(share > 0.0, left, np.inf)[:, None]
        arrays["cap"] = np.where(hit[None, :], np.minimum(arrays["cap"], limited), arrays["cap"])


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def touched_classes(arrays: dict[str, Floats]) -> NDArray[np.bool_]:
    """Which classes anything is done to at any step."""
    quiet = {"grant": 1.0, "duty": 1.0, "cap": np.inf}
    found = [(array != quiet.get(name, 0.0)).any(axis=0) for name, array in arrays.items()]
    return np.asarray(np.logical_or.reduce(found))


def expected(instructions: Instructions) -> Floats:
    """Share of each step before the headline measure took force; nil if nobody anticipates."""
    clock = instructions.clock
    if not instructions.anticipates or instructions.headline is None:
        return np.zeros(clock.steps)
    return step_overlap(clock, clock.step_start(0), instructions.headline)


def anticipated(controlled: Floats, instructions: Instructions) -> Floats:
    """Flow classes whose licensing is feared: those the headline day brings, none that come later.

    Parameters
    ----------
    controlled : (step, friction class)
        Share of the step in which a licence is needed by law.
    """
    day = instructions.headline
    if day is None or day not in instructions.clock:
        return np.zeros(controlled.shape[1])
    return np.asarray(controlled[instructions.clock.step_of(day)] > 0.0, dtype=np.float64)


def node_shocks(
    nodes: pd.DataFrame, inputs: pd.DataFrame, instructions: Instructions
) -> tuple[dict[str, Floats], tuple[StockShock, ...]]:
    """Scales on activity and capacity, (step, node), and shocks to stocks.

    Raises
    ------
    GraphError
        If a shock names no node; all such shocks at once.
    """
    clock = instructions.clock
    scales = {what: np.ones((clock.steps, len(nodes))) for what in ("activity", "capacity")}
    stocks = []
    problems = []
    labels = [label.split("/") for label in nodes["label"]]
    for shock in instructions.shocks:
        parts = shock.node.split("/")
        hit = np.array([label[: len(parts)] == parts for label in labels])
        if not hit.any():
            known = sorted({"/".join(label[:2]) for label in labels})
            hint = suggest(shock.node, known)
            problems.append(
                Problem(shock.place, f"node '{shock.node}'", hint, "name a region and a stage")
            )
            continue
        if shock.what == "stock":
            slots = np.flatnonzero(hit[inputs["node"].to_numpy()])
            stocks.append(StockShock(clock.step_of(shock.first), slots, shock.scale))
            continue
        share = step_overlap(clock, shock.first, _after(shock.last))
        scale = 1.0 + share * (shock.scale - 1.0)
        scales[shock.what][:, hit] *= scale[:, None]
        if shock.what == "activity":
            # A mine that is to dig more needs the room to do so.
            scales["capacity"][:, hit] *= np.maximum(scale, 1.0)[:, None]
    if problems:
        raise GraphError("scenario shocks", problems)
    return scales, tuple(stocks)


def general_since(general: Floats) -> int | None:
    """First step in which general licences can be had for any class; None if there is none."""
    steps = np.flatnonzero(general.max(axis=1, initial=0.0) > 0.0)
    return int(steps[0]) if steps.size else None


def desk_per_step(friction: Friction, clock: Clock) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Per step, the desk regimes that hold and the share of the step each does."""
    ends = [*friction.starts[1:], clock.end]
    rows: list[list[tuple[str, float]]] = [[] for _ in range(clock.steps)]
    for regime, first, end in zip(friction.desk, friction.starts, ends, strict=True):
        for step, share in enumerate(step_overlap(clock, first, end)):
            if share > 0.0:
                rows[step].append((regime, float(share)))
    return tuple(tuple(row) for row in rows)
