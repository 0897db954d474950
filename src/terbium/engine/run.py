"""The driver: hands blocks of draws to a crew, and what is kept of them to a sink."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from terbium.engine.compile import Compiled
from terbium.engine.ensemble import Crew, Job, Task, Tasks, threads
from terbium.engine.kept import Kept
from terbium.engine.program import LANES, Rules
from terbium.engine.sample import Responses, Values, validity_steps

Progress = Callable[[int, int], None]


class Sink(Protocol):
    """Takes what a run keeps while it is running, block after block, in any order.

    Attributes
    ----------
    headline
        Day from which stops are counted; None counts from the first step.
    """

    headline: date | None

    def receive(self, kept: Kept) -> None:
        """Keep a block; the arrays are dropped afterwards."""


@dataclass(frozen=True)
class Plan:
    """Everything a run needs beside the compiled chain."""

    values: Values
    responses: Responses
    rules: Rules
    threads: int | None = None


def simulate(compiled: Compiled, plan: Plan, sink: Sink, progress: Progress | None = None) -> None:
    """Run all draws in threads and feed the sink; bits do not depend on the number of threads.

    Parameters
    ----------
    compiled, plan
        The chain, the drawn values, the behavioural rules.
    sink
        Receives what is kept of each block of ``LANES`` draws.
    progress
        Called with (draws done, draws in all).
    """
    values = plan.values
    job = Job(
        compiled_for(compiled, values), plan.responses, plan.rules, values.names, sink.headline
    )
    tasks = (Task(i, values.part(i, LANES)) for i in range(0, values.draws, LANES))
    drive(job, tasks, sink, threads(plan.threads), (0, values.draws), progress)


def drive(
    job: Job,
    tasks: Tasks,
    sink: Sink,
    crew: Crew,
    draws: tuple[int, int],
    progress: Progress | None = None,
) -> None:
    """Have a crew work off tasks and feed the sink.

    Parameters
    ----------
    job, tasks
        What is computed.
    sink
        Receives what is kept, in the order in which blocks are done.
    crew
        Who computes it.
    draws
        Draws that were done before, and draws in all.
    progress
        Called with (draws done, draws in all).
    """
    steps, (before, total) = job.compiled.clock.steps, draws
    done = before * steps

    def tick(draw_steps: int) -> None:
        nonlocal done
        done += draw_steps
        if progress is not None:
            progress(done // steps, total)

    # whoever fails or is stopped here must not leave the crew at work
    with closing(crew(job, tasks, tick)) as done_blocks:
        for kept in done_blocks:
            sink.receive(kept)


def compiled_for(compiled: Compiled, values: Values) -> Compiled:
    """The compiled chain with the validity of licences that was drawn."""
    policy = compiled.policy._replace(validity=validity_steps(compiled, values))
    return Compiled(**{**vars(compiled), "policy": policy})
