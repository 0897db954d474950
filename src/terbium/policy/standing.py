"""How rules stand on a day: live, paused or not in force, and what follows for a regime."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from terbium.policy.answers import PRESUMPTIONS, RANK, Binding, Change
from terbium.policy.overlay import Knowledge
from terbium.policy.rules import Rule, RuleOverlay, RuleVariant
from terbium.policy.truth import Truth, any_of

_PAUSES = ("suspend", "extend", "exempt")
# how many paragraphs an answer names
_MOST_BOUND = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Match:
    """A rule beside a case.

    Parameters
    ----------
    rule
        The rule.
    item
        Whether the item is what it is about.
    case
        Whether the other conditions are met, save for the day and for lists of items.
    overlays
        Overlays that concern the case.
    variants
        Variants with their truth.
    is_held
        Whether the asker says that it holds a general licence.
    """

    rule: Rule
    item: Truth
    case: Truth
    overlays: tuple[RuleOverlay, ...]
    variants: tuple[tuple[RuleVariant, Truth], ...] = ()
    is_held: bool = False

    @property
    def effect(self) -> str:
        """What it does to this case: that of the variants that apply, else its own."""
        found = [v.effect for v, truth in self.variants if truth is Truth.YES and v.effect]
        return found[0] if found else self.rule.effect

    @property
    def presumption(self) -> str:
        """The strictest presumption of the variants that apply, else its own."""
        found = [v.presumption for v, truth in self.variants if truth is Truth.YES]
        return min(filter(None, found), key=PRESUMPTIONS.index, default=self.rule.presumption)

    @property
    def status(self) -> str:
        """The status that it gives the case."""
        if self.effect == "ban":
            return "prohibited"
        if self.effect == "report":
            return "report_only"
        if self.effect == "general_licence":
            return "licence_general_ok"
        is_refused = self.presumption in ("denial", "denial_in_principle")
        return "denial_in_principle" if is_refused else "licence_case_by_case"

    def binding(self) -> Binding:
        """The rule as an answer names it."""
        provision, act = self.rule.provision, self.rule.act
        clocks = provision.get("clocks", {})
        return Binding(
            measure=self.rule.measure,
            paragraph=self.rule.paragraph,
            status=self.status,
            presumption=self.presumption,
            title=act["title"],
            legal_ref=provision.get("legal_ref") or act["legal_ref"],
            text=self.rule.text,
            review_working_days=clocks.get("review_working_days"),
            report_working_days=clocks.get("report_working_days"),
            validity_days=provision.get("validity_days"),
            documents=tuple(provision.get("documents", ())),
            obligations=tuple(provision.get("obligations", ())),
            source=tuple(provision.get("source") or act["source"]),
        )


@dataclass(frozen=True)
class Stand:
    """A match on a day: ``live``, ``paused`` or ``off``, and whether it applies."""

    match: Match
    state: str
    truth: Truth


@dataclass(frozen=True)
class Outcome:
    """What a regime says on a day.

    Parameters
    ----------
    status
        Its status.
    bound
        Matches that bind with it, the first first.
    open
        Matches that may make it stricter.
    general
        General licences that may be had.
    """

    status: str
    bound: tuple[Match, ...] = ()
    open: tuple[Match, ...] = ()
    general: tuple[Match, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """Ids of the measures that bind."""
        return tuple(dict.fromkeys(match.rule.measure for match in self.bound))


def state_of(match: Match, day: date, knowledge: Knowledge) -> str:
    """Whether a rule is live, paused or off on a day."""
    rule = match.rule
    if not knowledge.knows(rule.announced) or not rule.first <= day <= (rule.last or date.max):
        return "off"
    is_paused = False
    for overlay in match.overlays:
        if knowledge.counts(overlay) and knowledge.window_of(overlay).holds(day):
            if overlay.kind not in _PAUSES:
                return "off"
            is_paused = True
    return "paused" if is_paused else "live"


def stands(matches: Sequence[Match], day: date, knowledge: Knowledge) -> Iterator[Stand]:
    """All matches on a day; those that ask for a controlled item are given its truth."""
    states = [state_of(match, day, knowledge) for match in matches]
    controlled: dict[str, Truth] = {}
    for match, state in zip(matches, states, strict=True):
        if state == "live" and match.rule.is_listing:
            regime = match.rule.regime
            controlled[regime] = any_of([match.item, controlled.get(regime, Truth.NO)])
    for match, state in zip(matches, states, strict=True):
        truth = min(match.item, match.case)
        if match.rule.listed_in:
            truth = min(truth, controlled.get(match.rule.listed_in, Truth.NO))
        yield Stand(match, state, truth)


def outcome(found: Iterable[Stand]) -> Outcome:
    """What the matches of one regime come to."""
    live: list[Match] = []
    may: list[Match] = []
    paused: list[Match] = []
    may_be_paused: list[Match] = []
    general: list[Match] = []
    for stand in found:
        if stand.truth is Truth.NO or stand.state == "off":
            continue
        if stand.match.rule.effect == "general_licence":
            if stand.state == "live":
                general.append(stand.match)
            continue
        is_sure = stand.truth is Truth.YES
        if stand.state == "live":
            (live if is_sure else may).append(stand.match)
        else:
            (paused if is_sure else may_be_paused).append(stand.match)
    if live:
        return _bound(live, may, general)
    if may:
        return _open(may)
    if paused:
        return Outcome("suspended", _ordered(paused))
    if may_be_paused:
        return _open(may_be_paused)
    return Outcome("none")


def _bound(live: list[Match], may: list[Match], general: list[Match]) -> Outcome:
    top = min((match.status for match in live), key=RANK.__getitem__)
    bound = _ordered(match for match in live if match.status == top)
    stricter = tuple(match for match in may if RANK[match.status] < RANK[top])
    if any(match.rule.provision.get("bars_general_licence") for match in live):
        general = []
    held = [m for m in general if m.is_held and min(m.item, m.case) is Truth.YES]
    if top == "licence_case_by_case" and held:
        return Outcome("licence_general_ok", (*_ordered(held), *bound)[:_MOST_BOUND], stricter)
    return Outcome(top, bound, stricter, _ordered(general))


def _open(may: list[Match]) -> Outcome:
    """What may bind; lists of items are named before the bans that speak of them."""
    lists = [match for match in may if not match.rule.listed_in]
    return Outcome("unknown", _ordered(lists or may), tuple(may))


def _ordered(matches: Iterable[Match]) -> tuple[Match, ...]:
    """One paragraph of each measure, the strictest and most special first, the first few."""
    by_measure: dict[str, Match] = {}
    for match in sorted(matches, key=_order):
        by_measure.setdefault(match.rule.measure, match)
    return tuple(by_measure.values())[:_MOST_BOUND]


def _order(match: Match) -> tuple[int, int, int, str, str]:
    conditions = match.rule.conditions.of_case
    special = {"party": 0, "hook": 1, "content": 1}
    rank = min((special.get(c.subject, len(special)) for c in conditions), default=len(special))
    return (
        RANK[match.status],
        PRESUMPTIONS.index(match.presumption),
        rank,
        match.rule.measure,
        match.rule.paragraph,
    )


def outcomes(
    matches: Sequence[Match], regimes: Sequence[str], day: date, knowledge: Knowledge
) -> dict[str, Outcome]:
    """What every regime says on a day."""
    found: dict[str, list[Stand]] = {regime: [] for regime in regimes}
    for stand in stands(matches, day, knowledge):
        if stand.match.rule.regime in found:
            found[stand.match.rule.regime].append(stand)
    return {regime: outcome(rows) for regime, rows in found.items()}


def edges(matches: Iterable[Match], after: date, knowledge: Knowledge) -> list[date]:
    """Days after a day on which some rule begins, ends, is paused or revives, in order."""
    found: set[date] = set()
    for match in matches:
        if not knowledge.knows(match.rule.announced):
            continue
        found.add(match.rule.first)
        if match.rule.last is not None:
            found.add(match.rule.last + _DAY)
        for overlay in match.overlays:
            if knowledge.counts(overlay):
                found.add(overlay.from_)
                if overlay.to is not None:
                    found.add(overlay.to + _DAY)
    return sorted(day for day in found if day > after)


def next_changes(
    matches: Sequence[Match], now: Mapping[str, Outcome], after: date, knowledge: Knowledge
) -> dict[str, Change]:
    """The first day on which each regime answers otherwise by the texts that are known.

    Parameters
    ----------
    matches
        All matches of the case.
    now
        What the regimes say on the day asked about, pauses ending by their text.
    after
        The day asked about.
    knowledge
        With the branch in which pauses end by their text.
    """
    found: dict[str, Change] = {}
    for day in edges(matches, after, knowledge):
        left = [regime for regime in now if regime not in found]
        if not left:
            break
        for regime, then in outcomes(matches, left, day, knowledge).items():
            if (then.status, then.measures) != (now[regime].status, now[regime].measures):
                found[regime] = Change(day, then.status, then.measures)
    return found
