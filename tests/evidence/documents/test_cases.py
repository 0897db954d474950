"""Sentences of our own in three scripts, with what a reader takes from each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from terbium.evidence.documents.claim import Document, StatedClaim
from terbium.evidence.documents.claims import read_claims

CASES = Path(__file__).parents[2] / "cases" / "claims.yaml"
LANGUAGES = {"en": "en", "zh": "zh-Hans", "zh-Hant": "zh-Hant"}


@dataclass(frozen=True)
class Case:
    lang: str
    text: str
    day: date
    claims: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return f"{self.lang}: {self.text[:40]}"


def cases() -> Iterator[Case]:
    for row in YAML(typ="safe").load(CASES.read_text(encoding="utf-8")):
        lang = next(name for name in LANGUAGES if name in row)
        claims = tuple(
            tuple(cell.strip() for cell in str(claim).split("|")) for claim in row["claims"]
        )
        yield Case(lang, row[lang], row["day"], claims)


def numbers(cell: str) -> tuple[float | None, float | None, float | None]:
    """Value, low and high of ``5``, ``3..5``, ``20..`` or ``-``."""
    if cell == "-":
        return None, None, None
    if ".." in cell:
        low, _, high = cell.partition("..")
        return None, float(low), float(high) if high else None
    return float(cell), None, None


def told(claim: StatedClaim) -> dict[str, Any]:
    return {
        "metric": claim.metric,
        "value": (claim.value, claim.value_low, claim.value_high),
        "unit": claim.unit,
        "qualifier": claim.qualifier,
        "date": claim.year_or_date,
    }


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_a_sentence_gives_the_claims_a_reader_takes(case: Case) -> None:
    found = read_claims(Document("case.txt", case.text, date=case.day))
    assert [claim.span for claim in found] == [claim[0] for claim in case.claims]
    for claim, (_, *cells) in zip(found, case.claims, strict=True):
        got = told(claim)
        for (name, value), cell in zip(got.items(), cells, strict=False):
            if cell == "~":
                continue
            if name == "value":
                assert value == pytest.approx(numbers(cell)), f"{claim.span}: {name}"
            else:
                assert str(value) == cell, f"{claim.span}: {name}"


def test_there_are_enough_sentences_in_each_script() -> None:
    counts = {lang: sum(case.lang == lang for case in cases()) for lang in LANGUAGES}
    assert sum(counts.values()) >= 40
    assert min(counts.values()) >= 7
