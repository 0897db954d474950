"""By which name the server is asked, and from which page a change comes.

A page elsewhere may make a browser send requests here. Two checks keep it from reading or changing
anything: on loopback the server answers to names of this machine only, so that a foreign name that
was made to point here (DNS rebinding) finds nobody; and what changes something must come from a
page of this server, or from no page at all.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from terbium.base.errors import Problem
from terbium.web.security.answers import refusal

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})

_SAME = frozenset({"same-origin", "none"})


class Hosts:
    """Middleware: refuses names by which the server does not go (421).

    Parameters
    ----------
    app
        What is kept safe.
    names
        Names that are answered to, with any port; None = any name, where a token is asked for.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] | None) -> None:
        self.app = app
        self.names = None if names is None else frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what was asked by a known name."""
        if scope["type"] == "lifespan" or self._is_known(Headers(scope=scope).getlist("host")):
            await self.app(scope, receive, send)
            return
        known = ", ".join(sorted(self.names or ()))
        problem = Problem(
            "Host",
            "a name by which this server does not go",
            known or "one name",
            "open the address that `terbium serve` has printed, or start it with --name",
        )
        await refusal(scope, 421, [problem])(scope, receive, send)

    def _is_known(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        return self.names is None or name_of(hosts[0]) in self.names


def name_of(host: str) -> str:
    """A Host header without its port; of text that is no such header, nothing that is known.

    Examples
    --------
    >>> name_of("LOCALHOST:8765"), name_of("[::1]:80"), name_of("127.0.0.1@evil.example")
    ('localhost', '[::1]', '127.0.0.1@evil.example')
    """
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal() and port.isascii() and (name.endswith("]") or ":" not in name):
        return name.lower()
    return host.lower()


class Origins:
    """Middleware: what changes something comes from our own pages or from no page (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what reads, and what comes from here."""
        if (
            scope["type"] == "lifespan"
            or scope.get("method") in READING
            or _is_ours(scope["scheme"], Headers(scope=scope))
        ):
            await self.app(scope, receive, send)
            return
        problem = Problem(
            "Origin",
            "a change that was asked for by a page of another site",
            "requests of this server's own pages, or of programs that name no origin",
            "open the page of this server and ask there",
        )
        await refusal(scope, 403, [problem])(scope, receive, send)


def _is_ours(scheme: str, headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None and site not in _SAME:
        return False
    for origin in headers.getlist("origin"):
        parts = urlsplit(origin)
        if parts.scheme != scheme or parts.netloc.lower() != headers.get("host", "").lower():
            return False
    return True
