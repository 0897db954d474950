"""Records of a checked article: plain, in the language of the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
