"""Each request reads in one language: ``?lang=``, else the cookie, else what the browser asks."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from babel import negotiate_locale
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from terbium.base.speech import DEFAULT, LANGUAGES, speaking

COOKIE = "lang"

# what browsers call the two ways of writing Chinese
_ALSO = {
    "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-my": "zh-Hans",
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant",
}  # fmt: skip


class Language:
    """Middleware: what is inside reads the language that was asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in its language."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with speaking(asked_language(scope)):
            await self.app(scope, receive, send)


def asked_language(scope: Scope) -> str:
    """Tag of the language in which a request wants to be answered."""
    headers = Headers(scope=scope)
    by_query = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
    for tag in (by_query, _cookie(headers.get("cookie", ""))):
        if tag in LANGUAGES:
            return tag
    wanted = [_known(tag) for tag in _by_weight(headers.get("accept-language", ""))]
    return negotiate_locale(wanted, list(LANGUAGES), sep="-", aliases={}) or DEFAULT


def _cookie(text: str) -> str:
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _by_weight(header: str) -> list[str]:
    weighed = []
    for position, part in enumerate(header.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            weighed.append((-weight, position, tag))
    return [tag for *_, tag in sorted(weighed)]


def _known(tag: str) -> str:
    folded = tag.strip().lower()
    if folded.startswith(("zh-hans", "zh-hant")):
        return "zh-Hans" if folded.startswith("zh-hans") else "zh-Hant"
    return _ALSO.get(folded, folded)
