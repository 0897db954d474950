"""Figures in free text: purity, strength, density, energy, sizes, and shares of value."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from terbium.base.units import convert
from terbium.policy.truth import Range

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_NUMBER = rf"(?P<number>{_DIGITS})"
_LEAST = (
    r">=|≥|at least|not less than|no less than|min(?:imum|\.)?(?= )"
    r"|不低于|不少于|不小于|至少|大于等于"
)
_MORE = r">|over|above|more than|exceeding|greater than|大于|超过|高于"
_MOST = (
    r"<=|≤|at most|up to|not more than|no more than|max(?:imum|\.)?(?= )"
    r"|不超过|不高于|不大于|至多|小于等于"
)
_LESS = r"<|below|less than|under|smaller than|小于|低于|不足|少于"
_BEFORE = rf"(?:(?P<least>{_LEAST})|(?P<most>{_MOST})|(?P<more>{_MORE})|(?P<less>{_LESS}))?\s*"
_AFTER = (
    r"(?:\s*(?:(?P<or_more>or more|and above|or above|minimum|min\b|\+(?!\s*\d)|以上|及以上)"
    r"|(?P<or_less>or less|and below|or below|maximum|max\b|以下|及以下)))?"
)
_PERCENT = r"\s*(?:%|percent|per cent|pct|wt\.?\s*%|％)"
_CHINESE_PERCENT = re.compile(r"百分之\s*(\d+(?:\.\d+)?)")
_BY_MASS = re.compile(r"(?<=\d)\s*(?:wt|mass|at|重量|质量)\.?\s*-?%", re.IGNORECASE)
_PPM = re.compile(r"(\d+(?:\.\d+)?)\s*ppm\b", re.IGNORECASE)
_PPM_IN_A_PERCENT = 10_000
# "Al-2Sc" is a master alloy with 2 % scandium
_MASTER = re.compile(r"\b([A-Z][a-z]?)-(\d+(?:\.\d+)?)([A-Z][a-z]?)\b")
# "Dy4.5%" is a symbol with its share
_TIED = re.compile(r"\b([A-Z][a-z]?)(\d+(?:\.\d+)?)(?=\s*%)")

# a unit as people write it -> its name
_UNITS: tuple[tuple[str, str], ...] = (
    ("g_cm3", r"g\s*(?:/|per)\s*(?:cm3|cm\^3|cc|ml)|克/立方厘米|克每立方厘米"),
    (
        "wh_kg",
        r"(?:wh|watt-?hours?)\s*(?:/|per)\s*(?:kg|kilogram|公斤)|瓦时/(?:千克|公斤)|瓦时每千克",
    ),
    ("mah_g", r"mah\s*(?:/|per)\s*g\b|毫安时/克"),
    ("mpa", r"mpa|兆帕"),
    ("um", r"um\b|µm|microns?|micromet(?:er|re)s?|微米"),
    ("m3_day", r"m3\s*/\s*(?:day|d)|立方米/(?:天|日)"),
)
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS)
_FIGURE = re.compile(rf"{_BEFORE}{_NUMBER}\s*(?:{_UNIT}){_AFTER}", re.IGNORECASE)
# what a unit measures: the first whose words stand near it, if it asks for words
_MEANT: dict[str, tuple[tuple[str, str], ...]] = {
    "g_cm3": (
        ("compaction_density_g_cm3", r"compact|压实"),
        ("tap_density_g_cm3", r"\btap\b|振实"),
        ("density_g_cm3", ""),
    ),
    "wh_kg": (("energy_density_wh_kg", ""),),
    "mah_g": (("capacity_mah_g", ""),),
    "mpa": (
        ("tensile_strength_mpa", r"tensile|\buts\b|抗拉"),
        ("elastic_limit_mpa", r"elastic|yield|弹性|屈服"),
        ("flexural_strength_mpa", ""),
    ),
    "um": (("size_um", ""),),
    "m3_day": (("flow_m3_day", ""),),
}
_PERCENTS = re.compile(rf"{_BEFORE}{_NUMBER}{_PERCENT}{_AFTER}", re.IGNORECASE)
_PURITY = (
    re.compile(
        rf"(?:purity|pure|assay|纯度|品位)(?:\s*(?:of|is|:|=|为|是))?\s*"
        rf"{_BEFORE}{_NUMBER}{_PERCENT}{_AFTER}",
        re.IGNORECASE,
    ),
    re.compile(rf"{_BEFORE}{_NUMBER}{_PERCENT}\s*(?:pure\b|purity|纯)", re.IGNORECASE),
)
# 4N5 is 99.995 %: nines, then the digit that follows them
_NINES = re.compile(r"(?<![A-Za-z0-9.])([2-9])N([1-9])?(?![A-Za-z0-9])")
_DIGIT = re.compile(r"\d")
_OF_VALUE = re.compile(r"\bvalue\b|de minimis|价值|價值", re.IGNORECASE)
# how far from a figure the word that qualifies it may stand [signs]
_NEAR = 40
_CLAUSE = re.compile(r"[,;，；。、]")


@dataclass(frozen=True)
class Figure:
    """A figure with its place in the text."""

    name: str
    value: Range
    start: int
    end: int


def figures_of(text: str) -> list[Figure]:
    """Figures with a unit, and purities that are named so, in a tidy text."""
    found = []
    for match in _FIGURE.finditer(text):
        unit = next(name for name, _ in _UNITS if match.group(name))
        beside = _beside(text, match)
        name = next(
            name
            for name, near in _MEANT[unit]
            if not near or re.search(near, beside, re.IGNORECASE)
        )
        found.append(Figure(name, range_of(match), match.start(), match.end()))
    found.extend(_purities(text))
    return found


def _purities(text: str) -> Iterable[Figure]:
    for match in _NINES.finditer(text):
        digits = "9" * int(match.group(1)) + (match.group(2) or "")
        value = float(f"{digits[:2]}.{digits[2:] or 0}")
        yield Figure("purity_pct", Range(value), match.start(), match.end())
    for pattern in _PURITY:
        for match in pattern.finditer(text):
            yield Figure("purity_pct", range_of(match), match.start(), match.end())


def percents_of(text: str) -> list[Figure]:
    """Every percentage of a tidy text, in per cent."""
    return [
        Figure("percent", range_of(match), match.start(), match.end())
        for match in _PERCENTS.finditer(text)
    ]


def value_shares_of(text: str) -> list[Figure]:
    """Percentages that are said to be shares of value."""
    percents = percents_of(text)
    found = []
    for number, figure in enumerate(percents):
        after = percents[number + 1].start if number + 1 < len(percents) else len(text)
        before = percents[number - 1].end if number else 0
        right = _CLAUSE.split(text[figure.end : after])[0][:_NEAR]
        left = _CLAUSE.split(text[before : figure.start])[-1][-_NEAR:]
        if _OF_VALUE.search(f"{left}|{right}"):
            share = figure.value.times(convert(1.0, "%", "1"))
            found.append(Figure("value_share", share, figure.start, figure.end))
    return found


def plain_percents(text: str) -> str:
    """Write shares in one way: ``4.5 wt%``, ``300 ppm``, ``百分之五`` as per cent."""
    text = _CHINESE_PERCENT.sub(r"\1%", text)
    text = _BY_MASS.sub("%", text)
    text = _PPM.sub(lambda found: f"{float(found[1]) / _PPM_IN_A_PERCENT:g}%", text)
    text = _MASTER.sub(r"\1-\3 \2%", text)
    return _TIED.sub(r"\1 \2", text)


def without(text: str, figures: Iterable[Figure]) -> str:
    """The text with figures blanked out, every other sign in its place."""
    for figure in figures:
        text = text[: figure.start] + " " * (figure.end - figure.start) + text[figure.end :]
    return text


def range_of(match: re.Match[str]) -> Range:
    """The range that a number and the words at its sides say."""
    said = {name for name, text in match.groupdict().items() if text}
    value = number_of(match.group("number"))
    if "more" in said:
        return Range.more_than(value)
    if "less" in said:
        return Range.less_than(value)
    if said & {"least", "or_more"}:
        return Range(low=value)
    if said & {"most", "or_less"}:
        return Range(high=value)
    return Range.exactly(value)


def number_of(digits: str) -> float:
    """A number as people write it: ``5,000`` is five thousand, ``0,1`` a tenth."""
    whole, comma, rest = digits.partition(",")
    if comma and "," not in rest and (len(rest.partition(".")[0]) != len("000") or whole == "0"):
        return float(f"{whole}.{rest}")
    return float(digits.replace(",", ""))


def _beside(text: str, match: re.Match[str]) -> str:
    """What stands before a figure, from the last other figure on, or right behind it."""
    before = text[max(0, match.start() - _NEAR) : match.start()]
    last = max((found.end() for found in _DIGIT.finditer(before)), default=0)
    after = _DIGIT.split(text[match.end() : match.end() + _NEAR])[0]
    return before[last:] + _CLAUSE.split(after)[0]
