"""Speed of the kernel beside a bare loop over the same arrays (see README.md in this folder)."""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bare_loop import Bare, bare_block, stream
from synthetic_chain import synthetic_draws, synthetic_policy, synthetic_program

from terbium.base.files import atomic_write_text
from terbium.base.version import __version__
from terbium.engine.kernel import advance
from terbium.engine.program import LANES, Draws, Policy, Program, Rules
from terbium.engine.run import compiled_for
from terbium.engine.sample import Responses, Values, draw_blocks
from terbium.engine.state import Record, State, empty_record, initial_state
from terbium.study import open_study

LEAST_RATE = 1e8
MOST_RATIO = 4.0
SIZES = (500, 2_000, 8_000, 32_000)
SCENARIO = "april-2025"


@dataclass(frozen=True)
class Case:
    """A chain to time: what it is called, its arrays, its blocks of draws."""

    name: str
    program: Program
    policy: Policy
    draws: Sequence[Draws]

    @property
    def steps(self) -> int:
        """Steps of the run."""
        return int(self.policy.controlled.shape[0])


@dataclass(frozen=True)
class Result:
    """Best of several rounds, on the same threads."""

    name: str
    links: int
    steps: int
    draws: int
    kernel: float
    bare: float
    kernel_processor: float
    megabytes: float

    @property
    def work(self) -> int:
        """Links x steps x draws."""
        return self.links * self.steps * self.draws

    @property
    def rate(self) -> float:
        """Links x steps x draws per second."""
        return self.work / self.kernel

    @property
    def ratio(self) -> float:
        """Time of the kernel over that of the bare loop."""
        return self.kernel / self.bare


def synthetic_case(links: int, blocks: int, steps: int) -> Case:
    """A synthetic chain of about ``links`` links."""
    program = synthetic_program(links)
    draws = [synthetic_draws(program, steps, seed) for seed in range(blocks)]
    return Case("synthetic", program, synthetic_policy(program, steps), draws)


def built_in_case(blocks: int) -> Case:
    """The chain of the built-in scenario."""
    study = open_study(SCENARIO)
    parameters = study.parameters
    values = Values(parameters.names, parameters.sample(blocks * LANES, 0))
    compiled = compiled_for(study.compiled, values)
    return Case(
        SCENARIO, compiled.program, compiled.policy, draw_blocks(compiled, values, Responses())
    )


def _fresh(case: Case, draws: Draws) -> tuple[State, Record]:
    p = case.program
    series = (p.link_series, p.class_queue, p.node_series)
    sizes = tuple(int(s.max(initial=-1)) + 1 for s in series)
    return (
        initial_state(p, draws, case.policy),
        empty_record(p, draws, case.steps, (sizes[0], sizes[1], sizes[2])),
    )


def _timed(
    pool: ThreadPoolExecutor, threads: int, work: Callable[[int], object], count: int
) -> tuple[float, float]:
    """Seconds on the clock, and seconds of processor time by thread."""

    def timed(index: int) -> float:
        began = time.thread_time()
        work(index)
        return time.thread_time() - began

    began = time.perf_counter()
    spent = sum(pool.map(timed, range(count)))
    return time.perf_counter() - began, spent / threads


def measure(case: Case, threads: int, rounds: int) -> tuple[Result, Bare]:
    """Kernel and bare loop in turn, each on ``threads`` threads; the best of ``rounds`` rounds."""
    rules = Rules(1, 0, 0.5)
    blocks = len(case.draws)
    bare = [bare_block(case.program, d, *_fresh(case, d)) for d in case.draws]
    ready: list[tuple[State, Record]] = []

    def kernel(b: int) -> None:
        advance(case.program, case.policy, case.draws[b], *ready[b], 0, case.steps, rules)

    def loop(b: int) -> None:
        x = bare[b]
        stream(x.updated, x.read, x.ring, x.history, case.steps, 0.999, 0.001)

    with ThreadPoolExecutor(threads) as pool:
        times: list[tuple[float, float, float]] = []
        for _ in range(rounds + 1):
            ready[:] = [_fresh(case, d) for d in case.draws]
            seconds, processor = _timed(pool, threads, kernel, blocks)
            times.append((seconds, _timed(pool, threads, loop, blocks)[0], processor))
    # The first round loads or compiles the code.
    seconds, bare_seconds, processor = (float(value) for value in np.min(times[1:], axis=0))
    links = int(case.program.link_out.size)
    moved = bare[0].bytes_per_step() / 1e6
    result = Result(
        case.name,
        links,
        case.steps,
        blocks * LANES,
        kernel=seconds,
        bare=bare_seconds,
        kernel_processor=processor,
        megabytes=moved,
    )
    return result, bare[0]


def table(results: Sequence[Result]) -> str:
    """A Markdown table of results."""
    lines = [
        "| chain | links | steps | draws | links x steps x draws / s | kernel, s | bare loop, s "
        "| ratio | by processor time, / s | MB a step and block |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {r.name} | {r.links} | {r.steps} | {r.draws} | {r.rate:.2e} | {r.kernel:.3f} "
        f"| {r.bare:.3f} | {r.ratio:.2f} | {r.work / r.kernel_processor:.2e} | {r.megabytes:.2f} |"
        for r in results
    ]
    return "\n".join(lines)


def byte_list(bare: Bare) -> str:
    """What the bare loop streams, as a Markdown table."""
    lines = ["| array | numbers a step and block | bytes |", "|---|---:|---:|"]
    lines += [f"| `{name}` | {count} | {moved} |" for name, count, moved in bare.rows()]
    lines.append(f"| all | | {bare.bytes_per_step()} |")
    return "\n".join(lines)


def document(results: Sequence[Result], bare: Bare, threads: int) -> str:
    """The page docs/benchmarks.md."""
    last = results[-1]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `benchmarks/run.py --save docs/benchmarks.md`, version {__version__}, "
            f"Python {platform.python_version()}, {platform.machine()}, {threads} threads. "
            "What is timed and against what: `benchmarks/README.md`.",
            "",
            table(results),
            "",
            f"Aims, for the built-in chain: at least {LEAST_RATE:.0e} links x steps x draws a "
            f"second, and at most {MOST_RATIO:g} times the bare loop. The rate by processor time "
            "is what the same work would reach on processors without other tenants.",
            "",
            f"Streamed by the bare loop, per step and block of {LANES} draws, for the last row "
            f"({last.links} links):",
            "",
            byte_list(bare),
            "",
        ]
    )


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--blocks", type=int, default=4, help=f"blocks of {LANES} draws")
    parser.add_argument("--steps", type=int, default=90, help="steps of the synthetic chains")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument(
        "--synthetic-only", action="store_true", help="leave the built-in chain out"
    )
    parser.add_argument("--save", type=Path, help="write the table to this Markdown file")
    parser.add_argument("--check", action="store_true", help="exit 1 if an aim is missed")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, save; the exit code says whether the aims were met."""
    options = arguments(argv)
    cases = [synthetic_case(size, options.blocks, options.steps) for size in options.sizes]
    if not options.synthetic_only:
        cases.append(built_in_case(options.blocks))
    measured = [measure(case, options.threads, options.rounds) for case in cases]
    results = [result for result, _ in measured]
    print(table(results))
    print(f"\n{options.threads} threads, best of {options.rounds} rounds.")
    if options.save:
        atomic_write_text(options.save, document(results, measured[-1][1], options.threads))
    # The aims are set for the built-in chain; smaller ones show what a step costs besides links.
    missed = [r for r in results[-1:] if r.rate < LEAST_RATE or r.ratio > MOST_RATIO]
    for r in missed:
        print(f"aim missed: {r.name}, {r.links} links: {r.rate:.2e}/s, ratio {r.ratio:.2f}")
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
