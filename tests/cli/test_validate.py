"""``terbium validate`` from the command line."""

import json
from pathlib import Path

import pytest
from tests.cli.commands import call

HEADER = "id,event,value,unit,tolerance,use,role,scenario,key,key_note"
ROWS = (
    "year,e,58148,t,rel:0.02,calibrate,input,status-quo,export/RE_magnet/CHN>WLD/2024,",
    "flat,e,4846,t,rel:0.05,validate,output,status-quo,export/RE_magnet/CHN>WLD/2025-06,a note",
    "wrong,e,1000,t,rel:0.05,validate,output,status-quo,export/RE_magnet/CHN>WLD/2025-07,a note",
    "cars,e,8,days,rel:0.05,validate,output,status-quo,stop.first_days/passenger_cars/JPN/2025,",
    "price,e,1,CNY/kg,rel:0.05,validate,output,status-quo,price.fob/Nd_oxide/CHN/2025,",
    "later,e,,t,as family,validate,prospective,status-quo,export/RE_magnet/CHN>USA/2026-11,",
    "other,e,1,t,rel:0.05,validate,output,no-such,export/RE_magnet/CHN>WLD/2025-06,",
)


def table(place: Path, *rows: str) -> Path:
    path = place / "rows.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def test_rows_that_cannot_be_read_end_the_command_before_anything_runs(tmp_path: Path) -> None:
    bad = table(
        tmp_path,
        *ROWS,
        "flat,e,1,t,exact,validate,output,status-quo,export/A/CHN>USA/2025,",
        "x1,e,1,days,exact,validate,output,status-quo,export/A/CHN>USA/2025,",
        "x2,e,1,t,exact,validate,output,status-quo,export/A/CHN>USA,",
    )
    answer = call("validate", "--targets", bad, "--json")
    assert answer.code == 2
    assert answer.out == ""
    for words in ("row 'flat'", "row 'x1', unit", "row 'x2', key", "line 10"):
        assert words in answer.err
    assert "Running" not in answer.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--split", "train"), "calibrate, validate"),
        (("--scenario", "statusquo"), "did you mean 'status-quo'"),
        (("--draws", "0"), "1 or more"),
        (("--targets", "gone.csv"), "gone.csv"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: tuple[str, str], words: str) -> None:
    answer = call("validate", *options)
    assert answer.code == 2
    assert words.casefold() in answer.err.casefold()


@pytest.mark.slow
def test_a_run_is_held_against_rows(tmp_path: Path) -> None:
    path = table(tmp_path, *ROWS)
    answer = call("validate", "--targets", path, "--draws", "3", "--json", "--ledger")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    rows = {row["id"]: row for row in found["rows"]}
    assert found["statuses"] == {"evaluated": 5, "not_covered": 0, "not_modelled": 2}
    assert [rows[name]["hit"] for name in ("flat", "wrong", "cars", "year")] == [
        True, False, False, None,
    ]  # fmt: skip
    assert found["rows"][0]["hit"] is False
    assert rows["cars"]["model"] == "inf"
    assert rows["cars"]["share_of_draws"] == 0
    assert rows["later"]["reason"] == "pending"
    assert rows["year"]["model"] == pytest.approx(58148, rel=1e-3)
    assert {row["id"] for row in found["ledger"]} == {"flat", "wrong", "cars", "later"}
    printed = call("validate", "--targets", path, "--draws", "3", "--split", "validate")
    assert printed.code == 0
    assert "6 rows: 4 evaluated, 2 not modelled, 0 not covered" in printed.out
    assert printed.out.index("wrong") < printed.out.index("flat ")
    assert "never" in printed.out
    assert "a note" in printed.out
