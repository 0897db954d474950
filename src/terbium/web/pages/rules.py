"""Rules: a case checked against the register, the duties between two regions, one act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from terbium.base.days import parse_date
from terbium.base.errors import InputError, MeasureError, Problem
from terbium.base.speech import tr
from terbium.web.errors import NotFound
from terbium.web.pages.shell import render
from terbium.web.views.rules import answer_of, headline, is_more_open
from terbium.web.views.rules_acts import act_page
from terbium.web.views.rules_case import (
    COMMON,
    Case,
    examples,
    fields_of,
    law_of,
    scenario_names,
    suggestions,
)
from terbium.web.views.rules_tariff import FIELDS, tariff_page

router = APIRouter()

_UNPROCESSABLE = 422


def shown(
    request: Request, template: str, tab: str, status: int = 200, **context: Any
) -> HTMLResponse:
    """A page on rules: all have the same tabs."""
    return render(request, template, status, page="rules", tab=tab, tabs=tabs(), **context)


def tabs() -> tuple[tuple[str, str, str], ...]:
    """Pages on rules: key, address, title."""
    return (
        ("check", "/rules", tr("Check an item")),
        ("batch", "/rules/batch", tr("Check a table")),
        ("calendar", "/rules/calendar", tr("Calendar")),
        ("tariff", "/rules/tariff", tr("Duties")),
        ("watch", "/rules/watch", tr("Watchlist")),
    )


def no_problems() -> tuple[Problem, ...]:
    """What is wrong with a question until it was read."""
    return ()


def told(
    problems: tuple[Problem, ...], labels: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """Problems as the macro of all pages lists them; places are told by the labels of a form."""
    return [
        {
            "place": (labels or {}).get(one.place, one.place),
            "seen": one.seen.rstrip("."),
            "allowed": one.allowed.rstrip("."),
            "remedy": sentence(one.remedy),
        }
        for one in problems
    ]


def sentence(text: str) -> str:
    """A text with a capital letter and an end."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", "。", "？")) else ".")


@router.get("/rules")
def check(request: Request) -> HTMLResponse:
    """The form, and the answer to what its address asks."""
    case = Case.of(request.query_params.multi_items())
    answer, problems = None, no_problems()
    if case.is_asked:
        try:
            answer = answer_of(case)
        except InputError as error:
            problems = error.problems
    wrong = {one.place: f"{sentence(one.allowed)} {sentence(one.remedy)}" for one in problems}
    fields = fields_of(case, wrong)
    labels = {name: field.label for name, field in fields.items()}
    title = headline(answer) if answer else tr("Does this need a licence?")
    notices = []
    if answer and answer.is_past_evidence:
        notices.append(
            tr(
                "The day lies after the evidence date. What hangs on pauses is told twice: if they "
                "hold, and if they lapse by their text."
            )
        )
    if answer and answer.supposed:
        notices.append(answer.supposed)
    return shown(
        request,
        "rules.html.j2",
        "check",
        _UNPROCESSABLE if problems else 200,
        title=title,
        case=case,
        answer=answer,
        problems=told(problems, labels),
        common=[fields[name] for name in COMMON],
        more=[field for name, field in fields.items() if name not in COMMON],
        is_more_open=is_more_open(case, wrong),
        suggestions=suggestions(),
        scenarios=scenario_names(),
        examples=examples(),
        notices=notices,
    )


@router.get("/rules/tariff")
def tariff(request: Request) -> HTMLResponse:
    """The duties on goods of one origin, line by line."""
    given = request.query_params.multi_items()
    found, problems = None, no_problems()
    try:
        found = tariff_page(given)
    except InputError as error:
        problems = error.problems
    return shown(
        request,
        "rules_tariff.html.j2",
        "tariff",
        _UNPROCESSABLE if problems else 200,
        found=found,
        problems=told(problems),
        asked={name: "" for name in FIELDS} | dict(given),
        scenarios=scenario_names(),
        suggestions=suggestions(),
    )


@router.get("/rules/acts/{measure}")
def act(request: Request, measure: str, on: Annotated[str, Query(max_length=10)] = "") -> Response:
    """One act."""
    day: date | None = parse_date(on, "on") if on else None
    try:
        found = act_page(law_of().book, measure, day)
    except MeasureError as error:
        raise NotFound(error.problems[0].seen) from error
    return shown(request, "rules_act.html.j2", "calendar", act=found)
