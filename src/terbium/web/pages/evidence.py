"""Evidence: articles with their figures checked."""

from __future__ import annotations

import io
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from terbium.base.errors import InputError
from terbium.base.speech import tr
from terbium.report.evidence import CLAIMS, FINDINGS, PAGE
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import NotFound
from terbium.web.pages.shell import render
from terbium.web.security.answers import problem_list
from terbium.web.security.uploads import DOCUMENTS, shown_name, submit_upload
from terbium.web.services import Services
from terbium.web.settings import MEBIBYTE
from terbium.web.store.records import Job, Result
from terbium.web.views.evidence import article_view, load_article, load_summary, verdicts
from terbium.web.views.quantities import names_of_quantities
from terbium.web.work.article import ARTICLE_JSON, FINDINGS_CSV, WORKBOOK

router = APIRouter()

KIND: Final = "article"
_PATIENCE: Final = 3.0
_MOST: Final = 50
_PASTED: Final = "pasted.txt"
_FILES: Final = {
    CLAIMS: "text/csv; charset=utf-8",
    FINDINGS_CSV: "text/csv; charset=utf-8",
    WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FINDINGS: "application/json",
    ARTICLE_JSON: "application/json",
    PAGE: "text/html; charset=utf-8",
}
_Key = str


@router.get("/evidence")
def evidence(
    request: Request, services: TheServices, owner: Owner, job: Annotated[str, Query()] = ""
) -> Response:
    """Where an article is dropped, what was checked before, and quantities to look up."""
    under_way = services.jobs.job(job, owner) if job else None
    if under_way is not None and under_way.state == "done":
        return RedirectResponse(f"/evidence/articles/{under_way.result}", 303)
    return _form(request, services, owner, under_way)


def _form(
    request: Request,
    services: Services,
    owner: str,
    job: Job | None = None,
    problems: list[dict[str, str]] | None = None,
    text: str = "",
) -> HTMLResponse:
    earlier = [
        (result, verdicts(load_summary(result.folder)["verdicts"]))
        for result in services.jobs.results(owner, KIND, _MOST)
    ]
    return render(
        request, "evidence.html.j2", 422 if problems else 200, page="evidence", job=job,
        problems=problems or [], earlier=earlier, text=text, endings=", ".join(DOCUMENTS),
        most=services.settings.limits.upload // MEBIBYTE, quantities=names_of_quantities(),
    )  # fmt: skip


@router.post("/evidence/articles")
async def send(
    request: Request,
    services: TheServices,
    owner: Owner,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
    date: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Hand an article to a worker; a short one is waited for."""
    try:
        upload = _upload(file, text)
        asked = {"name": shown_name(upload), "date": date}
        job = await submit_upload(services, owner, KIND, asked, upload, DOCUMENTS)
    except InputError as error:
        found = problem_list(error.problems)
        return await run_in_threadpool(_form, request, services, owner, None, found, text)
    job = await run_in_threadpool(services.jobs.wait, job.id, owner, _PATIENCE)
    if job.state == "done":
        return RedirectResponse(f"/evidence/articles/{job.result}", 303)
    return RedirectResponse(f"/evidence?job={job.id}", 303)


def _upload(file: UploadFile | None, text: str) -> UploadFile:
    """The file if one was chosen, else the pasted text as one."""
    if file is not None and file.filename:
        return file
    if not text.strip():
        raise InputError.of(
            tr("article"), tr("file"), tr("neither a file nor a text"), ", ".join(DOCUMENTS),
            tr("choose a file, or paste a text"),
        )  # fmt: skip
    # a browser sends the line ends of mail
    plain = text.replace("\r\n", "\n").encode()
    return UploadFile(io.BytesIO(plain), size=len(plain), filename=_PASTED)


@router.get("/evidence/articles/{key}")
def article(
    request: Request,
    services: TheServices,
    owner: Owner,
    key: _Key,
    verdict: Annotated[str, Query(max_length=40)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """An article with its figures marked."""
    result = _result(services, key, owner)
    return article_page(request, result, verdict, page, f"/evidence/articles/{key}")


def article_page(
    request: Request, result: Result, verdict: str, page: int, base: str, **more: Any
) -> HTMLResponse:
    """A checked article; under another `base` than its own, a shared link, it can only be read."""
    view = article_view(load_article(result.folder), verdict, page)
    return render(
        request, "article.html.j2", page="evidence", view=view, base=base, result=result,
        files=list(_FILES), **more,
    )  # fmt: skip


@router.get("/evidence/articles/{key}/files/{name}")
def download(services: TheServices, owner: Owner, key: _Key, name: str) -> FileResponse:
    """Claims and findings to take along; no cell of a table is run as a formula."""
    result = _result(services, key, owner)
    place = result.folder / name
    if name not in _FILES or not place.is_file():
        raise NotFound(tr("no such file"))
    return FileResponse(place, media_type=_FILES[name], filename=f"terbium-{name}")


def _result(services: Services, key: str, owner: str) -> Result:
    result = services.jobs.result(key, owner)
    if result.kind != KIND:
        raise NotFound(tr("no article"))
    return result
