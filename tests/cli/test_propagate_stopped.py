"""`terbium propagate` stopped on its way: nothing that looks like a result is left."""

import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.cli.commands import Answer, finish, start

# what one changes while the process writes, so that it dies in the middle of it
DIES_WHILE_WRITING = """
import os, signal
from terbium.results import trajectories
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
trajectories.csv_text = die
"""
# so slow that there is time to stop it
SLOW = """
import time
from terbium.engine.network.run import Propagation
quick = Propagation.advance
def slow(self, steps):
    time.sleep(0.5)
    quick(self, steps)
Propagation.advance = slow
"""


def long_run(cwd: Path) -> subprocess.Popen[str]:
    """A run that takes its time, on its way."""
    running = start("propagate", "example", "flood", "--out", "here", cwd=cwd, code=SLOW)
    assert running.stderr is not None
    while running.stderr.readline() not in ("Running example-flood\n", ""):
        pass
    time.sleep(0.5)
    assert running.poll() is None
    return running


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, 130),
        (signal.SIGTERM, 143),
        pytest.param(signal.SIGKILL, -9, marks=pytest.mark.long),
    ],
)
def test_a_run_that_is_stopped_leaves_nothing(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    running = long_run(tmp_path)
    running.send_signal(number)
    answer = finish(running, timeout=60)
    assert answer.code == code
    assert answer.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_run_killed_while_it_writes_leaves_no_folder(tmp_path: Path) -> None:
    run = ("propagate", "example", "flood", "--steps", 50, "--out", "here", "--no-report")
    answer: Answer = finish(start(*run, cwd=tmp_path, code=DIES_WHILE_WRITING), timeout=120)
    assert answer.code == -signal.SIGKILL
    left = list(tmp_path.iterdir())
    assert all(path.name.startswith(".here.partial-") for path in left)
    # and the next run sweeps what it left
    again = finish(start(*run, cwd=tmp_path), timeout=120)
    assert again.code == 0, again.err
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
