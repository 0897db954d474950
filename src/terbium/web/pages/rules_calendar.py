"""Rules by days: what is in force, what changed, what lapses soon, and the same as iCalendar."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from terbium.base.errors import InputError
from terbium.base.speech import tr
from terbium.policy.calendar_file import calendar_of
from terbium.web.pages.rules import no_problems, shown, told
from terbium.web.views.rules_calendar import parts_of
from terbium.web.views.rules_case import law_of, scenario_names, suggestions
from terbium.web.views.rules_timeline import figure_of
from terbium.web.views.rules_wish import AHEAD, CHANGES, DAY, LAPSES, Wish, issuers, read_wish

router = APIRouter()

_CALENDAR = "text/calendar; charset=utf-8"
_FIELDS = ("show", "on", "known_on", "first", "last", "days", "issuer", "item", "scenario", "mix")


@router.get("/rules/calendar")
def calendar(request: Request) -> HTMLResponse:
    """What stands on a day, what changed between two, what lapses soon."""
    given = [(name, text) for name, text in request.query_params.multi_items() if name in _FIELDS]
    wish, problems = None, no_problems()
    try:
        wish = read_wish(given, date.today())
    except InputError as error:
        problems = error.problems
    asked = dict.fromkeys(_FIELDS, "") | dict(given)
    show = asked["show"] if asked["show"] in (DAY, CHANGES, LAPSES) else DAY
    return shown(
        request,
        "rules_calendar.html.j2",
        "calendar",
        422 if problems else 200,
        wish=wish,
        asked=asked,
        show=show,
        views=_views(asked),
        parts=parts_of(wish) if wish else (),
        figure=figure_of(wish) if wish else None,
        ics=_ics(wish) if wish else "",
        problems=told(problems),
        issuers=issuers(law_of().book),
        ahead=AHEAD,
        scenarios=scenario_names(),
        suggestions=suggestions(),
        notices=_notices(wish),
    )


def _views(asked: dict[str, str]) -> list[tuple[str, str, str]]:
    """The three questions: key, address with what they share, title."""
    kept = {
        name: asked[name]
        for name in ("known_on", "issuer", "item", "scenario", "mix")
        if asked[name]
    }
    titles = (
        (DAY, tr("In force on a day")),
        (CHANGES, tr("Changed between two days")),
        (LAPSES, tr("Lapses soon")),
    )
    return [
        (key, f"/rules/calendar?{urlencode({'show': key, **kept})}", title) for key, title in titles
    ]


def _ics(wish: Wish) -> str:
    return f"/rules/calendar.ics?{wish.query}"


def _notices(wish: Wish | None) -> list[str]:
    if wish is None:
        return []
    notices = [wish.rulebook.told] if wish.rulebook.told else []
    last = {DAY: wish.on, CHANGES: wish.last}.get(wish.show)
    if last is None or last > wish.horizon:
        notices.append(
            tr(
                "Days after {day} stand in the texts; neither an extension nor a lapse was seen.",
                day=wish.horizon,
            )
        )
    return notices


@router.get("/rules/calendar.ics")
def calendar_file(request: Request) -> Response:
    """The days of the calendar as iCalendar."""
    wish = read_wish(request.query_params.multi_items(), date.today())
    text = calendar_of(wish.turns(), wish.rulebook.book.evidence_date)
    headers = {"Content-Disposition": 'attachment; filename="terbium-acts.ics"'}
    return Response(text, media_type=_CALENDAR, headers=headers)
