"""From drawn parameter values to the arrays that differ between draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from terbium.base.units import convert
from terbium.engine.compile import Compiled
from terbium.engine.interventions import general_since
from terbium.engine.program import FINAL, LANES, Draws

Floats = NDArray[np.float64]

VALIDITY = "licensing/validity"
"""The one drawn parameter of which all draws share a value, the median."""


@dataclass(frozen=True)
class Responses:
    """Which behaviours are switched on."""

    hoarding: bool = True
    anticipation: bool = True
    rerouting: bool = True
    catch_up: bool = True
    overtime: bool = True


class Values:
    """Drawn values by parameter name; lanes beyond the last draw repeat it.

    Parameters
    ----------
    names
        Of the rows.
    sample : (parameter, draw) ndarray
        Drawn values in each estimate's own unit.
    """

    def __init__(self, names: Sequence[str], sample: Floats) -> None:
        self.names = tuple(names)
        self._row = {name: i for i, name in enumerate(names)}
        self.draws = sample.shape[1]
        blocks = -(-self.draws // LANES)
        lane = np.minimum(np.arange(blocks * LANES), self.draws - 1)
        self._sample = sample[:, lane]
        self.lanes = blocks * LANES

    def __contains__(self, name: str) -> bool:
        return name in self._row

    def __getitem__(self, name: str) -> Floats:
        return np.asarray(self._sample[self._row[name]])

    def rows(self, names: Sequence[str]) -> Floats:
        """(name, lane) values, one row per name."""
        return np.asarray(self._sample[[self._row[name] for name in names]])

    def part(self, first: int, count: int) -> Floats:
        """Drawn values of some draws, (parameter, draw); fewer where the draws end."""
        return np.ascontiguousarray(self._sample[:, first : min(first + count, self.draws)])

    def or_one(self, name: str) -> Floats:
        """Values of ``name``, or ones where the dataset has no such estimate."""
        return self[name] if name in self else np.ones(self.lanes)


def validity_steps(compiled: Compiled, values: Values) -> int:
    """Steps after which an unused licence lapses: the median of what was drawn."""
    weeks = float(np.median(values[VALIDITY]))
    return max(1, round(weeks * convert(1.0, "weeks", "days") / compiled.clock.step_days))


def draw_blocks(compiled: Compiled, values: Values, responses: Responses) -> list[Draws]:
    """Arrays of all blocks; block ``b`` holds draws ``b * LANES`` to ``(b + 1) * LANES - 1``."""
    arrays = _arrays(compiled, values, responses)
    blocks = values.lanes // LANES
    return [
        Draws(
            **{
                n: np.ascontiguousarray(a[..., b * LANES : (b + 1) * LANES])
                for n, a in arrays.items()
            }
        )
        for b in range(blocks)
    ]


def _arrays(compiled: Compiled, values: Values, responses: Responses) -> dict[str, Floats]:
    p = compiled.program
    step = compiled.clock.step_days
    weeks = convert(1.0, "weeks", "days") / step
    nothing = np.zeros(values.lanes)
    route_lag = np.maximum(values.rows(compiled.routes) / step, 1.0)
    slot = np.repeat(np.arange(p.in_coef.size), np.diff(p.link_ptr))
    lead = np.zeros((p.in_coef.size, values.lanes))
    np.add.at(lead, slot, p.link_share[:, None] * route_lag[p.link_route])
    share = _class_rows(
        values, [f"licensing/controlled_share/{c.material}" for c in compiled.classes]
    )
    rate = 1.0 / np.maximum(values["behaviour/availability_memory"] * weeks, 1.0)
    overtime = values["behaviour/overtime"] if responses.overtime else nothing
    form = _class_rows(values, [f"licensing/weight_form/{c.form}" for c in compiled.classes])
    return {
        "node_cap": _capacity(compiled, values, overtime),
        "in_cover": _input_cover(compiled, values) / step,
        "in_lead": lead,
        "out_cover": values.rows(list(compiled.outputs["cover"])) / step,
        "route_lag": route_lag,
        "class_share": share,
        "class_weight": _class_rows(
            values, [f"licensing/weight/{c.destination}" for c in compiled.classes]
        )
        * form,
        "class_full": form,
        "level": _level(compiled, values),
        "class_grant": _class_rows(
            values, [f"licensing/grant_share/{c.destination}" for c in compiled.classes]
        )
        * _class_rows(
            values, [f"licensing/grant_share_end_use/{c.end_use}" for c in compiled.classes]
        ),
        "desk": _desk(compiled, values, share),
        "general": _general(compiled, values),
        "grace": values["licensing/grace"] * weeks,
        "refile": values["licensing/refile_share"],
        "review": np.maximum(values["licensing/review_min"] * weeks, 1.0),
        "adjust": np.maximum(values["behaviour/order_adjust"] * weeks, 1.0),
        "adjust_out": np.maximum(values["behaviour/order_adjust"] * weeks, 1.0),
        "overtime": overtime if responses.catch_up else nothing,
        "keep": values["behaviour/keep_orders"] if responses.catch_up else nothing,
        "hoarding": values["behaviour/hoarding"] if responses.hoarding else nothing,
        "anticipation": values["behaviour/anticipation"] if responses.anticipation else nothing,
        "switching": 1.0 / np.maximum(values["behaviour/switching"] * weeks, 1.0)
        if responses.rerouting
        else nothing,
        "memory": rate,
        "bearable": values["behaviour/duty_bearable"],
        "bearable_spread": values["behaviour/duty_spread"],
        "duty_response": 1.0 / np.maximum(values["behaviour/duty_lag"] * weeks, 1.0),
    }


def _class_rows(values: Values, names: Sequence[str]) -> Floats:
    """One row per friction class; ones where no estimate narrows the law's own 'all of it'."""
    if not names:
        return np.zeros((0, values.lanes))
    return np.stack([values.or_one(name) for name in names])


def _capacity(compiled: Compiled, values: Values, overtime: Floats) -> Floats:
    p = compiled.program
    slack = values.rows([f"capacity_slack/{stage}" for stage in compiled.nodes["stage"]])
    headroom = np.where((p.node_kind == FINAL)[:, None], overtime[None, :], slack)
    return p.node_base[:, None] * (1.0 + headroom)


def _input_cover(compiled: Compiled, values: Values) -> Floats:
    """Days of cover per input slot; lines of an industry spread around its estimate."""
    cover = values.rows(list(compiled.inputs["cover"]))
    node = compiled.inputs["node"].to_numpy()
    rank = compiled.nodes["rank"].to_numpy(float)[node]
    in_lines = (compiled.nodes["group"].to_numpy(str) != "")[node]
    z = np.where(in_lines, ndtri(rank), 0.0)
    spread = values["stock/cohort_spread"][None, :] ** z[:, None]
    return cover * spread * np.where(in_lines[:, None], values["stock/cover_scale"][None, :], 1.0)


def _general(compiled: Compiled, values: Values) -> Floats:
    """Share under general licences per step: makers receive them one after another."""
    clock = compiled.clock
    since = general_since(compiled.policy.general)
    held = np.zeros((clock.steps, values.lanes))
    if since is not None:
        age = np.maximum(np.arange(clock.steps) + 0.5 - since, 0.0)[:, None] * clock.step_days
        days = values["licensing/general_ramp"] * convert(1.0, "weeks", "days")
        held[:] = values["licensing/general_share"] * (1.0 - np.exp(-age / days))
    return held


def _pace(compiled: Compiled, values: Values) -> Floats:
    """Share of the way to a new regime that the desk goes in a step."""
    ramp = values["licensing/desk_ramp"] * convert(1.0, "weeks", "days")
    return np.asarray(1.0 - np.exp(-compiled.clock.step_days / ramp))


def _level(compiled: Compiled, values: Values) -> Floats:
    """How far destinations are treated alike, per step; an understanding evens them out."""
    level = np.zeros((compiled.clock.steps, values.lanes))
    moved, now = _pace(compiled, values), np.zeros(values.lanes)
    for step, regimes in enumerate(compiled.desk):
        goal = np.zeros(values.lanes)
        for name, part in regimes:
            if f"licensing/levelling/{name}" in values:
                goal += part * values[f"licensing/levelling/{name}"]
        now = now + moved * (goal - now)
        level[step] = now
    return level


def _desk(compiled: Compiled, values: Values, share: Floats) -> Floats:
    """Tonnes the desk can decide per step: multiples of the base exports that are then licensed.

    A desk that is told to work faster does so over weeks: its pace moves towards that of the regime
    by a constant share per step (docs/design/004, Q3).
    """
    p = compiled.program
    licensed = p.link_ctrl >= 0
    by_class = np.bincount(p.link_class[licensed], p.link_base[licensed], len(compiled.classes))
    desk = np.zeros((compiled.clock.steps, values.lanes))
    moved = _pace(compiled, values)
    for step, regimes in enumerate(compiled.desk):
        held = [(name, part) for name, part in regimes if name != "none"]
        if not held:
            desk[step] = np.inf
        # What a later act will bring under licence makes no desk larger today (law 6).
        base = np.where(compiled.policy.controlled[step] > 0.0, by_class, 0.0) @ share
        for name, part in held:
            desk[step] += part * values[f"licensing/desk_capacity/{name}"] * base
        if step > 0 and np.isfinite(desk[step - 1]).all():
            desk[step] = desk[step - 1] + moved * (desk[step] - desk[step - 1])
    return desk
