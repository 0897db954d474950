"""What is counted, weighed or paid: units behind and before numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from terbium.evidence.documents.lexicon import alternation, rows_of

_REACH: Final = 14


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that ends at ``end``; a value times ``factor`` is in ``unit``."""

    end: int
    kind: str
    factor: float
    unit: str
    term: str


@cache
def _by_term(place: str) -> dict[str, dict[str, str]]:
    return {row["term"]: row for row in rows_of("units") if row["place"] == place}


@cache
def _behind(is_latin: bool) -> re.Pattern[str]:
    terms = [term for term in _by_term("behind") if term.isascii() == is_latin]
    end = "(?![a-z])" if is_latin else ""
    return re.compile(rf"[ -]?(?P<term>{alternation(terms)}){end}")


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?P<term>{alternation(_by_term('before'))}) ?\Z")


def unit_behind(low: str, at: int) -> Unit | None:
    """The unit that a number which ends at ``at`` is followed by."""
    first = low[at : at + 1]
    if first in (" ", "-"):
        first = low[at + 1 : at + 2]
    if not first:
        return None
    found = _behind(first.isascii()).match(low, at)
    if not found:
        return None
    term = found["term"]
    row = _by_term("behind")[term]
    return Unit(found.end(), row["class"], float(row["factor"]), row["unit"], term)


def unit_before(low: str, at: int) -> tuple[int, Unit] | None:
    """The sign of a currency that stands before a number, and where it begins."""
    begin = max(0, at - _REACH)
    found = _before().search(low[begin:at])
    if not found:
        return None
    term = found["term"]
    start = begin + found.start("term")
    if term[0].isalpha() and low[start - 1 : start].isascii() and low[start - 1 : start].isalpha():
        return None
    row = _by_term("before")[term]
    return start, Unit(at, row["class"], float(row["factor"]), row["unit"], term)
