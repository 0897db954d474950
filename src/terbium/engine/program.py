"""The compiled form of a supply chain: frozen flat arrays that the kernel steps over.

Positions, never labels: position ``n`` of a node array belongs to node ``n`` of the graph that was
compiled, and so on for input slots, output slots, links and friction classes. The compile step
(:mod:`terbium.engine.compile`) keeps the labels; nothing below it sees one.

An *input slot* is one material held in stock by one node that uses it, an *output slot* one
material held in stock by the node that makes it. A link runs from an output slot to an input slot,
so every link carries exactly one material. Links are sorted by input slot.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LANES = 16
"""Draws that are stepped side by side in one block (the innermost array axis)."""

DEMAND_DRIVEN = 0
"""Node kind: makes what its customers order, plus what refills its output stock."""
SUPPLY_PUSH = 1
"""Node kind: runs at its base activity whatever is ordered (mines, scrap processing)."""
FINAL = 2
"""Node kind: an industry that serves final demand; its output leaves the system."""


class Program(NamedTuple):
    """The physical chain. All flows are tonnes per step, all activities tonnes per step.

    Attributes
    ----------
    node_kind : (node,) int
        One of ``DEMAND_DRIVEN``, ``SUPPLY_PUSH``, ``FINAL``.
    node_base : (node,) float
        Activity of the undisturbed baseline [t/step].
    node_series : (node,) int
        Position of the industry series that the node adds to, or -1.
    in_ptr : (node + 1,) int
        Input slots of node ``n`` are ``in_ptr[n]:in_ptr[n + 1]``.
    in_coef : (input slot,) float
        Material taken in per unit of activity [t/t].
    in_weight : (input slot,) float
        1 where the activity cannot exceed what the stock allows, 0 where the input never binds.
    out_ptr, out_coef : (node + 1,) int, (output slot,) float
        The same for what a node makes [t/t].
    out_driver : (output slot,) int
        1 where orders for this output set the activity of a node with joint products; 0 where the
        output comes along and piles up if nobody takes it.
    out_series : (output slot,) int
        Position of the production series that the output adds to, or -1.
    link_ptr : (input slot + 1,) int
        Links into input slot ``i`` are ``link_ptr[i]:link_ptr[i + 1]``.
    link_out : (link,) int
        Output slot the link draws on.
    link_base : (link,) float
        Flow of the undisturbed baseline [t/step]; 0 for a latent link.
    link_share : (link,) float
        Base share of the link in the orders of its input slot [-]; sums to 1 per slot.
    link_latent : (link,) float
        Weight of a route that could open, when base suppliers fall short [-].
    link_first : (link,) int
        1 where the link is served before others under the priority rule.
    link_route : (link,) int
        Position of the transit estimate that applies to the link.
    link_class : (link,) int
        Friction class, or -1 where no measure can ever reach the link.
    link_ctrl : (link,) int
        Position among the links that can ever need a licence, or -1.
    link_series : (link,) int
        Position of the export series that the link adds to, or -1.
    class_queue : (friction class,) int
        Position of the queue series of the class.
    """

    node_kind: Ints
    node_base: Floats
    node_series: Ints
    in_ptr: Ints
    in_coef: Floats
    in_weight: Floats
    out_ptr: Ints
    out_coef: Floats
    out_driver: Ints
    out_series: Ints
    link_ptr: Ints
    link_out: Ints
    link_base: Floats
    link_share: Floats
    link_latent: Floats
    link_first: Ints
    link_route: Ints
    link_class: Ints
    link_ctrl: Ints
    link_series: Ints
    class_queue: Ints


class Draws(NamedTuple):
    """What differs between the draws of one block; the last axis is the lane.

    Attributes
    ----------
    node_cap : (node, lane)
        Most activity [t/step].
    in_cover : (input slot, lane)
        Target inventory in steps of base use [step].
    in_lead : (input slot, lane)
        Mean transit of the slot's base suppliers [step].
    out_cover : (output slot, lane)
        Target output stock in steps of base output [step].
    route_lag : (route, lane)
        Transit, at least one step [step].
    class_share, class_weight, class_grant : (friction class, lane)
        Share of a controlled shipment that needs a licence, speed of the desk for the class
        relative to others, share of decided filings that is granted [-].
    class_full, level : (friction class, lane), (step, lane)
        Weight of the class if all destinations were treated alike, and how far the desk has moved
        there [-]: the weight at work is ``class_weight + level * (class_full - class_weight)``.
    desk : (step, lane)
        Tonnes that the licensing desk can decide in the step; inf where no desk stands between.
    general : (step, lane)
        Share of controlled orders that moves under general licences where these exist [-].
    grace : (lane)
        Mean age that a law must reach before a shipment falls under it [step]: what was declared
        before the day still clears.
    refile : (lane)
        Share of refused filings that is filed again [-].
    review : (lane)
        Mean time before a filing can be decided [step], at least 1.
    adjust, adjust_out : (lane)
        Time in which a gap in the input stock or the output stock is ordered or made up [step].
    overtime, keep, hoarding, anticipation, switching, memory : (lane)
        Overtime share, share of unmet final demand kept, extra target cover under licensing and in
        expectation of it, rate of supplier switching [1/step], rate of learning [1/step].
    bearable, bearable_spread : (lane)
        Rise of the price by duties that half of the buyers bear [-], and the spread of its
        logarithm over buyers [-].
    duty_response : (lane)
        Share of the way to the new level that orders go per step after a duty changes [1/step].
    """

    node_cap: Floats
    in_cover: Floats
    in_lead: Floats
    out_cover: Floats
    route_lag: Floats
    class_share: Floats
    class_weight: Floats
    class_grant: Floats
    class_full: Floats
    level: Floats
    desk: Floats
    general: Floats
    grace: Floats
    refile: Floats
    review: Floats
    adjust: Floats
    adjust_out: Floats
    overtime: Floats
    keep: Floats
    hoarding: Floats
    anticipation: Floats
    switching: Floats
    memory: Floats
    bearable: Floats
    bearable_spread: Floats
    duty_response: Floats


class Policy(NamedTuple):
    """What governments and the scenario do to links and nodes, per step; the same for all draws.

    Attributes
    ----------
    controlled, general, denied : (step, friction class)
        Share of the step [-] in which a licence is needed by law, general licences can be had, a
        presumption of denial stands.
    age : (step, friction class)
        Time for which a licence has been needed, at the middle of the step [step]; inf where it
        was needed before the run began.
    grant : (step, friction class)
        Share that reviews other than the desk's let pass [-].
    delay : (step, friction class)
        Time added to transit [step].
    duty : (step, friction class)
        Factor by which duties have changed the price since the first step [-]; 1 is no change.
    cap : (step, friction class)
        Most that may move, as a share of the base flow [-]; inf where nothing is capped.
    expected : (step,)
        1 while licensing of the classes in ``anticipated`` is feared but not yet in force.
    anticipated : (friction class,)
        1 where the fear applies.
    node_scale : (step, node)
        Scale on the base activity of supply-push nodes and on the demand of industries [-].
    cap_scale : (step, node)
        Scale on the capacity [-].
    validity : int
        Steps after which an unused licence lapses.
    """

    controlled: Floats
    general: Floats
    denied: Floats
    age: Floats
    grant: Floats
    delay: Floats
    duty: Floats
    cap: Floats
    expected: Floats
    anticipated: Floats
    node_scale: Floats
    cap_scale: Floats
    validity: int


class Rules(NamedTuple):
    """Switches of the behavioural rules (docs/design/005-orders-and-rationing.md).

    Attributes
    ----------
    order_on_wanted : int
        1: inputs are ordered for the wanted activity; 0: for the realised one (the textbook rule,
        under which lean chains collapse).
    priority : int
        0: proportional rationing; 1: links with ``link_first`` are served before the rest.
    stop_share : float
        Share of its base output below which a line counts as stopped [-].
    stop_from : int
        First step in which a stop counts.
    """

    order_on_wanted: int
    priority: int
    stop_share: float
    stop_from: int = 0
