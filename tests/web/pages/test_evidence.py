"""Articles, quantities and rival causes: what the pages say is what the checks say."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.cli.commands import call
from tests.web.clients import TestClient

from terbium.base.speech import LANGUAGES, speaking
from terbium.evidence.attribution_of_events import explain, explained_events
from terbium.evidence.checks import check_claims
from terbium.evidence.documents.claim import Document
from terbium.evidence.quantities import figures_of, quantities
from terbium.evidence.show import show_quantity
from terbium.evidence.verify import verify
from terbium.web.app import create_app
from terbium.web.errors import NotFound
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Result
from terbium.web.views.evidence import article_view, load_article
from terbium.web.work.article import article_of, canonical

ENGLISH = """Rare earths, once more <b>bold</b>

In October 2025 China exported 5,473 tonnes of rare earth magnets, down 5.2% month-on-month. The \
duty of 34% on Chinese goods was raised by 50 points to 104%.

"China controls 12% of the world's rare earth refining," said <script>alert('40%')</script> \
Mr. O'Neill & Sons; others say that China mines 70% of all rare earths, or about 60%.

Nobody knows how long it lasts.
"""
CHINESE = """稀土：又一次

2025年10月，中国出口稀土磁铁5473吨，环比下降5.2%。中国占全球稀土开采的约60%，占精炼的90%以上。

每辆电动车要用3公斤稀土磁铁，没有中国稀土，一辆车的成本要多出1.2万欧元。
"""
PAGE = """<html><head><title>x</title><script>alert(1)</script><style>p{}</style></head><body>
<p onclick="alert(2)">China mined <b>270,000 tonnes</b> of rare earths in 2024, 69&nbsp;% of the \
world's <img src=x onerror=alert(3)> output.</p></body></html>"""
PIECES = st.lists(
    st.sampled_from(
        [
            *ENGLISH.split("\n\n"),
            *CHINESE.split("\n\n"),
            "",
            "x" * 900,
            "  5 %  of 3 kg  ",
            "🧲 9 t",
        ]
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """One store for all tests: articles of the same bytes are checked once."""
    opened = Services.open(Settings(folder=tmp_path_factory.mktemp("evidence")), inline=True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(services: Services) -> Iterator[TestClient]:
    """A browser on this machine."""
    with TestClient(create_app(services), base_url="http://127.0.0.1:8765") as opened:
        yield opened


def send(client: TestClient, text: str | bytes, name: str = "note.txt") -> str:
    """Upload an article; the path that it ends at."""
    content = text.encode() if isinstance(text, str) else text
    answer = client.post("/evidence/articles", files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    return str(answer.url.path)


def result(services: Services, path: str) -> Result:
    return services.jobs.result(path.rpartition("/")[2], "local")


def pieces(content: dict[str, object] | None, text: str) -> list[tuple[str, str]]:
    """Marked pieces of an article: (claim, text)."""
    assert content
    paragraphs = content["paragraphs"]
    assert isinstance(paragraphs, list)
    every = [piece for paragraph in paragraphs for piece in paragraph["pieces"]]
    shown = "".join(piece if isinstance(piece, str) else piece[0] for piece in every)
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", text)
    return [(piece[1], piece[0]) for piece in every if not isinstance(piece, str)]


@pytest.mark.parametrize(("name", "text"), [("en.txt", ENGLISH), ("zh.txt", CHINESE)])
def test_marks_and_verdicts_are_those_of_the_command(
    client: TestClient, services: Services, tmp_path: Path, name: str, text: str
) -> None:
    path = send(client, text, name)
    content = dict(load_article(result(services, path).folder))
    (tmp_path / name).write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    said = json.loads(call("evidence", "verify", tmp_path / name, "--out", out, "--json").out)
    rows = {row["id"]: row for row in content["rows"]}
    assert {key: row["verdict"] for key, row in rows.items()} == said["claim_verdicts"]
    assert content["verdicts"] == said["verdicts"]
    assert [one["title"] for one in content["findings"]] == [
        one["title"] for one in said["findings"]
    ]
    marks = pieces(content, text)
    assert marks
    for claim, shown in marks:
        row = rows[claim]
        assert text[row["start"] : row["end"]] == row["span"]
        assert shown == row["span"]
    page = unescape(client.get(path).text)
    for claim, shown in marks:
        assert re.search(rf'id="t-{claim}"[^>]*>{re.escape(shown)}<span class="sign"', page)
    folder = result(services, path).folder
    assert (folder / "claims.csv").read_bytes() == (out / "claims.csv").read_bytes()
    assert (folder / "report.html").read_bytes() == (out / "report.html").read_bytes()


@settings(max_examples=12, deadline=None)
@given(PIECES)
def test_any_text_stands_whole_with_its_claims_at_their_places(parts: list[str]) -> None:
    text = "\n\n".join(parts)
    content = article_of(verify(Document("a.txt", text)))
    marks = pieces(content, text)
    rows = {row["id"]: row for row in content["rows"]}
    assert all(
        text[rows[c]["start"] : rows[c]["end"]].strip() == shown.strip() for c, shown in marks
    )
    assert sum(content["verdicts"].values()) == len(rows)


def test_what_an_article_brings_along_comes_out_as_text(client: TestClient) -> None:
    for name, text in (("a.txt", ENGLISH), ("b.html", PAGE), ("<i>c.txt", ENGLISH)):
        page = client.get(send(client, text, name)).text
        assert "<script>" not in page
        assert not re.search(r"<img|<b>bold|<i>c| style=| on\w+=", page)
    assert "&lt;script&gt;alert" in client.get(send(client, ENGLISH, "a.txt")).text


def test_cells_run_no_formula_and_downloads_read_back(
    client: TestClient, services: Services
) -> None:
    path = send(client, '=HYPERLINK("http://x","5%") and +5% @ -3% of all rare earths', "=1+1.txt")
    for name in ("claims.csv", "findings.csv"):
        answer = client.get(f"{path}/files/{name}")
        assert "attachment" in answer.headers["content-disposition"]
        rows = list(csv.reader(io.StringIO(answer.text)))
        assert not [cell for row in rows for cell in row if re.match(r"[=@]", cell)]
    book = load_workbook(io.BytesIO(client.get(f"{path}/files/article.xlsx").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert book.sheetnames == ["contents", "claims", "findings"]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert client.get(f"{path}/files/../article.json").status_code == 404
    assert client.get(f"{path}/files/summary.json").status_code == 404
    told = client.get(f"{path}/files/article.json").json()
    assert told == load_article(result(services, path).folder)


@pytest.mark.parametrize(
    ("name", "content", "seen"),
    [
        ("a.exe", b"MZ", ".exe"),
        ("a.pdf", b"no pdf at all", "no .pdf"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"\x00\x01\x02", "no text"),
        ("a", b"text", "without an ending"),
    ],
)
def test_other_kinds_are_refused_before_anything_reads_them(
    client: TestClient, services: Services, name: str, content: bytes, seen: str
) -> None:
    answer = client.post("/evidence/articles", files={"file": (name, content)})
    assert answer.status_code == 422
    assert seen in answer.text
    assert not list((services.settings.folder / "incoming").glob("*"))


def test_an_article_is_deleted_after_use_and_nobody_elses(
    client: TestClient, services: Services
) -> None:
    path = send(client, ENGLISH + "Mine alone: 7 t.\n")
    folder = services.settings.folder
    left = [one for one in folder.rglob("*") if one.is_file() and one.suffix == ".txt"]
    assert left == []
    with pytest.raises(NotFound):
        services.jobs.result(path.rpartition("/")[2], "another")
    assert client.get("/evidence/articles/none").status_code == 404
    assert path in client.get("/evidence").text


def test_a_pasted_text_is_checked_like_a_file(client: TestClient, services: Services) -> None:
    answer = client.post(
        "/evidence/articles", data={"text": ENGLISH.replace("\n", "\r\n"), "date": "2025-11-03"},
        files={"file": ("", b"")},
    )  # fmt: skip
    assert answer.status_code == 200
    pasted = load_article(result(services, answer.url.path).folder)
    assert pasted["document"] == "pasted.txt"
    assert pasted["date"] == "2025-11-03"
    sent = load_article(result(services, send(client, ENGLISH)).folder)
    assert pasted["verdicts"] == sent["verdicts"]
    nothing = client.post("/evidence/articles", data={"text": " "})
    assert nothing.status_code == 422
    assert "neither a file nor a text" in nothing.text


def test_a_request_is_put_into_one_form() -> None:
    assert canonical({"name": "../x/a.txt"}) == {"name": "a.txt", "date": ""}
    assert canonical({"name": "a.txt", "date": "2025-01-02"})["date"] == "2025-01-02"
    for bad in ({"name": "a.doc"}, {"name": "a.txt", "date": "soon"}, {"name": "a.txt", "x": 1}):
        with pytest.raises(Exception, match="Allowed|allowed|column|article"):
            canonical(bad)


def test_findings_are_told_in_the_language_of_the_reader(
    client: TestClient, services: Services
) -> None:
    path = send(client, ENGLISH)
    content = load_article(result(services, path).folder)
    verified = verify(Document("note.txt", ENGLISH))
    assert set(content["said"]) >= {"zh-Hans", "zh-Hant"}
    for tag in set(content["said"]) & set(LANGUAGES):
        with speaking(tag):
            found = check_claims({"note.txt": verified.text}, verified.claims).findings
            view = article_view(content)
        assert content["said"][tag] == [[f.title, f.arithmetic, f.remark] for f in found]
        notes = {note.number: note for block in view.blocks for note in block.notes}
        assert all(note.title == found[number - 1].title for number, note in notes.items())
    page = unescape(client.get(f"{path}?lang=zh-Hans").text)
    assert '<html lang="zh-Hans"' in page
    assert '<p class="passage" lang="en">' in page


def links(page: str) -> tuple[set[str], set[str]]:
    return set(re.findall(r' id="([^"]+)"', page)), set(re.findall(r'href="([^"]*#[^"]+)"', page))


def test_a_long_article_is_read_by_pages_and_every_link_has_its_end(client: TestClient) -> None:
    path = send(client, "\n\n".join([ENGLISH, CHINESE, "Nothing here. " * 40] * 60), "long.txt")
    pages: dict[int, str] = {}
    while len(pages) < 50:
        answer = client.get(path, params={"page": len(pages) + 1})
        pages[len(pages) + 1] = unescape(answer.text)
        assert len(answer.content) < 1_500_000
        if 'rel="next"' not in answer.text:
            break
    assert len(pages) > 2
    anchors = {number: links(page)[0] for number, page in pages.items()}
    for number, page in pages.items():
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        for href in links(page)[1]:
            target = re.search(r"page=(\d+)", href)
            there = int(target[1]) if target else number
            assert href.rpartition("#")[2] in anchors[there], (number, href)
    marked = [claim for ids in anchors.values() for claim in ids if claim.startswith("t-")]
    assert len(marked) == len(set(marked))


def test_one_verdict_alone_is_marked(client: TestClient, services: Services) -> None:
    path = send(client, ENGLISH)
    content = load_article(result(services, path).folder)
    for verdict, count in content["verdicts"].items():
        view = article_view(content, verdict)
        marks = [mark for block in view.blocks for mark in block.marks if mark.claim]
        assert len(marks) == count
        rows = {row["id"]: row["verdict"] for row in content["rows"]}
        assert {rows[mark.claim] for mark in marks} <= {verdict}
        if count:
            page = client.get(path, params={"verdict": verdict})
            assert page.text.count('class="claim ') == count
    assert "Nobody knows" not in client.get(path, params={"verdict": "implausible"}).text
    assert "Nobody knows" in client.get(path).text


def test_every_quantity_opens_with_what_the_command_shows(client: TestClient) -> None:
    known = [one for one in quantities().values() if one.sentence]
    for one in known[::9]:
        page = unescape(client.get(f"/evidence/quantities/{one.quantity}").text)
        shown = show_quantity(one.quantity)
        assert one.name in page
        for figure in figures_of(one.quantity)[:20]:
            assert figure.cited in page
        assert all(shown.range_of(scope) in page for scope in shown.scopes)
        assert ("not modelled" in page) == (not shown.is_modelled)


def test_who_says_sixty_and_who_seventy(client: TestClient) -> None:
    page = unescape(client.get("/evidence/quantities", params={"q": "中国稀土开采份额"}).text)
    assert "China's share of rare earth mining" in page
    rivals = page[page.index('id="rivals"') : page.index('id="scopes"')]
    rows = {row[0]: row[1] for row in re.findall(r"<tr><th[^>]*>([^<]+)</th><td[^>]*><span>([^<]+)",
                                                 rivals)}  # fmt: skip
    assert "Oriental Daily" in rows["60 %"]
    assert "Bloomberg" in rows["70 %"]
    assert rows["71.05 %"].startswith("USGS")


@pytest.mark.parametrize("sentence", ["China controls 90%", "中国控制全球90%的稀土"])
def test_a_figure_without_its_stage_is_asked_back(client: TestClient, sentence: str) -> None:
    page = unescape(client.get("/evidence/quantities", params={"q": sentence}).text)
    table = page[page.index("What it may be a share of") :]
    verdict = r'href="/evidence/quantities/(\w+)">.*?</span> ([a-z ]+)</span></span></td>'
    rows = dict(re.findall(verdict, table))
    assert rows["cn_share_processing"] == "a source has it"
    assert rows["cn_share_mining"] == "no source has it"


def test_what_is_not_known_is_not_found(client: TestClient) -> None:
    answer = client.get("/evidence/quantities/<b>nothing</b>")
    assert answer.status_code == 404
    assert "<b>nothing" not in answer.text
    assert client.get("/evidence/why/nothing").status_code == 404


def test_rival_causes_are_those_of_the_command(client: TestClient) -> None:
    for event in explained_events():
        page = unescape(client.get(f"/evidence/why/{event}").text)
        found = explain(event)
        at = [page.index(cause.reason) for cause in found.causes]
        assert at == sorted(at)
        assert all(cause.decides in page for cause in found.causes)
        assert all(step.text in page for step in found.timeline)
