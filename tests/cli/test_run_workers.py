"""`terbium run` with processes and a cluster: stopped, killed and gone on with.

`tests/soak/every_way_of_running.py` does the same with real clusters, terminals and more workers.
"""

from __future__ import annotations

import hashlib
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster
from tests.cli.commands import Answer, call, finish, start
from tests.real_chain import base_graph

from terbium.engine.kept import Kept
from terbium.engine.program import LANES
from terbium.evidence.dataset import load_dataset
from terbium.results.ledger import Ledger
from terbium.results.stream import Stream

# five blocks of draws on a few weeks: each takes a worker a moment
BLOCKS = 5
DRAWS = BLOCKS * LANES - 4
RUN = ("run", "april-2025", "--set", "horizon.end=2025-05-04", "--draws", DRAWS, "--seed", 11)
UNFINISHED = ".here.unfinished"
# each block waits before it is kept, so that there is a time at which half of them are done
SLOW = """
import time
from terbium.results.stream import Stream
receive = Stream.receive
def slow(self, kept):
    time.sleep(0.5)
    receive(self, kept)
Stream.receive = slow
"""
# a scheduler of Dask and its log close on their own time
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module", autouse=True)
def opened_once() -> Iterator[None]:
    """What commands of this process read and balance is the same for all of them."""
    graph = base_graph()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("terbium.study.load_dataset", cache(load_dataset))
        patch.setattr("terbium.analysis.chain.build_graph", lambda dataset, year: graph)
        yield


def prints(folder: Path) -> dict[str, str]:
    """Everything but the log."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.log.json")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One process, two threads, never stopped."""
    place = tmp_path_factory.mktemp("whole") / "here"
    answer = call(*RUN, "--threads", 2, "--out", place)
    assert answer.code == 0, answer.err
    assert names(place.parent) == ["here"]
    return prints(place)


def blocks_done(place: Path) -> int:
    return sum("block" in row for row in Ledger(place / UNFINISHED / "ledger.jsonl").rows())


def half_way(place: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A run with two workers, two of its five blocks done; its processes, the first its own."""
    running = start(*RUN, "--workers", 2, "--out", "here", cwd=place, code=SLOW)
    deadline = time.monotonic() + 120
    while blocks_done(place) < 2:
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    main = psutil.Process(running.pid)
    return running, [main, *main.children(recursive=True)]


def ended(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=30)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def resumed(place: Path, *options: object) -> Answer:
    return call(*RUN, *options, "--out", place / "here", "--resume")


def test_killed_at_half_and_resumed_on_a_cluster_it_leaves_the_bytes_of_a_run_that_was_not(
    tmp_path: Path, expected: dict[str, str]
) -> None:
    running, processes = half_way(tmp_path)
    assert len(processes) >= 3
    running.send_signal(signal.SIGKILL)
    assert finish(running).code == -signal.SIGKILL
    # workers notice that nobody will ask them any more
    assert ended(processes)
    assert names(tmp_path) == [UNFINISHED]
    assert 2 <= blocks_done(tmp_path) < BLOCKS
    options = {"threads_per_worker": 1, "dashboard_address": None, "processes": False}
    with LocalCluster(n_workers=2, **options) as dask:
        answer = resumed(tmp_path, "--cluster", dask.scheduler_address)
    assert answer.code == 0, answer.err
    assert names(tmp_path) == ["here"]
    assert prints(tmp_path / "here") == expected


@pytest.mark.parametrize(
    ("stop", "code"), [(SystemExit(143), 143), (KeyboardInterrupt(), 130)], ids=["term", "ctrl-c"]
)
def test_stopped_it_says_how_to_go_on(
    stop: BaseException, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = Stream.receive

    def stopped(self: Stream, kept: Kept) -> None:
        receive(self, kept)
        if self.draws_done == 2 * LANES:
            raise stop

    with monkeypatch.context() as patch:
        patch.setattr(Stream, "receive", stopped)
        answer = call(*RUN, "--threads", 1, "--out", tmp_path / "here")
    assert answer.code == code
    first, second = answer.err.splitlines()[-2:]
    assert first == "terbium: stopped. Nothing half-written bears the name of a result."
    kept = 2 * LANES
    assert second.startswith(f"{kept} of {DRAWS} draws are kept in {tmp_path / UNFINISHED}; ")
    assert "--resume" in second
    assert "Traceback" not in answer.err
    other = resumed(tmp_path, "--seed", 12)
    assert other.code == 2
    assert "--resume, seed: seen 12. Allowed: 11, as the run was begun." in other.err
    assert blocks_done(tmp_path) * LANES == kept


def test_a_scheduler_that_is_not_there_leaves_the_earlier_result_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terbium.engine.distributed.cluster.__defaults__", (1.0, 1.0))
    earlier = tmp_path / "here"
    earlier.mkdir()
    (earlier / "manifest.json").write_text("{}")
    answer = call(*RUN, "--cluster", "tcp://127.0.0.1:9", "--out", earlier)
    assert answer.code == 2
    assert "cluster tcp://127.0.0.1:9: seen no scheduler that answers in 1 s" in answer.err
    assert "Allowed: the address of a running Dask scheduler" in answer.err
    assert "dask scheduler" in answer.err
    assert {p.name: p.read_text() for p in earlier.iterdir()} == {"manifest.json": "{}"}
    assert names(tmp_path) == ["here"]


def test_options_that_exclude_one_another_and_designs_that_are_none(tmp_path: Path) -> None:
    wrong = ("--workers", 0, "--threads", 2, "--cluster", "x:1", "--design", "sobbol")
    answer = call("run", "april-2025", *wrong, "--out", tmp_path / "here")
    assert answer.code == 2
    assert "--workers: seen 0. Allowed: a whole number, 1 or more." in answer.err
    assert "--threads and --cluster: seen 2 of them at once." in answer.err
    assert "--design: seen 'sobbol'. Allowed: sobol, random, halton, latin." in answer.err
    assert names(tmp_path) == []


def test_there_is_nothing_to_resume(tmp_path: Path) -> None:
    answer = resumed(tmp_path)
    assert answer.code == 2
    assert "seen no unfinished run of this folder" in answer.err
    assert names(tmp_path) == []
