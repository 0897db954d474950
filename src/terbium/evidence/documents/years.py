"""The year or date that a value holds for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from terbium.evidence.documents.quantity import Quantity
from terbium.evidence.documents.text import Page

_PAST: Final = re.compile(
    r"(?:过去的?|最近|近|over the (?:last|past)|in the (?:last|past)|the (?:last"
    r"|past)|past|last) ?\Z"
)
_LAST_YEAR: Final = re.compile(r"去年(?!同期|同比)|last year(?!'s level)")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_NOW: Final = re.compile(r"今天|如今|目前|现在|当前|today|currently|now\b")


def periods(
    page: Page, found: Sequence[tuple[int, Quantity]], days: Sequence[date | None]
) -> list[str]:
    """For each value the year, date or interval that it holds for.

    Parameters
    ----------
    page
        The text.
    found
        Values with the number of their sentence, in order.
    days
        The day of each paragraph.

    Returns
    -------
    list of str
        ISO, as `StatedClaim.year_or_date`; empty if nothing tells.
    """
    by_sentence: dict[int, list[Quantity]] = {}
    for number, one in found:
        if one.kind == "date" and one.iso:
            by_sentence.setdefault(number, []).append(one)
    return [
        _period(
            page, number, one, by_sentence.get(number, []), days[page.sentences[number].paragraph]
        )
        for number, one in found
    ]


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
    before_it = [day for day in dates if day.start < one.start and not _is_bound(page.low, day)]
    if before_it:
        return before_it[-1].iso
    if today is None:
        return ""
    if _LAST_YEAR.search(page.low[sentence.start : sentence.end]):
        return str(today.year - 1)
    return str(today.year)


_SINCE: Final = re.compile(
    r"(?:自从?|由|since|by|from|until|till) (?:the )?\Z|(?:自从?|由|到|至|从)\Z"
)
_ONWARD: Final = re.compile(r"以来|起|开始|以后|之后")


def _is_bound(low: str, day: Quantity) -> bool:
    """A date from which or up to which something goes on; what is told of it holds now."""
    before = low[max(0, day.start - 12) : day.start]
    return bool(_SINCE.search(before) or _ONWARD.match(low, day.end))
