"""A PostgreSQL server that a test starts, on a socket in a folder of its own."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PORT = 5432
_UNPRIVILEGED = ("postgres", "nobody")
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


def postgres_programs() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``, or None."""
    places = [Path(place) for place in os.get_exec_path()]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((p for p in places if (p / "initdb").is_file() and (p / "pg_ctl").is_file()), None)


@contextmanager
def postgres_server(programs: Path) -> Iterator[str]:
    """A server with an empty database; gives the URL of that.

    It refuses to run as root, and is then run as somebody with fewer rights.
    """
    # not under pytest's own folder: others may not enter that, and socket names have to be short
    folder = Path(tempfile.mkdtemp(prefix="terbium-pg-"))
    whom: dict[str, Any] = {}
    user = getpass.getuser()
    if os.geteuid() == 0:
        user = next(name for name in _UNPRIVILEGED if _exists(name))
        whom = {"user": user, "group": pwd.getpwnam(user).pw_gid}
        shutil.chown(folder, user)

    def run(command: Sequence[str]) -> None:
        # what the server says goes to a file: a pipe would stay open as long as it runs
        with (folder.parent / f"{folder.name}.log").open("wb") as said:
            done = subprocess.run(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, **whom
            )
        assert done.returncode == 0, Path(said.name).read_text(encoding="utf-8")

    data = folder / "data"
    control = [str(programs / "pg_ctl"), "--pgdata", str(data), "--wait"]
    options = [f"-c {setting}" for setting in _QUICK]
    options += ["-c listen_addresses=''", f"-c unix_socket_directories={folder}", f"-p {_PORT}"]
    try:
        run(
            [str(programs / "initdb"), "--pgdata", str(data), "--username", user, "--auth", "trust",
             "--encoding", "UTF8", "--no-sync", "--no-instructions"]
        )  # fmt: skip
        log = ["--log", str(folder / "server.log")]
        run([*control, *log, "--options", " ".join(options), "start"])
        try:
            socket = folder / f".s.PGSQL.{_PORT}"
            yield f"postgresql://{user}@/postgres?unix_sock={socket}"
        finally:
            run([*control, "--mode", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
