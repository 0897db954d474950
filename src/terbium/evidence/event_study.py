"""Abnormal returns around events, with intervals that know what they rest on.

What an asset would have returned without the event is told by its mean, or by its line on a market,
over days before the event. The error of a cumulative abnormal return is a weighted sum of daily
errors: 1 on each day of the window, and on each day of the estimation what that day's error does to
the line. Two events share error as far as their weights meet on the same days and their assets move
together; so events on one day, and windows that overlap, do not count as independent evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from terbium.base.errors import InputError, Problems
from terbium.evidence.event_fit import Bench, Fitted, first_day
from terbium.evidence.methods import method
from terbium.evidence.prices import Event, Prices

Array = NDArray[np.float64]
MARKET_MODEL: Final = "market model"
MEAN_ADJUSTED: Final = "mean-adjusted"


@dataclass(frozen=True)
class Interval:
    """An estimate with its standard error, the ends of its interval and its p-value.

    Attributes
    ----------
    value, se, low, high
        Log return; ``low`` and ``high`` enclose it with the probability of the study.
    p
        Two-sided, of no effect.
    """

    value: float
    se: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Study:
    """What `event_study` found.

    Attributes
    ----------
    model
        `MARKET_MODEL` or `MEAN_ADJUSTED`.
    offsets
        Days of the window, counted from the event's.
    fitted
        Events that could be studied.
    cumulative
        Cumulative abnormal return of each event by day of the window.
    daily
        Abnormal return of each event by day of the window.
    by_rank
        Interval of each whole window by permutation of the estimation's days.
    mean, mean_daily, mean_by_rank
        The same for the mean over events; None with a single event.
    patell_z, patell_p
        Test of the standardised abnormal returns, with allowance for assets that move together.
    skipped, notes
        Events that could not be studied and why; what else a reader must know.
    """

    model: str
    offsets: tuple[int, ...]
    level: float
    fitted: tuple[Fitted, ...]
    cumulative: tuple[tuple[Interval, ...], ...]
    daily: tuple[tuple[Interval, ...], ...]
    by_rank: tuple[Interval, ...]
    mean: tuple[Interval, ...] | None
    mean_daily: tuple[Interval, ...] | None
    mean_by_rank: Interval | None
    patell_z: float
    patell_p: float
    skipped: tuple[tuple[Event, str, str], ...]
    notes: tuple[str, ...]


def event_study(
    prices: Prices,
    events: Sequence[Event],
    *,
    market: str | None = None,
    window: tuple[int, int] = (-5, 10),
    estimation: int = 120,
    seed: int = 1,
) -> Study:
    """Estimate abnormal returns.

    Parameters
    ----------
    prices
        Of the assets, and of the market if there is one.
    events
        An event without an asset is studied for every asset.
    market
        Name of the market among ``prices``.
    window
        First and last day, counted in trading days from the event's.
    estimation
        Trading days before the window from which the normal return is estimated.
    seed
        Of the permutations.

    Raises
    ------
    InputError
        If the window is none, or not one event can be studied.
    """
    least = int(method("events/least_days"))
    _check(prices, market, window, estimation, least)
    assets = [asset for asset in prices.prices if asset != market]
    pairs = [(e, a) for e in events for a in ([e.asset] if e.asset else assets) if a != market]
    notes: list[str] = []
    fitted: list[Fitted] = []
    skipped: list[tuple[Event, str, str]] = []
    index = None if market is None else prices.prices[market]
    bench = Bench(prices, index, window, estimation, least)
    days0 = {id(event): first_day(prices.days, event.day) for event in events}
    for event, asset in pairs:
        others = [days0[id(e)] for e, a in pairs if a == asset and e is not event]
        made = bench.fit(event, asset, days0[id(event)], others, notes)
        if isinstance(made, str):
            skipped.append((event, asset, made))
        else:
            fitted.append(made)
    if not fitted:
        problems = Problems()
        for event, asset, why in skipped:
            problems.add(
                f"event {event.day} of {asset}", why,
                f"{least} days of prices before the window, and all of the window",
                "give more prices, or --estimation and --window that fit",
            )  # fmt: skip
        problems.raise_if_any("events")
    return _study(fitted, skipped, notes, market is not None, window, seed)


def _check(
    prices: Prices, market: str | None, window: tuple[int, int], estimation: int, least: int
) -> None:
    problems = Problems()
    if window[0] > window[1]:
        problems.add(
            "--window", f"{window[0]}:{window[1]}", "first:last, such as -5:10", "turn them round"
        )
    if estimation < least:
        problems.add("--estimation", str(estimation), f"{least} days or more", "raise it")
    if market is not None and market not in prices.prices:
        known = ", ".join(prices.prices)
        problems.add("--market", f"'{market}'", known, "name a column of prices, or a file")
    problems.raise_if_any("terbium evidence events", InputError)


def _study(
    fitted: Sequence[Fitted],
    skipped: Sequence[tuple[Event, str, str]],
    notes: list[str],
    has_market: bool,
    window: tuple[int, int],
    seed: int,
) -> Study:
    level = method("events/interval")
    covariance = _error_covariance(fitted, notes)
    whole = [len(one.abnormal) - 1 for one in fitted]
    steps = range(whole[0] + 1)
    paths = [_path(one, one.weights, one.abnormal, level) for one in fitted]
    days = [
        _path(one, np.diff(one.weights, axis=0, prepend=0), np.diff(one.abnormal, prepend=0), level)
        for one in fitted
    ]
    draws = _drawn_errors(fitted, seed)
    ranks = [
        _ranked(path[-1].value, errors, level) for path, errors in zip(paths, draws, strict=True)
    ]
    mean = mean_days = None
    mean_rank = None
    if len(fitted) > 1:
        mean = tuple(_mean(fitted, covariance, level, step, False) for step in steps)
        mean_days = tuple(_mean(fitted, covariance, level, step, True) for step in steps)
        mean_rank = _ranked(mean[-1].value, draws.mean(axis=0), level)
    z, p = _patell(fitted, covariance)
    return Study(
        MARKET_MODEL if has_market else MEAN_ADJUSTED,
        tuple(range(window[0], window[1] + 1)),
        level,
        tuple(fitted),
        tuple(paths),
        tuple(days),
        tuple(ranks),
        mean,
        mean_days,
        mean_rank,
        z,
        p,
        tuple(skipped),
        tuple(dict.fromkeys(notes)),
    )


def _interval(value: float, se: float, freedom: float, level: float) -> Interval:
    reach = float(special.stdtrit(freedom, (1 + level) / 2)) * se
    # a price that never moves has no error, and is no evidence either
    p = 2 * float(special.stdtr(freedom, -abs(value) / se)) if se > 0 else math.nan
    return Interval(value, se, value - reach, value + reach, p)


def _path(one: Fitted, weights: Array, values: Array, level: float) -> tuple[Interval, ...]:
    errors = one.sd * np.sqrt((weights**2).sum(axis=1))
    return tuple(
        _interval(float(value), float(error), one.freedom, level)
        for value, error in zip(values, errors, strict=True)
    )


def _error_covariance(fitted: Sequence[Fitted], notes: list[str]) -> Array:
    """Covariance of the daily errors of each two events, from the days that both estimate from."""
    least = int(method("events/least_days"))
    found = np.diag([one.sd**2 for one in fitted])
    apart = 0
    for i, one in enumerate(fitted):
        for j, other in enumerate(fitted[:i]):
            if one.asset == other.asset:
                covariance = one.sd * other.sd
            else:
                both = np.isfinite(one.residuals) & np.isfinite(other.residuals)
                number = int(both.sum())
                if number < least:
                    apart += 1
                    continue
                scale = one.sd * other.sd
                pair = np.corrcoef(one.residuals[both], other.residuals[both])[0, 1]
                covariance = scale * float(np.nan_to_num(pair))
            found[i, j] = found[j, i] = covariance
    if apart:
        notes.append(f"{apart} pair(s) of events share too few days; taken as independent")
    return found


def _mean(
    fitted: Sequence[Fitted], covariance: Array, level: float, step: int, is_daily: bool
) -> Interval:
    before = step - 1 if is_daily and step else None
    weights = np.array(
        [one.weights[step] - (one.weights[before] if before is not None else 0) for one in fitted]
    )
    values = [
        one.abnormal[step] - (one.abnormal[before] if before is not None else 0) for one in fitted
    ]
    shared = covariance * (weights @ weights.T)
    se = math.sqrt(max(float(shared.sum()), 0.0)) / len(fitted)
    return _interval(float(np.mean(values)), se, min(one.freedom for one in fitted), level)


def _patell(fitted: Sequence[Fitted], covariance: Array) -> tuple[float, float]:
    """Z of the standardised cumulative returns, divided by what common movement adds to it."""
    weights = np.array([one.weights[-1] for one in fitted])
    sds = np.array([one.sd for one in fitted])
    lengths = np.sqrt((weights**2).sum(axis=1))
    if not (sds > 0).all():
        return math.nan, math.nan
    standard = np.array([one.abnormal[-1] for one in fitted]) / (sds * lengths)
    spread = np.array([one.freedom / (one.freedom - 2) for one in fitted])
    alike = (covariance / np.outer(sds, sds)) * (weights @ weights.T) / np.outer(lengths, lengths)
    variance = float((alike * np.sqrt(np.outer(spread, spread))).sum())
    z = float(standard.sum()) / math.sqrt(max(variance, float(spread.min())))
    return z, 2 * float(special.ndtr(-abs(z)))


def _drawn_errors(fitted: Sequence[Fitted], seed: int) -> Array:
    """Errors of the whole window if its days were days of the estimation, drawn without return.

    The same days are drawn for all events, so that assets which move together still do.

    Returns
    -------
    ndarray
        (event, draw).
    """
    count = int(method("events/permutations"))
    rng = np.random.default_rng(seed)
    held = [one.residuals[np.isfinite(one.residuals)] for one in fitted]
    longest = max(map(len, held))
    order = rng.permuted(np.tile(np.arange(longest), (count, 1)), axis=1)
    found = np.empty((len(fitted), count))
    for i, (one, residuals) in enumerate(zip(fitted, held, strict=True)):
        days = min(len(one.abnormal), len(residuals))
        drawn = residuals[order[:, :days] * len(residuals) // longest].sum(axis=1)
        # residuals of a fit are smaller than errors, draws without return vary less, and the line
        # has an error of its own
        count_left = (len(residuals) - 1) / max(len(residuals) - days, 1)
        size = math.sqrt(float((one.weights[-1] ** 2).sum()) / days * count_left)
        fit = math.sqrt(len(residuals) / one.freedom)
        found[i] = drawn * size * fit
    return found


def _ranked(value: float, errors: Array, level: float) -> Interval:
    low, high = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2])
    beyond = int((np.abs(errors) >= abs(value)).sum())
    p = (1 + beyond) / (1 + len(errors))
    return Interval(value, float(errors.std()), value - float(high), value - float(low), p)
