"""From the words of a key to materials, regions, industries and days of one trajectory."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from terbium.base.calendar import Period
from terbium.base.errors import InputError, suggest
from terbium.base.gazetteer import blocs, resolve_region
from terbium.results.context import WORLD
from terbium.results.keys_terms import (
    Horizon,
    Key,
    PeriodSpec,
    Place,
    Ratio,
    ShareOf,
    Span,
    Subject,
)
from terbium.results.keys_trajectory import Pair, Trajectory, not_covered, not_modelled

ALL_INDUSTRIES = "all_industries"
ALL_MATERIALS = "all_materials"
_AGGREGATES = {
    "economy": "the whole economy is not modelled yet, single industries are",
    "manufacturing": "manufacturing as a sector is not modelled yet, single industries are",
    "RE_basket": "baskets of prices are not modelled yet",
}
_ABROAD = "XCH"
_CHINA = "CHN"
_MONTHS = 12
_TRADED = ("export", "import")


@dataclass(frozen=True)
class Trade:
    """Materials on their way between regions, as one figure of statistics counts them."""

    materials: frozenset[str]
    pairs: frozenset[Pair]


def materials_of(world: Trajectory, subject: Subject) -> tuple[frozenset[str], ...]:
    """Single materials of each item of a subject; items that overlap become one."""
    parts = []
    for item in subject:
        if item.holder:
            raise not_modelled(f"'{item}': only stocks have a holder")
        parts.append(material_atoms(world, item.label))
    return _disjoint(parts)


def material_atoms(world: Trajectory, label: str) -> frozenset[str]:
    """Single materials of a label."""
    if label == ALL_MATERIALS:
        return frozenset(world.substances)
    if label in world.context.groups or label in world.substances:
        return world.atoms(label)
    if any(label == recorded for recorded, _, _ in world.recording.export_keys):
        return world.atoms(label)
    if label in _AGGREGATES:
        raise not_modelled(_AGGREGATES[label])
    if label in industries(world):
        raise not_modelled(f"'{label}' is an industry; this quantity is about materials")
    known = [*world.substances, *world.context.groups]
    raise not_modelled(
        f"'{label}' is no material or group of {world.context.dataset}; {suggest(label, known)}"
    )


def industries(world: Trajectory) -> tuple[str, ...]:
    """Industries of the run."""
    return tuple(dict.fromkeys(industry for _, industry in world.recording.industry_keys))


def industries_of(world: Trajectory, subject: Subject) -> tuple[str, ...]:
    """Industries of a subject, each once."""
    found: dict[str, None] = {}
    for item in subject:
        if item.label == ALL_INDUSTRIES and not item.holder:
            found |= dict.fromkeys(industries(world))
        elif item.label in _AGGREGATES:
            raise not_modelled(_AGGREGATES[item.label])
        elif item.label in industries(world) and not item.holder:
            found[item.label] = None
        else:
            raise not_modelled(
                f"'{item}' is no industry of this run; {suggest(item.label, industries(world))}"
            )
    return tuple(found)


def regions_of(world: Trajectory, codes: Iterable[str]) -> tuple[frozenset[str], ...]:
    """Regions of the run that each code stands for; codes that overlap become one."""
    return _disjoint([_regions(world, code) for code in codes])


def _regions(world: Trajectory, code: str) -> frozenset[str]:
    if code == WORLD:
        return frozenset(world.regions)
    if code == _ABROAD:
        return frozenset(world.regions) - {_CHINA}
    if code in world.context.blocs:
        return frozenset(world.context.blocs[code])
    if code in world.regions:
        return frozenset((code,))
    try:
        resolve_region(code)
    except InputError as error:
        raise not_modelled(f"'{code}' is no region: {error.problems[0].remedy}") from error
    raise not_modelled(f"'{code}' is finer than the regions of this run")


def one_place(world: Trajectory, place: Place) -> frozenset[str]:
    """All regions of a place that is no way from one to another."""
    if place.second:
        raise not_modelled(f"'{place}': this quantity belongs to one place, not to a way between")
    return frozenset().union(*regions_of(world, place.first))


def trades(world: Trajectory, subject: Subject, place: Place) -> tuple[Trade, ...]:
    """The figures whose sum a subject on a way is: each item from each origin to each end."""
    parts = materials_of(world, subject)
    return tuple(
        Trade(materials, pairs)
        for materials in parts
        for pairs in pair_sets(world, place)
    )  # fmt: skip


def origins_of(keys: Iterable[Key], regions: Sequence[str]) -> frozenset[str]:
    """Regions whose exports some keys ask for, as far as the words of the keys tell.

    Parameters
    ----------
    keys
        As they were read.
    regions
        All regions of the run; a code that stands for several may need any of them.
    """
    found: set[str] = set()
    for key in keys:
        # materials begin with a capital, industries do not
        of_material = any(item.label[0].isupper() for item in key.subject)
        is_supply = key.quantity == "recovery.days" and of_material
        if key.quantity.startswith("dependence.") or is_supply:
            return frozenset(regions)
        places = [key.place] if key.quantity in _TRADED else []
        for transform in key.transforms:
            if isinstance(transform, ShareOf | Ratio) and transform.place is not None and places:
                places.append(transform.place)
        for code in (code for place in places if place.second for code in place.first):
            if code not in regions:
                return frozenset(regions)
            found.add(code)
    return frozenset(found)


def pair_sets(world: Trajectory, place: Place) -> tuple[frozenset[Pair], ...]:
    """Pairs of regions of a way; trade inside a region or inside a bloc that is named is out."""
    if not place.second:
        raise not_modelled(f"'{place}': this quantity needs a way between places, such as CHN>USA")
    named = [
        frozenset(world.context.blocs[code])
        for code in (*place.first, *place.second)
        if code in world.context.blocs and code in blocs()
    ]
    found = []
    for origins in regions_of(world, place.first):
        for destinations in regions_of(world, place.second):
            pairs = frozenset(
                (a, b)
                for a in origins
                for b in destinations
                if a != b and not any(a in bloc and b in bloc for bloc in named)
            )
            if pairs:
                found.append(pairs)
    if not found:
        raise not_modelled(f"'{place}': trade inside a region or a bloc is not counted")
    return tuple(found)


def _disjoint(parts: list[frozenset[str]]) -> tuple[frozenset[str], ...]:
    apart: list[frozenset[str]] = []
    for part in parts:
        touching = [other for other in apart if other & part]
        apart = [other for other in apart if not other & part]
        apart.append(part.union(*touching))
    return tuple(apart)


def days_of(world: Trajectory, spec: PeriodSpec) -> Period:
    """Days of a period; a horizon begins on the day the headline measure took force."""
    if isinstance(spec, Span):
        return spec.days
    if not isinstance(spec, Horizon):
        return world.base
    start = headline_day(world)
    if spec.unit == "d":
        return Period(start, start + timedelta(days=spec.count - 1))
    return Period(start, shifted(start, spec.count) - timedelta(days=1))


def headline_day(world: Trajectory) -> date:
    """The day the headline measure took force."""
    if world.context.headline_date is None:
        raise not_covered("no headline measure takes force in this scenario")
    return world.context.headline_date


def shifted(day: date, months: int) -> date:
    """The same day some months later; the last of a shorter month where there is no such day."""
    count = day.year * _MONTHS + day.month - 1 + months
    year, month = divmod(count, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def year_before(period: Period) -> Period:
    """A period moved back one year; the end of a month stays the end of a month."""
    after = shifted(period.end, -_MONTHS)
    return Period(shifted(period.first, -_MONTHS), after - timedelta(days=1))


def month_of(day: date) -> Period:
    """The calendar month that holds a day."""
    first = day.replace(day=1)
    return Period(first, shifted(first, 1) - timedelta(days=1))


def month_before(period: Period) -> Period:
    """The calendar month before a period's first day."""
    return month_of(period.first.replace(day=1) - timedelta(days=1))


def months_in(period: Period) -> tuple[Period, ...]:
    """Calendar months that lie whole inside a period."""
    found = []
    first = period.first.replace(day=1)
    while first <= period.last:
        month = month_of(first)
        if month.first >= period.first and month.last <= period.last:
            found.append(month)
        first = month.end
    if not found:
        raise not_covered(f"no calendar month lies whole in {period.first}..{period.last}")
    return tuple(found)
