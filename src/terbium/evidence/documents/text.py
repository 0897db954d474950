"""A document cut into paragraphs and sentences: language, section, and what is page furniture."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from terbium.evidence.documents.folding import Scripts, fold
from terbium.evidence.documents.lexicon import Matcher, alternation, rows_of
from terbium.evidence.methods import method

_FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\r?\n(?:.*\r?\n)*?---[ \t]*(?:\r?\n|\Z)")
_KEY: Final = re.compile(r"([A-Za-z_]+):[ \t]*")
_LINE: Final = re.compile(r"[^\n]+")
# what a reader does not see as text, blanked so that offsets stay
_HIDDEN: Final = re.compile(
    r"<[a-zA-Z/!][^<>\n]{0,400}>|!\[[^\]\n]{0,200}\]\([^()\n]{0,400}\)"
    r"|(?:https?://|www\.)[^\s<>\"'）)，。]{1,400}"
)
_STOP: Final = re.compile(
    r"[。！？!?；][”\"'’」』）)]*|[.][”\"'’)]*(?=\s+[\"“'‘(]?[^\sa-z])|[.][”\"'’)]*\s*$|;\s"
)
_ABBREVIATED: Final = re.compile(
    r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|Prof|Inc|Ltd|Corp|Co|vs|No|St|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec|U\.S|U\.K|approx|est|Gov|Gen|Sen|Rep))$"
)
_HEADING: Final = re.compile(r"#{1,6}\s+\S")
_ELLIPSIS: Final = re.compile(r"(?:\.\.\.|…)\s*$")
_DATE: Final = (
    r"(?:(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"|(?:[a-z]{3,9}\.? \d{1,2}|\d{1,2} [a-z]{3,9}\.?),? (?:19|20)\d{2})"
)
_DATELINE: Final = re.compile(
    r"\W*(?:(?:发布|更新|发表|发稿)?(?:时间|日期|于)?|published|updated|posted"
    r"|last updated|date)(?: on)?\W{0,3}"
    rf"{_DATE}(?:t?[ ,]{{0,2}}\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?: ?[ap]\.?m\.?)?(?: ?[a-z]{{2,4}})?)?"
    r"(?:\W{1,4}(?:来源|作者|记者|编辑|source|by|updated|北京|上海)?.{0,24})?"
)


_ADDRESS: Final = re.compile(r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9_.-]{1,64}")


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text ``[start, end)``; ``kind`` is body, heading, teaser, furniture or meta."""

    start: int
    end: int
    lang: str
    section: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence ``[start, end)`` of paragraph number ``paragraph``."""

    start: int
    end: int
    lang: str
    paragraph: int


class Page:
    """A text, its folded copy of the same length, and where its parts begin and end.

    Parameters
    ----------
    text
        Every code point as decoded.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        plain = _HIDDEN.sub(_blank, text)
        self.plain = _ADDRESS.sub(_blank, plain) if "@" in plain else plain
        self.low = fold(self.plain)

    @cached_property
    def _scripts(self) -> Scripts:
        return Scripts(self.plain)

    @cached_property
    def front(self) -> tuple[int, dict[str, tuple[int, int]]]:
        """Where the front matter ends, and its values ``[start, end)`` by key."""
        found = _FRONT_MATTER.match(self.text)
        if not found:
            return 0, {}
        keys = {}
        for line in _LINE.finditer(self.text, 0, found.end()):
            key = _KEY.match(self.text, line.start())
            if key and key.end() < line.end():
                keys[key[1].lower()] = (key.end(), line.end())
        return found.end(), keys

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Lines that hold something to read, in order."""
        end, keys = self.front
        spans = [span for key, span in keys.items() if key in _keys_of_content()]
        lines = _LINE.finditer(self.plain, end)
        spans += [found.span() for found in lines if not found.group().isspace()]
        kinds = _kinds([self.low[start:stop] for start, stop in spans])
        main = self._scripts.of(0, len(self.plain))
        main = main if main.startswith("zh-") else "zh-Hans"
        paragraphs, section = [], "0"
        for number, ((start, stop), kind) in enumerate(zip(spans, kinds, strict=True)):
            if kind == "heading":
                section = str(int(section) + 1)
            lang = self._scripts.of(start, stop) or main
            lang = main if lang == "zh" else lang
            paragraphs.append(Paragraph(start, stop, lang, f"{section}.{number}", kind))
        return tuple(paragraphs)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Sentences of all paragraphs but furniture, in order."""
        found = []
        for number, paragraph in enumerate(self.paragraphs):
            if paragraph.kind == "furniture":
                continue
            for start, end in _cut(self.plain, paragraph.start, paragraph.end):
                found.append(Sentence(start, end, self._lang(start, end, paragraph), number))
        return tuple(found)

    def _lang(self, start: int, end: int, paragraph: Paragraph) -> str:
        """Of the sentence if it is of another language, else of the paragraph."""
        own = self._scripts.of(start, end)
        if own == "en" or not own or paragraph.lang != "en":
            return own if own == "en" else paragraph.lang
        return "zh-Hans" if own == "zh" else own

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def sentence_at(self, offset: int) -> int | None:
        """Number of the sentence that an offset lies in."""
        number = bisect_right(self._starts, offset) - 1
        return number if number >= 0 and offset < self.sentences[number].end else None


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans, begin = [], start
    for stop in _STOP.finditer(text, start, end):
        if stop.group()[0] == "." and _ABBREVIATED.search(
            text[max(begin, stop.start() - 8) : stop.start()]
        ):
            continue
        if text[begin : stop.end()].strip():
            spans.append((begin, stop.end()))
        begin = stop.end()
    if text[begin:end].strip():
        spans.append((begin, end))
    most = int(method("claims/most_sentence_characters"))
    return [part for span in spans for part in _bounded(text, *span, most)]


_BREAKS: Final = "，,；;、 \t"


def _bounded(text: str, start: int, end: int, most: int) -> list[tuple[int, int]]:
    """A sentence without an end cut at commas, so that work stays in step with length."""
    parts = []
    while end - start > most:
        comma = max(text.rfind(mark, start + most // 2, start + most) for mark in _BREAKS)
        cut = comma + 1 if comma > 0 else start + most
        parts.append((start, cut))
        start = cut
    return [*parts, (start, end)]


@cache
def _keys_of_content() -> frozenset[str]:
    return frozenset(row["term"] for row in rows_of("furniture") if row["class"] == "content_key")


@cache
def _furniture(kind: str) -> re.Pattern[str]:
    return re.compile(
        alternation(row["term"] for row in rows_of("furniture") if row["class"] == kind)
    )


@cache
def _topics() -> Matcher:
    return Matcher({"topics": rows_of("topics")})


def _kinds(lines: list[str]) -> list[str]:
    """What each line is: once a list of teasers has begun, only a long paragraph ends it."""
    short = method("claims/short_line_characters")
    long = method("claims/long_paragraph_characters")
    most = method("claims/repeats_of_a_marker")
    most_beside = method("claims/characters_beside_heading")
    counts = Counter(line.strip() for line in lines if len(line) <= short)
    markers = {line for line, count in counts.items() if count >= most}
    kinds, in_list = [], False
    for line in lines:
        bare = line.strip()
        if len(bare) >= long and not _ELLIPSIS.search(bare):
            in_list = False
        heading = _furniture("list_heading").search(bare) if len(bare) <= short else None
        beside = len(bare) - len(heading.group()) if heading else 0
        is_link = heading is not None and beside > most_beside and not heading.start()
        if heading is not None and beside <= most_beside:
            in_list = True
        is_short = len(bare) <= short
        if (
            bare in markers
            or is_link
            or is_short
            and _DATELINE.fullmatch(bare)
            or _furniture("notice").match(bare)
        ):
            kinds.append("furniture")
        elif in_list:
            kinds.append("teaser" if _is_on_topic(bare) else "furniture")
        elif len(bare) <= short and _furniture("credit").match(bare) or not _is_prose(bare):
            kinds.append("furniture")
        else:
            kinds.append("heading" if _HEADING.match(bare) else "body")
    return kinds


def _is_on_topic(line: str) -> bool:
    return bool(_topics().find(line)["topics"])


def _is_prose(line: str) -> bool:
    return any(char.isalpha() for char in line)
