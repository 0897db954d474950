"""`terbium run` with processes and a cluster: stopped, killed and gone on with."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.cli.commands import Answer, call, finish, start

from terbium.engine.program import LANES
from terbium.results.ledger import Ledger

# seven blocks of draws on half a year: each takes a worker a moment
DRAWS = 7 * LANES - 4
RUN = ("run", "april-2025", "--set", "horizon.end=2025-06-29", "--draws", DRAWS, "--seed", 11)
UNFINISHED = ".here.unfinished"
# each block waits before it is kept, so that there is a time at which half of them are done
SLOW = """
import time
from terbium.results.stream import Stream
receive = Stream.receive
def slow(self, kept):
    time.sleep(0.3)
    receive(self, kept)
Stream.receive = slow
"""


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


def half_way(place: Path, *options: object) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A run with two workers, three of its seven blocks done; its processes, the first its own."""
    running = start(*RUN, "--workers", 2, "--out", "here", *options, cwd=place, code=SLOW)
    deadline = time.monotonic() + 120
    while blocks_done(place) < 3:
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


def test_killed_at_half_and_resumed_it_leaves_the_bytes_of_a_run_that_was_not(
    tmp_path: Path, expected: dict[str, str]
) -> None:
    running, processes = half_way(tmp_path)
    assert len(processes) >= 3
    running.send_signal(signal.SIGKILL)
    assert finish(running).code == -signal.SIGKILL
    # workers notice that nobody will ask them any more
    assert ended(processes)
    assert names(tmp_path) == [UNFINISHED]
    assert 3 <= blocks_done(tmp_path) < 7
    answer = resumed(tmp_path)
    assert answer.code == 0, answer.err
    assert names(tmp_path) == ["here"]
    assert prints(tmp_path / "here") == expected


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_stopped_it_ends_its_workers_and_says_how_to_go_on(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    running, processes = half_way(tmp_path)
    running.send_signal(number)
    answer = finish(running, timeout=60)
    assert answer.code == code
    assert ended(processes)
    first, second = answer.err.splitlines()[-2:]
    assert first == "terbium: stopped. Nothing half-written bears the name of a result."
    kept = blocks_done(tmp_path) * LANES
    assert second.startswith(f"{kept} of {DRAWS} draws are kept in {tmp_path / UNFINISHED}; ")
    assert "--resume" in second
    assert "Traceback" not in answer.err
    other = resumed(tmp_path, "--seed", 12)
    assert other.code == 2
    assert "--resume, seed: seen 12. Allowed: 11, as the run was begun." in other.err
    assert blocks_done(tmp_path) * LANES == kept


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A Dask cluster of two workers, each a process of its own, started as one does by hand."""
    address = "tcp://127.0.0.1:18786"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    options = ["--host", "127.0.0.1", "--port", "18786", "--no-dashboard"]
    started = [subprocess.Popen([*command, *options], **quiet)]
    command[-1] = "distributed.cli.dask_worker"
    for _ in range(2):
        options = [address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        started.append(subprocess.Popen([*command, *options], **quiet))
    yield address
    for process in reversed(started):
        process.terminate()
        process.wait(timeout=30)


def test_on_a_cluster_it_leaves_the_same_bytes(
    tmp_path: Path, expected: dict[str, str], scheduler: str
) -> None:
    answer = call(*RUN, "--cluster", scheduler, "--out", tmp_path / "here")
    assert answer.code == 0, answer.err
    assert prints(tmp_path / "here") == expected


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
