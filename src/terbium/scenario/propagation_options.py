"""Options of the house: what the reference implementation of the ARIO family has not.

A selector names one label or a list; a selector that is left out means all. Times are in temporal
units (days), money is that of the table.
"""

from __future__ import annotations

from typing import Annotated, Literal

from terbium.policy.authored import Frozen, Switch
from terbium.scenario.propagation_types import (
    Above,
    Amount,
    Count,
    Endless,
    EndlessAbove,
    FromOne,
    Labels,
    Position,
    Share,
    word,
)

LEVELS = {
    "critical": (),
    "important": (),
    "non_critical": ("noncritical", "not critical"),
}
RULES: dict[str, tuple[str, ...]] = {
    "proportional": (),
    "intermediate_first": (),
    "final_first": (),
    "priority": (),
    "water_filling": (),
    "highest_bidder": (),
}
SAME = "same"

Level = Annotated[
    Literal["critical", "important", "non_critical"], word(LEVELS, "level of an input")
]
Rule = Annotated[
    Literal[
        "proportional",
        "intermediate_first",
        "final_first",
        "priority",
        "water_filling",
        "highest_bidder",
    ],
    word(RULES, "rule of rationing"),
]
Buyers = Annotated[
    Literal["all", "industries", "final_demand"],
    word({"all": (), "industries": (), "final_demand": ("households",)}, "kind of buyer"),
]
Ordering = Annotated[
    Literal["realised", "wanted"], word({"realised": (), "wanted": ()}, "rule of ordering")
]
Compatible = Annotated[
    Literal["auto", "true", "false"],
    word({"auto": (), "true": (), "false": ()}, "choice of what to reproduce"),
]


class LinkSelector(Frozen):
    """Links: who sells, who buys, and whether the goods cross a border.

    ``to_region: same`` is the region of the seller, as ``crossing: false`` is.
    """

    from_region: Labels | None = None
    from_sector: Labels | None = None
    to_region: Labels | None = None
    to_sector: Labels | None = None
    to: Buyers = "all"
    crossing: Switch | None = None


class RankEntry(LinkSelector):
    """Place of links in the line; without ``place`` it is the position in the list."""

    place: Position | None = None


class Rationing(Frozen):
    """How a supplier divides what it has.

    Under ``priority`` a link takes the first rank that names it, what none names is served last;
    without any rank, buyers of the supplier's own region come first.
    """

    rule: Rule = "proportional"
    order: tuple[RankEntry, ...] = ()


class BuyerSelector(Frozen):
    """An input of some buyers."""

    input: Labels | None = None
    buyer_region: Labels | None = None
    buyer_sector: Labels | None = None


class CriticalityRule(BuyerSelector):
    """How much an input matters to some buyers; later rules win."""

    level: Level


class Criticality(Frozen):
    """How much inputs matter."""

    default: Level = "critical"
    rules: tuple[CriticalityRule, ...] = ()


class BuyerInventory(BuyerSelector):
    """Target stock of an input at some buyers; later entries win."""

    days: Endless


class OverproductionEntry(Frozen):
    """Overproduction of some industries; what is left out stays that of the model."""

    region: Labels | None = None
    sector: Labels | None = None
    base: FromOne | None = None
    max: FromOne | None = None
    tau: FromOne | None = None


class TransitEntry(LinkSelector):
    """Time that goods are under way; later entries win."""

    days: Amount


class LicenceLink(LinkSelector):
    """What a government does to links from day ``first`` to day ``last``, both included."""

    first: Position = 0
    last: Position | None = None
    controlled_share: Share = 0.0
    grant_share: Share = 1.0
    weight: Above = 1.0
    cap_share: Endless = float("inf")
    delay_days: Amount = 0.0


class Licences(Frozen):
    """The licensing desk and the links that need it."""

    desk_capacity: EndlessAbove | None = None
    review_days: Above | None = None
    validity_days: FromOne | None = None
    refile_share: Share | None = None
    from_dataset: Switch = False
    links: tuple[LicenceLink, ...] = ()


class SwitchingChoice(Frozen):
    """How fast buyers change suppliers, per day."""

    rate: Share | None = None
    memory: Share | None = None
    new_links: Amount = 0.0
    from_dataset: Switch = False


class RelabellingChoice(Frozen):
    """Detours through third regions under another origin; rates per day, the rest shares."""

    conduits: Labels
    cost: Amount
    tariff: Amount
    detection_cost: Amount
    choice_spread: Above
    growth: Amount
    seed_share: Amount
    capacity_share: Amount
    reference_share: Above
    enforcement: Amount
    response: Amount
    decay: Amount
    extra_days: Amount


class Recording(Frozen):
    """What is kept of stocks."""

    stocks_every: Count | None = None


class Options(Frozen):
    """All of them; without any, a case asks for nothing that the reference lacks."""

    boario_compatible: Compatible = "auto"
    rationing: Rationing = Rationing()
    ordering: Ordering = "realised"
    criticality: Criticality = Criticality()
    inventories: tuple[BuyerInventory, ...] = ()
    overproduction: tuple[OverproductionEntry, ...] = ()
    transit: tuple[TransitEntry, ...] = ()
    licences: Licences | None = None
    switching: SwitchingChoice | None = None
    relabelling: RelabellingChoice | None = None
    checkpoints: tuple[Position, ...] = ()
    record: Recording = Recording()
