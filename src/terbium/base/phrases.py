"""Finding the phrases of a gazetteer in free text, English or Chinese.

Text is compared by tokens: words without case and plural, Chinese sign by sign, hyphens passed
over, so that ``Li-ion cells`` is ``li ion cell``. Of phrases that begin at one place the longest
counts. Short words in capitals alone (``APT``, ``LED``) must stand in capitals.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*|[\u3400-\u9fff]|[^\s]")
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_LONGEST_ACRONYM = 4
_SHORTEST_PLURAL = 4


@dataclass(frozen=True)
class Token:
    """A word, a number, a Chinese sign or a mark, with its place in the text."""

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True)
class Mention:
    """A phrase found in a text.

    Parameters
    ----------
    label
        What it names.
    first, last
        Positions of its first token and of the one after its last.
    start, end
        Its place in the text.
    """

    label: str
    first: int
    last: int
    start: int
    end: int


def tidy(text: str) -> str:
    """One way to write a text: full-width signs, subscripts and odd hyphens made plain."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join("-" if sign in _HYPHENS else sign for sign in plain).replace("\u03bc", "u")


def tokens_of(text: str) -> list[Token]:
    """Tokens of a tidy text; hyphens are left out."""
    return [
        Token(found.group(), _folded(found.group()), found.start(), found.end())
        for found in _TOKEN.finditer(text)
        if found.group() not in _HYPHENS
    ]


def _folded(token: str) -> str:
    word = token.casefold()
    if len(word) >= _SHORTEST_PLURAL and word.isascii() and word.isalpha():
        if word.endswith("ies"):
            return word[:-3] + "y"
        if word.endswith("s") and not word.endswith("ss"):
            return word[:-1]
    return word


class Phrasebook:
    """Phrases by their tokens.

    Parameters
    ----------
    spellings
        Label to everything it is called.

    Examples
    --------
    >>> book = Phrasebook({"lithium_cell": ["Li-ion cell", "锂离子电池"], "oxide": ["oxide"]})
    >>> [found.label for found in book.find(tokens_of("two Li ion cells and 锂离子电池组"))]
    ['lithium_cell', 'lithium_cell']
    """

    def __init__(self, spellings: Mapping[str, Iterable[str]]) -> None:
        self._labels: dict[tuple[str, ...], str] = {}
        self._acronyms: dict[tuple[str, ...], str] = {}
        for label, names in spellings.items():
            for name in names:
                self._add(label, name)
        self._lengths: dict[str, list[int]] = {}
        for key in (*self._labels, *self._acronyms):
            lengths = self._lengths.setdefault(key[0], [])
            if len(key) not in lengths:
                lengths.append(len(key))
        for lengths in self._lengths.values():
            lengths.sort(reverse=True)

    def _add(self, label: str, name: str) -> None:
        tokens = tokens_of(tidy(name))
        is_acronym = (
            len(tokens) == 1
            and len(name) <= _LONGEST_ACRONYM
            and name.isascii()
            and name.isalpha()
            and name.isupper()
        )
        key = tuple(token.folded for token in tokens)
        if not key:
            return
        book = self._acronyms if is_acronym else self._labels
        if is_acronym:
            # the sign that it must be written so; the key alone would meet the common word
            key = (tokens[0].folded,)
        if book.setdefault(key, label) != label:
            raise ValueError(f"gazetteer: {name!r} names both {book[key]} and {label}")

    def find(self, tokens: list[Token]) -> list[Mention]:
        """Phrases in a text, from left to right, none overlapping another."""
        found: list[Mention] = []
        at = 0
        while at < len(tokens):
            label, length = self._longest(tokens, at)
            if label is None:
                at += 1
                continue
            last = at + length
            found.append(Mention(label, at, last, tokens[at].start, tokens[last - 1].end))
            at = last
        return found

    def _longest(self, tokens: list[Token], at: int) -> tuple[str | None, int]:
        for length in self._lengths.get(tokens[at].folded, ()):
            if at + length > len(tokens):
                continue
            key = tuple(token.folded for token in tokens[at : at + length])
            label = self._labels.get(key)
            if label is None and length == 1 and tokens[at].text.isupper():
                label = self._acronyms.get(key)
            if label is not None:
                return label, length
        return None, 0
