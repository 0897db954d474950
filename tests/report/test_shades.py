import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.report.shades import STEPS, Shades

values = st.floats(0, 1e6, allow_nan=False)


@given(values, values)
def test_few_round_classes_hold_both_ends(one: float, other: float) -> None:
    low, high = sorted((one, other))
    edges = Shades.of(low, high).edges
    assert 2 <= len(edges) <= STEPS + 1
    assert edges[0] <= low + 1e-6 * high
    assert edges[-1] >= high * (1 - 1e-6)
    assert list(edges) == sorted(set(edges))


@given(st.lists(values, min_size=2, max_size=30), st.booleans())
def test_more_is_never_paler(found: list[float], low_is_strong: bool) -> None:
    found = sorted(found)
    shades = Shades.of(found[0], found[-1], low_is_strong)
    steps = [int(shades.kind(value).removeprefix("step-")) for value in found]
    assert steps == sorted(steps, reverse=low_is_strong)
    assert set(steps) <= set(range(1, STEPS + 1))


def test_weeks_have_whole_bounds() -> None:
    assert Shades.of(3, 9, whole=True).edges == (3, 4, 5, 6, 7, 8, 9)
    assert Shades.of(0, 13, whole=True).edges == (0, 5, 10, 15)
    assert Shades.of(4, 4, whole=True).edges == (4, 5)


def test_ranges_name_the_class_of_what_lies_in_them() -> None:
    shades = Shades.of(0.29, 0.74)
    assert shades.edges == (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    for kind, low, high in shades.ranges():
        assert shades.kind((low + high) / 2) == kind
    assert shades.kind(0.99) == "step-6"
    assert shades.kind(0.0) == "step-1"


@pytest.mark.parametrize("value", [0.0, 1e-12, 3.0])
def test_one_value_makes_one_or_two_classes(value: float) -> None:
    assert Shades.of(value, value).kind(value).startswith("step-")
