"""Dates as Chinese writes them, of both scripts once they are folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from terbium.evidence.documents.calendar_words import (
    iso_of_month,
    month_near,
    part_of_month,
    weekday_near,
)
from terbium.evidence.documents.dates import DateHit, full_date, looks_ahead
from terbium.evidence.documents.numerals import chinese

_Z: Final = "零一二三四五六七八九十"
_YEAR: Final = r"(?:19|20)\d{2}|[一二][零一二三四五六七八九]{3}"
_PART: Final = (
    r"年?初|年?中(?!国|美|方|旬|日|期选)|年?底|年?末|上旬|中旬|下旬|上半年"
    r"|下半年|前后|(?:晚些|早些)时候|春季?|夏季?|秋季?|冬季?|元旦"
)
_MONTH: Final = r"(?:1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十])月(?!度|球|薪|均)份?"
_DAY: Final = (
    r"(?:[12]\d|3[01]|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
)
_RELATIVE: Final = "今年|去年|前年|明年|后年|同年|当年|次年|本月|上个?月|下个?月|当月"
_CHINESE: Final = re.compile(
    rf"(?:(?P<y>{_YEAR})(?P<dec>年代(?P<dpart>初|中期|末|后期|以来)?)"
    rf"|(?:(?P<cent>\d{{2}}|[一二]十[一]?)世纪)(?:(?P<cdec>\d0|[一二三四五六七八九]十)年代)?(?P<cpart>初"
    rf"|末|中叶)?"
    rf"|(?P<y2>{_YEAR})年?\s?[-~至到]\s?(?P<y3>{_YEAR})年(?!代)"
    rf"|(?:(?P<y1>{_YEAR})年|(?P<rel>{_RELATIVE}))(?P<m1>(?<!月){_MONTH}(?P<d1>{_DAY})?)?(?P<q1>第?[一二三四1-4]季度?)?(?P<p1>{_PART})?"
    rf"|(?<![\d{_Z}个几数.])(?P<m2>{_MONTH})(?P<d2>{_DAY})?(?P<p2>初|上旬|中旬"
    rf"|下旬|底|末|中(?!国|美|方|旬|日))?"
    rf"|(?P<dow>(?:本|上|下|这)?个?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天])(?!次"
    rf"|期|内|后|前|年|以))(?:\((?P<dd>\d{{1,2}})日\))?"
    rf"|(?P<recent>(?:最近|近)[几数]个?[月周])"
    r"|(?P<iso>(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2})(?!\d)"
    r")"
)
# no date is without one of these; most sentences are
_CHINESE_SIGN: Final = re.compile(r"[年月周纪]|星期|礼拜|\d{4}[-/.]\d")


def chinese_dates(low: str, start: int, end: int, today: date | None) -> Iterator[DateHit]:
    """Dates written in Chinese between two offsets."""
    if not _CHINESE_SIGN.search(low, start, end):
        return
    for found in _CHINESE.finditer(low, start, end):
        hit = _chinese(found, low, today)
        if hit is not None:
            yield hit


def _year(text: str) -> int:
    return int(text) if text.isdigit() and text.isascii() else int(chinese(text) or 0)


def _count(text: str) -> int:
    digits = re.match(r"\d+", text)
    if digits:
        return int(digits.group())
    return int(chinese(re.match(rf"[{_Z}]+", text).group()) or 0) if text else 0  # type: ignore[union-attr]


def _chinese(found: re.Match[str], low: str, today: date | None) -> DateHit | None:
    span = found.span()
    if found["iso"]:
        year, month, day = (int(part) for part in re.split(r"[-/.]", found["iso"]))
        return full_date(span, year, month, day)
    if found["dec"]:
        return _decade(span, _year(found["y"]), found["dpart"] or "")
    if found["cent"]:
        return _century(found)
    if found["y2"]:
        return DateHit(*span, f"{_year(found['y2'])}/{_year(found['y3'])}")
    if found["y1"] or found["rel"]:
        return _chinese_year(found, low, today)
    if found["m2"]:
        return _chinese_month(found, low, today)
    if found["wd"]:
        return _chinese_weekday(found, low, today)
    return DateHit(*span, str(today.year) if today else "", "about", "word: recent months")


def _decade(span: tuple[int, int], first: int, part: str) -> DateHit:
    if part in ("初",):
        return DateHit(*span, f"{first}/{first + 5}", "about", "word: early")
    if part in ("末", "后期"):
        return DateHit(*span, f"{first + 5}/{first + 9}", "about", "word: late")
    return DateHit(*span, f"{first}/{first + 9}")


def _century(found: re.Match[str]) -> DateHit | None:
    first = 100 * (_count(found["cent"]) - 1)
    if found["cdec"]:
        return _decade(found.span(), first + _count(found["cdec"]), found["cpart"] or "")
    if found["cpart"] == "初":
        return DateHit(*found.span(), f"{first}/{first + 5}", "about", "word: early")
    if found["cpart"] == "末":
        return DateHit(*found.span(), f"{first + 90}/{first + 99}", "about", "word: late")
    return None


_YEARS_AWAY: Final = {"今年": 0, "去年": -1, "前年": -2, "明年": 1, "后年": 2}
_MONTHS_AWAY: Final = {"本月": 0, "当月": 0, "上月": -1, "上个月": -1, "下月": 1, "下个月": 1}


def _chinese_year(found: re.Match[str], low: str, today: date | None) -> DateHit | None:
    relative, span = found["rel"] or "", found.span()
    if relative in _MONTHS_AWAY:
        return _month_away(span, _MONTHS_AWAY[relative], today)
    if relative and not (found["m1"] or found["p1"] or found["q1"]):
        return None
    if found["p1"] in ("前后",) and relative:
        return None
    if relative and relative not in _YEARS_AWAY:
        return DateHit(*span, "", "about" if found["p1"] else "")
    if relative and today is None:
        return DateHit(*span, "", "about" if found["p1"] else "")
    year = _year(found["y1"]) if found["y1"] else (today or date.min).year + _YEARS_AWAY[relative]
    note = f"'{relative}' from the date of the document" if relative else ""
    hit = _in_year(span, year, found["m1"], found["d1"], found["p1"] or "", found["q1"] or "")
    return replace(hit, note=note or hit.note) if hit else None


def _in_year(
    span: tuple[int, int], year: int, month: str | None, day: str | None, part: str, quarter: str
) -> DateHit | None:
    if quarter:
        number = _count(quarter.removeprefix("第"))
        return DateHit(*span, f"{year}-{3 * number - 2:02d}/{year}-{3 * number:02d}")
    if month:
        number = _count(month)
        if day:
            return full_date(span, year, number, _count(day))
        iso, qualifier = part_of_month(year, number, part)
        return DateHit(*span, iso, qualifier)
    if part == "元旦":
        return DateHit(*span, f"{year}-01-01", is_full=True)
    if part in ("上半年", "下半年"):
        return DateHit(*span, f"{year}-01/{year}-06" if part[0] == "上" else f"{year}-07/{year}-12")
    if part[-1:] in ("底", "末") and part:
        return DateHit(*span, f"{year}", "about", "word: late")
    if part:
        word = {"初": "early", "候": "early"}.get(part[-1], part)
        return DateHit(*span, f"{year}", "about", f"word: {word}")
    return DateHit(*span, f"{year}")


def _month_away(span: tuple[int, int], months: int, today: date | None) -> DateHit:
    if today is None:
        return DateHit(*span, "")
    index = 12 * today.year + today.month - 1 + months
    return DateHit(*span, iso_of_month(index // 12, index % 12 + 1))


def _chinese_month(found: re.Match[str], low: str, today: date | None) -> DateHit | None:
    month = _count(found["m2"])
    if found["d2"]:
        day = _count(found["d2"])
        if today is None:
            return DateHit(*found.span(), f"--{month:02d}-{day:02d}")
        year = month_near(today, month, looks_ahead(low, *found.span()))
        return full_date(found.span(), year, month, day)
    if today is None:
        return DateHit(
            *found.span(), f"--{month:02d}", "about" if found["p2"] in ("初", "底") else ""
        )
    iso, qualifier = part_of_month(
        month_near(today, month, looks_ahead(low, *found.span())), month, found["p2"] or ""
    )
    return DateHit(*found.span(), iso, qualifier)


def _chinese_weekday(found: re.Match[str], low: str, today: date | None) -> DateHit | None:
    if low[found.start() - 1 : found.start()] in tuple("一两每几数二三四五六七八九十"):
        return None
    start = found.start("wd") - 1
    if low[start] == "期" or low[start] == "拜":
        start -= 1
    end = found.end()
    if today is None:
        return DateHit(start, end, "")
    shift = {"上": -1, "下": 1}.get(found["dow"][0], 0)
    day = weekday_near(today, "一二三四五六日".find(found["wd"].replace("天", "日")), shift)
    return DateHit(start, end, day.isoformat(), note="weekday from the date of the document")
