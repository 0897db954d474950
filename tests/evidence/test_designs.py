"""Designs of draws: the same points in portions and whole, and each as even as it promises."""

import warnings

import numpy as np
import pytest
from scipy.stats import qmc

from terbium.evidence.dataset import Dataset
from terbium.evidence.designs import DESIGNS, PORTION, Design, points
from terbium.evidence.parameters import Parameters

DIMENSIONS = 6


def of(design: Design, draws: int, seed: int = 3) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return np.concatenate(list(points(design, DIMENSIONS, draws, seed)))


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("draws", [1, 5, PORTION, PORTION + 3])
def test_points_of_any_number_lie_in_the_cube(design: Design, draws: int) -> None:
    found = of(design, draws)
    assert found.shape == (draws, DIMENSIONS)
    assert ((found >= 0) & (found <= 1)).all()
    assert np.array_equal(found, of(design, draws))
    assert not np.array_equal(found, of(design, draws, seed=4))


@pytest.mark.parametrize("design", ["sobol", "halton", "random"])
def test_the_first_points_of_a_long_run_are_those_of_a_short_one(design: Design) -> None:
    assert np.array_equal(of(design, 2 * PORTION + 9)[:37], of(design, 37))


def test_sobol_points_are_those_that_runs_have_always_had(dataset: Dataset) -> None:
    """All at once, from the library itself: portions change no bit of any earlier result."""
    count, size = 1300, len(dataset.parameters)
    whole = qmc.Sobol(size, scramble=True, rng=np.random.default_rng(7)).random_base2(11)[:count]
    parts = np.concatenate(list(points("sobol", size, count, 7)))
    assert parts.tobytes() == np.ascontiguousarray(whole).tobytes()


def test_a_latin_hypercube_has_one_point_in_every_slice() -> None:
    slices = np.floor(of("latin", 700) * 700).astype(int)
    assert all(sorted(column) == list(range(700)) for column in slices.T)


def test_quasi_random_points_are_more_even_than_chance() -> None:
    """Error of the mean of a product and of a sum over six dimensions, 1,024 points."""

    def errors(design: Design) -> np.ndarray:
        found = []
        for seed in range(8):
            grown = np.exp(of(design, 1024, seed))
            product = grown.prod(axis=1).mean() / (np.e - 1) ** DIMENSIONS
            found.append((product - 1, grown.mean() / (np.e - 1) - 1))
        return np.sqrt(np.mean(np.square(found), axis=0))

    chance = errors("random")
    assert (errors("sobol") < chance / 10).all()
    assert (errors("halton") < chance / 5).all()
    # a hypercube evens out each parameter alone, and what adds up over parameters
    assert errors("latin")[1] < chance[1] / 10


@pytest.mark.parametrize("design", DESIGNS)
def test_half_the_draws_lie_below_the_median_under_every_design(
    design: Design, dataset: Dataset
) -> None:
    below = (dataset.parameters.deviates(1024, 5, design) < 0).mean(axis=1)
    assert np.abs(below - 0.5).max() < (0.08 if design in ("random", "halton") else 0.02)


@pytest.mark.parametrize("design", DESIGNS)
def test_rows_of_some_names_are_those_of_the_whole(design: Design, dataset: Dataset) -> None:
    vector: Parameters = dataset.parameters
    names = [vector.names[i] for i in (900, 4, 33)]
    whole = vector.sample(600, 2, design)
    rows = vector.rows(names, 600, 2, design)
    assert rows.tobytes() == whole[vector.positions(names)].tobytes()
