"""Tables in NumPy's archive: shapes are read from the headers, figures stream into place.

An archive may claim any shape and hold any object. Nothing is allocated before the claims agree
with each other, with the length of the file's parts and with the machine; nothing is unpickled.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import IO

import numpy as np
from numpy.lib import format as npy

from terbium.base.errors import GraphError, Problems, suggest
from terbium.graph.tables_draft import NO_UNIT, Draft, Floats, check_labels
from terbium.graph.tables_memory import check_memory, memory_needed

_ARRAYS = ("Z", "Y", "x", "regions", "sectors", "categories", "unit")
_NEEDED = ("Z", "Y", "regions", "sectors")
_LABELS = ("regions", "sectors", "categories")
_KEYS = "Z (N, N), Y (N, R*C), x (N), regions (R), sectors (S), categories (C), with N = R*S"
_BLOCK_BYTES = 1 << 20
_SUFFIX = ".npy"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
# NumPy reads a header as Python text, and passes on whatever a damaged one provokes
_NO_HEADER = (ValueError, EOFError, TypeError, SyntaxError, TokenError, RuntimeError, UserWarning)


@dataclass(frozen=True)
class Header:
    """What an array says of itself.

    Parameters
    ----------
    shape, fortran, dtype
        As NumPy stores them.
    stored
        Bytes that the archive holds of it, its header included.
    start
        Bytes of the header.
    """

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[np.generic]
    stored: int
    start: int

    @property
    def count(self) -> int:
        """Number of values."""
        return prod(self.shape)

    @property
    def room(self) -> int:
        """Bytes that the array takes once it is read."""
        return self.count * max(self.dtype.itemsize, np.float64().itemsize)


def read_npz(path: Path) -> Draft:
    """Read a table from an archive of NumPy; the order of its labels is kept.

    Raises
    ------
    GraphError
        If the archive is damaged, lacks arrays, or their shapes disagree.
    """
    problems = Problems()
    try:
        with zipfile.ZipFile(path) as archive:
            headers = _headers(archive, problems)
            _check_shapes(headers, problems)
            problems.raise_if_any(path.name, GraphError)
            return _read(archive, headers, path.name)
    except _UNREADABLE as error:
        raise _damaged(path, error) from error


def _read(archive: zipfile.ZipFile, headers: Mapping[str, Header], where: str) -> Draft:
    problems = Problems()
    warnings = []
    labels = {
        name: _text(archive, name, headers[name], problems) for name in _LABELS if name in headers
    }
    if "categories" not in labels:
        count = headers["Y"].shape[1] // headers["regions"].count
        labels["categories"] = tuple(f"category_{index + 1}" for index in range(count))
        warnings.append(f"categories are not named: {count} per region, in order of the columns.")
    for name, found in labels.items():
        check_labels(found, name, problems)
    problems.raise_if_any(where, GraphError)
    unit = _text(archive, "unit", headers["unit"], problems) if "unit" in headers else ()
    x = _floats(archive, "x", headers["x"]).ravel() if "x" in headers else None
    return Draft(
        _floats(archive, "Z", headers["Z"]),
        _floats(archive, "Y", headers["Y"]),
        x,
        **labels,
        unit=unit[0] if len(unit) == 1 and unit[0].strip() else NO_UNIT,
        warnings=warnings,
    )


def _headers(archive: zipfile.ZipFile, problems: Problems) -> dict[str, Header]:
    """Headers of the arrays that make a table, without their content."""
    held = [name.removesuffix(_SUFFIX) for name in archive.namelist()]
    for name in [name for name in _NEEDED if name not in held]:
        others = [other for other in held if other not in _ARRAYS]
        hint = f"; {suggest(name, others)}" if others else ""
        problems.add(f"array '{name}'", "nothing", _KEYS, f"store it under this name{hint}")
    headers = {}
    for name in [name for name in _ARRAYS if name in held]:
        try:
            with _member(archive, name) as stream:
                header = _header(archive, name, stream)
        except _NO_HEADER as error:
            seen = f"a part that is no array of NumPy ({error})"
            problems.add(f"array '{name}'", seen, _KEYS, "write the archive anew with numpy.savez")
            continue
        if _is_usable(name, header, problems):
            headers[name] = header
    return headers


def _header(archive: zipfile.ZipFile, name: str, stream: IO[bytes]) -> Header:
    version = npy.read_magic(stream)
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"format version {version[0]}.{version[1]}")
    shape, fortran, dtype = readers[version](stream)
    stored = archive.getinfo(_file_of(archive, name)).file_size
    return Header(shape, fortran, dtype, stored, stream.tell())


def _is_usable(name: str, header: Header, problems: Problems) -> bool:
    """Note what is wrong with one array; a part cut short is noted, and still has a shape."""
    place = f"array '{name}'"
    is_text = name in (*_LABELS, "unit")
    if header.dtype.hasobject:
        problems.add(
            place,
            "Python objects, which can only be read by running code from the file",
            "text of NumPy's own" if is_text else "numbers",
            f"store it as numpy.array({name}, dtype={'str' if is_text else 'float'})",
        )
        return False
    kinds = "USiu" if is_text else "fiu"
    if header.dtype.kind not in kinds:
        allowed = "text or whole numbers" if is_text else "real numbers"
        problems.add(place, f"values of type {header.dtype}", allowed, "convert and store it anew")
        return False
    expected = header.start + header.count * header.dtype.itemsize
    if header.stored != expected:
        problems.add(
            place,
            f"a part of {header.stored} bytes that claims the shape {header.shape}",
            f"{expected} bytes",
            "the archive was cut short or altered: fetch or write it again",
        )
    return True


def _check_shapes(headers: Mapping[str, Header], problems: Problems) -> None:
    """Note shapes that disagree, and more memory than there is."""
    counts = {}
    for name in [name for name in _LABELS if name in headers]:
        shape = headers[name].shape
        if len(shape) == 1 and shape[0] > 0:
            counts[name] = shape[0]
        else:
            _wrong_shape(name, shape, "a list of labels", problems)
    regions, sectors = counts.get("regions"), counts.get("sectors")
    square = headers["Z"].shape if "Z" in headers else ()
    wide = headers["Y"].shape if "Y" in headers else ()
    categories = counts.get("categories")
    if regions is not None and sectors is not None:
        size = regions * sectors
        told = f"{regions} regions x {sectors} sectors"
        if square and square != (size, size):
            _wrong_shape("Z", square, f"({size}, {size}) for {told}", problems)
        if categories is None and len(wide) > 1 and wide[1] % regions == 0:
            categories = wide[1] // regions
        columns = f"{regions} x categories" if categories is None else str(regions * categories)
        if wide and wide != (size, regions * (categories or 0)):
            _wrong_shape("Y", wide, f"({size}, {columns}) for {told}", problems)
        if "x" in headers and headers["x"].shape not in ((size,), (size, 1), (1, size)):
            _wrong_shape("x", headers["x"].shape, f"({size},) for {told}", problems)
    claimed = sum(header.room for header in headers.values())
    if not problems and regions and sectors and categories:
        claimed = max(claimed, memory_needed(regions, sectors, categories))
    check_memory(claimed, problems)


def _wrong_shape(name: str, shape: tuple[int, ...], allowed: str, problems: Problems) -> None:
    remedy = "give each industry one row and column, region by region, in the order of the labels"
    problems.add(f"array '{name}'", f"the shape {shape}", allowed, remedy)


def _text(
    archive: zipfile.ZipFile, name: str, header: Header, problems: Problems
) -> tuple[str, ...]:
    with _member(archive, name) as stream:
        values = npy.read_array(stream, allow_pickle=False).ravel()
        _finish(stream)
    if values.dtype.kind != "S":
        return tuple(map(str, values.tolist()))
    try:
        return tuple(value.decode("utf-8") for value in values.tolist())
    except UnicodeDecodeError:
        problems.add(f"array '{name}'", "bytes that are not UTF-8", "text", "store it as str")
        return ()


def _floats(archive: zipfile.ZipFile, name: str, header: Header) -> Floats:
    """The array in rows, as float64, without a second copy of it on the way."""
    values = np.empty(header.shape, dtype=np.float64)
    # an array stored by columns is its own transpose, stored by rows
    target = values.T if header.fortran else values
    per_item = max(header.dtype.itemsize * prod(target.shape[1:]), 1)
    step = max(1, _BLOCK_BYTES // per_item)
    with _member(archive, name) as stream:
        stream.read(header.start)
        for start in range(0, target.shape[0], step):
            part = target[start : start + step]
            content = _exactly(stream, part.size * header.dtype.itemsize)
            part[...] = np.frombuffer(content, dtype=header.dtype).reshape(part.shape)
        _finish(stream)
    return values


def _exactly(stream: IO[bytes], count: int) -> bytes:
    content = stream.read(count)
    if len(content) != count:
        raise EOFError(f"{count - len(content)} bytes are missing")
    return content


def _finish(stream: IO[bytes]) -> None:
    # the archive compares its checksum when the end is read
    if stream.read(1):
        raise ValueError("bytes beyond the end of an array")


@contextmanager
def _member(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    with archive.open(_file_of(archive, name)) as stream:
        yield stream


def _file_of(archive: zipfile.ZipFile, name: str) -> str:
    return name + _SUFFIX if name + _SUFFIX in archive.namelist() else name


def _damaged(path: Path, error: Exception) -> GraphError:
    return GraphError.of(
        path.name,
        "the file",
        f"an archive that cannot be read ({str(error) or type(error).__name__})",
        "a whole .npz as numpy.savez writes it",
        "it was cut short or altered: fetch or write it again",
    )
