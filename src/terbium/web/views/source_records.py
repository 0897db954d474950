"""Records of estimates and of what stands behind them: plain, for pages and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from terbium.web.views.families import Family


@dataclass(frozen=True)
class Publication:
    """A dated publication with its licence.

    Attributes
    ----------
    id, title, publisher, url, licence, note
        As the dataset has them.
    date, precision
        ISO day, and what of it is known: ``day``, ``month`` or ``year``.
    passed_on
        Whether its rows ship with their values.
    """

    id: str
    title: str
    publisher: str
    date: str
    precision: str
    url: str
    licence: str
    passed_on: bool
    note: str

    @property
    def known_date(self) -> str:
        """As much of the date as is known, ISO."""
        return self.date[: {"year": 4, "month": 7}.get(self.precision, 10)]


@dataclass(frozen=True)
class Stated:
    """A figure that somebody stated; without a value it ships as a recipe.

    Attributes
    ----------
    id, subject, quantity, unit, as_of, place, licence, note
        As the dataset has them.
    value, low, high
        In `unit`; all None where the row may not be passed on.
    grade, confidence, how
        Grade, how it came to be known, and that in words.
    recipe
        How to look it up, where the value does not ship.
    source
        Where it stands.
    is_reason
        Whether it is the maintainers' own judgement with its reason, not a source's figure.
    """

    id: str
    subject: str
    quantity: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    as_of: str
    place: str
    grade: str
    confidence: str
    how: str
    licence: str
    recipe: str
    note: str
    source: Publication
    is_reason: bool


@dataclass(frozen=True)
class Balance:
    """What balancing made of a figure: as sourced, as balanced, and how far in its own spread."""

    sourced: float
    balanced: float
    spreads: float


@dataclass(frozen=True)
class Prior:
    """The range before the fit."""

    low: float
    central: float
    high: float


@dataclass(frozen=True)
class EstimateView:
    """An estimate with everything behind it.

    Attributes
    ----------
    name, label, dataset, path
        Its address among the parameters, that in words, where it is held, and its page.
    low, central, high, unit, as_of
        5 % quantile, median, 95 % quantile.
    grade, means
        Grade, and what that says.
    shape, drawn
        Shape of its distribution, and that in words.
    rule, note
        How the claims became the estimate; in English, as the dataset has it.
    family
        What such estimates are and what a run does with them.
    claims
        In the order of the dataset.
    balance, prior
        None where a run balances or fits nothing like it.
    trail
        Groups that it belongs to, the widest first: (path, label).
    """

    name: str
    label: str
    dataset: str
    path: str
    low: float
    central: float
    high: float
    unit: str
    as_of: str
    grade: str
    means: str
    shape: str
    drawn: str
    rule: str
    note: str
    family: Family
    claims: Sequence[Stated]
    balance: Balance | None
    prior: Prior | None
    trail: Sequence[tuple[str, str]]

    @property
    def is_fixed(self) -> bool:
        """Whether every draw has the same value."""
        return self.low == self.high

    @property
    def is_nil(self) -> bool:
        """Whether it is known to be nothing: not the same as not known."""
        return self.low == self.high == 0


@dataclass(frozen=True)
class Member:
    """An estimate as a list has it; the attributes are those of `EstimateView`."""

    name: str
    label: str
    path: str
    low: float
    central: float
    high: float
    unit: str
    shape: str
    as_of: str
    grade: str


@dataclass(frozen=True)
class GroupView:
    """All estimates whose names begin alike.

    Attributes
    ----------
    name, label, path
        The beginning that they share.
    family
        What they are.
    members
        Names, in order.
    parts
        The next parts of the names, with how many estimates each has: (name, label, count).
    trail
        Wider groups: (path, label).
    """

    name: str
    label: str
    path: str
    family: Family
    members: Sequence[str]
    parts: Sequence[tuple[str, str, int]]
    trail: Sequence[tuple[str, str]]
