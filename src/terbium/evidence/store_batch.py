"""Many documents into a store: workers read, one process writes, portion by portion.

A document of which neither bytes nor the code that reads it have changed is passed over, which is
also how a reading that was killed is gone on with: by the same command.
"""

from __future__ import annotations

import hashlib
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

from terbium.base.errors import InputError
from terbium.base.files import sha256_of_files
from terbium.base.version import __version__
from terbium.evidence.documents.claim import Document, StatedClaim
from terbium.evidence.documents.source import KINDS, document_of, read_bytes
from terbium.evidence.methods import method
from terbium.evidence.store import FAILED, READ, Known, Store, claim_rows

Reader = Callable[[Document], Sequence[StatedClaim]]
"""Claims of a document; a function of a module, so that worker processes find it."""


_UNKNOWN = Known("", "", "")


@dataclass(frozen=True)
class Task:
    """A document to read: its name in the store, its file, and what the same code made of it."""

    document: str
    file: Path
    known: Known = _UNKNOWN


@dataclass(frozen=True)
class Reading:
    """What came of a task: rows, or nothing because nothing has changed."""

    document: str
    row: tuple[object, ...] | None = None
    claims: Sequence[tuple[object, ...]] = ()
    problem: str = ""


@dataclass
class Batch:
    """What came of a batch.

    Attributes
    ----------
    read, unchanged
        Documents read, and passed over as nothing had changed.
    failed
        Documents that could not be read now or before and have not changed since, and why.
    claims
        Claims read.
    """

    read: int = 0
    unchanged: int = 0
    claims: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def find_documents(places: Sequence[Path], store: Path) -> tuple[dict[str, Path], int]:
    """Files to read, by the name that each has in a store: its path from the store's folder.

    Parameters
    ----------
    places
        Files, and folders that are searched to any depth. Hidden files are left out.
    store
        The file of the store.

    Returns
    -------
    tuple
        Files by name, sorted; and how many files of folders are of no kind that can be read.

    Raises
    ------
    InputError
        If a place does not exist, or there is nothing to read.
    """
    found: dict[str, Path] = {}
    others = 0
    for place in places:
        if not place.exists():
            raise InputError.of(
                str(place), "path", "nothing there", "a file or a folder", "correct the path"
            )
        for file in _files(place):
            if file.suffix.lower() in KINDS or file == place:
                found[_name(file, store)] = file
            else:
                others += 1
    if not found:
        raise InputError.of(
            ", ".join(map(str, places)), "documents", "none",
            f"files that end in {', '.join(KINDS)}", "name a folder that holds some",
        )  # fmt: skip
    return dict(sorted(found.items())), others


def _files(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        return
    for parent, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _name(file: Path, store: Path) -> str:
    try:
        return Path(os.path.relpath(file.resolve(), store.absolute().parent.resolve())).as_posix()
    except ValueError:
        # another drive
        return file.resolve().as_posix()


@cache
def reading_code() -> str:
    """Fingerprint of all that decides what is read out of given bytes."""
    root = Path(__file__).parents[1]
    places = ("base/*.py", "evidence/documents/*.py", "data/lexicon/*", "data/gazetteer/*")
    files = [file for place in places for file in root.glob(place) if file.is_file()]
    return sha256_of_files([*files, root / "data" / "methods.csv"], root=root)


def read_batch(
    store: Store,
    files: Mapping[str, Path],
    reader: Reader,
    *,
    workers: int | None = None,
    encoding: str | None = None,
    day: date | None = None,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Batch:
    """Read documents into a store.

    Parameters
    ----------
    store
        Open for writing.
    files
        By the names of the documents, as of `find_documents`.
    reader
        Makes claims of a document.
    workers
        Processes; by default one per core, of a few documents none beside this one.
    encoding, day
        Of all documents, as of ``read_document``.
    advance
        Told how many documents are done, of how many.

    Returns
    -------
    Batch
        What was done. What a document is to blame for is in it, not raised.
    """
    identity = (__version__, reading_code(), reader.__module__, reader.__qualname__)
    code = hashlib.sha256(repr((*identity, encoding, day)).encode()).hexdigest()
    known = store.known()
    same = {name: last for name, last in known.items() if last.code == code}
    tasks = [Task(name, file, same.get(name, _UNKNOWN)) for name, file in files.items()]
    work = partial(_read_chunk, reader, code, encoding, day)
    writer = _Writer(store, code)
    done = 0
    try:
        for readings in _results(tasks, work, workers):
            writer.take(readings)
            done += len(readings)
            advance(done, len(tasks))
        writer.write()
    except BaseException as error:
        error.add_note(
            f"{writer.kept:,} of {len(tasks):,} documents are in {store.path}; "
            "the same command goes on from there."
        )
        raise
    writer.end()
    writer.batch.failed = [(name, why) for name, why in store.failures().items() if name in files]
    return writer.batch


class _Writer:
    """Collects what was read and writes it in portions, each in one transaction."""

    def __init__(self, store: Store, code: str) -> None:
        self._store, self._code = store, code
        self._portion = int(method("documents/portion"))
        self._rows: list[tuple[object, ...]] = []
        self._claims: list[tuple[object, ...]] = []
        self._run: int | None = None
        self._failed = 0
        self.kept = 0
        self.batch = Batch()

    def take(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            if reading.row is None:
                self.batch.unchanged += 1
                self.kept += 1
                continue
            self._rows.append(reading.row)
            self._claims.extend(reading.claims)
            self.batch.claims += len(reading.claims)
            self._failed += bool(reading.problem)
            self.batch.read += not reading.problem
        if len(self._rows) >= self._portion:
            self.write()

    def write(self) -> None:
        if not self._rows:
            return
        if self._run is None:
            self._run = self._store.begin_run(self._code)
        self._store.replace_documents(self._rows, self._claims)
        self.kept += len(self._rows)
        self._rows, self._claims = [], []

    def end(self) -> None:
        if self._run is not None:
            self._store.end_run(self._run, self.batch.read, self._failed)


Work = Callable[[Sequence[Task]], list[Reading]]


def _results(tasks: Sequence[Task], work: Work, workers: int | None) -> Iterator[list[Reading]]:
    size = int(method("documents/chunk"))
    chunks = [tasks[start : start + size] for start in range(0, len(tasks), size)]
    if workers is None:
        workers = min(os.cpu_count() or 1, len(chunks))
    if workers <= 1:
        yield from map(work, chunks)
        return
    yield from _in_processes(chunks, work, workers)


def _in_processes(
    chunks: Sequence[Sequence[Task]], work: Work, workers: int
) -> Iterator[list[Reading]]:
    """Results of chunks in the order in which they are done, few of them waiting at a time."""
    left = deque(chunks)
    again: list[Sequence[Task]] = []
    while left:
        waiting: dict[Future[list[Reading]], Sequence[Task]] = {}
        try:
            with _pool(workers) as pool:
                while left or waiting:
                    while left and len(waiting) < 2 * workers:
                        future = pool.submit(work, left[0])
                        waiting[future] = left.popleft()
                    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                        readings = future.result()
                        del waiting[future]
                        yield readings
        except BrokenProcessPool:
            # one of those under way ended its process; nobody knows which
            again += waiting.values()
    yield from _one_by_one(deque(task for chunk in again for task in chunk), work)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_end_with_parent
    )
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """Leave Ctrl-C to the parent, and outlive neither its end nor its kill."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _one_by_one(left: deque[Task], work: Work) -> Iterator[list[Reading]]:
    """Read documents of which some end the process that reads them."""
    while left:
        try:
            with _pool(1) as pool:
                while left:
                    readings = pool.submit(work, [left[0]]).result()
                    left.popleft()
                    yield readings
        except BrokenProcessPool:
            told = "the process that read it was ended from outside"
            yield [_failure(left.popleft(), "", 0, "", told)]


def _read_chunk(
    reader: Reader, code: str, encoding: str | None, day: date | None, tasks: Sequence[Task]
) -> list[Reading]:
    return [_read(reader, code, encoding, day, task) for task in tasks]


def _read(reader: Reader, code: str, encoding: str | None, day: date | None, task: Task) -> Reading:
    """Read one document; whatever is wrong with it ends in its row."""
    sha256, size = "", 0
    try:
        raw = read_bytes(task.file)
        sha256, size = hashlib.sha256(raw).hexdigest(), len(raw)
        if sha256 == task.known.sha256:
            return Reading(task.document)
        document = document_of(raw, task.file.name, encoding=encoding, date=day)
        claims = claim_rows(task.document, reader(document))
    except InputError as error:
        return _failure(task, sha256, size, code, "; ".join(map(str, error.problems)))
    except Exception as error:
        told = f"a fault of Terbium ({type(error).__name__}: {error})"
        return _failure(task, sha256, size, code, told)
    row = (
        *(task.document, document.name, document.kind, document.date, sha256, size),
        *(len(document.text), len(claims), READ, "", code),
    )
    return Reading(task.document, row, claims)


def _failure(task: Task, sha256: str, size: int, code: str, problem: str) -> Reading:
    if problem == task.known.problem and sha256 == task.known.sha256:
        return Reading(task.document)
    kind = KINDS.get(task.file.suffix.lower(), "")
    row = (task.document, task.file.name, kind, None, sha256, size, 0, 0, FAILED, problem, code)
    return Reading(task.document, row, (), problem)
