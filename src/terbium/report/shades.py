"""Classes of equal width between round bounds, each with a shade of one ramp."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

STEPS = 10
"""Shades of the ramp, pale to strong."""

MOST = 6
"""Classes of a ramp that is spread over the values found: more could not be told apart."""

_DIGITS = 9


@dataclass(frozen=True)
class Shades:
    """Classes of values.

    Parameters
    ----------
    edges
        Bounds of the classes, rising; values beyond either end belong to the class next to it.
    shades
        Shade of each class, 1 to `STEPS`.
    """

    edges: Sequence[float]
    shades: Sequence[int]

    @classmethod
    def of_shares(cls, low: float, high: float) -> Self:
        """Tenths that hold both shares; a tenth has the same shade in every figure.

        Examples
        --------
        >>> Shades.of_shares(0.29, 0.51)
        Shades(edges=(0.2, 0.3, 0.4, 0.5, 0.6), shades=(3, 4, 5, 6))
        """
        first, last = math.floor(_tidy(low * STEPS)), math.ceil(_tidy(high * STEPS))
        tenths = range(first, max(last, first + 1))
        return cls(
            tuple(tenth / STEPS for tenth in (*tenths, tenths[-1] + 1)),
            tuple(min(max(tenth + 1, 1), STEPS) for tenth in tenths),
        )

    @classmethod
    def of_weeks(cls, low: float, high: float) -> Self:
        """At most `MOST` classes with whole and round bounds; the earliest is the strongest.

        Examples
        --------
        >>> Shades.of_weeks(6, 28).edges
        (5, 10, 15, 20, 25, 30)
        """
        step = next(step for step in _whole_steps() if _classes(low, high, step) <= MOST)
        first, count = math.floor(low / step), _classes(low, high, step)
        edges = tuple((first + i) * step for i in range(count + 1))
        last = max(count - 1, 1)
        shades = (STEPS - round(i * (STEPS - 1) / last) for i in range(count))
        return cls(edges, tuple(shades))

    def kind(self, number: float) -> str:
        """Class name of a value."""
        return f"step-{self.shades[sum(number >= edge for edge in self.edges[1:-1])]}"

    def ranges(self) -> list[tuple[str, float, float]]:
        """Class name, lower and upper bound of each class."""
        ends = zip(self.shades, self.edges, self.edges[1:], strict=False)
        return [(f"step-{shade}", low, high) for shade, low, high in ends]


def _tidy(number: float) -> float:
    """Seven tenths times ten is seven, whatever binary fractions make of it."""
    return round(number, _DIGITS)


def _whole_steps() -> Iterator[int]:
    power = 1
    while True:
        yield from (power * factor for factor in (1, 2, 5))
        power *= 10


def _classes(low: float, high: float, step: int) -> int:
    return max(math.ceil(high / step) - math.floor(low / step), 1)
