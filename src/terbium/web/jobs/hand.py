"""The server's side of a worker process."""

import time
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import psutil

from terbium.web.jobs.performing import Assignment
from terbium.web.jobs.worker import Kinds, Stop, serve
from terbium.web.store.records import Pending
from terbium.web.work.task import Lane

_SPAWN: Final = get_context("spawn")
_BEHIND: Final = {"quick": 0, "long": 10}
_JOIN: Final = 10.0


class Hand:
    """A worker process, and the job it has.

    Parameters
    ----------
    lane, kinds, shared
        As `serve` takes them.

    Attributes
    ----------
    job
        What it is at.
    since
        When it got the job [s, monotonic].
    asked
        When it was asked to stop; None if it was not.
    is_ready
        Whether it takes jobs.
    """

    def __init__(self, lane: Lane, kinds: Kinds, shared: Path) -> None:
        self.lane = lane
        self.job: Pending | None = None
        self.since = 0.0
        self.asked: float | None = None
        self.is_ready = False
        self.line, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=serve,
            args=(theirs, kinds, lane, _BEHIND[lane], shared),
            name=f"terbium-{lane}",
            daemon=True,
        )
        self._process.start()
        # with its own end alone open elsewhere, the line closes when the process ends
        theirs.close()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid or 0

    def give(self, job: Pending, assignment: Assignment) -> None:
        """Hand over a job; a process that has died meanwhile is noticed when its line closes."""
        self.job, self.asked = job, None
        self.since = time.monotonic()
        with suppress(OSError):
            self.line.send(assignment)

    def ask_to_stop(self) -> None:
        """Ask it to stop what it is at; once is enough."""
        if self.job is None or self.asked is not None:
            return
        self.asked = time.monotonic()
        with suppress(OSError):
            self.line.send(Stop(self.job.id))

    def memory(self) -> int:
        """Resident memory of the process [byte]; 0 if it has ended."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def end(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.join(_JOIN)
        self.line.close()
