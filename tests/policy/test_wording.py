"""Other words, other languages, other columns, other days: the answers may not depend on them."""

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.policy.scoring import FOLD, is_right
from tests.policy.test_cases import own_cases, shared_rows

from terbium.base.errors import MeasureError
from terbium.policy.answers import Decision
from terbium.policy.authored import read_yaml_file
from terbium.policy.batch import answer_cases, read_cases
from terbium.policy.decide import built_in_decider
from terbium.policy.facts import read_facts

WORDING = Path(__file__).parents[1] / "cases" / "wording.yaml"
# how far the share of right answers may fall
MOST_FALL = 0.05
NAMES = {
    "CN": ("CHN", "China", "中国"),
    "US": ("USA", "United States", "美国"),
    "JP": ("JPN", "Japan", "日本"),
    "DE": ("DEU", "Germany", "德国"),
    "FR": ("FRA", "France", "法国"),
    "NL": ("NLD", "the Netherlands", "荷兰"),
    "KR": ("KOR", "South Korea", "韩国"),
    "VN": ("VNM", "Viet Nam", "越南"),
    "AU": ("AUS", "Australia", "澳大利亚"),
    "MY": ("MYS", "Malaysia", "马来西亚"),
}
WAYS = ("origin", "exporter_location", "destination")
Row = dict[str, str]


def wording(part: str) -> dict[str, list[str]]:
    held = read_yaml_file(WORDING, WORDING.name, MeasureError).data[part]
    return {str(words[0]): [str(word) for word in words[1:]] for words in held}


ITEMS, CONTENTS = wording("items"), wording("contents")


def rows_of_own() -> list[Row]:
    """Our cases in the columns of a file, with what is expected."""
    folded = FOLD | {"revives_by_text": "revives_by_text"}
    rows = []
    for case in own_cases():
        ends = (part.strip() for part in case["way"].split(">"))
        way = dict(zip(WAYS, ends, strict=True))
        home = "us_ear" if way["origin"] == "US" else "cn_dual_use"
        regime = case.get("regime", home)
        rows.append(
            {
                "item": case["item"], "element_content": case.get("content", ""), **way,
                "end_use": case["use"], "end_user_type": case["user"], "date": case["on"],
                "known_on": case.get("known_on", ""), "hs": "",
                "regime": "" if regime == "all" else regime,
                "expected": folded[case["is"]], "accept_also": "",
                "measure_id": case.get("by", "") if case["is"] != "none" else "",
            }
        )  # fmt: skip
    return rows


@pytest.fixture(params=["own", pytest.param("shared", marks=pytest.mark.shared)])
def rows(request: pytest.FixtureRequest) -> list[Row]:
    if request.param == "own":
        return rows_of_own()
    return shared_rows(request.getfixturevalue("shared_dir"))


def decide(row: Row) -> Decision:
    return built_in_decider().decide(read_facts(row))


def fall(pairs: list[tuple[Row, Row]]) -> float:
    """How much smaller the share of right answers is for the other words."""
    assert pairs
    plain = sum(is_right(row, (d := decide(row)).status, d.answer.measures) for row, _ in pairs)
    wrong, right = [], 0
    for row, other in pairs:
        answer = decide(other)
        if is_right(row, answer.status, answer.answer.measures):
            right += 1
        else:
            wrong.append(f"{row['item']} -> {other['item']}: {answer.status}")
    print(*wrong, sep="\n")  # noqa: T201
    return (plain - right) / len(pairs)


def reworded(rows: list[Row]) -> Iterator[tuple[Row, Row]]:
    for row in rows:
        for item in ITEMS.get(row["item"], ()):
            yield row, {**row, "item": item}
            for content in CONTENTS.get(row["element_content"], ()):
                yield row, {**row, "item": item, "element_content": content, "hs": ""}


def test_most_cases_have_other_words() -> None:
    own = rows_of_own()
    assert sum(row["item"] in ITEMS for row in own) > 30
    assert sum(len(words) for words in ITEMS.values()) > 130


def test_other_words_and_the_other_language(rows: list[Row]) -> None:
    assert fall(list(reworded(rows))) <= MOST_FALL


def test_without_and_with_a_wrong_customs_code(rows: list[Row]) -> None:
    codes = ("", "85051110", "28469015", "84")
    assert fall([(row, {**row, "hs": code}) for row in rows for code in codes]) == 0


def test_names_of_regions(rows: list[Row]) -> None:
    pairs = [
        (row, row | {end: NAMES.get(row[end], (row[end],) * 3)[which] for end in WAYS})
        for row in rows
        for which in range(3)
    ]
    assert fall(pairs) == 0


def test_users_in_chinese(rows: list[Row]) -> None:
    words = {"civilian": "民用", "military": "军事用户"}
    pairs = [
        (row, {**row, "end_user_type": words[row["end_user_type"]]})
        for row in rows
        if row["end_user_type"] in words
    ]
    assert fall(pairs) == 0


def typed(row: Row) -> Row:
    """The same facts in typed columns, free text taken away where it said them."""
    other = dict(row)
    user = row["end_user_type"]
    if user.startswith("named:"):
        other |= {"party_name": user.removeprefix("named:"), "end_user_type": ""}
    if user.startswith("subsidiary_"):
        share, _, owner = user.removeprefix("subsidiary_").partition("pct_of_")
        share = str(float(share.removeprefix("aggregate_")) / 100)
        other |= {"owner_share": share, "owner_list": owner, "end_user_type": ""}
    element, _, share = row["element_content"].partition(" CN origin value share ")
    if share.endswith("%") and share[0].isdigit():
        other |= {"element_content": element, "origin_content": "CN"}
        other["value_share"] = f"{float(share.rstrip('%')) / 100:g}"
    if row["element_content"] == "technology":
        other |= {"element_content": "", "is_technology": "true"}
    for word in ("oxide", "metal", "magnet"):
        if row["item"].split()[-1:] == [word] and " with " not in row["item"]:
            other["form"] = word
    return other


def test_typed_columns_say_the_same(rows: list[Row]) -> None:
    pairs = [(row, other) for row in rows if (other := typed(row)) != row]
    assert len(pairs) > 5
    assert fall(pairs) == 0


def test_columns_in_any_order(rows: list[Row]) -> None:
    names = sorted({name for row in rows for name in row} - {"case_id"})
    random.Random(7).shuffle(names)
    file = io.StringIO()
    writer = csv.DictWriter(file, [*names, "case_id"], restval="")
    writer.writeheader()
    writer.writerows({**row, "case_id": f"K{n}"} for n, row in enumerate(rows))
    file.seek(0)
    found = list(answer_cases(read_cases(file, "cases.csv", [])))
    assert [one.case_id for one in found] == [f"K{n}" for n in range(len(rows))]
    for row, one in zip(rows, found, strict=True):
        assert one.decision is not None
        assert one.decision.to_dict() == decide(row).to_dict()


def test_shifted_days_change_answers_where_the_answer_says_so(rows: list[Row]) -> None:
    """An answer holds to its last day, and the next one is what it foretold."""
    foretold = 0
    for row in rows:
        answer: Any = decide(row).answer
        change = answer.next_change
        if change is None or answer.status == "revives_by_text":
            continue
        last = decide({**row, "date": str(answer.valid_until)}).answer
        assert (last.status, last.measures) == (answer.status, answer.measures) or (
            answer.status == "none" == last.status
        )
        after = decide({**row, "date": str(change.day)}).answer
        assert after.status in (change.status, "revives_by_text")
        foretold += 1
    assert foretold > 5
