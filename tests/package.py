"""A copy of the shipped dataset that a test may change or break."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from terbium.evidence.dataset import SHIPPED

Rows = list[dict[str, str]]


def copy_of_dataset(place: Path) -> Path:
    folder = place / "ree-2024"
    shutil.copytree(SHIPPED / "ree-2024", folder)
    return folder


def edit(package: Path, table: str, how: Callable[[Rows], None]) -> None:
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
