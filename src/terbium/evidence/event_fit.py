"""The line that an asset's return follows without an event, and what its errors weigh."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from terbium.evidence.prices import Event, Prices

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """One event and asset with the line that its normal return follows.

    Attributes
    ----------
    event, asset, day
        ``day`` is the first trading day on or after the event.
    days_used
        Days of the estimation.
    alpha, beta, sd
        Daily; ``beta`` is None without a market.
    weights
        Weight of each day's error in the cumulative abnormal return, by day of the window:
        (window, calendar).
    abnormal
        Cumulative abnormal return by day of the window.
    residuals
        Of the calendar's days; NaN outside the estimation.
    """

    event: Event
    asset: str
    day: date
    days_used: int
    alpha: float
    beta: float | None
    sd: float
    freedom: int
    weights: Array
    abnormal: Array
    residuals: Array


def log_moves(price: Array) -> Array:
    """Log return of each day on the day before; NaN where either has no price."""
    moves = np.full(len(price), math.nan)
    moves[1:] = np.diff(np.log(price))
    return moves


def first_day(days: Sequence[date], day: date) -> int:
    """Place of the first trading day on or after a day; the number of days if there is none."""
    return int(np.searchsorted(np.array(days, dtype="datetime64[D]"), np.datetime64(day)))


@dataclass
class Bench:
    """Fits events to prices."""

    prices: Prices
    market: Array | None
    window: tuple[int, int]
    estimation: int
    least: int

    def __post_init__(self) -> None:
        ones = np.ones(len(self.prices.days))
        price = ones if self.market is None else self.market
        self._traded = np.isfinite(price)
        self._sound = np.isfinite(log_moves(price)) | (self.market is None)
        # over days without a market the move is booked on the next day with one
        last = np.maximum.accumulate(np.where(self._traded, np.arange(len(price)), 0))
        moves = np.nan_to_num(log_moves(price[last]))
        self._known = np.column_stack([ones] if self.market is None else [ones, moves])

    def fit(
        self, event: Event, asset: str, zero: int, others: Sequence[int], notes: list[str]
    ) -> Fitted | str:
        """Fit one event, or say why it cannot be."""
        count = len(self.prices.days)
        first, last = zero + self.window[0], zero + self.window[1]
        if zero >= count or last >= count or first < 1:
            return "prices do not cover the window"
        day = self.prices.days[zero]
        who = f"{event.label or event.day} of {asset}"
        if day != event.day:
            notes.append(f"{who}: {event.day} was no trading day; counted from {day}")
        moves = log_moves(self.prices.prices[asset])
        begin = max(first - self.estimation, 1)
        used = np.zeros(count, dtype=bool)
        used[begin:first] = True
        for other in others:
            low, high = other + self.window[0], other + self.window[1]
            if low <= last and high >= first:
                notes.append(f"{who}: its window overlaps that of another event of the asset")
            if (cut := used[max(low, 0) : high + 1]).any():
                cut[:] = False
                notes.append(f"{who}: days in the window of another event left out of estimation")
        used &= np.isfinite(moves) & self._sound
        number = int(used.sum())
        if number < self.least:
            return f"{number} days of returns before its window"
        spans = self._spans(asset, first, last)
        if isinstance(spans, str):
            return spans
        gaps = [self.prices.days[t].isoformat() for t in range(first, last + 1) if t not in spans]
        if gaps:
            notes.append(f"{who}: no price on {', '.join(gaps)}; counted on the next day with one")
        return self._line(event, asset, day, moves, used, spans, (first, last))

    def _spans(self, asset: str, first: int, last: int) -> dict[int, int] | str:
        """Days of the window with a price, and the day of the price before each."""
        price = np.isfinite(self.prices.prices[asset]) & self._traded
        had = np.flatnonzero(price)
        before = had[had < first]
        inside = had[(had >= first) & (had <= last)]
        if not len(before) or not len(inside):
            return "no price before its window, or none in it"
        if inside[-1] != last:
            return f"no price on {self.prices.days[last]}, the last day of its window"
        return dict(zip(inside.tolist(), [int(before[-1]), *inside[:-1].tolist()], strict=True))

    def _line(
        self,
        event: Event,
        asset: str,
        day: date,
        moves: Array,
        used: NDArray[np.bool_],
        spans: Mapping[int, int],
        ends: tuple[int, int],
    ) -> Fitted:
        """Least squares, abnormal returns, and the weights of all daily errors in them."""
        known = self._known
        design = known[used]
        inverse = np.linalg.pinv(design.T @ design)
        line = inverse @ design.T @ moves[used]
        residuals = np.full(len(moves), math.nan)
        residuals[used] = moves[used] - design @ line
        freedom = int(used.sum()) - design.shape[1]
        sd = math.sqrt(float(np.nansum(residuals**2)) / freedom)
        price = np.log(self.prices.prices[asset])
        first, last = ends
        abnormal, weights = np.zeros(last - first + 1), np.zeros((last - first + 1, len(moves)))
        total, covered = 0.0, np.zeros(len(moves))
        for offset, at in enumerate(range(first, last + 1)):
            if at in spans:
                begin = spans[at] + 1
                covered[begin : at + 1] = 1.0
                total += float(price[at] - price[spans[at]] - (known[begin : at + 1] @ line).sum())
            abnormal[offset] = total
            weights[offset] = covered
            weights[offset, used] -= design @ inverse @ (covered @ known)
        beta = None if self.market is None else float(line[1])
        return Fitted(
            *(event, asset, day, int(used.sum()), float(line[0]), beta, sd, freedom),
            *(weights, abnormal, residuals),
        )
