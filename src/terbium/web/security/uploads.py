"""Uploads: of a kind that is allowed, by name and by content, on disk until a worker reads them.

Nothing is parsed here. A file is copied into the server's own folder under a random name and handed
to a job, which reads it in a worker and deletes it.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final

from fastapi import UploadFile
from starlette.concurrency import run_in_threadpool

from terbium.base.errors import InputError, Problem, TerbiumError
from terbium.base.speech import tr
from terbium.evidence.documents.source import KINDS
from terbium.web.services import Services
from terbium.web.settings import MEBIBYTE
from terbium.web.store.records import Job

CASES: Final = (".csv",)
DOCUMENTS: Final = tuple(KINDS)
SCENARIOS: Final = (".yaml", ".yml")

_CHUNK = 256 * 1024
_MOST_NAME = 100
_HEAD = 4096

# how files of a kind begin
_MAGIC = {".pdf": b"%PDF-", ".xlsx": b"PK\x03\x04"}
# no text has these; tab, line feed, form feed, carriage return and escape of old encodings may be
_NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_NEVER_TEXT = (b"PK\x03\x04", b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"MZ", b"\x7fELF")


class TooLarge(TerbiumError):  # noqa: N818
    """A file is larger than the server takes."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.problem = Problem(
            tr("file"),
            tr("more bytes than are taken"),
            tr("at most {size} MiB", size=max(1, most // MEBIBYTE)),
            tr("send less, or split it"),
        )


async def submit_upload(
    services: Services,
    owner: str,
    kind: str,
    request: Mapping[str, Any],
    upload: UploadFile,
    endings: Sequence[str],
) -> Job:
    """Hand an uploaded file to a job.

    Parameters
    ----------
    services
        Of the server.
    owner
        Whose it is.
    kind
        Of the job: ``batch`` or ``article``.
    request
        What the job is asked beside the file.
    upload
        The file.
    endings
        Kinds of files that are allowed here, such as `CASES`.

    Raises
    ------
    InputError
        If the file is of another kind, or empty, or the job refuses it.
    TooLarge
        If it is larger than the server takes.
    """
    place = await received(services, upload, endings)
    try:
        return await run_in_threadpool(services.jobs.submit, kind, request, owner, place)
    finally:
        # a job that was there already has no use for it
        place.unlink(missing_ok=True)


async def received(services: Services, upload: UploadFile, endings: Sequence[str]) -> Path:
    """Copy an uploaded file into the server's folder, under a name that nobody chose."""
    ending = _checked_ending(upload, endings)
    place = services.jobs.new_upload(ending)
    most, taken = services.settings.limits.upload, 0
    try:
        with place.open("xb") as target:
            place.chmod(0o600)
            while chunk := await upload.read(_CHUNK):
                if not taken:
                    _check_content(chunk[:_HEAD], ending, upload)
                taken += len(chunk)
                if taken > most:
                    raise TooLarge(most)
                await run_in_threadpool(target.write, chunk)
        if not taken:
            raise _refused(upload, tr("an empty file"), endings)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return place


def shown_name(upload: UploadFile) -> str:
    """The name that its sender gave a file, to be shown; never a place on the server."""
    last = PureWindowsPath(PurePosixPath(upload.filename or "").name).name
    told = "".join(char for char in last if char.isprintable()).strip()
    return told[-_MOST_NAME:] or "upload"


def _checked_ending(upload: UploadFile, endings: Sequence[str]) -> str:
    ending = PurePosixPath(shown_name(upload)).suffix.lower()
    if ending not in endings:
        raise _refused(upload, f"'{ending}'" if ending else tr("a name without an ending"), endings)
    return ending


def _check_content(head: bytes, ending: str, upload: UploadFile) -> None:
    magic = _MAGIC.get(ending)
    if magic is not None:
        # some programs write a few bytes before the mark of a PDF
        if magic not in head[: len(magic) if ending == ".xlsx" else 1024]:
            raise _refused(upload, tr("content that is no {kind}", kind=ending), (ending,))
    elif _NEVER_IN_TEXT.search(head) or head.startswith(_NEVER_TEXT):
        raise _refused(upload, tr("content that is no text"), (ending,))


def _refused(upload: UploadFile, seen: str, endings: Sequence[str]) -> InputError:
    return InputError.of(
        tr("upload"),
        shown_name(upload),
        seen,
        ", ".join(endings),
        tr("choose another file, or save it as text in UTF-8"),
    )
