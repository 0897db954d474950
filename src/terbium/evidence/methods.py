"""Method constants: numbers that belong to an equation, not to the world."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from terbium.base.errors import DatasetError, Problem, suggest


@cache
def _table() -> dict[str, float]:
    text = files("terbium").joinpath("data/methods.csv").read_text(encoding="utf-8")
    return {row["name"]: float(row["value"]) for row in csv.DictReader(text.splitlines())}


def method(name: str) -> float:
    """Value of a method constant; its source and reason stand in ``data/methods.csv``.

    Raises
    ------
    DatasetError
        If the table has no such row.
    """
    table = _table()
    if name not in table:
        problem = Problem(f"name '{name}'", "no such row", suggest(name, list(table)), "add a row")
        raise DatasetError("data/methods.csv", [problem])
    return table[name]


def methods(prefix: str) -> tuple[float, ...]:
    """Values of all constants whose name begins so, in the order of the table."""
    return tuple(value for name, value in _table().items() if name.startswith(prefix))
