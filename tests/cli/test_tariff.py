"""``terbium tariff``: what it prints, as text and as data, and what it refuses."""

import json
from typing import Any

import pytest
from tests.cli.commands import call

WAY = ("--importer", "USA", "--origin", "CHN")


def data(*args: object) -> Any:
    answer = call("tariff", *args, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


@pytest.mark.parametrize(
    ("on", "points"),
    [
        ("2025-02-10", 10), ("2025-04-09", 104), ("2025-04-12", 145), ("2025-05-14", 30),
        ("2025-11-10", 20), ("2026-02-24", 10),
    ],
)  # fmt: skip
def test_six_days_of_the_ladder(on: str, points: float) -> None:
    (stack,) = data(*WAY, "--on", on)["stacks"]
    assert stack["held"] == {"least": points, "most": points}
    counted = [line["points"] for line in stack["lines"] if line["state"] == "counted"]
    assert sum(counted) == points
    assert stack["not_held"] == {"US-301-CN-2018": [7.5, 100]}
    assert stack["is_complete"]


def test_never_a_lone_total() -> None:
    said = " ".join(call("tariff", *WAY, "--on", "2025-11-20").out.split())
    assert "10 + 10 = 20 points" in said
    assert "7.5 to 100 points by heading" in said
    assert "(MFN)" in said
    assert "The whole duty is not known." in said
    assert said.index("US-IEEPA-FENTANYL-CN") < said.index("10 + 10 = 20 points")


def test_a_duty_that_is_not_held_leaves_the_sum_open() -> None:
    (stack,) = data(*WAY, "--on", "2026-07-24")["stacks"]
    assert not stack["is_complete"]
    said = " ".join(call("tariff", *WAY, "--on", "2026-07-24").out.split())
    assert "On top, not held: US-301-CN-2018 7.5 to 100 points by heading; US-POST-JUL-2026" in said


def test_regions_in_any_spelling_and_a_code_with_dots() -> None:
    first = data("--importer", "美国", "--origin", "CN", "--on", "2025-06-01", "--hs", "8505.11")
    second = data(*WAY, "--on", "2025-06-01", "--hs", "850511")
    assert first == second
    assert first["stacks"][0]["held"] == {"least": 20, "most": 30}


def test_refunds_and_both_readings_are_told_apart() -> None:
    said = " ".join(call("tariff", *WAY, "--on", "2025-11-20").out.split())
    assert "Refunds are a question of their own" in said
    assert "47 % stacked headline" in said
    assert "31 % average over goods" in said
    after = call("tariff", *WAY, "--on", "2026-03-01").out
    assert "Refunds" not in after
    assert "voided" in after


def test_two_branches_past_the_evidence() -> None:
    found = data("--importer", "CHN", "--origin", "USA", "--on", "2026-11-11")["stacks"]
    assert {stack["branch"]: stack["held"]["least"] for stack in found} == {"hold": 10, "lapse": 34}


def test_known_on_and_what_a_scenario_supposes() -> None:
    known = data(*WAY, "--on", "2025-04-12", "--known-on", "2025-04-08")
    assert known["stacks"][0]["by_measure"]["US-RECIP-CN"] == 84
    without = data(*WAY, "--on", "2025-04-12", "--scenario", "april-2025", "--mix", "no-duties")
    assert without["stacks"][0]["held"]["most"] == 0
    assert "US-RECIP-CN" in without["supposed"]


def test_a_pair_of_which_nothing_is_held() -> None:
    said = call("tariff", "--importer", "JP", "--origin", "KR", "--on", "2025-06-01").out
    assert "does not say that there is none" in said
    assert "Held lines" not in said


@pytest.mark.parametrize(
    ("args", "phrases"),
    [
        ([], ["--importer: seen nothing", "--origin: seen nothing", "--on: seen nothing"]),
        ([*WAY, "--on", "2025-13-01"], ["--on: seen '2025-13-01'"]),
        ([*WAY, "--on", "2025-06-01", "--hs", "magnet"], ["--hs: seen 'magnet'", "2 to 10 digits"]),
        (["--importer", "Q", "--origin", "CN", "--on", "2025-06-01"], ["--importer: seen 'Q'"]),
    ],
)
def test_bad_input(args: list[str], phrases: list[str]) -> None:
    answer = call("tariff", *args)
    assert answer.code == 2
    assert [phrase for phrase in phrases if phrase not in answer.err] == [], answer.err
