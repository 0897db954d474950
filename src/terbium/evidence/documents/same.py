"""When two stated claims say the same."""

from __future__ import annotations

import re
from typing import Final

from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.methods import method

Key = tuple[str, ...]

_WORD: Final = re.compile(r"word: ?([^;]+)")
_TOKEN: Final = re.compile(r"[A-Za-z0-9]+|[\u3400-\u9fff]")


def key_of(claim: StatedClaim) -> Key:
    """What two statements of one figure share in any language: the figure in its unit."""
    if claim.value is not None:
        kind = claim.unit or claim.metric
        return (kind, f"{claim.value:.9g}")
    bounds = tuple("" if x is None else f"{x:.9g}" for x in (claim.value_low, claim.value_high))
    return (claim.metric, claim.unit, *bounds)


def agreement(one: StatedClaim, other: StatedClaim) -> float:
    """How much speaks for two claims of one figure being one statement, beside the figure."""
    score = method("links/weight_metric") * (one.metric == other.metric)
    score += method("links/weight_stage") * (one.stage == other.stage)
    score += method("links/weight_material") * shares(one.material, other.material)
    score += method("links/weight_entity") * shares(one.entity, other.entity)
    if one.value is None:
        score += method("links/weight_word") * (word_of(one) == word_of(other) != "")
    if one.metric == other.metric == "date":
        same = one.year_or_date == other.year_or_date
        score += method("links/weight_date") * (1 if same else -1)
    return score


def is_repeat(earlier: StatedClaim, later: StatedClaim) -> bool:
    """Whether a claim of the same language and figure restates an earlier one."""
    if (earlier.metric, earlier.stage) != (later.metric, later.stage):
        return False
    if earlier.value is None and word_of(earlier) != word_of(later):
        return False
    if earlier.metric == "date" and earlier.year_or_date != later.year_or_date:
        return False
    if parts(earlier.material) != parts(later.material):
        return False
    if parts(earlier.entity) != parts(later.entity):
        return False
    if not earlier.subject or not later.subject:
        return False
    return likeness(earlier.subject, later.subject) >= method("links/least_likeness")


def word_of(claim: StatedClaim) -> str:
    """The normalised word of a claim without a number, as its note holds it."""
    found = _WORD.search(claim.note)
    return found.group(1).strip() if found else ""


def parts(cell: str) -> frozenset[str]:
    """Labels of a cell that joins several; ``none`` is no label."""
    return frozenset(part.strip() for part in cell.split(";")) - {"", "none"}


def shares(one: str, other: str) -> bool:
    """Whether two cells share a label, or both hold none."""
    left, right = parts(one), parts(other)
    return bool(left & right) or left == right


def likeness(one: str, other: str) -> float:
    """Words that two descriptions share, over all their words (0 to 1; 1 if both are empty)."""
    left, right = set(_TOKEN.findall(one.lower())), set(_TOKEN.findall(other.lower()))
    if not left and not right:
        return 1.0
    return len(left & right) / len(left | right)
