"""The facade: open a scenario, simulate it, look at the answer, save it."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pandas as pd
import xarray as xr

from terbium.analysis.appendix import Made, appendix
from terbium.analysis.chain import compiled_chain, graph_of
from terbium.analysis.economy import (
    Economy,
    EconomyPlan,
    economy_plan,
    simulate_economy,
    with_economy,
)
from terbium.analysis.ensemble import Means, Sampling, run_ensemble
from terbium.analysis.origin import Origin, run_context
from terbium.base.errors import OutputError, Problem, ScenarioError, suggest
from terbium.engine.compile import Compiled
from terbium.engine.program import Rules
from terbium.engine.recording import Recording
from terbium.engine.run import Plan
from terbium.evidence.dataset import Dataset, load_dataset
from terbium.evidence.designs import Design
from terbium.evidence.methods import method
from terbium.evidence.parameters import Parameters
from terbium.graph.schema import SupplyGraph
from terbium.policy.counterfactual import supposed_register
from terbium.policy.register import Register
from terbium.results.context import Row, RunContext
from terbium.results.keys import Trajectory, trajectory_of
from terbium.results.labels import groups_of
from terbium.results.layout import build_dataset, with_labels
from terbium.results.provenance import parameter_rows, provenance
from terbium.results.store import Beside, Renderer, RunFolder, save_run
from terbium.results.stream import Stream
from terbium.results.summary import Summary, summarise
from terbium.scenario import Scenario, load_scenario
from terbium.scenario.load import built_in_register


def open_study(
    name: str | Path,
    *,
    mixes: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
    overlay: Path | None = None,
    draws: int | None = None,
    seed: int | None = None,
    design: Design | None = None,
) -> Study:
    """Open a scenario by name or path, with everything it needs.

    Parameters
    ----------
    name
        A built-in scenario (``terbium scenarios`` lists them) or the path of a YAML file.
    mixes
        Named mixes of the scenario, applied left to right.
    overrides
        Values by path: parameters (``licensing/weight/USA``) or scenario fields
        (``horizon.end``); highest precedence.
    overlay
        Folder with tables of your own.
    draws, seed, design
        Instead of the scenario's own; `design` is how draws are spread, see
        `terbium.evidence.designs`.

    Raises
    ------
    InputError
        With every problem of the scenario, the dataset and the register.
    """
    given = {"draws": draws, "seed": seed, "design": design}
    arguments = {name: value for name, value in given.items() if value is not None}
    scenario = load_scenario(name, mixes, overrides, overlay=overlay, arguments=arguments)
    return Study(scenario, load_dataset(scenario.dataset), built_in_register())


class Study:
    """A scenario on a dataset under a register of measures, ready to be simulated."""

    def __init__(self, scenario: Scenario, dataset: Dataset, register: Register) -> None:
        self.scenario, self.dataset, self.register = scenario, dataset, register
        self.economy: EconomyPlan | None = economy_plan(scenario)
        self.parameters = _parameters(scenario, dataset, self.economy)
        _check_shocks(scenario, dataset)

    def __repr__(self) -> str:
        scenario = self.scenario
        clock = scenario.clock
        return (
            f"Study({scenario.name!r}, dataset={self.dataset.name!r}, {clock.steps} steps of "
            f"{clock.step_days} days from {clock.step_start(0)}, {scenario.draws} draws, "
            f"seed {scenario.seed})"
        )

    @cached_property
    def law(self) -> Register:
        """The register with the overlays that the scenario supposes."""
        return supposed_register(self.register, overlays=self.scenario.measures.overlays)

    @cached_property
    def graph(self) -> SupplyGraph:
        """The balanced supply graph of the base year, one node per region, stage and recipe."""
        return graph_of(self.dataset, self.scenario.base_year)

    @cached_property
    def compiled(self) -> Compiled:
        """The chain as the kernel steps over it."""
        return compiled_chain(self._origin, self.law, self.graph)

    @property
    def rules(self) -> Rules:
        """The scenario's behavioural rules as the kernel takes them."""
        chosen, headline = self.scenario.rules, self.scenario.headline.in_force
        return Rules(
            int(chosen.ordering == "wanted"),
            int(chosen.rationing == "priority"),
            method("stop/threshold_share"),
            0 if headline is None else self.scenario.clock.step_of(headline),
        )

    def simulate(
        self,
        draws: int | None = None,
        seed: int | None = None,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        *,
        workers: int | None = None,
        cluster: str | None = None,
        out: Path | str | None = None,
        resume: bool = False,
    ) -> Run:
        """Run the scenario; bytes do not depend on who computes it.

        Parameters
        ----------
        draws, seed
            Instead of the scenario's own.
        threads, workers, cluster
            Threads of this process (by default one per core), processes of this machine, or the
            address of a Dask scheduler. Processes are spawned: a script that asks for them calls
            this under ``if __name__ == "__main__":``.
        progress
            Called with draws done and draws in all.
        out
            The folder that the run is to have. Draws are then written there while it runs, so that
            memory stays flat, and `Run.save` ends what was begun. Without it they are in memory.
        resume
            Go on with an unfinished run of that folder, which a stop or a kill has left.

        Raises
        ------
        InputError
            If the folder cannot be written, the cluster cannot be reached, or the unfinished run is
            another one. A note of the error says what of the run is kept.
        """
        began = time.time()
        sampling = Sampling.of(self._origin, draws, seed)
        context = self._context(sampling.seed)
        means = Means(threads, workers, cluster, None if out is None else Path(out), resume)
        ensemble = run_ensemble(
            self._origin, self.compiled, self.rules, sampling, context, means, progress
        )
        recording = ensemble.recording
        log: dict[str, object] = {
            "host": platform.node(),
            "platform": platform.platform(),
            "python": platform.python_version(),
            "links": self.compiled.link_count,
        }
        economy = None
        if self.economy is not None:
            with ensemble.guarded():
                economy = simulate_economy(self.economy, recording, context, progress)
        log["seconds"] = round(time.time() - began, 3)
        return Run(self, recording, context, log, ensemble.plan, economy, ensemble.stream)

    @property
    def _origin(self) -> Origin:
        return Origin(self.scenario, self.dataset, self.register, self.parameters)

    def _context(self, seed: int) -> RunContext:
        return run_context(self._origin, self.compiled, self.graph, seed)


@dataclass(frozen=True)
class Run:
    """One execution of a study.

    Attributes
    ----------
    study
        What was run.
    recording
        What the engine kept.
    context
        Names, record and provenance.
    log
        Host and times: what may differ between two equal runs.
    plan
        Drawn values, responses and rules.
    economy
        What it did to the economy, where the scenario names a world table.
    stream
        The unfinished folder that holds its draws; None where they are in memory.
    """

    study: Study
    recording: Recording
    context: RunContext
    log: Mapping[str, object]
    plan: Plan
    economy: Economy | None = None
    stream: Stream | None = None

    def __repr__(self) -> str:
        return (
            f"Run({self.context.scenario!r}, {self.recording.draws} draws x "
            f"{self.recording.clock.steps} steps, {self.recording.regime['label']})"
        )

    @cached_property
    def summary(self) -> Summary:
        """The content of ``summary.json``."""
        return {**self._rows, **self._beside.summary}

    @cached_property
    def _rows(self) -> Summary:
        return summarise(self.recording, self.context)

    @cached_property
    def trajectory(self) -> Trajectory:
        """The run as validation keys are answered from it."""
        study = self.study
        return trajectory_of(
            self.recording,
            self.context,
            study.dataset,
            study.graph,
            study.law,
            self.plan.values,
            (study.scenario.base, study.scenario.covers.first),
        )

    @cached_property
    def _beside(self) -> Beside:
        study, scenario = self.study, self.study.scenario
        # how often is drawn, and what is supposed after the evidence, is no part of the history
        changes = [row for row in scenario.overrides if row["path"] not in _NO_HISTORY]
        is_changed = bool(scenario.chosen or changes or scenario.overlay_hash)
        made = Made(
            study.compiled, study.parameters, self.plan, study.dataset, self.trajectory, is_changed
        )
        fixed, private = study.dataset.parameters, scenario.private
        beside = Beside(
            appendix(made),
            provenance(study.register, scenario.measures.include),
            parameter_rows(study.parameters, fixed, private),
        )
        if self.economy is None:
            return beside
        return with_economy(beside, self.economy, self.recording, self.context)

    @cached_property
    def dataset(self) -> xr.Dataset:
        """The labelled results."""
        return with_labels(build_dataset(self.recording, self.context))

    def first_stops(self) -> pd.DataFrame:
        """First line stop per region and industry [weeks], earliest first."""
        return self._table("first_stops")

    def monthly_exports(
        self, material: str = "RE_magnet", destination: str | None = None
    ) -> pd.DataFrame:
        """Exports by calendar month [t] with intervals and the recorded figure beside them."""
        table = self._table("monthly_exports")
        wanted = table["material"] == material
        if destination is not None:
            wanted &= table["destination"] == destination
        return table.loc[wanted].reset_index(drop=True)

    def _table(self, name: str) -> pd.DataFrame:
        return pd.DataFrame(cast(list[Row], self._rows[name]))

    def save(self, out: Path | str | None = None, render: Renderer | None = None) -> RunFolder:
        """Write the run folder, complete or not at all.

        Parameters
        ----------
        out
            The folder; may be left out where `Study.simulate` was told.
        render
            Writes the report, such as :func:`terbium.render_report`; None leaves it out.
        """
        stream = self.stream
        if stream is not None and (out is None or Path(out).absolute() == stream.place):
            return stream.save(self.recording, self.log, self._rows, self._beside, render)
        if out is None:
            raise OutputError.of(
                "save", "out", "nothing", "a folder", "name the folder that the run is to have"
            )
        return save_run(out, self.recording, self.context, self.log, render, self._beside)


_NO_HISTORY = ("draws", "seed", "design", "measures.branch")


def _parameters(scenario: Scenario, dataset: Dataset, economy: EconomyPlan | None) -> Parameters:
    """The dataset's parameters with what the scenario fixes; unknown names keep their place."""
    elsewhere = () if economy is None else economy.parameters.names
    fixed = {k: v for k, v in scenario.parameters.items() if k not in elsewhere}
    problems = [
        Problem(
            scenario.place_of(name),
            f"'{name}'",
            suggest(name, dataset.parameters.names),
            "name a parameter of the dataset",
        )
        for name in fixed
        if name not in dataset.parameters
    ]
    if problems:
        raise ScenarioError(scenario.name, problems)
    return dataset.parameters.override(fixed, where=scenario.name)


def _check_shocks(scenario: Scenario, dataset: Dataset) -> None:
    known = {*dataset.table("materials")["material"], *groups_of(dataset)}
    problems = [
        Problem(
            f"shocks[{i}].material",
            f"'{shock.material}'",
            suggest(shock.material, sorted(known)),
            "name a material or a group of the dataset",
        )
        for i, shock in enumerate(scenario.shocks)
        if shock.material is not None and shock.material not in known
    ]
    if problems:
        raise ScenarioError(scenario.name, problems)
