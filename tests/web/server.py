"""A real ``terbium serve`` in a process of its own, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

HERE = "127.0.0.1"
SECONDS_TO_START = 120.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A server that can be started, killed and started again on the same folder.

    Attributes
    ----------
    folder
        Its store and results.
    tokens
        Access tokens; none means that everybody here is one owner.
    command
        What starts it; another environment has another one.
    """

    folder: Path
    tokens: Sequence[str] = ()
    command: Sequence[str] = (sys.executable, "-m", "terbium")
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HERE}:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        options = ["serve", "--port", str(self.port), "--folder", str(self.folder), *self.options]
        if self.tokens:
            known = self.folder / "tokens.txt"
            known.write_text("".join(f"{token}\n" for token in self.tokens), encoding="utf-8")
            known.chmod(0o600)
            options += ["--tokens", str(known)]
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                [*self.command, *options],
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/login", timeout=5.0, trust_env=False)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def family(self) -> list[psutil.Process]:
        """The process and all it has started."""
        assert self.process is not None
        try:
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> int:
        """End it as a user would, and return its exit code."""
        if self.process is None:
            return 0
        family = self.family()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        code = self.process.wait()
        _, alive = psutil.wait_procs(family[1:], timeout=5)
        for left in alive:
            left.kill()
        self.process = None
        return code

    def kill(self) -> None:
        """End the server, and it alone, without a word."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(folder: Path, **settings: object) -> Iterator[Server]:
    """A started server, stopped at the end."""
    server = Server(folder, **settings)  # type: ignore[arg-type]
    server.start()
    try:
        yield server
    finally:
        server.stop()
