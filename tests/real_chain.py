"""Blocks of draws on the chain of the shipped dataset, played once per test session each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Event
from typing import Any

import numpy as np

import terbium as tb
from terbium.engine.block import (
    BlockOutput,
    element_made,
    element_mass,
    licence_residual,
    run_block,
)
from terbium.engine.compile import Compiled
from terbium.engine.kernel import advance
from terbium.engine.program import Draws
from terbium.engine.run import Plan, compiled_for
from terbium.engine.sample import Responses, Values, draw_blocks
from terbium.engine.state import Record, State, empty_record, initial_state
from terbium.graph.schema import SupplyGraph
from terbium.study import Study

DRAWS, SEED = 8, 1


@cache
def base_graph() -> SupplyGraph:
    """The graph depends on the dataset alone, so that one serves every scenario."""
    return tb.open_study("status-quo").graph


def study_of(
    name: str, mixes: Sequence[str] = (), overrides: Mapping[str, Any] | None = None
) -> Study:
    study = tb.open_study(name, mixes=mixes, overrides=overrides, draws=DRAWS, seed=SEED)
    vars(study)["graph"] = base_graph()
    return study


@dataclass(frozen=True)
class Block:
    """One block of a study: what the kernel stepped over, and what it wrote down."""

    study: Study
    compiled: Compiled
    draws: Draws
    plan: Plan
    output: BlockOutput

    @property
    def record(self) -> Record:
        return self.output.record

    def exports(self, first: int = 0, last: int | None = None) -> dict[tuple[str, str], np.ndarray]:
        """Tonnes that left China by (material, destination), (draw,), steps first to last - 1."""
        moved = self.record.export[first:last].sum(axis=0)[:, :DRAWS]
        rows = zip(self.compiled.export_keys, moved, strict=True)
        return {(material, to): tonnes for (material, _, to), tonnes in rows}

    def magnets(
        self, material: str, first: int = 0, last: int | None = None, to: str | None = None
    ) -> np.ndarray:
        """Exports of a magnet class to one destination or all, (draw,) [t]."""
        found = self.exports(first, last).items()
        chosen = [t for (m, d), t in found if m == material and to in (None, d)]
        return np.sum(chosen, axis=0)

    def made(self, stage: str, where: Callable[[str], bool]) -> np.ndarray:
        """Activity over the run of the nodes of a stage in some regions, (draw,) [t]."""
        nodes = self.compiled.nodes
        chosen = (nodes["stage"] == stage) & nodes["region"].map(where)
        return self.record.node_total[chosen.to_numpy()].sum(axis=0)[:DRAWS]


def prepared(study: Study) -> tuple[Compiled, Draws, Plan]:
    """A study as the driver of the engine takes it, and its only block of draws."""
    values = Values(study.parameters.names, study.parameters.sample(DRAWS, SEED))
    responses = Responses(**study.scenario.responses.model_dump())
    plan = Plan(values, responses, study.rules)
    (draws,) = draw_blocks(study.compiled, values, responses)
    return compiled_for(study.compiled, values), draws, plan


def play(study: Study) -> Block:
    compiled, draws, plan = prepared(study)
    output = run_block(compiled, draws, plan.rules, (0, DRAWS), Event(), lambda steps: None)
    return Block(study, compiled, draws, plan, output)


@cache
def _played(name: str, mixes: tuple[str, ...], overrides: str) -> Block:
    return play(study_of(name, mixes, json.loads(overrides)))


def played(name: str, *mixes: str, **overrides: object) -> Block:
    """Play a scenario once; ``horizon__end`` stands for ``horizon.end``."""
    paths = {key.replace("__", "."): value for key, value in overrides.items()}
    return _played(name, mixes, json.dumps(paths, sort_keys=True))


@dataclass
class Books:
    """Largest gaps seen while a block was stepped, each relative to the element's own mass."""

    element: np.ndarray
    record: Record
    licence: float = 0.0
    drift: float = 0.0
    lowest: float = np.inf


def audited(study: Study, every: int = 1) -> Books:
    """Step a block and check its books each ``every`` steps."""
    compiled, draws, plan = prepared(study)
    p, clock = compiled.program, compiled.clock
    sizes = (len(compiled.export_keys), len(compiled.queue_keys), len(compiled.industry_keys))
    state = initial_state(p, draws, compiled.policy)
    record = empty_record(p, draws, clock.steps, sizes)
    before = element_mass(compiled, state)
    books = Books(np.zeros(len(compiled.graph.elements)), record)
    carried = np.zeros_like(record.link_total)
    for step in range(0, clock.steps, every):
        until = min(step + every, clock.steps)
        advance(p, compiled.policy, draws, state, record, step, until, plan.rules)
        gap = element_mass(compiled, state) - before - element_made(compiled, record)
        scale = np.where(before > 0.0, before, np.inf)
        books.element = np.maximum(books.element, np.abs(gap / scale).max(axis=1))
        books.licence = max(books.licence, licence_residual(state, record))
        books.lowest = min(books.lowest, _lowest(state))
        flow = (record.link_total - carried) / (until - step)
        base = p.link_base[:, None]
        moving = p.link_base > 0.0
        drift = np.abs(flow[moving] / base[moving] - 1.0).max()
        books.drift = max(books.drift, float(drift), float(np.abs(flow[~moving]).max(initial=0.0)))
        carried[:] = record.link_total
    return books


def _lowest(state: State) -> float:
    held = (state.inv_in, state.inv_out, state.ring, state.live, state.review, state.ready)
    return min(float(array.min(initial=0.0)) for array in (*held, state.backlog))
