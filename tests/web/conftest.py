"""What all tests of the web application share: a store with one run in it, jobs done inline."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Result

OWNER = "local"
TINY_RUN = {"scenario": "april-2025", "draws": 2, "overrides": {"horizon.end": "2025-12-28"}}
"""A request whose answer `stored_run` is."""


@dataclass(frozen=True)
class StoredRun:
    """A run in a store of its own, which tests copy."""

    folder: Path
    key: str


@pytest.fixture(scope="session")
def _one_run(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    folder = tmp_path_factory.mktemp("stored-run")
    services = Services.open(Settings(folder=folder), inline=True)
    job = services.jobs.submit("run", TINY_RUN, OWNER)
    services.close()
    assert job.state == "done", (job.message, job.problems)
    return StoredRun(folder, job.result)


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
def stored_run(_one_run: StoredRun, settings: Settings) -> Result:
    """A tiny run, which `services` of the same test hold, as an owner's result."""
    shutil.copytree(_one_run.folder, settings.folder, dirs_exist_ok=True)
    opened = Services.open(settings, inline=True)
    result = opened.jobs.result(_one_run.key, OWNER)
    opened.close()
    return result
