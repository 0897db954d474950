"""A closed table of units. A unit that is not in it is an error, never a guess.

General unit libraries read ``kt`` as a knot and do not know 万吨; in a table that holds only what
the sources use, each of them has one meaning. Tonnes of oxide (``t REO``) and tonnes of product are
different dimensions, since only a composition turns one into the other; so are dollars and yuan,
which need an exchange rate, and days and working days, which need a country's calendar.
"""

import re
from typing import Final

from terbium.base.errors import UnitError, suggest

# the lengths that the validation grammar gives to a month and a year
DAYS_PER_WEEK: Final = 7.0
DAYS_PER_MONTH: Final = 30.4375
DAYS_PER_YEAR: Final = 365.25

_MASS = {
    **dict.fromkeys(("t", "吨", "公吨"), 1.0),
    **dict.fromkeys(("kt", "千吨"), 1e3),
    "万吨": 1e4,
    "Mt": 1e6,
    **dict.fromkeys(("kg", "公斤", "千克"), 1e-3),
    **dict.fromkeys(("g", "克"), 1e-6),
}
_TIME = {
    **dict.fromkeys(("day", "days", "d", "天", "日"), 1.0),
    **dict.fromkeys(("week", "weeks", "wk", "周"), DAYS_PER_WEEK),
    **dict.fromkeys(("month", "months", "个月"), DAYS_PER_MONTH),
    **dict.fromkeys(("year", "years", "yr", "年"), DAYS_PER_YEAR),
}
_MONEY = {
    "USD": {"USD": 1.0, "kUSD": 1e3, "MUSD": 1e6, "bn USD": 1e9, "USD bn": 1e9},
    "CNY": {**dict.fromkeys(("CNY", "元"), 1.0), "万元": 1e4, "bn CNY": 1e9},
}
_COUNTS = ("count", "unit", "units", "vehicle", "vehicles", "firms", "lines", "applications")
_BASES = ("REO", "oxide", "metal")
_PER_TIME = ("day", "week", "month", "year", "yr")
_PER_MASS = ("t", "kg")


def _build() -> dict[str, tuple[str, float]]:
    """Spell out every unit as text -> (dimension, size in the dimension's base unit)."""
    table: dict[str, tuple[str, float]] = {}

    def enter(dimension: str, sizes: dict[str, float]) -> None:
        table.update({text: (dimension, size) for text, size in sizes.items()})

    enter("mass", _MASS)
    enter("time", _TIME)
    enter("working time", {"working days": 1.0, "working day": 1.0, "个工作日": 1.0})
    enter("share", {"1": 1.0, "frac": 1.0, "-": 1.0, "x": 1.0, "%": 1e-2, "pp": 1e-2, "wt%": 1e-2})
    enter("share", {"t/t": 1.0, "kg/kg": 1.0, "kg/t": 1e-3, "g/kg": 1e-3, "g/t": 1e-6})
    enter("share", {"t metal/t oxide": 1.0, "t oxide/t REO": 1.0, "% of TREO": 1e-2})
    enter("count", dict.fromkeys(_COUNTS, 1.0))
    enter("power", {"MW": 1.0, "GW": 1e3, "kW": 1e-3})
    enter("share per time", {f"1/{time}": 1 / _TIME[time] for time in _PER_TIME})
    enter("share per time", {f"%/{time}": 1e-2 / _TIME[time] for time in _PER_TIME})
    for basis in _BASES:
        enter(f"mass of {basis}", {f"{m} {basis}": _MASS[m] for m in ("t", "kt", "kg")})
    for text, (dimension, size) in list(table.items()):
        if dimension.startswith("mass"):
            rates = {f"{text}/{time}": size / _TIME[time] for time in _PER_TIME}
            enter(f"{dimension} per time", rates)
    for money, sizes in _MONEY.items():
        enter(money, sizes)
        rates = {f"{money}/{mass}": 1 / _MASS[mass] for mass in _PER_MASS}
        enter(f"{money} per mass", rates)
        enter(f"{money} per time", {f"{money}/{time}": 1 / _TIME[time] for time in _PER_TIME})
    for mass in ("t", "kg", "g"):
        for item in ("unit", "vehicle", "turbine", "engine"):
            enter("mass per count", {f"{mass}/{item}": _MASS[mass]})
        for power in ("MW", "GW", "kW"):
            enter("mass per power", {f"{mass}/{power}": _MASS[mass] / table[power][1]})
    return table


_TABLE: Final = _build()

UNITS: Final = tuple(_TABLE)
"""Every unit that Terbium reads."""


def _look_up(unit: str, place: str) -> tuple[str, float]:
    found = _TABLE.get(unit)
    if found is None:
        raise UnitError.of(
            "unit",
            place,
            f"'{unit}'" if unit.strip() else "nothing",
            "a unit of the closed table, such as t, kt, t REO, t/yr, kg/unit, USD/t, days, %",
            suggest(unit, UNITS),
        )
    return found


def dimension(unit: str, place: str = "unit") -> str:
    """What a unit measures.

    Parameters
    ----------
    unit
        A unit of the table, as written in a source.
    place
        Where it stands, for the message.

    Raises
    ------
    UnitError
        If the table does not have it.

    Examples
    --------
    >>> dimension("万吨"), dimension("t REO/yr"), dimension("%")
    ('mass', 'mass of REO per time', 'share')
    """
    return _look_up(unit, place)[0]


def convert(value: float, from_unit: str, to_unit: str, place: str = "unit") -> float:
    """Express a value in another unit of the same dimension.

    Parameters
    ----------
    value
        A number in ``from_unit``.
    from_unit, to_unit
        Units of the table.
    place
        Where the value stands, for the message.

    Returns
    -------
    float
        The number in ``to_unit``.

    Raises
    ------
    UnitError
        If a unit is unknown, or the two measure different things.

    Examples
    --------
    >>> convert(5.8, "kt", "t")
    5800.0
    """
    (from_dimension, from_size), (to_dimension, to_size) = (
        _look_up(from_unit, place),
        _look_up(to_unit, place),
    )
    if from_dimension != to_dimension:
        same = [unit for unit, (measured, _) in _TABLE.items() if measured == to_dimension]
        raise UnitError.of(
            "unit",
            place,
            f"'{from_unit}', which measures {from_dimension}",
            f"a unit of {to_dimension}: {', '.join(same)}",
            f"give the value in one of these; it is needed in '{to_unit}'",
        )
    if from_size == to_size:
        return value
    return value * (from_size / to_size)


_QUANTITY = re.compile(r"([+-]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*(\S.*)?")


def parse_quantity(text: str, unit: str, place: str = "value") -> float:
    """Read ``"60 days"`` or ``"8.5"`` as a number in ``unit``; a bare number is in ``unit``.

    Parameters
    ----------
    text
        A number, and after it a unit or nothing.
    unit
        The unit that the number is needed in.
    place
        Where the text stands, for the message.

    Raises
    ------
    UnitError
        If there is no number, or its unit is unknown or measures something else.

    Examples
    --------
    >>> parse_quantity("8 weeks", "days")
    56.0
    """
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        raise UnitError.of(
            "quantity",
            place,
            f"'{text}'",
            f"a number in {unit}, or a number and a unit of {dimension(unit)}",
            f"write it as '12 {unit}'" if unit != "1" else "write it as '0.5' or '50 %'",
        )
    number, written = float(found.group(1)), found.group(2)
    return number if written is None else convert(number, written.strip(), unit, place)


_FACTOR = re.compile(r"times\s+([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")


def parse_factor(text: object) -> float | None:
    """Read ``"times 1.5"``, which scales a quantity and its range; None for anything else.

    Examples
    --------
    >>> parse_factor("times 1.5"), parse_factor("60 days")
    (1.5, None)
    """
    found = _FACTOR.fullmatch(text.strip()) if isinstance(text, str) else None
    return None if found is None else float(found.group(1))
