"""The facade of propagations: a table and an event in, trajectories and what they say out."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from terbium.base.errors import GraphError, InputError, LabelError, Problems, suggest
from terbium.base.files import tidy_json
from terbium.base.version import __version__
from terbium.engine.network.case import Case, Extras
from terbium.engine.network.run import STRIDE, Progress, Propagation, Trajectories
from terbium.engine.network.setup import FACTORED
from terbium.engine.network.stability import Stability, assess
from terbium.graph.tables import InputOutputTable, read_table
from terbium.graph.tables_memory import check_memory, memory_needed
from terbium.results.checkpoints import Mark, checkpoint_path, keep, take_up
from terbium.results.context import Row
from terbium.results.store import Renderer
from terbium.results.summary import Summary
from terbium.results.trajectories import (
    PropagationFolder,
    arrays_of,
    dataset_of,
    save_propagation,
)
from terbium.scenario.examples import event_path, table_path
from terbium.scenario.propagation import event_of, read_event, remarks, resolve
from terbium.scenario.propagation_schema import PropagationEvent

MANIFEST_VERSION = 1

TableLike = InputOutputTable | str | Path
EventLike = PropagationEvent | Mapping[str, Any] | str | Path


def propagate(
    table: TableLike,
    event: EventLike,
    out: Path | str | None = None,
    *,
    case: str | None = None,
    steps: int | None = None,
    compatible: bool | None = None,
    clip_negative_final: bool = False,
    progress: Progress | None = None,
    render: Renderer | None = None,
) -> PropagationRun:
    """Run shocks through an input-output table.

    Parameters
    ----------
    table
        A table, the path of one (docs/tables.md), or the name of one that is shipped.
    event
        The path of an event file (docs/events.md), its content as a mapping, or the name of one
        that is shipped.
    out
        Folder to write; None writes nothing.
    case
        Which case, of an event file that holds several.
    steps
        Temporal units to run, instead of the file's ``T``.
    compatible
        Whether BoARIO's dead band and rounding are reproduced; None leaves it to the file.
    clip_negative_final
        Set negative final demand to zero, however much of it there is.
    progress
        Called with the steps done and the steps in all.
    render
        Writes the report, such as :func:`terbium.render_report`; None leaves it out.

    Raises
    ------
    InputError
        With every problem of the table, or of the event, at once.

    Examples
    --------
    >>> run = propagate("example", "flood")
    >>> run.regime, run.losses("region").columns[:2].tolist()
    ('recovered', ['region', 'output_lost'])
    """
    asked = prepare(
        table,
        event,
        case=case,
        steps=steps,
        compatible=compatible,
        clip_negative_final=clip_negative_final,
    )
    run = asked.simulate(progress)
    if out is not None:
        run.save(out, render)
    return run


def prepare(
    table: TableLike,
    event: EventLike,
    *,
    case: str | None = None,
    steps: int | None = None,
    compatible: bool | None = None,
    clip_negative_final: bool = False,
) -> Prepared:
    """Read and judge everything that a propagation needs; see :func:`propagate`."""
    wrong: list[InputError] = []
    flows = asked = None
    try:
        asked = _event(event, case, steps, compatible)
    except InputError as error:
        wrong.append(error)
    try:
        flows = _table(table, clip_negative_final)
    except InputError as error:
        wrong.append(error)
    if asked is None or flows is None:
        raise _together(wrong)
    resolved = resolve(asked, flows)
    _check_room(flows, resolved)
    said = (*flows.warnings, *remarks(asked, flows))
    return Prepared(flows, asked, resolved, assess(flows, resolved.behaviour), said)


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
        return self.case.behaviour.rationing in FACTORED and self.case.extras == Extras()

    @property
    def stability_text(self) -> str:
        """The criterion in a sentence or two, with the industries at risk."""
        return stability_text(self.table, self.case, self.stability)

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
        began = time.time()
        run = Propagation(self.table, self.case)
        if resume is not None:
            take_up(run, resume, self._mark)
        last = self.case.steps
        kept = set(self.case.checkpoints) | set(range(every, last, every) if every else ())
        ahead = sorted(step for step in kept if run.step < step < last) if checkpoints else []
        while run.step < last:
            stop = ahead[0] if ahead else last
            run.advance(min(STRIDE, stop - run.step))
            if ahead and checkpoints is not None and run.step == stop:
                keep(run, checkpoint_path(checkpoints, ahead.pop(0)), self._mark)
            if progress is not None:
                progress(run.step, last)
        log: dict[str, object] = {
            "host": platform.node(),
            "platform": platform.platform(),
            "python": platform.python_version(),
            "seconds": round(time.time() - began, 3),
        }
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


def _event(
    given: EventLike, case: str | None, steps: int | None, compatible: bool | None
) -> PropagationEvent:
    if isinstance(given, PropagationEvent):
        given = {**given.applied()}
    if isinstance(given, Mapping):
        return event_of(given, case=case, steps=steps, compatible=compatible)
    return read_event(event_path(given), case, steps=steps, compatible=compatible)


def _table(given: TableLike, clips: bool) -> InputOutputTable:
    if isinstance(given, InputOutputTable):
        return given
    return read_table(table_path(given), negative_final="clip" if clips else "small")


def _together(wrong: list[InputError]) -> InputError:
    """What is wrong with table and event, in one message."""
    if not wrong[1:]:
        return wrong[0]
    problems = [replace(p, place=f"{e.where}, {p.place}") for e in wrong for p in e.problems]
    return InputError("event and table", problems)


def _check_room(table: InputOutputTable, case: Case) -> None:
    """Refuse a run whose record does not fit, however long it is asked to be."""
    flows = table.Z.nbytes + table.Y.nbytes
    shape = len(table.regions), len(table.sectors), len(table.categories)
    problems = Problems()
    check_memory(memory_needed(*shape, case.steps) - flows, problems)
    problems.raise_if_any(table.name, GraphError)
