"""Conditions on the way, the parties, the use and the inputs of a case."""

from dataclasses import dataclass
from typing import Protocol

from terbium.base.speech import tr
from terbium.policy.content_value import value_share
from terbium.policy.facts import Facts
from terbium.policy.parties import OwnerTest, list_names
from terbium.policy.predicates import Limit, Question, Subject, either, named
from terbium.policy.regions import region_truth
from terbium.policy.truth import Range, Truth, all_of, any_of
from terbium.policy.wordlist import called, use_called

_COLUMN = {"origin": "origin", "exporter": "exporter_location", "destination": "destination"}


class CaseCondition(Protocol):
    """A condition that needs more than the item."""

    @property
    def subject(self) -> Subject:
        """What it is about."""
        ...

    def test(self, facts: Facts) -> Truth:
        """Whether it is met."""
        ...

    def missed(self, facts: Facts) -> str:
        """Why it is not met."""
        ...

    def ask(self, facts: Facts) -> Question:
        """What would decide it."""
        ...


@dataclass(frozen=True)
class IsIn:
    """Origin, exporter or destination is among some regions."""

    end: str
    regions: tuple[str, ...]
    subject: Subject = "way"

    def test(self, facts: Facts) -> Truth:
        """Whether it is."""
        return region_truth(getattr(facts, self.end), self.regions)

    def missed(self, facts: Facts) -> str:
        """Name both."""
        is_, wanted = getattr(facts, self.end), self._wanted()
        if self.end == "origin":
            return tr("the origin is {region}, not {wanted}", region=is_, wanted=wanted)
        if self.end == "exporter":
            return tr("the exporter is {region}, not {wanted}", region=is_, wanted=wanted)
        return tr("the destination is {region}, not {wanted}", region=is_, wanted=wanted)

    def ask(self, facts: Facts) -> Question:
        """Ask for the region."""
        words = {
            "origin": tr("Where was it made?"), "exporter": tr("From where is it shipped?"),
            "destination": tr("Where does it go in the end?"),
        }  # fmt: skip
        return Question(_COLUMN[self.end], words[self.end])

    def _wanted(self) -> str:
        return either(
            tr("any but {region}", region=word.removeprefix("ANY_NON_"))
            if word.startswith("ANY_NON_")
            else word
            for word in self.regions
        )


@dataclass(frozen=True)
class Leaves:
    """The item crosses a border."""

    subject: Subject = "way"

    def test(self, facts: Facts) -> Truth:
        """Whether exporter and destination differ; taken for granted if one is unknown."""
        return Truth.NO if facts.exporter == facts.destination is not None else Truth.YES

    def missed(self, facts: Facts) -> str:
        """Say where it stays."""
        return tr("it stays in {region}", region=facts.destination)

    def ask(self, facts: Facts) -> Question:
        """Ask for the destination."""
        return Question("destination", tr("Where does it go in the end?"))


@dataclass(frozen=True)
class UserOrUse:
    """The end user is of some kind, or the end use is; either is enough."""

    users: frozenset[str]
    uses: frozenset[str]
    subject: Subject = "party"

    def test(self, facts: Facts) -> Truth:
        """Whether one of them holds."""
        military = facts.party.is_military
        users = [military if user == "military" else ~military for user in self.users]
        uses = [facts.use.is_one_of(self.uses)] if self.uses else []
        return any_of([*users, *uses])

    def missed(self, facts: Facts) -> str:
        """Name what is meant."""
        return tr("neither user nor use is {meant}", meant=_uses(self.users | self.uses))

    def ask(self, facts: Facts) -> Question:
        """Ask for user and use."""
        fact = "end_use" if facts.party.is_military is not Truth.UNKNOWN else "end_user_type"
        meant = _uses(self.users | self.uses)
        return Question(fact, tr("Is the end user or the end use one of: {meant}?", meant=meant))


@dataclass(frozen=True)
class IsNot:
    """The end use is none of those that a text excludes."""

    uses: frozenset[str]
    subject: Subject = "party"

    def test(self, facts: Facts) -> Truth:
        """Whether it is none of them."""
        military = facts.party.is_military if "military" in self.uses else Truth.NO
        return ~any_of([facts.use.is_one_of(self.uses), military])

    def missed(self, facts: Facts) -> str:
        """Name the uses."""
        return tr("the text excludes {uses}", uses=_uses(self.uses))

    def ask(self, facts: Facts) -> Question:
        """Ask for the use."""
        return Question("end_use", tr("Is the use {uses}?", uses=_uses(self.uses)))


@dataclass(frozen=True)
class IsListed:
    """The end user is on a list, as far as its names are held."""

    names: frozenset[str]
    label: str
    held: int
    size: int | None
    subject: Subject = "party"

    def test(self, facts: Facts) -> Truth:
        """Whether its name is held or it is said to be listed."""
        return facts.party.is_on(self.names, self.label)

    def missed(self, facts: Facts) -> str:
        """Say how many names are held."""
        shown = facts.party.shown or tr("the end user")
        if not self.size:
            return tr("{party} is not among the names held ({n})", party=shown, n=self.held)
        return tr(
            "{party} is not among the names held ({n} of {size})",
            party=shown, n=self.held, size=self.size,
        )  # fmt: skip

    def ask(self, facts: Facts) -> Question:
        """Ask for the name."""
        return Question("party_name", tr("Who is the end user, and is it on a list?"))


@dataclass(frozen=True)
class IsOwned:
    """Listed owners hold enough of the end user."""

    share_ge: float
    owners: OwnerTest
    lists: frozenset[str]
    is_aggregated: bool
    is_indirect: bool | None
    subject: Subject = "party"

    def test(self, facts: Facts) -> Truth:
        """Whether they do."""
        return facts.party.owned_to(
            self.share_ge, self.owners, self.is_aggregated, self.is_indirect
        )

    def missed(self, facts: Facts) -> str:
        """Name the threshold and what was said."""
        held = ", ".join(str(stake.share) for stake in facts.party.stakes) or tr("nothing")
        return tr(
            "listed owners hold {held}, the text asks {least:g} or more",
            held=held, least=self.share_ge,
        )  # fmt: skip

    def ask(self, facts: Facts) -> Question:
        """Ask for the owners."""
        lists = either(sorted(list_names()[label] for label in self.lists))
        asked = tr("Which share do parties on the {lists} hold of the user?", lists=lists)
        return Question("owner_share", asked)


@dataclass(frozen=True)
class HasInputs:
    """The item contains inputs of some origin that make up enough of its value."""

    elements: frozenset[str]
    origins: tuple[str, ...]
    limit: Limit
    subject: Subject = "content"

    def test(self, facts: Facts) -> Truth:
        """Whether it does; without a share, at the prices of that day."""
        regions, share = facts.inputs.regions, facts.inputs.share
        if regions is not None and not regions:
            return Truth.NO
        if regions is not None and not any(
            region_truth(region, self.origins) is not Truth.NO for region in regions
        ):
            return Truth.NO
        if share is None and regions is None:
            return Truth.UNKNOWN
        if share is None:
            share = value_share(facts.item, self.elements, facts.on)
        # several origins share the figure in a way that nobody said
        is_mixed = regions is not None and len(regions) > 1
        found = self.limit.test(share)
        return Truth.UNKNOWN if is_mixed and found is Truth.YES else found

    def missed(self, facts: Facts) -> str:
        """Name share and bound."""
        share = facts.inputs.share
        origins = named(self.origins)
        if share is None:
            return tr(
                "inputs from {origins} are none of them, the text asks {limit}",
                origins=origins, limit=self.limit,
            )  # fmt: skip
        return tr(
            "inputs from {origins} are {share} of the value, the text asks {limit}",
            origins=origins, share=share, limit=self.limit,
        )  # fmt: skip

    def ask(self, facts: Facts) -> Question:
        """Ask for the share."""
        asked = tr(
            "Which share of its value are inputs ({elements}) from {origins}? ({limit})",
            elements=named(self.elements), origins=named(self.origins), limit=self.limit,
        )  # fmt: skip
        return Question("value_share", asked)


@dataclass(frozen=True)
class IsSaid:
    """A fact that holds only if the asker says so; otherwise it is taken as absent, and told."""

    sign: str
    text: str
    subject: Subject = "hook"

    def test(self, facts: Facts) -> Truth:
        """Whether it was said."""
        return Truth.YES if self.sign in facts.item.signs else Truth.NO

    def missed(self, facts: Facts) -> str:
        """Say that it was not."""
        return tr("nobody said that it is {sign}", sign=called(self.sign))

    def ask(self, facts: Facts) -> Question:
        """Ask for it."""
        return Question("item", tr("Is it {things}?", things=called(self.sign)))


@dataclass(frozen=True)
class Jurisdiction:
    """A foreign item is reached through its content: one paragraph of such a rule."""

    destinations: tuple[str, ...]
    limit: Limit


@dataclass(frozen=True)
class IsSubject:
    """The item is subject to a regime: by origin, by exporter, by statement, or by content."""

    home: str
    signs: frozenset[str]
    rules: tuple[Jurisdiction, ...]
    subject: Subject = "hook"

    def test(self, facts: Facts) -> Truth:
        """Whether it is reached; if nobody speaks of its inputs, they may reach it.

        What comes home is an import, which no rule on exports reaches.
        """
        if facts.destination == self.home:
            return Truth.NO
        if self.home in (facts.origin, facts.exporter) or facts.item.signs & self.signs:
            return Truth.YES
        regions = facts.inputs.regions
        if regions is not None and self.home in regions:
            share: Range | None = facts.inputs.share
            return any_of(
                all_of([region_truth(facts.destination, rule.destinations), rule.limit.test(share)])
                for rule in self.rules
            )
        if facts.origin is None or facts.exporter is None:
            return Truth.UNKNOWN
        may_reach = [region_truth(facts.destination, rule.destinations) for rule in self.rules]
        return Truth.NO if regions is not None else min(any_of(may_reach), Truth.UNKNOWN)

    def missed(self, facts: Facts) -> str:
        """Say what would reach it."""
        return tr("nothing in the facts makes it subject to rules of {region}", region=self.home)

    def ask(self, facts: Facts) -> Question:
        """Ask for origin and content."""
        asked = tr("Is it from {region}, or how much of it is?", region=self.home)
        return Question("origin_content", asked)


def _uses(labels: frozenset[str]) -> str:
    return named([use_called(label) for label in sorted(labels)])
