"""Method and sources: a search over all that carries a source, and a page for each of them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from terbium.base.speech import tr
from terbium.evidence.audit import GRADES
from terbium.web.pages.shell import render
from terbium.web.views.audit import ages_figure, audit_of, coverage_table, grades_figure
from terbium.web.views.families import grade_meaning
from terbium.web.views.ranges import amount, estimate_figure
from terbium.web.views.search import KINDS, near_names, search
from terbium.web.views.sources import DATASETS, estimate_view, group_view, label_of, members_of
from terbium.web.views.sources_about import (
    address_of,
    claim_view,
    method_view,
    publication_view,
    target_view,
    text_view,
)

router = APIRouter()

_CLAIMS_PER_PAGE = 100
_MOST_ROWS = 400
_LONGEST_NAME = 200
_APART = {
    "methods": (method_view, "source_method.html.j2"),
    "publications": (publication_view, "source_publication.html.j2"),
    "register": (text_view, "source_text.html.j2"),
    "targets": (target_view, "source_target.html.j2"),
}
_Text = Annotated[str, Query(max_length=200)]
_Number = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/sources")
def sources(
    request: Request,
    q: _Text = "",
    kind: _Text = "",
    family: _Text = "",
    grade: _Text = "",
    page: _Number = 1,
) -> HTMLResponse:
    """Search all that carries a source; without a question, how good the numbers are."""
    asked = {"q": q, "kind": kind, "family": family, "grade": grade}
    is_asked = any(asked.values())
    found = search(q, kind, family, grade, page)

    def link(key: str, value: str) -> str:
        """Address of the first page of this search with one choice changed."""
        chosen = {name: one for name, one in (asked | {key: value}).items() if one}
        return f"/sources?{urlencode(chosen)}"

    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "link": link,
        "kinds": KINDS,
        "is_asked": is_asked,
    }
    return _shown(request, "sources.html.j2", **context, **({} if is_asked else _overview()))


def _overview() -> dict[str, Any]:
    report = audit_of(DATASETS[0])
    return {
        "grades": [(one, grade_meaning(one), report.grades[one]) for one in GRADES],
        "figures": [grades_figure(DATASETS[0]), ages_figure(DATASETS[0])],
        "coverage": [coverage_table(name) for name in DATASETS],
        "passed_on": report.redistributable,
    }


def _shown(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of this module: all may print amounts and labels."""
    return render(
        request, template, status, page="sources", amount=amount, label_of=label_of, **context
    )


@router.get("/sources/{name:path}")
def source(request: Request, name: str, page: _Number = 1) -> Response:
    """One estimate, group, claim, publication, text, constant or target."""
    kind, _, key = name.partition("/")
    if kind in _APART and key:
        view, template = _APART[kind]
        found = view(key)
        if found is None:
            return _missing(request, key)
        return _shown(request, template, found=found, **_paged(found, page))
    estimate = estimate_view(name)
    if estimate is not None:
        figure = estimate_figure(estimate)
        return _shown(request, "source.html.j2", found=estimate, figure=figure)
    claim = claim_view(name)
    if claim is not None:
        return _shown(request, "source_claim.html.j2", found=claim)
    elsewhere = address_of(name)
    if elsewhere:
        return RedirectResponse(elsewhere, 303)
    group = group_view(name)
    if group is None:
        return _missing(request, name)
    members = members_of(group, _MOST_ROWS)
    return _shown(request, "source_group.html.j2", found=group, members=members)


def _paged(found: object, page: int) -> dict[str, Any]:
    claims = getattr(found, "claims", ())
    pages = max(-(-len(claims) // _CLAIMS_PER_PAGE), 1)
    page = min(page, pages)
    shown = claims[(page - 1) * _CLAIMS_PER_PAGE : page * _CLAIMS_PER_PAGE]
    return {"shown": shown, "at": page, "last": pages}


def _missing(request: Request, name: str) -> HTMLResponse:
    """Nothing has that name: which names are near it."""
    title = tr("No source under this name")
    named = name[:_LONGEST_NAME]
    near = near_names(named)
    return _shown(request, "source_missing.html.j2", 404, asked=named, near=near, title=title)
