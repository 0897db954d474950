"""What a kind of job is: how its result is addressed, and who makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Lane = Literal["quick", "long"]
"""Quick jobs have a warm process of their own, so that no long one keeps them waiting."""

Request = Mapping[str, Any]
"""Plain JSON, checked before it is queued."""

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is; raises when the job is to stop."""


@dataclass(frozen=True)
class Task:
    """A kind of job.

    Attributes
    ----------
    kind
        Its name in the store, the API and links.
    lane
        Which processes do it.
    canonical
        Turns a request into the one form that stands for all requests with the same answer;
        raises `InputError` with every problem. The address of the result is a hash of it, of the
        upload and of the fingerprints of code, dataset and register.
    perform
        Writes the result into a folder that exists and is empty: request, upload or None, folder,
        progress. Runs in a worker process; raises `InputError` for what the user can mend.
    warm
        Called once when a worker starts, so that the first job does not wait for kernels.
    title
        What the job is called in lists, in English (translated where it is shown).
    """

    kind: str
    lane: Lane
    canonical: Callable[[Request], dict[str, Any]]
    perform: Callable[[Request, Path | None, Path, Progress], None]
    warm: Callable[[], None] | None = None
    title: Callable[[Request], str] = lambda request: ""
