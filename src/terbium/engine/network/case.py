"""What a run of shocks through a network is given: arrays and positions, never labels.

A *table* of ``R`` regions and ``S`` sectors has ``N = R * S`` industries; industry ``(r, s)`` has
position ``r * S + s``, and the final demand of region ``r`` for category ``c`` is column
``r * C + c``. Money is the table's own, per year in the table and per step in the kernel; times
are steps (days).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RATIONING = (
    "proportional",
    "intermediate_first",
    "final_first",
    "priority",
    "water_filling",
    "highest_bidder",
)
"""How a supplier divides what it has when it is asked for more (docs/design/012)."""

ORDERING = ("realised", "wanted")
"""Whether inputs are ordered for the output that came about or for the output that was wanted."""

SHOCKS = ("recovery", "rebuild", "arbitrary")
"""Kinds of event: capital lost and restored for nothing, capital lost and rebuilt by orders,
output lost for any other reason."""

RECOVERIES = ("linear", "convexe", "convexe noscale", "concave")
"""How a loss fades once its duration is over, by the names that are in use in the field."""


@dataclass(frozen=True)
class Shock:
    """One event.

    Attributes
    ----------
    kind
        One of :data:`SHOCKS`.
    node, amount
        Industries hit, and the capital lost there [money] or, for an arbitrary event, the share
        of output lost [-].
    occurrence, duration
        Step in which it happens (1 or later), steps before recovery begins.
    recovery, recovery_steps
        One of :data:`RECOVERIES` and its time [step]; unused by a rebuild.
    rebuild_steps, rebuild_share, rebuild_factor
        Time in which what remains would be rebuilt [step], shares of the rebuilding demand by
        sector (sum to 1), demand per money of damage [-].
    house_column, house_amount
        Columns of final demand whose damage is rebuilt as well, and that damage [money].
    monetary_factor
        Money of the table in single units of currency; a rebuild is rounded to its digits.
    """

    kind: str
    node: Ints
    amount: Floats
    occurrence: int
    duration: int
    recovery: str = "linear"
    recovery_steps: float = np.inf
    rebuild_steps: float = np.inf
    rebuild_share: Floats = field(default_factory=lambda: np.zeros(0))
    rebuild_factor: float = 1.0
    house_column: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    house_amount: Floats = field(default_factory=lambda: np.zeros(0))
    monetary_factor: float = 1.0


@dataclass(frozen=True)
class LossPath:
    """Capacity lost step by step, for whatever reason; it acts in its own step.

    Where events hit the same industry, the larger loss counts.

    Attributes
    ----------
    node : (K,)
        Industries hit, each once.
    share : (steps, K)
        Share of their output lost [-].
    """

    node: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    share: Floats = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(frozen=True)
class Links:
    """A set of links: every pair of these suppliers and buyers.

    Attributes
    ----------
    supplier
        Industries that sell.
    buyer
        Industries that buy.
    final
        Regions whose final demand buys.
    """

    supplier: Ints
    buyer: Ints
    final: Ints


@dataclass(frozen=True)
class Transit:
    """Time that goods are under way on some links [step]; a later entry replaces an earlier one."""

    links: Links
    steps: float


@dataclass(frozen=True)
class LinkFriction:
    """What governments do to some links from step ``first`` to step ``last`` (included).

    Attributes
    ----------
    controlled_share
        Share of an order that needs a licence [-].
    grant_share, weight
        Share of decided filings that is granted, place in the desk's line against others [-].
    cap_share
        Most that may move, as a share of the base flow [-]; inf where nothing is capped.
    delay_steps
        Time added to transit [step].
    """

    links: Links
    first: int
    last: int
    controlled_share: float = 0.0
    grant_share: float = 1.0
    weight: float = 1.0
    cap_share: float = np.inf
    delay_steps: float = 0.0


@dataclass(frozen=True)
class Desk:
    """The licensing desk that all frictions share (docs/design/004).

    Attributes
    ----------
    capacity
        Money of orders that can be decided in a step; inf where nothing but the review delays.
    review_steps, validity_steps
        Mean time before a filing can be decided, steps after which an unused licence lapses.
    refile_share
        Share of refused filings that is filed again [-].
    """

    capacity: float
    review_steps: float
    validity_steps: int
    refile_share: float


@dataclass(frozen=True)
class Switching:
    """How buyers change suppliers (docs/design/005, rule O3).

    Attributes
    ----------
    rate, memory
        Share of the way to the wanted mix that orders go in a step, rate at which buyers learn
        who delivers [1/step].
    new_link_weight
        Weight of suppliers of the same sector that nobody bought from before, all together,
        against the base suppliers' [-]; 0 opens no link.
    """

    rate: float
    memory: float
    new_link_weight: float = 0.0


@dataclass(frozen=True)
class Relabelling:
    """Goods that a friction holds up leave through third regions under another origin (design 013).

    Attributes
    ----------
    conduits
        Regions through which it can go.
    cost, tariff, detection_cost
        Freight and papers, duty on the way, and value lost when detected, each as a share of the
        value [-].
    choice_spread
        Spread of the logit choice among conduits [-].
    growth, seed_share
        Most growth of a conduit's flow per step [1/step], and the flow that it can begin with as
        a share of its own base trade [-].
    capacity_share
        Most flow as a share of the conduit's own base trade [-].
    reference_share
        Flow, as a share of the conduit's base trade, at which enforcement of 1 detects 63 % [-].
    enforcement, response, decay
        Enforcement at the start [-], its growth per step and unit of visible gap [1/step], its
        decay [1/step].
    extra_steps
        Time that the detour adds [step].
    """

    conduits: Ints
    cost: float
    tariff: float
    detection_cost: float
    choice_spread: float
    growth: float
    seed_share: float
    capacity_share: float
    reference_share: float
    enforcement: float
    response: float
    decay: float
    extra_steps: float


@dataclass(frozen=True)
class Rank:
    """Place of some links in the line of a supplier: 0 is served first; later entries win."""

    links: Links
    place: int


@dataclass(frozen=True)
class Behaviour:
    """How industries produce, order and share, resolved to arrays.

    Attributes
    ----------
    psi
        Share of its target stock that an industry holds back before it lowers output [-].
    order_type
        ``alt`` weighs suppliers by what capacity they have left, ``noalt`` never changes them.
    inventory_steps, restoration_steps : (S, N)
        Target stock and the time in which a gap is made up [step]; an infinite stock never binds.
    overproduction_base, overproduction_max, overproduction_steps : (N,)
        Overproduction at rest and at most [-], time to get there [step].
    capital : (N,)
        Capital stock [money].
    year_steps
        Steps in the year of the table.
    monetary_factor
        Money of the table in single units of currency.
    criticality : (S, N)
        1 where the input is critical, one half where it is important, 0 where it never binds.
    compatible
        Whether the dead band and the rounding of the reference implementation are reproduced.
    rationing
        One of :data:`RATIONING`.
    ordering
        One of :data:`ORDERING`.
    """

    psi: float
    order_type: str
    inventory_steps: Floats
    restoration_steps: Floats
    overproduction_base: Floats
    overproduction_max: Floats
    overproduction_steps: Floats
    capital: Floats
    year_steps: float
    monetary_factor: float
    criticality: Floats
    compatible: bool
    rationing: str = "proportional"
    ordering: str = "realised"


@dataclass(frozen=True)
class Extras:
    """What the reference implementation has not; all empty by default."""

    transits: tuple[Transit, ...] = ()
    frictions: tuple[LinkFriction, ...] = ()
    desk: Desk | None = None
    switching: Switching | None = None
    relabelling: Relabelling | None = None
    ranks: tuple[Rank, ...] = ()


@dataclass(frozen=True)
class Case:
    """One run: how long, how industries behave, what happens, what is recorded.

    Attributes
    ----------
    steps
        Steps to run.
    stocks_every
        Stocks are recorded in steps 0, ``stocks_every``, 2 ``stocks_every``, ...
    checkpoints
        Steps after which the state is kept.
    capacity_loss
        Further capacity lost, step by step.
    """

    steps: int
    behaviour: Behaviour
    shocks: tuple[Shock, ...] = ()
    extras: Extras = Extras()
    stocks_every: int = 13
    checkpoints: tuple[int, ...] = ()
    capacity_loss: LossPath = LossPath()
