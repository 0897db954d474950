"""Rules: every paragraph of which a legal answer is made, ready to be tested."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from terbium.policy.circumstances import CaseCondition
from terbium.policy.facts import Facts
from terbium.policy.item import Item
from terbium.policy.predicates import ItemCondition
from terbium.policy.truth import Truth, all_of, any_of

Data = Mapping[str, Any]


@dataclass(frozen=True)
class RuleOverlay:
    """A later text that takes a rule out of force; see ``schema.Overlay``."""

    kind: str
    announced: date
    from_: date
    to: date | None
    by: str
    paragraphs: tuple[str, ...] = ()
    scope: "Conditions | None" = None


@dataclass(frozen=True)
class Conditions:
    """Conditions: of the item alone, of the way alone, and of the rest of the case."""

    of_item: tuple[ItemCondition, ...] = ()
    of_way: tuple[CaseCondition, ...] = ()
    of_case: tuple[CaseCondition, ...] = ()

    def test(self, facts: Facts) -> Truth:
        """Whether all are met."""
        return all_of(
            [
                *(condition.test(facts.item) for condition in self.of_item),
                *(condition.test(facts) for condition in (*self.of_way, *self.of_case)),
            ]
        )


@dataclass(frozen=True)
class RuleVariant:
    """What a paragraph says of some users or uses; one condition is enough."""

    text: str
    any_of: tuple[CaseCondition, ...]
    presumption: str
    effect: str

    def test(self, facts: Facts) -> Truth:
        """Whether it applies."""
        return any_of(condition.test(facts) for condition in self.any_of)


@dataclass(frozen=True, eq=False)
class Rule:
    """A paragraph of a binding act.

    Parameters
    ----------
    measure, paragraph, regime, effect, presumption, text
        As authored; ``presumption`` of an owner is that of the list the owner is on.
    announced, first, last
        Dates of the paragraph; ``last`` None = open.
    overlays
        Those that hit it.
    conditions
        What must be met.
    listed_in
        Regime under which the item itself must be controlled that day; empty = no such condition.
    is_listing
        Whether it puts items under control, so that other rules can speak of them.
    act
        The whole act as plain data, for people.
    provision
        The paragraph as plain data.
    """

    measure: str
    paragraph: str
    regime: str
    effect: str
    presumption: str
    text: str
    announced: date
    first: date
    last: date | None
    overlays: tuple[RuleOverlay, ...]
    conditions: Conditions
    variants: tuple[RuleVariant, ...]
    listed_in: str
    is_listing: bool
    control_code: str
    act: Data = field(repr=False)
    provision: Data = field(repr=False)

    def dates_of(self, _: "Rule", /) -> tuple[date, date | None, date | None]:
        """As ``schema.Measure.dates_of``."""
        return self.announced, self.first, self.last

    def item_truth(self, item: Item) -> Truth:
        """Whether the item is one that the paragraph is about."""
        if self.is_coded(item):
            return Truth.YES
        return all_of(condition.test(item) for condition in self.conditions.of_item)

    def is_coded(self, item: Item) -> bool:
        """Whether the asker gave the control code of the paragraph."""
        return bool(self.control_code) and any(
            _same_code(code, self.control_code) for code in item.codes
        )


@dataclass(frozen=True)
class RuleBook:
    """All rules, with what is told of the register in every answer.

    Parameters
    ----------
    evidence_date
        Newest day that the register has evidence of.
    rules
        In the order of measures and paragraphs.
    measures
        Every act of the register as plain data, by id.
    informal
        Acts that stay out of a legal answer: id to formality.
    lists
        Names held on any list, plain.
    """

    evidence_date: date
    rules: tuple[Rule, ...]
    measures: Mapping[str, Data]
    informal: Mapping[str, str]
    lists: frozenset[str]

    @cached_property
    def hints(self) -> tuple[tuple[str, "Rule"], ...]:
        """Digits of customs codes that texts name for reference, with their rule."""
        return tuple(
            ("".join(sign for sign in hint if sign.isdigit()), rule)
            for rule in self.rules
            for hint in rule.provision.get("scope", {}).get("hs_hint", ())
        )


def _same_code(given: str, own: str) -> bool:
    """Whether one control code is the other or a part of it."""
    one, two = given.casefold().split("."), own.casefold().split(".")
    shared = min(len(one), len(two))
    return one[:shared] == two[:shared]


def names_held(act: Data) -> frozenset[str]:
    """Names that are held of the list of an act, each once."""
    return frozenset(
        name
        for provision in act["provisions"]
        for name in provision.get("scope", {}).get("parties") or ()
    )
