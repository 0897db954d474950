"""Values that an event file may hold: numbers with their range, shares, labels, words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from terbium.base.errors import suggest
from terbium.policy.authored import Frozen, refused

ENDLESS = "inf"
_ENDLESS = {"inf", ".inf", "+inf", "infinity", "+infinity"}


def shown(value: object) -> str:
    """A value as a message repeats it."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def number(
    low: float = 0.0,
    *,
    is_above: bool = False,
    high: float = math.inf,
    may_be_endless: bool = False,
    is_whole: bool = False,
) -> BeforeValidator:
    """A number in a range.

    Parameters
    ----------
    low, high
        The range; ``low`` itself belongs to it unless ``is_above``.
    is_above
        Whether the number must lie above ``low``.
    may_be_endless
        Whether ``inf`` is a value, written as a number or as a word.
    is_whole
        Whether it must be a whole number; it then comes out as ``int``.
    """
    kind = "a whole number" if is_whole else "a number"
    if math.isfinite(high):
        span = f"{kind} from {low:g} to {high:g}"
    else:
        span = f"{kind} above {low:g}" if is_above else f"{kind}, {low:g} or more"
    span += f", or '{ENDLESS}'" if may_be_endless else ""

    def check(value: object) -> float | int:
        found = _as_float(value, may_be_endless)
        if found is None:
            raise refused(shown(value), span, _remedy(value, may_be_endless))
        is_low = found <= low if is_above else found < low
        if is_low or found > high or (is_whole and found != math.floor(found)):
            raise refused(shown(value), span, "correct the value")
        return int(found) if is_whole else found

    return BeforeValidator(check)


def _as_float(value: object, may_be_endless: bool) -> float | None:
    """The number that a value is; None if it is none."""
    if isinstance(value, str) and value.strip().lower() in _ENDLESS:
        value = math.inf
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    if math.isnan(found) or (math.isinf(found) and not may_be_endless):
        return None
    return found


def _remedy(value: object, may_be_endless: bool) -> str:
    if value is None and may_be_endless:
        return f"write '{ENDLESS}' for what never runs out, or a number"
    written = _parsed(value) if isinstance(value, str) else None
    if written is not None and math.isfinite(written):
        return "write the number without quotes"
    if written is not None and math.isinf(written):
        return "give a finite number that float64 can hold"
    if isinstance(value, float) and math.isnan(value):
        return "replace what is not a number (NaN) by a value"
    if isinstance(value, bool | str | list | dict) or value is None:
        return "write a number"
    return "give a finite number that float64 can hold"


def _parsed(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _plain(value: float) -> float | str:
    return ENDLESS if math.isinf(value) else value


def _label(value: object) -> str:
    """A label; tables may be labelled with numbers, which YAML does not read as text."""
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise refused(shown(value), "a label, or a list of labels", "write the label as the table does")


def _labels(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        if not value:
            raise refused("an empty list", "at least one label", "leave the key out for all")
        return tuple(_label(one) for one in value)
    return (_label(value),)


def _labels_or_none(value: object) -> tuple[str, ...]:
    return () if isinstance(value, list | tuple) and not value else _labels(value)


def text(value: object) -> object:
    """Words of the author."""
    if isinstance(value, str):
        return value
    raise refused(shown(value), "text", "write it in quotes")


def mapping(what: str) -> BeforeValidator:
    """Keys and values; ``what`` says of what."""

    def check(value: object) -> object:
        if isinstance(value, dict | Frozen):
            return value
        raise refused(shown(value), f"a mapping with the keys of {what}", "write `key: value`")

    return BeforeValidator(check)


def rows(what: str) -> BeforeValidator:
    """A list; ``what`` says of what."""

    def check(value: object) -> object:
        if isinstance(value, list | tuple):
            return value
        raise refused(shown(value), f"a list of {what}", "write it in square brackets")

    return BeforeValidator(check)


def word(synonyms: dict[str, Iterable[str]], what: str) -> BeforeValidator:
    """One of a few words, which have synonyms; case, blanks, ``-`` and ``_`` do not matter.

    Parameters
    ----------
    synonyms
        Word -> other ways to write it.
    what
        What the word names, for the message.
    """
    index = {_folded(text): name for name, texts in synonyms.items() for text in (name, *texts)}

    def check(value: object) -> str:
        found = index.get(_folded(value)) if isinstance(value, str) else None
        if found is None:
            every = [text for name, texts in synonyms.items() for text in (name, *texts)]
            raise refused(
                f"{shown(value)}, which is no {what}",
                ", ".join(synonyms),
                suggest(value if isinstance(value, str) else "", every),
            )
        return found

    return BeforeValidator(check)


def _folded(text: str) -> str:
    return "".join(text.lower().replace("_", " ").replace("-", " ").split())


Amount = Annotated[float, number()]
Above = Annotated[float, number(is_above=True)]
FromOne = Annotated[float, number(1.0)]
Share = Annotated[float, number(high=1.0)]
Endless = Annotated[float, number(may_be_endless=True), PlainSerializer(_plain)]
EndlessAbove = Annotated[float, number(is_above=True, may_be_endless=True), PlainSerializer(_plain)]
Count = Annotated[int, number(1.0, is_whole=True)]
Position = Annotated[int, number(is_whole=True)]
Label = Annotated[str, BeforeValidator(_label)]
Labels = Annotated[tuple[str, ...], BeforeValidator(_labels)]
LabelsOrNone = Annotated[tuple[str, ...], BeforeValidator(_labels_or_none)]
Text = Annotated[str, BeforeValidator(text)]
