"""Watchlists, and their feeds under a secret name."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from terbium.base.errors import InputError
from terbium.base.speech import tr
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import NotFound
from terbium.web.pages.rules import shown, told
from terbium.web.services import Services
from terbium.web.store.records import Watch
from terbium.web.views.rules_case import law_of, suggestions
from terbium.web.views.rules_feed import ics_of, rss_of
from terbium.web.views.rules_watch import by_day, coming, entries_of, stored, with_entry
from terbium.web.views.rules_wish import AHEAD

router = APIRouter()

_PAGE: Final = "/rules/watch"
_RSS: Final = "application/rss+xml; charset=utf-8"
_ICS: Final = "text/calendar; charset=utf-8"


@router.get(_PAGE)
def watchlist(
    request: Request, services: TheServices, owner: Owner, measure: str = "", item: str = ""
) -> HTMLResponse:
    """What is watched, what comes next, and where the feeds are."""
    return _page(request, services, owner, {"measure": measure, "item": item})


def _page(
    request: Request,
    services: Services,
    owner: str,
    given: dict[str, str],
    problems: list[dict[str, str]] | None = None,
) -> HTMLResponse:
    watch = _list(services, owner)
    entries = entries_of(watch.what) if watch else ()
    server = _server(request)
    return shown(
        request,
        "rules_watch.html.j2",
        "watch",
        422 if problems else 200,
        entries=entries,
        coming=by_day(coming(entries, date.today())),
        evidence_date=law_of().book.evidence_date,
        feed=f"{server}/feeds/{watch.slug}" if watch and entries else "",
        problems=problems or [],
        given={"measure": "", "item": "", "lapses": ""} | given,
        acts=[(act.id, act.title) for act in law_of().book],
        ahead=AHEAD,
        suggestions=suggestions(),
    )


@router.post(f"{_PAGE}/add")
def add(
    request: Request,
    services: TheServices,
    owner: Owner,
    kind: Annotated[str, Form()],
    text: Annotated[str, Form()] = "",
) -> Response:
    """Watch one more act, item or term."""
    watch = _list(services, owner)
    entries = entries_of(watch.what) if watch else ()
    try:
        wanted = stored(with_entry(entries, kind, text))
    except InputError as error:
        return _page(request, services, owner, {kind: text}, told(error.problems))
    if watch is None:
        services.store.watch(owner, wanted)
    else:
        services.store.change_watch(watch.id, owner, wanted)
    return RedirectResponse(_PAGE, 303)


@router.post(f"{_PAGE}/remove")
def remove(services: TheServices, owner: Owner, key: Annotated[str, Form()]) -> Response:
    """Take something off the list."""
    watch = _list(services, owner)
    if watch is not None:
        left = [one for one in entries_of(watch.what) if one.key != key]
        services.store.change_watch(watch.id, owner, stored(left))
    return RedirectResponse(_PAGE, 303)


@router.post(f"{_PAGE}/renew")
def renew(services: TheServices, owner: Owner) -> Response:
    """Give the feeds another secret name; the old one finds nothing any more."""
    watch = _list(services, owner)
    if watch is not None:
        services.store.watch(owner, watch.what)
        services.store.unwatch(watch.id, owner)
    return RedirectResponse(_PAGE, 303)


@router.get("/feeds/{name}")
def feed(request: Request, services: TheServices, name: str) -> Response:
    """A watchlist as RSS or iCalendar, for whoever knows its secret name."""
    slug, _, ending = name.rpartition(".")
    watch = services.store.watched(slug) if ending in ("rss", "ics") else None
    if watch is None:
        raise NotFound(tr("no feed of that name"))
    found = coming(entries_of(watch.what), date.today())
    headers: dict[str, Any] = {"Cache-Control": "private, max-age=3600"}
    if ending == "ics":
        return Response(ics_of(found), media_type=_ICS, headers=headers)
    server = _server(request)
    text = rss_of(found, server, f"{server}/feeds/{name}")
    return Response(text, media_type=_RSS, headers=headers)


def _list(services: Services, owner: str) -> Watch | None:
    """The list of an owner: the oldest, should two requests have begun one at the same time."""
    found = services.store.watches(owner)
    return found[-1] if found else None


def _server(request: Request) -> str:
    return str(request.base_url).rstrip("/")
