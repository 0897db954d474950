"""Which rules a case may meet: what the item decides once per item, the way once per way."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from terbium.policy.facts import Facts
from terbium.policy.item import Item
from terbium.policy.predicates import Holds, IsOneOf
from terbium.policy.rules import Rule, RuleBook
from terbium.policy.standing import Match
from terbium.policy.truth import Truth

_MOST_ITEMS = 5_000
_MOST_WAYS = 5_000
_HELD = "general_licence_held"


@dataclass(frozen=True)
class ItemMatch:
    """Position of a rule, and whether the item is one that it is about."""

    position: int
    truth: Truth


class Matcher:
    """Finds the rules that a case may meet.

    Parameters
    ----------
    book
        The rules.
    """

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._index = _Index(book.rules)
        self._items: OrderedDict[Hashable, tuple[ItemMatch, ...]] = OrderedDict()
        self._ways: OrderedDict[Hashable, tuple[Truth, ...]] = OrderedDict()

    def meeting(self, facts: Facts) -> list[Match]:
        """Rules that the item meets or may meet."""
        return [self._match(found, facts) for found in self._of_item(facts)]

    def everything(self, facts: Facts) -> list[Match]:
        """All rules beside the case."""
        return [
            self._match(ItemMatch(position, rule.item_truth(facts.item)), facts)
            for position, rule in enumerate(self.book.rules)
        ]

    def _match(self, found: ItemMatch, facts: Facts) -> Match:
        rule = self.book.rules[found.position]
        case = self.of_way(facts)[found.position]
        for condition in rule.conditions.of_case if case is not Truth.NO else ():
            case = min(case, condition.test(facts))
            if case is Truth.NO:
                break
        overlays = rule.overlays
        if any(overlay.scope is not None for overlay in overlays):
            overlays = tuple(
                overlay
                for overlay in overlays
                if overlay.scope is None or overlay.scope.test(facts) is not Truth.NO
            )
        is_open = case is not Truth.NO and found.truth is not Truth.NO
        variants = tuple((v, v.test(facts)) for v in rule.variants) if is_open else ()
        return Match(rule, found.truth, case, overlays, variants, _HELD in facts.item.signs)

    def near(self, facts: Facts) -> Iterator[tuple[Rule, Truth]]:
        """Rules that the item meets, or misses by one of several conditions; truth of the way."""
        ways = self.of_way(facts)
        for found in self._known(facts):
            if found.truth is not Truth.UNKNOWN:
                yield self.book.rules[found.position], ways[found.position]

    def _of_item(self, facts: Facts) -> list[ItemMatch]:
        return [found for found in self._known(facts) if found.truth is not Truth.NO]

    def _known(self, facts: Facts) -> tuple[ItemMatch, ...]:
        known = self._items.get(facts.item_key)
        if known is None:
            positions = self._index.positions(facts.item)
            known = tuple(_item_matches(self.book.rules, positions, facts.item))
            self._items[facts.item_key] = known
            if len(self._items) > _MOST_ITEMS:
                self._items.popitem(last=False)
        return known

    def of_way(self, facts: Facts) -> tuple[Truth, ...]:
        """Truth of the conditions on the way, by position of the rule."""
        way = (facts.origin, facts.exporter, facts.destination)
        known = self._ways.get(way)
        if known is None:
            known = tuple(
                min((c.test(facts) for c in rule.conditions.of_way), default=Truth.YES)
                for rule in self.book.rules
            )
            self._ways[way] = known
            if len(self._ways) > _MOST_WAYS:
                self._ways.popitem(last=False)
        return known


class _Index:
    """Positions of rules by the elements and labels that they speak of."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_element: dict[str, set[int]] = {}
        self._by_label: dict[str, set[int]] = {}
        self._free: set[int] = set()
        self._coded = {n for n, rule in enumerate(rules) if rule.control_code}
        for position, rule in enumerate(rules):
            self._put(position, rule)

    def _put(self, position: int, rule: Rule) -> None:
        of_item = rule.conditions.of_item
        elements = [e for c in of_item if isinstance(c, Holds) for e in c.elements]
        labels = [x for c in of_item if isinstance(c, IsOneOf) for x in c.labels]
        for element in elements:
            self._by_element.setdefault(element, set()).add(position)
        for label in labels if not elements else ():
            self._by_label.setdefault(label, set()).add(position)
        if not elements and not labels:
            self._free.add(position)

    def positions(self, item: Item) -> list[int]:
        """Rules that an item may meet or be near to, in order; the others are of other things."""
        found = set(self._free)
        for index, words in (
            (self._by_element, item.elements_in_question),
            (self._by_label, item.labels_in_question),
        ):
            for word in index if words is None else words:
                found |= index.get(word, set())
        if item.codes:
            found |= self._coded
        return sorted(found)


def _item_matches(
    rules: Sequence[Rule], positions: Iterable[int], item: Item
) -> Iterator[ItemMatch]:
    """Rules that an item meets, may meet, or misses by one condition while it meets others.

    A condition that rules share is tested once.
    """
    tested: dict[int, Truth] = {}
    for position in positions:
        rule = rules[position]
        conditions = rule.conditions.of_item
        truth, misses = Truth.YES, 0
        for condition in conditions:
            found = tested.get(id(condition))
            if found is None:
                found = tested[id(condition)] = condition.test(item)
            if found is Truth.NO:
                misses += 1
                if misses == len(conditions) or misses > 1:
                    break
            if found < truth:
                truth = found
        if item.codes and rule.is_coded(item):
            truth, misses = Truth.YES, 0
        if misses == 0 or (misses == 1 and len(conditions) > 1):
            yield ItemMatch(position, truth)
