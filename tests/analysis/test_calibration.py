"""The fit finds what made synthetic data, and says what the data cannot tell."""

import numpy as np
import pytest

from terbium.analysis.calibration import Fit, fit
from terbium.evidence.parameters import Parameters
from terbium.evidence.schema import Estimate

NAMES = ("a/level", "b/slope", "c/idle", "d/nuisance")
TRUTH = {"a/level": 1.6, "b/slope": 0.7}
TIMES = np.linspace(0.0, 2.0, 12)


def estimate(name: str) -> Estimate:
    return Estimate(
        name=name,
        low=0.3,
        central=1.0,
        high=3.0,
        unit="1",
        as_of="2024",
        grade="D",
        claims=("test:1",),
        rule="test",
        shape="lognormal",
        note="",
    )


@pytest.fixture(scope="module")
def prior() -> Parameters:
    return Parameters.from_estimates([estimate(name) for name in NAMES])


def model(values: np.ndarray) -> np.ndarray:
    """Twelve figures of a level that decays; the nuisance moves them a little."""
    level, slope, _, nuisance = values
    return level * np.exp(-slope * TIMES[:, None]) * nuisance**0.02


def residuals(values: np.ndarray) -> np.ndarray:
    truth = np.array([[TRUTH["a/level"]], [TRUTH["b/slope"]], [1.0], [1.0]])
    return (np.log(model(values)) - np.log(model(truth))) / 0.05


@pytest.fixture(scope="module")
def found(prior: Parameters) -> Fit:
    return fit(prior, NAMES[:3], residuals, draws=512, seed=3)


def test_synthetic_truth_is_recovered(found: Fit) -> None:
    for name, true in TRUTH.items():
        at = found.free.index(name)
        assert found.low[at] <= true <= found.high[at]
        assert found.central[at] == pytest.approx(true, rel=0.1)


def test_what_the_data_teach_is_told_from_what_they_do_not(found: Fit) -> None:
    spread = dict(zip(found.free, found.learned, strict=True))
    assert spread["a/level"] < 0.3
    assert spread["b/slope"] < 0.3
    assert spread["c/idle"] > 0.85


def test_the_fit_comes_nearer_to_the_data(found: Fit, prior: Parameters) -> None:
    before = np.median(residuals(prior.sample(512, 3)), axis=1)
    assert np.abs(found.residuals).max() < 0.2 * np.abs(before).max()


def test_same_seed_same_fit(found: Fit, prior: Parameters) -> None:
    again = fit(prior, NAMES[:3], residuals, draws=512, seed=3)
    assert np.array_equal(again.central, found.central)
