"""Parts of the names of estimates in words: regions, elements, materials, plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from terbium.base.gazetteer import elements, spellings_of_regions
from terbium.base.scripts import to_traditional
from terbium.base.speech import language, tr
from terbium.evidence.dataset import load_dataset
from terbium.web.views import names

_PLAIN: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "days_of_cover": lambda: tr("days of cover"),
        "input_days": lambda: tr("days of inputs in stock"),
        "output_days": lambda: tr("days of output in stock"),
        "cover_scale": lambda: tr("scale of all covers"),
        "cohort_spread": lambda: tr("spread of cover over lines"),
        "grant_share": lambda: tr("share granted"),
        "grant_share_end_use": lambda: tr("share granted, by end use"),
        "weight": lambda: tr("weight at the desk"),
        "weight_form": lambda: tr("weight at the desk, by form"),
        "desk_capacity": lambda: tr("pace of the desk"),
        "desk_ramp": lambda: tr("time in which the desk changes its pace"),
        "controlled_share": lambda: tr("share under control"),
        "levelling": lambda: tr("levelling of weights"),
        "initial": lambda: tr("at first"),
        "after_understanding": lambda: tr("after the understanding of June 2025"),
        "after_general_licences": lambda: tr("after general licences"),
        "general_ramp": lambda: tr("time in which makers get general licences"),
        "general_share": lambda: tr("share that general licences reach"),
        "grace": lambda: tr("goods declared before"),
        "refile_share": lambda: tr("share of refusals filed again"),
        "review_min": lambda: tr("shortest review"),
        "tonnes_per_application": lambda: tr("tonnes per application"),
        "validity": lambda: tr("validity of a licence"),
        "mine": lambda: tr("mining"),
        "concentrate": lambda: tr("concentration"),
        "separate": lambda: tr("separation"),
        "metal": lambda: tr("metal"),
        "magnet": lambda: tr("magnets"),
        "assembly": lambda: tr("parts"),
        "industry": lambda: tr("industry"),
        "scrap": lambda: tr("scrap"),
        "oxide": lambda: tr("oxides"),
        "feed": lambda: tr("feed for separation"),
        "compounds": lambda: tr("compounds"),
        "metals": lambda: tr("metals"),
        "RE_magnet": lambda: tr("rare earth magnets"),
        "anticipation": lambda: tr("stocking up before a measure"),
        "availability_memory": lambda: tr("memory of missed deliveries"),
        "duty_bearable": lambda: tr("duty that half the buyers bear"),
        "duty_lag": lambda: tr("delay of the answer to a duty"),
        "duty_spread": lambda: tr("spread of bearable duties"),
        "hoarding": lambda: tr("hoarding"),
        "keep_orders": lambda: tr("orders kept with the supplier"),
        "order_adjust": lambda: tr("pace at which orders close a gap"),
        "overtime": lambda: tr("overtime"),
        "park_share": lambda: tr("unfinished goods parked"),
        "switching": lambda: tr("orders moved to other suppliers"),
        "africa_rest": lambda: tr("Africa and elsewhere"),
        "east_asia": lambda: tr("East Asia"),
        "europe": lambda: tr("Europe"),
        "north_america": lambda: tr("North America"),
        "oceania": lambda: tr("Oceania"),
        "south_america": lambda: tr("South America"),
        "south_asia": lambda: tr("South Asia"),
        "south_east_asia": lambda: tr("South-East Asia"),
        "industry_share": lambda: tr("share of a sector that is this industry"),
        "line_share": lambda: tr("share of output that stands on lines"),
        "gdp": lambda: tr("gross domestic product"),
        "made_good": lambda: tr("share of losses made good later"),
        "overtime_days": lambda: tr("time until overtime is full"),
        "overtime_most": lambda: tr("most overtime"),
        "psi": lambda: tr("share of its stock below which output falls"),
        "restoration_days": lambda: tr("time in which a gap of stock is made up"),
        "BEV": lambda: tr("battery-electric car"),
        "PHEV": lambda: tr("plug-in hybrid car"),
        "HEV": lambda: tr("hybrid car"),
        "ICE": lambda: tr("car with a combustion engine"),
        "wind_dd": lambda: tr("wind turbine, direct drive"),
        "wind_gearbox": lambda: tr("wind turbine with a gearbox"),
        "e_bike": lambda: tr("electric bicycle"),
        "e_scooter": lambda: tr("electric scooter"),
        "robot": lambda: tr("industrial robot"),
        "humanoid": lambda: tr("humanoid robot"),
        "servo_motor": lambda: tr("servo motor"),
        "elevator": lambda: tr("lift"),
        "smartphone": lambda: tr("smartphone"),
        "laptop": lambda: tr("laptop"),
        "hdd_nearline": lambda: tr("hard disk"),
        "earbuds": lambda: tr("earbuds"),
        "air_conditioner": lambda: tr("air conditioner"),
        "drone_small": lambda: tr("small drone"),
        "fighter_aircraft": lambda: tr("fighter aircraft"),
        "missile": lambda: tr("missile"),
        "mri_open": lambda: tr("open MRI scanner"),
        "tonnes": lambda: tr("tonnes"),
        "domestic": lambda: tr("within a country"),
        "within_zone": lambda: tr("within a zone"),
    }
)


_FORMS: Final = frozenset({"oxide", "metal", "magnet", "scrap", "assembly", "ore", "concentrate"})


def in_chinese(text: str) -> str:
    """Simplified Chinese as the reader writes it."""
    return to_traditional(text) if language() == "zh-Hant" else text


def spoken(part: str) -> str:
    """A part of a name as a reader says it; what nothing is known of loses its underscores.

    Examples
    --------
    >>> spoken("days_of_cover"), spoken("JPN"), spoken("Dy_oxide"), spoken("mount_weld")
    ('days of cover', 'Japan', 'dysprosium oxide', 'Mount Weld (Western Australia)')
    """
    if part in _PLAIN:
        return _PLAIN[part]()
    if part in spellings_of_regions():
        return names.place(part, _own_names("regions").get(part, ""))
    if part in elements():
        return names.element(part)
    deposit = _own_names("deposits").get(part)
    if deposit:
        return tr(deposit)
    if part.rpartition("_")[2] in _FORMS:
        return names.material(part, _own_names("materials").get(part, ""))
    industry = _own_names("industries").get(part)
    if industry:
        return names.industry(part, industry)
    sector = _own_names("sectors").get(part)
    return tr(sector) if sector else part.replace("_", " ")


_LABELS: Final = {
    "regions": ("region", "name_en"),
    "deposits": ("deposit", "name"),
    "materials": ("material", "name_en"),
    "industries": ("industry", "name_en"),
    "sectors": ("sector", "name_en"),
}
"""Tables of the datasets: column of labels, column of names."""


@cache
def _own_names(table: str) -> dict[str, str]:
    """What the dataset calls the labels of a table."""
    data = load_dataset("world-2011" if table == "sectors" else "ree-2024")
    rows = data.table(table).to_dict("records")
    label, name = _LABELS[table]
    return {str(row[label]): str(row[name]) for row in rows}
