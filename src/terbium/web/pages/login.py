"""The way in: an access token is given once, and a session stands for it in this browser."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from terbium.base.speech import tr
from terbium.web.api.depends import TheServices
from terbium.web.pages.shell import render
from terbium.web.security.owner import Tokens
from terbium.web.security.sessions import Sessions, cookie_of, set_session

router = APIRouter()

_MOST_TOKEN = 1024


@router.get("/login")
def login(request: Request, next: str = "/") -> Response:  # noqa: A002
    """Ask for an access token."""
    return render(request, "login.html.j2", next=local(next), said="")


@router.post("/login")
async def enter(
    request: Request,
    services: TheServices,
    token: Annotated[str, Form(max_length=_MOST_TOKEN)] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Begin a session for the holder of a token."""
    tokens: Tokens = request.app.state.tokens
    owner = tokens.owner(token.strip())
    if not owner:
        busy = await tokens.slow_down(request.scope)
        said = tr("This is no access token of this server.")
        if busy is not None:
            said = tr("Too many wrong tokens. Wait a minute.")
        status = 401 if busy is None else 429
        return render(request, "login.html.j2", status, next=local(next), said=said)
    value = await run_in_threadpool(Sessions(services.store).begin, owner)
    answer = RedirectResponse(local(next), 303)
    set_session(answer, request.scope, value)
    return answer


@router.post("/logout")
async def leave(request: Request, services: TheServices) -> Response:
    """End the session of this browser."""
    value = cookie_of(request.scope)
    if value:
        await run_in_threadpool(Sessions(services.store).end, value)
    answer = RedirectResponse("/login", 303)
    set_session(answer, request.scope, "")
    return answer


def local(place: str) -> str:
    """A place on this server; anything that could lead elsewhere is the overview.

    Examples
    --------
    >>> local("/rules?item=x"), local("//evil.example"), local("https://evil.example")
    ('/rules?item=x', '/', '/')
    """
    is_plain = place.isprintable() and place.isascii() and "\\" not in place
    return place if is_plain and place.startswith("/") and not place.startswith("//") else "/"
