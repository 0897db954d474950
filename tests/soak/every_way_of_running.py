"""However a run is computed, stopped, killed and gone on with: the same bytes in its folder.

Threads, 1, 2 and 4 workers, a Dask cluster of two workers in processes of their own, the same with
one of them killed on the way; then, until SOAK_MINUTES are over (10 by default), runs that are
stopped or killed at moments drawn by chance, again and again, and gone on with until they end.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

DRAWS = 300
RUN = ("run", "april-2025", "--set", "horizon.end=2025-06-29", "--draws", str(DRAWS))
MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def prints(folder: Path) -> dict[str, str]:
    """Fingerprints of everything but the log."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.log.json")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def start(place: Path, *options: object) -> subprocess.Popen[str]:
    """The command in a process group of its own, as a terminal starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "terbium", *RUN, *map(str, options), "--out", str(place)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def ends(running: subprocess.Popen[str], code: int = 0) -> str:
    """Wait for the end, check its code, and return what was said."""
    said = running.communicate(timeout=3600)[1]
    assert running.returncode == code, (running.returncode, said)
    return said


def kept(place: Path) -> int:
    """Blocks that an unfinished run has kept."""
    ledger = place.parent / f".{place.name}.unfinished" / "ledger.jsonl"
    return ledger.read_text().count('"block"') if ledger.exists() else 0


def wait_for_blocks(running: subprocess.Popen[str], place: Path, least: int) -> None:
    while kept(place) < least:
        assert running.poll() is None, running.communicate()[1]
        time.sleep(0.05)


@contextmanager
def dask_cluster(place: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, started as one does by hand."""
    file = place / "scheduler.json"
    options = ["--no-dashboard", "--host", "127.0.0.1", "--port", "0", "--scheduler-file"]
    program = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options, str(file)]
    started = [subprocess.Popen(program, **QUIET, cwd=place)]
    program = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
    program += ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
    while not file.exists():
        time.sleep(0.1)
    started += [subprocess.Popen(program, **QUIET, cwd=place) for _ in range(2)]
    address = file.read_text().partition('"address": "')[2].partition('"')[0]
    try:
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=60)


def check(place: Path, expected: dict[str, str], how: str, began: float) -> None:
    found = prints(place)
    differing = [name for name in {**found, **expected} if found.get(name) != expected.get(name)]
    assert not differing, (how, differing)
    assert not (place.parent / f".{place.name}.unfinished").exists(), how
    print(f"{how}: the same {len(found)} files, {time.monotonic() - began:.0f} s", flush=True)


def in_one_go(folder: Path) -> dict[str, str]:
    """Threads, workers, a cluster, a cluster that loses a worker."""
    ends(start(folder / "threads", "--threads", 2))
    expected = prints(folder / "threads")
    for workers in (1, 2, 4):
        began, place = time.monotonic(), folder / f"workers-{workers}"
        ends(start(place, "--workers", workers))
        check(place, expected, f"{workers} workers", began)
    with dask_cluster(folder) as (address, workers_of_dask):
        began = time.monotonic()
        ends(start(folder / "cluster", "--cluster", address))
        check(folder / "cluster", expected, "a Dask cluster of 2", began)
        began, place = time.monotonic(), folder / "cluster-lost"
        running = start(place, "--cluster", address)
        wait_for_blocks(running, place, 3)
        workers_of_dask[0].kill()
        ends(running)
        check(place, expected, "a Dask cluster that lost one of 2", began)
    return expected


def stopped_again_and_again(folder: Path, expected: dict[str, str], rng: random.Random) -> None:
    """One run, stopped or killed after blocks drawn by chance until nothing is left to do."""
    began, place, how = time.monotonic(), folder / "stopped", []
    while True:
        before = kept(place)
        options = ("--workers", rng.choice((1, 2, 3)), *(("--resume",) if before else ()))
        running = start(place, *options)
        number = rng.choice(list(CODES))
        try:
            wait_for_blocks(running, place, before + rng.randint(2, 8))
        except AssertionError:
            assert running.returncode == 0, running.returncode
            break
        family = psutil.Process(running.pid).children(recursive=True)
        # Ctrl-C of a terminal goes to all processes of the group
        (os.killpg if number == signal.SIGINT else os.kill)(running.pid, number)
        said = ends(running, CODES[number])
        assert "Traceback" not in said, said
        assert number == signal.SIGKILL or "--resume" in said, said
        _, alive = psutil.wait_procs(family, timeout=60)
        assert not [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]
        assert not place.exists()
        assert kept(place) >= before
        how.append(f"{number.name} at {kept(place)}")
    check(place, expected, ", ".join(how) or "never stopped", began)


def main() -> None:
    """All of it."""
    end, rng = time.monotonic() + 60 * MINUTES, random.Random(SEED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected = in_one_go(folder)
        is_first = True
        while is_first or time.monotonic() < end:
            with tempfile.TemporaryDirectory(dir=folder) as again:
                stopped_again_and_again(Path(again), expected, rng)
            is_first = False


if __name__ == "__main__":
    main()
