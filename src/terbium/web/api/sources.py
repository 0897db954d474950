"""Endpoints: every number with its range, its grade, its claims and their sources."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from terbium.web.api.answers import plain, statuses
from terbium.web.api.models import Model, Row
from terbium.web.errors import NotFound
from terbium.web.views.search import KINDS, Entry, Facet, near_names, search
from terbium.web.views.sources import estimate_view, group_view

router = APIRouter(prefix="/sources", tags=["sources"], responses=statuses())

_MOST_SIGNS = 300
_MOST_PAGES = 10_000


class EntryOut(Model):
    """Something that carries a source."""

    kind: str
    name: str
    path: Annotated[str, Field(description="Where a person reads it.")]
    value: float | None
    unit: str
    grade: str
    text: str


class FoundOut(Model):
    """A page of a search."""

    entries: list[EntryOut]
    total: int
    page: int
    pages: int
    kinds: dict[str, int]
    families: dict[str, int]
    grades: dict[str, int]


@router.get("", responses=statuses(422))
def sources(
    query: Annotated[
        str, Query(max_length=_MOST_SIGNS, description="Words, English or Chinese.")
    ] = "",
    kind: Annotated[str, Query(max_length=40, description=", ".join(KINDS))] = "",
    family: Annotated[str, Query(max_length=100)] = "",
    grade: Annotated[str, Query(max_length=1, description="A, B, C or D.")] = "",
    page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1,
) -> FoundOut:
    """Search estimates, constants, sources, targets and quantities."""
    found = search(query, kind, family, grade, page)
    return FoundOut(
        entries=[EntryOut.model_validate(one) for one in map(_entry, found.entries)],
        total=found.total,
        page=found.page,
        pages=found.pages,
        kinds=_counts(found.kinds),
        families=_counts(found.families),
        grades=_counts(found.grades),
    )


@router.get("/{name:path}", responses=statuses(404, 422), response_model=Row)
def source(
    name: Annotated[
        str,
        Path(
            max_length=_MOST_SIGNS,
            description="Name of an estimate, or the beginning that many share.",
            examples=["stock/days_of_cover/JPN/passenger_cars"],
        ),
    ],
) -> Response:
    """One estimate: low, central, high, unit, grade, and the claims and sources behind it."""
    found = estimate_view(name)
    if found is not None:
        return plain(asdict(found))
    group = group_view(name)
    if group is None:
        near = ", ".join(near_names(name))
        raise NotFound(f"an estimate of that name; near it: {near}" if near else "")
    return plain(asdict(group))


def _entry(one: Entry) -> Row:
    return {name: getattr(one, name) for name in EntryOut.model_fields}


def _counts(facets: Sequence[Facet]) -> dict[str, int]:
    return {one.key: one.count for one in facets}
