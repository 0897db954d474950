"""Arrays of a long run that are read from disk series by series, as if they lay in memory."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terbium.base.errors import TerbiumError
from terbium.results.zarr_store import Array, open_array

_MOST_HELD = 2**27
"""Bytes of series that are held in memory, over all arrays of a run."""


class Shelf:
    """What was read last of the arrays of one run."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, int], NDArray[Any]] = OrderedDict()
        self.is_open = True

    def get(self, key: tuple[str, int]) -> NDArray[Any] | None:
        """What is held under a name and number."""
        if not self.is_open:
            raise TerbiumError(
                "this run was saved and lies in its folder: read its series with `open_run`"
            )
        if key in self._held:
            self._held.move_to_end(key)
        return self._held.get(key)

    def put(self, key: tuple[str, int], slab: NDArray[Any]) -> None:
        """Hold an array, and let go of what was not asked for since longest."""
        self._held[key] = slab
        while len(self._held) > 1 and sum(a.nbytes for a in self._held.values()) > _MOST_HELD:
            self._held.popitem(last=False)

    def close(self) -> None:
        """Let go of everything; nothing can be read any more."""
        self._held.clear()
        self.is_open = False


class StoredArray:
    """An array of a Zarr store that gives rows: ``array[i]``, ``array[rows]``, ``array[i, step]``.

    Parameters
    ----------
    path
        The array in its store.
    shelf
        Shared by the arrays of a run.
    """

    def __init__(self, path: Path, shelf: Shelf) -> None:
        self._array: Array = open_array(path)
        self._name, self._shelf = path.name, shelf
        self.shape: tuple[int, ...] = self._array.shape
        self.dtype: np.dtype[Any] = self._array.dtype
        self.ndim = len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> NDArray[Any]:
        first, *rest = key if isinstance(key, tuple) else (key,)
        if first is Ellipsis:
            return np.asarray(np.asarray(self)[key])
        rows = np.arange(len(self))[first]
        if rows.ndim == 0:
            row = self._row(int(rows))
            return row[tuple(rest)] if rest else row
        found = np.empty((rows.size, *self.shape[1:]), self.dtype)
        for place, row_number in enumerate(rows):
            found[place] = self._row(int(row_number))
        return found[(slice(None), *rest)]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self[:], dtype)

    def astype(self, dtype: Any) -> NDArray[Any]:
        """The whole of it in memory, as another type."""
        return np.asarray(self, dtype)

    def _row(self, number: int) -> NDArray[Any]:
        """One row; its neighbours in the same chunks are read with it where they fit."""
        size = self._array.chunks[0]
        first = number // size * size
        slab = self._shelf.get((self._name, first))
        if slab is None:
            last = min(first + size, len(self))
            row_bytes = int(np.prod(self.shape[1:])) * self.dtype.itemsize
            if row_bytes * (last - first) > _MOST_HELD:
                return np.asarray(self._array[number])
            slab = np.asarray(self._array[first:last])
            slab.flags.writeable = False
            self._shelf.put((self._name, first), slab)
        return np.asarray(slab[number - first])
