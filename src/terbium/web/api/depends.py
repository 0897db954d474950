"""What pages and endpoints are handed: the services of the server, and who asks."""

from typing import Annotated, Final

from fastapi import Depends, Request

from terbium.base.errors import Problems, suggest
from terbium.web.services import Services

V1: Final = "/api/v1"

_MOST_SHOWN = 80
# asks for a language of the answer, anywhere
_ALWAYS = frozenset({"lang"})


def services(request: Request) -> Services:
    """The services of the server that answers."""
    found: Services = request.app.state.services
    return found


def owner(request: Request) -> str:
    """Who asks: ``local``, or what stands for an access token."""
    found: str = request.scope["state"]["owner"]
    return found


def check_query(request: Request) -> None:
    """Refuse a query that the endpoint does not know: one that was mistyped would change nothing.

    Raises
    ------
    InputError
        With every name that is not known.
    """
    asked = set(request.query_params) - _ALWAYS
    if not asked:
        return
    paths = request.app.openapi()["paths"]
    told = paths[V1 + request.scope["route"].path][request.method.lower()].get("parameters", ())
    known = [one["name"] for one in told if one["in"] == "query"]
    problems = Problems()
    for name in sorted(asked - set(known)):
        problems.add(
            f"query {name[:_MOST_SHOWN]}", "a name that is not known here",
            ", ".join(known) or "no query", suggest(name[:_MOST_SHOWN], known),
        )  # fmt: skip
    problems.raise_if_any(request.url.path)


TheServices = Annotated[Services, Depends(services)]
Owner = Annotated[str, Depends(owner)]
