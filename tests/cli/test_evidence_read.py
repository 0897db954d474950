"""``terbium evidence read`` and ``score``."""

import csv
import json
from pathlib import Path

import pytest
from tests.cli.commands import call

TEXT = "China supplied about 90% of the world's rare earths in 2024.\n价格在6个月内上涨了三成。\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_read_writes_every_claim_with_its_place(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "claims.csv"
    answer = call("evidence", "read", article, "--out", out, "--date", "2025-06-01")
    assert answer.code == 0, answer.err
    assert "By metric:" in answer.out
    found = rows(out)
    assert [row["span"] for row in found] == ["90%", "2024", "6个月", "三成"]
    for row in found:
        start = int(row["char_offset"])
        assert TEXT[start : start + len(row["span"])] == row["span"]
    assert (found[0]["value"], found[0]["qualifier"]) == ("0.9", "about")


def test_read_prints_json(article: Path) -> None:
    answer = call("evidence", "read", article, "--json")
    told = json.loads(answer.out)
    assert [row["metric"] for row in told] == ["share", "date", "duration", "change"]


def test_a_text_scores_full_against_itself(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "claims.csv"
    call("evidence", "read", article, "--out", out)
    told = json.loads(call("evidence", "score", out, out, "--json").out)
    assert told["recall"] == told["precision"] == 1
    assert told["missed"] == told["extra"] == []
    table = call("evidence", "score", out, out)
    assert "precision" in table.out


def test_what_is_missed_and_extra_is_listed(article: Path, tmp_path: Path) -> None:
    out, gold = tmp_path / "claims.csv", tmp_path / "gold.csv"
    call("evidence", "read", article, "--out", out)
    lines = out.read_text(encoding="utf-8").splitlines()
    gold.write_text("\n".join([*lines[:2], lines[3]]) + "\n", encoding="utf-8")
    answer = call("evidence", "score", out, gold)
    assert "Not in the gold table: 2" in answer.out
    answer = call("evidence", "score", gold, out)
    assert "Missed: 2" in answer.out


def test_all_problems_are_told_at_once_and_nothing_is_written(
    article: Path, tmp_path: Path
) -> None:
    out = tmp_path / "claims.doc"
    answer = call("evidence", "read", article, article, "--out", out, "--date", "soon")
    assert answer.code == 2
    assert "3 problem(s)" in answer.err
    missing = call("evidence", "read", article, tmp_path / "no.txt", "--out", tmp_path / "c.csv")
    assert missing.code == 2
    assert "no.txt" in missing.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["article.txt"]


def test_a_topic_that_no_row_has_is_named(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "claims.csv"
    call("evidence", "read", article, "--out", out)
    answer = call("evidence", "score", out, out, "--topic", "cores")
    assert answer.code == 2
    assert "'cores'" in answer.err
