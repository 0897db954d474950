"""Hold runs against targets: one row per target, with status, intervals, hit, score and baselines.

Rows are evaluated by their keys alone; nothing here knows a row, a material or an episode by name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from terbium.analysis.frozen import NOT_SO, Frozen, standing
from terbium.analysis.scoring import Yardstick, yardstick
from terbium.analysis.targets import Target
from terbium.base.units import dimension
from terbium.results.keys import (
    Answered,
    Key,
    NoAnswer,
    SteadyFlows,
    Trajectory,
    answer,
    base_mean,
    last_day,
)
from terbium.results.keys_labels import days_of
from terbium.results.keys_registry import QUANTITIES
from terbium.results.keys_terms import Threshold
from terbium.results.keys_trajectory import not_modelled
from terbium.results.keys_units import factor, needs_exchange_rate
from terbium.results.quantiles import BANDS, bands, tidy

BASELINES = ("persistence", "base_mean", "analogue")
EVALUATED, NOT_MODELLED, NOT_COVERED = "evaluated", "not_modelled", "not_covered"
STATUSES = (EVALUATED, NOT_MODELLED, NOT_COVERED)
PENDING = "pending"
_SCORED = ("output", "prospective")


@dataclass(frozen=True)
class Baseline:
    """What a forecast that knows nothing of the law says, in the row's unit, and its score."""

    value: float
    score: float | None


@dataclass(frozen=True)
class Judged:
    """A target with what a run says to it; figures in the row's unit.

    Parameters
    ----------
    target
        The row.
    status, reason
        One of `STATUSES`, and why in words where that needs saying.
    figures
        ``model`` (median) and the ends of the 50 % and 90 % intervals; empty without an answer.
    hit
        For rows of role ``output`` with a record.
    score
        CRPS, on the yardstick's scale.
    yardstick
        None without a record.
    baselines
        By name.
    share_of_draws
        For an event: share of draws in which it happens. For a probability: the probability.
    last_day
        Last day that the figure looks at.
    branch
        Branch of the run, where that day lies past the register's evidence.
    standing
        Whether the score is out of sample.
    """

    target: Target
    status: str
    reason: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    hit: bool | None = None
    score: float | None = None
    yardstick: Yardstick | None = None
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    share_of_draws: float | None = None
    last_day: date | None = None
    branch: str = ""
    standing: str = NOT_SO

    @property
    def log_error(self) -> float | None:
        """Log of the median over the record, where the row is scored on logs."""
        if self.yardstick is None or self.hit is None or self.yardstick.scale != "log":
            return None
        return self.yardstick.log_error(self.figures["model"])

    def to_dict(self) -> dict[str, object]:
        """The row as JSON has it."""
        target = self.target
        first = next((self.baselines[n].value for n in BASELINES if n in self.baselines), None)
        return {
            "id": target.id,
            "key": str(target.key or ""),
            "role": target.role,
            "scenario": target.scenario,
            "status": self.status,
            "reason": self.reason,
            **{name: self.figures.get(name) for name in ("model", *list(BANDS)[1:])},
            "observed": target.value,
            "hit": self.hit,
            "score": self.score,
            "baseline": first,
            "baselines": {
                name: {"value": found.value, "score": found.score}
                for name, found in self.baselines.items()
            },
            "unit": target.unit,
            "scale": self.yardstick.scale if self.yardstick else None,
            "share_of_draws": self.share_of_draws,
            "branch": self.branch or None,
            "episode": target.episode,
            "use": target.use,
            "standing": self.standing if self.score is not None else None,
            "key_note": target.key_note,
        }


def evaluate(
    targets: Sequence[Target], worlds: Mapping[str, Trajectory], frozen: Frozen | None = None
) -> tuple[Judged, ...]:
    """Judge every target, failures first.

    Parameters
    ----------
    targets
        Rows; each comes back once.
    worlds
        Finished runs by the name of their scenario.
    frozen
        Parameters that were frozen, if any were.
    """
    judged = [_judge(target, worlds, frozen) for target in targets]
    return tuple(sorted(judged, key=_failures_first))


def statuses(rows: Sequence[Judged]) -> dict[str, int]:
    """Number of rows of each status."""
    return {status: sum(row.status == status for row in rows) for status in STATUSES}


def _judge(target: Target, worlds: Mapping[str, Trajectory], frozen: Frozen | None) -> Judged:
    if target.key is None:
        return Judged(target, NOT_MODELLED, "no key: nothing that a run puts out is comparable")
    if target.scenario not in worlds:
        name = target.scenario
        reason = f"the scenario '{name}' does not exist yet" if name else "it names no scenario"
        return Judged(target, NOT_MODELLED, reason)
    world = worlds[target.scenario]
    try:
        found = answer(target.key, world)
        if needs_exchange_rate(target.entry):
            raise not_modelled("the dataset holds no exchange rates")
        return _evaluated(target, target.key, world, found, frozen)
    except NoAnswer as missing:
        return Judged(target, missing.status, missing.reason)


def _evaluated(
    target: Target, key: Key, world: Trajectory, found: Answered, frozen: Frozen | None
) -> Judged:
    scale = factor(found.unit, target.entry)
    values = found.values * scale
    figures = {name: tidy(float(value)) for name, value in bands(values).items()}
    figures = {"model": figures.pop("central"), **figures}
    reason = found.note
    if world.draws == 1:
        figures = {"model": figures["model"]}
    last = last_day(key, world)
    row = Judged(
        target,
        EVALUATED,
        reason,
        figures,
        share_of_draws=_share(key, found),
        last_day=last,
        branch=world.context.branch if last > world.context.evidence_date else "",
    )
    if target.value is None:
        word = PENDING if target.role == "prospective" else "no figure on record to compare with"
        return replace(row, reason="; ".join(filter(None, (word, reason))))
    mean = base_mean(key, world)
    measure = yardstick(target, target.value, None if mean is None else mean * scale)
    if target.role not in _SCORED:
        return replace(row, yardstick=measure)
    # a draw in which nothing happens is scored as if it happened at the end of the period
    length = days_of(world, key.period).days
    never = factor("day", target.entry) * length if _is_time(found) else math.inf
    return replace(
        row,
        yardstick=measure,
        hit=measure.is_hit(float(bands(values)["central"])) if target.role == "output" else None,
        score=_tidy(measure.crps(values, never)),
        baselines=_baselines(key, world, measure, scale),
        standing=standing(target.use, world.context.parameter_hash, last, frozen),
    )


def _is_time(found: Answered) -> bool:
    return dimension(found.unit) == "time"


def _share(key: Key, found: Answered) -> float | None:
    """Share of draws in which an event happens, or in which a value is above its threshold."""
    last = key.transforms[-1] if key.transforms else None
    if isinstance(last, Threshold) and last.name == "is_above":
        return tidy(float(np.mean(found.values)))
    if QUANTITIES[key.quantity].kind == "event":
        return tidy(float(np.mean(np.isfinite(found.values))))
    return None


def _baselines(
    key: Key, world: Trajectory, measure: Yardstick, scale: float
) -> dict[str, Baseline]:
    found = {}
    for name in BASELINES:
        try:
            value = float(answer(key, world, SteadyFlows(world, name)).values[0]) * scale
        except NoAnswer:
            continue
        found[name] = Baseline(tidy(value), _tidy(measure.error(value)))
    return found


def _tidy(value: float | None) -> float | None:
    return None if value is None else tidy(value)


def _failures_first(row: Judged) -> tuple[int, float, str, str]:
    """Misses, hits, rows without a record, rows that are only compared, rows without an answer."""
    if row.status != EVALUATED:
        order = 4 if row.status == NOT_COVERED else 5
    elif row.hit is None:
        order = 2 if row.target.role in _SCORED else 3
    else:
        order = 1 if row.hit else 0
    worst = _size(row) if row.hit is False else 0.0
    return order, -worst, str(row.target.key or ""), row.target.id


def _size(row: Judged) -> float:
    """How bad a score is: as it is on logs, over the recorded figure otherwise."""
    if row.score is None or row.yardstick is None:
        return 0.0
    own = abs(row.yardstick.observed)
    return row.score / own if row.yardstick.scale == "linear" and own > 0 else row.score
