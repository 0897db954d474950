"""What is known of an item: its form, what it is, what it holds, its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType

from terbium.policy.truth import Range, Truth, any_of
from terbium.policy.wordlist import children, entries

# forms of which one asks what they are for
WORKING_FORMS = frozenset({"technology", "service", "equipment", "software"})
_NOTHING: Mapping[str, Range] = MappingProxyType({})
_NO_TRUTHS: Mapping[str, Truth] = MappingProxyType({})


@dataclass(frozen=True)
class Item:
    """An item as far as it was said.

    Parameters
    ----------
    form
        Its form (``conditions.FORMS``); empty if nobody said.
    labels
        What it is, labels of the table of items with all wider ones.
    about
        What a technology, a service or a piece of equipment is for.
    truths
        Element to whether it is contained, as stated.
    possible
        Elements that it may hold though nobody said so.
    amounts
        Element to its share by mass [%].
    figures
        Purity and the like, by name.
    codes
        Control codes that the asker gave.
    groups
        Groups of which it holds some: rare earths, heavy rare earths.
    signs
        Other statements on the item: made with Chinese technology, under a general licence.
    is_read
        Whether anything was understood.
    is_formula
        Whether a formula says exactly what it is.
    assumed
        What was taken for granted, in words.
    """

    form: str = ""
    labels: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    truths: Mapping[str, Truth] = field(default_factory=lambda: _NO_TRUTHS)
    possible: frozenset[str] = frozenset()
    amounts: Mapping[str, Range] = field(default_factory=lambda: _NOTHING)
    figures: Mapping[str, Range] = field(default_factory=lambda: _NOTHING)
    codes: frozenset[str] = frozenset()
    groups: tuple[frozenset[str], ...] = ()
    signs: frozenset[str] = frozenset()
    is_read: bool = False
    is_formula: bool = False
    assumed: tuple[str, ...] = ()

    @property
    def spoken_of(self) -> frozenset[str]:
        """Elements that are named, be it to deny them, or that such an item may hold."""
        return self.possible.union(self.truths)

    @cached_property
    def elements_in_question(self) -> frozenset[str] | None:
        """Elements that it holds, may hold or is said not to hold; None = any may be."""
        if not self.is_read or not self._says_contents:
            return None
        return self.spoken_of.union(*self.groups)

    @cached_property
    def labels_in_question(self) -> frozenset[str] | None:
        """Labels that it has or may have; None = any may be."""
        if not self.is_read or not self._is_definite:
            return None
        return self.labels | self._narrower

    def holds(self, element: str) -> Truth:
        """Whether an element is contained."""
        stated = self.truths.get(element)
        if stated is not None:
            return stated
        is_open = not self.is_read or element in self.possible or not self._says_contents
        return Truth.UNKNOWN if is_open else Truth.NO

    def holds_one_of(self, elements: frozenset[str]) -> Truth:
        """Whether one of some elements is contained; of a named group one is for certain."""
        if any(group <= elements for group in self.groups):
            return Truth.YES
        return any_of(self.holds(element) for element in elements)

    def has_form(self, forms: frozenset[str]) -> Truth:
        """Whether its form is among some."""
        if not self.form:
            # know-how and machines are named as such; what is understood and is not, is goods
            is_goods = self.is_read and forms <= WORKING_FORMS
            return Truth.NO if is_goods else Truth.UNKNOWN
        return Truth.YES if self.form in forms else Truth.NO

    def is_one_of(self, labels: frozenset[str]) -> Truth:
        """Whether it is one of some labels; a wider name leaves it open."""
        if not self.labels.isdisjoint(labels):
            return Truth.YES
        if not self.is_read:
            return Truth.UNKNOWN
        if self._is_definite:
            return Truth.NO if self._narrower.isdisjoint(labels) else Truth.UNKNOWN
        return any_of(self._may_be(label) for label in labels)

    @cached_property
    def _is_definite(self) -> bool:
        """Whether it is known what it is, down to labels that are narrower."""
        return self.is_formula or self._is_specific

    @cached_property
    def _narrower(self) -> frozenset[str]:
        """Labels below its narrowest: "graphite" leaves the kind open, a kind of it does not."""
        narrow = [name for name in self.labels if _below(name).isdisjoint(self.labels)]
        return frozenset().union(*(_below(name) for name in narrow))

    @property
    def _is_specific(self) -> bool:
        kinds = ("substance", "product")
        # EAR99 is what is on no list of items
        return "ear99" in self.signs or any(entries()[x].kind in kinds for x in self.labels)

    @property
    def _says_contents(self) -> bool:
        """Whether something was said of what it is made of, so that the rest is not in it."""
        return bool(self.truths or self.possible) or self._is_specific or self.is_formula

    @cached_property
    def _tried(self) -> dict[str, Truth]:
        return {}

    def _may_be(self, label: str) -> Truth:
        """Whether a general description ("gallium compound") may stand for a label."""
        if label in self._tried:
            return self._tried[label]
        entry = entries()[label]
        truths = [self.holds(element) for element in entry.elements]
        if entry.form:
            truths.append(self.has_form(frozenset({entry.form})))
        found = self._tried[label] = min([Truth.UNKNOWN, *truths])
        return found


@cache
def _below(label: str) -> frozenset[str]:
    direct = children().get(label, frozenset())
    return direct.union(*(_below(name) for name in direct)) if direct else direct
