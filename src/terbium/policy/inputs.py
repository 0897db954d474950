"""Inputs of other origin inside an item: where they come from and their share of its value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from terbium.base.errors import Problems
from terbium.base.phrases import Token, tidy, tokens_of
from terbium.base.speech import tr
from terbium.base.units import convert
from terbium.policy.figures import (
    number_of,
    percents_of,
    plain_percents,
    value_shares_of,
    without,
)
from terbium.policy.truth import Range
from terbium.policy.wordlist import region_book

_MOST_TEXTS = 20_000
_AFTER_REGION = frozenset(
    {
        "origin",
        "value",
        "content",
        "share",
        "input",
        "source",
        "sourced",
        "原",
        "产",
        "价",
        "成",
        "来",
        "含",
    }
)
_BEFORE_REGION = frozenset({"origin", "from", "产", "自", "于", "源", ":"})
_NO_CONTENT = frozenset({"no", "non", "without", "zero", "无", "非", "不", "未"})
_CONTENT_WORDS = frozenset({"value", "content", "input", "价", "成"})
# a text without any of these words says nothing of inputs
_SPEAKS = re.compile(
    r"origin|value|content|share|input|sourc|from|de minimis|价|產|产|源|成分", re.I
)
_SIGNED = re.compile(r"\s*([<>]=?|≤|≥)?\s*(.*?)\s*")


@dataclass(frozen=True)
class Inputs:
    """What is said of inputs from other regions inside an item.

    Parameters
    ----------
    regions
        Where they come from; None = nobody said.
    share
        Their share of the value of the item [-]; None = nobody said.
    """

    regions: frozenset[str] | None = None
    share: Range | None = None


def inputs_of(cells: Mapping[str, str], prefix: str, problems: Problems) -> Inputs:
    """Inputs inside an item: typed columns first, then the list of contents, then the title."""
    listed, titled = read_inputs(cells["element_content"], True), read_inputs(cells["item"], False)
    regions = listed.regions if listed.regions is not None else titled.regions
    share = listed.share or titled.share
    if cells["origin_content"]:
        regions = _typed_regions(cells["origin_content"], f"{prefix}origin_content", problems)
    if cells["value_share"]:
        share = _typed_share(cells["value_share"], f"{prefix}value_share", problems)
    return Inputs(regions, share)


def _typed_regions(text: str, place: str, problems: Problems) -> frozenset[str]:
    found = {region for region, _ in _named_regions(tokens_of(tidy(text)))}
    if not found:
        problems.add(
            place,
            f"'{text}'",
            tr("regions by code or name"),
            tr("write such as CN, or leave it empty"),
        )
    return frozenset(found)


def _typed_share(text: str, place: str, problems: Problems) -> Range | None:
    """A typed share: ``0.001``, ``0.1 %``, ``<0.1%``, ``5`` (per cent, being above 1)."""
    plain = plain_percents(tidy(text))
    percents = percents_of(plain)
    if percents:
        return percents[0].value.times(convert(1.0, "%", "1"))
    found = _SIGNED.fullmatch(plain)
    sign, digits = found.groups() if found else ("", plain)
    try:
        value = number_of(digits)
    except ValueError:
        problems.add(
            place,
            f"'{text}'",
            tr("a share from 0 to 1, or per cent with %"),
            tr("write such as 0.001"),
        )
        return None
    share = value if value <= 1 else convert(value, "%", "1")
    ends = {
        "<": Range(0.0, share, is_high_open=True), "<=": Range(0.0, share), "≤": Range(0.0, share),
        ">": Range.more_than(share), ">=": Range(low=share), "≥": Range(low=share),
    }  # fmt: skip
    return ends.get(sign or "", Range.exactly(share))


@lru_cache(maxsize=_MOST_TEXTS)
def read_inputs(text: str, is_list: bool) -> Inputs:
    """Read origins and value shares of inputs from free text.

    Parameters
    ----------
    text
        A list of contents or a title.
    is_list
        Whether it is a list of contents: there "CN origin" speaks of inputs, in a title of the
        item.
    """
    if not _SPEAKS.search(text):
        return Inputs()
    plain = plain_percents(tidy(text))
    shares = value_shares_of(plain)
    tokens = tokens_of(without(plain, shares))
    found: set[str] = set()
    is_denied = False
    for region, (first, last) in _named_regions(tokens):
        before = {token.folded for token in tokens[max(0, first - 2) : first]}
        after = [token.folded for token in tokens[last : last + 2]]
        speaks = bool(_AFTER_REGION.intersection(after[:1]) or before & _BEFORE_REGION)
        if not is_list:
            speaks = bool(_CONTENT_WORDS.intersection(after))
        if speaks and before & _NO_CONTENT:
            is_denied = True
        elif speaks:
            found.add(region)
    if found:
        return Inputs(frozenset(found), shares[0].value if shares else None)
    if is_denied:
        return Inputs(frozenset(), None)
    return Inputs(None, shares[0].value if shares else None)


def _named_regions(tokens: list[Token]) -> list[tuple[str, tuple[int, int]]]:
    return [(found.label, (found.first, found.last)) for found in region_book().find(tokens)]
