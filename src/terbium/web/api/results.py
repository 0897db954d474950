"""Endpoints: finished answers of every kind, their files, and links to them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, Response

from terbium.web.api.answers import Key, statuses
from terbium.web.api.depends import Owner, TheServices
from terbium.web.api.jobs import Limit
from terbium.web.api.models import (
    ResultFilesOut,
    ResultOut,
    SharedOut,
    files_of,
    files_out,
    result_out,
)
from terbium.web.errors import NotFound

router = APIRouter(prefix="/results", tags=["results"], responses=statuses())

Kind = Literal["run", "what_if", "batch", "article"]

_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html; charset=utf-8",
    ".npz": "application/octet-stream",
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {kind: {"schema": {"type": "string"}} for kind in sorted(_TYPES.values())},
    }
}


@router.get("", responses=statuses(422))
def results(
    services: TheServices,
    owner: Owner,
    kind: Annotated[Kind | None, Query(description="Of one kind alone.")] = None,
    limit: Limit = 50,
) -> list[ResultOut]:
    """List your results, the latest first."""
    return [result_out(one) for one in services.jobs.results(owner, kind, limit)]


@router.get("/{key}", responses=statuses(404, 422))
def result(services: TheServices, owner: Owner, key: Key) -> ResultFilesOut:
    """One of your results with its files."""
    return files_out(services.jobs.result(key, owner), services.jobs.link(key, owner))


@router.get(
    "/{key}/files/{name:path}",
    responses=statuses(404, 422) | _FILE,
    response_class=FileResponse,
)
def file(
    services: TheServices,
    owner: Owner,
    key: Key,
    name: Annotated[str, Path(description="As the result lists it.")],
) -> Response:
    """A file of one of your results."""
    # the name is looked up among those that are there; no path is made of it
    found = files_of(services.jobs.result(key, owner)).get(name)
    if found is None:
        raise NotFound("a file of that name in this result")
    kind = _TYPES.get(found.suffix, "application/octet-stream")
    return FileResponse(found, media_type=kind, filename=found.name)


@router.post("/{key}/share", responses=statuses(403, 404, 422))
def share(services: TheServices, owner: Owner, key: Key) -> SharedOut:
    """Make a link under which whoever reaches the server may read one of your results."""
    return SharedOut(path=f"/s/{services.jobs.share(key, owner)}")


@router.delete("/{key}/share", status_code=204, responses=statuses(403, 404, 422))
def unshare(services: TheServices, owner: Owner, key: Key) -> None:
    """End the link to one of your results."""
    services.jobs.unshare(key, owner)
