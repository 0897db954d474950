"""A folder as a zip archive that is made while it is sent."""

import zipfile
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any

# the first moment that a zip archive can name: the same folder gives the same bytes
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


class _Outlet(RawIOBase):
    """Where the archive is written; what was written is taken away again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        written = bytes(data)
        self._held.append(written)
        self._at += len(written)
        return len(written)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        """What was written since the last time."""
        held, self._held = self._held, []
        return b"".join(held)


def zipped(folder: Path) -> Iterator[bytes]:
    """Yield an archive of a folder piece by piece; its chunks are compressed already."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for place in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = f"{folder.name}/{place.relative_to(folder).as_posix()}"
            with (
                archive.open(zipfile.ZipInfo(name, _EPOCH), "w") as target,
                place.open("rb") as one,
            ):
                while chunk := one.read(_CHUNK):
                    target.write(chunk)
                    yield outlet.taken()
    yield outlet.taken()
