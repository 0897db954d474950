"""The work of ``terbium evidence verify``."""

from collections.abc import Sequence
from pathlib import Path

from terbium.cli.output import Columns, note, print_json, print_table, say
from terbium.evidence.findings import Finding
from terbium.evidence.verify import summary_of, verify_file
from terbium.report.evidence import save_verified
from terbium.report.evidence_view import SYMBOLS

_HEADINGS: Columns = {"": "left", "Verdict": "left", "Kind": "left", "Finding": "left"}


def verify_document(
    document: Path, against: Sequence[Path], out: Path | None, is_json: bool
) -> None:
    """Check a document, write its folder and print what was found."""
    note(f"Reading {document.name}.")
    verified = verify_file(document, against)
    place = out or Path("out") / f"evidence-{document.stem}"
    page = save_verified(verified, place)
    summary = summary_of(verified)
    if is_json:
        print_json({**summary, "page": str(page)})
        return
    rows = [
        (SYMBOLS[finding.verdict], finding.verdict, finding.kind, _told(finding))
        for finding in verified.checked.findings
        if finding.verdict in {"implausible", "differs"}
    ]
    counted = ", ".join(f"{number} {name}" for name, number in summary["verdicts"].items())
    print_table(f"{document.name}: {summary['claims']} claims: {counted}", _HEADINGS, rows)
    say(f"Page: {page}")


def _told(finding: Finding) -> str:
    return f"{finding.title} ({finding.arithmetic})" if finding.arithmetic else finding.title
