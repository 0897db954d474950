"""What a number counts, and what looks like counting and is none."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from terbium.evidence.documents.amounts import Amount
from terbium.evidence.documents.lexicon import rows_of
from terbium.evidence.documents.numerals import CHINESE_DIGITS
from terbium.evidence.documents.quantity import Quantity
from terbium.evidence.documents.units import Unit

_NOUN: Final = re.compile(
    r"(?:[ -](?!(?:of|in|and|or|to|the|a|at|as|by|for|on|is|are|was|were|has|have|had|per|but|than"
    r"|that|which|who|with|from|its|their|when|if|it|he|she|they|we|will|would|could|can|may)\b)"
    r"[a-z][a-z'-]{1,20}){1,3}"
)
_OWNED: Final = re.compile(r" of (?:its|the|their|our|his|her|these|those|them) ")
_NO_PLURAL: Final = re.compile(r"(?:ss|us|is|'s|ous)$")
_DEFINITE: Final = re.compile(r"[这那该其每某另哪首前后]\Z")
_PAIRED: Final = re.compile(r"两[个]?(?:国|种|者|岸|手|方|会|地|党|性|极|军|端|头|难|次三番|位数)")
_MANY_LANDS: Final = re.compile(
    r"(?:东南亚|中亚|南美|非洲|欧洲|亚洲|拉美|北欧|中东|海湾|东盟|南亚)\Z"
)
_ONE: Final = frozenset(["一", "1", "one"])
_ONCE_TIME: Final = re.compile(
    r"一(?:年(?!级|度|一)|个(?:月|世纪|季度|小时|星期)|周(?!年)|天(?![天然生赋])|小时)"
)


def is_no_count(low: str, first: Amount, unit: Unit, end: int) -> bool:
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


@cache
def _uncounted() -> frozenset[str]:
    return frozenset(row["term"] for row in rows_of("idioms") if row["class"] == "uncounted")


@cache
def _plurals() -> frozenset[str]:
    return frozenset(row["term"] for row in rows_of("idioms") if row["class"] == "plural")


def english_count(low: str, first: Amount, end: int) -> Quantity | None:
    """A count of the things that an English number is followed by, or None."""
    if first.text in _ONE or first.low < 2 or looks_like_a_year(first):
        return None
    owned = _OWNED.match(low, first.end, end)
    nouns = _NOUN.match(low, owned.end() - 1 if owned else first.end, end)
    if not nouns or nouns.group()[1:].startswith("digit"):
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


def looks_like_a_year(first: Amount) -> bool:
    """Whether four digits are rather a year than a number."""
    return first.text.isdigit() and len(first.text) == 4 and first.text[:2] in ("19", "20")
