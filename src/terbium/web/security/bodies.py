"""How much may be sent: counted while it arrives, whatever its header says."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from terbium.base.errors import Problem
from terbium.base.speech import tr
from terbium.web.security.answers import refusal
from terbium.web.settings import MEBIBYTE

PLAIN: Final = MEBIBYTE
"""Most bytes of a form or of JSON; an own scenario is a few kilobytes."""

# what parts of a form have around a file
_AROUND = 64 * 1024


class TooMuch(Exception):  # noqa: N818
    """More arrived than is taken; ends the reading of a body wherever that goes on."""


class Bodies:
    """Middleware: refuses bodies that are too long, before they have arrived (413).

    Parameters
    ----------
    app
        What is kept safe.
    upload
        Most bytes of an uploaded file.
    """

    def __init__(self, app: ASGIApp, upload: int) -> None:
        self.app = app
        self.upload = upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on bodies up to the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_upload = headers.get("content-type", "").startswith("multipart/")
        most = self.upload + _AROUND if is_upload else PLAIN
        if _declared(headers) > most:
            await _refuse(scope, receive, send, most)
            return
        taken, is_answered = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise TooMuch
            return message

        async def noted(message: Message) -> None:
            nonlocal is_answered
            # a framework that turned the end of the body into another fault is put right
            if taken > most and not is_answered:
                raise TooMuch
            is_answered = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except TooMuch:
            if is_answered:
                raise
            await _refuse(scope, receive, send, most)


def _declared(headers: Headers) -> int:
    text = headers.get("content-length", "0")
    return int(text) if text.isascii() and text.isdecimal() else 0


async def _refuse(scope: Scope, receive: Receive, send: Send, most: int) -> None:
    problem = Problem(
        tr("body"),
        tr("more than is taken"),
        tr("at most {size} MiB", size=max(1, most // MEBIBYTE)),
        tr("send less, or split it"),
    )
    # what has not arrived is not waited for
    await refusal(scope, 413, [problem], {"connection": "close"})(scope, receive, send)
