"""Jobs and results: what is told of each state, and who may read what."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.web.clients import TestClient
from tests.web.conftest import OWNER, PORT

from terbium.web.app import create_app
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Job, Result
from terbium.web.views.jobs import job_view

TINY = {"scenario": "april-2025", "draws": 2, "end": "2025-05-25"}
PART = {"HX-Request": "true"}
PROBLEM = {"place": "draws", "seen": "0", "allowed": "1 or more", "remedy": "ask for a draw"}


@pytest.fixture
def queue(settings: Settings) -> Iterator[Services]:
    """Services that only queue: nobody works."""
    opened = Services.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def pages(queue: Services) -> Iterator[TestClient]:
    with TestClient(create_app(queue), base_url=f"http://127.0.0.1:{PORT}") as opened:
        yield opened


def submitted(services: Services, owner: str = OWNER, seed: int = 1) -> Job:
    return services.jobs.submit("what_if", {**TINY, "seed": seed}, owner)


def test_jobs_are_listed_with_their_place_and_can_be_stopped(
    queue: Services, pages: TestClient
) -> None:
    first, second = submitted(queue), submitted(queue, seed=2)
    page = pages.get("/jobs").text
    assert "It is next." in page
    assert "1 job is before it." in page
    assert 'hx-get="/jobs"' in page
    panel = pages.get(f"/jobs/{second.id}", headers=PART).text
    assert "<html" not in panel
    assert f'hx-get="/jobs/{second.id}?part=progress"' in panel
    progress = pages.get(f"/jobs/{second.id}?part=progress", headers=PART)
    assert "<button" not in progress.text
    assert "hx-retarget" not in progress.headers
    pages.post(f"/jobs/{first.id}/cancel", headers=PART)
    pages.post(f"/jobs/{second.id}/cancel")
    ended = pages.get(f"/jobs/{second.id}?part=progress", headers=PART)
    assert ended.headers["hx-retarget"] == f"#job-{second.id}"
    page = pages.get("/jobs").text
    assert page.count("cancelled") >= 2
    assert "hx-get" not in page.partition('id="jobs-list"')[2]


def test_progress_is_shown(queue: Services, pages: TestClient) -> None:
    job = submitted(queue)
    assert queue.store.begin(job.id)
    queue.store.advance(job.id, 20, 50)
    panel = pages.get(f"/jobs/{job.id}").text
    assert '<progress max="50" value="20"' in panel
    assert "20 of 50" in panel


@pytest.mark.parametrize(
    ("state", "reason", "problems", "told"),
    [
        ("failed", "mend", [PROBLEM], "Ask for a draw."),
        ("failed", "memory", [], "more memory"),
        ("broken", "died", [], "through no fault of the request"),
    ],
)
def test_a_bad_end_says_what_to_do(
    queue: Services, pages: TestClient, state: Any, reason: Any, problems: Any, told: str
) -> None:
    job = submitted(queue)
    queue.store.begin(job.id)
    queue.store.end(job.id, state, reason, problems)
    page = pages.get(f"/jobs/{job.id}").text
    assert told in page
    assert "hx-get" not in page.partition("<main")[2]
    again = pages.post(f"/jobs/{job.id}/again", follow_redirects=False)
    assert queue.jobs.job(again.headers["location"].rpartition("/")[2], OWNER).state == "queued"


def test_looking_again_slows_down_and_ends(queue: Services) -> None:
    job = submitted(queue)
    now = datetime.now(UTC)
    ages = (0, 5, 30, 200, 2000)
    delays = [
        job_view(Job(**{**vars(job), "created": now - timedelta(seconds=age)})).delay
        for age in ages
    ]
    assert delays == sorted(delays)
    assert delays[0] < 300
    assert job_view(Job(**{**vars(job), "state": "broken"})).delay == 0


def test_another_owners_job_is_not_there(queue: Services, pages: TestClient) -> None:
    other = submitted(queue, owner="0" * 32)
    for path in (f"/jobs/{other.id}", f"/what-if/jobs/{other.id}"):
        assert pages.get(path).status_code == 404
        assert pages.post(f"{path}/cancel").status_code == 404
    assert pages.post(f"/jobs/{other.id}/again").status_code == 404
    assert other.id not in pages.get("/jobs").text
    assert queue.jobs.job(other.id, "0" * 32).state == "queued"


def test_a_finished_job_leads_to_its_result(client: TestClient, services: Services) -> None:
    job = submitted(services)
    page = client.get(f"/jobs/{job.id}").text
    assert f'href="/results/{job.result}"' in page
    assert client.get(f"/results/{job.result}").status_code == 200
    assert client.get("/results/" + "0" * 40).status_code == 404


def test_a_shared_answer_can_be_read_and_nothing_else(
    client: TestClient, services: Services
) -> None:
    job = submitted(services)
    client.post(f"/results/{job.result}/share")
    link = services.jobs.link(job.result, OWNER)
    assert len(link) >= 22
    page = client.get(f"/s/{link}").text
    assert "Who runs short" in page
    assert "/what-if/" not in page.partition("<main")[2]
    assert job.result not in page.partition("<main")[2].replace(f"/results/{job.result}", "")
    client.post(f"/results/{job.result}/unshare")
    assert client.get(f"/s/{link}").status_code == 404


def test_a_shared_run_can_be_read(
    client: TestClient, services: Services, stored_run: Result
) -> None:
    link = services.jobs.share(stored_run.key, OWNER)
    page = client.get(f"/s/{link}")
    assert page.status_code == 200
    assert stored_run.key not in page.text
    assert "/what-if?run=" not in page.text


def test_the_address_of_a_run_leads_to_its_overview(client: TestClient, stored_run: Result) -> None:
    answer = client.get(f"/results/{stored_run.key}", follow_redirects=False)
    assert answer.headers["location"] == f"/runs/{stored_run.key}"


def test_a_stored_run_can_be_moved(client: TestClient, stored_run: Result) -> None:
    page = client.get(f"/what-if?run={stored_run.key}")
    assert page.status_code == 200
    assert stored_run.key in page.text
