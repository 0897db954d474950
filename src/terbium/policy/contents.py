"""What a text says of the elements in an item: that they are there, how much, or not at all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from terbium.base.phrases import Token, tidy, tokens_of
from terbium.policy.figures import range_of
from terbium.policy.marks import Mark
from terbium.policy.truth import Range, Truth
from terbium.policy.wordlist import entries


def _phrases(words: str) -> tuple[tuple[str, ...], ...]:
    """Phrases as folded tokens."""
    split = (tokens_of(tidy(phrase)) for phrase in words.split(";"))
    return tuple(tuple(token.folded for token in tokens) for tokens in split)


_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)?)")
_AMOUNT_WORDS = frozenset(
    {"content", "about", "approx", "approximately", "is", "of", "=", ":", "~", "(", "at", "ca",
     "含", "量", "约", "为", "占", "是", "质", "分", "数", "比", "例"}
)  # fmt: skip
_COMPARATORS = {
    ">": "more", "≥": "least", "<": "less", "≤": "most", "over": "more", "above": "more",
    "under": "less", "below": "less",
}  # fmt: skip
_UNINTENDED = frozenset({"impurity", "unintentional", "unintended", "杂"})
_UNKNOWN = _phrases("unknown; unclear; unspecified; not stated; ?; 未知; 不详; 不明; 未注明")
_NO_BEFORE = _phrases(
    "no; no added; no intentional; without; without any; without added; non; zero; excluding; "
    "free of; free from; w/o; not containing; does not contain; contains no; nil; "
    "无; 無; 零; 不含; 不含有; 未含; 没有; 不包含; 未添加; 不添加; 无添加"
)
_NO_AFTER = _phrases("free")
_ENDS = frozenset({"", ",", ";", ")", "，", "；", "、"})
_JOINTS = frozenset({"/", "and", "or", "nor", "、", "和", "或", "及", "与", "&", "+"})


@dataclass
class Contents:
    """Elements that a text speaks of.

    Parameters
    ----------
    truths
        Element to whether it is contained.
    amounts
        Element to its share by mass [%], where a figure stands.
    denied
        Elements that a text denies as a group.
    groups
        Groups (rare earths, heavy rare earths) of which something is contained.
    possible
        Elements that such groups or families may hold.
    """

    truths: dict[str, Truth] = field(default_factory=dict)
    amounts: dict[str, Range] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)
    groups: list[frozenset[str]] = field(default_factory=list)


def contents_of(tokens: Sequence[Token], marks: Sequence[Mark]) -> Contents:
    """Statements on contents in marks that a reader took for contents.

    Parameters
    ----------
    tokens
        Tokens of the text.
    marks
        Marks that count, in order.
    """
    found = Contents()
    amounts = _amounts(tokens, marks)
    negated = _negated(tokens, marks)
    for mark in marks:
        group = entries()[mark.label].may_contain if mark.label else ()
        if mark in negated:
            found.denied.update((*mark.elements, *group))
            continue
        if mark.kind == "group" and group:
            found.groups.append(frozenset(group))
        found.possible.update(group)
        amount = amounts.get(mark.first)
        for element in mark.elements:
            truth = _presence(tokens, mark, amount)
            found.truths[element] = max(truth, found.truths.get(element, Truth.NO))
        if amount is not None and mark.elements:
            # the share of an oxide or an alloy is that of the element it is named after
            found.amounts[mark.elements[0]] = amount
    for element in found.denied:
        found.truths[element] = Truth.NO
    return found


def _presence(tokens: Sequence[Token], mark: Mark, amount: Range | None) -> Truth:
    around = {token.folded for token in tokens[max(0, mark.first - 2) : mark.last + 2]}
    if around & _UNINTENDED or _begins(tokens, mark.last, _UNKNOWN):
        return Truth.UNKNOWN
    return Truth.YES if amount is None else amount.above(0)


def _amounts(tokens: Sequence[Token], marks: Sequence[Mark]) -> dict[int, Range]:
    """Share by mass [%] by the first token of the mark that it belongs to."""
    named = [mark for mark in marks if mark.elements]
    if not named:
        return {}
    numbers = [n for n, token in enumerate(tokens) if _NUMBER.fullmatch(token.text)]
    # "29 % Nd 2 % Dy": the figures stand before what they measure
    leads = (
        bool(numbers) and numbers[0] < named[0].first and _figure_after(tokens, named[-1]) is None
    )
    found: dict[int, Range] = {}
    for n, mark in enumerate(named):
        after = None if leads else _figure_after(tokens, mark)
        # a figure that already measures the mark before it is not taken again
        is_taken = n > 0 and named[n - 1].first in found and not leads
        amount = after if after is not None or is_taken else _figure_before(tokens, mark)
        if amount is not None:
            found[mark.first] = amount
    return found


def _figure_after(tokens: Sequence[Token], mark: Mark) -> Range | None:
    at, comparator = mark.last, ""
    while at < len(tokens):
        word = tokens[at].folded
        if word in _COMPARATORS:
            comparator = _COMPARATORS[word]
        elif word == "=" and comparator:
            comparator = {"more": "least", "less": "most"}.get(comparator, comparator)
        elif word not in _AMOUNT_WORDS:
            break
        at += 1
    return _figure(tokens, at, comparator)


def _figure_before(tokens: Sequence[Token], mark: Mark) -> Range | None:
    at = mark.first - 1
    if at >= 0 and tokens[at].folded in ("of", "的"):
        at -= 1
    if at < 1 or tokens[at].text != "%":
        return None
    return _figure(tokens, at - 1, _COMPARATORS.get(tokens[at - 2].folded, "") if at > 1 else "")


def _figure(tokens: Sequence[Token], at: int, comparator: str) -> Range | None:
    match = _NUMBER.fullmatch(tokens[at].text) if at < len(tokens) else None
    if match is None:
        return None
    unit = tokens[at + 1].text if at + 1 < len(tokens) else ""
    is_nil = float(match.group("number")) == 0
    if unit != "%" and not is_nil and unit not in _ENDS:
        return None
    value = range_of(match)
    ends = {
        "more": Range.more_than(value.low), "least": Range(low=value.low),
        "less": Range(0.0, value.high, is_high_open=True), "most": Range(0.0, value.high),
    }  # fmt: skip
    return ends.get(comparator, value)


def _negated(tokens: Sequence[Token], marks: Sequence[Mark]) -> set[Mark]:
    """Marks under "no", "without", "free of", or before "-free"."""
    found: set[Mark] = set()
    for run in _runs(tokens, marks):
        is_free = _begins(tokens, run[-1].last, _NO_AFTER)
        # "free of" speaks of what follows it
        is_free &= not _begins(tokens, run[-1].last, _NO_BEFORE)
        if is_free or _ends(tokens, run[0].first, _NO_BEFORE):
            found.update(run)
    return found


def _begins(tokens: Sequence[Token], at: int, phrases: tuple[tuple[str, ...], ...]) -> bool:
    return any(tuple(t.folded for t in tokens[at : at + len(p)]) == p for p in phrases)


def _ends(tokens: Sequence[Token], at: int, phrases: tuple[tuple[str, ...], ...]) -> bool:
    return any(tuple(t.folded for t in tokens[max(0, at - len(p)) : at]) == p for p in phrases)


def _runs(tokens: Sequence[Token], marks: Sequence[Mark]) -> Iterator[list[Mark]]:
    """Elements and groups that follow one another with nothing but joints between: "Dy and Tb"."""
    run: list[Mark] = []
    for mark in marks:
        if mark.kind not in ("element", "group"):
            continue
        between = tokens[run[-1].last : mark.first] if run else []
        if run and all(token.folded in _JOINTS for token in between):
            run.append(mark)
            continue
        if run:
            yield run
        run = [mark]
    if run:
        yield run
