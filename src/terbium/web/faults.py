"""How errors are told: what the asker can mend with all its problems, our own faults plainly."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from terbium.base.errors import InputError, Problem
from terbium.base.speech import tr
from terbium.web.errors import Busy, NotFound
from terbium.web.pages.shell import render
from terbium.web.security.answers import problem_list, refusal, wants_json
from terbium.web.security.uploads import TooLarge

RETRY_SECONDS: Final = 5


def install_faults(app: FastAPI) -> None:
    """Tell every error that pages and endpoints raise in the same way."""
    told: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        InputError: _input,
        RequestValidationError: _invalid,
        NotFound: _missing,
        Busy: _busy,
        TooLarge: _too_large,
        HTTPException: _http,
    }
    for kind, handler in told.items():
        app.add_exception_handler(kind, handler)


def tell(
    request: Request,
    status: int,
    title: str,
    problems: Iterable[Problem],
    headers: dict[str, str] | None = None,
) -> Response:
    """An error, as JSON where a program asks and as a page else."""
    listed = problem_list(problems)
    if wants_json(request.scope):
        return JSONResponse({"problems": listed}, status, headers)
    answer = render(request, "message.html.j2", status, title=title, problems=listed, paragraphs=())
    answer.headers.update(headers or {})
    return answer


async def _input(request: Request, error: Exception) -> Response:
    assert isinstance(error, InputError)
    return tell(request, 422, tr("That cannot be answered as it was asked"), error.problems)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [
        Problem(
            ".".join(map(str, one["loc"])) or "body",
            _shown(one.get("input")),
            one["msg"],
            tr("mend this field"),
        )
        for one in error.errors()
    ]
    return tell(request, 422, tr("That cannot be answered as it was asked"), problems)


async def _missing(request: Request, error: Exception) -> Response:
    return tell(request, 404, tr("Not found"), [_nothing(str(error))])


async def _busy(request: Request, error: Exception) -> Response:
    problem = Problem(
        tr("jobs"), str(error) or tr("too many that wait"), tr("fewer at once"),
        tr("wait until one has ended, or cancel one"),
    )  # fmt: skip
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return tell(request, 429, tr("Too much at once"), [problem], headers)


async def _too_large(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooLarge)
    return tell(request, 413, tr("Too large"), [error.problem])


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return await _missing(request, NotFound(""))
    problem = Problem(
        f"{request.method} {request.url.path}",
        str(error.detail) or str(error.status_code),
        tr("what the description of the interface names"),
        tr("see /api/docs"),
    )
    headers = dict(error.headers or {})
    return tell(request, error.status_code, tr("Not possible"), [problem], headers)


def _nothing(what: str) -> Problem:
    return Problem(
        tr("address"),
        what or tr("nothing under this address"),
        tr("what is listed, and what you have asked for yourself"),
        tr("check the address; what belongs to others is not shown"),
    )


_MOST_SHOWN = 80


def _shown(value: object) -> str:
    if value is None or value == "":
        return tr("nothing")
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


class Faults:
    """Middleware: a fault of ours is answered too, and raised again so that it is written down."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, whatever happens."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        is_answered = False

        async def noted(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            if not is_answered:
                await refusal(scope, 500, [_ours()])(scope, receive, send)
            raise


def _ours() -> Problem:
    return Problem(
        "terbium",
        tr("a fault of Terbium, not of your input"),
        tr("an answer"),
        tr("report it with what you did; the log of the server says where it happened"),
    )
