"""The facade of propagations: flows and an event in, trajectories and what they say out.

Flows are an input-output table or a network of firms; which of the two is told by what is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from terbium.analysis.firm_stability import stability_remarks
from terbium.analysis.propagation_room import check_firm_room, check_room
from terbium.base.errors import CommandError, InputError, Problem
from terbium.engine.network.run import Progress
from terbium.engine.network.stability import assess
from terbium.graph.firms import FirmNetwork
from terbium.graph.firms_files import is_network
from terbium.graph.firms_read import read_firms
from terbium.graph.tables import InputOutputTable, read_table
from terbium.propagation.firms import FirmRun, PreparedFirms
from terbium.propagation.run import Prepared, PropagationRun, is_factored
from terbium.results.store import Renderer
from terbium.scenario.examples import event_path, table_path
from terbium.scenario.firm_events import (
    firm_event_of,
    firm_remarks,
    read_firm_event,
    resolve_firms,
)
from terbium.scenario.firm_schema import FirmEvent
from terbium.scenario.propagation import event_of, read_event, remarks, resolve
from terbium.scenario.propagation_schema import PropagationEvent

__all__ = ["FirmRun", "Prepared", "PreparedFirms", "PropagationRun", "prepare", "propagate"]

TableLike = InputOutputTable | FirmNetwork | str | Path
EventLike = PropagationEvent | FirmEvent | Mapping[str, Any] | str | Path


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
) -> PropagationRun | FirmRun:
    """Run shocks through an input-output table, or through a network of firms.

    Parameters
    ----------
    table
        A table or a network, the path of one (docs/tables.md, docs/firms.md), or the name of one
        that is shipped. A folder that holds links is a network.
    event
        The path of an event file (docs/events.md, docs/firms.md), its content as a mapping, or the
        name of one that is shipped.
    out
        Folder to write; None writes nothing.
    case
        Which case, of an event file that holds several.
    steps
        Temporal units to run, instead of the file's ``T``.
    compatible
        Whether BoARIO's dead band and rounding are reproduced; None leaves it to the file. Of
        tables only.
    clip_negative_final
        Set negative final demand to zero, however much of it there is. Of tables only.
    progress
        Called with the steps done and the steps in all.
    render
        Writes the report, such as :func:`terbium.render_report`; None leaves it out.

    Raises
    ------
    InputError
        With every problem of the flows and of the event at once.

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
) -> Prepared | PreparedFirms:
    """Read and judge everything that a propagation needs; see :func:`propagate`."""
    if isinstance(table, FirmNetwork) or (
        isinstance(table, str | Path) and is_network(_place_of(table))
    ):
        foreign = {
            "compatible": compatible is not None,
            "clip_negative_final": clip_negative_final,
        }
        return _prepare_firms(table, event, case, steps, [k for k, v in foreign.items() if v])
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


def _prepare_firms(
    given: FirmNetwork | str | Path,
    event: EventLike,
    case: str | None,
    steps: int | None,
    foreign: list[str],
) -> PreparedFirms:
    wrong: list[InputError] = []
    network = asked = None
    if foreign:
        seen, allowed = "an option of input-output tables", "nothing here: these flows are of firms"
        told = [
            Problem(f"{name} (--{name.replace('_', '-')})", seen, allowed, "leave it out")
            for name in foreign
        ]
        wrong.append(CommandError("propagate", told))
    try:
        asked = _firm_event(event, case, steps)
    except InputError as error:
        wrong.append(error)
    try:
        network = given if isinstance(given, FirmNetwork) else read_firms(_place_of(given))
    except InputError as error:
        wrong.append(error)
    if asked is None or network is None or wrong:
        raise _together(wrong)
    resolved = resolve_firms(asked, network)
    check_firm_room(network, resolved)
    said = (*network.warnings, *firm_remarks(asked), *stability_remarks(network, resolved))
    return PreparedFirms(network, asked, resolved, said)


def _place_of(given: str | Path) -> Path:
    """The path of what is named, or of what is shipped under that name; else the name itself."""
    try:
        return table_path(given)
    except InputError:
        return Path(given)


def _firm_event(given: EventLike, case: str | None, steps: int | None) -> FirmEvent:
    if isinstance(given, PropagationEvent | FirmEvent):
        given = {**given.applied()}
    if isinstance(given, Mapping):
        return firm_event_of(given, case=case, steps=steps)
    return read_firm_event(event_path(given), case, steps=steps)


def _event(
    given: EventLike, case: str | None, steps: int | None, compatible: bool | None
) -> PropagationEvent:
    if isinstance(given, PropagationEvent | FirmEvent):
        given = {**given.applied()}
    if isinstance(given, Mapping):
        return event_of(given, case=case, steps=steps, compatible=compatible)
    return read_event(event_path(given), case, steps=steps, compatible=compatible)


def _table(given: InputOutputTable | str | Path, clips: bool) -> InputOutputTable:
    if isinstance(given, InputOutputTable):
        return given
    return read_table(table_path(given), negative_final="clip" if clips else "small")


def _together(wrong: list[InputError]) -> InputError:
    """What is wrong with flows and event, in one message."""
    if not wrong[1:]:
        return wrong[0]
    problems = [replace(p, place=f"{e.where}, {p.place}") for e in wrong for p in e.problems]
    return InputError("event and table", problems)
