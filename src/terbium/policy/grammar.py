"""The grammar of titles: which part says what a thing is, what it holds, what it is for.

What is *for*, *to* or *in* something is not what the thing is; what it is *with* belongs to its
contents. The last form of the head is its form: ``magnet rotor`` is a rotor, ``rotor magnet`` a
magnet. In English the head comes first, in Chinese it stands after the last 的. Design note 011.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from terbium.base.phrases import Phrasebook, Token
from terbium.policy.marks import Mark

Role = Literal["head", "contents", "elsewhere"]

_TURNS: dict[str, tuple[str, ...]] = {
    "elsewhere": (
        "for", "to", "from", "into", "by", "used", "via", "intended", "destined", "bound for",
        "abroad", "in", "inside", "on", "at", "sold", "shipped", "exported", "re-exported",
        "用于", "供", "出口", "出口至", "出口到", "销往", "售予", "卖给", "运往", "返销", "用作",
        "转口至", "再出口至", "交付", "发往", "适用于", "出售", "出售给", "供应", "卖回", "售往",
        "发给", "提供给", "给",
    ),
    "with": ("with", "containing", "contains", "including", "doped with", "coated with", "having"),
    "of": ("of", "的"),
    "purpose": ("用",),
    "pause": (",", ";", "(", ")", ":", "、", "，", "；", "：", "[", "]"),
}  # fmt: skip
_CHINESE_OF = "的"


@dataclass
class Part:
    """Marks of one part of a title, with what introduced it."""

    role: Role
    marks: list[Mark] = field(default_factory=list)
    words: list[Token] = field(default_factory=list)


@cache
def _turns() -> Phrasebook:
    return Phrasebook(_TURNS)


def parts_of(tokens: Sequence[Token], marks: Sequence[Mark]) -> list[Part]:
    """Cut a title into parts.

    Parameters
    ----------
    tokens, marks
        As ``marks_of`` gives them.

    Returns
    -------
    list of Part
        In the order of the text. ``words`` are the tokens outside marks.
    """
    parts = [Part("head")]
    for token, mark, turn in _walk(tokens, marks):
        if turn:
            _turn(parts, turn, token)
        elif mark:
            parts[-1].marks.append(mark)
        else:
            parts[-1].words.append(token)
    return [part for part in parts if part.marks or part.words]


def _walk(
    tokens: Sequence[Token], marks: Sequence[Mark]
) -> Iterator[tuple[Token, Mark | None, str]]:
    """Tokens with the mark that begins there, or the turn; the rest of a mark is passed over."""
    by_first = {mark.first: mark for mark in marks}
    turns = {mention.first: mention for mention in _turns().find(list(tokens))}
    at = 0
    while at < len(tokens):
        mark, turn = by_first.get(at), turns.get(at)
        if mark is not None:
            yield tokens[at], mark, ""
            at = mark.last
        elif turn is not None:
            yield tokens[at], None, turn.label
            at = turn.last
        else:
            yield tokens[at], None, ""
            at += 1


def _turn(parts: list[Part], turn: str, token: Token) -> None:
    now = parts[-1].role
    if turn == "of":
        if token.text == _CHINESE_OF:
            _demote(parts, "contents")
            parts.append(Part("head"))
        elif now == "head":
            parts.append(Part("head"))
        return
    if turn == "purpose":
        _demote(parts, "elsewhere")
        parts.append(Part("head"))
        return
    if turn == "pause":
        has_form = any(mark.form for part in parts if part.role == "head" for mark in part.marks)
        parts.append(Part("contents" if has_form and token.text != ")" else "head"))
        return
    if turn == "with":
        if now != "elsewhere":
            parts.append(Part("contents"))
        return
    if now != "elsewhere":
        parts.append(Part("elsewhere"))


def _demote(parts: list[Part], role: Role) -> None:
    """What stands before 的 tells contents, before 用 a purpose; neither tells the form."""
    for part in parts:
        if part.role == "head":
            part.role = role
