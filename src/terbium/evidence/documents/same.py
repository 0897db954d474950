"""When two stated claims say the same."""

from __future__ import annotations

import re
from typing import Final

from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.methods import method

Key = tuple[str, ...]

_WORD: Final = re.compile(r"word: ?([^;]+)")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")
_LATIN: Final = re.compile(r"[a-z]{3,}")


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


def may_repeat(earlier: StatedClaim, later: StatedClaim) -> bool:
    """Whether two claims of one figure in one language have nothing that sets them apart."""
    if earlier.metric != later.metric or earlier.qualifier != later.qualifier:
        return False
    if earlier.value is None and word_of(earlier) != word_of(later):
        return False
    return earlier.metric != "date" or earlier.year_or_date == later.year_or_date


def same_labels(earlier: StatedClaim, later: StatedClaim) -> bool:
    """Whether two claims name the same stage, materials and parties."""
    return (earlier.stage, parts(earlier.material), parts(earlier.entity)) == (
        *(later.stage, parts(later.material), parts(later.entity)),
    )


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


def likeness(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Words, and pairs of Chinese characters, that two surroundings share (0 to 1)."""
    left, right = (_pieces(side[0]) | _pieces(side[1]) for side in (one, other))
    if not left or not right:
        return 0.0
    return len(left & right) / min(len(left), len(right))


def _pieces(text: str) -> set[str]:
    chinese = _CHINESE.findall(text)
    pairs = {run[at : at + 2] for run in chinese for at in range(len(run) - 1)}
    return pairs | set(_LATIN.findall(text))
