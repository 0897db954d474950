"""Documents to claims: every value that a text states, with what it is about."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from terbium.base.gazetteer import elements
from terbium.evidence.documents.attribution import speaker
from terbium.evidence.documents.claim import Document, StatedClaim
from terbium.evidence.documents.classify import Terms, best, lexicons, near_cue
from terbium.evidence.documents.dates import DateHit, as_quantity, joined
from terbium.evidence.documents.dates_chinese import chinese_dates
from terbium.evidence.documents.dates_english import english_dates
from terbium.evidence.documents.day import days_of
from terbium.evidence.documents.forms import english_ranks, ranks, shares_of_parts
from terbium.evidence.documents.lexicon import Hit
from terbium.evidence.documents.links import link_claims
from terbium.evidence.documents.metric import metric_of
from terbium.evidence.documents.qualifiers import qualifier_of
from terbium.evidence.documents.quantities import quantities
from terbium.evidence.documents.quantity import Quantity
from terbium.evidence.documents.text import Page
from terbium.evidence.documents.words import word_quantities
from terbium.evidence.documents.years import periods
from terbium.evidence.methods import method

_REE_FORMS: Final = frozenset(["NdFeB", "SmCo", "HREE", "LREE", *elements()])
_UNLINKED: Final = frozenset(["tariff", "negotiation", "finance", "politics"])


def read_claims(document: Document) -> list[StatedClaim]:
    """Every value that a document states.

    Parameters
    ----------
    document
        A text; its date, if known, is what relative dates count from.

    Returns
    -------
    list of StatedClaim
        In the order of the text; ``document.text[o:o + len(span)] == span`` for every one.
    """
    page = Page(document.text if document.shown is None else document.shown.text)
    days = days_of(page, document.date)
    hits = lexicons().find(page.low)
    rows = _Reader(page, document, days, hits).rows(_found(page, days, hits["words"]))
    if document.shown is not None:
        rows = [_in_source(document, row) for row in rows]
    linked = link_claims({document.name: document.text}, rows)
    return linked


def _in_source(document: Document, row: StatedClaim) -> StatedClaim:
    assert document.shown is not None
    start, end = document.shown.source(row.char_offset, row.end)
    return replace(row, char_offset=start, span=document.text[start:end])


def _found(page: Page, days: Sequence[date | None], words: list[Hit]) -> list[tuple[int, Quantity]]:
    """Quantities with the number of their sentence; of those that overlap, the first found."""
    spans = [(sentence.start, sentence.end) for sentence in page.sentences]
    taken = _Taken(len(page.text))
    found: list[Quantity] = []
    for sentence in page.sentences:
        span = (page.low, sentence.start, sentence.end)
        ranked = (english_ranks if sentence.lang == "en" else ranks)(*span)
        both = (*shares_of_parts(*span), *ranked)
        found += [one for one in both if taken.add(one.start, one.end)]
    found += [one for one in _dates(page, days) if taken.add(one.start, one.end)]
    found += [one for one in quantities(page.low, spans) if taken.add(one.start, one.end)]
    numbers = sorted((one.start, one.end) for one in found if one.kind != "date")
    for one in word_quantities(page.low, words, spans, numbers):
        if taken.add(one.start, one.end):
            found.append(one)
    found.sort(key=lambda one: one.start)
    placed = ((page.sentence_at(one.start), one) for one in found)
    return [(number, one) for number, one in placed if number is not None and one.kind != "used"]


class _Taken:
    """Which code points belong to an expression already."""

    def __init__(self, length: int) -> None:
        self._used = bytearray(length)

    def add(self, start: int, end: int) -> bool:
        """Take a range if all of it is free."""
        if any(self._used[start:end]):
            return False
        self._used[start:end] = b"\x01" * (end - start)
        return True


_REFERENCE: Final = re.compile(
    r"的?(?:同期|水平|的(?:约|近|超过|不到)?\d|的(?:约|近|超过|不到)?[一二三四五六七八九十]成)"
    r"|'s level| levels?\b"
)
_AGENCY: Final = re.compile(
    r" ?[(（](?:reuters|ap|afp|xinhua|bloomberg|dpa|kyodo|yonhap|新华社|路透|法新社|彭博|美联社)"
    r"|[电讯](?![子信气池动力商话])"
)
_IN_YEAR: Final = re.compile(r"(?:%|percent|per cent)\)? (?:in|of|from) \Z")


def _dates(page: Page, days: Sequence[date | None]) -> Iterable[Quantity]:
    for sentence in page.sentences:
        reader = english_dates if sentence.lang == "en" else chinese_dates
        hits: list[DateHit] = [
            *reader(page.low, sentence.start, sentence.end, days[sentence.paragraph])
        ]
        for hit in joined(page.low, hits):
            one = as_quantity(hit)
            before = page.low[max(sentence.start, hit.start - 16) : hit.start]
            is_year = len(hit.iso) == len("2025")
            if _AGENCY.match(page.low, hit.end):
                yield replace(one, kind="used")
            elif is_year and (_REFERENCE.match(page.low, hit.end) or _IN_YEAR.search(before)):
                # the year of the value beside it, no claim of its own
                yield replace(one, kind="used")
            else:
                yield one


class _Reader:
    """Turns quantities of one text into claims."""

    def __init__(
        self,
        page: Page,
        document: Document,
        days: Sequence[date | None],
        hits: Mapping[str, list[Hit]],
    ) -> None:
        self._page, self._name, self._days = page, document.name, days
        self._materials = Terms(hits["materials"], page)
        self._stages = Terms(hits["stages"], page)
        self._entities = Terms(hits["entities"], page)
        self._cues = hits["cues"]
        self._speakers: dict[int, str] = {}
        self._cue_starts = [hit.start for hit in self._cues]
        self._main_material = self._materials.most_common()
        self._stem = document.name.split(".")[0].split("_")[0]

    def rows(self, found: Sequence[tuple[int, Quantity]]) -> list[StatedClaim]:
        """Claims, numbered in the order of the text."""
        years = periods(self._page, found, self._days)
        return [
            self._row(order, number, one, year)
            for order, ((number, one), year) in enumerate(zip(found, years, strict=True), start=1)
        ]

    def _row(self, order: int, number: int, one: Quantity, year: str) -> StatedClaim:
        page, sentence = self._page, self._page.sentences[number]
        reach = method(
            "claims/cue_window_latin" if sentence.lang == "en" else "claims/cue_window_chinese"
        )
        cues = near_cue(
            self._cues,
            self._cue_starts,
            one.start,
            one.end,
            (sentence.start, sentence.end),
            int(reach),
        )
        measured = metric_of(page.low, one, cues, sentence.start, sentence.end)
        qualifier, second = qualifier_of(page.low, one, sentence.start, sentence.end)
        material, stage = self._about(number, measured)
        places = self._places(number, one)
        span = page.text[one.start : one.end]
        return StatedClaim(
            claim_id=f"{self._stem}-{order:03d}",
            document=self._name,
            char_offset=one.start,
            span=span,
            lang=sentence.lang,
            subject=" ".join(page.text[sentence.start : sentence.end].split())[:120],
            entity=places,
            material=material,
            stage=stage,
            metric=measured.kind,
            value=measured.value,
            value_low=measured.low,
            value_high=measured.high,
            unit=measured.unit,
            year_or_date=year,
            qualifier=qualifier,
            attributed_to=self._speaker(number),
            section=page.paragraphs[sentence.paragraph].section,
            note=self._note(number, one, cues, second),
        )

    def _speaker(self, number: int) -> str:
        if number not in self._speakers:
            sentence, page = self._page.sentences[number], self._page
            self._speakers[number] = speaker(
                page.plain, page.low, sentence.start, sentence.end, sentence.lang
            )
        return self._speakers[number]

    def _about(self, number: int, one: Quantity) -> tuple[str, str]:
        scores = self._stages.near(number, one.start, one.end)
        stage = "tariff" if one.kind == "tariff_rate" else best(scores)[0]
        stage = stage or self._stage_of_paragraph(number)
        label, weight = best(self._materials.near(number, one.start, one.end))
        least = method("claims/unlinked_weight") if stage in _UNLINKED else 0.0
        if label and weight > least:
            return self._materials.listed(number, label), stage
        if stage in _UNLINKED:
            return "none", stage
        label = self._materials.paragraph(number) or self._main_material or "none"
        # what a passage is about at large is the family, not one of its forms
        return "REE" if label in _REE_FORMS else label, stage

    def _stage_of_paragraph(self, number: int) -> str:
        """What a paragraph is about at large; a long one is about many things."""
        paragraph = self._page.paragraphs[self._page.sentences[number].paragraph]
        if paragraph.end - paragraph.start >= method("claims/post_characters"):
            return "other"
        return self._stages.paragraph(number) or "other"

    def _places(self, number: int, one: Quantity) -> str:
        scores = self._entities.near(number, one.start, one.end)
        if not scores:
            return self._entities.paragraph(number)
        label, top = best(scores)
        least = top * method("claims/listed_share")
        named = sorted((name for name in scores if scores[name] >= least), key=lambda n: -scores[n])
        return ";".join(named[:3]) or label

    def _note(self, number: int, one: Quantity, cues: dict[str, int], second: str) -> str:
        sentence = self._page.sentences[number]
        parts = []
        if one.word:
            told = one.word
            parts.append(
                told if ":" in told or "'" in told or " from " in told else f"word: {told}"
            )
        if second:
            parts.append(f"also {second}")
        marks = self._cue_classes(sentence.start, one.start)
        if "hypothetical" in marks:
            parts.append("hypothetical")
        if "negation" in marks and "negation" in cues:
            parts.append("negated")
        return "; ".join(parts)

    def _cue_classes(self, start: int, end: int) -> set[str]:
        return {
            row["class"]
            for hit in self._cues[
                bisect_left(self._cue_starts, start) : bisect_left(self._cue_starts, end)
            ]
            for row in hit.rows
        }
