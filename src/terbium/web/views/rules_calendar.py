"""What is in force on a day, what changed between two days and what lapses soon, as records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from terbium.base.days import parse_date
from terbium.base.errors import InputError, Problems, suggest
from terbium.base.speech import tr
from terbium.policy.acts import Act, Book
from terbium.policy.item import Item
from terbium.policy.reading import read_item
from terbium.policy.rules import RuleBook
from terbium.policy.timeline import (
    Announcement,
    Standing,
    Turn,
    announced_between,
    expiring,
    standings,
    turns,
)
from terbium.policy.truth import Truth
from terbium.web.views import rules_words as words
from terbium.web.views.rules import act_path
from terbium.web.views.rules_case import Law, law_of
from terbium.web.views.rules_trace import kind_of

DAY, CHANGES, LAPSES = "day", "changes", "lapses"
AHEAD: Final = (30, 60, 90, 365)
_MOST_AHEAD = 99999
_DAY = timedelta(days=1)
_YEAR = timedelta(days=365)
# in the order in which they are told; the last ones are folded
_STATES = (
    "in force", "suspended", "exempted", "not yet in force", "no first day", "superseded", "voided",
    "ended",
)  # fmt: skip
_FOLDED = ("superseded", "voided", "ended")


@dataclass(frozen=True)
class Wish:
    """What the calendar is asked.

    Parameters
    ----------
    show
        ``day``, ``changes`` or ``lapses``.
    on, known_on
        The day, and the day as of which the register is read; None = as it stands.
    first, last
        Changes after the one and up to the other.
    days
        What lapses within so many days after ``on``.
    issuer, item
        Acts of one issuer alone, and acts about an item; empty = all.
    law
        The law asked.
    pairs
        The wish as an address.
    """

    show: str
    on: date
    known_on: date | None
    first: date
    last: date
    days: int
    issuer: str
    item: str
    law: Law
    pairs: tuple[tuple[str, str], ...]

    @property
    def query(self) -> str:
        """The address of the wish."""
        return urlencode(self.pairs)

    @property
    def horizon(self) -> date:
        """Last day of which something is known."""
        evidence = self.law.book.evidence_date
        return min(self.known_on or evidence, evidence)

    def holds(self, act: Act) -> bool:
        """Whether an act is among those asked for."""
        is_issued = not self.issuer or self.issuer in act.issuers
        return is_issued and (not self.item or concerns(self.law.decider.book, act, self.item))

    def turns(self) -> list[Turn]:
        """Days on which an act begins to stand otherwise, in what is shown."""
        book = self.law.book
        if self.show == CHANGES:
            found = turns(book, self.first, self.last, self.known_on)
        elif self.show == LAPSES:
            found = expiring(book, self.on, self.days, self.known_on)
        else:
            # later than every day that a text names
            found = turns(book, self.on, date(9998, 12, 31), self.known_on)
        return [turn for turn in found if self.holds(turn.act)]


def read_wish(given: Iterable[tuple[str, str]], today: date) -> Wish:
    """Read what the calendar is asked from the query of an address.

    Raises
    ------
    InputError
        With every part that cannot be read.
    """
    texts = {name: text.strip() for name, text in given if text.strip()}
    problems = Problems()
    mixes = texts.get("mix", "").replace(",", " ").split()
    law = _law(texts.get("scenario", ""), mixes, problems)
    evidence = law.book.evidence_date
    on = _day("on", texts, problems) or (today if texts.get("show") == LAPSES else evidence)
    last = _day("last", texts, problems) or evidence
    first = _day("first", texts, problems) or last - _YEAR
    known_on = _day("known_on", texts, problems)
    if first > last:
        problems.add("first", str(first), tr("a day before the other"), tr("swap the two days"))
    show = texts.get("show", DAY)
    if show not in (DAY, CHANGES, LAPSES):
        problems.add("show", f"'{show}'", f"{DAY}, {CHANGES}, {LAPSES}", tr("choose one of them"))
    issuer = texts.get("issuer", "").upper()
    known = issuers(law.book)
    if issuer and issuer not in known:
        problems.add("issuer", f"'{issuer}'", ", ".join(known), suggest(issuer, known))
    days = _count(texts.get("days", ""), problems)
    problems.raise_if_any(tr("calendar of acts"))
    return Wish(
        show, on, known_on, first, last, days, issuer, texts.get("item", ""), law,
        tuple(texts.items()),
    )  # fmt: skip


def _law(scenario: str, mixes: Sequence[str], problems: Problems) -> Law:
    try:
        return law_of(scenario, mixes)
    except InputError as error:
        problems.extend(error.problems)
        return law_of()


def _day(name: str, texts: Mapping[str, str], problems: Problems) -> date | None:
    try:
        return parse_date(texts[name], name) if name in texts else None
    except InputError as error:
        problems.extend(error.problems)
        return None


def _count(text: str, problems: Problems) -> int:
    if not text:
        return AHEAD[2]
    if text.isascii() and text.isdecimal() and int(text[:9]) <= _MOST_AHEAD:
        return int(text)
    problems.add(
        "days", f"'{text[:20]}'", tr("a whole number of days, 0 to {most}", most=_MOST_AHEAD),
        tr("write a number"),
    )  # fmt: skip
    return AHEAD[2]


def issuers(book: Book) -> list[str]:
    """Codes of all issuers."""
    return sorted({word for act in book for word in act.issuers})


def concerns(rules: RuleBook, act: Act, item: str) -> bool:
    """Whether an act is about an item, or may be; an unread text is looked for in its words."""
    read = read_item(item)
    if not read.is_read:
        told = " ".join([act.title, *(paragraph.text for paragraph in act.provisions)])
        return item.casefold() in told.casefold()
    own = [rule for rule in rules.rules if rule.measure == act.id]
    if own:
        return any(rule.item_truth(read) is not Truth.NO for rule in own if rule.conditions.of_item)
    return any(_is_about(paragraph.scope, read) for paragraph in act.provisions)


def _is_about(scope: Mapping[str, Any], item: Item) -> bool:
    elements = frozenset(scope.get("elements", ()))
    forms = frozenset(scope.get("forms", ()))
    if not elements:
        return False
    return item.holds_one_of(elements) is not Truth.NO and (
        not forms or item.has_form(forms) is not Truth.NO
    )


@dataclass(frozen=True)
class Row:
    """An act, or paragraphs of it, as they stand or turn.

    Parameters
    ----------
    measure, title, tongue, href
        The act.
    kind
        What it is, where that is no law.
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
        for row in standings(wish.law.book, wish.on, wish.known_on)
        if wish.holds(row.act) and row.state.name not in ("not yet announced", "not known")
    ]
    licensed = wish.law.decider.book
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
        groups.setdefault((row.branch, row.state.name), []).append(_standing(row))
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
            groups.setdefault(kind_of(row.act), []).append(_standing(row))
    return tuple(Group(title, tuple(found), is_folded=True) for title, found in groups.items())


def _standing(row: Standing) -> Row:
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
    news = announced_between(wish.law.book, wish.first, wish.last, wish.known_on)
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
        "kind": words.formality(act.formality) if act.formality else "",
        "paragraphs": () if is_whole else paragraphs,
    }


def _by(names: str) -> tuple[tuple[str, str], ...]:
    found = [name.strip() for name in names.split(",") if name.strip()]
    held = law_of().book.acts
    return tuple((name, act_path(name) if name in held else "") for name in found)
