"""Text that Markdown shows, and text whose lines were broken to fit a page."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Final

from terbium.evidence.documents.claim import Shown
from terbium.evidence.documents.html import parsed_day
from terbium.evidence.documents.weave import Weave
from terbium.evidence.methods import method

_FRONT: Final = re.compile(r"\A---[ \t]*\r?\n(.{0,20000}?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FRONT_DATE: Final = re.compile(r"^(?:date|published|pubdate)\s{0,9}:\s{0,9}[\"']?(\S+)", re.M)
_MARKUP: Final = re.compile(
    r"""(?P<comment><!--.{0,1000}?-->)
    |(?P<image>!\[[^\[\]\n]{0,500}\]\([^()\n]{0,4000}(?:\([^()\n]{0,400}\)[^()\n]{0,400})?\))
    |\[(?P<text>[^\[\]\n]{1,500})\]\((?:[^()\n]{0,4000})(?:\([^()\n]{0,400}\)[^()\n]{0,400})?\)
    |(?P<footnote>\[\^[^\]\s]{1,40}\])
    |(?P<tag></?[a-zA-Z][a-zA-Z0-9]{0,15}(?:\s[^<>\n]{0,999})?/?>)
    |(?P<entity>&(?:\#[xX][0-9a-fA-F]{1,8}|\#[0-9]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});)
    |(?P<rule>^(?=[ \t:|]*+--)[ \t:|-]*+$)
    |(?P<start>^[ \t]{0,9}(?:\#{1,6}[ \t]+|(?:>[ \t]?){1,5}|[-*+][ \t]+|(?:```|~~~)[^\n]{0,99}))
    |\\(?P<escape>[\\`*_{}\[\]()\#+.!|~%$<>&-])
    |(?P<strong>\*{2,3}|(?<![0-9A-Za-z])\*(?=\S)|(?<=\S)\*(?![0-9A-Za-z])|(?<!\w)_{1,3}(?=\w)|(?<=[^\s_])_{1,3}(?!\w)|~~|`{1,3})
    |(?P<cell>\|)
    |(?P<break>\n)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_NEW_BLOCK: Final = re.compile(
    r"[ \t]{0,99}(?:\r?\n|\Z|#{1,6}[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t]|\||```|~~~)"
)
_WIDE: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\u2018-\u201d"
_IS_WIDE: Final = re.compile(f"[{_WIDE}]")
_SPECIAL_LINE: Final = re.compile(r"[ \t]{0,9}(?:#{1,6}[ \t]|\||[-*_=]{3,}[ \t]*$)")
# no paragraph line that was broken by hand is longer
_LOOK: Final = 2000
_ENDS_SENTENCE: Final = re.compile(r"[.!?:;。！？：；…][\"'”’」』）)]{0,3}[ \t\r]*$")


def read_markdown(text: str) -> tuple[Shown, date | None]:
    """Find what Markdown shows, and the date that its front matter names.

    Lines that were broken inside a paragraph are joined, as a browser would show them.

    Parameters
    ----------
    text
        As decoded.

    Returns
    -------
    tuple
        The visible text with its places in ``text``, and the date of publication or None.
    """
    front = _FRONT.match(text)
    said = _FRONT_DATE.search(front.group(1)) if front else None
    weave = Weave(text)
    at = front.end() if front else 0
    for mark in _MARKUP.finditer(text, at):
        if mark.start() < at or mark.end() == mark.start():
            continue
        weave.copy(at, mark.start())
        at = mark.end()
        kind = mark.lastgroup or ""
        if kind in ("text", "escape"):
            weave.copy(*mark.span(kind))
        elif kind == "entity":
            weave.put(html.unescape(mark.group()), *mark.span())
        elif kind == "cell":
            weave.copy(*mark.span(), {ord("|"): "\t"})
        elif kind == "break":
            joined = _soft_break(text, mark.start())
            weave.copy(*mark.span(), {ord("\n"): joined} if joined else None)
    weave.copy(at, len(text))
    return weave.shown(), parsed_day(said.group(1)) if said else None


def _soft_break(text: str, at: int) -> str:
    """What stands for a line end inside a paragraph; empty where the line end is one."""
    begin = text.rfind("\n", max(at - _LOOK, 0), at) + 1
    line = text[begin:at]
    if not line.strip() or _SPECIAL_LINE.match(line) or line.endswith("  "):
        return ""
    if _NEW_BLOCK.match(text, at + 1) or _IS_WIDE.match(line.rstrip("\r")[-1:]):
        return ""
    return " "


def unwrap(text: str) -> Shown:
    """Join lines that were broken to fit the width of a page.

    A line end is taken for such a break if the line is nearly as long as lines of its text are, and
    does not end a sentence. Between Chinese characters nothing is put in its place, elsewhere a
    space; a word divided at the line end is put together.

    Parameters
    ----------
    text
        Lines as they stand on the page.
    """
    full = _full_line(text)
    weave = Weave(text)
    at = begin = 0
    for end in (found.start() for found in re.finditer("\n", text)):
        line = text[begin:end]
        begin = end + 1
        following = text[end + 1 : end + 2]
        if len(line.strip()) < full or not following.strip() or _ENDS_SENTENCE.search(line[-9:]):
            continue
        if _IS_WIDE.match(line[-1:]) and _IS_WIDE.match(following):
            weave.copy(at, end)
        elif line[-2:-1].isalpha() and line.endswith("-") and following.islower():
            weave.copy(at, end - 1)
        else:
            weave.copy(at, end)
            weave.copy(end, end + 1, {ord("\n"): " "})
        at = end + 1
    weave.copy(at, len(text))
    return weave.shown()


def _full_line(text: str) -> float:
    """Length from which a line counts as full: a share of the length of the longer lines."""
    lengths = sorted(len(line) for line in text.split("\n") if line.strip())
    if not lengths:
        return 0.0
    typical = lengths[int(method("documents/full_line_quantile") * (len(lengths) - 1))]
    return typical * method("documents/full_line_share")
