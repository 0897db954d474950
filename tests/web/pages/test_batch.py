"""A table of cases through the page: answered as on the command line, and safe to open."""

import csv
import io
import json
from pathlib import Path
from re import findall, search

import pytest
from openpyxl import load_workbook
from tests.web.clients import TestClient

from terbium.policy.batch import write_answers
from terbium.web.errors import NotFound
from terbium.web.services import Services
from terbium.web.work.batch import canonical

HEADER = "case_id,item,origin,exporter,destination,end_user,date,odd\n"
ROWS = (
    "1,NdFeB magnet Dy 2%,CN,CN,DE,civilian,2025-06-01,\n"
    "=2+2,gallium metal,CN,CN,US,,2025-01-05,\n"
    "3,magnet,CN,CN,US,,2025-06-01,\n"
    "<b>4</b>,steel screw,DE,DE,FR,civilian,2025-06-01,\n"
    "5,x,Nowhere,CN,US,,2025-99-01,\n"
)


def send(client: TestClient, text: str | bytes, name: str = "cases.csv", **form: str) -> str:
    """Upload a table; the address that it ends at."""
    content = text.encode() if isinstance(text, str) else text
    found = client.post("/rules/batch", files={"file": (name, content, "text/csv")}, data=form)
    assert found.status_code == 200, found.text
    return str(found.url)


def test_answers_are_those_of_the_command(
    client: TestClient, services: Services, tmp_path: Path
) -> None:
    there = send(client, HEADER + ROWS)
    cases, out = tmp_path / "cases.csv", tmp_path / "out.csv"
    cases.write_text(HEADER + ROWS, encoding="utf-8")
    write_answers(cases, out)
    assert client.get(f"{there}/answers.csv").text == out.read_text(encoding="utf-8")
    page = client.get(there).text
    assert "5 cases answered: cases.csv" in page
    assert dict(findall(r"\?status=(\w+)\".*?<strong>(\d+)</strong>", page)) == {
        "licence_case_by_case": "1", "prohibited": "1", "unknown": "2", "none": "1",
    }  # fmt: skip
    assert "2 cells could not be read" in page
    assert "row 5, case 5, date" in page
    assert "the column &#39;odd&#39; says nothing here" in page
    assert "<b>4</b>" not in page
    only = client.get(there, params={"status": "none"}).text
    assert only.count("<tr>") == 2
    # nothing of what was sent stays
    assert not [*services.jobs.places.uploads.iterdir()]


def test_no_cell_of_a_table_is_a_formula(client: TestClient) -> None:
    there = send(client, HEADER + ROWS)
    rows = list(csv.DictReader(io.StringIO(client.get(f"{there}/answers.csv").text)))
    assert rows[1]["case_id"] == "'=2+2"
    book = load_workbook(io.BytesIO(client.get(f"{there}/answers.xlsx").content))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert "'=2+2" in {cell.value for cell in cells}
    listed = json.loads(client.get(f"{there}/answers.json").text)
    assert [row["case_id"] for row in listed] == ["1", "=2+2", "3", "<b>4</b>", "5"]
    assert "=2+2" in client.get(there).text


def test_template_can_be_sent_as_it_is(client: TestClient) -> None:
    template = client.get("/rules/batch/template.csv")
    assert template.headers["content-disposition"].startswith("attachment")
    page = client.get(send(client, template.content)).text
    assert "1 case answered" in page
    assert "could not be read" not in page
    assert "says nothing here" not in page


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("cases.exe", b"MZ", "cases.exe"),
        ("cases.csv", b"", "empty"),
        ("cases.csv", b"PK\x03\x04rubbish", "no text"),
    ],
)
def test_other_files_are_refused(client: TestClient, name: str, content: bytes, told: str) -> None:
    found = client.post("/rules/batch", files={"file": (name, content)})
    assert found.status_code == 422
    assert told in found.text


def test_a_table_without_days_is_its_senders_to_mend(client: TestClient) -> None:
    found = client.post("/rules/batch", files={"file": ("cases.csv", b"item\nx\n")})
    assert "no column &#39;date&#39;" in found.text
    latin = client.post("/rules/batch", files={"file": ("c.csv", "date\n\xe9".encode("latin-1"))})
    assert "UTF-8" in latin.text


def test_a_long_table_is_paged_and_counted_once(client: TestClient) -> None:
    text = HEADER + "".join(
        f"c{n},gallium metal,CN,CN,DE,civilian,2025-01-05,\n" for n in range(250)
    )
    there = send(client, text)
    first, last = client.get(there).text, client.get(there, params={"page": 99}).text
    assert ">c0<" in first
    assert ">c100<" not in first
    assert ">c249<" in last
    assert "Page 3 of 3" in last
    assert send(client, text) == there


def test_answers_belong_to_who_asked(client: TestClient, services: Services) -> None:
    there = send(client, HEADER + ROWS)
    key = there.rsplit("/", 1)[1]
    with pytest.raises(NotFound):
        services.jobs.result(key, "another")
    assert client.get("/rules/batch/none").status_code == 404
    assert client.get(f"{there}/answers.exe").status_code == 404
    assert client.get(f"{there}/answers.json/../../x").status_code in (404, 307, 200)
    assert search(key, client.get("/rules/batch").text)


def test_requests_have_one_form_and_name_no_place() -> None:
    assert canonical({"name": "a.csv"}) == {
        "name": "a.csv", "scenario": "", "mixes": [], "language": "en",
    }  # fmt: skip
    for wrong in ({"scenario": "/etc/passwd"}, {"language": "xx"}, {"file": "/etc/passwd"}):
        with pytest.raises(Exception, match="problem"):
            canonical(wrong)
