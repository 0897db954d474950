"""Balance a draft: the flows nearest to all figures under which nothing appears or vanishes.

Weighted least squares under linear balance constraints, as national accountants balance supply and
use tables (Stone, Champernowne and Meade, 1942, Review of Economic Studies 9, 111-135): each figure
pulls with the inverse of its uncertainty; the constraints hold exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import clarabel
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from terbium.base import tolerances
from terbium.base.errors import GraphError, Problem

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A sourced figure: a weighted sum of unknowns that should come to ``value``.

    Attributes
    ----------
    name : str
        Name of the estimate.
    columns, coefs : tuple
        Unknowns and their weights.
    value, sd : float
        Central value and standard deviation, in the same unit.
    unit, grade : str
        For the record of moves.
    """

    name: str
    columns: tuple[int, ...]
    coefs: tuple[float, ...]
    value: float
    sd: float
    unit: str
    grade: str


@dataclass(frozen=True)
class Balanced:
    """Solution of :func:`balance`."""

    values: Floats
    """(unknown,) same order as ``guess``; exact zeros where nothing flows."""
    residual: float
    """Largest relative violation of a constraint."""


def balance(
    constraints: sparse.csr_matrix,
    guess: Floats,
    guess_sd: Floats,
    figures: Sequence[Figure],
) -> Balanced:
    """Solve ``min sum ((H x - y) / sd)^2 + sum ((x - guess) / guess_sd)^2, A x = 0, x >= 0``.

    Parameters
    ----------
    constraints : (row, unknown) sparse matrix
        ``A``; one row per material balance.
    guess, guess_sd : (unknown,) ndarray
        First guess and its standard deviation [t/yr].
    figures : sequence of Figure
        Rows of ``H`` with ``y`` and ``sd``.

    Raises
    ------
    GraphError
        If the solver finds no solution, naming its status.
    """
    scale = guess_sd
    rows = np.repeat(np.arange(len(figures)), [len(f.columns) for f in figures])
    columns = np.array([c for f in figures for c in f.columns], dtype=np.int64)
    sd = np.array([f.sd for f in figures])
    weights = np.array([c for f in figures for c in f.coefs]) / np.repeat(
        sd, [len(f.columns) for f in figures]
    )
    observe = sparse.csr_matrix(
        (weights * scale[columns], (rows, columns)), shape=(len(figures), guess.size)
    )
    target = np.array([f.value for f in figures]) / sd
    unit = sparse.identity(guess.size, format="csc")
    quadratic = sparse.triu(observe.T @ observe + unit, format="csc")
    linear = -(observe.T @ target + guess / scale)
    equal = constraints @ sparse.diags(scale)
    row_size = np.maximum(np.abs(equal).max(axis=1).toarray().ravel(), tolerances.TINY)
    equal = sparse.diags(1.0 / row_size) @ equal
    solution = _solve(quadratic, linear, equal, guess.size) * scale
    return _polish(constraints, solution)


def _solve(
    quadratic: sparse.csc_matrix, linear: Floats, equal: sparse.csr_matrix, size: int
) -> Floats:
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerances.SOLVER_RTOL
    rows = sparse.vstack([equal, -sparse.identity(size)], format="csc")
    cones = [clarabel.ZeroConeT(equal.shape[0]), clarabel.NonnegativeConeT(size)]
    answers: dict[str, Any] = {}
    for size_of_it in tolerances.SOLVER_REGULARISATIONS:
        settings.static_regularization_constant = size_of_it
        answer = clarabel.DefaultSolver(
            quadratic, linear, rows, np.zeros(rows.shape[0]), cones, settings
        ).solve()
        answers.setdefault(str(answer.status), answer)
        if "Solved" in answers:
            break
    for status in ("Solved", "AlmostSolved"):
        if status in answers:
            return np.asarray(np.maximum(np.asarray(answers[status].x), 0.0))
    problem = Problem(
        "the system of all balances",
        f"the solver stopped with status {' and '.join(answers)}",
        "a solution in which every material balances",
        "look for a figure that is no number, then for one that contradicts the others by far",
    )
    raise GraphError("balance", [problem])


def _polish(constraints: sparse.csr_matrix, values: Floats) -> Balanced:
    """Drop what is nil and project the rest onto the constraints, weighted by its own size.

    An interior-point solution satisfies the constraints to its tolerance only; the projection
    ``x - D^2 A' (A D^2 A')^-1 A x`` with ``D = diag(x)`` moves each flow in proportion to itself,
    so that none changes sign.
    """
    kept = _not_forced(constraints, values > tolerances.NIL_FLOW)
    exact = np.where(kept, values, 0.0)
    live = constraints[:, kept]
    busy = np.diff(live.tocsr().indptr) > 0
    live = live[busy]
    for _ in range(tolerances.POLISH_PASSES):
        size = sparse.diags(exact[kept])
        scaled = live @ size
        row_size = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1))).ravel()
        scaled = sparse.diags(1.0 / row_size) @ scaled
        normal = scaled @ scaled.T
        ridge = tolerances.TINY * sparse.identity(normal.shape[0])
        residual = scaled @ np.ones(scaled.shape[1])
        step = splu((normal + ridge).tocsc()).solve(residual)
        exact[kept] *= 1.0 - scaled.T @ step
    gross = abs(live) @ exact[kept]
    worst = float(np.max(np.abs(live @ exact[kept]) / gross, initial=0.0))
    return Balanced(exact, worst)


def _not_forced(constraints: sparse.csr_matrix, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop what has nothing left to balance it: a row whose live entries share one sign is nil."""
    plus, minus = (constraints > 0.0).astype(float), (constraints < 0.0).astype(float)
    while True:
        one_sided = (plus @ kept > 0.0) != (minus @ kept > 0.0)
        forced = kept & ((plus + minus).T @ one_sided > 0.0)
        if not forced.any():
            return kept
        kept = kept & ~forced
