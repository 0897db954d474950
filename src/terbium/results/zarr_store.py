"""How a labelled dataset lies in a Zarr store: whole, or to be filled as a run goes on.

Chunks hold the draws of `PORTION` draws and as many series as make some 2 MB of one quantity, so
that a long run can be written portion by portion, and a series be read without the others.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray
from zarr.codecs import ZstdCodec

PORTION = 512
"""Draws of a chunk: whole blocks, so that a portion can be written when its blocks are done."""

DRAW = "draw"

# draws are noise to a compressor: higher levels save less than 1 % and take up to twice as long
_COMPRESSION_LEVEL = 3
# values per chunk: some 2 MB of one quantity
_CHUNK = 2**19

Array = zarr.Array[Any]


def write_zarr(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset with a fixed compressor and fixed chunks."""
    encoding = {str(name): _encoding(dataset[name]) for name in dataset.variables}
    if "time" in encoding:
        encoding["time"] |= {"units": "days since 1970-01-01", "dtype": "int64"}
    dataset.to_zarr(path, mode="w", zarr_format=3, consolidated=False, encoding=encoding)


def _encoding(variable: xr.DataArray) -> dict[str, object]:
    whole = tuple(max(size, 1) for size in variable.shape)
    is_coordinate = variable.name in variable.coords
    return {
        "compressors": [ZstdCodec(level=_COMPRESSION_LEVEL, checksum=False)],
        "chunks": whole if is_coordinate else chunks_of(variable.shape, variable.dims[-1] == DRAW),
        "_FillValue": None,
    }


def chunks_of(shape: tuple[int, ...], has_draws: bool) -> tuple[int, ...]:
    """Chunks of a quantity; draws, if it has any, are its last axis."""
    if has_draws:
        shape = (*shape[:-1], min(shape[-1], PORTION))
    first = min(max(_CHUNK // max(math.prod(shape[1:]), 1), 1), max(shape[0], 1))
    return (first, *(max(size, 1) for size in shape[1:]))


def lay_out(empty: xr.Dataset, draws: int, path: Path) -> None:
    """Make the store of a dataset whose draws are yet to come, as `write_zarr` makes it at the end.

    Parameters
    ----------
    empty
        The dataset with `PORTION` draws, or all where these are fewer: nothing but fill values in
        what has draws.
    draws
        Number of draws.
    path
        The store.
    """
    write_zarr(empty, path)
    if draws == empty.sizes[DRAW]:
        return
    for name, variable in empty.data_vars.items():
        if variable.dims[-1] == DRAW:
            array = open_array(path / str(name), is_writable=True)
            array.resize((*array.shape[:-1], draws))
    _renumber(empty, draws, path)


def _renumber(empty: xr.Dataset, draws: int, path: Path) -> None:
    """The coordinate of draws is one chunk, whose shape cannot be changed: it is made anew."""
    numbers = xr.Variable(DRAW, np.arange(draws, dtype=np.int32), empty[DRAW].attrs)
    with tempfile.TemporaryDirectory(dir=path.parent) as beside:
        write_zarr(xr.Dataset(coords={DRAW: numbers}), Path(beside, "draws"))
        shutil.rmtree(path / DRAW)
        Path(beside, "draws", DRAW).rename(path / DRAW)


def fill_of(kind: np.dtype[Any]) -> NDArray[Any]:
    """What an array of a kind holds where nothing was written: xarray's choice."""
    return np.array(np.nan if kind.kind == "f" else 0, dtype=kind)


def scratch_arrays(path: Path, shapes: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]]) -> None:
    """Make a store of arrays that are needed while a run goes on, and not after."""
    group = zarr.create_group(path, overwrite=True)
    for name, (shape, kind) in shapes.items():
        chunks = chunks_of(shape, has_draws=True)
        group.create_array(name, shape=shape, dtype=kind, chunks=chunks, compressors=None)


def open_array(path: Path, is_writable: bool = False) -> Array:
    """Open one array of a store."""
    return zarr.open_array(path, mode="r+" if is_writable else "r")
