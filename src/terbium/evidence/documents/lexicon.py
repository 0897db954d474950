"""Terms of the lexicons found in a text, in one pass and without backtracking."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

_CODE_POINTS: Final = 0x110000
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A term where it stands: ``[start, end)`` and what the lexicon says of it."""

    start: int
    end: int
    term: str
    rows: tuple[Mapping[str, str], ...]


@cache
def rows_of(name: str) -> tuple[dict[str, str], ...]:
    """Rows of ``data/lexicon/NAME.csv``, all as text."""
    text = files("terbium").joinpath("data", "lexicon", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def alternation(terms: Iterable[str]) -> str:
    """Pattern of any of the terms, the longest first."""
    return "|".join(re.escape(term) for term in sorted(set(terms), key=lambda t: (-len(t), t)))


class Matcher:
    """Finds terms in folded text: the longest at each place, from left to right.

    Chinese terms are looked up by their first two characters, others by their first word, so that
    the work is proportional to the text whatever the number of terms.
    """

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        by_term: dict[str, list[Mapping[str, str]]] = defaultdict(list)
        for row in rows:
            by_term[row["term"]].append(row)
        self._rows = {term: tuple(found) for term, found in by_term.items()}
        self._by_word: dict[str, list[str]] = defaultdict(list)
        self._by_pair: dict[str, list[str]] = defaultdict(list)
        self._single: dict[str, str] = {}
        for term in sorted(self._rows, key=lambda text: (-len(text), text)):
            self._file(term)
        self._first = np.zeros(_CODE_POINTS, dtype=bool)
        self._second = np.zeros(_CODE_POINTS, dtype=bool)
        self._first[[ord(pair[0]) for pair in self._by_pair]] = True
        self._second[[ord(pair[1]) for pair in self._by_pair]] = True
        self._alone = np.zeros(_CODE_POINTS, dtype=bool)
        self._alone[[ord(char) for char in self._single]] = True

    def _file(self, term: str) -> None:
        first = _WORD.match(term)
        if first:
            self._by_word[first.group()].append(term)
        elif len(term) == 1:
            self._single[term] = term
        else:
            self._by_pair[term[:2]].append(term)

    def find(self, text: str) -> list[Hit]:
        """All terms in folded text that no longer or earlier one covers."""
        found = [*self._chinese(text), *self._words(text)]
        found.sort()
        hits, end = [], 0
        for start, negative_length, term in found:
            if start >= end:
                end = start - negative_length
                hits.append(Hit(start, end, term, self._rows[term]))
        return hits

    def _chinese(self, text: str) -> Iterable[tuple[int, int, str]]:
        if not text:
            return
        # one value for each code point, also those that stand alone of a surrogate pair
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        pairs = self._first[codes[:-1]] & self._second[codes[1:]]
        for at in np.flatnonzero(pairs).tolist():
            for term in self._by_pair.get(text[at : at + 2], ()):
                if text.startswith(term, at):
                    yield at, -len(term), term
                    break
        for at in np.flatnonzero(self._alone[codes]).tolist():
            yield at, -1, text[at]

    def _words(self, text: str) -> Iterable[tuple[int, int, str]]:
        by_word = self._by_word
        for word in _WORD.finditer(text):
            for term in by_word.get(word.group(), ()):
                at = word.start()
                if text.startswith(term, at) and _ends(text, at + len(term)):
                    yield at, -len(term), term
                    break


def _ends(text: str, end: int) -> bool:
    """No letter or digit goes on; Chinese may follow a Latin word without a gap."""
    after = text[end : end + 1]
    return not (after.isascii() and after.isalnum())
