"""``kill -9`` of a server under load: the finished stays, what ran is broken, the rest goes on."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.conftest import ROOT
from tests.web.jobs import loaded
from tests.web.jobs.tiny import kinds

from terbium.web.jobs.bench import Bench
from terbium.web.jobs.performing import Outcome
from terbium.web.jobs.queue import Jobs
from terbium.web.settings import Settings
from terbium.web.store.records import Job, Pending
from terbium.web.store.store import Store

SOON = 60.0
OWNERS = ("owner-0", "owner-1", "owner-2")


def all_jobs(store: Store) -> list[Job]:
    return [job for owner in OWNERS for job in store.jobs(owner, 1000)]


def in_state(store: Store, state: str) -> list[Job]:
    return [job for job in all_jobs(store) if job.state == state]


def test_no_finished_result_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    command = [sys.executable, "-m", loaded.__name__, str(folder)]
    # -9 is to reach the server alone, as it does when the system ends it
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        settings = Settings(folder=folder)
        store = Store.open(settings)
        deadline = time.monotonic() + SOON
        while len(in_state(store, "done")) < 4 or not any(
            job.kind == "slow" for job in in_state(store, "running")
        ):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        family = psutil.Process(process.pid).children(recursive=True)
    finally:
        process.kill()
        process.communicate()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == [], "workers outlive their server"

    finished, ran = in_state(store, "done"), in_state(store, "running")
    waited = in_state(store, "queued")
    assert len(finished) + len(ran) + len(waited) == loaded.QUICK + loaded.SLOW

    jobs = Jobs(settings, store, kinds)
    jobs.start()
    try:
        for job in finished:
            assert (jobs.result(job.result, job.owner).folder / "answer.json").is_file()
        for job in ran:
            broken = jobs.job(job.id, job.owner)
            assert broken.state == "broken"
            assert "server ended" in broken.message
        assert list(jobs.places.uploads.iterdir()) == []
        for job in waited:
            if job.kind == "slow":
                jobs.cancel(job.id, job.owner)
        for job in waited:
            now = jobs.wait(job.id, job.owner, SOON)
            assert now.state == ("cancelled" if job.kind == "slow" else "done")
        assert list(jobs.places.work.iterdir()) == []
    finally:
        jobs.stop()
        store.close()


def test_a_server_that_leaves_without_a_word_waits_for_nobody(tmp_path: Path) -> None:
    command = [sys.executable, "-m", loaded.__name__, str(tmp_path), "leave"]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=SOON, check=True)
    store = Store.open(Settings(folder=tmp_path))
    states = {job.state for job in all_jobs(store)}
    store.close()
    assert "queued" in states
    assert states <= {"queued", "done"}


@pytest.mark.parametrize("point", ["before the name", "before the row"])
def test_a_fall_between_name_and_row(
    tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two moments at which a folder and its row disagree."""
    settings = Settings(folder=tmp_path / "server")
    store = Store.open(settings)
    jobs = Jobs(settings, store, kinds)
    job = jobs.submit("sleep", {"name": "a"}, "ann")
    bench = Bench(store, jobs.places, lambda: None)
    pending: Pending = store.pending("queued")[0]
    assert bench.begin(pending) is not None
    jobs.places.whole(job.id).mkdir()
    broken = {"before the name": "publish", "before the row": "size"}[point]

    def fall(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(jobs.places, broken, fall)
        with pytest.raises(SystemExit):
            bench.settle(pending, Outcome("done"))
    bench.recover()
    state = jobs.job(job.id, "ann").state
    assert state == ("done" if point == "before the row" else "broken")
    assert os.listdir(jobs.places.work) == []  # noqa: PTH208
    assert len(jobs.results("ann")) == (point == "before the row")
    store.close()
