"""What endpoints of the JSON API have in common: statuses, plain JSON, ids."""

from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import Response

from terbium.base.files import tidy_json
from terbium.web.api.models import ProblemsOut

Statuses = dict[int | str, dict[str, Any]]

_MEANS = {
    400: "The request cannot be read.",
    401: "No access token that this server knows.",
    403: "A change that another site has asked for.",
    404: "There is nothing of that name, or it is another's.",
    413: "More was sent than is taken.",
    421: "A name by which this server does not go.",
    422: "The request can be mended: every problem with place, finding, allowed values and remedy.",
    429: "Too often, or too many jobs that wait; Retry-After says when to come again.",
}

ANY = (401, 421, 422, 429)
"""What any request may be answered."""

CHANGES = (400, 403, 413, 422)
"""What a request that sends something may be answered too."""


def statuses(*more: int) -> Statuses:
    """Description of the statuses that say what is wrong."""
    return {
        code: {"model": ProblemsOut, "description": _MEANS[code]} for code in sorted({*ANY, *more})
    }


def plain(content: object) -> Response:
    """JSON of what has dates, arrays, tuples or infinity in it; the same text for the same."""
    return Response(tidy_json(content), media_type="application/json")


KEY = "^[0-9a-f]{40}$"

Key = Annotated[str, Path(pattern=KEY, description="Address of a result.", examples=["0" * 40])]
JobId = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{8,64}$", description="Address of a job.")]
