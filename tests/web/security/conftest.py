"""A server with two tokens and something of the first holder's in it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.web.clients import TestClient
from tests.web.conftest import put_result

from terbium.web.app import create_app
from terbium.web.security.owner import owner_of
from terbium.web.services import Services
from terbium.web.settings import Limits, Settings
from terbium.web.store.records import Result

ALICE, MALLORY = (
    "alice-token-0123456789abcdef-0123456789",
    "mallory-token-0123456789abcdef-01234567",
)
HERE = "http://127.0.0.1:8765"
# attacks ask more often than anybody may
PATIENT = Limits(requests=1_000_000, writes=1_000_000)
SECRET = "a-word-of-alice-alone"


@dataclass(frozen=True)
class Guarded:
    """A server that asks for tokens."""

    services: Services
    app: FastAPI
    results: dict[str, Result]
    jobs: list[str]
    stack: ExitStack

    def client(self, token: str = "") -> TestClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        client = TestClient(self.app, base_url=HERE, headers=headers, follow_redirects=False)
        # one thread for all its requests
        return self.stack.enter_context(client)


def uploaded(services: Services, kind: str, ending: str, text: str) -> Result:
    """The result of a job that has read a file."""
    place = services.jobs.new_upload(ending)
    place.write_text(text)
    request = {"name": f"{SECRET}{ending}"}
    job = services.jobs.submit(kind, request, owner_of(ALICE), place)
    assert job.state == "done", job
    return services.jobs.result(job.result, owner_of(ALICE))


def answer_of(services: Services, place: Path) -> Result:
    """An answer of what-if, written by hand."""
    place.mkdir()
    (place / "summary.json").write_text(json.dumps({"text": SECRET}))
    made = datetime(2026, 9, 1, tzinfo=UTC)
    request = {"scenario": "april-2025", "levers": {}, "mixes": [], "overrides": {}}
    result = Result("c" * 40, "what_if", SECRET, request, place, made, 1)
    return put_result(services, result, owner_of(ALICE))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, tiny_run: Result) -> Iterator[Guarded]:
    tmp_path = tmp_path_factory.mktemp("guarded")
    services = Services.open(
        Settings(folder=tmp_path / "server", tokens=(ALICE, MALLORY), limits=PATIENT), True
    )
    owner = owner_of(ALICE)
    results = {"run": put_result(services, tiny_run, owner)}
    results["what_if"] = answer_of(services, tmp_path / "what_if")
    article = f"{SECRET} said that 5,000 t were mined in 2024."
    results["article"] = uploaded(services, "article", ".txt", article)
    cases = f"case_id,date,item\n{SECRET},2025-06-01,magnet\n"
    results["batch"] = uploaded(services, "batch", ".csv", cases)
    jobs = [job.id for job in services.jobs.list(owner)]
    with ExitStack() as stack:
        yield Guarded(services, create_app(services), results, jobs, stack)
    services.close()
