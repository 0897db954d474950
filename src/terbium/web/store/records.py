"""What the store gives out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

State = Literal["queued", "running", "done", "failed", "cancelled", "broken"]

WAITING: tuple[State, ...] = ("queued", "running")
"""States of a job that is still to end."""


@dataclass(frozen=True)
class Job:
    """A request on its way to a result.

    Attributes
    ----------
    id
        Random, 128 bits, fit for links.
    owner
        Who asked; never shown to another.
    kind, title, request
        What is asked for, in the canonical form.
    state
        ``broken``: it ended with its process or its server, through no fault of the request.
    done, total
        Progress; `total` is 0 until it is known.
    position
        Jobs whose turn comes before this one, owner by owner; 0 is next, and 0 for what does not
        wait.
    is_stopping
        Whether it was cancelled and has not ended yet.
    problems
        What the user can mend: ``place``, ``seen``, ``allowed``, ``remedy``.
    message
        Why it ended without a result, in plain words.
    result
        Address of the result; empty unless it is `done`.
    created, started, ended
        In UTC.
    """

    id: str
    owner: str
    kind: str
    title: str
    request: Mapping[str, Any]
    state: State
    done: int
    total: int
    position: int
    is_stopping: bool
    problems: tuple[dict[str, str], ...]
    message: str
    result: str
    created: datetime
    started: datetime | None
    ended: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state not in WAITING


@dataclass(frozen=True)
class Pending:
    """A job as whoever does it needs it.

    Attributes
    ----------
    key
        Address that its result is to have.
    """

    id: str
    owner: str
    kind: str
    lane: str
    key: str
    request: Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """A finished answer.

    Attributes
    ----------
    key
        Its address: a hash of all that it follows from.
    kind, title, request
        What was asked for, in the canonical form.
    folder
        Where its files lie.
    created
        In UTC.
    bytes
        Size of its files.
    """

    key: str
    kind: str
    title: str
    request: Mapping[str, Any]
    folder: Path
    created: datetime
    bytes: int


@dataclass(frozen=True)
class Watch:
    """What an owner watches.

    Attributes
    ----------
    slug
        Secret name of its feeds.
    what
        What is watched, as the pages of rules read it.
    """

    id: str
    owner: str
    slug: str
    what: Mapping[str, Any]
    created: datetime
