"""Two runs side by side."""

from pathlib import Path

import pytest
from tests.web.clients import TestClient
from tests.web.conftest import OWNER, TINY_RUN, put_result

from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Result
from terbium.web.views.compare import side_by_side


@pytest.fixture(scope="module")
def moved_run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The tiny run with nothing granted to the United States."""
    services = Services.open(Settings(folder=tmp_path_factory.mktemp("moved")), inline=True)
    overrides = {**TINY_RUN["overrides"], "licensing/grant_share/USA": 0.0}  # type: ignore[dict-item]
    job = services.jobs.submit("run", {**TINY_RUN, "overrides": overrides}, OWNER)
    assert job.state == "done", (job.message, job.problems)
    result = services.jobs.result(job.result, OWNER)
    services.close()
    return result


def test_two_runs_are_held_against_each_other(
    client: TestClient, services: Services, stored_run: Result, moved_run: Result
) -> None:
    other = put_result(services, moved_run, OWNER)
    page = client.get(f"/compare?left={stored_run.key}&right={other.key}")
    assert page.status_code == 200
    text = page.text
    assert "licensing/grant_share/USA" in text
    assert "One change parts them" in text
    assert "United States" in text
    assert text.count("stroke after") >= 3
    assert f'value="{other.key}" selected' in text


def test_differences_are_marked_beyond_the_error(tiny_run: Result, moved_run: Result) -> None:
    pair = side_by_side(tiny_run.folder, moved_run.folder)
    row = next(row for row in pair.totals.rows if row[0].startswith("United States: rare-earth"))
    assert "<strong>" in row[3]
    assert not pair.is_same
    back = side_by_side(moved_run.folder, tiny_run.folder)
    assert len(back.totals.rows) == len(pair.totals.rows)


def test_a_run_beside_itself_differs_in_nothing(client: TestClient, stored_run: Result) -> None:
    page = client.get(f"/compare?left={stored_run.key}&right={stored_run.key}").text
    assert "Exports and first stops are the same in both." in page


def test_what_is_no_run_of_the_owner_is_not_there(
    client: TestClient, services: Services, stored_run: Result, moved_run: Result
) -> None:
    put_result(services, moved_run, "0" * 32)
    for left in ("0" * 40, moved_run.key, "../../etc"):
        assert client.get(f"/compare?left={left}&right={stored_run.key}").status_code == 404
    assert Path(moved_run.folder).is_dir()
    assert client.get("/compare").status_code == 200
