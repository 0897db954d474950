"""What ``terbium measures`` prints: as lines for people and as data."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from terbium.cli.lines import wrapped
from terbium.policy.acts import Act, Book
from terbium.policy.answers import NOT_ADVICE
from terbium.policy.relations import NO_PAIR_REVIVES, Relation
from terbium.policy.rows import act_row, announced_row, link_row, standing_row, turn_row
from terbium.policy.timeline import Announcement, Standing, State, Turn

_INDENT = "  "
_DEEPER = "      "
_DAY = timedelta(days=1)

# headings of the states, in the order in which they are told
_HEADINGS = {
    "in force": "In force",
    "suspended": "Suspended: the text stays and is not applied",
    "exempted": "Exempted",
    "not yet in force": "Announced, not yet in force",
    "no first day": "Without a first day",
    "superseded": "Superseded by a later text",
    "voided": "Voided",
    "ended": "Ended",
}
# what is told in numbers only, unless JSON is asked for
_COUNTED = ("superseded", "voided", "ended")
# what nobody could know of on the day
_UNKNOWN = ("not yet announced",)


@dataclass(frozen=True)
class View:
    """What was asked: the acts, the day, the day of knowledge, one issuer or all."""

    book: Book
    on: date
    known_on: date | None
    issuer: str

    def holds(self, act: Act) -> bool:
        """Whether an act is among those asked for."""
        return not self.issuer or self.issuer in act.issuers

    @property
    def head(self) -> dict[str, Any]:
        """What every answer carries."""
        return {
            "evidence_date": self.book.evidence_date,
            "known_on": self.known_on,
            "on": self.on,
            "note": NOT_ADVICE,
            "supposed": self.book.supposed,
        }

    def title(self, text: str) -> list[str]:
        """A heading with the day of the evidence, and what follows from it."""
        known = f", as known on {self.known_on}" if self.known_on else ""
        told = f"{text}{known} (evidence to {self.book.evidence_date}). {NOT_ADVICE}"
        return [*wrapped(told), *(wrapped(self.book.supposed) if self.book.supposed else ())]

    @property
    def horizon(self) -> date:
        """Last day of which something is known."""
        evidence = self.book.evidence_date
        return min(self.known_on or evidence, evidence)


@dataclass(frozen=True)
class Page:
    """An answer as lines for people and as plain data."""

    lines: list[str]
    data: dict[str, Any]


def acts(view: View, found: Iterable[Standing]) -> Page:
    """How acts stand on a day; those that are no law apart."""
    rows = [row for row in found if view.holds(row.act) and row.state.name not in _UNKNOWN]
    lines = view.title(f"Acts on {view.on}")
    binding = [row for row in rows if row.act.is_binding and not row.branch]
    for state, heading in _HEADINGS.items():
        here = [row for row in binding if row.state.name == state]
        if here and state in _COUNTED:
            lines += ["", f"{heading}: {_count(here)}"]
        elif here:
            lines += ["", f"{heading}: {_count(here)}", *_each(here)]
    split = [row for row in rows if row.act.is_binding and row.branch]
    for branch, text in (("hold", "If pauses hold"), ("lapse", "If pauses lapse by their text")):
        here = [row for row in split if row.branch == branch]
        if here:
            lines += ["", f"{text}: {_count(here)}; neither was seen", *_each(here, told=True)]
    others = [
        row for row in rows if not row.act.is_binding and row.state.name not in ("ended", "voided")
    ]
    if others:
        lines += ["", f"No law (no part of a legal answer): {_count(others)}"]
        lines += _each(others, told=True)
    return Page(lines, {**view.head, "acts": [standing_row(row) for row in rows]})


def _count(rows: Sequence[Standing]) -> str:
    number = len({row.act.id for row in rows})
    return f"{number} act{'' if number == 1 else 's'}"


def _each(rows: Iterable[Standing], told: bool = False) -> Iterator[str]:
    for row in rows:
        names = "" if row.is_whole else f" ({'; '.join(row.paragraphs)})"
        parts = [_word(row.act, row.state)] if told else []
        parts += [row.act.formality.replace("_", " ")] if row.act.formality else []
        parts += [f"by {row.state.by}"] if row.state.by else []
        parts += [f"to {row.until}"] if row.until else []
        parts += row.narrow
        tail = f" [{', '.join(parts)}]" if parts else ""
        yield from _wrapped(f"{row.act.id}{names}: {row.act.title}{tail}")


def _word(act: Act, state: State) -> str:
    """A state in words; what is no law stands, it is not in force."""
    return "stands" if state.name == "in force" and not act.is_binding else state.name


def changes(
    view: View, span: tuple[date, date], found: Sequence[Turn], new: Sequence[Announcement]
) -> Page:
    """What began to stand otherwise, and what was announced, day by day."""
    first, last = span
    turns = [turn for turn in found if view.holds(turn.act)]
    announced = [one for one in new if view.holds(one.act)]
    lines = view.title(f"Changes after {first} and up to {last}")
    if last > view.horizon:
        lines.append(_by_text(view))
    told: dict[date, list[str]] = {}
    for one in announced:
        told.setdefault(one.day, []).append(_announced(one))
    for turn in turns:
        told.setdefault(turn.day, []).append(_turned(turn))
    for day in sorted(told):
        lines += ["", str(day), *(line for text in told[day] for line in _wrapped(text))]
    if not told:
        lines += ["", "Nothing changed in this register."]
    data = {
        **view.head, "first": first, "last": last, "changes": [turn_row(turn) for turn in turns],
        "announced": [announced_row(one) for one in announced],
    }  # fmt: skip
    del data["on"]
    return Page(lines, data)


def _announced(one: Announcement) -> str:
    names = f" ({'; '.join(one.paragraphs)})" if one.paragraphs else ""
    if one.text:
        return f"announced: {one.act.id}{names} is to be {one.text}"
    kind = one.act.formality.replace("_", " ") or "act"
    return f"announced: {one.act.id}{names}, {one.act.title} [{kind}]"


def lapses(view: View, days: int, found: Sequence[Turn]) -> Page:
    """What runs out, by its last day."""
    turns = [turn for turn in found if view.holds(turn.act)]
    until = view.on + timedelta(days=days)
    lines = view.title(f"What runs out from {view.on} to {until}")
    if until > view.horizon:
        lines.append(_by_text(view))
    for day in sorted({turn.day for turn in turns}):
        lines += ["", f"Last day {day - _DAY}"]
        for turn in (turn for turn in turns if turn.day == day):
            lines += _wrapped(_run_out(turn))
    if not turns:
        lines += ["", "Nothing runs out by the texts of this register."]
    return Page(lines, {**view.head, "days": days, "expiring": [turn_row(turn) for turn in turns]})


def _run_out(turn: Turn) -> str:
    names = "" if turn.is_whole else f" ({'; '.join(turn.paragraphs)})"
    by = f" by {turn.before.by}" if turn.before.by else ""
    kind = "" if turn.act.is_binding else f" [{turn.act.formality.replace('_', ' ')}]"
    now = f"{_word(turn.act, turn.before)}{by}, then {_word(turn.act, turn.after)} by its text"
    return f"{turn.act.id}{names}: {now}; {turn.act.title}{kind}"


def _by_text(view: View) -> str:
    return (
        f"Days after {view.horizon} stand in the texts; neither an extension nor a lapse was seen."
    )


def _turned(turn: Turn) -> str:
    names = "" if turn.is_whole else f" ({'; '.join(turn.paragraphs)})"
    by = turn.after.by or turn.before.by
    tail = [f"by {by}"] if by else []
    if turn.branch:
        tail.append("if pauses hold" if turn.branch == "hold" else "if pauses lapse by their text")
    if not turn.act.is_binding:
        tail.append(turn.act.formality.replace("_", " "))
    before, after = _word(turn.act, turn.before), _word(turn.act, turn.after)
    said = f"{turn.act.id}{names}: {before} -> {after}, {turn.act.title}"
    return said + (f" [{', '.join(tail)}]" if tail else "")


def links(view: View, act: Act, found: Sequence[Relation]) -> Page:
    """What is linked to an act, in both directions."""
    lines = view.title(f"{act.id}: {act.title}")
    lines += [f"{act.issuer}, {act.legal_ref}; states of the others on {view.on}", ""]
    for one in found:
        lines += _wrapped(f"{one.relation} {one.other}{_linked(one)}")
    if not found:
        lines.append("Nothing in this register is linked to it.")
    if any(one.relation == "paired with" for one in found):
        note = act.data.get("paired_note")
        lines += ["", *_wrapped(f"Why paired: {note}", "")] if note else [""]
        lines.append(NO_PAIR_REVIVES)
    return Page(lines, {**view.head, "act": act_row(act), "links": [link_row(x) for x in found]})


def _linked(one: Relation) -> str:
    parts = [f"({'; '.join(one.paragraphs)})"] if one.paragraphs else []
    if one.basis:
        parts.append(f"basis: {one.basis.replace('_', ' ')}")
    if one.from_:
        parts.append(f"from {one.from_}" + (f" to {one.to}" if one.to else ""))
    if one.note and one.relation != "paired with":
        parts.append(one.note)
    parts += [f"is {' / '.join(one.states)}"] if one.states else []
    parts += [] if one.is_held else ["no entry of its own"]
    return f": {', '.join(parts)}" if parts else ""


def _wrapped(text: str, indent: str = _INDENT) -> list[str]:
    return wrapped(text, indent, _DEEPER)
