"""Forms that say a value without a unit behind it: fractions, ranks, shares told by heads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from terbium.evidence.documents.numerals import CHINESE, DECIMAL, ENGLISH, ORDINAL_WORDS, number
from terbium.evidence.documents.quantity import Quantity

_PER_HUNDRED: Final = re.compile(rf"百分之(?P<num>{DECIMAL}|{CHINESE})(?P<more>多|余|几)?")
_PARTS: Final = re.compile(rf"(?P<den>{DECIMAL}|{CHINESE})分之(?P<num>{DECIMAL}|{CHINESE})")
_EACH: Final = re.compile(
    rf"每(?P<den>{DECIMAL}|{CHINESE})[^，。；！？\d]{{1,8}}?[就便中里]+有?(?P<num>{DECIMAL}"
    rf"|{CHINESE})"
    r"[个名家人辆台位成]?"
)
_OUT_OF: Final = re.compile(
    rf"(?P<num>{DECIMAL}|{ENGLISH}) (?:in|out of) (?:every )?(?P<den>{DECIMAL}|{ENGLISH})\b(?! ?%)"
)
_FRACTION: Final = re.compile(
    r"(?:(?P<num>one|two|three|four|five|a)[ -])(?P<den>half|thirds?|quarters?|fourths?|fifths?"
    r"|sixths?|eighths?|ninths?|tenths?)\b(?! (?:round|meeting|phase|year"
    r"|quarter|party|country|of (?:20|19)\d\d))"
)
_BY: Final = re.compile(r"(?<= by )(?:about |nearly |almost |over |roughly )?\Z")
_DENOMINATORS: Final = {
    **{"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8},
    **{"ninth": 9, "tenth": 10},
}
_AND_A_HALF: Final = re.compile(rf"(?P<num>{DECIMAL}|{CHINESE})个半(?P<unit>月|小时|世纪)")
_YEARS_MONTHS: Final = re.compile(rf"(?P<y>{DECIMAL}|{CHINESE})年零?(?P<m>{DECIMAL}|{CHINESE})个月")
_RANK: Final = re.compile(
    r"(?:第(?P<num>\d{1,3}|[一二三四五六七八九十两]{1,3})|(?P<first>首))"
    r"(?P<what>轮|阶段|个年头|大(?!道|街|学))"
)
_RANK_PLACE: Final = re.compile(
    r"(?:(?:位居|位列|排名|居|排在|名列|高居|居于|列)[^，。；\d]{0,6}?|世界|全球|全国|亚洲|欧洲)"
    r"(?P<rank>第[一二三四五六七八九十\d]{1,3})(?![次个家座款届条批轮大\d])"
)
_EN_RANK: Final = re.compile(
    rf"\b(?P<word>{'|'.join(ORDINAL_WORDS)}|\d{{1,2}}(?:st|nd|rd|th)) (?:"
    r"(?P<time>(?:straight |consecutive |successive )(?:year|quarter|month"
    r"|week)|year(?= of|[.,;]| in a row))"
    r"|(?:[a-z-]{3,20} ){0,2}(?:round|phase|tranche|meeting|stage|batch)s?\b(?! in\b| since| for))"
)


def _percent(found: re.Match[str]) -> Quantity | None:
    value = number(found["num"])
    if value is None:
        return None
    share = round(value / 100, 12)
    qualifier = "more_than" if found["more"] else ""
    return Quantity(*found.span(), "percent", share, unit="fraction", qualifier=qualifier)


def _fraction(found: re.Match[str]) -> Quantity | None:
    top = 1.0 if found["num"] == "a" else number(found["num"])
    bottom = number(found["den"])
    return _ratio(found, top, bottom)


def _english_fraction(found: re.Match[str]) -> Quantity | None:
    if found["num"] == "a":
        whole = found.string
        is_part = whole.startswith(" of", found.end()) or _BY.search(whole, 0, found.start())
        if not is_part or found["den"] == "half":
            return None
    if found["num"] == "two" and found["den"] == "quarters":
        return None
    top = 1.0 if found["num"] == "a" else number(found["num"])
    return _ratio(found, top, float(_DENOMINATORS[found["den"].rstrip("s")]))


def _ratio(found: re.Match[str], top: float | None, bottom: float | None) -> Quantity | None:
    if not top or not bottom or top >= bottom:
        return None
    return Quantity(*found.span(), "percent", round(top / bottom, 12), unit="fraction")


def _years_months(found: re.Match[str]) -> Quantity | None:
    years, months = number(found["y"]), number(found["m"])
    if years is None or months is None or years > 200:
        return None
    return Quantity(*found.span(), "time", 12 * years + months, unit="months")


_HALVES: Final = {"月": (1, "months"), "小时": (1, "hours"), "世纪": (100, "years")}


def _and_a_half(found: re.Match[str]) -> Quantity | None:
    value = number(found["num"])
    factor, unit = _HALVES[found["unit"]]
    if value is None:
        return None
    return Quantity(*found.span(), "time", (value + 0.5) * factor, unit=unit)


FORMS: Final = (
    (_PER_HUNDRED, _percent),
    (_PARTS, _fraction),
    (_OUT_OF, _fraction),
    (_FRACTION, _english_fraction),
    (_YEARS_MONTHS, _years_months),
    (_AND_A_HALF, _and_a_half),
)


def ranks(low: str, start: int, end: int) -> Iterator[Quantity]:
    """Ordinals that are claims: rounds, stages, places in a ranking."""
    for found in _RANK.finditer(low, start, end):
        value = 1.0 if found["first"] else number(found["num"])
        if value is None or (found["what"] == "大" and value < 2):
            continue
        if found["first"] and found["what"] not in ("轮", "阶段"):
            continue
        unit = "years" if found["what"] == "个年头" else "rank"
        yield Quantity(*found.span(), "rank", value, unit=unit)
    for found in _RANK_PLACE.finditer(low, start, end):
        value = number(found["rank"][1:])
        if value is not None:
            yield Quantity(*found.span("rank"), "rank", value, unit="rank")


def english_ranks(low: str, start: int, end: int) -> Iterator[Quantity]:
    """``the fifth round of talks``, ``its third consecutive year``."""
    for found in _EN_RANK.finditer(low, start, end):
        word = found["word"]
        value = float(ORDINAL_WORDS.get(word, 0) or re.sub(r"\D", "", word) or 0)
        if found["time"]:
            yield Quantity(found.start("word"), found.end("time"), "rank", value, unit="years")
        else:
            yield Quantity(*found.span("word"), "rank", value, unit="rank")


def shares_of_parts(low: str, start: int, end: int) -> Iterator[Quantity]:
    """``每10个农场主就有1个``: a share told by heads."""
    for found in _EACH.finditer(low, start, end):
        quantity = _fraction(found)
        if quantity is not None:
            yield quantity
