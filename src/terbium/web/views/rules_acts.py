"""One act as a page shows it: paragraphs, what was done to it, links, sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from terbium.base.speech import tr, trn
from terbium.policy.acts import Act, Book, Later, Paragraph
from terbium.policy.disclosure import FULL_AND_TRUE, checklist_of, disclosed_by
from terbium.policy.relations import NO_PAIR_REVIVES, relations_of
from terbium.policy.rulebook import LEGAL_EFFECTS
from terbium.policy.timeline import standings
from terbium.web.views import names
from terbium.web.views import rules_words as words
from terbium.web.views.rules import Source, act_path, sources_of
from terbium.web.views.rules_calendar import Row, standing
from terbium.web.views.rules_trace import kind_of

_HIDDEN = ("materials_hint",)


@dataclass(frozen=True)
class Text:
    """A text of the register with its language."""

    text: str
    tongue: str

    @classmethod
    def of(cls, text: object) -> "Text":
        """Mark a text with the language that it is written in."""
        told = str(text or "")
        return cls(told, words.tongue(told))


@dataclass(frozen=True)
class Clause:
    """A paragraph of an act.

    Parameters
    ----------
    paragraph, effect, text
        Its name, what it does, and its text as the register holds it.
    is_licence_rule
        Whether it is part of a legal answer.
    facts
        What else is held of it: (heading, text).
    variants
        What it says of some users or uses.
    first, last
        Its days; None = the day is open, or not yet named.
    """

    paragraph: str
    effect: str
    text: Text
    is_licence_rule: bool
    facts: tuple[tuple[str, str], ...]
    variants: tuple[Text, ...]
    obligations: tuple[Text, ...]
    first: date | None
    last: date | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Overlaid:
    """What a later text did to the act."""

    announced: date
    what: str
    by: str
    href: str
    first: date
    last: date | None
    paragraphs: tuple[str, ...]
    is_narrow: bool
    text: Text


@dataclass(frozen=True)
class Link:
    """Another act that this one is linked to."""

    relation: str
    other: str
    href: str
    basis: str
    paragraphs: tuple[str, ...]
    first: date | None
    last: date | None
    note: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class ActPage:
    """One act.

    Parameters
    ----------
    apart
        What it is where it is no licence rule; empty = it is one.
    stands
        How it stands on the day asked about.
    reason
        Why, as its issuer says.
    clauses, overlays, milestones, links, sources
        As their types say; overlays in the order of announcement.
    disclosed, conditions
        What applications under it reveal, and conditions of its general licences.
    """

    id: str
    title: Text
    issuer: str
    legal_ref: Text
    instrument: str
    regime: str
    formality: str
    apart: str
    announced: date
    first: date | None
    last: date | None
    confidence: str
    reason: Text
    consequence: Text
    note: Text
    not_covered: tuple[str, ...]
    on: date
    stands: tuple[Row, ...]
    clauses: tuple[Clause, ...]
    overlays: tuple[Overlaid, ...]
    milestones: tuple[tuple[str, Text], ...]
    links: tuple[Link, ...]
    pair_note: str
    sources: tuple[Source, ...]
    disclosed: tuple[Mapping[str, Any], ...]
    disclosed_note: str
    conditions: tuple[Mapping[str, Any], ...]
    evidence_date: date


def act_page(book: Book, name: str, on: date | None = None) -> ActPage:
    """One act with all that is held of it.

    Parameters
    ----------
    book
        The register.
    name
        Id of the act.
    on
        Day for which it is told how it and its links stand; None = the evidence date.

    Raises
    ------
    MeasureError
        If the register does not hold it.
    """
    act = book.act(name, "measure")
    data, day = act.data, on or book.evidence_date
    links = tuple(_link(one) for one in relations_of(book, act, day))
    is_rule = act.is_binding and any(one.effect in LEGAL_EFFECTS for one in act.provisions)
    return ActPage(
        id=act.id,
        title=Text.of(act.title),
        issuer=act.issuer,
        legal_ref=Text.of(act.legal_ref),
        instrument=words.instrument(data["instrument"]),
        regime=words.regime(act.regime),
        formality=words.formality(act.formality) if act.formality else "",
        apart="" if is_rule else kind_of(act),
        announced=act.announced,
        first=_date(data.get("effective_from")),
        last=_date(data.get("effective_to")),
        confidence=words.confidence(data["confidence"]),
        reason=Text.of(data.get("stated_reason")),
        consequence=Text.of(data.get("consequence")),
        note=Text.of(data.get("note")),
        not_covered=tuple(data.get("not_covered", ())),
        on=day,
        stands=tuple(standing(row) for row in standings(book, day) if row.act is act),
        clauses=tuple(_clause(one, act, book) for one in act.provisions),
        overlays=tuple(
            _overlay(one, book) for one in sorted(act.overlays, key=lambda one: one.announced)
        ),
        milestones=tuple(
            (str(one["date"]), Text.of(one["text"])) for one in data.get("milestones", ())
        ),
        links=links,
        pair_note=_pair_note(data),
        sources=sources_of(book, data["source"]),
        disclosed=tuple(vars(one) for one in disclosed_by(act)),
        disclosed_note=FULL_AND_TRUE,
        conditions=tuple(vars(one) for one in checklist_of(act)),
        evidence_date=book.evidence_date,
    )


def _pair_note(data: Mapping[str, Any]) -> str:
    return NO_PAIR_REVIVES if data.get("paired_with") else ""


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _clause(one: Paragraph, act: Act, book: Book) -> Clause:
    data = one.data
    return Clause(
        paragraph=one.paragraph,
        effect=words.effect(one.effect),
        text=Text.of(one.text),
        is_licence_rule=act.is_binding and one.effect in LEGAL_EFFECTS,
        facts=tuple(_facts(one)),
        variants=tuple(Text.of(variant["text"]) for variant in data.get("variants", ())),
        obligations=tuple(Text.of(text) for text in data.get("obligations", ())),
        first=one.first,
        last=one.last,
        sources=sources_of(book, data.get("source", ())),
    )


def _facts(one: Paragraph) -> Iterable[tuple[str, str]]:
    data, clocks = one.data, one.data.get("clocks", {})
    if data.get("presumption"):
        yield tr("Presumption"), words.presumption(data["presumption"])
    if clocks.get("review_working_days"):
        days = clocks["review_working_days"]
        yield tr("Review"), trn("{n} working day", "{n} working days", days)
    if clocks.get("report_working_days"):
        days = clocks["report_working_days"]
        yield tr("Report"), trn("{n} working day", "{n} working days", days)
    if data.get("validity_days"):
        yield tr("Licence valid for"), trn("{n} day", "{n} days", data["validity_days"])
    if data.get("documents"):
        yield tr("Asked for"), "; ".join(data["documents"])
    if data.get("rate_pct") is not None:
        yield tr("Rate"), tr("{rate:g} % of the customs value", rate=data["rate_pct"])
    yield from _scope(one.scope)


def _scope(scope: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What a paragraph is about, as authored."""
    headings = {
        "elements": tr("Elements"), "forms": tr("Forms"), "items": tr("Items"),
        "not_items": tr("Not"), "origins": tr("Made in"), "exporters": tr("Shipped from"),
        "destinations": tr("Going to"), "end_uses": tr("End uses"),
        "excluded_end_uses": tr("Excluded uses"), "end_users": tr("End users"),
        "hooks": tr("Only if"), "hs_hint": tr("Customs codes named for reference"),
        "parties": tr("Names held"), "listed_in": tr("Items under control in"),
        "subject_to": tr("Reached as said by"),
    }  # fmt: skip
    for name, heading in headings.items():
        value = scope.get(name)
        if value and name not in _HIDDEN:
            told = [value] if isinstance(value, str) else list(value)
            yield heading, ", ".join(_named(name, str(word)) for word in told)
    for figure, bounds in scope.get("limits", {}).items():
        yield figure.replace("_", " "), _bounds(bounds)
    if scope.get("content"):
        content = scope["content"]
        share = _bounds(content.get("value_share", {})) or tr("any")
        yield (
            tr("Inputs"),
            tr(
                "{elements} from {origins}, share of the value: {share}",
                elements=", ".join(content.get("elements", ())) or tr("listed inputs"),
                origins=", ".join(_named("origins", word) for word in content["origins"]),
                share=share,
            ),
        )
    if scope.get("owned_by"):
        owned = scope["owned_by"]
        yield (
            tr("Owned by"),
            tr(
                "parties on {lists}, to {share:.0%} or more",
                lists=", ".join(owned["lists"]),
                share=owned["share_ge"],
            ),
        )


def _named(field: str, word: str) -> str:
    if field in ("origins", "exporters", "destinations"):
        if word == "ALL":
            return tr("all")
        if word.startswith("ANY_NON_"):
            return tr("any but {region}", region=names.place(word.removeprefix("ANY_NON_")))
        return names.place(word)
    return word.replace("_", " ")


def _bounds(bounds: Mapping[str, float | None]) -> str:
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
    told = [f"{signs[name]} {value:g}" for name, value in bounds.items() if value is not None]
    return ", ".join(told)


def _overlay(one: Later, book: Book) -> Overlaid:
    return Overlaid(
        one.announced,
        words.overlay(one.kind),
        one.by,
        act_path(one.by) if one.by in book.acts else "",
        one.from_,
        one.to,
        one.paragraphs,
        one.scope is not None,
        Text.of(one.data.get("text")),
    )


def _link(one: Any) -> Link:
    return Link(
        words.relation(one.relation),
        one.other,
        act_path(one.other) if one.is_held else "",
        words.basis(one.basis) if one.basis else "",
        one.paragraphs,
        one.from_,
        one.to,
        one.note,
        tuple(words.state(state) for state in one.states),
    )
