"""Who says so: "X said", "according to X", 据X报道, X表示."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = r"[A-Z][\w.'’-]{0,30}(?: (?:[A-Z][\w.'’-]{0,30}|of|the|and|de|van)){0,8}"
_ENGLISH_CUE: Final = re.compile(
    r"\b(?:according to|as reported by|in the words of|cited by|data from|figures from"
    r"|a report by|said|says|argued|argues|point(?:s|ed) out|noted|notes|told|estimate[sd]?"
    r"|report(?:ed|s)|warned|announced|claim(?:ed|s)|suggested|wrote|writes|explained|stated)\b"
)
_BEHIND: Final = re.compile(
    rf" (?:reports from )?(?P<who>(?:the |local |a |an )?(?:{_NAME}"
    r"|[a-z]+ (?:reports|officials|data|media|analysts)))"
)
_BEFORE: Final = re.compile(
    rf"(?P<who>{_NAME})(?: writing for {_NAME})?,?(?: has| have| also| had| then)? \Z"
)
_CHINESE_CUE: Final = re.compile(
    r"表示|指出|认为|说道|强调|警告|透露|坦言|直言|预计|估计|写道|宣称|解释说"
    r"|暗示|回应称|显示|报道|称[，：:“]|说[，：:“]"
    r"|的说法|统计|介绍|披露|估算|测算|消息"
)
_SOURCE: Final = re.compile(
    r"(?:根据|据|按照|按)(?P<who>《[^》]{1,20}》|[^，。；！？\s,]{2,24}?)的?\Z"
)
_SUBJECT: Final = re.compile(
    r"(?P<who>[^，。；：！？“”\s,()（）]{2,16}?)(?:（[^）]{1,30}）)?"
    r"(?:也|则|还|曾|已|随后|同时|又|直言|对此|就|数据|资料|报告|报道|调查|研究|消息)?\Z"
)
_JUNK: Final = re.compile(
    r"也|但|并|而|他|她|它|其|有|被|可以|这|那|该|不|即|就是|所|如|要|会|一|多|或|例如|外界"
)
_REACH: Final = 80
_CHINESE_REACH: Final = 30


def speaker(text: str, low: str, start: int, end: int, lang: str) -> str:
    """Who a sentence ``[start, end)`` names as the source of what it states; empty for its author.

    Parameters
    ----------
    text
        The text.
    low
        Its folded copy.
    start, end
        The sentence.
    lang
        Its language.
    """
    cues = (_ENGLISH_CUE if lang == "en" else _CHINESE_CUE).finditer(low, start, end)
    for cue in cues:
        who = (_english if lang == "en" else _chinese)(text, low, start, end, cue)
        if who:
            return who.strip("《》「」“”., ")
    return ""


def _english(text: str, low: str, start: int, end: int, cue: re.Match[str]) -> str:
    if cue.group().split()[-1] in ("to", "by", "of", "from"):
        found = _BEHIND.match(text, cue.end(), end)
    else:
        found = _BEFORE.search(text[max(start, cue.start() - _REACH) : cue.start()])
    return found["who"] if found else ""


def _chinese(text: str, low: str, start: int, end: int, cue: re.Match[str]) -> str:
    begin = max(start, cue.start() - _CHINESE_REACH)
    before = low[begin : cue.start()]
    found = _SOURCE.search(before) or _SUBJECT.search(before)
    if not found or _JUNK.match(found["who"]):
        return ""
    return text[begin + found.start("who") : begin + found.end("who")]
