"""How acts stand on a day, what turns, is linked or runs out, and the tables beside them."""

import csv
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from terbium.base.errors import MeasureError
from terbium.policy.acts import Act, Paragraph, built_in_book
from terbium.policy.cached import register_folder
from terbium.policy.calendar_file import calendar_of
from terbium.policy.disclosure import FULL_AND_TRUE, KINDS, checklist_of, disclosed_by
from terbium.policy.link_list import link_verdicts
from terbium.policy.overlay import Branch, Knowledge, live_windows
from terbium.policy.register import load_register
from terbium.policy.relations import relations_of
from terbium.policy.timeline import (
    Standing,
    announced_between,
    expiring,
    standings,
    state_of,
    turns,
)

BOOK = built_in_book()
DAYS = st.dates(date(2023, 1, 1), date(2028, 1, 1))
PARAGRAPHS = st.sampled_from([(act, p) for act in BOOK for p in act.provisions])
OCTOBER = {
    "CN-SUPERHARD-2025-55", "CN-REEQUIP-2025-56", "CN-REE5-2025-57", "CN-LIB-2025-58",
    "CN-REE-XT-2025-61-DM", "CN-REE-XT-2025-61-FDP", "CN-REE-XT-2025-61-ORIG",
    "CN-REETECH-2025-62",
}  # fmt: skip


def day(text: str) -> date:
    return date.fromisoformat(text)


def standing(name: str, on: str, known_on: str | None = None) -> list[Standing]:
    known = day(known_on) if known_on else None
    return [row for row in standings(BOOK, day(on), known) if row.act.id == name]


def states(name: str, on: str, known_on: str | None = None) -> list[tuple[str, str]]:
    return [(row.branch, row.state.name) for row in standing(name, on, known_on)]


@given(PARAGRAPHS, DAYS, st.sampled_from(["hold", "lapse"]), st.none() | DAYS)
def test_a_paragraph_is_in_force_on_its_live_days_and_no_others(
    one: tuple[Act, Paragraph], on: date, branch: Branch, known_on: date | None
) -> None:
    act, paragraph = one
    knowledge = Knowledge(BOOK.evidence_date, known_on, branch)
    live = any(window.holds(on) for window in live_windows(act, paragraph, knowledge))
    assert (state_of(act, paragraph, on, knowledge).name == "in force") == live


@given(st.sampled_from(list(BOOK)), DAYS)
def test_every_paragraph_stands_once_in_each_branch(act: Act, on: date) -> None:
    rows = [row for row in standings(BOOK, on) if row.act is act]
    for branch in ("hold", "lapse"):
        told = [name for row in rows if row.branch in ("", branch) for name in row.paragraphs]
        assert sorted(told) == sorted(paragraph.paragraph for paragraph in act.provisions)


@given(DAYS, st.integers(1, 400))
def test_turns_lead_from_one_day_to_the_other(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    knowledge = BOOK.knowledge(last, None)["lapse"]
    found = [turn for turn in turns(BOOK, first, last) if turn.branch in ("", "lapse")]
    for act in BOOK:
        for paragraph in act.provisions:
            own = [t for t in found if t.act is act and paragraph.paragraph in t.paragraphs]
            before = state_of(act, paragraph, first, knowledge).name
            for turn in own:
                assert first < turn.day <= last
                assert turn.before.name != turn.after.name
            if own:
                assert own[-1].after.name == state_of(act, paragraph, last, knowledge).name
            elif before not in ("not yet announced", "not yet in force"):
                assert before == state_of(act, paragraph, last, knowledge).name


def test_the_tenth_of_a_per_cent_rule_by_day_of_knowledge() -> None:
    rule = "CN-REE-XT-2025-61-DM"
    # past what was known the text tells; the pause was announced on 7 November
    assert states(rule, "2025-12-01", "2025-10-20") == [("", "in force")]
    assert states(rule, "2025-12-01", "2025-11-10") == [("", "suspended")]
    assert states(rule, "2025-12-01", "2025-10-08") == []
    (row,) = standing(rule, "2025-12-01")
    assert (row.state.by, row.until) == ("CN-SUSP-2025-70", day("2026-11-10"))


def test_past_the_evidence_what_hangs_on_pauses_is_told_twice() -> None:
    assert states("CN-REE5-2025-57", "2026-11-10") == [("", "suspended")]
    assert states("CN-REE5-2025-57", "2026-11-11") == [("hold", "suspended"), ("lapse", "in force")]
    assert states("CN-REE-2025-18", "2026-11-11") == [("", "in force")]


def test_what_lapses_in_november_2026() -> None:
    found = expiring(BOOK, day("2026-10-01"), 60)
    by_day: dict[str, set[str]] = {}
    for turn in found:
        by_day.setdefault(str(turn.day - timedelta(days=1)), set()).add(turn.act.id)
    assert sorted(by_day) == ["2026-11-09", "2026-11-10", "2026-11-27"]
    assert by_day["2026-11-09"] >= {"US-AFFILIATES-2025", "US-PORTFEE-2025", "CN-HANWHA-2025"}
    assert by_day["2026-11-10"] >= OCTOBER | {"CN-SUSP-2025-70", "CN-TARIFF-RECIP-2025"}
    assert by_day["2026-11-27"] == {"CN-SUSP-2025-72", "CN-US-GAGESB-2024-46-P2"}
    # 24 points of the US orders are void; nothing of theirs comes back
    assert not any(turn.act.id == "US-RECIP-CN" for turn in found)


@pytest.mark.parametrize(("on", "days", "count"), [("2026-10-01", 39, 4), ("2026-10-01", 38, 0)])
def test_the_last_day_counts(on: str, days: int, count: int) -> None:
    assert len(expiring(BOOK, day(on), days)) == count


def test_a_prolonged_pause_does_not_lapse_in_between() -> None:
    found = expiring(BOOK, day("2025-08-01"), 30)
    assert {turn.act.id for turn in found} == {
        "CN-ECL-2025-22", "CN-UEL-2025", "CN-GENEVA-NONTARIFF-2025",
    }  # fmt: skip
    # as known in July it would
    known = expiring(BOOK, day("2025-08-01"), 30, day("2025-07-31"))
    assert {"CN-TARIFF-RECIP-2025", "US-RECIP-CN"} <= {turn.act.id for turn in known}


def test_changes_between_two_days_and_what_was_announced() -> None:
    found = turns(BOOK, day("2025-11-06"), day("2025-11-08"))
    assert [(str(t.day), t.after.name) for t in found if t.act.id == "CN-REETECH-2025-62"] == [
        ("2025-11-07", "suspended")
    ]
    told = announced_between(BOOK, day("2025-11-03"), day("2025-11-04"))
    assert {one.act.id for one in told} >= {"US-IEEPA-FENTANYL-CN", "US-RECIP-CN"}
    assert any("EO 14358" in one.text for one in told)
    hidden = announced_between(BOOK, day("2025-11-03"), day("2025-11-10"), day("2025-11-03"))
    assert hidden == []


def test_links_point_both_ways() -> None:
    for act in BOOK:
        for one in relations_of(BOOK, act):
            if one.relation == "paired with":
                back = relations_of(BOOK, BOOK.acts[one.other])
                assert (act.id, one.basis) in [
                    (x.other, x.basis) for x in back if x.relation == "paired with"
                ]
            if one.relation == "suspended by" and one.is_held:
                back = relations_of(BOOK, BOOK.acts[one.other])
                assert act.id in [x.other for x in back if x.relation == "suspends"]


def test_links_of_the_affiliates_rule() -> None:
    found = relations_of(BOOK, BOOK.acts["US-AFFILIATES-2025"], day("2026-03-01"))
    pairs = {one.other: one for one in found if one.relation == "paired with"}
    assert set(pairs) == OCTOBER
    assert {one.basis for one in pairs.values()} == {"official_statement"}
    assert {one.states for one in pairs.values()} == {("suspended",)}
    (pause,) = [one for one in found if one.relation == "suspended by"]
    assert (pause.other, pause.to) == ("US-AFFILIATES-SUSP-2025", day("2026-11-09"))
    court = relations_of(BOOK, BOOK.acts["US-SCOTUS-IEEPA-2026"])
    assert {x.other for x in court if x.relation == "voids"} == {
        "US-IEEPA-FENTANYL-CN", "US-RECIP-CN",
    }  # fmt: skip


def test_an_act_that_is_not_held_is_refused_with_the_nearest() -> None:
    assert BOOK.act("cn-ree-2025-18", "--linked").id == "CN-REE-2025-18"
    with pytest.raises(MeasureError, match="CN-REE-2025-18"):
        BOOK.act("CN-REE-2025-19", "--linked")


def test_a_calendar_library_reads_the_file_back() -> None:
    found = expiring(BOOK, day("2026-10-01"), 60)
    text = calendar_of(found, BOOK.evidence_date)
    assert text == calendar_of(found, BOOK.evidence_date)
    events = list(Calendar.from_ical(text).walk("VEVENT"))
    assert len(events) == len(found)
    assert {str(event.decoded("dtstart")) for event in events} == {
        "2026-11-09", "2026-11-10", "2026-11-27",
    }  # fmt: skip
    assert len({str(event["uid"]) for event in events}) == len(events)
    for event in events:
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        assert "evidence to 2026-09-18" in str(event["description"])
        assert "Not legal advice" in str(event["description"])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def table(name: str) -> list[dict[str, str]]:
    with (register_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["disclosure.csv", "checklist.csv", "average_rates.csv"])
def test_rows_beside_the_register_have_sources_and_acts(name: str) -> None:
    for row in table(name):
        assert all(key in BOOK.sources for key in row["source"].split(";")), row
        assert row["confidence"] in ("read", "recalled", "estimate")
        assert row.get("measure", "") in ("", *BOOK.acts)


def test_what_applications_disclose() -> None:
    found = disclosed_by(BOOK.acts["CN-REE-2025-18"])
    assert [KINDS.index(one.kind) for one in found] == sorted(
        KINDS.index(one.kind) for one in found
    )
    assert {one.kind for one in found} == set(KINDS)
    # what is inferred rests on papers that are named, and is never more than our estimate
    for one in found:
        assert bool(one.follows_from) == (one.kind == "inferable")
        assert one.kind != "inferable" or one.confidence == "estimate"
    # an act that asks for no application discloses nothing
    assert disclosed_by(BOOK.acts["US-S122-2026"]) == []
    # the same question is answered for the other government
    assert disclosed_by(BOOK.acts["US-OCT7-2022"])


def test_nobody_is_told_to_leave_anything_out() -> None:
    words = ("omit", "withhold", "conceal", "hide", "avoid", "do not state", "do not mention")
    for name in ("disclosure.csv", "checklist.csv"):
        text = (register_folder() / name).read_text(encoding="utf-8").casefold()
        assert [word for word in words if word in text] == []
    assert "in full and true" in FULL_AND_TRUE


def test_conditions_of_general_licences() -> None:
    found = checklist_of(BOOK.acts["CN-GENLIC-2025"])
    assert {one.asked_of for one in found} == {"exporter", "customer", "both"}
    assert all(one.question.endswith("?") for one in found)
    assert any("watch list" in one.condition for one in found)
    assert checklist_of(BOOK.acts["CN-REE-2025-18"]) == []


def test_every_paragraph_is_put_on_links_or_says_why_not() -> None:
    found = link_verdicts(load_register())
    assert len({one.measure for one in found}) == len(BOOK.acts) == 121
    for one in found:
        assert (one.kind == "compiled") == bool(one.writes)
        assert (one.kind == "compiled") != bool(one.why)
    kinds = {(one.measure, one.paragraph): one for one in found}
    assert kinds["CN-REE-2025-18", "1C905"].writes == ("controlled",)
    assert kinds["CN-JP-2026-1", "1"].why == "whether the end user is military"
    assert kinds["CN-WATCH-2026-12", "list"].kind == "missing facts"
    assert kinds["CN-LIB-2025-58", "3A001"].kind == "other goods"
    assert kinds["CN-REE-ORDINARY-LICENCE-2015", "rare earths"].kind == "on sight"
    assert kinds["US-301-CN-2018", "lists 1 to 4A"].kind == "no friction"
