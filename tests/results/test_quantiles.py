import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from terbium.results.quantiles import bands, interval, quantile, significant, tidy


@given(
    arrays.arrays(np.float64, (3, 9), elements=st.floats(-1e6, 1e6)),
    st.floats(0, 1),
)
def test_finite_draws_agree_with_numpy(values: np.ndarray, level: float) -> None:
    expected = np.quantile(values, level, axis=-1)
    np.testing.assert_allclose(quantile(values, level), expected, rtol=1e-9, atol=1e-6)


def test_never_sorts_last_and_half_way_to_never_is_never() -> None:
    days = np.array([np.inf, 10.0, 20.0, np.inf, 30.0])
    assert quantile(days, 0.5) == 30
    assert quantile(days, 0.25) == 20
    assert quantile(days, 0.6) == np.inf
    assert quantile(days, 1) == np.inf


def test_all_never_gives_never_without_a_warning() -> None:
    assert interval(np.full(7, np.inf)) == dict.fromkeys(bands(np.zeros(1)), np.inf)


def test_one_draw_has_no_width() -> None:
    assert set(interval(np.array([3.25])).values()) == {3.25}


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(123456.7, 3, 123000.0), (-0.0, 4, 0.0), (0.00123456, 2, 0.0012)],
)
def test_significant_digits(value: float, digits: int, expected: float) -> None:
    assert significant(value, digits) == expected
    assert str(tidy(-0.0)) == "0.0"
