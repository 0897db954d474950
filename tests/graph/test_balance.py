from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from terbium.base.errors import GraphError
from terbium.base.tolerances import BALANCE_RTOL
from terbium.graph.balance import Figure, balance
from terbium.graph.draft import Draft

SOLVED_RTOL = 1e-7
"""What an interior-point answer may miss a closed form by: its square root of precision."""


@dataclass(frozen=True)
class System:
    """Makers with a by-product, users with a coefficient, every route between them."""

    constraints: sparse.csr_matrix
    guess: np.ndarray
    guess_sd: np.ndarray
    figures: list[Figure]

    def solve(self) -> np.ndarray:
        return balance(self.constraints, self.guess, self.guess_sd, self.figures).values


@st.composite
def systems(draw: st.DrawFn) -> System:
    makers, users = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    routes = makers * users
    size = routes + 2 * makers + users
    rows = np.zeros((makers + makers + users, size))
    for m in range(makers):
        sold = slice(m * users, (m + 1) * users)
        rows[m, sold], rows[m, routes + m] = -1.0, 1.0
        # the by-product: nobody takes it, it piles up
        rows[makers + m, routes + m] = rng.uniform(0.1, 2.0)
        rows[makers + m, routes + makers + m] = -1.0
    for u in range(users):
        rows[2 * makers + u, u:routes:users] = 1.0
        rows[2 * makers + u, routes + 2 * makers + u] = -rng.uniform(0.2, 5.0)
    guess = 10.0 ** rng.uniform(-1, 5, size) * (rng.random(size) < 0.9)
    figures = []
    for i in range(draw(st.integers(0, 6))):
        columns = rng.choice(size, int(rng.integers(1, min(5, size) + 1)), replace=False)
        value = 10.0 ** rng.uniform(-1, 5)
        coefs = rng.choice([1.0, 1.0, 0.3], columns.size)
        sd = value * rng.uniform(0.005, 1.5)
        figures.append(
            Figure(f"f{i}", tuple(columns.tolist()), tuple(coefs), value, sd, "t/yr", "B")
        )
    return System(sparse.csr_matrix(rows), guess, np.maximum(guess, 0.5), figures)


@given(systems())
def test_what_enters_leaves_and_nothing_is_negative(system: System) -> None:
    answer = balance(system.constraints, system.guess, system.guess_sd, system.figures)
    gross = abs(system.constraints) @ answer.values
    assert np.all(answer.values >= 0.0)
    assert np.all(np.abs(system.constraints @ answer.values) <= BALANCE_RTOL * gross)
    assert answer.residual <= BALANCE_RTOL


@settings(max_examples=30)
@given(systems(), st.floats(0.05, 0.9))
def test_a_figure_that_is_surer_moves_less(system: System, factor: float) -> None:
    for i, figure in enumerate(system.figures):
        surer = [*system.figures]
        surer[i] = replace(figure, sd=figure.sd * factor)
        loose = distance(figure, system.solve())
        firm = distance(figure, replace(system, figures=surer).solve())
        assert firm <= loose + 1e-4 * figure.value


def distance(figure: Figure, values: np.ndarray) -> float:
    return abs(float(np.dot(figure.coefs, values[list(figure.columns)])) - figure.value)


@given(st.floats(1.0, 1e4), st.floats(1.0, 1e4), st.floats(0.01, 0.4), st.floats(1.2, 5.0))
def test_of_two_figures_that_disagree_the_looser_gives_way(
    first: float, second: float, firm: float, times: float
) -> None:
    # one flow, seen at both of its ends
    seen = np.array([first, second])
    sd = np.array([firm, firm * times]) * max(first, second)
    figures = [Figure(f"f{i}", (i,), (1.0,), seen[i], sd[i], "t/yr", "B") for i in range(2)]
    guess = np.full(2, seen.mean())
    same = sparse.csr_matrix([[1.0, -1.0]])
    values = balance(same, guess, np.full(2, 1e4 * seen.max()), figures).values
    weights = sd**-2.0
    assert values == pytest.approx(np.dot(weights, seen) / weights.sum(), rel=1e-5)
    moved = np.abs(values - seen)
    assert moved[0] <= moved[1] + 1e-5 * seen.max()


def test_two_routes_by_hand() -> None:
    """Two routes feed one user: 60 and 30 are guessed, the user is said to take 100."""
    constraints = sparse.csr_matrix([[1.0, 1.0, -1.0]])
    guess, sd = np.array([60.0, 30.0, 80.0]), np.array([60.0, 30.0, 80.0])
    figure = Figure("demand", (2,), (1.0,), 100.0, 10.0, "t/yr", "B")
    # guess and figure of the user become one pull, then the gap is shared by variance
    precision = 1 / 80**2 + 1 / 10**2
    mean, spread = (80 / 80**2 + 100 / 10**2) / precision, 1 / precision
    variances = np.array([60.0**2, 30.0**2, spread])
    share = (mean - 90.0) / variances.sum()
    expected = np.array([60 + 60**2 * share, 30 + 30**2 * share, mean - spread * share])
    answer = balance(constraints, guess, sd, [figure])
    assert answer.values == pytest.approx(expected, rel=SOLVED_RTOL)
    assert answer.values[0] + answer.values[1] == pytest.approx(answer.values[2], rel=1e-14)


def test_a_route_that_would_turn_negative_is_nil_and_exactly_so() -> None:
    constraints = sparse.csr_matrix([[1.0, 1.0, -1.0]])
    figures = [
        Figure("large route", (0,), (1.0,), 100.0, 0.1, "t/yr", "A"),
        Figure("user", (2,), (1.0,), 60.0, 0.1, "t/yr", "A"),
    ]
    guess = np.array([100.0, 1.0, 60.0])
    values = balance(constraints, guess, guess, figures).values
    assert values[1] == 0.0
    assert values[0] == pytest.approx(80.0, rel=1e-4)
    assert values[0] == values[2]


def test_without_figures_a_balanced_guess_stays() -> None:
    constraints = sparse.csr_matrix([[1.0, 1.0, -1.0]])
    guess = np.array([7.0, 3.0, 10.0])
    assert balance(constraints, guess, guess, []).values == pytest.approx(guess, rel=SOLVED_RTOL)


def test_figures_outside_the_system_change_no_bit() -> None:
    constraints = sparse.csr_matrix([[1.0, 1.0, -1.0]])
    guess = np.array([60.0, 30.0, 80.0])
    figure = Figure("demand", (2,), (1.0,), 100.0, 10.0, "t/yr", "B")
    stray = Figure("no such route", (), (), 5.0, 1.0, "t/yr", "B")
    alone = balance(constraints, guess, guess, [figure]).values
    assert np.array_equal(alone, balance(constraints, guess, guess, [stray, figure]).values)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_cannot_be_solved_is_an_error_with_a_remedy(bad: float) -> None:
    constraints = sparse.csr_matrix([[1.0, -1.0]])
    with pytest.raises(GraphError) as caught:
        balance(constraints, np.array([bad, 1.0]), np.ones(2), [])
    (problem,) = caught.value.problems
    assert "solver stopped" in problem.seen
    assert "look for a figure" in problem.remedy
    assert caught.value.exit_code == 2


def test_a_node_that_is_drafted_twice_is_an_error_with_a_remedy() -> None:
    draft = Draft()
    draft.add_node("CHN", "separate", "loparite", "demand_driven", 1.0)
    with pytest.raises(GraphError, match="CHN/separate/loparite: seen added twice"):
        draft.add_node("CHN", "separate", "loparite", "demand_driven", 2.0)


def test_a_node_that_nothing_can_reach_comes_out_as_nil() -> None:
    # the user has no route: the only balanced answer is that it makes nothing
    constraints = sparse.csr_matrix([[0.0, -1.0], [1.0, 0.0]])
    figure = Figure("output", (1,), (1.0,), 50.0, 5.0, "t/yr", "B")
    values = balance(constraints, np.array([1.0, 50.0]), np.array([1.0, 50.0]), [figure]).values
    assert values.tolist() == [0.0, 0.0]
