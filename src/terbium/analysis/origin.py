"""What a run was made from, as the results carry it: names, record, law and sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from terbium.engine.compile import Compiled
from terbium.evidence.dataset import Dataset
from terbium.evidence.parameters import Parameters
from terbium.graph.schema import SupplyGraph
from terbium.policy.register import Register
from terbium.results.baseline import baseline_rows, use_rows
from terbium.results.context import Change, Observation, Row, RunContext, SourceNote
from terbium.results.labels import bloc_regions, groups_of, names_of, observations_of
from terbium.scenario import Scenario


@dataclass(frozen=True)
class Origin:
    """The scenario and what it draws on."""

    scenario: Scenario
    dataset: Dataset
    register: Register
    parameters: Parameters


def run_context(made_from: Origin, compiled: Compiled, graph: SupplyGraph, seed: int) -> RunContext:
    """Names, record and provenance of a run.

    Parameters
    ----------
    made_from
        Scenario, dataset, register and the parameters with what the scenario fixes.
    compiled, graph
        The chain as it is stepped over, and before its lines were split.
    seed
        Of the draws.
    """
    scenario, dataset, register = made_from.scenario, made_from.dataset, made_from.register
    held, (flows, uses) = _facts(dataset), _flows(_Same(graph))
    return RunContext(
        scenario=scenario.name,
        title=scenario.title,
        question=scenario.question,
        dataset=dataset.name,
        base_year=dataset.base_year,
        dataset_hash=dataset.hash,
        parameter_hash=made_from.parameters.hash,
        seed=seed,
        headline_measure=scenario.headline.measure or "",
        headline_date=scenario.headline.in_force,
        evidence_date=register.evidence_date,
        branch=scenario.measures.branch,
        groups=held.groups,
        blocs=held.blocs,
        mixes=scenario.chosen,
        applied=scenario.applied(),
        overrides=scenario.overrides,
        names=held.names,
        observations=held.observations,
        measures=tuple(
            Change(row.date, row.measure, row.title, row.kind, row.formality)
            for row in compiled.friction.calendar
        ),
        stock_grades=held.stock_grades,
        grades=held.grades,
        sources=held.sources,
        baseline=flows,
        uses=uses,
    )


@dataclass(frozen=True)
class _Facts:
    """What a context says of its dataset alone."""

    groups: Mapping[str, tuple[str, ...]]
    blocs: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    observations: tuple[Observation, ...]
    stock_grades: Mapping[tuple[str, str], str]
    grades: Mapping[str, int]
    sources: tuple[SourceNote, ...]


@lru_cache(maxsize=2)
def _facts(dataset: Dataset) -> _Facts:
    cited = Counter(claim.source for claim in dataset.claims.values())
    stocks = dataset.table("stocks")
    return _Facts(
        groups=groups_of(dataset),
        blocs=bloc_regions(list(dataset.table("regions")["region"])),
        names=names_of(dataset),
        observations=observations_of(dataset),
        stock_grades={
            (region, industry): dataset.estimates[estimate].grade
            for region, industry, estimate in zip(
                stocks["region"], stocks["industry"], stocks["estimate"], strict=True
            )
        },
        grades=Counter(estimate.grade for estimate in dataset.estimates.values()),
        sources=tuple(
            SourceNote(s.id, s.title, s.publisher, str(s.date), s.licence, cited[s.id])
            for s in dataset.sources.values()
            if cited[s.id]
        ),
    )


@dataclass(frozen=True, eq=False)
class _Same:
    """A graph that is told from others by what it is, not by what it holds."""

    graph: SupplyGraph

    def __hash__(self) -> int:
        return id(self.graph)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.graph is self.graph


@lru_cache(maxsize=2)
def _flows(same: _Same) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    return baseline_rows(same.graph), use_rows(same.graph)
