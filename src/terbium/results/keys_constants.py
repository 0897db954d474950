"""Numbers that belong to the evaluation of keys, with their source in the data folder."""

import csv
from functools import cache
from importlib.resources import files

from terbium.base.errors import DatasetError, suggest

_FILE = "data/validation/constants.csv"


@cache
def _table() -> dict[str, float]:
    text = files("terbium").joinpath(*_FILE.split("/")).read_text(encoding="utf-8")
    return {row["name"]: float(row["value"]) for row in csv.DictReader(text.splitlines())}


def constant(name: str) -> float:
    """Value of a constant.

    Raises
    ------
    DatasetError
        If the table has no such row.
    """
    table = _table()
    if name not in table:
        raise DatasetError.of(_FILE, f"name '{name}'", "no row", suggest(name, table), "add a row")
    return table[name]


def constants(prefix: str) -> tuple[float, ...]:
    """Values of all constants whose name begins so, in the order of the file."""
    return tuple(value for name, value in _table().items() if name.startswith(prefix))
