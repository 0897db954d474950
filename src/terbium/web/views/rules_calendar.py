"""What is in force on a day, what changed between two days and what lapses soon, as records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from terbium.base.speech import tr
from terbium.policy.acts import Act
from terbium.policy.rulebook import LEGAL_EFFECTS
from terbium.policy.timeline import Announcement, Standing, Turn, announced_between, standings
from terbium.web.views import rules_words as words
from terbium.web.views.rules import act_path
from terbium.web.views.rules_case import law_of
from terbium.web.views.rules_trace import kind_of
from terbium.web.views.rules_wish import CHANGES, DAY, Wish

_DAY = timedelta(days=1)
# in the order in which they are told; the last ones are folded
_STATES = (
    "in force", "suspended", "exempted", "not yet in force", "no first day", "superseded", "voided",
    "ended",
)  # fmt: skip
_FOLDED = ("superseded", "voided", "ended")


@dataclass(frozen=True)
class Row:
    """An act, or paragraphs of it, as they stand or turn.

    Parameters
    ----------
    measure, title, tongue, href
        The act.
    kind
        What it is, where it is no licence rule.
    paragraphs
        Paragraphs that are meant; none = the whole act.
    before, after
        How they stood and stand; ``before`` is empty for what stands.
    by
        What made it so: (id or name, address or nothing).
    since, until
        First and last day of the state by the texts known.
    branch
        In which branch past the evidence date; empty = both.
    told
        More, in sentences.
    """

    measure: str
    title: str
    tongue: str
    href: str
    kind: str
    paragraphs: tuple[str, ...]
    before: str
    after: str
    by: tuple[tuple[str, str], ...]
    since: date | None = None
    until: date | None = None
    branch: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rows under a heading; ``day`` where they belong to one."""

    heading: str
    rows: tuple[Row, ...]
    day: date | None = None
    is_folded: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the page: licence rules, law that is none, no law."""

    title: str
    note: str
    groups: tuple[Group, ...]


def parts_of(wish: Wish) -> tuple[Part, ...]:
    """What is shown, in parts: rules that ask for permission first, the rest set apart."""
    if wish.show == DAY:
        return _standing_parts(wish)
    groups = _changes(wish) if wish.show == CHANGES else _lapses(wish)
    return (Part("", "", groups),) if groups else ()


def _standing_parts(wish: Wish) -> tuple[Part, ...]:
    rows = [
        row
        for row in standings(wish.rulebook.book, wish.on, wish.known_on)
        if wish.holds(row.act) and row.state.name not in ("not yet announced", "not known")
    ]
    licensed = wish.rulebook.decider.book
    rules = {rule.measure for rule in licensed.rules}
    asked = [row for row in rows if row.act.id in rules]
    apart = [row for row in rows if row.act.id not in rules]
    parts = (
        Part(tr("Rules that ask for permission"), "", _by_state(asked)),
        Part(
            tr("Law that is no licence rule"),
            tr("Duties, lists, stockpiles and the like: no part of the answer on licences."),
            _by_kind([row for row in apart if row.act.is_binding]),
        ),
        Part(
            tr("No law: threats, proposals, statements and practice"),
            tr("They stand; they are not in force, and no part of a legal answer."),
            _by_kind([row for row in apart if not row.act.is_binding]),
        ),
    )
    return tuple(part for part in parts if part.groups)


def _by_state(rows: Iterable[Standing]) -> tuple[Group, ...]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.branch, row.state.name), []).append(standing(row))
    ordered = sorted(groups, key=lambda key: (key[0], _STATES.index(key[1])))
    return tuple(
        Group(
            tr("{branch}: {state}", branch=words.branch(branch), state=words.state(state))
            if branch
            else words.state(state),
            tuple(groups[branch, state]),
            is_folded=state in _FOLDED,
        )
        for branch, state in ordered
    )


def _by_kind(rows: Iterable[Standing]) -> tuple[Group, ...]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.state.name not in _FOLDED:
            groups.setdefault(kind_of(row.act), []).append(standing(row))
    return tuple(Group(title, tuple(found), is_folded=True) for title, found in groups.items())


def standing(row: Standing) -> Row:
    """How an act stands, as a row."""
    return Row(
        **_act(row.act, row.paragraphs, row.is_whole),
        before="",
        after=words.state(row.state.name, row.act.is_binding),
        by=_by(row.state.by),
        since=row.since,
        until=row.until,
        branch=words.branch(row.branch),
        told=row.narrow,
    )


def _changes(wish: Wish) -> tuple[Group, ...]:
    found: dict[date, list[Row]] = {}
    news = announced_between(wish.rulebook.book, wish.first, wish.last, wish.known_on)
    for one in news:
        if wish.holds(one.act):
            found.setdefault(one.day, []).append(_announced(one))
    for turn in wish.turns():
        found.setdefault(turn.day, []).append(turned(turn))
    return tuple(Group("", tuple(found[day]), day) for day in sorted(found))


def _lapses(wish: Wish) -> tuple[Group, ...]:
    found: dict[date, list[Row]] = {}
    for turn in wish.turns():
        found.setdefault(turn.day - _DAY, []).append(turned(turn))
    return tuple(Group("", tuple(found[day]), day) for day in sorted(found))


def turned(turn: Turn) -> Row:
    """A turn as a row."""
    return Row(
        **_act(turn.act, turn.paragraphs, turn.is_whole),
        before=words.state(turn.before.name, turn.act.is_binding),
        after=words.state(turn.after.name, turn.act.is_binding),
        by=_by(turn.after.by or turn.before.by),
        branch=words.branch(turn.branch),
    )


def _announced(one: Announcement) -> Row:
    return Row(
        **_act(one.act, one.paragraphs, not one.paragraphs),
        before="",
        after=tr("announced"),
        by=(),
        told=(one.text,) if one.text else (),
    )


def _act(act: Act, paragraphs: tuple[str, ...], is_whole: bool) -> dict[str, Any]:
    return {
        "measure": act.id,
        "title": act.title,
        "tongue": words.tongue(act.title),
        "href": act_path(act.id),
        "kind": _kind(act),
        "paragraphs": () if is_whole else paragraphs,
    }


def _kind(act: Act) -> str:
    """What an act is that asks for no permission; empty for rules that do."""
    if act.formality:
        return words.formality(act.formality)
    is_rule = any(paragraph.effect in LEGAL_EFFECTS for paragraph in act.provisions)
    return "" if is_rule else words.instrument(act.data["instrument"])


def _by(names: str) -> tuple[tuple[str, str], ...]:
    found = [name.strip() for name in names.split(",") if name.strip()]
    held = law_of().book.acts
    return tuple((name, act_path(name) if name in held else "") for name in found)
