import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.base.errors import OutputError
from terbium.base.files import atomic_dir, atomic_write_text, sha256_of_files, tidy_json


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "out" / "run"
    with atomic_dir(target) as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "a.txt").write_text("a")
        assert not target.exists()
    assert (target / "sub" / "a.txt").read_text() == "a"
    assert names(tmp_path / "out") == ["run"]


def write_and_fail(target: Path, failure: type[BaseException]) -> None:
    with atomic_dir(target, replaces="manifest.json") as folder:
        (folder / "manifest.json").write_text("half")
        raise failure


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_after_an_exception(tmp_path: Path, failure: type[BaseException]) -> None:
    with pytest.raises(failure):
        write_and_fail(tmp_path / "run", failure)
    assert names(tmp_path) == []


def test_an_earlier_run_survives_a_failed_one(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with atomic_dir(target) as folder:
        (folder / "manifest.json").write_text("first")
    with pytest.raises(RuntimeError):
        write_and_fail(target, RuntimeError)
    assert (target / "manifest.json").read_text() == "first"
    with atomic_dir(target, replaces="manifest.json") as folder:
        (folder / "manifest.json").write_text("third")
    assert (target / "manifest.json").read_text() == "third"
    assert names(tmp_path) == ["run"]


def test_somebody_elses_folder_is_not_touched(tmp_path: Path) -> None:
    target = tmp_path / "thesis"
    target.mkdir()
    (target / "chapter.txt").write_text("years of work")
    for replaces in (None, "manifest.json"):
        with (
            pytest.raises(OutputError, match=r"a folder that holds chapter\.txt"),
            atomic_dir(target, replaces=replaces),
        ):
            pytest.fail("the block must not be entered")
    assert names(tmp_path) == ["thesis"]
    assert names(target) == ["chapter.txt"]


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("x")
    with pytest.raises(OutputError, match="a file or a link"), atomic_dir(tmp_path / "run"):
        pytest.fail("the block must not be entered")
    with pytest.raises(OutputError, match="Allowed: a place"), atomic_dir(tmp_path / "run" / "b"):
        pytest.fail("the block must not be entered")


def test_an_empty_folder_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with atomic_dir(tmp_path / "run") as folder:
        (folder / "a").touch()
    assert names(tmp_path) == ["run"]
    assert names(tmp_path / "run") == ["a"]


def test_a_folder_that_comes_in_between_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "run"

    def write_while_another_finishes() -> None:
        with atomic_dir(target) as folder:
            (folder / "mine").touch()
            target.mkdir()
            (target / "theirs").touch()

    with pytest.raises(OutputError, match="a folder that holds theirs"):
        write_while_another_finishes()
    assert names(tmp_path) == ["run"]
    assert names(target) == ["theirs"]


KILLED = """
import sys
from pathlib import Path
from terbium.base.files import atomic_dir
with atomic_dir(Path(sys.argv[1])) as folder:
    (folder / "manifest.json").write_text("half")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and locks")
def test_a_kill_leaves_no_result_and_the_next_call_cleans_up(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        # a folder whose writer lives is left alone by others
        with atomic_dir(tmp_path / "run2"), atomic_dir(target) as folder:
            (folder / "a").touch()
        assert len(names(tmp_path)) == 3
        os.kill(process.pid, signal.SIGKILL)
    assert names(target) == ["a"]
    (target / "a").unlink()
    with atomic_dir(target) as folder:
        (folder / "b").touch()
    assert names(tmp_path) == ["run", "run2"]
    assert names(target) == ["b"]


def test_text_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.json"
    atomic_write_text(target, "钕\r\n")
    assert target.read_bytes() == "钕\r\n".encode()
    atomic_write_text(target, "b")
    assert target.read_text() == "b"
    assert names(target.parent) == ["a.json"]
    with pytest.raises(OutputError):
        atomic_write_text(target / "below a file", "x")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        atomic_write_text(tmp_path / "a", "x")
        with atomic_dir(tmp_path / "d"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "d").stat().st_mode & 0o777 == 0o755


def test_a_fingerprint_sees_names_and_bytes_but_not_order_or_place(tmp_path: Path) -> None:
    for place in ("one", "two"):
        for name, text in {"a.csv": "1", "b.csv": "2"}.items():
            atomic_write_text(tmp_path / place / name, text)
    one, two = (sorted((tmp_path / place).iterdir()) for place in ("one", "two"))
    known = sha256_of_files(one)
    assert known == sha256_of_files(reversed(two))
    assert known == sha256_of_files(two, root=tmp_path / "two")
    assert known != sha256_of_files(two, root=tmp_path)
    (tmp_path / "two" / "a.csv").write_text("2")
    (tmp_path / "two" / "b.csv").write_text("1")
    assert known != sha256_of_files(two)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(plain)
def test_json_reads_back_and_repeats(obj: object) -> None:
    text = tidy_json(obj)
    assert text.endswith("\n")
    assert tidy_json(json.loads(text)) == text


def test_json_is_tidy() -> None:
    text = tidy_json(
        {"b": np.float64(0.1 + 0.2), "a": [np.int64(3), date(2025, 4, 4)], "c": np.array([np.inf])}
    )
    assert json.loads(text) == {"a": [3, "2025-04-04"], "b": 0.3, "c": ["inf"]}
    assert text.index('"a"') < text.index('"b"')


@pytest.mark.parametrize("bad", [float("nan"), {1: "a"}, object(), {"a"}])
def test_json_refuses_what_it_cannot_say(bad: object) -> None:
    with pytest.raises(OutputError, match=r"value\.x\[0\]"):
        tidy_json({"x": [bad]})
