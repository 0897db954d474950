"""All draws of a scenario: drawn, handed to whoever computes them, kept in memory or on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from terbium.analysis.origin import Origin
from terbium.base.code import draw_code_hash
from terbium.base.errors import InputError, Problems
from terbium.engine.compile import Compiled
from terbium.engine.distributed import cluster
from terbium.engine.ensemble import Crew, Job, Task, Tasks, threads
from terbium.engine.processes import processes
from terbium.engine.program import LANES, Rules
from terbium.engine.recorder import Recorder
from terbium.engine.recording import Recording
from terbium.engine.run import Plan, Progress, compiled_for, drive
from terbium.engine.sample import VALIDITY, Responses, Values
from terbium.evidence.designs import Design
from terbium.evidence.parameters import Parameters
from terbium.policy.friction import FlowClass
from terbium.results.context import RunContext
from terbium.results.keys_trajectory import needed_values
from terbium.results.stream import Outline, Stream

_LIBRARIES = ("numba", "numpy", "scipy", "zarr")


@dataclass(frozen=True)
class Means:
    """With what a run is made; results do not depend on it.

    Attributes
    ----------
    threads, workers, cluster
        Threads of this process (the default: one per core), processes of this machine, or the
        address of a Dask scheduler; one of the three.
    out
        The folder that the run is to have: draws are written there while it runs. None keeps them
        in memory.
    resume
        Whether to go on with an unfinished run of that folder.
    """

    threads: int | None = None
    workers: int | None = None
    cluster: str | None = None
    out: Path | None = None
    resume: bool = False

    def check(self) -> None:
        """Raise `InputError` if they contradict one another."""
        problems = Problems()
        named = [n for n in ("threads", "workers", "cluster") if getattr(self, n) is not None]
        if named[1:]:
            problems.add("simulate", " and ".join(named), "one of them", "leave the others out")
        if self.resume and self.out is None:
            problems.add(
                "simulate", "resume without out", "resume=True with out=FOLDER", "name the folder"
            )
        problems.raise_if_any("simulate", InputError)

    def crew(self) -> Crew:
        """Who computes the blocks."""
        if self.cluster is not None:
            return cluster(self.cluster)
        return threads(self.threads) if self.workers is None else processes(self.workers)


@dataclass(frozen=True)
class Sampling:
    """How parameters are drawn."""

    parameters: Parameters
    draws: int
    seed: int
    design: Design

    @classmethod
    def of(cls, made_from: Origin, draws: int | None, seed: int | None) -> Sampling:
        """That of a scenario, or with other draws and another seed."""
        scenario = made_from.scenario
        return cls(
            made_from.parameters,
            scenario.draws if draws is None else draws,
            scenario.seed if seed is None else seed,
            scenario.design,
        )

    def values(self, names: list[str]) -> Values:
        """All draws of some parameters."""
        rows = self.parameters.rows(names, self.draws, self.seed, self.design)
        return Values(names, rows)

    def tasks(self, firsts: Iterator[int]) -> Tasks:
        """The blocks that begin with these draws, made as they are asked for."""
        wanted, start = next(firsts, None), 0
        for portion in self.parameters.portions(self.draws, self.seed, self.design):
            end = start + portion.shape[1]
            while wanted is not None and wanted < end:
                at = wanted - start
                yield Task(wanted, np.ascontiguousarray(portion[:, at : at + LANES]))
                wanted = next(firsts, None)
            start = end
            if wanted is None:
                return


@dataclass(frozen=True)
class Ensemble:
    """All draws of a scenario.

    Attributes
    ----------
    recording
        What was kept.
    plan
        Drawn values (of a run with a folder those that answers need), responses, rules.
    stream
        The folder that holds the draws; None where they are in memory.
    """

    recording: Recording
    plan: Plan
    stream: Stream | None

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Let go of the folder if what is done inside fails, and tell what is kept of it."""
        try:
            yield
        except BaseException as error:
            if self.stream is not None:
                self.stream.leave(error)
            raise


def run_ensemble(
    made_from: Origin,
    compiled: Compiled,
    rules: Rules,
    sampling: Sampling,
    context: RunContext,
    means: Means,
    progress: Progress | None = None,
) -> Ensemble:
    """Run all draws of a scenario.

    Parameters
    ----------
    made_from, compiled, rules
        The scenario and what it draws on, its chain, its rules.
    sampling
        The draws.
    context
        Names, record and provenance of the run.
    means
        Who computes them, and where they are kept.
    progress
        Called with draws done and draws in all.

    Raises
    ------
    InputError
        If the folder cannot be written, workers cannot be reached or are lost for good. A note of
        the error says what of the run is kept.
    """
    means.check()
    scenario, draws = made_from.scenario, sampling.draws
    headline = scenario.headline.in_force
    # a run in memory has all values at hand; one with a folder holds what is asked for later
    names = list(sampling.parameters.names)
    if means.out is not None:
        names = list(dict.fromkeys((VALIDITY, *needed_values(made_from.dataset))))
    values = sampling.values(names)
    responses = Responses(**scenario.responses.model_dump())
    plan = Plan(values, responses, rules, means.threads)
    chain = compiled_for(compiled, values)
    job = Job(chain, responses, rules, sampling.parameters.names, headline)
    if means.out is None:
        recorder = Recorder(compiled, draws, headline)
        parts = (Task(first, values.part(first, LANES)) for first in range(0, draws, LANES))
        drive(job, parts, recorder, means.crew(), (0, draws), progress)
        return Ensemble(recorder.finish(), plan, None)
    identity = _identity(chain, sampling, context)
    outline = Outline(compiled, draws, headline, context, identity)
    stream = Stream(means.out, outline, means.resume)
    try:
        done, tasks = stream.draws_done, sampling.tasks(stream.left())
        drive(job, tasks, stream, means.crew(), (done, draws), progress)
        return Ensemble(stream.finish(), plan, stream)
    except BaseException as error:
        stream.leave(error)
        raise


def _identity(chain: Compiled, sampling: Sampling, context: RunContext) -> dict[str, Any]:
    """What makes two runs the same run, named so that a difference can be told."""
    scenario = {k: v for k, v in context.applied.items() if k not in ("draws", "seed", "design")}
    return {
        "scenario": scenario,
        "draws": sampling.draws,
        "seed": sampling.seed,
        "design": sampling.design,
        "dataset hash": context.dataset_hash,
        "parameter hash": context.parameter_hash,
        "chain hash": _chain_hash(chain),
        "code hash": draw_code_hash(),
        "version of": {name: version(name) for name in _LIBRARIES},
    }


def _chain_hash(chain: Compiled) -> str:
    """Fingerprint of all that a block is computed from, beside its draws."""
    digest = hashlib.sha256()
    arrays: Mapping[str, Any] = {**chain.program._asdict(), **chain.policy._asdict()}
    for name, array in arrays.items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    for shock in chain.stock_shocks:
        digest.update(f"{shock.step} {shock.scale} {shock.slots.tolist()}".encode())
    for table in (chain.nodes, chain.inputs, chain.outputs):
        digest.update(table.to_csv(index=False).encode())
    digest.update(chain.graph.content.tobytes())
    labels = (chain.classes, chain.routes, chain.export_keys, chain.queue_keys)
    for label in (*labels, chain.industry_keys, chain.made_keys, chain.desk):
        digest.update("\n".join(map(_text, label)).encode())
    return digest.hexdigest()


def _text(label: object) -> str:
    """A label in one way, whatever the order in which a set gives its members."""
    if isinstance(label, FlowClass):
        return repr(replace(label, elements=frozenset())) + " ".join(sorted(label.elements))
    return repr(label)
