"""What a reader should know of an event although nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from terbium.base.tolerances import SHARE_SUM_ATOL
from terbium.engine.network.case import Floats, Shock
from terbium.evidence.methods import method
from terbium.scenario.propagation_labels import TableLabels, listed
from terbium.scenario.propagation_schema import EventEntry, PropagationEvent

_UNUSED = {
    "recovery": ("rebuild_tau", "rebuilding_sectors", "rebuilding_factor", "house"),
    "rebuild": ("recovery_tau", "recovery_function"),
    "arbitrary": (
        *("rebuild_tau", "rebuilding_sectors", "rebuilding_factor", "house"),
        "event_monetary_factor",
    ),
}


def remarks_on(
    event: PropagationEvent, number: int, shock: Shock, capital: Floats, labels: TableLabels
) -> list[str]:
    """Sentences on one event.

    Parameters
    ----------
    event
        The file as it was written.
    number
        Which of its events.
    shock
        The same event, resolved.
    capital : (N,)
        Capital of each industry [money].
    labels
        Labels of the table.
    """
    entry = event.events[number]
    name = f"event {number}" + (f" ({entry.name})" if entry.name else "")
    said = [*_on_words(entry), *_on_times(event, entry), *_on_money(entry, shock, capital, labels)]
    return [f"{name}: {sentence}" for sentence in said]


def _on_words(entry: EventEntry) -> Iterator[str]:
    unused = [key for key in _UNUSED[entry.type] if key in entry.model_fields_set]
    if unused:
        yield f"{listed(unused)} without effect for the type {entry.type}"
    if entry.unit is None and entry.type != "arbitrary":
        yield "no unit is given, the impact is read as money"


def _on_times(event: PropagationEvent, entry: EventEntry) -> Iterator[str]:
    units = event.model.temporal_units_by_step
    if entry.occurrence % units or entry.duration % units:
        yield f"begins and ends with a step of {units} temporal units"
    if units > 1 and entry.recovery_function == "concave" and entry.type != "rebuild":
        yield "the concave recovery keeps its half time, its slope is that of whole steps"
    end = entry.occurrence + entry.duration
    if end >= (event.T if event.T is not None else method("ario/steps")):
        yield f"the run ends before its duration does ({end})"


def _on_money(
    entry: EventEntry, shock: Shock, capital: Floats, labels: TableLabels
) -> Iterator[str]:
    if entry.type == "arbitrary":
        return
    bare = [labels.industry(k) for k in shock.node[capital[shock.node] <= 0.0]]
    if bare:
        yield f"no capital and so nothing to lose in {listed(bare)}"
    if entry.type == "rebuild":
        share = _unplaced(shock, labels)
        if share > SHARE_SUM_ATOL:
            yield (
                f"{share:.2%} of the rebuilding demand is placed with nobody: who is hit buys "
                "nothing from those sectors"
            )


def _unplaced(shock: Shock, labels: TableLabels) -> float:
    """Share of the rebuilding demand of sectors from which who is hit buys nothing."""
    table = labels.table
    sectors = len(table.sectors)
    total = lost = 0.0
    for flows, columns, amounts in (
        (table.Z, shock.node, shock.amount),
        (table.Y, shock.house_column, shock.house_amount),
    ):
        if columns.size == 0:
            continue
        bought = flows[:, columns].reshape(-1, sectors, columns.size).sum(axis=0)
        lost += float(shock.rebuild_share @ (bought <= 0.0) @ amounts)
        total += float(amounts.sum())
    return lost / total if total > 0.0 else 0.0
