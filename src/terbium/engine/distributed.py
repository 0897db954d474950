"""A crew of workers of a Dask cluster; `distributed` is loaded when one is asked for.

The job is itself a task of the cluster, on which all blocks depend: workers fetch it from one
another, and if all that hold it are lost, it is made again. Nothing is stored on a worker, so that
any of them may be lost at any time; its blocks are then done by others.
"""

from __future__ import annotations

import pickle
import platform
import zlib
from collections.abc import Generator
from concurrent.futures import CancelledError
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

from terbium.base.code import draw_code_hash
from terbium.base.errors import WorkerError
from terbium.engine.ensemble import Crew, Job, Task, Tasks, Tick, in_flight, solve
from terbium.engine.kept import Kept

_ANSWERS = 10.0
"""Time in which a scheduler answers [s]."""
_STARTS = 60.0
"""Time in which its first worker has taken the job [s]; clusters that grow on demand need some."""
_AHEAD = 2
"""Blocks under way or waiting per thread of the cluster: none of them runs dry between two."""


def cluster(address: str, answers: float = _ANSWERS, starts: float = _STARTS) -> Crew:
    """A crew of the workers of a Dask scheduler.

    Parameters
    ----------
    address
        Of the scheduler: ``tcp://host:8786``.
    answers, starts
        Time for the scheduler to answer, and for its first worker to take the job [s].
    """

    def crew(job: Job, tasks: Tasks, tick: Tick) -> Generator[Kept]:
        steps = job.compiled.clock.steps
        client = _client(address, answers)
        try:
            held = _hand_over(client, job, address, starts)
            width = _AHEAD * max(1, sum(client.ncores().values()))
            submit = partial(client.get_executor(pure=False).submit, _solve, draw_code_hash(), held)
            for kept in in_flight(submit, tasks, width, {}):
                tick(kept.count * steps)
                yield kept
        except CancelledError:
            raise _problem(address, "a scheduler that went away", _GO_ON) from None
        except Exception as error:
            if type(error).__name__ != "KilledWorker":
                raise
            seen = "a block that lost every worker which took it up"
            raise _problem(address, seen, f"give the workers more memory; {_GO_ON}") from error
        finally:
            client.close(timeout=answers)

    return crew


_GO_ON = (
    "start it again, or go on without it: blocks that were done are kept in a run with a folder"
)


def _client(address: str, answers: float) -> Any:
    """A connection to the scheduler."""
    try:
        from distributed import Client
        from distributed.comm.addressing import resolve_address
    except ImportError:
        remedy = "install it: pip install 'terbium[cluster]'"
        raise _problem(address, "no package distributed", remedy) from None
    connect: Any = Client
    remedy = "start one with `dask scheduler`, and workers with `dask worker ADDRESS`"
    try:
        # a client with an address that is none would not go away again
        resolve_address(address)
        return connect(address, timeout=answers, set_as_default=False)
    except ValueError as error:
        raise _problem(address, f"no address ({error})", remedy) from error
    except OSError as error:
        seen = f"no scheduler that answers in {answers:g} s ({_line(error)})"
        raise _problem(address, seen, remedy) from error


def _hand_over(client: Any, job: Job, address: str, starts: float) -> Any:
    """Make the job a task of the cluster, and wait until a worker has it."""
    packed = zlib.compress(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
    held = client.submit(_unpack, draw_code_hash(), packed, key=f"terbium-{uuid4()}")
    try:
        held.result(timeout=starts)
    except TimeoutError:
        seen, remedy = (
            f"no worker that takes work in {starts:g} s",
            "start workers, or more of them",
        )
        raise _problem(address, seen, remedy) from None
    except WorkerError:
        raise
    except Exception as error:
        seen = f"a cluster that cannot take the work ({_line(error)})"
        remedy = "install this version of terbium on the scheduler and on every worker"
        raise _problem(address, seen, remedy) from error
    return held


def _unpack(code: str, packed: bytes) -> Job:
    _check_code(code)
    job: Job = pickle.loads(zlib.decompress(packed))
    return job


def _solve(code: str, job: Job, task: Task) -> Kept:
    _check_code(code)
    return solve(job, task, Event(), lambda steps: None)


def _check_code(code: str) -> None:
    """Other code would leave other bytes, in some of the blocks."""
    if draw_code_hash() != code:
        raise WorkerError.of(
            "ensemble",
            f"cluster, host {platform.node()}",
            f"a worker with other sources of terbium ({draw_code_hash()[:8]})",
            f"the sources of the run ({code[:8]})",
            "install the same version on every worker",
        )


def _line(error: Exception) -> str:
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _problem(address: str, seen: str, remedy: str) -> WorkerError:
    allowed = "the address of a running Dask scheduler with workers, such as tcp://127.0.0.1:8786"
    return WorkerError.of("ensemble", f"cluster {address}", seen, allowed, remedy)
