"""What a run was made from, as the results carry it: names, record, law and sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from terbium.engine.compile import Compiled
from terbium.evidence.dataset import Dataset
from terbium.evidence.parameters import Parameters
from terbium.graph.schema import SupplyGraph
from terbium.policy.register import Register
from terbium.results.baseline import baseline_rows, use_rows
from terbium.results.context import Change, RunContext, SourceNote
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
    regions = list(dataset.table("regions")["region"])
    cited = Counter(claim.source for claim in dataset.claims.values())
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
        groups=groups_of(dataset),
        blocs=bloc_regions(regions),
        mixes=scenario.chosen,
        applied=scenario.applied(),
        overrides=scenario.overrides,
        names=names_of(dataset),
        observations=observations_of(dataset),
        measures=tuple(
            Change(row.date, row.measure, row.title, row.kind, row.formality)
            for row in compiled.friction.calendar
        ),
        stock_grades={
            (row["region"], row["industry"]): dataset.estimates[row["estimate"]].grade
            for _, row in dataset.table("stocks").iterrows()
        },
        grades=Counter(estimate.grade for estimate in dataset.estimates.values()),
        sources=tuple(
            SourceNote(s.id, s.title, s.publisher, str(s.date), s.licence, cited[s.id])
            for s in dataset.sources.values()
            if cited[s.id]
        ),
        baseline=baseline_rows(graph),
        uses=use_rows(graph),
    )
