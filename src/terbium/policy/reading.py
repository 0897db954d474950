"""Reading what an item is, from free text in English or Chinese and from typed columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from terbium.base.phrases import Token, tidy, tokens_of
from terbium.base.units import convert
from terbium.evidence.methods import method
from terbium.policy.contents import Contents, contents_of
from terbium.policy.figures import (
    figures_of,
    number_of,
    percents_of,
    plain_percents,
    value_shares_of,
    without,
)
from terbium.policy.grammar import Part, parts_of
from terbium.policy.item import WORKING_FORMS, Item
from terbium.policy.marks import Mark, marks_of
from terbium.policy.truth import Range, Truth
from terbium.policy.wordlist import entries, item_book, rare_earths, region_book, with_parents

_MOST_TEXTS = 20_000
_CODE = re.compile(r"(?<![A-Za-z0-9.])(\d[A-E]\d{3}(?:\.[a-z](?:\.\d+)?)*)(?![A-Za-z0-9])")
# forms that go into other things, and how much of a thing makes it one [%]
_INGREDIENTS = frozenset({"oxide", "compound"})
_WHOLE, _HALF = Range.exactly(100.0), 50.0
# words that say nothing of the form
_NEUTRAL = frozenset(
    {"high", "pure", "purity", "grade", "the", "a", "an", "and", "or", "re", "export", "foreign",
     "made", "origin", "new", "sintered", "bulk", "raw", "no", "without", "free", "non", "n", "高",
     "纯", "度", "级", "原", "产", "国", "外", "制", "造", "再", "出", "口", "无", "不", "含", "的",
     "reexport", "sale", "shipment", "transfer", "%", "/", "+", ".", "-", "lot", "batch", "stated"}
)  # fmt: skip


@lru_cache(maxsize=_MOST_TEXTS)
def read_item(
    text: str,
    contents: str = "",
    form: str = "",
    purity: str = "",
    is_technology: bool | None = None,
) -> Item:
    """Read an item.

    Parameters
    ----------
    text
        What it is called.
    contents
        What it is said to hold.
    form, purity, is_technology
        Typed columns; they win over free text.

    Returns
    -------
    Item
        Not read (``is_read`` is false) if nothing was understood.

    Examples
    --------
    >>> item = read_item("钐钴永磁体")
    >>> item.form, item.holds("Sm").name, item.holds("Dy").name
    ('magnet', 'YES', 'NO')
    """
    title, listed = _Read(text), _Read(contents)
    tokens, marks = title.marks(is_content=False)
    parts = parts_of(tokens, marks)
    counted = [mark for part in parts if part.role != "elsewhere" for mark in part.marks]
    stated = contents_of(tokens, counted)
    _set_aside(parts, stated)
    listed_tokens, listed_marks = listed.marks(is_content=True)
    typed = _form_named(form) or ("technology" if is_technology else "")
    item = _identity(parts, listed_marks, typed)
    item = _filled(item, stated, contents_of(listed_tokens, listed_marks))
    aside = [token.start for part in parts if part.role == "elsewhere" for token in part.words]
    return _measured(item, title, listed, min(aside, default=len(title.text)), purity)


def _set_aside(parts: list[Part], stated: Contents) -> None:
    """An oxide of which there is little is what a thing holds, not what it is."""
    for part in [part for part in parts if part.role == "head"]:
        little = [
            mark
            for mark in part.marks
            if mark.form in _INGREDIENTS
            and any(stated.amounts.get(e, _WHOLE).high < _HALF for e in mark.elements)
        ]
        if little:
            part.marks = [mark for mark in part.marks if mark not in little]
            parts.append(Part("contents", little))


class _Read:
    """A text with its figures, and without those that measure no content."""

    def __init__(self, text: str) -> None:
        self.text = plain_percents(tidy(text))
        self.figures = figures_of(self.text) if self.text else []
        shares = value_shares_of(self.text) if self.text else []
        self.bare = without(self.text, [*shares, *self.figures])

    def marks(self, is_content: bool) -> tuple[list[Token], list[Mark]]:
        """Tokens and marks."""
        tokens = tokens_of(self.bare)
        return tokens, marks_of(tokens, is_content)


def _form_named(text: str) -> str:
    """The form that a typed column names; empty if it names none."""
    found = item_book().find(tokens_of(tidy(text.replace("_", " "))))
    forms = [entries()[m.label].form for m in found if m.label in entries()]
    return forms[-1] if forms else ""


def _identity(parts: Sequence[Part], listed: Sequence[Mark], typed: str) -> Item:
    """Form and labels: what it is, and for working forms what it is about."""
    head = [mark for part in parts if part.role == "head" for mark in part.marks]
    beside = [mark for part in parts if part.role == "contents" for mark in part.marks]
    form, assumed = _form(parts, listed) if not typed else (typed, ())
    if not typed and form not in WORKING_FORMS and _is_service(head, listed):
        form = "service"
    everything = [mark for part in parts for mark in part.marks] + list(listed)
    own = {
        label
        for mark in (*head, *beside, *listed)
        if mark.label
        for label in _labels(mark, form, is_head=mark in head)
    }
    about = _about(everything, own) if form in WORKING_FORMS else frozenset()
    signs = frozenset(mark.label for mark in everything if mark.label and mark.kind == "sign")
    return Item(
        form=form,
        labels=frozenset(own),
        about=about,
        signs=signs,
        is_read=bool(form or own or signs or any(mark.elements for mark in everything)),
        is_formula=any(mark.is_formula for mark in (*head, *listed)) and not _family(own),
        assumed=assumed,
    )


def _labels(mark: Mark, form: str, is_head: bool) -> frozenset[str]:
    """Labels that a mark gives the item: its own if it is of the item's form."""
    entry = entries()[mark.label]
    if entry.kind == "shape":
        return frozenset({mark.label}) if is_head else frozenset()
    if entry.kind in ("family", "group"):
        return with_parents(mark.label) if form not in WORKING_FORMS else frozenset()
    is_thing = entry.kind in ("substance", "product", "process")
    if is_thing and entry.form == form and (is_head or entry.kind != "process"):
        return with_parents(mark.label)
    return frozenset()


def _form(parts: Sequence[Part], listed: Sequence[Mark]) -> tuple[str, tuple[str, ...]]:
    """The form of an item, and what was assumed to tell it."""
    heads = [part for part in parts if part.role == "head"]
    rest = [part for part in reversed(parts) if part.role == "contents"]
    if not _is_bare(heads):
        # a thing that nobody here knows is not what it holds
        rest, listed = [], ()
    for part in (*heads, *rest, Part("contents", list(listed))):
        if found := _strong_form(part.marks):
            return found, ()
    named = [mark for part in heads for mark in part.marks]
    marks = named or list(listed)
    if any(mark.label and mark.kind == "family" for mark in (*marks, *listed)):
        return "magnet", ()
    kinds = ("process", "shape") if any(mark.elements for mark in marks) else ("process",)
    for kind in kinds:
        if forms := [mark.form for mark in marks if mark.label and mark.kind == kind]:
            return forms[-1], ()
    if any(not mark.label for mark in named) and _is_bare(heads):
        return "metal", ("an element named alone is taken for the metal",)
    return "", ()


def _strong_form(marks: Iterable[Mark]) -> str:
    """The last form that is named as one: not by a process, a shape or a family."""
    forms = [m.form for m in marks if m.form and m.kind not in ("process", "shape")]
    return "service" if "service" in forms else forms[-1] if forms else ""


def _is_service(head: Sequence[Mark], listed: Sequence[Mark]) -> bool:
    return any(mark.form == "service" for mark in (*head, *listed))


def _is_bare(heads: Sequence[Part]) -> bool:
    """Whether nothing but the element is named, so that no word was passed over unread."""
    words = [token for part in heads for token in part.words]
    regions = {at for m in region_book().find(words) for at in range(m.first, m.last)}
    return all(
        token.folded in _NEUTRAL or at in regions or token.text[0].isdigit()
        for at, token in enumerate(words)
    )


def _family(labels: Iterable[str]) -> list[str]:
    return [label for label in labels if entries()[label].kind == "family"]


def _about(marks: Sequence[Mark], own: set[str]) -> frozenset[str]:
    """What a technology or a machine is for: everything else that is named."""
    found = {
        label
        for mark in marks
        if mark.label and mark.kind not in ("sign", "shape") and mark.label not in WORKING_FORMS
        for label in with_parents(mark.label)
    }
    found |= own
    elements = {element for mark in marks for element in mark.elements}
    if elements & rare_earths():
        found.add("rare_earth")
    families = _family(found)
    if families and not any(rare_earths() & set(entries()[f].elements) for f in families):
        found -= {"magnet", "magnet_making"}
    return frozenset(found | {f"element:{element}" for element in elements})


def _filled(item: Item, stated: Contents, listed: Contents) -> Item:
    """Add what is said of elements; a list of contents wins over the title."""
    truths = {**stated.truths, **listed.truths}
    possible = (stated.possible | listed.possible) - set(truths)
    amounts = {**stated.amounts, **listed.amounts}
    assumed = item.assumed
    whole = convert(method("check/complete_share"), "1", "%")
    if possible and sum(a.low for a in listed.amounts.values()) >= whole:
        truths |= dict.fromkeys(possible, Truth.NO)
        possible, assumed = set(), (*assumed, "the list of contents is taken as complete")
    return replace(
        item,
        truths=MappingProxyType(truths),
        possible=frozenset(possible),
        groups=(*stated.groups, *listed.groups),
        amounts=MappingProxyType(amounts),
        assumed=assumed,
    )


def _measured(item: Item, title: _Read, listed: _Read, end: int, purity: str) -> Item:
    """Add figures. Without a named purity the one share that is left says it.

    ``end`` is where the title begins to speak of other things than the item.
    """
    figures: dict[str, Range] = {}
    for read, last in ((title, end), (listed, len(listed.text))):
        figures.update({found.name: found.value for found in read.figures})
        shares = [found.value for found in percents_of(read.bare[:last])]
        if "purity_pct" not in figures and len(shares) == 1:
            figures["purity_pct"] = shares[0]
    if "purity_pct" not in figures and len(item.amounts) == 1:
        figures["purity_pct"] = next(iter(item.amounts.values()))
    figures |= {f"{element}_pct": amount for element, amount in item.amounts.items()}
    if typed := _typed_purity(purity):
        figures["purity_pct"] = typed
    codes = frozenset(_CODE.findall(f"{title.text} {listed.text}"))
    return replace(
        item, figures=MappingProxyType(figures), codes=codes, is_read=item.is_read or bool(codes)
    )


def _typed_purity(text: str) -> Range | None:
    """A typed purity: ``99.95``, ``99.95 %``, ``0.9995`` or ``4N``."""
    plain = plain_percents(tidy(text)).strip()
    if not plain:
        return None
    named = [found.value for found in (*figures_of(plain), *percents_of(plain))]
    if named:
        return named[0]
    try:
        value = number_of(plain)
    except ValueError:
        return None
    return Range.exactly(value if value > 1 else convert(value, "1", "%"))
