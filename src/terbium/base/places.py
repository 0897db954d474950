"""Places on disk: who may write there, how one is taken, and what the system says of it."""

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terbium.base.errors import OutputError

if sys.platform != "win32":
    import fcntl

PARTIAL = ".partial-"
"""Stands in the name of what is not whole yet."""


@contextmanager
def writing_to(place: Path, remedy: str = "") -> Iterator[None]:
    """Turn a full disk, a missing permission and the like into an error that the user can mend.

    Parameters
    ----------
    place
        What is written, for the message. Errors about files elsewhere are left as they are.
    remedy
        What to do, instead of the usual.

    Raises
    ------
    OutputError
        For what the system says of the place.
    """
    try:
        yield
    except OSError as error:
        named = Path(os.fsdecode(error.filename)) if error.filename else place
        if error.errno in _OF_THE_PLACE and named.is_relative_to(place.parent):
            raise unwritable(place, error, remedy) from error
        raise


_OF_THE_PLACE = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO),
)


def refuse_foreign(target: Path, replaces: str | None) -> None:
    """Raise `OutputError` if a place holds anything but nothing, or what `atomic_dir` replaces."""
    if not target.exists() and not target.is_symlink():
        return
    if target.is_dir() and not target.is_symlink():
        try:
            held = sorted(entry.name for entry in target.iterdir())
        except OSError as error:
            raise unwritable(target, error) from error
        if not held or (replaces is not None and replaces in held):
            return
        seen = f"a folder that holds {', '.join(held[:3])}" + (" and more" if held[3:] else "")
    else:
        seen = "a file or a link"
    marked = f", or an earlier one with {replaces} in it" if replaces else ""
    raise OutputError.of(
        "output",
        str(target),
        seen,
        f"a folder that does not exist yet, or is empty{marked}",
        "choose another folder, or remove this one yourself",
    )


def open_lock(folder: Path, waits: bool = True) -> int:
    """Lock a folder until the handle is closed or the process ends.

    Raises
    ------
    BlockingIOError
        If another holds it and this is not to wait.
    """
    if sys.platform == "win32":
        return os.open(os.devnull, os.O_RDONLY)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except BaseException:
        os.close(lock)
        raise
    return lock


def put_in_place(partial: Path, target: Path) -> None:
    """Give a folder its final name, in the place of what bears it now.

    Raises
    ------
    OutputError
        If the system refuses; what was there is there still.
    """
    try:
        _sync_tree(partial)
        if not target.exists():
            partial.replace(target)
        else:
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}{PARTIAL}", dir=target.parent))
            target.replace(old)
            try:
                partial.replace(target)
            except OSError:
                old.replace(target)
                raise
            shutil.rmtree(old, ignore_errors=True)
        _sync(target.parent)
    except OSError as error:
        raise unwritable(target, error) from error


def _sync_tree(folder: Path) -> None:
    for parent, _, names in os.walk(folder):
        for name in names:
            _sync(Path(parent, name))
        _sync(Path(parent))


def _sync(path: Path) -> None:
    if path.is_dir() and sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(target: Path, error: OSError, remedy: str = "") -> OutputError:
    """What the system says of a place, as an error that the user can mend."""
    return OutputError.of(
        "output",
        str(target),
        error.strerror or str(error),
        "a place that this user may write, with room on the disk",
        remedy or "choose another place, or mend the permissions",
    )
