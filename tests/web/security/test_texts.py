"""What users write comes out as text: in pages, in tables, in files; uploads are what they say."""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.web.clients import TestClient
from tests.web.conftest import TINY_RUN

from terbium.web.app import create_app
from terbium.web.security.bodies import PLAIN
from terbium.web.services import Services
from terbium.web.settings import Limits, Settings

MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'{{7919*7907}}${7919*7907}",
    "</title><svg onload=alert(1)>",
)
# what no page of ours holds
ATTRIBUTES = re.compile(r"^on|^style$|^srcdoc$")


class Reader(HTMLParser):
    """Finds what would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "script" and not (told.get("src") or "").startswith("/static/"):
            self.found.append(f"script {told}")
        if tag in ("iframe", "object", "embed", "base", "style"):
            self.found.append(tag)
        for name, value in attrs:
            if ATTRIBUTES.search(name) or re.match(r"\s*(javascript|data):", value or "", re.I):
                self.found.append(f"{tag} {name}={value}")


def runs_something(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return reader.found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    place = tmp_path_factory.mktemp("texts")
    told = Settings(folder=place, limits=Limits(requests=100_000, writes=100_000))
    services = Services.open(told, inline=True)
    with TestClient(create_app(services), base_url="http://127.0.0.1:8765") as client:
        yield client
    services.close()


def test_the_reader_finds_what_runs() -> None:
    assert all(runs_something(text) for text in (MARKUP[0], f'<a title="{MARKUP[1]}', MARKUP[3]))
    assert runs_something('<p style="x">')
    assert runs_something('<a href=" JavaScript:x">')
    assert not runs_something('<script src="/static/app.js" defer></script><p>a</p>')


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_an_address_is_text(shared: TestClient, text: str) -> None:
    for path, names in (
        ("/rules", ("item", "party_name", "on", "scenario")),
        ("/rules/calendar", ("on", "item")),
        ("/rules/watch", ("item", "measure")),
        ("/sources", ("q", "kind", "page")),
        ("/evidence", ("q", "job")),
        ("/what-if", ("run", "scenario")),
        ("/compare", ("left", "right")),
        ("/login", ("next",)),
        ("/", ("scenario", "mix", "lang")),
    ):
        for name in names:
            page = shared.get(path, params={name: text})
            assert page.status_code in (200, 404, 422), f"{path} {name}: {page.status_code}"
            assert not runs_something(page.text), f"{path}?{name}"
            assert "62615533" not in page.text, "a template was filled"
    for path in ("/nothing/", "/sources/", "/rules/acts/", "/evidence/quantities/", "/regions/"):
        page = shared.get(path + text.replace("/", "%2F"))
        assert not runs_something(page.text), path


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_an_upload_is_text(shared: TestClient, text: str) -> None:
    article = f"{text} said China mined 270,000 tonnes of rare earths in 2024. {text}".encode()
    name = f"{text.replace('/', '')}.txt"
    job = shared.post("/api/v1/articles", files={"file": (name, article, "text/plain")}).json()
    assert job["state"] == "done", job
    pages = [f"/evidence/articles/{job['result']}", "/jobs", f"/jobs/{job['id']}", "/evidence"]
    cases = io.StringIO()
    writer = csv.writer(cases)
    writer.writerows([["case_id", "date", "item"], [text, "2025-06-01", text]])
    file = {"file": (f"{text.replace('/', '')}.csv", cases.getvalue().encode(), "text/csv")}
    job = shared.post("/api/v1/batches", files=file).json()
    assert job["state"] == "done", job
    pages += [f"/rules/batch/{job['result']}", f"/jobs/{job['id']}", "/rules/batch"]
    for path in pages:
        page = shared.get(path)
        assert page.status_code == 200, path
        assert not runs_something(page.text), path


def test_a_formula_is_text_in_files(shared: TestClient) -> None:
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"]
    cases = io.StringIO()
    writer = csv.writer(cases)
    writer.writerow(["case_id", "date", "item", "origin"])
    writer.writerows([[one, "2025-06-01", one, "CN"] for one in formulas])
    writer.writerow(["=bad", "=no day", "=item", "=nowhere"])
    file = {"file": ("cases.csv", cases.getvalue().encode(), "text/csv")}
    job = shared.post("/api/v1/batches", files=file).json()
    assert job["state"] == "done", job
    files = {
        one["name"]: shared.get(one["path"])
        for one in shared.get(f"/api/v1/results/{job['result']}").json()["files"]
    }
    rows = list(csv.reader(io.StringIO(files["answers.csv"].text)))
    assert len(rows) == len(formulas) + 2
    starts = ("=", "+", "-", "@", "\t", "\r")
    assert not [cell for row in rows for cell in row if cell.startswith(starts)]
    assert any("'=1+1" in row for row in rows)
    assert files["answers.csv"].headers["content-disposition"].startswith("attachment")
    book = load_workbook(io.BytesIO(files["answers.xlsx"].content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert not [c.value for c in cells if isinstance(c.value, str) and c.value.startswith(starts)]


def test_a_title_of_ones_own_is_text(client: TestClient, services: Services) -> None:
    own = f"extends: april-2025\nname: own\ntitle: '=1+1 {MARKUP[0]}'\nquestion: '{MARKUP[3]}'\n"
    asked = {**TINY_RUN, "scenario": "", "text": own}
    job = client.post("/api/v1/runs", json=asked).json()
    if job.get("state") != "done":
        told = client.post("/api/v1/runs", json=asked).json()["problems"]
        assert all(set(one) == {"place", "seen", "allowed", "remedy"} for one in told), told
        return
    for path in (f"/runs/{job['result']}", "/jobs", "/", f"/jobs/{job['id']}"):
        assert not runs_something(client.get(path).text), path


@pytest.mark.parametrize(
    ("path", "name", "content"),
    [
        ("/api/v1/batches", "cases.xlsx", b"PK\x03\x04"),
        ("/api/v1/batches", "cases.csv", b"PK\x03\x04 a workbook by another name"),
        ("/api/v1/batches", "cases.csv", b"\x00\x01\x02"),
        ("/api/v1/batches", "cases.csv", b""),
        ("/api/v1/batches", "cases", b"date\n"),
        ("/api/v1/batches", "cases.csv.exe", b"date\n"),
        ("/api/v1/articles", "note.pdf", b"no PDF"),
        ("/api/v1/articles", "note.txt", b"%PDF-1.7"),
        ("/api/v1/articles", "note.txt", "UTF-16".encode("utf-16")),
        ("/api/v1/articles", "note.docx", b"PK\x03\x04"),
        ("/api/v1/articles", "note.svg", b"<svg>"),
        ("/api/v1/articles", "../../note", b"text"),
    ],
)
def test_an_upload_is_what_it_says(
    shared: TestClient, path: str, name: str, content: bytes
) -> None:
    answer = shared.post(path, files={"file": (name, content, "text/plain")})
    assert answer.status_code == 422, answer.text
    assert answer.json()["problems"][0]["remedy"]
    assert left(shared) == []


def test_an_upload_is_gone_after_use(shared: TestClient) -> None:
    word = b"a-word-that-nothing-else-holds"
    file = {"file": ("../../../note.txt", word + b" mined 5 t of ore in 2024.", "text/plain")}
    assert shared.post("/api/v1/articles", files=file).json()["state"] == "done"
    broken = {"file": ("note.pdf", b"%PDF-1.7 " + word, "application/pdf")}
    assert shared.post("/api/v1/articles", files=broken).json()["state"] == "failed"
    assert left(shared) == []
    server = shared.app.state.services.settings.folder  # type: ignore[attr-defined]
    work = [path for path in (server / "work").rglob("*") if path.is_file()]
    assert work == []
    assert not (server.parent / "note.txt").exists()


def test_what_is_no_upload_is_small(shared: TestClient) -> None:
    asked = {"on": "2025-06-01", "item": "x" * PLAIN}
    assert shared.post("/api/v1/check", json=asked).status_code == 413
    assert shared.post("/settings", data={"next": "x" * PLAIN}).status_code == 413


def left(client: TestClient) -> list[Path]:
    return list((client.app.state.services.settings.folder / "uploads").iterdir())  # type: ignore[attr-defined]
