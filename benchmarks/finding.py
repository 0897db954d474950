"""What a benchmark has found, and what all of them are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from registry import Aim, Benchmark

MET, MISSED, UNKNOWN = "met", "missed", "not measured"


@dataclass(frozen=True)
class Finding:
    """What a row has shown.

    Attributes
    ----------
    name
        Of the row.
    unit
        What ``own`` and ``yardstick`` are seconds of.
    values
        By measure; None where it was not measured. ``own`` and ``yardstick`` [s], ``ratio`` their
        quotient, and by kind: ``rate links total peak [MB] memory_share exponent apart``.
    threads
        That terbium ran on.
    streamed
        (array, numbers, bytes) of a step, where the yardstick streams.
    rounds
        Everything that every round measured.
    note
        For the reader.
    """

    name: str
    unit: str
    values: Mapping[str, float | None]
    threads: int
    streamed: Sequence[tuple[str, int, int]] = ()
    rounds: Sequence[Mapping[str, Any]] = ()
    note: str = ""

    def value(self, measure: str) -> float | None:
        """A measure, or None."""
        return self.values.get(measure)

    def verdict(self, aim: Aim) -> str:
        """Whether an aim is met, missed, or cannot be judged."""
        value = self.value(aim.measure)
        if value is None:
            return UNKNOWN
        return MET if aim.is_met(value) else MISSED

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Finding:
        """Take plain data."""
        streamed = [(str(name), int(n), int(moved)) for name, n, moved in data["streamed"]]
        return cls(**{**data, "streamed": streamed})


def quotient(own: float | None, yardstick: float | None) -> float | None:
    """Own time over that of the yardstick."""
    return None if own is None or yardstick is None else own / yardstick


@dataclass(frozen=True)
class Context:
    """What a run of the registry shares.

    Attributes
    ----------
    folder
        For networks and tables, made once.
    peer_python
        Python of an environment that has BoARIO.
    wiot
        The world table of 2011.
    threads
        For chains and networks of firms.
    rounds
        Instead of the rows' own.
    found
        So far, by name.
    """

    folder: Path
    peer_python: str | None = None
    wiot: Path | None = None
    threads: int = 2
    rounds: int | None = None
    found: dict[str, Finding] = field(default_factory=dict)

    def rounds_of(self, row: Benchmark) -> int:
        """Rounds of a row."""
        return row.rounds if self.rounds is None else self.rounds
