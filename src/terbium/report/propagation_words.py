"""Money, shares and times of a propagation as the command line and the report print them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from terbium.graph.firms import FirmNetwork
from terbium.graph.tables_draft import NO_UNIT
from terbium.report.words import DASH, NO_BREAK, amount, count

PROSE = 2
"""Significant digits of money and shares in a sentence."""

_MILLIONS = re.compile(r"^M\.\s*([A-Z]{3})$")
_NO_UNIT = "units of money"
_PER_CENT = 100
_LEAST = 1e-4


def money(value: float, unit: str, digits: int = PROSE) -> str:
    """Print an amount with its unit.

    Examples
    --------
    >>> money(23580.5, "million USD"), money(-41.7, "money of the table")
    ('24,000 million USD', '\N{MINUS SIGN}42 units of money')
    """
    return f"{amount(value, digits)} {unit_text(unit)}"


def unit_text(unit: str) -> str:
    """A unit of money as people say it.

    Examples
    --------
    >>> unit_text("M.EUR"), unit_text("million USD"), unit_text("money of the table")
    ('million EUR', 'million USD', 'units of money')
    """
    return _NO_UNIT if unit in (NO_UNIT, FirmNetwork.unit) else _MILLIONS.sub(r"million \1", unit)


def part_of(share: float | None, digits: int = PROSE) -> str:
    """Print a share in per cent with so many significant digits; a dash where there is no whole.

    Examples
    --------
    >>> [part_of(share).replace(NO_BREAK, " ") for share in (0.010076, 0.00001234, None, 1)]
    ['1 %', '< 0.01 %', '\N{EN DASH}', '100 %']
    """
    if share is None:
        return DASH
    if 0 < abs(share) < _LEAST:
        return f"{'<' if share > 0 else '>'} {part_of(_LEAST if share > 0 else -_LEAST)}"
    return f"{amount(share * _PER_CENT, digits)}{NO_BREAK}%"


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


def headline(summary: Mapping[str, Any]) -> str:
    """What happened, in a sentence or two."""
    run, losses = summary["run"], summary["losses"]["total"]
    regime, lowest = summary["regime"], summary["lowest"]
    if regime["label"] == "at rest":
        return f"Nothing moves: output stays at its base over {times(run['steps'], run)}."
    lost = f"{money(abs(losses['output_lost']), run['unit'])} of output"
    share = f"{part_of(abs(losses['output_lost_share']))} of a year's"
    what = "are lost" if losses["output_lost"] >= 0 else "are made beyond the base"
    when = f"{run['step_name']} {lowest['step']}"
    said = f"{lost} {what} over {times(run['steps'], run)}, {share}; "
    said += f"output is lowest on {when}, at {part_of(lowest['share'], _FINE)} of the base. "
    end = part_of(regime["output_at_end_share"], _FINE)
    return said + _ENDS[regime["label"]].format(end=end)


_FINE = 3
_ENDS = {
    "recovered": "At the end output is back, at {end} of the base.",
    "depressed": "At the end output is not back: it stands at {end} of the base.",
    "collapsed": "Output collapses: at the end {end} of the base are left.",
}
