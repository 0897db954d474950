"""The year or date that a value holds for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from terbium.evidence.documents.quantity import Quantity
from terbium.evidence.documents.text import Page

_PAST: Final = re.compile(
    r"(?:过去的?|最近|近|over the (?:last|past)|in the (?:last|past)|the (?:last|past)|past|last) ?\Z"
)
_LAST_YEAR: Final = re.compile(r"去年|上年|last year")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_NOW: Final = re.compile(r"今天|如今|目前|现在|当前|today|currently|now\b")


def periods(page: Page, found: Sequence[tuple[int, Quantity]], today: date | None) -> list[str]:
    """For each value the year, date or interval that it holds for.

    Parameters
    ----------
    page
        The text.
    found
        Values with the number of their sentence, in order.
    today
        The day of the document.

    Returns
    -------
    list of str
        ISO, as `StatedClaim.year_or_date`; empty if nothing tells.
    """
    by_sentence: dict[int, list[Quantity]] = {}
    for number, one in found:
        if one.kind == "date" and one.iso:
            by_sentence.setdefault(number, []).append(one)
    return [_period(page, number, one, by_sentence.get(number, []), today) for number, one in found]


def _period(
    page: Page, number: int, one: Quantity, dates: Sequence[Quantity], today: date | None
) -> str:
    if one.kind == "date":
        return one.iso
    if one.kind == "time" and one.value and one.unit == "years":
        before = page.low[max(0, one.start - 14) : one.start]
        if _PAST.search(before) and today is not None and one.value < today.year:
            return f"{today.year - int(one.value)}/{today.year}"
    sentence = page.sentences[number]
    beside = _YEAR.search(page.low[max(sentence.start, one.start - 8) : one.start])
    behind = re.match(
        r"[^\w]{0,2} ?(?:in|of) ((?:19|20)\d{2})(?!\d)", page.low[one.end : one.end + 12]
    )
    if beside or behind:
        return (beside or behind).group(1)  # type: ignore[union-attr]
    if _NOW.search(page.low[max(sentence.start, one.start - 8) : one.end + 8]) and today:
        return str(today.year)
    if dates:
        before_it = [day for day in dates if day.start < one.start]
        return (before_it[-1] if before_it else dates[0]).iso
    if today is None:
        return ""
    if _LAST_YEAR.search(page.low[sentence.start : one.start]):
        return str(today.year - 1)
    return str(today.year)
