"""Names of regions, elements and forms in English and Chinese, and the code each is stored by.

Regions follow ISO 3166-1: stored and printed as alpha-3, accepted as alpha-2, alpha-3, numeric or
by name. Blocs (``EU27``, ``WLD``, ``XCH``) stand for their members; ``XEU`` and ``XRW`` are what a
dataset leaves over once its own regions are taken out. A name is a code's name in its source, no
position on any territory is implied.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from terbium.base.errors import LabelError, suggest
from terbium.base.speech import tr

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class _Entry:
    code: str
    kind: str
    name_en: str
    name_zh: str
    spellings: tuple[str, ...]
    members: tuple[str, ...]


def resolve_region(text: str, place: str = "region") -> str:
    """Code of a region, from any of its codes or names.

    Parameters
    ----------
    text
        ``CN``, ``CHN``, ``156``, ``China``, ``中国``, ``EU27``, in any case.
    place
        Where the text stands, for the message.

    Returns
    -------
    str
        ISO 3166-1 alpha-3, or the code of a bloc or of a rest.

    Raises
    ------
    LabelError
        If no region is known by that name.

    Examples
    --------
    >>> resolve_region("de"), resolve_region("越南"), resolve_region("EU")
    ('DEU', 'VNM', 'EU27')
    """
    allowed = tr("an ISO 3166 code or a name, en or zh")
    return _resolve(text, _regions(), "region", allowed, place)


def bloc_members(code: str) -> tuple[str, ...]:
    """Members of a bloc as alpha-3 codes, sorted; a single region is its own only member.

    Raises
    ------
    LabelError
        If the code is unknown, or is a rest, whose members only a dataset knows.
    """
    entry = _regions()[resolve_region(code)]
    if entry.kind == "rest":
        raise LabelError.of(
            "region",
            "bloc",
            f"'{entry.code}', which is what a dataset leaves over",
            "a code of ISO 3166 or a bloc: " + ", ".join(blocs()),
            "ask the dataset which regions it tells apart",
        )
    return entry.members or (entry.code,)


def blocs() -> tuple[str, ...]:
    """Codes of the blocs."""
    return tuple(entry.code for entry in _regions().values() if entry.kind == "bloc")


def name_of(code: str, lang: Language = "en") -> str:
    """Name of a region by its code.

    Raises
    ------
    LabelError
        If the code is unknown.
    """
    entry = _regions()[resolve_region(code)]
    return entry.name_zh if lang == "zh" else entry.name_en


def elements() -> tuple[str, ...]:
    """Symbols of the 17 rare earths, by atomic number."""
    return tuple(entry.code for entry in _materials("element").values())


@cache
def symbols() -> tuple[str, ...]:
    """Symbols of the rare earths, then of the other elements that items are made of."""
    return (*elements(), *(entry.code for entry in _materials("other_element").values()))


@cache
def spellings_of_elements() -> Mapping[str, tuple[str, ...]]:
    """Names of every element of ``symbols`` in English and Chinese, without the symbol itself."""
    entries = (*_materials("element").values(), *_materials("other_element").values())
    return {entry.code: entry.spellings[1:] for entry in entries}


@cache
def spellings_of_regions() -> Mapping[str, tuple[str, ...]]:
    """Codes and names of every region."""
    return {entry.code: entry.spellings for entry in _regions().values()}


def resolve_element(text: str, place: str = "element") -> str:
    """Symbol of a rare earth, from its symbol or its name in English or Chinese.

    Raises
    ------
    LabelError
        If it is none of the 17.

    Examples
    --------
    >>> resolve_element("镝"), resolve_element("Terbium")
    ('Dy', 'Tb')
    """
    entries = _materials("element")
    return _resolve(text, entries, "element", "a rare earth: " + " ".join(entries), place)


def element_name(symbol: str, lang: Language = "en") -> str:
    """Name of a rare earth by its symbol.

    Raises
    ------
    LabelError
        If it is none of the 17.
    """
    entry = _materials("element")[resolve_element(symbol)]
    return entry.name_zh if lang == "zh" else entry.name_en


def resolve_form(text: str, place: str = "form") -> str:
    """Label of a form in which materials are traded (``oxide``, ``metal``, ``magnet``).

    Raises
    ------
    LabelError
        If there is no such form.
    """
    entries = _materials("form")
    return _resolve(text, entries, "form", ", ".join(entries), place)


def _resolve(text: str, entries: Mapping[str, _Entry], what: str, allowed: str, place: str) -> str:
    code = _index(what).get(_folded(text))
    if code is not None:
        return code
    spellings = [spelling for entry in entries.values() for spelling in entry.spellings]
    raise LabelError.of(
        what, place, f"'{text}'" if text.strip() else "nothing", allowed, suggest(text, spellings)
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


@cache
def _index(what: str) -> dict[str, str]:
    """Every spelling -> code. A spelling that two codes claim is a fault of the table."""
    index: dict[str, str] = {}
    for entry in (_regions() if what == "region" else _materials(what)).values():
        for spelling in entry.spellings:
            if index.setdefault(_folded(spelling), entry.code) != entry.code:
                other = index[_folded(spelling)]
                raise ValueError(f"gazetteer: {spelling!r} names both {other} and {entry.code}")
    return index


@cache
def _regions() -> dict[str, _Entry]:
    return {
        row["region"]: _entry(row["region"], row, (row["alpha2"], row["numeric"]))
        for row in read_table("regions.csv")
    }


@cache
def _materials(kind: str) -> dict[str, _Entry]:
    rows = [row for row in read_table("materials.csv") if row["kind"] == kind]
    return {row["label"]: _entry(row["label"], row, ()) for row in rows}


def _entry(code: str, row: Mapping[str, str], more: Iterable[str]) -> _Entry:
    spellings = (code, row["name_en"], row["name_zh"], *more, *row["aliases"].split(";"))
    return _Entry(
        code=code,
        kind=row["kind"],
        name_en=row["name_en"],
        name_zh=row["name_zh"],
        spellings=tuple(dict.fromkeys(spelling for spelling in spellings if spelling)),
        members=tuple(sorted(filter(None, row.get("members", "").split(";")))),
    )


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a table of ``data/gazetteer``, all as text."""
    # files() of the root package: the data folder holds no Python and is no package of its own
    text = files("terbium").joinpath("data", "gazetteer", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
