from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.documents.made import pdf

from terbium.base.errors import InputError
from terbium.evidence.documents.source import document_of, read_document

SIMPLIFIED = (
    "中国的稀土出口在今年四月以后下降了百分之三十,这是政府公布的数字,不过企业说实际的情况要更坏。"
)
TRADITIONAL = (
    "中國的稀土出口在今年四月以後下降了百分之三十,這是政府公布的數字,不過企業說實際的情況要更壞。"
)
ENGLISH = "Exports of rare earths fell by 30 % after April, the ministry said.\r\nFirms doubt it.\n"


def written(folder: Path, name: str, raw: bytes) -> Path:
    path = folder / name
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        *((SIMPLIFIED, codec) for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")),
        *((TRADITIONAL, codec) for codec in ("utf-8", "big5", "utf-16-le", "utf-16-be")),
        *((ENGLISH, codec) for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")),
        *((ENGLISH + "稀土", codec) for codec in ("utf-8", "utf-16-le")),
        *((SIMPLIFIED, codec) for codec in ("utf-8-sig", "utf-16", "utf-32")),
    ],
)
def test_an_encoding_is_found_and_every_code_point_kept(
    tmp_path: Path, text: str, codec: str
) -> None:
    found = read_document(written(tmp_path, "a.txt", text.encode(codec)))
    assert found.text == text
    assert found.visible == text
    assert found.source(3, 9) == (3, 9)


@pytest.mark.parametrize(
    "raw",
    [
        "“Café” is what they said it’s called – naïve".encode("cp1252"),
        "レアアースの輸出".encode("shift_jis"),
        "稀土".encode("gb18030"),
        SIMPLIFIED.encode("gb18030") + b"\xff\xff",
        b"price \xff 3",
    ],
)
def test_what_is_uncertain_is_an_error_that_names_the_option(raw: bytes) -> None:
    with pytest.raises(InputError, match="--encoding gb18030, big5"):
        document_of(raw, "a.txt")


def test_a_given_encoding_is_taken_strictly() -> None:
    raw = "“Café”".encode("cp1252")
    assert document_of(raw, "a.txt", encoding="cp1252").text == "“Café”"
    assert document_of("稀土".encode("gbk"), "a.txt", encoding="gb2312").text == "稀土"
    assert document_of("稀土".encode("utf-8-sig"), "a.txt", encoding="utf-8").text == "稀土"
    with pytest.raises(InputError, match="not utf-8 at byte 0"):
        document_of(raw, "a.txt", encoding="utf-8")
    for name in ("utf-99", "hex", "a\0b"):
        with pytest.raises(InputError, match="--encoding: seen"):
            document_of(raw, "a.txt", encoding=name)


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.pdf", b"", "the file is empty"),
        ("a.txt", b" \n\t ", "white space alone"),
        ("a.html", b"<script>document.write('9 %')</script>", "shows no text"),
        ("a.txt", b"PK\x03\x04\x14\x00", "a ZIP container"),
        ("a.txt", pdf([["x"]]), "a PDF"),
        ("a.pdf", b"hello there", "no PDF header"),
        ("a.pdf", b"%PDF-1.7\nnothing else", "a damaged PDF"),
        ("a.pdf", pdf([["90 %"]])[:600], "a damaged PDF|without any text"),
        ("a.pdf", pdf([[], []]), r"2 page\(s\) without any text"),
        ("a.txt", bytes(range(256)) * 50, "binary data"),
        ("a.txt", b"ab\x00cd" * 99, "binary data"),
        ("a.docx", b"x", "the ending '.docx'"),
        ("README", b"x", "no ending"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(
    tmp_path: Path, name: str, raw: bytes, said: str
) -> None:
    with pytest.raises(InputError, match=said) as told:
        read_document(written(tmp_path, name, raw))
    assert len(told.value.problems) == 1


def test_a_missing_file_and_a_folder_are_bad_input(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    for name in ("a.txt", "b.txt"):
        with pytest.raises(InputError, match="a file that can be read"):
            read_document(tmp_path / name)


def test_fifty_megabytes_are_read_and_more_than_the_limit_refused(tmp_path: Path) -> None:
    line = SIMPLIFIED.encode() + b"\n"
    big = written(tmp_path, "big.txt", line * (50_000_000 // len(line)))
    assert len(read_document(big).text) > 15_000_000
    with big.open("ab") as file:
        file.truncate(100_000_001)
    with pytest.raises(InputError, match="100,000,001 bytes.*at most 100,000,000 bytes of text"):
        read_document(big)


PAGE = """<!DOCTYPE html><html><head><title>Site - 7</title>
<meta property="article:published_time" content="2025-11-01T09:30:00+08:00">
<script>var s = "<p>99 %</p>"; if (1 < 2) {}</script><style>p { width: 50% }</style></head><body>
<nav><a href="/">Top 10</a></nav><p>China mines <b>70</b>&nbsp;% and
sells 10&#x4e07;吨; <q title="<script>5</script> > 4">"rare" &lt;earths&gt;</q>.<!-- 3 % --></p>
<table><tr><td>Japan</td><td>60 %</td></tr></table><p>10<sup>6</sup> t<sup><a href="#1">1</a></sup>
<div class="wide share">12 shares</div><div hidden>8</div><aside>Read 5 more</aside>
<footer>Copyright 2025</footer></body></html>"""


def test_a_page_shows_its_text_and_knows_where_it_stands() -> None:
    found = document_of(PAGE.encode(), "a.html")
    assert found.date == date(2025, 11, 1)
    assert found.text == PAGE
    lines = [line for line in found.visible.split("\n") if line.strip()]
    assert lines == [
        "China mines 70 % and sells 10万吨; \"rare\" <earths>.", "\tJapan\t60 %", "10^6 t ",
    ]  # fmt: skip
    for shown, source in {
        "70 %": "70</b>&nbsp;%",
        "10万吨": "10&#x4e07;吨",
        "<earths>": "&lt;earths&gt;",
        "60 %": "60 %",
    }.items():
        start = found.visible.index(shown)
        first, last = found.source(start, start + len(shown))
        assert found.text[first:last] == source


def test_scripts_in_quotations_are_text_and_nothing_else() -> None:
    raw = "<p>He wrote “&lt;script&gt;alert(1)&lt;/script&gt;” on 3 May.</p>"
    assert "“<script>alert(1)</script>” on 3 May" in document_of(raw.encode(), "a.htm").visible


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<nav>Top<p>90 %", "Top\n90 %"),
        ("<p>5 < 6 & 7 > 3</p>", "\n5 < 6 & 7 > 3\n"),
        ("<p title='it>90 %</p>", "\n90 %\n"),
        ("a<!-- 90 %", "a"),
        ("a<script>90 %", "a\n"),
        ("AT&T &amp;amp; &unknown; &#0;x", "AT&T &amp; &unknown; \ufffdx"),
        ("<pre>1\n2</pre>3\n4", "\n1\n2\n3 4"),
    ],
)
def test_broken_markup_loses_no_text(page: str, shown: str) -> None:
    assert document_of(page.encode(), "a.html").visible == shown


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("<meta name=pubdate content=2024-02-30><meta name=date content=2024/2/29>", (2024, 2, 29)),
        ('<script type=application/ld+json>{"datePublished":"2025-06-20"}</script>', (2025, 6, 20)),
        ("<time datetime=2025-03-04>4 March</time>", (2025, 3, 4)),
        ("<time datetime=2025-03-04>x</time><time datetime=2025-03-05>y</time>", None),
        ("<meta name=viewport content=2025-03-04>", None),
    ],
)  # fmt: skip
def test_the_date_of_a_page(head: str, day: tuple[int, int, int] | None) -> None:
    found = document_of(f"{head}<p>text</p>".encode(), "a.html")
    assert found.date == (date(*day) if day else None)
    given_date = document_of(f"{head}<p>text</p>".encode(), "a.html", date=date(2020, 1, 1))
    assert given_date.date == date(2020, 1, 1)


def test_a_page_in_the_charset_that_it_declares() -> None:
    page = f'<meta http-equiv=Content-Type content="text/html; charset=gb2312"><p>{"稀土"}9%</p>'
    assert document_of(page.encode("gbk"), "a.html").visible == "\n稀土9%\n"
    wrong = page.replace("gb2312", "utf-8").replace("稀土", SIMPLIFIED)
    assert SIMPLIFIED in document_of(wrong.encode("gbk"), "a.html").visible


def test_markdown_shows_its_text() -> None:
    text = (
        "---\ntitle: x\ndate: 2025-11-01\n---\n# Share: 5\n\nChina **has 90%** of _it_,\nand [the "
        "EU](http://x.y/9(b)) 3*4 &amp; 5 \\* CO_2.[^1]\n\n![90 lines](a9.png)\n\n| JP | 60% |\n"
        "|---|---|\n- one\n2. two `c`\n中国占\n**70%**。\n"
    )
    found = document_of(text.encode(), "a.md")
    assert found.date == date(2025, 11, 1)
    assert found.visible == (
        "Share: 5\n\nChina has 90% of it, and the EU 3*4 & 5 * CO_2.\n\n\n\n\t JP \t 60% \t\n\n"
        "one\n2. two c 中国占\n70%。\n"
    )
    start = found.visible.index("has 90% of it")
    first, last = found.source(start, start + 13)
    assert found.text[first:last] == "has 90%** of _it"


def test_a_pdf_has_pages_and_its_broken_lines_are_joined() -> None:
    pages = [
        ["China refines about ninety", "percent of them, and sup-", "plies to others 90", "%."],
        [
            "中国的稀土出口占了全世界的百",
            "分之九十,而且还在增加。",
            "标题",
            "第二段从这里开始又是一行字",
        ],
    ]
    found = document_of(pdf(pages), "a.pdf")
    assert [name for _, name in found.sections] == ["p. 1", "p. 2"]
    assert "about ninety percent of them, and supplies to others 90 %." in found.visible.replace(
        "90\n%", "90 %"
    )
    assert "百分之九十" in found.visible
    assert "标题\n第二段" in found.visible
    start = found.visible.index("百分之九十")
    first, last = found.source(start, start + 5)
    assert found.text[first:last] == "百\n分之九十"
    assert found.section_at(first) == "p. 2"
    assert found.section_at(0) == "p. 1"


def test_an_encrypted_pdf_says_so() -> None:
    locked = (
        "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] /Encrypt << "
        f"/Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{'ab' * 32}> /U <{'cd' * 32}> >> "
    )
    with pytest.raises(InputError, match="encrypted"):
        document_of(pdf([["90 %"]], extra=locked), "a.pdf")


BITS = st.sampled_from(
    [
        *("<p>", "</p>", "<b>", "</b>", "<nav>", "</nav>", "<script>", "</script>", "<!--", "-->"),
        *("<", ">", "&", "&amp;", "&#x4e07;", "&nbsp", "'", '"', "90 %", "稀土", "\n", "\r\n", " "),
        *("<a b='", "]]>", "<sup>", "</sup>", "**", "_", "[x](y)", "![", "|", "# ", "- ", "`"),
        *("\\*", "---\n", "\U0001f600"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(BITS, max_size=40), st.sampled_from(["a.html", "a.md"]))
def test_whatever_the_markup_each_shown_piece_stands_where_it_says(
    bits: list[str], name: str
) -> None:
    text = "".join(bits)
    try:
        found = document_of(text.encode(), name)
    except InputError:
        return
    assert found.text == text
    assert found.shown is not None
    ends = 0
    for start in range(len(found.visible)):
        first, last = found.source(start, start + 1)
        assert ends <= last <= len(text)
        assert first < last
        ends = first
        shown = found.visible[start]
        if last - first == 1 and not shown.isspace() and shown != "^":
            assert text[first:last] == shown


@pytest.mark.parametrize("name", ["a.html", "a.md"])
@pytest.mark.parametrize("bit", ["<!--", "<a '", "<script>", "&", "<div>", "[a](", "**", "-", "> "])
def test_no_markup_takes_quadratic_time(bit: str, name: str) -> None:
    # a quadratic reader would need minutes
    assert document_of(f"start {bit * (30_000 // len(bit))}\n\nend".encode(), name)
