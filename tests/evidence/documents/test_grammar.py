"""What holds for every text: offsets, numerals both ways, scripts, order, changed numbers."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from terbium.evidence.documents.claim import METRICS, QUALIFIERS, STAGES, Document, StatedClaim
from terbium.evidence.documents.claims import read_claims
from terbium.evidence.documents.folding import fold
from terbium.evidence.documents.numerals import chinese, decimal, english
from terbium.evidence.documents.score import overlap, same_date, score

DAY = date(2025, 11, 5)
ARTICLE = (
    "中国供应全球约90%的稀土，并控制了85%的分离产能。2023年，出口量同比下降三成，降至4.5万吨。",
    "美国对中国商品征收的关税从145%降至30%，休战期为90天。双方在日内瓦举行了首轮谈判。",
    "日本用了十五年才把对华依赖度降到60%左右，库存可用三至六个月。",
    "The refinery will make 3,000 tonnes of oxide a year and cost about $450 million.",
    "In 2010, prices rose sixfold; two-thirds of the firms had stocks for six weeks.",
)
PIECES = st.sampled_from(
    [
        "0",
        "1",
        "7",
        "90",
        "1,000",
        "2.5",
        "%",
        "％",
        "年",
        "月",
        "日",
        "万",
        "亿",
        "千",
        "百",
        "十",
        "一",
        "两",
        "三",
        "几",
        "数",
        "半",
        "成",
        "倍",
        "吨",
        "公斤",
        "美元",
        "个",
        "种",
        "第",
        "轮",
        "约",
        "超过",
        "以上",
        "到",
        "至",
        "-",
        "~",
        "。",
        "，",
        "\n",
        ".",
        ",",
        "$",
        "US$",
        "€",
        "¥",
        "million",
        "bn",
        "tonnes",
        "per",
        "kg",
        "years",
        "of",
        "two",
        "third",
        "half",
        "most",
        "more",
        "than",
        "in",
        "2025",
        "May",
        "early",
        "last",
        "year",
        "今年",
        "去年",
        "世纪",
        "初",
        "底",
        "之",
        "分",
        "每",
        "有",
        "就",
        "最大",
        "几乎",
        "所有",
        "铽",
        "稀土",
        "F-35",
        "**",
        "<p>",
        "</p>",
        "---\n",
        "date:",
        "'",
        "(",
        ")",
        "（",
        "）",
        "“",
        "”",
        "﹪",
        "②",
        "𠀀",
        "\u200b",
        "é",
    ]
)


def read(text: str, day: date | None = DAY) -> list[StatedClaim]:
    return read_claims(Document("text.txt", text, date=day))


def values(claims: list[StatedClaim]) -> list[tuple[object, ...]]:
    return [
        (one.metric, one.value, one.value_low, one.value_high, one.unit, one.qualifier)
        for one in claims
    ]


@given(st.lists(PIECES, max_size=60), st.sampled_from(["", " "]))
def test_every_span_is_a_slice_of_the_text(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces)
    claims = read(text, None)
    ends = [0]
    for claim in claims:
        assert text[claim.char_offset : claim.end] == claim.span != ""
        assert claim.char_offset >= ends[-1]
        assert claim.metric in METRICS
        assert claim.stage in STAGES
        assert claim.qualifier in QUALIFIERS
        ends.append(claim.end)
    assert len({claim.claim_id for claim in claims}) == len(claims)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for claim in read(text):
        assert text[claim.char_offset : claim.end] == claim.span


@given(st.text(max_size=200))
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """A number below 10**12 as it is said."""
    if number >= 10**8:
        rest = number % 10**8
        gap = "零" if 0 < rest < 10**7 else ""
        return in_chinese(number // 10**8) + "亿" + (gap + in_chinese(rest) if rest else "")
    if number >= 10**4:
        rest = number % 10**4
        gap = "零" if 0 < rest < 10**3 else ""
        return in_chinese(number // 10**4) + "万" + (gap + in_chinese(rest) if rest else "")
    said = ""
    for place, name in ((1000, "千"), (100, "百"), (10, "十")):
        digit, number = divmod(number, place)
        if digit:
            said += DIGITS[digit] + name
        elif said and number and not said.endswith("零"):
            said += "零"
    return said + (DIGITS[number] if number or not said else "")


@given(st.integers(1, 10**12 - 1))
def test_chinese_numerals_are_read_as_they_are_said(number: int) -> None:
    assert chinese(in_chinese(number)) == number


@given(st.integers(0, 10**12), st.integers(0, 3))
def test_digits_with_commas_are_read_as_written(number: int, places: int) -> None:
    value = number / 10**places
    assert decimal(f"{value:,.{places}f}") == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twenty-five", 25), ("ninety nine", 99), ("two hundred and fifty", 250),
        ("three thousand", 3000), ("a dozen", 12), ("seventeen", 17),
    ],
)  # fmt: skip
def test_english_number_words(text: str, value: int) -> None:
    assert english(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("两万五", 25000), ("一百二", 120), ("一千零五", 1005), ("三点五", 3.5), ("二零二五", 2025)],
)
def test_chinese_numerals_that_leave_something_out(text: str, value: float) -> None:
    assert chinese(text) == value


@given(st.permutations(ARTICLE))
def test_paragraphs_in_any_order_give_the_same_claims(paragraphs: list[str]) -> None:
    def told(text: str) -> list[tuple[object, ...]]:
        return sorted((one.span, *values([one])[0]) for one in read(text))

    assert told("\n".join(paragraphs)) == told("\n".join(ARTICLE))


@given(st.integers(2, 98), st.integers(2, 98))
def test_a_changed_number_changes_its_value_and_no_other(first: int, second: int) -> None:
    one = read(f"中国供应全球约{first}%的稀土，并控制了{second}%的分离产能。")
    assert [claim.value for claim in one] == pytest.approx([first / 100, second / 100])
    assert [claim.qualifier for claim in one] == ["about", "none"]


@given(st.sampled_from([("吨", "t", 1), ("公斤", "kg", 1), ("万吨", "t", 10**4), ("克", "g", 1)]))
def test_a_changed_unit_changes_the_unit(unit: tuple[str, str, int]) -> None:
    (claim,) = read(f"该厂出口了35{unit[0]}磁铁。")
    assert (claim.value, claim.unit) == (35 * unit[2], unit[1])


def test_both_scripts_give_the_same_values() -> None:
    text = "\n".join(ARTICLE[:3])
    converted = OpenCC("s2t").convert(text)
    assert converted != text
    assert values(read(converted)) == values(read(text))
    assert {claim.lang for claim in read(converted)} == {"zh-Hant"}


def test_full_width_digits_give_the_same_values() -> None:
    wide = str.maketrans("0123456789%", "０１２３４５６７８９％")
    text = "\n".join(ARTICLE[:3])
    assert values(read(text.translate(wide))) == values(read(text))


def test_relative_dates_count_from_the_day_of_the_document() -> None:
    text = "美国去年12月宣布了新规，今年7月生效。"
    assert [one.year_or_date for one in read(text)] == ["2024-12", "2025-07"]
    assert [one.year_or_date for one in read(text, date(2021, 8, 1))] == ["2020-12", "2021-07"]


def test_front_matter_gives_the_day_and_no_claims() -> None:
    text = "---\ndate: 2024-03-09\nid: 12345\n---\n出口在今年1月下降了5%。\n"
    claims = read(text, None)
    assert [(one.span, one.year_or_date[:4]) for one in claims] == [
        ("今年1月", "2024"),
        ("5%", "2024"),
    ]


def test_lists_of_other_articles_are_no_part_of_this_one() -> None:
    teasers = "\n\n阅读全文\n\n".join(
        ["球队以4比0获胜 连胜3场", "餐厅2300万买地", "等待16年的判决"]
    )
    text = f"中国供应全球90%的稀土。\n\n热门新闻\n\n阅读全文\n\n{teasers}\n\n阅读全文\n"
    assert [one.span for one in read(text)] == ["90%"]


def test_a_link_in_the_middle_ends_nothing() -> None:
    text = "铜价上涨5%。\n相关阅读：商务部就出口许可回应记者提问共3次\n铜产量下降7%。\n"
    assert [one.span for one in read(text)] == ["5%", "7%"]


def test_addresses_and_markup_hold_no_claims() -> None:
    text = 'See <a href="x?p=90%25">this</a> https://a.example/2024/95 or tips95@a.example now.'
    assert read(text) == []


ROW = StatedClaim("a", "d", 10, "90%", "en", metric="share", value=0.9, year_or_date="2025")


def test_spans_match_by_the_characters_they_share() -> None:
    assert overlap(ROW, replace(ROW, span="90% of")) == 0.5
    assert overlap(ROW, replace(ROW, document="e")) == 0
    far = replace(ROW, char_offset=40)
    found = score([ROW, far], [ROW])
    assert (found.recall, found.precision) == (1, 0.5)
    assert found.extra == (far,)


def test_a_field_that_differs_is_counted_and_named() -> None:
    found = score([replace(ROW, value=0.8, stage="mining")], [ROW])
    assert found.accuracy("value") == 0
    assert found.accuracy("metric") == 1
    assert {name for name, pairs in found.wrong.items() if pairs} == {"value", "stage"}


def test_a_translation_agrees_only_if_it_points_to_the_row_of_its_original() -> None:
    gold = [
        ROW,
        replace(ROW, claim_id="b", char_offset=50, duplicate_of="a", dup_kind="translation"),
    ]
    read_rows = [
        replace(ROW, claim_id="x"),
        replace(gold[1], claim_id="y", duplicate_of="x"),
    ]
    assert score(read_rows, gold).accuracy("translation") == 1
    lost = [read_rows[0], replace(read_rows[1], duplicate_of="", dup_kind="")]
    assert score(lost, gold).accuracy("translation") == 0


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("2025-11", "2025-11-27", True), ("2025", "2024-01", False), ("", "2025", False),
        ("1960/1989", "1960/1989", True), ("1960", "1960/1989", False),
    ],
)  # fmt: skip
def test_dates_agree_to_the_less_exact(one: str, other: str, agree: bool) -> None:
    assert same_date(one, other) is agree
