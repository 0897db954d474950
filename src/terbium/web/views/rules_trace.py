"""Why each paragraph of the register applies or does not, as a tree."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from terbium.base.speech import tr
from terbium.policy.acts import Act, Book
from terbium.policy.answers import Decision, Line
from terbium.web.views import rules_words as words

# of several paragraphs the first of these tells how the act stands
_ORDER = ("yes", "unknown", "no")


@dataclass(frozen=True)
class Leaf:
    """A paragraph: ``yes``, ``unknown`` or ``no``, what it misses and which questions it leaves."""

    paragraph: str
    applies: str
    text: str
    tongue: str
    reasons: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Branch:
    """An act with its paragraphs; it applies as much as the first of them."""

    measure: str
    title: str
    tongue: str
    href: str
    applies: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Limb:
    """A body of rules: acts that apply or may, and the others by what keeps them away."""

    name: str
    title: str
    near: tuple[Branch, ...]
    away: tuple[Branch, ...]


@dataclass(frozen=True)
class Apart:
    """Acts that are no licence rule, of one kind."""

    title: str
    acts: tuple[tuple[str, str, str, str], ...]
    """Id, title, language of the title, address."""


@dataclass(frozen=True)
class Trace:
    """The tree, and what stands beside it as no licence rule."""

    limbs: tuple[Limb, ...]
    apart: tuple[Apart, ...]


def trace_of(decision: Decision, book: Book) -> Trace:
    """Turn the lines of a trace into a tree: rules, act, paragraph, condition."""
    by_act: dict[str, list[Line]] = {}
    for line in decision.trace:
        by_act.setdefault(line.measure, []).append(line)
    limbs: dict[str, list[Branch]] = {name: [] for name in decision.regimes}
    others: list[Act] = []
    for name, lines in by_act.items():
        act = book.acts[name]
        if any(line.paragraph for line in lines):
            limbs.setdefault(act.regime, []).append(_branch(act, lines))
        else:
            others.append(act)
    return Trace(
        tuple(_limb(name, branches) for name, branches in limbs.items() if branches),
        apart_of(others),
    )


def _limb(name: str, branches: Iterable[Branch]) -> Limb:
    found = sorted(branches, key=lambda one: (_ORDER.index(one.applies), one.measure))
    return Limb(
        name,
        words.regime(name),
        tuple(one for one in found if one.applies != "no"),
        tuple(one for one in found if one.applies == "no"),
    )


def _branch(act: Act, lines: Iterable[Line]) -> Branch:
    held = {paragraph.paragraph: paragraph.text for paragraph in act.provisions}
    leaves = tuple(
        Leaf(
            line.paragraph,
            line.applies,
            held.get(line.paragraph, ""),
            words.tongue(held.get(line.paragraph, "")),
            line.missed,
            line.asked,
        )
        for line in lines
        if line.paragraph
    )
    ordered = tuple(sorted(leaves, key=lambda leaf: _ORDER.index(leaf.applies)))
    return Branch(
        act.id,
        act.title,
        words.tongue(act.title),
        f"/rules/acts/{quote(act.id)}",
        ordered[0].applies,
        ordered,
    )


def apart_of(acts: Iterable[Act]) -> tuple[Apart, ...]:
    """Acts that ask for no permission, by kind: duties, lists, threats and statements, the rest."""
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    for act in acts:
        row = act.id, act.title, words.tongue(act.title), f"/rules/acts/{quote(act.id)}"
        groups.setdefault(kind_of(act), []).append(row)
    return tuple(Apart(title, tuple(groups[title])) for title in _kinds() if title in groups)


def kind_of(act: Act) -> str:
    """What kind of law that is no licence rule an act is."""
    duties, statements, lists, others = _kinds()
    if act.formality:
        return statements
    if any(one.effect in ("duty", "duty_range", "fee", "quota") for one in act.provisions):
        return duties
    if act.data["instrument"] == "entity_list" or act.data.get("party_list"):
        return lists
    return others


def _kinds() -> tuple[str, str, str, str]:
    return (
        tr("Duties, fees and quotas"),
        tr("Threats, proposals, statements and practice: no binding act"),
        tr("Lists of parties"),
        tr("Other acts that ask for no permission"),
    )
