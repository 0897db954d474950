"""From the facts of a case to a legal answer.

Rules whose item is out of the question are dropped once per item, the rest is tested once per case;
then every regime is asked how its rules stand on the day. Past what is known, pauses are taken to
hold and to lapse, and an answer that differs says so. Design note 010 has the law.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from terbium.policy.answers import RANK, Change, Decision, Line, RegimeAnswer
from terbium.policy.explain import (
    assumed_in,
    nearest,
    questions_of,
    reason_of,
    traced,
    warnings_of,
)
from terbium.policy.facts import REGIMES, Facts
from terbium.policy.overlay import Branch, Knowledge
from terbium.policy.rulebook import built_in_rules
from terbium.policy.rules import Rule, RuleBook
from terbium.policy.standing import Match, Outcome, next_change, outcome, stands
from terbium.policy.truth import Truth

_MOST_ITEMS = 20_000
_DAY = timedelta(days=1)
_HELD = "general_licence_held"


@dataclass(frozen=True, eq=False)
class _ItemMatch:
    """A rule that an item may meet, or that it misses by one condition."""

    rule: Rule
    truth: Truth


class Decider:
    """Answers cases from a book of rules; remembers what it found out about items.

    Parameters
    ----------
    book
        The rules.
    """

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._items: OrderedDict[tuple[object, ...], tuple[_ItemMatch, ...]] = OrderedDict()

    def decide(self, facts: Facts, is_traced: bool = False) -> Decision:
        """Answer a case.

        Parameters
        ----------
        facts
            What is known of it.
        is_traced
            Whether to say of every paragraph why it applies or not.
        """
        horizon = min(facts.known_on or self.book.evidence_date, self.book.evidence_date)
        matches = self._matches(facts)
        sure = [match for match in matches if min(match.item, match.case) is not Truth.NO]
        listing = [match for match in matches if match.rule.is_listing]
        counted = list(dict.fromkeys([*sure, *listing]))
        wanted = (facts.regime,) if facts.regime else REGIMES
        regimes = {
            regime: self._answer(facts, regime, counted, matches, horizon) for regime in wanted
        }
        answer = min(regimes.values(), key=_strictness)
        return Decision(
            on=facts.on,
            known_on=facts.known_on,
            evidence_date=self.book.evidence_date,
            answer=answer,
            regimes=regimes,
            warnings=warnings_of(facts, self.book, answer),
            trace=self._trace(facts, horizon) if is_traced else (),
        )

    def _matches(self, facts: Facts) -> list[Match]:
        """Rules that the item may meet, with the conditions of the case tested."""
        return [
            _match(found.rule, found.truth, facts)
            for found in self._item_matches(facts)
            if found.truth is not Truth.NO
        ]

    def _item_matches(self, facts: Facts) -> tuple[_ItemMatch, ...]:
        known = self._items.get(facts.item_key)
        if known is None:
            known = tuple(
                _ItemMatch(rule, truth)
                for rule in self.book.rules
                if (truth := rule.item_truth(facts.item)) is not Truth.NO or _is_near(rule, facts)
            )
            self._items[facts.item_key] = known
            if len(self._items) > _MOST_ITEMS:
                self._items.popitem(last=False)
        return known

    def _answer(
        self,
        facts: Facts,
        regime: str,
        counted: Sequence[Match],
        matches: Sequence[Match],
        horizon: date,
    ) -> RegimeAnswer:
        branches: dict[str, Outcome] = {}
        names: tuple[Branch, ...] = ("hold", "lapse") if facts.on > horizon else ("lapse",)
        for branch in names:
            knowledge = Knowledge(horizon, facts.known_on, branch)
            found = stands(counted, facts.on, knowledge)
            branches[branch] = outcome(s for s in found if s.match.rule.regime == regime)
        lapse = branches["lapse"]
        hold = branches.get("hold", lapse)
        status, now = _joined(hold, lapse)
        knowledge = Knowledge(horizon, facts.known_on, "lapse")
        change = next_change(counted, regime, lapse, facts.on, knowledge)
        near = nearest(self._near(facts), regime, facts, knowledge) if status == "none" else None
        bound = now.bound if near is None else (near.match,)
        return RegimeAnswer(
            regime=regime,
            status=status,
            binding=tuple(match.binding() for match in bound),
            reason=reason_of(status, now, near, facts),
            questions=questions_of(now, facts),
            assumed=assumed_in(facts, matches, regime, now),
            valid_until=None if change is None else change.day - _DAY,
            next_change=change,
            branches=_told(hold, lapse),
            general_licence=tuple(match.rule.measure for match in now.general),
        )

    def _near(self, facts: Facts) -> list[Match]:
        return [_match(found.rule, found.truth, facts) for found in self._item_matches(facts)]

    def _trace(self, facts: Facts, horizon: date) -> tuple[Line, ...]:
        knowledge = Knowledge(horizon, facts.known_on, "lapse")
        everything = [_match(rule, rule.item_truth(facts.item), facts) for rule in self.book.rules]
        return traced(self.book, everything, facts, knowledge)


def _match(rule: Rule, item: Truth, facts: Facts) -> Match:
    case = Truth.YES
    for condition in rule.conditions.of_case:
        case = min(case, condition.test(facts))
        if case is Truth.NO:
            break
    overlays = tuple(
        overlay
        for overlay in rule.overlays
        if overlay.scope is None or overlay.scope.test(facts) is not Truth.NO
    )
    variants = tuple((variant, variant.test(facts)) for variant in rule.variants)
    return Match(rule, item, case, overlays, variants, _HELD in facts.item.signs)


def _is_near(rule: Rule, facts: Facts) -> bool:
    """Whether an item misses a rule by one of its conditions."""
    found = [condition.test(facts.item) for condition in rule.conditions.of_item]
    return found.count(Truth.NO) == 1 and Truth.UNKNOWN not in found


def _joined(hold: Outcome, lapse: Outcome) -> tuple[str, Outcome]:
    """One status of two branches; where they differ, the text revives or nobody can tell."""
    if (hold.status, hold.measures) == (lapse.status, lapse.measures):
        return lapse.status, lapse
    if "unknown" in (hold.status, lapse.status):
        return "unknown", lapse if lapse.status == "unknown" else hold
    return "revives_by_text", lapse


def _told(hold: Outcome, lapse: Outcome) -> dict[str, str]:
    if (hold.status, hold.measures) == (lapse.status, lapse.measures):
        return {}
    return {
        name: f"{one.status} ({';'.join(one.measures) or 'no measure'})"
        for name, one in (("hold", hold), ("lapse", lapse))
    }


def _strictness(answer: RegimeAnswer) -> tuple[int, int]:
    """Where an answer stands among regimes; a text that revives counts as what it revives to."""
    status = answer.status
    if status == "revives_by_text" and answer.binding:
        status = answer.binding[0].status
    return RANK[status], REGIMES.index(answer.regime) if answer.regime in REGIMES else len(REGIMES)


@cache
def built_in_decider() -> Decider:
    """The decider on the register of the package."""
    return Decider(built_in_rules())


__all__ = ["Change", "Decider", "Decision", "Iterable", "built_in_decider"]
