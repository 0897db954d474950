"""A run that is written while it runs, and can be gone on with after a stop or a kill.

Beside the folder of the run lies a hidden one until the run is whole::

    ledger.jsonl     what the run is, and what of it is done (see `terbium.results.ledger`)
    blocks/N.npz     draws of a block, N its first draw
    run/             the folder of the run as it grows; run/results.zarr is filled by portions
    scratch.zarr     totals of links and all output by draw: quantiles remain of them

A block goes into a file of its own as soon as it is done, whoever did it and in whatever order.
When all blocks of a portion of draws are there, they go into the stores and their files are
removed. Memory holds one portion of one quantity at a time.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from terbium.base.errors import OutputError
from terbium.base.files import sha256_of_files
from terbium.base.places import writing_to
from terbium.base.unfinished import Unfinished
from terbium.engine.compile import Compiled
from terbium.engine.kept import LINK_DRAWS, Extremes, Kept, shapes_of
from terbium.engine.program import LANES
from terbium.engine.recorder import link_quantiles, recording_of
from terbium.engine.recording import LINK_QUANTILES, Recording
from terbium.results.context import RunContext
from terbium.results.layout import build_dataset, late_variables
from terbium.results.ledger import Identity, Ledger, check_same
from terbium.results.store import MANIFEST, Beside, Renderer, RunFolder, fill_folder
from terbium.results.stored import Shelf, StoredArray
from terbium.results.summary import Summary
from terbium.results.zarr_store import PORTION, fill_of, lay_out, open_array, scratch_arrays

_SCRATCH = ("made", LINK_DRAWS)
_REMEDY = "make room or mend the permissions, and run the same again with --resume"


@dataclass(frozen=True)
class Outline:
    """What a run will be.

    Attributes
    ----------
    compiled, draws, headline, context
        The chain, the number of draws, the day from which stops are counted, names and record.
    identity
        What makes another run the same run.
    """

    compiled: Compiled
    draws: int
    headline: date | None
    context: RunContext
    identity: Identity


class Stream:
    """A sink that writes draws to disk as they come.

    Parameters
    ----------
    place
        The folder of the run.
    outline
        What the run will be.
    resume
        Whether to go on with what is there; else it is dropped.

    Raises
    ------
    OutputError
        If the place cannot be written, or there is nothing to go on with, or another run.
    """

    def __init__(self, place: Path | str, outline: Outline, resume: bool = False) -> None:
        self.outline, self.headline = outline, outline.headline
        self._unfinished = Unfinished(place, MANIFEST)
        self.folder = self._unfinished.folder
        self._ledger = Ledger(self.folder / "ledger.jsonl")
        self._blocks: set[int] = set()
        self._portions: set[int] = set()
        self._extremes = Extremes()
        self._shelf = Shelf()
        self._shapes = shapes_of(outline.compiled, outline.draws)
        try:
            with writing_to(self.place):
                self._take_up() if resume else self._begin()
        except BaseException:
            self.leave()
            raise

    @property
    def place(self) -> Path:
        """The folder of the run."""
        return self._unfinished.place

    @property
    def draws_done(self) -> int:
        """Draws that are on the disk."""
        return sum(self._count(first) for first in self._firsts() if self._is_done(first))

    def left(self) -> Iterator[int]:
        """First draws of the blocks that are yet to be done."""
        return (first for first in self._firsts() if not self._is_done(first))

    def receive(self, kept: Kept) -> None:
        """Write a block; whole portions go into the store.

        Raises
        ------
        OutputError
            If the disk is full or refuses; what was written before is kept.
        """
        with writing_to(self.place, _REMEDY):
            buffer = io.BytesIO()
            np.savez(buffer, allow_pickle=False, **kept.arrays)
            content = buffer.getbuffer()
            _write_whole(self._file(kept.first), content)
            extremes = vars(kept.extremes)
            row = {"block": kept.first, "files": hashlib.sha256(content).hexdigest()}
            self._ledger.note({**row, "extremes": extremes})
            self._blocks.add(kept.first)
            self._extremes = self._extremes.worst(kept.extremes)
            self._store_portion(kept.first // PORTION)

    def finish(self) -> Recording:
        """The recording of the whole run; series are read from disk as they are asked for."""
        run, scratch = self.folder / "run" / "results.zarr", self.folder / "scratch.zarr"
        with writing_to(self.place, _REMEDY):
            arrays = {
                name: self._series((scratch if name in _SCRATCH else run) / name)
                for name in self._shapes
                if name != LINK_DRAWS
            }
            spill = self.folder / "spill"
            spill.mkdir(exist_ok=True)
            recording = recording_of(
                self.outline.compiled,
                self.outline.draws,
                arrays,
                _totals(scratch / LINK_DRAWS),
                self._extremes,
                scratch=spill,
            )
            for name, variable in late_variables(recording).items():
                open_array(run / name, is_writable=True)[...] = variable.values
        return recording

    def save(
        self,
        recording: Recording,
        log: Mapping[str, object],
        summary: Summary,
        beside: Beside,
        render: Renderer | None = None,
    ) -> RunFolder:
        """Write what stands beside the series, and let the folder take its place.

        Raises
        ------
        OutputError
            If the disk is full or refuses; what was written is kept, and can be gone on with.
        """
        inner = self.folder / "run"
        try:
            with writing_to(self.place, _REMEDY):
                for left in inner.iterdir():
                    if left.is_file():
                        left.unlink()
                fill_folder(inner, recording, self.outline.context, log, summary, beside, render)
                self._unfinished.settle(inner)
        except BaseException as error:
            self._tell(error)
            raise
        self._shelf.close()
        return RunFolder(self.place)

    def leave(self, error: BaseException | None = None) -> None:
        """Let go of the folder, and tell in the error what is kept; nothing done, nothing kept."""
        if any("block" in row for row in self._ledger.rows()):
            self._unfinished.close()
        else:
            self._unfinished.drop()
        if error is not None:
            self._tell(error)

    def _tell(self, error: BaseException) -> None:
        done = self.draws_done
        if done:
            error.add_note(
                f"{done:,} of {self.outline.draws:,} draws are kept in {self.folder}; the same "
                "again with --resume (in Python: resume=True) goes on from there."
            )

    def _begin(self) -> None:
        """Drop what is there and make the stores; the ledger comes last, and vouches for them."""
        self._unfinished.clear()
        outline = self.outline
        (self.folder / "blocks").mkdir()
        (self.folder / "run").mkdir()
        lay_out(_empty(outline), outline.draws, self.folder / "run" / "results.zarr")
        scratch_arrays(self.folder / "scratch.zarr", {n: self._shapes[n] for n in _SCRATCH})
        self._ledger.begin(outline.identity)

    def _take_up(self) -> None:
        """Find out what is done; a file that is not as it was written is done again."""
        rows = list(self._ledger.rows())
        if not rows:
            raise OutputError.of(
                "--resume",
                str(self.place),
                "no unfinished run of this folder",
                "a folder whose run was stopped or killed on the way",
                "leave --resume out, or name the folder that the run was to have",
            )
        check_same(rows[0]["run"], self.outline.identity, self.place)
        self._ledger.mend()
        for row in rows[1:]:
            if "portion" in row and self._chunks_hash(row["portion"]) == row["files"]:
                self._portions.add(row["portion"])
        for row in rows[1:]:
            if "block" in row and self._is_whole(row):
                self._blocks.add(row["block"])
                self._extremes = self._extremes.worst(Extremes(**row["extremes"]))
        for portion in range(-(-self.outline.draws // PORTION)):
            self._store_portion(portion)

    def _is_whole(self, row: dict[str, Any]) -> bool:
        if row["block"] // PORTION in self._portions:
            return True
        file = self._file(row["block"])
        return file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == row["files"]

    def _firsts(self) -> range:
        return range(0, self.outline.draws, LANES)

    def _count(self, first: int) -> int:
        return min(LANES, self.outline.draws - first)

    def _is_done(self, first: int) -> bool:
        return first in self._blocks

    def _file(self, first: int) -> Path:
        return self.folder / "blocks" / f"{first:08d}.npz"

    def _store_portion(self, portion: int) -> None:
        """Move a portion from the files of its blocks into the stores, once all are done."""
        start = portion * PORTION
        end = min(start + PORTION, self.outline.draws)
        firsts = range(start, end, LANES)
        if portion in self._portions or not self._blocks.issuperset(firsts):
            return
        for name, (shape, kind) in self._shapes.items():
            values = np.empty((*shape[:-1], end - start), kind)
            for first in firsts:
                with np.load(self._file(first)) as file:
                    at = first - start
                    values[..., at : at + self._count(first)] = file[name]
            open_array(self._array(name), is_writable=True)[..., start:end] = values
        self._ledger.note({"portion": portion, "files": self._chunks_hash(portion)})
        self._portions.add(portion)
        for first in firsts:
            self._file(first).unlink()

    def _array(self, name: str) -> Path:
        store = "scratch.zarr" if name in _SCRATCH else "run/results.zarr"
        return self.folder / store / name

    def _chunks_hash(self, portion: int) -> str:
        """Fingerprint of the chunks that hold a portion; draws are the last axis of each array."""
        chunks = [
            file
            for name in self._shapes
            for file in (self._array(name) / "c").rglob(str(portion))
            if file.is_file()
        ]
        return sha256_of_files(chunks, root=self.folder)

    def _series(self, path: Path) -> NDArray[Any]:
        stored = StoredArray(path, self._shelf)
        # without a step an array is small; one with steps gives its rows and passes for an array
        return np.asarray(stored) if stored.ndim < _WITH_STEPS else cast("NDArray[Any]", stored)


_WITH_STEPS = 3


def _empty(outline: Outline) -> Any:
    """The dataset of the run before any draw is done: fill values, which take no room."""
    draws = min(outline.draws, PORTION)
    shapes = shapes_of(outline.compiled, draws)
    shapes.pop(LINK_DRAWS)
    arrays = {name: np.broadcast_to(fill_of(kind), shape) for name, (shape, kind) in shapes.items()}
    links = np.full((outline.compiled.link_count, len(LINK_QUANTILES)), np.nan)
    recording = recording_of(outline.compiled, draws, arrays, links, Extremes(), regime={})
    return build_dataset(recording, outline.context)


def _totals(path: Path) -> NDArray[np.float64]:
    """Quantiles of what each link carried, chunk of links by chunk of links."""
    array = open_array(path)
    size = array.chunks[0]
    parts = [
        link_quantiles(np.asarray(array[first : first + size]))
        for first in range(0, array.shape[0], size)
    ]
    return np.concatenate(parts)


def _write_whole(path: Path, content: memoryview) -> None:
    partial = path.with_suffix(".new")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
