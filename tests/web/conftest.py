"""What all tests of the web application share: a store with one run in it, jobs done inline."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.clients import TestClient

from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Pending, Result
from terbium.web.store.rows import new_id

OWNER = "local"
PORT = 8765
TINY_RUN = {"scenario": "april-2025", "draws": 2, "overrides": {"horizon.end": "2025-12-28"}}
"""A request whose answer `stored_run` is."""


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A run in a store of its own, computed once; tests take `stored_run`."""
    folder = tmp_path_factory.mktemp("tiny-run")
    services = Services.open(Settings(folder=folder), inline=True)
    job = services.jobs.submit("run", TINY_RUN, OWNER)
    assert job.state == "done", (job.message, job.problems)
    result = services.jobs.result(job.result, OWNER)
    services.close()
    return result


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A server on this machine whose folder is empty."""
    return Settings(folder=tmp_path / "server")


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """Services whose jobs are done where they are submitted."""
    opened = Services.open(settings, inline=True)
    yield opened
    opened.close()


@pytest.fixture
def stored_run(tiny_run: Result, services: Services) -> Result:
    """A tiny run, as a result of the owner of this machine."""
    return put_result(services, tiny_run, OWNER)


def put_result(services: Services, result: Result, owner: str) -> Result:
    """Give an owner a result that was computed elsewhere."""
    store, key = services.store, result.key
    place = services.jobs.places.results / key
    if not place.exists():
        shutil.copytree(result.folder, place, copy_function=os.link)
    job = Pending(new_id(), owner, result.kind, "long", key, result.request)
    store.enqueue(job, result.title, most=100)
    store.complete(key, result.bytes)
    return services.jobs.result(key, owner)


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    """A browser on this machine; what it asks to be computed is there when it is answered."""
    from terbium.web.app import create_app

    with TestClient(create_app(services), base_url=f"http://127.0.0.1:{PORT}") as opened:
        yield opened
