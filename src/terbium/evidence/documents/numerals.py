"""Numbers as they are written: Arabic, Chinese and English, alone or mixed."""

from __future__ import annotations

import re
from typing import Final

CHINESE_DIGITS: Final = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    **{"两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9},
}
CHINESE_TENS: Final = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
CHINESE_SCALES: Final = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_UNITS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ENGLISH_WORDS: Final = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
    "dozen": 12,
}
ENGLISH_SCALES: Final = {
    **{"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9},
    **{"trillion": 10**12, "bn": 10**9, "mn": 10**6, "tn": 10**12, "m": 10**6, "k": 10**3},
    **{"mln": 10**6, "bln": 10**9, "trn": 10**12, "b": 10**9, "t": 10**12},
}
ORDINAL_WORDS: Final = {
    **{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7},
    **{"eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12},
}

DECIMAL: Final = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,15})(?:\.\d{1,9})?"
_CHINESE_CHARS: Final = "".join(CHINESE_DIGITS) + "".join(CHINESE_TENS) + "".join(CHINESE_SCALES)
CHINESE: Final = rf"[{_CHINESE_CHARS}]{{1,24}}(?:点[{''.join(CHINESE_DIGITS)}]{{1,9}})?"
_ENGLISH_UNIT: Final = "|".join(sorted(ENGLISH_WORDS, key=len, reverse=True))
_ENGLISH_BELOW_HUNDRED: Final = (
    rf"(?:(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_UNITS[1:10])})|(?:{_ENGLISH_UNIT}))"
)
ENGLISH: Final = (
    rf"\b{_ENGLISH_BELOW_HUNDRED}"
    rf"(?: (?:hundred|thousand)(?:(?: and)? {_ENGLISH_BELOW_HUNDRED})?){{0,3}}\b"
)


def decimal(text: str) -> float:
    """Value of Arabic digits with or without commas.

    Examples
    --------
    >>> decimal("2,000"), decimal("0.43")
    (2000.0, 0.43)
    """
    return float(text.replace(",", ""))


def chinese(text: str) -> float | None:
    """Value of a number in simplified Chinese characters; None if it is none.

    Two digits in a row of which the second follows the first are a range (``七八`` = 7 to 8) and
    no number; digit by digit reading (``二〇二五``) is.

    Examples
    --------
    >>> chinese("一千二百"), chinese("两万五千"), chinese("二零二五"), chinese("三点五")
    (1200.0, 25000.0, 2025.0, 3.5)
    """
    whole, point, part = text.partition("点")
    value = _chinese_whole(whole)
    if value is None or not point:
        return value
    digits = [CHINESE_DIGITS.get(char) for char in part]
    if not digits or None in digits:
        return None
    return float(f"{value:.0f}.{''.join(map(str, digits))}")


def _chinese_whole(text: str) -> float | None:
    if not text:
        return None
    if all(char in CHINESE_DIGITS for char in text):
        digits = "".join(str(CHINESE_DIGITS[char]) for char in text)
        return float(digits) if len(text) != 2 or text[0] == "零" else None
    return _by_places(text)


def _by_places(text: str) -> float | None:
    """``total`` of closed groups, ``group`` below the next scale, ``digit`` that waits."""
    total, group, digit = 0, 0, -1
    last = 0
    for char in text:
        if char in CHINESE_DIGITS:
            if digit > 0:
                return None
            digit = CHINESE_DIGITS[char]
        elif char in CHINESE_TENS:
            last = CHINESE_TENS[char]
            group += (1 if digit < 0 else digit) * last
            digit = -1
        else:
            last = CHINESE_SCALES[char]
            group += max(digit, 0)
            total = (total + group) * last if total < last else total + group * last
            group, digit = 0, -1
    if digit > 0 and text[-2:-1] not in ("零", "") and last > 10:
        digit *= last // 10  # 两万五: twenty-five thousand
    return float(total + group + max(digit, 0))


def chinese_pair(text: str) -> tuple[float, float] | None:
    """Bounds of two digits that follow each other: ``七八`` is 7 to 8, ``三五`` 3 to 5.

    Examples
    --------
    >>> chinese_pair("七八"), chinese_pair("十七八"), chinese_pair("三")
    ((7.0, 8.0), (17.0, 18.0), None)
    """
    if len(text) < 2 or text[-1] not in CHINESE_DIGITS or text[-2] not in CHINESE_DIGITS:
        return None
    low, high = CHINESE_DIGITS[text[-2]], CHINESE_DIGITS[text[-1]]
    if not 0 < low < high:
        return None
    base = _chinese_whole(text[:-2]) if text[:-2] else 0.0
    return None if base is None else (base + low, base + high)


def english(text: str) -> float | None:
    """Value of English number words; None if they are none.

    Examples
    --------
    >>> english("twenty-five"), english("two hundred and fifty"), english("a dozen")
    (25.0, 250.0, 12.0)
    """
    total, group = 0, 0
    for word in re.findall(r"[a-z]+", text):
        if word in ("and", "a", "an"):
            continue
        if word == "dozen":
            group = max(group, 1) * ENGLISH_WORDS[word]
        elif word in ENGLISH_WORDS:
            group += ENGLISH_WORDS[word]
        elif word == "hundred":
            group = max(group, 1) * ENGLISH_SCALES[word]
        elif word in ENGLISH_SCALES:
            total += max(group, 1) * ENGLISH_SCALES[word]
            group = 0
        else:
            return None
    return float(total + group) if text.strip() else None


def number(text: str) -> float | None:
    """Value of a folded number in any of the three ways of writing."""
    if text[:1].isdigit() and text[:1].isascii():
        return decimal(text)
    return english(text) if text[:1].isascii() else chinese(text)
