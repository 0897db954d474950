"""Endpoints: runs of scenarios, what-if runs, and what parts two runs."""

import csv
from functools import lru_cache
from pathlib import Path as Place
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, Response
from pydantic import Field

from terbium.analysis.compare import compare
from terbium.results.store import open_run
from terbium.web.api.answers import CHANGES, KEY, Key, Statuses, plain, statuses
from terbium.web.api.depends import Owner, TheServices
from terbium.web.api.jobs import Limit
from terbium.web.api.models import (
    JobOut,
    Model,
    ResultOut,
    Row,
    RunOut,
    TableOut,
    job_out,
    result_out,
    run_out,
)
from terbium.web.errors import NotFound
from terbium.web.services import Services
from terbium.web.store.records import Result
from terbium.web.views.run import view_of
from terbium.web.work.requests import MOST_TEXT

router = APIRouter(prefix="/runs", tags=["runs"], responses=statuses())
compare_router = APIRouter(prefix="/compare", tags=["runs"], responses=statuses())

_MOST_NAME = 200
_MOST_SEED = 2**32 - 1

QueryKey = Annotated[str, Query(pattern=KEY, description="Key of a run.")]
_TABLE: Statuses = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The table."}
}
Value = float | str | bool
Name = Annotated[str, Field(max_length=_MOST_NAME)]


class RunIn(Model):
    """A run that is asked for; what is left out is as the scenario has it."""

    scenario: Annotated[str, Field(max_length=_MOST_NAME, examples=["april-2025"])] = ""
    mixes: Annotated[list[Name], Field(max_length=20)] = []
    overrides: Annotated[
        dict[str, Value],
        Field(
            description="Values by path, as `terbium run --set` takes them.",
            examples=[{"horizon.end": "2025-12-28", "licensing/weight/USA": 1}],
        ),
    ] = {}
    draws: Annotated[int | None, Field(ge=1)] = None
    seed: Annotated[int | None, Field(ge=0, le=_MOST_SEED)] = None
    branch: Annotated[
        Literal["hold", "lapse"] | None,
        Field(description="Past the evidence date: whether pauses hold, or lapse by their text."),
    ] = None
    text: Annotated[
        str, Field(max_length=MOST_TEXT, description="A scenario of your own, in YAML.")
    ] = ""


@router.post("", status_code=202, responses=statuses(*CHANGES))
def run(services: TheServices, owner: Owner, asked: RunIn) -> JobOut:
    """Ask for a run; an equal one that was computed before is answered as done at once."""
    return job_out(services.jobs.submit("run", request_of(asked), owner))


@router.get("", responses=statuses(422))
def runs(services: TheServices, owner: Owner, limit: Limit = 50) -> list[ResultOut]:
    """List your runs, the latest first."""
    return [result_out(one) for one in services.jobs.results(owner, "run", limit)]


@router.get("/{key}", responses=statuses(404, 422))
def one_run(services: TheServices, owner: Owner, key: Key) -> RunOut:
    """One of your runs: its headline figures, tables and files."""
    found = _run(services, key, owner)
    tables = sorted(_tables(found))
    slug = services.jobs.link(key, owner)
    return run_out(found, slug, view_of(found.folder).summary, tables)


@router.get(
    "/{key}/tables/{name}",
    response_model=TableOut,
    responses=statuses(404, 422) | _TABLE,
)
def table(
    services: TheServices,
    owner: Owner,
    key: Key,
    name: Annotated[str, Path(description="As the run lists it.")],
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Response:
    """A table of one of your runs, as JSON or CSV."""
    place = _tables(_run(services, key, owner)).get(name)
    if place is None:
        raise NotFound("a table of that name in this run")
    if form == "csv":
        return FileResponse(place, media_type="text/csv; charset=utf-8", filename=place.name)
    with place.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [{column: _cell(text) for column, text in row.items()} for row in reader]
        columns = list(reader.fieldnames or ())
    return plain({"name": name, "columns": columns, "rows": rows})


@compare_router.get("", responses=statuses(404, 422))
def comparison(services: TheServices, owner: Owner, left: QueryKey, right: QueryKey) -> Row:
    """What parts two of your runs, and how far that moves exports and stops."""
    folders = [_run(services, key, owner).folder for key in (left, right)]
    return _compared(*folders)


def request_of(asked: Model) -> dict[str, Any]:
    """A request as jobs take it: what was left out is not in it."""
    told = asked.model_dump(exclude_none=True)
    return {name: value for name, value in told.items() if value not in ("", [], {})}


@lru_cache(maxsize=32)
def _compared(left: Place, right: Place) -> Row:
    # results never change, so an answer stays true
    return compare(open_run(left), open_run(right)).to_dict()


def _run(services: Services, key: str, owner: str) -> Result:
    found = services.jobs.result(key, owner)
    if found.kind != "run":
        raise NotFound("a run under this key")
    return found


def _tables(found: Result) -> dict[str, Place]:
    places = {place.stem: place for place in (found.folder / "tables").glob("*.csv")}
    return places | {"parameters": found.folder / "parameters.csv"}


def _cell(text: str | None) -> float | str | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text
