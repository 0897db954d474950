"""Jobs as pages tell of them: what they are, where they lead, when to look again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from terbium.base.speech import tr
from terbium.web.store.records import Job

FINISHED: Final = {
    "run": "/runs/{key}",
    "what_if": "/results/{key}",
    "batch": "/rules/batch/{key}",
    "article": "/evidence/articles/{key}",
}
"""Where the result of a kind is read."""

# age of a job [s] up to which it is looked at so often [ms]: who waits long need not ask often
_PACE: Final = ((2, 150), (10, 500), (60, 1500), (300, 4000))
_SLOWEST: Final = 8000


@dataclass(frozen=True)
class JobView:
    """A job with what a reader needs of it.

    Attributes
    ----------
    kind
        In the reader's language.
    finished
        Address of its result; empty while there is none.
    advice
        What to do after a bad end; empty else.
    delay
        After which it is worth looking again [ms]; 0 when it is over.
    """

    job: Job
    kind: str
    finished: str
    advice: str
    delay: int


def job_view(job: Job) -> JobView:
    """A job as a page shows it."""
    finished = FINISHED.get(job.kind, "/results/{key}").format(key=job.result)
    return JobView(
        job,
        kind_name(job.kind),
        finished if job.state == "done" and job.result else "",
        _advice(job),
        0 if job.is_over else _delay(job),
    )


def kind_name(kind: str) -> str:
    """Name of a kind of job."""
    told = {
        "run": tr("Run"),
        "what_if": tr("What if"),
        "batch": tr("Batch of items"),
        "article": tr("Article"),
    }
    return told.get(kind, kind)


def _advice(job: Job) -> str:
    if job.state == "broken":
        return tr(
            "The server or its worker ended while this was under way, through no fault of the "
            "request. Ask for it again."
        )
    if job.state == "failed" and job.problems:
        return tr("Mend what is named and ask again.")
    if job.state == "failed":
        return tr(
            "Ask for less, or ask again; if it fails once more, tell whoever runs the server."
        )
    if job.state == "cancelled":
        return tr("You have stopped it. Nothing of it is kept.")
    return ""


def _delay(job: Job) -> int:
    since = job.created if job.created.tzinfo else job.created.replace(tzinfo=UTC)
    age = (datetime.now(UTC) - since).total_seconds()
    return next((pace for until, pace in _PACE if age < until), _SLOWEST)
