"""The chain of a run by stage and element, and what a region depends on."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from terbium.base.speech import language, tr
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import NotFound
from terbium.web.pages.overview import head_context
from terbium.web.pages.shell import Held, fragment, render
from terbium.web.services import Services
from terbium.web.store.records import Result
from terbium.web.views.chain import chain_page, places_of
from terbium.web.views.region import region_page
from terbium.web.views.run import Shelf, view_of

router = APIRouter(include_in_schema=False)

_KIND = "run"
_CODE = re.compile("[A-Z0-9]{3,4}")
_MOST_HELD = 48
_Text = Annotated[str, Query(max_length=40)]


_bodies: Shelf[Held] = Shelf(_MOST_HELD)


@router.get("/chain")
def newest(services: TheServices, owner: Owner) -> Response:
    """The chain of the latest run, or the overview for whoever has none."""
    found = services.jobs.results(owner, _KIND, 1)
    return RedirectResponse(f"/runs/{found[0].key}/chain" if found else "/", 303)


@router.get("/runs/{key}/chain")
def chain(
    request: Request,
    services: TheServices,
    owner: Owner,
    key: str,
    stage: _Text = "",
    element: _Text = "",
    region: _Text = "",
) -> Response:
    """Bands, map and table of a stage and a group of elements."""
    if _CODE.fullmatch(region):
        return RedirectResponse(f"/regions/{region}?run={key}", 303)
    result = services.jobs.result(key, owner)
    return show_chain(request, services, owner, result, stage, element)


@router.get("/s/{slug}/chain")
def shared_chain(
    request: Request, services: TheServices, slug: str, stage: _Text = "", element: _Text = ""
) -> Response:
    """The chain of a run that somebody has given out a link for."""
    result = services.jobs.shared(slug)
    return show_chain(request, services, "", result, stage, element, f"/s/{slug}")


def show_chain(
    request: Request,
    services: Services,
    owner: str,
    result: Result,
    stage: str,
    element: str,
    base: str = "",
) -> Response:
    """The page of a chain; under a shared link `base` is that link."""
    if result.kind != _KIND:
        raise NotFound(tr("This result has no chain."))
    key = "" if base else result.key
    page = chain_page(result.folder, key, element, stage)
    told: dict[str, Any] = head_context(request, services, owner, result, base)
    place = told["base"]
    body = _bodies.get(
        (place, language(), page.group, page.stage),
        lambda: Held(fragment("chain_body.html.j2", found=page, base=place, is_own=bool(key))),
    )
    told |= {"page": "chain", "part": "chain", "branch_rows": [], "body": body}
    return render(request, "chain.html.j2", **told)


@router.get("/regions/{code}")
def region(
    request: Request, services: TheServices, owner: Owner, code: str, run: _Text = ""
) -> Response:
    """What a region depends on, in a run or in the latest one."""
    if run:
        result = services.jobs.result(run, owner)
    else:
        results = services.jobs.results(owner, _KIND, 1)
        if not results:
            raise NotFound(tr("There is no run yet that could show this region."))
        result = results[0]
    found = region_page(result.folder, code) if result.kind == _KIND else None
    if found is None:
        raise NotFound(tr("No run of yours tells this region apart."))
    view = view_of(result.folder)
    return render(
        request,
        "region.html.j2",
        page="chain",
        found=found,
        run=view.run,
        key=result.key,
        places=places_of(view),
    )
