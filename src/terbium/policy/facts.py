"""The facts of a case, read from what people write into columns and options."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from terbium.base.days import parse_date
from terbium.base.errors import InputError, LabelError, Problems, suggest
from terbium.base.gazetteer import resolve_region
from terbium.base.phrases import tidy, tokens_of
from terbium.base.speech import tr
from terbium.policy.inputs import Inputs, inputs_of
from terbium.policy.item import Item
from terbium.policy.parties import Party, read_party
from terbium.policy.reading import read_item
from terbium.policy.truth import Truth
from terbium.policy.wordlist import use_book

# columns of a case, as they stand in files and as keyword arguments
COLUMNS = (
    "item", "hs", "element_content", "origin", "exporter_location", "destination", "end_use",
    "end_user_type", "date", "known_on", "form", "value_share", "origin_content", "owner_share",
    "owner_list", "party_name", "purity", "is_technology", "regime",
)  # fmt: skip
REGIMES = ("cn_dual_use", "cn_trade", "us_ear", "policy", "precursor_chemicals")
_NO_LICENCE_REGIMES = ("tariff", "cn_supply_security")
_MOST_TEXTS = 20_000
_TRUE, _FALSE = (
    frozenset({"true", "yes", "y", "1", "是"}),
    frozenset({"false", "no", "n", "0", "否", ""}),
)
_NOT_MILITARY = re.compile(
    r"non-?\s*military|not (?:for )?military|非军事|非军用|非军", re.IGNORECASE
)


@dataclass(frozen=True)
class Use:
    """What an item is for, by the labels of ``uses.csv``.

    Parameters
    ----------
    labels
        Uses that the text names.
    is_stated
        Whether there is a text: then a use that it does not name is taken as absent.
    """

    labels: frozenset[str] = frozenset()
    is_stated: bool = False

    def is_one_of(self, labels: frozenset[str]) -> Truth:
        """Whether it is among some; a use that is often military leaves that open."""
        if self.labels & labels:
            return Truth.YES
        is_open = not self.is_stated or (
            "military" in labels and "military_doubtful" in self.labels
        )
        return Truth.UNKNOWN if is_open else Truth.NO


@dataclass(frozen=True)
class Facts:
    """A case as it was read. None and empty stand for facts that nobody gave.

    Parameters
    ----------
    item, item_key
        The item, and the texts that it was read from.
    origin, exporter, destination
        Regions.
    inputs
        Inputs of other origin inside the item.
    party, use
        Who uses it and what for.
    on, known_on
        The day asked about, and the day as of which the register is read.
    regime
        The regime asked for; empty = all.
    hs
        Customs code as given; a hint.
    """

    item: Item
    item_key: tuple[str, str, str, str, bool | None]
    origin: str | None
    exporter: str | None
    destination: str | None
    inputs: Inputs
    party: Party
    use: Use
    on: date
    known_on: date | None
    regime: str
    hs: str


def read_facts(row: Mapping[str, str | None], place: str = "") -> Facts:
    """Read the facts of a case.

    Parameters
    ----------
    row
        Column to text; columns that are absent are empty.
    place
        Where the case stands, for messages.

    Raises
    ------
    InputError
        With every cell that cannot be read: a day that does not exist, an unknown region or regime.
    """
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    problems = Problems()
    prefix = f"{place}, " if place else ""
    on = _day(cells["date"], f"{prefix}date", problems, is_needed=True)
    known_on = _day(cells["known_on"], f"{prefix}known_on", problems, is_needed=False)
    regions = {
        name: _region(cells[name], f"{prefix}{name}", problems)
        for name in ("origin", "exporter_location", "destination")
    }
    is_technology = _switch(cells["is_technology"], f"{prefix}is_technology", problems)
    regime = _regime(cells["regime"], f"{prefix}regime", problems)
    inputs = inputs_of(cells, prefix, problems)
    problems.raise_if_any(place or "case", InputError)
    key = (cells["item"], cells["element_content"], cells["form"], cells["purity"], is_technology)
    return Facts(
        item=read_item(*key),
        item_key=key,
        origin=regions["origin"],
        exporter=regions["exporter_location"],
        destination=regions["destination"],
        inputs=inputs,
        party=read_party(
            cells["end_user_type"],
            cells["party_name"],
            cells["owner_share"],
            cells["owner_list"],
            cells["item"],
        ),  # fmt: skip
        use=read_use(cells["end_use"]),
        on=on or date.min,
        known_on=known_on,
        regime=regime,
        hs=cells["hs"],
    )


def _day(text: str, place: str, problems: Problems, is_needed: bool) -> date | None:
    if not text:
        if is_needed:
            problems.add(
                place, tr("nothing"), tr("a day such as 2025-06-01"), tr("say on which day")
            )
        return None
    try:
        return parse_date(text, place)
    except InputError as error:
        problems.extend(error.problems)
        return None


@lru_cache(maxsize=_MOST_TEXTS)
def _code(text: str) -> str:
    return resolve_region(text)


def _region(text: str, place: str, problems: Problems) -> str | None:
    if not text:
        return None
    try:
        return _code(text)
    except LabelError as error:
        problems.add(place, *(getattr(error.problems[0], n) for n in ("seen", "allowed", "remedy")))
        return None


def _switch(text: str, place: str, problems: Problems) -> bool | None:
    word = text.casefold()
    if not word:
        return None
    if word not in _TRUE | _FALSE:
        problems.add(
            place, f"'{text}'", tr("true or false"), tr("write one of them, or leave it empty")
        )
    return word in _TRUE


def _regime(text: str, place: str, problems: Problems) -> str:
    word = text.casefold().replace("-", "_").replace(" ", "_")
    known = (*REGIMES, *_NO_LICENCE_REGIMES)
    if word and word not in known:
        problems.add(place, f"'{text}'", ", ".join(known), suggest(word, known))
    return word


@lru_cache(maxsize=_MOST_TEXTS)
def read_use(text: str) -> Use:
    """Read an end use from free text."""
    plain = _NOT_MILITARY.sub(" civil ", tidy(text))
    labels = frozenset(mention.label for mention in use_book().find(tokens_of(plain)))
    return Use(labels, bool(text.strip()))
