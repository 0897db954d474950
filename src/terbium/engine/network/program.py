"""The compiled form of a table and of what happens to it: flat arrays for the network kernel.

``N`` industries in ``R`` regions and ``S`` sectors, ``L`` lanes (runs stepped side by side). Every
array over industries ends in an axis of ``M = L * N`` entries, lane by lane, industry by industry;
arrays over (input, industry) have the shape (S, M). Money is the table's own; flows are per step.

Orders are never stored per link. With shares that depend on the supplier and on the buyer's input
alone, what ``f`` orders from ``j = (r, i)`` is ``g[i, f] * Z[j, f] * c[j]``, where ``c`` weighs the
supplier and ``g`` is the need of ``f`` for input ``i`` over ``sum_r Z[(r, i), f] c[(r, i)]``; so
the state is of the order of S x N and the links are read, never written.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PROPORTIONAL, INTERMEDIATE_FIRST, FINAL_FIRST = range(3)
"""Rules that treat all intermediate claims on a supplier alike, so that orders stay factored."""


class Network(NamedTuple):
    """The table at rest, the same for all lanes.

    Attributes
    ----------
    flows : (N, N)
        Yearly deliveries from row to column [money/year]; only their proportions within an
        input of a buyer matter.
    final : (M,)
        Final demand for the output of each industry [money/step].
    final_by_region : (N, R)
        The same by the region that consumes.
    output : (M,)
        Output at rest [money/step].
    use : (S, M)
        Input per unit of output [-].
    sectors, regions, lanes : int
    """

    flows: Floats
    final: Floats
    final_by_region: Floats
    output: Floats
    use: Floats
    sectors: int
    regions: int
    lanes: int


class Conduct(NamedTuple):
    """How industries behave, by lane.

    Attributes
    ----------
    hold : (S, M)
        Stock per unit of output below which an input lowers output [step]; 0 where it never does.
    binding : (S, M)
        1 where output falls with the scarce input in full, one half where it falls by half.
    target : (S, M)
        Target stock per unit of output [step]; 0 where the stock never ends.
    pace : (S, M)
        Share of a gap that is ordered in a step [1/step]; 0 where the stock never ends.
    boost_base, boost_most, boost_pace : (M,)
        Overproduction at rest, at most [-], and its speed [1/step].
    capital : (M,)
        Capital stock [money].
    follows_capacity : int
        1 where suppliers are weighed by the capacity they have left.
    compatible : int
        1 where the dead band of the reference implementation is reproduced.
    partial : int
        1 where some input is not critical, so that use may fall short of the recipe.
    rationing : int
    endless, blind : int
        1 where some stock never ends, and where one of these is an input that its industry does
        not use: the reference then compares nothing with nothing and sees no dead band.
    orders_wanted : int
        1 where inputs are ordered for the output wanted, 0 for the output that came about.
    """

    hold: Floats
    binding: Floats
    target: Floats
    pace: Floats
    boost_base: Floats
    boost_most: Floats
    boost_pace: Floats
    capital: Floats
    follows_capacity: int
    compatible: int
    partial: int
    rationing: int
    endless: int
    blind: int
    orders_wanted: int


class Hazards(NamedTuple):
    """Everything that takes capacity away, by step.

    Attributes
    ----------
    ptr : (event + 1,) int
        Hits of event ``e`` are ``ptr[e]:ptr[e + 1]``.
    node : (hit,) int
        Industry.
    amount : (hit, lane)
        Capital lost [money], or share of output lost [-].
    is_capital, is_rebuild : (event,) int
        Whether the amount is capital, and whether orders rebuild it.
    profile : (event, step)
        Share of the amount that is still lost [-]; for a rebuild 1 from its occurrence on.
    digits : (event, step) int
        Decimals to which the loss is rounded, -1 for none.
    rebuild_from : (event,) int
        First step in which rebuilding is ordered.
    rebuild_pace : (event,)
        Share of what remains that is ordered in a step [1/step].
    rebuild_factor : (event,)
        Demand per money of damage [-].
    cell_event, cell_supplier, cell_hit : (cell,) int
        Event, industry that delivers, and hit that is repaired (-1: a household).
    cell_amount : (cell, lane)
        Rebuilding demand at the start [money].
    path_node : (path,) int
    path : (step, path, lane)
        Further shares of output lost, step by step [-].
    """

    ptr: Ints
    node: Ints
    amount: Floats
    is_capital: Ints
    is_rebuild: Ints
    profile: Floats
    digits: Ints
    rebuild_from: Ints
    rebuild_pace: Floats
    rebuild_factor: Floats
    cell_event: Ints
    cell_supplier: Ints
    cell_hit: Ints
    cell_amount: Floats
    path_node: Ints
    path: Floats


class NetworkState(NamedTuple):
    """Everything that the next step depends on.

    Attributes
    ----------
    stock : (S, M)
        Inputs in stock [money].
    scale : (S, M)
        The factor ``g`` of the orders in force.
    weight : (M,)
        The factor ``c`` of the orders in force.
    orders : (M,)
        Intermediate orders that each industry faces [money/step].
    boost : (M,)
        Overproduction [-].
    before : (M,)
        Output of the step before [money/step].
    unrepaired : (hit, lane)
        What is left of the damage of an event that is being rebuilt [money].
    left, asked : (cell, lane)
        Rebuilding demand left [money] and on order [money/step].
    """

    stock: Floats
    scale: Floats
    weight: Floats
    orders: Floats
    boost: Floats
    before: Floats
    unrepaired: Floats
    left: Floats
    asked: Floats


class NetworkRecord(NamedTuple):
    """What the kernel writes down; (step, M) unless stated, money per step unless stated.

    Attributes
    ----------
    output, capacity, boost, orders, rebuild, undelivered
        Output, capacity, overproduction [-], intermediate orders faced, rebuilding demand faced,
        final demand that suppliers could not deliver.
    lost
        Capital lost [money].
    unmet : (step, lanes * R * S)
        Final demand unmet, by lane, consuming region and sector of the product.
    stock : (row, S, M)
        Stocks after deliveries in the steps ``0, every, 2 every, ...`` [money].
    books : (2,)
        Largest gap between what suppliers sent and what buyers got, and lowest stock before
        deliveries, both as shares of all output at rest [-].
    """

    output: Floats
    capacity: Floats
    boost: Floats
    orders: Floats
    rebuild: Floats
    undelivered: Floats
    lost: Floats
    unmet: Floats
    stock: Floats
    books: Floats
