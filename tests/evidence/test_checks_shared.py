"""What the checks find in the five articles, alone and beside one another."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from terbium.evidence.checks import Checked, check_claims
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.documents.claims import read_claims
from terbium.evidence.documents.links import link_claims
from terbium.evidence.documents.source import read_document
from terbium.evidence.findings import Finding
from terbium.evidence.verify import Verified, verify

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def alone(shared_dir: Path) -> Mapping[str, Verified]:
    files = sorted((shared_dir / "documents").glob("0*.txt"))
    return {file.name[:3]: verify(read_document(file)) for file in files}


@pytest.fixture(scope="module")
def together(shared_dir: Path) -> Checked:
    documents = [read_document(file) for file in sorted((shared_dir / "documents").glob("0*.txt"))]
    texts = {one.name: one.text for one in documents}
    claims: list[StatedClaim] = [row for one in documents for row in read_claims(one)]
    return check_claims(texts, link_claims(texts, claims))


def having(found: Checked, check: str, words: str) -> list[Finding]:
    return [
        one
        for one in found.findings
        if one.check == check and words in f"{one.title} {one.arithmetic} {one.remark}"
    ]


@pytest.mark.parametrize(
    ("name", "check", "words", "verdict"),
    [
        ("003", "implied price", "12,000 EUR / 3 kg = 4,000 EUR per kg", "implausible"),
        ("003", "implied by a rate", "5,773 t for 2025-09", "agrees"),
        ("003", "implied by a rate", "420.2 t for 2025-09", "agrees"),
        ("003", "implied by a rate", "47,774 t", "cannot be checked"),
        ("003", "rate", "+15.83 %", "agrees"),
        ("003", "each or jointly", "1 billion USD", "differs"),
        ("003", "range", "China's share of rare earth mining: 60 %, 70 %", "differs"),
        ("003", "range", "suspended in November 2025: 4, 6", "differs"),
        ("003", "sources", "The EU's dependence on Chinese rare earths: 85%", "differs"),
        ("003", "exchange rate", "22.41 JPY/CNY", "agrees"),
        ("003", "implied total", "604.7 trillion JPY", "agrees"),
        ("003", "implied total", "142,857 t", "agrees"),
        ("003", "part of a count", "23.4 %", "cannot be checked"),
        ("003", "part of a count", "9.4 %", "cannot be checked"),
        ("003", "part of an amount", "656 / 5,473 = 12.0 %", "cannot be checked"),
        ("004", "part of a count", "56 / 57 = 98.2 %", "cannot be checked"),
        ("003", "loss per day", "10 million USD", "cannot be checked"),
        ("003", "baseline", "0.0776 %", "cannot be checked"),
        ("003", "units", "75 times", "cannot be checked"),
        ("003", "same number", "5.2%", "cannot be checked"),
        ("003", "period", "+11 days", "differs"),
        ("004", "ladder", "34 + 50 = 84; the text says 104", "differs"),
        ("004", "ladder", "104 + 41 = 145", "agrees"),
        ("004", "sources", "Talks of Stockholm", "differs"),
        ("002", "orders", "116 billion USD", "cannot be checked"),
        ("001", "implied total", "2.667 billion USD", "cannot be checked"),
        ("001", "rate after a change", "20 % x (1 - 0.5) = 10 %", "agrees"),
        ("000", "translation", "90%", "differs"),
    ],
)
def test_what_a_reader_found_by_hand_is_found(
    alone: Mapping[str, Verified], name: str, check: str, words: str, verdict: str
) -> None:
    found = having(alone[name].checked, check, words)
    assert [one.verdict for one in found][:1] == [verdict]


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("range", "1987, 1992"),
        ("qualifier", "Japan's dependence on Chinese rare earths"),
        ("qualifier", "meetings of the two presidents"),
        ("scope", "dependence"),
        ("scope", "China's share of refining"),
        ("same number", "60 %"),
        ("same number", "90 %"),
        ("same number", "30 %"),
        ("ladder", "fentanyl"),
    ],
)
def test_what_only_several_articles_show_is_found(
    together: Checked, check: str, words: str
) -> None:
    assert having(together, check, words)


def test_other_scopes_are_no_contradiction(together: Checked) -> None:
    for one in together.findings:
        if one.check == "range":
            materials = {claim.material for claim in one.claims}
            assert not {"critical_minerals", "REE"} <= materials


def test_little_is_called_implausible(alone: Mapping[str, Verified]) -> None:
    worst = [
        finding
        for verified in alone.values()
        for finding in verified.checked.findings
        if finding.verdict == "implausible"
    ]
    assert [one.check for one in worst] == ["implied price"]
