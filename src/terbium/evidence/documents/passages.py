"""Passages of one language in a text of two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from terbium.evidence.methods import method

_CHINESE: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_PARAGRAPH: Final = re.compile(r"[^\n]+")


@dataclass(frozen=True)
class Passage:
    """A run of paragraphs in one family of languages.

    Attributes
    ----------
    start, end
        Code points of the text, the end exclusive.
    is_chinese
        Whether its paragraphs are Chinese.
    """

    start: int
    end: int
    is_chinese: bool


def passages(text: str) -> list[Passage]:
    """Split a text where its paragraphs go over to the other language.

    Parameters
    ----------
    text
        The whole document.

    Returns
    -------
    list of Passage
        In order; together they cover the text from its first to its last paragraph that is long
        enough to tell its language. Chinese and Latin letters alternate from one to the next.
    """
    least = method("links/least_letters")
    per_letter = method("links/latin_per_chinese")
    found: list[Passage] = []
    for paragraph in _PARAGRAPH.finditer(text):
        line = paragraph.group()
        chinese = sum(map(len, _CHINESE.findall(line)))
        latin = sum(map(len, _LATIN.findall(line)))
        if chinese * per_letter + latin < least:
            continue
        is_chinese = chinese * per_letter >= latin
        if found and found[-1].is_chinese == is_chinese:
            found[-1] = Passage(found[-1].start, paragraph.end(), is_chinese)
        else:
            start = found[-1].end if found else 0
            found.append(Passage(start, paragraph.end(), is_chinese))
    return found
