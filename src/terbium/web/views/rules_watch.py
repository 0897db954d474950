"""Watchlists: acts, items and terms that an owner follows, and what of them comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from terbium.base.errors import InputError, Problems
from terbium.base.speech import tr, trn
from terbium.policy.acts import Book, built_in_book
from terbium.policy.rules import RuleBook
from terbium.policy.timeline import Turn, turns
from terbium.web.views.rules import act_path
from terbium.web.views.rules_calendar import Row, turned
from terbium.web.views.rules_case import law_of
from terbium.web.views.rules_wish import FAR, concerns

KINDS: Final = ("measure", "item", "lapses")
MOST_ENTRIES: Final = 100
_MOST_SIGNS = 200
_MOST_DAYS = 3660
# what ended lately is still told, so that a reader that looks in once a month misses nothing
_BACK = timedelta(days=31)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One thing that is watched.

    Parameters
    ----------
    kind
        ``measure``, ``item`` or ``lapses``.
    text
        Id of an act, an item in words, or a number of days.
    """

    kind: str
    text: str

    @property
    def key(self) -> str:
        """What tells it from the others of a list."""
        return f"{self.kind}:{self.text}"

    @property
    def said(self) -> str:
        """In words."""
        if self.kind == "measure":
            return tr("Act {measure}", measure=self.text)
        if self.kind == "item":
            return tr("Acts about {item}", item=self.text)
        days = int(self.text)
        return trn(
            "Everything that lapses within {n} day", "Everything that lapses within {n} days", days
        )

    @property
    def href(self) -> str:
        """Page of an act; empty for the others."""
        return act_path(self.text) if self.kind == "measure" else ""


def entries_of(what: Mapping[str, Any]) -> tuple[Entry, ...]:
    """Entries of a stored list; what is no entry is left out."""
    return tuple(
        Entry(str(one["kind"]), str(one["text"]))
        for one in what.get("entries", ())
        if one.get("kind") in KINDS
    )


def stored(entries: Iterable[Entry]) -> dict[str, Any]:
    """Entries as the store keeps them."""
    return {"entries": [{"kind": one.kind, "text": one.text} for one in entries]}


def with_entry(entries: Sequence[Entry], kind: str, text: str) -> tuple[Entry, ...]:
    """A list with one more entry; one that is there already stays as it is.

    Raises
    ------
    InputError
        If there is no such act, the days are no number, or the list is full.
    """
    new = read_entry(kind, text)
    if new in entries:
        return tuple(entries)
    if len(entries) >= MOST_ENTRIES:
        raise InputError.of(
            tr("watchlist"), "entries", trn("{n} entry", "{n} entries", len(entries)),
            tr("at most {most}", most=MOST_ENTRIES), tr("take one off the list first"),
        )  # fmt: skip
    return (*entries, new)


def read_entry(kind: str, text: str) -> Entry:
    """Check what is to be watched.

    Raises
    ------
    InputError
        If there is no such kind or act, or nothing stands in the text.
    """
    plain, problems = " ".join(text.split())[:_MOST_SIGNS], Problems()
    if kind not in KINDS:
        problems.add("kind", f"'{kind[:20]}'", ", ".join(KINDS), tr("choose one of them"))
    elif not plain:
        problems.add("text", tr("nothing"), tr("an act, an item or days"), tr("fill it in"))
    elif kind == "measure":
        return Entry(kind, built_in_book().act(plain, "text").id)
    elif kind == "lapses" and not (
        plain.isascii() and plain.isdecimal() and 0 < int(plain) <= _MOST_DAYS
    ):
        problems.add(
            "text", f"'{plain}'", tr("a whole number of days, 1 to {most}", most=_MOST_DAYS),
            tr("write a number"),
        )  # fmt: skip
    problems.raise_if_any(tr("watchlist"))
    return Entry(kind, str(int(plain)) if kind == "lapses" else plain)


@dataclass(frozen=True)
class Coming:
    """A day on which something that is watched begins to stand otherwise."""

    turn: Turn
    row: Row
    why: tuple[str, ...]

    @property
    def day(self) -> date:
        """The last day of a term that runs out, else the first day of what comes."""
        return self.turn.day - _DAY if self.turn.is_lapse else self.turn.day


def coming(entries: Sequence[Entry], today: date) -> list[Coming]:
    """What of a list comes next, by day; what ended in the last month is still told.

    Past the evidence date, what comes only if pauses hold is left out: feeds tell the texts.
    """
    law = law_of()
    first = today - _BACK
    found = []
    for turn in turns(law.book, first, FAR):
        if turn.branch in ("", "lapse"):
            why = tuple(one.said for one in entries if _meets(one, turn, law.decider.book, today))
            if why:
                found.append(Coming(turn, turned(turn), why))
    return sorted(found, key=lambda one: (one.day, one.turn.act.id))


def by_day(found: Sequence[Coming]) -> list[tuple[date, bool, list[Coming]]]:
    """What comes, day by day; whether terms run out on it, or something begins."""
    groups: dict[tuple[date, bool], list[Coming]] = {}
    for one in found:
        groups.setdefault((one.day, one.turn.is_lapse), []).append(one)
    return [(day, is_lapse, rows) for (day, is_lapse), rows in groups.items()]


def _meets(entry: Entry, turn: Turn, rules: RuleBook, today: date) -> bool:
    if entry.kind == "measure":
        return turn.act.id == entry.text
    if entry.kind == "item":
        return concerns(rules, turn.act, entry.text)
    last = today + timedelta(days=int(entry.text))
    return turn.is_lapse and turn.act.is_binding and turn.day - _DAY <= last


def book() -> Book:
    """The register that feeds speak of."""
    return law_of().book
