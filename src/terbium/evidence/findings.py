"""What a check says: a finding, and the range that a stated figure leaves open."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from terbium.base.calendar import Period, parse_period
from terbium.base.errors import InputError
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.methods import method
from terbium.evidence.quantities import Figure
from terbium.evidence.wording import large, qualified, unit_word

Kind = Literal[
    "disagrees",
    "other qualifier",
    "other scope",
    "likely error",
    "trap",
    "agrees",
    "cannot be checked",
]
Verdict = Literal["agrees", "differs", "implausible", "cannot be checked"]

KINDS: Final[tuple[Kind, ...]] = (
    *("likely error", "disagrees", "other qualifier", "other scope", "trap"),
    *("agrees", "cannot be checked"),
)
"""Kinds of findings, failures first."""
VERDICTS: Final[tuple[Verdict, ...]] = ("implausible", "differs", "agrees", "cannot be checked")
"""Verdicts on a claim, the gravest first."""

_NUMBER: Final = re.compile(r"\d[\d,，]*(?:\.(\d+))?")


@dataclass(frozen=True)
class Finding:
    """One result of one check.

    Attributes
    ----------
    check
        Name of the check.
    kind, verdict
        What was found, and what it says of the claims.
    title
        One line that a reader understands alone.
    claims
        The claims it is about.
    arithmetic
        The sum, written out; empty where nothing was reckoned.
    figures
        Sources set against the claims.
    remark
        What to make of it.
    quantity
        Key of the quantity, if known.
    judged
        Those of the claims that the verdict is on; all of them if none is named.
    """

    check: str
    kind: Kind
    verdict: Verdict
    title: str
    claims: tuple[StatedClaim, ...]
    arithmetic: str = ""
    figures: tuple[Figure, ...] = ()
    remark: str = ""
    quantity: str = ""
    judged: tuple[StatedClaim, ...] = ()

    @property
    def rank(self) -> tuple[int, int, int]:
        """Failures first, then by place in the text."""
        first = min((claim.char_offset for claim in self.claims), default=0)
        return VERDICTS.index(self.verdict), KINDS.index(self.kind), first


def unsettled(
    check: str, title: str, claims: Sequence[StatedClaim], text: str, remark: str = ""
) -> Finding:
    """A finding that nothing known decides."""
    return Finding(
        check, "cannot be checked", "cannot be checked", title, tuple(claims), text, (), remark
    )


@dataclass(frozen=True)
class Span:
    """Values that a statement allows, ends included."""

    low: float
    high: float

    def meets(self, other: Span) -> bool:
        """Whether one value satisfies both."""
        return self.low <= other.high and other.low <= self.high

    def over(self, other: Span) -> Span:
        """Quotients of two positive spans."""
        return Span(self.low / other.high, self.high / other.low if other.low > 0 else math.inf)

    def times(self, other: Span) -> Span:
        """Products of two positive spans."""
        return Span(self.low * other.low, self.high * other.high)

    def holds(self, value: float) -> bool:
        """Whether a value lies within, but for rounding of floats."""
        slack = 1e-9 * max(abs(self.low), abs(value))
        return self.low - slack <= value <= self.high + slack


def is_share(unit: str) -> bool:
    """Whether values of a unit are fractions."""
    return unit.startswith("fraction")


def rounding(claim: StatedClaim) -> float:
    """Half a unit of the last digit that a claim states, in its unit."""
    value = claim.value or 0.0
    found = _NUMBER.search(claim.span)
    if found is None or not value:
        return abs(value) * method("checks/rounding_share")
    digits = found.group().replace(",", "").replace("，", "")
    number = float(digits)
    if not number:
        return abs(value) * method("checks/rounding_share")
    scale = abs(value) / number
    if found.group(1):
        return float(0.5 * scale * 10.0 ** -len(found.group(1)))
    # 12,000 may be rounded to thousands, 600 hardly to hundreds: two digits are taken as meant
    zeros = min(len(digits) - len(digits.rstrip("0")), max(len(digits) - 2, 0))
    return float(0.5 * scale * 10.0**zeros)


def exact_span(claim: StatedClaim) -> Span:
    """What rounding alone leaves open; the bounds where no value was stated."""
    if claim.value is None:
        low = -math.inf if claim.value_low is None else claim.value_low
        high = math.inf if claim.value_high is None else claim.value_high
        return Span(low, high)
    half = rounding(claim)
    return Span(claim.value - half, claim.value + half)


def allowed_span(value: float | None, qualifier: str, unit: str) -> Span:
    """Values that a number and its qualifier allow; everything without a number."""
    if value is None:
        return Span(-math.inf, math.inf)
    share = is_share(unit) or unit == "1"
    top = 1.0 if share and value <= 1 else math.inf
    size = 1.0 if share else abs(value)
    kind = "share" if share else "relative"
    slack, about = size * method(f"checks/agrees_{kind}"), size * method(f"checks/about_{kind}")
    if share:
        # three points are little of a half and much of a hundredth
        slack = min(slack, method("checks/about_relative") * abs(value))
        about = min(about, 2 * method("checks/about_relative") * abs(value))
    below = size * method("checks/nearly_share")
    spans = {
        "about": (value - about, min(value + about, top)),
        "more_than": (value, top),
        "at_least": (value, top),
        "less_than": (0.0, value),
        "at_most": (0.0, value),
        "up_to": (0.0, value),
        "nearly": (value - below, value),
    }
    low, high = spans.get(qualifier, (value - slack, value + slack))
    return Span(low, high)


def claim_span(claim: StatedClaim) -> Span:
    """Values that a claim allows, its qualifier heeded."""
    if claim.value is None:
        span = exact_span(claim)
        if is_share(claim.unit) and claim.qualifier == "nearly" and span.low == -math.inf:
            return Span(method("checks/nearly_all"), 1.0)
        return span
    is_whole = claim.value == round(claim.value)
    if claim.metric == "duration" and claim.qualifier == "none" and is_whole:
        # six years are said of six and a half
        return Span(claim.value - 0.5, claim.value + 1)
    return allowed_span(claim.value, claim.qualifier, claim.unit)


def figure_span(figure: Figure) -> Span:
    """Values that a source's figure allows."""
    if figure.low is not None and figure.high is not None:
        return Span(figure.low, figure.high)
    unit = figure.unit if figure.unit != "1" else "fraction"
    return allowed_span(figure.value, figure.qualifier, unit)


def plain_number(value: float) -> str:
    """Four digits, thousands set apart, never in powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


@lru_cache(maxsize=4096)
def period_of(text: str) -> Period | None:
    """A year, month, day or interval; None if it is none of these."""
    try:
        return parse_period(text.replace("/", "..")) if text else None
    except InputError:
        return None


def number_text(value: float, unit: str = "") -> str:
    """A number as a reader wants it: thousands set apart, shares in per cent, four digits."""
    if is_share(unit) or unit == "1":
        return f"{100 * value:.4g} %"
    found = large(value, unit)
    if found:
        return found
    shown = f"{value:g}" if unit == "ISO date" else plain_number(value)
    if unit in {"count", "ratio", "ISO date", "rank", ""}:
        return shown
    return f"{shown} {unit_word(unit)}"


def span_text(claim: StatedClaim) -> str:
    """A claim as its text has it, with its qualifier."""
    return qualified(claim.qualifier, claim.span)
