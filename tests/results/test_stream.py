"""Runs that are written while they run: the same bytes as from memory, whatever came between."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from tests.real_chain import study_of

from terbium.base.errors import OutputError, TerbiumError
from terbium.base.places import writing_to
from terbium.engine.ensemble import Job, Task, solve
from terbium.engine.kept import Kept
from terbium.engine.program import LANES
from terbium.engine.recorder import Recorder
from terbium.engine.recording import Recording
from terbium.engine.run import compiled_for
from terbium.engine.sample import Responses, Values
from terbium.results import stream as stream_module
from terbium.results import zarr_store
from terbium.results.layout import build_dataset
from terbium.results.store import MANIFEST
from terbium.results.stream import Outline, Stream
from terbium.results.summary import summarise
from terbium.results.zarr_store import write_zarr
from terbium.study import Study

# portions of two blocks: two whole ones, and one with a block that is cut short
DRAWS, PORTION = 5 * LANES - 3, 2 * LANES


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (zarr_store, stream_module):
        monkeypatch.setattr(module, "PORTION", PORTION)


@cache
def study() -> Study:
    return study_of("april-2025", overrides={"horizon.end": "2025-05-04"})


@cache
def outline() -> Outline:
    identity = {"seed": 5, "draws": DRAWS, "scenario": {"horizon": {"end": "2025-05-04"}}}
    day = study().scenario.headline.in_force
    return Outline(study().compiled, DRAWS, day, study()._context(5), identity)


@cache
def blocks() -> tuple[Kept, ...]:
    values = Values(study().parameters.names, study().parameters.sample(DRAWS, 5))
    chain = compiled_for(study().compiled, values)
    job = Job(chain, Responses(), study().rules, values.names, outline().headline)
    return tuple(
        solve(job, Task(first, values.part(first, LANES)), Event(), lambda steps: None)
        for first in range(0, DRAWS, LANES)
    )


@cache
def in_memory() -> Recording:
    recorder = Recorder(outline().compiled, DRAWS, outline().headline)
    for kept in blocks():
        recorder.receive(kept)
    return recorder.finish()


def prints(store: Path) -> dict[str, str]:
    files = (path for path in store.rglob("*") if path.is_file())
    return {
        path.relative_to(store).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    place = tmp_path_factory.mktemp("memory") / "memory.zarr"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zarr_store, "PORTION", PORTION)
        write_zarr(build_dataset(in_memory(), outline().context), place)
    return prints(place)


def result(stream: Stream) -> dict[str, str]:
    stream.finish()
    return prints(stream.folder / "run" / "results.zarr")


def receive_all(stream: Stream) -> None:
    left = set(stream.left())
    for kept in blocks():
        if kept.first in left:
            stream.receive(kept)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Stream]]:
    held: list[Stream] = []

    def begin(resume: bool = False, **changes: Any) -> Stream:
        held.append(Stream(tmp_path / "run", replace(outline(), **changes), resume))
        return held[-1]

    yield begin
    for stream in held:
        stream.leave()


def test_blocks_in_any_order_leave_the_bytes_and_the_arrays_of_a_run_in_memory(
    opened: Callable[..., Stream], expected: dict[str, str]
) -> None:
    stream, memory, context = opened(), in_memory(), outline().context
    for number in (3, 0, 4, 2, 1):
        stream.receive(blocks()[number])
    assert stream.draws_done == DRAWS
    assert list((stream.folder / "blocks").iterdir()) == []
    found = stream.finish()
    assert prints(stream.folder / "run" / "results.zarr") == expected
    for name, array in vars(memory).items():
        if isinstance(array, np.ndarray):
            assert np.array_equal(np.asarray(getattr(found, name)), array, equal_nan=True), name
    assert (found.regime, found.conservation) == (memory.regime, memory.conservation)
    assert summarise(found, context) == summarise(memory, context)
    rows, last = [2, 0], (slice(None), [0, -1])
    assert np.array_equal(found.export[rows], memory.export[rows])
    assert np.array_equal(found.queue_filed[last], memory.queue_filed[last])
    assert np.array_equal(found.export[1, 3], memory.export[1, 3])
    assert np.array_equal(found.export[..., :4], memory.export[..., :4])
    # once it is saved, it is read from its folder alone
    stream._shelf.close()
    with pytest.raises(TerbiumError, match="open_run"):
        found.export[0]


def killed(stream: Stream) -> None:
    """As a kill leaves it: nothing is closed in order, but the lock ends with the process."""
    stream._unfinished.close()


def test_a_run_that_is_killed_after_every_block_leaves_the_same_bytes(
    opened: Callable[..., Stream], expected: dict[str, str]
) -> None:
    stream = opened()
    for number, kept in enumerate(blocks()):
        killed(stream)
        stream = opened(resume=True)
        assert stream.draws_done == number * LANES
        assert list(stream.left()) == [kept.first for kept in blocks()[number:]]
        stream.receive(kept)
    killed(stream)
    last = opened(resume=True)
    assert (last.draws_done, list(last.left())) == (DRAWS, [])
    assert result(last) == expected


def torn(folder: Path) -> None:
    with (folder / "ledger.jsonl").open("a") as file:
        file.write('{"block": 64, "fil')


def half_a_block(folder: Path) -> None:
    file = folder / "blocks" / f"{PORTION:08d}.npz"
    file.write_bytes(file.read_bytes()[:1000])


def no_block(folder: Path) -> None:
    (folder / "blocks" / f"{PORTION:08d}.npz").unlink()


def half_a_chunk(folder: Path) -> None:
    chunk = folder / "run/results.zarr/export/c/0/0/0"
    chunk.write_bytes(chunk.read_bytes()[:-7])


def test_what_is_not_as_it_was_written_is_done_again(
    opened: Callable[..., Stream], expected: dict[str, str]
) -> None:
    """Three blocks are done; each damage costs what it hit, and what was lost is done again."""
    stream = opened()
    for kept in blocks()[:3]:
        stream.receive(kept)
    damages = ((torn, []), (half_a_block, [2]), (no_block, [2]), (half_a_chunk, [0, 1]))
    for damage, lost in damages:
        killed(stream)
        damage(stream.folder)
        stream = opened(resume=True)
        firsts = [blocks()[number].first for number in (*lost, 3, 4)]
        assert list(stream.left()) == firsts, damage.__name__
        for number in lost:
            stream.receive(blocks()[number])
    receive_all(stream)
    assert result(stream) == expected


def test_an_unfinished_run_is_kept_for_whoever_asks_for_the_right_one(
    opened: Callable[..., Stream], tmp_path: Path
) -> None:
    first = opened()
    first.leave()
    assert list(tmp_path.iterdir()) == []
    first, error = opened(), KeyboardInterrupt()
    first.receive(blocks()[0])
    with pytest.raises(OutputError, match="being written there by another process"):
        opened(resume=True)
    assert first.draws_done == LANES
    first.leave(error)
    (note,) = error.__notes__
    assert note.startswith(f"16 of {DRAWS} draws are kept in {tmp_path / '.run.unfinished'}; ")
    assert "--resume" in note
    other = {"seed": 6, "draws": DRAWS, "scenario": {"horizon": {"end": "2025-06-29"}}}
    with pytest.raises(OutputError) as caught:
        opened(resume=True, identity=other)
    seen = {(p.place, p.seen, p.allowed.partition(",")[0]) for p in caught.value.problems}
    assert seen == {
        ("--resume, seed", "6", "5"),
        ("--resume, scenario.horizon.end", "2025-06-29", "2025-05-04"),
    }
    second = opened(resume=True)
    assert second.draws_done == LANES
    killed(second)
    # without resume a run begins anew
    assert opened().draws_done == 0


def test_there_must_be_something_to_go_on_with(
    opened: Callable[..., Stream], tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match="no unfinished run of this folder"):
        opened(resume=True)
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_folder_is_left_alone(opened: Callable[..., Stream], tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="thesis"):
        opened()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


class Disk:
    """A file system of a few megabytes, or one that nobody may write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()

    def mount(self, options: str) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root may mount a file system to fill")
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.path)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this machine lets nobody mount a file system")

    def unmount(self) -> None:
        subprocess.run(["umount", str(self.path)], capture_output=True, check=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    found = Disk(tmp_path / "disk")
    yield found
    found.unmount()


def earlier(place: Path) -> dict[str, str]:
    """A result that lies there already."""
    place.mkdir()
    (place / MANIFEST).write_text("{}")
    (place / "report.html").write_text("earlier")
    return prints(place)


def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    disk: Disk, expected: dict[str, str]
) -> None:
    """Full in the middle of a block's file, then in the middle of a portion that is stored."""
    disk.mount("size=6m")
    place = disk.path / "run"
    before, done = earlier(place), 0
    for size in ("10m", "64m"):
        stream = Stream(place, outline(), resume=done > 0)
        assert stream.draws_done == done
        with pytest.raises(OutputError) as caught:
            receive_all(stream)
        stream.leave(caught.value)
        (problem,) = caught.value.problems
        assert (problem.place, problem.seen) == (str(place), os.strerror(errno.ENOSPC))
        assert "room on the disk" in problem.allowed
        assert "--resume" in problem.remedy
        assert caught.value.exit_code == 2
        assert prints(place) == before
        assert done < stream.draws_done < DRAWS
        done = stream.draws_done
        assert f"{done} of {DRAWS} draws are kept" in caught.value.__notes__[0]
        subprocess.run(["mount", "-o", f"remount,size={size}", str(disk.path)], check=True)
    again = Stream(place, outline(), resume=True)
    assert again.draws_done == done
    receive_all(again)
    assert result(again) == expected
    assert prints(place) == before
    again.leave()


def test_a_read_only_folder_is_told_before_anything_is_computed(disk: Disk) -> None:
    disk.mount("size=1m")
    before = earlier(disk.path / "run")
    subprocess.run(["mount", "-o", "remount,ro", str(disk.path)], check=True)
    with pytest.raises(OutputError, match="Read-only file system") as caught:
        Stream(disk.path / "run", outline())
    assert caught.value.problems[0].place == str(disk.path / "run")
    assert prints(disk.path / "run") == before


def test_a_limit_on_the_size_of_files_is_told(tmp_path: Path) -> None:
    """For whoever may not mount a disk to fill: the same through a limit of this process."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    stream = Stream(tmp_path / "run", outline())
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        with pytest.raises(OutputError, match=os.strerror(errno.EFBIG)):
            stream.receive(blocks()[0])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert stream.draws_done == 0
    stream.receive(blocks()[0])
    assert stream.draws_done == LANES
    stream.leave()


def test_errors_about_other_places_are_left_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), writing_to(tmp_path / "run"):
        raise PermissionError(errno.EACCES, "no", "/elsewhere/file")
    with pytest.raises(OutputError, match="no"), writing_to(tmp_path / "run"):
        raise PermissionError(errno.EACCES, "no", str(tmp_path / ".run.unfinished" / "file"))
    with pytest.raises(FileNotFoundError), writing_to(tmp_path / "run"):
        raise FileNotFoundError(errno.ENOENT, "no", str(tmp_path / "run" / "file"))
