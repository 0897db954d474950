"""The closed grammar of validation keys: from text to a `Key`, or an error with the column.

One key names one figure: ``quantity/subject/place/period`` and transforms that are applied left to
right. The form is fixed; labels, places and periods are open, so that rows of other materials and
other episodes are read by the same code.
"""

import re
from collections.abc import Callable
from typing import NoReturn, TypeVar

from terbium.base.calendar import parse_period
from terbium.base.errors import InputError
from terbium.results.keys_terms import (
    AGGREGATES,
    BASE,
    STEPS_BACK,
    Against,
    Band,
    Horizon,
    Item,
    Key,
    PeriodSpec,
    Place,
    Ratio,
    Recoup,
    ShareOf,
    Simple,
    Span,
    Subject,
    Threshold,
    Transform,
)

T = TypeVar("T")

_QUANTITY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_REGION = re.compile(r"[A-Z]{2}(?:[A-Z]|[0-9]{2})")
_DATE = re.compile(r"[0-9]{4}(?:-(?:H[12]|Q[1-4]|[0-9]{2}(?:-[0-9]{2})?))?")
_HORIZON = re.compile(r"h([0-9]+)([dm])")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_REGIONS = rf"{_REGION.pattern}(?:\+{_REGION.pattern})*"
_PLACE = re.compile(rf"{_REGIONS}(?:>{_REGIONS})?")

_QUANTITY_FORM = "words of small letters joined by dots, such as export or price.fob"
_LABEL_FORM = "a label of letters, digits and _, such as Dy_oxide"
_REGION_FORM = "an ISO 3166 alpha-3 code, EU27, WLD or XCH"
_DATE_FORM = "2025, 2025-H1, 2025-Q3, 2025-05 or 2025-04-04, with days that exist"
_PERIOD_FORM = f"{_DATE_FORM}; two of them as first..last; a horizon such as h12m or h90d; base"
_TRANSFORM_FORM = (
    "yoy, mom, sum, mean, max, ratio:, change:, recoup:, share_of:, volume_band:, gap:, "
    "share_above:, is_above: or stuck:"
)


def refuse(text: str, column: int, seen: str, allowed: str, remedy: str) -> NoReturn:
    """Raise the error of a key, with the column (the first is 1) at which it stops making sense."""
    raise InputError.of("key", f"'{text}', column {column}", seen, allowed, remedy)


class _Scanner:
    """One part of a key, read from left to right."""

    def __init__(self, key: str, start: int, end: int) -> None:
        self.key, self.at, self.end = key, start, end

    def take(self, pattern: re.Pattern[str], allowed: str) -> str:
        found = pattern.match(self.key, self.at, self.end)
        if found is None:
            self.refuse(allowed)
        self.at = found.end()
        return found.group()

    def maybe(self, literal: str) -> bool:
        if self.key.startswith(literal, self.at, self.end):
            self.at += len(literal)
            return True
        return False

    def need(self, literal: str, allowed: str) -> None:
        if not self.maybe(literal):
            self.refuse(allowed)

    def finish(self, allowed: str) -> None:
        if self.at < self.end:
            self.refuse(allowed)

    def refuse(self, allowed: str, at: int | None = None) -> NoReturn:
        at = self.at if at is None else at
        rest = self.key[at : self.end]
        remedy = "write the key as validation grammar section 1 has it, without blanks"
        refuse(self.key, at + 1, f"'{rest}'" if rest else "nothing", allowed, remedy)


def parse_key(text: str) -> Key:
    """Read a key.

    Parameters
    ----------
    text
        As in a table of targets.

    Raises
    ------
    InputError
        At the first column that the grammar does not allow, with what it does allow there.

    Examples
    --------
    >>> key = parse_key("export/RE_magnet/CHN>DEU/2025-06/change:2024")
    >>> key.quantity, str(key.place), key.transforms[0].name
    ('export', 'CHN>DEU', 'change')
    """
    parts, start = [], 0
    for piece in text.split("/"):
        parts.append(_Scanner(text, start, start + len(piece)))
        start += len(piece) + 1
    names = ("quantity", "subject", "place", "period")
    if len(parts) < len(names):
        missing = names[len(parts)]
        refuse(
            text,
            len(text) + 1,
            "the end of the key",
            f"'/' and a {missing}: quantity/subject/place/period",
            f"add the {missing}",
        )
    quantity, subject, place, period = parts[: len(names)]
    return Key(
        text,
        _whole(quantity, _quantity, "nothing more, or '/'"),
        _whole(subject, _subject, "'+' and a further label, '@' and an industry, or '/'"),
        _whole(place, _place, "'+' or '>' and a region, or '/'"),
        _whole(period, _period, f"'/' or the end; periods are {_PERIOD_FORM}"),
        tuple(_whole(part, _transform, "'/' or the end") for part in parts[len(names) :]),
    )


def _whole(scanner: _Scanner, rule: Callable[[_Scanner], T], allowed: str) -> T:
    found = rule(scanner)
    scanner.finish(allowed)
    return found


def _quantity(s: _Scanner) -> str:
    return s.take(_QUANTITY, _QUANTITY_FORM)


def _label(s: _Scanner) -> str:
    return s.take(_LABEL, _LABEL_FORM)


def _subject(s: _Scanner) -> Subject:
    items = []
    while True:
        label = _label(s)
        items.append(Item(label, _label(s) if s.maybe("@") else ""))
        if not s.maybe("+"):
            return tuple(items)


def _place(s: _Scanner) -> Place:
    first = _regions(s)
    return Place(first, _regions(s) if s.maybe(">") else ())


def _regions(s: _Scanner) -> tuple[str, ...]:
    codes = [s.take(_REGION, _REGION_FORM)]
    while s.maybe("+"):
        codes.append(s.take(_REGION, _REGION_FORM))
    return tuple(codes)


def _period(s: _Scanner) -> PeriodSpec:
    if s.maybe(BASE):
        return "base"
    found = _HORIZON.match(s.key, s.at, s.end)
    if found is not None:
        if int(found.group(1)) == 0:
            s.refuse("a horizon of at least one day or month")
        s.at = found.end()
        return Horizon(int(found.group(1)), "d" if found.group(2) == "d" else "m")
    return _span(s, _PERIOD_FORM)


def _span(s: _Scanner, allowed: str = _DATE_FORM) -> Span:
    start = s.at
    s.take(_DATE, allowed)
    if s.maybe(".."):
        s.take(_DATE, _DATE_FORM)
    text = s.key[start : s.at]
    try:
        return Span(parse_period(text), text)
    except InputError as error:
        s.refuse(error.problems[0].allowed, start)


def _number(s: _Scanner) -> float:
    return float(s.take(_NUMBER, "a number such as 45 or 0.75"))


def _transform(s: _Scanner) -> Transform:
    for name in (*STEPS_BACK, *AGGREGATES):
        if s.maybe(name):
            return Simple(name)
    for name in ("ratio", "change"):
        if s.maybe(f"{name}:"):
            return Against(name, "base" if s.maybe(BASE) else _span(s, f"{_DATE_FORM}, or base"))
    for name in ("share_above", "is_above", "stuck"):
        if s.maybe(f"{name}:"):
            return Threshold(name, _number(s))
    if s.maybe("recoup:"):
        window = _span(s)
        s.need("@", "'@' and the day up to which it is counted")
        return Recoup(window, _until(s))
    if s.maybe("share_of:"):
        return ShareOf(place=_place(s)) if _is_place(s.key[s.at : s.end]) else ShareOf(_subject(s))
    if s.maybe("volume_band:"):
        return _band(s)
    if s.maybe("gap:"):
        return _ratio(s)
    s.refuse(_TRANSFORM_FORM)


def _until(s: _Scanner) -> Span:
    start = s.at
    text = s.take(_DATE, _DATE_FORM)
    try:
        return Span(parse_period(text), text)
    except InputError as error:
        s.refuse(error.problems[0].allowed, start)


def _band(s: _Scanner) -> Band:
    start = s.at
    low = _number(s)
    s.need("..", "'..' and the upper end")
    band = Band(low, _number(s))
    if not band.low < band.high <= 1:
        s.refuse("two quantiles between 0 and 1, the lower one first", start)
    return band


def _ratio(s: _Scanner) -> Ratio:
    quantity = _quantity(s)
    subject: Subject = ()
    if s.maybe(","):
        # a label may stand after '@' as well as a place: what looks like a place is one
        head, _, tail = s.key[s.at : s.end].rpartition("@")
        inner = _Scanner(s.key, s.at, s.at + len(head) if _is_place(tail) and head else s.end)
        subject = _whole(inner, _subject, "'+' and a further label, '@' and a place, or '/'")
        s.at = inner.end
    return Ratio(quantity, subject, _place(s) if s.maybe("@") else None)


def _is_place(text: str) -> bool:
    return _PLACE.fullmatch(text) is not None
