"""Every quantity of the validation grammar (section 2): unit, kind, and why some have no answer."""

from dataclasses import dataclass
from typing import Final, Literal

from terbium.base.units import dimension
from terbium.results.keys_terms import AGGREGATES, Band, Key, Ratio, Simple, Threshold, Transform

Kind = Literal["flow", "level", "cum", "event", "fact"]

_NO_PRICES = "prices are not modelled yet: quantities move, no market clears"
_NO_LOSSES = "losses in value are not modelled yet: the dataset has no value added by industry"
_NO_SENDER = "revenue and cost of producers are not in the dataset"
_NOT_KEPT = "is not among the series that a run records"


@dataclass(frozen=True)
class Quantity:
    """One row of the table.

    Parameters
    ----------
    unit
        In the table of units.
    kind
        How it is taken over a period.
    missing
        Why the model cannot produce it; empty where it can, for some subjects at least.
    """

    unit: str
    kind: Kind
    missing: str = ""

    @property
    def is_extensive(self) -> bool:
        """Whether it grows with the length of the period, so that rates are compared per day."""
        return self.kind == "flow" and dimension(self.unit) in ("mass", "USD", "count")


QUANTITIES: Final[dict[str, Quantity]] = {
    "export": Quantity("t", "flow"),
    "import": Quantity("t", "flow"),
    "export.value": Quantity("USD", "flow", _NO_PRICES),
    "import.value": Quantity("USD", "flow", _NO_PRICES),
    "quota": Quantity("t", "fact"),
    "leakage.ratio": Quantity("1", "flow", "smuggling and false declarations are not modelled"),
    "order.filled_share": Quantity(
        "1", "flow", f"what was ordered with delivery due in a period {_NOT_KEPT}"
    ),
    "delivery.delay_days": Quantity("day", "level"),
    "production": Quantity("t", "flow"),
    "use": Quantity("t", "flow"),
    "recycling.share": Quantity("1", "flow", "scrap from goods at the end of their life is not in"),
    "substitution.rate": Quantity("1/year", "level", "substitution is not modelled yet"),
    "ramp.rate": Quantity("1/year", "level", "new capacity is not modelled yet"),
    "lead_time.days": Quantity("day", "fact", "the dataset has no lead times of new capacity"),
    "first_output.days": Quantity("day", "event", "new capacity is not modelled yet"),
    "price.domestic": Quantity("USD/kg", "level", _NO_PRICES),
    "price.fob": Quantity("USD/kg", "level", _NO_PRICES),
    "price.exchina_spot": Quantity("USD/kg", "level", _NO_PRICES),
    "price.exchina_contract": Quantity("USD/kg", "level", _NO_PRICES),
    "price.exchina_paid": Quantity("USD/kg", "level", _NO_PRICES),
    "price.world_paid": Quantity("USD/kg", "level", _NO_PRICES),
    "dependence.tonnage": Quantity("1", "flow"),
    "dependence.value": Quantity("1", "flow"),
    "dependence.contained": Quantity("1", "flow"),
    "stock": Quantity("t", "level", f"tonnes in stock by material {_NOT_KEPT}, days of cover are"),
    "stock.days_of_cover": Quantity("day", "level"),
    "stockpile.days_of_cover": Quantity("day", "level"),
    "queue.filings": Quantity("count", "cum"),
    "queue.granted_share": Quantity("1", "cum"),
    "queue.days": Quantity("day", "level"),
    "licence.statutory_days": Quantity("working day", "fact"),
    "licence.general_holders": Quantity(
        "count", "fact", "the register does not count holders of general licences"
    ),
    "measure.listed_entities": Quantity(
        "count", "fact", "the register does not count listed parties"
    ),
    "measure.suspended": Quantity("1", "fact"),
    "stop.first_days": Quantity("day", "event"),
    "stop.length_days": Quantity("day", "event"),
    "stop.count": Quantity("count", "flow"),
    "recovery.days": Quantity("day", "event"),
    "output_loss.share": Quantity("1", "flow"),
    "output_loss.units": Quantity("count", "flow", "the dataset has no units made per industry"),
    "gdp_loss.share": Quantity("1", "flow", _NO_LOSSES),
    "loss.usd": Quantity("USD", "flow", _NO_LOSSES),
    "sender.profit_change": Quantity("1", "flow", _NO_SENDER),
    "sender.export_share": Quantity("1", "fact", _NO_SENDER),
    "concession.days": Quantity(
        "day", "event", "moves are taken from the register; no government decides in a run yet"
    ),
    "elasticity.demand": Quantity("1", "fact", _NO_PRICES),
}
"""By name."""

SHARE = "1"


def unit_of(key: Key) -> str | None:
    """Unit of a key's value, transforms included; None if its quantity is not in the table."""
    unit = QUANTITIES[key.quantity].unit if key.quantity in QUANTITIES else None
    for transform in key.transforms:
        unit = _unit_after(transform, unit)
    return unit


def _unit_after(transform: Transform, unit: str | None) -> str | None:
    if isinstance(transform, Band):
        return unit
    if isinstance(transform, Simple) and transform.name in AGGREGATES:
        return unit
    if isinstance(transform, Threshold) and transform.name == "stuck":
        return unit
    if isinstance(transform, Ratio):
        below = QUANTITIES.get(transform.quantity)
        if below is None or unit is None:
            return None
        same = dimension(below.unit) == dimension(unit)
        return SHARE if same else f"{unit} per {below.unit}"
    return SHARE
