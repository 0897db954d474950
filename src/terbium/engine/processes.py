"""A crew of worker processes on this machine.

Workers are spawned, never forked: a process that has run threaded machine code does not survive a
fork. Each takes the job once, when it starts. They end with the run, when it is stopped, and when
the process that started them is killed; if one is lost, all are replaced, and what they were at is
done again.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from threading import Thread
from typing import Any

from terbium.base.errors import WorkerError
from terbium.engine.ensemble import Crew, Job, Task, Tasks, Tick, in_flight, solve
from terbium.engine.jit import set_num_threads
from terbium.engine.kept import Kept

_MOST_LOSSES = 3
"""Losses in a row, without a block done between them, after which a run gives up."""


def processes(count: int) -> Crew:
    """A crew of so many processes of this machine."""

    def crew(job: Job, tasks: Tasks, tick: Tick) -> Generator[Kept]:
        context = get_context("spawn")
        # plain memory: a lock would be lost with the worker that holds it
        stop = context.RawValue(ctypes.c_bool, False)
        start = (pickle.dumps(job, pickle.HIGHEST_PROTOCOL), stop)
        steps, losses = job.compiled.clock.steps, 0
        while True:
            waiting: dict[Future[Kept], Task] = {}
            pool = ProcessPoolExecutor(count, context, _begin, start)
            try:
                with _unheard():
                    # one process is started for each task that finds none at rest
                    for _ in range(count):
                        pool.submit(int)
                for kept in in_flight(partial(_submit, pool), tasks, count, waiting):
                    losses = 0
                    tick(kept.count * steps)
                    yield kept
                return
            except BrokenProcessPool:
                losses += 1
                if losses == _MOST_LOSSES:
                    raise _lost(count) from None
                tasks = chain(tuple(waiting.values()), tasks)
            except BaseException:
                stop.value = True
                raise
            finally:
                pool.shutdown(cancel_futures=True)

    return crew


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep Ctrl-C from what is started here: this process alone decides when the run ends."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True)
class _Shared:
    """A flag in memory that all processes of a run see."""

    memory: Any

    def is_set(self) -> bool:
        return bool(self.memory.value)


_held: list[tuple[Job, _Shared]] = []
"""What a worker process was handed when it started."""


def _begin(job: bytes, stop: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _held.append((pickle.loads(job), _Shared(stop)))
    # as many processes as there are cores: a second thread would only take from the next one
    set_num_threads(1)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next task for ever."""
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _submit(pool: ProcessPoolExecutor, task: Task) -> Future[Kept]:
    return pool.submit(_solve, task)


def _solve(task: Task) -> Kept:
    job, stop = _held[0]
    return solve(job, task, stop, lambda steps: None)


def _lost(count: int) -> WorkerError:
    return WorkerError.of(
        "ensemble",
        f"{count} worker processes",
        f"one that ended on its own, {_MOST_LOSSES} times without a block done between",
        "processes that live as long as the run",
        "take fewer workers if memory is short; in a script of your own, call `simulate` under "
        '`if __name__ == "__main__":`',
    )
