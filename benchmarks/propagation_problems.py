"""What ``propagation.py`` runs: tables, an event on each, how many steps each program makes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from synthetic_table import write_synthetic

from terbium.graph.tables import InputOutputTable, read_table, write_table

WORLD = "wiot2011"
LARGE = 2_000
"""Industries above which the peer makes a few steps only, unless ``--full`` is given."""
OCCURRENCE, DURATION = 1, 3
MILD, SEVERE = 0.1, 0.4
"""Shares of capital lost."""
SETTLED = OCCURRENCE + DURATION
"""Step from which every step of an event costs the same."""


@dataclass(frozen=True)
class Problem:
    """A table, an event, and how many steps each program makes of it."""

    name: str
    event_kind: str
    industries: int
    table: Path
    event: Path
    steps: int
    peer_steps: int


def event_data(
    kind: str, table: InputOutputTable, steps: int, share: float = SEVERE, first: int = 0
) -> dict[str, Any]:
    """An event on two large industries: capital restored for nothing, or rebuilt by orders.

    Model keywords are the defaults of the field; only what both programs read is written.

    Parameters
    ----------
    kind
        ``recovery`` or ``rebuild``.
    table
        Struck.
    steps
        Of the run.
    share
        Of capital lost, where it recovers.
    first
        How many industries are larger than the two.
    """
    largest = np.argsort(table.x, kind="stable")[::-1][first : first + 2]
    sectors = len(table.sectors)
    hits = [(table.regions[k // sectors], table.sectors[k % sectors]) for k in largest]
    common = {"unit": "fracK", "occurrence": OCCURRENCE, "duration": DURATION}
    if kind == "recovery":
        special = {"impact": [[*hit, share] for hit in hits], "recovery_tau": 60}
        special["recovery_function"] = "linear"
    else:
        special = {"impact": [[*hit, 0.02] for hit in hits], "rebuild_tau": 60}
        special["rebuilding_sectors"] = {table.sectors[0]: 0.5, table.sectors[1]: 0.5}
    event = {"type": kind, "event_monetary_factor": 10**6, **common, **special}
    return {"T": steps, "model": {"monetary_factor": 10**6}, "events": [event]}


def world(path: Path, folder: Path) -> Path:
    """A published table as both programs can take it: no negative cell, labels in order."""
    read = read_table(path, negative_final="clip")
    rows = _order(read.regions, read.sectors)
    columns = _order(read.regions, read.categories)
    labels = (tuple(sorted(kind)) for kind in (read.regions, read.sectors, read.categories))
    flows = np.ascontiguousarray(read.Z[np.ix_(rows, rows)])
    final = np.ascontiguousarray(read.Y[np.ix_(rows, columns)])
    output = flows.sum(axis=1) + final.sum(axis=1)
    target = folder / f"{WORLD}.npz"
    write_table(InputOutputTable(flows, final, output, *labels, name=WORLD), target)
    return target


def _order(outer: Sequence[str], inner: Sequence[str]) -> np.ndarray:
    """Positions that bring pairs of labels into lexicographic order."""
    return np.add.outer(np.argsort(outer) * len(inner), np.argsort(inner)).ravel()


def problems(
    tables: dict[str, Path],
    kinds: Sequence[str],
    folder: Path,
    steps: int,
    peer_steps: int | None,
) -> list[Problem]:
    """Write an event of each kind for each table.

    Parameters
    ----------
    tables
        Files by name.
    kinds
        Of the events.
    folder
        Where the events are written.
    steps, peer_steps
        Of a run, and of the peer on tables above :data:`LARGE` industries; None for all.
    """
    found = []
    for name, path in tables.items():
        table = read_table(path)
        few = peer_steps if peer_steps is not None and table.size > LARGE else steps
        for kind in kinds:
            event = folder / f"{name}-{kind}.json"
            event.write_text(json.dumps(event_data(kind, table, steps)), encoding="utf-8")
            found.append(Problem(name, kind, table.size, path, event, steps, min(few, steps)))
    return found


def tables(sizes: Sequence[str], wiot: Path | None, folder: Path, seed: int) -> dict[str, Path]:
    """Write every table; names are those of the sizes, as in ``10x30``."""
    found = {}
    for name in sizes:
        regions, sectors = (int(part) for part in name.split("x"))
        found[name] = folder / f"{name}.npz"
        write_synthetic(found[name], regions, sectors, seed)
    if wiot is not None:
        found[WORLD] = world(wiot, folder)
    return found
