"""A propagation as its page reads it."""

from __future__ import annotations

from dataclasses import dataclass

from terbium.report.blocks import Record

PANEL = (300.0, 170.0)
"""Width and height of a small figure [px]."""


@dataclass(frozen=True)
class View:
    """A propagation as the page reads it: `summary.json` and `manifest.json`, nothing else."""

    summary: Record
    manifest: Record

    @property
    def run(self) -> Record:
        """What ran."""
        found: Record = self.summary["run"]
        return found

    @property
    def losses(self) -> Record:
        """Rows of losses by kind."""
        found: Record = self.summary["losses"]
        return found

    @property
    def series(self) -> Record:
        """The lines."""
        found: Record = self.summary["series"]
        return found

    @property
    def unit(self) -> str:
        """Money of the table."""
        return str(self.run["unit"])

    @property
    def spans(self) -> list[tuple[float, float, str]]:
        """When something is in force."""
        return [(first, last, str(text)) for first, last, text in self.series["spans"]]
