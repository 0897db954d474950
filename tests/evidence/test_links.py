import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.stated import NAME, claim

from terbium.evidence.documents.chain import Pair, heaviest_chain
from terbium.evidence.documents.claim import Document, StatedClaim
from terbium.evidence.documents.claims import read_claims
from terbium.evidence.documents.links import drifts, link_claims
from terbium.evidence.documents.passages import passages
from terbium.evidence.documents.score import overlap
from terbium.evidence.documents.table import read_table

CHINESE = (
    "新矿山的投资为3亿美元，政府持有12%的股份，预计2027年投产，年产量约为五千吨，"
    "可满足本国需求的四成以上，其余仍然依靠进口。"
)
ENGLISH = (
    "The government holds 12% of the new mine, in which $300 million are invested; it is to open "
    "in 2027 and to make 5,000 tonnes a year, more than 40% of what the country needs."
)


def rows(text: str) -> list[StatedClaim]:
    """Five figures in both languages; the English sentence turns the first two round."""
    zh = {"lang": "zh-Hans", "stage": "mining"}
    en = {"lang": "en", "stage": "mining"}
    money = {"metric": "money", "unit": "USD", "value": 3e8}
    mass = {"metric": "capacity", "unit": "t/y", "value": 5000.0, "qualifier": "about"}
    year = {"metric": "date", "unit": "ISO date", "value": 2027.0, "year_or_date": "2027"}
    return [
        claim(text, "投资为3亿美元", "3亿美元", **money, **zh),
        claim(text, "持有12%的", "12%", value=0.12, **zh),
        claim(text, "预计2027年", "2027年", **year, **zh),
        claim(text, "约为五千吨", "五千吨", **mass, **zh),
        claim(text, "需求的四成", "四成", value=0.4, qualifier="more_than", **zh),
        claim(text, "holds 12% of", "12%", value=0.12, **en),
        claim(text, "$300 million", "$300 million", **money, **en),
        claim(text, "open in 2027", "2027", **year, **en),
        claim(text, "5,000 tonnes", "5,000 tonnes", **{**mass, "qualifier": "none"}, **en),
        claim(text, "than 40% of", "40%", value=0.4, qualifier="more_than", **en),
    ]


def linked_pairs(claims: list[StatedClaim]) -> set[tuple[str, str]]:
    by_id = {one.claim_id: one for one in claims}
    return {
        (by_id[one.duplicate_of].span, one.span) for one in claims if one.dup_kind == "translation"
    }


def test_translations_point_back_to_the_first_language() -> None:
    text = f"{CHINESE}\n\n{ENGLISH}\n"
    found = link_claims({NAME: text}, rows(text))
    assert linked_pairs(found) == {
        ("3亿美元", "$300 million"), ("12%", "12%"), ("2027年", "2027"),
        ("五千吨", "5,000 tonnes"), ("四成", "40%"),
    }  # fmt: skip


def test_the_later_language_points_to_the_earlier_whichever_that_is() -> None:
    text = f"{ENGLISH}\n\n{CHINESE}\n"
    found = link_claims({NAME: text}, rows(text))
    assert all(one.lang == "zh-Hans" for one in found if one.duplicate_of)
    assert len(linked_pairs(found)) == 5


def test_a_qualifier_that_a_translator_dropped_is_told() -> None:
    text = f"{CHINESE}\n\n{ENGLISH}\n"
    found = drifts(link_claims({NAME: text}, rows(text)))
    assert [(one.earlier.span, one.later.span) for one in found] == [("五千吨", "5,000 tonnes")]
    assert "about" in str(found[0])
    assert "no qualifier" in str(found[0])


def test_one_language_alone_has_no_translations() -> None:
    text = f"{CHINESE}\n"
    chinese = [one for one in rows(f"{CHINESE}\n\n{ENGLISH}") if one.lang != "en"]
    assert not any(one.duplicate_of for one in link_claims({NAME: text}, chinese))


def test_the_same_figure_of_another_thing_is_no_repeat() -> None:
    text = "Output rose by 12% in the mine. Elsewhere wages of teachers rose by 12% in a year."
    first = claim(text, "by 12% in the", "12%", value=0.12, stage="mining")
    second = claim(text, "by 12% in a", "12%", value=0.12, stage="politics")
    assert not any(one.duplicate_of for one in link_claims({NAME: text}, [first, second]))


def test_a_sentence_said_again_is_a_repeat() -> None:
    sentence = "The plant in the north makes 12% of the oxide of the country. "
    text = sentence + "Nothing else is made. " + sentence
    first = text.index("12%")
    second = text.rindex("12%")
    one = claim(text[: first + 9], "12%", "12%", value=0.12, stage="refining")
    found = link_claims({NAME: text}, [one, replace(one, claim_id="later", char_offset=second)])
    assert (found[1].duplicate_of, found[1].dup_kind) == (one.claim_id, "repeat")


def test_passages_alternate_and_headings_do_not_split_them() -> None:
    text = f"{CHINESE}\n\n## Note\n\n{CHINESE}\n{ENGLISH}\n{ENGLISH}\n"
    found = passages(text)
    assert [part.is_chinese for part in found] == [True, False]
    assert text[found[1].start :].strip().startswith("The government")


@given(
    st.lists(
        st.builds(Pair, st.integers(0, 6), st.integers(0, 6), st.floats(0.1, 9, allow_nan=False)),
        max_size=8,
    )
)
def test_the_chain_is_the_heaviest_of_all(pairs: list[Pair]) -> None:
    chain = heaviest_chain(pairs)
    rising = zip(chain, chain[1:], strict=False)
    assert all(a.left < b.left and a.right < b.right for a, b in rising)
    best = max(
        (
            sum(pair.weight for pair in some)
            for size in range(len(pairs) + 1)
            for some in combinations(sorted(pairs, key=lambda p: (p.left, p.right)), size)
            if all(
                a.left < b.left and a.right < b.right for a, b in zip(some, some[1:], strict=False)
            )
        ),
        default=0.0,
    )
    assert sum(pair.weight for pair in chain) == pytest.approx(best)


def test_a_text_of_one_figure_without_end_is_linked_in_time() -> None:
    line = f"{CHINESE}\n\n{ENGLISH}\n\n"
    text = line * 400
    first = rows(line)
    claims = [
        replace(one, claim_id=f"{one.claim_id}-{n}", char_offset=one.char_offset + n * len(line))
        for n in range(400)
        for one in first
    ]
    begin = time.process_time()
    found = link_claims({NAME: text}, claims)
    assert time.process_time() - begin < 8
    assert sum(one.dup_kind != "" for one in found) > 3900


@pytest.mark.shared
def test_gold_translations_are_linked_even_without_labels(shared_dir: Path) -> None:
    folder = shared_dir / "documents"
    texts = {file.name: file.read_bytes().decode() for file in folder.glob("0*.txt")}
    gold = read_table(folder / "claims.csv")
    wanted = {one.claim_id: one.duplicate_of for one in gold if one.dup_kind == "translation"}
    bare = [replace(one, stage="other", entity="", material="none") for one in gold]
    for given_rows, least in ((gold, 0.97), (bare, 0.85)):
        found = link_claims(texts, given_rows)
        got = {one.claim_id: one.duplicate_of for one in found if one.dup_kind == "translation"}
        right = sum(got.get(name) == target for name, target in wanted.items())
        assert right / len(wanted) >= least
        assert len(set(got) - set(wanted)) <= 0.06 * len(wanted)


@pytest.mark.shared
def test_translations_are_linked_on_rows_as_read(shared_dir: Path) -> None:
    folder = shared_dir / "documents"
    gold = [one for one in read_table(folder / "claims.csv") if one.topic == "core"]
    texts = {file.name: file.read_bytes().decode() for file in folder.glob("00[01]*.txt")}
    read = [one for name, text in texts.items() for one in read_claims(Document(name, text))]
    found = link_claims(texts, read)
    match = {
        one.claim_id: other
        for one in gold
        for other in found
        if one.document == other.document and overlap(one, other) >= 0.5
    }
    pairs = [
        (match[one.claim_id], match[one.duplicate_of])
        for one in gold
        if one.dup_kind == "translation" and {one.claim_id, one.duplicate_of} <= match.keys()
    ]
    right = sum(later.duplicate_of == earlier.claim_id for later, earlier in pairs)
    assert len(pairs) > 60
    assert right / len(pairs) >= 0.9
