"""Stores to try: SQLite in a file, and PostgreSQL where it is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.conftest import IN_CI
from tests.web.store.postgres import postgres_programs, postgres_server

from terbium.web.settings import Settings
from terbium.web.store.models import Base
from terbium.web.store.store import Store


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of an empty database on a real server."""
    programs = postgres_programs()
    if programs is None:
        if IN_CI:
            pytest.fail("TERBIUM_CI=1 requires PostgreSQL, and none is installed", pytrace=False)
        pytest.skip("PostgreSQL is not installed")
    with postgres_server(programs) as url:
        yield url


@pytest.fixture
def empty_postgres(postgres: str) -> str:
    """The same, without what another test has left."""
    engine = sa.create_engine(postgres.replace("postgresql:", "postgresql+pg8000:"))
    with engine.begin() as connection:
        for line in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            connection.execute(sa.text(line))
    engine.dispose()
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    return str(request.getfixturevalue("empty_postgres"))


@pytest.fixture
def store(database: str, tmp_path: Path) -> Iterator[Store]:
    """An empty store on it."""
    opened = Store.open(Settings(folder=tmp_path / "server", database=database))
    yield opened
    opened.close()


def clear(store: Store) -> None:
    """Take all rows out of a store."""
    with store.writes() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
