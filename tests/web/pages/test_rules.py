"""Pages on rules: the answer is that of ``check``, and says so in a way nobody can misread."""

import json
from collections.abc import Iterator
from datetime import date
from html import escape, unescape
from pathlib import Path
from re import findall, search
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from tests.web.clients import TestClient

import terbium as tb
from terbium.base.speech import speaking
from terbium.policy.acts import built_in_book
from terbium.policy.answers import STATUSES, verdict
from terbium.policy.tariff import tariff_on
from terbium.policy.timeline import expiring, standings
from terbium.web.app import create_app
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.views import rules_words as words
from terbium.web.views.rules import answer_of
from terbium.web.views.rules_acts import act_page
from terbium.web.views.rules_case import Case, examples, fields_of, suggestions

ADDRESS = "http://127.0.0.1:8765"
DAY_BY_DAY = {"origin": "CN", "exporter": "CN", "destination": "US", "item": "gallium metal"}
CASES = [
    {"item": "NdFeB magnet", "content": "Dy 4.5%", "origin": "CN", "exporter": "CN",
     "destination": "DE", "end_use": "automotive", "end_user": "civilian", "on": "2025-06-01"},
    {"item": "含镝的钕铁硼永磁体", "origin": "中国", "exporter": "中国", "destination": "日本",
     "end_user": "military", "on": "2026-03-01", "regime": "cn_dual_use"},
    {"item": "SmCo magnet", "origin": "DE", "exporter": "DE", "destination": "KR",
     "origin_content": "CN", "value_share": "0.01", "on": "2026-11-11", "known_on": "2025-11-01"},
    {"item": "SmCo magnet", "origin": "DE", "exporter": "DE", "destination": "KR",
     "origin_content": "CN", "value_share": "0.01", "on": "2026-03-01", "end_user": "civilian"},
    {"item": "magnet", "origin": "CN", "exporter": "CN", "destination": "US", "on": "2025-06-01"},
    {"item": "steel screw", "origin": "DE", "exporter": "DE", "destination": "FR",
     "end_user": "civilian", "on": "2025-06-01"},
    {"item": "Sm2Co17 magnet", "on": "2025-05-15", "origin": "CN", "exporter": "CN",
     "destination": "FR", "end_user": "civilian", "end_use": "aircraft actuator"},
    *({**DAY_BY_DAY, "on": day, "end_user": "civilian"}
      for day in ("2022-01-01", "2024-01-01", "2025-01-05", "2026-01-05", "2026-12-01")),
]  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One client for questions that change nothing."""
    folder: Path = tmp_path_factory.mktemp("rules")
    services = Services.open(Settings(folder=folder), inline=True)
    with TestClient(create_app(services), base_url=ADDRESS) as client:
        yield client


def asked(pages: TestClient, case: dict[str, str], **more: str) -> str:
    return pages.get("/rules", params={**case, **more}).text


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['item']} {case['on']}")
def test_page_answers_as_check_does(pages: TestClient, case: dict[str, str]) -> None:
    told = asked(pages, case)
    expected = tb.check(**case)
    assert escape(verdict(expected.answer, expected.evidence_date), quote=True) in told.replace(
        "&#39;", "&#x27;"
    )
    heading = search(r'<h1 id="verdict">(.*?)</h1>', told)
    assert heading is not None
    assert words.status(expected.status) in heading[1]
    assert f"tone-{words.TONES[expected.status]}" in heading[1]
    for measure in expected.answer.measures:
        assert f'href="/rules/acts/{measure}"' in told
    for question in expected.answer.questions:
        assert question.text in unescape(told)
    for warning in expected.warnings:
        assert warning in unescape(told)
    change = expected.answer.next_change
    assert ("none is known" in told) == (change is None)
    answer = answer_of(Case(case))
    assert answer.plain == tb.check(**case, trace=True).to_dict()


def test_unknown_never_looks_like_none(pages: TestClient) -> None:
    unknown, none = asked(pages, CASES[4]), asked(pages, CASES[5])
    assert "No requirement found in this register (evidence to" in none
    assert "Cannot be decided from the facts you gave" in unknown
    heading = 'class="verdict tone-{}"'
    assert heading.format("unknown") in unknown
    assert heading.format("none") in none
    tones = [words.TONES[name] for name in (*STATUSES, "suspended", "unknown", "revives_by_text")]
    for name in ("unknown", "none"):
        assert tones.count(words.TONES[name]) == 1
    assert "What would decide it" in unknown
    assert "What would decide it" not in none


def test_questions_are_fields_whose_answer_decides(pages: TestClient) -> None:
    told = asked(pages, CASES[4])
    form = told[told.index('class="asks"') : told.index('id="why"')]
    kept = dict(findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    open_fields = findall(r'<input id="ask-(\w+)"', form)
    assert kept == {name: text for name, text in CASES[4].items() if name not in open_fields}
    assert "content" in open_fields
    answered = {**kept, "content": "Dy 2%", "end_user": "civilian", "party_name": "Acme"}
    assert tb.check(**answered).status == "licence_case_by_case"
    assert "Licence needed, decided case by case" in asked(pages, answered)


def test_past_the_evidence_both_branches_stand_under_a_banner(pages: TestClient) -> None:
    told = asked(pages, CASES[-1])
    banners = " ".join(findall(r'<p class="banner" role="note">(.*?)</p>', told))
    assert "told twice" in banners
    branches = told[told.index('class="branches"') : told.index("Copy link")]
    hold, lapse = branches.split("If pauses lapse by their text")
    assert "If pauses hold" in hold
    assert "decided case by case" in hold
    assert "Prohibited" in lapse
    assert "told twice" not in asked(pages, CASES[0])


def test_trace_is_a_tree_of_every_paragraph(pages: TestClient) -> None:
    decision = tb.check(**CASES[0], trace=True)
    answer = answer_of(Case(CASES[0]))
    leaves = {
        (branch.measure, leaf.paragraph, leaf.applies)
        for limb in answer.trace.limbs
        for branch in (*limb.near, *limb.away)
        for leaf in branch.leaves
    }
    lines = {(one.measure, one.paragraph, one.applies) for one in decision.trace}
    apart = {row[0] for group in answer.trace.apart for row in group.acts}
    assert leaves == {line for line in lines if line[1]}
    assert apart == {line[0] for line in lines if not line[1]}
    assert all(branch.applies != "no" for limb in answer.trace.limbs for branch in limb.near)
    told = asked(pages, CASES[0])
    tree = told[told.index('class="tree"') : told.index('id="apart"')]
    assert tree.count("<details") == tree.count("</details>") > len(answer.trace.limbs)
    # what is open is asked, and never told as missed
    for line in decision.trace:
        if line.applies == "unknown":
            assert line.asked
            assert not line.missed


def test_what_is_typed_is_never_markup(pages: TestClient) -> None:
    evil = '"><script>alert(1)</script><b a="'
    told = asked(pages, {**CASES[4], "item": evil, "end_use": evil, "party_name": evil})
    assert "<script>alert" not in told
    assert escape(evil).replace("&quot;", "&#34;") in told
    for path in ("/rules/tariff", "/rules/calendar"):
        shown = pages.get(path, params={"item": evil, "importer": evil, "issuer": evil})
        assert shown.status_code == 422
        assert "<script>alert" not in shown.text


def test_address_is_the_question(pages: TestClient) -> None:
    case = Case.of([*CASES[2].items(), ("nonsense", "x"), ("mix", "a b"), ("scenario", " s ")])
    assert case == Case(CASES[2], "s", ("a", "b"))
    again = Case.of([tuple(pair.split("=")) for pair in urlencode(case.pairs()).split("&")])
    assert {name: text.replace("+", " ") for name, text in again.values.items()} == CASES[2]
    told = asked(pages, CASES[2])
    for name, text in CASES[2].items():
        assert f'name="{name}"' in told
        assert f'value="{text}"' in told
    assert told == asked(pages, CASES[2])
    for _, query in examples():
        assert pages.get(f"/rules?{query}").status_code == 200


def test_wrong_fields_are_told_at_their_place_all_at_once(pages: TestClient) -> None:
    found = pages.get("/rules", params={"item": "x", "on": "2025-13-01", "origin": "Nowhere"})
    assert found.status_code == 422
    assert "2 problems" in found.text
    assert findall(r'name="(\w+)"[^>]*aria-invalid="true"', found.text) == ["origin", "on"]
    assert 'value="2025-13-01"' in found.text
    # a regime that is none stays visible in its list
    odd = fields_of(Case({"regime": "moon"}))["regime"]
    assert ("moon", "moon") in odd.options


@pytest.mark.parametrize("name", ["/etc/passwd", "../truce-2025", "none-such"])
def test_scenarios_are_names_and_no_paths(pages: TestClient, name: str) -> None:
    found = pages.get("/rules", params={**CASES[0], "scenario": name})
    assert found.status_code == 422
    assert "truce-2025" in found.text


def test_supposed_law_is_told_as_supposed(pages: TestClient) -> None:
    case = {**CASES[-1], "scenario": "truce-2025", "mix": "extended-to-2027"}
    told = unescape(asked(pages, case))
    assert "no government did that" in told
    assert 'value="truce-2025" selected' in told
    assert "truce-2025 + extended-to-2027" in told
    assert "truce-2025 + " not in asked(pages, CASES[-1])


def test_suggestions_follow_the_reader() -> None:
    assert "Germany" in suggestions()["regions"]
    with speaking("zh-Hans"):
        assert "德国" in suggestions()["regions"]
        assert "钕铁硼" in suggestions()["items"]


def test_every_act_has_a_page(pages: TestClient) -> None:
    book = built_in_book()
    for act in list(book)[::4]:
        page = act_page(book, act.id)
        assert len(page.clauses) == len(act.provisions)
        assert [one.announced for one in page.overlays] == sorted(
            one.announced for one in act.overlays
        )
        assert page.sources
        assert bool(page.apart) == (
            not act.is_binding
            or not {"licence", "ban", "general_licence", "report"}
            & {one.effect for one in act.provisions}
        )
    for name in ("CN-REE-XT-2025-61-DM", "us-recip-cn", "CN-US-LONDON-2025", "CN-GENLIC-2025"):
        told = pages.get(f"/rules/acts/{name}", params={"on": "2026-12-01"})
        assert told.status_code == 200
        assert ("is no licence rule" in told.text) == (name == "us-recip-cn")
        assert ("No law (" in told.text) == (name == "CN-US-LONDON-2025")
    assert pages.get("/rules/acts/CN-NONE").status_code == 404
    assert pages.get("/rules/acts/CN-REE-2025-18?on=2025-99-99").status_code == 422


def test_calendar_of_a_day_holds_what_stands(pages: TestClient) -> None:
    told = pages.get("/rules/calendar", params={"on": "2025-06-10", "issuer": "us"}).text
    rules, _, rest = told.partition("Law that is no licence rule")
    law, _, threats = rest.partition("No law: threats")
    book = built_in_book()
    for row in standings(book, date(2025, 6, 10)):
        if "US" in row.act.issuers and row.state.name == "in force":
            effects = {one.effect for one in row.act.provisions}
            part = threats if row.act.formality else rules
            if not row.act.formality and not effects & {"licence", "ban", "general_licence"}:
                part = law
            assert f'/rules/acts/{row.act.id}"' in part
    assert "CN-REE-2025-18" not in told
    early = pages.get("/rules/calendar", params={"on": "2025-12-01", "known_on": "2025-10-20"})
    assert "Read as known on" in early.text
    assert "CN-SUSP-2025-70" not in early.text


def test_calendar_lapses_are_those_of_the_register_in_page_and_file(pages: TestClient) -> None:
    wish = {"show": "lapses", "on": "2026-09-18", "days": "90"}
    book = built_in_book()
    expected = {
        (turn.act.id, turn.day.toordinal() - 1) for turn in expiring(book, date(2026, 9, 18), 90)
    }
    told = pages.get("/rules/calendar", params=wish).text
    assert expected
    for name, last in expected:
        assert f'href="/rules/acts/{name}"' in told
        assert f'<time datetime="{date.fromordinal(last)}">' in told
    file = pages.get("/rules/calendar.ics", params=wish)
    assert file.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(file.text).walk("VEVENT")
    assert {(str(e["UID"]).split("-2026-11")[0], e["DTSTART"].dt.toordinal()) for e in events} == (
        expected
    )
    about = pages.get("/rules/calendar", params={**wish, "item": "gallium"}).text
    assert "CN-US-GAGESB-2024-46-P2" in about
    assert "CN-LIB-2025-58" not in about


def test_timeline_is_a_figure_without_styles(pages: TestClient) -> None:
    told = pages.get(
        "/rules/calendar", params={"show": "changes", "first": "2025-10-01", "last": "2025-12-05"}
    ).text
    drawn = findall(r'<svg viewBox="[^"]*" role="img".*?</svg>', told)
    assert len(drawn) == 2
    for one in drawn:
        root = ElementTree.fromstring(one)
        kinds = {e.get("class") for e in root.iter("{http://www.w3.org/2000/svg}rect")}
        assert {"bar-force", "bar-paused"} <= kinds
        assert all("style" not in e.attrib and "fill" not in e.attrib for e in root.iter())
    assert " style=" not in told
    assert "<style" not in told


def test_duties_are_those_of_the_tariff(pages: TestClient) -> None:
    asked_of = {"importer": "USA", "origin": "CHN", "hs": "8505.11", "on": "2025-04-12"}
    told = unescape(pages.get("/rules/tariff", params=asked_of).text)
    found = tariff_on(built_in_book(), "USA", "CHN", date(2025, 4, 12), "850511")
    (stack,) = found.stacks.values()
    assert told.count('<tr class="duty-') == len(stack.lines)
    least, most = stack.held
    assert f"Held lines: {least:g} points, to {most:g} with the unsettled" in told
    for refund in found.refunds:
        assert f"voided by {refund.by}" in told
    wrong = pages.get("/rules/tariff", params={"importer": "USA", "hs": "x"})
    assert wrong.status_code == 422
    assert "3 problems" in wrong.text


def test_texts_of_law_carry_their_language(pages: TestClient) -> None:
    with speaking("zh-Hans"):
        answer = answer_of(Case(CASES[0]))
    assert answer.main.bound[0].tongue == "en"
    told = pages.get("/rules", params={**CASES[0], "lang": "zh-Hans"}).text
    assert '<html lang="zh-Hans"' in told
    assert '<blockquote lang="en">' in told
    assert json.dumps(answer.plain, default=str)
