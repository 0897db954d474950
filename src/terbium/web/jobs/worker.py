"""A worker process: it does one job after another, and ends when its server does."""

import os
import queue
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Final

from terbium.base.places import open_lock
from terbium.web.jobs.performing import Assignment, Outcome, Stopped, perform, told
from terbium.web.work.task import Lane, Task

Kinds = Callable[[], Mapping[str, Task]]

TOKENS: Final = "TERBIUM_TOKENS"
"""Variable in which a server may be given its tokens."""

PACE: Final = 0.2
"""Least time [s] between two reports of one job's progress."""


@dataclass(frozen=True)
class Ready:
    """A worker takes jobs; what they need it loads while there is none."""


@dataclass(frozen=True)
class Moved:
    """Progress of the job that a worker is at."""

    job: str
    done: int
    total: int


@dataclass(frozen=True)
class Ended:
    """How a job ended."""

    job: str
    outcome: Outcome


@dataclass(frozen=True)
class Trouble:
    """A fault outside any job, for the log."""

    text: str


@dataclass(frozen=True)
class Stop:
    """Asks a worker to stop a job."""

    job: str


def serve(line: Connection, kinds: Kinds, lane: Lane, niceness: int, shared: Path) -> None:
    """Work until the server ends.

    Parameters
    ----------
    line
        To the server, both ways; its end is the end of this process.
    kinds
        Gives the kinds of jobs.
    lane
        Whose kinds to be ready for.
    niceness
        How far to stand back behind whoever serves pages.
    shared
        A folder that all workers of the server have; they lock it while they warm up.
    """
    # what is sent to the whole group is for the server, which ends its workers itself
    for sent in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sent, signal.SIG_IGN)
    if niceness:
        os.nice(niceness)
    # who reads what users send needs no tokens of users
    os.environ.pop(TOKENS, None)
    ear = _Ear(line)
    Thread(target=ear.listen, daemon=True).start()
    tasks = kinds()
    line.send(Ready())
    cold = [task for task in tasks.values() if task.lane == lane and task.warm is not None]
    while True:
        if cold and ear.jobs.empty():
            _warm(cold.pop(0), line, shared)
            continue
        # a job does not wait for what other kinds need
        job = ear.jobs.get()
        ear.stopped.clear()
        outcome = perform(tasks[job.kind], job, _Mouth(line, ear, job.id))
        line.send(Ended(job.id, outcome))


def _warm(task: Task, line: Connection, shared: Path) -> None:
    """Load what a kind needs; it is no fault of a job that this fails."""
    assert task.warm is not None
    # two processes that find kernels uncompiled would both compile them
    lock = open_lock(shared)
    try:
        task.warm()
    except Exception as error:
        line.send(Trouble(f"warming {task.kind}: {told(error)}"))
    finally:
        os.close(lock)


class _Ear:
    """Hears jobs, wishes to stop, and the end of the server, while a job is being done."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self.jobs: queue.SimpleQueue[Assignment] = queue.SimpleQueue()
        self.stopped = Event()
        self._last = ""

    def listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                heard = self._line.recv()
                if isinstance(heard, Assignment):
                    self._last = heard.id
                    self.jobs.put(heard)
                elif isinstance(heard, Stop) and heard.job == self._last:
                    self.stopped.set()
        # nobody is left to hear of a result, and the folder may be another server's by now
        os._exit(0)


class _Mouth:
    """Tells of progress, though not more often than anybody looks."""

    def __init__(self, line: Connection, ear: _Ear, job: str) -> None:
        self._line, self._ear, self._job = line, ear, job
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._ear.stopped.is_set():
            raise Stopped
        moment = time.monotonic()
        if moment >= self._next or done == total:
            self._next = moment + PACE
            self._line.send(Moved(self._job, done, total))
