"""Opening a store: SQLite in a file or PostgreSQL by URL, brought up to date."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError as AlembicError
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from terbium.base.errors import InputError

WRITES = "terbium_writes"
"""Execution option of connections that are going to write."""

_WAITS = 30
_DRIVERS = {"postgresql": "postgresql+pg8000", "postgres": "postgresql+pg8000"}
_OURS = ("sqlite", "postgresql+pg8000")
# any number does, so long as no other application takes the same one
_LOCK = 0x7465726269
_SERVER = _LOCK + 1


def open_database(url: str) -> Engine:
    """Open a store and bring its tables up to date.

    Parameters
    ----------
    url
        ``sqlite:///FILE`` or ``postgresql+pg8000://USER:PASSWORD@HOST/DATABASE``.

    Raises
    ------
    InputError
        If it cannot be reached, is no such store, or was written by a later version.
    """
    parsed = _parsed(url)
    engine = _engine(parsed)
    try:
        migrate(engine)
    except AlembicError as error:
        engine.dispose()
        raise _refused(
            parsed, "a store of a later version", "a store of this version or an earlier one",
            "serve it with the version that wrote it, or name another store",
        ) from error  # fmt: skip
    except (DBAPIError, sqlite3.Error, OSError) as error:
        engine.dispose()
        raise _refused(
            parsed, "a store that cannot be opened",
            "a file that this user may write, or a PostgreSQL server that can be reached",
            "check the address, the password and the permissions",
        ) from error  # fmt: skip
    return engine


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to a revision; each step is done wholly or not at all."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def hold(engine: Engine) -> Connection | None:
    """Take a PostgreSQL store for one server, as long as the connection is open.

    A store in a file is held by the lock on its folder.

    Raises
    ------
    InputError
        If another server has it.
    """
    if engine.dialect.name != "postgresql":
        return None
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if connection.scalar(sa.text(f"SELECT pg_try_advisory_lock({_SERVER})")):
        return connection
    connection.close()
    raise _refused(
        engine.url, "a store that another server works on", "one server for a store",
        "stop the other one, or give this one a database of its own",
    )  # fmt: skip


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InputError.of(
            "store", "database", "an address that cannot be read",
            ", ".join(f"{name}://..." for name in _OURS), "write it in this form",
        ) from error  # fmt: skip
    parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
    if parsed.drivername not in _OURS:
        raise _refused(
            parsed, f"the database '{parsed.drivername}'", ", ".join(_OURS), "choose one of these"
        )
    return parsed


def _refused(url: URL, seen: str, allowed: str, remedy: str) -> InputError:
    place = f"database {url.render_as_string(hide_password=True)}"
    return InputError.of("store", place, seen, allowed, remedy)


def _engine(url: URL) -> Engine:
    if url.drivername != "sqlite":
        engine = sa.create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=40)
        event.listen(engine, "begin", _begin_postgres)
        return engine
    try:
        if url.database:
            _make_file(Path(url.database))
    except OSError as error:
        raise _refused(
            url, f"a file that cannot be made ({error.strerror})",
            "a place that this user may write", "choose another place",
        ) from error  # fmt: skip
    engine = sa.create_engine(url, pool_size=20, max_overflow=40, connect_args={"timeout": _WAITS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_file(path: Path) -> None:
    """Make the file for this user alone; SQLite gives what it puts beside it the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare(connection: Any, _record: Any) -> None:
    # the driver's own transactions begin too late to be told that they are going to write
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_postgres(connection: Connection) -> None:
    # one writer at a time, as in SQLite: what one has read still holds when it writes
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _begin(connection: Connection) -> None:
    # one that reads and then writes cannot wait for another writer: it would have to read again
    will_write = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if will_write else "BEGIN")
