import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.base.errors import LabelError
from terbium.evidence.dataset import Dataset
from terbium.evidence.parameters import Parameters
from terbium.evidence.schema import Estimate

DRAWS = 2048


def make(name: str, low: float, central: float, high: float, shape: str) -> Estimate:
    return Estimate.model_validate(
        {
            "name": name,
            "low": low,
            "central": central,
            "high": high,
            "unit": "days" if shape == "lognormal" else "1",
            "as_of": "2024",
            "grade": "D",
            "claims": "x:1",
            "rule": "test",
            "shape": shape,
        }
    )


FOUR = (
    make("a", 10.0, 30.0, 45.0, "lognormal"),
    make("b", 0.02, 0.1, 0.6, "logit"),
    make("c", -1.0, 0.5, 4.0, "normal"),
    make("d", 0.7, 0.7, 0.7, "fixed"),
    make("e", 0.0, 0.2, 0.5, "logit"),
    make("f", 0.8, 1.0, 1.0, "logit"),
)


@pytest.fixture(scope="module")
def vector() -> Parameters:
    return Parameters.from_estimates(FOUR)


def test_same_seed_same_bytes_and_another_seed_others(dataset: Dataset) -> None:
    first = dataset.parameters.sample(64, 7)
    assert first.shape == (len(dataset.estimates), 64)
    assert first.tobytes() == dataset.parameters.sample(64, 7).tobytes()
    assert first.tobytes() != dataset.parameters.sample(64, 8).tobytes()


def test_the_median_is_central_and_the_quantiles_are_low_and_high(vector: Parameters) -> None:
    drawn = vector.sample(DRAWS, 11)
    for i, item in enumerate(FOUR):
        low, median, high = np.quantile(drawn[i], [0.05, 0.5, 0.95])
        width = max(item.high - item.low, 1e-12)
        assert median == pytest.approx(item.central, abs=0.02 * width)
        assert low == pytest.approx(item.low, abs=0.03 * width)
        assert high == pytest.approx(item.high, abs=0.03 * width)


def test_every_shipped_estimate_is_drawn_inside_its_range(dataset: Dataset) -> None:
    vector = dataset.parameters
    drawn = vector.sample(256, 3)
    assert np.isfinite(drawn).all()
    assert (drawn >= 0).all()
    shares = np.array([shape == "logit" for shape in vector.shapes])
    assert (drawn[shares] <= 1).all()
    below = (drawn <= vector.central[:, None]).mean(axis=1)
    free = np.array([shape != "fixed" for shape in vector.shapes]) & (vector.low < vector.high)
    assert (below[free] >= 0.45).all()


def test_a_column_depends_on_the_rank_of_its_name_alone(vector: Parameters) -> None:
    changed = Parameters.from_estimates((*FOUR[:1], make("b", 0.3, 0.4, 0.5, "logit"), *FOUR[2:]))
    before, after = vector.sample(32, 5), changed.sample(32, 5)
    assert np.array_equal(np.delete(before, 1, axis=0), np.delete(after, 1, axis=0))


def test_fewer_draws_are_the_first_of_more(vector: Parameters) -> None:
    assert np.array_equal(vector.sample(5, 2), vector.sample(8, 2)[:, :5])


def test_override_fixes_a_value_and_reads_units(vector: Parameters) -> None:
    fixed = vector.override({"a": "2 weeks", "b": "25 %", "c": 3})
    assert fixed.central[:3].tolist() == [14.0, 0.25, 3.0]
    assert (fixed.sample(16, 1)[:3] == fixed.central[:3, None]).all()
    assert fixed.hash != vector.hash
    assert vector.central[0] == FOUR[0].central


def test_a_factor_scales_value_and_range(vector: Parameters) -> None:
    doubled = vector.override({"a": "times 2", "b": "times 0.5"})
    assert np.allclose(doubled.sample(64, 3)[0], 2 * vector.sample(64, 3)[0], rtol=1e-12)
    for ends in (doubled.low[1], doubled.central[1], doubled.high[1]):
        assert ends in (vector.low[1] / 2, vector.central[1] / 2, vector.high[1] / 2)
    assert doubled.shapes == vector.shapes
    nothing = vector.override({"a": "times 0"})
    assert (nothing.sample(8, 1)[0] == 0).all()
    with pytest.raises(LabelError, match="a factor of at most"):
        vector.override({"b": "times 40"})


def test_override_names_every_problem_with_suggestions(dataset: Dataset) -> None:
    wrong = {
        "licensing/weight/USB": 1.0,
        "transit/domestic": "3 t",
        "hre_share/electronics": 1.4,
        "stock/days_of_cover/USA/vehicle_parts": "-4 days",
    }
    with pytest.raises(LabelError) as caught:
        dataset.parameters.override(wrong, where="--set")
    text = str(caught.value)
    assert "4 problem(s)" in text
    assert "Did you mean 'licensing/weight/US" in text
    assert "share between 0 and 1" in text


def test_positions_and_unknown_names(vector: Parameters) -> None:
    assert vector.position("c") == 2
    assert vector.positions(["d", "a"]).tolist() == [3, 0]
    assert "d" in vector
    assert "z" not in vector
    with pytest.raises(LabelError):
        vector.position("z")


def test_guesses_move_together(dataset: Dataset) -> None:
    vector = dataset.parameters
    low, high = vector.at("low"), vector.at("high")
    guesses = np.array([grade == "D" for grade in vector.grades])
    assert np.array_equal(low[guesses], vector.low[guesses])
    assert np.array_equal(high[~guesses], vector.central[~guesses])
    assert np.array_equal(vector.at("central"), vector.central)


def test_at_least_one_draw(vector: Parameters) -> None:
    with pytest.raises(LabelError, match="1 or more"):
        vector.sample(0, 1)


@given(
    low=st.floats(1e-3, 1.0),
    up=st.floats(1.0, 50.0),
    over=st.floats(1.0, 50.0),
    seed=st.integers(0, 2**31),
)
def test_draws_of_a_scale_are_positive_and_ordered_by_their_deviate(
    low: float, up: float, over: float, seed: int
) -> None:
    vector = Parameters.from_estimates([make("x", low, low * up, low * up * over, "lognormal")])
    drawn = vector.sample(64, seed)[0]
    assert (drawn > 0).all()
    # the points of two names with the same rank are the same, so order must be kept
    other = Parameters.from_estimates([make("y", 1.0, 2.0, 3.0, "normal")]).sample(64, seed)[0]
    ranks = np.argsort(other, kind="stable")
    assert (np.diff(drawn[ranks]) >= -1e-12 * low * up * over).all()
