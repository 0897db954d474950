"""A dataset for other programs: one workbook, or one file for each table."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from terbium.base.errors import CommandError, Problems, suggest
from terbium.base.files import atomic_dir, atomic_write_bytes, tidy_json
from terbium.evidence.dataset import Dataset
from terbium.results.context import Row
from terbium.results.export import csv_text, xlsx_bytes

MARKER = "export.json"
"""Marks a folder that was exported, which the next export may replace."""

FORMATS = ("csv", "xlsx", "parquet")


def export_dataset(dataset: Dataset, form: str, out: Path) -> None:
    """Write all tables of a dataset; the file or folder appears whole or not at all.

    Parameters
    ----------
    dataset
        As loaded. Rows that may not be passed on hold a recipe and no value.
    form
        One of `FORMATS`; ``parquet`` needs the package pyarrow.
    out
        A file for ``xlsx``, a folder for the others.

    Raises
    ------
    CommandError
        If the format is not one of these, or does not fit this machine or the name of the file.
    OutputError
        If the place cannot be written.
    """
    _check(form, out)
    if form == "xlsx":
        tables = {name: _rows(dataset, name) for name in dataset.tables}
        columns = {name: list(dataset.table(name).columns) for name in dataset.tables}
        atomic_write_bytes(out, xlsx_bytes(tables, {}, columns))
        return
    write = _WRITERS[form]
    with atomic_dir(out, replaces=MARKER) as folder:
        for name in dataset.tables:
            write(dataset, name, folder / f"{name}.{form}")
        about = {"dataset": dataset.name, "dataset_hash": dataset.hash, "format": form}
        text = tidy_json(about | {"tables": list(dataset.tables)})
        (folder / MARKER).write_text(text, encoding="utf-8")


def _check(form: str, out: Path) -> None:
    problems = Problems()
    here = [name for name in FORMATS if name != "parquet" or find_spec("pyarrow") is not None]
    if form == "parquet" and form not in here:
        remedy = f"install pyarrow, or take {' or '.join(here)}"
        problems.add("--format", "parquet, which needs pyarrow", ", ".join(here), remedy)
    elif form not in FORMATS:
        remedy = suggest(form, here)
        if form == "duckdb":
            remedy = "DuckDB reads a folder of csv files as it stands"
        problems.add("--format", f"'{form}'", ", ".join(here), remedy)
    if form == "xlsx" and (out.suffix != ".xlsx" or out.is_dir()):
        problems.add(f"--out {out}", f"'{out.name}'", "the name of a file that ends in .xlsx",
                     "give the workbook a name")  # fmt: skip
    problems.raise_if_any("terbium data export", CommandError)


def _rows(dataset: Dataset, name: str) -> list[Row]:
    frame = dataset.table(name)
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def _csv(dataset: Dataset, name: str, path: Path) -> None:
    columns = list(dataset.table(name).columns)
    path.write_text(csv_text(_rows(dataset, name), columns), encoding="utf-8", newline="")


def _parquet(dataset: Dataset, name: str, path: Path) -> None:
    dataset.table(name).to_parquet(path, index=False)


_WRITERS: dict[str, Callable[[Dataset, str, Path], None]] = {"csv": _csv, "parquet": _parquet}
