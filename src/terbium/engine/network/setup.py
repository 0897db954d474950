"""From a table and a case to the arrays that the network kernel steps over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terbium.engine.network.case import Behaviour, Case, Shock
from terbium.engine.network.program import (
    FINAL_FIRST,
    INTERMEDIATE_FIRST,
    PROPORTIONAL,
    Conduct,
    Hazards,
    Network,
    NetworkRecord,
    NetworkState,
)
from terbium.engine.program import Floats, Ints
from terbium.evidence.methods import method
from terbium.graph.tables import InputOutputTable

Mask = NDArray[np.bool_]

FACTORED = {
    "proportional": PROPORTIONAL,
    "intermediate_first": INTERMEDIATE_FIRST,
    "final_first": FINAL_FIRST,
}
"""Rationing rules under which orders are never stored per link."""


def by_input(table: InputOutputTable) -> Floats:
    """Yearly use of each input by each industry, over the regions that deliver it, (S, N)."""
    regions, sectors = len(table.regions), len(table.sectors)
    return np.asarray(table.Z.reshape(regions, sectors, -1).sum(axis=0))


def final_by_region(table: InputOutputTable, behaviour: Behaviour) -> Floats:
    """Yearly final demand by the region that consumes, (N, R).

    An industry that buys and makes nothing uses what it buys up, as a household does. The
    reference lets it order once and never again, so that its suppliers never come to rest.
    """
    regions, n = len(table.regions), table.x.size
    final = table.Y.reshape(n, regions, -1).sum(axis=2)
    if not behaviour.compatible:
        for f in np.flatnonzero(table.x <= 0.0):
            final[:, f // len(table.sectors)] += table.Z[:, f]
    return np.asarray(final)


def over_lanes(values: Floats, lanes: int) -> Floats:
    """Repeat the last axis once for each lane."""
    # another order in memory would have the kernel compiled a second time
    return np.ascontiguousarray(np.concatenate([values] * lanes, axis=-1))


def network(table: InputOutputTable, behaviour: Behaviour, lanes: int) -> Network:
    """The table at rest.

    Parameters
    ----------
    table
        Yearly flows.
    behaviour
        Of which the length of the year is used, and whether the reference is followed.
    lanes
        Runs that are stepped side by side.
    """
    regions = len(table.regions)
    used = by_input(table)
    use = np.divide(used, table.x, out=np.zeros_like(used), where=table.x > 0)
    final = final_by_region(table, behaviour) / behaviour.year_steps
    year = behaviour.year_steps
    return Network(
        flows=table.Z,
        final=over_lanes(final.sum(axis=1), lanes),
        final_by_region=np.ascontiguousarray(final),
        output=over_lanes(table.x / year, lanes),
        use=over_lanes(use, lanes),
        sectors=len(table.sectors),
        regions=regions,
        lanes=lanes,
    )


def binding_inputs(table: InputOutputTable, b: Behaviour) -> Mask:
    """Which inputs can lower the output of which industry, (S, N)."""
    matters = by_input(table) > method("ario/critical_share") * table.x / b.year_steps
    return np.asarray(matters & np.isfinite(b.inventory_steps) & (b.criticality > 0))


def conduct(table: InputOutputTable, b: Behaviour, lanes: int) -> Conduct:
    """How industries behave: what never binds has a hold of nil, an endless stock a pace of nil."""
    used = by_input(table)
    endless = np.isinf(b.inventory_steps)
    use = np.divide(used, table.x, out=np.zeros_like(used), where=table.x > 0)
    days = np.where(endless, 0.0, b.inventory_steps)
    floor = b.psi * days if b.compatible else np.maximum(b.psi * days, 1.0)
    hold = np.where(binding_inputs(table, b), floor * use, 0.0)
    return Conduct(
        hold=over_lanes(hold, lanes),
        binding=over_lanes(b.criticality, lanes),
        target=over_lanes(days * use, lanes),
        pace=over_lanes(np.where(endless, 0.0, 1.0 / b.restoration_steps), lanes),
        boost_base=over_lanes(b.overproduction_base, lanes),
        boost_most=over_lanes(b.overproduction_max, lanes),
        boost_pace=over_lanes(1.0 / b.overproduction_steps, lanes),
        capital=over_lanes(b.capital, lanes),
        follows_capacity=int(b.order_type == "alt"),
        compatible=int(b.compatible),
        partial=int(bool(np.any(b.criticality < 1.0))),
        rationing=FACTORED.get(b.rationing, PROPORTIONAL),
        blind=int(bool(np.any(endless & (use == 0.0)))),
        endless=int(bool(np.any(endless))),
        orders_wanted=int(b.ordering == "wanted"),
    )


def fading(kind: str, elapsed: Floats, steps: float) -> Floats:
    """Share of a loss that is left after some steps of recovery (ARIO 1.4)."""
    if kind == "linear":
        left = 1.0 - elapsed / steps
    elif kind == "convexe noscale":
        left = (1.0 - 1.0 / steps) ** elapsed
    elif kind == "convexe":
        left = (1.0 - 1.0 / steps) ** (method("ario/convex_scale") * elapsed)
    else:
        small, half = method("ario/concave_shape"), method("ario/concave_half")
        # a time of two steps has an infinite power, one of a single step a negative one
        with np.errstate(divide="ignore", over="ignore"):
            power = (np.log(steps) - np.log(small)) / np.float64(np.log(steps) - np.log(half))
            left = steps / (steps + small * elapsed**power)
    return np.maximum(left, 0.0)


def decimals(factor: float) -> int:
    """Decimals to which the reference rounds a damage in money of this factor."""
    return int(np.log10(factor)) + 1


def _profile(shock: Shock, steps: int) -> tuple[Floats, Ints]:
    """Share of a shock that is left in each step, and the decimals it is rounded to then."""
    t = np.arange(steps, dtype=np.float64)
    late = 1 if shock.kind == "arbitrary" else 0
    end = shock.occurrence + shock.duration
    elapsed = np.maximum(t - 1 - late - end, 0.0)
    left = (
        np.ones(steps)
        if shock.kind == "rebuild"
        else fading(shock.recovery, elapsed, shock.recovery_steps)
    )
    fades = t > end + late
    # what is once restored stays restored, whatever the function does afterwards
    left = np.minimum.accumulate(np.where(fades, left, 1.0))
    begun = t >= shock.occurrence + late
    places = (
        int(method("ario/share_decimals"))
        if shock.kind == "arbitrary"
        else decimals(shock.monetary_factor)
    )
    if shock.kind == "rebuild":
        fades = t >= end
    return np.where(begun, left, 0.0), np.where(fades, places, -1)


def _cells(
    table: InputOutputTable, used: Floats, e: int, first_hit: int, shock: Shock
) -> tuple[Ints, Ints, Ints, Floats]:
    """Who rebuilds what: each sector's share, by the buyer's own mix of suppliers."""
    regions, sectors = len(table.regions), len(table.sectors)
    columns = [
        (table.Z[:, k], first_hit + h, a)
        for h, (k, a) in enumerate(zip(shock.node, shock.amount, strict=True))
    ]
    columns += [
        (table.Y[:, k], -1, a) for k, a in zip(shock.house_column, shock.house_amount, strict=True)
    ]
    supplier, hit, amount = [], [], []
    for column, h, damage in columns:
        flows = column.reshape(regions, sectors)
        total = flows.sum(axis=0)
        mix = np.divide(flows, total, out=np.zeros_like(flows), where=total > 0)
        demand = (mix * shock.rebuild_share * damage * shock.rebuild_factor).ravel()
        at = np.flatnonzero(demand > 0)
        supplier.append(at)
        hit.append(np.full(at.size, h))
        amount.append(demand[at])
    cells = np.concatenate(supplier)
    return np.full(cells.size, e), cells, np.concatenate(hit), np.concatenate(amount)


def hazards(table: InputOutputTable, case: Case, lanes: int) -> Hazards:
    """All events of a case as flat arrays.

    Raises
    ------
    ValueError
        If a recovery or a kind is none of those that the case module lists.
    """
    shocks, steps = case.shocks, case.steps
    ptr = np.cumsum([0, *(s.node.size for s in shocks)])
    profiles = [_profile(s, steps) for s in shocks]
    used = by_input(table)
    cells = [
        _cells(table, used, e, int(ptr[e]), s) for e, s in enumerate(shocks) if s.kind == "rebuild"
    ]
    empty = np.zeros(0, dtype=np.int64)

    def joined(k: int) -> Ints:
        return np.concatenate([empty, *(c[k] for c in cells)]).astype(np.int64)

    digits = np.array([p[1] for p in profiles], dtype=np.int64).reshape(len(shocks), steps)
    if not case.behaviour.compatible:
        digits[:] = -1
    amounts = np.concatenate([np.zeros(0), *(s.amount for s in shocks)])
    return Hazards(
        ptr=ptr.astype(np.int64),
        node=np.concatenate([empty, *(s.node for s in shocks)]).astype(np.int64),
        amount=over_lanes(amounts[:, None], lanes),
        is_capital=np.array([s.kind != "arbitrary" for s in shocks], dtype=np.int64),
        is_rebuild=np.array([s.kind == "rebuild" for s in shocks], dtype=np.int64),
        profile=np.array([p[0] for p in profiles]).reshape(len(shocks), steps),
        digits=digits,
        rebuild_from=np.array([s.occurrence + s.duration for s in shocks], dtype=np.int64),
        rebuild_pace=np.array([1.0 / s.rebuild_steps for s in shocks]),
        rebuild_factor=np.array([s.rebuild_factor for s in shocks]),
        cell_event=joined(0),
        cell_supplier=joined(1),
        cell_hit=joined(2),
        cell_amount=over_lanes(
            np.concatenate([np.zeros(0), *(c[3] for c in cells)])[:, None], lanes
        ),
        path_node=case.capacity_loss.node.astype(np.int64),
        path=over_lanes(case.capacity_loss.share[..., np.newaxis], lanes),
    )


def at_rest(table: InputOutputTable, b: Behaviour, n: Network, h: Hazards) -> NetworkState:
    """Stocks at target, orders at the flows of the table, nothing to rebuild."""
    orders = by_input(table) > 0.0
    faced = table.Z.sum(axis=1)
    if not b.compatible:
        orders &= table.x > 0.0
        faced = table.Z[:, table.x > 0.0].sum(axis=1) if np.any(table.x <= 0.0) else faced
    stock = over_lanes(b.inventory_steps, n.lanes)
    finite = np.isfinite(stock)
    stock[finite] *= (n.use * n.output)[finite]
    return NetworkState(
        stock=stock,
        scale=over_lanes(np.where(orders, 1.0 / b.year_steps, 0.0), n.lanes),
        weight=np.ones(n.output.size),
        orders=over_lanes(faced / b.year_steps, n.lanes),
        boost=over_lanes(b.overproduction_base, n.lanes),
        before=n.output.copy(),
        unrepaired=h.amount.copy(),
        left=h.cell_amount.copy(),
        asked=np.zeros_like(h.cell_amount),
    )


def empty_record(n: Network, steps: int, every: int) -> NetworkRecord:
    """Room for ``steps`` steps and one set of stocks in every ``every`` of them."""
    size, rows = n.output.size, len(range(0, steps, every))
    series = np.zeros((7, steps, size))
    return NetworkRecord(
        output=series[0],
        capacity=series[1],
        boost=series[2],
        orders=series[3],
        rebuild=series[4],
        undelivered=series[5],
        lost=series[6],
        unmet=np.zeros((steps, n.regions * n.sectors * n.lanes)),
        stock=np.zeros((rows, n.sectors, size)),
        books=np.array([0.0, np.inf]),
    )
