"""What the readers of all formats hand over: flows and labels, not checked for sense yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from terbium.base.errors import Problems

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pair = tuple[str, str]

NO_UNIT = "money of the table"
SHOWN = 5


@dataclass
class Draft:
    """A table as its file has it.

    Parameters
    ----------
    Z, Y
        Yearly flows (N, N) and (N, R*C), float64, in rows.
    x
        Yearly output (N,), or None where the file does not tell.
    regions, sectors, categories
        Labels in the order of the arrays.
    unit
        As far as the file tells.
    warnings
        What the reader had to assume.
    """

    Z: Floats
    Y: Floats
    x: Floats | None
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    unit: str = NO_UNIT
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """Where pairs of labels, given in any order, belong.

    Parameters
    ----------
    firsts, seconds
        The labels of each kind, sorted.
    order
        For each position ``first * len(seconds) + second``, which of the given pairs stands there.
    """

    firsts: tuple[str, ...]
    seconds: tuple[str, ...]
    order: Ints

    def positions(self) -> dict[Pair, int]:
        """Position of each pair."""
        pairs = ((first, second) for first in self.firsts for second in self.seconds)
        return {pair: position for position, pair in enumerate(pairs)}


def listed(items: Sequence[object]) -> str:
    """The first few of many, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b"]), listed(range(8))
    ('a, b', '0, 1, 2, 3, 4, and 3 more')
    """
    more = len(items) - SHOWN
    shown = ", ".join(map(str, items[:SHOWN]))
    return f"{shown}, and {more} more" if more > 0 else shown


def check_labels(labels: Sequence[str], place: str, problems: Problems) -> None:
    """Note labels that are blank, or that stand twice."""
    _note_labels(list(labels), [not label.strip() for label in labels], place, problems)


def layout_of(pairs: Sequence[Pair], place: str, kind: str, problems: Problems) -> Layout | None:
    """Sort pairs of labels, which must be each first label with each second one, once.

    Parameters
    ----------
    pairs
        ``(region, sector)`` or ``(region, category)``.
    place
        File and row or column, for problems.
    kind
        ``"sector"`` or ``"category"``.
    problems
        Receives blank pairs, pairs that stand twice, and those that are missing.
    """
    before = len(problems)
    names = [f"{first}/{second}" for first, second in pairs]
    blank = [not (first.strip() and second.strip()) for first, second in pairs]
    _note_labels(names, blank, place, problems)
    if len(problems) > before:
        return None
    firsts, seconds = (tuple(sorted({pair[which] for pair in pairs})) for which in (0, 1))
    given = {pair: index for index, pair in enumerate(pairs)}
    wanted = [(first, second) for first in firsts for second in seconds]
    missing = [f"{first}/{second}" for first, second in wanted if (first, second) not in given]
    if missing:
        problems.add(
            place,
            f"no {listed(missing)}",
            f"each region with each {kind}",
            "give what is missing as zeros (an industry without output is allowed), or aggregate "
            "until all regions have the same labels",
        )
        return None
    return Layout(firsts, seconds, np.array([given[pair] for pair in wanted], dtype=np.int64))


def labels_of(firsts: Iterable[str], seconds: Iterable[str]) -> list[str]:
    """``"first/second"`` for each pair, in order of position."""
    inner = list(seconds)
    return [f"{first}/{second}" for first in firsts for second in inner]


def _note_labels(
    names: Sequence[str], blank: Sequence[bool], place: str, problems: Problems
) -> None:
    empty = [index for index, is_blank in enumerate(blank) if is_blank]
    if empty:
        problems.add(
            place,
            f"{len(empty)} empty label(s), the first at position {empty[0] + 1}",
            "a label for every row and column",
            "fill in the labels",
        )
    seen: set[str] = set()
    twice = []
    for name, is_blank in zip(names, blank, strict=True):
        if name in seen and not is_blank:
            twice.append(f"'{name}'")
        seen.add(name)
    if twice:
        problems.add(
            place,
            f"{listed(list(dict.fromkeys(twice)))} a second time",
            "each label once",
            "rename or merge what has the same label",
        )
