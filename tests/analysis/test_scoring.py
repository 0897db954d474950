import math

import numpy as np
import pytest

from terbium.analysis.scoring import Scale, Yardstick
from terbium.analysis.targets import Tolerance, ToleranceKind


def measure(
    observed: float,
    kind: ToleranceKind = "rel",
    size: float = 0.1,
    mean: float | None = None,
    digits: int = 0,
    scale: Scale = "log",
) -> Yardstick:
    return Yardstick(observed, digits, Tolerance(kind, size), scale, mean)


@pytest.mark.parametrize(
    ("yardstick", "hits", "misses"),
    [
        (measure(100), (90, 110, 100), (89.9, 110.1, math.inf, 0)),
        (measure(-0.5), (-0.45, -0.55), (-0.56, 0.5)),
        (measure(100, "log", 0.5), (100 * math.exp(0.5), 100 * math.exp(-0.5)), (165, 60, 0, -5)),
        (measure(0.6, "abs", 0.1), (0.5, 0.7), (0.49, 0.71, math.inf)),
        (measure(1e9, "abs", 0), (1e9,), (1e9 + 1,)),
        (measure(3, "exact"), (2.6, 3.4), (2.4, 3.6, math.inf)),
        (measure(0.25, "exact", digits=2), (0.2501, 0.249), (0.24,)),
        # an observed zero: less than a tenth of the base mean
        (measure(0, mean=50), (0, 4.9), (5, 50)),
        (measure(0, "log", 0.6, mean=50), (0, 4.9), (5,)),
        (measure(0, "exact", mean=50), (4.9,), (5,)),
        (measure(0, "abs", 0.1, mean=50), (0.1,), (4.9,)),
        (measure(0), (0,), (0.1,)),
        # both sides of a log error are raised to a hundredth of the base mean
        (measure(0.1, "log", 0.5, mean=100), (0, 1, 1.6), (1.7,)),
    ],
)
def test_tolerances(
    yardstick: Yardstick, hits: tuple[float, ...], misses: tuple[float, ...]
) -> None:
    assert all(yardstick.is_hit(value) for value in hits)
    assert not any(yardstick.is_hit(value) for value in misses)


def test_log_errors_are_floored_where_there_is_a_mean() -> None:
    assert measure(100).log_error(200) == pytest.approx(math.log(2))
    assert measure(0, mean=100).log_error(0) == 0
    assert measure(0, mean=100).log_error(10) == pytest.approx(math.log(10))
    assert measure(100).log_error(0) is None
    assert measure(0).log_error(5) is None


def test_crps_by_hand() -> None:
    linear = measure(1.0, scale="linear")
    # mean distance 1, half the mean distance between draws: 2 / (2 * 4) * 2 = 0.5
    assert linear.crps(np.array([0.0, 2.0])) == pytest.approx(1 - 0.5)
    assert linear.crps(np.array([3.0])) == pytest.approx(2)
    assert linear.error(3.0) == pytest.approx(2)
    logs = measure(math.e)
    assert logs.crps(np.array([1.0, math.e**2])) == pytest.approx(0.5)
    assert logs.crps(np.array([1.0])) == pytest.approx(logs.error(1.0) or 0)


def test_crps_is_the_integral_of_the_squared_distance_between_steps() -> None:
    rng = np.random.default_rng(5)
    draws, observed = rng.normal(size=40), 0.3
    grid = np.linspace(-6, 6, 200_001)
    share = np.searchsorted(np.sort(draws), grid, side="right") / draws.size
    integral = np.mean((share - (grid >= observed)) ** 2) * 12
    assert measure(observed, scale="linear").crps(draws) == pytest.approx(integral, abs=1e-3)


def test_crps_of_draws_in_which_nothing_happens() -> None:
    linear = measure(52.0, scale="linear")
    draws = np.array([50.0, math.inf])
    assert linear.crps(draws, never=100.0) == linear.crps(np.array([50.0, 100.0]))
    assert linear.crps(draws) is None


def test_there_is_no_log_score_of_what_is_not_positive() -> None:
    assert measure(5.0).crps(np.array([0.0, 4.0])) is None
    assert measure(5.0, mean=100.0).crps(np.array([0.0, 4.0])) is not None
    assert measure(0.0).crps(np.array([1.0])) is None


def test_a_larger_unit_changes_no_score_on_logs() -> None:
    draws = np.array([3.0, 5.0, 9.0])
    tonnes, kilograms = measure(4.0, mean=50.0), measure(4000.0, mean=50_000.0)
    assert tonnes.crps(draws) == pytest.approx(kilograms.crps(draws * 1000) or 0)
    assert tonnes.is_hit(4.4) == kilograms.is_hit(4400.0)
