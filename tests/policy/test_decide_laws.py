"""Laws of legal answers, whatever the case and whatever the register holds."""

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.test_wording import Row, rows_of_own

from terbium.policy.answers import RANK
from terbium.policy.cached import read_cache, register_folder
from terbium.policy.decide import Decider, built_in_decider
from terbium.policy.facts import REGIMES, read_facts
from terbium.policy.register import plain_register
from terbium.policy.rulebook import rule_book

REGISTER: dict[str, Any] = dict(read_cache(register_folder()) or plain_register(register_folder()))
ROWS = rows_of_own()
CASES = st.sampled_from(ROWS)
DAYS = st.dates(date(2023, 1, 1), date(2027, 6, 30))
LEGAL = ("licence", "ban", "report")


def ask(row: Row, decider: Decider | None = None) -> Any:
    return (decider or built_in_decider()).decide(read_facts(row)).answer


def said(answer: Any) -> tuple[str, tuple[str, ...]]:
    return answer.status, answer.measures


def changed(acts: list[dict[str, Any]]) -> Decider:
    return Decider(rule_book({**REGISTER, "measures": acts}))


def known_by(day: date) -> list[dict[str, Any]]:
    """The register as it would stand had it been written on a day."""
    acts = []
    for act in copy.deepcopy(REGISTER["measures"]):
        own = act["announced"]
        act["provisions"] = [p for p in act["provisions"] if p.get("announced", own) <= str(day)]
        act["overlays"] = [o for o in act.get("overlays", ()) if o["announced"] <= str(day)]
        if act["provisions"] and own <= str(day):
            acts.append(act)
    names = {act["id"] for act in acts}
    return [a for a in acts if all(_other(p) in (None, *names) for p in a["provisions"])]


def _other(provision: dict[str, Any]) -> str | None:
    return provision.get("scope", {}).get("subject_to")


@settings(max_examples=12)
@given(day=st.dates(date(2025, 3, 1), date(2026, 8, 30)), data=st.data())
def test_nothing_announced_later_is_known(day: date, data: st.DataObject) -> None:
    then = changed(known_by(day))
    for row in data.draw(st.lists(CASES, min_size=8, max_size=8)):
        asked = {**row, "known_on": str(day), "date": str(data.draw(DAYS))}
        assert said(ask(asked)) == said(ask(asked, then)), asked


@settings(max_examples=60)
@given(row=CASES, day=st.dates(date(1980, 1, 1), date(1995, 12, 31)))
def test_before_every_act_there_is_no_requirement(row: Row, day: date) -> None:
    assert ask({**row, "date": str(day), "known_on": ""}).status == "none"


@settings(max_examples=12)
@given(data=st.data())
def test_a_suspension_never_strengthens(data: st.DataObject) -> None:
    acts = copy.deepcopy(REGISTER["measures"])
    legal = [a for a in acts if any(p["effect"] in LEGAL for p in a["provisions"])]
    act = data.draw(st.sampled_from(legal))
    first = data.draw(DAYS)
    pause = {
        "kind": "suspend", "announced": act["announced"], "from": str(first), "by": "a test",
        "to": str(first + timedelta(days=data.draw(st.integers(0, 500)))),
    }  # fmt: skip
    act["overlays"] = [*act.get("overlays", ()), pause]
    paused = changed(acts)
    for row in data.draw(st.lists(CASES, min_size=10, max_size=10)):
        asked = {**row, "date": str(data.draw(DAYS))}
        before, after = ask(asked), ask(asked, paused)
        if "revives_by_text" not in (before.status, after.status):
            assert RANK[after.status] >= RANK[before.status], (act["id"], asked)


@settings(max_examples=12)
@given(data=st.data())
def test_a_measure_that_is_paused_throughout_does_nothing(data: st.DataObject) -> None:
    acts = copy.deepcopy(REGISTER["measures"])
    names = [a["id"] for a in acts if any(p["effect"] in LEGAL for p in a["provisions"])]
    name = data.draw(st.sampled_from(names))
    act = next(act for act in acts if act["id"] == name)
    pause = {"kind": "suspend", "announced": act["announced"], "from": "1990-01-01", "by": "test"}
    act["overlays"] = [*act.get("overlays", ()), pause]
    for provision in act["provisions"]:
        provision["announced"] = act["announced"]
    paused = changed(acts)
    without = changed([other for other in acts if other["id"] != name and not _needs(other, name)])
    kept = changed([other for other in acts if not _needs(other, name) or other["id"] == name])
    for row in data.draw(st.lists(CASES, min_size=10, max_size=10)):
        here, gone = ask(row, kept), ask(row, without)
        if here.status == "suspended":
            assert gone.status in ("suspended", "none", "unknown")
        elif here.status not in ("unknown", "revives_by_text"):
            assert here.status == gone.status, (name, row)
        assert ask(row, paused).status != "prohibited" or name not in ask(row, paused).measures


def _needs(act: dict[str, Any], name: str) -> bool:
    return any(_other(provision) == name for provision in act["provisions"])


@settings(max_examples=5)
@given(order=st.permutations(range(len(REGISTER["measures"]))), data=st.data())
def test_the_order_of_the_register_changes_nothing(order: list[int], data: st.DataObject) -> None:
    shuffled = changed([REGISTER["measures"][n] for n in order])
    for row in data.draw(st.lists(CASES, min_size=15, max_size=15)):
        assert said(ask(row, shuffled)) == said(ask(row))


@settings(max_examples=60)
@given(row=CASES, gone=st.sets(st.sampled_from(
    ["item", "element_content", "origin", "exporter_location", "destination", "end_use",
     "end_user_type"]
)))  # fmt: skip
def test_taking_facts_away_never_makes_an_answer_none(row: Row, gone: set[str]) -> None:
    less = {**row, **dict.fromkeys(gone, "")}
    # persons, technology and licences that are held count only if somebody says so
    hooks = ("Chinese", "general licence", "Nexperia")
    if any(word in row["item"] for word in hooks) and gone & {"item"}:
        return
    if ask(row).status != "none":
        assert ask(less).status != "none", (row, gone)


@settings(max_examples=60)
@given(row=CASES, low=st.floats(0, 1), more=st.floats(0, 1))
def test_ownership_is_monotone(row: Row, low: float, more: float) -> None:
    high = min(1.0, low + more)
    for owner in ("Entity_List", "CN_control_list"):
        asked = {**row, "end_user_type": "civilian", "owner_list": owner}
        less = ask({**asked, "owner_share": f"{low:.3f}"})
        much = ask({**asked, "owner_share": f"{high:.3f}"})
        if "revives_by_text" not in (less.status, much.status):
            assert RANK[much.status] <= RANK[less.status]


@pytest.mark.parametrize(
    ("shares", "is_reached"),
    [
        ("0.5", True), ("0.499", False), ("0.3+0.2", True), ("0.3+0.19", False),
        ("0.6>0.9", True), ("0.6>0.4", False), ("50%", True), ("49", False), ("0.5>0.5+0.1", True),
    ],
)  # fmt: skip
def test_the_affiliates_rule_adds_shares_and_follows_chains(shares: str, is_reached: bool) -> None:
    row = {
        "item": "EAR99 tool", "origin": "US", "exporter_location": "US", "destination": "CN",
        "date": "2025-10-20", "regime": "us_ear", "end_user_type": "civilian",
        "end_use": "factory",
        "owner_share": shares, "owner_list": "Entity_List",
    }  # fmt: skip
    assert ask(row).status == ("denial_in_principle" if is_reached else "none")


def test_the_chinese_rule_does_not_add_shares() -> None:
    row = {
        "item": "SmCo magnet", "origin": "JP", "exporter_location": "JP", "destination": "US",
        "date": "2025-12-05", "known_on": "2025-10-20", "end_user_type": "civilian",
        "end_use": "sensors", "origin_content": "CN", "value_share": "0.05",
        "owner_list": "CN_control_list",
    }  # fmt: skip
    assert ask({**row, "owner_share": "0.5"}).status == "denial_in_principle"
    assert ask({**row, "owner_share": "0.3+0.3"}).status == "licence_case_by_case"
    # whether it follows chains the text does not say
    questions = ask({**row, "owner_share": "0.9>0.9"}).questions
    assert any(question.fact == "owner_share" for question in questions)


@settings(max_examples=40)
@given(row=CASES, day=DAYS)
def test_regimes_do_not_touch_each_other(row: Row, day: date) -> None:
    together = built_in_decider().decide(read_facts({**row, "regime": "", "date": str(day)}))
    for regime in REGIMES:
        alone = ask({**row, "regime": regime, "date": str(day)})
        assert said(alone) == said(together.regimes[regime])
        assert alone.next_change == together.regimes[regime].next_change


@settings(max_examples=30)
@given(share=st.floats(0, 0.01), origin=st.sampled_from(["CN", "AU", ""]))
def test_the_share_decides_at_its_bound_and_only_for_inputs_of_china(
    share: float, origin: str
) -> None:
    row = {
        "item": "SmCo magnet", "origin": "JP", "exporter_location": "JP", "destination": "US",
        "date": "2025-12-05", "known_on": "2025-10-20", "end_user_type": "civilian",
        "end_use": "sensors", "origin_content": origin, "value_share": f"{share:.6f}",
        "regime": "cn_dual_use",
    }  # fmt: skip
    found = ask(row).status
    is_enough = float(f"{share:.6f}") >= 0.001
    assert found == ("licence_case_by_case" if is_enough and origin != "AU" else "none")
