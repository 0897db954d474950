"""What if: levers of a scenario, and the answer within seconds."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from terbium.base.errors import InputError
from terbium.base.speech import tr
from terbium.results.context import WORLD
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import Busy, NotFound
from terbium.web.pages.shell import render
from terbium.web.security.answers import problem_list
from terbium.web.services import Services
from terbium.web.store.records import Job, Result
from terbium.web.views import lever_words
from terbium.web.views.levers import Lever, Value
from terbium.web.views.scenarios import offers
from terbium.web.views.what_if import MOST_STOPS, answer_of
from terbium.web.work.what_if import DRAWS, WHOLE, Base, base_of, canonical, in_full

router = APIRouter(include_in_schema=False)

KIND: Final = "what_if"

_FIRST: Final = "april-2025"
_PATIENCE: Final = 0.25
_DRAWS: Final = (20, DRAWS, 100, 200)
_LEVER: Final = "lever."
_OWN: Final = ("levers", "end", "apart")


@router.get("/what-if")
def what_if(
    request: Request,
    services: TheServices,
    owner: Owner,
    scenario: str = "",
    run: str = "",
    fresh: bool = False,
) -> Response:
    """The levers of a scenario, or of a stored run or answer; ``fresh`` puts all back."""
    asked = _start(services, owner, scenario, run)
    if fresh:
        asked = {name: value for name, value in asked.items() if name not in ("levers", "apart")}
    found = services.jobs.find(KIND, asked, owner)
    shown = _shown(found, WORLD) if found is not None else {}
    return render(request, "what_if.html.j2", **(_page(asked, run) | shown))


@router.post("/what-if")
async def submit(request: Request, services: TheServices, owner: Owner) -> Response:
    """Ask for the answer; the previous question of the same page is dropped."""
    form = await request.form()
    return await run_in_threadpool(_submit, request, services, owner, form)


@router.get("/what-if/jobs/{id}")
def under_way(
    request: Request, services: TheServices, owner: Owner, id: str, to: str = WORLD
) -> Response:
    """How far an answer is, and the answer once it is there."""
    is_part = _is_part(request)
    job = services.jobs.wait(id, owner, _PATIENCE if is_part else 0.0)
    if is_part and not job.is_over:
        # the rest of the panel stays: its button must not go from under a hand
        return render(request, "what_if_poll.html.j2", job=job, to=to)
    if is_part:
        answer = _part(request, services, owner, job, to)
        answer.headers.update({"HX-Retarget": "#answer", "HX-Reswap": "innerHTML"})
        return answer
    if job.state == "done":
        return RedirectResponse(f"/results/{job.result}?to={to}", 303)
    told = _page(job.request, "")
    return render(request, "what_if.html.j2", **(told | {"job": job, "to": to}))


@router.post("/what-if/jobs/{id}/cancel")
def cancel(request: Request, services: TheServices, owner: Owner, id: str) -> Response:
    """Drop a question."""
    job = services.jobs.cancel(id, owner)
    if _is_part(request):
        return _part(request, services, owner, job, WORLD)
    return RedirectResponse(f"/what-if/jobs/{id}", 303)


@router.post("/what-if/{key}/full")
async def full(request: Request, services: TheServices, owner: Owner, key: str) -> Response:
    """Run what was asked in full: the scenario's own time and draws."""
    result = _own(services, owner, key)
    job = await run_in_threadpool(services.jobs.submit, "run", in_full(result.request), owner)
    return RedirectResponse(
        f"/runs/{job.result}" if job.state == "done" else f"/jobs/{job.id}", 303
    )


@router.post("/what-if/{key}/apart")
async def apart(request: Request, services: TheServices, owner: Owner, key: str) -> Response:
    """Compute what each lever does alone."""
    result = _own(services, owner, key)
    asked = {**result.request, "apart": True}
    job = await run_in_threadpool(services.jobs.submit, KIND, asked, owner)
    if _is_part(request):
        return await run_in_threadpool(_part, request, services, owner, job, WORLD)
    return RedirectResponse(f"/what-if/jobs/{job.id}", 303)


@router.get("/what-if/{key}/exports")
def exports(
    request: Request, services: TheServices, owner: Owner, key: str, to: str = WORLD
) -> Response:
    """The figure of exports to another place."""
    result = _own(services, owner, key)
    if not _is_part(request):
        return RedirectResponse(f"/results/{key}?to={to}", 303)
    return render(request, "what_if_exports.html.j2", **_shown(result, to))


def result_page(
    request: Request, services: Services, owner: str, result: Result, to: str
) -> Response:
    """An answer under its own address, with the levers as they stood."""
    told = _page(result.request, result.key)
    return render(request, "what_if.html.j2", **(told | _shown(result, to)))


def read_only(request: Request, result: Result, to: str) -> Response:
    """An answer that somebody has shared: nothing can be moved."""
    shown = _shown(result, to)
    return render(request, "what_if_shared.html.j2", page="", is_own=False, **shown)


def _submit(request: Request, services: Services, owner: str, form: FormData) -> Response:
    to = _text(form, "to") or WORLD
    _drop(services, owner, _text(form, "previous"))
    start = _start(services, owner, _text(form, "scenario"), "")
    problems: list[dict[str, str]] = []
    try:
        start = _base_in(form) or start
        asked: dict[str, Any] = {k: v for k, v in start.items() if k not in _OWN}
        asked["end"] = _text(form, "end") or None
        asked["draws"] = _number(_text(form, "draws")) if form.get("draws") else DRAWS
        base = base_of(asked)
        asked["levers"] = _settings(form, base.levers)
        job = services.jobs.submit(KIND, asked, owner)
    except InputError as error:
        problems = problem_list(error.problems)
    except Busy as error:
        told = {
            "place": tr("jobs"),
            "seen": str(error),
            "allowed": "",
            "remedy": tr("wait a little"),
        }
        problems = [told]
    if not problems:
        if _is_part(request):
            return _part(request, services, owner, job, to)
        if job.state == "done":
            return RedirectResponse(f"/results/{job.result}?to={to}", 303)
        return RedirectResponse(f"/what-if/jobs/{job.id}?to={to}", 303)
    if _is_part(request):
        return render(request, "what_if_problems.html.j2", problems=problems)
    told_page = _page(start, "")
    return render(request, "what_if.html.j2", 422, **(told_page | {"problems": problems}))


def _part(request: Request, services: Services, owner: str, job: Job, to: str) -> Response:
    """The part of the page that stands for a job: progress, or its answer."""
    if job.state == "done":
        shown = _shown(services.jobs.result(job.result, owner), to)
        return render(request, "what_if_answer.html.j2", is_own=True, **shown)
    return render(request, "what_if_progress.html.j2", job=job, to=to)


def _shown(result: Result, to: str) -> dict[str, Any]:
    """What an answer needs to be drawn."""
    answer = answer_of(result.folder, base_of(result.request).levers)
    places = answer.destinations
    chosen = to if to in dict(places) else places[0][0]
    table = answer.stops_table()
    return {
        "answer": answer,
        "key": result.key,
        "to": chosen,
        "places": places,
        "figure": answer.exports_figure(chosen),
        "stops": table,
        "open_rows": MOST_STOPS,
        "full_draws": base_of(_whole(result.request)).study.scenario.draws,
    }


def _whole(form: Mapping[str, Any]) -> dict[str, Any]:
    asked = in_full(form)
    return {**asked, "draws": offers()[form["scenario"]].draws} if "text" not in form else asked


def _page(asked: Mapping[str, Any], run: str) -> dict[str, Any]:
    """What the form needs; ``run`` is the stored run or answer that it begins with."""
    base = base_of(asked)
    form = canonical(asked)
    settings: Mapping[str, Value] = form["levers"]
    scenario, end = base.study.scenario, form["end"]
    evidence = base.study.register.evidence_date
    return {
        "page": "what-if",
        "scenario": scenario,
        "offers": list(offers().values()),
        "run": run,
        "base_text": json.dumps(base.form),
        "panels": lever_words.panels(scenario, base.study.dataset, base.levers, settings),
        "branches": lever_words.branch_names(),
        "ends": _ends(base, end),
        "end": end,
        "draws": form["draws"],
        "draws_choices": sorted({*_DRAWS, form["draws"]}),
        "is_moved": bool(settings),
        "is_past": evidence < (scenario.horizon.end if end == WHOLE else date.fromisoformat(end)),
        "evidence": evidence,
        "is_own": True,
        "job": None,
        "problems": [],
        "answer": None,
    }


def _ends(base: Base, now: str) -> list[tuple[str, str]]:
    """Days to which an answer may run: the usual one, a year after the start, the whole."""
    horizon = base.study.scenario.horizon
    start = base.study.scenario.headline.in_force or horizon.start
    days = {base.default_end, start.replace(year=start.year + 1)}
    found = {day.isoformat() for day in days if horizon.start < day < horizon.end}
    if now != WHOLE:
        found.add(now)
    return [*((day, day) for day in sorted(found)), (WHOLE, horizon.end.isoformat())]


def _start(services: Services, owner: str, scenario: str, run: str) -> dict[str, Any]:
    """The request that a page begins with."""
    if run:
        result = services.jobs.result(run, owner)
        if result.kind == KIND:
            return dict(result.request)
        if result.kind != "run":
            raise NotFound(tr("There is no such run."))
        return {**result.request, "draws": DRAWS}
    return {"scenario": scenario or _FIRST, "draws": DRAWS}


def _base_in(form: FormData) -> dict[str, Any]:
    """The request before anything was moved, as the page has given it to its form."""
    text = _text(form, "base")
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InputError.of(
            "request", "base", repr(text)[:80], "a request as JSON", "open the page again"
        )
    return found


def _own(services: Services, owner: str, key: str) -> Result:
    result = services.jobs.result(key, owner)
    if result.kind != KIND:
        raise NotFound(tr("There is no such answer."))
    return result


def _settings(form: FormData, levers: tuple[Lever, ...]) -> dict[str, Any]:
    """What the form says of each lever; switches that it does not hold are off."""
    found: dict[str, Any] = {}
    for lever in levers:
        name = _LEVER + lever.name
        if lever.kind == "switch":
            if form.get("whole"):
                found[lever.name] = bool(form.get(name))
        elif name in form:
            given = _text(form, name)
            found[lever.name] = _number(given) if lever.is_slider else given
    return found


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _text(form: FormData, name: str) -> str:
    given = form.get(name)
    return given if isinstance(given, str) else ""


def _drop(services: Services, owner: str, previous: str) -> None:
    """Stop the question before this one, whoever's page has forgotten it."""
    if not previous:
        return
    try:
        services.jobs.cancel(previous, owner)
    except NotFound:
        return


def _is_part(request: Request) -> bool:
    """Whether a part of the page is asked for."""
    return request.headers.get("hx-request") == "true"
