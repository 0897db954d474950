"""What a value is about: material, stage and place, by terms near it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from typing import Final

from terbium.base.gazetteer import name_of, spellings_of_regions
from terbium.evidence.documents.folding import fold
from terbium.evidence.documents.lexicon import Hit, Matcher, rows_of
from terbium.evidence.documents.text import Page, Sentence
from terbium.evidence.methods import method

_LIST_GAPS: Final = frozenset(
    [
        "、",
        "和",
        "与",
        "及",
        "以及",
        "或",
        ", ",
        " and ",
        ", and ",
        "/",
        " or ",
        "或者",
        "，以及",
        " & ",
    ]
)
_SHORTEST_NAME: Final = 4
_COMMA: Final = re.compile("[，,；;]")


@cache
def lexicons() -> Matcher:
    """All lexicons that are looked up in a text: what it is about, cues, words with a value."""
    entities = rows_of("entities")
    tables = {name: rows_of(name) for name in ("materials", "stages", "cues", "words")}
    known = {row["term"] for row in entities}
    return Matcher({**tables, "entities": (*entities, *_regions(known))})


def _regions(known: set[str]) -> list[dict[str, str]]:
    """Names of all regions that the lexicon does not shorten; codes are no names."""
    found = []
    for code, spellings in spellings_of_regions().items():
        for spelling in spellings:
            term = fold(spelling)
            is_name = len(term) >= _SHORTEST_NAME if term.isascii() else len(term) > 1
            if is_name and term not in known:
                known.add(term)
                found.append({"term": term, "class": name_of(code), "weight": "1"})
    return found


@cache
def _weights() -> tuple[float, float, float, float]:
    """Scales of both writings, weight of a term behind the value and of one across a comma."""
    names = ("scale_latin", "scale_chinese", "after_weight", "clause_weight")
    latin, chinese, after, clause = (method(f"claims/{name}") for name in names)
    return latin, chinese, after, clause


@dataclass(slots=True)
class _Mark:
    start: int
    end: int
    label: str
    weight: float


_NAMES_AND_WORDS: Final = frozenset(["us", "mp", "shei", "xi", "ford", "apple", "intel", "turkey"])
_LABELS: Final[dict[int, tuple[tuple[str, float], ...]]] = {}


def _labels(rows: tuple[Mapping[str, str], ...]) -> tuple[tuple[str, float], ...]:
    """Labels and weights of the rows of a term, which live as long as the lexicon does."""
    found = _LABELS.get(id(rows))
    if found is None:
        found = tuple((row["class"], float(row["weight"])) for row in rows)
        _LABELS[id(rows)] = found
    return found


class Terms:
    """Terms of one lexicon in one text, ready to be asked what is near.

    Parameters
    ----------
    hits
        Where they stand, in order.
    page
        The text.
    """

    def __init__(self, hits: Sequence[Hit], page: Page) -> None:
        self._page = page
        self._of_paragraph: dict[int, str] = {}
        self._marks = [
            _Mark(hit.start, hit.end, label, weight)
            for hit in hits
            if hit.term not in _NAMES_AND_WORDS or _is_meant(hit, page)
            for label, weight in _labels(hit.rows)
        ]
        self._starts = [mark.start for mark in self._marks]
        self._labels = Counter(mark.label for mark in self._marks)

    def most_common(self) -> str:
        """Label that the text uses most, or an empty text."""
        return self._labels.most_common(1)[0][0] if self._labels else ""

    def between(self, start: int, end: int) -> list[_Mark]:
        """Marks that begin in ``[start, end)``, in order."""
        return self._marks[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def near(self, number: int, start: int, end: int) -> dict[str, float]:
        """Weight of each label for a value ``[start, end)`` of sentence ``number``.

        Weights fall with distance, across commas, and outside the sentence.
        """
        sentences = self._page.sentences
        sentence = sentences[number]
        scores: dict[str, float] = defaultdict(float)
        for mark in self.between(sentence.start, sentence.end):
            scores[mark.label] = max(scores[mark.label], self._weight(mark, start, end, sentence))
        if number and sentences[number - 1].paragraph == sentence.paragraph:
            before = sentences[number - 1]
            share = method("claims/before_sentence_weight")
            for mark in self.between(before.start, before.end):
                weight = share * self._weight(mark, start, end, sentence)
                scores[mark.label] = max(scores[mark.label], weight, share**3 * mark.weight)
        return dict(scores)

    def _weight(self, mark: _Mark, start: int, end: int, sentence: Sentence) -> float:
        latin, chinese, after, clause = _weights()
        scale = latin if sentence.lang == "en" else chinese
        if mark.start >= end:
            distance, share = mark.start - end, mark.weight * after
            comma = _COMMA.search(self._page.low, end, mark.start)
        else:
            distance, share = max(0, start - mark.end), mark.weight
            comma = _COMMA.search(self._page.low, mark.end, start)
        return (share * clause if comma else share) * exp(-distance / scale)

    def paragraph(self, number: int) -> str:
        """Label used most in the paragraph of a sentence, or an empty text."""
        at = self._page.sentences[number].paragraph
        if at not in self._of_paragraph:
            paragraph = self._page.paragraphs[at]
            found = Counter(mark.label for mark in self.between(paragraph.start, paragraph.end))
            self._of_paragraph[at] = found.most_common(1)[0][0] if found else ""
        return self._of_paragraph[at]

    def listed(self, number: int, label: str) -> str:
        """Labels of the list in the sentence that ``label`` stands in, joined with ``;``."""
        sentence = self._page.sentences[number]
        run: list[_Mark] = []
        for mark in self.between(sentence.start, sentence.end):
            gap = self._page.low[run[-1].end : mark.start] if run else ""
            if run and gap not in _LIST_GAPS and mark.start != run[-1].start:
                if any(one.label == label for one in run):
                    break
                run = []
            run.append(mark)
        if not any(one.label == label for one in run):
            return label
        return ";".join(dict.fromkeys(one.label for one in run))


def _is_meant(hit: Hit, page: Page) -> bool:
    """``US`` is a country and ``us`` a pronoun, ``Ge`` no word of its own."""
    written = page.text[hit.start : hit.end]
    return written.isupper() if hit.term == "us" else written[:1].isupper()


def best(scores: dict[str, float]) -> tuple[str, float]:
    """Label of the highest weight, and the weight."""
    if not scores:
        return "", 0.0
    label = max(scores, key=lambda one: (scores[one], one))
    return label, scores[label]


def near_cue(
    hits: list[Hit], starts: list[int], start: int, end: int, within: tuple[int, int], reach: int
) -> dict[str, int]:
    """Distance to the nearest cue of each class within ``reach`` of ``[start, end)``.

    Parameters
    ----------
    hits, starts
        Cues of the text in order, and where each begins.
    start, end
        The value.
    within
        The sentence; cues outside do not count.
    reach
        Characters.
    """
    found: dict[str, int] = {}
    first = bisect_left(starts, max(within[0], start - reach))
    for hit in hits[first : bisect_right(starts, min(within[1] - 1, end + reach))]:
        distance = hit.start - end if hit.start >= end else start - hit.end
        if distance > reach:
            continue
        for row in hit.rows:
            label = row["class"]
            found[label] = min(found.get(label, reach + 1), max(distance, 0))
    return found
