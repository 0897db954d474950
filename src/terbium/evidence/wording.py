"""Words that findings share, in the reader's language: verdicts, checks, qualifiers, quantities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from terbium.base.scripts import to_traditional
from terbium.base.speech import language, tr


class Named(Protocol):
    """What has a name in English and in simplified Chinese."""

    @property
    def name(self) -> str:
        """In English."""

    @property
    def name_zh(self) -> str:
        """In simplified Chinese; may be empty."""


def name_of(quantity: Named) -> str:
    """Name of a quantity; one that has none in the reader's language has its English name."""
    if quantity.name_zh and language() == "zh-Hans":
        return quantity.name_zh
    if quantity.name_zh and language() == "zh-Hant":
        return to_traditional(quantity.name_zh)
    return quantity.name


_QUALIFIED: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "none": lambda figure: figure,
        "about": lambda figure: tr("about {figure}", figure=figure),
        "more_than": lambda figure: tr("more than {figure}", figure=figure),
        "less_than": lambda figure: tr("less than {figure}", figure=figure),
        "at_least": lambda figure: tr("at least {figure}", figure=figure),
        "at_most": lambda figure: tr("at most {figure}", figure=figure),
        "up_to": lambda figure: tr("up to {figure}", figure=figure),
        "nearly": lambda figure: tr("nearly {figure}", figure=figure),
        "target": lambda figure: tr("target {figure}", figure=figure),
        "forecast": lambda figure: tr("forecast {figure}", figure=figure),
        "estimate": lambda figure: tr("estimate {figure}", figure=figure),
    }
)

_QUALIFIERS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "none": lambda: tr("no qualifier"),
        "about": lambda: tr("about"),
        "more_than": lambda: tr("more than"),
        "less_than": lambda: tr("less than"),
        "at_least": lambda: tr("at least"),
        "at_most": lambda: tr("at most"),
        "up_to": lambda: tr("up to"),
        "nearly": lambda: tr("nearly"),
        "target": lambda: tr("target"),
        "forecast": lambda: tr("forecast"),
        "estimate": lambda: tr("estimate"),
    }
)


def qualified(qualifier: str, figure: str) -> str:
    """A figure with its qualifier.

    Examples
    --------
    >>> qualified("more_than", "60 %"), qualified("none", "60 %")
    ('more than 60 %', '60 %')
    """
    told = _QUALIFIED.get(qualifier)
    return told(figure) if told else f"{qualifier.replace('_', ' ')} {figure}"


def worded(qualifier: str) -> str:
    """A qualifier as text says it."""
    told = _QUALIFIERS.get(qualifier)
    return told() if told else qualifier.replace("_", " ")


_VERDICTS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "agrees": lambda: tr("agrees"),
        "differs": lambda: tr("differs"),
        "implausible": lambda: tr("implausible"),
        "cannot be checked": lambda: tr("cannot be checked"),
    }
)


def verdict_word(verdict: str) -> str:
    """A verdict as a reader sees it."""
    return _VERDICTS[verdict]()


_KINDS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "disagrees": lambda: tr("disagrees"),
        "other qualifier": lambda: tr("other qualifier"),
        "other scope": lambda: tr("other scope"),
        "likely error": lambda: tr("likely error"),
        "trap": lambda: tr("trap"),
    }
)


def kind_word(kind: str) -> str:
    """A kind of finding as a reader sees it; the kinds that are verdicts have their word."""
    told = _KINDS.get(kind) or _VERDICTS[kind]
    return told()


_CHECKS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "ladder": lambda: tr("steps and their total"),
        "sum": lambda: tr("parts and their sum"),
        "rate": lambda: tr("a rate and its two figures"),
        "implied by a rate": lambda: tr("the figure that a rate implies"),
        "rate after a change": lambda: tr("a rate after a change"),
        "implied total": lambda: tr("the whole that a share implies"),
        "implied price": lambda: tr("the price that a cost implies"),
        "exchange rate": lambda: tr("one sum in two currencies"),
        "loss per day": lambda: tr("a loss per day"),
        "baseline": lambda: tr("what was there before a multiple"),
        "orders": lambda: tr("a multiple of a sum"),
        "part of a count": lambda: tr("a part of a count"),
        "part of an amount": lambda: tr("a part of an amount"),
        "units": lambda: tr("units that look alike"),
        "period": lambda: tr("a start, a length and an end"),
        "sources": lambda: tr("what sources say"),
        "series": lambda: tr("a stored series"),
        "plausible range": lambda: tr("the range of what can be"),
        "range": lambda: tr("one quantity in several places"),
        "qualifier": lambda: tr("one figure with several qualifiers"),
        "translation": lambda: tr("the two languages of the text"),
        "scope": lambda: tr("similar words for several quantities"),
        "same number": lambda: tr("one number for several things"),
        "each or jointly": lambda: tr("each party or all together"),
    }
)


def check_word(check: str) -> str:
    """What a check asks, as a reader sees it."""
    told = _CHECKS.get(check)
    return told() if told else check


_CLASSES: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "customs": lambda: tr("customs record"),
        "statistics": lambda: tr("statistics"),
        "legal text": lambda: tr("legal text"),
        "standard": lambda: tr("standard"),
        "official": lambda: tr("official remark"),
        "agency": lambda: tr("public agency"),
        "wire": lambda: tr("news agency"),
        "company": lambda: tr("company"),
        "industry": lambda: tr("industry body or consultant"),
        "press": lambda: tr("press"),
        "think tank": lambda: tr("think tank"),
        "estimate": lambda: tr("estimate"),
        "opinion": lambda: tr("column"),
        "document": lambda: tr("document"),
    }
)


def class_word(source_class: str) -> str:
    """What kind of source it is, as a reader sees it."""
    told = _CLASSES.get(source_class)
    return told() if told else source_class


_LARGE: Final[tuple[tuple[float, Callable[[str], str], Callable[[str, str], str]], ...]] = (
    (
        1e12,
        lambda number: tr("{number} trillion", number=number),
        lambda number, unit: tr("{number} trillion {unit}", number=number, unit=unit),
    ),
    (
        1e9,
        lambda number: tr("{number} billion", number=number),
        lambda number, unit: tr("{number} billion {unit}", number=number, unit=unit),
    ),
    (
        1e6,
        lambda number: tr("{number} million", number=number),
        lambda number, unit: tr("{number} million {unit}", number=number, unit=unit),
    ),
)


# languages that count by ten thousands have no word for a million or a billion
_LARGE_BY_FOURS: Final = (
    _LARGE[0],
    (
        1e8,
        lambda number: tr("{number} hundred million", number=number),
        lambda number, unit: tr("{number} hundred million {unit}", number=number, unit=unit),
    ),
    (
        1e4,
        lambda number: tr("{number} ten thousand", number=number),
        lambda number, unit: tr("{number} ten thousand {unit}", number=number, unit=unit),
    ),
)
_BY_FOURS: Final = ("zh-Hans", "zh-Hant")


def large(value: float, unit: str) -> str:
    """A number from a million on, in millions, billions or trillions; else empty.

    Examples
    --------
    >>> from terbium.base.speech import speaking
    >>> large(1.2e9, "")
    '1.2 billion'
    >>> with speaking("zh-Hans"):
    ...     large(1.2e9, "")
    '12亿'
    """
    if abs(value) < _LARGE[-1][0]:
        return ""
    for least, alone, with_unit in _LARGE_BY_FOURS if language() in _BY_FOURS else _LARGE:
        if abs(value) >= least:
            number = f"{value / least:.4g}"
            return with_unit(number, unit) if unit else alone(number)
    return ""


_UNITS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "days": lambda: tr("days"),
        "weeks": lambda: tr("weeks"),
        "months": lambda: tr("months"),
        "years": lambda: tr("years"),
    }
)


def unit_word(unit: str) -> str:
    """A unit as a reader sees it: words are said, symbols stand."""
    told = _UNITS.get(unit)
    return told() if told else unit


def said(text: str) -> str:
    """A remark of our own tables in the reader's language."""
    return tr(text) if text else ""


def sentences(*parts: str) -> str:
    """Sentences one after the other, empty ones left out."""
    told = [part for part in parts if part]
    if len(told) < 2:
        return "".join(told)
    first, *rest = told
    return tr("{first} {second}", first=first, second=sentences(*rest))


def low_to_high(low: str, high: str) -> str:
    """Two ends of a range.

    Examples
    --------
    >>> low_to_high("60 %", "70 %")
    '60 % to 70 %'
    """
    return tr("{low} to {high}", low=low, high=high)


def days_of(as_of: str) -> str:
    """A day, month, year, or a span of them."""
    first, slash, last = as_of.partition("/")
    return low_to_high(first, last) if slash else as_of
