"""Money, shares and times of a propagation as the command line and the report print them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terbium.graph.tables_draft import NO_UNIT
from terbium.report.words import DASH, NO_BREAK, amount, count

PROSE = 2
"""Significant digits of money and shares in a sentence."""

_PER_CENT = 100


def money(value: float, unit: str, digits: int = PROSE) -> str:
    """Print an amount with its unit.

    Examples
    --------
    >>> money(23580.5, "million USD"), money(-41.7, "money of the table")
    ('24,000 million USD', '\N{MINUS SIGN}42 in money of the table')
    """
    joint = " in " if unit == NO_UNIT else " "
    return f"{amount(value, digits)}{joint}{unit}"


def part_of(share: float | None, digits: int = PROSE) -> str:
    """Print a share in per cent with so many significant digits; a dash where there is no whole.

    Examples
    --------
    >>> [part_of(share).replace(NO_BREAK, " ") for share in (0.010076, 0.00001234, None, 1)]
    ['1 %', '0.0012 %', '\N{EN DASH}', '100 %']
    """
    return DASH if share is None else f"{amount(share * _PER_CENT, digits)}{NO_BREAK}%"


def times(steps: float, run: Mapping[str, Any]) -> str:
    """Print a number of steps with what a step is."""
    return count(round(steps), str(run["step_name"]))


def back_text(steps: int | None, run: Mapping[str, Any]) -> str:
    """Say when output was back at a level."""
    if steps is None:
        return "not before the end"
    if steps == 0:
        return "never below it"
    return f"{times(steps, run)} after it began"


def regime_text(summary: Mapping[str, Any]) -> str:
    """The regime and what it rests on."""
    regime = summary["regime"]
    return f"Regime: {regime['label']} ({regime['reason']})"
