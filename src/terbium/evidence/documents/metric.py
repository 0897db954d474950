"""Which metric a value measures: its unit says most, words beside it the rest."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from terbium.evidence.documents.quantity import Quantity

_OF_KIND: Final = {
    **{"mass": "tonnage", "time": "duration", "count": "count", "multiple": "ratio"},
    **{"rank": "rank", "date": "date", "share": "share", "change": "change", "other": "other"},
    **{"tariff": "tariff_rate", "points": "change", "money": "money"},
}
_LIMITED: Final = re.compile(
    r"(?:跌|降|减|萎缩|下滑|回落|下降|下跌|减少|锐减|骤降|缩减|削减|下调|暴跌"
    r"|大跌|贬值)了?(?:约|近|超过?|到)?\Z"
)
_FALLS: Final = re.compile(
    r"(?:fell|fall|fallen|dropped|drop|declined|decline|decreased|down|plunged|slumped|shrank|slid"
    r"|tumbled|cut|reduced|lower)(?: by| of| about| nearly| more than| some"
    r"| around| almost| over){0,2} ?\Z"
)
_TO: Final = re.compile(
    r"(?:到了?|至|为|达到?|from|to|at|stands at|reached)"
    r"(?:(?:今天|目前|现在|如今|当前|今年|去年|\d{4}年)的?)?(?:约|近|about|around)? ?\Z"
)
_THEN_TO: Final = re.compile(
    r"[^，。；\d]{0,6}?(?:降|升|增|减|跌|涨|提高|下降|上升|降低|增加|回落|提升)(?:至|到|为)"
    r"|(?: in \d{4})? to "
)
_PART_OF: Final = re.compile(
    r" of (?!gdp)|的(?=[^，。；]{0,8}(?:商品|货物|进口|出口|产品|贸易|企业" r"|公司))"
)
_RATE_OF: Final = re.compile(
    r"(?:rate|rates|levies|level) (?:of|at)(?: about| around| nearly)? ?\Z"
)
_MOVE_BEHIND: Final = re.compile(
    r"[ -](?:year-on-year |annual |sharp |further )?(?:jump|drop|rise|increase"
    r"|decline|fall|surge|plunge|gain|cut"
    r"|hike|decrease|growth|premium|discount|reduction|slump|higher|lower|more"
    r"|more expensive|cheaper|less)\b"
)
_FALL_BEHIND: Final = re.compile(
    r"[ -](?:year-on-year |annual |sharp |further )?(?:drop|decline|fall|plunge"
    r"|cut|decrease|discount|reduction|slump"
    r"|lower|cheaper|less)\b"
)
_MOVED_BY: Final = re.compile(
    r"\b(?:cut|cuts|cutting|reduced?|reduces|reducing|slash(?:ed|es)?|rais(?:ed?"
    r"|es|ing)|lower(?:ed|s)?|boost(?:ed|s)?"
    r"|expand(?:ed|s)?|trim(?:med|s)?|shrunk|increas(?:ed?|es|ing)|fell|fall"
    r"|rose|rise|grew|grow|down|up)"
    r"(?: [a-z' -]{1,40})? by(?: about| around| nearly| more than| over| almost"
    r"| at least)? ?\Z|\b(?:(?<!make )(?<!makes )(?<!made )(?<!take )up|down)(?: by"
    r"| about)? ?\Z"
)
_CUT_BY: Final = re.compile(
    r"\b(?:cut|cuts|cutting|reduc|slash|lower|trim|shrunk|fell|fall|down|dropped"
    r"|declined)[a-z]*(?: [a-z' -]{1,40})? (?:by )?"
    r"(?:about |around |nearly |more than |over |almost )?\Z"
)
_PER_MASS: Final = re.compile(
    r"(?: ?(?:per|a|/) ?(?P<en>tonne|ton|kilogram|kilo|kg|t|lb|pound|ounce|oz|metric ton|barrel)\b"
    r"|/?(?:每)?(?P<zh>公斤|千克|吨|磅|盎司|克)|/(?P<sl>kg|t|吨|公斤))"
)
_EACH_MASS: Final = re.compile(
    r".*每(?P<zh>公斤|千克|吨|磅|盎司|克|桶)[^，。；]{0,4}(?:[\d.,万]{1,9}[^，。；\d]{1,4}?"
    r"(?:涨|跌|升|降|增|飙升|回落|到|至|攀升|暴涨)[^，。；\d]{0,5})?\Z"
)
_FROM_PER_MASS: Final = re.compile(
    r"[\d.,]{1,9} ?(?:per|a|/) ?(?P<en>tonne|ton|kilogram|kilo|kg|lb|pound|ounce|oz)"
    r"(?: in \d{4})? to (?:about |around |nearly |over )?\Z"
)
_TO_PER_MASS: Final = re.compile(
    r" to (?:about |around |nearly |over )?(?:us)?[$€£¥]?[\d.,]{1,9} ?(?:per|a|/) ?"
    r"(?P<en>tonne|ton|kilogram|kilo|kg|t|lb|pound|ounce|oz)\b"
)
_MASS: Final = {
    **{"公斤": "kg", "千克": "kg", "吨": "t", "磅": "lb", "盎司": "oz", "克": "g", "桶": "bbl"},
    **{"tonne": "t", "ton": "t", "metric ton": "t", "t": "t", "kilogram": "kg", "kilo": "kg"},
    **{"kg": "kg", "lb": "lb", "pound": "lb", "ounce": "oz", "oz": "oz", "barrel": "bbl"},
}
_PER_YEAR: Final = re.compile(
    r"(?: of [a-z ]{1,24})? ?(?:a year|per year|per annum|annually|each year"
    r"|every year|/yr|/y\b|/年|yearly|tpa)"
)
_EACH_YEAR: Final = re.compile(
    r"(?:每年|年产能?|年均|一年|年度|年供应|年处理|annual [a-z ]{0,30})[^，。；,.\d]{0,10}\Z"
)
_LAST_YEAR: Final = re.compile(
    r"(?:去年|今年|全年|\d{4}年|last year|this year)[^，。；,\d]{0,24}\Z"
)


def metric_of(low: str, found: Quantity, cues: dict[str, int], start: int, end: int) -> Quantity:
    """The same value with its kind made a metric, and its unit completed.

    Parameters
    ----------
    low
        Folded text.
    found
        A value as the grammar found it.
    cues
        Distance to the nearest cue of each class.
    start, end
        The sentence.
    """
    before = low[max(start, found.start - 40) : found.start]
    behind = low[found.end : min(end, found.end + 40)]
    if found.kind == "percent":
        return _percentage(low, found, cues, before, behind, start)
    if found.kind == "points":
        return _change(found, before, behind)
    if found.kind == "money":
        return _money(found, before, behind)
    if found.kind == "mass":
        if _PER_YEAR.match(behind) or _EACH_YEAR.search(before):
            return replace(found, kind="capacity", unit=f"{found.unit}/y")
        if "capacity" in behind[:24] or "产能" in behind[:8] or "产能" in before[-8:]:
            return replace(found, kind="capacity", unit=f"{found.unit}/y")
    return replace(found, kind=_OF_KIND[found.kind])


def _money(found: Quantity, before: str, behind: str) -> Quantity:
    mass = (
        _PER_MASS.match(behind)
        or _TO_PER_MASS.match(behind)
        or _FROM_PER_MASS.search(before)
        or _EACH_MASS.search(before)
    )
    if mass:
        groups = mass.groupdict()
        term = groups.get("zh") or groups.get("en") or groups.get("sl") or ""
        return replace(found, kind="price", unit=f"{found.unit}/{_MASS.get(term, term)}")
    if _PER_YEAR.match(behind) or _EACH_YEAR.search(before):
        return replace(found, unit=f"{found.unit}/y")
    return replace(found, kind="money")


_PAYS: Final = re.compile(r"关税|税率|征税|税|tariff|duty|duties|levy|levies")
_RELIEF: Final = 12


def _percentage(
    low: str, found: Quantity, cues: dict[str, int], before: str, behind: str, start: int
) -> Quantity:
    tariff, change, share = cues.get("tariff"), cues.get("change"), cues.get("share")
    is_level = bool(_TO.search(before) or _THEN_TO.match(behind))
    is_part = _PART_OF.match(behind) and not _PAYS.search(behind[:_RELIEF])
    if tariff is not None and not is_part and _is_tariff(before, behind, tariff, change, is_level):
        return replace(found, kind="tariff_rate")
    is_rate = is_level and share is None or _RATE_OF.search(before)
    if is_rate and not is_part and _PAYS.search(low, start, found.start):
        return replace(found, kind="tariff_rate")
    if _MOVED_BY.search(before) or _MOVE_BEHIND.match(behind):
        return _change(found, before, behind)
    moves = change is not None and (share is None or change <= share) and not is_level
    if moves and ((change or 0) <= _RELIEF or _LIMITED.search(before)):
        return _change(found, before, behind)
    return replace(found, kind="share")


def _is_tariff(before: str, behind: str, tariff: int, change: int | None, is_level: bool) -> bool:
    near = bool(_PAYS.search(behind[:24])) or bool(_PAYS.search(before)) or is_level
    return near and (change is None or is_level or tariff <= change + _RELIEF)


def _is_cut(before: str) -> bool:
    return bool(_MOVED_BY.search(before) and _CUT_BY.search(before))


def _change(found: Quantity, before: str, behind: str) -> Quantity:
    """The value as a change; a fall is a negative one."""
    made = replace(found, kind="change")
    falls = _LIMITED.search(before) or _FALLS.search(before) or _is_cut(before)
    if not (falls or _FALL_BEHIND.match(behind)):
        return made
    value, low, high = (None if one is None else -one for one in (made.value, made.low, made.high))
    if high is not None:
        low, high = high, low
    return replace(made, value=value, low=low, high=high)
