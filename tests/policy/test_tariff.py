"""Duties line by line: the ladder of 2025 and 2026, goods by code, and what never counts."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from terbium.base.errors import InputError
from terbium.policy.acts import built_in_book
from terbium.policy.codes import Fit, fits, read_code
from terbium.policy.overlay import Window
from terbium.policy.tariff import COUNTED, UNSETTLED, Line, Stack, tariff_on

BOOK = built_in_book()
LADDER = Path(__file__).with_name("ladder.csv")
SOYBEANS = "1201"
ACTS = {
    "us_fentanyl_pp": "US-IEEPA-FENTANYL-CN",
    "us_reciprocal_pp": "US-RECIP-CN",
    "us_s122_pp": "US-S122-2026",
}
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
PAIRS = st.sampled_from([("USA", "CHN"), ("CHN", "USA"), ("USA", "JPN"), ("DEU", "CHN")])
CODES = st.sampled_from(["", "850511", "8505110070", "284690", "7403", "7407", "1201", "85", "99"])


def day(text: str) -> date:
    return date.fromisoformat(text)


def stack_on(
    importer: str, origin: str, on: date, hs: str = "", known_on: date | None = None
) -> Stack:
    """The stack if pauses hold."""
    stacks = tariff_on(BOOK, importer, origin, on, hs, known_on).stacks
    return stacks.get("hold") or stacks[""]


def line_of(stack: Stack, measure: str, paragraph: str = "") -> Line:
    found = [x for x in stack.lines if x.measure == measure and paragraph in ("", x.paragraph)]
    assert len(found) == 1, found
    return found[0]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check_rung(row: dict[str, str]) -> None:
    on = day(row["from_date"])
    usa, china = stack_on("USA", "CHN", on), stack_on("CHN", "USA", on)
    soybeans = stack_on("CHN", "USA", on, SOYBEANS)
    for column, act in ACTS.items():
        if row[column]:
            assert usa.by_measure.get(act, 0) == float(row[column])
    # where the sum is not known, a duty on all goods is missing, and the stack says so
    assert usa.is_complete == bool(row["us_extra_total_pp"])
    if row["us_extra_total_pp"]:
        assert usa.held == (float(row["us_extra_total_pp"]),) * 2
    if row["cn_all_goods_pp"]:
        assert china.held == (float(row["cn_all_goods_pp"]),) * 2
        assert soybeans.held == (float(row["cn_soy_extra_pp"]),) * 2
    assert usa.ranges == {"US-301-CN-2018": (7.5, 100)}


@pytest.mark.parametrize("row", rows(LADDER), ids=lambda row: row["from_date"])
def test_the_ladder(row: dict[str, str]) -> None:
    check_rung(row)


@pytest.mark.parametrize("row", rows(LADDER)[1:-1], ids=lambda row: row["from_date"])
def test_the_day_before_is_the_rung_below(row: dict[str, str]) -> None:
    below = rows(LADDER)[rows(LADDER).index(row) - 1]
    before = stack_on("USA", "CHN", day(row["from_date"]) - timedelta(days=1))
    assert before.held[0] == float(below["us_extra_total_pp"])


@pytest.mark.shared
def test_our_ladder_is_the_one_of_the_source_material(shared_dir: Path) -> None:
    theirs = rows(shared_dir / "policy" / "tariff_ladder.csv")
    assert [[row[name] for name in rows(LADDER)[0]] for row in theirs] == [
        list(row.values()) for row in rows(LADDER)
    ]


@pytest.mark.shared
def test_tariff_pairs_of_the_rounds(shared_dir: Path) -> None:
    rounds = YAML(typ="safe").load(shared_dir / "policy" / "poker_rounds.yaml")["rounds"]
    pairs = []
    for one in rounds:
        last = day(str(one["to"]))
        if "tariff_note" in one["state_after"]:
            # the pair holds to the last day of section 122, the round to the day after
            last = day("2026-07-23")
        if "tariff_pair" in one["state_after"]:
            pairs.append((last, one["state_after"]["tariff_pair"]))
        if "tariff_pair" in one.get("state_before", {}):
            pairs.append((day(str(one["from"])), one["state_before"]["tariff_pair"]))
    assert len(pairs) >= 10
    for on, (usa, china) in pairs:
        assert stack_on("USA", "CHN", on).held == (usa, usa), on
        assert stack_on("CHN", "USA", on).held == (china, china), on


def test_layers_need_the_twenty_points_of_the_fentanyl_orders() -> None:
    points = stack_on("USA", "CHN", day("2025-04-09")).by_measure
    assert points == {"US-IEEPA-FENTANYL-CN": 20, "US-RECIP-CN": 84}


def test_what_is_announced_is_no_part_of_the_sum() -> None:
    stack = stack_on("USA", "CHN", day("2025-04-05"), known_on=day("2025-04-05"))
    line = line_of(stack, "US-RECIP-CN")
    assert (line.state, line.points, line.since) == ("announced", 34, day("2025-04-09"))
    assert stack.held == (20, 20)
    # a rate that was replaced before its day is told of no more once that is known
    later = stack_on("USA", "CHN", day("2025-04-08"))
    assert line_of(later, "US-RECIP-CN").points == 84


def test_a_threat_is_no_line() -> None:
    stack = stack_on("USA", "CHN", day("2025-11-01"))
    assert not any("THREAT" in line.measure for line in stack.lines)


def test_minerals_are_exempt_and_magnets_are_not_settled() -> None:
    on = day("2025-06-15")
    assert line_of(stack_on("USA", "CHN", on, "284690"), "US-RECIP-CN").state == "exempt"
    magnets = stack_on("USA", "CHN", on, "850511")
    assert line_of(magnets, "US-RECIP-CN", "EO 14298 (10 points)").state == UNSETTLED
    assert magnets.held == (20, 30)


def test_sintered_magnets_enter_the_annex_on_8_september() -> None:
    code = "8505110070"
    before = stack_on("USA", "CHN", day("2025-09-07"), code)
    after = stack_on("USA", "CHN", day("2025-09-08"), code)
    assert before.held == (20, 30)
    assert after.held == (20, 20)
    line = line_of(after, "US-RECIP-CN", "EO 14298 (10 points)")
    assert (line.state, line.by) == ("exempt", "EO 14346")
    # of a wider code only a part is
    assert stack_on("USA", "CHN", day("2025-09-08"), "850511").held == (20, 30)


def test_a_held_step_takes_the_place_of_the_range() -> None:
    assert stack_on("USA", "CHN", day("2025-12-31"), "850511").ranges
    stack = stack_on("USA", "CHN", day("2026-01-01"), "850511")
    assert stack.ranges == {}
    assert stack.by_measure["US-301-CN-2018"] == 25
    assert stack_on("USA", "CHN", day("2026-01-01"), "8542").ranges == {
        "US-301-CN-2018": (7.5, 100)
    }


def test_metals_under_section_232_do_not_pay_the_reciprocal_duty() -> None:
    stack = stack_on("USA", "CHN", day("2025-10-01"), "7407")
    assert line_of(stack, "US-RECIP-CN", "EO 14298 (10 points)").state == "exempt"
    assert stack.by_measure == {"US-IEEPA-FENTANYL-CN": 20, "US-232-COPPER-2025": 50}
    assert stack_on("USA", "JPN", day("2025-10-01"), "7407").held == (50, 50)


def test_voided_duties_stand_beside_with_refunds_as_a_question_of_their_own() -> None:
    after = tariff_on(BOOK, "USA", "CHN", day("2026-02-24"))
    voided = [line for line in after.stacks[""].lines if line.state == "voided"]
    assert {line.by for line in voided} == {"US-SCOTUS-IEEPA-2026"}
    # what an order had replaced before is history, and no line
    assert sorted(line.points or 0 for line in voided) == [10, 10, 24]
    assert after.refunds == ()
    before = tariff_on(BOOK, "USA", "CHN", day("2025-04-12"))
    assert {(x.measure, x.points, x.is_certain) for x in before.refunds} == {
        ("US-IEEPA-FENTANYL-CN", 20, True),
        ("US-RECIP-CN", 125, True),
    }
    # nobody knew of it then
    assert tariff_on(BOOK, "USA", "CHN", day("2025-04-12"), "", day("2025-04-12")).refunds == ()


def test_a_duty_that_ends_in_the_course_of_a_day() -> None:
    last = stack_on("CHN", "USA", day("2025-11-10"), SOYBEANS)
    line = line_of(last, "CN-TARIFF-2025-03-10")
    assert (line.state, "13:01" in line.why) == ("ended", True)
    assert stack_on("CHN", "USA", day("2025-11-09"), SOYBEANS).held == (20, 20)


def test_past_the_evidence_there_are_two_branches() -> None:
    found = tariff_on(BOOK, "CHN", "USA", day("2026-11-11")).stacks
    assert {branch: stack.held for branch, stack in found.items()} == {
        "hold": (10, 10),
        "lapse": (34, 34),
    }
    assert list(tariff_on(BOOK, "CHN", "USA", day("2026-11-10")).stacks) == [""]
    # as known in June 2025 the 24 points come back in August
    known = tariff_on(BOOK, "USA", "CHN", day("2025-08-12"), "", day("2025-06-30")).stacks
    assert known["lapse"].by_measure["US-RECIP-CN"] == 34


def test_both_readings_of_the_average() -> None:
    found = tariff_on(BOOK, "USA", "CHN", day("2025-11-20")).readings
    assert {(one.reading, one.percent) for one in found} == {
        ("stacked headline", 47),
        ("average over goods", 31),
    }
    assert len({one.speaker for one in found}) == 2
    assert tariff_on(BOOK, "USA", "CHN", day("2025-11-20"), "", day("2025-10-01")).readings == ()


@given(PAIRS, DAYS, CODES)
def test_the_stack_sums_and_nothing_else_counts(pair: tuple[str, str], on: date, code: str) -> None:
    for stack in tariff_on(BOOK, *pair, on, code).stacks.values():
        counted = [line for line in stack.lines if line.state == COUNTED]
        unsettled = [line for line in stack.lines if line.state == UNSETTLED]
        assert stack.held[0] == sum(line.points or 0 for line in counted)
        assert stack.held[1] - stack.held[0] == sum(line.points or 0 for line in unsettled)
        assert sum(stack.by_measure.values()) == stack.held[0]
        for line in stack.lines:
            if line.state in ("voided", "suspended", "exempt", "announced", "not held"):
                assert line not in counted
            assert line.legal_ref or not line.measure


@given(PAIRS, DAYS, CODES)
def test_a_line_stands_within_its_own_window_alone(
    pair: tuple[str, str], on: date, code: str
) -> None:
    for stack in tariff_on(BOOK, *pair, on, code).stacks.values():
        for line in stack.lines:
            if line.measure and line.state != "announced" and line.since:
                assert Window(line.since, line.until or date.max).holds(on)
            if line.state == "announced":
                assert line.since
                assert on < line.since


@given(PAIRS, DAYS, DAYS, CODES)
def test_nothing_announced_later_is_seen(
    pair: tuple[str, str], on: date, known: date, code: str
) -> None:
    answer = tariff_on(BOOK, *pair, on, code, known)
    for stack in answer.stacks.values():
        for line in stack.lines:
            if line.measure:
                act = BOOK.acts[line.measure]
                said = next(p for p in act.provisions if p.paragraph == line.paragraph)
                assert said.announced <= known
    assert all(refund.announced <= known for refund in answer.refunds)


@given(DAYS, CODES)
def test_a_pause_that_holds_never_adds_to_what_lapses(on: date, code: str) -> None:
    for pair in (("USA", "CHN"), ("CHN", "USA")):
        stacks = tariff_on(BOOK, *pair, on, code).stacks
        if len(stacks) > 1:
            assert stacks["hold"].held[0] <= stacks["lapse"].held[0]


@pytest.mark.parametrize(("importer", "origin"), [("JPN", "USA"), ("DEU", "CHN"), ("USA", "USA")])
def test_a_pair_of_which_nothing_is_held_has_no_line(importer: str, origin: str) -> None:
    lines = stack_on(importer, origin, day("2025-06-01")).lines
    assert [line.measure for line in lines] == ([] if importer == origin else [""])


@pytest.mark.parametrize(
    ("text", "code"), [("8505.11", "850511"), ("8505 11 10", "85051110"), ("", ""), ("85", "85")]
)
def test_codes_are_read(text: str, code: str) -> None:
    assert read_code(text, "--hs") == code


@pytest.mark.parametrize("text", ["8", "magnet", "12345678901", "8505-11"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="2 to 10 digits"):
        read_code(text, "--hs")


def test_a_code_within_another() -> None:
    assert fits("85051110", ["850511"]) is Fit.YES
    assert fits("8505", ["850511"]) is Fit.PART
    assert fits("8506", ["850511"]) is Fit.NO
    assert fits("8506", []) is Fit.NO
