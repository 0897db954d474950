"""Where draws lie in the unit cube: one dimension per parameter, one point per draw.

==========  ====================================================================================
design      points
==========  ====================================================================================
``sobol``   scrambled Sobol points (Owen): the least error of a median or a mean for most runs
``halton``  scrambled Halton points: even for any number of draws, coarse in high dimensions
``latin``   a Latin hypercube: each parameter alone is spread evenly, pairs are left to chance
``random``  independent random numbers: the yardstick for the others
==========  ====================================================================================

Points come in portions, so that a run of any length needs memory for one of them. The exception is
``latin``, whose points are not known before all are. Same design, number and seed: same points,
bit for bit; of every design but ``latin``, the first points of a long run are those of a short one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Design = Literal["sobol", "random", "halton", "latin"]
DESIGNS: tuple[str, ...] = get_args(Design)
PORTION = 512
"""Points that are made at a time; a power of two, as Sobol points want it."""

Points = NDArray[np.float64]


def points(design: Design, dimensions: int, draws: int, seed: int) -> Iterator[Points]:
    """Points of a design, portion after portion.

    Parameters
    ----------
    design
        One of `DESIGNS`.
    dimensions
        One per parameter.
    draws
        Number of points.
    seed
        Same seed, same bytes.

    Yields
    ------
    ndarray
        Shape (point, dimension), in [0, 1]; `PORTION` points, fewer at the end.
    """
    more = _source(design, dimensions, draws, np.random.default_rng(seed))
    for first in range(0, draws, PORTION):
        count = min(PORTION, draws - first)
        yield more(count if first or design != "sobol" else _power(count))[:count]


def _source(
    design: Design, dimensions: int, draws: int, rng: np.random.Generator
) -> Callable[[int], Points]:
    """What gives the next points of a design, as many as it is asked for."""
    if design == "random":
        return lambda count: rng.random((count, dimensions))
    # loading all of scipy.stats takes longer than most commands run
    from scipy.stats import qmc

    if design == "latin":
        left = iter(qmc.LatinHypercube(dimensions, rng=rng).random(draws))
        return lambda count: np.stack([next(left) for _ in range(count)])
    engine = qmc.Sobol if design == "sobol" else qmc.Halton
    source = engine(dimensions, scramble=True, rng=rng)
    return lambda count: np.asarray(source.random(count))


def _power(count: int) -> int:
    """The next power of two: fewer first Sobol points than that would not be even."""
    return 1 << (count - 1).bit_length()
