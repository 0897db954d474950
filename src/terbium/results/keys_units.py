"""Units of validation rows (grammar section 8) on top of the closed table of units."""

import re
from typing import Final

from terbium.base.errors import UnitError, suggest
from terbium.base.units import convert, dimension

ENTRIES: Final[dict[str, str]] = {
    "t": "t",
    "kg": "kg",
    "kg/month": "kg",
    "USD": "USD",
    "MUSD": "MUSD",
    "bn USD": "bn USD",
    "USD/kg": "USD/kg",
    "USD/t": "USD/t",
    "CNY/kg": "CNY/kg",
    "CNY/t": "CNY/t",
    **dict.fromkeys(("1", "frac", "x", "ratio", "elasticity", "binary"), "1"),
    **dict.fromkeys(("%", "pp"), "%"),
    **dict.fromkeys(("% of demand / yr", "% of market / yr"), "%/year"),
    "days": "days",
    "weeks": "weeks",
    "months": "months",
    "years": "years",
    "working days": "working days",
    "count": "count",
    "firms": "firms",
    "vehicles": "vehicles",
}
"""What a row may be measured in, and the unit of the table that it is."""

_IN_YUAN = "CNY"
_LONGEST_FIRST = sorted(ENTRIES, key=lambda entry: (-len(entry), entry))


def match_unit(text: str, place: str = "unit") -> str:
    """Return the longest entry that a row's unit begins with; the rest of it is comment.

    Raises
    ------
    UnitError
        If it begins with none.

    Examples
    --------
    >>> match_unit("count (19/121/1)"), match_unit("% of demand / yr"), match_unit("% GDP")
    ('count', '% of demand / yr', '%')
    """
    for entry in _LONGEST_FIRST:
        # an entry ends where a word ends: 'tons' is no 't' with a comment
        if re.match(rf"{re.escape(entry)}(?![A-Za-z0-9_/])", text):
            return entry
    raise UnitError.of(
        "unit",
        place,
        f"'{text}'" if text.strip() else "nothing",
        f"one of {', '.join(ENTRIES)}, and after it a comment",
        suggest(text, ENTRIES),
    )


def measures(entry: str) -> str:
    """What an entry measures; a price in yuan is a price."""
    return dimension(ENTRIES[entry].replace(_IN_YUAN, "USD"))


def needs_exchange_rate(entry: str) -> bool:
    """Whether the model's dollars must be turned into yuan first."""
    return ENTRIES[entry].startswith(_IN_YUAN)


def factor(unit: str, entry: str) -> float:
    """What a number in ``unit`` is multiplied with to stand in ``entry``.

    Parameters
    ----------
    unit
        Of the model, in the table of units.
    entry
        Of the row.

    Raises
    ------
    UnitError
        If the two measure different things.

    Examples
    --------
    >>> factor("t", "kg"), factor("1", "%"), factor("day", "weeks") * 7
    (1000.0, 100.0, 1.0)
    """
    return convert(1.0, unit, ENTRIES[entry])
