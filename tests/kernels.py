"""Compiling the kernels once for all workers of a test run, where no cache holds them yet.

Numba does not lock its cache: two workers that meet an uncompiled kernel would both compile it,
half a minute each. So each worker takes one that no other has taken, before it runs tests.
"""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.commands import call


def compile_kernels() -> None:
    """Compile what is not compiled; what another worker is at is left to it."""
    import terbium.engine.jit  # noqa: F401 - names the folder of compiled code

    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, run in KERNELS.items():
        mark = folder / f"{name}.done"
        with (folder / f"{name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            # what fails is told by the tests; an error here would end the session
            with suppress(Exception):
                if not mark.exists() and run():
                    mark.touch()


def _chain() -> bool:
    import terbium as tb

    end = {"horizon.end": "2025-03-30"}
    tb.open_study("status-quo", draws=1, overrides=end).simulate(threads=1)
    return True


def _shown(event: str) -> Callable[[], bool]:
    def run() -> bool:
        with TemporaryDirectory() as place:
            options = ("--no-report", "--out", Path(place, "out"))
            return call("propagate", "example", event, *options).code == 0

    return run


KERNELS = {"links": _shown("licences"), "chain": _chain, "table": _shown("flood")}
