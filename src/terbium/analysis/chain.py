"""The chain that a scenario is run on: the graph, its lines, and what law and shocks do to them.

Scenarios that differ only in what is drawn have one chain. What was made is kept for a while, so
that an assumption that is changed and run again waits for its draws alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from terbium.analysis.origin import Origin
from terbium.engine.compile import Compiled, compile_graph
from terbium.engine.instructions import Cut, Instructions, NodeShock
from terbium.evidence.dataset import Dataset
from terbium.evidence.methods import method
from terbium.graph.build import build_graph
from terbium.graph.lines import split_lines
from terbium.graph.schema import SupplyGraph
from terbium.policy.friction import FlowClass, Friction, compile_friction
from terbium.policy.register import Register
from terbium.results.labels import groups_of

_LINE_SIZE = "line_size/tonnes"

# fields of a scenario that its chain depends on, beside the size of a line
_FIELDS: dict[str, Any] = {
    "horizon": True,
    "headline": True,
    "measures": True,
    "responses": {"anticipation"},
    "shocks": True,
    "recording": True,
    "base_year": True,
}


def compiled_chain(made_from: Origin, law: Register, graph: SupplyGraph) -> Compiled:
    """The chain of a scenario as the kernel steps over it.

    Parameters
    ----------
    made_from
        Scenario, dataset, register and parameters.
    law
        The register with the overlays that the scenario supposes.
    graph
        The supply graph of the base year.

    Returns
    -------
    Compiled
        The same object for equal scenarios on one graph under one register; it is never changed.
    """
    parameters = made_from.parameters
    size = float(parameters.central[parameters.position(_LINE_SIZE)])
    return _compiled(_Key(made_from, law, graph, size))


@lru_cache(maxsize=1)
def graph_of(dataset: Dataset, base_year: int) -> SupplyGraph:
    """The graph depends on the dataset alone: studies of one dataset balance it once."""
    return build_graph(dataset, base_year)


@dataclass(frozen=True, eq=False)
class _Key:
    """What two chains are told apart by."""

    made_from: Origin
    rules: Register
    graph: SupplyGraph
    line_size: float

    @property
    def _text(self) -> str:
        return self.made_from.scenario.model_dump_json(include=_FIELDS)

    def __hash__(self) -> int:
        return hash((self._text, self.line_size))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Key):
            return NotImplemented
        mine, theirs = self.made_from, other.made_from
        return (
            mine.dataset is theirs.dataset
            and self.graph is other.graph
            and mine.register is theirs.register
            and self.line_size == other.line_size
            and self._text == other._text
        )


@lru_cache(maxsize=4)
def _compiled(key: _Key) -> Compiled:
    lines = _lines(_Same(key.graph), key.line_size)
    return compile_graph(lines, _instructions(key.made_from, key.rules))


class _Same:
    """A graph as an object: tables inside it have no hash, and comparing them would take long."""

    def __init__(self, graph: SupplyGraph) -> None:
        self.graph = graph

    def __hash__(self) -> int:
        return id(self.graph)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.graph is other.graph


@lru_cache(maxsize=1)
def _lines(of: _Same, line_size: float) -> SupplyGraph:
    return split_lines(of.graph, round(method("lines/cohorts")), line_size)


def _instructions(made_from: Origin, law: Register) -> Instructions:
    """What the scenario asks of the engine."""
    scenario = made_from.scenario
    clock = scenario.clock
    groups = groups_of(made_from.dataset)

    def friction_of(classes: Sequence[FlowClass]) -> Friction:
        measures = scenario.measures
        return compile_friction(
            law,
            classes,
            clock.step_start(0),
            date.fromordinal(clock.end.toordinal() - 1),
            measures.include,
            measures.known_on,
            measures.branch,
        )

    return Instructions(
        clock=clock,
        friction_of=friction_of,
        headline=scenario.headline.feared,
        shocks=tuple(
            NodeShock(s.node, s.what, s.scale, s.first, s.last, f"shocks[{i}]")
            for i, s in enumerate(scenario.shocks)
            if s.node is not None
        ),
        cuts=tuple(
            Cut(
                groups.get(s.material, (s.material,)),
                str(s.origin),
                s.destination,
                s.scale,
                s.first,
                s.last,
            )
            for s in scenario.shocks
            if s.material is not None
        ),
        anticipates=scenario.responses.anticipation,
        export_origins=tuple(scenario.recording.origins),
    )
