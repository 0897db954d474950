"""Endpoints: jobs under way."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from terbium.web.api.answers import JobId, statuses
from terbium.web.api.depends import Owner, TheServices
from terbium.web.api.models import JobOut, job_out

router = APIRouter(prefix="/jobs", tags=["jobs"], responses=statuses())

MOST_LISTED = 200
MOST_SECONDS = 20
_LOOKS_EVERY = 0.2

Limit = Annotated[int, Query(ge=1, le=MOST_LISTED, description="How many, the latest first.")]


@router.get("", responses=statuses(422))
def jobs(services: TheServices, owner: Owner, limit: Limit = 50) -> list[JobOut]:
    """List your jobs, the latest first."""
    return [job_out(job) for job in services.jobs.list(owner, limit)]


@router.get("/{id}", responses=statuses(404, 422))
async def job(
    services: TheServices,
    owner: Owner,
    id: JobId,  # noqa: A002
    wait: Annotated[
        float, Query(ge=0, le=MOST_SECONDS, description="Answer once it is over, or after so long.")
    ] = 0,
) -> JobOut:
    """One of your jobs, at once or when it is over."""
    until = time.monotonic() + wait
    while True:
        # who waits holds no thread, so that any number may wait
        found = await run_in_threadpool(services.jobs.job, id, owner)
        left = until - time.monotonic()
        if found.is_over or left <= 0:
            return job_out(found)
        await asyncio.sleep(min(left, _LOOKS_EVERY))


@router.post("/{id}/cancel", responses=statuses(403, 404, 422))
def cancel(services: TheServices, owner: Owner, id: JobId) -> JobOut:  # noqa: A002
    """Stop one of your jobs; one that is over stays as it is."""
    return job_out(services.jobs.cancel(id, owner))
