"""What an application tells the authority, and what a general licence asks: tables with sources.

What is required must be given in full and true; nothing here says what to leave out.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from terbium.policy.acts import Act, Book
from terbium.policy.cached import register_folder

FULL_AND_TRUE = (
    "What is required must be given in full and true. This says what is asked and what follows "
    "from it, not what to leave out."
)
KINDS = ("required", "optional", "inferable")
_ASKED = ("licence", "ban", "general_licence")


@dataclass(frozen=True)
class Disclosed:
    """A document, or what can be inferred from several.

    Parameters
    ----------
    kind
        ``required`` by a text; ``optional``: asked in practice or in some cases; ``inferable``:
        never asked, and follows from what is filed.
    what
        The document, or the fact.
    tells
        What it reveals, or how the fact follows.
    follows_from
        Documents that a fact is inferred from.
    source, confidence, note
        As in the register.
    """

    kind: str
    what: str
    tells: str
    follows_from: tuple[str, ...]
    source: tuple[str, ...]
    confidence: str
    note: str


@dataclass(frozen=True)
class Condition:
    """A condition of a general licence, with the question that settles it."""

    asked_of: str
    condition: str
    question: str
    basis: str
    source: tuple[str, ...]
    confidence: str
    note: str


def disclosed_by(act: Act) -> list[Disclosed]:
    """What applications under an act disclose and allow to infer, in the order of ``KINDS``.

    Rows of the act's regime come first, then its own; empty if it asks for no application, or
    nothing is held.
    """
    if not any(paragraph.effect in _ASKED for paragraph in act.provisions):
        return []
    found = [
        _disclosed(row)
        for row in _table("disclosure.csv")
        if row["measure"] == act.id or (not row["measure"] and row["regime"] == act.regime)
    ]
    return sorted(found, key=lambda one: KINDS.index(one.kind))


def checklist_of(act: Act) -> list[Condition]:
    """Conditions of the general licences that an act introduces; empty if none are held."""
    return [
        Condition(
            row["asked_of"], row["condition"], row["question"], row["basis"],
            tuple(row["source"].split(";")), row["confidence"], row["note"],
        )
        for row in _table("checklist.csv")
        if row["measure"] == act.id
    ]  # fmt: skip


def with_checklist(book: Book) -> list[str]:
    """Ids of acts whose conditions are held."""
    return sorted({row["measure"] for row in _table("checklist.csv")} & set(book.acts))


def _disclosed(row: Mapping[str, Any]) -> Disclosed:
    return Disclosed(
        row["kind"], row["what"], row["tells"],
        tuple(word for word in row["follows_from"].split(";") if word),
        tuple(row["source"].split(";")), row["confidence"], row["note"],
    )  # fmt: skip


@cache
def _table(name: str) -> tuple[Mapping[str, str], ...]:
    with (register_folder() / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
