"""How exact a value is meant: about, more than, up to, a target, a forecast."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from terbium.evidence.documents.lexicon import alternation, rows_of
from terbium.evidence.documents.quantity import Quantity

_BEFORE_REACH: Final = 26
_AFTER_REACH: Final = 14
# "over two issues" disputes them; "over 12 issues" counts them
_SPELLED: Final = 10
_CLAUSE: Final = re.compile(r"[，。；！？!?;:：]|, |\. ")


@cache
def _table(side: str) -> dict[str, str]:
    return {row["term"]: row["qualifier"] for row in rows_of("qualifiers") if row["side"] == side}


@cache
def _before(side: str) -> re.Pattern[str]:
    terms = _table(side)
    latin = [term for term in terms if term.isascii()]
    chinese = [term for term in terms if not term.isascii()]
    return re.compile(
        rf"(?:(?P<zh>{alternation(chinese) or '(?!)'})[了的为到有至占]?"
        r"(?:(?:全球|世界|全国|中国|美国|欧洲|欧盟|日本|其|总[量数])的?)?"
        rf"|(?<![a-z-])(?P<en>{alternation(latin)}) ?(?:a |an |some |another |only |its )?)"
        r"[\"“'‘(]? ?\Z"
    )


@cache
def _after(side: str) -> re.Pattern[str]:
    terms = _table(side)
    latin = [term for term in terms if term.isascii()]
    chinese = [term for term in terms if not term.isascii()]
    return re.compile(
        rf"(?P<zh>{alternation(chinese) or '(?!)'})"
        rf"|,? ?(?P<en>{alternation(latin) or '(?!)'})(?![a-z])"
    )


@cache
def _in_clause() -> re.Pattern[str]:
    terms = _table("clause")
    latin = [term for term in terms if term.isascii()]
    chinese = [term for term in terms if not term.isascii()]
    return re.compile(
        rf"(?P<zh>{alternation(chinese)})|(?<![a-z])(?P<en>{alternation(latin)})(?![a-z])"
    )


_NOT_NEAR: Final = re.compile(r"(?:最近|附近|靠近|新近|远近|邻近|临近|近年|亲近|将近)\Z")


def qualifier_of(low: str, quantity: Quantity, start: int, end: int) -> tuple[str, str]:
    """Qualifier of a value, and a second one that applies too, or an empty text.

    Parameters
    ----------
    low
        Folded text.
    quantity
        The value.
    start, end
        The sentence.
    """
    found = [*_beside(low, quantity, start, end)]
    if quantity.qualifier:
        found.append(quantity.qualifier)
    if quantity.kind != "date":
        meant = _meant(low, quantity, start, end)
        found += [meant] if meant else []
    found = [*dict.fromkeys(one for one in found if one != "none")]
    if not found:
        return "none", ""
    return found[0], found[1] if len(found) > 1 else ""


def _beside(low: str, quantity: Quantity, start: int, end: int) -> list[str]:
    found = [quantity.qualifier] if quantity.kind == "date" and quantity.qualifier else []
    prefix = low[max(start, quantity.start - _BEFORE_REACH) : quantity.start]
    before = _before("before").search(prefix) or _OF_ANOTHER.search(prefix)
    is_date = quantity.kind == "date"
    if before and not (
        is_date and before.groupdict().get("en") in ("over", "some", "above", "under")
    ):
        term = before["zh"] or before.groupdict().get("en", "")
        is_small = quantity.kind == "count" and (quantity.value or 0) < _SPELLED
        if term == "over" and is_small and not low[quantity.start].isdigit():
            term = ""
        if term and not (term == "近" and _NOT_NEAR.search(prefix[: before.start() + 1])):
            found.append(_table("before")[term])
    suffix = low[quantity.end : min(end, quantity.end + _AFTER_REACH)]
    if is_date:
        return [*_of_date(prefix, suffix, bool(found)), *found]
    after = _after("after").match(suffix)
    if after and not (after["zh"] == "多" and quantity.kind == "time"):
        found.append(_table("after")[after["zh"] or after["en"]])
    if found == ["up_to", "at_least"]:
        found.reverse()  # as high as 75% or more: what bounds it stands
    if quantity.kind == "time" and "at_most" in found and _DEADLINE.match(suffix):
        found.remove("at_most")  # within a year: when, not how much
    return found


_DEADLINE: Final = re.compile("之?内")


_OF_ANOTHER: Final = re.compile(r"(?P<zh>不到|不足|超过)[^，。；！？\d不]{1,6}的\Z")


def _of_date(prefix: str, suffix: str, has_other: bool) -> list[str]:
    # before a feast at the end of November
    before = re.match(r"(?:的[^，。；]{1,5})?(?:之前|以前|前(?![日年月几后]))", suffix)
    if before:
        return ["at_most"]
    led = None if has_other else _before("date_before").search(prefix)
    return [_table("date_before")[led["en"]]] if led and led["en"] else []


def _meant(low: str, quantity: Quantity, start: int, end: int) -> str:
    """Target, forecast or estimate, said in the clause before the value, or right behind it."""
    before = low[max(start, quantity.start - 3 * _BEFORE_REACH) : quantity.start]
    begins = [found.end() for found in _CLAUSE.finditer(before)]
    clause = before[begins[-1] :] if begins else before
    behind = low[quantity.end : min(end, quantity.end + _BEFORE_REACH)]
    stop = _CLAUSE.search(behind)
    behind = behind[: stop.start()] if stop else behind
    for text in (clause, behind):
        cues = [*_in_clause().finditer(text)]
        for cue in reversed(cues):
            meant = _table("clause")[cue["zh"] or cue["en"]]
            if text is clause or meant == "target":
                return meant
    return ""
