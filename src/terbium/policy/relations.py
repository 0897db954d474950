"""What is linked to an act, in both directions, each link with what it rests on.

A pair says that two steps were taken in exchange for one another. None revives by itself: each act
ends or revives by its own text alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from terbium.policy.acts import Act, Book
from terbium.policy.timeline import standings

NO_PAIR_REVIVES = "No pair revives by itself: each act ends or revives by its own text alone."

# field of an act -> what it is to the act that it names, and what that act is to it
_WORDS = {
    "retaliates_to": ("retaliates to", "retaliated to by"),
    "responds_to": ("responds to", "responded to by"),
    "amends": ("amends", "amended by"),
    "ended_by": ("ended by", "ends"),
}
_KIND = {
    "suspend": ("suspended by", "suspends"),
    "extend": ("suspension prolonged by", "prolongs the suspension of"),
    "void": ("voided by", "voids"),
    "exempt": ("exempted by", "exempts from"),
    "supersede": ("superseded by", "supersedes"),
}


@dataclass(frozen=True)
class Relation:
    """One link of an act.

    Parameters
    ----------
    relation
        ``paired with``, ``suspended by``, ``voids`` ...
    other
        The other act: its id, or its name where the register does not hold it.
    is_held
        Whether the register holds it.
    basis
        What a pair rests on: ``legal_text``, ``official_statement`` or ``political``.
    paragraphs
        Paragraphs that it concerns; none = the whole act.
    from_, to
        Window of an overlay; None = open, or no overlay.
    note
        Why, in the words of the register.
    states
        How the other act stands on the day asked about.
    """

    relation: str
    other: str
    is_held: bool
    basis: str = ""
    paragraphs: tuple[str, ...] = ()
    from_: date | None = None
    to: date | None = None
    note: str = ""
    states: tuple[str, ...] = ()


def relations_of(
    book: Book, act: Act, on: date | None = None, known_on: date | None = None
) -> list[Relation]:
    """Links of an act to others and of others to it.

    Parameters
    ----------
    book
        All acts.
    act
        The one asked about.
    on
        Day for which the states of the others are told; None = not told.
    known_on
        Nothing announced after it counts.

    Returns
    -------
    list of Relation
        Pairs first, then what other acts do to it and it to them.
    """
    states: dict[str, list[str]] = {}
    if on is not None:
        for row in standings(book, on, known_on):
            told = row.state.name + (f" if pauses {row.branch}" if row.branch else "")
            if told not in states.setdefault(row.act.id, []):
                states[row.act.id].append(told)
    found = [*_pairs(act), *_named(act, book), *_overlaid(act, book), *_reach(act, book)]
    return [
        Relation(
            one.relation, one.other, one.other in book.acts, one.basis, one.paragraphs, one.from_,
            one.to, one.note, tuple(states.get(one.other, ())),
        )
        for one in found
        if _is_known(one, book, known_on)
    ]  # fmt: skip


def _is_known(one: Relation, book: Book, known_on: date | None) -> bool:
    other = book.acts.get(one.other)
    return known_on is None or other is None or other.announced <= known_on


def _pairs(act: Act) -> Iterator[Relation]:
    basis, note = act.data.get("paired_basis", {}), act.data.get("paired_note") or ""
    for name in act.data.get("paired_with", ()):
        yield Relation("paired with", name, True, basis.get(name, ""), note=note)


def _named(act: Act, book: Book) -> Iterator[Relation]:
    for field, (here, there) in _WORDS.items():
        for name in act.data.get(field, ()):
            yield Relation(here, name, True)
        for other in book:
            if act.id in other.data.get(field, ()):
                yield Relation(there, other.id, True)


def _overlaid(act: Act, book: Book) -> Iterator[Relation]:
    for other in (act, *(one for one in book if one is not act)):
        for overlay in other.overlays:
            here, there = _KIND[overlay.kind]
            narrow = "for some flows alone" if overlay.scope is not None else ""
            note = overlay.data.get("text") or narrow
            if other is act:
                yield Relation(
                    here, overlay.by, True, "", overlay.paragraphs, overlay.from_, overlay.to, note
                )
            elif overlay.by == act.id:
                yield Relation(
                    there, other.id, True, "", overlay.paragraphs, overlay.from_, overlay.to, note
                )


def _reach(act: Act, book: Book) -> Iterator[Relation]:
    """Which act says what foreign items another one reaches."""
    for other in book:
        for paragraph in other.provisions:
            subject, names = paragraph.scope.get("subject_to"), (paragraph.paragraph,)
            if subject == act.id:
                yield Relation("says what is reached by", other.id, True, "", names)
            elif subject and other is act:
                yield Relation("reaches what is subject to", subject, True)
