"""Numbers with their units: amounts, shares, ranges, fractions, multiples, counts, ranks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from terbium.evidence.documents.lexicon import alternation, rows_of
from terbium.evidence.documents.numerals import (
    CHINESE,
    CHINESE_DIGITS,
    CHINESE_SCALES,
    CHINESE_TENS,
    DECIMAL,
    ENGLISH,
    ENGLISH_SCALES,
    ORDINAL_WORDS,
    chinese,
    chinese_pair,
    number,
)
from terbium.evidence.documents.quantity import Quantity
from terbium.evidence.documents.units import Unit, unit_before, unit_behind

_SCALE: Final = r"[十百千]?万亿|[十百千]?(?:亿|万|兆(?![瓦赫帕]))|[百千](?![克米瓦分兆])"
_NUMBER: Final = re.compile(
    rf"(?P<vague>[几数上])(?P<tens>[十百千万亿]{{1,3}})(?P<vmore>多|余)?"
    rf"|(?P<num>{DECIMAL}|{CHINESE}|{ENGLISH})(?P<half>半(?=[年月天倍成]))?(?P<more>多|余|来|几)?"
    rf"(?P<scale>{_SCALE}| ?(?:hundred|thousand|million|billion|trillion|bn|mn|tn|mln|bln)\b"
    r"|[mbkt](?![a-z]))?(?P<late>多|余|\+)?"
)
_ANCHOR: Final = re.compile(
    r"\d|[一二三四五六七八九十百千万亿两]|[几数上](?=[十百千万亿])"
    r"|\b(?:a (?=dozen|half|third|quarter|fifth|sixth|tenth)|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety)\b"
)
_JOIN: Final = re.compile(r" ?(?:-|~|至|到|或|to|and|or) ?")
_PER_HUNDRED: Final = re.compile(rf"百分之(?P<num>{DECIMAL}|{CHINESE})(?P<more>多|余|几)?")
_PARTS: Final = re.compile(rf"(?P<den>{DECIMAL}|{CHINESE})分之(?P<num>{DECIMAL}|{CHINESE})")
_EACH: Final = re.compile(
    rf"每(?P<den>{DECIMAL}|{CHINESE})[^，。；！？\d]{{1,8}}?[就便中里]+有?(?P<num>{DECIMAL}|{CHINESE})"
    r"[个名家人辆台位成]?"
)
_OUT_OF: Final = re.compile(
    rf"(?P<num>{DECIMAL}|{ENGLISH}) (?:in|out of) (?:every )?(?P<den>{DECIMAL}|{ENGLISH})\b(?! ?%)"
)
_FRACTION: Final = re.compile(
    r"(?:(?P<num>one|two|three|four|five|a)[ -])(?P<den>half|thirds?|quarters?|fourths?|fifths?"
    r"|sixths?|eighths?|ninths?|tenths?)\b(?! (?:round|meeting|phase|year|quarter|party|country|of (?:20|19)\d\d))"
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
    r"(?P<what>轮|阶段|个年头|大(?!道|街|学)|位(?!数)|名(?=[，。；、的]))"
)
_RANK_PLACE: Final = re.compile(
    r"(?:位居|位列|排名|居|排在|名列|高居|居于|列)[^，。；\d]{0,6}?(?P<rank>第[一二三四五六七八九十\d]{1,3})"
)
_EN_RANK: Final = re.compile(
    rf"\b(?P<word>{'|'.join(ORDINAL_WORDS)}|\d{{1,2}}(?:st|nd|rd|th)) (?:"
    r"(?P<time>(?:straight |consecutive |successive )(?:year|quarter|month|week)|year(?= of|[.,;]| in a row))"
    r"|(?:[a-z-]{3,20} ){0,2}(?:round|phase|tranche|meeting|stage|batch)s?\b(?! in\b| since| for))"
)
_NOUN: Final = re.compile(
    r"(?:[ -](?!(?:of|in|and|or|to|the|a|at|as|by|for|on|is|are|was|were|has|have|had|per|but|than"
    r"|that|which|who|with|from|its|their|when|if|it|he|she|they|we|will|would|could|can|may)\b)"
    r"[a-z][a-z'-]{1,20}){1,3}"
)
_NO_PLURAL: Final = re.compile(r"(?:ss|us|is|'s|ous)$")
_UPPER_RATE: Final = 3000


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    low: float
    high: float
    qualifier: str
    has_scale: bool
    text: str

    @property
    def is_single(self) -> bool:
        return self.low == self.high


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
    r"(?:\b(?:section|sections|title|article|chapter|rule|no\.|annex|appendix|figure|table|page|boeing"
    r"|airbus|hs|code|resolution|phase|part|order|bill|h\.r\.|episode|volume|issue|nvidia rtx|model)"
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
    for pattern, build in _FORMS:
        found = pattern.match(low, at, end)
        if found:
            quantity = build(found)
            if quantity is not None:
                return quantity
    first = _number(low, at, end)
    return None if first is None else _measured(low, first, begin, end)


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


_FORMS: Final = (
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


def _number(low: str, at: int, end: int) -> _Number | None:
    found = _NUMBER.match(low, at, end)
    if not found:
        return None
    if found["vague"]:
        return _vague(found)
    text, scale = found["num"], _scale(found["scale"])
    pair = chinese_pair(text) if not text.isascii() else None
    value = number(text)
    if pair is None and value is None:
        return None
    low_value, high_value = pair or (value or 0.0, value or 0.0)
    if found["half"]:
        low_value, high_value = low_value + 0.5, high_value + 0.5
    qualifier = "more_than" if found["more"] or found["late"] else ""
    qualifier = "about" if found["more"] == "来" or pair else qualifier
    scaled = (round(low_value * scale, 6), round(high_value * scale, 6))
    if pair:
        qualifier = ""
    return _Number(
        found.start(), found.end(), *scaled, qualifier, scale > 1 or _has_scale(text), text
    )


def _has_scale(text: str) -> bool:
    return any(char in CHINESE_SCALES for char in text) or "," in text


def _vague(found: re.Match[str]) -> _Number | None:
    tens = chinese(found["tens"])
    if tens is None:
        return None
    if found["vague"] == "上":
        return _Number(*found.span(), tens, tens, "at_least", True, found.group())
    # a few tens are two tens or more
    return _Number(*found.span(), 2 * tens, 0.0, "at_least", True, found.group())


def _scale(text: str | None) -> float:
    if not text:
        return 1.0
    word = text.strip()
    if word in ENGLISH_SCALES:
        return float(ENGLISH_SCALES[word])
    value = 1.0
    for char in word:
        value *= CHINESE_TENS.get(char) or CHINESE_SCALES[char]
    return value


def _measured(low: str, first: _Number, begin: int, end: int) -> Quantity | None:
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


def _is_letter_scale(first: _Number, low: str) -> bool:
    return low[first.end - 1] in "mbkt" and low[first.end - 2].isdigit()


def _range(low: str, first: _Number, unit: Unit | None, end: int) -> tuple[_Number, Unit] | None:
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
    second = _number(low, at, end)
    if second is None or not second.is_single or not first.is_single:
        return None
    behind = unit_behind(low, second.end)
    if behind is None and at == join.end():
        return None
    if behind is not None and unit is not None and behind.unit != unit.unit:
        return None
    low_value = first.low
    if not first.has_scale and unit is None and second.has_scale and low_value < _UPPER_RATE:
        low_value = round(low_value * _scale_of(second), 6)
    if low_value >= second.low:
        return None
    both = replace(first, end=second.end, low=low_value, high=second.low)
    return both, behind or Unit(second.end, "money", 1.0, "USD", "$")


def _scale_of(one: _Number) -> float:
    bare = number(one.text)
    return one.low / bare if bare else 1.0


_FROM: Final = re.compile(r"(?:从|由|自|from) ?\Z")


def _names_a_fall(low: str, start: int) -> bool:
    """From one value to another is a change over time and no range."""
    return bool(_FROM.search(low[max(0, start - 6) : start]))


_HUNDREDTHS: Final = re.compile(r"(?P<d>[一二三四五六七八九半])(?![一二三四五六七八九十百千万亿个年月日家种])")
_MORE_BEHIND: Final = re.compile(r"多(?!边|国|家|次|种|元)")


def _built(low: str, first: _Number, unit: Unit, start: int, end: int) -> Quantity | None:
    if unit.kind == "name":
        return None
    low_value, high_value = first.low * unit.factor, first.high * unit.factor
    qualifier, stop = first.qualifier, unit.end
    if unit.kind == "time":
        more = _MORE_BEHIND.match(low, stop, end)
        if more:
            qualifier, stop = "more_than", more.end()
    if unit.kind in ("measure", "time") and _is_no_count(low, first, unit, end):
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


_DEFINITE: Final = re.compile(r"[这那该其每某另哪首前后]\Z")
_PAIRED: Final = re.compile(r"两[个]?(?:国|种|者|岸|手|方|会|地|党|性|极|军|端|头|难|次三番|位数)")
_MANY_LANDS: Final = re.compile(r"(?:东南亚|中亚|南美|非洲|欧洲|亚洲|拉美|北欧|中东|海湾|东盟|南亚)\Z")
_ONE: Final = frozenset(["一", "1", "one"])
_ONCE_TIME: Final = re.compile(
    r"一(?:年(?!级|度|一)|个(?:月|世纪|季度|小时|星期)|周(?!年)|天(?![天然生赋])|小时)"
)
_EN_ONE_TIME: Final = re.compile(r"one[ -](?:year|month|week|day|decade|century|hour|quarter)\b")


def _is_no_count(low: str, first: _Number, unit: Unit, end: int) -> bool:
    """Articles, demonstratives and pairs that count nothing."""
    if first.start > 0 and low[first.start - 1] == "第":
        return True
    if first.text in _ONE and first.is_single:
        if unit.kind != "time":
            return True
        here = low[first.start : first.start + 8]
        if first.text == "一" and not _ONCE_TIME.match(here):
            return True
    if unit.kind == "time" and unit.unit == "days" and unit.term == "日" and first.text.isdigit():
        return True
    if _PAIRED.match(low, first.start, end):
        return not _MANY_LANDS.search(low[max(0, first.start - 4) : first.start])
    definite = _DEFINITE.search(low[max(0, first.start - 1) : first.start])
    return (
        bool(definite)
        and definite is not None
        and definite.group() in "这那该某另哪其"
        and (first.low == CHINESE_DIGITS["两"] and unit.kind == "measure")
    )


def _bare(low: str, first: _Number, end: int) -> Quantity | None:
    """A number without a unit: things counted in English, or a large one in Chinese."""
    after = low[first.end : first.end + 1]
    if first.text.isascii() and after in (" ", "-"):
        return _english_count(low, first, end)
    large = first.has_scale and not first.text.isascii() or low[first.end - 1] in "万亿"
    if large and first.low >= CHINESE_SCALES["万"] and not first.text.isascii():
        return None
    if large and first.is_single:
        stop = first.end
        return Quantity(
            first.start, stop, "count", first.low, unit="count", qualifier=first.qualifier
        )
    return None


@cache
def _uncounted() -> frozenset[str]:
    return frozenset(row["term"] for row in rows_of("idioms") if row["class"] == "uncounted")


@cache
def _plurals() -> frozenset[str]:
    return frozenset(row["term"] for row in rows_of("idioms") if row["class"] == "plural")


def _english_count(low: str, first: _Number, end: int) -> Quantity | None:
    if first.text in _ONE or first.low < 2 or _looks_like_a_year(first):
        return None
    nouns = _NOUN.match(low, first.end, end)
    if not nouns:
        return None
    for word in re.findall(r"[a-z][a-z'-]*", nouns.group()):
        is_plural = word.endswith("s") and not _NO_PLURAL.search(word)
        if is_plural or word in _plurals():
            if word in _uncounted() and first.low == 2:
                return None
            return Quantity(
                first.start, first.end, "count", first.low, unit="count", qualifier=first.qualifier
            )
    return None


def _looks_like_a_year(first: _Number) -> bool:
    return first.text.isdigit() and len(first.text) == 4 and first.text[:2] in ("19", "20")
