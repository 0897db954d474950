"""Numbers, dates and labels as the report prints them, in the language of the reader.

No more digits than the figures carry.
"""

import math
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date

from terbium.base.speech import DEFAULT, language, tr

MINUS, DASH, NEVER = "\N{MINUS SIGN}", "\N{EN DASH}", "never"
NO_BREAK = "\N{NO-BREAK SPACE}"

_SIGNIFICANT = 3
_TAKE_ARTICLE = ("United ", "Netherlands", "Philippines", "European Union", "EU27", "rest of")
_UNSPACED = ("zh-Hans", "zh-Hant", "ja")
_LOCALES = {"zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW", "ja": "ja", "de": "de"}
_POINTS = str.maketrans(",.", ".,")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def value(cell: Any) -> float:
    """Read a number of `summary.json`, where infinity is the text ``inf``."""
    return float(cell)


def amount(number: float, digits: int = _SIGNIFICANT) -> str:
    """Print a quantity with three significant digits and thousands separators.

    Examples
    --------
    >>> amount(57394.2), amount(0.04567), amount(float("inf"))
    ('57,400', '0.0457', 'never')
    """
    if math.isinf(number):
        return never()
    rounded = float(f"{number:.{digits}g}") + 0.0  # a negative zero is a zero
    if abs(rounded) >= 10 ** (digits - 1) or rounded == int(rounded):
        return _signed(f"{rounded:,.0f}")
    return _signed(f"{rounded:,.{digits}g}")


def exact(number: float) -> str:
    """Print a recorded figure as it was recorded."""
    return _signed(f"{number:,.0f}" if number == int(number) else f"{number:,.1f}")


def percent(share: float, sign: bool = False) -> str:
    """Print a share in whole percent; with ``sign`` a gain gets its plus."""
    if math.isinf(share):
        return never()
    whole = round(share * 100)
    space = "" if language() in _UNSPACED else NO_BREAK
    return _signed(f"{whole:+d}" if sign and whole else str(whole)) + f"{space}%"


def decimal(number: float, digits: int = 2) -> str:
    """Print a number with a fixed number of decimals."""
    return _signed(f"{number:.{digits}f}")


def whole(number: int) -> str:
    """Print a count."""
    return _signed(f"{number:,}")


def never() -> str:
    """What stands for infinity."""
    return tr("never")


def part(share: float) -> str:
    """Print a share of a whole; what is little is not nothing, what is most is not all.

    Examples
    --------
    >>> [part(share).replace(NO_BREAK, " ") for share in (0.002, 0.5, 0.997, 1.0)]
    ['< 1 %', '50 %', '> 99 %', '100 %']
    """
    whole = round(share * 100)
    if share > 0 and not whole:
        return f"< {percent(0.01)}"
    if share < 1 and whole == 100:
        return f"> {percent(0.99)}"
    return percent(share)


def between(low: str, high: str) -> str:
    """Print an interval."""
    return low if low == high else tr("{low} to {high}", low=low, high=high)


def month(label: str) -> str:
    """Turn ``2025-04`` into ``Apr 2025``."""
    year, number = label.split("-")
    if language() == DEFAULT:
        return f"{_MONTHS[int(number) - 1]} {year}"
    return _dated(f"{label}-01", "MMM y" if language() == "de" else "y年M月", language())


def short_month(label: str) -> str:
    """Turn ``2025-04`` into ``Apr``."""
    if language() == DEFAULT:
        return month(label)[:3]
    return _dated(f"{label[:7]}-01", "LLL" if language() == "de" else "M月", language())


def day(iso: str) -> str:
    """Turn ``2025-04-04`` into ``4 Apr 2025``, which no line end tears apart."""
    found = date.fromisoformat(iso)
    if language() != DEFAULT:
        return _dated(iso, "d. MMM y" if language() == "de" else "y年M月d日", language())
    return f"{found.day}{NO_BREAK}{_MONTHS[found.month - 1]}{NO_BREAK}{found.year}"


def name(label: str, names: Mapping[str, str]) -> str:
    """English name of a label; without one the label itself, made readable."""
    return names.get(label) or label.replace("_", " ")


def with_article(place: str) -> str:
    """Put the article before names that take one.

    Examples
    --------
    >>> with_article("United States"), with_article("Japan")
    ('the United States', 'Japan')
    """
    return f"the {place}" if place.startswith(_TAKE_ARTICLE) else place


def capital(text: str) -> str:
    """Begin with a capital and leave the rest alone."""
    return text[:1].upper() + text[1:]


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Print a number with its noun."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


@cache
def _dated(iso: str, form: str, tag: str) -> str:
    return format_date(date.fromisoformat(iso), format=form, locale=_LOCALES[tag])


def _signed(text: str) -> str:
    shown = text.replace("-", MINUS)
    return shown.translate(_POINTS) if language() == "de" else shown
