"""What the results layer must know of a run beside its numbers: names, records, provenance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from terbium.base.calendar import parse_period
from terbium.base.units import convert

WORLD = "WLD"
"""The destination that stands for all of them."""

Row = dict[str, object]
"""One row of a tidy table: column to text, number, or None where nothing is known."""


@dataclass(frozen=True)
class Observation:
    """A recorded figure that the run is held against.

    Parameters
    ----------
    material, origin, destination
        Labels of the dataset; ``destination`` may be a bloc or ``WLD``.
    period
        A year, a month or a span, as `terbium.base.calendar.parse_period` reads it.
    value, unit
        The amount over the whole period.
    claim
        Who says so.
    """

    material: str
    origin: str
    destination: str
    period: str
    value: float
    unit: str
    claim: str


@dataclass(frozen=True)
class Change:
    """One dated change of law: what came into force, was suspended, extended or ended."""

    date: date
    measure: str
    title: str
    change: str
    formality: str


@dataclass(frozen=True)
class SourceNote:
    """A source as the report cites it, with the number of claims that rest on it."""

    id: str
    title: str
    publisher: str
    date: str
    licence: str
    claims: int


@dataclass(frozen=True)
class RunContext:
    """Who, what and when of a run.

    Parameters
    ----------
    scenario, title, question, mixes
        The scenario file and what it asks.
    applied
        The scenario as it was run, after all overrides; goes into the manifest.
    overrides
        What was changed and where it came from, lowest precedence first:
        rows of ``path, value, origin``.
    dataset, base_year, dataset_hash, parameter_hash, seed
        What the run was made from.
    headline_measure, headline_date
        The measure in question and the day it took force; None in a scenario without one.
    evidence_date, branch
        The register's evidence date, and which branch is played after it.
    groups
        Group of materials to its members; blocs: bloc to its member regions, as the run labels
        them.
    names
        English names of regions, materials and industries, by label.
    observations
        The record.
    measures
        The calendar of the law.
    stock_grades
        Grade of the days of cover of (region, industry).
    grades
        Number of estimates of each grade in the run's parameters.
    sources
        Sources of the dataset and the register.
    baseline, uses
        Flows of the base year and what industries buy in it, as `terbium.results.baseline` makes
        them.
    """

    scenario: str
    title: str
    question: str
    dataset: str
    base_year: int
    dataset_hash: str
    parameter_hash: str
    seed: int
    headline_measure: str
    headline_date: date | None
    evidence_date: date
    branch: str
    groups: Mapping[str, tuple[str, ...]]
    blocs: Mapping[str, tuple[str, ...]]
    mixes: tuple[str, ...] = ()
    applied: Mapping[str, object] = field(default_factory=dict)
    overrides: tuple[Mapping[str, object], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    measures: tuple[Change, ...] = ()
    stock_grades: Mapping[tuple[str, str], str] = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[SourceNote, ...] = ()
    baseline: tuple[Row, ...] = ()
    uses: tuple[Row, ...] = ()


@dataclass(frozen=True)
class BaseMean:
    """Mean month of the base year [t/month] and what it was made from."""

    value: float
    basis: str
    months: tuple[float, ...]


Route = tuple[str, str, str]
"""(material, origin, destination)."""


class History:
    """The record, by route and period.

    Parameters
    ----------
    observations
        Where one period is recorded twice, the row that stands first speaks.
    """

    def __init__(self, observations: tuple[Observation, ...]) -> None:
        self._tonnes: dict[Route, dict[str, float]] = {}
        for row in observations:
            periods = self._tonnes.setdefault((row.material, row.origin, row.destination), {})
            periods.setdefault(row.period, convert(row.value, row.unit, "t"))

    @property
    def routes(self) -> tuple[Route, ...]:
        """Routes with any record, sorted."""
        return tuple(sorted(self._tonnes))

    def tonnes(self, route: Route, period: str) -> float | None:
        """Return the amount recorded for exactly this period [t]; None where nothing is."""
        return self._tonnes.get(route, {}).get(period)

    def months(self, route: Route) -> dict[str, float]:
        """Return the recorded single months [t/month], in order of time."""
        found = self._tonnes.get(route, {})
        return {period: found[period] for period in sorted(found) if _is_month(period)}

    def base_mean(self, route: Route, year: int) -> BaseMean | None:
        """Mean month of a year: from its total, else its months and spans, else what there is."""
        found = self._tonnes.get(route, {})
        inside = {p: t for p, t in found.items() if p.startswith(f"{year}-") and _within(p, year)}
        months = tuple(inside[p] for p in sorted(inside) if _is_month(p))
        if str(year) in found:
            return BaseMean(found[str(year)] / 12, f"annual total {year}", months)
        covered = sum(_months_in(period) for period in inside)
        if covered == 12:
            return BaseMean(sum(inside.values()) / 12, f"all months of {year}", months)
        if months:
            mean = sum(months) / len(months)
            return BaseMean(mean, f"{len(months)} recorded months of {year}", months)
        return None


def _is_month(period: str) -> bool:
    return len(period) == len("2025-04") and period[5:].isdigit()


def _within(period: str, year: int) -> bool:
    span = parse_period(period)
    return span.first.year == span.last.year == year


def _months_in(period: str) -> int:
    span = parse_period(period)
    return (span.last.year - span.first.year) * 12 + span.last.month - span.first.month + 1
