"""Words that the glossary refuses are not used as columns, dims or fields."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "terbium"


def glossary_rows() -> list[dict[str, str]]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    table = text.split("## Words")[1].split("## Suffixes")[0]
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    head = [cell.strip() for cell in lines[0]]
    return [dict(zip(head, map(str.strip, line), strict=True)) for line in lines[2:]]


def words() -> set[str]:
    return {row["Word"] for row in glossary_rows()}


def refused() -> dict[str, str]:
    """Refused word -> the word to use."""
    own = words()
    return {
        alias: row["Word"]
        for row in glossary_rows()
        for alias in map(str.strip, row["Not"].split(","))
        if alias and alias not in own
    }


def columns() -> Iterator[tuple[str, str]]:
    """(where, name) of every column of a table that is shipped."""
    for path in sorted((PACKAGE / "data").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for name in next(csv.reader(file)):
                yield str(path.relative_to(ROOT)), name


def fields_and_dims() -> Iterator[tuple[str, str]]:
    """(where, name) of every field of a class, and of every literal name of a dimension."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(ROOT)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                for field in node.body:
                    if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                        yield f"{place}:{field.lineno}", field.target.id
            elif isinstance(node, ast.keyword) and node.arg in ("dim", "dims"):
                for leaf in ast.walk(node.value):
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                        yield f"{place}:{node.lineno}", leaf.value


def test_each_word_stands_once_and_is_an_identifier() -> None:
    found = [row["Word"] for row in glossary_rows()]
    assert len(found) == len(set(found))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", word) for word in found), found
    assert all(row["Means"] and row["Unit or type"] for row in glossary_rows())


@pytest.mark.parametrize("names", [columns, fields_and_dims])
def test_no_refused_word_is_a_column_dim_or_field(names: object) -> None:
    assert callable(names)
    wrong = refused()
    pairs = list(names())
    assert pairs
    found = [f"{where}: '{name}'; use '{wrong[name]}'" for where, name in pairs if name in wrong]
    assert not found, "\n".join(found)


def test_the_check_sees_a_refused_word() -> None:
    assert refused()["country"] == "region"
    assert refused()["license"] == "licence"
    assert "product" not in refused()
