"""What items are called: forms, substances, products, processes, in English and Chinese.

The words stand in ``data/gazetteer/items.csv``, those for uses in ``uses.csv``, and more names of
listed parties in ``parties.csv``. A new name is a new cell, never a new rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from terbium.base.gazetteer import (
    read_table,
    spellings_of_elements,
    spellings_of_regions,
    symbols,
)
from terbium.base.phrases import Phrasebook
from terbium.base.scripts import to_traditional
from terbium.base.speech import language

# how a label that is an element is told from one of the tables
ELEMENT = "element:"


@dataclass(frozen=True)
class Entry:
    """A row of the table of items.

    Parameters
    ----------
    label, kind
        ``form shape family substance product process group sign``.
    form
        The form that it has or gives; empty if it says nothing about form.
    elements, may_contain
        What it holds for certain, and what it may hold.
    parents
        Wider labels.
    name
        In English.
    """

    label: str
    kind: str
    form: str
    elements: tuple[str, ...]
    may_contain: tuple[str, ...]
    parents: tuple[str, ...]
    name: str


@cache
def entries() -> Mapping[str, Entry]:
    """All rows by label."""
    return {
        row["label"]: Entry(
            row["label"],
            row["kind"],
            row["form"],
            _words(row["elements"]),
            _words(row["may_contain"]),
            _words(row["parents"]),
            row["name_en"],
        )
        for row in read_table("items.csv")
    }


def called(label: str) -> str:
    """What an item is called in the reader's language, in English where no other name is held."""
    return _names("items.csv", language()).get(label) or entries()[label].name


def form_called(form: str) -> str:
    """What a form is called in the reader's language, as far as a name is held."""
    return _names("items.csv", language()).get(form) or form


def use_called(label: str) -> str:
    """What an end use is called in the reader's language, as far as a name is held."""
    return _names("uses.csv", language()).get(label) or label.replace("_", " ")


@cache
def _names(table: str, tongue: str) -> Mapping[str, str]:
    """Names in Chinese for who reads it; nothing for the rest."""
    if not tongue.startswith("zh"):
        return {}
    held = {row["label"]: row["name_zh"] for row in read_table(table)}
    if tongue == "zh-Hant":
        return {label: to_traditional(name) for label, name in held.items()}
    return held


@cache
def children() -> Mapping[str, frozenset[str]]:
    """Labels whose parent a label is."""
    found: dict[str, set[str]] = {}
    for entry in entries().values():
        for parent in entry.parents:
            found.setdefault(parent, set()).add(entry.label)
    return {label: frozenset(below) for label, below in found.items()}


def with_parents(label: str) -> frozenset[str]:
    """A label and every wider one."""
    found = {label}
    for parent in entries()[label].parents:
        found |= with_parents(parent)
    return frozenset(found)


@cache
def item_book() -> Phrasebook:
    """Phrases for items, and for elements under ``element:Dy``."""
    spellings = _spellings("items.csv")
    for symbol, names in spellings_of_elements().items():
        spellings[ELEMENT + symbol] = names
    return Phrasebook(spellings)


@cache
def use_book() -> Phrasebook:
    """Phrases for end uses."""
    return Phrasebook(_spellings("uses.csv"))


@cache
def use_labels() -> tuple[str, ...]:
    """Labels of end uses."""
    return tuple(row["label"] for row in read_table("uses.csv"))


@cache
def region_book() -> Phrasebook:
    """Phrases for regions."""
    return Phrasebook(spellings_of_regions())


@cache
def known_symbols() -> frozenset[str]:
    """Symbols of all elements that items are made of."""
    return frozenset(symbols())


@cache
def rare_earths() -> frozenset[str]:
    """Symbols of the rare earths."""
    return frozenset(entries()["rare_earth"].may_contain)


def _spellings(table: str) -> dict[str, tuple[str, ...]]:
    return {
        row["label"]: (row["name_en"], row["name_zh"], *_words(row["aliases"]))
        for row in read_table(table)
    }


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(";") if word.strip())
