"""The overview: choose or write a scenario, and what a run has found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from terbium.base.errors import InputError
from terbium.base.speech import language, tr
from terbium.report.timeline import branch_text
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import NotFound
from terbium.web.pages.shell import Held, fragment, render
from terbium.web.security.answers import problem_list
from terbium.web.services import Services
from terbium.web.store.records import Job, Result
from terbium.web.views.jobs import job_view
from terbium.web.views.overview import Overview, overview_of, shown
from terbium.web.views.run import Shelf
from terbium.web.views.scenarios import Offer, offers

router = APIRouter(include_in_schema=False)

FIRST_RUN: Final[Mapping[str, Any]] = {"scenario": "april-2025", "draws": 50, "seed": 1}
"""What is computed for somebody who has no run yet."""

BASIS: Final[Mapping[str, str]] = {
    "findings": "licensing",
    "exports": "trade",
    "stops": "stock/days_of_cover",
    "queue": "licensing",
    "economy": "enduse",
}
"""Section to the beginning of the names of the estimates that it rests on most."""

_KIND = "run"
_OPEN = ("queued", "running")
_MOST_HELD, _MOST_RESULTS = 48, 200

_bodies: Shelf[Held] = Shelf(_MOST_HELD)


@router.get("/")
def overview(request: Request, services: TheServices, owner: Owner) -> Response:
    """The latest run and the scenarios; whoever has no run yet gets one computed."""
    results = services.jobs.results(owner, _KIND, _MOST_RESULTS)
    job = None if results else _first_job(services, owner)
    if job is not None and job.state == "done":
        job, results = None, services.jobs.results(owner, _KIND, 1)
    finished: dict[str, str] = {}
    for result in results:
        finished.setdefault(str(result.request["scenario"]), result.key)
    chosen: dict[str, Any] = {"offers": list(offers().values()), "finished": finished}
    chosen["view"] = job_view(job) if job else None
    if not results:
        return render(request, "overview.html.j2", page="overview", run=None, **chosen)
    told = run_context(request, services, owner, results[0], results=results)
    return render(request, "overview.html.j2", **(told | chosen))


@router.get("/runs/{key}")
def run(request: Request, services: TheServices, owner: Owner, key: str) -> Response:
    """What a run has found."""
    result = services.jobs.result(key, owner)
    if result.kind != _KIND:
        return RedirectResponse(f"/results/{key}", 303)
    return render(request, "run.html.j2", **run_context(request, services, owner, result))


@router.get("/scenarios/{name}")
def scenario(request: Request, name: str) -> Response:
    """A scenario to be run, or changed and run."""
    offer = _offer(name)
    given = {**_given(offer), "draws": FIRST_RUN["draws"]}
    return _form(request, offer, given, [])


@router.post("/runs")
def submit(
    request: Request,
    services: TheServices,
    owner: Owner,
    scenario: Annotated[str, Form()],
    draws: Annotated[int, Form(ge=1)],
    seed: Annotated[int, Form(ge=0)] = 1,
    mixes: Annotated[list[str] | None, Form()] = None,
    branch: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Queue a run; what is wrong with it is told beside the form."""
    offer = _offer(scenario)
    own = "\n".join(text.splitlines()).strip()
    wanted: dict[str, Any] = {"scenario": scenario, "mixes": mixes or [], "draws": draws}
    wanted |= {"seed": seed} | ({"branch": branch} if branch else {})
    if own and own != offer.text.strip():
        wanted["text"] = own + "\n"
    try:
        job = services.jobs.submit(_KIND, wanted, owner)
    except InputError as error:
        given = {**_given(offer), **wanted, "branch": branch, "text": text or offer.text}
        return _form(request, offer, given, problem_list(error.problems))
    return RedirectResponse(_after(job), 303)


@router.post("/runs/{key}/other-branch")
def other_branch(services: TheServices, owner: Owner, key: str) -> Response:
    """Queue the other branch of a run that goes past the evidence."""
    result = services.jobs.result(key, owner)
    services.jobs.submit(_KIND, _other(result), owner)
    return RedirectResponse(f"/runs/{key}", 303)


@router.post("/runs/{key}/share")
def share(services: TheServices, owner: Owner, key: str) -> Response:
    """Make a secret link to a run."""
    services.jobs.share(key, owner)
    return RedirectResponse(f"/runs/{key}", 303)


@router.post("/runs/{key}/unshare")
def unshare(services: TheServices, owner: Owner, key: str) -> Response:
    """End the secret link to a run."""
    services.jobs.unshare(key, owner)
    return RedirectResponse(f"/runs/{key}", 303)


def run_context(
    request: Request,
    services: Services,
    owner: str,
    result: Result,
    base: str = "",
    results: list[Result] | None = None,
) -> dict[str, Any]:
    """What the pages of a run are filled with.

    Parameters
    ----------
    result
        The run.
    base
        Address of its pages; by default its own. Under another, a shared link, the reader can do
        nothing but read.
    results
        The owner's results, where they are known already.
    """
    page = overview_of(result.folder)
    is_own = not base
    told = head_context(request, services, owner, result, base, results)
    place = told["base"]
    body = _bodies.get((place, language()), lambda: _body(page, place, told["tables"]))
    return {**told, "body": body, "part": "overview", "is_own": is_own}


def head_context(
    request: Request,
    services: Services,
    owner: str,
    result: Result,
    base: str = "",
    results: list[Result] | None = None,
) -> dict[str, Any]:
    """What stands above every page of a run; parameters as `run_context`."""
    page = overview_of(result.folder)
    run = page.view.run
    is_own = not base
    other, other_job = None, None
    if is_own and page.is_past_evidence:
        other, other_job = _find_other(services, owner, result, results)
    link = services.jobs.link(result.key, owner) if is_own else ""
    rows = _branch_rows(page, other) if page.is_past_evidence else []
    return {
        "page": "overview",
        "part": "",
        "run": run,
        "key": result.key,
        "base": base or f"/runs/{result.key}",
        "is_own": is_own,
        "is_past": page.is_past_evidence,
        "branch_text": branch_text(run["branch"]),
        "kicker": _kicker(run),
        "tables": tables_of(result.folder),
        "link": f"{request.base_url}s/{link}" if link else "",
        "other_key": other.key if other else "",
        "other_view": job_view(other_job) if other_job else None,
        "branch_rows": rows,
        "branches_differ": sum(hold != lapse for _, hold, lapse in rows),
    }


def tables_of(folder: Path) -> list[str]:
    """Names of the CSV tables of a run, without their ending."""
    return sorted(place.stem for place in (folder / "tables").glob("*.csv"))


def _first_job(services: Services, owner: str) -> Job:
    """The latest job of somebody who has no run; there is one from the first visit on."""
    jobs = (job for job in services.jobs.list(owner) if job.kind == _KIND)
    return next(jobs, None) or services.jobs.submit(_KIND, FIRST_RUN, owner)


def _body(page: Overview, base: str, tables: list[str]) -> Held:
    text = fragment(
        "run_body.html.j2",
        sections=page.sections,
        shown=shown,
        base=base,
        basis=BASIS,
        tables=tables,
    )
    return Held(text)


def _find_other(
    services: Services, owner: str, result: Result, results: list[Result] | None
) -> tuple[Result | None, Job | None]:
    """The result of the other branch, or the job that makes it."""
    wanted = _other(result)
    known = results if results is not None else services.jobs.results(owner, _KIND, _MOST_RESULTS)
    found = next((one for one in known if dict(one.request) == wanted), None)
    if found is not None:
        return found, None
    jobs = services.jobs.list(owner)
    return None, next((j for j in jobs if j.state in _OPEN and dict(j.request) == wanted), None)


def _other(result: Result) -> dict[str, Any]:
    """The request of the other branch; requests of results are in their canonical form."""
    branch = "hold" if result.request["branch"] == "lapse" else "lapse"
    return {**result.request, "branch": branch}


def _branch_rows(page: Overview, other: Result | None) -> list[tuple[str, Any, Any]]:
    """Key findings of both branches: label, in hold, in lapse; those that differ stand first."""
    own = [*page.late_cards, *page.cards]
    there = overview_of(other.folder) if other else None
    beside = {card.label: card for card in [*there.late_cards, *there.cards]} if there else {}
    pairs = [(card.label, card, beside.get(card.label)) for card in own]
    pairs.sort(key=lambda pair: pair[1] == pair[2])
    if page.view.run["branch"] == "lapse":
        return [(label, theirs, ours) for label, ours, theirs in pairs]
    return pairs


def _kicker(run: Mapping[str, Any]) -> str:
    name = " + ".join([run["scenario"], *run["mixes"]])
    return tr(
        "{scenario} · {draws} draws, seed {seed} · base year {year} · branch {branch}",
        scenario=name,
        draws=run["draws"],
        seed=run["seed"],
        year=run["base_year"],
        branch=run["branch"],
    )


def _offer(name: str) -> Offer:
    found = offers().get(name)
    if found is None:
        raise NotFound(tr("There is no such scenario."))
    return found


def _given(offer: Offer) -> dict[str, Any]:
    return {"draws": offer.draws, "seed": offer.seed, "mixes": [], "branch": "", "text": offer.text}


def _form(
    request: Request, offer: Offer, given: Mapping[str, Any], problems: list[dict[str, str]]
) -> Response:
    services: Services = request.app.state.services
    return render(
        request,
        "scenario.html.j2",
        422 if problems else 200,
        page="overview",
        offer=offer,
        given=given,
        problems=problems,
        most_draws=services.settings.limits.draws,
    )


def _after(job: Job) -> str:
    return f"/runs/{job.result}" if job.state == "done" else f"/jobs/{job.id}"
