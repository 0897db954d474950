"""The Python client, against a server in this process."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from tests.web.clients import TestClient
from tests.web.conftest import TINY_RUN

import terbium as tb
from terbium.results.store import open_run
from terbium.web.app import create_app
from terbium.web.client import RemoteRun, Server
from terbium.web.client_answers import parts_of
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Result

TOKEN = "token-of-the-one-who-asks-0123456789"


@pytest.fixture
def server(client: TestClient) -> Server:
    return Server(client)


def test_a_stored_run_comes_at_once(server: Server, stored_run: Result, tmp_path: Path) -> None:
    asked: dict[str, Any] = dict(TINY_RUN)
    run = server.run(asked.pop("scenario"), **asked)
    assert run.key == stored_run.key
    here = open_run(stored_run.folder)
    for name in ("first_stops", "monthly_exports", "measures"):
        pd.testing.assert_frame_equal(run.table(name), here.table(name), check_dtype=False)
    assert len(run.first_stops()) > 10
    exports = run.monthly_exports(destination="USA")
    assert set(exports["destination"]) == {"USA"}
    assert run.summary == here.summary
    assert run.page == f"http://127.0.0.1:8765/runs/{run.key}"
    assert list(server.runs()["key"]) == [run.key]

    place = run.download(tmp_path / "here")
    for name in ("summary.json", "manifest.json", "tables/first_stops.csv", "report.html"):
        assert (place / name).read_bytes() == (stored_run.folder / name).read_bytes()
    assert not (place / "run.log.json").exists()
    assert run.download(place) == place, "an earlier one is replaced"
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "letter.txt").write_text("mine")
    with pytest.raises(tb.OutputError):
        run.download(tmp_path / "work")
    assert "/s/" in run.share()


def test_problems_of_the_server_are_errors_here(server: Server) -> None:
    with pytest.raises(tb.InputError) as caught:
        server.run("april-2052", overrides={"horizon.end": "soon"})
    assert any("april-2025" in problem.remedy for problem in caught.value.problems)
    with pytest.raises(tb.InputError, match="draws"):
        server.run("april-2025", draws=0)
    with pytest.raises(tb.InputError, match="no such run|nothing|There is no"):
        server.open_run("0" * 40)
    with pytest.raises(tb.InputError):
        server.source("no/such/estimate")


def test_a_case_is_answered_as_here(server: Server) -> None:
    facts = {"origin": "CN", "exporter": "CN", "destination": "FR", "end_user": "civilian",
             "end_use": "aircraft actuator", "content": "Sm 25%"}  # fmt: skip
    there = server.check("Sm2Co17 magnet", "2025-06-01", **facts)
    here = tb.check("Sm2Co17 magnet", "2025-06-01", **facts)
    assert there["status"] == here.status
    assert there["measures"] == list(here.answer.measures)
    assert there["notice"] == "Not legal advice."
    with pytest.raises(tb.InputError, match="on"):
        server.check("magnet", "soon")


def test_a_file_of_cases_and_an_article(server: Server, tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text(
        "case_id,date,item,origin,exporter_location,destination\n"
        "=cmd,2025-06-01,NdFeB magnet,CN,CN,US\nb,2025-06-01,=SUM(A1),CN,CN,US\n"
    )
    seen: list[tuple[int, int]] = []
    answers = server.check_file(cases, progress=lambda done, total: seen.append((done, total)))
    assert list(answers["case_id"]) == ["'=cmd", "b"], "a spreadsheet would run the first"
    article = tmp_path / "note.txt"
    article.write_text("In 2024 China mined 270,000 tonnes of rare earths, 69% of the world.")
    verified = server.verify(article)
    assert len(verified.figures()) >= 2
    assert isinstance(verified.findings(), pd.DataFrame)
    with pytest.raises(tb.InputError, match="a file that can be read"):
        server.verify(tmp_path / "nothing.txt")
    with pytest.raises(tb.InputError, match=r"\.pdf"):
        server.verify(cases)


def test_what_a_server_says_of_itself(server: Server) -> None:
    told = server.meta()
    assert told["version"] == tb.__version__
    assert "april-2025" in set(server.scenarios()["name"])
    assert "licensing/desk_ramp" in set(server.levers("april-2025")["name"])
    estimate = server.source("stock/days_of_cover/JPN/passenger_cars")
    assert estimate["low"] <= estimate["central"] <= estimate["high"]
    assert estimate["claims"]


def test_nobody_answers() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(tb.InputError, match="nobody who answers"):
        tb.connect(f"http://127.0.0.1:{port}")


def guarded(place: Path) -> Iterator[TestClient]:
    services = Services.open(Settings(folder=place, tokens=(TOKEN,)), inline=True)
    with TestClient(create_app(services), base_url="http://127.0.0.1:8765") as client:
        yield client
    services.close()


def test_a_token_is_asked_for(tmp_path: Path) -> None:
    for client in guarded(tmp_path):
        with pytest.raises(tb.InputError, match="a token that is not known"):
            Server(client).meta()
        client.headers["authorization"] = f"Bearer {TOKEN}"
        assert Server(client).meta()["version"] == tb.__version__


def test_what_is_no_server_of_terbium_is_told() -> None:
    def other(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="<html>")

    http = httpx.Client(transport=httpx.MockTransport(other), base_url="http://127.0.0.1")
    with pytest.raises(tb.InputError, match="no JSON"):
        Server(http).meta()


def test_a_job_that_fails_is_told() -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        state = "queued" if request.method == "POST" else "broken"
        told = {"id": "a", "kind": "run", "title": "x", "state": state, "done": 0, "total": 0,
                "problems": [], "message": "the server was stopped", "result": ""}  # fmt: skip
        return httpx.Response(202, json=told)

    http = httpx.Client(transport=httpx.MockTransport(answers), base_url="http://127.0.0.1")
    with pytest.raises(tb.TerbiumError, match="the server was stopped"):
        Server(http).run("april-2025")


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../b", "a\\b", "C:x", "a//b", ""])
def test_no_server_writes_outside_the_folder(name: str) -> None:
    with pytest.raises(tb.TerbiumError, match="leads out"):
        parts_of(name)
    assert parts_of("tables/first_stops.csv") == ("tables", "first_stops.csv")


def test_a_run_names_itself(server: Server) -> None:
    run = RemoteRun(server, {"key": "ab", "page": "/runs/ab", "tables": ["x"]})
    assert (run.tables, run.page) == (("x",), "http://127.0.0.1:8765/runs/ab")
