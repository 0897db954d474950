"""One estimate with everything behind it: claims, sources, rule, prior, how far balancing moved it.

Records are plain: pages and the API read the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from terbium.analysis.chain import graph_of
from terbium.base.speech import tr
from terbium.evidence.dataset import Dataset, load_dataset
from terbium.evidence.schema import Claim, Estimate, Source
from terbium.web.views.families import (
    confidence_meaning,
    family,
    grade_meaning,
    shape_meaning,
)
from terbium.web.views.says import sources_path
from terbium.web.views.source_records import (
    Balance,
    EstimateView,
    GroupView,
    Member,
    Prior,
    Publication,
    Stated,
)
from terbium.web.views.spoken import spoken

DATASETS: Final = ("ree-2024", "world-2011")
"""Datasets whose names never meet: the chain, and the world table."""


_BALANCED: Final = frozenset(
    {"demand", "enduse", "hre_share", "processing", "production", "share", "trade", "use"}
)
"""Families whose figures balancing moves."""


@cache
def datasets() -> Mapping[str, Dataset]:
    """The shipped datasets that hold estimates."""
    return MappingProxyType({name: load_dataset(name) for name in DATASETS})


@cache
def holders() -> Mapping[str, str]:
    """Name of every estimate to the dataset that holds it."""
    return MappingProxyType(
        {name: data.name for data in datasets().values() for name in data.estimates}
    )


@cache
def _balances() -> Mapping[str, Balance]:
    data = datasets()[DATASETS[0]]
    moves = graph_of(data, data.base_year).moves
    columns = (moves["figure"], moves["value"], moves["balanced"], moves["sd_moved"])
    return {
        str(figure): Balance(float(value), float(balanced), float(spreads))
        for figure, value, balanced, spreads in zip(*columns, strict=True)
    }


@cache
def _priors() -> Mapping[str, Prior]:
    rows = datasets()["ree-2024"].table("priors").to_dict("records")
    return {
        str(row["name"]): Prior(float(row["low"]), float(row["central"]), float(row["high"]))
        for row in rows
    }


def warm() -> None:
    """Load the datasets and balance the graph, so that no reader waits for them."""
    holders()
    _balances()
    _priors()


def label_of(name: str) -> str:
    """A name of an estimate, or of a group, in words.

    Examples
    --------
    >>> label_of("stock/days_of_cover/JPN/passenger_cars")
    'Stocks and days of cover: days of cover, Japan, passenger cars'
    """
    first, *rest = name.split("/")
    title = family(first).title
    if not rest:
        return title
    told, *parts = [spoken(part) for part in rest]
    for part in parts:
        told = tr("{first}, {second}", first=told, second=part)
    return tr("{family}: {parts}", family=title, parts=told)


def estimate_view(name: str) -> EstimateView | None:
    """An estimate of any shipped dataset; None if there is none of that name."""
    holder = holders().get(name)
    if holder is None:
        return None
    data = datasets()[holder]
    found = data.estimates[name]
    return EstimateView(
        name=name,
        label=label_of(name),
        dataset=data.name,
        path=sources_path(name),
        low=found.low,
        central=found.central,
        high=found.high,
        unit=found.unit,
        as_of=found.as_of,
        grade=found.grade,
        means=grade_meaning(found.grade),
        shape=found.shape,
        drawn=shape_meaning(found.shape),
        rule=found.rule,
        note=found.note,
        family=family(found.family),
        claims=claims_of(data, found),
        balance=_balances().get(name) if found.family in _BALANCED else None,
        prior=_priors().get(name),
        trail=_trail(name),
    )


def members_of(group: GroupView, most: int) -> list[Member]:
    """The first estimates of a group, as a list has them."""
    found = [datasets()[holders()[name]].estimates[name] for name in group.members[:most]]
    return [
        Member(
            one.name, label_of(one.name), sources_path(one.name), one.low, one.central, one.high,
            one.unit, one.shape, one.as_of, one.grade,
        )
        for one in found
    ]  # fmt: skip


def claims_of(data: Dataset, found: Estimate) -> list[Stated]:
    """The claims behind an estimate, in the order of its row."""
    return [stated(data, data.claims[key]) for key in found.claims]


def stated(data: Dataset, claim: Claim) -> Stated:
    """A claim with its source."""
    source = publication(data.sources[claim.source])
    return Stated(
        id=claim.id,
        subject=claim.subject,
        quantity=claim.quantity,
        value=claim.value,
        low=claim.low,
        high=claim.high,
        unit=claim.unit,
        as_of=claim.as_of,
        place=claim.place,
        grade=claim.grade,
        confidence=claim.confidence,
        how=confidence_meaning(claim.confidence),
        licence=claim.licence,
        recipe=claim.recipe,
        note=claim.note,
        source=source,
        is_reason=source.publisher == "Terbium maintainers",
    )


def publication(source: Source) -> Publication:
    """A source as a record."""
    return Publication(
        id=source.id,
        title=source.title,
        publisher=source.publisher,
        date=source.date.isoformat(),
        precision=source.date_precision,
        url=source.url,
        licence=source.licence,
        passed_on=source.redistributable == "yes",
        note=source.note,
    )


def group_view(name: str) -> GroupView | None:
    """All estimates whose names begin with `name` and a slash; None if there are none."""
    name = name.strip("/")
    members = [one for one in holders() if one.startswith(f"{name}/")]
    if not name or not members:
        return None
    depth = name.count("/") + 1
    counted: dict[str, int] = {}
    for one in members:
        key = "/".join(one.split("/")[: depth + 1])
        counted[key] = counted.get(key, 0) + 1
    return GroupView(
        name=name,
        label=label_of(name),
        path=sources_path(name),
        family=family(name.partition("/")[0]),
        members=members,
        parts=[(key, spoken(key.rpartition("/")[2]), count) for key, count in counted.items()],
        trail=_trail(name),
    )


def _trail(name: str) -> list[tuple[str, str]]:
    parts = name.split("/")
    wider = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    return [(one, spoken(one.rpartition("/")[2]) if "/" in one else family(one).title)
            for one in wider]  # fmt: skip
