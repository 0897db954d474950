"""The job ``article``: a document is read, its figures are marked and checked.

The document is parsed here, in a worker, and nowhere else. What is kept of it is what its owner
sees: the text in pieces, its claims and the findings, and tables of these to take along.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from terbium.base.calendar import parse_date
from terbium.base.errors import InputError, Problems
from terbium.base.files import atomic_write_bytes, atomic_write_text, tidy_json
from terbium.base.speech import DEFAULT, LANGUAGES, speaking
from terbium.evidence.checks import check_claims
from terbium.evidence.documents.claim import Document, StatedClaim
from terbium.evidence.documents.source import KINDS, document_of, read_bytes
from terbium.evidence.documents.table import write_table
from terbium.evidence.findings import Finding
from terbium.evidence.verify import Verified, summary_of, verify
from terbium.report.evidence import CLAIMS, FINDINGS, PAGE, render_verified
from terbium.report.evidence_view import FindingView, finding_views, first_findings, paragraphs
from terbium.results.export import csv_text, xlsx_bytes
from terbium.web.work.requests import check_fields, word
from terbium.web.work.task import Progress, Request, Task

ARTICLE_JSON: Final = "article.json"
SUMMARY: Final = "summary.json"
"""What a list of articles tells of one."""

FINDINGS_CSV: Final = "findings.csv"
WORKBOOK: Final = "article.xlsx"
FILES: Final = (CLAIMS, FINDINGS_CSV, WORKBOOK, FINDINGS, ARTICLE_JSON, PAGE)
"""What can be taken along."""

_WHERE: Final = "article"
_LONGEST_NAME: Final = 100
_STEPS: Final = 3
_CHINESE: Final = re.compile("[\u3400-\u9fff]")
_LETTER: Final = re.compile(r"\w")
_MOSTLY: Final = 0.2


def canonical(request: Request) -> dict[str, Any]:
    """The one form of all requests for the same answer.

    Parameters
    ----------
    request
        ``name`` of the file as its sender called it, ``date`` on which the document was
        published (ISO; empty: what the document itself says).

    Raises
    ------
    InputError
        With every problem of the request.
    """
    problems = Problems()
    check_fields(request, ("name", "date"), problems)
    name = re.sub(r"[\x00-\x1f\x7f]", "", word(request, "name", problems)).strip()
    name = re.split(r"[/\\]", name)[-1][-_LONGEST_NAME:]
    if Path(name).suffix.lower() not in KINDS:
        problems.add("name", f"'{name}'", ", ".join(KINDS), "name the file by what it is")
    day = word(request, "date", problems)
    if day:
        try:
            day = parse_date(day).isoformat()
        except InputError as error:
            problems.extend(error.problems)
    problems.raise_if_any(_WHERE)
    return {"name": name, "date": day}


def perform(request: Request, upload: Path | None, folder: Path, progress: Progress) -> None:
    """Write ``article.json`` and what can be taken along; see `Task.perform`."""
    if upload is None:
        raise InputError.of(
            _WHERE, "file", "nothing", "a text, a page or a PDF", "choose a file and send it"
        )
    name = str(request["name"])
    day = date.fromisoformat(request["date"]) if request["date"] else None
    document = document_of(read_bytes(upload, name), name, date=day)
    progress(0, _STEPS)
    verified = verify(document)
    progress(1, _STEPS)
    content = article_of(verified)
    progress(2, _STEPS)
    _write(verified, content, folder)
    progress(_STEPS, _STEPS)


def title(request: Request) -> str:
    """What a checked article is called in lists."""
    return str(request["name"])


def warm() -> None:
    """Read the lexicons and the tables of sources."""
    verify(Document("note.txt", "In 2024 China mined 270,000 tonnes of rare earths. 中国占69%。"))


def article_of(verified: Verified) -> dict[str, Any]:
    """The content of ``article.json``: text in pieces, claims, findings, in plain JSON."""
    summary = summary_of(verified)
    firsts = first_findings(verified)
    views = finding_views(verified)
    rows = zip(views, summary.pop("findings"), strict=True)
    return {
        **summary,
        "kind": verified.document.kind,
        "characters": len(verified.text),
        "lang": _language_of(verified.claims),
        "paragraphs": _paragraphs(verified),
        "rows": [_claim_row(verified, claim, firsts) for claim in verified.claims],
        "findings": [_finding(view, row) for view, row in rows],
        "said": _said(verified),
    }


def _language_of(claims: Sequence[StatedClaim]) -> str:
    common = Counter(claim.lang for claim in claims).most_common(1)
    return common[0][0] if common else "und"


def _paragraphs(verified: Verified) -> list[dict[str, Any]]:
    """Paragraphs as lists of pieces: text, or text with the name of its claim."""
    chinese = next((c.lang for c in verified.claims if c.lang.startswith("zh")), "zh-Hans")
    shown = []
    for paragraph in paragraphs(verified, whole=True):
        text = "".join(piece.text for piece in paragraph.pieces)
        letters = len(_LETTER.findall(text)) or 1
        is_chinese = len(_CHINESE.findall(text)) / letters > _MOSTLY
        pieces = [[p.text, p.claim] if p.claim else p.text for p in paragraph.pieces]
        shown.append({"lang": chinese if is_chinese else "en", "pieces": pieces})
    return shown


def _claim_row(
    verified: Verified, claim: StatedClaim, firsts: Mapping[str, tuple[int, Finding]]
) -> dict[str, Any]:
    number, _ = firsts.get(claim.claim_id, (0, None))
    return {
        "id": claim.claim_id,
        "start": claim.char_offset,
        "end": claim.end,
        "span": claim.span,
        "lang": claim.lang,
        "verdict": verified.checked.verdicts[claim.document, claim.claim_id],
        "finding": number,
        "quantity": claim.quantity_group,
        "entity": claim.entity,
        "material": claim.material,
        "stage": claim.stage,
        "metric": claim.metric,
        "value": claim.value,
        "low": claim.value_low,
        "high": claim.value_high,
        "unit": claim.unit,
        "qualifier": claim.qualifier,
        "time": claim.year_or_date,
        "says": claim.attributed_to,
        "repeats": claim.duplicate_of,
        "repeats_how": claim.dup_kind,
    }


def _finding(view: FindingView, row: Mapping[str, Any]) -> dict[str, Any]:
    judged = view.finding.judged or view.finding.claims
    return {
        **row,
        "is_sum": view.label == "Arithmetic",
        "judged": [claim.claim_id for claim in judged],
        "places": [
            {"claim": place.name, "before": place.before, "span": place.span, "after": place.after}
            for place in view.places
        ],
    }


def _said(verified: Verified) -> dict[str, list[list[str]]]:
    """Title, arithmetic and remark of each finding, in every language that says them otherwise."""
    texts = {verified.document.name: verified.text}
    english = [_sentences(finding) for finding in verified.checked.findings]
    found = {}
    for tag in LANGUAGES:
        if tag == DEFAULT:
            continue
        with speaking(tag):
            checked = check_claims(texts, list(verified.claims))
        said = [_sentences(finding) for finding in checked.findings]
        if said != english:
            found[tag] = said
    return found


def _sentences(finding: Finding) -> list[str]:
    return [finding.title, finding.arithmetic, finding.remark]


def _write(verified: Verified, content: Mapping[str, Any], folder: Path) -> None:
    findings = list(_finding_rows(content))
    claims = [{key: row[key] for key in row} for row in content["rows"]]
    atomic_write_text(folder / FINDINGS_CSV, csv_text(findings, _COLUMNS))
    notes = {
        "claims": "every figure as it was read, with its verdict",
        "findings": "what was found of them, the gravest first, one row for each source",
    }
    tables = {"claims": claims, "findings": findings}
    columns = {"findings": _COLUMNS, "claims": list(claims[0]) if claims else ["id"]}
    atomic_write_bytes(folder / WORKBOOK, xlsx_bytes(tables, notes, columns))
    write_table(verified.claims, folder / CLAIMS)
    atomic_write_text(folder / FINDINGS, tidy_json(summary_of(verified)))
    atomic_write_text(folder / PAGE, render_verified(verified))
    atomic_write_text(folder / ARTICLE_JSON, tidy_json(content))
    short = {key: content[key] for key in ("document", "date", "claims", "verdicts", "characters")}
    atomic_write_text(folder / SUMMARY, tidy_json(short))


_COLUMNS: Final = (
    *("number", "verdict", "kind", "check", "title", "arithmetic", "remark", "quantity", "claims"),
    *("source_value", "source_low", "source_high", "source_unit", "source_as_of", "source_scope"),
    *("source", "publisher", "published", "origin", "source_class", "licence"),
)


def _finding_rows(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each finding and source; a finding without sources has one."""
    for finding in content["findings"]:
        row = {key: finding[key] for key in _COLUMNS[:8]}
        row["claims"] = "; ".join(claim["claim_id"] for claim in finding["claims"])
        for source in finding["sources"] or [{}]:
            yield row | {
                **{f"source_{key}": source.get(key) for key in ("value", "low", "high", "unit")},
                "source_as_of": source.get("as_of"),
                "source_scope": source.get("scope"),
                **{
                    key: source.get(key)
                    for key in (
                        *("source", "publisher", "published", "origin", "source_class"),
                        "licence",
                    )
                },
            }


ARTICLE: Final = Task("article", "quick", canonical, perform, warm, title)
