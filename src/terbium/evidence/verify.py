"""One document checked: its claims, what was found, and both as rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from terbium.base.errors import CommandError, InputError, Problems
from terbium.evidence.checks import Checked, check_claims, with_quantities
from terbium.evidence.documents.claim import Document, StatedClaim
from terbium.evidence.documents.claims import read_claims
from terbium.evidence.documents.links import link_claims
from terbium.evidence.documents.source import KINDS, read_document
from terbium.evidence.documents.table import FORMS, read_table
from terbium.evidence.findings import KINDS as FINDING_KINDS
from terbium.evidence.findings import VERDICTS, Finding
from terbium.evidence.quantities import Figure, quantities
from terbium.evidence.store import open_store

JOINER: Final = "\u2060"
"""Fills the rest of the place of an entity; it shows nothing and does not part words."""


@dataclass(frozen=True)
class Verified:
    """A document, the claims in it and what the checks say.

    Attributes
    ----------
    document
        As it was read.
    claims
        By place, linked, with the known quantities named.
    checked
        Findings and verdicts.
    text
        What the document shows; offsets are those of the document.
    against
        Names of what else it was set against.
    """

    document: Document
    claims: Sequence[StatedClaim]
    checked: Checked
    text: str
    against: Sequence[str] = ()


def plain_text(document: Document) -> str:
    r"""What a document shows, as long as its source: markup is blank, so that offsets hold.

    Examples
    --------
    >>> from terbium.evidence.documents.source import document_of
    >>> document = document_of(b"<p>5 &lt; 6</p>", "a.html")
    >>> plain_text(document).replace(JOINER, "").strip()
    '5 < 6'
    >>> len(plain_text(document)) == len(document.text)
    True
    """
    if document.shown is None:
        return document.text
    plain = [" "] * len(document.text)
    shown = document.shown
    ends = (*shown.starts[1:], len(shown.text))
    for start, end, (first, last) in zip(shown.starts, ends, shown.sources, strict=True):
        piece = shown.text[start:end]
        # what stands for a longer range, an entity or a break, is written at its beginning
        room = min(len(piece), last - first)
        plain[first:last] = piece[:room] + JOINER * (last - first - room)
    return "".join(plain)


def verify(
    document: Document,
    against: Iterable[StatedClaim] = (),
    against_texts: Mapping[str, str] | None = None,
    names: Sequence[str] = (),
) -> Verified:
    """Read a document's claims and check each.

    Parameters
    ----------
    document
        The text.
    against
        Claims of other documents; those of this document itself are left out.
    against_texts, names
        Texts of the others, as far as they are at hand, and what to call the sources of `against`.
    """
    text = plain_text(document)
    texts = {document.name: text}
    claims = with_quantities(texts, link_claims(texts, read_claims(document)))
    others = [claim for claim in against if claim.document != document.name]
    checked = check_claims(texts, claims, others, against_texts)
    return Verified(document, tuple(claims), checked, text, tuple(names))


def verify_file(path: Path, against: Sequence[Path] = ()) -> Verified:
    """Check the claims of a file against stores, tables of claims and other documents.

    Parameters
    ----------
    path
        Text, Markdown, HTML or PDF.
    against
        Stores, tables of claims (.csv, .json, .parquet) or documents.

    Raises
    ------
    CommandError
        With everything that is wrong with any of the files.
    """
    problems = Problems()
    documents: list[Document] = []
    try:
        documents.append(read_document(path))
    except InputError as error:
        problems.extend(error.problems)
    claims, texts = _gathered(against, problems)
    problems.raise_if_any("terbium evidence verify", CommandError)
    return verify(documents[0], claims, texts, [place.name for place in against])


def gather_claims(places: Sequence[Path]) -> list[StatedClaim]:
    """Claims of stores, tables and documents, with the known quantities named.

    Raises
    ------
    CommandError
        With everything that is wrong with any of the files.
    """
    problems = Problems()
    claims, texts = _gathered(places, problems)
    problems.raise_if_any("terbium evidence show", CommandError)
    return with_quantities(texts, claims)


def _gathered(
    places: Sequence[Path], problems: Problems
) -> tuple[list[StatedClaim], dict[str, str]]:
    claims: list[StatedClaim] = []
    texts: dict[str, str] = {}
    for place in places:
        try:
            found, text = _claims_of(place)
        except InputError as error:
            problems.extend(error.problems)
            continue
        claims += found
        texts.update(text)
    return claims, texts


def _claims_of(place: Path) -> tuple[list[StatedClaim], dict[str, str]]:
    if place.suffix in FORMS:
        return read_table(place), {}
    if place.suffix.lower() in KINDS:
        other = read_document(place)
        texts = {other.name: plain_text(other)}
        return link_claims(texts, read_claims(other)), texts
    with open_store(place) as store:
        return store.claims(), {}


def summary_of(verified: Verified) -> dict[str, Any]:
    """The content of ``findings.json``: counts, verdicts by claim, findings with their sources."""
    document, checked = verified.document, verified.checked
    verdicts = [checked.verdicts[claim.document, claim.claim_id] for claim in verified.claims]
    return {
        "document": document.name,
        "document_sha256": hashlib.sha256(document.text.encode()).hexdigest(),
        "date": document.date,
        "against": list(verified.against),
        "claims": len(verified.claims),
        "verdicts": {name: verdicts.count(name) for name in VERDICTS},
        "kinds": {
            name: sum(finding.kind == name for finding in checked.findings)
            for name in FINDING_KINDS
        },
        "claim_verdicts": {
            claim.claim_id: verdict
            for claim, verdict in zip(verified.claims, verdicts, strict=True)
        },
        "findings": [
            finding_row(number, finding) for number, finding in enumerate(checked.findings, 1)
        ],
    }


def finding_row(number: int, finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it."""
    known = quantities().get(finding.quantity)
    return {
        "number": number,
        "check": finding.check,
        "kind": finding.kind,
        "verdict": finding.verdict,
        "title": finding.title,
        "quantity": finding.quantity,
        "quantity_name": known.name if known else "",
        "modelled": known.modelled if known else "",
        "claims": [
            {
                "claim_id": claim.claim_id,
                "document": claim.document,
                "char_offset": claim.char_offset,
                "span": claim.span,
                "attributed_to": claim.attributed_to,
            }
            for claim in finding.claims
        ],
        "arithmetic": finding.arithmetic,
        "remark": finding.remark,
        "sources": [figure_row(figure) for figure in finding.figures],
    }


def figure_row(figure: Figure) -> dict[str, Any]:
    """A source's figure as JSON has it."""
    return dict(vars(figure))
