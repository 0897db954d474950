"""Who asks."""

import hashlib
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from terbium.web.services import Services

LOCAL: Final = "local"
_DIGITS = 32


def owner_of(token: str) -> str:
    """What stands for an access token wherever something belongs to its holder."""
    return hashlib.sha256(token.encode()).hexdigest()[:_DIGITS]


class Access:
    """Middleware: every request has an owner."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self.app = app
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say whose request it is."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["owner"] = LOCAL
        await self.app(scope, receive, send)
