"""A propagation, ready to run and finished."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from terbium.analysis.propagation import Propagated, summarise_propagation
from terbium.analysis.propagation_losses import Losses, industry_rows
from terbium.analysis.propagation_stability import stability_text
from terbium.base.code import code_hash
from terbium.base.errors import LabelError, suggest
from terbium.base.files import tidy_json
from terbium.base.version import __version__
from terbium.engine.network.case import Case, Extras
from terbium.engine.network.run import Progress, Propagation, Trajectories
from terbium.engine.network.setup import FACTORED
from terbium.engine.network.stability import Stability
from terbium.graph.tables import InputOutputTable
from terbium.propagation.stepping import step_through
from terbium.results.checkpoints import Mark
from terbium.results.context import Row
from terbium.results.store import Renderer
from terbium.results.summary import Summary
from terbium.results.trajectories import (
    PropagationFolder,
    arrays_of,
    dataset_of,
    save_propagation,
)
from terbium.scenario.propagation_schema import PropagationEvent

MANIFEST_VERSION = 1


@dataclass(frozen=True)
class Prepared:
    """A table and an event that fit each other, ready to run.

    Attributes
    ----------
    table, asked, case
        Flows; the event file; the same resolved against the table.
    stability
        What the criterion of collapse says (docs/bistability.md).
    warnings
        What a reader should know although nothing is wrong.
    """

    table: InputOutputTable
    asked: PropagationEvent
    case: Case
    stability: Stability
    warnings: tuple[str, ...]

    @property
    def name(self) -> str:
        """Table and event in a word."""
        return f"{self.table.name}-{self.event_name}"

    @property
    def event_name(self) -> str:
        """The name that the event gives itself, else that of its file."""
        return self.asked.name or Path(self.asked.file).stem

    @property
    def is_factored(self) -> bool:
        """Whether orders stay factored, or every link has a state (docs/design/012)."""
        return is_factored(self.case)

    @property
    def stability_text(self) -> str:
        """The criterion in a sentence or two, with the industries at risk."""
        return stability_text(self.table, self.case, self.stability)

    @property
    def keeps(self) -> bool:
        """Whether the event file asks for states to be kept."""
        return bool(self.case.checkpoints)

    @cached_property
    def table_hash(self) -> str:
        """Fingerprint of flows and labels."""
        t = self.table
        digest = hashlib.sha256()
        for values in (t.Z, t.Y, t.x):
            digest.update(np.ascontiguousarray(values).data)
        digest.update(tidy_json([t.regions, t.sectors, t.categories, t.unit]).encode())
        return digest.hexdigest()

    @cached_property
    def event_hash(self) -> str:
        """Fingerprint of what was asked, however it was written."""
        applied = self.asked.model_dump(mode="json", exclude={"options": {"checkpoints"}})
        return hashlib.sha256(tidy_json(applied).encode()).hexdigest()

    def simulate(
        self,
        progress: Progress | None = None,
        *,
        checkpoints: Path | None = None,
        every: int | None = None,
        resume: Path | None = None,
    ) -> PropagationRun:
        """Run it.

        Parameters
        ----------
        progress
            Called with the steps done and the steps in all.
        checkpoints
            Folder for states, ``step-000120.npz`` after 120 steps; each appears whole or not at
            all.
        every
            Keep the state after so many steps, beside those that the event file asks for.
        resume
            A kept state to go on from; what comes of it is the same, bit for bit.

        Raises
        ------
        InputError
            If the kept state is not one of this table and event.
        """
        run = Propagation(self.table, self.case)
        log = step_through(
            run,
            self.case.steps,
            self._mark,
            progress,
            asked=self.case.checkpoints,
            checkpoints=checkpoints,
            every=every,
            resume=resume,
        )
        return PropagationRun(self, run.trajectories(), log)

    @property
    def _mark(self) -> Mark:
        return __version__, self.table_hash, self.event_hash


@dataclass(frozen=True)
class PropagationRun:
    """One propagation.

    Attributes
    ----------
    made_from
        Table, event, criterion.
    trajectories
        Day by day, by industry.
    log
        Host and times: what may differ between two equal runs.
    """

    made_from: Prepared
    trajectories: Trajectories
    log: Mapping[str, object]

    def __repr__(self) -> str:
        made = self.made_from
        return (
            f"PropagationRun({made.name!r}, {made.table.size} industries x {made.case.steps} "
            f"steps, {self.regime})"
        )

    @cached_property
    def summary(self) -> Summary:
        """The content of ``summary.json``."""
        made = self.made_from
        run = Propagated(
            made.table,
            made.asked,
            made.event_name,
            made.case,
            self.trajectories,
            made.stability,
            made.warnings,
        )
        return summarise_propagation(run, self._losses)

    @cached_property
    def _losses(self) -> Losses:
        return Losses(self.made_from.table, self.made_from.case, self.trajectories)

    @property
    def regime(self) -> str:
        """``at rest``, ``recovered``, ``depressed`` or ``collapsed``."""
        return str(cast(Row, self.summary["regime"])["label"])

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The content of ``trajectories.npz``."""
        made = self.made_from
        return arrays_of(self.trajectories, made.table, made.case.extras)

    @property
    def dataset(self) -> xr.Dataset:
        """The labelled series, with units."""
        return dataset_of(self.trajectories, self.made_from.table)

    def losses(self, by: str = "industry") -> pd.DataFrame:
        """Output and value added lost.

        Parameters
        ----------
        by
            ``industry``, ``region``, ``sector`` or ``month``.

        Raises
        ------
        LabelError
            If it is something else.
        """
        if by == "industry":
            return pd.DataFrame(industry_rows(self._losses))
        tables = cast(dict[str, list[Row]], self.summary["losses"])
        if by not in ("region", "sector", "month"):
            kinds = ("industry", "region", "sector", "month")
            allowed = ", ".join(kinds)
            raise LabelError.of("losses", "by", f"'{by}'", allowed, suggest(by, kinds))
        return pd.DataFrame(tables[f"{by}s"])

    @property
    def manifest(self) -> dict[str, object]:
        """What the run was made from."""
        made, table = self.made_from, self.made_from.table
        return {
            "version": MANIFEST_VERSION,
            "code_version": __version__,
            "code_hash": code_hash(),
            "table": table.name,
            "table_hash": made.table_hash,
            "table_shape": [len(table.regions), len(table.sectors), len(table.categories)],
            "event_name": made.event_name,
            "event": made.asked.applied(),
            "event_hash": made.event_hash,
        }

    def save(self, out: Path | str, render: Renderer | None = None) -> PropagationFolder:
        """Write the folder, complete or not at all.

        Parameters
        ----------
        out
            The folder.
        render
            Writes the report, such as :func:`terbium.render_report`; None leaves it out.
        """
        rows = industry_rows(self._losses)
        return save_propagation(
            out, self.arrays, self.summary, rows, self.manifest, self.log, render
        )


def is_factored(case: Case) -> bool:
    """Whether a case is stepped with orders that are never stored by link."""
    return case.behaviour.rationing in FACTORED and case.extras == Extras()
