"""The day of a document, as far as the text tells it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import Final

from terbium.evidence.documents.dates import DateHit, looks_ahead
from terbium.evidence.documents.dates_chinese import chinese_dates
from terbium.evidence.documents.dates_english import english_dates
from terbium.evidence.documents.lexicon import Matcher, rows_of
from terbium.evidence.documents.text import Page, Paragraph
from terbium.evidence.methods import method

_NUMERIC: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
_AHEAD: Final = re.compile(
    r"(?:至|到|截至|直到|将|预计|计划|目标|力争|从|自|before|by|until|till"
    r"|from|will|to|expected|plans?)"
    r"[^，。；,]{0,6}\Z"
)
_STARTS: Final = re.compile(r"开始|起|年底前|前\b")
_FIRST_YEAR: Final = 1990


@cache
def _events() -> Matcher:
    return Matcher({"events": rows_of("events")})


def days_of(page: Page, said: date | None) -> tuple[date | None, ...]:
    """When each paragraph was written.

    What somebody said stands first, then the front matter; then dates that stand on furniture (the
    last is the day of the page), the latest past date in the text, the latest known event that it
    speaks of. A text pieced together from posts gives the long ones their own latest date.
    """
    whole = said or _front(page)
    if whole is not None:
        return (whole,) * len(page.paragraphs)
    for reader in (_furniture, _latest, _event, _latest_year):
        whole = reader(page)
        if whole is not None:
            break
    found: list[date | None] = [whole] * len(page.paragraphs)
    if whole is None:
        return tuple(found)
    longest = timedelta(days=method("claims/days_between_posts"))
    for number, paragraph in enumerate(page.paragraphs):
        if paragraph.end - paragraph.start >= method("claims/post_characters"):
            own = _latest_between(page, paragraph, whole)
            if own is not None and timedelta() <= whole - own <= longest:
                found[number] = own
    return tuple(found)


def _latest_between(page: Page, paragraph: Paragraph, today: date) -> date | None:
    """The latest past date told in a long paragraph; those relative to a day tell none."""
    best: date | None = None
    reader = english_dates if paragraph.lang == "en" else chinese_dates
    for hit in reader(page.low, paragraph.start, paragraph.end, today):
        day = None if hit.note else _past_day(page.low, hit)
        if day is not None and day <= today and (best is None or day > best):
            best = day
    return best


@cache
def _date_keys() -> frozenset[str]:
    return frozenset(row["term"] for row in rows_of("furniture") if row["class"] == "date_key")


def _front(page: Page) -> date | None:
    for key, (start, end) in page.front[1].items():
        if key in _date_keys():
            found = _NUMERIC.search(page.low, start, end)
            if found:
                return _date(found)
    return None


def _furniture(page: Page) -> date | None:
    found: list[date | None] = []
    for paragraph in page.paragraphs:
        if paragraph.kind == "furniture":
            span = (paragraph.start, paragraph.end)
            found += [_date(one) for one in _NUMERIC.finditer(page.low, *span)]
            hits = english_dates(page.low, *span, None)
            found += [date.fromisoformat(hit.iso) for hit in hits if hit.is_full]
    return max((one for one in found if one is not None), default=None)


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _latest(page: Page) -> date | None:
    best: date | None = None
    for sentence in page.sentences:
        reader = english_dates if sentence.lang == "en" else chinese_dates
        for hit in reader(page.low, sentence.start, sentence.end, None):
            day = _past_day(page.low, hit)
            if day is not None and (best is None or day > best):
                best = day
    known = _event(page)
    if best is None or (known is not None and known > best):
        return None
    return best


def _latest_year(page: Page) -> date | None:
    """The end of the latest year that the text names without looking ahead to it."""
    best = 0
    for sentence in page.sentences:
        reader = english_dates if sentence.lang == "en" else chinese_dates
        for hit in reader(page.low, sentence.start, sentence.end, None):
            is_year = len(hit.iso) == len("2025") and not looks_ahead(page.low, hit.start, hit.end)
            best = max(best, int(hit.iso) if is_year and hit.iso.isdigit() else 0)
    return date(best, 12, 31) if best >= _FIRST_YEAR else None


def _past_day(low: str, hit: DateHit) -> date | None:
    """The day, if year and month are told and the text does not look ahead to it."""
    parts = hit.iso.split("/")[-1].split("-")
    if len(parts) < 2 or not parts[0].isdigit() or int(parts[0]) < _FIRST_YEAR:
        return None
    if _AHEAD.search(low[max(0, hit.start - 12) : hit.start]):
        return None
    if _STARTS.match(low, hit.end):
        return None
    return date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) > 2 else 1)


def _event(page: Page) -> date | None:
    days = [row["date"] for hit in _events().find(page.low)["events"] for row in hit.rows]
    if not days:
        return None
    # what is spoken of has been by then
    return date.fromisoformat(max(days)) + timedelta(days=method("claims/days_after_event"))
