"""Headlines of a run as statements that one draw fulfils or not: first, order, most, back, never.

A reading sorts every draw into a class. A headline holds in another draw if both share a class, so
that two regions that stop in the same week are both first, and neither takes the place from the
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.engine.recording import Recording
from terbium.evidence.methods import method
from terbium.results.context import WORLD, History, Route, RunContext
from terbium.results.exports import HEADLINE_MATERIAL, MonthlyExports, monthly_exports

Floats = NDArray[np.float64]
Classes = tuple[frozenset[str], ...]
"""One set of labels per draw."""

MOST, SOME, NONE, NO_LOSS = "most", "some", "none", "no shortfall"
EARLY, LATER, NEVER = "early", "later", "never"
YES, NO = "yes", "no"

_CONTROLLED = "RE_controlled"
_DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Reading:
    """One headline, read off every draw.

    Parameters
    ----------
    headline, subject
        What it is about: ``recouped`` of ``WLD``.
    unit
        Of ``values``.
    classes
        The class, or tied classes, of each draw.
    values
        The figure behind, shape (draw,); NaN where there is none.
    """

    headline: str
    subject: str
    unit: str
    classes: Classes
    values: Floats


def read_headlines(recording: Recording, context: RunContext) -> tuple[Reading, ...]:
    """Read the headlines of a run.

    Parameters
    ----------
    recording
        Draws, or lanes at chosen parameters.
    context
        Names, groups and the record.

    Returns
    -------
    tuple of Reading
        ``hardest_hit``, ``lowest_month``, ``fall``, ``recouped``, ``all_back`` of exports in the
        year of the headline measure; ``first_region``, ``first_industry``, ``first_stop``,
        ``most_stop`` of line stops. Empty where nothing takes force.
    """
    if context.headline_date is None:
        return ()
    exports = monthly_exports(recording, context)
    year = _Year.of(exports, context)
    found: list[Reading] = []
    if year is not None:
        found += [*_falls(year), *_hardest_hit(year), *_recouped(year)]
        found += _all_back(year, recording, context)
    return (*found, *_stops(recording, context))


@dataclass(frozen=True)
class _Year:
    """The months from the headline measure to the end of its year, and what was usual before."""

    months: tuple[str, ...]
    exports: MonthlyExports
    days: Floats
    chosen: tuple[int, ...]
    means: Mapping[Route, float]

    @classmethod
    def of(cls, exports: MonthlyExports, context: RunContext) -> _Year | None:
        """None where the run does not hold the year to its end."""
        day = context.headline_date
        if day is None:
            return None
        chosen = tuple(
            i for i, month in enumerate(exports.months) if f"{day:%Y-%m}" <= month <= f"{day:%Y}-12"
        )
        months = tuple(exports.months[i] for i in chosen)
        if not months or months[0] != f"{day:%Y-%m}" or months[-1] != f"{day:%Y}-12":
            return None
        days = np.array([np.datetime64(m, "M") for m in (*months, months[-1])])
        lengths = (days + 1).astype("datetime64[D]") - days.astype("datetime64[D]")
        return cls(months, exports, lengths[:-1].astype(np.float64), chosen, _means(context))

    @property
    def routes(self) -> list[Route]:
        """Routes of the headline group that the record follows, the world first."""
        known = [r for r in self.means if r[0] == HEADLINE_MATERIAL and r in self.exports.tonnes]
        return sorted(known, key=lambda route: (route[2] != WORLD, route))

    def tonnes(self, route: Route) -> Floats:
        """(month, draw) [t]."""
        return self.exports.tonnes[route][list(self.chosen)]

    def usual(self, route: Route) -> Floats:
        """Mean month of the base year on record, else the undisturbed flow, (month, draw) [t]."""
        still = self.days[:, np.newaxis] * self.exports.base[route][np.newaxis, :]
        return np.full(still.shape, self.means[route]) if route in self.means else still


def _means(context: RunContext) -> dict[Route, float]:
    history = History(context.observations)
    found = {route: history.base_mean(route, context.base_year) for route in history.routes}
    return {route: mean.value for route, mean in found.items() if mean and mean.value > 0}


def _falls(year: _Year) -> list[Reading]:
    found = []
    for route in year.routes:
        share = year.tonnes(route) / year.usual(route)
        lowest = share.argmin(axis=0)
        depth = 1 - share.min(axis=0)
        if route[2] == WORLD:
            months = tuple(frozenset((year.months[i],)) for i in lowest)
            found.append(Reading("lowest_month", route[2], "", months, np.full(depth.size, np.nan)))
        classes = tuple(frozenset((MOST if fall > _most() else SOME,)) for fall in depth)
        found.append(Reading("fall", route[2], "1", classes, -depth))
    return found


def _hardest_hit(year: _Year) -> list[Reading]:
    """The destination that gets the least of its undisturbed flow over the months of the year."""
    single = [route for route in year.routes if route[2] != WORLD]
    # with one destination there is no order
    if not single[1:]:
        return []
    share = np.stack(
        [year.tonnes(route).sum(axis=0) / year.usual(route).sum(axis=0) for route in single]
    )
    worst = share.argmin(axis=0)
    classes = tuple(frozenset((single[i][2],)) for i in worst)
    return [Reading("hardest_hit", single[0][1], "1", classes, share.min(axis=0))]


def _recouped(year: _Year) -> list[Reading]:
    found: list[Reading] = []
    opening = round(method("headline/shortfall_months"))
    if not year.months[opening:]:
        return found
    for route in year.routes:
        lost = year.usual(route) - year.tonnes(route)
        first, later = lost[:opening].sum(axis=0), -lost[opening:].sum(axis=0)
        share = np.full(first.shape, np.nan)
        np.divide(later, first, out=share, where=first > 0)
        classes = tuple(frozenset((_recoup_class(value),)) for value in share)
        found.append(Reading("recouped", route[2], "1", classes, share))
    return found


def _recoup_class(share: float) -> str:
    if np.isnan(share):
        return NO_LOSS
    return MOST if share > _most() else SOME if share > 0 else NONE


def _all_back(year: _Year, recording: Recording, context: RunContext) -> list[Reading]:
    """Whether every controlled series to the world is back at its undisturbed flow in December."""
    controlled = set(context.groups.get(_CONTROLLED, ()))
    labels = dict.fromkeys(
        (material, origin)
        for material, origin, _ in recording.export_keys
        if controlled.issuperset(context.groups.get(material, (material,)))
    )
    routes = [(material, origin, WORLD) for material, origin in labels]
    shares = [
        year.tonnes(route)[-1] / year.usual(route)[-1]
        for route in routes
        if route in year.exports.tonnes and (year.usual(route)[-1] > 0).all()
    ]
    if not shares:
        return []
    least = np.stack(shares).min(axis=0)
    near = 1 - method("headline/back_slack_share")
    classes = tuple(frozenset((YES if share >= near else NO,)) for share in least)
    return [Reading("all_back", _CONTROLLED, "1", classes, least)]


def _stops(recording: Recording, context: RunContext) -> list[Reading]:
    weeks = np.round(recording.first_stop_days.astype(np.float64) / _DAYS_PER_WEEK)
    if not weeks.size:
        return []
    regions = [region for region, _ in recording.industry_keys]
    found = [
        _first("first_region", weeks, regions),
        _first("first_industry", weeks, [industry for _, industry in recording.industry_keys]),
    ]
    for place in _places(regions, context):
        inside = [i for i, region in enumerate(regions) if region in _members(place, context)]
        first = weeks[inside].min(axis=0)
        classes = tuple(frozenset((_stop_class(week),)) for week in first)
        found.append(Reading("first_stop", place, "weeks", classes, first))
    share = np.isfinite(weeks).mean(axis=0)
    most = tuple(frozenset((MOST if part > _most() else SOME if part else NONE,)) for part in share)
    return [*found, Reading("most_stop", "all_industries", "1", most, share)]


def _first(headline: str, weeks: Floats, labels: Sequence[str]) -> Reading:
    """Labels whose first stop is the earliest, by draw; those of the same week share the place."""
    earliest = weeks.min(axis=0)
    classes = tuple(
        frozenset(labels[int(i)] for i in np.flatnonzero(weeks[:, draw] == week))
        if np.isfinite(week)
        else frozenset((NEVER,))
        for draw, week in enumerate(earliest)
    )
    return Reading(headline, "", "weeks", classes, earliest)


def _places(regions: Sequence[str], context: RunContext) -> list[str]:
    """Blocs, and the destinations that the record of the headline group names."""
    named = {
        destination
        for material, _, destination in History(context.observations).routes
        if material == HEADLINE_MATERIAL and destination in regions
    }
    return sorted({*named, *(bloc for bloc in context.blocs if _members(bloc, context))})


def _members(place: str, context: RunContext) -> tuple[str, ...]:
    return tuple(context.blocs.get(place, (place,)))


def _stop_class(week: float) -> str:
    if not np.isfinite(week):
        return NEVER
    return EARLY if week <= method("headline/early_weeks") else LATER


def _most() -> float:
    return method("headline/most_share")
