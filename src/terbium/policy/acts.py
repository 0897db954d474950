"""Acts as light as they can be read: what a command says of them needs no checker of texts.

The same windows as everywhere (``policy.overlay``) are asked of them; ``policy.register`` has the
checked form.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType

from terbium.base.errors import MeasureError, suggest
from terbium.policy.overlay import Branch, Knowledge
from terbium.policy.plain import Data, built_in_data


@dataclass(frozen=True, eq=False)
class Later:
    """A later text that takes paragraphs of an act out of force; see ``schema.Overlay``."""

    kind: str
    announced: date
    from_: date
    to: date | None
    by: str
    paragraphs: tuple[str, ...]
    scope: Data | None
    data: Data = field(repr=False)


@dataclass(frozen=True, eq=False)
class Paragraph:
    """A paragraph of an act; see ``schema.Provision``."""

    paragraph: str
    effect: str
    text: str
    announced: date
    first: date | None
    last: date | None
    data: Data = field(repr=False)

    @property
    def scope(self) -> Data:
        """What it is about, as authored."""
        found: Data = self.data.get("scope", {})
        return found


@dataclass(frozen=True, eq=False)
class Act:
    """An act of a government; see ``schema.Measure``."""

    id: str
    issuer: str
    title: str
    legal_ref: str
    regime: str
    formality: str
    announced: date
    provisions: tuple[Paragraph, ...]
    overlays: tuple[Later, ...]
    data: Data = field(repr=False)

    def dates_of(self, provision: Paragraph) -> tuple[date, date | None, date | None]:
        """Announced, first day, last day."""
        return provision.announced, provision.first, provision.last

    @property
    def is_binding(self) -> bool:
        """Whether it is law, and no threat, guidance, proposal or practice."""
        return not self.formality

    @property
    def issuers(self) -> tuple[str, ...]:
        """Codes of the governments that issued it: ``US``, or ``US JP`` for an act of both."""
        head = self.issuer.split()[0] if self.issuer else ""
        return tuple(word.upper() for word in head.split("/"))


@dataclass(frozen=True, eq=False)
class Book:
    """All acts of a register.

    Parameters
    ----------
    evidence_date
        Newest day that the register has evidence of.
    acts
        By id, in the order of ids.
    sources
        By key, as authored.
    supposed
        What is supposed in place of the register as it stands; empty = nothing.
    """

    evidence_date: date
    acts: Mapping[str, Act]
    sources: Mapping[str, Data]
    supposed: str = ""

    def __iter__(self) -> Iterator[Act]:
        return iter(self.acts.values())

    def act(self, name: str, place: str) -> Act:
        """The act of an id, however its letters are written.

        Raises
        ------
        MeasureError
            If the register does not hold it.
        """
        found = self.acts.get(name.strip().upper())
        if found is None:
            raise MeasureError.of(
                "register", place, f"'{name}', which is not in the register",
                "the id of a measure; `terbium measures` lists them",
                suggest(name.strip().upper(), self.acts),
            )  # fmt: skip
        return found

    def knowledge(self, on: date, known_on: date | None) -> dict[Branch, Knowledge]:
        """What is known of a day, by branch; one branch if the day is within what is known."""
        horizon = min(known_on or self.evidence_date, self.evidence_date)
        names: tuple[Branch, ...] = ("hold", "lapse") if on > horizon else ("lapse",)
        return {
            name: Knowledge(horizon, known_on, name, registered=frozenset(self.acts))
            for name in names
        }


def book_of(register: Data, supposed: str = "") -> Book:
    """Read the acts of a register that is plain data, as ``RegisterText`` dumps it."""
    acts = (_act(entry) for entry in sorted(register["measures"], key=lambda act: str(act["id"])))
    return Book(
        date.fromisoformat(register["evidence_date"]),
        MappingProxyType({act.id: act for act in acts}),
        MappingProxyType(register["sources"]),
        supposed,
    )


@cache
def built_in_book() -> Book:
    """The acts of the register in the package, read once."""
    return book_of(built_in_data())


def _act(entry: Data) -> Act:
    return Act(
        id=entry["id"],
        issuer=entry["issuer"],
        title=entry["title"],
        legal_ref=entry["legal_ref"],
        regime=entry["regime"],
        formality=entry.get("formality") or "",
        announced=date.fromisoformat(entry["announced"]),
        provisions=tuple(_paragraph(entry, provision) for provision in entry["provisions"]),
        overlays=tuple(_later(overlay) for overlay in entry.get("overlays", ())),
        data=entry,
    )


def _paragraph(entry: Data, provision: Data) -> Paragraph:
    return Paragraph(
        paragraph=provision["paragraph"],
        effect=provision["effect"],
        text=provision["text"],
        announced=date.fromisoformat(provision.get("announced") or entry["announced"]),
        first=_day(provision.get("effective_from") or entry.get("effective_from")),
        last=_day(provision.get("effective_to") or entry.get("effective_to")),
        data=provision,
    )


def _later(overlay: Data) -> Later:
    return Later(
        kind=overlay["kind"],
        announced=date.fromisoformat(overlay["announced"]),
        from_=date.fromisoformat(overlay["from"]),
        to=_day(overlay.get("to")),
        by=overlay["by"],
        paragraphs=tuple(overlay.get("paragraphs", ())),
        scope=overlay.get("scope"),
        data=overlay,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
