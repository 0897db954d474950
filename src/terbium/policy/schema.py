"""The shape of a measure: an act of a government as data.

Act -> provisions (paragraphs) -> scope; overlays hit whole acts or single paragraphs and carry
their own announcement dates. All days are days of the issuer; both ends of a window are included.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from terbium.policy.authored import Day, Frozen, Number, Positive, Switch
from terbium.policy.conditions import FORMS as FORMS
from terbium.policy.conditions import Needed, Ownership, Regime, Words
from terbium.policy.conditions import Scope as Scope

Effect = Literal[
    "licence", "ban", "general_licence", "report", "jurisdiction", "desk_regime", "duty",
    "duty_range", "quota", "fee", "delay", "cap", "price_floor", "price_cap", "facilitation",
    "suspension", "ruling", "framework", "investigation", "obligation", "target", "stockpile",
    "support", "offtake", "investment", "dialogue", "commitment", "listing", "staff",
    "purchase_halt",
]  # fmt: skip
Presumption = Literal[
    "denial", "denial_in_principle", "case_by_case", "approve", "none_stated", "as_owner",
]  # fmt: skip
PairBasis = Literal["legal_text", "official_statement", "political"]
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

# effects of which a legal answer is made; all others are told, and ask for no permission
LEGAL_EFFECTS: tuple[Effect, ...] = ("licence", "ban", "general_licence", "report")

_CN_DUAL_USE = (
    "export_licence", "export_ban", "entity_list", "technology_control", "extraterritorial_rule",
    "general_licence",
)  # fmt: skip

_CN_TRADE = ("export_quota", "export_tariff", "state_trading")

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


class Clocks(Frozen):
    """Review times that the text states."""

    review_working_days: Positive | None = None
    report_working_days: Positive | None = None


class Coverage(Frozen):
    """Which goods a duty is on, as a customs office reads it: by code.

    Links read the scope of the paragraph, which is the part of this that a model can tell.

    Parameters
    ----------
    all_goods
        Whether it is on all goods save those that are exempt.
    hs
        Codes or beginnings of codes that it is on.
    exempt_hs
        Codes that the text takes out.
    unsettled
        Code to the reason why the texts held do not tell whether it is covered.
    others
        Goods that it is on beside ``hs``, in words, whose codes are not held.
    not_before
        First day that is possible, where the first day itself is not held.
    ends_at
        Hour of the last day at which it ends; without it the whole day is included.
    """

    all_goods: Switch = False
    hs: Words = ()
    exempt_hs: Words = ()
    unsettled: dict[str, str] = {}
    others: str | None = None
    not_before: Day | None = None
    ends_at: str | None = None


class Variant(Frozen):
    """What a paragraph says of some users or uses in place of its own presumption or effect.

    Of the conditions that are given, one is enough.
    """

    text: str
    end_users: Words = ()
    end_uses: Words = ()
    owned_by: Ownership | None = None
    presumption: Presumption | None = None
    effect: Effect | None = None


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
    control_code: str | None = None
    presumption: Presumption | None = None
    variants: tuple[Variant, ...] = ()
    clocks: Clocks = Clocks()
    validity_days: Positive | None = None
    documents: Words = ()
    obligations: Words = ()
    bars_general_licence: Switch = False
    thresholds: dict[str, Number] = {}
    coverage: Coverage | None = None
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
    measure or the act that does it. ``coverage`` narrows it to codes, for duties.
    """

    kind: OverlayKind
    announced: Day
    from_: Day = Field(alias="from")
    to: Day | None = None
    paragraphs: Words = ()
    scope: Scope | None = None
    coverage: Coverage | None = None
    by: str
    text: str | None = None
    source: Words = ()


class Milestone(Frozen):
    """A dated event in the life of a measure that changes no paragraph."""

    date: Day
    text: str
    source: Needed


class PartyList(Frozen):
    """The list that an act adds parties to, and how many it names; few of them are held."""

    label: str
    size: Positive | None = None


class Measure(Frozen):
    """An act of a government, with every source it rests on.

    Relations name other measures: ``paired_with`` is symmetric and stands on the basis given per
    id; no pair revives by itself. ``ended_by``, ``amends``, ``retaliates_to`` and ``responds_to``
    point one way. What an act suspends, extends or voids stands in the overlays of the other.
    ``coverage`` is that of its paragraphs that have none of their own.
    """

    id: str
    issuer: str
    title: str
    legal_ref: str
    instrument: str
    subtype: str | None = None
    direction: Literal[
        "export", "import", "reexport", "technology", "both", "domestic", "use"
    ]  # fmt: skip
    regime: Regime | None = None
    announced: Day
    effective_from: Day | None
    effective_to: Day | None = None
    date_precision: Literal["day", "month", "year", "unknown"] = "day"
    formality: Formality | None = None
    stated_reason: str | None = None
    consequence: str | None = None
    party_list: PartyList | None = None
    coverage: Coverage | None = None
    provisions: Annotated[tuple[Provision, ...], Field(min_length=1)]
    overlays: tuple[Overlay, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    not_covered: Words = ()
    paired_with: Words = ()
    paired_basis: dict[str, PairBasis] = {}
    paired_note: str | None = None
    ended_by: Words = ()
    amends: Words = ()
    retaliates_to: Words = ()
    responds_to: Words = ()
    note: str | None = None
    source: Needed
    confidence: Confidence

    @model_validator(mode="before")
    @classmethod
    def _regime_of_its_kind(cls, data: Any) -> Any:
        # what is wrong with the data is told field by field
        if isinstance(data, dict) and data.get("regime") is None and "regime" not in data:
            return {**data, "regime": default_regime(data.get("issuer"), data.get("instrument"))}
        return data

    def dates_of(self, provision: Provision) -> tuple[date, date | None, date | None]:
        """When a paragraph was announced, its first day and its last (None = open or not yet)."""
        return (
            provision.announced or self.announced,
            provision.effective_from or self.effective_from,
            provision.effective_to or self.effective_to,
        )


def default_regime(issuer: object, instrument: object) -> Regime:
    """The regime of acts that name none: by issuer and instrument."""
    words = str(issuer).replace("/", " ").split()
    if words[:1] == ["CN"] and instrument in _CN_DUAL_USE:
        return "cn_dual_use"
    if words[:1] == ["CN"] and instrument in _CN_TRADE:
        return "cn_trade"
    if "tariff" in str(instrument):
        return "tariff"
    if words[:2] == ["US", "BIS"]:
        return "us_ear"
    return "policy"


class RegisterText(Frozen):
    """The register as authored."""

    title: str
    version: str
    evidence_date: Day
    note: str | None = None
    sources: dict[str, Source]
    measures: tuple[Measure, ...]
