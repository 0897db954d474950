"""Two stored runs side by side."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from terbium.base.speech import tr
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import NotFound
from terbium.web.pages.shell import render
from terbium.web.services import Services
from terbium.web.store.records import Result
from terbium.web.views.compare import side_by_side

router = APIRouter(include_in_schema=False)

_MOST: Final = 200


@router.get("/compare")
def compare(
    request: Request, services: TheServices, owner: Owner, left: str = "", right: str = ""
) -> Response:
    """Why two runs differ, and by how much beyond the error of drawing."""
    runs = services.jobs.results(owner, "run", _MOST)
    told: dict[str, Any] = {"runs": runs, "left": left, "right": right, "pair": None}
    if left and right:
        folders = [_run(services, owner, key).folder for key in (left, right)]
        told["pair"] = side_by_side(*folders)
    return render(request, "compare.html.j2", page="what-if", **told)


def _run(services: Services, owner: str, key: str) -> Result:
    found = services.jobs.result(key, owner)
    if found.kind != "run":
        raise NotFound(tr("Only runs can stand side by side."))
    return found
