"""Jobs under way and ended, the addresses of results, and what others have shared."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from terbium.base.errors import InputError
from terbium.base.speech import tr
from terbium.results.context import WORLD
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import NotFound
from terbium.web.pages import what_if
from terbium.web.pages.overview import run_context
from terbium.web.pages.shell import render
from terbium.web.security.answers import problem_list
from terbium.web.services import Services
from terbium.web.store.records import Result
from terbium.web.views.jobs import FINISHED, job_view, kind_name

router = APIRouter(include_in_schema=False)

_MOST: Final = 50


@router.get("/jobs")
def jobs(request: Request, services: TheServices, owner: Owner) -> Response:
    """The latest jobs and what others may read."""
    views = [job_view(job) for job in services.jobs.list(owner, _MOST)]
    delays = [view.delay for view in views if view.delay]
    told: dict[str, Any] = {
        "views": views,
        "delay": min(delays, default=0),
        "shared": _shared(services, owner),
    }
    name = "jobs_list.html.j2" if _is_part(request) else "jobs.html.j2"
    return render(request, name, page="jobs", **told)


@router.get("/jobs/{id}")
def job(request: Request, services: TheServices, owner: Owner, id: str, part: str = "") -> Response:
    """One job: its progress, its end, and the way to its result."""
    view = job_view(services.jobs.job(id, owner))
    if _is_part(request) and part and view.delay:
        # the rest of the panel stays: its button must not go from under a hand
        return render(request, "job_poll.html.j2", view=view)
    if _is_part(request):
        panel = render(request, "job_panel.html.j2", view=view)
        if part:
            panel.headers.update({"HX-Retarget": f"#job-{id}", "HX-Reswap": "outerHTML"})
        return panel
    return render(request, "job.html.j2", page="jobs", view=view)


@router.post("/jobs/{id}/cancel")
def cancel(request: Request, services: TheServices, owner: Owner, id: str) -> Response:
    """Stop a job."""
    stopped = services.jobs.cancel(id, owner)
    if _is_part(request):
        return render(request, "job_panel.html.j2", view=job_view(stopped))
    back = request.headers.get("referer", "")
    return RedirectResponse("/jobs" if back.endswith("/jobs") else f"/jobs/{id}", 303)


@router.post("/jobs/{id}/again")
def again(request: Request, services: TheServices, owner: Owner, id: str) -> Response:
    """Ask once more for what a job was to do; uploads are gone and must be sent again."""
    found = services.jobs.job(id, owner)
    if found.kind not in ("run", "what_if"):
        raise NotFound(tr("Send the file again on its own page."))
    try:
        repeated = services.jobs.submit(found.kind, found.request, owner)
    except InputError as error:
        title = tr("That cannot be asked again as it was")
        problems = problem_list(error.problems)
        return render(
            request, "message.html.j2", 422, title=title, problems=problems, paragraphs=()
        )
    return RedirectResponse(f"/jobs/{repeated.id}", 303)


@router.get("/results/{key}")
def result(
    request: Request, services: TheServices, owner: Owner, key: str, to: str = WORLD
) -> Response:
    """A result under its own address."""
    found = services.jobs.result(key, owner)
    if found.kind == what_if.KIND:
        return what_if.result_page(request, services, owner, found, to)
    target = FINISHED.get(found.kind, "/jobs")
    return RedirectResponse(target.format(key=key), 303)


@router.post("/results/{key}/share")
def share(services: TheServices, owner: Owner, key: str) -> Response:
    """Make a secret link to a result."""
    services.jobs.share(key, owner)
    return RedirectResponse("/jobs#shared", 303)


@router.post("/results/{key}/unshare")
def unshare(services: TheServices, owner: Owner, key: str) -> Response:
    """End the secret link to a result."""
    services.jobs.unshare(key, owner)
    return RedirectResponse("/jobs#shared", 303)


@router.get("/s/{slug}")
def shared(request: Request, services: TheServices, slug: str, to: str = WORLD) -> Response:
    """A result that somebody has shared, for whoever has the link; it can only be read."""
    found = services.jobs.shared(slug)
    if found.kind == "run":
        told = run_context(request, services, "", found, base=f"/s/{slug}")
        return render(request, "run.html.j2", **told)
    if found.kind == what_if.KIND:
        return what_if.read_only(request, found, to)
    raise NotFound(tr("Results of this kind are not shared by a link."))


def _shared(services: Services, owner: str) -> list[tuple[Result, str, str, str]]:
    """Results that can be shared: result, kind, address, and the secret link if there is one."""
    found = []
    for one in services.jobs.results(owner, None, _MOST):
        if one.kind in ("run", what_if.KIND):
            link = services.jobs.link(one.key, owner)
            address = FINISHED[one.kind].format(key=one.key)
            found.append((one, kind_name(one.kind), address, f"/s/{link}" if link else ""))
    return found


def _is_part(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"
