"""Events on an input-output table: from a YAML or JSON file to a case for the network kernel.

``read_event`` judges what can be judged without a table, ``resolve`` puts positions for labels,
money of the table for shares and units, arrays for dictionaries. docs/events.md lists every key.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from terbium.base.errors import Problems, ScenarioError
from terbium.engine.network.case import Case
from terbium.evidence.methods import method
from terbium.graph.tables import InputOutputTable
from terbium.policy.authored import checked, faults
from terbium.scenario.propagation_checks import (
    check_entry,
    check_model,
    check_options,
)
from terbium.scenario.propagation_extras import extras
from terbium.scenario.propagation_labels import TableLabels
from terbium.scenario.propagation_model import behaviour, capital_stock
from terbium.scenario.propagation_reading import Places, Source, one_form, read_text
from terbium.scenario.propagation_schema import PropagationEvent
from terbium.scenario.propagation_shocks import shocks


def read_event(
    path: str | Path,
    case: str | None = None,
    *,
    steps: int | None = None,
    compatible: bool | None = None,
) -> PropagationEvent:
    """Read an event file.

    Parameters
    ----------
    path
        YAML 1.2 or JSON.
    case
        Which case, of a file that holds several under ``cases``.
    steps
        Instead of ``T``.
    compatible
        Instead of ``options.boario_compatible``.

    Raises
    ------
    ScenarioError
        With every problem at once, each with its line.
    """
    return _event(read_text(Path(path)), case, steps, compatible)


def event_of(
    data: Mapping[str, Any],
    name: str = "event",
    case: str | None = None,
    *,
    steps: int | None = None,
    compatible: bool | None = None,
) -> PropagationEvent:
    """Take an event from plain data, which has the keys of an event file.

    Parameters
    ----------
    data
        Mapping of the keys in docs/events.md.
    name
        Name for messages.
    case, steps, compatible
        As in :func:`read_event`.

    Raises
    ------
    ScenarioError
        With every problem at once.

    Examples
    --------
    >>> event = event_of({"events": [{"type": "arbitrary", "impact": [["CN", "mining", 0.4]],
    ...                               "occurrence": 5, "duration": 10, "recovery_tau": 30}]})
    >>> event.events[0].unit_of_impact, event.events[0].impact[0].region
    ('share', ('CN',))
    """
    return _event(Source(name, dict(data)), case, steps, compatible)


def resolve(event: PropagationEvent, table: InputOutputTable) -> Case:
    """Resolve an event against a table.

    Parameters
    ----------
    event
        As it was written.
    table
        Yearly flows with their labels.

    Raises
    ------
    ScenarioError
        With every label that the table has not, every dictionary that lacks a sector, and every
        loss beyond the capital of an industry.
    """
    return _resolved(event, table)[0]


def remarks(event: PropagationEvent, table: InputOutputTable) -> tuple[str, ...]:
    """What a reader should know of a case although nothing is wrong: one sentence each.

    Raises
    ------
    ScenarioError
        As :func:`resolve`.
    """
    return _resolved(event, table)[1]


def _event(
    source: Source, case: str | None, steps: int | None, compatible: bool | None
) -> PropagationEvent:
    data, places = one_form(source, case)
    if steps is not None:
        data["T"] = steps
    if compatible is not None and isinstance(data.setdefault("options", {}), dict):
        data["options"]["boario_compatible"] = str(compatible).lower()
    problems = Problems()
    event = checked(PropagationEvent, data, places.of, problems)
    _check(data, event, places, problems)
    problems.raise_if_any(source.file, ScenarioError)
    assert event is not None
    event._places = places
    return event


def _check(
    data: dict[str, Any], event: PropagationEvent | None, places: Places, problems: Problems
) -> None:
    """Judge every part that is well formed, also where others are not."""
    refused = {path[: _DEPTH.get(str(path[0]), 1)] for path in faults(PropagationEvent, data)}
    numbers = range(len(event.events)) if event is not None else _judged(data, refused)
    rest = event or PropagationEvent.model_validate(_pruned(data, refused, numbers))
    horizon = _horizon(rest)

    def note(path: tuple[str | int, ...], seen: str, allowed: str, remedy: str) -> None:
        # what was refused is told already, and nothing follows from its absence
        if path[: _DEPTH.get(str(path[0]), 1)] not in refused:
            problems.add(places.of(path), seen, allowed, remedy)

    check_model(rest.cls, rest.model, note)
    check_options(rest.options, horizon, note)
    for number, entry in zip(numbers, rest.events, strict=True):
        check_entry(entry, number, horizon, note)


_DEPTH = {"model": 2, "options": 2, "events": 3}


def _judged(data: dict[str, Any], refused: set[tuple[str | int, ...]]) -> list[int]:
    """Numbers of the events whose type is known."""
    entries = data.get("events", [])
    if not isinstance(entries, list | tuple) or ("events",) in refused:
        return []
    return [
        number
        for number, entry in enumerate(entries)
        if isinstance(entry, dict)
        and ("events", number) not in refused
        and ("events", number, "type") not in refused
    ]


def _pruned(
    data: dict[str, Any], refused: set[tuple[str | int, ...]], numbers: Iterable[int]
) -> dict[str, Any]:
    """What is left of the data without every field that was refused."""

    def kept(part: dict[str, Any], *path: str | int) -> dict[str, Any]:
        return {key: value for key, value in part.items() if (*path, key) not in refused}

    rest = kept(data)
    for name in ("model", "options"):
        if isinstance(rest.get(name), dict):
            rest[name] = kept(rest[name], name)
    rest["events"] = [kept(data["events"][number], "events", number) for number in numbers]
    return rest


def _horizon(event: PropagationEvent) -> int:
    """Temporal units to run."""
    return event.T if event.T is not None else int(method("ario/steps"))


def _resolved(event: PropagationEvent, table: InputOutputTable) -> tuple[Case, tuple[str, ...]]:
    problems = Problems()
    labels = TableLabels(table, event.place, problems)
    said: list[str] = []
    units = event.model.temporal_units_by_step
    steps = math.ceil(_horizon(event) / units)
    capital = capital_stock(event, labels)
    conduct = behaviour(
        event, capital if capital is not None else np.zeros(table.x.size), labels, said
    )
    found = shocks(event, capital, labels, said)
    more = extras(event.options, labels, steps, units)
    problems.raise_if_any(event.file, ScenarioError)
    case = Case(
        steps=steps,
        behaviour=conduct,
        shocks=found,
        extras=more,
        checkpoints=tuple(sorted({step // units for step in event.options.checkpoints})),
    )
    every = event.options.record.stocks_every
    return (case if every is None else replace(case, stocks_every=every)), tuple(said)
