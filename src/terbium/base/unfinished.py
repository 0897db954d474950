"""A folder that is made over hours, and may be gone on with after a stop or a kill."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from terbium.base.errors import OutputError
from terbium.base.places import open_lock, put_in_place, refuse_foreign, unwritable


class Unfinished:
    """A hidden folder beside a place, which is kept until its content takes that place.

    One process at a time may work in it; the lock ends with the process, however that ends.

    Parameters
    ----------
    place
        The folder that is being made.
    replaces
        Name of the file that marks an earlier folder of the same kind, which will be replaced.

    Raises
    ------
    OutputError
        If the place holds something else, cannot be written, or is being written by another run.
    """

    def __init__(self, place: Path | str, replaces: str) -> None:
        self.place, self._replaces = Path(place).absolute(), replaces
        self.folder = unfinished_folder(place)
        refuse_foreign(self.place, replaces)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = open_lock(self.folder, waits=False)
        except BlockingIOError:
            raise _taken(self.place) from None
        except OSError as error:
            raise unwritable(self.place, error) from error

    def clear(self) -> None:
        """Drop what an earlier run has left here.

        Raises
        ------
        OutputError
            If the system refuses.
        """
        try:
            for entry in self.folder.iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
        except OSError as error:
            raise unwritable(self.place, error) from error

    def settle(self, inner: Path) -> None:
        """Let a folder inside take the place, and drop the rest.

        Raises
        ------
        OutputError
            If the system refuses; nothing is lost then.
        """
        refuse_foreign(self.place, self._replaces)
        put_in_place(inner, self.place)
        self.drop()

    def drop(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.close()

    def close(self) -> None:
        """Let go of the folder; it is kept."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def unfinished_folder(place: Path | str) -> Path:
    """The hidden folder that belongs to a place."""
    target = Path(place).absolute()
    return target.parent / f".{target.name}.unfinished"


def _taken(place: Path) -> OutputError:
    return OutputError.of(
        "output",
        str(place),
        "a run that is being written there by another process",
        "one run at a time in a place",
        "wait until it has ended, or choose another folder",
    )
