"""Claims with the words around them, in one script and one case."""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

import opencc

from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.methods import method

_SENTENCE_END: Final = re.compile(r"[。！？!?;；\n]+|\.(?=[\s\"'”’)\]])")
_CLAUSE_END: Final = re.compile(
    r"[，,、：:（）()—–]|\band\b|\bwhile\b|\bbut\b|但|而|并|[和及与](?=[\d约近超])"
)
_DIGIT_COMMA: Final = re.compile(r"(?<=\d),(?=\d{3})")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def folded(text: str) -> str:
    """A text in simplified characters and small letters, as long as it was.

    Raises nothing: a text whose conversion would change its length is left in its script.
    """
    simple = str(_converter().convert(text))
    if len(simple) != len(text):
        simple = text
    small = simple.lower()
    return small if len(small) == len(text) else simple


@cache
def cue(kind: str) -> re.Pattern[str]:
    """The words that speak for a kind of relation, as one expression over folded text."""
    text = files("terbium").joinpath("data/evidence/cues.csv").read_text(encoding="utf-8")
    words = [row["cue"] for row in csv.DictReader(text.splitlines()) if row["kind"] == kind]
    if not words:
        raise KeyError(kind)
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(_whole(word) for word in longest_first))


def _whole(word: str) -> str:
    """Latin words match whole, or by their beginning if a star ends them; Chinese ones anywhere."""
    is_open = word.endswith("*")
    word = word.rstrip("*")
    inner = re.escape(word)
    start = r"(?<![a-z])" if word[0].isascii() and word[0].isalpha() else ""
    is_word = word[-1].isascii() and word[-1].isalpha() and not is_open
    end = r"(?![a-z])" if is_word else ""
    return f"{start}{inner}{end}"


_SUBJECT: Final = 120
"""Longer descriptions are sentences."""


class Reading:
    """Texts, the claims in them, and what stands around each.

    Parameters
    ----------
    texts
        Documents by name. A claim of a document that is not among them has its span and subject
        for a sentence.
    claims
        Their claims, in any order.
    """

    def __init__(self, texts: Mapping[str, str], claims: Iterable[StatedClaim]) -> None:
        self._texts = {name: _Folded(text) for name, text in texts.items()}
        self.claims: Sequence[StatedClaim] = sorted(
            claims, key=lambda claim: (claim.document, claim.char_offset, claim.claim_id)
        )
        self._clauses: dict[tuple[str, str], str] = {}
        self._arounds: dict[tuple[str, str], str] = {}
        self._named: dict[tuple[str, str], bool] = {}
        self._by_document: dict[str, list[StatedClaim]] = defaultdict(list)
        for claim in self.stated:
            self._by_document[claim.document].append(claim)

    @cached_property
    def stated(self) -> tuple[StatedClaim, ...]:
        """Claims that are no translation or repeat of another, sidebars left out, in order."""
        return tuple(
            claim
            for claim in self.claims
            if not claim.duplicate_of and claim.topic not in {"sidebar", "meta"}
        )

    def near(self, claim: StatedClaim, sentences: int) -> list[StatedClaim]:
        """Other stated claims of the same document within so many sentences, in order."""
        rows = self._by_document[claim.document]
        reach = method("checks/window")
        low = bisect_left(rows, claim.char_offset - reach, key=_offset)
        high = bisect_right(rows, claim.char_offset + reach, key=_offset)
        here = self.sentence_number(claim)
        return [
            row
            for row in rows[low:high]
            if row is not claim and abs(self.sentence_number(row) - here) <= sentences
        ]

    def sentence(self, claim: StatedClaim) -> str:
        """The sentence that holds a claim, folded."""
        text = self._texts.get(claim.document)
        if text is None:
            return folded(f"{claim.subject} {claim.span}")
        low, high = text.sentence(claim.char_offset, claim.end)
        return text.folded[low:high]

    def has_text(self, claim: StatedClaim) -> bool:
        """Whether the document of a claim is at hand."""
        return claim.document in self._texts

    def sentence_number(self, claim: StatedClaim) -> int:
        """Which sentence of its document holds a claim; -1 without the text."""
        text = self._texts.get(claim.document)
        return bisect_right(text.ends, claim.char_offset) if text else -1

    def clause(self, claim: StatedClaim) -> str:
        """The part of the sentence between the commas around a claim, folded."""
        key = claim.document, claim.claim_id
        if key not in self._clauses:
            self._clauses[key] = self._clause(claim)
        return self._clauses[key]

    def _clause(self, claim: StatedClaim) -> str:
        text = self._texts.get(claim.document)
        if text is None:
            return folded(f"{claim.subject} {claim.span}")
        low, high = text.sentence(claim.char_offset, claim.end)
        sentence = _DIGIT_COMMA.sub("_", text.folded[low:high])
        start, end = low, high
        for found in _CLAUSE_END.finditer(sentence):
            if low + found.end() <= claim.char_offset:
                start = low + found.end()
            elif low + found.start() >= claim.end:
                end = low + found.start()
                break
        return text.folded[start:end]

    def names(self, claim: StatedClaim, publisher: str) -> bool:
        """Whether the text of a claim, or whom it quotes, is that publisher itself."""
        names = _spellings(publisher)
        place = claim.document, publisher
        if place not in self._named:
            text = self._texts.get(claim.document)
            self._named[place] = text is not None and any(n in text.folded for n in names)
        said = folded(claim.attributed_to)
        return self._named[place] or any(name in said for name in names)

    def before(self, claim: StatedClaim, reach: int = 0) -> str:
        """Text of the sentence in front of a claim, the last `reach` code points (0: all)."""
        text = self._texts.get(claim.document)
        if text is None:
            return ""
        low, _ = text.sentence(claim.char_offset, claim.end)
        if reach:
            low = max(low, claim.char_offset - reach)
        return text.folded[low : claim.char_offset]

    def after(self, claim: StatedClaim, reach: int = 0) -> str:
        """Text of the sentence behind a claim, the first `reach` code points (0: all)."""
        text = self._texts.get(claim.document)
        if text is None:
            return ""
        _, high = text.sentence(claim.char_offset, claim.end)
        if reach:
            high = min(high, claim.end + reach)
        return text.folded[claim.end : high]

    def between(self, one: StatedClaim, other: StatedClaim) -> str:
        """Text between two claims of one document, folded."""
        text = self._texts.get(one.document)
        if text is None or one.document != other.document:
            return ""
        first, second = sorted((one, other), key=lambda claim: claim.char_offset)
        return text.folded[first.end : second.char_offset]

    def around(self, claim: StatedClaim) -> str:
        """What the claim is about, for matching: its sentence, fields and description, folded."""
        key = claim.document, claim.claim_id
        if key not in self._arounds:
            fields = f" {claim.entity} {claim.material} material:{claim.material} "
            # a description is short; a longer one is the sentence itself
            subject = claim.subject if len(claim.subject) <= _SUBJECT else ""
            self._arounds[key] = self.sentence(claim) + folded(fields + subject)
        return self._arounds[key]

    def window(self, claim: StatedClaim, reach: int) -> tuple[str, str]:
        """What stands right in front of a claim and right behind it, over ends of sentences."""
        text = self._texts.get(claim.document)
        if text is None:
            return "", ""
        low = max(claim.char_offset - reach, 0)
        return text.folded[low : claim.char_offset], text.folded[claim.end : claim.end + reach]


@cache
def _spellings(publisher: str) -> tuple[str, ...]:
    """A publisher's name and the short form in brackets behind it, folded."""
    return tuple(name.strip() for name in folded(publisher).strip(")").split("("))


def _offset(claim: StatedClaim) -> int:
    return claim.char_offset


class _Folded:
    """One document, folded, with the ends of its sentences."""

    def __init__(self, text: str) -> None:
        self.folded = folded(text)
        self._size = len(text)

    @cached_property
    def ends(self) -> list[int]:
        return [found.end() for found in _SENTENCE_END.finditer(self.folded)]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        at = bisect_right(self.ends, start)
        low = self.ends[at - 1] if at else 0
        behind = bisect_right(self.ends, max(end - 1, start))
        high = self.ends[behind] if behind < len(self.ends) else self._size
        return low, high
