"""What changed between two answers, in the reader's language."""

import math
from collections.abc import Mapping
from typing import Any, Final

from terbium.base.speech import tr
from terbium.web.views import says

Row = Mapping[str, Any]

LEAST: Final = 0.01
"""Share below which a change of exports is told as little."""


def pair(row: Row) -> tuple[str, str]:
    """Region and industry of a row."""
    return row["region"], row["industry"]


def step(row: Row) -> float:
    """By how many whole weeks the median moved."""
    before, after = float(row["before"]), float(row["after"])
    return 0.0 if before == after else after - before


def largest_first(row: Row | None) -> tuple[bool, bool, float]:
    """Rows that moved come first, those beyond the error before the others; the rest as it was."""
    if row is None:
        return True, False, 0.0
    return False, not row["exceeds"], -abs(step(row))


def week(row: Row) -> str:
    """Median week of a first stop with the interval of 90 % of the draws."""
    median, low, high = (float(row[name]) for name in ("week", "low90", "high90"))
    if math.isinf(low):
        return tr("never")
    return tr(
        "{week} ({low} to {high})",
        week=says.number(median),
        low=says.number(low),
        high=says.number(high),
    )


def signed(step: float) -> str:
    """A change in weeks, with its sign; to or from never in words."""
    if math.isinf(step):
        return tr("no stop any more") if step > 0 else tr("stops now")
    return says.number(step) if step < 0 else f"+{says.number(step)}"


def amount(value: object) -> str:
    """An amount of a row."""
    return says.number(float(str(value)))


def share(row: Row) -> float:
    """Change of a sum over what it was; infinite where it was nothing."""
    before, after = float(row["before"]), float(row["after"])
    return after / before - 1 if before else math.inf


def percent(row: Row) -> str:
    """Change of a sum in percent, with its sign."""
    part = share(row)
    if math.isinf(part):
        return tr("from nothing to {after} t", after=amount(row["after"]))
    if abs(part) < LEAST:
        return tr("less than 1 %")
    told = says.percent(part)
    return told if part < 0 else f"+{told}"
