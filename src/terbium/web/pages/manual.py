"""What stands at the address of the manual where none was built."""

from typing import Final

from fastapi import APIRouter, Request, Response

from terbium.base.speech import tr
from terbium.web.pages.shell import render

MISSING: Final = APIRouter()


@MISSING.get("/manual/{rest:path}")
def missing(request: Request, rest: str) -> Response:
    """Say how the manual is had."""
    told = tr("`make docs` builds it from the folder docs, where it can be read as it is.")
    title = tr("The manual is not built here")
    return render(
        request, "message.html.j2", 404, title=title, problems=(), paragraphs=(told,), page="manual"
    )
