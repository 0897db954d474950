"""Sessions of browsers: a random id in a cookie, of which the store knows the hash and the end."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from terbium.web.store.store import Store

LASTS: Final = timedelta(days=7)

_BYTES = 32


def digest_of(secret: str) -> str:
    """What is kept of a secret: enough to know it again, too little to find it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Sessions:
    """Sessions in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, owner: str) -> str:
        """Begin a session; gives what the cookie holds."""
        value = secrets.token_urlsafe(_BYTES)
        self._store.sign_in(digest_of(value), owner, datetime.now(UTC) + LASTS)
        return value

    def owner(self, value: str) -> str:
        """Whose session it is; empty = nobody's, or it has ended."""
        return self._store.signed_in(digest_of(value)) or ""

    def end(self, value: str) -> None:
        """End a session at once."""
        self._store.sign_out(digest_of(value))


def cookie_name(scope: Scope) -> str:
    """Name of the cookie; over TLS one that browsers take from this very host alone."""
    return "__Host-terbium" if scope["scheme"] == "https" else "terbium"


def cookie_of(scope: Scope) -> str:
    """What the cookie of a request holds; empty = there is none."""
    name = cookie_name(scope)
    for key, value in scope["headers"]:
        if key == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(name)
            except CookieError:
                continue
            if found is not None:
                return found.value
    return ""


def set_session(response: Response, scope: Scope, value: str) -> None:
    """Let the browser keep a session; an empty value lets it forget."""
    response.set_cookie(
        cookie_name(scope),
        value,
        max_age=int(LASTS.total_seconds()) if value else 0,
        path="/",
        secure=scope["scheme"] == "https",
        httponly=True,
        samesite="strict",
    )
