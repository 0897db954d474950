"""Quantiles over draws, with `inf` as a value that means "never"."""

import math

import numpy as np
from numpy.typing import NDArray

BANDS: dict[str, float] = {
    "central": 0.5,
    "low50": 0.25,
    "high50": 0.75,
    "low90": 0.05,
    "high90": 0.95,
}
"""Columns of every interval and the quantile each of them is."""

_DIGITS = 6


def quantile(values: NDArray[np.floating], level: float) -> NDArray[np.float64]:
    """Quantile over the last axis by linear interpolation; `inf` sorts last.

    Parameters
    ----------
    values
        shape (..., draw), without NaN.
    level
        Between 0 and 1.

    Returns
    -------
    ndarray
        shape (...). Between a finite draw and `inf` the quantile is `inf`: half way to never is
        never.
    """
    return _of_ordered(_ordered(values), level)


def _ordered(values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.sort(np.asarray(values, dtype=np.float64), axis=-1)


def _of_ordered(ordered: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    position = level * (ordered.shape[-1] - 1)
    below = math.floor(position)
    part = position - below
    low = ordered[..., below]
    if part == 0:
        return np.array(low)
    high = ordered[..., below + 1]
    # inf - inf is no number: step only where there is a step
    step = np.subtract(high, low, out=np.zeros_like(low), where=high > low)
    return np.asarray(low + part * step)


def bands(values: NDArray[np.floating]) -> dict[str, NDArray[np.float64]]:
    """Central value, 50 % and 90 % interval over the last axis, by column name."""
    ordered = _ordered(values)
    return {name: _of_ordered(ordered, level) for name, level in BANDS.items()}


def interval(values: NDArray[np.floating]) -> dict[str, float]:
    """Central value and intervals of one quantity.

    Parameters
    ----------
    values
        shape (draw,).

    Returns
    -------
    dict
        Columns of `BANDS`, rounded to six digits; `inf` where the quantile is never.
    """
    return {name: tidy(float(value)) for name, value in bands(values).items()}


def tidy(value: float) -> float:
    """Round to six significant digits, for tables; `inf` stays, and means "never"."""
    return significant(value, _DIGITS)


def significant(value: float, digits: int) -> float:
    """Round to a number of significant digits; a negative zero becomes zero."""
    return float(f"{value:.{digits}g}") + 0.0
