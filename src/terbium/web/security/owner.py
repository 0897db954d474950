"""Who asks: everybody on loopback, else the holder of an access token."""

import asyncio
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from terbium.base.errors import Problem
from terbium.base.speech import tr
from terbium.web.security.answers import refusal, wants_json
from terbium.web.security.rates import Buckets, address, too_often
from terbium.web.security.sessions import Sessions, cookie_of
from terbium.web.services import Services

LOCAL: Final = "local"
"""The one owner of a server without tokens."""

_DIGITS = 32
_WRONG_PER_MINUTE = 20
_SECONDS_OF_A_WRONG_ONE = 0.5

# what may be asked without a token: the way in, what the way in looks like, and secret links
_OPEN = ("/static/", "/s/", "/feeds/")
_WAY_IN = ("/login", "/favicon.ico")


def owner_of(token: str) -> str:
    """What stands for an access token wherever something belongs to its holder."""
    return _digest(token)[:_DIGITS]


class Tokens:
    """The access tokens of a server, of which only hashes are kept at hand.

    Parameters
    ----------
    tokens
        As they were given to users; without any nobody is asked for one.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self._owners = {_digest(token): owner_of(token) for token in tokens}
        self._wrong = Buckets(_WRONG_PER_MINUTE)

    def __bool__(self) -> bool:
        return bool(self._owners)

    def owner(self, token: str) -> str:
        """Whose token it is; empty = it is none."""
        asked, found = _digest(token), ""
        for digest, owner in self._owners.items():
            # each is compared, in constant time, so that time tells nothing
            if hmac.compare_digest(digest, asked):
                found = owner
        return found

    def is_owner(self, owner: str) -> bool:
        """Whether a token of this owner is still among them."""
        return owner in self._owners.values()

    async def slow_down(self, scope: Scope) -> ASGIApp | None:
        """Called for a wrong token: takes its time, then says how guessing is refused, if it is."""
        wait = self._wrong.wait(address(scope))
        if wait:
            return too_often(scope, wait)
        await asyncio.sleep(_SECONDS_OF_A_WRONG_ONE)
        return None


class Access:
    """Middleware: finds the owner of a request, or sends it to the way in (401).

    ``scope["state"]`` then has ``owner``, which is empty where an open place is asked for without
    a token, and ``has_login``, whether there is a session to end.
    """

    def __init__(self, app: ASGIApp, services: Services, tokens: Tokens) -> None:
        self.app = app
        self.tokens = tokens
        self.sessions = Sessions(services.store)
        self._strangers = Buckets(services.settings.limits.requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has an owner, or needs none."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["owner"], state["has_login"] = ("", False) if self.tokens else (LOCAL, False)
        answer = await self._identify(scope, state) if self.tokens else None
        await (self.app if answer is None else answer)(scope, receive, send)

    async def _identify(self, scope: Scope, state: dict[str, object]) -> ASGIApp | None:
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            owner = self.tokens.owner(given.strip())
            if not owner:
                return await self.tokens.slow_down(scope) or _unknown(scope)
            state["owner"] = owner
            return None
        cookie = cookie_of(scope)
        if cookie:
            owner = await run_in_threadpool(self.sessions.owner, cookie)
            if self.tokens.is_owner(owner):
                state["owner"], state["has_login"] = owner, True
                return None
        path = str(scope["path"])
        if path in _WAY_IN or path.startswith(_OPEN):
            return None
        wait = self._strangers.wait(address(scope))
        return too_often(scope, wait) if wait else _way_in(scope)


def _way_in(scope: Scope) -> ASGIApp:
    if wants_json(scope) or scope.get("method") not in ("GET", "HEAD"):
        return _unknown(scope)
    query = scope["query_string"].decode("latin-1")
    here = f"{scope['path']}?{query}" if query else scope["path"]
    return RedirectResponse(f"/login?{urlencode({'next': here})}", 303)


def _unknown(scope: Scope) -> ASGIApp:
    problem = Problem(
        "Authorization",
        tr("no access token that this server knows"),
        "Authorization: Bearer TOKEN",
        tr("ask whoever runs the server for a token, or log in"),
    )
    return refusal(scope, 401, [problem], {"www-authenticate": 'Bearer realm="terbium"'})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
