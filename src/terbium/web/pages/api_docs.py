"""The description of the API, to read and to try out; nothing of it comes from elsewhere."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from terbium.web.api.depends import V1
from terbium.web.pages.shell import render

router = APIRouter()


@router.get("/api/docs")
def api_docs(request: Request) -> Response:
    """Show the description of the API."""
    return render(request, "api_docs.html.j2", description=f"{V1}/openapi.json")


@router.get("/api")
def api(request: Request) -> Response:
    """The same, under the address that people try first."""
    return api_docs(request)
