"""Scores of one figure: hit within its tolerance, log error, CRPS (validation grammar, section 8).

Both sides of a log error are floored at a share of the base period's mean. An ensemble is scored by
its CRPS, a single number by its absolute error, which is the CRPS of a single number.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from terbium.analysis.targets import Target, Tolerance
from terbium.base.tolerances import UNIT_ROUND_TRIP_RTOL
from terbium.base.units import dimension
from terbium.results.keys import Key
from terbium.results.keys_constants import constant
from terbium.results.keys_registry import QUANTITIES
from terbium.results.keys_terms import AGGREGATES, Band, Simple, Threshold

Scale = Literal["log", "linear"]
_POSITIVE = ("mass", "USD", "count", "USD per mass")


@dataclass(frozen=True)
class Yardstick:
    """What a figure is measured with.

    Parameters
    ----------
    observed, digits
        The record, in the row's unit, and the decimals it is written with.
    tolerance
        Of the row.
    scale
        Log for what is positive by nature, linear for the rest.
    mean
        Mean over the base period in the row's unit; None where there is none.
    """

    observed: float
    digits: int
    tolerance: Tolerance
    scale: Scale
    mean: float | None

    @property
    def floor(self) -> float:
        """What both sides of a log error are raised to; 0 without a mean."""
        return 0.0 if self.mean is None else self.mean * constant("floor/share_of_base")

    def is_hit(self, model: float) -> bool:
        """Whether a figure is near enough."""
        observed, kind = self.observed, self.tolerance.kind
        # a figure on the edge must not fall off it by the rounding of another unit
        near = self.tolerance.size + UNIT_ROUND_TRIP_RTOL
        if kind == "abs":
            slack = UNIT_ROUND_TRIP_RTOL * abs(observed)
            return abs(model - observed) <= self.tolerance.size * (1 + UNIT_ROUND_TRIP_RTOL) + slack
        if observed == 0 and self.mean is not None:
            return model < constant("zero/share_of_base") * self.mean
        if kind == "exact":
            return math.isfinite(model) and round(model, self.digits) == observed
        if kind == "log":
            error = self.log_error(model)
            return error is not None and abs(error) <= near
        if observed == 0:
            return model == 0
        return abs(model / observed - 1) <= near

    def log_error(self, model: float) -> float | None:
        """Log of the figure over the record; None where one of them is not positive."""
        above, below = max(model, self.floor), max(self.observed, self.floor)
        return math.log(above / below) if above > 0 and below > 0 else None

    def error(self, model: float) -> float | None:
        """Absolute error on the row's scale, the CRPS of a single number."""
        if self.scale == "linear":
            return abs(model - self.observed)
        found = self.log_error(model)
        return None if found is None else abs(found)

    def crps(self, values: NDArray[np.float64], never: float = math.inf) -> float | None:
        """Score of an ensemble; ``never`` stands for a draw in which nothing happens."""
        values = np.where(np.isinf(values), never, values)
        if self.scale == "linear":
            return _crps(values, self.observed) if np.isfinite(values).all() else None
        raised, observed = np.maximum(values, self.floor), max(self.observed, self.floor)
        if observed <= 0 or not np.isfinite(raised).all() or (raised <= 0).any():
            return None
        return _crps(np.log(raised), math.log(observed))


def yardstick(target: Target, observed: float, mean: float | None) -> Yardstick:
    """The yardstick of a row with a record and a key."""
    return Yardstick(observed, target.digits, target.tolerance, scale_of(target, observed), mean)


def scale_of(target: Target, observed: float) -> Scale:
    """Log for amounts and prices as they stand, and where the row's tolerance is one of logs."""
    if target.key is not None and _is_amount(target.key):
        return "log"
    return "log" if target.tolerance.kind == "log" and observed > 0 else "linear"


def _is_amount(key: Key) -> bool:
    quantity = QUANTITIES.get(key.quantity)
    if quantity is None or dimension(quantity.unit) not in _POSITIVE:
        return False
    return all(
        isinstance(t, Band)
        or (isinstance(t, Simple) and t.name in AGGREGATES)
        or (isinstance(t, Threshold) and t.name == "stuck")
        for t in key.transforms
    )


def _crps(values: NDArray[np.float64], observed: float) -> float:
    """Mean distance to the record less half the mean distance between draws."""
    ordered = np.sort(values)
    count = ordered.size
    rank = np.arange(1, count + 1)
    spread = float(np.sum((rank + rank - count - 1) * ordered)) / count**2
    return max(float(np.mean(np.abs(ordered - observed))) - spread, 0.0)
