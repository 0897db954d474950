"""Dates as they are written: full, partial, relative to the day of the document, intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from terbium.evidence.documents.calendar_words import (
    MONTHS,
    WEEKDAYS,
    iso_of_month,
    last_day,
    month_near,
    part_of_month,
    weekday_near,
)
from terbium.evidence.documents.numerals import chinese
from terbium.evidence.documents.quantity import Quantity

_Z: Final = "零一二三四五六七八九十"
_YEAR: Final = r"(?:19|20)\d{2}|[一二][零一二三四五六七八九]{3}"
_PART: Final = r"年?初|年?中(?!国|美|方|旬|日|期选)|年?底|年?末|上旬|中旬|下旬|上半年|下半年|前后|(?:晚些|早些)时候|春季?|夏季?|秋季?|冬季?|元旦"
_MONTH: Final = r"(?:1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十])月(?!度|球|薪|均)份?"
_DAY: Final = (
    r"(?:[12]\d|3[01]|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
)
_RELATIVE: Final = "今年|去年|前年|明年|后年|同年|当年|次年|本月|上个?月|下个?月|当月"
_CHINESE: Final = re.compile(
    rf"(?:(?P<y>{_YEAR})(?P<dec>年代(?P<dpart>初|中期|末|后期|以来)?)"
    rf"|(?:(?P<cent>\d{{2}}|[一二]十[一]?)世纪)(?:(?P<cdec>\d0|[一二三四五六七八九]十)年代)?(?P<cpart>初|末|中叶)?"
    rf"|(?P<y2>{_YEAR})年?\s?[-~至到]\s?(?P<y3>{_YEAR})年(?!代)"
    rf"|(?:(?P<y1>{_YEAR})年|(?P<rel>{_RELATIVE}))(?P<m1>(?<!月){_MONTH}(?P<d1>{_DAY})?)?(?P<q1>第?[一二三四1-4]季度?)?(?P<p1>{_PART})?"
    rf"|(?<![\d{_Z}个几数.])(?P<m2>{_MONTH})(?P<d2>{_DAY})?(?P<p2>初|上旬|中旬|下旬|底|末|中(?!国|美|方|旬|日))?"
    rf"|(?P<dow>(?:本|上|下|这)?个?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天])(?!次|期|内|后|前|年|以))(?:\((?P<dd>\d{{1,2}})日\))?"
    rf"|(?P<recent>(?:最近|近)[几数]个?[月周])"
    r"|(?P<iso>(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2})(?!\d)"
    r")"
)
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
    + rf"(?: (?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?!\d|[,.]\d|%| ?(?:%|percent|million|billion|tons|tonnes)))?(?:,? (?:of )?(?P<my>{_EN_YEAR}|this year|last year|next year)(?![\d%,]))?"
    + rf"|(?P<day2>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)? (?:of )?{_EN_MONTH % 'mon2'}(?:,? (?P<my2>{_EN_YEAR}))?"
    + rf"|(?P<q>(?:the )?(?:first|second|third|fourth|last) (?:quarter|half)|q[1-4]|h[12])(?: (?:of )?(?P<qy>{_EN_YEAR}|this year|last year))?"
    + rf"|{_EN_PART % 'py'}(?P<y>{_EN_YEAR})(?P<dec>'?s)?(?![\d%]|,\d|\.\d)"
    + r"|(?P<sooner>earlier|later) (?:this|last) year"
    + r"|(?P<recent>recent) (?:months|weeks)"
    + r"|(?P<wd>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    + r"|(?P<relp>last|this|next) (?P<relm>jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|august"
    r"|september|october|november|december)\b" + r")"
)
_THROUGH: Final = re.compile(r" ?(?:-|~|到|至|to|through|through to|until|and) ?(?:the )?\Z")
_LEAD: Final = re.compile(
    r"(?:in|since|by|until|till|from|of|during|before|after|through|for|and|to|between|,|around) \Z"
)
_MODAL: Final = frozenset(["may", "march", "mar", "sun", "sep", "dec", "jan"])
_NOT_AS_YEAR: Final = re.compile(
    r" ?(?:-|%|percent\b|per cent\b|tons\b|tonnes\b|tonne\b|kg\b|million\b|billion\b|yuan\b|dollars\b|euros\b"
    r"|mw\b|miles\b|people\b|items\b|companies\b|products\b|jobs\b|workers\b)"
)


# no date is without one of these; most sentences are
_CHINESE_SIGN: Final = re.compile(r"[年月周纪]|星期|礼拜|\d{4}[-/.]\d")
_ENGLISH_SIGN: Final = re.compile(
    r"\d|day\b|quarter|half|recent|lier this|later|(?:last|this|next|in|since|by|until|from|of|early|late"
    r"|mid|during|before|after) ?-?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_FUTURE: Final = re.compile(
    r"将|拟|计划|预计|到期|届满|最快|最迟|生效|即将|有望|为止|之前|希望|要求|期限|限期|截止|威胁"
    r"|\b(?:will|plans?|planned|expected|due|by|until|before|expires?|upcoming|set to|scheduled|next"
    r"|would|takes? effect|could|may)\b"
)
_FUTURE_REACH: Final = 40
_FROM_THEN: Final = re.compile(r"[自从] ?\Z")
_ONLY_PAST: Final = re.compile(r"since ?\Z")
_EARLIER_THAN: Final = re.compile("之?前(?![后日年月])")


def _looks_ahead(low: str, start: int, end: int) -> bool:
    """Whether the words around a month speak of what is to come."""
    before = low[max(0, start - _FUTURE_REACH) : start]
    if _ONLY_PAST.search(before) or low.startswith("以来", end):
        return False
    if _EARLIER_THAN.match(low, end):
        return True
    if low[end : end + 1] == "起" and not _FROM_THEN.search(before):
        return True
    return bool(_FUTURE.search(before) or _FUTURE.search(low[end : end + _FUTURE_REACH // 2]))


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date where it stands; ``iso`` is empty if it cannot be resolved without a day."""

    start: int
    end: int
    iso: str
    qualifier: str = ""
    note: str = ""
    is_full: bool = False


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
        return _full(span, year, month, day)
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


def _full(span: tuple[int, int], year: int, month: int, day: int) -> DateHit | None:
    if not (1 <= month <= 12 and 1 <= day <= last_day(year, month)):
        return None
    return DateHit(*span, f"{year:04d}-{month:02d}-{day:02d}", is_full=True)


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
            return _full(span, year, number, _count(day))
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
        year = month_near(today, month, _looks_ahead(low, *found.span()))
        return _full(found.span(), year, month, day)
    if today is None:
        return DateHit(
            *found.span(), f"--{month:02d}", "about" if found["p2"] in ("初", "底") else ""
        )
    iso, qualifier = part_of_month(month_near(today, month, _looks_ahead(low, *found.span())), month, found["p2"] or "")
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
        return _full(span, *(int(part) for part in found["iso"].split("-")))  # type: ignore[arg-type]
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
    if found["relm"]:
        return _relative_month(found, today)
    if today is None:
        return DateHit(*span, "")
    before = low[max(0, span[0] - 5) : span[0]]
    shift = -1 if before == "last " else int(before == "next ")
    day = weekday_near(today, WEEKDAYS[found["wd"][:3]], shift)
    return DateHit(*span, day.isoformat(), note="weekday from the date of the document")


def _relative_month(found: re.Match[str], today: date | None) -> DateHit:
    month = MONTHS[found["relm"][:3]]
    if today is None:
        return DateHit(*found.span("relm"), f"--{month:02d}")
    year = today.year
    if found["relp"] == "last" and month >= today.month:
        year -= 1
    if found["relp"] == "next" and month <= today.month:
        year += 1
    return DateHit(*found.span("relm"), iso_of_month(year, month))


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
        year = month_near(today, month, _looks_ahead(low, *span)) if today else 0
    else:
        away = {"this": 0, "last": -1, "next": 1}.get(said[:4])
        year = int(said) if away is None else (today.year + away if today else 0)
    if not year:
        return DateHit(*span, f"--{month:02d}" + (f"-{int(day):02d}" if day else ""))
    if day:
        return _full(span, year, month, int(day))
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


def joined(low: str, hits: list[DateHit]) -> list[DateHit]:
    """Dates of which one says from and the next to, made one interval.

    A short link (``到``, ``-``) belongs to the date; one of several words leaves the first date as
    the place where the interval stands.
    """
    found: list[DateHit] = []
    for hit in hits:
        last = found[-1] if found else None
        between = low[last.end : hit.start] if last else ""
        if last and last.iso and hit.iso and len(between) <= 16:
            link = _THROUGH.fullmatch(between)
            is_from = link and (
                between.strip() not in ("and", "to", "until", "至", "到") or _from(low, last)
            )
            if link and is_from and last.iso[:4] <= hit.iso[:4]:
                ends = f"{last.iso.split('/')[0]}/{hit.iso.split('/')[-1]}"
                stop = hit.end if len(between.strip()) <= 2 else last.end
                found[-1] = replace(last, end=stop, iso=ends, is_full=False)
                continue
        found.append(hit)
    return found


_BEFORE_FROM: Final = re.compile(r"(?:从|自|由|from|between)(?: the)? ?\Z")


def _from(low: str, hit: DateHit) -> bool:
    return bool(_BEFORE_FROM.search(low[max(0, hit.start - 12) : hit.start])) or low[
        hit.end : hit.end + 1
    ] in ("到", "至")


def as_quantity(hit: DateHit) -> Quantity:
    """The same as a quantity of kind ``date``; its value is the year."""
    year = hit.iso[:4]
    value = float(year) if year.isdigit() else None
    return Quantity(
        hit.start, hit.end, "date", value, unit="ISO date", qualifier=hit.qualifier,
        iso=hit.iso if value is not None else "", word=hit.note,
    )  # fmt: skip


def day_before(day: date, days: int) -> date:
    """The day some days earlier; the first of the calendar if there is none."""
    return day - timedelta(days=days) if day.toordinal() > days else date.min
