"""Input-output tables: the yearly flows between industries, read from files of others.

Read as ``.npz``, as a folder saved by pymrio, or as CSV (docs/tables.md). Whatever is wrong with a
file is told before any work starts, all of it at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from terbium.base.errors import GraphError, LabelError, OutputError, Problems, suggest
from terbium.base.files import atomic_binary
from terbium.evidence.methods import method
from terbium.graph.tables_checks import NEGATIVE_FINAL, settle
from terbium.graph.tables_csv import read_csv
from terbium.graph.tables_draft import NO_UNIT, Draft, Floats, labels_of
from terbium.graph.tables_folder import read_folder
from terbium.graph.tables_npz import read_npz

_TEXTS = (".csv", ".tsv", ".txt")
_NPZ = ".npz"
_FORMS = "an .npz, a folder saved by pymrio as text, or a .csv"


@dataclass(frozen=True, eq=False)
class InputOutputTable:
    """Yearly flows between industries and to final demand.

    Industry ``(r, s)`` has position ``r * S + s``; the final demand of region ``r`` for category
    ``c`` is column ``r * C + c``.

    Parameters
    ----------
    Z
        Flows (N, N), from row to column [unit/yr]; rows are contiguous.
    Y
        Final demand (N, R*C) [unit/yr].
    x
        Output (N,) [unit/yr].
    regions, sectors, categories
        Labels in the order of the arrays.
    name
        Name of the file, for messages.
    unit
        As far as the file tells.
    warnings
        What the reader had to assume or change, one sentence each.
    """

    Z: Floats
    Y: Floats
    x: Floats
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    name: str
    unit: str = NO_UNIT
    warnings: tuple[str, ...] = field(default=())

    @property
    def size(self) -> int:
        """Number of industries."""
        return len(self.regions) * len(self.sectors)

    @property
    def industries(self) -> tuple[str, ...]:
        """``"region/sector"`` by position."""
        return tuple(labels_of(self.regions, self.sectors))

    def position(self, region: str, sector: str) -> int:
        """Position of an industry.

        Raises
        ------
        LabelError
            If the table has no such region or sector.
        """
        return self._at(self.regions, "region", region) * len(self.sectors) + self._at(
            self.sectors, "sector", sector
        )

    def final_column(self, region: str, category: str) -> int:
        """Column of a region's final demand for a category.

        Raises
        ------
        LabelError
            If the table has no such region or category.
        """
        return self._at(self.regions, "region", region) * len(self.categories) + self._at(
            self.categories, "category", category
        )

    def aggregate(self, regions: Mapping[str, str], sectors: Mapping[str, str]) -> InputOutputTable:
        """Add up regions and sectors; flows inside an aggregate stay, as its own use.

        Parameters
        ----------
        regions, sectors
            The new label of each old one. New labels come in lexicographic order.

        Raises
        ------
        LabelError
            If an old label has no new one.
        """
        problems = Problems()
        region_names, region_of = _grouped(self.regions, regions, "region", problems)
        sector_names, sector_of = _grouped(self.sectors, sectors, "sector", problems)
        problems.raise_if_any(self.name, LabelError)
        rows = _adder(region_of, sector_of, len(region_names), len(sector_names))
        same = list(range(len(self.categories)))
        columns = _adder(region_of, same, len(region_names), len(same))
        return InputOutputTable(
            np.ascontiguousarray((rows @ (rows @ self.Z).T).T),
            np.ascontiguousarray((columns @ (rows @ self.Y).T).T),
            rows @ self.x,
            region_names,
            sector_names,
            self.categories,
            self.name,
            self.unit,
            self.warnings,
        )

    def _at(self, labels: tuple[str, ...], kind: str, label: str) -> int:
        if label not in labels:
            seen, allowed = f"'{label}'", f"a {kind} of the table"
            raise LabelError.of(self.name, kind, seen, allowed, suggest(label, labels))
        return labels.index(label)


def read_table(
    path: Path | str, *, tolerance: float | None = None, negative_final: str = "small"
) -> InputOutputTable:
    """Read an input-output table and check it.

    Parameters
    ----------
    path
        An ``.npz``, whose order is kept, or a folder saved by pymrio or a CSV file, which are
        brought into lexicographic order of region, sector and category.
    tolerance
        How far output may miss the sum of its row, relative to output; without it the constant
        ``tables/row_sum_tolerance``. Tables in round figures may miss by half a last digit per
        cell as well.
    negative_final
        Negative final demand is set to zero if it is ``"small"`` in sum (the constant
        ``tables/negative_final_share``), or always (``"clip"``); output is then added up anew.
        ``"refuse"`` takes none; ``"keep"`` leaves it to the caller.

    Returns
    -------
    InputOutputTable
        ``warnings`` says what was assumed or changed.

    Raises
    ------
    GraphError
        Before anything is loaded where the file's own account of itself will do; with all
        problems of a stage at once.

    Examples
    --------
    >>> read_table("absent.npz")
    Traceback (most recent call last):
        ...
    terbium.base.errors.GraphError: absent.npz: 1 problem(s).
      - the path: seen no such file or folder. Allowed: an .npz, a folder saved by pymrio as text, \
or a .csv. Check the path.
    """
    if negative_final not in NEGATIVE_FINAL:
        raise ValueError(f"negative_final is one of {', '.join(NEGATIVE_FINAL)}")
    limit = method("tables/row_sum_tolerance") if tolerance is None else tolerance
    place = Path(path)
    name = place.name if place.is_dir() else place.stem
    try:
        draft = _draft(place)
        x, warnings = settle(draft, place.name, limit, negative_final)
    except MemoryError as error:
        raise GraphError.of(
            place.name,
            "memory",
            "more than this process may take",
            "a table that fits",
            "aggregate regions or sectors, or use a machine with more memory",
        ) from error
    labels = draft.regions, draft.sectors, draft.categories
    return InputOutputTable(draft.Z, draft.Y, x, *labels, name, draft.unit, tuple(warnings))


def write_table(table: InputOutputTable, path: Path | str) -> None:
    """Write a table as an ``.npz`` that :func:`read_table` reads back bit for bit.

    Raises
    ------
    OutputError
        If the place cannot be written, or has another suffix.
    """
    target = Path(path)
    if target.suffix != _NPZ:
        seen = f"the suffix '{target.suffix}'"
        raise OutputError.of("output", str(target), seen, _NPZ, f"name it {target.stem}{_NPZ}")
    with atomic_binary(target) as file:
        np.savez(
            file,
            Z=table.Z,
            Y=table.Y,
            x=table.x,
            regions=np.array(table.regions, dtype=str),
            sectors=np.array(table.sectors, dtype=str),
            categories=np.array(table.categories, dtype=str),
            unit=np.array(table.unit, dtype=str),
        )


def _draft(path: Path) -> Draft:
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        raise GraphError.of(
            path.name or str(path), "the path", "no such file or folder", _FORMS, "check the path"
        )
    suffix = path.suffix.casefold()
    if suffix == _NPZ:
        return read_npz(path)
    if suffix in _TEXTS:
        return read_csv(path)
    unpack = "unpack the archive and name the folder" if suffix == ".zip" else "convert it"
    seen = f"the suffix '{path.suffix}'" if path.suffix else "no suffix"
    raise GraphError.of(path.name, "the path", seen, _FORMS, unpack)


def _grouped(
    labels: tuple[str, ...], names: Mapping[str, str], kind: str, problems: Problems
) -> tuple[tuple[str, ...], list[int]]:
    """New labels, and which of them each old label belongs to."""
    for label in [label for label in labels if label not in names]:
        problems.add(f"{kind} '{label}'", "nothing", f"a new {kind} for each", "add it to the map")
    new = tuple(sorted({names[label] for label in labels if label in names}))
    return new, [new.index(names[label]) for label in labels if label in names]


def _adder(outer: list[int], inner: list[int], outers: int, inners: int) -> csr_array:
    """Matrix of ones that adds up positions ``outer * len(inner) + inner``."""
    targets = np.add.outer(np.array(outer) * inners, np.array(inner)).ravel()
    sources = np.arange(targets.size)
    shape = (outers * inners, targets.size)
    return csr_array((np.ones(targets.size), (targets, sources)), shape=shape)
