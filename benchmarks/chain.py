"""Speed of the chain kernel beside a bare loop over the same arrays (see README.md)."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from bare_loop import Bare, bare_block, stream
from finding import Context, Finding
from registry import Benchmark
from synthetic_chain import synthetic_draws, synthetic_policy, synthetic_program

from terbium.engine.kernel import advance
from terbium.engine.program import LANES, Draws, Policy, Program, Rules
from terbium.engine.run import compiled_for
from terbium.engine.sample import Responses, Values, draw_blocks
from terbium.engine.state import Record, State, empty_record, initial_state
from terbium.study import open_study

BLOCKS = 4


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
    rounds: tuple[tuple[float, float, float], ...] = ()

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


def built_in_case(scenario: str, blocks: int) -> Case:
    """The chain of a built-in scenario."""
    study = open_study(scenario)
    parameters = study.parameters
    values = Values(parameters.names, parameters.sample(blocks * LANES, 0))
    compiled = compiled_for(study.compiled, values)
    return Case(
        scenario, compiled.program, compiled.policy, draw_blocks(compiled, values, Responses())
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
        rounds=tuple(times[1:]),
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


def measured(row: Benchmark, context: Context) -> Finding:
    """A row of the registry on a chain."""
    if row.size:
        case = synthetic_case(row.size[0], BLOCKS, row.steps)
    else:
        case = built_in_case(row.name.removeprefix("chain-"), BLOCKS)
    result, bare = measure(case, context.threads, context.rounds_of(row))
    return Finding(
        row.name,
        f"{result.steps} steps of {result.draws} draws",
        {
            "own": result.kernel,
            "yardstick": result.bare,
            "ratio": result.ratio,
            "rate": result.rate,
            "links": float(result.links),
            "rate_by_processor": result.work / result.kernel_processor,
        },
        context.threads,
        streamed=bare.rows(),
        rounds=[
            {"kernel": kernel, "bare": loop, "kernel_processor": processor}
            for kernel, loop, processor in result.rounds
        ],
        note=f"{result.links} links x {result.steps} steps x {result.draws} draws",
    )


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--blocks", type=int, default=BLOCKS, help=f"blocks of {LANES} draws")
    parser.add_argument("--steps", type=int, default=90, help="steps of the synthetic chains")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="*", default=(), help="links, synthetic chains")
    parser.add_argument("--scenarios", nargs="*", default=("april-2025",), help="built-in chains")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure chains of any size and print a table."""
    options = arguments(argv)
    cases = [synthetic_case(size, options.blocks, options.steps) for size in options.sizes]
    cases += [built_in_case(name, options.blocks) for name in options.scenarios]
    print(table([measure(case, options.threads, options.rounds)[0] for case in cases]))
    print(f"\n{options.threads} threads, best of {options.rounds} rounds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
