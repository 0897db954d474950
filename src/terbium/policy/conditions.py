"""What a provision is about: the conditions that an item, its way and its parties must meet."""

from typing import Annotated, Literal

from pydantic import Field

from terbium.policy.authored import Frozen, Number, Switch

Words = tuple[str, ...]
Needed = Annotated[tuple[str, ...], Field(min_length=1)]
Regime = Literal[
    "cn_dual_use", "cn_trade", "us_ear", "tariff", "policy", "cn_supply_security",
    "precursor_chemicals",
]  # fmt: skip

FORMS = (
    "ore", "concentrate", "oxide", "compound", "metal", "alloy", "target", "magnet", "scrap",
    "assembly", "equipment", "technology", "service", "software", "crystal", "chip", "cell",
    "chemical", "goods",
)  # fmt: skip


class Bound(Frozen):
    """Limits of one figure; what stands is met, what is left out does not matter."""

    gt: Number | None = None
    ge: Number | None = None
    lt: Number | None = None
    le: Number | None = None


class Content(Frozen):
    """Inputs inside an item, met when their share of its value is large enough.

    ``elements`` and ``forms`` say which inputs count, ``origins`` where they come from. Without a
    bound any such input is enough.
    """

    elements: Words = ()
    forms: Words = ()
    origins: Needed
    value_share: Bound = Bound()


class Ownership(Frozen):
    """Parties that listed parties own to some share.

    Parameters
    ----------
    lists
        Labels of party lists (``Measure.party_list``).
    share_ge
        Least share that counts [-].
    is_aggregated
        Whether shares of several listed owners are added.
    is_indirect
        Whether shares held through others count; None = the text does not say.
    """

    lists: Needed
    share_ge: Annotated[Number, Field(gt=0, le=1)]
    is_aggregated: Switch
    is_indirect: Switch | None = None


class Scope(Frozen):
    """What a provision is about. An empty field means: any.

    ``elements`` is met by a material that contains one of them; regions are alpha-3 codes, a
    bloc, ``ALL``, or ``ANY_NON_CHN`` for every region but one. ``end_users`` and ``end_uses``
    together are met by either. ``materials_hint`` and ``hs_hint`` never decide.

    Parameters
    ----------
    items, not_items
        Labels of ``data/gazetteer/items.csv``, one of which the item must be, and none of which.
    about
        Groups of labels there of what a technology, a service or a piece of equipment is for; one
        of each group must be meant.
    limits
        Figure of the item to its bounds, all of which must be met: ``purity_pct: {gt: 99.9}``.
    listed_in
        Regime under which the item itself must be controlled on the day.
    subject_to
        Id of the measure that says which foreign items a regime reaches.
    content
        Inputs that the item must contain.
    hooks
        Facts that hold only if the asker says so, such as a technology used abroad.
    is_local
        Whether what crosses no border is meant too, such as help by persons abroad.
    parties, exporter_parties
        Names on the list, as far as they are held; ``data/gazetteer/parties.csv`` has more
        spellings.
    owned_by
        Ownership that reaches parties that are not listed themselves.
    """

    elements: Words = ()
    forms: Words = ()
    items: Words = ()
    not_items: Words = ()
    about: tuple[Needed, ...] = ()
    limits: dict[str, Bound] = {}
    origins: Words = ()
    exporters: Words = ()
    destinations: Words = ()
    end_uses: Words = ()
    excluded_end_uses: Words = ()
    end_users: Words = ()
    listed_in: Regime | None = None
    subject_to: str | None = None
    content: Content | None = None
    hooks: Words = ()
    is_local: Switch = False
    parties: Words | None = None
    exporter_parties: Words = ()
    owned_by: Ownership | None = None
    materials_hint: Words = ()
    hs_hint: Words = ()

    @property
    def is_known_to_links(self) -> bool:
        """Whether a flow of a model says enough to decide it: no party, figure or content."""
        needs = (
            self.items, self.not_items, self.about, self.limits, self.end_users, self.listed_in,
            self.subject_to, self.content, self.hooks, self.exporter_parties, self.owned_by,
        )  # fmt: skip
        return self.parties is None and not any(needs)
