"""What the calendar of acts is asked: days, issuer, item and the law that is asked."""

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
from terbium.policy.timeline import Turn, expiring, turns
from terbium.policy.truth import Truth
from terbium.web.views.rules_case import Law, law_of

DAY, CHANGES, LAPSES = "day", "changes", "lapses"
AHEAD: Final = (30, 60, 90, 365)
FAR: Final = date(9998, 12, 31)
"""Later than every day that a text names."""

_MOST_AHEAD = 99999
_YEAR = timedelta(days=365)


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
    rulebook: Law
    pairs: tuple[tuple[str, str], ...]

    @property
    def query(self) -> str:
        """The address of the wish."""
        return urlencode(self.pairs)

    @property
    def horizon(self) -> date:
        """Last day of which something is known."""
        evidence = self.rulebook.book.evidence_date
        return min(self.known_on or evidence, evidence)

    def holds(self, act: Act) -> bool:
        """Whether an act is among those asked for."""
        is_issued = not self.issuer or self.issuer in act.issuers
        return is_issued and (not self.item or concerns(self.rulebook.decider.book, act, self.item))

    def turns(self) -> list[Turn]:
        """Days on which an act begins to stand otherwise, in what is shown."""
        book = self.rulebook.book
        if self.show == CHANGES:
            found = turns(book, self.first, self.last, self.known_on)
        elif self.show == LAPSES:
            found = expiring(book, self.on, self.days, self.known_on)
        else:
            found = turns(book, self.on, FAR, self.known_on)
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
