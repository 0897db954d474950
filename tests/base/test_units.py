import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.base.errors import UnitError
from terbium.base.tolerances import UNIT_ROUND_TRIP_RTOL
from terbium.base.units import UNITS, convert, dimension, parse_quantity

BY_DIMENSION: dict[str, list[str]] = {}
for _unit in UNITS:
    BY_DIMENSION.setdefault(dimension(_unit), []).append(_unit)

same_dimension = st.sampled_from(sorted(BY_DIMENSION)).flatmap(
    lambda measured: st.tuples(*[st.sampled_from(BY_DIMENSION[measured])] * 3)
)
numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


@given(value=numbers, units=same_dimension)
def test_there_and_back_and_by_a_third_unit(value: float, units: tuple[str, str, str]) -> None:
    one, two, three = units
    direct = convert(value, one, two)
    assert math.isclose(
        convert(direct, two, one), value, rel_tol=UNIT_ROUND_TRIP_RTOL, abs_tol=1e-300
    )
    by_third = convert(convert(value, one, three), three, two)
    assert math.isclose(by_third, direct, rel_tol=UNIT_ROUND_TRIP_RTOL, abs_tol=1e-300)


@given(st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_dimensions_do_not_mix(one: str, two: str) -> None:
    if dimension(one) == dimension(two):
        assert convert(1.0, one, two) > 0
    else:
        with pytest.raises(UnitError, match="which measures"):
            convert(1.0, one, two)


@pytest.mark.parametrize(
    ("value", "one", "two", "expected"),
    [
        (5.8, "kt", "t", 5800.0),
        (2.0, "万吨", "kt", 20.0),
        (350.0, "公斤", "t", 0.35),
        (1.0, "years", "days", 365.25),
        (12.0, "months", "years", 1.0),
        (52.0, "t/week", "t/year", 52 * 365.25 / 7),
        (1.0, "USD/kg", "USD/t", 1000.0),
        (3.05, "bn USD", "MUSD", 3050.0),
        (31.0, "wt%", "1", 0.31),
        (650.0, "kg/MW", "t/GW", 650.0),
        (1.5, "kg/vehicle", "g/unit", 1500.0),
        (3.0, "kg/year", "t/yr", 0.003),
    ],
)
def test_known_conversions(value: float, one: str, two: str, expected: float) -> None:
    assert convert(value, one, two) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("one", "two"),
    [("t REO", "t"), ("t metal", "t oxide"), ("working days", "days"), ("CNY/kg", "USD/kg")],
)
def test_what_looks_alike_is_kept_apart(one: str, two: str) -> None:
    with pytest.raises(UnitError, match="Allowed: a unit of"):
        convert(1.0, one, two)


def test_a_unit_outside_the_table_is_named_with_its_place() -> None:
    with pytest.raises(UnitError, match=r"line 7: seen 'tonnnes'.*Allowed: .*t/yr"):
        dimension("tonnnes", place="line 7")
    with pytest.raises(UnitError, match="seen nothing"):
        dimension(" ")
    with pytest.raises(UnitError, match="Did you mean 't/day'"):
        dimension("t/dya")


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [("60 days", "days", 60.0), ("8 weeks", "days", 56.0), ("0.25", "1", 0.25), ("25%", "1", 0.25)],
)
def test_quantities(text: str, unit: str, expected: float) -> None:
    assert parse_quantity(text, unit) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "many days", "1,5", "days", "nan", "1e"])
def test_a_quantity_needs_a_number(text: str) -> None:
    with pytest.raises(UnitError, match="stock/days_of_cover/USA"):
        parse_quantity(text, "days", place="stock/days_of_cover/USA")
