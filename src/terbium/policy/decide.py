"""From the facts of a case to a legal answer.

Rules whose item is out of the question are dropped once per item, the rest is tested once per case;
then every regime is asked how its rules stand on the day. Past what is known, pauses are taken to
hold and to lapse, and an answer that differs says so. Design note 011 has the law.
"""

from datetime import date, timedelta
from functools import cache

from terbium.policy.answers import RANK, Decision, Line, RegimeAnswer
from terbium.policy.asking import questions_of, warnings_of
from terbium.policy.explain import assumed_in, nearest, reason_of, traced
from terbium.policy.facts import REGIMES, Facts
from terbium.policy.matching import Matcher
from terbium.policy.overlay import Branch, Knowledge
from terbium.policy.rulebook import built_in_rules
from terbium.policy.rules import RuleBook
from terbium.policy.standing import Outcome, next_changes, outcomes
from terbium.policy.truth import Truth

_DAY = timedelta(days=1)


class Decider:
    """Answers cases from a book of rules; remembers what it found out about items.

    Parameters
    ----------
    book
        The rules.
    """

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._matcher = Matcher(book)

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
        regimes = self._regimes(facts, horizon)
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

    def _regimes(self, facts: Facts, horizon: date) -> dict[str, RegimeAnswer]:
        """The answer of every regime that was asked for."""
        matches = self._matcher.meeting(facts)
        # a list of items counts whatever the way: bans elsewhere speak of what is on it
        counted = [m for m in matches if m.case is not Truth.NO or m.rule.is_listing]
        wanted = (facts.regime,) if facts.regime else REGIMES
        branches = {
            branch: outcomes(counted, wanted, facts.on, Knowledge(horizon, facts.known_on, branch))
            for branch in _branches(facts.on, horizon)
        }
        lapse = branches["lapse"]
        hold = branches.get("hold", lapse)
        knowledge = Knowledge(horizon, facts.known_on, "lapse")
        changes = next_changes(counted, lapse, facts.on, knowledge)
        joined = {regime: _joined(hold[regime], lapse[regime]) for regime in wanted}
        free = {regime for regime, (status, _) in joined.items() if status == "none"}
        nears = nearest(self._matcher.near(facts), free, facts, knowledge) if free else {}
        found = {}
        for regime, (status, now) in joined.items():
            near = nears.get(regime)
            change = changes.get(regime)
            found[regime] = RegimeAnswer(
                regime=regime,
                status=status,
                binding=tuple(m.binding() for m in (now.bound if near is None else [near.match])),
                reason=reason_of(status, now, near, facts),
                questions=questions_of(now, facts),
                assumed=assumed_in(facts, matches, regime, now),
                valid_until=None if change is None else change.day - _DAY,
                next_change=change,
                branches=_told(hold[regime], lapse[regime]),
                general_licence=tuple(match.rule.measure for match in now.general),
            )
        return found

    def _trace(self, facts: Facts, horizon: date) -> tuple[Line, ...]:
        knowledge = Knowledge(horizon, facts.known_on, "lapse")
        return traced(self.book, self._matcher.everything(facts), facts, knowledge)


def _branches(on: date, horizon: date) -> tuple[Branch, ...]:
    """What is assumed of pauses: nothing before the horizon, both ways after it."""
    return ("hold", "lapse") if on > horizon else ("lapse",)


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
