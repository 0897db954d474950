"""One spelling for grammar and lexicons: simplified, half-width, lower case, offsets unchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from opencc import OpenCC

_FULL_WIDTH_FIRST, _FULL_WIDTH_LAST = 0xFF01, 0xFF5E
_FULL_WIDTH_SHIFT = 0xFEE0
# full-width stops and commas part sentences and lists in Chinese; their narrow twins part digits
_KEPT_WIDE = frozenset("，。；：！？（）")
_ALIKE = {"￥": "¥", "　": " ", "\u00a0": " ", "’": "'", "‘": "'", "﹪": "%", "–": "-", "—": "-"}
_ALIKE |= {"−": "-", "～": "~", "〜": "~", "‑": "-", "㎏": "k", "﹣": "-", "〇": "零", "○": "零"}


def fold(text: str) -> str:
    """Copy in which every code point stands where it stood, written in one way.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        As long as ``text``; traditional characters simplified one by one, full-width letters and
        digits narrowed, letters lower-cased, hyphens and apostrophes made one.

    Examples
    --------
    >>> fold("約９０％的稀土")
    '约90%的稀土'
    """
    return text.translate(_table(frozenset(text)))


@cache
def _table_of(char: str) -> str:
    plain = _ALIKE.get(char)
    if plain is None:
        code = ord(char)
        narrow = _FULL_WIDTH_FIRST <= code <= _FULL_WIDTH_LAST and char not in _KEPT_WIDE
        plain = chr(code - _FULL_WIDTH_SHIFT) if narrow else char
    lower = plain.lower()
    return lower if len(lower) == 1 else plain


def _table(chars: frozenset[str]) -> dict[int, str]:
    plain = {ord(char): _table_of(char) for char in chars if char < "⺀" or char > "鿿"}
    return plain | {ord(char): simple for char, simple in _simplified(chars).items()}


def _simplified(chars: Iterable[str]) -> dict[str, str]:
    known = _seen_simplified()
    new = [char for char in chars if "⺀" <= char <= "鿿" and char not in known]
    if new:
        known |= _each(_converter("t2s"), new)
    return {char: _ALIKE.get(char, known[char]) for char in chars if char in known}


def _each(converter: OpenCC, chars: list[str]) -> dict[str, str]:
    """Each character on its own: phrases would change the length."""
    found = str(converter.convert("\n".join(chars))).split("\n")
    return {char: one if len(one) == 1 else char for char, one in zip(chars, found, strict=True)}


@cache
def _seen_simplified() -> dict[str, str]:
    return {}


@cache
def _seen_traditional() -> dict[str, str]:
    return {}


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


def script_of(text: str) -> str:
    """Language of a stretch of text: ``en``, ``zh-Hans`` or ``zh-Hant``; empty if it has no words.

    A Chinese stretch is of the script that more of its characters can only belong to; one that
    could be either is empty-handed and answers ``zh``.
    """
    counts = Counter(text)
    chinese = sum(count for char, count in counts.items() if "㐀" <= char <= "鿿")
    latin = sum(count for char, count in counts.items() if char.isascii() and char.isalpha())
    if not chinese and not latin:
        return ""
    # a Chinese character says about as much as a short word
    if latin > 3 * chinese:
        return "en"
    chars = [char for char in counts if "㐀" <= char <= "鿿"]
    simple = _simplified(chars)
    other = _seen_traditional()
    new = [char for char in chars if char not in other]
    if new:
        other |= _each(_converter("s2t"), new)
    old = sum(counts[char] for char in chars if simple.get(char, char) != char)
    short = sum(counts[char] for char in chars if other[char] != char)
    if old == short:
        return "zh"
    return "zh-Hant" if old > short else "zh-Hans"
