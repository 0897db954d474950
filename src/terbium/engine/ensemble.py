"""Blocks of draws as tasks: the same function of the same numbers, wherever it is computed.

A *job* is what all blocks of a run share, a *task* the drawn values of one block. `solve` makes of
both what is kept of the block; it looks at nothing else, so that threads, processes and machines
give the same bits. A *crew* takes tasks and hands back what was kept, in the order in which blocks
are done, with no more of them under way than it has hands for and as many waiting.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from itertools import islice
from threading import Event

import numpy as np
from numpy.typing import NDArray

from terbium.engine.block import Flag, run_block
from terbium.engine.compile import Compiled
from terbium.engine.kept import Keeper, Kept
from terbium.engine.program import Rules
from terbium.engine.sample import Responses, Values, draw_blocks

Floats = NDArray[np.float64]
Tick = Callable[[int], None]
Tasks = Iterator["Task"]
Crew = Callable[["Job", Tasks, Tick], Generator[Kept]]
"""Takes the job, its tasks, and whom to tell of draw-steps done."""


@dataclass(frozen=True)
class Job:
    """What all blocks of a run share; it can be sent to another process.

    Attributes
    ----------
    compiled
        The chain, with the validity of licences that was drawn.
    responses, rules
        Behaviour.
    names
        Of the rows of a task's sample.
    headline
        Day from which stops are counted; None counts from the first step.
    """

    compiled: Compiled
    responses: Responses
    rules: Rules
    names: tuple[str, ...]
    headline: date | None


@dataclass(frozen=True)
class Task:
    """One block: its first draw, and drawn values (parameter, draw)."""

    first: int
    sample: Floats


def solve(job: Job, task: Task, stop: Flag, tick: Tick) -> Kept:
    """Step one block and keep what is to be kept.

    Raises
    ------
    Cancelled
        If ``stop`` was set on the way.
    """
    count = task.sample.shape[1]
    (draws,) = draw_blocks(job.compiled, Values(job.names, task.sample), job.responses)
    place = (task.first, count)
    output = run_block(job.compiled, draws, job.rules, place, stop, lambda n: tick(n * count))
    return Keeper(job.compiled, job.headline).keep(output)


def threads(count: int | None = None) -> Crew:
    """A crew of threads of this process; by default as many as there are cores."""
    hands = count or os.cpu_count() or 1

    def crew(job: Job, tasks: Tasks, tick: Tick) -> Generator[Kept]:
        stop = Event()
        with ThreadPoolExecutor(hands) as pool:
            try:
                yield from in_flight(
                    lambda t: pool.submit(solve, job, t, stop, tick), tasks, hands, {}
                )
            finally:
                stop.set()

    return crew


def in_flight(
    submit: Callable[[Task], Future[Kept]],
    tasks: Tasks,
    width: int,
    waiting: dict[Future[Kept], Task],
) -> Generator[Kept]:
    """Hand out tasks, a fixed number at a time, and give back what is done as it is done.

    Parameters
    ----------
    submit
        Sends a task on its way.
    tasks
        Taken from as there is room.
    width
        How many are under way at a time.
    waiting
        Receives the tasks that are under way, so that whoever calls knows them after a failure.
    """
    for task in islice(tasks, width):
        waiting[submit(task)] = task
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            kept = future.result()
            del waiting[future]
            following = next(tasks, None)
            if following is not None:
                waiting[submit(following)] = following
            yield kept
