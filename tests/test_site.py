"""The documentation site builds without a warning, loads nothing from outside, has no dead link."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools.manual.pages import faults, move_inline
from tools.manual.reference import PAGES, table

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES_OF_DOCS = sorted(DOCS.rglob("*.md"))
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PLAIN = "<html><head></head><body>{}</body></html>"


def build(*words: object) -> subprocess.CompletedProcess[str]:
    """A process of its own: Sphinx registers what it builds with for good."""
    command = [sys.executable, ROOT / "tools" / "build_docs.py", *words]
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once: warnings, inline parts, loads from outside and dead links make it fail."""
    out = tmp_path_factory.mktemp("site") / "manual"
    done = build("--out", out)
    assert done.returncode == 0, done.stderr
    return out


def anchors(page: Path) -> set[str]:
    """Names of headings, as Markdown on the web gives them."""
    told = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ +(.+)$", told, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in headings}


@pytest.mark.parametrize("page", PAGES_OF_DOCS, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_links_of_a_page_resolve(page: Path) -> None:
    told = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for address in _LINK.findall(told):
        if "://" in address:
            continue
        path, _, place = address.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), address
        assert not place or place in anchors(target), address


def test_every_page_stands_in_the_contents() -> None:
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    trees = re.findall(r"^```\{toctree\}\n(.*?)^```", text, re.M | re.S)
    lines = [line for tree in trees for line in tree.splitlines() if line and line[0] != ":"]
    named = [line for line in lines if "*" not in line and not line.startswith("reference/")]
    assert sorted(line for line in lines if line.startswith("reference/")) == sorted(
        f"reference/{name}" for name in PAGES
    )
    held = {name for name in named if (DOCS / f"{name}.md").is_file()}
    assert held == set(named)
    held |= {
        path.relative_to(DOCS).with_suffix("").as_posix()
        for line in lines
        if "*" in line
        for path in DOCS.glob(f"{line}.md")
    }
    wanted = {path.relative_to(DOCS).with_suffix("").as_posix() for path in PAGES_OF_DOCS}
    assert wanted - held == {"index"}


@pytest.mark.long
def test_every_page_of_the_folder_and_of_the_reference_is_in_it(site: Path) -> None:
    pages = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    wanted = {page.with_suffix(".html").as_posix() for page in pages}
    wanted |= {f"reference/{name}.html" for name in PAGES}
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert wanted <= built
    # and each can be reached from the first
    first = (site / "index.html").read_text(encoding="utf-8")
    assert not [page for page in wanted - {"index.html"} if f'href="{page}"' not in first]


@pytest.mark.long
def test_no_page_loads_anything_from_outside_or_holds_scripts_of_its_own(site: Path) -> None:
    assert not list(faults(site))
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<style| style=", text), page
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), page
    assert (site / "NOTICES.txt").read_text(encoding="utf-8").count("Copyright") >= 3


@pytest.mark.long
def test_the_reference_is_that_of_the_data(site: Path) -> None:
    told = (site / "reference" / "measures.html").read_text(encoding="utf-8")
    assert "CN-REE-2025-18" in told
    told = (site / "reference" / "scenarios.html").read_text(encoding="utf-8")
    names = [path.stem for path in (ROOT / "src/terbium/scenarios").glob("*.yaml")]
    assert len(names) > 5
    assert not [name for name in names if name not in told]
    assert "open_study" in (site / "reference" / "python.html").read_text(encoding="utf-8")
    # the search works without a server: what it finds in lies beside it
    assert "licenc" in (site / "searchindex.js").read_text(encoding="utf-8")


@pytest.mark.long
def test_pages_of_the_application_link_to_pages_of_the_site(site: Path) -> None:
    web = ROOT / "src/terbium/web"
    texts = [path.read_text(encoding="utf-8") for path in (*web.rglob("*.j2"), *web.rglob("*.py"))]
    found = {page for text in texts for page in re.findall(r'"([\w/-]+\.html)[#"]', text)}
    linked = {page.removeprefix("/manual/") for page in found}
    assert len(linked) > 5
    templates = {path.stem for path in web.rglob("*.j2")}
    missing = {page for page in linked if not (site / page).is_file()}
    assert not {page for page in missing if page not in templates and page != "report.html"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<script src="https://elsewhere.example/a.js"></script>', "loads https://elsewhere"),
        ('<img src="//elsewhere.example/a.png">', "loads //elsewhere"),
        ("<script>run()</script>", "inline: a script"),
        ("<style>p {}</style>", "inline: a style"),
        ('<p style="color: red">x</p>', "inline: style of p"),
        ('<p onclick="run()">x</p>', "inline: onclick of p"),
        ('<a href="other.html">x</a>', "leads nowhere: other.html"),
        ('<a href="#there">x</a>', "no such place on the page: #there"),
        ('<a href="../outside.html">x</a>', "leads out of the site"),
        ('<a href="https://elsewhere.example/">x</a>', ""),
        ('<a id="here" href="#here">x</a><img src="data:image/png;base64,AA">', ""),
    ],
)
def test_the_check_sees_what_is_wrong(body: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PLAIN.format(body), encoding="utf-8")
    found = list(faults(tmp_path))
    assert len(found) == bool(said), found
    assert all(said in fault for fault in found)


def test_a_style_sheet_that_loads_from_outside_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p { background: url('https://elsewhere.example/b.png') }")
    assert list(faults(tmp_path)) == ["a.css: loads https://elsewhere.example/b.png"]


def test_what_is_inline_moves_to_files(tmp_path: Path) -> None:
    body = (
        '<script>a < b;</script><p class="c" style="color: red">x</p><i style="color: red">y</i>'
        '<p role="heading">Begin</p><pre>long</pre>'
    )
    for folder in (".", "deep"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "page.html").write_text(PLAIN.format(body), encoding="utf-8")
    (tmp_path / "_static").mkdir()
    move_inline(tmp_path)
    assert not list(faults(tmp_path))
    moved = sorted(path.name for path in (tmp_path / "_static").iterdir())
    assert len(moved) == 2, "the same script of two pages is one file"
    told = (tmp_path / "deep" / "page.html").read_text(encoding="utf-8")
    assert 'src="../_static/moved-' in told
    assert 'class="c moved-' in told
    assert 'role="heading" aria-level="2"' in told
    assert '<pre tabindex="0">' in told


def test_a_warning_ends_the_build_and_leaves_what_was_there(tmp_path: Path) -> None:
    source, out = tmp_path / "docs", tmp_path / "manual"
    source.mkdir()
    (source / "conf.py").write_text('extensions = ["myst_parser"]\n')
    (source / "index.md").write_text("# A page\n\n[nowhere](no-such-page.md)\n")
    out.mkdir()
    (out / "before.html").write_text("still here")
    done = build("--out", out, "--docs", source)
    assert done.returncode == 1
    assert "no-such-page.md" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name[0] == "."] == []
    assert (out / "before.html").read_text() == "still here"


def test_a_cell_cannot_end_its_table() -> None:
    assert table(("a", "b"), [("x|y", "two\nlines")]).splitlines()[-1] == "| x\\|y | two lines |"
