"""The curated facts: CSV rows addressed as ``file:line``, and their publications."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BACI_FILE = "raw/baci_ree_284610_284690_280530_1995_2024.csv.gz"

# Agencies whose assessments may only be passed on where a US federal publication prints them.
AGENCIES = re.compile(
    r"Argus|Asian Metal|\bSMM\b|Fastmarkets|Adamas|Roskill|Project Blue|Bloomberg|Benchmark"
    r"|tradingeconomics|chinatungsten|tungusten|S&P|Fuji Keizai|Metal-Pages|Japan Metal Bulletin"
    r"|japanmetalbulletin|OICA|GWEC|\bIFR\b",
    re.IGNORECASE,
)
# rows that name an agency only for a check of a figure of our own (README, Redistribution, trade)
CLEARED = frozenset(f"trade:{line}" for line in (710, *range(712, 721)))
FEDERAL = re.compile(r"USGS|NCSES|Census")


@dataclass(frozen=True)
class Row:
    """One row of a facts file and the line that it stands on (the header is line 1)."""

    file: str
    line: int
    cells: Mapping[str, str]

    @property
    def ref(self) -> str:
        """Address of the row, ``file:line``."""
        return f"{self.file}:{self.line}"

    def text(self, *names: str) -> str:
        """First non-empty cell among `names`."""
        return next((self.cells[n].strip() for n in names if self.cells.get(n, "").strip()), "")

    @property
    def agency(self) -> bool:
        """Whether an agency's figure stands here that no federal publication has printed."""
        source = self.text("source")
        if FEDERAL.search(source) or self.ref in CLEARED:
            return False
        return bool(AGENCIES.search(source) or AGENCIES.search(self.text("note")))


@dataclass(frozen=True)
class Publication:
    """A row of decisions/sources.csv: which source texts belong to which dated publication."""

    id: str
    pattern: re.Pattern[str]
    files: tuple[str, ...]
    cells: Mapping[str, str]

    def covers(self, row: Row) -> bool:
        """Whether a facts row comes from this publication."""
        if self.files and row.file not in self.files:
            return False
        return bool(self.pattern.search(row.text("source")))


@dataclass
class Facts:
    """Lazy reader of the folder of facts.

    Parameters
    ----------
    folder : Path
        Folder with the curated CSV files.
    targets : Path
        The validation targets (used for recorded months that the facts lack).
    decisions : Path
        Folder with the hand-written decisions.
    """

    folder: Path
    targets: Path
    decisions: Path
    _files: dict[str, list[Row]] = field(default_factory=dict)
    _by_line: dict[str, dict[int, Row]] = field(default_factory=dict)
    _publications: list[Publication] = field(default_factory=list)

    def rows(self, file: str) -> list[Row]:
        """All rows of a facts file."""
        if file not in self._files:
            self._files[file] = self._read(file)
        return self._files[file]

    def row(self, ref: str) -> Row:
        """The row at ``file:line``."""
        file, _, line = ref.partition(":")
        if file not in self._by_line:
            self._by_line[file] = {row.line: row for row in self.rows(file)}
        row = self._by_line[file].get(int(line))
        if row is None:
            raise SystemExit(f"{ref}: no such row in the facts")
        return row

    def _path(self, file: str) -> Path:
        if file == "baci":
            return self.folder / BACI_FILE
        if file == "targets":
            return self.targets
        return self.folder / f"{file}.csv"

    def _read(self, file: str) -> list[Row]:
        path = self._path(file)
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            return [Row(file, reader.line_num, cells) for cells in reader]

    def publications(self) -> list[Publication]:
        """All publications, in the order in which they are tried."""
        if not self._publications:
            with (self.decisions / "sources.csv").open(encoding="utf-8", newline="") as handle:
                for cells in csv.DictReader(handle):
                    files = tuple(f for f in cells["files"].split(";") if f)
                    self._publications.append(
                        Publication(cells["id"], re.compile(cells["pattern"]), files, cells)
                    )
        return self._publications

    def publication(self, row: Row) -> Publication:
        """The first publication that covers a row."""
        for publication in self.publications():
            if publication.covers(row):
                return publication
        raise SystemExit(f"{row.ref}: no publication in sources.csv for {row.text('source')!r}")


def number(text: str) -> float:
    """Leading number of a cell (thousands separators and a trailing comment are tolerated)."""
    match = re.match(r"\s*[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?", text)
    if match is None:
        raise SystemExit(f"not a number: {text!r}")
    return float(match.group().replace(",", ""))
