"""A file that was cut, altered or made to deceive is refused, and costs nothing before it is."""

from __future__ import annotations

import io
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib import format as npy
from tests.graph.tables_make import (
    arrays_of,
    assert_same,
    copy_of_folder,
    long_lines,
    small_table,
)
from tests.graph.test_tables import refusal, refusals, written
from tests.graph.test_tables_text import square

from terbium.base.errors import GraphError
from terbium.graph import tables_memory
from terbium.graph.tables import InputOutputTable, read_table, write_table
from terbium.graph.tables_memory import free_memory, memory_needed

MB = 1_000_000


def survives(path: Path, whole: InputOutputTable) -> bool:
    """Whether a damaged file is still read; then it must be the whole table."""
    try:
        again = read_table(path)
    except GraphError:
        return False
    assert_same(again, whole)
    return True


def tiny_files(place: Path) -> list[Path]:
    """One table in the forms that are one file."""
    table = small_table(regions=2, sectors=2, categories=1)
    archive, packed = place / "table.npz", place / "packed.npz"
    write_table(table, archive)
    np.savez_compressed(packed, **arrays_of(table))
    flows = place / "long.csv"
    flows.write_text("\n".join(long_lines(table)) + "\n", encoding="utf-8")
    dense = place / "dense.csv"
    dense.write_text("\n".join(long_lines(table, outputs=False)) + "\n", encoding="utf-8")
    with_x, without = place / "square.csv", place / "plain.csv"
    return [archive, packed, flows, dense, square(table, with_x), square(table, without, False)]


@pytest.mark.parametrize("form", range(6))
def test_a_file_cut_at_any_length_is_refused(tmp_path: Path, form: int) -> None:
    path = tiny_files(tmp_path)[form]
    whole, content = read_table(path), path.read_bytes()
    read = []
    for length in range(len(content)):
        path.write_bytes(content[:length])
        read += [length] if survives(path, whole) else []
    # a list of flows that has every cell may lose all its outputs: they are the row sums
    outputs = content.find(b"\nx,") + 1
    assert read == ([outputs] if path.name == "long.csv" else [])


@pytest.mark.parametrize("name", ["Z", "Y", "x", "A", "file_parameters"])
def test_a_folder_with_a_file_cut_at_any_length_is_refused(tmp_path: Path, name: str) -> None:
    folder = copy_of_folder(tmp_path)
    if name == "A":
        (folder / "Z.txt").unlink()
        (folder / "file_parameters.json").unlink()
    whole = read_table(folder)
    path = next(folder.glob(f"{name}.*"))
    content = path.read_bytes()
    # the last lines and the first at every length, the rest here and there
    lengths = [*range(0, 400), *range(400, len(content) - 200, 41)]
    for length in (*lengths, *range(max(len(content) - 200, 0), len(content))):
        if length < len(content):
            path.write_bytes(content[:length])
            assert not survives(folder, whole), f"cut to {length} of {len(content)} bytes"


def test_a_folder_that_lost_a_file_is_refused(tmp_path: Path) -> None:
    for name in ("Z.txt", "Y.txt", "x.txt"):
        folder = copy_of_folder(tmp_path)
        (folder / name).unlink()
        found = refusal(folder)
        assert found.place == name
        assert "cannot be read" in found.seen
        shutil.rmtree(folder)


@settings(max_examples=300)
@given(st.data())
def test_an_archive_with_a_byte_altered_is_refused_or_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "altered.npz"
    pack = data.draw(st.sampled_from([np.savez, np.savez_compressed]))
    whole = small_table(regions=2, sectors=2, categories=1)
    pack(path, **arrays_of(whole))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    survives(path, whole)


@settings(max_examples=200)
@given(st.binary(max_size=80), st.sampled_from([".npz", ".csv"]))
def test_any_bytes_at_all_are_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    assert refusals(path)


def forged(path: Path, name: str, head: bytes, content: bytes = b"", pack: int = 0) -> Path:
    """The small table with one part replaced by a header of our choice and some bytes."""
    with zipfile.ZipFile(path, "w", compression=pack) as archive:
        for key, values in arrays_of(small_table()).items():
            if key != name:
                with archive.open(f"{key}.npy", "w") as part:
                    npy.write_array(part, values)
        archive.writestr(f"{name}.npy", head + content)
    return path


def header(shape: tuple[int, ...], kind: str = "<f8") -> bytes:
    stream = io.BytesIO()
    npy.write_array_header_1_0(stream, {"descr": kind, "fortran_order": False, "shape": shape})
    return stream.getvalue()


def peak_of(read: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_claim_of_a_million_industries_is_refused_without_allocating(tmp_path: Path) -> None:
    path = forged(tmp_path / "table.npz", "Z", header((10**6, 10**6)))
    assert peak_of(lambda: refusals(path)) < MB
    cut, shape, memory = refusals(path)
    assert cut.place == shape.place == "array 'Z'"
    assert "a part of 128 bytes that claims the shape (1000000, 1000000)" in cut.seen
    assert shape.allowed == "(12, 12) for 3 regions x 4 sectors"
    assert memory.place == "memory"
    assert memory.seen.startswith("a table that needs 8.0 TB, on a machine with ")
    assert "aggregate regions or sectors" in memory.remedy


@pytest.mark.parametrize(
    ("name", "head", "seen"),
    [
        ("regions", header((10**12,), "<U4"), "claims the shape"),
        ("Z", header((-12, -12)), "claims the shape"),
        ("Z", b"\x93NUMPY\x01\x00\x05\x00{oh}\n", "no array of NumPy"),
        ("Z", b"\x93NUMPY\x01\x00\x05\x00({[(\n", "no array of NumPy"),
        ("Z", b"\x93NUMPY\x09\x00", "no array of NumPy (format version 9.0)"),
        ("Z", b"MZ", "no array of NumPy"),
        ("Z", b"", "no array of NumPy"),
        ("x", header((12,)), "a part of 128 bytes that claims the shape (12,)"),
    ],
)
def test_a_forged_part_is_refused(tmp_path: Path, name: str, head: bytes, seen: str) -> None:
    found = refusals(forged(tmp_path / "table.npz", name, head))
    assert any(seen in problem.seen for problem in found), list(map(str, found))


def test_bytes_beyond_an_array_are_refused(tmp_path: Path) -> None:
    path = forged(tmp_path / "table.npz", "x", header((12,)), bytes(12 * 8 + 8))
    assert "232 bytes that claims the shape (12,)" in refusal(path).seen


def test_figures_that_do_not_match_their_checksum_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    content = path.read_bytes()
    figure = small_table().Z[5, 5].tobytes()
    assert content.count(figure) == 1
    path.write_bytes(content.replace(figure, (small_table().Z[5, 5] * 1.0001).tobytes()))
    found = refusal(path)
    assert "Bad CRC-32 for file 'Z.npy'" in found.seen
    assert "cut short or altered" in found.remedy


@pytest.mark.parametrize("write", [np.savez_compressed, np.savez])
def test_a_table_beyond_the_machine_is_refused_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., None]
) -> None:
    size = 1200
    path = tmp_path / "table.npz"
    write(
        path,
        Z=np.ones((size, size)),
        Y=np.ones((size, 30)),
        regions=np.arange(30),
        sectors=np.arange(40),
    )
    needed = memory_needed(30, 40, 1)
    monkeypatch.setattr(tables_memory, "free_memory", lambda: needed - 1)
    assert peak_of(lambda: refusals(path)) < MB
    found = refusal(path)
    assert found.place == "memory"
    assert f"needs {tables_memory.size(needed)}, on a machine with" in found.seen
    monkeypatch.setattr(tables_memory, "free_memory", lambda: needed)
    assert read_table(path).size == size


@pytest.mark.parametrize("form", [2, 4])
def test_text_beyond_the_machine_is_refused_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: int
) -> None:
    path = tiny_files(tmp_path)[form]
    monkeypatch.setattr(tables_memory, "free_memory", lambda: 10_000)
    assert refusal(path).place == "memory"
    folder = copy_of_folder(tmp_path)
    assert refusal(folder).place == "memory"


def test_a_process_without_memory_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    path = written(tmp_path)
    monkeypatch.setattr("terbium.graph.tables_npz._floats", fail)
    found = refusal(path)
    assert (found.place, found.seen) == ("memory", "more than this process may take")


@pytest.mark.parametrize("order", ["C", "F"])
def test_reading_holds_one_copy_of_the_flows(tmp_path: Path, order: str) -> None:
    size = 2000
    flows = np.random.default_rng(1).random((size, size))
    path = tmp_path / "table.npz"
    np.savez(
        path,
        Z=np.asarray(flows, order=order),
        Y=np.full((size, 20), 100.5),
        regions=np.arange(20),
        sectors=np.arange(100),
    )
    kept: list[InputOutputTable] = []
    peak = peak_of(lambda: kept.append(read_table(path)))
    assert peak < 1.3 * flows.nbytes
    np.testing.assert_array_equal(kept[0].Z, flows)


def test_memory_grows_with_the_flows_and_with_the_steps() -> None:
    assert memory_needed(49, 100, 1) > 8 * 4900 * (4900 + 49)
    assert memory_needed(49, 100, 1, steps=730) > memory_needed(49, 100, 1)
    assert memory_needed(10**3, 10**3, 1) > 8 * 10**12


def test_the_room_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "meminfo"
    info.write_text("MemTotal: 9000 kB\nMemAvailable:    5000 kB\n", encoding="ascii")
    monkeypatch.setattr(tables_memory, "_MEMINFO", info)
    monkeypatch.setattr(tables_memory, "_CGROUP", tmp_path)
    assert free_memory() == 5000 * 1024
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    (tmp_path / "memory.current").write_text("3000000\n", encoding="ascii")
    assert free_memory() == 5000 * 1024
    (tmp_path / "memory.max").write_text("4000000\n", encoding="ascii")
    assert free_memory() == 1_000_000
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 500\n", encoding="ascii")
    assert free_memory() == 1_000_500
    monkeypatch.setattr(tables_memory, "_MEMINFO", tmp_path / "absent")
    monkeypatch.setattr(tables_memory, "_CGROUP", tmp_path / "absent")
    monkeypatch.setattr("os.sysconf", {"SC_AVPHYS_PAGES": 7, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert free_memory() == 7 * 4096
    monkeypatch.delattr("os.sysconf")
    assert free_memory() is None
