"""What a scenario asks of the engine, free of law and YAML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from terbium.base.calendar import Clock
from terbium.policy.friction import FlowClass, Friction

FrictionOf = Callable[[Sequence[FlowClass]], Friction]


@dataclass(frozen=True)
class NodeShock:
    """Scale on the activity, the capacity or the stock of the nodes whose label starts so."""

    node: str
    what: str
    scale: float
    first: date
    last: date
    place: str


@dataclass(frozen=True)
class Cut:
    """What remains of the base flow of some materials on some routes, for a window of days."""

    materials: tuple[str, ...]
    origin: str
    destination: str
    scale: float
    first: date
    last: date


@dataclass(frozen=True)
class Instructions:
    """What a scenario asks of the engine, free of law and YAML.

    Attributes
    ----------
    clock
        Steps of the run.
    friction_of
        Called with the flow classes of the graph's border-crossing links.
    headline
        Day from which stops are counted; None where nothing takes force.
    shocks, cuts
        Interventions that are no measures.
    anticipates
        Whether buyers stock up before the headline date.
    export_materials, export_origins
        What is recorded as export series; element products are recorded besides.
    """

    clock: Clock
    friction_of: FrictionOf
    headline: date | None = None
    shocks: tuple[NodeShock, ...] = ()
    cuts: tuple[Cut, ...] = ()
    anticipates: bool = True
    export_origins: tuple[str, ...] = ()
