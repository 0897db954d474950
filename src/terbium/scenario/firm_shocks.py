"""From events as they are written to shocks on firms: positions, shares, force by step."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from terbium.engine.network.case import Floats, Ints
from terbium.engine.network.firm_case import FirmShock
from terbium.engine.network.setup import fading
from terbium.evidence.methods import method
from terbium.scenario.firm_labels import FirmLabels
from terbium.scenario.firm_schema import NONE, FirmEntry, FirmEvent
from terbium.scenario.propagation_labels import PathOf, listed

_COLUMNS = ("firm", "share")


def horizon(event: FirmEvent) -> int:
    """Steps to run."""
    return event.T if event.T is not None else int(method("ario/steps"))


def firm_shocks(event: FirmEvent, labels: FirmLabels) -> tuple[FirmShock, ...]:
    """All events of a file.

    Parameters
    ----------
    event
        The file as it was written.
    labels
        Ids and labels of the network; it notes what was not found.
    """
    return tuple(_shock(event, number, entry, labels) for number, entry in enumerate(event.events))


def _shock(event: FirmEvent, number: int, entry: FirmEntry, labels: FirmLabels) -> FirmShock:
    here = ("events", number)
    steps = horizon(event)
    if entry.occurrence >= steps:
        labels.problems.add(
            labels.place(*here, "occurrence"), f"{entry.occurrence} in a run of {steps}",
            f"1 to {steps - 1}", "move the event, or raise `T`",
        )  # fmt: skip
    node, share = _hits(event, entry, here, labels)
    return FirmShock(node, share, profile_of(entry, steps))


def profile_of(entry: FirmEntry, steps: int) -> Floats:
    """Force of an event in each step: in full for its duration, then fading along its curve.

    A recovery of one step ends with the duration; a longer one leaves, after one step, what its
    function leaves of a loss after one step.
    """
    since = np.arange(steps, dtype=np.float64) - entry.occurrence
    after = since - (entry.duration - 1)
    force = ((since >= 0) & (after <= 0)).astype(np.float64)
    late = after > 0
    if entry.recovery_function != NONE:
        tau = entry.recovery_tau
        tau = method("ario/recovery_tau_arbitrary") if tau is None else tau
        left = fading(entry.recovery_function, after[late], tau)
        # what is once restored stays restored, whatever the function does afterwards
        force[late] = np.minimum.accumulate(np.minimum(left, 1.0))
    return force


def _hits(
    event: FirmEvent, entry: FirmEntry, here: PathOf, labels: FirmLabels
) -> tuple[Ints, Floats]:
    """Firms that one event hits, each once, and what each loses."""
    if entry.firms is not None:
        found = [labels.firms([name], (*here, "firms", name)) for name in entry.firms]
        node = np.concatenate(found)
        share = np.repeat(np.array(list(entry.firms.values())), [one.size for one in found])
        return node, share
    if entry.firms_file is not None:
        return _from_file(event, entry.firms_file, (*here, "firms_file"), labels)
    if entry.random is not None:
        return _drawn(entry, (*here, "random"), labels)
    return _by_rows(entry, (*here, "impact"), labels)


def _by_rows(entry: FirmEntry, path: PathOf, labels: FirmLabels) -> tuple[Ints, Floats]:
    assert entry.impact is not None
    before = len(labels.problems)
    found = [
        labels.members(hit.region, hit.sector, (*path, row)) for row, hit in enumerate(entry.impact)
    ]
    seen = np.zeros(labels.network.size, dtype=bool)
    for row, node in enumerate(found):
        if not node.size and len(labels.problems) == before:
            labels.problems.add(
                labels.place(*path, row), "no firm in that region and sector",
                f"places with firms of {labels.holder}", "leave the row out, or widen it",
            )  # fmt: skip
        if seen[node].any():
            labels.problems.add(
                labels.place(*path, row), f"{int(seen[node].sum()):,} firms a second time",
                "each firm once in an event", "narrow the row, or write two events",
            )  # fmt: skip
        seen[node] = True
    share = np.repeat([hit.value for hit in entry.impact], [node.size for node in found])
    return np.concatenate(found), np.asarray(share, dtype=np.float64)


def _drawn(entry: FirmEntry, path: PathOf, labels: FirmLabels) -> tuple[Ints, Floats]:
    choice = entry.random
    assert choice is not None
    before = len(labels.problems)
    pool = labels.members(choice.region, choice.sector, path)
    count = round(choice.share_of_firms * pool.size)
    if not count and len(labels.problems) == before:
        labels.problems.add(
            labels.place(*path), f"a draw of no firm out of {pool.size:,}", "one firm or more",
            "raise share_of_firms, or widen region and sector",
        )  # fmt: skip
    node = np.random.default_rng(choice.seed).choice(pool, count, replace=False)
    return np.sort(node), np.full(count, choice.share)


def _from_file(
    event: FirmEvent, name: str, path: PathOf, labels: FirmLabels
) -> tuple[Ints, Floats]:
    """Firms and shares from a CSV file, which lies beside the event file."""
    nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    file = Path(event.file).parent / name
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            lines = list(csv.reader(text))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        reason = getattr(fault, "strerror", None) or "no CSV in UTF-8"
        labels.problems.add(
            labels.place(*path), f"'{name}' ({reason})", "a CSV with the columns firm, share",
            "give the path from the folder of the event file",
        )  # fmt: skip
        return nothing
    heading = [cell.strip() for cell in lines[0]] if lines else []
    if not set(_COLUMNS) <= set(heading) or not lines[1:]:
        seen = f"the columns {', '.join(heading)}" if lines[1:] else "no rows"
        labels.problems.add(
            name, seen, "the columns firm, share, and a row for each firm", "write it so"
        )
        return nothing
    ids, shares = _cells(lines, heading, name, labels)
    node = labels.firms_at(ids, name)
    _tell_twice(ids, name, labels)
    return node, np.array(shares[: node.size])


def _cells(
    lines: list[list[str]], heading: list[str], name: str, labels: FirmLabels
) -> tuple[list[str], list[float]]:
    at = [heading.index(column) for column in _COLUMNS]
    ids, shares, wrong = [], [], []
    for number, line in enumerate(lines[1:], start=2):
        cells = [line[k].strip() if k < len(line) else "" for k in at]
        try:
            share = float(cells[1])
        except ValueError:
            share = -1.0
        if not line:
            continue
        if not 0.0 <= share <= 1.0:
            wrong.append((number, cells[1]))
        ids.append(cells[0])
        shares.append(share)
    if wrong:
        more = f", and {len(wrong) - 1:,} more lines likewise" if wrong[1:] else ""
        labels.problems.add(
            f"{name} line {wrong[0][0]}, column share", f"'{wrong[0][1]}'{more}",
            "a share from 0 to 1", "write 40 % as 0.4",
        )  # fmt: skip
    return ids, shares


def _tell_twice(ids: list[str], name: str, labels: FirmLabels) -> None:
    twice = [one for one, times in Counter(ids).items() if times > 1]
    if twice:
        labels.problems.add(
            name, f"{listed(twice)} a second time",
            "each firm once in an event", "delete all lines but one",
        )  # fmt: skip
