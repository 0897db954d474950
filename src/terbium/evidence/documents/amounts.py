"""One number where it stands: digits, characters or words with their scale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from terbium.evidence.documents.numerals import (
    CHINESE,
    CHINESE_SCALES,
    CHINESE_TENS,
    DECIMAL,
    ENGLISH,
    ENGLISH_SCALES,
    chinese_pair,
    number,
)

_SCALE: Final = r"[十百千]?万亿|[十百千]?(?:亿|万|兆(?![瓦赫帕]))|[百千](?![克米瓦分兆])"
_NUMBER: Final = re.compile(
    rf"(?P<vague>[几数上])(?P<tens>[十百千万亿]{{1,3}})(?P<vmore>多|余)?"
    r"|(?P<one>a)(?P<big> (?:hundred|thousand|million|billion|trillion))\b"
    rf"|(?P<num>{DECIMAL}|{CHINESE}|{ENGLISH})(?P<half>半(?=[年月天倍成]))?(?P<more>多|余|来|几)?"
    rf"(?P<scale>{_SCALE}| ?(?:hundred|thousand|million|billion|trillion|bn|mn|tn|mln|bln)\b"
    r"|[mbkt](?![a-z]))?(?P<late>多|余|\+)?"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number ``[start, end)``: from ``low`` to ``high``; ``high`` 0 means or more."""

    start: int
    end: int
    low: float
    high: float
    qualifier: str
    has_scale: bool
    text: str

    @property
    def is_single(self) -> bool:
        """Whether it is one number and no range."""
        return self.low == self.high


def amount_at(low: str, at: int, end: int) -> Amount | None:
    """The number that begins at an offset of folded text, or None."""
    found = _NUMBER.match(low, at, end)
    if not found:
        return None
    if found["vague"]:
        return _vague(found)
    if found["one"]:
        big = _scale(found["big"])
        return Amount(*found.span(), big, big, "", True, found.group())
    text, scale = found["num"], _scale(found["scale"])
    pair = chinese_pair(text) if not text.isascii() else None
    value = number(text)
    if pair is None and (value is None or (value == 0 and text[0] not in "零0")):
        return None
    low_value, high_value = pair or (value or 0.0, value or 0.0)
    if found["half"]:
        low_value, high_value = low_value + 0.5, high_value + 0.5
    qualifier = "more_than" if found["more"] or found["late"] else ""
    qualifier = "about" if found["more"] == "来" or pair else qualifier
    scaled = (round(low_value * scale, 6), round(high_value * scale, 6))
    if pair:
        qualifier = ""
    return Amount(
        found.start(), found.end(), *scaled, qualifier, scale > 1 or _has_scale(text), text
    )


def _has_scale(text: str) -> bool:
    return any(char in CHINESE_SCALES for char in text) or "," in text


def _vague(found: re.Match[str]) -> Amount | None:
    tens = _scale(found["tens"])
    if found["vague"] == "上":
        return Amount(*found.span(), tens, tens, "at_least", True, found.group())
    # a few tens are two tens or more
    return Amount(*found.span(), 2 * tens, 0.0, "at_least", True, found.group())


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


def scale_of(one: Amount) -> float:
    """What a number is multiplied with by the words behind its digits."""
    bare = number(one.text)
    return one.low / bare if bare else 1.0
