"""What is done of a run that is not finished, and what the run is: lines of JSON, appended.

::

    {"run": {...}}                                        what the run was begun with
    {"block": 3, "files": "<sha256>", "extremes": [...]}  draws of a block, in a file of their own
    {"portion": 0, "files": "<sha256>"}                   draws of a portion, in the store

A line counts if it is whole: one that was cut off by a kill is not there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terbium.base.errors import OutputError, Problem

Identity = Mapping[str, Any]
"""What makes two runs the same run: plain data by name."""

_MOST_NAMED = 8
_LONG = 24


@dataclass(frozen=True)
class Ledger:
    """The ledger of a run.

    Attributes
    ----------
    path
        The file.
    """

    path: Path

    def begin(self, identity: Identity) -> None:
        """Write the first line, and nothing else."""
        self.path.unlink(missing_ok=True)
        self.note({"run": dict(identity)})

    def note(self, row: Mapping[str, object]) -> None:
        """Append a line; it is on the disk when this returns."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def rows(self) -> Iterator[dict[str, Any]]:
        """The lines that are whole."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        for line in text.splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)

    def mend(self) -> None:
        """Take away a last line that was cut off, so that the next one begins on its own."""
        rows = [json.dumps(row, sort_keys=True) + "\n" for row in self.rows()]
        partial = self.path.with_suffix(".new")
        partial.write_text("".join(rows), encoding="utf-8")
        partial.replace(self.path)


def check_same(begun: Identity, asked: Identity, place: Path) -> None:
    """Refuse to go on with a run that was begun as another.

    Raises
    ------
    OutputError
        With everything that differs.
    """
    before, now = _flat(begun), _flat(asked)
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    if names:
        # a scenario that is another one differs in everything: a few say enough
        problems = [
            Problem(
                f"--resume, {name}",
                _short(now.get(name, "nothing")),
                f"{_short(before.get(name, 'nothing'))}, as the run was begun",
                "ask for the same again, or leave --resume out to begin anew",
            )
            for name in names[:_MOST_NAMED]
        ]
        raise OutputError(f"unfinished run of {place}", problems)


def _flat(content: Any, path: str = "") -> dict[str, str]:
    if isinstance(content, Mapping) and content:
        found: dict[str, str] = {}
        for name, value in content.items():
            found |= _flat(value, f"{path}.{name}" if path else str(name))
        return found
    return {path: content if isinstance(content, str) else json.dumps(content, sort_keys=True)}


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."
