"""What a document states before anybody weighs it: the row that all who handle it share."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

QUALIFIERS: Final = (
    *("about", "more_than", "less_than", "at_least", "at_most", "up_to", "nearly"),
    *("target", "forecast", "estimate", "none"),
)
METRICS: Final = (
    *("date", "duration", "share", "count", "tariff_rate", "money", "ratio", "rank", "change"),
    *("capacity", "tonnage", "price", "other"),
)
STAGES: Final = (
    *("mining", "refining", "magnets", "recycling", "stockpile", "supply", "demand", "trade"),
    *("tariff", "controls", "licensing", "trade_law", "negotiation", "finance", "politics"),
    "other",
)
LANGUAGES: Final = ("en", "zh-Hans", "zh-Hant")


@dataclass(frozen=True)
class Shown:
    """What a reader of a marked-up text sees, and where in the source each bit of it stands.

    Attributes
    ----------
    text
        The text without markup.
    starts
        Where each piece begins in ``text``, ascending, from 0 on.
    sources
        Half-open range of the source of each piece. A piece as long as its range is a copy of it,
        code point for code point; any other stands for the whole of its range (an entity, a break).
    """

    text: str
    starts: tuple[int, ...]
    sources: tuple[tuple[int, int], ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Range of the source behind ``text[start:end]``; markup between its ends is inside it."""
        if not self.starts or end <= start:
            return (0, 0) if not self.starts else (self._bounds(start)[0],) * 2
        return self._bounds(start)[0], self._bounds(end - 1)[1]

    def _bounds(self, at: int) -> tuple[int, int]:
        piece = max(bisect_right(self.starts, at) - 1, 0)
        first, last = self.sources[piece]
        begin = self.starts[piece]
        stop = self.starts[piece + 1] if piece + 1 < len(self.starts) else len(self.text)
        if stop - begin != last - first:
            return first, last
        return first + at - begin, first + at - begin + 1


@dataclass(frozen=True)
class Document:
    """A text as it was decoded.

    Attributes
    ----------
    name
        File name, as it stands in rows.
    text
        Every code point of the file but a byte-order mark; offsets count these.
    kind
        ``text``, ``markdown``, ``html`` or ``pdf``.
    date
        When it was published, if it says so or somebody said so.
    shown
        What its markup shows, if it has any.
    sections
        Where parts that the file itself marks begin in ``text``, ascending, and their names:
        ``(0, "p. 1")``.
    """

    name: str
    text: str
    kind: str = "text"
    date: date | None = None
    shown: Shown | None = None
    sections: tuple[tuple[int, str], ...] = ()

    @property
    def visible(self) -> str:
        """The text to read claims from: without markup, scripts and page furniture."""
        return self.text if self.shown is None else self.shown.text

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Range of ``text`` behind ``visible[start:end]``."""
        return (start, end) if self.shown is None else self.shown.source(start, end)

    def section_at(self, offset: int) -> str:
        """Name of the part that an offset into ``text`` falls in; empty if there are none."""
        found = bisect_right(self.sections, offset, key=lambda part: part[0])
        return self.sections[found - 1][1] if found else ""


@dataclass(frozen=True)
class StatedClaim:
    """A value that somebody stated, where, and how.

    Attributes
    ----------
    claim_id
        Name of the row, the same on every reading of the same text.
    document, char_offset, span
        Where it stands: ``document.text[char_offset:char_offset + len(span)] == span``.
    lang
        One of `LANGUAGES`.
    subject, entity, material, stage, metric
        What it is about; material is of the closed list and may join several with ``;``.
    value, value_low, value_high, unit
        Shares, tariffs and changes are fractions; None where no number was stated.
    year_or_date
        ISO year, month, day or interval ``a/b``; empty if unknown.
    qualifier
        One of `QUALIFIERS`.
    attributed_to
        Who says so; empty for the author of the text.
    duplicate_of, dup_kind
        An earlier claim that says the same: a ``translation`` or a ``repeat``.
    topic, quantity_group, section, note
        Kind of passage, name of the quantity that claims share, part of the document, remarks.
    """

    claim_id: str
    document: str
    char_offset: int
    span: str
    lang: str
    subject: str = ""
    entity: str = ""
    material: str = "none"
    stage: str = "other"
    metric: str = "other"
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    unit: str = ""
    year_or_date: str = ""
    qualifier: str = "none"
    attributed_to: str = ""
    duplicate_of: str = ""
    dup_kind: str = ""
    topic: str = "core"
    quantity_group: str = ""
    section: str = ""
    note: str = ""

    @property
    def end(self) -> int:
        """Offset behind the span."""
        return self.char_offset + len(self.span)


COLUMNS: Final = tuple(field.name for field in fields(StatedClaim))
"""Columns of a table of claims, in order."""
