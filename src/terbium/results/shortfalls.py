"""Who is short: what does not come in the worst months after the measure, per destination."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from terbium.base.calendar import parse_period
from terbium.results.context import Row, RunContext
from terbium.results.exports import MonthlyExports
from terbium.results.quantiles import BANDS, interval, quantile, tidy

WORST_MONTHS = 3
"""Length of the worst stretch: one month is noise of shipping, a year hides a stop."""


def shortfall_rows(exports: MonthlyExports, context: RunContext) -> list[Row]:
    """Rows of what is missing in the worst months in a row, by route.

    Per draw, the stretch of `WORST_MONTHS` months, beginning no earlier than the month in which
    the headline measure took force, in which the smallest part of the undisturbed flow comes.

    Returns
    -------
    list of rows
        ``material, origin, destination, unit`` with intervals of the missing share [1], 0 where
        nothing is missing; ``months``: length of the stretch; ``first``: the month in which it
        most often begins; ``missing``: median of the tonnes that do not come in it [t]. Routes
        that are without an undisturbed flow in any draw have no row; a run that is too short has
        none at all.
    """
    opening = "" if context.headline_date is None else f"{context.headline_date:%Y-%m}"
    chosen = [i for i, month in enumerate(exports.months) if month >= opening]
    if len(chosen) < WORST_MONTHS:
        return []
    months = [exports.months[i] for i in chosen]
    days = np.array([parse_period(month).days for month in months], dtype=np.float64)
    return [
        {
            **dict(zip(("material", "origin", "destination"), route, strict=True)),
            "unit": "1",
            "months": WORST_MONTHS,
            **_worst(
                exports.tonnes[route][chosen], days[:, np.newaxis] * exports.base[route], months
            ),
        }
        for route in sorted(exports.tonnes)
        if (exports.base[route] > 0).all()
    ]


def _worst(came: NDArray[np.float64], usual: NDArray[np.float64], months: list[str]) -> Row:
    """Worst stretch of one route from monthly tonnes, both shape (month, draw)."""
    expected = _stretches(usual)
    missing = expected - _stretches(came)
    share = missing / expected
    worst = share.argmax(axis=0)
    draw = np.arange(worst.size)
    begins = Counter(worst.tolist()).most_common()
    # of stretches that are equally often the worst, the earliest
    first = min(start for start, times in begins if times == begins[0][1])
    tonnes = quantile(np.maximum(missing[worst, draw], 0), BANDS["central"])
    return {
        "first": months[first],
        **interval(np.maximum(share[worst, draw], 0)),
        "missing": tidy(float(tonnes)),
    }


def _stretches(tonnes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over each `WORST_MONTHS` months in a row, shape (stretch, draw)."""
    last = len(tonnes) - WORST_MONTHS + 1
    return np.asarray(sum(tonnes[i : last + i] for i in range(WORST_MONTHS)))
