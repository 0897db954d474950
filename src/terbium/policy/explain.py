"""Why an answer is what it is: reasons, questions, what is nearest, and the trace."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import cast

from terbium.base.speech import tr
from terbium.policy.answers import Line
from terbium.policy.circumstances import CaseCondition, IsOwned, IsSaid
from terbium.policy.facts import Facts
from terbium.policy.overlay import Knowledge
from terbium.policy.predicates import Holds, ItemCondition
from terbium.policy.rules import Rule, RuleBook, RuleOverlay
from terbium.policy.standing import Match, Outcome, state_of
from terbium.policy.truth import Truth

# a miss by degree explains more than a miss by kind
_NEARNESS = {"content": 0, "figure": 0, "owner": 0, "day": 1, "item": 2, "party": 3, "way": 4}
_FARTHEST = len(_NEARNESS)


@dataclass(frozen=True)
class Near:
    """A rule that one condition keeps away from a case."""

    match: Match
    why: str


def nearest(
    candidates: Iterable[tuple[Rule, Truth]],
    regimes: Collection[str],
    facts: Facts,
    knowledge: Knowledge,
) -> dict[str, Near]:
    """The rule of each regime that would bind but for one condition, if there is one.

    A threshold, a share or an ownership that is not reached comes before a day, and that before
    the rest.

    Parameters
    ----------
    candidates
        Rules whose item is met or missed by one condition, and whether their way is met.
    regimes
        Regimes to look into.
    facts, knowledge
        The case, and what is known.
    """
    best: dict[str, tuple[tuple[int, int, str, str], Rule, Miss]] = {}
    for rule, way in candidates:
        # a ban of listed items is as near as the list
        if rule.regime not in regimes or rule.listed_in or not knowledge.knows(rule.announced):
            continue
        misses = list(islice(_misses(rule, way, facts), 2))
        if len(misses) != 1:
            continue
        kind, distance = misses[0].kind, misses[0].distance
        key = _NEARNESS.get(kind, _FARTHEST), distance, rule.measure, rule.paragraph
        if rule.regime not in best or key < best[rule.regime][0]:
            best[rule.regime] = key, rule, misses[0]
    return {
        regime: Near(
            Match(rule, Truth.NO, Truth.NO, rule.overlays), miss.why(rule, facts, knowledge)
        )
        for regime, (_, rule, miss) in best.items()
    }


@dataclass(frozen=True)
class Miss:
    """A condition that a case misses or leaves open; without one, the day."""

    kind: str
    condition: ItemCondition | CaseCondition | None = None
    distance: int = 0

    def why(self, rule: Rule, facts: Facts, knowledge: Knowledge) -> str:
        """What is missed, in words."""
        if self.condition is None:
            return day_words(rule, rule.overlays, facts.on, knowledge)
        if self.condition in rule.conditions.of_item:
            return self.condition.missed(facts.item)
        return cast("CaseCondition", self.condition).missed(facts)

    def ask(self, rule: Rule, facts: Facts) -> str:
        """The question that would settle it; empty if it is missed for certain."""
        if self.condition is None:
            return ""
        if self.condition in rule.conditions.of_item:
            is_open = self.condition.test(facts.item) is Truth.UNKNOWN
            return self.condition.ask(facts.item).text if is_open else ""
        of_case = cast("CaseCondition", self.condition)
        return of_case.ask(facts).text if of_case.test(facts) is Truth.UNKNOWN else ""


def _misses(rule: Rule, way: Truth, facts: Facts) -> Iterator[Miss]:
    """What a case misses or leaves open. A pause is no miss: the text stays."""
    conditions = rule.conditions
    for condition in conditions.of_item if not rule.is_coded(facts.item) else ():
        if condition.test(facts.item) is not Truth.YES:
            yield Miss(condition.subject, condition)
            if isinstance(condition, Holds) and not condition.elements & facts.item.spoken_of:
                # an item of quite another element is not near
                yield Miss(condition.subject, condition)
    if not (rule.first <= facts.on <= (rule.last or date.max)):
        gap = max((rule.first - facts.on).days, (facts.on - (rule.last or facts.on)).days)
        yield Miss("day", None, gap)
    for test in conditions.of_way if way is not Truth.YES else ():
        if test.test(facts) is not Truth.YES:
            yield Miss(test.subject, test)
    for test in conditions.of_case:
        if test.test(facts) is not Truth.YES:
            is_owner = isinstance(test, IsOwned) and bool(facts.party.stakes)
            yield Miss("owner" if is_owner else test.subject, test)


def day_words(rule: Rule, overlays: Iterable[RuleOverlay], on: date, knowledge: Knowledge) -> str:
    """Why a rule is not in force on a day."""
    if not knowledge.knows(rule.announced):
        return tr(
            "it was announced on {day}, after the day as of which you ask", day=rule.announced
        )
    if on < rule.first:
        return tr("it takes effect on {day}", day=rule.first)
    if rule.last is not None and on > rule.last:
        return tr("it ended on {day}", day=rule.last)
    for overlay in overlays:
        if knowledge.counts(overlay) and knowledge.window_of(overlay).holds(on):
            return _stopped(overlay)
    return tr("it is in force")


def _stopped(overlay: RuleOverlay) -> str:
    """What a later text does to a rule, and from when to when."""
    told = {"first": overlay.from_, "last": overlay.to, "by": overlay.by}
    is_open = overlay.to is None
    if overlay.kind in ("suspend", "extend"):
        if is_open:
            return tr("it is suspended from {first} by {by}", **told)
        return tr("it is suspended from {first} to {last} by {by}", **told)
    if overlay.kind == "exempt":
        if is_open:
            return tr("it is exempted from {first} by {by}", **told)
        return tr("it is exempted from {first} to {last} by {by}", **told)
    if overlay.kind == "void":
        if is_open:
            return tr("it is void from {first} by {by}", **told)
        return tr("it is void from {first} to {last} by {by}", **told)
    if is_open:
        return tr("it is superseded from {first} by {by}", **told)
    return tr("it is superseded from {first} to {last} by {by}", **told)


def reason_of(status: str, now: Outcome, near: Near | None, facts: Facts) -> str:
    """Why a regime answers so, in a sentence or two."""
    if near is not None:
        rule = near.match.rule
        return tr(
            "Nearest: {measure} ({paragraph}), but {why}.",
            measure=rule.measure, paragraph=rule.paragraph, why=near.why,
        )  # fmt: skip
    if not facts.item.is_read:
        return tr("Nothing of the item was understood.")
    if not now.bound:
        return tr("No rule of this regime comes near the item.")
    told = []
    for match in now.bound:
        ref = match.rule.provision.get("legal_ref") or match.rule.act["legal_ref"]
        told.append(f"{ref}, {match.rule.paragraph}: {match.rule.text}")
        variants = [v.text for v, truth in match.variants if truth is Truth.YES]
        told.extend(variants)
        if status in ("suspended", "revives_by_text"):
            told.extend(_pauses(match))
    if status == "unknown":
        return tr("It may fall under {rules}.", rules="; ".join(told))
    return "; ".join(told) + "."


def _pauses(match: Match) -> Iterator[str]:
    for overlay in match.overlays:
        if overlay.kind in ("suspend", "extend", "exempt"):
            told = {"by": overlay.by, "first": overlay.from_, "last": overlay.to}
            if overlay.to:
                yield tr("paused by {by} from {first} to {last}", **told)
            else:
                yield tr("paused by {by} from {first} without an end", **told)


def assumed_in(
    facts: Facts, matches: Sequence[Match], regime: str, now: Outcome
) -> tuple[str, ...]:
    """What was taken for granted: from the text, and facts that only the asker knows."""
    found = dict.fromkeys(_assumption(text) for text in facts.item.assumed)
    bound = {match.rule.measure for match in now.bound}
    for match in matches:
        rule = match.rule
        hooks = [c for c in rule.conditions.of_case if isinstance(c, IsSaid)]
        if not hooks or rule.regime != regime or match.case is not Truth.NO:
            continue
        of_case = (*rule.conditions.of_way, *rule.conditions.of_case)
        missed = [c for c in of_case if c.test(facts) is Truth.NO]
        if missed == hooks and rule.measure not in bound:
            found.setdefault(f"{hooks[0].missed(facts)} ({rule.measure})")
    return tuple(found)


def _assumption(text: str) -> str:
    """What a reader of items took for granted; items are kept for readers of all languages."""
    return {
        "an element named alone is taken for the metal": tr(
            "an element named alone is taken for the metal"
        ),
        "the list of contents is taken as complete": tr(
            "the list of contents is taken as complete"
        ),
    }.get(text, text)


def traced(
    book: RuleBook, matches: Sequence[Match], facts: Facts, knowledge: Knowledge
) -> tuple[Line, ...]:
    """Every paragraph of every act, whether it applies, and why not."""
    lines = []
    by_measure: dict[str, list[Match]] = {}
    for match in matches:
        by_measure.setdefault(match.rule.measure, []).append(match)
    for name, act in sorted(book.measures.items()):
        if name not in by_measure:
            kind = act.get("formality")
            why = (
                tr("{kind}: no binding act", kind=kind)
                if kind
                else tr("no licence rule ({instrument})", instrument=act["instrument"])
            )
            lines.append(Line(name, "", "no", why))
        for match in by_measure.get(name, ()):
            found = list(_misses(match.rule, Truth.NO, facts))
            misses = list(dict.fromkeys(miss.why(match.rule, facts, knowledge) for miss in found))
            asked = [miss.ask(match.rule, facts) for miss in found]
            missed = [
                miss.why(match.rule, facts, knowledge)
                for miss, question in zip(found, asked, strict=True)
                if not question
            ]
            truth = min(match.item, match.case)
            state = state_of(match, facts.on, knowledge)
            is_live = state == "live"
            if state == "paused" or not knowledge.knows(match.rule.announced):
                misses.append(day_words(match.rule, match.overlays, facts.on, knowledge))
                missed.append(misses[-1])
            applies = "no" if truth is Truth.NO or not is_live else truth.name.lower()
            open_ = tuple(dict.fromkeys(filter(None, asked)))
            lines.append(
                Line(
                    name, match.rule.paragraph, applies, "; ".join(misses),
                    tuple(dict.fromkeys(missed)), open_,
                )
            )  # fmt: skip
    return tuple(lines)
