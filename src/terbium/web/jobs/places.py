"""Where a server keeps what it works on, and how a result gets its final name."""

import os
import re
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from terbium.base.errors import InputError
from terbium.base.places import open_lock, unwritable
from terbium.web.store.rows import new_id
from terbium.web.store.store import RESULTS

_PRIVATE: Final = 0o700
_MAKING: Final = "making"
_WHOLE: Final = "whole"
_UPLOAD: Final = "upload"
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class Places:
    """The folder of a server: ``results/ADDRESS``, ``work/JOB`` and ``uploads``.

    A result is written in the private folder of its job, synced, and gets its name in ``results``
    in one step; so whatever bears such a name is whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.results = self.folder / RESULTS
        self.work = self.folder / "work"
        self.uploads = self.folder / "uploads"
        self._lock: int | None = None

    def make(self) -> None:
        """Make the folders, for this user alone.

        Raises
        ------
        InputError
            If they cannot be made.
        """
        try:
            for place in (self.folder, self.results, self.work, self.uploads):
                place.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def take(self) -> None:
        """Hold the folder until this process ends or gives it back.

        Raises
        ------
        InputError
            If another server has it.
        """
        try:
            self._lock = open_lock(self.folder, waits=False)
        except BlockingIOError as error:
            raise InputError.of(
                "server", f"folder {self.folder}", "a server that is running on it",
                "one server for a folder", "stop the other one, or give this one its own folder",
            ) from error  # fmt: skip

    def give_back(self) -> None:
        """Let another server have the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def sweep(self, queued: Iterable[str]) -> None:
        """Remove what an earlier server has left, save what queued jobs are going to read."""
        keep = set(queued)
        for place in self.work.iterdir():
            if place.name not in keep:
                shutil.rmtree(place, ignore_errors=True)
        for place in self.uploads.iterdir():
            with suppress(OSError):
                place.unlink()

    def new_upload(self, suffix: str = "") -> Path:
        """A name for a file under way to a job; of a suffix, letters and digits are kept."""
        ending = _SUFFIX.fullmatch(suffix.lower())
        return self.uploads / (new_id() + (ending.group() if ending else ""))

    def bring(self, job: str, upload: Path | None) -> None:
        """Make the private folder of a job and move its upload there."""
        place = self.work / job
        place.mkdir(mode=_PRIVATE)
        if upload is not None:
            ending = _SUFFIX.fullmatch(upload.suffix.lower())
            target = place / (_UPLOAD + (ending.group() if ending else ""))
            shutil.move(upload, target)

    def upload_of(self, job: str) -> Path | None:
        """The upload of a job, if it has one."""
        return next((self.work / job).glob(f"{_UPLOAD}*"), None)

    def begin(self, job: str) -> Path:
        """An empty folder for the result of a job."""
        making = self.work / job / _MAKING
        for place in (making, self.whole(job)):
            shutil.rmtree(place, ignore_errors=True)
        making.mkdir(parents=True, mode=_PRIVATE)
        return making

    def whole(self, job: str) -> Path:
        """Where the result of a job lies once it is written and synced."""
        return self.work / job / _WHOLE

    def publish(self, job: str, key: str) -> None:
        """Give the result of a job its name; one that bears it already stays."""
        target = self.results / key
        if not target.is_dir():
            self.whole(job).replace(target)
            _sync(self.results)

    def has(self, key: str) -> bool:
        """Whether a result stands."""
        return (self.results / key).is_dir()

    def size(self, key: str) -> int:
        """Bytes of the files of a result."""
        return sum(
            path.stat().st_size for path in (self.results / key).rglob("*") if path.is_file()
        )

    def leave(self, jobs: Iterable[str]) -> None:
        """Remove the private folders of jobs, with their uploads."""
        for job in jobs:
            shutil.rmtree(self.work / job, ignore_errors=True)


def _sync(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
