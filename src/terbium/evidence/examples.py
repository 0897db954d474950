"""The invented files that the documentation shows, by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "examples" / "evidence"
"""Where they lie; no firm, price or trade figure in them is real."""


def example_or(path: Path) -> Path:
    """A file as it was named, or the shipped example of that name where there is no such file."""
    shipped = FOLDER / path.name
    is_bare = path.name == str(path) and path.name.startswith("example-")
    return shipped if is_bare and not path.exists() and shipped.exists() else path
