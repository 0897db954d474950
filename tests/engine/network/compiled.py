"""The kernels of the network are compiled once, not once in every worker that starts cold."""

from __future__ import annotations

import fcntl
import os
from functools import cache
from pathlib import Path

from tests.engine.network.economies import behaviour_of, line

from terbium.engine.network.case import Case
from terbium.engine.network.run import simulate


@cache
def compile_once() -> None:
    """Run both layouts, and wait where another worker is compiling one of them.

    Whoever finds a layout taken begins with the other; what a worker has compiled lies in the cache
    when the next one comes to it.
    """
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    table = line()
    case = Case(1, behaviour_of(table))
    waiting = [True, False]
    for how in (fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_EX):
        for each_link in list(waiting):
            with (folder / f"network-{int(each_link)}.lock").open("w") as lock:
                try:
                    fcntl.flock(lock, how)
                except BlockingIOError:
                    continue
                simulate(table, case, each_link=each_link)
                waiting.remove(each_link)
