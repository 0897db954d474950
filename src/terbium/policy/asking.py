"""What to ask and what to warn of beside an answer."""

from collections.abc import Iterator
from difflib import get_close_matches

from terbium.base.speech import tr
from terbium.policy.answers import RegimeAnswer
from terbium.policy.facts import Facts
from terbium.policy.predicates import Holds, Question
from terbium.policy.rules import RuleBook, names_held
from terbium.policy.standing import Outcome
from terbium.policy.truth import Truth

_MOST_QUESTIONS = 6
_MOST_NAMES = 3
# facts in the order in which a lawyer asks for them
_ORDER = (
    "item", "form", "element_content", "purity", "origin", "exporter_location", "destination",
    "origin_content", "value_share", "party_name", "owner_share", "end_user_type", "end_use",
)  # fmt: skip


def questions_of(now: Outcome, facts: Facts) -> tuple[Question, ...]:
    """Facts that would decide what is open, each once, what the item is first."""
    found: dict[Question, None] = {}
    if now.open and not facts.item.is_read:
        asked = tr("What is it: which material, in which form, with which contents?")
        found[Question("item", asked)] = None
    elements: set[str] = set()
    for match in now.open:
        is_open = match.item is Truth.UNKNOWN and facts.item.is_read
        for condition in match.rule.conditions.of_item if is_open else ():
            if condition.test(facts.item) is not Truth.UNKNOWN:
                continue
            if isinstance(condition, Holds):
                elements |= condition.elements
            else:
                found.setdefault(condition.ask(facts.item))
        for test in (*match.rule.conditions.of_way, *match.rule.conditions.of_case):
            if test.test(facts) is Truth.UNKNOWN:
                found.setdefault(test.ask(facts))
    for question in _variants(now, facts):
        found.setdefault(question)
    if elements:
        found.setdefault(Holds(frozenset(elements)).ask(facts.item))
    ranked = sorted(found, key=lambda q: _ORDER.index(q.fact) if q.fact in _ORDER else len(_ORDER))
    return tuple(ranked)[:_MOST_QUESTIONS]


def _variants(now: Outcome, facts: Facts) -> Iterator[Question]:
    """What would tell whether a paragraph that binds says something else of this user or use."""
    for match in now.bound:
        for variant, truth in match.variants:
            if truth is Truth.UNKNOWN and match not in now.open:
                for condition in variant.any_of:
                    if condition.test(facts) is Truth.UNKNOWN:
                        yield condition.ask(facts)


def warnings_of(facts: Facts, book: RuleBook, answer: RegimeAnswer) -> tuple[str, ...]:
    """What the reader should know beside an answer."""
    found = []
    if facts.known_on is not None and facts.known_on > book.evidence_date:
        found.append(
            tr(
                "The register has evidence to {evidence}; what came between that day and {day} is "
                "not in it.",
                evidence=book.evidence_date, day=facts.known_on,
            )
        )  # fmt: skip
    if facts.on > book.evidence_date:
        found.append(
            tr(
                "{day} lies after the evidence date {evidence}: the answer takes it that no act "
                "came since.",
                day=facts.on, evidence=book.evidence_date,
            )
        )  # fmt: skip
    if facts.party.name and facts.party.name not in book.lists:
        found.append(
            tr(
                "'{party}' is on no list held and is taken as unlisted; {held}.",
                party=facts.party.shown, held=_held(book, facts),
            )
        )  # fmt: skip
        found.extend(_alike(facts.party.name, book))
    if facts.regime in ("tariff", "cn_supply_security"):
        found.append(tr("The regime '{regime}' asks for no licence.", regime=facts.regime))
    if answer.status in ("none", "unknown") and facts.hs:
        found.extend(_codes(facts, book))
    return tuple(found)


def _held(book: RuleBook, facts: Facts) -> str:
    """How much is held of each list that is in force on the day."""
    told = []
    acts = {rule.measure: rule for rule in book.rules if rule.first <= facts.on}
    for name, rule in sorted(acts.items()):
        size = (rule.act.get("party_list") or {}).get("size")
        if size and (rule.last is None or facts.on <= rule.last):
            held = len(names_held(rule.act))
            told.append(tr("{list} holds {held} of {size}", list=name, held=held, size=size))
    return "; ".join(told) or tr("no list is in force on that day")


def _alike(name: str, book: RuleBook) -> Iterator[str]:
    """Listed names that contain the name or are spelled much like it."""
    words = set(name.split())
    near = [held for held in sorted(book.lists) if words and words <= set(held.split())]
    near += [held for held in get_close_matches(name, sorted(book.lists)) if held not in near]
    if near:
        names = ", ".join(near[:_MOST_NAMES])
        yield tr("Listed names that are alike: {names}. Is it one of them?", names=names)


def _codes(facts: Facts, book: RuleBook) -> Iterator[str]:
    """A code that some text names for reference, though the description does not meet it."""
    digits = "".join(sign for sign in facts.hs if sign.isdigit())
    for hint, rule in book.hints if digits else ():
        if hint.startswith(digits) or digits.startswith(hint):
            yield tr(
                "Customs code {code} is named for reference by {measure} ({paragraph}); the "
                "description decides, not the code.",
                code=facts.hs, measure=rule.measure, paragraph=rule.paragraph,
            )  # fmt: skip
            return
