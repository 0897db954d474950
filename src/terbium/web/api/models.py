"""What the JSON API answers, as it is described to programs."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from terbium.web.store.records import Job, Result

Row = dict[str, Any]

# a result of each kind has a page; {key} is its address
_PAGES = {
    "run": "/runs/{key}",
    "what_if": "/results/{key}",
    "batch": "/rules/batch/{key}",
    "article": "/evidence/articles/{key}",
}
# files that tell of the machine and not of the answer
_UNTOLD = frozenset({"run.log.json"})


class Model(BaseModel):
    """Anything that is answered or asked."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


class ProblemOut(Model):
    """One thing that is wrong, and what to do about it."""

    place: str
    seen: str
    allowed: str
    remedy: str


class ProblemsOut(Model):
    """Why a request was refused: every problem at once."""

    problems: list[ProblemOut]


class JobOut(Model):
    """A request on its way to a result."""

    id: Annotated[str, Field(description="Address of the job.")]
    kind: str
    title: str
    state: Literal["queued", "running", "done", "failed", "cancelled", "broken"]
    done: Annotated[int, Field(description="How much is done, of `total`.")]
    total: Annotated[int, Field(description="0 until it is known.")]
    position: Annotated[int, Field(description="Jobs before this one; 0 is next.")]
    is_stopping: bool
    problems: list[ProblemOut]
    message: str
    result: Annotated[str, Field(description="Key of the result; empty until it is done.")]
    created: datetime
    started: datetime | None
    ended: datetime | None


class FileOut(Model):
    """A file of a result."""

    name: str
    path: Annotated[str, Field(description="Where it is had, on this server.")]
    bytes: int


class ResultOut(Model):
    """A finished answer."""

    key: Annotated[str, Field(description="Its address: a hash of all it follows from.")]
    kind: str
    title: str
    request: Row
    created: datetime
    bytes: int
    page: Annotated[str, Field(description="Where a person reads it.")]


class ResultFilesOut(ResultOut):
    """A finished answer with its files."""

    files: list[FileOut]
    shared: Annotated[str, Field(description="Path of its open link; empty = it is not shared.")]


class RunOut(ResultFilesOut):
    """A run with its headline figures."""

    summary: Annotated[Row, Field(description="The content of summary.json.")]
    tables: Annotated[list[str], Field(description="Names of its tables.")]


class SharedOut(Model):
    """A link under which whoever reaches the server may read a result."""

    path: str


class TableOut(Model):
    """A table of a run; a cell that is empty is null, infinity is the text ``inf``."""

    name: str
    columns: list[str]
    rows: list[Row]


class ScenarioOut(Model):
    """A built-in scenario."""

    name: str
    title: str
    question: str
    dataset: str
    first_day: date
    last_day: date
    step_days: int
    draws: int
    seed: int
    mixes: Annotated[dict[str, list[str]], Field(description="Blocks of each mix.")]
    evidence_date: date
    is_past_evidence: Annotated[
        bool, Field(description="Whether it has two branches: pauses hold, or lapse.")
    ]


class LicenceOut(Model):
    """Terms of a part of the answers."""

    what: str
    licence: str


class LimitsOut(Model):
    """What one user, one upload and one job may take."""

    upload_bytes: int
    requests_per_minute: int
    writes_per_minute: int
    waiting_jobs: int
    job_seconds: int
    job_memory_bytes: int
    draws: int


class MetaOut(Model):
    """What answers here."""

    version: str
    dataset: str
    dataset_hash: str
    evidence_date: Annotated[date, Field(description="Until when the register is kept.")]
    languages: dict[str, str]
    licences: list[LicenceOut]
    limits: LimitsOut
    notice: str


def job_out(job: Job) -> JobOut:
    """A job as it is answered; its owner is not told."""
    return JobOut.model_validate(job)


def result_out(result: Result) -> ResultOut:
    """A result as it is listed."""
    return ResultOut(**_told(result))


def files_out(result: Result, slug: str) -> ResultFilesOut:
    """A result with its files."""
    return ResultFilesOut(**_told(result), **_held(result, slug))


def run_out(result: Result, slug: str, summary: Mapping[str, Any], tables: list[str]) -> RunOut:
    """A run as it is answered."""
    return RunOut(**_told(result), **_held(result, slug), summary=dict(summary), tables=tables)


def files_of(result: Result) -> dict[str, Path]:
    """Files of a result that are handed out, by name; nothing else under its folder is."""
    folder = result.folder
    found = [*folder.glob("*"), *folder.glob("tables/*")]
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(found)
        if path.is_file() and not path.is_symlink() and path.name not in _UNTOLD
    }


def _told(result: Result) -> Row:
    return {
        "key": result.key,
        "kind": result.kind,
        "title": result.title,
        "request": dict(result.request),
        "created": result.created,
        "bytes": result.bytes,
        "page": _PAGES.get(result.kind, "/results/{key}").format(key=result.key),
    }


def _held(result: Result, slug: str) -> Row:
    return {
        "files": [
            FileOut(
                name=name,
                path=f"/api/v1/results/{result.key}/files/{name}",
                bytes=place.stat().st_size,
            )
            for name, place in files_of(result).items()
        ],
        "shared": f"/s/{slug}" if slug else "",
    }
