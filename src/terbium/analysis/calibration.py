"""Fit a few parameters to recorded figures by an ensemble smoother.

An ensemble of draws of *all* parameters is run; the free ones are then moved along their
covariance with the residuals, the rest stays as uncertain as it is. The data enter in several
rounds, each with its errors inflated so that the rounds together count them once (ensemble smoother
with multiple data assimilation: Emerick and Reynolds, 2013, Computers & Geosciences 55, 3-15).
Residuals are bounded, so that one figure that the model cannot meet does not bend all the others.
What the data say little about stays as wide as the estimate it came from: the ratio of spreads
after and before is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.evidence.methods import method
from terbium.evidence.parameters import Parameters
from terbium.evidence.schema import LOW_QUANTILE

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
        Median residual of each row after the fit, in units of its tolerance.
    """

    free: tuple[str, ...]
    low: Floats
    central: Floats
    high: Floats
    learned: Floats
    residuals: Floats


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
        Size of the ensemble.
    seed
        Same seed, same result.
    progress
        Told one line per round.
    """
    where = prior.positions(list(free))
    rounds = round(method("calibration/rounds"))
    noise = np.random.default_rng(seed)
    deviates = prior.deviates(draws, seed)
    for number in range(1, rounds + 1):
        error = residuals(prior.from_deviates(deviates))
        if progress is not None:
            progress(f"round {number} of {rounds}: {_spread_of(error)}")
        deviates[where] = _assimilate(deviates[where], error, rounds, noise)
    error = residuals(prior.from_deviates(deviates))
    if progress is not None:
        progress(f"after the fit: {_spread_of(error)}")
    return _summary(prior, free, where, deviates, error)


def _spread_of(error: Floats) -> str:
    typical = float(np.sqrt(np.mean(np.median(error, axis=1) ** 2)))
    return f"median residuals of {typical:.2f} tolerances (root mean square over rows)"


def _assimilate(z: Floats, error: Floats, rounds: int, noise: np.random.Generator) -> Floats:
    """One round: ``z - C_ze (C_ee + a I)^-1 (e - sqrt(a) noise)`` with ``a`` the rounds."""
    size = z.shape[1] - 1.0
    away_z = z - z.mean(axis=1, keepdims=True)
    away_e = error - error.mean(axis=1, keepdims=True)
    joint = away_e @ away_e.T / size + rounds * np.eye(error.shape[0])
    jitter = np.sqrt(rounds) * noise.standard_normal(error.shape)
    gain = np.linalg.solve(joint, error - jitter)
    return np.asarray(z - away_z @ away_e.T / size @ gain)


def _summary(
    prior: Parameters,
    free: Sequence[str],
    where: NDArray[np.int64],
    deviates: Floats,
    error: Floats,
) -> Fit:
    values = prior.from_deviates(deviates)[where]
    low, central, high = np.quantile(values, _LEVELS, axis=1)
    return Fit(
        tuple(free),
        low,
        central,
        high,
        deviates[where].std(axis=1),
        np.median(error, axis=1),
    )
