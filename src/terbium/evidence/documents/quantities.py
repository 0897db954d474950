"""Numbers with their units: amounts, shares, ranges, multiples, counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from terbium.evidence.documents.amounts import Amount, amount_at, scale_of
from terbium.evidence.documents.counts import english_count, is_no_count, looks_like_a_year
from terbium.evidence.documents.forms import FORMS
from terbium.evidence.documents.lexicon import alternation, rows_of
from terbium.evidence.documents.numerals import CHINESE_DIGITS, CHINESE_SCALES, number
from terbium.evidence.documents.quantity import Quantity
from terbium.evidence.documents.units import Unit, unit_before, unit_behind
from terbium.evidence.methods import method

_ANCHOR: Final = re.compile(
    r"\d|[一二三四五六七八九十百千万亿两]|[几数上](?=[十百千万亿])"
    r"|\b(?:a (?=dozen|hundred|thousand|million|billion|trillion|half|third"
    r"|quarter|fifth|sixth|tenth)|one|two|three"
    r"|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety)\b"
)
_JOIN: Final = re.compile(r" ?(?:-|~|至|到|或|to|and|or) ?")
_MILLION: Final = 10**6


def quantities(low: str, spans: list[tuple[int, int]]) -> Iterator[Quantity]:
    """Numeric expressions of folded text inside ``spans``, from left to right.

    Parameters
    ----------
    low
        Folded text.
    spans
        Sentences ``[start, end)``; no expression crosses their ends.
    """
    for start, end in spans:
        at = start
        while found := _ANCHOR.search(low, at, end):
            at = found.end()
            if _is_inside_a_name(low, found.start()):
                # the rest of the name too: F-35, B200, Q4
                at = _end_of_name(low, at, end)
                continue
            skipped = _idioms().match(low, max(start, found.start() - 0), end)
            if skipped:
                at = skipped.end()
                continue
            quantity = _at(low, found.start(), start, end)
            if quantity is not None:
                yield quantity
                at = max(at, quantity.end)
            else:
                at = max(at, _past_digits(low, found.start(), end))


def _past_digits(low: str, at: int, end: int) -> int:
    found = _DIGITS.match(low, at, end)
    return found.end() if found else at + 1


_DIGITS: Final = re.compile(r"[\d.,]*\d|[一二三四五六七八九十百千万亿两]+|[a-z-]+")
_NUMBERED_NAME: Final = re.compile(
    r"(?:\b(?:section|sections|title|article|chapter|rule|no\.|annex|appendix"
    r"|figure|table|page|boeing"
    r"|airbus|hs|code|resolution|phase|part|order|bill|h\.r\.|episode|volume"
    r"|issue|nvidia rtx|model)"
    r"|第|号令|条款|法案|编号|代码|税号)[ -]?\Z"
)
_NAME: Final = re.compile(r"[a-z0-9/_.-]*")


def _end_of_name(low: str, at: int, end: int) -> int:
    found = _NAME.match(low, at, end)
    return max(at, found.end() if found else at)


def _is_inside_a_name(low: str, at: int) -> bool:
    """``F-35``, ``H20``, ``B200`` and ``US$``-less letters before a digit are names."""
    if _NUMBERED_NAME.search(low[max(0, at - 14) : at]):
        return True
    if not low[at].isdigit() or not low[at].isascii():
        return False
    before = low[at - 1 : at]
    if before == "-":
        return low[at - 2 : at - 1].isascii() and low[at - 2 : at - 1].isalpha()
    if before in ("_", "#", "/", "@", "=") or (before == "." and low[at - 2 : at - 1].isalnum()):
        return True
    is_letter = before.isascii() and before.isalpha()
    return is_letter and unit_before(low, at) is None


@cache
def _idioms() -> re.Pattern[str]:
    terms = [row["term"] for row in rows_of("idioms") if row["class"] == "not_a_number"]
    return re.compile(alternation(terms))


def _at(low: str, at: int, begin: int, end: int) -> Quantity | None:
    """The expression at an anchor, by the first grammar that fits."""
    for pattern, build in FORMS:
        found = pattern.match(low, at, end)
        if found:
            quantity = build(found)
            if quantity is not None:
                return quantity
    first = amount_at(low, at, end)
    return None if first is None else _measured(low, first, begin, end)


def _measured(low: str, first: Amount, begin: int, end: int) -> Quantity | None:
    """A number, perhaps the first of a range, with its unit before or behind."""
    sign = unit_before(low, first.start)
    if sign is not None and sign[0] < begin:
        sign = None
    if _is_letter_scale(first, low) and sign is None:
        first = replace(first, end=first.end - 1, low=number(first.text) or 0.0)
        first = replace(first, high=first.low)
    unit = unit_behind(low, first.end)
    both = _range(low, first, unit, end)
    if both is not None:
        first, unit = both
    start = first.start
    if sign is not None and (unit is None or unit.kind in ("money", "name", "mass", "measure")):
        same = unit is not None and unit.kind == "money"
        start = sign[0]
        unit = replace(sign[1], end=unit.end if same and unit is not None else first.end)
        unit = replace(unit, unit=sign[1].unit)
    if unit is None or unit.end > end:
        return _bare(low, first, end)
    return _built(low, first, unit, start, end)


def _is_letter_scale(first: Amount, low: str) -> bool:
    return low[first.end - 1] in "mbkt" and low[first.end - 2].isdigit()


def _range(low: str, first: Amount, unit: Unit | None, end: int) -> tuple[Amount, Unit] | None:
    join = _JOIN.match(low, unit.end if unit else first.end, end)
    if not join:
        return None
    word = join.group().strip()
    if word in ("and", "or", "或") and unit is not None:
        return None
    if word == "and" and "between " not in low[max(0, first.start - 12) : first.start]:
        return None
    if word in ("到", "至", "to") and _names_a_fall(low, first.start):
        return None
    at = join.end()
    while low[at : at + 1] in ("$", "€", "£", "¥"):
        at += 1
    second = amount_at(low, at, end)
    if unit is None and looks_like_a_year(first):
        return None
    if second is None or not second.is_single or not first.is_single:
        return None
    behind = unit_behind(low, second.end)
    if behind is None and at == join.end():
        return None
    if behind is not None and unit is not None and behind.unit != unit.unit:
        return None
    low_value = first.low
    most = method("claims/most_before_scale")
    if not first.has_scale and unit is None and second.has_scale and low_value < most:
        low_value = round(low_value * scale_of(second), 6)
    if low_value >= second.low:
        return None
    both = replace(first, end=second.end, low=low_value, high=second.low)
    return both, behind or Unit(second.end, "money", 1.0, "USD", "$")


_FROM: Final = re.compile(r"(?:从|由|自|from) ?\Z")


def _names_a_fall(low: str, start: int) -> bool:
    """From one value to another is a change over time and no range."""
    return bool(_FROM.search(low[max(0, start - 6) : start]))


_HUNDREDTHS: Final = re.compile(
    r"(?P<d>[一二三四五六七八九半])(?![一二三四五六七八九十百千万亿个年月日家种])"
)
_MORE_BEHIND: Final = re.compile(r"多(?!边|国|家|次|种|元)")


def _built(low: str, first: Amount, unit: Unit, start: int, end: int) -> Quantity | None:
    if unit.kind == "name":
        return None
    low_value, high_value = first.low * unit.factor, first.high * unit.factor
    qualifier, stop = first.qualifier, unit.end
    if unit.kind == "time":
        more = _MORE_BEHIND.match(low, stop, end)
        if more:
            qualifier, stop = "more_than", more.end()
    if unit.kind in ("measure", "time") and is_no_count(low, first, unit, end):
        return None
    kind = {"measure": "count", "tenth": "percent"}.get(unit.kind, unit.kind)
    if unit.kind == "multiple" and unit.term == "倍" and low_value == high_value == 1:
        return Quantity(start, stop, "change", 1.0, unit="fraction", qualifier=qualifier)
    half = _HUNDREDTHS.match(low, stop, end) if unit.kind == "tenth" else None
    if half and low_value == high_value:
        digit = 5 if half["d"] == "半" else CHINESE_DIGITS[half["d"]]
        low_value = high_value = low_value + digit * unit.factor**2
        stop = half.end()
    made = Quantity(start, stop, kind, unit=unit.unit, qualifier=qualifier)
    low_value, high_value = round(low_value, 12), round(high_value, 12)
    if low_value == high_value:
        return replace(made, value=low_value)
    if high_value == 0:
        return replace(made, low=low_value, word=first.text)
    return replace(made, low=low_value, high=high_value)


def _bare(low: str, first: Amount, end: int) -> Quantity | None:
    """A number without a unit: things counted in English, or a large one in Chinese."""
    after = low[first.end : first.end + 1]
    if first.text.isascii() and after in (" ", "-"):
        counted = english_count(low, first, end)
        if counted is not None:
            return counted
    if first.text.isascii() and first.is_single and first.low >= _MILLION:
        return Quantity(first.start, first.end, "count", first.low, unit="count")
    large = first.has_scale and not first.text.isascii() or low[first.end - 1] in "万亿"
    if large and first.low >= CHINESE_SCALES["万"] and not first.text.isascii():
        return None
    if large and first.is_single:
        stop = first.end
        return Quantity(
            first.start, stop, "count", first.low, unit="count", qualifier=first.qualifier
        )
    return None
