"""What is asked of a trajectory once the words of a key are parted from its transforms."""

from __future__ import annotations

from dataclasses import dataclass

from terbium.base.calendar import Period
from terbium.results.keys_terms import Place, Subject


@dataclass(frozen=True)
class Query:
    """A quantity of a subject at a place over some days."""

    quantity: str
    subject: Subject
    place: Place
    days: Period
