"""From events as they are written to shocks: positions, money of the table, steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from terbium.base.tolerances import SHARE_SUM_ATOL
from terbium.engine.network.case import Floats, Ints, Shock
from terbium.evidence.methods import method
from terbium.scenario.propagation_labels import PathOf, TableLabels, listed
from terbium.scenario.propagation_model import monetary_factor
from terbium.scenario.propagation_remarks import remarks_on
from terbium.scenario.propagation_schema import EventEntry, PropagationEvent


@dataclass(frozen=True)
class _Hits:
    """Industries and what each loses, in the unit of the event."""

    node: Ints
    value: Floats


def shocks(
    event: PropagationEvent, capital: Floats | None, labels: TableLabels, remarks: list[str]
) -> tuple[Shock, ...]:
    """All events of a file.

    Parameters
    ----------
    event
        The file as it was written.
    capital : (N,)
        Capital of each industry [money]; None if it is not known, which was noted.
    labels
        Labels of the table; it notes what was not found, and losses beyond what there is.
    remarks
        Receives what a reader should know although nothing is wrong.
    """
    found = tuple(
        _shock(event, number, entry, capital, labels) for number, entry in enumerate(event.events)
    )
    if capital is not None and not labels.problems:
        _check_together(found, capital, labels)
        for number, shock in enumerate(found):
            remarks += remarks_on(event, number, shock, capital, labels)
    return found


def _shock(
    event: PropagationEvent,
    number: int,
    entry: EventEntry,
    capital: Floats | None,
    labels: TableLabels,
) -> Shock:
    here = ("events", number)
    units = event.model.temporal_units_by_step
    factor = entry.event_monetary_factor or monetary_factor(event.model)
    hits = _hits(entry, here, labels)
    first = max(math.ceil(entry.occurrence / units), 1)
    end = math.ceil((entry.occurrence + entry.duration) / units)
    house = _house(entry, here, labels) if entry.type == "rebuild" else _nothing()
    shares = np.zeros(0)
    if entry.type == "rebuild":
        given = entry.rebuilding_sectors or {}
        shares = labels.for_some_sectors(given, (*here, "rebuilding_sectors"))
    in_table = factor / monetary_factor(event.model)
    return Shock(
        kind=entry.type,
        node=hits.node,
        amount=_amount(entry, hits, capital, in_table),
        occurrence=first,
        duration=max(end - first, 1),
        recovery=entry.recovery_function,
        recovery_steps=_recovery_steps(entry, units),
        rebuild_steps=_rebuild_tau(event, entry) / units if entry.type == "rebuild" else math.inf,
        rebuild_share=shares,
        rebuild_factor=entry.rebuilding_factor,
        house_column=house.node,
        house_amount=house.value * in_table,
        monetary_factor=factor,
    )


def _rebuild_tau(event: PropagationEvent, entry: EventEntry) -> float:
    for given in (entry.rebuild_tau, event.model.rebuild_tau):
        if given is not None:
            return given
    return method("ario/rebuild_tau")


def _recovery_steps(entry: EventEntry, units: int) -> float:
    """Time of recovery in steps, such that a step does what its days do."""
    if entry.type == "rebuild":
        return math.inf
    tau = entry.recovery_tau
    if tau is None:
        tau = method("ario/recovery_tau_arbitrary")
    if units > 1 and entry.recovery_function.startswith("convexe"):
        return float(1.0 / (1.0 - (1.0 - 1.0 / tau) ** units))
    return tau / units


def _amount(entry: EventEntry, hits: _Hits, capital: Floats | None, in_table: float) -> Floats:
    if entry.type == "arbitrary":
        return hits.value
    if entry.unit_of_impact == "money":
        return hits.value * in_table
    return hits.value * (capital[hits.node] if capital is not None else 0.0)


def _nothing() -> _Hits:
    return _Hits(np.zeros(0, dtype=np.int64), np.zeros(0))


def _hits(entry: EventEntry, here: PathOf, labels: TableLabels) -> _Hits:
    if not isinstance(entry.impact, tuple):
        return _divided(entry, float(entry.impact), here, labels)
    found = [
        labels.industries(hit.region, hit.sector, (*here, "impact", number))
        for number, hit in enumerate(entry.impact)
    ]
    values = [hit.value for hit in entry.impact]
    return _joined(found, values, (*here, "impact"), labels)


def _joined(found: list[Ints], values: list[float], path: PathOf, labels: TableLabels) -> _Hits:
    """One array; an industry that two rows name is a contradiction, not a sum."""
    if not found:
        return _nothing()
    node = np.concatenate(found)
    row = np.repeat(np.arange(len(found)), [one.size for one in found])
    order = np.argsort(node, kind="stable")
    twice = [(a, b) for a, b in pairwise(order) if node[a] == node[b]]
    for first, second in twice:
        labels.problems.add(
            labels.place(*path, int(row[second])),
            f"{labels.industry(node[second])} a second time (first in row {int(row[first])})",
            "each industry once in an event",
            "write one row with the sum, or two events",
        )
    return _Hits(node, np.repeat(np.array(values), [one.size for one in found]))


def _divided(entry: EventEntry, total: float, here: PathOf, labels: TableLabels) -> _Hits:
    """One number divided among industries, as BoARIO's ``from_scalar_...`` do."""
    if entry.affected_industries is not None:
        found = [
            labels.industries(one.region, one.sector, (*here, "affected_industries", number))
            for number, one in enumerate(entry.affected_industries)
        ]
        hits = _joined(found, [1.0] * len(found), (*here, "affected_industries"), labels)
        if entry.impact_distrib == "equal":
            weight = hits.value
        else:
            weight = _weights_by_industry(entry, hits.node, here, labels)
        return _Hits(hits.node, _shared(total, weight, (*here, "impact_distrib"), labels))
    regions = entry.affected_regions or ()
    sectors = entry.affected_sectors or ()
    by_region = _weights(entry.impact_regional_distrib, regions, here, "regional", labels)
    by_sector = _weights(entry.impact_sectoral_distrib, sectors, here, "sectoral", labels)
    blocks = [labels.industries([r], sectors, here, _AFFECTED) for r in regions]
    node = np.concatenate(blocks)
    if labels.problems or node.size != by_region.size * by_sector.size:
        return _Hits(node, np.zeros(node.size))
    return _Hits(node, total * np.outer(by_region, by_sector).ravel())


_AFFECTED = ("affected_regions", "affected_sectors")


def _weights_by_industry(
    entry: EventEntry, node: Ints, here: PathOf, labels: TableLabels
) -> Floats:
    weight = np.full(labels.table.x.size, np.nan)
    path = (*here, "impact_distrib")
    assert isinstance(entry.impact_distrib, tuple)
    for number, row in enumerate(entry.impact_distrib):
        weight[labels.industries(row.region, row.sector, (*path, number))] = row.value
    lacking = [labels.industry(k) for k in node[np.isnan(weight[node])]]
    if lacking:
        labels.problems.add(
            labels.place(*path), f"no weight for {listed(lacking)}",
            "a weight for each of affected_industries", "add the rows, or write `equal`",
        )  # fmt: skip
    return np.asarray(np.nan_to_num(weight[node]))


def _weights(
    given: str | dict[str, float],
    names: tuple[str, ...],
    here: PathOf,
    kind: str,
    labels: TableLabels,
) -> Floats:
    """Weights of regions or sectors, which sum to 1."""
    path = (*here, f"impact_{kind}_distrib")
    if not isinstance(given, dict):
        return np.full(len(names), 1.0 / len(names))
    lacking = [name for name in names if name not in given]
    strange = [name for name in given if name not in names]
    for wrong, seen in ((lacking, "no weight for"), (strange, "a weight for")):
        if wrong:
            labels.problems.add(
                labels.place(*path), f"{seen} {listed(wrong)}",
                f"one weight for each of {listed(names)}", "correct the mapping, or write `equal`",
            )  # fmt: skip
    weight = np.array([given.get(name, 0.0) for name in names])
    return _shared(1.0, weight, path, labels)


def _shared(total: float, weight: Floats, path: PathOf, labels: TableLabels) -> Floats:
    if weight.sum() <= 0.0:
        if not labels.problems:
            labels.problems.add(
                labels.place(*path), "weights that sum to 0", "at least one weight above 0",
                "raise a weight, or write `equal`",
            )  # fmt: skip
        return np.zeros(weight.size)
    return np.asarray(total * weight / weight.sum())


def _house(entry: EventEntry, here: PathOf, labels: TableLabels) -> _Hits:
    columns, values = [], []
    seen: set[int] = set()
    for number, hit in enumerate(entry.house):
        path = (*here, "house", number)
        r = labels.regions(hit.region, (*path, "region"))
        c = labels.categories(hit.category, (*path, "category"))
        found = (r[:, None] * len(labels.table.categories) + c[None, :]).ravel()
        if seen & set(found.tolist()):
            labels.problems.add(
                labels.place(*path), "a column of final demand a second time",
                "each region and category once in an event", "write one row with the sum",
            )  # fmt: skip
        seen |= set(found.tolist())
        columns.append(found)
        values.append(np.full(found.size, hit.value))
    if not columns:
        return _nothing()
    return _Hits(np.concatenate(columns), np.concatenate(values))


def _check_together(found: tuple[Shock, ...], capital: Floats, labels: TableLabels) -> None:
    """Losses of capital at the moment of each event, over all that are in full force then."""
    losing = [(k, shock) for k, shock in enumerate(found) if shock.kind != "arbitrary"]
    told: set[int] = set()
    for number, shock in losing:
        lost = np.zeros(capital.size)
        with_it = []
        for k, other in losing:
            # nothing has recovered yet in the step in which the duration ends
            last = other.occurrence + other.duration + 1
            if other.occurrence <= shock.occurrence <= last:
                np.add.at(lost, other.node, other.amount)
                with_it.append(k)
        hit = np.unique(shock.node)
        over = [int(j) for j in hit if lost[j] > capital[j] * (1.0 + SHARE_SUM_ATOL)]
        fresh = [j for j in over if j not in told]
        told |= set(over)
        if fresh:
            _tell_loss(number, with_it, fresh, lost, capital, labels)


def _tell_loss(
    number: int,
    with_it: list[int],
    over: list[int],
    lost: Floats,
    capital: Floats,
    labels: TableLabels,
) -> None:
    worst = max(over, key=lambda j: lost[j] - capital[j])
    together = f" by events {listed([str(k) for k in with_it])} together" if with_it[1:] else ""
    share = f"{lost[worst] / capital[worst]:.3g} times its" if capital[worst] > 0 else "it has no"
    more = f", and {len(over) - 1} more industries likewise" if over[1:] else ""
    labels.problems.add(
        labels.place("events", number, "impact"),
        f"a loss of {lost[worst]:.6g} in {labels.industry(worst)}{together}, {share} capital{more}",
        f"at most the capital of the industry ({capital[worst]:.6g})",
        "lower the impact, move an event, or give productive_capital_vector; check the monetary "
        "factors",
    )
