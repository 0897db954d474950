"""Shares of GDP, money and windows as the section on the economy prints them."""

from collections.abc import Mapping
from typing import Any

from terbium.base.speech import tr
from terbium.report.words import NO_BREAK, amount, between, day, value

_DIGITS = 2
_BILLION = 1e9
_LEAST = 1e-6


def share(cell: Any) -> str:
    """Print a share in per cent with two significant digits.

    Examples
    --------
    >>> share(0.00196).replace(NO_BREAK, " "), share(3e-8).replace(NO_BREAK, " ")
    ('0.2 %', '< 0.0001 %')
    """
    number = value(cell)
    if 0 < abs(number) < _LEAST:
        return f"< {amount(_LEAST * 100, _DIGITS)}{NO_BREAK}%"
    return f"{amount(number * 100, _DIGITS)}{NO_BREAK}%"


def span(row: Mapping[str, Any]) -> str:
    """Print the 90 % interval of a share."""
    return between(share(row["low90"]), share(row["high90"]))


def billion(cell: Any) -> str:
    """Print money in billions with two significant digits."""
    return tr("{amount}\N{NO-BREAK SPACE}bn", amount=amount(value(cell) / _BILLION, _DIGITS))


def window_text(row: Mapping[str, Any]) -> str:
    """The days of a row in words."""
    return tr("from {first} to {last}", first=day(row["first"]), last=day(row["last"]))
