"""What the grammar finds before anybody asks what it is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """An expression ``[start, end)`` of folded text that carries a value.

    Attributes
    ----------
    kind
        ``percent points money mass time count multiple rank share change tariff date rate other``.
    value, low, high
        In ``unit``; None where the words say none.
    unit
        As in a claim.
    qualifier
        What the expression itself says: 多, "decades"; empty if nothing.
    iso
        Of a date: year, month, day or interval.
    word
        The word that stands for a number, if one does.
    """

    start: int
    end: int
    kind: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    qualifier: str = ""
    iso: str = ""
    word: str = ""
