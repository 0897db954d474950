"""The shape of a measure: an act of a government as data.

Act -> provisions (paragraphs) -> scope; overlays hit whole acts or single paragraphs and carry
their own announcement dates. All days are days of the issuer; both ends of a window are included.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from terbium.policy.authored import Day, Frozen, Number, Positive

Words = tuple[str, ...]
Needed = Annotated[tuple[str, ...], Field(min_length=1)]
Effect = Literal[
    "licence", "ban", "general_licence", "desk_regime", "duty", "delay", "cap", "price_floor",
    "price_cap", "facilitation", "suspension", "ruling", "technology",
]  # fmt: skip
Presumption = Literal["denial", "denial_in_principle", "case_by_case", "approve", "none_stated"]
OverlayKind = Literal["suspend", "extend", "void", "exempt", "supersede"]
DeskRegime = Literal["none", "initial", "after_understanding", "after_general_licences"]
Formality = Literal[
    "informal", "guidance", "threat_executed", "threat_not_executed", "proposal", "discussion",
    "political", "negotiation_mandate", "procedure",
]  # fmt: skip
Confidence = Literal["read", "recalled", "estimate"]

# the licence desk from tightest to widest; of two that start on one day the wider binds
DESK_REGIMES: tuple[DeskRegime, ...] = (
    "none", "initial", "after_understanding", "after_general_licences",
)  # fmt: skip

FORMS = (
    "ore", "concentrate", "oxide", "compound", "metal", "alloy", "target", "magnet", "scrap",
    "assembly", "equipment", "technology",
)  # fmt: skip

# the field that gives an effect its size
EFFECT_FIELD: dict[str, str] = {
    "duty": "rate_pct",
    "delay": "days",
    "cap": "tonnes_per_day",
    "price_floor": "usd_per_tonne",
    "price_cap": "usd_per_tonne",
    "desk_regime": "desk",
}


class Source(Frozen):
    """A text that a fact was taken from; ``url`` is the copy that was read, if one was."""

    title: str
    publisher: str
    date: Day
    date_precision: Literal["day", "month", "year"] = "day"
    url: str | None = None
    note: str | None = None


class Scope(Frozen):
    """Which flows a provision is about. An empty field means: any.

    ``elements`` is met by a material that contains one of them; regions are alpha-3 codes, a
    bloc, ``ALL``, or ``ANY_NON_CHN`` for every region but one. ``materials_hint`` and ``hs_hint``
    never decide.
    """

    elements: Words = ()
    forms: Words = ()
    origins: Words = ()
    exporters: Words = ()
    destinations: Words = ()
    end_uses: Words = ()
    excluded_end_uses: Words = ()
    end_users: Words = ()
    materials_hint: Words = ()
    hs_hint: Words = ()


class Clocks(Frozen):
    """Review times that the text states."""

    review_working_days: Positive | None = None
    report_working_days: Positive | None = None


class Provision(Frozen):
    """A paragraph: one effect on one scope. Dates that are left out are those of the act.

    ``needs_facts`` names what a link of the model cannot say (the value share of an input, an
    owner): such a paragraph is kept and listed as undecided, and puts no friction on a link.
    """

    paragraph: str
    effect: Effect
    text: str
    scope: Scope = Scope()
    announced: Day | None = None
    effective_from: Day | None = None
    effective_to: Day | None = None
    legal_ref: str | None = None
    presumption: Presumption | None = None
    clocks: Clocks = Clocks()
    validity_days: Positive | None = None
    thresholds: dict[str, Number] = {}
    needs_facts: Words = ()
    rate_pct: Annotated[Number, Field(ge=0)] | None = None
    days: Annotated[Number, Field(ge=0)] | None = None
    tonnes_per_day: Annotated[Number, Field(ge=0)] | None = None
    usd_per_tonne: Annotated[Number, Field(ge=0)] | None = None
    desk: DeskRegime | None = None
    source: Words = ()
    confidence: Confidence | None = None


class Overlay(Frozen):
    """A later text that takes an act, or paragraphs of it, out of force for a window.

    ``extend`` prolongs a suspension. ``scope`` narrows the overlay to some flows; ``by`` is the
    measure or the act that does it.
    """

    kind: OverlayKind
    announced: Day
    from_: Day = Field(alias="from")
    to: Day | None = None
    paragraphs: Words = ()
    scope: Scope | None = None
    by: str
    text: str | None = None
    source: Words = ()


class Milestone(Frozen):
    """A dated event in the life of a measure that changes no paragraph."""

    date: Day
    text: str
    source: Needed


class Measure(Frozen):
    """An act of a government, with every source it rests on."""

    id: str
    issuer: str
    title: str
    legal_ref: str
    instrument: str
    direction: Literal["export", "import", "reexport", "technology", "both"]
    announced: Day
    effective_from: Day | None
    effective_to: Day | None = None
    date_precision: Literal["day", "month", "year"] = "day"
    formality: Formality | None = None
    stated_reason: str | None = None
    provisions: Annotated[tuple[Provision, ...], Field(min_length=1)]
    overlays: tuple[Overlay, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    not_covered: Words = ()
    paired_with: Words = ()
    retaliates_to: Words = ()
    note: str | None = None
    source: Needed
    confidence: Confidence

    def dates_of(self, provision: Provision) -> tuple[date, date | None, date | None]:
        """When a paragraph was announced, its first day and its last (None = open or not yet)."""
        return (
            provision.announced or self.announced,
            provision.effective_from or self.effective_from,
            provision.effective_to or self.effective_to,
        )


class RegisterText(Frozen):
    """The register as authored."""

    title: str
    version: str
    evidence_date: Day
    note: str | None = None
    sources: dict[str, Source]
    measures: tuple[Measure, ...]
