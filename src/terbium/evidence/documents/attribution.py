"""Who says so: "X said", "according to X", 据X报道, X表示."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = r"[A-Z][\w.'’-]{0,30}(?: (?:[A-Z][\w.'’-]{0,30}|of|the|and|de|van))*"
_ENGLISH: Final = (
    re.compile(
        rf"(?i:according to|as reported by|in the words of|cited by|data from|figures from|a report by"
        rf"|estimates (?:by|from))(?: reports from)? (?P<who>(?:the |local |a |an )?(?:{_NAME}|[a-z]+ (?:reports|officials|data|media|analysts)))"
    ),
    re.compile(
        rf"(?P<who>{_NAME})(?: writing for {_NAME})?,? (?:has |have |also |had )?(?i:said|says|argued|argues|points out|pointed out"
        r"|noted|notes|told|estimates|estimated|reported|reports|warned|announced|claims|claimed"
        r"|suggested|wrote|writes|explained|stated)\b"
    ),
)
_CHINESE: Final = (
    re.compile(
        r"(?:根据|据|按照|按)(?P<who>《[^》]{1,20}》|[^，。；！？\s,]{2,24}?)"
        r"(?:的)?(?:报道|报告|消息|数据|资料|统计|说法|显示|称|介绍|透露|披露|估算|测算|调查|新闻)"
    ),
    re.compile(
        r"(?P<who>[^，。；：！？“”\s,]{2,20}?)(?:数据|资料|报告|报道|调查|研究)(?:显示|指出|称|表明)"
    ),
    re.compile(
        r"(?P<who>[^，。；：！？“”\s,()（）]{2,16})(?:（[^）]{1,30}）)?(?:也|则|还|曾|已|随后|同时|又|直言|对此|就)?"
        r"(?:表示|指出|认为|称|说道|说|强调|警告|透露|坦言|直言|预计|估计|写道|宣称|解释说|暗示|回应称)"
    ),
)
_JUNK: Final = re.compile(
    r"^(?:也|但|并|而|他|她|它|其|有|被|可以|这|那|该|不|即|就是|所|如|要|会|一)"
)


def speaker(text: str, low: str, start: int, end: int, lang: str, offset: int) -> str:
    """Who a sentence ``[start, end)`` says states the value at ``offset``; empty for its author."""
    patterns = _ENGLISH if lang == "en" else _CHINESE
    source = text if lang == "en" else low
    for pattern in patterns:
        for found in pattern.finditer(source, start, end):
            if found.start("who") > offset and lang != "en":
                continue
            who = text[found.start("who") : found.end("who")].strip("《》「」“”., ")
            if who and not (lang != "en" and _JUNK.match(who)):
                return who
    return ""
