import csv
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terbium.base.errors import InputError
from terbium.evidence.documents.claim import COLUMNS, StatedClaim
from terbium.evidence.documents.table import (
    claims_csv,
    guard,
    read_table,
    unguard,
    write_table,
)

PLAIN = StatedClaim("a-1", "a.txt", 3, "90 %", "en", metric="share", value=0.9, unit="fraction")
SPANS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
STARTS = st.sampled_from(["", "=", "+", "-", "@", "'", "''=", "'+", "\t=", "\r", '"', ","])
NUMBERS = st.none() | st.floats(-1e15, 1e15).map(lambda number: float(f"{number:.12g}"))


@settings(max_examples=200, deadline=None)
@given(STARTS, SPANS, st.sampled_from(["", "|cmd", "(A1)", "!x"]))
def test_a_guarded_cell_gives_itself_back_and_runs_nothing(start: str, text: str, end: str) -> None:
    cell = start + text + end
    guarded = guard(cell)
    assert unguard(guarded) == cell
    assert guarded[:1] not in ("=", "@", "\t", "\r")
    assert guarded[:1] not in ("+", "-") or not set("(|!") & set(guarded)


@settings(max_examples=30, deadline=None)
@given(STARTS, SPANS, NUMBERS, NUMBERS)
def test_csv_gives_back_every_claim(
    start: str, text: str, value: float | None, low: float | None
) -> None:
    folder = Path(tempfile.mkdtemp())
    claim = replace(PLAIN, span=start + text, note=text, value=value, value_low=low)
    write_table([claim], folder / "c.csv")
    assert read_table(folder / "c.csv") == [claim]


@pytest.mark.parametrize("name", ["c.csv", "c.json", "c.parquet"])
def test_every_form_gives_back_the_same(tmp_path: Path, name: str) -> None:
    claims = [PLAIN, replace(PLAIN, claim_id="a-2", span="=2+2\n稀土", value=None, value_high=2e-9)]
    write_table(claims, tmp_path / name)
    assert read_table(tmp_path / name) == claims
    write_table([], tmp_path / name)
    assert read_table(tmp_path / name) == []


def test_a_negative_share_keeps_its_span_byte_true() -> None:
    rows = list(csv.reader(io.StringIO(claims_csv([replace(PLAIN, span="-5%", value=-0.05)]))))
    assert rows[0] == list(COLUMNS)
    assert rows[1][COLUMNS.index("span")] == "-5%"
    assert rows[1][COLUMNS.index("value")] == "-0.05"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(
        "claim_id,document,char_offset,span,lang,metric,value\n"
        "A,d,-1,,en,shre,x\nA,d,1,x,fr,share,nan\nB,d\n"
    )
    with pytest.raises(InputError) as told:
        read_table(path)
    text = str(told.value)
    for said in ("did you mean 'share'", "column span", "'-1'", "'fr'", "'nan'", "'x'", "2 cells"):
        assert said.lower() in text.lower()
    assert "'A' again (before: row 2)" in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.csv", b"claim_id,document,span,qualifer\n", "no 'char_offset'.*mean 'qualifier'"),
        ("c.csv", b'claim_id,"document\n', "quotation marks"),
        ("c.json", b"{}", "no list of objects"),
        ("c.json", b"[1,", "Allowed: JSON"),
        ("c.parquet", b"PAR1", "a table of claims"),
        ("c.xlsx", b"", "the ending '.xlsx'"),
    ],
)  # fmt: skip
def test_a_broken_table_is_bad_input(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as told:
        read_table(tmp_path / name)
    assert re.search(said, str(told.value), re.DOTALL | re.IGNORECASE)


def test_a_table_that_a_chinese_spreadsheet_saved(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(
        claims_csv([replace(PLAIN, span="九成", subject="中国的稀土在全世界的份额")]).encode(
            "gb18030"
        )
    )
    assert read_table(tmp_path / "c.csv")[0].span == "九成"
