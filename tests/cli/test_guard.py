import signal
import subprocess
import sys
from pathlib import Path

import pytest

from terbium.base.errors import CommandError, TerbiumError
from terbium.cli.guard import INTERRUPTED, OUR_FAULT, Debug, end_on_sigterm, guarded


def raising(error: BaseException) -> object:
    def command() -> None:
        raise error

    return command


BAD_INPUT = CommandError.of("terbium run", "--draws", "0", "1 or more", "raise it")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (SystemExit(), 0, ""),
        (SystemExit(0), 0, ""),
        (SystemExit(2), 2, ""),
        (SystemExit(143), 143, "stopped"),
        (SystemExit(130), INTERRUPTED, "stopped"),
        (KeyboardInterrupt(), INTERRUPTED, "stopped"),
        (BAD_INPUT, 2, f"{BAD_INPUT}\n"),
        (TerbiumError("a law is broken"), OUR_FAULT, "a fault of Terbium, not of your input"),
        (ZeroDivisionError("x\ny"), OUR_FAULT, "(ZeroDivisionError: x).\nPlease report it"),
    ],
)
def test_each_end_has_its_code_and_its_message(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raising(error)) == code  # type: ignore[arg-type]
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert bool(said) == bool(printed.err)
    assert "Traceback" not in printed.err


def test_a_command_that_returns_is_done() -> None:
    assert guarded(lambda: 7) == 0


def test_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Debug, "is_on", True)
    assert guarded(raising(ZeroDivisionError("x"))) == OUR_FAULT  # type: ignore[arg-type]
    assert guarded(raising(BAD_INPUT)) == 2  # type: ignore[arg-type]
    said = capsys.readouterr().err
    assert said.count("Traceback") == 2
    assert "report it" not in said


def test_sigterm_unwinds_the_stack() -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        end_on_sigterm()
        with pytest.raises(SystemExit, match="143"):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_an_error_that_is_its_own_context_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    inner, outer = ValueError("unreadable"), CommandError.of("terbium", "file", "x", "y", "z")
    inner.__context__, outer.__context__ = outer, inner
    outer.add_note("5 draws are kept")
    assert guarded(raising(outer)) == 2  # type: ignore[arg-type]
    assert capsys.readouterr().err == f"{outer}\n5 draws are kept\n"


def test_an_interrupt_inside_generated_code_keeps_its_exit_code(tmp_path: Path) -> None:
    """The interpreter remembers such an interrupt and would end the process by the signal."""
    (tmp_path / "interrupted.py").write_text(
        "import sys\n"
        "from terbium.cli.guard import guarded\n"
        "def command():\n"
        "    exec('raise KeyboardInterrupt')\n"
        "sys.exit(guarded(command))\n",
        encoding="utf-8",
    )
    ended = subprocess.run(
        [sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, text=True
    )
    assert ended.returncode == INTERRUPTED
    assert ended.stderr.startswith("terbium: stopped.")
