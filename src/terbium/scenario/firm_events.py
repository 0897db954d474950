"""Events on a network of firms: from a YAML or JSON file to a case for the kernel of firms.

``read_firm_event`` judges what can be judged without a network, ``resolve_firms`` puts positions
for labels and ids, and arrays for numbers. docs/firms.md lists every key.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from terbium.base.errors import Problems, ScenarioError
from terbium.engine.network.case import Floats, Ints
from terbium.engine.network.firm_case import FirmCase
from terbium.evidence.methods import method
from terbium.graph.firms import FirmNetwork
from terbium.policy.authored import Frozen, checked
from terbium.scenario.firm_labels import FirmLabels
from terbium.scenario.firm_schema import (
    FirmEntry,
    FirmEvent,
    FirmModel,
    FirmOptions,
    FirmRecording,
)
from terbium.scenario.firm_shocks import firm_shocks, horizon
from terbium.scenario.propagation_options import Options
from terbium.scenario.propagation_reading import Places, Source, one_form, read_text
from terbium.scenario.propagation_schema import EventEntry, ModelChoice, PropagationEvent


def read_firm_event(
    path: str | Path, case: str | None = None, *, steps: int | None = None
) -> FirmEvent:
    """Read an event file for a network of firms.

    Parameters
    ----------
    path
        YAML 1.2 or JSON.
    case
        Which case, of a file that holds several under ``cases``.
    steps
        Instead of ``T``.

    Raises
    ------
    ScenarioError
        With every problem at once, each with its line.
    """
    return _event(read_text(Path(path)), case, steps)


def firm_event_of(
    data: Mapping[str, Any],
    name: str = "event",
    case: str | None = None,
    *,
    steps: int | None = None,
) -> FirmEvent:
    """Take an event from plain data, which has the keys of an event file.

    Parameters
    ----------
    data
        Mapping of the keys in docs/firms.md.
    name
        Name for messages.
    case, steps
        As in :func:`read_firm_event`.

    Raises
    ------
    ScenarioError
        With every problem at once.

    Examples
    --------
    >>> event = firm_event_of({"events": [{"firms": {"17": 0.5}, "occurrence": 3, "duration": 10}]})
    >>> event.events[0].firms
    {'17': 0.5}
    """
    return _event(Source(name, dict(data)), case, steps)


def resolve_firms(event: FirmEvent, network: FirmNetwork) -> FirmCase:
    """Resolve an event against a network.

    Parameters
    ----------
    event
        As it was written.
    network
        Firms with their sectors and regions.

    Raises
    ------
    ScenarioError
        With every label and id that the network has not, and every event that comes too late.
    """
    problems = Problems()
    labels = FirmLabels(network, event.place, problems)
    found = firm_shocks(event, labels)
    chosen = _chosen(event.options.record, network, labels)
    problems.raise_if_any(event.file, ScenarioError)
    tau = event.model.inventory_restoration_tau
    return FirmCase(
        steps=horizon(event),
        cover=_cover(event.model, network.size),
        restoration=method("firms/restoration_tau") if tau is None else tau,
        rationing=event.options.rationing.rule,
        shocks=found,
        chosen=chosen,
        stop_share=method("stop/threshold_share"),
        year_steps=method("ario/year"),
    )


def firm_remarks(event: FirmEvent) -> tuple[str, ...]:
    """What a reader should know of an event although nothing is wrong: one sentence each."""
    return tuple(
        f"{entry.name or f'event {number}'}: the run ends before its duration does "
        f"({entry.occurrence + entry.duration})"
        for number, entry in enumerate(event.events)
        if entry.recovery_function != "none" and entry.occurrence + entry.duration >= horizon(event)
    )


def _event(source: Source, case: str | None, steps: int | None) -> FirmEvent:
    data, places = one_form(source, case)
    if steps is not None:
        data["T"] = steps
    problems = Problems()
    _refuse_foreign(data, places, problems)
    event = checked(FirmEvent, data, places.of, problems)
    problems.raise_if_any(source.file, ScenarioError)
    assert event is not None
    event._places = places
    return event


_FOREIGN: tuple[tuple[str, type[Frozen], type[Frozen]], ...] = (
    ("", PropagationEvent, FirmEvent),
    ("model", ModelChoice, FirmModel),
    ("options", Options, FirmOptions),
)


def _refuse_foreign(data: dict[str, Any], places: Places, problems: Problems) -> None:
    """Keys that mean something for tables and nothing for firms are told as such, and removed."""
    for name, theirs, ours in _FOREIGN:
        part = data.get(name) if name else data
        if isinstance(part, dict):
            _strip(part, (name,) if name else (), theirs, ours, places, problems)
    entries = data.get("events")
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            _strip(entry, ("events", number), EventEntry, FirmEntry, places, problems)


def _strip(
    part: dict[str, Any],
    path: tuple[str | int, ...],
    theirs: type[Frozen],
    ours: type[Frozen],
    places: Places,
    problems: Problems,
) -> None:
    for key in [key for key in part if key in theirs.model_fields and key not in ours.model_fields]:
        problems.add(
            places.of((*path, key)), f"'{key}', a key of events on tables",
            f"for networks of firms: {', '.join(sorted(ours.model_fields))}", "delete the line",
        )  # fmt: skip
        del part[key]


def _cover(model: FirmModel, size: int) -> Floats:
    """Target stock of each firm [day]."""
    mean = method("firms/cover")
    if model.cover is None:
        return np.full(size, mean if model.main_inv_dur is None else model.main_inv_dur)
    mean = mean if model.cover.mean is None else model.cover.mean
    drawn = np.random.default_rng(model.cover.seed).poisson(mean, size)
    return np.maximum(drawn.astype(np.float64), model.cover.least)


def _chosen(record: FirmRecording, network: FirmNetwork, labels: FirmLabels) -> Ints:
    """Firms that are recorded step by step, in order of position."""
    found = [labels.firms(record.firms, ("options", "record", "firms"))]
    largest = record.largest
    if largest is None:
        is_silent = not record.firms and not record.sample
        largest = int(method("firms/recorded_largest")) if is_silent else 0
    found.append(np.argsort(-network.output, kind="stable")[:largest])
    if record.sample:
        rng = np.random.default_rng(record.seed)
        found.append(rng.choice(network.size, min(record.sample, network.size), replace=False))
    return np.unique(np.concatenate(found)).astype(np.int64)
