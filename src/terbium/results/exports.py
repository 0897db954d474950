"""Exports by calendar month, per draw, with groups of materials and blocs of destinations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.base.calendar import Clock, month_shares, parse_period
from terbium.engine.recording import Recording
from terbium.results.context import WORLD, History, Route, Row, RunContext
from terbium.results.quantiles import bands, tidy

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
    tonnes: dict[Route, NDArray[np.float64]]
    base: dict[Route, NDArray[np.float64]]


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


def monthly_exports(recording: Recording, context: RunContext) -> MonthlyExports:
    """Tonnes per month of every route, and of every group and bloc that is recorded in full."""
    months, shares = whole_months(recording.clock)
    tonnes = by_month(recording.export, shares)
    daily = recording.export_base.astype(np.float64) / recording.clock.step_days
    by_route = {key: tonnes[i] for i, key in enumerate(recording.export_keys)}
    base = {key: daily[i] for i, key in enumerate(recording.export_keys)}
    for table in (by_route, base):
        add_sums(table, context.groups, context.blocs)
    return MonthlyExports(months, by_route, base)


def add_sums(table: dict[Route, NDArray[np.float64]], groups: Members, blocs: Members) -> None:
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


def _add_groups(table: dict[Route, NDArray[np.float64]], groups: Members) -> None:
    recorded = {material for material, _, _ in table}
    pairs = sorted({(origin, destination) for _, origin, destination in table})
    for group, members in sorted(groups.items()):
        # a group with a member that nobody recorded would be silently too small
        if group in recorded or not set(members) <= recorded:
            continue
        for origin, destination in pairs:
            parts = [
                table[m, origin, destination] for m in members if (m, origin, destination) in table
            ]
            if parts:
                table[group, origin, destination] = np.sum(parts, axis=0)


def _add_destinations(table: dict[Route, NDArray[np.float64]], blocs: Members) -> None:
    places: dict[tuple[str, str], list[str]] = {}
    for material, origin, destination in sorted(table):
        if destination != origin:
            places.setdefault((material, origin), []).append(destination)
    for (material, origin), destinations in places.items():
        for bloc, members in sorted(blocs.items()):
            inside = [d for d in destinations if d in members]
            # trade inside a bloc is left out of it
            if inside and origin not in members and bloc not in destinations:
                table[material, origin, bloc] = np.sum(
                    [table[material, origin, d] for d in inside], axis=0
                )
        if WORLD not in destinations:
            table[material, origin, WORLD] = np.sum(
                [table[material, origin, d] for d in destinations], axis=0
            )


def export_rows(exports: MonthlyExports, history: History) -> list[Row]:
    """Rows ``material, origin, destination, month``, intervals and ``observed`` [t/month]."""
    rows: list[Row] = []
    for route, tonnes in sorted(exports.tonnes.items()):
        found = bands(tonnes)
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
