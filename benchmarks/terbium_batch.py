"""Many cases on a table at once, timed in a process of its own: ``TABLE EVENTS STEPS OUT``.

``EVENTS`` is a list of events in JSON, one a case. Timed are the stretches from one step of a block
of cases to the next, of whichever block; two blocks are under way at a time, on a thread each, and
the first stretch holds the setup. What is saved is output by step and region of the first case.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from in_process import Job, Measured, peak_megabytes, report
from terbium_table import small_table

from terbium.base.errors import TerbiumError
from terbium.base.version import __version__
from terbium.engine.network.batch import simulate_many
from terbium.engine.program import LANES
from terbium.graph.tables import read_table
from terbium.scenario.propagation import event_of, resolve

THREADS = 2
"""A block of cases is done by one thread."""


def main(job: Job) -> None:
    """Run all cases and report."""
    imported = peak_megabytes()
    began = time.perf_counter()
    small = small_table()
    nothing = resolve(event_of({"T": 2, "events": []}, "nothing"), small)
    simulate_many(small, [nothing])
    load = time.perf_counter() - began
    table = read_table(job.table)
    events = json.loads(job.event.read_text(encoding="utf-8"))
    cases = [resolve(event_of(data, f"case {k}"), table) for k, data in enumerate(events)]
    ticks: list[float] = []
    # loading the linear algebra for two threads is no part of a batch either
    simulate_many(small, [nothing] * (LANES + 1), threads=THREADS)

    def tick(_done: int, _whole: int) -> None:
        ticks.append(time.perf_counter())

    began = time.perf_counter()
    found = simulate_many(table, cases, progress=tick, threads=THREADS)
    seconds = np.diff(np.sort(ticks), prepend=began).tolist()
    setup = time.perf_counter() - max(ticks)
    peak = peak_megabytes()
    measured = Measured(__version__, load, setup, seconds, job.steps, imported, peak)
    report(measured, job.out, found.by_region[0])


if __name__ == "__main__":
    try:
        main(Job.of(sys.argv[1:]))
    except TerbiumError as error:
        sys.exit(str(error))
