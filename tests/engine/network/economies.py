"""Small tables, ways to behave and events for tests of the network kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from terbium.base import tolerances
from terbium.engine.network.case import RECOVERIES, Behaviour, Case, Links, LossPath, Shock
from terbium.engine.network.run import Trajectories
from terbium.graph.tables import InputOutputTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR = 365.0
SERIES = tuple(
    f.name
    for f in fields(Trajectories)
    if f.name not in ("inputs_stock_end", "inputs_stock_end_days", "balance", "borders")
)
"""The trajectories that have a row for every step and a column for every industry."""

seeds = st.integers(0, 2**32 - 1)


def table_of(
    flows: Floats, final: Floats, regions: int, sectors: int, name: str = "small"
) -> InputOutputTable:
    """A table from yearly flows; output is what leaves an industry."""
    categories = final.shape[1] // regions
    return InputOutputTable(
        Z=np.ascontiguousarray(flows, dtype=np.float64),
        Y=np.ascontiguousarray(final, dtype=np.float64),
        x=flows.sum(axis=1) + final.sum(axis=1),
        regions=tuple(f"r{k}" for k in range(regions)),
        sectors=tuple(f"s{k}" for k in range(sectors)),
        categories=tuple(f"c{k}" for k in range(categories)),
        name=name,
    )


def economy(
    seed: int,
    regions: int = 2,
    sectors: int = 3,
    categories: int = 1,
    density: float = 1.0,
    idle: Sequence[int] = (),
    size: float = 1e5,
) -> InputOutputTable:
    """A productive economy: random coefficients, random final demand, output solved for.

    Parameters
    ----------
    density
        Share of links that exist, of industries and of final demand.
    idle
        Industries that neither make nor buy.
    size
        Mean output [money/year].
    """
    rng = np.random.default_rng(seed)
    n = regions * sectors
    use = rng.lognormal(0.0, 1.0, (n, n)) * (rng.random((n, n)) < density)
    final = rng.lognormal(0.0, 1.0, (n, regions * categories))
    final *= rng.random(final.shape) < max(density, 0.5)
    # every industry that is not idle sells something
    final[np.arange(n), rng.integers(0, regions * categories, n)] += 1.0
    total = use.sum(axis=0)
    use *= np.divide(rng.uniform(0.2, 0.8, n), total, out=np.zeros(n), where=total > 0)
    asleep = list(idle)
    use[asleep], use[:, asleep], final[asleep] = 0.0, 0.0, 0.0
    x = np.linalg.solve(np.eye(n) - use, final.sum(axis=1))
    scale = size / x[x > 0].mean()
    return table_of(use * x * scale, final * scale, regions, sectors)


def with_purchases(table: InputOutputTable, idle: Sequence[int]) -> InputOutputTable:
    """The same, with industries that make nothing and buy a little of everything."""
    flows = table.Z.copy()
    flows[:, list(idle)] = 0.01 * table.x[:, None]
    return replace(table, Z=flows, x=flows.sum(axis=1) + table.Y.sum(axis=1))


def final_demand(table: InputOutputTable, behaviour: Behaviour) -> Floats:
    """Final demand for the output of each industry [money/step].

    Who buys and makes nothing is a consumer, save under the rules of the reference.
    """
    idle = (table.x <= 0.0) & (not behaviour.compatible)
    return (table.Y.sum(axis=1) + table.Z[:, idle].sum(axis=1)) / behaviour.year_steps


def line(other: float = 0.0, second: float = 0.0) -> InputOutputTable:
    """A mine in r0 sells 10 a day to a plant in r1, which sells 25 a day to its households.

    Industries are 0 (mine), 1 (nothing), 2 (second mine), 3 (plant).

    Parameters
    ----------
    other
        What the households of r0 buy of the first mine [money/day].
    second
        What the plant buys of the mine in its own region [money/day].
    """
    flows, final = np.zeros((4, 4)), np.zeros((4, 2))
    flows[0, 3], flows[2, 3] = 10.0, second
    final[0, 0], final[3, 1] = other, 25.0
    return table_of(flows * YEAR, final * YEAR, regions=2, sectors=2)


def fork(other: float = 0.0) -> InputOutputTable:
    """A mine in r0 (industry 0) sells 10 a day to the plants in r1 (3) and r2 (5) each.

    They sell 25 a day to the households of their regions; ``other`` is what those of r0 buy of ore.
    """
    flows, final = np.zeros((6, 6)), np.zeros((6, 3))
    flows[0, 3] = flows[0, 5] = 10.0
    final[0, 0], final[3, 1], final[5, 2] = other, 25.0, 25.0
    return table_of(flows * YEAR, final * YEAR, regions=3, sectors=2)


def behaviour_of(table: InputOutputTable, **changes: Any) -> Behaviour:
    """The reference's defaults; ``days`` and ``tau`` are spread over all inputs and industries.

    Parameters
    ----------
    changes
        Fields of :class:`Behaviour`; ``days``, ``tau`` (number, or one by input) and ``boost`` (the
        most overproduction) in short.
    """
    shape = (len(table.sectors), table.x.size)
    ones = np.ones(table.x.size)

    def spread(value: Any) -> Floats:
        column = np.asarray(value, dtype=np.float64)
        return np.array(np.broadcast_to(column[:, None] if column.ndim == 1 else column, shape))

    plain = Behaviour(
        psi=0.8,
        order_type="alt",
        inventory_steps=spread(changes.pop("days", 90.0)),
        restoration_steps=spread(changes.pop("tau", 60.0)),
        overproduction_base=ones.copy(),
        overproduction_max=ones * changes.pop("boost", 1.25),
        overproduction_steps=ones * 365.0,
        capital=4.0 * np.maximum(table.x - table.Z.sum(axis=0), 0.0),
        year_steps=YEAR,
        monetary_factor=1e6,
        criticality=np.ones(shape),
        compatible=False,
    )
    return replace(plain, **changes)


def stop(
    steps: int, node: int | Sequence[int], first: int, last: int, share: float = 1.0
) -> LossPath:
    """Output lost in steps ``first`` to ``last``, both included."""
    nodes = np.atleast_1d(np.asarray(node, dtype=np.int64))
    path = np.zeros((steps, nodes.size))
    path[first : last + 1] = share
    return LossPath(nodes, path)


def links(
    table: InputOutputTable,
    supplier: Sequence[int] | Ints,
    buyer: Sequence[int] | Ints | None = None,
    final: Sequence[int] | Ints | None = None,
) -> Links:
    """Links from some industries to some buyers; to all where no buyer is named."""
    everyone = buyer is None and final is None
    size, regions = table.x.size, len(table.regions)
    whom = np.arange(size) if everyone else np.asarray([] if buyer is None else buyer, dtype=int)
    homes = np.arange(regions) if everyone else np.asarray([] if final is None else final, int)
    return Links(
        np.asarray(supplier, dtype=np.int64), whom.astype(np.int64), homes.astype(np.int64)
    )


def series(result: Trajectories) -> dict[str, Floats]:
    """The ten arrays by name."""
    names = (*SERIES, "inputs_stock_end")
    return {name: np.asarray(getattr(result, name)) for name in names}


def scales(table: InputOutputTable, behaviour: Behaviour) -> dict[str, Floats]:
    """What a difference in each array is a share of."""
    flow = np.asarray(table.x.max() / behaviour.year_steps)
    regions, sectors = len(table.regions), len(table.sectors)
    used = table.Z.reshape(regions, sectors, -1).sum(axis=0) / behaviour.year_steps
    days = behaviour.inventory_steps
    stock = np.where(np.isfinite(days), np.where(np.isfinite(days), days, 0.0) * used, 1.0)
    own = {
        "overproduction": np.asarray(1.0),
        "capital_lost": np.where(behaviour.capital > 0, behaviour.capital, 1.0),
        "inputs_stock_end": np.where(stock > 0, stock, stock.max(initial=1.0)),
    }
    return {name: own.get(name, flow) for name in (*SERIES, "inputs_stock_end")}


def gaps(
    one: dict[str, Floats], other: dict[str, Floats], scale: dict[str, Floats]
) -> dict[str, float]:
    """Largest difference of each array, as a share of its scale; infinite must meet infinite."""
    found = {}
    for name, a in one.items():
        b = other[name]
        assert a.shape == b.shape, f"{name}: {a.shape} against {b.shape}"
        finite = np.isfinite(a)
        np.testing.assert_array_equal(finite, np.isfinite(b), err_msg=name)
        difference = np.abs(np.where(finite, a, 0.0) - np.where(finite, b, 0.0))
        found[name] = float((difference / scale[name]).max(initial=0.0))
    return found


def nudged(table: InputOutputTable) -> InputOutputTable:
    """The same table, off by next to nothing."""
    rng = np.random.default_rng(0)
    flows = table.Z * (1.0 + 1e-13 * rng.standard_normal(table.Z.shape))
    final = table.Y * (1.0 + 1e-13 * rng.standard_normal(table.Y.shape))
    return replace(table, Z=flows, Y=final, x=flows.sum(axis=1) + final.sum(axis=1))


def is_steady(
    table: InputOutputTable,
    case: Case,
    one: dict[str, Floats],
    again: Callable[[InputOutputTable], dict[str, Floats]],
    within: float,
) -> bool:
    """Whether rounding leaves a case alone, so that two ways to add the same numbers must agree.

    It does not where overproduction relaxes or not by a scarcity of next to nothing, and where a
    table that is off by 1e-13 moves a trajectory by more than a tenth of the tolerance: an edge of
    the dead band, or a path that is unstable in itself.

    Parameters
    ----------
    one, again
        The trajectories, and how to get them from another table.
    """
    asked = one["orders_received"] + one["rebuild_demand"] + final_demand(table, case.behaviour)
    short = np.abs(asked[2:] - one["production_realised"][1:-1])
    with np.errstate(divide="ignore"):
        orders = np.log10(short[short > 0] / asked[2:][short > 0] / tolerances.NO_SCARCITY)
    if (np.abs(orders) < 1.0).any():
        return False
    moved = gaps(one, again(nudged(table)), scales(table, case.behaviour))
    return max(moved.values()) < within / 10


def assert_alike(
    one: dict[str, Floats], other: dict[str, Floats], scale: dict[str, Floats], within: float
) -> None:
    """Every array of two runs is the same to a share of its scale."""
    found = gaps(one, other, scale)
    assert max(found.values()) <= within, found


def assert_same_bits(one: Trajectories, other: Trajectories) -> None:
    """Two runs wrote the same bytes."""
    for name, a in series(one).items():
        assert a.tobytes() == series(other)[name].tobytes(), name
    assert one.borders.keys() == other.borders.keys()
    for name, a in one.borders.items():
        assert a.tobytes() == other.borders[name].tobytes(), name


@st.composite
def economies(draw: st.DrawFn, most: int = 3) -> InputOutputTable:
    """Tables of one to ``most`` regions and sectors, dense or sparse, some industries idle."""
    regions, sectors = draw(st.integers(1, most)), draw(st.integers(1, most))
    size = regions * sectors
    idle = draw(st.lists(st.integers(0, size - 1), max_size=size // 3, unique=True))
    table = economy(
        draw(seeds),
        regions,
        sectors,
        draw(st.integers(1, 2)),
        density=draw(st.sampled_from([1.0, 0.7, 0.4])),
        idle=idle,
    )
    return with_purchases(table, idle[:1]) if draw(st.booleans()) else table


@st.composite
def behaviours(draw: st.DrawFn, table: InputOutputTable, **fixed: Any) -> Behaviour:
    """Anything that the reference's models take."""
    sectors, size = len(table.sectors), table.x.size
    day = st.one_of(st.floats(2.0, 120.0), st.just(np.inf))
    days = draw(st.lists(day, min_size=sectors, max_size=sectors))
    rest = draw(st.lists(st.integers(1, 90), min_size=sectors, max_size=sectors))
    is_base = draw(st.booleans()) and draw(st.booleans())
    base = draw(st.sampled_from([1.0, 1.0, 1.1]))
    chosen = {
        "psi": 1.0 if is_base else draw(st.floats(0.5, 1.0)),
        "order_type": draw(st.sampled_from(["alt", "noalt"])),
        "days": np.array(days),
        "tau": np.ones(sectors) if is_base else np.array(rest, dtype=np.float64),
        "overproduction_base": np.full(size, base),
        "boost": draw(st.sampled_from([base, 1.25, 1.5])),
        "overproduction_steps": np.full(size, float(draw(st.integers(1, 400)))),
    }
    return behaviour_of(table, **{**chosen, **fixed})


@st.composite
def events(
    draw: st.DrawFn, table: InputOutputTable, behaviour: Behaviour, steps: int, most: int = 3
) -> tuple[Shock, ...]:
    """Up to ``most`` events of any kind; together they take at most all capital."""
    count = draw(st.integers(0, most))
    return tuple(draw(_event(table, behaviour, steps, 1.0 / count)) for _ in range(count))


@st.composite
def _event(
    draw: st.DrawFn, table: InputOutputTable, behaviour: Behaviour, steps: int, share: float
) -> Shock:
    kind = draw(st.sampled_from(["recovery", "rebuild", "arbitrary"]))
    size, sectors = table.x.size, len(table.sectors)
    some = st.lists(st.integers(0, size - 1), min_size=1, max_size=3, unique=True)
    node = np.array(draw(some), dtype=np.int64)
    part = np.array(draw(st.lists(st.floats(0.01, 0.95), min_size=3, max_size=3)))[: node.size]
    amount = part if kind == "arbitrary" else part * share * behaviour.capital[node]
    common = {
        "occurrence": draw(st.integers(1, steps // 2)),
        "duration": draw(st.integers(1, steps // 2)),
        "recovery": draw(st.sampled_from(RECOVERIES)),
        "recovery_steps": float(draw(st.integers(2, 40))),
        "monetary_factor": 1e6,
    }
    if kind != "rebuild":
        return Shock(kind, node, amount, **common)
    weight = np.array(draw(st.lists(st.floats(0.0, 1.0), min_size=sectors, max_size=sectors)))
    weight[draw(st.integers(0, sectors - 1))] += 0.1
    columns = draw(st.lists(st.integers(0, table.Y.shape[1] - 1), max_size=2, unique=True))
    return Shock(
        kind,
        node,
        amount * 0.2,
        rebuild_steps=float(draw(st.integers(1, 90))),
        rebuild_share=weight / weight.sum(),
        rebuild_factor=draw(st.sampled_from([1.0, 0.8, 1.5])),
        house_column=np.array(columns, dtype=np.int64),
        house_amount=np.full(len(columns), 1e-3 * table.x.max()),
        **common,
    )


@st.composite
def cases(
    draw: st.DrawFn, steps: int = 60, most: int = 3, **fixed: Any
) -> tuple[InputOutputTable, Case]:
    """A table and what happens to it."""
    table = draw(economies(most))
    behaviour = draw(behaviours(table, **fixed))
    shocks = draw(events(table, behaviour, steps))
    return table, Case(steps, behaviour, shocks, stocks_every=7)


def levels(table: InputOutputTable) -> st.SearchStrategy[Floats]:
    """How much each input matters to each industry; most are critical."""
    shape = (len(table.sectors), table.x.size)
    size = shape[0] * shape[1]
    one = st.sampled_from([1.0, 1.0, 0.5, 0.0])
    return st.lists(one, min_size=size, max_size=size).map(lambda v: np.array(v).reshape(shape))
