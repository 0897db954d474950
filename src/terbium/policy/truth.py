"""Yes, no and unknown, and ranges of figures that are known in part."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from math import inf

from terbium.base.speech import tr


class Truth(IntEnum):
    """Kleene's three values, ordered so that *and* is the least and *or* the greatest."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    def __invert__(self) -> "Truth":
        return Truth(Truth.YES - self)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Whether all hold; nothing at all holds."""
    return min(truths, default=Truth.YES)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Whether one holds; of nothing none does."""
    return max(truths, default=Truth.NO)


def truth_of(value: bool | None) -> Truth:
    """None is unknown."""
    return Truth.UNKNOWN if value is None else Truth.YES if value else Truth.NO


@dataclass(frozen=True)
class Range:
    """A figure that lies between two ends; an open end is not itself meant.

    Examples
    --------
    >>> Range.exactly(99.95).above(99.9), Range.more_than(99.9).at_least(99.99)
    (<Truth.YES: 2>, <Truth.UNKNOWN: 1>)
    """

    low: float = -inf
    high: float = inf
    is_low_open: bool = False
    is_high_open: bool = False

    @classmethod
    def exactly(cls, value: float) -> "Range":
        """One figure."""
        return cls(value, value)

    @classmethod
    def more_than(cls, value: float) -> "Range":
        """Anything above."""
        return cls(low=value, is_low_open=True)

    @classmethod
    def less_than(cls, value: float) -> "Range":
        """Anything below."""
        return cls(high=value, is_high_open=True)

    def above(self, value: float) -> Truth:
        """Whether the figure is greater."""
        if self.low > value or (self.low == value and self.is_low_open):
            return Truth.YES
        return Truth.NO if self.high <= value else Truth.UNKNOWN

    def at_least(self, value: float) -> Truth:
        """Whether the figure is greater or equal."""
        if self.low >= value:
            return Truth.YES
        below = self.high < value or (self.high == value and self.is_high_open)
        return Truth.NO if below else Truth.UNKNOWN

    def times(self, factor: float) -> "Range":
        """The figure in another unit; the factor is positive."""
        return Range(self.low * factor, self.high * factor, self.is_low_open, self.is_high_open)

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g}"
        if self.high == inf:
            if self.is_low_open:
                return tr("more than {value:g}", value=self.low)
            return tr("at least {value:g}", value=self.low)
        if self.low in (-inf, 0):
            if self.is_high_open:
                return tr("less than {value:g}", value=self.high)
            return tr("at most {value:g}", value=self.high)
        return tr("{low:g} to {high:g}", low=self.low, high=self.high)
