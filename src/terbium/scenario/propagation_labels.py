"""From labels of a table or network to positions: what is not found is noted, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import SupportsInt

import numpy as np

from terbium.base.errors import LabelError, Problems, suggest
from terbium.base.gazetteer import bloc_members, resolve_region
from terbium.engine.network.case import Floats, Ints
from terbium.graph.tables import InputOutputTable

Place = Callable[..., str]
PathOf = tuple[str | int, ...]

_SHOWN = 12


class PlaceLabels:
    """Regions and sectors, and the problems that looking them up has met.

    Parameters
    ----------
    holder
        What has them, for messages: ``table NAME``.
    region_names, sector_names
        The labels by position.
    place
        Turns the path of a value into the words that say where it stands.
    problems
        Receives every label that was not found.
    """

    def __init__(
        self,
        holder: str,
        region_names: Sequence[str],
        sector_names: Sequence[str],
        place: Place,
        problems: Problems,
    ) -> None:
        self.holder = holder
        self.kind = holder.partition(" ")[0]
        self.place = place
        self.problems = problems
        self._region_names = region_names
        self._sectors = {label: k for k, label in enumerate(sector_names)}
        self._regions = {label: (k,) for k, label in enumerate(region_names)}

    def regions(self, names: Iterable[str] | None, path: PathOf) -> Ints:
        """Positions of regions; None means all. A bloc stands for its members there."""
        if names is None:
            return np.arange(len(self._region_names), dtype=np.int64)
        found = [k for name in names for k in self._region(name, path)]
        return np.array(found, dtype=np.int64)

    def sectors(self, names: Iterable[str] | None, path: PathOf) -> Ints:
        """Positions of sectors; None means all."""
        return self._positions("sector", names, self._sectors, path)

    def _positions(
        self, kind: str, names: Iterable[str] | None, known: Mapping[str, int], path: PathOf
    ) -> Ints:
        if names is None:
            return np.arange(len(known), dtype=np.int64)
        found = []
        for name in names:
            if name in known:
                found.append(known[name])
            else:
                self._unknown(kind, name, list(known), path)
        return np.array(found, dtype=np.int64)

    def _region(self, name: str, path: PathOf) -> tuple[int, ...]:
        """As written first; then by what the gazetteer knows of it."""
        if name in self._regions:
            return self._regions[name]
        try:
            code = resolve_region(name)
        except LabelError:
            self._unknown("region", name, self._region_names, path)
            return ()
        found = self._by_code.get(code, ())
        if len(found) > 1:
            labels = [self._region_names[k] for k in found]
            self.problems.add(
                self.place(*path),
                f"'{name}', which names {len(found)} regions of the {self.kind}",
                ", ".join(labels),
                f"write the label of the {self.kind}, or a list of them",
            )
            return ()
        return found or self._members(name, code, path)

    def _members(self, name: str, code: str, path: PathOf) -> tuple[int, ...]:
        try:
            members = bloc_members(code)
        except LabelError:
            members = ()
        found = tuple(k for member in members for k in self._by_code.get(member, ()))
        if not found:
            self.problems.add(
                self.place(*path),
                f"'{name}' ({code}), which the {self.kind} does not tell apart",
                f"a region of {self.holder}: {listed(self._region_names)}",
                f"choose the region of the {self.kind} that holds it, or another {self.kind}",
            )
        return found

    def _unknown(self, kind: str, name: str, known: Sequence[str], path: PathOf) -> None:
        self.problems.add(
            self.place(*path),
            f"the unknown {kind} '{name}'",
            f"a {kind} of {self.holder}: {listed(known)}",
            suggest(name, known),
        )

    @cached_property
    def _by_code(self) -> dict[str, tuple[int, ...]]:
        """Regions by their code in the gazetteer."""
        found: dict[str, tuple[int, ...]] = {}
        for k, label in enumerate(self._region_names):
            try:
                code = resolve_region(label)
            except LabelError:
                continue
            found[code] = (*found.get(code, ()), k)
        return found


class TableLabels(PlaceLabels):
    """The labels of one table, and the problems that looking them up has met.

    Parameters
    ----------
    table
        Regions, sectors and categories of final demand.
    place, problems
        As of `PlaceLabels`.
    """

    def __init__(self, table: InputOutputTable, place: Place, problems: Problems) -> None:
        super().__init__(f"table {table.name}", table.regions, table.sectors, place, problems)
        self.table = table
        self._categories = {label: k for k, label in enumerate(table.categories)}

    def categories(self, names: Iterable[str] | None, path: PathOf) -> Ints:
        """Positions of categories of final demand; None means all."""
        return self._positions("category of final demand", names, self._categories, path)

    def industries(
        self,
        regions: Iterable[str] | None,
        sectors: Iterable[str] | None,
        path: PathOf,
        names: tuple[str, str] = ("region", "sector"),
    ) -> Ints:
        """Positions of the industries of some regions and sectors, region by region."""
        r = self.regions(regions, (*path, names[0]))
        s = self.sectors(sectors, (*path, names[1]))
        return (r[:, None] * len(self.table.sectors) + s[None, :]).ravel()

    def for_every_sector(
        self, values: Mapping[str, float], path: PathOf, remedy: str
    ) -> Floats | None:
        """Values by sector as an array, shape (S,); None if a sector is missing or unknown.

        Parameters
        ----------
        values
            Sector -> value; every sector of the table must be there.
        path
            Where the mapping stands.
        remedy
            What to do about a sector that is missing.
        """
        before = len(self.problems)
        for label in values:
            self.sectors([label], (*path, label))
        lacking = [label for label in self.table.sectors if label not in values]
        if lacking:
            self.problems.add(
                self.place(*path),
                f"no value for {listed(lacking)}",
                f"one value for each of the {len(self.table.sectors)} sectors of the table",
                remedy,
            )
        if len(self.problems) > before:
            return None
        return np.array([values[label] for label in self.table.sectors], dtype=np.float64)

    def for_some_sectors(self, values: Mapping[str, float], path: PathOf) -> Floats:
        """Values by sector as an array, shape (S,), 0 where none is given."""
        found = np.zeros(len(self.table.sectors))
        for label, value in values.items():
            found[self.sectors([label], (*path, label))] = value
        return found

    def industry(self, node: SupportsInt) -> str:
        """Label of an industry, for messages."""
        region, sector = divmod(int(node), len(self.table.sectors))
        return f"{self.table.regions[region]}/{self.table.sectors[sector]}"


def listed(labels: Sequence[str]) -> str:
    """Labels in a row, cut where there are many."""
    shown = ", ".join(labels[:_SHOWN])
    more = len(labels) - _SHOWN
    return shown + (f", and {more} more" if more > 0 else "")
