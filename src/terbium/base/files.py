"""Files that appear complete or not at all, and say the same for the same content."""

import hashlib
import io
import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from terbium.base.errors import OutputError
from terbium.base.places import (
    PARTIAL,
    open_lock,
    put_in_place,
    refuse_foreign,
    unwritable,
    writing_to,
)
from terbium.base.tolerances import STORED_DIGITS

if sys.platform != "win32":
    import fcntl


@contextmanager
def atomic_dir(path: Path | str, replaces: str | None = None) -> Iterator[Path]:
    """Give a temporary folder that becomes ``path`` if the block ends well, else vanishes.

    What a killed process left behind never bears the final name, and the next call for the same
    ``path`` removes it.

    Parameters
    ----------
    path
        The folder to make. Missing parents are made.
    replaces
        Name of a file that marks a folder of the same kind. An existing folder is replaced only if
        it holds this file, or nothing; any other folder is somebody's work.

    Yields
    ------
    Path
        An empty folder beside ``path``, on the same file system.

    Raises
    ------
    OutputError
        Before anything is written, if ``path`` exists and may not be replaced, or the place cannot
        be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with atomic_dir(Path(place, "run"), replaces="manifest.json") as folder:
    ...         atomic_write_text(folder / "manifest.json", "{}")
    ...     print([path.name for path in Path(place, "run").iterdir()])
    ['manifest.json']
    """
    target = Path(path).absolute()
    refuse_foreign(target, replaces)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        partial, lock = _locked_partial(target)
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        with writing_to(target):
            yield partial
        refuse_foreign(target, replaces)
        put_in_place(partial, target)
    finally:
        os.close(lock)
        shutil.rmtree(partial, ignore_errors=True)


def atomic_write_text(path: Path | str, text: str) -> None:
    """Write a UTF-8 file that other readers see whole: the old text or the new one.

    Parameters
    ----------
    path
        The file. Missing parents are made.
    text
        Its content; line ends are written as they are.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    atomic_write_bytes(path, text.encode("utf-8"))


@contextmanager
def atomic_text(path: Path | str) -> Iterator[TextIO]:
    """Give a UTF-8 text file to write bit by bit, which bears its name once the block ended well.

    Parameters
    ----------
    path
        The file. Missing parents are made.

    Yields
    ------
    TextIO
        A file beside ``path``; line ends are written as they are.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    with atomic_binary(path) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        yield file
        file.detach()


@contextmanager
def atomic_binary(path: Path | str) -> Iterator[BinaryIO]:
    """Give a binary file to write bit by bit, which bears its name once the block ended well.

    Parameters
    ----------
    path
        The file. Missing parents are made.

    Yields
    ------
    BinaryIO
        A file beside ``path``, which may be read and sought too.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    target = Path(path).absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}{PARTIAL}", dir=target.parent)
    except OSError as error:
        raise unwritable(target, error) from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            partial.chmod(0o666 & ~_umask())
            partial.replace(target)
        except OSError as error:
            raise unwritable(target, error) from error
    finally:
        partial.unlink(missing_ok=True)


def atomic_write_bytes(path: Path | str, content: bytes) -> None:
    """Write a file that other readers see whole: the old bytes or the new ones.

    Parameters
    ----------
    path
        The file. Missing parents are made.
    content
        Its content.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    target = Path(path).absolute()
    partial: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}{PARTIAL}", dir=target.parent)
        partial = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o666 & ~_umask())
        partial.replace(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


def sha256_of_files(paths: Iterable[Path | str], root: Path | str | None = None) -> str:
    """Fingerprint of a set of files: their names and bytes, in any order, wherever they lie.

    Parameters
    ----------
    paths
        The files.
    root
        Names are taken relative to this folder; without it a file goes by its last name alone.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    named = sorted(
        (Path(p).relative_to(root).as_posix() if root is not None else Path(p).name, Path(p))
        for p in paths
    )
    digest = hashlib.sha256()
    for name, file in named:
        with file.open("rb") as raw:
            content = hashlib.file_digest(raw, "sha256").hexdigest()
        # the digest has a fixed length, so no choice of names can imitate another set of files
        digest.update(f"{content} {name}\n".encode())
    return digest.hexdigest()


def tidy_json(obj: object) -> str:
    """JSON text that is the same for the same content, on any machine.

    Keys are sorted, floats rounded to ``STORED_DIGITS`` significant digits, infinity is the text
    ``"inf"``, dates are ISO, arrays are lists. The text ends with a newline.

    Parameters
    ----------
    obj
        Mappings with text keys, lists, tuples, arrays, text, numbers, dates, booleans, ``None``.

    Raises
    ------
    OutputError
        If a value is of another type, or NaN, which JSON cannot say and ``None`` can.
    """
    plain = _plain(obj, "value")
    return json.dumps(plain, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(obj: object, place: str) -> object:
    if type(obj).__module__ == "numpy":
        # known by name: importing NumPy takes longer than most commands that print JSON
        obj = cast("Any", obj).tolist()
    if obj is None or isinstance(obj, str | bool | int):
        return obj
    if isinstance(obj, float):
        return _plain_float(obj, place)
    if isinstance(obj, date):
        return obj.isoformat()
    if isinstance(obj, Mapping) and all(isinstance(key, str) for key in obj):
        return {key: _plain(value, f"{place}.{key}") for key, value in obj.items()}
    if isinstance(obj, list | tuple):
        return [_plain(value, f"{place}[{i}]") for i, value in enumerate(obj)]
    raise OutputError.of(
        "JSON",
        place,
        f"a {type(obj).__name__}",
        "mappings with text keys, lists, arrays, text, numbers, dates, truth values, None",
        "turn it into one of these first",
    )


def _plain_float(value: float, place: str) -> float | str:
    if math.isnan(value):
        raise OutputError.of(
            "JSON", place, "NaN", "a number, infinity or None", "say None where a value is unknown"
        )
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(f"{value:.{STORED_DIGITS}g}")


def _locked_partial(target: Path) -> tuple[Path, int]:
    """Make the temporary folder and hold a lock on it, which ends with the process."""
    while True:
        name = tempfile.mkdtemp(prefix=f".{target.name}{PARTIAL}", dir=target.parent)
        partial = Path(name)
        partial.chmod(0o777 & ~_umask())
        lock = open_lock(partial)
        # another process may have swept the folder between its making and its locking
        if partial.exists():
            return partial, lock
        os.close(lock)


def _sweep(target: Path) -> None:
    """Remove temporary folders of this target whose process has died."""
    if sys.platform == "win32":
        return
    for left in target.parent.glob(f".{target.name}{PARTIAL}*"):
        if not left.is_dir():
            continue
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
