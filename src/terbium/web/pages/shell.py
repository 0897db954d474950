"""What every page stands in: header, navigation, language, look, notices and footer."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from terbium.base.speech import LANGUAGES, language, tr, trn
from terbium.base.version import __version__
from terbium.policy.acts import built_in_book
from terbium.web.assets import FOLDER, asset, has_asset
from terbium.web.views import figures, says

LOOKS: Final = ("auto", "light", "dark")
LANGUAGE_COOKIE, LOOK_COOKIE = "lang", "look"

_DIGEST = 10
# what no text of a user can hold
_MARK = f"<!-- {secrets.token_hex(16)} -->"


@dataclass(frozen=True)
class Page:
    """An entry of the navigation; its title is asked for in the language of the reader."""

    key: str
    path: str
    title: Callable[[], str]


PAGES: Final = (
    Page("overview", "/", lambda: tr("Overview")),
    Page("chain", "/chain", lambda: tr("Chain")),
    Page("what-if", "/what-if", lambda: tr("What if")),
    Page("rules", "/rules", lambda: tr("Rules")),
    Page("evidence", "/evidence", lambda: tr("Evidence")),
    Page("sources", "/sources", lambda: tr("Sources")),
    Page("jobs", "/jobs", lambda: tr("Jobs")),
    Page("manual", "/manual/", lambda: tr("Manual")),
)
"""The navigation, in order; a later page is one entry here."""


def render(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Fill a template for a request.

    Parameters
    ----------
    request
        Whose path, cookies and owner the page shows.
    name
        File of the template.
    status
        Of the answer.
    context
        What the template needs besides the shell's own names: ``page`` (key of the navigation
        entry that is open) and ``notices`` (texts above the page) may be given too.

    Returns
    -------
    HTMLResponse
        With an ETag; an unchanged page is answered with 304.
    """
    text = environment().get_template(name).render(shell(request) | context)
    held = next((one for one in context.values() if isinstance(one, Held)), None)
    if held is None:
        return answer(request, text.encode(), status)
    head, _, tail = text.partition(_MARK)
    ends = (head.encode(), tail.encode())
    return answer(request, held.content.join(ends), status, _digest(*ends, held.digest))


class Held:
    """The large part of a page that is kept finished; templates print it like any other text."""

    def __init__(self, text: str) -> None:
        self.content = text.encode()
        self.digest = _digest(self.content).encode()

    def __html__(self) -> str:
        return _MARK


def answer(request: Request, body: bytes, status: int = 200, digest: str = "") -> HTMLResponse:
    """Answer with a finished page, or with 304 where the reader has it."""
    etag = f'"{digest or _digest(body)}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Cookie, HX-Request"}
    if status == 200 and etag in request.headers.get("if-none-match", ""):
        return HTMLResponse(status_code=304, headers=headers)
    return HTMLResponse(body, status, headers)


def _digest(*parts: bytes) -> str:
    found = hashlib.blake2b(digest_size=_DIGEST)
    for part in parts:
        found.update(part)
    return found.hexdigest()


def fragment(name: str, **context: Any) -> str:
    """Fill a template that is a part of a page and depends on nothing but its context."""
    return environment().get_template(name).render(context)


def shell(request: Request) -> dict[str, Any]:
    """Names that the base template needs of a request."""
    query = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    here = request.url.path + (f"?{urlencode(query)}" if query else "")
    look = request.cookies.get(LOOK_COOKIE, LOOKS[0])
    return {
        "look": look if look in LOOKS else LOOKS[0],
        "here": here,
        "owner": getattr(request.state, "owner", "local"),
        "has_login": getattr(request.state, "has_login", False),
        "page": "",
        "notices": (),
        "evidence_day": evidence_day(),
    }


@cache
def evidence_day() -> str:
    """Day up to which the register holds evidence, ISO."""
    return built_in_book().evidence_date.isoformat()


@cache
def environment() -> Environment:
    """The one environment of all pages."""
    made = Environment(
        loader=FileSystemLoader(FOLDER.with_name("templates")),
        autoescape=select_autoescape(["html.j2", "xml.j2"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        tr=tr,
        trn=trn,
        language=language,
        languages=LANGUAGES,
        looks=_look_names,
        pages=PAGES,
        static=static,
        version=__version__,
        place_of_sources=says.sources_path,
        mark_of=figures.mark_of,
    )
    made.filters.update(
        number=says.number, percent=says.percent, day=says.day, month=says.month, moment=says.moment
    )
    return made


def _look_names() -> Mapping[str, str]:
    return {"auto": tr("As the device"), "light": tr("Light"), "dark": tr("Dark")}


@cache
def static(path: str) -> str:
    """Address of a static file that changes with its content; empty if there is no such file."""
    return asset(path) if has_asset(path) else ""


def set_cookie(response: Response, name: str, value: str) -> None:
    """Keep a choice of the reader for a year."""
    response.set_cookie(name, value, max_age=365 * 24 * 3600, httponly=True, samesite="strict")
