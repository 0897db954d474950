"""Values told by words without a digit: "decades", "nearly all", 减半, 三位数."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from terbium.evidence.documents.lexicon import Hit, alternation, rows_of
from terbium.evidence.documents.quantity import Quantity

_WIDE: Final = 60


@cache
def _cue(name: str) -> re.Pattern[str]:
    terms = [row["term"] for row in rows_of("cues") if row["class"] == name]
    latin = [term for term in terms if term.isascii()]
    return re.compile(
        rf"{alternation(term for term in terms if not term.isascii())}"
        rf"|(?<![a-z])(?:{alternation(latin)})(?![a-z])"
    )


@cache
def _nouns() -> re.Pattern[str]:
    terms = [row["term"] for row in rows_of("materials") if row["term"].isascii()]
    return re.compile(rf"(?:{alternation(terms)})(?![a-z])")


def word_quantities(
    low: str, hits: list[Hit], spans: list[tuple[int, int]], taken: list[tuple[int, int]]
) -> Iterator[Quantity]:
    """Claims told by words.

    Parameters
    ----------
    low
        Folded text.
    hits
        Terms of the lexicon ``words``, in order.
    spans
        Sentences ``[start, end)``, in order.
    taken
        Numeric expressions already found, in order; some words count only beside or without one.
    """
    sentence, first = 0, 0
    for hit in hits:
        while sentence < len(spans) and spans[sentence][1] <= hit.start:
            sentence += 1
        if sentence == len(spans):
            return
        start, end = spans[sentence]
        if hit.start < start or hit.end > end:
            continue
        while first < len(taken) and taken[first][1] <= start:
            first += 1
        inside, at = [], first
        while at < len(taken) and taken[at][0] < end:
            inside.append(taken[at])
            at += 1
        row = hit.rows[0]
        found = _RULES[row["rule"]](low, hit, (start, end), inside)
        if found is not None:
            yield _made(row, *found)


_NUMBERS: Final = ("value", "low", "high")


def _made(row: Mapping[str, str], start: int, end: int, word: str = "") -> Quantity:
    value, low, high = (float(row[name]) if row[name] else None for name in _NUMBERS)
    unit = word or row["unit"]
    return Quantity(
        start, end, row["class"], value, low, high, unit, row["qualifier"], "", row["word"]
    )


_Where = tuple[int, int] | tuple[int, int, str] | None
_Spans = list[tuple[int, int]]


def _overlaps(hit: Hit, taken: _Spans) -> bool:
    return any(start < hit.end and hit.start < end for start, end in taken)


def _plain(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    return None if _overlaps(hit, taken) else (hit.start, hit.end)


_NO_MOST: Final = re.compile(r"[少占居]\Z|[这那]\Z")


def _most(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    if (
        _NO_MOST.search(low[max(0, hit.start - 1) : hit.start])
        or low[hit.end : hit.end + 1] in "派党席"
    ):
        return None
    end = hit.end - 3 if hit.term.endswith(" of") else hit.end
    return hit.start, end


_PLURAL: Final = re.compile(r" (?:[a-z-]+ ){0,1}?[a-z-]+[^s'\W]s(?![a-z'])")
_ADJECTIVE: Final = re.compile(
    r" (?:important|recent|advanced|likely|powerful|of all|notable|strategic|significant|valuable"
    r"|critical|obvious|serious|common|dangerous|aggressive|effective|part|sensitive|vulnerable"
    r"|expensive|ambitious|promising|efficient|severe|dominant|prominent|senior|popular|widely)"
)
_THE: Final = re.compile(r"\b(?:the|its|his|their|our|world's|country's|at|second|third) \Z|'s \Z")


def _most_noun(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    if _THE.search(low[max(0, hit.start - 10) : hit.start]) or _ADJECTIVE.match(low, hit.end):
        return None
    material = _nouns().match(low, hit.end + 1)
    if material:
        return hit.start, material.end()
    return (hit.start, hit.end) if _PLURAL.match(low, hit.end) else None


_NO_HALF: Final = re.compile(
    r"(?:first|second|other|latter|former|better|and a|last|top|one) \Z|-\Z"
)
_HALF_OF: Final = re.compile(r" (?:of|the|its|their|as|are|is|was|were|had|have)\b|,|\.| in\b")


def _half(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    before = low[max(0, hit.start - 12) : hit.start]
    if _NO_HALF.search(before) or _overlaps(hit, taken) or low[hit.end : hit.end + 1] == "-":
        return None
    if hit.term == "half" and not _HALF_OF.match(low, hit.end):
        return None
    return hit.start, hit.start + len("half")


def _twice(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    if hit.term == "twice":
        return (hit.start, hit.end) if low.startswith((" as ", " the "), hit.end) else None
    return hit.start, hit.start + len("double")


_NUMBERED: Final = re.compile(r"(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|a) \Z")


def _bare(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    if _overlaps(hit, taken) or _NUMBERED.search(low[max(0, hit.start - 6) : hit.start]):
        return None
    if hit.term.endswith(" of") and low.startswith(" dollars", hit.end):
        return None
    end = hit.end - 3 if hit.term.endswith(" of") else hit.end
    return hit.start, end


_RECENT: Final = re.compile(r"(?:最近|近|这|前|过去的?|头)\Z")


def _not_recent(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    if _RECENT.search(low[max(0, hit.start - 3) : hit.start]) or _overlaps(hit, taken):
        return None
    return hit.start, hit.end


_TAKEN: Final = re.compile(
    r"(?:takes?|took|taken|taking|lasts?|lasted|for|after|follows?|following|spend|spent|within"
    r"|requires?|needs?|wait|waited|delayed by|up to|over) \Z"
)
_OF: Final = re.compile(r" of (?!age\b)")


def _taken(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    before = low[max(0, hit.start - 12) : hit.start]
    led = _TAKEN.search(before)
    if not led or _overlaps(hit, taken):
        return None
    if led.group() == "over " or (led.group() == "after " and not _OF.match(low, hit.end)):
        return None
    return hit.start, hit.end, hit.term


_ATTRIBUTE: Final = re.compile(
    r"的|(?: [a-z]+){0,2} (?:loss|price|cost|amount of|number of|risk|changes?|impact)"
)


def _amount(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    if _ATTRIBUTE.match(low, hit.end) or _overlaps(hit, taken):
        return None
    if any(hit.end <= start <= hit.end + _WIDE // 3 for start, _ in taken):
        return None
    subject = low[max(span[0], hit.start - 2 * _WIDE) : hit.start]
    return (hit.start, hit.end) if _cue("amount").search(subject) else None


_SHARE_SIGN: Final = re.compile(r"[%成]")


def _beside_shares(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    """Only in a list that goes on from shares in per cent."""
    shares = [one for one in taken if "%" in low[one[0] : one[1]] and one[1] <= hit.start]
    near = [one for one in shares if hit.start - one[1] <= _WIDE]
    return (hit.start, hit.end) if len(near) >= 1 and len(shares) > 1 else None


def _removed(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    before = low[max(span[0], hit.start - _WIDE // 2) : hit.start]
    return (hit.start, hit.end) if _cue("removal").search(before) else None


def _rate(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    """How often something happens, if no amount in the sentence goes by the year."""
    if taken or low[hit.end : hit.end + 1] == "-":
        return None
    near = low[max(span[0], hit.start - 24) : hit.start] if hit.term.isascii() else ""
    near += low[hit.end : min(span[1], hit.end + 8)]
    return (hit.start, hit.end) if _cue("recurring").search(near) else None


_COMPARED: Final = re.compile(r" [a-z]+s than (?!half|\d|just|one|two|a |the )")
_TIMES: Final = re.compile(r"(?:times|%|percent|no|any|even|much|or|far|one|two|and|-|\d) \Z")


def _compared(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    if any(hit.end - 1 <= start <= hit.end + 4 for start, _ in taken):
        return None
    if not hit.term.isascii():
        return hit.start, hit.end
    before = low[max(0, hit.start - 8) : hit.start]
    is_compared = _COMPARED.match(low, hit.end) and not _TIMES.search(before)
    return (hit.start, hit.end) if is_compared else None


_SCOPE: Final = re.compile(
    r"(?:全球|世界|国内|中国|美国|欧洲|亚洲|非洲|日本|欧盟|澳大利亚|地区|所有"
    r"|行业|市场|史上|[幅国洲]|消费|规模|海外)[^，。；！？]{0,6}\Z"
)
_ONE_OF: Final = re.compile(r"(?:最大的?)[^，。；！？、]{1,8}?之一")
_NO_LARGEST: Final = re.compile(
    r"最大(?:限|化|程|努|诚|教训|的?教训|的?问题|的?挑战|的?障碍|的?赢家|的?输家"
    r"|可能|压力|公约|的?优势)"
)
_EN_SCOPE: Final = re.compile(
    r"(?:world's|country's|nation's|globe's|'s|s'|global|the) (?:single )?\Z"
)
_EN_WORLD: Final = re.compile(
    r"[^.;,]{0,50}?(?:in the (?:world|country|us|region)|worldwide|globally"
    r"|in [a-z]+|outside [a-z]+)\b"
)


def _superlative(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    before = low[max(span[0], hit.start - 16) : hit.start]
    if hit.term.isascii():
        scope = _EN_SCOPE.search(before)
        if not scope or low[hit.start - 1] == "-":
            return None
        if scope.group().startswith("the ") and not _EN_WORLD.match(low, hit.end):
            return None
        return hit.start, hit.end
    if _NO_LARGEST.match(low, hit.start) or not _SCOPE.search(before):
        return None
    one_of = _ONE_OF.match(low, hit.start, span[1])
    return (hit.start, one_of.end()) if one_of else (hit.start, hit.start + len("最大"))


_ONCE_LED: Final = re.compile(
    r"(?:\b(?:in|within|for|over|after|under|almost|nearly|about|around|than"
    r"|by|last|lasts|lasted|takes?"
    r"|took|least|every|just|only|of|barely|roughly|spent|most|during)|^|[,.;] ?) ?\Z"
)
_ONCE_THEN: Final = re.compile(
    r" (?:after|before|later|ago|earlier|on\b|long|from now|or (?:so|more)|to )"
)
_PER_ONE: Final = re.compile(r"(?:\d|%|s|once|twice|times|million|billion|thousand|day|dollars) \Z")


def _once(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    """``a year`` as a length of time, not as what an amount goes by."""
    before = low[max(span[0], hit.start - 12) : hit.start]
    then = _ONCE_THEN.match(low, hit.end)
    if before.endswith(("from ", "than ")) and (then or before.endswith("from ")):
        return None
    if _PER_ONE.search(before) and not then:
        return None
    return (hit.start, hit.end) if then or _ONCE_LED.search(before) else None


_OVER_THE: Final = re.compile(
    r"(?:over|in|during|for|within|throughout|of|,|^) (?:the|this|his|its) \Z"
)


def _past(low: str, hit: Hit, span: tuple[int, int], taken: _Spans) -> _Where:
    before = low[max(span[0], hit.start - 16) : hit.start]
    return (hit.start, hit.end) if _OVER_THE.search(before) or before.endswith("the ") else None


_RULES: Final[Mapping[str, Callable[[str, Hit, tuple[int, int], _Spans], _Where]]] = {
    "plain": _plain,
    "most": _most,
    "most_noun": _most_noun,
    "half": _half,
    "twice": _twice,
    "bare": _bare,
    "not_recent": _not_recent,
    "taken": _taken,
    "amount": _amount,
    "beside_shares": _beside_shares,
    "removed": _removed,
    "rate": _rate,
    "compared": _compared,
    "superlative": _superlative,
    "once": _once,
    "past": _past,
}
