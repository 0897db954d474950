"""The fields of an event file: a model of the ARIO family, events, and options of the house.

Names of fields are those of the field's own literature and of BoARIO 0.7.2, so that a file written
for one runs in the other. A field left at None takes its default from ``data/methods.csv``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, PrivateAttr, Tag

from terbium.policy.authored import Frozen, refused
from terbium.scenario.propagation_options import Options
from terbium.scenario.propagation_reading import Places
from terbium.scenario.propagation_types import (
    Above,
    Amount,
    Count,
    Endless,
    FromOne,
    Label,
    Labels,
    LabelsOrNone,
    Share,
    Text,
    mapping,
    rows,
    shown,
    word,
)

KINDS = {
    "recovery": ("recover", "recovering", "EventKapitalRecover", "kapital_recover"),
    "rebuild": ("rebuilding", "EventKapitalRebuild", "kapital_rebuild"),
    "arbitrary": ("EventArbitraryProd", "arbitrary_prod", "production"),
}
UNITS = {
    "fracK": ("frac_k", "frac", "fraction", "share_of_capital"),
    "share": ("share_of_output", "capacity"),
    "money": ("abs", "absolute", "monetary", "value"),
}
RECOVERIES = {
    "linear": (),
    "convexe": ("convex", "convexe scaled", "convex scaled"),
    "convexe noscale": ("convex noscale",),
    "concave": (),
}

Kind = Annotated[Literal["recovery", "rebuild", "arbitrary"], word(KINDS, "type of event")]
Unit = Annotated[Literal["fracK", "share", "money"], word(UNITS, "unit of an impact")]
Recovery = Annotated[
    Literal["linear", "convexe", "convexe noscale", "concave"],
    word(RECOVERIES, "recovery function"),
]
OrderType = Annotated[Literal["alt", "noalt"], word({"alt": (), "noalt": ()}, "order type")]
ModelClass = Annotated[
    Literal["ARIOPsiModel", "ARIOBaseModel"],
    word({"ARIOPsiModel": (), "ARIOBaseModel": ()}, "class of model"),
]


def _row(form: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, dict | Frozen):
            return value
        raise refused(shown(value), f"a row {form}", "write one row for each value")

    return BeforeValidator(check)


class Hit(Frozen):
    """A value for an industry, or for each industry of some regions and sectors."""

    region: Labels
    sector: Labels
    value: Amount


class Industries(Frozen):
    """The industries of some regions and sectors."""

    region: Labels
    sector: Labels


class HouseHit(Frozen):
    """Damage to what households of a region own, for one category of final demand."""

    region: Labels
    category: Labels
    value: Amount


Hits = tuple[Annotated[Hit, _row("[region, sector, value]")], ...]
HouseHits = Annotated[
    tuple[Annotated[HouseHit, _row("[region, category, value]")], ...],
    rows("rows [region, category, value]"),
]
IndustryList = Annotated[
    tuple[Annotated[Industries, _row("[region, sector]")], ...], rows("rows [region, sector]")
]
Equal = Annotated[Literal["equal"], word({"equal": ()}, "way to divide an impact")]

Impact = Annotated[
    Annotated[Amount, Tag("~number")] | Annotated[Hits, Tag("~rows")],
    Discriminator(lambda v: "~rows" if isinstance(v, list | tuple) else "~number"),
]
Division = Annotated[
    Annotated[Equal, Tag("~number")] | Annotated[Hits, Tag("~rows")],
    Discriminator(lambda v: "~rows" if isinstance(v, list | tuple) else "~number"),
]
Weights = Annotated[
    Annotated[Equal, Tag("~number")] | Annotated[dict[Label, Amount], Tag("~mapping")],
    Discriminator(lambda v: "~mapping" if isinstance(v, dict) else "~number"),
]
Restoration = Annotated[
    Annotated[Above, Tag("~number")] | Annotated[dict[Label, Above], Tag("~mapping")],
    Discriminator(lambda v: "~mapping" if isinstance(v, dict) else "~number"),
]
Capital = Annotated[
    Annotated[
        tuple[Amount, ...], rows("numbers, or of rows [region, sector, value]"), Tag("~numbers")
    ]
    | Annotated[Hits, Tag("~rows")],
    Discriminator(
        lambda v: "~rows" if isinstance(v, list | tuple) and v and _is_row(v[0]) else "~numbers"
    ),
]


def _is_row(value: Any) -> bool:
    return isinstance(value, dict | list | tuple | Hit)


class ModelChoice(Frozen):
    """Keywords of the model; times in temporal units (days), money in that of the table."""

    order_type: OrderType = "alt"
    alpha_base: Above | None = None
    alpha_max: FromOne | None = None
    alpha_tau: FromOne | None = None
    rebuild_tau: FromOne | None = None
    main_inv_dur: Endless | None = None
    monetary_factor: Above | None = None
    temporal_units_by_step: Count = 1
    iotable_year_to_temporal_unit_factor: Above | None = None
    infinite_inventories_sect: LabelsOrNone = ()
    inventory_dict: dict[Label, Endless] | None = None
    productive_capital_vector: Capital | None = None
    productive_capital_to_VA_dict: dict[Label, Amount] | None = None
    psi_param: Share | None = None
    inventory_restoration_tau: Restoration | None = None


class EventEntry(Frozen):
    """One event; times in temporal units (days)."""

    type: Kind
    unit: Unit | None = None
    impact: Impact = ()
    affected_industries: IndustryList | None = None
    affected_regions: Labels | None = None
    affected_sectors: Labels | None = None
    impact_distrib: Division = "equal"
    impact_regional_distrib: Weights = "equal"
    impact_sectoral_distrib: Weights = "equal"
    house: HouseHits = ()
    occurrence: Count = 1
    duration: Count = 1
    recovery_tau: FromOne | None = None
    recovery_function: Recovery = "linear"
    rebuild_tau: FromOne | None = None
    rebuilding_sectors: dict[Label, Share] | None = None
    rebuilding_factor: Above = 1.0
    event_monetary_factor: Above | None = None
    name: Text | None = None

    @property
    def unit_of_impact(self) -> str:
        """The unit that was written, or the one that BoARIO means for this type of event."""
        if self.unit is not None:
            return self.unit
        return "share" if self.type == "arbitrary" else "money"


OneEvent = Annotated[EventEntry, mapping("an event")]


class PropagationEvent(Frozen):
    """An event file as it was written, every field well formed; labels are judged by ``resolve``.

    Attributes
    ----------
    table
        Name of the table that the author had in mind; it is only repeated.
    cls, model
        Class of model and its keywords.
    events
        What happens.
    T
        Temporal units to run; None takes the default.
    options
        What the reference implementation has not.
    name, oracle, note
        Words of the author, kept and not read.
    """

    table: Text | None = None
    cls: ModelClass = "ARIOPsiModel"
    model: Annotated[ModelChoice, mapping("a model")] = ModelChoice()
    events: Annotated[tuple[OneEvent, ...], rows("events")] = ()
    T: Count | None = None
    options: Annotated[Options, mapping("options")] = Options()
    name: Text | None = None
    oracle: Text | None = None
    note: Text | None = None
    _places: Places = PrivateAttr(default_factory=Places)

    @property
    def file(self) -> str:
        """Name of the file, for messages."""
        return self._places.source.file

    def place(self, *path: str | int) -> str:
        """Where a value was written: ``"line 12, events.0.impact.1.0"``."""
        return self._places.of(path)

    def applied(self) -> dict[str, Any]:
        """The file as plain data that reads back to the same; what was left out stays out."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def __repr__(self) -> str:
        kinds = ", ".join(entry.type for entry in self.events) or "none"
        return f"<PropagationEvent {self.name or self.file}: {self.cls}, events: {kinds}>"

    __str__ = __repr__
