"""Classes of equal width between round bounds, each with a shade of one ramp."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

STEPS = 6
"""Shades of the ramp, pale to strong: more could not be told apart in print."""

_FACTORS = (1, 2, 2.5, 5, 10, 20)


@dataclass(frozen=True)
class Shades:
    """Classes of values.

    Parameters
    ----------
    edges
        Bounds of the classes, rising; values beyond either end belong to the class next to it.
    low_is_strong
        Whether small values get the strong end of the ramp.
    """

    edges: Sequence[float]
    low_is_strong: bool = False

    @classmethod
    def of(cls, low: float, high: float, low_is_strong: bool = False, whole: bool = False) -> Self:
        """At most `STEPS` classes whose bounds are round, or ``whole``, and hold both values.

        Examples
        --------
        >>> Shades.of(6, 28).edges
        (5.0, 10.0, 15.0, 20.0, 25.0, 30.0)
        """
        span = max(high - low, abs(high) / STEPS, STEPS if whole else 1e-9)
        power = 10.0 ** math.floor(math.log10(span / STEPS))
        factors = (factor for factor in _FACTORS if not whole or (power * factor).is_integer())
        for step in (power * factor for factor in factors):
            first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
            if max(last, first + 1) - first <= STEPS:
                break
        count = max(last, first + 1) - first
        edges = (float(f"{(first + i) * step:.6g}") for i in range(count + 1))
        return cls(tuple(edges), low_is_strong)

    def kind(self, number: float) -> str:
        """Class name of a value."""
        return self._name(sum(number >= edge for edge in self.edges[1:-1]))

    def ranges(self) -> list[tuple[str, float, float]]:
        """Class name, lower and upper bound of each class."""
        ends = zip(self.edges, self.edges[1:], strict=False)
        return [(self._name(i), low, high) for i, (low, high) in enumerate(ends)]

    def _name(self, position: int) -> str:
        last = max(len(self.edges) - 2, 1)
        place = last - position if self.low_is_strong else position
        return f"step-{1 + round(place * (STEPS - 1) / last)}"
