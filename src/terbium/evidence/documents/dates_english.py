"""Dates as English writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from terbium.evidence.documents.calendar_words import (
    MONTHS,
    WEEKDAYS,
    iso_of_month,
    month_near,
    weekday_near,
)
from terbium.evidence.documents.dates import DateHit, full_date, looks_ahead

_EN_MONTH: Final = (
    r"(?P<%s>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_EN_PART: Final = r"(?:(?P<%s>early|mid|late|the start of|the beginning of|the end of)[ -])?"
_EN_YEAR: Final = r"(?:19|20)\d{2}"
_ENGLISH: Final = re.compile(
    r"(?<![a-z0-9$€£¥#/-])(?:"
    rf"(?P<iso>{_EN_YEAR}-\d{{1,2}}-\d{{1,2}})(?!\d)"
    + rf"|{_EN_PART % 'pm'}{_EN_MONTH % 'mon'}"
    + rf"(?: (?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?!\d|[,.]\d|%| ?(?:%"
    rf"|percent|million|billion|tons|tonnes)))?(?:,? (?:of )?(?P<my>{_EN_YEAR}"
    rf"|this year|last year|next year)(?![\d%]|,\d))?"
    + rf"|(?P<day2>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)? (?:of )?{_EN_MONTH % 'mon2'}"
    + rf"(?:,? (?P<my2>{_EN_YEAR}))?"
    + rf"|(?P<q>(?:the )?(?:first|second|third|fourth|last) (?:quarter|half)"
    rf"|q[1-4]|h[12])(?: (?:of )?(?P<qy>{_EN_YEAR}|this year|last year))?"
    + rf"|{_EN_PART % 'py'}(?P<y>{_EN_YEAR})(?P<dec>'?s)?(?![\d%]|,\d|\.\d)"
    + r"|(?P<sooner>earlier|later) (?:this|last) year"
    + r"|(?P<recent>recent) (?:months|weeks)"
    + r"|(?P<wd>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    + r"|(?P<nearword>last|this|next) (?P<nearmonth>jan(?:uary)?|feb(?:ruary)?|march"
    r"|april|may|june|july|august"
    r"|september|october|november|december)\b" + r")"
)
_LEAD: Final = re.compile(
    r"(?:in|since|by|until|till|from|of|during|before|after|through|for|and|to|between|,|around) \Z"
)
_MODAL: Final = frozenset(["may", "march", "mar", "sun", "sep", "dec", "jan"])
_NOT_AS_YEAR: Final = re.compile(
    r" ?(?:-|%|percent\b|per cent\b|tons\b|tonnes\b|tonne\b|kg\b|million\b"
    r"|billion\b|yuan\b|dollars\b|euros\b"
    r"|mw\b|miles\b|people\b|items\b|companies\b|products\b|jobs\b|workers\b)"
)
_ENGLISH_SIGN: Final = re.compile(
    r"\d|day\b|quarter|half|recent|lier this|later|(?:last|this|next|in|since"
    r"|by|until|from|of|early|late"
    r"|mid|during|before|after) ?-?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)


def english_dates(low: str, start: int, end: int, today: date | None) -> Iterator[DateHit]:
    """Dates written in English between two offsets."""
    if not _ENGLISH_SIGN.search(low, start, end):
        return
    for found in _ENGLISH.finditer(low, start, end):
        hit = _english(found, low, today)
        if hit is not None:
            yield hit


def _english(found: re.Match[str], low: str, today: date | None) -> DateHit | None:
    span = found.span()
    if found["iso"]:
        return full_date(span, *(int(part) for part in found["iso"].split("-")))
    if found["mon"] or found["mon2"]:
        return _english_month(found, low, today)
    if found["q"]:
        return _english_quarter(found, today)
    if found["y"]:
        return _english_year(found, low)
    if found["sooner"]:
        year = str(today.year - ("last" in found.group())) if today else ""
        return DateHit(*span, year, "about", f"word: {found['sooner'].replace('earlier', 'early')}")
    if found["recent"]:
        return DateHit(*span, str(today.year) if today else "", "about", "word: recent months")
    if found["nearmonth"]:
        return _relative_month(found, today)
    if today is None:
        return DateHit(*span, "")
    before = low[max(0, span[0] - 5) : span[0]]
    shift = -1 if before == "last " else int(before == "next ")
    day = weekday_near(today, WEEKDAYS[found["wd"][:3]], shift)
    return DateHit(*span, day.isoformat(), note="weekday from the date of the document")


def _relative_month(found: re.Match[str], today: date | None) -> DateHit:
    month = MONTHS[found["nearmonth"][:3]]
    if today is None:
        return DateHit(*found.span("nearmonth"), f"--{month:02d}")
    year = today.year
    if found["nearword"] == "last" and month >= today.month:
        year -= 1
    if found["nearword"] == "next" and month <= today.month:
        year += 1
    return DateHit(*found.span("nearmonth"), iso_of_month(year, month))


def _english_month(found: re.Match[str], low: str, today: date | None) -> DateHit | None:
    name = (found["mon"] or found["mon2"])[:3]
    day, said = found["day"] or found["day2"], found["my"] or found["my2"]
    word = (found["mon"] or found["mon2"]).rstrip(".")
    if not day and not said and not found["pm"]:
        led = _LEAD.search(low[max(0, found.start() - 9) : found.start()])
        if not led or (word in _MODAL and led.group() in (", ", "and ", "to ", "of ")):
            return None
    month = MONTHS[name]
    end = found.end() - (found.group()[-1] == "." and not day and not said)
    span = (found.start(), end)
    if said is None:
        year = month_near(today, month, looks_ahead(low, *span)) if today else 0
    else:
        away = {"this": 0, "last": -1, "next": 1}.get(said[:4])
        year = int(said) if away is None else (today.year + away if today else 0)
    if not year:
        return DateHit(*span, f"--{month:02d}" + (f"-{int(day):02d}" if day else ""))
    if day:
        return full_date(span, year, month, int(day))
    return DateHit(*span, iso_of_month(year, month), "about" if found["pm"] else "")


def _english_quarter(found: re.Match[str], today: date | None) -> DateHit | None:
    text, said = found["q"], found["qy"]
    if said is None and text[0] in "qh":
        return None
    year = 0
    if said:
        away = {"this": 0, "last": -1}.get(said[:4])
        year = int(said) if away is None else (today.year + away if today else 0)
    elif today:
        year = today.year
    words = {"first": 1, "second": 2, "third": 3, "fourth": 4}
    number = int(text[1]) if text[0] in "qh" else words.get(text.removeprefix("the ").split()[0], 0)
    months = 6 if text.endswith("half") or text[0] == "h" else 3
    if not number or not year or number * months > 12:
        return None
    first = (number - 1) * months + 1
    return DateHit(*found.span(), f"{year}-{first:02d}/{year}-{first + months - 1:02d}")


def _english_year(found: re.Match[str], low: str) -> DateHit | None:
    start = found.start()
    year, part, span = int(found["y"]), found["py"] or "", found.span()
    if low[start - 1 : start] in (".", ",") and low[start - 2 : start - 1].isdigit():
        return None
    if found["dec"]:
        if part == "early":
            return DateHit(*span, f"{year}/{year + 5}", "about", "word: early")
        if part == "late":
            return DateHit(*span, f"{year + 5}/{year + 9}", "about", "word: late")
        return DateHit(*span, f"{year}/{year + 9}")
    if _NOT_AS_YEAR.match(low, found.end()) and not part:
        return None
    if part in ("early", "late", "mid"):
        return DateHit(*span, f"{year}", "about", f"word: {part}")
    return DateHit(*(found.start("y"), found.end()), f"{year}")
