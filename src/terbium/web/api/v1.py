"""The JSON API, version 1: every endpoint, described as OpenAPI."""

from typing import Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPBearer

from terbium.web.api import (
    evidence,
    jobs,
    meta,
    results,
    rules,
    runs,
    scenarios,
    sources,
    watch,
    what_if,
)
from terbium.web.api.depends import V1, check_query

DESCRIPTION: Final = (
    "Requests and answers are JSON. What takes long is a job: it is answered with 202, and "
    "`GET /jobs/{id}?wait=20` says when it is over; its `result` is the key of a result. Equal "
    "requests are computed once. Whatever is refused is answered with `problems`, each with "
    "`place`, `seen`, `allowed` and `remedy`. A server with access tokens wants "
    "`Authorization: Bearer TOKEN`; holders of different tokens never see each other's work."
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    meta.router,
    scenarios.router,
    runs.router,
    runs.compare_router,
    what_if.router,
    jobs.router,
    results.router,
    rules.router,
    watch.router,
    evidence.router,
    sources.router,
)


def include_api(app: FastAPI, is_guarded: bool) -> None:
    """Add every endpoint.

    Parameters
    ----------
    app
        The application.
    is_guarded
        Whether a token is asked for, which is then described.
    """
    # the token itself is looked at before any endpoint is reached
    described = [Depends(HTTPBearer(auto_error=False, description="An access token."))]
    always = [Depends(check_query), *(described if is_guarded else ())]
    for router in ROUTERS:
        app.include_router(router, prefix=V1, dependencies=always)
