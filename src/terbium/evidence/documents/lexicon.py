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
import numpy.typing as npt

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
    """Finds the terms of several lexicons in folded text, in one pass.

    Chinese terms are looked up by their first two characters, others by their first word, so that
    the work is proportional to the text whatever the number of terms.

    Parameters
    ----------
    tables
        Rows of each lexicon by its name.
    """

    def __init__(self, tables: Mapping[str, Iterable[Mapping[str, str]]]) -> None:
        by_term: dict[tuple[str, str], list[Mapping[str, str]]] = defaultdict(list)
        for name, rows in tables.items():
            for row in rows:
                by_term[name, row["term"]].append(row)
        self._names = tuple(tables)
        self._rows = {key: tuple(found) for key, found in by_term.items()}
        names: dict[str, list[str]] = defaultdict(list)
        for name, term in self._rows:
            names[term].append(name)
        self._by_word: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self._by_pair: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self._single: dict[str, tuple[str, ...]] = {}
        for term, found in names.items():
            self._file(term, tuple(found))
        self._first = _members(pair[0] for pair in self._by_pair)
        self._second = _members(pair[1] for pair in self._by_pair)
        self._alone = _members(self._single)

    def _file(self, term: str, names: tuple[str, ...]) -> None:
        first = _WORD.match(term)
        if first:
            self._by_word[first.group()].append((term, names))
        elif len(term) == 1:
            self._single[term] = names
        else:
            self._by_pair[term[:2]].append((term, names))

    def find(self, text: str) -> dict[str, list[Hit]]:
        """Terms in folded text by lexicon; of one lexicon the longest at each place, in order."""
        found: dict[str, list[tuple[int, int, str]]] = {name: [] for name in self._names}
        if text:
            self._chinese(text, found)
            self._words(text, found)
        return {name: self._chosen(name, terms) for name, terms in found.items()}

    def _chosen(self, name: str, terms: list[tuple[int, int, str]]) -> list[Hit]:
        terms.sort()
        hits, end = [], 0
        for start, negative_length, term in terms:
            if start >= end:
                end = start - negative_length
                hits.append(Hit(start, end, term, self._rows[name, term]))
        return hits

    def _chinese(self, text: str, found: dict[str, list[tuple[int, int, str]]]) -> None:
        # one value for each code point, also those that stand alone of a surrogate pair
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        pairs = self._first[codes[:-1]] & self._second[codes[1:]]
        by_pair, starts = self._by_pair, text.startswith
        for at in np.flatnonzero(pairs).tolist():
            for term, names in by_pair.get(text[at : at + 2], ()):
                if starts(term, at):
                    for name in names:
                        found[name].append((at, -len(term), term))
        for at in np.flatnonzero(self._alone[codes]).tolist():
            for name in self._single[text[at]]:
                found[name].append((at, -1, text[at]))

    def _words(self, text: str, found: dict[str, list[tuple[int, int, str]]]) -> None:
        by_word, starts = self._by_word, text.startswith
        for word in _WORD.finditer(text):
            terms = by_word.get(word.group())
            if terms:
                at = word.start()
                for term, names in terms:
                    if starts(term, at) and _ends(text, at + len(term)):
                        for name in names:
                            found[name].append((at, -len(term), term))


def _members(chars: Iterable[str]) -> npt.NDArray[np.bool_]:
    table = np.zeros(_CODE_POINTS, dtype=bool)
    table[[ord(char) for char in chars]] = True
    return table


def _ends(text: str, end: int) -> bool:
    """No letter or digit goes on; Chinese may follow a Latin word without a gap."""
    after = text[end : end + 1]
    return not (after.isascii() and after.isalnum())
