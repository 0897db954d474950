"""Cases that a lawyer would know the answer to: our own, and the shared ones with their scorer."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import call
from tests.policy.scoring import FOLD, is_explained, is_right

from terbium.base.errors import MeasureError
from terbium.policy.answers import Decision
from terbium.policy.authored import read_yaml_file
from terbium.policy.check import check

CASES = Path(__file__).parents[1] / "cases" / "decisions.yaml"


def own_cases() -> list[dict[str, Any]]:
    return list(read_yaml_file(CASES, CASES.name, MeasureError).data)


def ask(case: dict[str, Any], **changes: Any) -> Decision:
    origin, exporter, destination = (part.strip() for part in case["way"].split(">"))
    home = "us_ear" if origin == "US" else "cn_dual_use"
    regime = case.get("regime", home)
    facts = {
        "item": case["item"],
        "on": case["on"],
        "content": case.get("content", ""),
        "origin": origin,
        "exporter": exporter,
        "destination": destination,
        "end_use": case["use"],
        "end_user": case["user"],
        "known_on": case.get("known_on", ""),
        "regime": "" if regime == "all" else regime,
    }
    return check(**(facts | changes))


def test_there_are_cases_of_every_status() -> None:
    cases = own_cases()
    assert len(cases) > 120
    assert {case["is"] for case in cases} == set(FOLD)


@pytest.mark.parametrize(
    "case", own_cases(), ids=lambda case: f"{case['why']} ({case['item']}, {case['on']})"
)
def test_own_case(case: dict[str, Any]) -> None:
    answer = ask(case)
    assert answer.status == case["is"], answer.answer.reason
    if "by" in case:
        assert case["by"] in answer.answer.measures, answer.answer.reason


@pytest.mark.parametrize("status", sorted(FOLD))
def test_the_words_of_an_answer(status: str) -> None:
    case = next(case for case in own_cases() if case["is"] == status)
    found = ask(case).to_dict()
    said = str(found["said"])
    assert "2026-09-18" in said
    assert "Not legal advice." in said
    held = "No requirement found in this register (evidence to 2026-09-18) for the facts you gave."
    assert (held in said) == (status == "none")
    if status == "unknown":
        assert found["questions"]
        assert "Cannot be decided" in said


def shared_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "policy" / "check_cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
@pytest.mark.parametrize("ending", ["csv", "json"])
def test_all_shared_cases_are_right(shared_dir: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"answers.{ending}"
    answer = call("check", "--batch", shared_dir / "policy" / "check_cases.csv", "--out", out)
    assert answer.code == 0, answer.err
    if ending == "csv":
        with out.open(encoding="utf-8", newline="") as file:
            found = {row["case_id"]: row for row in csv.DictReader(file)}
    else:
        found = json.loads(out.read_text(encoding="utf-8"))
    rows = shared_rows(shared_dir)
    assert list(found) == [row["case_id"] for row in rows]
    scored = {
        row["case_id"]: (row, found[row["case_id"]]["status"], _measures(found[row["case_id"]]))
        for row in rows
    }
    wrong = [name for name, (row, *said) in scored.items() if not is_right(row, *said)]
    assert wrong == []
    unexplained = [name for name, (row, *said) in scored.items() if not is_explained(row, *said)]
    assert unexplained == []


def _measures(row: dict[str, str]) -> list[str]:
    return row["measure_id"].split(";")


@pytest.mark.shared
def test_most_presumptions_agree(shared_dir: Path) -> None:
    """Reported apart from right and wrong; most of them are the same word."""
    rows = [row for row in shared_rows(shared_dir) if row["presumption"]]
    agree = 0
    for row in rows:
        answer = check(
            row["item"], row["date"], content=row["element_content"], origin=row["origin"],
            exporter=row["exporter_location"], destination=row["destination"],
            end_use=row["end_use"], end_user=row["end_user_type"], known_on=row["known_on"],
            regime=row["regime"],
        )  # fmt: skip
        agree += answer.answer.presumption == row["presumption"]
    assert agree / len(rows) > 0.9, f"{agree} of {len(rows)}"
