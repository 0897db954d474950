"""Fit a few parameters to recorded figures by adaptive importance sampling.

Draws of *all* parameters are run; each draw is weighed by how well it meets the recorded figures,
and the free parameters are drawn again from where the weight lies (population Monte Carlo: Cappe,
Guillin, Marin and Robert, 2004, Journal of Computational and Graphical Statistics 13, 907-929).
The likelihood is tempered until enough draws carry weight, and has the heavy tails of Student's t,
so that one figure that the model cannot meet does not bend all the others.
What the data say little about stays as wide as the estimate it came from: the ratio of spreads
after and before is printed for each parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.evidence.methods import method
from terbium.evidence.parameters import LOW_QUANTILE, Parameters

Floats = NDArray[np.float64]

_LEVELS = (LOW_QUANTILE, 0.5, 1.0 - LOW_QUANTILE)

Residuals = Callable[[Floats], Floats]
"""Drawn values (parameter, draw) to residuals (row, draw), in units of each row's tolerance."""


@dataclass(frozen=True)
class Fit:
    """What a calibration found.

    Attributes
    ----------
    free : tuple of str
        Parameters that were fitted.
    low, central, high : (free,) ndarray
        5 %, 50 % and 95 % quantiles after the fit, in each estimate's unit.
    learned : (free,) ndarray
        Spread after over spread before the fit [-]; above 0.9 the data taught nothing.
    residuals : (row,) ndarray
        Weighted mean residual of each row, in units of its tolerance.
    rounds : int
        Rounds of sampling.
    effective : float
        Effective number of draws in the last round.
    """

    free: tuple[str, ...]
    low: Floats
    central: Floats
    high: Floats
    learned: Floats
    residuals: Floats
    rounds: int
    effective: float


def fit(
    prior: Parameters,
    free: Sequence[str],
    residuals: Residuals,
    draws: int,
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Fit ``free`` and leave every other parameter as uncertain as it is.

    Parameters
    ----------
    prior
        Estimates before the fit.
    free
        Names of the parameters to fit.
    residuals
        Runs the model on drawn values.
    draws
        Draws per round, a power of two.
    seed
        Same seed, same result.
    progress
        Told one line per round.
    """
    where = prior.positions(list(free))
    mean, spread = np.zeros(len(where)), np.eye(len(where))
    most = round(method("calibration/most_rounds"))
    for number in range(1, most + 1):
        deviates = prior.deviates(draws, seed + number)
        step = deviates[where]
        root = np.linalg.cholesky(spread)
        deviates[where] = mean[:, None] + root @ step
        values = prior.from_deviates(deviates)
        error = residuals(values)
        weight, heat = _weigh(deviates[where], mean, spread, _log_likelihood(error))
        effective = 1.0 / float(np.sum(weight**2))
        mean = deviates[where] @ weight
        away = deviates[where] - mean[:, None]
        floor = method("calibration/least_spread") * np.eye(len(where))
        spread = (away * weight) @ away.T + floor
        if progress is not None:
            worst = float(np.sqrt(np.mean((error @ weight) ** 2)))
            progress(
                f"round {number}: heat {heat:.2f}, effective draws {effective:.0f}, "
                f"root mean square residual {worst:.2f} tolerances"
            )
        if heat >= 1.0 and number > 1:
            break
    return _summary(prior, free, where, values, deviates, weight, error, number, effective)


def _log_likelihood(error: Floats) -> Floats:
    """Student's t, summed over rows, (draw,)."""
    freedom = method("calibration/t_freedom")
    terms = np.log1p(np.minimum(error, np.finfo(float).max ** 0.25) ** 2 / freedom)
    return np.asarray(-(freedom + 1.0) / 2.0 * terms.sum(axis=0))


def _weigh(z: Floats, mean: Floats, spread: Floats, likelihood: Floats) -> tuple[Floats, float]:
    """Importance weights at the greatest heat (up to 1) that leaves enough draws effective."""
    away = np.linalg.solve(np.linalg.cholesky(spread), z - mean[:, None])
    shift = 0.5 * (away**2).sum(axis=0) - 0.5 * (z**2).sum(axis=0)
    enough = method("calibration/least_effective_share") * likelihood.size

    def at(heat: float) -> Floats:
        log_weight = shift + heat * likelihood
        weight = np.exp(log_weight - log_weight.max())
        return np.asarray(weight / weight.sum())

    def effective(heat: float) -> float:
        return 1.0 / float(np.sum(at(heat) ** 2))

    if effective(1.0) >= enough:
        return at(1.0), 1.0
    low, high = 0.0, 1.0
    while high - low > method("calibration/heat_resolution"):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle) >= enough else (low, middle)
    return at(low), low


def _summary(
    prior: Parameters,
    free: Sequence[str],
    where: NDArray[np.int64],
    values: Floats,
    deviates: Floats,
    weight: Floats,
    error: Floats,
    rounds: int,
    effective: float,
) -> Fit:
    quantiles = np.stack([_quantiles(values[i], weight) for i in where])
    z = deviates[where]
    away = z - (z @ weight)[:, None]
    return Fit(
        tuple(free),
        quantiles[:, 0],
        quantiles[:, 1],
        quantiles[:, 2],
        np.sqrt((away**2) @ weight),
        np.asarray(np.where(weight > 0.0, error, 0.0) @ weight),
        rounds,
        effective,
    )


def _quantiles(values: Floats, weight: Floats) -> Floats:
    """Weighted 5 %, 50 % and 95 % quantiles."""
    order = np.argsort(values, kind="stable")
    position = np.cumsum(weight[order]) - 0.5 * weight[order]
    return np.interp(_LEVELS, position, values[order])
