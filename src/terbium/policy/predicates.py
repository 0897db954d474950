"""Conditions on items: form, elements, what it is, what it is for, its figures.

Every condition answers yes, no or unknown, says why it is not met, and knows what to ask.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Literal, Protocol

from terbium.base.speech import tr
from terbium.policy.item import Item
from terbium.policy.truth import Range, Truth, all_of
from terbium.policy.wordlist import called, entries, form_called

Subject = Literal["item", "figure", "way", "party", "content", "hook"]

# the longest list that a sentence carries
_MOST_NAMED = 8


@dataclass(frozen=True, order=True)
class Question:
    """A fact that is missing, and how to ask for it.

    Parameters
    ----------
    fact
        The column or option that would answer it.
    text
        The question.
    """

    fact: str
    text: str


class ItemCondition(Protocol):
    """A condition that the item alone decides."""

    @property
    def subject(self) -> Subject:
        """What it is about."""
        ...

    def test(self, item: Item) -> Truth:
        """Whether it is met."""
        ...

    def missed(self, item: Item) -> str:
        """Why it is not met."""
        ...

    def ask(self, item: Item) -> Question:
        """What would decide it."""
        ...


def named(words: object) -> str:
    """A short list in words."""
    found = sorted(words) if isinstance(words, frozenset | set) else list(words)  # type: ignore[call-overload]
    shown = ", ".join(map(str, found[:_MOST_NAMED]))
    return shown + (", ..." if len(found) > _MOST_NAMED else "")


def either(words: Iterable[str]) -> str:
    """One or another, in words."""
    return _chained(words, lambda one, other: tr("{one} or {other}", one=one, other=other))


def both(words: Iterable[str]) -> str:
    """One and another, in words."""
    return _chained(words, lambda one, other: tr("{one} and {other}", one=one, other=other))


def _chained(words: Iterable[str], join: Callable[[str, str], str]) -> str:
    found = list(words)
    return reduce(join, found) if found else ""


@dataclass(frozen=True)
class HasForm:
    """The item has one of some forms; ``near`` forms count as one of them too."""

    forms: frozenset[str]
    near: frozenset[str] = frozenset()
    subject: Subject = "item"

    def test(self, item: Item) -> Truth:
        """Whether it has."""
        return item.has_form(self.forms | self.near)

    def missed(self, item: Item) -> str:
        """Name both forms."""
        return tr(
            "it is of form {form}, the text is about {forms}",
            form=form_called(item.form), forms=self._names(),
        )  # fmt: skip

    def ask(self, item: Item) -> Question:
        """Ask for the form."""
        asked = tr("In which form is it traded: {forms}, or another?", forms=self._names())
        return Question("form", asked)

    def _names(self) -> str:
        return named([form_called(form) for form in sorted(self.forms)])


@dataclass(frozen=True)
class Holds:
    """The item holds one of some elements."""

    elements: frozenset[str]
    subject: Subject = "item"

    def test(self, item: Item) -> Truth:
        """Whether one is contained."""
        return item.holds_one_of(self.elements)

    def missed(self, item: Item) -> str:
        """Name the elements."""
        return tr("it holds no {elements}", elements=named(self.elements))

    def ask(self, item: Item) -> Question:
        """Ask for the contents."""
        elements = ", ".join(sorted(self.elements)[:_MOST_NAMED])
        asked = tr("Does it contain {elements}, and how much?", elements=elements)
        return Question("element_content", asked)


@dataclass(frozen=True)
class IsOneOf:
    """The item is one of some things by name."""

    labels: frozenset[str]
    subject: Subject = "item"

    def test(self, item: Item) -> Truth:
        """Whether it is."""
        return item.is_one_of(self.labels)

    def missed(self, item: Item) -> str:
        """Name the things."""
        return tr("it is not {things}", things=self._names())

    def ask(self, item: Item) -> Question:
        """Ask whether it is one of them."""
        return Question("item", tr("Is it {things}?", things=self._names()))

    def _names(self) -> str:
        return either(sorted(called(label) for label in self.labels))


@dataclass(frozen=True)
class IsNone:
    """The item is none of some things."""

    labels: frozenset[str]
    subject: Subject = "figure"

    def test(self, item: Item) -> Truth:
        """Whether it is none; what nobody says is taken as absent."""
        return Truth.NO if item.labels & self.labels else Truth.YES

    def missed(self, item: Item) -> str:
        """Name the things."""
        things = both(sorted(called(label) for label in self.labels))
        return tr("the text leaves out {things}", things=things)

    def ask(self, item: Item) -> Question:
        """Ask whether it is one of them."""
        return Question("item", tr("Is it {things}?", things=either(sorted(self.labels))))


@dataclass(frozen=True)
class IsAbout:
    """The technology, service or machine is for one of some things."""

    labels: frozenset[str]
    subject: Subject = "item"

    def test(self, item: Item) -> Truth:
        """Whether it is for one of them; unknown if nobody said what it is for."""
        if item.about & self.labels:
            return Truth.YES
        told = {label for label in item.about if label in entries()}
        wants_process = any(entries()[label].kind == "process" for label in self.labels)
        processes = {label for label in told if entries()[label].kind in ("process", "product")}
        known = processes if wants_process else told - processes
        other = {label for label in item.about if label.startswith("element:")}
        is_open = not known and not (other and not wants_process)
        return Truth.UNKNOWN if is_open else Truth.NO

    def missed(self, item: Item) -> str:
        """Name the things."""
        return tr("it is not for {things}", things=self._names())

    def ask(self, item: Item) -> Question:
        """Ask what it is for."""
        return Question("item", tr("Is it for {things}?", things=self._names()))

    def _names(self) -> str:
        return either(sorted(called(label) for label in self.labels))


@dataclass(frozen=True)
class Limit:
    """Bounds of one figure."""

    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None

    def test(self, value: Range | None) -> Truth:
        """Whether a figure meets all bounds; unknown if there is no figure."""
        if value is None:
            return Truth.UNKNOWN
        found = [Truth.YES]
        if self.gt is not None:
            found.append(value.above(self.gt))
        if self.ge is not None:
            found.append(value.at_least(self.ge))
        if self.lt is not None:
            found.append(~value.at_least(self.lt))
        if self.le is not None:
            found.append(~value.above(self.le))
        return all_of(found)

    def __str__(self) -> str:
        told = [
            tr("above {value:g}", value=self.gt) if self.gt is not None else "",
            tr("at least {value:g}", value=self.ge) if self.ge is not None else "",
            tr("below {value:g}", value=self.lt) if self.lt is not None else "",
            tr("at most {value:g}", value=self.le) if self.le is not None else "",
        ]
        return both(text for text in told if text)


def limit_of(bounds: Mapping[str, float | None]) -> Limit:
    """Bounds from authored data."""
    return Limit(**{name: bounds.get(name) for name in ("gt", "ge", "lt", "le")})


@dataclass(frozen=True)
class Within:
    """A figure of the item lies within bounds."""

    figure: str
    limit: Limit
    subject: Subject = "figure"

    def test(self, item: Item) -> Truth:
        """Whether it does."""
        return self.limit.test(item.figures.get(self.figure))

    def missed(self, item: Item) -> str:
        """Name figure and bounds."""
        value = item.figures.get(self.figure)
        return tr(
            "its {figure} is {value}, the text asks {limit}",
            figure=figure_name(self.figure), value=value, limit=self.limit,
        )  # fmt: skip

    def ask(self, item: Item) -> Question:
        """Ask for the figure."""
        fact = "purity" if self.figure == "purity_pct" else "item"
        asked = tr(
            "What is its {figure}? ({limit} is meant)",
            figure=figure_name(self.figure), limit=self.limit,
        )  # fmt: skip
        return Question(fact, asked)


_UNIT_WORDS = {
    "pct": "[%]", "mpa": "[MPa]", "um": "[um]", "wh_kg": "[Wh/kg]", "mah_g": "[mAh/g]",
    "g_cm3": "[g/cm3]", "m3_day": "[m3/day]",
}  # fmt: skip


def figure_name(figure: str) -> str:
    """``purity_pct`` as people write it."""
    for ending, unit in _UNIT_WORDS.items():
        if figure.endswith(f"_{ending}"):
            return f"{_figure_words(figure.removesuffix(f'_{ending}').replace('_', ' '))} {unit}"
    return figure.replace("_", " ")


def _figure_words(name: str) -> str:
    """What a figure is called; what is left out here is the symbol of an element."""
    return {
        "purity": tr("purity"),
        "density": tr("density"),
        "tap density": tr("tap density"),
        "compaction density": tr("compaction density"),
        "energy density": tr("energy density"),
        "capacity": tr("capacity"),
        "tensile strength": tr("tensile strength"),
        "elastic limit": tr("elastic limit"),
        "flexural strength": tr("flexural strength"),
        "size": tr("size"),
        "flow": tr("flow"),
    }.get(name, name)
