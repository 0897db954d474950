"""Pairing two sequences in order: the chain of pairs with the greatest weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """Place `left` of one sequence may go with place `right` of the other.

    Attributes
    ----------
    left, right
        Places, from 0.
    weight
        What speaks for the pair, above 0.
    """

    left: int
    right: int
    weight: float


def heaviest_chain(pairs: Sequence[Pair]) -> list[Pair]:
    """The chain in which both places rise from pair to pair, with the greatest sum of weights.

    Parameters
    ----------
    pairs
        Pairs that are allowed, in any order; `n` of them.

    Returns
    -------
    list of Pair
        By place. O(n log n): a Fenwick tree over the right places holds the best chain so far.

    Examples
    --------
    >>> heaviest_chain([Pair(0, 1, 1.0), Pair(1, 0, 3.0), Pair(2, 2, 1.0)])
    [Pair(left=1, right=0, weight=3.0), Pair(left=2, right=2, weight=1.0)]
    """
    size = max((pair.right for pair in pairs), default=-1) + 1
    best = _Best(size)
    before: list[int] = []
    # of pairs with one left place the farthest right comes first: they must not follow each other
    ordered = sorted(pairs, key=lambda pair: (pair.left, -pair.right))
    top, last = 0.0, -1
    for at, pair in enumerate(ordered):
        weight, previous = best.up_to(pair.right)
        before.append(previous)
        best.raise_to(pair.right, weight + pair.weight, at)
        if weight + pair.weight > top:
            top, last = weight + pair.weight, at
    chain = []
    while last >= 0:
        chain.append(ordered[last])
        last = before[last]
    return chain[::-1]


class _Best:
    """Greatest weight of a chain that ends below a place."""

    def __init__(self, size: int) -> None:
        self._tree = [(0.0, -1)] * (size + 1)

    def up_to(self, place: int) -> tuple[float, int]:
        found, at = (0.0, -1), place
        while at > 0:
            found = max(found, self._tree[at], key=_weight)
            at -= at & -at
        return found

    def raise_to(self, place: int, weight: float, number: int) -> None:
        at = place + 1
        while at < len(self._tree):
            if weight > self._tree[at][0]:
                self._tree[at] = (weight, number)
            at += at & -at


def _weight(entry: tuple[float, int]) -> float:
    return entry[0]


def crossing_pairs(pairs: Sequence[Pair], chain: Sequence[Pair], reach: int) -> list[Pair]:
    """Pairs of places that the chain leaves free, and that cross it by a few places only.

    Parameters
    ----------
    pairs
        Pairs that are allowed.
    chain
        Pairs that are taken already, by place.
    reach
        How far a right place may lie from where the chain would have it.

    Returns
    -------
    list of Pair
        The heaviest first; no place is taken twice.
    """
    lefts, rights = {pair.left for pair in chain}, {pair.right for pair in chain}
    expected = _expected(chain, max((pair.left for pair in pairs), default=0))
    found = []
    for pair in sorted(pairs, key=lambda pair: (-pair.weight, pair.left, pair.right)):
        if pair.left in lefts or pair.right in rights:
            continue
        low, high = expected[pair.left]
        if low - reach <= pair.right <= high + reach:
            found.append(pair)
            lefts.add(pair.left)
            rights.add(pair.right)
    return found


def _expected(chain: Sequence[Pair], last: int) -> list[tuple[int, int]]:
    """For each left place the right places of the links of the chain before and behind it."""
    end = max((pair.right for pair in chain), default=0)
    spans: list[tuple[int, int]] = []
    before, links = 0, iter(chain)
    following = next(links, None)
    for left in range(last + 1):
        while following is not None and following.left < left:
            before, following = following.right, next(links, None)
        spans.append((before, following.right if following is not None else end + last))
    return spans
