"""``terbium check``: one case, files of cases, and what it must not wait for."""

import csv
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.commands import call
from tests.policy.test_wording import rows_of_own

import terbium
from terbium.policy.batch import ANSWER_COLUMNS, answer_cases, read_cases, write_answers
from terbium.policy.decide import built_in_decider
from terbium.policy.facts import read_facts

HOLMIUM = (
    "check", "--item", "Holmium metal", "--origin", "CN", "--exporter", "CN", "--destination",
    "US", "--end-use", "laser crystals", "--end-user", "civilian", "--regime", "cn_dual_use",
)  # fmt: skip


def test_a_case_is_told_in_words() -> None:
    answer = call(*HOLMIUM, "--on", "2025-11-20")
    assert (answer.code, answer.err) == (0, "")
    for phrase in (
        "Suspended: CN-REE5-2025-57 (1C909)", "Evidence of the register to 2026-09-18",
        "Not legal advice.", "Next change  2026-11-11: licence_case_by_case",
        "paused by CN-SUSP-2025-70 from 2025-11-07",
    ):  # fmt: skip
        assert phrase in " ".join(answer.out.split("\n             ")).replace("\n", " "), phrase


def test_past_the_evidence_both_branches_are_named() -> None:
    answer = call(*HOLMIUM, "--on", "2026-11-20")
    assert "By its text CN-REE5-2025-57 (1C909) is in force again" in answer.out
    assert "If pauses hold: suspended (CN-REE5-2025-57)" in answer.out
    assert "If pauses lapse: licence_case_by_case (CN-REE5-2025-57)" in answer.out
    assert "lies after the evidence date" in answer.out.replace("\n", " ")


def test_json_says_the_same_as_the_python_face() -> None:
    answer = call(*HOLMIUM, "--on", "2025-11-20", "--known-on", "2025-10-20", "--json")
    found = json.loads(answer.out)
    assert found["status"] == "licence_case_by_case"
    assert found["known_on"] == "2025-10-20"
    decision = terbium.check(
        "Holmium metal", "2025-11-20", origin="CN", exporter="CN", destination="US",
        end_use="laser crystals", end_user="civilian", regime="cn_dual_use", known_on="2025-10-20",
    )  # fmt: skip
    assert found["measures"] == list(decision.answer.measures)
    assert found["binding"][0]["legal_ref"] == "MOFCOM/GAC Announcement 57 of 2025"


def test_the_trace_says_of_every_act_why_it_does_not_apply() -> None:
    answer = call(*HOLMIUM, "--on", "2025-11-20", "--trace", "--json")
    lines = json.loads(answer.out)["trace"]
    acts = {line["measure"] for line in lines}
    assert acts == set(built_in_decider().book.measures)
    for line in lines:
        assert line["why"] or line["applies"] == "yes", line
    said = {(line["measure"], line["paragraph"]): line["why"] for line in lines}
    assert said["CN-JP-2010-INFORMAL", ""] == "informal: no binding act"
    assert said["CN-GAGE-2023-23", "gallium metal"] == "it holds no Ga"
    assert "suspended from 2025-11-07 to 2026-11-10" in said["CN-REE5-2025-57", "1C909"]
    text = call(*HOLMIUM, "--on", "2025-11-20", "--trace").out
    assert "CN-US-DUALUSE-2024-46-P1" in text


def test_what_cannot_be_read_is_bad_input_with_all_problems() -> None:
    answer = call(*HOLMIUM, "--on", "2025-02-30", "--destination", "Atlantis", "--purity", "4N")
    assert answer.code == 2
    assert "2 problem(s)" in answer.err
    assert "date: seen '2025-02-30'" in answer.err
    assert "destination: seen 'Atlantis'" in answer.err
    assert call("check", "--item", "x").code == 2
    assert "say on which day" in call("check", "--item", "x").err.casefold()
    wrong = call(*HOLMIUM, "--on", "2025-11-20", "--value-share", "some")
    assert "value_share: seen 'some'" in wrong.err
    assert "Did you mean 'cn_dual_use'?" in call(*HOLMIUM[:-1], "cn_dual_us", "--on", "2025-1").err


def test_batch_and_out_go_together(tmp_path: Path) -> None:
    assert "give --out too" in call("check", "--batch", tmp_path / "cases.csv").err.casefold()
    assert "give --batch too" in call("check", "--out", tmp_path / "a.csv").err.casefold()
    cases = write(tmp_path, [{"case_id": "A", "date": "2025-06-01", "item": "Dy2O3"}])
    assert "'.txt'" in call("check", "--batch", cases, "--out", tmp_path / "a.txt").err
    gone = call("check", "--batch", tmp_path / "none.csv", "--out", tmp_path / "a.csv")
    assert gone.code == 2
    assert "No such file" in gone.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.csv"]


def write(place: Path, rows: list[dict[str, str]]) -> Path:
    path = place / "cases.csv"
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WAY = {
    "origin": "CN", "exporter_location": "CN", "destination": "US", "end_use": "magnets",
    "end_user_type": "civilian", "regime": "cn_dual_use",
}  # fmt: skip


def test_broken_rows_are_listed_and_the_others_answered(tmp_path: Path) -> None:
    rows = [{"case_id": f"K{n}", "item": "Dy2O3", "date": "2025-06-01", **WAY} for n in range(60)]
    rows[7]["date"] = "2025-06-31"
    rows[30]["destination"] = "Atlantis"
    out = tmp_path / "answers.csv"
    answer = call("check", "--batch", write(tmp_path, rows), "--out", out)
    assert answer.code == 0
    assert "58 case(s) answered" in answer.out
    assert "row 8, case K7, date: seen '2025-06-31'" in answer.err
    assert "row 31, case K30, destination: seen 'Atlantis'" in answer.err
    found = read(out)
    assert [row["case_id"] for row in found] == [row["case_id"] for row in rows]
    assert tuple(found[0]) == ANSWER_COLUMNS
    assert {row["status"] for row in found} == {"licence_case_by_case", "unknown"}
    assert found[7]["status"] == found[30]["status"] == "unknown"
    assert "calendar has" in found[7]["unknowns"]


def test_json_is_keyed_by_case(tmp_path: Path) -> None:
    rows = [
        {"case_id": "A", "item": "Dy2O3", "date": "2025-06-01", **WAY},
        {"case_id": "B", "item": "氧化镧", "date": "2025-06-01", **WAY, "regime": ""},
    ]
    out = tmp_path / "answers.json"
    assert call("check", "--batch", write(tmp_path, rows), "--out", out).code == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert list(found) == ["A", "B"]
    assert found["A"]["measure_id"] == "CN-REE-2025-18"
    assert found["B"]["regimes"]["cn_dual_use"]["status"] == "none"
    assert found["B"]["regimes"]["cn_trade"]["status"] == "licence_case_by_case"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_cell_is_run_as_a_formula(tmp_path: Path, text: str) -> None:
    rows = [{"case_id": text, "item": text, "date": "2025-06-01", "party_name": text, **WAY}]
    out = tmp_path / "answers.csv"
    assert write_answers(write(tmp_path, rows), out).count == 1
    for row in read(out):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_columns_that_say_nothing_are_told(tmp_path: Path) -> None:
    rows = [{"case_id": "A", "itm": "Dy2O3", "supplier": "X", "date": "2025-06-01", **WAY}]
    answer = call("check", "--batch", write(tmp_path, rows), "--out", tmp_path / "a.csv")
    assert answer.code == 0
    assert "the column 'itm' says nothing here; did you mean 'item'?" in answer.err
    assert "the column 'supplier' says nothing here" in answer.err
    without = write(tmp_path, [{"case_id": "A", "item": "Dy2O3"}])
    answer = call("check", "--batch", without, "--out", tmp_path / "b.csv")
    assert (answer.code, "no column 'date'" in answer.err) == (2, True)
    assert not (tmp_path / "b.csv").exists()


def test_names_of_options_are_columns_too(tmp_path: Path) -> None:
    row = {"case_id": "A", "item": "magnet", "content": "Sm 25% Co 50%", "on": "2025-06-01",
           "origin": "CN", "exporter": "CN", "destination": "FR", "end_user": "civilian",
           "end_use": "actuators", "regime": "cn_dual_use"}  # fmt: skip
    out = tmp_path / "a.csv"
    assert call("check", "--batch", write(tmp_path, [row]), "--out", out).code == 0
    assert read(out)[0]["status"] == "licence_case_by_case"


def test_a_file_needs_no_more_room_than_a_row() -> None:
    """Cases are answered as they are read: of an endless file the first come at once."""

    def endless() -> Iterator[dict[str, str]]:
        for number in itertools.count():
            yield {"case_id": str(number), "item": f"Dy2O3 lot {number}", "date": "2025-06-01"}

    first = list(itertools.islice(answer_cases(endless()), 5))
    assert [one.case_id for one in first] == list("01234")


def test_rows_without_a_key_have_their_number(tmp_path: Path) -> None:
    path = write(tmp_path, [{"item": "Dy2O3", "date": "2025-06-01"}] * 2)
    with path.open(encoding="utf-8", newline="") as file:
        found = [one.case_id for one in answer_cases(read_cases(file, "cases.csv", []))]
    assert found == ["row 1", "row 2"]


LIGHT = """
import sys
from terbium.cli.guard import guarded
from terbium.cli.main import commands
code = guarded(lambda: commands(sys.argv[1:]))
heavy = ("numpy", "pydantic", "ruamel", "rich", "pandas", "numba", "scipy", "terbium.engine")
found = [name for name in heavy if name in sys.modules]
sys.exit(f"{code} {found}" if code or found else 0)
"""


def test_check_loads_neither_the_engine_nor_what_reads_yaml() -> None:
    """It answers while those would still be loading."""
    command = [sys.executable, "-c", LIGHT, *HOLMIUM, "--on", "2025-11-20"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def test_decisions_are_quick() -> None:
    """Many a second once all is loaded; the bound leaves room for a machine five times slower."""
    facts = [read_facts(row) for row in rows_of_own()]
    decider = built_in_decider()
    for one in facts:
        decider.decide(one)
    started = time.process_time()
    count = 0
    while count < 1000:
        for one in facts:
            decider.decide(one)
            count += 1
    assert count / (time.process_time() - started) > 200
