"""The command line, called in this process or as a process of its own."""

import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from terbium.cli.guard import guarded
from terbium.cli.main import commands

# a run that is over before one has looked: half a year, few draws
TINY = ("--set", "horizon.end=2025-06-29", "--draws", "4")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


def call(*args: object) -> Answer:
    """In this process: quick, but signals and the end of the process are not those of a command."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = guarded(lambda: commands([str(arg) for arg in args]))
    return Answer(code, out.getvalue(), err.getvalue())


def start(*args: object, cwd: Path, code: str | None = None) -> subprocess.Popen[str]:
    """As a process; ``code`` runs before the command, to change what it does."""
    command = [sys.executable, "-m", "terbium"]
    if code is not None:
        command = [sys.executable, "-c", f"{code}\nfrom terbium.cli.main import app\napp()"]
    return subprocess.Popen(
        [*command, *map(str, args)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "110", "NO_COLOR": "1"},
        # a suite that runs in the background ignores Ctrl-C, and its children would too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def finish(process: subprocess.Popen[str], timeout: float = 180) -> Answer:
    out, err = process.communicate(timeout=timeout)
    return Answer(process.returncode, out, err)
