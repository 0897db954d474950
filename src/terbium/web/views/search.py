"""Everything that carries a source, in one list to search: estimates, constants, texts, targets."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from terbium.analysis.targets import shipped_targets
from terbium.base.gazetteer import spellings_of_elements, spellings_of_regions
from terbium.base.speech import tr
from terbium.evidence.dataset import Dataset
from terbium.evidence.quantities import quantities
from terbium.policy.plain import built_in_data
from terbium.web.views.families import family
from terbium.web.views.says import sources_path
from terbium.web.views.sources import datasets, holders, label_of

PER_PAGE: Final = 50
_LEAST_ALIKE: Final = 0.3

KINDS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "estimate": lambda: tr("Estimates"),
        "method": lambda: tr("Method constants"),
        "publication": lambda: tr("Sources of the dataset"),
        "register": lambda: tr("Evidence of the register"),
        "target": lambda: tr("Recorded targets"),
        "quantity": lambda: tr("Quantities in articles"),
    }
)
"""Kinds of entries, in the order in which they are offered."""


@dataclass(frozen=True)
class Entry:
    """One thing that carries a source.

    Attributes
    ----------
    kind, name, path
        One of `KINDS`, its name there, and its page.
    value, unit, grade, family
        Empty where it has none.
    text
        What stands beside the name, in the language of the dataset.
    words
        All that a search looks through, in small letters.
    """

    kind: str
    name: str
    path: str
    value: float | None
    unit: str
    grade: str
    family: str
    text: str
    words: str

    @property
    def label(self) -> str:
        """Its name in words."""
        return label_of(self.name) if self.kind == "estimate" else self.text


@dataclass(frozen=True)
class Facet:
    """A way to narrow a search: key, title, how many entries it leaves."""

    key: str
    title: str
    count: int


@dataclass(frozen=True)
class Found:
    """A page of a search.

    Attributes
    ----------
    entries
        Of this page, the nearest first.
    total, page, pages
        How many there are, which page this is, from 1, and of how many.
    kinds, families, grades
        Facets, each counted with the other two as they are chosen.
    """

    entries: Sequence[Entry]
    total: int
    page: int
    pages: int
    kinds: Sequence[Facet]
    families: Sequence[Facet]
    grades: Sequence[Facet]


def search(
    query: str = "", kind: str = "", family_key: str = "", grade: str = "", page: int = 1
) -> Found:
    """Entries that hold every word of a query, in English or Chinese, narrowed by facets."""
    words = query.lower().replace("_", " ").split()
    fitting = [one for one in entries() if all(word in one.words for word in words)]
    chosen = {"kind": kind, "family": family_key, "grade": grade}
    shown = [one for one in fitting if _fits(one, chosen)]
    shown.sort(key=lambda one: _rank(one, words))
    pages = max(-(-len(shown) // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    kinds, families, grades = (_counted(fitting, chosen, name) for name in chosen)
    return Found(
        entries=shown[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(shown),
        page=page,
        pages=pages,
        kinds=[Facet(key, KINDS[key](), kinds[key]) for key in KINDS if kinds[key]],
        families=[Facet(key, family(key).title, families[key]) for key in sorted(families) if key],
        grades=[Facet(key, key, grades[key]) for key in sorted(grades) if key],
    )


def _fits(entry: Entry, chosen: Mapping[str, str]) -> bool:
    return all(not value or getattr(entry, name) == value for name, value in chosen.items())


def _counted(fitting: Sequence[Entry], chosen: Mapping[str, str], name: str) -> Counter[str]:
    others = {key: value for key, value in chosen.items() if key != name}
    return Counter(getattr(one, name) for one in fitting if _fits(one, others))


def _rank(entry: Entry, words: Sequence[str]) -> tuple[int, int, str]:
    """Names that hold the words come before texts that do."""
    name = entry.name.lower().replace("_", " ")
    missing = sum(word not in name for word in words)
    return missing, list(KINDS).index(entry.kind), entry.name


def near_names(name: str, most: int = 5) -> list[str]:
    """Names of estimates, or of groups of them, near one that does not exist."""
    asked = _triples(name.strip("/").lower())
    if not asked:
        return []
    scored = sorted(
        (-len(asked & known) / len(asked | known), one) for one, known in _spelled().items()
    )
    return [one for share, one in scored[:most] if -share >= _LEAST_ALIKE]


def _triples(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(max(len(text) - 2, 0)))


@cache
def _spelled() -> Mapping[str, frozenset[str]]:
    """Triples of letters of every name of an estimate and of every group of them."""
    groups = {one.rpartition("/")[0] for one in holders() if one.count("/") > 1}
    return {one: _triples(one.lower()) for one in (*holders(), *sorted(groups))}


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry, in the order of kinds."""
    return (
        *(entry for data in datasets().values() for entry in _estimates(data)),
        *_methods(),
        *(entry for data in datasets().values() for entry in _publications(data)),
        *_register(),
        *_targets(),
        *_quantities(),
    )


def _estimates(data: Dataset) -> Iterator[Entry]:
    for name, one in data.estimates.items():
        claims = [data.claims[key] for key in one.claims]
        said = " ".join(
            f"{c.subject} {c.quantity} {c.place} {data.sources[c.source].title} "
            f"{data.sources[c.source].publisher}"
            for c in claims[:12]
        )
        words = f"{name} {name.replace('_', ' ')} {_spellings(name)} {one.rule} {said}".lower()
        yield Entry("estimate", name, sources_path(name), one.central, one.unit, one.grade,
                    one.family, one.rule, words)  # fmt: skip


def _spellings(name: str) -> str:
    """Names of the regions and elements that a name has codes of, in every spelling."""
    regions, elements = spellings_of_regions(), spellings_of_elements()
    found: list[str] = []
    for part in name.split("/"):
        found += regions.get(part, ())
        found += elements.get(part.partition("_")[0], ())
    return " ".join(found)


@cache
def method_rows() -> Mapping[str, Mapping[str, str]]:
    """Rows of the table of method constants by name."""
    text = files("terbium").joinpath("data/methods.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["name"]: row for row in csv.DictReader(text.splitlines())})


def _methods() -> Iterator[Entry]:
    for name, row in method_rows().items():
        words = " ".join(row.values()).lower()
        path = sources_path(f"methods/{name}")
        words = f"{words} {name.replace('_', ' ')}"
        yield Entry("method", name, path, float(row["value"]), row["unit"], "", "", row["note"],
                    words)  # fmt: skip


def _publications(data: Dataset) -> Iterator[Entry]:
    for key, one in data.sources.items():
        text = f"{one.publisher}: {one.title}"
        yield Entry("publication", key, sources_path(f"publications/{key}"), None, "", "", "",
                    text, f"{key} {text} {one.note}".lower())  # fmt: skip


@cache
def register_sources() -> Mapping[str, Mapping[str, Any]]:
    """Texts that the register rests on, by key."""
    return MappingProxyType(dict(built_in_data()["sources"]))


def _register() -> Iterator[Entry]:
    for key, row in register_sources().items():
        text = f"{row['publisher']}: {row['title']}"
        words = f"{key} {text} {row['date']} {row.get('note') or ''}".lower()
        path = sources_path(f"register/{key}")
        yield Entry("register", key, path, None, "", "", "", text, words)


@cache
def target_rows() -> Mapping[str, Mapping[str, str]]:
    """Rows of the shipped targets by id."""
    text = shipped_targets().read_text(encoding="utf-8")
    return MappingProxyType({row["id"]: row for row in csv.DictReader(text.splitlines())})


def _targets() -> Iterator[Entry]:
    for key, row in target_rows().items():
        words = " ".join(row.values()).lower()
        value = float(row["value"]) if _is_number(row["value"]) else None
        path = sources_path(f"targets/{key}")
        yield Entry("target", key, path, value, row["unit"], "", "", row["observable"], words)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _quantities() -> Iterator[Entry]:
    for key, one in quantities().items():
        if not one.sentence:
            continue
        words = " ".join((key.replace("_", " "), *one.names, one.note)).lower()
        path = f"/evidence/quantities/{key}"
        yield Entry("quantity", key, path, None, "", "", "", one.name, words)
