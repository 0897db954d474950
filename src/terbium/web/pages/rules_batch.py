"""Rules for a table of cases: sent, answered by a worker, shown and taken away."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from terbium.base.errors import InputError
from terbium.base.speech import language, tr
from terbium.policy.batch import unguarded
from terbium.policy.facts import COLUMNS
from terbium.results.export import csv_text
from terbium.web.api.depends import Owner, TheServices
from terbium.web.errors import NotFound
from terbium.web.pages.rules import shown, told
from terbium.web.security.uploads import CASES, shown_name, submit_upload
from terbium.web.store.records import Job, Result
from terbium.web.views import rules_words as words
from terbium.web.views.jobs import job_view
from terbium.web.views.rules_case import scenario_names
from terbium.web.work.batch import ANSWERS_CSV, ANSWERS_JSON, ANSWERS_XLSX, SUMMARY

router = APIRouter()

_KIND: Final = "batch"
_ROWS: Final = 100
# a small table is answered before a reader wonders [s]
_PATIENCE: Final = 3.0
_KINDS: Final = {
    "csv": (ANSWERS_CSV, "text/csv; charset=utf-8"),
    "json": (ANSWERS_JSON, "application/json"),
    "xlsx": (
        ANSWERS_XLSX,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
_EXAMPLE: Final = {
    "case_id": "1", "item": "NdFeB magnet", "element_content": "Dy 4.5%", "origin": "CN",
    "exporter_location": "CN", "destination": "DE", "end_use": "automotive",
    "end_user_type": "civilian", "date": "2025-06-01",
}  # fmt: skip


@router.get("/rules/batch")
def batch(
    request: Request, services: TheServices, owner: Owner, job: Annotated[str, Query()] = ""
) -> Response:
    """The form, a job under way, and what was answered before."""
    under_way = services.jobs.job(job, owner) if job else None
    if under_way is not None and under_way.state == "done":
        return RedirectResponse(f"/rules/batch/{under_way.result}", 303)
    return _form(request, services, owner, under_way)


def _form(
    request: Request,
    services: TheServices,
    owner: str,
    job: Job | None = None,
    problems: list[dict[str, str]] | None = None,
) -> HTMLResponse:
    return shown(
        request,
        "rules_batch.html.j2",
        "batch",
        422 if problems else 200,
        view=None if job is None else job_view(job),
        problems=problems or [],
        columns=COLUMNS,
        scenarios=scenario_names(),
        earlier=services.jobs.results(owner, _KIND, 10),
    )


@router.post("/rules/batch")
async def send(
    request: Request,
    services: TheServices,
    owner: Owner,
    file: Annotated[UploadFile, File()],
    scenario: Annotated[str, Form()] = "",
    mix: Annotated[str, Form()] = "",
) -> Response:
    """Hand a table to a worker; a small one is waited for."""
    asked = {
        "name": shown_name(file), "scenario": scenario, "mixes": mix.split(),
        "language": language(),
    }  # fmt: skip
    try:
        job = await submit_upload(services, owner, _KIND, asked, file, CASES)
    except InputError as error:
        found = told(error.problems)
        return await run_in_threadpool(_form, request, services, owner, None, found)
    job = await run_in_threadpool(services.jobs.wait, job.id, owner, _PATIENCE)
    there = job.result if job.state == "done" else f"?job={job.id}"
    return RedirectResponse(f"/rules/batch{'/' if job.state == 'done' else ''}{there}", 303)


@router.get("/rules/batch/template.csv")
def template() -> Response:
    """A table with all columns and one case, to be filled in."""
    row: dict[str, object] = {**dict.fromkeys(("case_id", *COLUMNS), ""), **_EXAMPLE}
    headers = {"Content-Disposition": 'attachment; filename="terbium-cases.csv"'}
    # the mark of UTF-8, so that table programs read Chinese cells right
    text = "\ufeff" + csv_text([row])
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/rules/batch/{key}")
def answers(
    request: Request,
    services: TheServices,
    owner: Owner,
    key: str,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    status: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """A table of answers, a hundred rows at a time."""
    result = _result(services, key, owner)
    summary = json.loads((result.folder / SUMMARY).read_text(encoding="utf-8"))
    counts = summary["statuses"]
    total = counts.get(status, 0) if status else summary["count"]
    last = max(-(-total // _ROWS), 1)
    page = min(page, last)
    first = (page - 1) * _ROWS
    return shown(
        request,
        "rules_answers.html.j2",
        "batch",
        result=result,
        summary=summary,
        counts=[(name, words.status(name), words.TONES[name], counts[name]) for name in counts],
        rows=list(islice(_rows(result, status), first, first + _ROWS)),
        at=page,
        last=last,
        only=status,
        words=words,
        notices=[summary["supposed"]] if summary["supposed"] else [],
    )


@router.get("/rules/batch/{key}/answers.{ending}")
def download(services: TheServices, owner: Owner, key: str, ending: str) -> FileResponse:
    """The answers as CSV, JSON or XLSX; no cell of a table is run as a formula."""
    result = _result(services, key, owner)
    if ending not in _KINDS or not (result.folder / _KINDS[ending][0]).is_file():
        raise NotFound(tr("no such file"))
    name, kind = _KINDS[ending]
    return FileResponse(result.folder / name, media_type=kind, filename=f"terbium-{name}")


def _result(services: TheServices, key: str, owner: str) -> Result:
    result = services.jobs.result(key, owner)
    if result.kind != _KIND:
        raise NotFound(tr("no table of answers"))
    return result


def _rows(result: Result, status: str) -> Iterator[dict[str, str]]:
    with (result.folder / ANSWERS_CSV).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not status or row["status"] == status:
                yield unguarded(row)
