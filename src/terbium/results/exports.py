"""Exports by calendar month, per draw, with groups of materials and blocs of destinations."""

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.base.calendar import Clock, month_shares, parse_period
from terbium.engine.recording import Recording
from terbium.results.context import WORLD, History, Route, Row, RunContext
from terbium.results.quantiles import bands, tidy
from terbium.results.spill import Spill

HEADLINE_MATERIAL = "RE_magnet"
"""The group that the record follows month by month and the scores are about."""

Members = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class MonthlyExports:
    """Tonnes per calendar month and draw.

    Parameters
    ----------
    months
        ``YYYY-MM`` that the run covers from first to last day.
    tonnes
        route to array, shape (month, draw) [t/month].
    base
        route to undisturbed flow, shape (draw,) [t/day].
    """

    months: tuple[str, ...]
    tonnes: Mapping[Route, NDArray[np.float64]]
    base: Mapping[Route, NDArray[np.float64]]


def whole_months(clock: Clock) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Months that the clock covers whole, and each step's share in them, (step, month)."""
    months, shares = month_shares(clock)
    days = shares.sum(axis=0) * clock.step_days
    whole = [i for i, month in enumerate(months) if round(days[i]) == parse_period(month).days]
    return tuple(months[i] for i in whole), shares[:, whole]


def by_month(flow: NDArray[np.float32], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum a flow over months, steps that straddle a boundary shared out by days.

    Parameters
    ----------
    flow
        shape (series, step, draw) [t/step].
    shares
        shape (step, month) [1].

    Returns
    -------
    ndarray
        shape (series, month, draw) [t/month].
    """
    total = np.zeros((flow.shape[0], shares.shape[1], flow.shape[2]))
    # a matrix product would leave the order of summation to the linear algebra library's threads
    for month in range(shares.shape[1]):
        for step in np.flatnonzero(shares[:, month]):
            total[:, month] += shares[step, month] * flow[:, step]
    return total


def monthly_exports(
    recording: Recording, context: RunContext, materials: Collection[str] | None = None
) -> MonthlyExports:
    """Tonnes per month of every route, and of every group and bloc that is recorded in full.

    Parameters
    ----------
    recording, context
        The run.
    materials
        Materials and groups that are asked for; their members come with them. None is all.
    """
    months, shares = whole_months(recording.clock)
    by_route: Spill[Route] = Spill(recording.scratch)
    base: Spill[Route] = Spill(recording.scratch)
    wanted = None if materials is None else _with_members(materials, context.groups)
    for i, key in enumerate(recording.export_keys):
        if wanted is not None and key[0] not in wanted:
            continue
        by_route[key] = by_month(recording.export[i][np.newaxis], shares)[0]
        base[key] = recording.export_base[i].astype(np.float64) / recording.clock.step_days
    for table in (by_route, base):
        add_sums(table, context.groups, context.blocs)
    return MonthlyExports(months, by_route, base)


def _with_members(materials: Collection[str], groups: Members) -> set[str]:
    """Materials, and those of which their groups are made."""
    found = set(materials)
    while more := {m for group in found for m in groups.get(group, ())} - found:
        found |= more
    return found


Table = MutableMapping[Route, NDArray[np.float64]]


def add_sums(table: Table, groups: Members, blocs: Members) -> None:
    """Add the routes of groups of materials, of blocs of destinations and of the world.

    Parameters
    ----------
    table
        Route to array; receives the sums.
    groups, blocs
        Label to members. A group with a member that was not recorded is left out.
    """
    _add_groups(table, groups)
    _add_destinations(table, blocs)


def _add_groups(table: Table, groups: Members) -> None:
    recorded = {material for material, _, _ in table}
    pairs = sorted({(origin, destination) for _, origin, destination in table})
    for group, members in sorted(groups.items()):
        # a group with a member that nobody recorded would be silently too small
        if group in recorded or not set(members) <= recorded:
            continue
        for origin, destination in pairs:
            parts = [route for m in members if (route := (m, origin, destination)) in table]
            if parts:
                table[group, origin, destination] = _total(table, parts)


def _add_destinations(table: Table, blocs: Members) -> None:
    places: dict[tuple[str, str], list[str]] = {}
    for material, origin, destination in sorted(table):
        if destination != origin:
            places.setdefault((material, origin), []).append(destination)
    for (material, origin), destinations in places.items():
        sums = {bloc: [d for d in destinations if d in blocs[bloc]] for bloc in sorted(blocs)}
        # trade inside a bloc is left out of it
        sums = {bloc: inside for bloc, inside in sums.items() if origin not in blocs[bloc]}
        for place, inside in {**sums, WORLD: destinations}.items():
            if inside and place not in destinations:
                parts = [(material, origin, destination) for destination in inside]
                table[material, origin, place] = _total(table, parts)


def _total(table: Table, routes: Sequence[Route]) -> NDArray[np.float64]:
    """Sum of some routes, one in memory at a time."""
    total = table[routes[0]].copy()
    for route in routes[1:]:
        total += table[route]
    return total


def export_rows(exports: MonthlyExports, history: History) -> list[Row]:
    """Rows ``material, origin, destination, month``, intervals and ``observed`` [t/month]."""
    rows: list[Row] = []
    # by their keys: what lies on disk is read one at a time
    for route in sorted(exports.tonnes):
        found = bands(exports.tonnes[route])
        for i, month in enumerate(exports.months):
            observed = history.tonnes(route, month)
            rows.append(
                {
                    **dict(zip(("material", "origin", "destination"), route, strict=True)),
                    "month": month,
                    **{name: tidy(float(values[i])) for name, values in found.items()},
                    "observed": observed,
                }
            )
    return rows
