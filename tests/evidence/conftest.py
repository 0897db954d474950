"""A copy of the shipped dataset that a test may break."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from terbium.evidence.dataset import SHIPPED, Dataset, load_dataset

Edit = Callable[[str, Callable[[list[dict[str, str]]], None]], None]


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return load_dataset("ree-2024")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "ree-2024"
    shutil.copytree(SHIPPED / "ree-2024", folder)
    return folder


@pytest.fixture
def edit(package: Path) -> Edit:
    """Change the rows of one table of the copy in place."""

    def change(table: str, how: Callable[[list[dict[str, str]]], None]) -> None:
        path = package / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = list(reader)
            columns = list(reader.fieldnames or ())
        how(rows)
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return change
