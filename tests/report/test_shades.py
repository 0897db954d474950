from hypothesis import given
from hypothesis import strategies as st

from terbium.report.shades import MOST, STEPS, Shades

shares = st.floats(0, 1)
weeks = st.floats(0, 5000)


def steps(shades: Shades, values: list[float]) -> list[int]:
    return [int(shades.kind(value).removeprefix("step-")) for value in values]


@given(st.lists(shares, min_size=1, max_size=30))
def test_a_larger_share_is_never_paler(found: list[float]) -> None:
    found = sorted(found)
    shades = Shades.of_shares(found[0], found[-1])
    assert shades.edges[0] <= found[0] + 1e-9
    assert shades.edges[-1] >= found[-1] - 1e-9
    seen = steps(shades, found)
    assert seen == sorted(seen)
    assert set(seen) <= set(range(1, STEPS + 1))


@given(shares, shares, shares)
def test_a_share_has_one_shade_whatever_stands_beside_it(a: float, b: float, c: float) -> None:
    narrow = Shades.of_shares(*sorted((a, b)))
    wide = Shades.of_shares(0.0, 1.0)
    inside = sorted((a, b, c))[1]
    low, high = sorted((a, b))
    if low <= inside <= high:
        at_edge = any(abs(inside - edge) < 1e-9 for edge in narrow.edges)
        assert narrow.kind(inside) == wide.kind(inside) or at_edge


@given(st.lists(weeks, min_size=1, max_size=30))
def test_an_earlier_week_is_never_paler(found: list[float]) -> None:
    found = sorted(found)
    shades = Shades.of_weeks(found[0], found[-1])
    assert 2 <= len(shades.edges) <= MOST + 1
    assert all(edge == int(edge) for edge in shades.edges)
    assert shades.edges[0] <= found[0]
    assert shades.edges[-1] >= found[-1]
    seen = steps(shades, found)
    assert seen == sorted(seen, reverse=True)


def test_weeks_have_whole_bounds() -> None:
    assert Shades.of_weeks(3, 9).edges == (3, 4, 5, 6, 7, 8, 9)
    assert Shades.of_weeks(0, 13).edges == (0, 5, 10, 15)
    assert Shades.of_weeks(4, 4).edges == (4, 5)
    assert Shades.of_weeks(4, 4).kind(4) == f"step-{STEPS}"


def test_ranges_name_the_class_of_what_lies_in_them() -> None:
    shades = Shades.of_shares(0.29, 0.74)
    assert shades.edges == (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    for kind, low, high in shades.ranges():
        assert shades.kind((low + high) / 2) == kind
    assert Shades.of_shares(0.61, 0.7).edges == (0.6, 0.7)
    assert shades.kind(0.99) == "step-8"
    assert shades.kind(0.0) == "step-3"
