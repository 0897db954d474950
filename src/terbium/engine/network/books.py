"""Whether money, stocks and licences add up at the end of a run (law 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from terbium.base import tolerances
from terbium.engine.network.link_program import LinkRecord, LinkState
from terbium.engine.network.program import NetworkRecord


@dataclass(frozen=True)
class Balance:
    """Gaps in the books, as shares of what they are part of [-].

    Attributes
    ----------
    money
        Between what suppliers sent and what buyers got, or what each supplier made and what left
        it.
    stock
        Between what entered a stock or a pipeline and what left it or is still there.
    licence
        Between filings and what became of them, and licences and what became of those.
    lowest_stock
        The lowest stock before deliveries, as a share of output at rest; below nil is an error.
    """

    money: float
    stock: float
    licence: float
    lowest_stock: float


def dense_balance(r: NetworkRecord) -> Balance:
    """Books of a run with factored orders."""
    return Balance(float(r.books[0]), 0.0, 0.0, float(r.books[1]))


def link_balance(before: LinkState, s: LinkState, r: LinkRecord) -> Balance:
    """Books of a run in which each link has a state."""
    finite = np.isfinite(before.stock)
    entered = before.stock + before.transit + r.sent
    left = r.used + r.taken + s.stock + s.transit
    gap = np.abs(np.where(finite, entered, 0.0) - np.where(finite, left, 0.0))
    gap[~finite] = 0.0
    scale = np.maximum(np.where(finite, entered, 0.0), tolerances.EMPTY_ATOL)
    filed, granted, refused, lapsed, shipped = r.queue[:, :5].sum(axis=0)
    waiting = s.review.sum() + s.ready.sum()
    licence = max(
        abs(filed - granted - refused - waiting),
        abs(granted - lapsed - shipped - s.live.sum()),
    )
    return Balance(
        money=float(r.made_gap[0]),
        stock=float((gap / scale).max(initial=0.0)),
        licence=float(licence / max(filed, tolerances.EMPTY_ATOL)),
        lowest_stock=float(s.stock.min(initial=0.0)),
    )
