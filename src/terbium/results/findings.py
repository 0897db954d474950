"""Key figures of a run, computed per draw, then summarised, the recorded value beside them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.results.context import WORLD, History, Route, Row, RunContext
from terbium.results.exports import HEADLINE_MATERIAL, MonthlyExports
from terbium.results.quantiles import interval, tidy

YEAR_TOTAL, LOWEST_MONTH, RECOUPED = "year_total", "lowest_month_change", "recouped_share"

_SHORTFALL_MONTHS = 3


@dataclass(frozen=True)
class _Case:
    """The headline year of one route [t]: modelled (month, draw), recorded (month,).

    NaN where a month is not on record; ``total`` is the recorded year.
    """

    months: list[str]
    modelled: NDArray[np.float64]
    recorded: NDArray[np.float64]
    total: float | None
    base: float
    opens: int


def finding_rows(exports: MonthlyExports, history: History, context: RunContext) -> list[Row]:
    """Key figures of the year in which the headline measure took force.

    Returns
    -------
    list of rows
        ``figure, material, origin, destination, unit, first, last`` with intervals and
        ``observed``:

        ``year_total``
            exports over the year [t].
        ``lowest_month_change``
            lowest month from the measure on, over the mean month of the base year, less 1 [1].
        ``recouped_share``
            what the months after the first three gained on the base mean, over what those three
            lost to it [1]; left out of draws that lost nothing, with the share of draws that did
            lose, and of years that end with those three.
    """
    if context.headline_date is None:
        return []
    rows: list[Row] = []
    for route in _routes(exports, history):
        case = _case(exports, history, context, route)
        if case is not None:
            rows += _rows(route, case)
    return rows


def _routes(exports: MonthlyExports, history: History) -> list[Route]:
    known = [r for r in history.routes if r[0] == HEADLINE_MATERIAL and r in exports.tonnes]
    return sorted(known, key=lambda route: (route[2] != WORLD, route))


def _case(
    exports: MonthlyExports, history: History, context: RunContext, route: Route
) -> _Case | None:
    base = history.base_mean(route, context.base_year)
    if base is None or base.value <= 0 or context.headline_date is None:
        return None
    year = f"{context.headline_date:%Y}-"
    chosen = [i for i, month in enumerate(exports.months) if month.startswith(year)]
    months = [exports.months[i] for i in chosen]
    opening = f"{context.headline_date:%Y-%m}"
    if len(months) < 12 or opening not in months:
        return None
    recorded = history.months(route)
    return _Case(
        months=months,
        modelled=exports.tonnes[route][chosen],
        recorded=np.array([recorded.get(month, np.nan) for month in months]),
        total=history.tonnes(route, year.rstrip("-")),
        base=base.value,
        opens=months.index(opening),
    )


def _rows(route: Route, case: _Case) -> list[Row]:
    labels = dict(zip(("material", "origin", "destination"), route, strict=True))
    opening, closing = case.months[case.opens], case.months[-1]
    rows: list[Row] = []
    for figure, unit, first in (
        (YEAR_TOTAL, "t", case.months[0]),
        (LOWEST_MONTH, "1", opening),
        (RECOUPED, "1", opening),
    ):
        values = _value(figure, case.modelled, case)
        known = values[~np.isnan(values)]
        if not known.size:
            continue
        rows.append(
            {
                "figure": figure,
                **labels,
                "unit": unit,
                "first": first,
                "last": closing,
                **interval(known),
                "observed": _observed(figure, case),
                "share_of_draws": tidy(known.size / values.size),
            }
        )
    return rows


def _observed(figure: str, case: _Case) -> float | None:
    """One figure from the record; None unless every month that it needs is there."""
    if figure == YEAR_TOTAL and case.total is not None:
        return tidy(case.total)
    # a month that is not on record makes the figure NaN
    value = float(_value(figure, case.recorded[:, np.newaxis], case)[0])
    return None if np.isnan(value) else tidy(value)


def _value(figure: str, tonnes: NDArray[np.float64], case: _Case) -> NDArray[np.float64]:
    """One figure from monthly tonnes (month, draw); NaN where it has no meaning, shape (draw,)."""
    after = tonnes[case.opens :]
    if figure == YEAR_TOTAL:
        return np.asarray(tonnes.sum(axis=0))
    if figure == LOWEST_MONTH:
        return np.asarray(after.min(axis=0) / case.base - 1)
    share = np.full(after.shape[1], np.nan)
    if len(after) <= _SHORTFALL_MONTHS:
        return share
    lost = (case.base - after[:_SHORTFALL_MONTHS]).sum(axis=0)
    gained = (after[_SHORTFALL_MONTHS:] - case.base).sum(axis=0)
    np.divide(gained, lost, out=share, where=lost > 0)
    return share
