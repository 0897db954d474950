import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from terbium.base.errors import InputError
from terbium.web.settings import Settings
from terbium.web.store import database as opening
from terbium.web.store.database import WRITES, migrate, open_database
from terbium.web.store.models import Base
from terbium.web.store.records import Pending
from terbium.web.store.store import Store

FIRST = "0001"


def test_an_empty_database_gets_the_tables_of_the_models(database: str) -> None:
    engine = open_database(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert {*sa.inspect(connection).get_table_names()} > {*Base.metadata.tables}
    engine.dispose()


def test_a_store_of_the_first_version_keeps_what_it_holds(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_first = lambda engine: migrate(engine, FIRST)  # noqa: E731
    settings = Settings(folder=tmp_path, database=database)
    with monkeypatch.context() as patch:
        patch.setattr(opening, "migrate", to_first)
        old = Store.open(settings)
    assert "watches" not in sa.inspect(old.engine).get_table_names()
    place = tmp_path / "results" / "k1"
    place.mkdir(parents=True)
    old.enqueue(Pending("j1", "me", "run", "long", "k1", {"n": 1}), "title", 9)
    old.complete("k1", 7)
    old.close()
    new = Store.open(settings)
    assert new.result("k1", "me") is not None
    assert [job.id for job in new.jobs("me", 9)] == ["j1"]
    slug = new.share("k1", "me")
    assert slug is not None
    assert new.watch("me", {"measure": "X"}).what == {"measure": "X"}
    new.close()
    again = Store.open(settings)
    assert again.shared(slug) is not None
    again.close()


def test_a_store_of_a_later_version_is_refused(database: str) -> None:
    engine = open_database(database)
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(InputError, match="later version"):
        open_database(database)


def test_a_database_is_migrated_once_by_many_at_a_time(database: str) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            open_database(database).dispose()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://me:geheim@there/x", "mysql"),
        ("no address at all", "cannot be read"),
        ("postgresql://me:geheim@127.0.0.1:1/x", "cannot be opened"),
        ("sqlite:////proc/nowhere/x.sqlite", "cannot be made"),
    ],
)
def test_a_wrong_address_is_told_without_its_password(url: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        open_database(url)
    assert words in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_sqlite_waits_for_writers_and_holds_references(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    with engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert asked == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30000}
    engine.dispose()


def test_many_threads_write_at_once(store: Store) -> None:
    (store.results_folder / "shared").mkdir(parents=True)
    store.enqueue(Pending("first", "first", "run", "long", "shared", {}), "", 1)
    store.complete("shared", 1)
    faults: list[BaseException] = []

    def run(name: int) -> None:
        try:
            for i in range(6):
                job = Pending(f"{name}-{i}", f"owner-{name}", "run", "long", f"k{i}", {})
                store.enqueue(job, "", 100)
                store.begin(job.id)
                store.advance(job.id, i, 6)
                store.asked_for("shared", f"owner-{i}")
                store.share("shared", f"owner-{i}")
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(store.pending("running")) == 24
