import csv
import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from openpyxl import load_workbook

from terbium.analysis.export import MARKER, export_dataset
from terbium.base.errors import CommandError, OutputError
from terbium.evidence.dataset import Dataset, load_dataset


@pytest.fixture(scope="module")
def data() -> Dataset:
    return load_dataset()


def test_a_folder_of_csv_holds_every_table_and_cell(data: Dataset, tmp_path: Path) -> None:
    export_dataset(data, "csv", tmp_path / "out")
    about = json.loads((tmp_path / "out" / MARKER).read_text(encoding="utf-8"))
    assert about["dataset_hash"] == data.hash
    for name in data.tables:
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(data.table(name))
    with (tmp_path / "out" / "claims.csv").open(encoding="utf-8", newline="") as file:
        claims = {row["id"]: row for row in csv.DictReader(file)}
    assert all(claims[key]["recipe"] == claim.recipe for key, claim in data.claims.items())


def test_an_earlier_export_is_replaced_and_other_work_is_not(data: Dataset, tmp_path: Path) -> None:
    export_dataset(data, "csv", tmp_path / "out")
    export_dataset(data, "csv", tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"holds notes\.txt"):
        export_dataset(data, "csv", tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_a_workbook_holds_every_table_and_is_the_same_twice(data: Dataset, tmp_path: Path) -> None:
    export_dataset(data, "xlsx", tmp_path / "a.xlsx")
    export_dataset(data, "xlsx", tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = load_workbook(tmp_path / "a.xlsx", read_only=True)
    assert book.sheetnames == ["contents", *data.tables]
    book.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


@pytest.mark.skipif(find_spec("pyarrow") is not None, reason="pyarrow is installed")
def test_parquet_without_pyarrow_says_what_is_allowed(data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"needs pyarrow.*Allowed: csv, xlsx.*Install pyarrow"):
        export_dataset(data, "parquet", tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("form", "name", "said"),
    [
        ("duckdb", "out", r"'duckdb'.*csv, xlsx.*reads a folder of csv"),
        ("xls", "out", "did you mean 'xlsx'"),
        ("xlsx", "out", r"ends in \.xlsx"),
    ],
)
def test_other_formats_are_refused(
    data: Dataset, tmp_path: Path, form: str, name: str, said: str
) -> None:
    with pytest.raises(CommandError, match=f"(?i){said}"):
        export_dataset(data, form, tmp_path / name)
    assert not list(tmp_path.iterdir())
