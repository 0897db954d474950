"""Scores of the monthly exports beside two baselines that know nothing of the law.

Log errors floor both sides at 1 % of the base-year mean month (validation grammar, section 8).
Persistence repeats the last full month before the headline measure took force; the base mean
repeats the mean month of the base year. Intervals are scored beside a naive one: the base mean,
spread as the base year's months were.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from statistics import NormalDist, stdev

import numpy as np
from numpy.typing import NDArray

from terbium.base.calendar import parse_period
from terbium.results.context import BaseMean, History, Route, Row, RunContext
from terbium.results.exports import HEADLINE_MATERIAL, MonthlyExports
from terbium.results.quantiles import bands, significant

MODEL, PERSISTENCE, BASE_MEAN = "model", "persistence", "base_mean"
FLOOR_SHARE = 0.01
"""Share of the base-year mean month below which a flow counts as this much in a log error."""
_DIGITS = 4
_LEVEL = 0.9
# fewer months than this say nothing of a spread
_LEAST_MONTHS = 3


@dataclass(frozen=True)
class _Window:
    """Recorded months of one route from the headline measure on; arrays (month,) [t/month]."""

    months: tuple[str, ...]
    observed: NDArray[np.float64]
    bands: dict[str, NDArray[np.float64]]
    persistence: float | None
    base: BaseMean | None

    @property
    def floor(self) -> float | None:
        return self.base.value * FLOOR_SHARE if self.base and self.base.value > 0 else None


def score_rows(exports: MonthlyExports, history: History, context: RunContext) -> list[Row]:
    """Score every route of the headline group that has recorded months in the run.

    Returns
    -------
    list of rows
        ``model``, ``persistence`` and ``base_mean`` are log-RMSE; ``winner`` is the least of them.
        ``coverage50``, ``coverage90``: share of recorded months inside the interval; ``width90``:
        median of high over low; ``interval_score90``: Winkler's score on the log scale, lower is
        better; the
        ``naive_`` columns say the same of the naive interval. Routes on which the model is beaten
        come first, the worst beaten on top.
    """
    if context.headline_date is None:
        return []
    opens = f"{context.headline_date:%Y-%m}"
    rows = []
    for route in history.routes:
        if route[0] != HEADLINE_MATERIAL or route not in exports.tonnes:
            continue
        window = _window(exports, history, route, opens, context.base_year)
        if window.months:
            rows.append(_score(route, window))
    return sorted(rows, key=_failures_first)


def _window(
    exports: MonthlyExports, history: History, route: Route, opens: str, base_year: int
) -> _Window:
    recorded = history.months(route)
    chosen = [i for i, month in enumerate(exports.months) if month >= opens and month in recorded]
    months = tuple(exports.months[i] for i in chosen)
    return _Window(
        months=months,
        observed=np.array([recorded[month] for month in months]),
        bands=bands(exports.tonnes[route][chosen]),
        persistence=recorded.get(_month_before(opens)),
        base=history.base_mean(route, base_year),
    )


def _month_before(month: str) -> str:
    return f"{parse_period(month).first - timedelta(days=1):%Y-%m}"


def _score(route: Route, window: _Window) -> Row:
    central = window.bands["central"]
    left_out = (
        [] if window.floor else [m for m, v in zip(window.months, central, strict=True) if v <= 0]
    )
    results = {
        MODEL: _log_rmse(central, window),
        PERSISTENCE: _log_rmse(_constant(window.persistence, window), window),
        BASE_MEAN: _log_rmse(_constant(window.base.value if window.base else None, window), window),
    }
    known = {name: value for name, value in results.items() if value is not None}
    low, high = _naive_interval(window)
    return {
        **dict(zip(("material", "origin", "destination"), route, strict=True)),
        "first": window.months[0],
        "last": window.months[-1],
        "months": len(window.months),
        **{name: _short(value) for name, value in results.items()},
        "winner": min(known, key=lambda name: known[name])
        if MODEL in known and len(known) > 1
        else None,
        "persistence_value": _short(window.persistence),
        "base_mean_value": _short(window.base.value if window.base else None),
        "basis": window.base.basis if window.base else "no record of the base year",
        "left_out": " ".join(left_out),
        "coverage50": _coverage(window.observed, window.bands["low50"], window.bands["high50"]),
        **_interval_columns("", window, window.bands["low90"], window.bands["high90"]),
        **_interval_columns("naive_", window, low, high),
    }


def _constant(value: float | None, window: _Window) -> NDArray[np.float64] | None:
    return None if value is None else np.full(len(window.months), value)


def _log_rmse(values: NDArray[np.float64] | None, window: _Window) -> float | None:
    """Root mean square of the log ratio to the record [1]; None where nothing can be said."""
    if values is None:
        return None
    model, observed = _floored(values, window), _floored(window.observed, window)
    usable = (model > 0) & (observed > 0)
    if not usable.any():
        return None
    return float(np.sqrt(np.mean(np.log(model[usable] / observed[usable]) ** 2)))


def _floored(values: NDArray[np.float64], window: _Window) -> NDArray[np.float64]:
    return values if window.floor is None else np.maximum(values, window.floor)


def _naive_interval(
    window: _Window,
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Spread the base mean as the base year's own months were, taken as lognormal."""
    if window.base is None or len([m for m in window.base.months if m > 0]) < _LEAST_MONTHS:
        return None, None
    spread = stdev(math.log(month) for month in window.base.months if month > 0)
    reach = NormalDist().inv_cdf((1 + _LEVEL) / 2) * spread
    low, high = window.base.value * math.exp(-reach), window.base.value * math.exp(reach)
    return _constant(low, window), _constant(high, window)


def _interval_columns(
    prefix: str, window: _Window, low: NDArray[np.float64] | None, high: NDArray[np.float64] | None
) -> Row:
    names = [f"{prefix}{name}" for name in ("coverage90", "width90", "interval_score90")]
    if low is None or high is None or window.floor is None:
        return dict.fromkeys(names)
    floored = [np.log(_floored(values, window)) for values in (low, high, window.observed)]
    below, above = floored[0] - floored[2], floored[2] - floored[1]
    width = floored[1] - floored[0]
    miss = np.maximum(below, 0) + np.maximum(above, 0)
    score = float(np.mean(width + 2 / (1 - _LEVEL) * miss))
    values = (_coverage(window.observed, low, high), math.exp(float(np.median(width))), score)
    return {name: _short(value) for name, value in zip(names, values, strict=True)}


def _coverage(
    observed: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> float:
    return significant(float(np.mean((low <= observed) & (observed <= high))), _DIGITS)


def _short(value: float | None) -> float | None:
    return None if value is None else significant(value, _DIGITS)


def _failures_first(row: Row) -> tuple[bool, float, str]:
    model = row[MODEL]
    rivals = [value for value in (row[PERSISTENCE], row[BASE_MEAN]) if isinstance(value, float)]
    if not isinstance(model, float) or not rivals:
        return True, 0.0, str(row["destination"])
    return row["winner"] == MODEL, min(rivals) - model, str(row["destination"])
