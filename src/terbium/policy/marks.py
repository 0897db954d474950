"""Words, elements and formulas of a text in their order: what a reader underlines first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from terbium.base.phrases import Mention, Token
from terbium.policy.wordlist import ELEMENT, entries, item_book, known_symbols, rare_earths

_GROUP = re.compile(r"([A-Z][a-z]?)(\d*(?:\.\d+)?)")
# symbols that are words of their own; a text about contents may mean them, a title hardly
_ALSO_WORDS = frozenset({"In", "As", "At", "Co", "No", "Be", "He", "Re", "I"})
_NONMETALS = frozenset({"H", "B", "C", "N", "O", "F", "P", "S", "Cl", "As", "Se", "Br", "I", "Si"})
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# a family named together with the word for magnets says a form
_MAGNET_WORDS = frozenset({"magnet", "磁"})
# grades of magnets look like formulas: N52, N42SH
_MAGNET_GRADE = re.compile(r"N\d{2}[A-Z]{0,2}")


@dataclass(frozen=True)
class Mark:
    """A phrase, an element or a formula.

    Parameters
    ----------
    label
        Label of the table of items; empty for elements and formulas.
    elements
        What it names or contains for certain.
    form
        The form that it says; empty if none.
    first, last
        Positions of its first token and of the one after its last.
    is_formula
        Whether it is written as a formula.
    """

    label: str
    elements: tuple[str, ...]
    form: str
    first: int
    last: int
    is_formula: bool = False

    @property
    def kind(self) -> str:
        """Kind of its label; ``element`` without one."""
        return entries()[self.label].kind if self.label else "element"


def marks_of(tokens: list[Token], is_content: bool = False) -> list[Mark]:
    """Marks of a text, in order.

    Parameters
    ----------
    tokens
        Tokens of a tidy text.
    is_content
        Whether the text lists contents, so that ``In`` and ``W`` are elements.
    """
    found = [_mark(mention, tokens) for mention in item_book().find(tokens)]
    taken = {at for mark in found for at in range(mark.first, mark.last)}
    found.extend(_symbols(tokens, taken, is_content))
    return sorted(found, key=lambda mark: mark.first)


def _mark(mention: Mention, tokens: list[Token]) -> Mark:
    if mention.label.startswith(ELEMENT):
        symbol = mention.label.removeprefix(ELEMENT)
        return Mark("", (symbol,), "", mention.first, mention.last)
    entry, form = entries()[mention.label], entries()[mention.label].form
    named = {token.folded for token in tokens[mention.first : mention.last]}
    if entry.kind == "family" and named & _MAGNET_WORDS:
        form = "magnet"
    return Mark(mention.label, entry.elements, form, mention.first, mention.last)


def _symbols(tokens: list[Token], taken: set[int], is_content: bool) -> Iterator[Mark]:
    for at, token in enumerate(tokens):
        if at in taken:
            continue
        if token.text in known_symbols():
            if is_content or _stands_as_symbol(tokens, at):
                yield Mark("", (token.text,), "", at, at + 1)
        elif (parts := formula_of(token.text)) is not None:
            yield Mark("", parts, form_of(frozenset(parts)), at, at + 1, is_formula=True)


def _stands_as_symbol(tokens: list[Token], at: int) -> bool:
    text = tokens[at].text
    if len(text) > 1 and text not in _ALSO_WORDS:
        return True
    beside = [tokens[n] for n in (at - 1, at + 1) if 0 <= n < len(tokens)]
    # joined by a hyphen (Sc-Al), or with a figure
    return any(
        token.text in known_symbols() and abs(token.start - tokens[at].start) <= len("Sc-A")
        for token in beside
    ) or any(_NUMBER.fullmatch(token.text) for token in beside[-1:])


@cache
def _lower_formulas() -> dict[str, tuple[str, ...]]:
    """Oxides of the rare earths as people write them without capitals."""
    second = {"2o3": "O", "o2": "O", "6o11": "O", "4o7": "O", "cl3": "Cl", "f3": "F"}
    return {
        symbol.lower() + ending: (symbol, other)
        for symbol in rare_earths()
        for ending, other in second.items()
    }


def formula_of(text: str) -> tuple[str, ...] | None:
    """Elements of a chemical formula, None if the text is none.

    Examples
    --------
    >>> formula_of("Dy2O3"), formula_of("SmCo5"), formula_of("CN"), formula_of("N52")
    (('Dy', 'O'), ('Sm', 'Co'), None, None)
    """
    groups = _GROUP.findall(text)
    if _MAGNET_GRADE.fullmatch(text):
        return None
    if "".join(symbol + count for symbol, count in groups) != text:
        return _lower_formulas().get(text)
    parts = tuple(dict.fromkeys(symbol for symbol, _ in groups))
    is_written_so = any(c.isdigit() for c in text) or any(c.islower() for c in text)
    if len(parts) < 2 or not is_written_so or not known_symbols().issuperset(parts):
        return None
    return parts


def form_of(parts: frozenset[str]) -> str:
    """The form that a formula says: oxide, compound, or alloy if all are metals."""
    nonmetals = parts & _NONMETALS
    if nonmetals == {"O"}:
        return "oxide"
    return "compound" if nonmetals else "alloy"
