"""Text that an HTML page shows, with its place in the page's source, and the date it carries.

A scanner of its own, because the one of the standard library needs quadratic time on unclosed
markup before Python 3.11.14 and does not say where a piece of text stands.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from terbium.evidence.documents.claim import Shown
from terbium.evidence.documents.weave import Weave

_MARK: Final = re.compile("[<&]")
_ENTITY: Final = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,8}|#[0-9]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_TAG: Final = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^"'>]++|"[^"]*+"|'[^']*+')*+)>""")
_PLAIN_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/><]*+)([^<>]*+)>")
_ATTRIBUTE: Final = re.compile(r"""([^\s"'>/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?""")
_LD_DATE: Final = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"(\d{4}-\d{2}-\d{2})')
_DAY: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
# an unpaired quotation mark sends the search for a tag's end through the rest of the page
_MOST_UNPAIRED: Final = 20
_FLAT: Final = {ord(mark): " " for mark in "\n\r\t\f\v\xa0"}


@dataclass(frozen=True)
class _Token:
    """A bit of markup: a tag, a comment, an entity, or an element whose content is no markup."""

    start: int
    end: int
    kind: str
    name: str = ""
    attributes: str = ""
    content: tuple[int, int] = (0, 0)


@cache
def _elements(kind: str) -> frozenset[str]:
    text = files("terbium").joinpath("data/lexicon/html_elements.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return frozenset(row["value"] for row in rows if row["kind"] == kind)


def read_html(text: str) -> tuple[Shown, date | None]:
    """Find what a page shows and when it says it was published.

    Parameters
    ----------
    text
        Source of the page, as decoded.

    Returns
    -------
    tuple
        The visible text with its places in ``text``, and the date of publication or None.
    """
    tokens = list(_tokens(text))
    hidden = _hidden(tokens)
    weave = Weave(text)
    at = until = 0
    preformatted = 0
    for number, token in enumerate(tokens):
        if token.start < until:
            continue
        weave.copy(at, token.start, None if preformatted else _FLAT)
        at = token.end
        if number in hidden:
            at = until = hidden[number]
            weave.put("\n" if token.name in _breaking() else "", token.start, token.end)
            continue
        if token.name == "pre":
            preformatted = max(preformatted + (1 if token.kind == "start" else -1), 0)
        _show(weave, text, token)
    weave.copy(at, len(text), _FLAT)
    return weave.shown(), _date(text, tokens)


@cache
def _breaking() -> frozenset[str]:
    return _elements("block") | _elements("dropped") | _elements("raw")


def _show(weave: Weave, text: str, token: _Token) -> None:
    source = text[token.start : token.end]
    if token.kind == "entity":
        weave.put(html.unescape(source).translate(_FLAT), token.start, token.end)
    elif token.name in _elements("block"):
        weave.put("\n", token.start, token.end)
    elif token.name in _elements("cell"):
        weave.put("\t" if token.kind == "start" else "", token.start, token.end)
    elif token.name == "sup" and token.kind == "start":
        weave.put("^", token.start, token.end)


def _tokens(text: str) -> Iterator[_Token]:
    at, unpaired = 0, 0
    while (mark := _MARK.search(text, at)) is not None:
        start = mark.start()
        if mark.group() == "&":
            found = _ENTITY.match(text, start)
            at = found.end() if found else start + 1
            if found and html.unescape(found.group()) != found.group():
                yield _Token(start, at, "entity")
            continue
        tag = (_TAG if unpaired < _MOST_UNPAIRED else _PLAIN_TAG).match(text, start)
        if tag is None and text[start + 1 : start + 3].strip("/")[:1].isalpha():
            unpaired += 1
            tag = _PLAIN_TAG.match(text, start)
        if tag is not None:
            token = _tag(text, tag)
        elif text.startswith(("<!", "<?", "</"), start):
            token = _Token(start, _behind_comment(text, start), "comment")
        else:
            at = start + 1
            continue
        at = token.end
        yield token


def _tag(text: str, tag: re.Match[str]) -> _Token:
    slash, name, attributes = tag.groups()
    name = name.lower()
    if slash or name not in _elements("raw"):
        return _Token(tag.start(), tag.end(), "end" if slash else "start", name, attributes)
    close = re.compile(rf"</{name}[^>]{{0,99}}>", re.IGNORECASE).search(text, tag.end())
    inner = (tag.end(), close.start() if close else len(text))
    end = close.end() if close else len(text)
    return _Token(tag.start(), end, "raw", name, attributes, inner)


def _behind_comment(text: str, start: int) -> int:
    close = "-->" if text.startswith("<!--", start) else ">"
    found = text.find(close, start + 2)
    return found + len(close) if found >= 0 else len(text)


def _hidden(tokens: list[_Token]) -> dict[int, int]:
    """Tokens that begin what a page does not show as its text, and where that ends."""
    open_tags: dict[str, list[int]] = {}
    found = {}
    for number, token in enumerate(tokens):
        if token.kind == "raw":
            found[number] = token.end
        elif token.kind == "start" and token.name not in _elements("void"):
            open_tags.setdefault(token.name, []).append(number)
        elif token.kind == "end" and open_tags.get(token.name):
            opened = open_tags[token.name].pop()
            linked = token.name == "sup" and any(
                inner.name == "a" for inner in tokens[opened + 1 : min(number, opened + 9)]
            )
            if linked or _is_furniture(tokens[opened]):
                found[opened] = token.end
    return found


def _is_furniture(token: _Token) -> bool:
    if token.name in _elements("dropped"):
        return True
    if not token.attributes or token.name in ("body", "html", "main", "article"):
        return False
    said = _attributes(token)
    classes = said.get("class", "").lower().split()
    return (
        "hidden" in said
        or said.get("aria-hidden", "").lower() == "true"
        or "display:none" in said.get("style", "").replace(" ", "").lower()
        or said.get("role", "").lower() in _elements("role")
        or not _elements("class").isdisjoint([*classes, said.get("id", "").lower()])
    )


def _attributes(token: _Token) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(token.attributes):
        bare = value[1:-1] if value[:1] in ("'", '"') else value
        found.setdefault(name.lower(), html.unescape(bare))
    return found


def _date(text: str, tokens: list[_Token]) -> date | None:
    times = set()
    for token in tokens:
        if token.name == "meta" and token.kind == "start":
            said = _attributes(token)
            name = said.get("property") or said.get("name") or said.get("itemprop") or ""
            day = parsed_day(said.get("content", ""))
            if day and name.lower() in _elements("date"):
                return day
        elif token.name == "script" and "ld+json" in token.attributes:
            found = _LD_DATE.search(text, *token.content)
            day = parsed_day(found.group(1)) if found else None
            if day:
                return day
        elif token.name == "time" and token.attributes:
            said = _attributes(token)
            day = parsed_day(said.get("datetime", ""))
            if day and ("pubdate" in said or said.get("itemprop") == "datePublished"):
                return day
            times.add(day)
    return times.pop() if len(times) == 1 else None


def parsed_day(text: str) -> date | None:
    """The day that a text begins with, year first; None if it does not, or there is no such day."""
    found = _DAY.match(text.strip())
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None
