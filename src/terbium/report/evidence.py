"""The page of a checked document: the text with every figure marked, findings, sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terbium.base.files import atomic_dir, atomic_write_text, tidy_json
from terbium.base.version import __version__
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.documents.table import write_table
from terbium.evidence.findings import Verdict, number_text
from terbium.evidence.quantities import quantities
from terbium.evidence.verify import Verified, summary_of
from terbium.report.blocks import Section, Text
from terbium.report.evidence_view import (
    SYMBOLS,
    FindingView,
    counts,
    css_class,
    finding_views,
    paragraphs,
)
from terbium.report.page import template
from terbium.report.words import count

PAGE, CLAIMS, FINDINGS = "report.html", "claims.csv", "findings.json"

_OTHERS = (
    ("Other scope, traps: figures that look alike and are not one", "cannot be checked", True),
    ("Figures that agree with a source or with one another", "agrees", False),
    ("What figures imply, and what nobody here can check", "cannot be checked", False),
)
_APART = frozenset({"other scope", "trap"})
_LIMITS = (
    "Claims are read by rule: one that the rules do not know is not on this page, and one that "
    "they misread is checked as it was misread. The text shows where each stands.",
    "A claim that no check reached cannot be checked here; whether it is true is another matter.",
    "Sources with one origin count once. A text, and the column it quotes, bear no witness for "
    "themselves; press reports and columns alone do not make a figure agree.",
    "Figures on other dates, denominators or scopes are shown beside a claim and are no "
    "contradiction.",
    "Plausible ranges are wide on purpose: outside them lies an error, or news.",
)


def save_verified(verified: Verified, out: Path) -> Path:
    """Write the page, the claims and the findings into a folder that appears whole.

    Parameters
    ----------
    verified
        A document that was checked.
    out
        The folder; one that an earlier call has written is replaced.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    OutputError
        If the folder holds anything else, or cannot be written.
    """
    with atomic_dir(out, replaces=FINDINGS) as folder:
        atomic_write_text(folder / PAGE, render_verified(verified))
        write_table(verified.claims, folder / CLAIMS)
        atomic_write_text(folder / FINDINGS, tidy_json(summary_of(verified)))
    return out / PAGE


@dataclass(frozen=True)
class _Tally:
    verdict: Verdict
    count: int

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.verdict]

    @property
    def kind(self) -> str:
        return css_class(self.verdict)


def render_verified(verified: Verified) -> str:
    """Make the page of a checked document.

    Parameters
    ----------
    verified
        A document that was checked.

    Returns
    -------
    str
        A whole HTML document, without script and without network; everything that comes from the
        document is escaped.
    """
    views = finding_views(verified)
    failures = [one for one in views if one.finding.verdict in {"implausible", "differs"}]
    rest = [one for one in views if one not in failures]
    summary = summary_of(verified)
    return template("evidence.html.j2").render(
        title=verified.document.name,
        question=_question(verified, failures),
        code_version=__version__,
        sha256=summary["document_sha256"],
        against=verified.against,
        tally=[_Tally(verdict, number) for verdict, number in counts(verified)],
        sections=_sections(verified),
        failures=failures,
        others=[(title, _chosen(rest, verdict, apart)) for title, verdict, apart in _OTHERS],
        paragraphs=paragraphs(verified),
        claims=[_claim_row(verified, claim) for claim in verified.claims],
        lang=_language(verified),
    )


def _chosen(rest: list[FindingView], verdict: str, apart: bool) -> list[FindingView]:
    return [
        one
        for one in rest
        if (one.finding.verdict == verdict or (apart and one.finding.kind in _APART))
        and (one.finding.kind in _APART and one.finding.verdict != "agrees") == apart
    ]


def _question(verified: Verified, failures: list[FindingView]) -> str:
    claims = count(len(verified.claims), "figure")
    if not verified.claims:
        return "No figure was read in this text."
    if not failures:
        return f"{claims} read; none is contradicted."
    worst = failures[0].finding.title
    return f"{claims} read, {count(len(failures), 'finding')} against them. First: {worst}."


def _sections(verified: Verified) -> list[Section]:
    shown = "all of it" if not _is_cut(verified) else "the paragraphs that hold figures"
    return [
        Section("findings", "Findings", "The gravest first; each leads to its place.", ()),
        Section(
            "text", "The text",
            f"Here {shown}. Every figure is a link to what was found of it: "
            + ", ".join(f"{sign} {verdict}" for verdict, sign in SYMBOLS.items()) + ".", (),
        ),
        Section("claims", "Claims", "Every figure as it was read, in the order of the text.", ()),
        Section("limits", "What this page does not say", "However exact the arithmetic.",
                [Text(_LIMITS, listed=True)]),
    ]  # fmt: skip


def _is_cut(verified: Verified) -> bool:
    return any(paragraph.is_gap for paragraph in paragraphs(verified))


def _language(verified: Verified) -> str:
    """The language of most claims, for fonts and hyphens; ``und`` without any."""
    common = Counter(claim.lang for claim in verified.claims).most_common(1)
    return common[0][0] if common else "und"


def _claim_row(verified: Verified, claim: StatedClaim) -> dict[str, Any]:
    verdict = verified.checked.verdicts[claim.document, claim.claim_id]
    known = quantities().get(claim.quantity_group)
    about = [part for part in (claim.entity, claim.material, claim.stage) if part not in _EMPTY]
    return {
        "id": claim.claim_id,
        "verdict": verdict,
        "symbol": SYMBOLS[verdict],
        "kind": css_class(verdict),
        "span": claim.span,
        "about": known.name if known else f"{', '.join(about)}: {claim.metric}".lstrip(": "),
        "value": _value(claim),
        "time": claim.year_or_date.replace("/", " to "),
        "says": _says(claim),
    }


_EMPTY = frozenset({"", "none", "other"})


def _value(claim: StatedClaim) -> str:
    words = "" if claim.qualifier == "none" else f"{claim.qualifier.replace('_', ' ')} "
    if claim.metric == "date":
        return f"{words}{claim.year_or_date}"
    if claim.value is None:
        bounds = [x for x in (claim.value_low, claim.value_high) if x is not None]
        shown = " to ".join(number_text(bound, claim.unit) for bound in bounds)
        return f"{words}{shown or 'no number'}"
    return f"{words}{number_text(claim.value, claim.unit)}"


def _says(claim: StatedClaim) -> str:
    who = claim.attributed_to or "the author"
    if claim.duplicate_of:
        return f"{who}; {claim.dup_kind} of {claim.duplicate_of}"
    return who
