"""One run of terbium on a table, timed in a process of its own: ``TABLE EVENT STEPS OUT``."""

from __future__ import annotations

import sys
import time

import numpy as np
from in_process import Job, Measured, peak_megabytes, report
from synthetic_table import synthetic_table

from terbium.base.errors import TerbiumError
from terbium.base.version import __version__
from terbium.engine.network.run import Propagation
from terbium.graph.tables import InputOutputTable, read_table
from terbium.scenario.propagation import event_of, read_event, resolve
from terbium.scenario.propagation_schema import PropagationEvent

_SMALL = (2, 2)


def small_table() -> InputOutputTable:
    """The smallest table there is."""
    arrays = synthetic_table(*_SMALL)
    flows, final, output = (np.asarray(arrays[key], dtype=np.float64) for key in "ZYx")
    regions, sectors, categories = (
        tuple(str(label) for label in arrays[key]) for key in ("regions", "sectors", "categories")
    )
    return InputOutputTable(flows, final, output, regions, sectors, categories, "small")


def warm_up(event: PropagationEvent) -> None:
    """Load the compiled code that an event needs, or compile it, on a table of its own."""
    options = event.applied().get("options", {})
    nothing = event_of({"T": 2, "events": [], "options": options}, "nothing")
    table = small_table()
    run = Propagation(table, resolve(nothing, table))
    run.advance(2)
    run.trajectories()


def main(job: Job) -> None:
    """Run the event on the table and report."""
    imported = peak_megabytes()
    times = [time.perf_counter()]
    warm_up(read_event(job.event))
    times.append(time.perf_counter())
    table = read_table(job.table)
    event = read_event(job.event)
    run = Propagation(table, resolve(event, table))
    times.append(time.perf_counter())
    run.advance(job.steps)
    found = run.trajectories()
    times.append(time.perf_counter())
    load, setup, year = (after - before for before, after in zip(times, times[1:], strict=False))
    peak = peak_megabytes()
    measured = Measured(__version__, load, setup, [year], job.steps, imported, peak)
    report(measured, job.out, found.production_realised[: job.steps])


if __name__ == "__main__":
    try:
        main(Job.of(sys.argv[1:]))
    except TerbiumError as error:
        sys.exit(str(error))
