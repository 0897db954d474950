"""Ten thousand draws of `april-2025` take no more memory than one thousand: they lie on disk.

SOAK_DRAWS (10,000 by default) is the number that is compared with a tenth of it; SOAK_WORKERS (2 by
default) the number of workers. Peaks are those that the system has kept for each process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

DRAWS = int(os.environ.get("SOAK_DRAWS", "10000"))
WORKERS = int(os.environ.get("SOAK_WORKERS", "2"))
MIB = 2**20
MAIN_RATIO, WORKER_RATIO = 1.5, 1.05
"""How much more than a tenth of the draws may take: one series of all draws is held at a time."""


@dataclass(frozen=True)
class Peaks:
    """What a run has needed: memory of the process and of its largest worker [byte], time [s]."""

    main: int
    worker: int
    seconds: float
    folder: int

    def __str__(self) -> str:
        return (
            f"{self.main / MIB:,.0f} MiB, workers {self.worker / MIB:,.0f} MiB each at most, "
            f"{self.folder / MIB:,.0f} MiB on disk, {self.seconds:,.0f} s"
        )


def peak_of(process: psutil.Process) -> int:
    """The most that a process has held so far; nil if it has ended."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def peaks(draws: int, folder: Path) -> Peaks:
    """Run so many draws in a folder that is removed afterwards."""
    began, main, worker, place = time.monotonic(), 0, 0, folder / f"run-{draws}"
    options = ["--draws", str(draws), "--workers", str(WORKERS), "--out", str(place)]
    running = psutil.Popen(
        [sys.executable, "-m", "terbium", "run", "april-2025", *options], stdout=subprocess.DEVNULL
    )
    while running.poll() is None:
        main = max(main, peak_of(running))
        children = running.children(recursive=True) if running.is_running() else []
        worker = max([worker, *map(peak_of, children)])
        time.sleep(0.2)
    assert running.returncode == 0, running.returncode
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    shutil.rmtree(place)
    return Peaks(main, worker, time.monotonic() - began, size)


def main() -> None:
    """Both runs, and the ratio of what they have needed."""
    with tempfile.TemporaryDirectory() as name:
        few = peaks(max(DRAWS // 10, 1), Path(name))
        print(f"{DRAWS // 10:>7,} draws: {few}", flush=True)
        many = peaks(DRAWS, Path(name))
        print(f"{DRAWS:>7,} draws: {many}", flush=True)
    ratios = many.main / few.main, many.worker / few.worker
    print(f"ratio {ratios[0]:.2f}, of workers {ratios[1]:.2f}", flush=True)
    assert ratios[0] <= MAIN_RATIO, ratios
    assert ratios[1] <= WORKER_RATIO, ratios


if __name__ == "__main__":
    main()
