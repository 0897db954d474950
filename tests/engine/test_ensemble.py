"""Threads, processes and a cluster leave the same bits, and none of them is missed when lost."""

from __future__ import annotations

import hashlib
import multiprocessing
import operator
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from distributed import LocalCluster
from tests.real_chain import study_of

from terbium.analysis.ensemble import _chain_hash
from terbium.base.errors import InputError, WorkerError
from terbium.engine import distributed as on_cluster
from terbium.engine import processes as on_processes
from terbium.engine.block import Cancelled
from terbium.engine.distributed import cluster
from terbium.engine.ensemble import Crew, Job, Task, Tasks, solve, threads
from terbium.engine.kept import Kept, shapes_of
from terbium.engine.processes import processes
from terbium.engine.program import LANES
from terbium.engine.recorder import Recorder
from terbium.engine.run import compiled_for, drive
from terbium.engine.sample import Responses, Values

DRAWS = 4 * LANES + 5
# a scheduler of Dask and its log close on their own time
pytestmark = pytest.mark.filterwarnings("default")


@cache
def job() -> tuple[Job, Values]:
    study = study_of("april-2025", overrides={"horizon.end": "2025-05-04"})
    values = Values(study.parameters.names, study.parameters.sample(DRAWS, 5))
    headline = study.scenario.headline.in_force
    chain = compiled_for(study.compiled, values)
    return Job(chain, Responses(), study.rules, values.names, headline), values


def tasks() -> Tasks:
    values = job()[1]
    return (Task(first, values.part(first, LANES)) for first in range(0, DRAWS, LANES))


def bits(crew: Crew, when_half: Callable[[], None] | None = None) -> str:
    """Fingerprint of all that a crew has kept; half way, something may happen to it."""
    work, _ = job()
    recorder = Recorder(work.compiled, DRAWS, work.headline)
    happened: list[int] = []

    def told(done: int, total: int) -> None:
        assert total == DRAWS
        if when_half is not None and not happened and done >= total // 3:
            happened.append(done)
            when_half()

    drive(work, tasks(), recorder, crew, (0, DRAWS), told)
    assert when_half is None or happened
    digest = hashlib.sha256()
    for name, array in sorted(vars(recorder.finish()).items()):
        if isinstance(array, np.ndarray):
            digest.update(name.encode() + array.tobytes())
        elif name in ("regime", "conservation"):
            digest.update(repr(array).encode())
    return digest.hexdigest()


@cache
def expected() -> str:
    return bits(threads(1))


@pytest.fixture(scope="module")
def dask() -> Iterator[LocalCluster]:
    options = {"threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(n_workers=2, **options) as found:
        yield found


def kill_a_worker() -> None:
    # the youngest children are those of the pool that is at work
    process = max(multiprocessing.active_children(), key=lambda child: child.pid or 0)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)


def test_two_threads() -> None:
    assert bits(threads(2)) == expected()


def test_processes_of_which_one_is_killed() -> None:
    """Two at work, and two more in their place; `tests/soak` has one, and four."""
    assert bits(processes(2), kill_a_worker) == expected()


@pytest.mark.long
def test_a_cluster_of_two_that_loses_a_worker(dask: LocalCluster) -> None:
    def lose() -> None:
        nanny = next(iter(dask.workers.values()))
        os.kill(nanny.process.process.pid, signal.SIGKILL)

    assert bits(cluster(dask.scheduler_address), lose) == expected()
    # the cluster goes on with who is left, and with who came in its place
    assert bits(cluster(dask.scheduler_address)) == expected()


def test_workers_that_all_end_on_their_own_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again without a block: the run gives up, and says what may be wrong."""

    def broken(pool: Any, task: Task) -> Any:
        return pool.submit(os._exit, 1)

    monkeypatch.setattr(on_processes, "_submit", broken)
    # such a worker need not know the job
    monkeypatch.setattr(on_processes, "_begin", operator.is_)
    monkeypatch.setattr(on_processes, "_MOST_LOSSES", 2)
    with pytest.raises(WorkerError, match="ended on its own, 2 times") as caught:
        bits(processes(1))
    assert "fewer workers" in str(caught.value)


def test_no_process_is_left_when_the_run_is_stopped() -> None:
    class Stopped(Exception):
        pass

    def stop() -> None:
        raise Stopped

    before = set(multiprocessing.active_children())
    with pytest.raises(Stopped):
        bits(processes(1), stop)
    assert set(multiprocessing.active_children()) <= before


def test_a_scheduler_that_cannot_be_reached() -> None:
    with pytest.raises(WorkerError) as caught:
        bits(cluster("tcp://127.0.0.1:9", answers=1))
    (problem,) = caught.value.problems
    assert problem.place == "cluster tcp://127.0.0.1:9"
    assert "no scheduler that answers in 1 s" in problem.seen
    assert "tcp://127.0.0.1:8786" in problem.allowed
    assert "dask scheduler" in problem.remedy
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://127.0.0.1:port"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(WorkerError, match="seen no address"):
        bits(cluster(address, answers=1))


def test_without_the_package_the_message_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(WorkerError, match=r"pip install 'terbium\[cluster\]'"):
        bits(cluster("tcp://127.0.0.1:8786"))


def test_a_scheduler_without_workers_and_one_that_goes_away() -> None:
    options = {"threads_per_worker": 1, "dashboard_address": None, "processes": False}
    with LocalCluster(n_workers=0, **options) as empty:
        with pytest.raises(WorkerError, match="no worker that takes work in 1 s"):
            bits(cluster(empty.scheduler_address, starts=1))
        empty.scale(1)
        closing = Thread(target=empty.close)
        with pytest.raises(WorkerError, match="a scheduler that went away"):
            bits(cluster(empty.scheduler_address), closing.start)
        closing.join()


def test_a_worker_with_other_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    work, _ = job()
    monkeypatch.setattr(on_cluster, "draw_code_hash", lambda: "of this worker")
    with pytest.raises(WorkerError, match="a worker with other sources"):
        on_cluster._solve("of the run", work, next(tasks()))


def test_a_block_ends_when_it_is_told_to() -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Cancelled):
        solve(job()[0], next(tasks()), stop, lambda steps: None)


@dataclass
class Slow:
    """A sink that counts how many blocks were begun and not yet taken."""

    headline: Any
    begun: int = 0
    taken: int = 0
    most: int = 0

    def receive(self, kept: Kept) -> None:
        time.sleep(0.03)
        self.taken += 1
        self.most = max(self.most, self.begun - self.taken)


def test_no_more_blocks_are_alive_than_there_are_hands_for() -> None:
    """However slow the disk: what is done waits for the sink, and nothing new is begun."""
    work, values = job()
    sink = Slow(work.headline)

    def counted() -> Tasks:
        for first in [*range(0, DRAWS - LANES, LANES)] * 4:
            sink.begun += 1
            yield Task(first, values.part(first, LANES))

    drive(work, counted(), sink, threads(2), (0, DRAWS))
    assert sink.taken == 16
    # two at work, and each of them replaced before what it has done is taken
    assert sink.most <= 4


def test_what_is_kept_has_the_shapes_that_are_promised() -> None:
    work, _ = job()
    kept = solve(work, next(tasks()), Event(), lambda steps: None)
    promised = shapes_of(work.compiled, LANES)
    assert {name: (a.shape, a.dtype) for name, a in kept.arrays.items()} == promised


def test_the_same_chain_has_the_same_fingerprint_and_another_has_not() -> None:
    work, _ = job()
    other = study_of("april-2025", overrides={"horizon.end": "2025-05-04"})
    same = compiled_for(other.compiled, job()[1])
    assert _chain_hash(same) == _chain_hash(work.compiled)
    shocked = study_of("april-2025", ("no-duties",), {"horizon.end": "2025-05-04"})
    assert _chain_hash(compiled_for(shocked.compiled, job()[1])) != _chain_hash(same)


def test_means_that_contradict_one_another() -> None:
    study = study_of("april-2025")
    with pytest.raises(InputError, match="threads and workers"):
        study.simulate(threads=2, workers=2)
    with pytest.raises(InputError, match="resume without out"):
        study.simulate(resume=True)
