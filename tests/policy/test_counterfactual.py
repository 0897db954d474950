"""What would hold had an act never been issued, or an overlay been written."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.flows import flow

import terbium as tb
from terbium.base.errors import ScenarioError
from terbium.cli.supposed import supposed_in
from terbium.policy.acts import book_of
from terbium.policy.counterfactual import AUTHOR, SupposedOverlay, supposed_data, supposed_register
from terbium.policy.decide import Decider, built_in_decider
from terbium.policy.facts import read_facts
from terbium.policy.friction import compile_friction
from terbium.policy.overlay import live_windows
from terbium.policy.plain import built_in_data
from terbium.policy.register import load_register
from terbium.policy.rulebook import rule_book
from terbium.policy.timeline import standings
from terbium.scenario import load_scenario

REGISTER = load_register()
PAUSE = "CN-SUSP-2025-70"
GERMAN_MAGNET = {
    "item": "NdFeB magnet", "element_content": "Dy 2%", "origin": "DE", "exporter_location": "DE",
    "destination": "US", "end_use": "motor", "end_user_type": "civilian", "value_share": "0.01",
    "origin_content": "CN",
}  # fmt: skip
HOLMIUM = flow("Ho oxide", "CHN", "JPN")
SCENARIO = (Path(__file__).parents[2] / "src/terbium/scenarios/truce-2025.yaml").read_text("utf-8")


def extension(measure: str = "CN-REE5-2025-57", **changes: object) -> SupposedOverlay:
    fields: dict[str, object] = {
        "measure": measure, "kind": "extend", "announced": "2026-10-30", "from": "2026-11-11",
        "to": "2027-11-10",
    }  # fmt: skip
    return SupposedOverlay.model_validate(fields | changes)


def status(decider: Decider, on: str, known_on: str = "") -> str:
    facts = read_facts({**GERMAN_MAGNET, "date": on, "known_on": known_on}, "test")
    return decider.decide(facts).status


def supposing(without: Sequence[str] = (), overlays: Sequence[SupposedOverlay] = ()) -> Decider:
    return Decider(rule_book(supposed_data(built_in_data(), without, overlays)))


def controlled(day: str, branch: str, without: Sequence[str] = (), overlays: object = ()) -> bool:
    register = supposed_register(REGISTER, without, overlays)  # type: ignore[arg-type]
    on = date.fromisoformat(day)
    found = compile_friction(register, [HOLMIUM], on, on, None, None, branch)  # type: ignore[arg-type]
    return bool(found.controlled[0, 0])


def test_had_announcement_70_never_been_issued() -> None:
    never = supposing([PAUSE])
    assert status(built_in_decider(), "2025-12-05") == "suspended"
    assert status(never, "2025-12-05") == "licence_case_by_case"
    # before its day nothing is otherwise
    for day in ("2025-10-20", "2025-11-06"):
        assert status(never, day) == status(built_in_decider(), day)
    assert not controlled("2025-12-05", "hold")
    assert controlled("2025-12-05", "hold", [PAUSE])


def test_were_the_pause_prolonged_to_2027() -> None:
    longer = supposing(overlays=[extension("CN-REE-XT-2025-61-DM")])
    assert status(built_in_decider(), "2026-12-05") == "revives_by_text"
    assert status(longer, "2026-12-05") == "suspended"
    assert status(longer, "2027-11-11") == "revives_by_text"
    assert controlled("2026-12-05", "lapse")
    assert not controlled("2026-12-05", "lapse", (), [extension()])
    assert controlled("2027-11-11", "lapse", (), [extension()])


def test_an_overlay_is_known_from_its_own_day_on() -> None:
    longer = supposing(overlays=[extension("CN-REE-XT-2025-61-DM")])
    assert status(longer, "2026-12-05", "2026-10-29") == "revives_by_text"
    assert status(longer, "2026-12-05", "2026-10-30") == "suspended"


def test_the_register_stays_as_it_is() -> None:
    before = repr(built_in_data())
    supposed_data(built_in_data(), [PAUSE], [extension()])
    assert repr(built_in_data()) == before
    assert supposed_register(REGISTER) is REGISTER
    assert PAUSE in REGISTER.measures


def test_nothing_names_an_act_that_was_never_issued() -> None:
    data = supposed_data(built_in_data(), [PAUSE, "US-EAR-DEMINIMIS"])
    assert f"'{PAUSE}'" not in repr(data["measures"])
    assert "'US-EAR-DEMINIMIS'" not in repr(data["measures"])
    # what reaches goods only through it is gone, and the book still answers
    assert status(Decider(rule_book(data)), "2025-12-05") == "licence_case_by_case"
    assert len(book_of(data).acts) < len(REGISTER.measures) - 2


@settings(max_examples=40)
@given(
    st.sets(st.sampled_from(sorted(REGISTER.measures)), max_size=3),
    st.booleans(),
    st.dates(date(2023, 1, 1), date(2028, 1, 1)),
)
def test_runs_and_legal_answers_suppose_the_same(
    without: set[str], is_longer: bool, on: date
) -> None:
    overlays = [extension()] if is_longer and "CN-REE5-2025-57" not in without else []
    book = book_of(supposed_data(built_in_data(), without, overlays))
    register = supposed_register(REGISTER, without, overlays)
    assert list(book.acts) == list(register.measures)
    for name, act in book.acts.items():
        measure = register.measures[name]
        for plain, provision in zip(act.provisions, measure.provisions, strict=True):
            knowledge = book.knowledge(on, None)["lapse"]
            assert live_windows(act, plain, knowledge) == live_windows(
                measure, provision, knowledge
            )


@settings(max_examples=40)
@given(st.sampled_from(sorted(REGISTER.measures)), st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_an_act_that_hits_no_other_is_missed_by_none(name: str, on: date) -> None:
    book = book_of(built_in_data())
    without = book_of(supposed_data(built_in_data(), [name]))
    written = {o.by for act in book for o in act.overlays}
    before = {(r.act.id, r.paragraphs, r.state, r.branch) for r in standings(book, on)}
    after = {(r.act.id, r.paragraphs, r.state, r.branch) for r in standings(without, on)}
    ended = {act.id for act in book if name in act.data.get("ended_by", ())}
    if name not in written and name != "US-EAR-DEMINIMIS":
        assert {row for row in before - after if row[0] not in (name, *ended)} == set()


def test_a_scenario_leaves_out_and_overlays() -> None:
    never = supposed_in("october-2025", ["as-announced"])
    assert PAUSE not in never.book.acts
    assert f"without {PAUSE}" in never.text
    assert status(never.decider, "2025-12-05") == "licence_case_by_case"
    longer = supposed_in("truce-2025", ["extended-to-2027"])
    assert status(longer.decider, "2026-12-05") == "suspended"
    assert "no government did" in longer.text
    plain = supposed_in("april-2025")
    assert "no other law" in plain.text
    assert list(plain.book.acts) == list(REGISTER.measures)


def test_overlays_of_a_scenario_reach_runs() -> None:
    measures = load_scenario("truce-2025", ["extended-to-2027"]).measures
    assert len(measures.overlays) == 8
    assert {one.by for one in measures.overlays} == {AUTHOR}
    register = supposed_register(REGISTER, overlays=measures.overlays)
    first, last = date(2026, 11, 1), date(2027, 6, 30)
    for branch, expected in (("lapse", 0.0), ("hold", 0.0)):
        found = compile_friction(
            register,
            [HOLMIUM],
            first,
            last,
            list(measures.include),
            None,
            branch,  # type: ignore[arg-type]
        )
        assert (found.controlled == expected).all()
    as_it_stands = compile_friction(
        REGISTER, [HOLMIUM], first, last, list(measures.include), None, "lapse"
    )
    assert as_it_stands.controlled.max() == 1


@pytest.mark.parametrize(
    ("old", "new", "phrases"),
    [
        ("CN-LIB-2025-58", "CN-LIB-2025-59", ["'CN-LIB-2025-59', which is not in the register"]),
        ("to: 2027-11-10", "to: 2026-11-01", ["an end (2026-11-01) before the start"]),
        ("to: 2027-11-10", "to: 2027-11-31", ["2027-11-31", "a day that exists"]),
        ("kind: extend", "kind: prolong", ["'prolong'", "suspend, extend"]),
        ("kind: extend", "kind: extend, paragraphs: [9X]", ["paragraph '9X'", "hits nothing"]),
        ("kind: extend", "kind: extend, by: CN-NO-2026", ["'CN-NO-2026', which is not in the reg"]),
        ("from: 2026-11-11", "from: 2025-11-01", ["an extension without an earlier suspension"]),
        ("announced: 2026-10-30, ", "", ["the field 'announced'"]),
        (
            "      overlays:",
            "      exclude: [CN-LIB-2025-58]\n      overlays:",
            ["'CN-LIB-2025-58', which `exclude` names too"],
        ),
    ],
)
def test_a_wrong_overlay_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, phrases: list[str]
) -> None:
    head, tail = SCENARIO.split("  extended-to-2027:\n", 1)
    assert old in tail
    path = tmp_path / "mine.yaml"
    path.write_text(f"{head}  extended-to-2027:\n{tail.replace(old, new, 1)}", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, ["extended-to-2027"])
    said = str(caught.value)
    assert [phrase for phrase in phrases if phrase not in said] == [], said
    assert "line " in said
    assert caught.value.exit_code == 2


def test_a_study_runs_the_supposed_law_and_names_the_register_as_it_is() -> None:
    study = tb.open_study("truce-2025", mixes=["extended-to-2027"])
    assert study.register.measures.keys() == study.law.measures.keys()
    assert len(study.register.measures["CN-REE5-2025-57"].overlays) == 1
    laid = study.law.measures["CN-REE5-2025-57"].overlays
    assert [(one.kind, one.by) for one in laid][1:] == [("extend", AUTHOR)]
    plain = tb.open_study("truce-2025")
    assert plain.law is plain.register
