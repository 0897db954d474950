"""The facade of propagations: a table and an event in, trajectories and what they say out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from terbium.analysis.propagation_room import check_room
from terbium.base.errors import InputError
from terbium.engine.network.run import Progress
from terbium.engine.network.stability import assess
from terbium.graph.tables import InputOutputTable, read_table
from terbium.propagation.run import Prepared, PropagationRun, is_factored
from terbium.results.store import Renderer
from terbium.scenario.examples import event_path, table_path
from terbium.scenario.propagation import event_of, read_event, remarks, resolve
from terbium.scenario.propagation_schema import PropagationEvent

__all__ = ["Prepared", "PropagationRun", "prepare", "propagate"]

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
    check_room(flows, resolved, is_factored(resolved))
    said = (*flows.warnings, *remarks(asked, flows))
    return Prepared(flows, asked, resolved, assess(flows, resolved.behaviour), said)


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
