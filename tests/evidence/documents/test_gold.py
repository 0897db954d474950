"""Claims read from five articles beside those that a human reader wrote down."""

import csv
from functools import cache

import pytest
from tests.conftest import SHARED

from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.documents.claims import read_claims
from terbium.evidence.documents.score import Score, score
from terbium.evidence.documents.source import read_document
from terbium.evidence.documents.table import read_table

ARTICLES = SHARED / "documents"
LEAST = {
    **{"value": 0.95, "metric": 0.80, "material": 0.70, "stage": 0.70, "qualifier": 0.85},
    **{"date": 0.90, "year": 0.75, "translation": 0.85},
}

pytestmark = pytest.mark.shared


@cache
def read() -> tuple[StatedClaim, ...]:
    files = sorted(ARTICLES.glob("00[0-2]*.txt"))
    return tuple(claim for file in files for claim in read_claims(read_document(file)))


@cache
def scored() -> Score:
    return score(read(), read_table(ARTICLES / "claims.csv"))


def test_what_a_reader_wrote_down_is_read_and_little_else() -> None:
    assert scored().recall >= 0.90
    assert scored().precision >= 0.85


@pytest.mark.parametrize("field", LEAST)
def test_a_claim_read_says_what_the_reader_understood(field: str) -> None:
    found = scored()
    assert found.fields[field][1] > 0
    assert found.accuracy(field) >= LEAST[field], found.wrong[field]


def test_no_token_that_is_no_claim_is_taken() -> None:
    taken = read()
    with (ARTICLES / "non_claims.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    for row in rows:
        name, start = row["document"], int(row["char_offset"])
        end = start + len(row["token"])
        inside = [
            claim
            for claim in taken
            if claim.document == name and claim.char_offset < end and start < claim.end
        ]
        assert not inside, row


@pytest.mark.parametrize("number", range(5))
def test_every_span_stands_where_it_is_said_to(number: int) -> None:
    document = read_document(next(ARTICLES.glob(f"00{number}*.txt")))
    claims = read_claims(document)
    assert claims
    for claim in claims:
        assert document.text[claim.char_offset : claim.end] == claim.span
