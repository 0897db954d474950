"""A checked article as its page and the API show it: text in pieces, notes beside it, counts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
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
from terbium.web.views.evidence_records import (
    ArticleView,
    Block,
    ClaimRow,
    Mark,
    Note,
    PlaceRow,
    SourceRow,
    Verdict,
)
from terbium.web.views.families import confidence_meaning
from terbium.web.work.article import ARTICLE_JSON, SUMMARY

_PAGE: Final = 30_000
"""Characters of text on a page, a note counted as `_NOTE` of them."""
_NOTE: Final = 400
_KEPT: Final = 3
_EMPTY: Final = frozenset({"", "none", "other"})
_GRAVE: Final = ("implausible", "differs")


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
