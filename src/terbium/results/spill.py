"""A mapping of arrays that lies in memory, or on disk where a run has too many draws for it."""

from __future__ import annotations

import math
import os
import tempfile
import weakref
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Key = TypeVar("Key")
Floats = NDArray[np.float64]


class Spill(MutableMapping[Key, Floats], Generic[Key]):
    """Arrays by key. On disk they are in a file without a name, which ends with the mapping.

    Parameters
    ----------
    folder
        Where the file is; None keeps the arrays in memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._held: dict[Key, Floats] = {}
        self._places: dict[Key, tuple[int, tuple[int, ...]]] = {}
        self._file = None if folder is None else tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        if self._file is not None:
            weakref.finalize(self, self._file.close)

    def __setitem__(self, key: Key, array: Floats) -> None:
        if self._file is None:
            self._held[key] = array
            return
        self._places[key] = (self._file.seek(0, os.SEEK_END), array.shape)
        self._file.write(array.astype(np.float64, order="C", copy=False).tobytes())

    def __getitem__(self, key: Key) -> Floats:
        if self._file is None:
            return self._held[key]
        offset, shape = self._places[key]
        self._file.seek(offset)
        found = np.frombuffer(self._file.read(math.prod(shape) * np.dtype(np.float64).itemsize))
        return found.reshape(shape)

    def __delitem__(self, key: Key) -> None:
        del (self._held if self._file is None else self._places)[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._held if self._file is None else self._places)

    def __contains__(self, key: object) -> bool:
        # without reading what is there
        return key in (self._held if self._file is None else self._places)

    def __len__(self) -> int:
        return len(self._held if self._file is None else self._places)
