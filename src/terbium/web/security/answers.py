"""How a request is refused: as JSON where a program asks, else as a page that needs nothing."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from terbium.base.errors import Problem
from terbium.base.speech import language, tr


def wants_json(scope: Scope) -> bool:
    """Whether it is a program that asks, and not a reader of pages."""
    if str(scope["path"]).startswith("/api/v"):
        return True
    return Headers(scope=scope).get("accept", "").startswith("application/json")


def problem_list(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems as plain JSON."""
    return [
        {"place": one.place, "seen": one.seen, "allowed": one.allowed, "remedy": one.remedy}
        for one in problems
    ]


def refusal(
    scope: Scope,
    status: int,
    problems: Iterable[Problem],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """What is answered to a request that gets no further.

    Parameters
    ----------
    scope
        The request.
    status
        HTTP status.
    problems
        At least one.
    headers
        Added to the answer.
    """
    told = problem_list(problems)
    if wants_json(scope):
        return JSONResponse({"problems": told}, status, headers)
    return HTMLResponse(_page(status, told), status, headers)


def _page(status: int, problems: list[dict[str, Any]]) -> str:
    title = escape(tr("Request refused ({status})", status=status))
    items = "".join(
        "<li>"
        + escape(
            tr(
                "{place}: seen {seen}. Allowed: {allowed}. What to do: {remedy}.",
                **{name: str(text).rstrip(".") for name, text in one.items()},
            )
        )
        + "</li>"
        for one in problems
    )
    back = escape(tr("Back to the overview"))
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8"><title>{title}'
        f'</title><link rel="stylesheet" href="/static/app.css"></head><body><main><h1>{title}'
        f'</h1><ul>{items}</ul><p><a href="/">{back}</a></p></main></body></html>'
    )
