"""How the parts of the store reach its tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from terbium.web.store.database import WRITES

_ID_BYTES: Final = 16
_SECRET_BYTES: Final = 24


class Rows:
    """A database, and sessions on it.

    Parameters
    ----------
    engine
        An opened database.
    results
        The folder that holds the folders of results.
    """

    def __init__(self, engine: Engine, results: Path) -> None:
        self.engine, self.results_folder = engine, results
        self._writing = engine.execution_options(**{WRITES: True})

    @contextmanager
    def reads(self) -> Iterator[Session]:
        """A transaction that changes nothing."""
        with Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def writes(self) -> Iterator[Session]:
        """A transaction that may change rows: all of them, or none if the block raises."""
        with Session(self._writing) as session, session.begin():
            yield session


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A name that nobody guesses, for what its owner alone may see (128 bits)."""
    return token_urlsafe(_ID_BYTES)


def new_secret() -> str:
    """A name that opens what it names to whoever has it (192 bits)."""
    return token_urlsafe(_SECRET_BYTES)
