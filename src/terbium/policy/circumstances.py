"""Conditions on the way, the parties, the use and the inputs of a case."""

from dataclasses import dataclass
from typing import Protocol

from terbium.policy.content_value import value_share
from terbium.policy.facts import Facts
from terbium.policy.parties import OwnerTest, list_names
from terbium.policy.predicates import Limit, Question, Subject, named
from terbium.policy.regions import region_truth
from terbium.policy.truth import Range, Truth, all_of, any_of

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
        return f"the {self.end} is {getattr(facts, self.end)}, not {self._wanted()}"

    def ask(self, facts: Facts) -> Question:
        """Ask for the region."""
        words = {
            "origin": "Where was it made?", "exporter": "From where is it shipped?",
            "destination": "Where does it go in the end?",
        }  # fmt: skip
        return Question(_COLUMN[self.end], words[self.end])

    def _wanted(self) -> str:
        return " or ".join(
            f"any but {word.removeprefix('ANY_NON_')}" if word.startswith("ANY_NON_") else word
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
        return f"it stays in {facts.destination}"

    def ask(self, facts: Facts) -> Question:
        """Ask for the destination."""
        return Question("destination", "Where does it go in the end?")


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
        return f"neither user nor use is {named(self.users | self.uses).replace('_', ' ')}"

    def ask(self, facts: Facts) -> Question:
        """Ask for user and use."""
        fact = "end_use" if facts.party.is_military is not Truth.UNKNOWN else "end_user_type"
        meant = named(self.users | self.uses).replace("_", " ")
        return Question(fact, f"Is the end user or the end use one of: {meant}?")


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
        return f"the text excludes {named(self.uses).replace('_', ' ')}"

    def ask(self, facts: Facts) -> Question:
        """Ask for the use."""
        return Question("end_use", f"Is the use {named(self.uses).replace('_', ' ')}?")


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
        of = f" of {self.size}" if self.size else ""
        shown = facts.party.shown or "the end user"
        return f"{shown} is not among the names held ({self.held}{of})"

    def ask(self, facts: Facts) -> Question:
        """Ask for the name."""
        return Question("party_name", "Who is the end user, and is it on a list?")


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
        held = ", ".join(str(stake.share) for stake in facts.party.stakes) or "nothing"
        return f"listed owners hold {held}, the text asks {self.share_ge:g} or more"

    def ask(self, facts: Facts) -> Question:
        """Ask for the owners."""
        lists = " or ".join(sorted(list_names()[label] for label in self.lists))
        return Question("owner_share", f"Which share do parties on the {lists} hold of the user?")


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
        said = f"{share} of the value" if share is not None else "none of them"
        return f"inputs from {named(self.origins)} are {said}, the text asks {self.limit}"

    def ask(self, facts: Facts) -> Question:
        """Ask for the share."""
        what = f"inputs ({named(self.elements)}) from {named(self.origins)}"
        return Question("value_share", f"Which share of its value are {what}? ({self.limit})")


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
        return f"nobody said that it is {self.text}"

    def ask(self, facts: Facts) -> Question:
        """Ask for it."""
        return Question("item", f"Is it {self.text}?")


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
        return f"nothing in the facts makes it subject to rules of {self.home}"

    def ask(self, facts: Facts) -> Question:
        """Ask for origin and content."""
        return Question("origin_content", f"Is it from {self.home}, or how much of it is?")
