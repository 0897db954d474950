"""The compiled form in which each link has a state of its own: for rules that tell buyers apart.

A *slot* is one input of one buyer: the inputs of the industries, industry by industry, then the
final demand of each region for each product. Links are sorted by slot. Money is the table's own,
flows are per step; a link that could open has a base flow of nil.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PROPORTIONAL, BY_PLACE, WATER_FILLING = range(3)
"""Rationing link by link; every rule of the case module is one of these with its places."""


class LinkNetwork(NamedTuple):
    """Industries, slots and links at rest.

    Attributes
    ----------
    output, final : (N,)
        Output, and final demand for it [money/step].
    slot_ptr : (N + 1,) int
        Slots of industry ``f`` are ``slot_ptr[f]:slot_ptr[f + 1]``; later ones are final demand.
    slot_use : (slot,)
        Input per unit of output [-]; for final demand what is wanted per step [money/step].
    slot_lead : (slot,)
        Mean transit of the slot's base links [step].
    hold, binding, target, pace : (slot,)
        As in :class:`~terbium.engine.network.program.Conduct`; nil for final demand.
    link_ptr : (slot + 1,) int
        Links of slot ``i`` are ``link_ptr[i]:link_ptr[i + 1]``.
    link_supplier : (link,) int
    link_base, link_share, link_latent : (link,)
        Base flow [money/step], base share in the slot, weight of a link that could open [-].
    link_lag : (link,)
        Transit [step].
    link_place : (link,)
        Place in the supplier's line; lower is served first.
    link_class, link_ctrl : (link,) int
        Friction, and position among the links with one; -1 for none.
    supply_ptr, supply_link : (N + 1,) int, (link,) int
        Links by supplier, in each supplier's list by place.
    rebuild_place : (N,)
        Place of rebuilding orders in the line.
    """

    output: Floats
    final: Floats
    slot_ptr: Ints
    slot_use: Floats
    slot_lead: Floats
    hold: Floats
    binding: Floats
    target: Floats
    pace: Floats
    link_ptr: Ints
    link_supplier: Ints
    link_base: Floats
    link_share: Floats
    link_latent: Floats
    link_lag: Floats
    link_place: Floats
    link_class: Ints
    link_ctrl: Ints
    supply_ptr: Ints
    supply_link: Ints
    rebuild_place: Floats


class LinkConduct(NamedTuple):
    """How industries behave; see :class:`~terbium.engine.network.program.Conduct`.

    Attributes
    ----------
    switching, memory
        Rates at which shares move and buyers learn [1/step]; a rate of nil keeps the shares.
    """

    boost_base: Floats
    boost_most: Floats
    boost_pace: Floats
    capital: Floats
    follows_capacity: int
    orders_wanted: int
    rationing: int
    switching: float
    memory: float


class Frictions(NamedTuple):
    """What governments do to links, by class, and the desk that decides.

    Attributes
    ----------
    controlled, grant, weight : (step, class)
        Share of an order that needs a licence, share of the decided that is granted, place in the
        line of the desk [-].
    cap, delay : (step, class)
        Most that may move as a share of the base flow [-], time added to transit [step].
    desk, review, refile : float
        Money decided per step, mean time of review [step], share of the refused filed again [-].
    validity : int
        Steps after which an unused licence lapses.
    """

    controlled: Floats
    grant: Floats
    weight: Floats
    cap: Floats
    delay: Floats
    desk: float
    review: float
    refile: float
    validity: int


class Detours(NamedTuple):
    """Relabelling through third regions, by friction class and conduit (docs/design/013).

    Attributes
    ----------
    base_flow : (class, conduit)
        Base trade of the conduit in the goods of the class with its buyers [money/step].
    cost, detection_cost, spread, growth, seed, capacity, reference_share : float
    enforcement, response, decay, lag : float
        As in :class:`~terbium.engine.network.case.Relabelling`; cost includes the duty.
    """

    base_flow: Floats
    cost: float
    detection_cost: float
    spread: float
    growth: float
    seed: float
    capacity: float
    reference_share: float
    enforcement: float
    response: float
    decay: float
    lag: float


class LinkState(NamedTuple):
    """Everything that the next step depends on.

    Attributes
    ----------
    stock, need, transit, queue, queue_norm : (slot,)
        Stock, order for the next step, goods under way, filed or licensed but not shipped, and
        what the buyer has come to expect of the latter [money].
    share, mix, came : (link,)
        Share in the slot's orders as buyers have come to choose it, the same weighed by capacity
        for the next step, share of what was ordered lately that was sent [-].
    ring : (plane, slot)
        Goods under way by the step of arrival, modulo the number of planes [money].
    boost, before, orders : (N,)
        Overproduction [-], output of the step before, claims faced in it [money/step].
    unrepaired, left, asked
        As in :class:`~terbium.engine.network.program.NetworkState`.
    review, ready, live, granted, spent : (licensed link,)
        Filings under review, ready, licences unused; granted so far, used or lapsed so far.
    history : (validity, licensed link)
        ``granted`` at the end of each of the last steps.
    detour, enforcement : (class, conduit)
        Flow that leaves under another origin [money/step], and how hard it is looked for [-].
    """

    stock: Floats
    need: Floats
    transit: Floats
    queue: Floats
    queue_norm: Floats
    share: Floats
    mix: Floats
    came: Floats
    ring: Floats
    boost: Floats
    before: Floats
    orders: Floats
    unrepaired: Floats
    left: Floats
    asked: Floats
    review: Floats
    ready: Floats
    live: Floats
    granted: Floats
    spent: Floats
    history: Floats
    detour: Floats
    enforcement: Floats


class LinkRecord(NamedTuple):
    """What the kernel writes down; (step, N) [money/step] unless stated.

    Attributes
    ----------
    output, capacity, boost, orders, rebuild, undelivered, lost, unmet
        As in :class:`~terbium.engine.network.program.NetworkRecord`. A final demand that a licence
        put off counts as unmet when it is put off and as a negative when it is delivered.
    stock : (row, slot)
        Stocks after deliveries.
    queue : (step, 6)
        Filed, granted, refused for good, lapsed, shipped under licence [money/step]; waiting at
        the end of the step [money].
    detour, seized, enforcement : (step, class, conduit)
        Sent under another origin, taken on the way [money/step], enforcement [-].
    sent, used : (slot,)
        Shipments and use summed over all steps so far [money].
    taken : (slot,)
        Seized on the way to the slot so far [money].
    made_gap : (1,)
        Largest gap between what a supplier made and what left it, as a share of the largest
        output at rest [-].
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
    queue: Floats
    detour: Floats
    seized: Floats
    enforcement: Floats
    sent: Floats
    used: Floats
    taken: Floats
    made_gap: Floats
