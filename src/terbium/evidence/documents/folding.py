"""One spelling for grammar and lexicons: simplified, half-width, lower case, offsets unchanged."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from unicodedata import decimal

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

_FULL_WIDTH_FIRST, _FULL_WIDTH_LAST = 0xFF01, 0xFF5E
_FULL_WIDTH_SHIFT = 0xFEE0
_CHINESE_FIRST, _CHINESE_LAST = 0x3400, 0x9FFF
_CODE_POINTS = 0x110000
_LOWER = 0x20
_LETTERS_OF_A_CHARACTER = 3
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
    if char.isdecimal():
        return str(decimal(char))
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


class Scripts:
    """What language each stretch of a text is in, counted once for all stretches.

    Parameters
    ----------
    text
        The whole text.
    """

    def __init__(self, text: str) -> None:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        chars = [char for char in set(text) if _CHINESE_FIRST <= ord(char) <= _CHINESE_LAST]
        simple = _simplified(chars)
        other = _seen_traditional()
        new = [char for char in chars if char not in other]
        if new:
            other |= _each(_converter("s2t"), new)
        self._chinese = _running((codes >= _CHINESE_FIRST) & (codes <= _CHINESE_LAST))
        letters = codes | _LOWER
        self._latin = _running((letters >= ord("a")) & (letters <= ord("z")))
        self._old = _counted(codes, [char for char in chars if simple.get(char, char) != char])
        self._short = _counted(codes, [char for char in chars if other[char] != char])

    def of(self, start: int, end: int) -> str:
        """``en``, ``zh-Hans``, ``zh-Hant``, ``zh`` if it could be either; empty without words.

        A Chinese stretch is of the script that more of its characters can only belong to.
        """
        chinese = int(self._chinese[end] - self._chinese[start])
        latin = int(self._latin[end] - self._latin[start])
        if not chinese and not latin:
            return ""
        # a Chinese character says about as much as a short word
        if latin > _LETTERS_OF_A_CHARACTER * chinese:
            return "en"
        old = int(self._old[end] - self._old[start])
        short = int(self._short[end] - self._short[start])
        if old == short:
            return "zh"
        return "zh-Hant" if old > short else "zh-Hans"


def _running(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many are true before each place."""
    return np.concatenate(([0], np.cumsum(mask)))


def _counted(codes: npt.NDArray[np.uint32], chars: Iterable[str]) -> npt.NDArray[np.int64]:
    table = np.zeros(_CODE_POINTS, dtype=bool)
    table[[ord(char) for char in chars]] = True
    return _running(table[codes])
