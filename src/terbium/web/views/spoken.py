"""Parts of the names of estimates in words: regions, elements, materials, plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from terbium.base.gazetteer import element_name, elements, name_of, spellings_of_regions
from terbium.base.speech import language, tr
from terbium.evidence.readings import to_traditional

_FORMS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "oxide": lambda element: tr("{element} oxide", element=element),
        "metal": lambda element: tr("{element} metal", element=element),
    }
)

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
        "domestic": lambda: tr("within a country"),
        "within_zone": lambda: tr("within a zone"),
    }
)


@cache
def _codes() -> frozenset[str]:
    return frozenset(spellings_of_regions())


def in_chinese(text: str) -> str:
    """Simplified Chinese as the reader writes it."""
    return to_traditional(text) if language() == "zh-Hant" else text


def spoken(part: str) -> str:
    """A part of a name as a reader says it; what nothing is known of loses its underscores.

    Examples
    --------
    >>> spoken("days_of_cover"), spoken("JPN"), spoken("Dy_oxide"), spoken("mount_weld")
    ('days of cover', 'Japan', 'dysprosium oxide', 'mount weld')
    """
    if part in _PLAIN:
        return _PLAIN[part]()
    if part in _codes():
        return region(part)
    if part in elements():
        return element(part)
    head, _, form = part.partition("_")
    if head in elements() and form in _FORMS:
        return _FORMS[form](element(head))
    return tr(part.replace("_", " "))


def region(code: str) -> str:
    """Name of a region in the language of the reader."""
    if language().startswith("zh"):
        return in_chinese(name_of(code, "zh"))
    return name_of(code)


def element(symbol: str) -> str:
    """Name of an element in the language of the reader."""
    if language().startswith("zh"):
        return in_chinese(element_name(symbol, "zh"))
    return element_name(symbol)
