"""The page of a checked document: safe, whole, legible, and usable without a mouse."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.cli.commands import call

from terbium.evidence.documents.claim import Document
from terbium.evidence.documents.source import read_document
from terbium.evidence.documents.table import read_table
from terbium.evidence.verify import verify
from terbium.report.evidence import save_verified
from terbium.report.evidence_view import paragraphs

NOTE = """Rare earths, once more <b>bold</b>

In October 2025 China exported 5,473 tonnes of rare earth magnets, down 5.2% month-on-month. The \
duty of 34% on Chinese goods was raised by 50 points to 104%.

"China controls 12% of the world's rare earth refining," said <script>alert('40%')</script> \
Mr. O'Neill & Sons; others say that China mines 70% of all rare earths, or about 60%.

每辆电动车要用3公斤稀土磁铁，没有中国稀土，一辆车的成本要多出1.2万欧元。
"""
NAME = "note <i>of</i> May.txt"

PALE = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor;
    if (!/rgba\\(.*, 0\\)/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
  const found = [];
  for (const e of document.querySelectorAll(
      '.badge, a.claim, a.claim .sign, .tally strong, .label')) {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) found.push(e.className + ' ' + contrast.toFixed(2));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("evidence") / "out"
    save_verified(verify(Document(NAME, NOTE)), place)
    return place


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_what_comes_from_the_document_is_escaped(page: str) -> None:
    assert "<script" not in page
    assert "<b>bold" not in page
    assert "<i>of" not in page
    assert "&lt;script&gt;" in page
    assert "http:" not in page.replace("http://www.w3.org", "")
    assert "https:" not in page


def test_the_text_stands_whole_with_every_claim_at_its_place() -> None:
    verified = verify(Document(NAME, NOTE))
    shown = "".join(piece.text for paragraph in paragraphs(verified) for piece in paragraph.pieces)
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", NOTE)
    marked = {
        piece.claim: piece.text
        for paragraph in paragraphs(verified)
        for piece in paragraph.pieces
        if piece.claim
    }
    spans = {claim.claim_id: claim.span for claim in verified.claims}
    assert marked
    assert all(spans[name] == text for name, text in marked.items())


def test_failures_stand_first_and_every_link_has_its_end(page: str) -> None:
    verdicts = re.findall(r'<article class="finding ([a-z-]+)"', page)
    order = ["implausible", "differs", "agrees", "cannot-be-checked"]
    assert verdicts[0] == "implausible"
    assert verdicts[: verdicts.count("implausible")] == ["implausible"] * verdicts.count(
        "implausible"
    )
    assert set(verdicts) <= set(order)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_folder_holds_rows_that_read_back(folder: Path) -> None:
    claims = read_table(folder / "claims.csv")
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert len(claims) == findings["claims"] == sum(findings["verdicts"].values())
    assert set(findings["claim_verdicts"]) == {claim.claim_id for claim in claims}
    assert all(NOTE[c.char_offset : c.char_offset + len(c.span)] == c.span for c in claims)
    implied = [one for one in findings["findings"] if one["check"] == "implied price"]
    assert "4,000 EUR per kg" in implied[0]["arithmetic"]


def test_the_same_document_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    save_verified(verify(Document(NAME, NOTE)), tmp_path / "again")
    for name in ("report.html", "claims.csv", "findings.json"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("work")
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    answer = call("evidence", "verify", str(note), "--out", str(tmp_path))
    assert answer.code == 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine.txt", "note.txt"]


def test_the_command_tells_failures_and_where_the_page_is(tmp_path: Path) -> None:
    note, other = tmp_path / "note.txt", tmp_path / "other.txt"
    note.write_text(NOTE, encoding="utf-8")
    other.write_text("China mines 85% of the world's rare earths in 2025.", encoding="utf-8")
    answer = call(
        "evidence", "verify", str(note), "--against", str(other), "--out", str(tmp_path / "o")
    )
    assert answer.code == 0, answer.err
    assert "implausible" in answer.out
    assert "34 + 50 = 84" in answer.out
    assert (tmp_path / "o" / "report.html").is_file()
    told = call("evidence", "verify", str(note), "--out", str(tmp_path / "o"), "--json")
    assert json.loads(told.out)["verdicts"]["implausible"] >= 1


def test_all_that_is_wrong_with_the_files_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    answer = call(
        "evidence", "verify", str(tmp_path / "empty.txt"), "--against", str(tmp_path / "no.csv"),
        "--out", str(tmp_path / "o"),
    )  # fmt: skip
    assert answer.code == 2
    assert "2 problem(s)" in answer.err
    assert not (tmp_path / "o").exists()


def test_a_text_without_figures_is_a_page_too(tmp_path: Path) -> None:
    place = save_verified(verify(Document("plain.txt", "Nothing is counted here.")), tmp_path / "o")
    assert "No figure was read" in place.read_text(encoding="utf-8")


def test_a_web_page_is_shown_as_its_text(tmp_path: Path) -> None:
    source = (
        "<html><head><title>x</title></head><body><p>China mines 85&nbsp;% of the world's "
        "<b>rare earths</b>.</p><p>Japan &lt;relies&gt; on China for 60% of them.</p></body></html>"
    )
    file = tmp_path / "page.html"
    file.write_text(source, encoding="utf-8")
    verified = verify(read_document(file))
    assert len(verified.text) == len(verified.document.text)
    shown = ["".join(piece.text for piece in one.pieces).strip() for one in paragraphs(verified)]
    assert any("rare earths" in text and "<b>" not in text for text in shown)
    assert any("<relies>" in text for text in shown)
    page = save_verified(verified, tmp_path / "o").read_text(encoding="utf-8")
    assert "&lt;relies&gt;" in page
    assert "&lt;p&gt;" not in page


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 380])
def test_the_page_reads_well(folder: Path, browser: Browser, width: int, scheme: str) -> None:
    view = browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    requests: list[str] = []
    view.on("request", lambda request: requests.append(request.url))
    address = (folder / "report.html").as_uri()
    view.goto(address)
    assert view.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    assert view.evaluate(PALE) == []
    assert requests == [address]
    view.close()


@pytest.mark.browser
def test_every_claim_is_reached_by_key_and_leads_to_what_was_found(
    folder: Path, browser: Browser
) -> None:
    view = browser.new_page(viewport={"width": 1300, "height": 900})
    view.goto((folder / "report.html").as_uri())
    claim = view.locator("a.claim.implausible").first
    claim.focus()
    assert claim.evaluate("e => document.activeElement === e")
    view.keyboard.press("Enter")
    target = view.evaluate("location.hash")
    assert view.locator(target).is_visible()
    assert "implausible" in claim.inner_text()
    view.close()
