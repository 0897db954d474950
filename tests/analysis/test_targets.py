import csv
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from terbium.analysis.targets import Target, read_targets, targets_from
from terbium.base.errors import InputError

HEADER = "id,event,observable,value,unit,tolerance,use,role,scenario,key,key_note"
GOOD = "r1,an episode,what,12.50,t,rel:0.1,validate,output,april-2025,export/A/CHN>USA/2025-05,"


def read(*lines: str) -> tuple[Target, ...]:
    reader = csv.DictReader(StringIO("\n".join((HEADER, *lines))))
    rows = [(number, row) for number, row in enumerate(reader, 2)]
    return targets_from(rows, reader.fieldnames or (), "rows.csv")


def test_a_row_is_read() -> None:
    (row,) = read(GOOD)
    assert (row.id, row.episode, row.value, row.digits) == ("r1", "an episode", 12.5, 2)
    assert (row.entry, row.tolerance.kind, row.tolerance.size) == ("t", "rel", 0.1)
    assert row.key is not None
    assert row.key.quantity == "export"


def test_a_row_without_a_key_is_not_checked_for_its_unit() -> None:
    (row,) = read("r1,e,o,2017,year,abs:1,validate,external,,,")
    assert row.key is None
    assert row.entry == ""


def test_what_no_machine_needs_may_say_anything() -> None:
    (row,) = read("r1,e,o,about 5,t,wide,,external,,,")
    assert (row.value, row.use, row.tolerance.kind) == (None, "", "as family")


def test_a_forecast_needs_no_value() -> None:
    (row,) = read("r1,e,o,,t,as family,validate,prospective,s,export/A/CHN>USA/2026,")
    assert row.value is None
    assert row.tolerance.kind == "as family"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("r2,e,o,1,t,exact,validate,output,s,export/A/CHN>USA,", "a period"),
        ("r2,e,o,1,days,exact,validate,output,s,export/A/CHN>USA/2025,", "measures time"),
        ("r2,e,o,1,working days,exact,validate,output,s,stop.first_days/A/USA/2025,", "working"),
        ("r2,e,o,1,EUR,exact,validate,output,s,export/A/CHN>USA/2025,", "one of t, kg"),
        ("r2,e,o,1,t,exact,validate,output,s,stock/A/USA/2025/gap:price.fob,", "per USD/kg"),
        ("r1,e,o,1,t,exact,validate,output,s,export/A/CHN>USA/2025,", "the id 'r1' 2 times"),
        (",e,o,1,t,exact,validate,output,s,export/A/CHN>USA/2025,", "no id"),
        ("r2,e,o,much,t,exact,validate,output,s,export/A/CHN>USA/2025,", "'much'"),
        ("r2,e,o,nan,t,exact,validate,output,s,export/A/CHN>USA/2025,", "'nan'"),
        ("r2,e,o,1,t,about:2,validate,output,s,export/A/CHN>USA/2025,", "rel:x"),
        ("r2,e,o,1,t,rel:-1,validate,output,s,export/A/CHN>USA/2025,", "rel:x"),
        ("r2,e,o,1,t,exact,validate,outptu,s,export/A/CHN>USA/2025,", "Did you mean 'output'"),
        ("r2,e,o,1,t,exact,validate,output,s,export/A/CHN>USA/2025-05-05,", "the single day"),
    ],
)
def test_what_cannot_be_read_is_named(line: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(GOOD, line)


def test_all_problems_are_named_at_once() -> None:
    bad = (
        "r1,e,o,1,days,exact,validate,output,s,export/A/CHN>USA/2025,",
        "r3,e,o,x,t,?,,outptu,s,export,",
        "r4,e,o,1,t,?,,output,s,export/A/CHN>USA/2025,",
    )
    with pytest.raises(InputError) as caught:
        read(GOOD, *bad)
    text = str(caught.value)
    assert caught.value.exit_code == 2
    for words in (
        "line 2, row 'r1'",
        "line 3, row 'r1'",
        "line 4, row 'r3', key",
        "role",
        "tolerance",
    ):
        assert words in text
    assert len(caught.value.problems) == 6


def test_missing_columns_and_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'key'"):
        targets_from([], ["id", "value"], "rows.csv")
    with pytest.raises(InputError, match=r"gone\.csv"):
        read_targets(tmp_path / "gone.csv")
    (tmp_path / "bytes.csv").write_bytes(b"id,key\n\xff\xfe,\n")
    with pytest.raises(InputError, match=r"bytes\.csv"):
        read_targets(tmp_path / "bytes.csv")


def test_the_package_has_targets_of_its_own() -> None:
    rows = read_targets()
    assert len(rows) > 200
    assert {row.role for row in rows} >= {"output", "input", "external"}
    assert all(row.episode for row in rows)


@pytest.mark.shared
def test_the_packages_targets_are_rebuilt_byte_by_byte(
    shared_dir: Path, root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "targets.csv"
    script = root / "tools" / "build_targets.py"
    source = shared_dir / "validation" / "targets.csv"
    subprocess.run([sys.executable, script, source, out], check=True, capture_output=True)
    shipped = root / "src" / "terbium" / "data" / "validation" / "targets.csv"
    assert out.read_bytes() == shipped.read_bytes()
