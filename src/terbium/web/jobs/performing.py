"""Doing one job, in whatever process: what it ends with, in words that may be shown."""

import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from terbium.base.errors import InputError, Problem, TerbiumError
from terbium.base.places import put_in_place
from terbium.web.store.messages import Reason
from terbium.web.store.records import State
from terbium.web.work.task import Progress, Task


class Stopped(TerbiumError):
    """Raised out of a job's progress when the job was cancelled."""


@dataclass(frozen=True)
class Assignment:
    """A job as it is handed to whoever does it.

    Attributes
    ----------
    making, whole
        An empty folder to write into, and the name that it gets once it is written and synced.
    """

    id: str
    kind: str
    request: Mapping[str, Any]
    upload: Path | None
    making: Path
    whole: Path


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes
    ----------
    state
        ``done``: its folder is `Assignment.whole`.
    problems
        What the user can mend.
    reason
        What is said beside them; see `terbium.web.store.messages`.
    fault
        For the log: type and frames of an error of ours, without its text, which may hold what
        the user has sent.
    """

    state: State
    problems: tuple[dict[str, str], ...] = ()
    reason: Reason = ""
    fault: str = ""


def perform(task: Task, job: Assignment, progress: Progress) -> Outcome:
    """Do a job, and say how it ended; nothing is raised.

    Parameters
    ----------
    task
        Its kind.
    job
        What to do and where.
    progress
        Told of the progress; raises `Stopped` when the job is to stop.
    """
    try:
        task.perform(job.request, job.upload, job.making, progress)
        put_in_place(job.making, job.whole)
    except Stopped:
        return Outcome("cancelled")
    except InputError as error:
        problems = tuple(asdict(_without_places(found, job)) for found in error.problems)
        return Outcome("failed", problems, "mend")
    except MemoryError:
        return Outcome("failed", reason="memory")
    except Exception as error:
        return Outcome("failed", reason="fault", fault=told(error))
    return Outcome("done")


def told(error: BaseException) -> str:
    """Type and frames of an error, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{Path(f.filename).name}:{f.lineno} in {f.name}" for f in frames]
    return f"{type(error).__name__} at {' < '.join(reversed(lines))}"


def _without_places(problem: Problem, job: Assignment) -> Problem:
    """What the server calls its folders is nobody else's business."""
    said = asdict(problem)
    for place in (job.making, job.whole.parent):
        for field, text in said.items():
            said[field] = text.replace(f"{place}/", "").replace(str(place), "the result")
    return replace(problem, **said)
