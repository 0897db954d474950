"""All estimates as one flat, named parameter vector, and draws from it.

A draw of an estimate is a two-piece distribution: its median is ``central``, its 5 % and 95 %
quantiles are ``low`` and ``high``. The two halves are normal, each with its own width, on the scale
that the shape names (logarithm, log odds, or the value itself). See docs/design/002.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from terbium.base.errors import LabelError, Problems, UnitError, suggest
from terbium.base.units import parse_factor, parse_quantity
from terbium.evidence.designs import Design, points
from terbium.evidence.schema import LOW_QUANTILE, Estimate

Level = Literal["low", "central", "high"]
Vector = NDArray[np.float64]

_SCALES: dict[str, tuple[Callable[[Vector], Vector], Callable[[Vector], Vector]]] = {
    "lognormal": (np.log, np.exp),
    "logit": (logit, expit),
}


@dataclass(frozen=True)
class Parameters:
    """The parameter vector of a run.

    Parameters
    ----------
    names
        Sorted names.
    low, central, high
        5 % quantile, median and 95 % quantile, each of shape (parameter,), in `units`.
    units, shapes, grades
        One text for each parameter.
    """

    names: tuple[str, ...]
    low: Vector
    central: Vector
    high: Vector
    units: tuple[str, ...]
    shapes: tuple[str, ...]
    grades: tuple[str, ...]

    @classmethod
    def from_estimates(cls, estimates: Iterable[Estimate]) -> Self:
        """Order the estimates by name."""
        rows = sorted(estimates, key=lambda e: e.name)
        return cls(
            tuple(e.name for e in rows),
            np.array([e.low for e in rows], dtype=np.float64),
            np.array([e.central for e in rows], dtype=np.float64),
            np.array([e.high for e in rows], dtype=np.float64),
            tuple(e.unit for e in rows),
            tuple(e.shape for e in rows),
            tuple(e.grade for e in rows),
        )

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Parameters({len(self)} named values, hash {self.hash[:12]})"

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    def __contains__(self, name: object) -> bool:
        return name in self._positions

    def position(self, name: str) -> int:
        """Rank of a name in the vector.

        Raises
        ------
        LabelError
            If there is no such parameter.
        """
        if name not in self._positions:
            raise LabelError.of(
                "parameters",
                "name",
                f"'{name}'",
                "the name of an estimate of the dataset",
                suggest(name, self.names),
            )
        return self._positions[name]

    def positions(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Ranks of several names, shape (name,)."""
        return np.array([self.position(name) for name in names], dtype=np.int64)

    @cached_property
    def hash(self) -> str:
        """SHA-256 over names, quantiles, units and shapes."""
        digest = hashlib.sha256()
        for parts in (self.names, self.units, self.shapes):
            digest.update("\n".join(parts).encode())
        for vector in (self.low, self.central, self.high):
            digest.update(vector.astype("<f8").tobytes())
        return digest.hexdigest()

    def override(self, values: Mapping[str, float | str], where: str = "overrides") -> "Parameters":
        """Fix parameters at a value, or scale them.

        Parameters
        ----------
        values
            Name -> number in the parameter's unit, or text: a number with a unit of the same
            dimension (``"60 days"``), or ``"times 1.5"``, which multiplies the value and its range
            and leaves the estimate as uncertain as it was.
        where
            Names the origin of the values in messages.

        Raises
        ------
        LabelError
            With every unknown name and unusable value at once.
        """
        problems = Problems()
        low, central, high = self.low.copy(), self.central.copy(), self.high.copy()
        shapes = list(self.shapes)
        for name, given in values.items():
            if name not in self._positions:
                problems.add(
                    name, f"'{name}'", "the name of an estimate", suggest(name, self.names)
                )
                continue
            i = self._positions[name]
            factor = parse_factor(given)
            if factor is not None:
                if self._may_scale(name, factor, i, problems):
                    low[i], central[i], high[i] = (
                        factor * low[i],
                        factor * central[i],
                        factor * high[i],
                    )
                    # nothing lies on a logarithmic scale any more
                    shapes[i] = shapes[i] if factor > 0 else "fixed"
                continue
            value = self._read(name, given, i, problems)
            if value is not None:
                low[i] = central[i] = high[i] = value
                shapes[i] = "fixed"
        problems.raise_if_any(where, LabelError)
        return replace(self, low=low, central=central, high=high, shapes=tuple(shapes))

    def _may_scale(self, name: str, factor: float, i: int, problems: Problems) -> bool:
        """Whether a share stays a share under a factor."""
        if self.shapes[i] == "logit" and factor * self.high[i] > 1:
            most = 1.0 / float(self.high[i])
            told = f"a share of up to {self.high[i]:g}, times {factor:g}"
            problems.add(name, told, f"a factor of at most {most:.4g}", "lower the factor")
            return False
        return True

    def _read(self, name: str, given: float | str, i: int, problems: Problems) -> float | None:
        try:
            value = parse_quantity(str(given), self.units[i], name)
        except UnitError as error:
            problems.extend(error.problems)
            return None
        share = self.shapes[i] == "logit"
        if not np.isfinite(value) or (value < 0 and self.shapes[i] != "normal"):
            problems.add(name, f"'{given}'", f"a value of at least 0 {self.units[i]}", "raise it")
            return None
        if share and value > 1:
            problems.add(name, f"'{given}'", "a share between 0 and 1", "lower it")
            return None
        return value

    def at(self, level: Level, grades: Sequence[str] = ("D",)) -> Vector:
        """Central values, with those of some grades moved together to one end.

        Parameters
        ----------
        level
            ``"low"``, ``"central"`` or ``"high"``.
        grades
            Grades that move.

        Returns
        -------
        ndarray
            Shape (parameter,).
        """
        moved = {"low": self.low, "central": self.central, "high": self.high}[level]
        mask = np.array([grade in grades for grade in self.grades], dtype=bool)
        return np.where(mask, moved, self.central)

    def sample(self, draws: int, seed: int, design: Design = "sobol") -> Vector:
        """Draw from all estimates.

        Parameters
        ----------
        draws
            Number of draws.
        seed
            Same seed, same bytes. A parameter's row depends only on the rank of its name.
        design
            How draws are spread, see :mod:`terbium.evidence.designs`.

        Returns
        -------
        ndarray
            Shape (parameter, draw), in the parameters' units.
        """
        return np.concatenate(list(self.portions(draws, seed, design)), axis=1)

    def portions(self, draws: int, seed: int, design: Design = "sobol") -> Iterator[Vector]:
        """What :meth:`sample` gives, in portions of draws: memory for one of them is enough."""
        for deviates in self._deviates(draws, seed, design):
            yield self.from_deviates(deviates)

    def deviates(self, draws: int, seed: int, design: Design = "sobol") -> Vector:
        """Standard normal deviates behind :meth:`sample`, shape (parameter, draw)."""
        return np.concatenate(list(self._deviates(draws, seed, design)), axis=1)

    def _deviates(self, draws: int, seed: int, design: Design) -> Iterator[Vector]:
        if draws < 1:
            raise LabelError.of("draws", "draws", f"{draws}", "1 or more", "ask for a draw")
        for uniform in points(design, len(self), draws, seed):
            # a point on the edge of the cube would be an infinite deviate
            tiny = np.finfo(np.float64).tiny
            inside = np.clip(uniform.T, tiny, np.nextafter(1.0, 0.0))
            yield np.ascontiguousarray(ndtri(inside))

    def rows(self, names: Sequence[str], draws: int, seed: int, design: Design = "sobol") -> Vector:
        """The rows of :meth:`sample` that belong to some names, shape (name, draw)."""
        chosen = self.positions(names)
        texts = [[kept[i] for i in chosen] for kept in (self.units, self.shapes, self.grades)]
        units, shapes, grades = (tuple(kept) for kept in texts)
        ends = (self.low[chosen], self.central[chosen], self.high[chosen])
        few = Parameters(tuple(names), *ends, units, shapes, grades)
        found = [few.from_deviates(d[chosen]) for d in self._deviates(draws, seed, design)]
        return np.concatenate(found, axis=1)

    def from_deviates(self, deviates: Vector) -> Vector:
        """Map standard normal deviates (parameter, draw) to values."""
        unit = -float(ndtri(LOW_QUANTILE))
        values = np.repeat(self.central[:, None], deviates.shape[1], axis=1)
        for i, shape in enumerate(self.shapes):
            if shape == "fixed":
                continue
            z = deviates[i] / unit
            below = _piece(shape, self.central[i], self.low[i], -z)
            above = _piece(shape, self.central[i], self.high[i], z)
            values[i] = np.where(z < 0, below, above)
        return values


def _piece(shape: str, central: float, end: float, steps: Vector) -> Vector:
    """One half of a distribution: `central` at 0 steps, `end` at 1 step.

    A share whose end is exactly 0 or 1 has no log odds there; that half is straight and stops at
    the end of the range.
    """
    if end == central:
        return np.full_like(steps, central)
    scale = _SCALES.get(shape)
    edges = {central, end} & {0.0, 1.0} if shape == "logit" else set()
    if scale is None or edges:
        straight = central + (end - central) * steps
        return np.clip(straight, 0.0, 1.0) if edges else straight
    forward, back = scale
    ends = forward(np.array([central, end]))
    return back(ends[0] + (ends[1] - ends[0]) * steps)
