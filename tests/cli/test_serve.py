"""``terbium serve``: options, refusals, and a real process from start to signal."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.commands import call

from terbium.base.errors import CommandError
from terbium.cli.serving import Asked, settings_of
from terbium.web.settings import MEBIBYTE

TOKEN = "a-token-that-is-long-enough-0123456789"


def asked(**told: Any) -> Asked:
    plain: dict[str, Any] = {
        "host": "127.0.0.1", "port": 8765, "database": "", "folder": None, "tokens": None,
        "workers": 1, "limits": (), "names": (), "certificate": None, "key": None,
    }  # fmt: skip
    return Asked(**{**plain, **told})


def token_file(place: Path, text: str, mode: int = 0o600) -> Path:
    place.write_text(text)
    place.chmod(mode)
    return place


def test_options_become_settings(tmp_path: Path) -> None:
    held = token_file(tmp_path / "tokens", f"# who may\n\nAda Lovelace {TOKEN}\n{TOKEN}2\n")
    told = asked(
        host="0.0.0.0", folder=Path("here"), tokens=held, workers=3, names=("Desk.Example",),
        limits=("upload=2", "draws=7", "requests=9"),
    )  # fmt: skip
    found = settings_of(told, {"TERBIUM_TOKENS": f"{TOKEN}3 {TOKEN}"})
    assert found.tokens == (TOKEN, f"{TOKEN}2", f"{TOKEN}3")
    assert (found.limits.upload, found.limits.draws) == (2 * MEBIBYTE, 7)
    assert (found.limits.requests, found.limits.waiting, found.workers) == (9, 20, 3)
    assert found.names == ("desk.example",)
    assert found.folder == Path("here").absolute()
    assert TOKEN not in repr(found)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    wrong = asked(
        port=70000, workers=0, tokens=tmp_path / "nothing", certificate=tmp_path / "no.pem",
        limits=("uplaod=2", "draws=many", "seconds=-1"),
    )  # fmt: skip
    with pytest.raises(CommandError) as caught:
        settings_of(wrong, {"TERBIUM_TOKENS": "short"})
    text = str(caught.value)
    for words in (
        "--port: seen 70000", "--workers: seen 0", "No such file", "did you mean 'upload'?",
        "'many'", "'-1'", "TERBIUM_TOKENS, token 1: seen a token of 5 characters", "--key: seen",
        "no.pem",
    ):  # fmt: skip
        assert words.lower() in text.lower(), words
    assert "short" not in text, "what may be a token is not shown"


@pytest.mark.skipif(os.name != "posix", reason="permissions of a file are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_of_tokens_is_its_owners_alone(tmp_path: Path, mode: int) -> None:
    held = token_file(tmp_path / "tokens", TOKEN, mode)
    with pytest.raises(CommandError, match="chmod 600"):
        settings_of(asked(tokens=held), {})


@pytest.mark.parametrize("text", ["", "# nobody\n", "too-short", f"{TOKEN}\nnot, for, a header!"])
def test_tokens_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CommandError, match="--new-token"):
        settings_of(asked(tokens=token_file(tmp_path / "tokens", text)), {})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_others_are_not_served_without_a_token(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERBIUM_TOKENS", raising=False)
    answer = call("serve", "--host", host)
    assert answer.code == 2
    for words in (f"--host {host}", "no access token", "127.0.0.1", "--new-token", "--tokens"):
        assert words in answer.err


def test_a_fresh_token_is_a_good_one() -> None:
    one, other = (call("serve", "--new-token").out.strip() for _ in range(2))
    assert one != other
    assert settings_of(asked(), {"TERBIUM_TOKENS": one}).tokens == (one,)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = call("serve", "--port", str(port), "--folder", str(tmp_path / "s"))
    assert answer.code == 2
    assert "a port that another program has" in answer.err
    assert "--port" in answer.err
    assert not (tmp_path / "s").exists(), "nothing was begun"


def test_an_address_of_nobody_is_told() -> None:
    answer = call("serve", "--host", "127.0.0.1", "--database", "mysql://x/y", "--port", "0")
    assert answer.code == 2
    assert "mysql" in answer.err


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_it_serves_until_a_signal_ends_it(tmp_path: Path) -> None:
    environment = {**os.environ, "TERBIUM_TOKENS": TOKEN}
    # files of others, which a wheel holds, are not needed
    process = subprocess.Popen(
        [sys.executable, "-m", "terbium", "serve", "--port", "0", "--folder", str(tmp_path / "s")],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[2]
        assert address.startswith("http://127.0.0.1:")
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            assert client.get("/login?next=/secret").status_code == 200
            assert client.get("/api/v1/meta").status_code == 401
            held = {"authorization": f"Bearer {TOKEN}"}
            assert client.get("/api/v1/jobs", headers=held).json() == []
            assert "server" not in client.get("/login").headers
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 143, err
    assert time.monotonic() - began < 30
    assert "stopped" in err
    assert "Traceback" not in err
    assert "GET /api/v1/meta 401" in err
    assert TOKEN not in out + err
    assert "secret" not in err
