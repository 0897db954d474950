"""A checked article as its page and the API show it: text in pieces, notes beside it, counts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from terbium.base.speech import DEFAULT, language, tr
from terbium.evidence.findings import VERDICTS, number_text
from terbium.evidence.quantities import quantities
from terbium.evidence.wording import (
    check_word,
    class_word,
    days_of,
    kind_word,
    low_to_high,
    name_of,
    qualified,
    said,
    verdict_word,
)
from terbium.report.evidence_view import SYMBOLS, css_class
from terbium.web.views.families import confidence_meaning
from terbium.web.work.article import ARTICLE_JSON, SUMMARY

_PAGE: Final = 30_000
"""Characters of text on a page, a note counted as `_NOTE` of them."""
_NOTE: Final = 400
_KEPT: Final = 3
_EMPTY: Final = frozenset({"", "none", "other"})
_GRAVE: Final = ("implausible", "differs")


@dataclass(frozen=True)
class Verdict:
    """A verdict with its sign, its class in the style sheet and how many claims have it."""

    key: str
    word: str
    symbol: str
    css: str
    count: int


@dataclass(frozen=True)
class SourceRow:
    """What a source says that a finding is set against."""

    figure: str
    time: str
    scope: str
    note: str
    publisher: str
    title: str
    published: str
    place: str
    origin: str
    source_class: str
    how: str
    licence: str


@dataclass(frozen=True)
class PlaceRow:
    """Where a claim of a finding stands; `href` leads there, on whichever page it is."""

    claim: str
    before: str
    span: str
    after: str
    href: str
    says: str


@dataclass(frozen=True)
class Note:
    """A finding beside the text.

    Attributes
    ----------
    number, css, symbol, verdict, kind, check
        Which it is, and its words; `kind` is empty where it says no more than the verdict.
    title, arithmetic, remark, lang
        What was found, and the language in which it is told.
    is_sum
        Whether the arithmetic is a sum; else it is what was stated.
    is_modelled
        False where no run computes anything like it.
    quantity, quantity_name
        Key and name of the quantity, or empty.
    places, sources
        Where its claims stand, and what was set against them.
    is_open
        Whether it is unfolded from the start.
    """

    number: int
    css: str
    symbol: str
    verdict: str
    kind: str
    check: str
    title: str
    arithmetic: str
    remark: str
    lang: str
    is_sum: bool
    is_modelled: bool
    quantity: str
    quantity_name: str
    places: Sequence[PlaceRow]
    sources: Sequence[SourceRow]
    is_open: bool
    href: str


@dataclass(frozen=True)
class Mark:
    """A run of text; with a claim it is marked."""

    text: str
    claim: str = ""
    css: str = ""
    symbol: str = ""
    verdict: str = ""
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph and the notes beside it; a gap has none and says how much is left out."""

    lang: str
    marks: Sequence[Mark]
    notes: Sequence[Note]
    skipped: int = 0


@dataclass(frozen=True)
class ClaimRow:
    """A claim as it was read."""

    id: str
    css: str
    symbol: str
    verdict: str
    span: str
    lang: str
    about: str
    value: str
    time: str
    says: str


@dataclass(frozen=True)
class ArticleView:
    """A page of a checked article.

    Attributes
    ----------
    name, date, lang, characters, claims_total
        Of the document.
    verdicts, findings_total
        Counts over all of it.
    chosen
        Verdict that alone is marked; empty for all.
    blocks, rows
        Text of this page with its notes, and its claims.
    gravest
        The first findings against the text, wherever they stand.
    page, pages
        Which page this is, and of how many.
    """

    name: str
    date: str
    lang: str
    characters: int
    claims_total: int
    verdicts: Sequence[Verdict]
    findings_total: int
    chosen: str
    blocks: Sequence[Block]
    rows: Sequence[ClaimRow]
    gravest: Sequence[Note]
    page: int
    pages: int


@lru_cache(maxsize=_KEPT)
def load_article(folder: Path) -> Mapping[str, Any]:
    """The content of ``article.json`` of a result, which never changes."""
    content: Mapping[str, Any] = json.loads((folder / ARTICLE_JSON).read_text(encoding="utf-8"))
    return content


@lru_cache(maxsize=256)
def load_summary(folder: Path) -> Mapping[str, Any]:
    """What a list tells of a checked article."""
    content: Mapping[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    return content


def article_view(content: Mapping[str, Any], chosen: str = "", page: int = 1) -> ArticleView:
    """A page of a checked article in the language of the reader.

    Parameters
    ----------
    content
        As `load_article` gives it.
    chosen
        A verdict: only its claims are marked, and only paragraphs that hold one are shown.
    page
        From 1 on; beyond the last is the last.
    """
    return _Article(content, chosen if chosen in VERDICTS else "").view(page)


class _Article:
    """One article under one choice: which paragraphs are shown, and on which page each stands."""

    def __init__(self, content: Mapping[str, Any], chosen: str) -> None:
        self.content, self.chosen = content, chosen
        self.rows = {row["id"]: row for row in content["rows"]}
        self.tag = language() if language() in content["said"] else DEFAULT
        self.notes_at = self._anchored()
        self.pages: list[list[int]] = [[]]
        self.page_of: dict[int, int] = {}
        room = 0
        for i, paragraph in enumerate(content["paragraphs"]):
            if chosen and not self._is_shown(paragraph):
                continue
            size = sum(len(_text(piece)) for piece in paragraph["pieces"])
            size += _NOTE * len(self.notes_at[i])
            if room and room + size > _PAGE:
                self.pages.append([])
                room = 0
            room += size
            self.pages[-1].append(i)
            self.page_of[i] = len(self.pages)

    def _is_shown(self, paragraph: Mapping[str, Any]) -> bool:
        claims = [piece[1] for piece in paragraph["pieces"] if not isinstance(piece, str)]
        return any(self.rows[name]["verdict"] == self.chosen for name in claims)

    def _anchored(self) -> dict[int, list[int]]:
        """Numbers of the findings beside each paragraph: where the first mark leads to them."""
        self.paragraph_of: dict[str, int] = {}
        first: dict[int, int] = {}
        for i, paragraph in enumerate(self.content["paragraphs"]):
            for piece in paragraph["pieces"]:
                if not isinstance(piece, str):
                    self.paragraph_of[piece[1]] = i
                    first.setdefault(self.rows[piece[1]]["finding"], i)
        found: dict[int, list[int]] = defaultdict(list)
        for finding in self.content["findings"]:
            number = finding["number"]
            places = [self.paragraph_of[c["claim_id"]] for c in finding["claims"]
                      if c["claim_id"] in self.paragraph_of]  # fmt: skip
            where = first.get(number, min(places, default=-1))
            if where >= 0 and (not self.chosen or finding["verdict"] == self.chosen):
                found[where].append(number)
        self.anchor_of = {n: i for i, numbers in found.items() for n in numbers}
        return found

    def view(self, page: int) -> ArticleView:
        page = min(max(page, 1), len(self.pages))
        content = self.content
        shown = self.pages[page - 1]
        names = [p[1] for i in shown for p in content["paragraphs"][i]["pieces"]
                 if not isinstance(p, str)]  # fmt: skip
        grave = [f for f in content["findings"] if f["verdict"] in _GRAVE]
        return ArticleView(
            name=content["document"],
            date=str(content["date"] or ""),
            lang=content["lang"],
            characters=content["characters"],
            claims_total=content["claims"],
            verdicts=verdicts(content["verdicts"]),
            findings_total=len(content["findings"]),
            chosen=self.chosen,
            blocks=list(self._blocks(shown, page)),
            rows=[self._row(self.rows[name]) for name in names],
            gravest=[self._note(finding, page) for finding in grave[:8]],
            page=page,
            pages=len(self.pages),
        )

    def _blocks(self, shown: Sequence[int], page: int) -> list[Block]:
        found: list[Block] = []
        before = -1 if page == 1 else self.pages[page - 2][-1]
        for i in shown:
            if i > before + 1:
                found.append(Block("", (), (), i - before - 1))
            paragraph = self.content["paragraphs"][i]
            notes = [self._note(self.content["findings"][number - 1], page)
                     for number in self.notes_at[i]]  # fmt: skip
            marks = [self._mark(piece, page) for piece in paragraph["pieces"]]
            found.append(Block(paragraph["lang"], marks, notes))
            before = i
        return found

    def _mark(self, piece: str | Sequence[str], page: int) -> Mark:
        if isinstance(piece, str):
            return Mark(piece)
        text, name = piece
        row = self.rows[name]
        if self.chosen and row["verdict"] != self.chosen:
            return Mark(text)
        number = row["finding"]
        anchored = number in self.anchor_of
        href = self._href(self.anchor_of[number], f"f-{number}", page) if anchored else f"#c-{name}"
        verdict = row["verdict"]
        return Mark(text, name, css_class(verdict), SYMBOLS[verdict], verdict_word(verdict), href)

    def _href(self, paragraph: int, anchor: str, page: int) -> str:
        there = self.page_of.get(paragraph, 0)
        if there == page:
            return f"#{anchor}"
        chosen = f"verdict={self.chosen.replace(' ', '+')}&" if self.chosen and there else ""
        return f"?{chosen}page={there}#{anchor}" if there else f"?page=1#{anchor}"

    def _note(self, finding: Mapping[str, Any], page: int) -> Note:
        verdict, number = finding["verdict"], finding["number"]
        told = self.content["said"].get(self.tag)
        title, arithmetic, remark = (
            told[number - 1]
            if told
            else (finding["title"], finding["arithmetic"], finding["remark"])
        )
        known = quantities().get(finding["quantity"])
        return Note(
            number=number,
            css=css_class(verdict),
            symbol=SYMBOLS[verdict],
            verdict=verdict_word(verdict),
            kind="" if finding["kind"] == verdict else kind_word(finding["kind"]),
            check=check_word(finding["check"]),
            title=title,
            arithmetic=arithmetic,
            remark=remark,
            lang=self.tag,
            is_sum=finding["is_sum"],
            is_modelled=finding["modelled"] != "no",
            quantity=known.quantity if known else "",
            quantity_name=name_of(known) if known else "",
            places=[self._place(place, page) for place in finding["places"]],
            sources=[source_row(source) for source in finding["sources"]],
            is_open=False,
            href=self._href(self.anchor_of.get(number, 0), f"f-{number}", page),
        )

    def _place(self, place: Mapping[str, str], page: int) -> PlaceRow:
        name = place["claim"]
        where = self.paragraph_of.get(name)
        href = "" if where is None else self._href(where, f"t-{name}", page)
        says = self.rows[name]["says"] if name in self.rows else ""
        return PlaceRow(name, place["before"], place["span"], place["after"], href, says)

    def _row(self, row: Mapping[str, Any]) -> ClaimRow:
        verdict = row["verdict"]
        return ClaimRow(
            id=row["id"],
            css=css_class(verdict),
            symbol=SYMBOLS[verdict],
            verdict=verdict_word(verdict),
            span=row["span"],
            lang=row["lang"],
            about=_about(row),
            value=_value(row),
            time=days_of(row["time"]),
            says=_says(row),
        )


def verdicts(counted: Mapping[str, int]) -> list[Verdict]:
    """All verdicts with their counts, the gravest first."""
    return [
        Verdict(key, verdict_word(key), SYMBOLS[key], css_class(key), counted.get(key, 0))
        for key in VERDICTS
    ]


def source_row(source: Mapping[str, Any]) -> SourceRow:
    """What a source says, in words."""
    unit = source["unit"]
    figure = qualified(source["qualifier"], number_text(source["value"], unit))
    if source["low"] is not None and source["high"] is not None:
        ends = low_to_high(number_text(source["low"], unit), number_text(source["high"], unit))
        figure = tr("{figure} ({range})", figure=figure, range=ends)
    return SourceRow(
        figure=figure,
        time=days_of(source["as_of"]),
        scope=said(source["scope"]),
        note=source["note"],
        publisher=source["publisher"],
        title="" if source["source"] == source["publisher"] else source["source"],
        published=source["published"],
        place=source["place"],
        origin=source["origin"],
        source_class=class_word(source["source_class"]),
        how=confidence_meaning(source["confidence"]),
        licence=source["licence"],
    )


def _text(piece: str | Sequence[str]) -> str:
    return piece if isinstance(piece, str) else piece[0]


def _about(row: Mapping[str, Any]) -> str:
    known = quantities().get(row["quantity"])
    if known:
        return name_of(known)
    about = [row[key] for key in ("entity", "material", "stage") if row[key] not in _EMPTY]
    return ", ".join((*about, row["metric"].replace("_", " ")))


def _value(row: Mapping[str, Any]) -> str:
    if row["metric"] == "date":
        return qualified(row["qualifier"], days_of(row["time"]))
    if row["value"] is not None:
        return qualified(row["qualifier"], number_text(row["value"], row["unit"]))
    ends = [number_text(x, row["unit"]) for x in (row["low"], row["high"]) if x is not None]
    if not ends:
        return tr("no number")
    return qualified(row["qualifier"], low_to_high(*ends) if len(ends) == 2 else ends[0])


def _says(row: Mapping[str, Any]) -> str:
    who = row["says"] or tr("the author")
    if row["repeats_how"] == "translation":
        return tr("{who}; a translation of {claim}", who=who, claim=row["repeats"])
    if row["repeats_how"]:
        return tr("{who}; a repeat of {claim}", who=who, claim=row["repeats"])
    return who
