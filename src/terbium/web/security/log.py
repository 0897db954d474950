"""What is written about requests: never a query, a secret link, a token or a cookie."""

import logging
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from terbium.web.security.rates import address

LOGGER: Final = logging.getLogger("terbium.web.access")

# whoever knows the rest of these addresses may read what is behind them
_SECRET = ("/s/", "/feeds/")


class AccessLog:
    """Middleware: one line per request with address, method, path, status and time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then write the line."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            took = (time.perf_counter() - began) * 1000
            LOGGER.info(
                "%s %s %s %d %.0f ms",
                address(scope), scope["method"], told_path(scope["path"]), status, took,
            )  # fmt: skip


def told_path(path: str) -> str:
    r"""A path as it may be written down: one line, and without what opens a shared result.

    Examples
    --------
    >>> told_path("/s/3fJq"), told_path("/runs/ab"), told_path("/a\nb")
    ('/s/…', '/runs/ab', '/a\\nb')
    """
    for start in _SECRET:
        if path.startswith(start):
            return f"{start}…"
    return path.encode("unicode_escape").decode("ascii")
