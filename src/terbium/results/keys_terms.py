"""The parts of a validation key, as `terbium.results.keys_grammar` reads them."""

from dataclasses import dataclass
from typing import Literal

from terbium.base.calendar import Period

BASE = "base"
AGGREGATES = ("sum", "mean", "max")
STEPS_BACK = ("yoy", "mom")


@dataclass(frozen=True)
class Item:
    """A label, and after ``@`` the industry that holds it."""

    label: str
    holder: str = ""

    def __str__(self) -> str:
        return f"{self.label}@{self.holder}" if self.holder else self.label


@dataclass(frozen=True)
class Place:
    """Regions, or a way from regions to regions.

    Parameters
    ----------
    first
        Codes before ``>``, or all there are.
    second
        Codes after ``>``; empty where there is none.
    """

    first: tuple[str, ...]
    second: tuple[str, ...] = ()

    def __str__(self) -> str:
        there = "+".join(self.first)
        return f"{there}>{'+'.join(self.second)}" if self.second else there


@dataclass(frozen=True)
class Span:
    """Dated days."""

    days: Period
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Horizon:
    """Days or months from the day the headline measure took force."""

    count: int
    unit: Literal["d", "m"]

    def __str__(self) -> str:
        return f"h{self.count}{self.unit}"


PeriodSpec = Span | Horizon | Literal["base"]
Subject = tuple[Item, ...]


@dataclass(frozen=True)
class Simple:
    """``yoy``, ``mom``, ``sum``, ``mean`` or ``max``."""

    name: str


@dataclass(frozen=True)
class Against:
    """``ratio`` or ``change`` to another period."""

    name: str
    period: PeriodSpec


@dataclass(frozen=True)
class Recoup:
    """How much of the shortfall of some months was made up by a day."""

    window: Span
    until: Span


@dataclass(frozen=True)
class ShareOf:
    """Share of another subject's or another place's value."""

    subject: Subject = ()
    place: Place | None = None


@dataclass(frozen=True)
class Ratio:
    """``gap``: over another quantity, with subject and place replaced if given."""

    quantity: str
    subject: Subject = ()
    place: Place | None = None


@dataclass(frozen=True)
class Band:
    """``volume_band``: mean over tonnes ranked by price, between two quantiles."""

    low: float
    high: float


@dataclass(frozen=True)
class Threshold:
    """``share_above``, ``is_above`` or ``stuck``."""

    name: str
    number: float


Transform = Simple | Against | Recoup | ShareOf | Ratio | Band | Threshold


@dataclass(frozen=True)
class Key:
    """A key, read."""

    text: str
    quantity: str
    subject: Subject
    place: Place
    period: PeriodSpec
    transforms: tuple[Transform, ...] = ()

    def __str__(self) -> str:
        return self.text
