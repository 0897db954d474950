"""Workers as they are: other processes that may be slow, greedy, stubborn or killed."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from sqlalchemy.exc import OperationalError
from tests.web.jobs.tiny import kinds

from terbium.web.jobs import supervisor
from terbium.web.jobs.queue import Jobs
from terbium.web.settings import MEBIBYTE, Limits, Settings
from terbium.web.store.records import Job
from terbium.web.store.store import Store

SOON = 30.0
LIMITS = Limits(seconds=60, memory=400 * MEBIBYTE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """One server for all of these, since processes take long to start."""
    settings = Settings(folder=tmp_path_factory.mktemp("server"), limits=LIMITS)
    store = Store.open(settings)
    jobs = Jobs(settings, store, kinds)
    jobs.start()
    until(lambda: len(jobs.workers()) == 2)
    yield jobs
    jobs.stop()
    store.close()


def until(holds: Callable[[], bool], seconds: float = SOON) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def running(jobs: Jobs, job: Job) -> int:
    """Number of the process that does a job, once it has begun."""
    until(lambda: jobs.job(job.id, "ann").total > 0)
    return next(pid for pid, at in jobs.workers().items() if at == job.id)


def ended(jobs: Jobs, job: Job) -> Job:
    return jobs.wait(job.id, "ann", SOON)


def test_progress_and_result_come_from_another_process(server: Jobs) -> None:
    job = server.submit("sleep", {"name": "a", "steps": 40}, "ann")
    pid = running(server, job)
    assert pid != os.getpid()
    until(lambda: server.job(job.id, "ann").done > 5)
    seen = server.job(job.id, "ann")
    assert seen.total == 40
    assert list(server.places.results.iterdir()) == []
    done = ended(server, job)
    assert done.state == "done"
    assert len(list(server.result(done.result, "ann").folder.iterdir())) == 41
    assert list(server.places.work.iterdir()) == []


def test_a_warm_worker_answers_at_once(server: Jobs) -> None:
    times = []
    for name in "abcde":
        began = time.monotonic()
        assert (
            ended(server, server.submit("sleep", {"name": f"warm {name}"}, "ann")).state == "done"
        )
        times.append(time.monotonic() - began)
    assert min(times) < 0.3


def test_long_jobs_keep_no_quick_one_waiting(server: Jobs) -> None:
    slow = server.submit("slow", {"name": "slow", "steps": 10000}, "ann")
    running(server, slow)
    assert ended(server, server.submit("sleep", {"name": "quick"}, "ann")).state == "done"
    assert server.job(slow.id, "ann").state == "running"
    pid = running(server, slow)
    assert server.cancel(slow.id, "ann").is_stopping
    assert ended(server, slow).state == "cancelled"
    # one that listens keeps its process
    until(lambda: pid in server.workers())
    assert not server.job(slow.id, "ann").is_stopping


def test_equal_requests_of_two_owners_are_computed_once(server: Jobs, tmp_path: Path) -> None:
    request = {"tally": str(tmp_path / "tally"), "steps": 20}
    mine = server.submit("slow", request, "ann")
    theirs = server.submit("slow", request, "bob")
    assert server.submit("slow", request, "ann").id == mine.id
    assert theirs.id != mine.id
    assert ended(server, mine).state == "done"
    found = server.wait(theirs.id, "bob", SOON)
    assert (found.state, found.result) == ("done", server.job(mine.id, "ann").result)
    assert Path(request["tally"]).read_text() == "\n"


def test_a_killed_worker_breaks_its_job_and_no_other(
    server: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    job = server.submit("sleep", {"name": "private name", "steps": 10000}, "ann")
    waits = server.submit("sleep", {"name": "next"}, "ann")
    with caplog.at_level(logging.DEBUG):
        os.kill(running(server, job), signal.SIGKILL)
        broken = ended(server, job)
    assert broken.state == "broken"
    assert "ended unexpectedly" in broken.message
    assert ended(server, waits).state == "done"
    assert "private name" not in caplog.text


def test_who_does_not_listen_is_ended(server: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_GRACE", 0.2)
    job = server.submit("stubborn", {}, "ann")
    pid = running(server, job)
    server.cancel(job.id, "ann")
    assert ended(server, job).state == "cancelled"
    until(lambda: not psutil.pid_exists(pid))


def test_time_and_memory_have_limits(server: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    minder = server._supervisor
    assert minder is not None
    greedy = ended(server, server.submit("greedy", {}, "ann"))
    assert greedy.state == "failed"
    assert "more memory" in greedy.message
    monkeypatch.setattr(minder, "_limits", replace(LIMITS, seconds=1))
    late = ended(server, server.submit("stubborn", {"name": "late"}, "ann"))
    assert late.state == "failed"
    assert "longer than" in late.message
    assert list(server.places.work.iterdir()) == []


def test_a_store_that_is_away_for_a_while_loses_nothing(
    server: Jobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor, "_REST", 0.05)
    complete, failed = server.store.complete, []

    def away(key: str, size: int) -> list[str]:
        if len(failed) < 3:
            failed.append(key)
            raise OperationalError("private", {}, ConnectionError())
        return complete(key, size)

    monkeypatch.setattr(server.store, "complete", away)
    job = server.submit("sleep", {"name": "away"}, "ann")
    assert ended(server, job).state == "done"
    assert len(failed) == 3
    assert "OperationalError at test_processes.py" in caplog.text
    assert "private" not in caplog.text


def test_an_orderly_stop_puts_jobs_back(tmp_path: Path, server: Jobs) -> None:
    job = server.submit("slow", {"name": "stopped", "steps": 60}, "ann")
    pid = running(server, job)
    server.stop()
    assert not psutil.pid_exists(pid)
    assert server.job(job.id, "ann").state == "queued"
    server.start()
    assert ended(server, job).state == "done"
