"""Shocks through input-output tables: time and memory, beside BoARIO where it is installed.

See README.md in this folder. Each run is a process of its own with one thread; runs of the two
programs alternate. Needs a system that tells a process its peak memory (Linux, macOS).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from in_process import Measured
from propagation_page import page, row, table_head
from propagation_problems import LARGE, SETTLED, WORLD, Problem, problems, tables

from terbium.base.errors import TerbiumError
from terbium.base.files import atomic_dir, atomic_write_text, tidy_json

HERE = Path(__file__).parent
SIZES = ("10x30", "20x50", "49x100")
ONE_THREAD = {
    name: "1"
    for name in (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
    )
}


class BenchmarkError(Exception):
    """A timed process failed, or the peer is missing."""


@dataclass(frozen=True)
class Aim:
    """What a table must reach: times as fast as the peer, share of its memory, seconds a year."""

    ratio: float = 0.0
    memory_share: float = np.inf
    seconds: float = np.inf


AIMS = {
    "10x30": Aim(ratio=15.0),
    "20x50": Aim(ratio=15.0),
    "49x100": Aim(ratio=10.0, memory_share=0.3),
    WORLD: Aim(seconds=5.0),
}


@dataclass(frozen=True)
class Outcome:
    """All rounds of one problem.

    Attributes
    ----------
    own, peer
        One entry per round; the peer's is empty where there is none.
    apart
        Largest difference of output over the largest output at rest, over the steps that both made.
    """

    problem: Problem
    own: list[Measured]
    peer: list[Measured] = field(default_factory=list)
    apart: float | None = None

    def years(self, of: list[Measured]) -> list[float]:
        """Seconds of the whole run by round, scaled where only a few steps were made."""
        return [whole(m, self.problem.steps) for m in of]

    def ratios(self) -> tuple[float, float] | None:
        """How often terbium's time goes into the peer's: best by best, median by median."""
        if not self.peer:
            return None
        own, peer = self.years(self.own), self.years(self.peer)
        return min(peer) / min(own), float(np.median(peer) / np.median(own))

    def memory_share(self) -> float | None:
        """Terbium's peak over the peer's, the worst of the rounds."""
        if not self.peer:
            return None
        return float(max(m.peak for m in self.own) / min(m.peak for m in self.peer))

    def missed(self) -> list[str]:
        """What falls short of the aim, a sentence each."""
        aim = AIMS.get(self.problem.name, Aim())
        said = []
        ratios, share = self.ratios(), self.memory_share()
        if ratios is not None and min(ratios) < aim.ratio:
            said.append(f"{min(ratios):.1f} times as fast, aim {aim.ratio:g}")
        if share is not None and share > aim.memory_share:
            said.append(f"{share:.0%} of the peer's memory, aim {aim.memory_share:.0%}")
        best = min(self.years(self.own))
        if best > aim.seconds:
            said.append(f"{best:.1f} s, aim {aim.seconds:g} s")
        return [f"{self.problem.name}, {self.problem.event_kind}: {text}" for text in said]


def whole(measured: Measured, steps: int) -> float:
    """Seconds of all steps; where a few were made, from those after the event has settled."""
    if measured.steps >= steps:
        return float(sum(measured.seconds))
    return float(np.mean(measured.seconds[SETTLED:])) * steps


def run_process(python: str, script: str, problem: Problem, steps: int, out: Path) -> Measured:
    """Run one program on one problem in a fresh process with one thread.

    Raises
    ------
    BenchmarkError
        If the process fails.
    """
    files = [problem.table, problem.event]
    done = subprocess.run(
        [python, str(HERE / script), *map(str, files), str(steps), str(out)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **ONE_THREAD},
    )
    if done.returncode:
        said = done.stderr.strip() or "no message"
        if said.startswith("Traceback"):
            said = said.splitlines()[-1]
        raise BenchmarkError(f"{script} on {problem.name}, {problem.event_kind}: {said}")
    return Measured(**json.loads(done.stdout.strip().splitlines()[-1]))


Runner = Callable[[str, str, Problem, int, Path], Measured]


def measure(
    problem: Problem, peer_python: str | None, rounds: int, run: Runner = run_process
) -> Outcome:
    """Terbium and the peer in turn, ``rounds`` times each."""
    own: list[Measured] = []
    peer: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "own.npy", Path(folder) / "peer.npy"
        for _ in range(rounds):
            own.append(run(sys.executable, "terbium_table.py", problem, problem.steps, ours))
            if peer_python is not None:
                steps = problem.peer_steps
                peer.append(run(peer_python, "peer_boario.py", problem, steps, theirs))
        gap = apart(np.load(ours), np.load(theirs)) if peer else None
    return Outcome(problem, own, peer, gap)


def apart(own: np.ndarray, peer: np.ndarray) -> float:
    """Largest difference over the largest output at rest, over the steps that both made."""
    steps = min(own.shape[0], peer.shape[0])
    return float(np.abs(own[:steps] - peer[:steps]).max() / own[0].max())


def peer_version(python: str) -> str:
    """Version of BoARIO in another environment.

    Raises
    ------
    BenchmarkError
        If there is none.
    """
    ask = "from importlib.metadata import version; print(version('boario'))"
    try:
        done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    except OSError as error:
        raise BenchmarkError(f"--peer-python {python}: {error.strerror}") from error
    if done.returncode:
        raise BenchmarkError(
            f"--peer-python {python}: BoARIO is not installed there. Make an environment with "
            "'pip install boario==0.7.2 pymrio progressbar2' and name its Python."
        )
    return done.stdout.strip()


def machine() -> dict[str, Any]:
    """Where the times were taken."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "threads": 1,
    }


def save(outcomes: list[Outcome], options: argparse.Namespace) -> None:
    """Write ``propagation.json`` with every round and ``propagation.md`` with the table."""
    rounds = [
        {
            "table": o.problem.name,
            "event": o.problem.event_kind,
            "industries": o.problem.industries,
            "steps": o.problem.steps,
            "peer_steps": o.problem.peer_steps if o.peer else None,
            "own": [asdict(m) for m in o.own],
            "peer": [asdict(m) for m in o.peer],
            "ratio_best_median": o.ratios(),
            "memory_share": o.memory_share(),
            "apart": o.apart,
        }
        for o in outcomes
    ]
    data = {"machine": machine(), "seed": options.seed, "problems": rounds}
    with atomic_dir(options.out, replaces="propagation.json") as folder:
        atomic_write_text(folder / "propagation.json", tidy_json(data) + "\n")
        atomic_write_text(folder / "propagation.md", page(outcomes, machine()))


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=list(SIZES), metavar="RxS")
    parser.add_argument("--wiot", type=Path, help="the world table of 2011, 41 x 35, as .npz")
    parser.add_argument(
        "--events", nargs="+", default=["recovery"], choices=("recovery", "rebuild")
    )
    parser.add_argument("--steps", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peer-python", help="Python of an environment that has BoARIO 0.7.2")
    parser.add_argument(
        "--peer-steps",
        type=int,
        default=12,
        help=f"steps that the peer makes of tables above {LARGE} industries",
    )
    parser.add_argument("--full", action="store_true", help="the peer makes every step")
    parser.add_argument("--out", type=Path, help="folder for propagation.json and propagation.md")
    parser.add_argument("--check", action="store_true", help="exit 1 if an aim is missed")
    options = parser.parse_args(argv)
    if min(options.peer_steps, options.steps) <= SETTLED or options.rounds < 1:
        parser.error(f"at least {SETTLED + 1} steps and one round")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, save; the exit code says whether the aims were met."""
    options = arguments(argv)
    outcomes = []
    try:
        if options.peer_python:
            print(f"peer: BoARIO {peer_version(options.peer_python)}\n")
        print(table_head())
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            files = tables(options.sizes, options.wiot, place, options.seed)
            few = None if options.full else options.peer_steps
            for problem in problems(files, options.events, place, options.steps, few):
                outcomes.append(measure(problem, options.peer_python, options.rounds))
                print(row(outcomes[-1]), flush=True)
        if options.out:
            save(outcomes, options)
    except (BenchmarkError, TerbiumError) as error:
        print(error, file=sys.stderr)
        return 2
    missed = [text for outcome in outcomes for text in outcome.missed()]
    for text in missed:
        print(f"aim missed: {text}")
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
