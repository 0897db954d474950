"""Scenarios: precedence, mixes, and messages for a tired reader."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from terbium.base.errors import ScenarioError
from terbium.policy.register import load_register
from terbium.scenario import Scenario, Vocabulary, list_scenarios, load_scenario

WORDS = Vocabulary(
    materials=frozenset({"NdFeB_DyTb_magnet", "NdFeB_noHRE_magnet", "SmCo_magnet", "RE_magnet"})
    | {f"{element}_products" for element in ("Dy", "Tb", "Gd", "Lu", "Y")},
    regions=frozenset({"CHN", "USA", "DEU", "EU27"}),
    stages=frozenset({"mine", "separate", "magnet", "passenger_cars"}),
)
GOOD = """\
name: small
title: A small scenario
question: Does it load?
dataset: ree-2024
base_year: 2024
base_period: 2024
horizon: {start: 2025-01-06, end: 2025-12-28}
covers: {first: 2025-01-06, last: 2025-12-28}
headline: {measure: CN-REE-2025-18, in_force: 2025-04-04}
measures:
  include: [CN-REE-2025-18, US-RECIP-CN]
shocks:
  - {material: RE_magnet, origin: CHN, what: cut, scale: 0.5, first: 2025-02-03, last: 2025-03-02}
  - {node: CHN/separate, what: capacity, scale: 0.9, first: 2025-02-03, last: 2025-03-02}
set:
  stock/days_of_cover/DEU/passenger_cars: 30 days
draws: 20
blocks:
  calm: {responses: {hoarding: false}, draws: 30}
  busy: {responses: {hoarding: true}}
  late: {horizon: {end: 2026-06-28}}
mixes:
  calm: [calm]
  later: [calm, late]
"""


def load(tmp_path: Path, text: str = GOOD, **options: Any) -> Scenario:
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path, vocabulary=WORDS, **options)


def message(tmp_path: Path, text: str = GOOD, **options: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, text, **options)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize("name", ["april-2025", "heavy-ree-cutoff-1y", "status-quo"])
def test_built_in_scenarios_and_their_mixes_load(name: str) -> None:
    assert name in list_scenarios()
    scenario = load_scenario(name)
    for mix in scenario.mixes:
        assert load_scenario(name, [mix]).chosen == (mix,)


def test_april_runs_past_the_evidence_date_to_the_end_of_2026() -> None:
    scenario = load_scenario("april-2025")
    assert scenario.clock.steps == 105
    assert scenario.covers.last == date(2026, 12, 31)
    assert load_register().evidence_date in scenario.clock
    assert scenario.clock.start == date(2024, 12, 30)
    assert load_scenario("status-quo", ["ten-years"]).clock.steps == 520


def test_no_duties_takes_the_duties_off_and_leaves_the_rest() -> None:
    plain, without = load_scenario("april-2025"), load_scenario("april-2025", ["no-duties"])
    gone = set(plain.measures.include) - set(without.measures.include)
    register = load_register()
    assert {register.measures[name].direction for name in gone} == {"import"}
    assert "CN-US-LONDON-2025" in without.measures.include


def test_precedence_low_to_high(tmp_path: Path) -> None:
    overlay = tmp_path / "mine"
    overlay.mkdir()
    cover = "stock/days_of_cover/DEU/passenger_cars"
    (overlay / "stocks.csv").write_text("region,industry,days\nDEU,passenger_cars,11\n")
    assert load(tmp_path).draws == 20
    assert load(tmp_path, mixes=["calm"]).draws == 30
    assert load(tmp_path, mixes=["calm"], arguments={"draws": 40}).draws == 40
    assert load(tmp_path, arguments={"draws": 40}, overrides={"draws": "50"}).draws == 50
    laid = load(tmp_path, overlay=overlay)
    assert laid.parameters[cover] == 11
    assert laid.place_of(cover) == "overlay stocks.csv, line 2"
    assert load(tmp_path, overlay=overlay, overrides={cover: "12"}).parameters[cover] == 12


def test_mixes_apply_left_to_right_and_are_recorded(tmp_path: Path) -> None:
    scenario = load(tmp_path, mixes=["later"], overrides={"horizon.end": "2026-01-04"})
    assert scenario.horizon.end == date(2026, 1, 4)
    assert not scenario.responses.hoarding
    assert [row["path"] for row in scenario.overrides] == [
        "blocks.calm",
        "blocks.late",
        "horizon.end",
    ]


def test_values_of_an_overlay_stay_out_of_the_manifest(tmp_path: Path) -> None:
    overlay = tmp_path / "mine"
    overlay.mkdir()
    (overlay / "set.csv").write_text("parameter,value\nlicensing/weight/USA,0.123\n")
    scenario = load(tmp_path, overlay=overlay)
    assert scenario.parameters["licensing/weight/USA"] == 0.123
    assert "0.123" not in str(scenario.applied()) + str(scenario.overrides)
    assert len(scenario.overlay_hash) == 64


def test_places_name_file_and_line(tmp_path: Path) -> None:
    place = load(tmp_path).place_of("stock/days_of_cover/DEU/passenger_cars")
    assert "small.yaml, line 16" in place


def test_regions_are_read_in_any_spelling(tmp_path: Path) -> None:
    text = GOOD.replace("origin: CHN,", "origin: 中国, destination: Germany,")
    assert (load(tmp_path, text).shocks[0].origin, load(tmp_path, text).shocks[0].destination) == (
        "CHN",
        "DEU",
    )


@pytest.mark.parametrize(
    ("old", "new", "phrases"),
    [
        ("RE_magnet, origin", "RE_magnt, origin", ["line 13", "the unknown material 'RE_magnt'",
            "Did you mean 'RE_magnet'?"]),
        ("node: CHN/separate", "node: CHN/seperate", ["unknown stage 'seperate'", "'separate'"]),
        ("origin: CHN", "origin: XXX", ["the unknown region 'XXX'"]),
        ("[CN-REE-2025-18, US", "[CN-REE-2025-81, US", ["line 11", "measure missing",
            "Did you mean 'CN-REE-2025-18'?"]),
        ("start: 2025-01-06", "start: 2025-02-30", ["line 7", "2025-02-30", "a day that exists"]),
        ("end: 2025-12-28", "end: 2024-12-28", ["line 7", "before the start", "end before start"]),
        ("first: 2025-02-03, last: 2025-03-02}\n  - {node", "first: 2025-03-03, last: 2025-03-02}\n"
            "  - {node", ["shocks.0.last", "before the start"]),
        ("\nset:", "\nset: [", ["line 17", "YAML that does not parse"]),
        ("draws: 20", "draws: 20\ndraws: 30", ["line 18", "duplicate key; first on line 17"]),
        ("30 days", "-30 days", ["line 16", "a negative stock (-30 days)", "0 or more"]),
        ("30 days", "30 parsecs", ["'30 parsecs'", "a number and a unit"]),
        ("draws: 20", "draws: 0", ["line 17", "a whole number, 1 or more", "positive"]),
        ("draws: 20", "draws: 2.5", ["2.5", "a whole number, 1 or more"]),
        ("draws: 20", "draws: true", ["True", "a whole number, 1 or more"]),
        ("calm: [calm]", "calm: [calm, busy]", ["contradicting blocks in mix 'calm'",
            "'calm' sets responses.hoarding to False", "'busy' sets it to True"]),
        ("calm: [calm]", "calm: [clam]", ["the block 'clam'", "Did you mean 'calm'?"]),
        ("dataset: ree-2024\n", "", ["nothing", "the field 'dataset'"]),
        ("question:", "qestion:", ["'qestion', a key that nobody defined", "'question'"]),
        ("late: {horizon: {end: 2026-06-28}}", "late: {horizon: {end: 2026-06-31}}",
            ["line 21, blocks.late.horizon.end", "2026-06-31"]),
        ("what: capacity", "what: cut", ["'cut' of a node"]),
        ("{node: CHN/separate, ", "{", ["a shock that names nothing"]),
        ("base_period: 2024", "base_period: 2024-Q5", ["2024-Q5", "2025-H1"]),
        ("in_force: 2025-04-04", "in_force: 2027-04-04", ["2027-04-04", "the horizon"]),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, old: str, new: str, phrases: list[str]) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new)
    said = message(tmp_path, text)
    assert [phrase for phrase in phrases if phrase not in said] == [], said


def test_all_problems_of_a_file_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("RE_magnet, origin", "RE_magnt, origin")
        .replace("start: 2025-01-06", "start: 2025-02-30")
        .replace("draws: 20", "draws: -1")
        .replace("[CN-REE-2025-18, US", "[CN-REE-2025-81, US")
        .replace("30 days", "-30 days")
        .replace("calm: [calm]", "calm: [calm, busy]")
    )
    said = message(tmp_path, text, mixes=["clam"])
    assert "7 problem(s)" in said, said
    assert "the unknown mix 'clam'" in said


@pytest.mark.parametrize(
    ("overrides", "phrase"),
    [
        ({"horizn.end": "2025-12-31"}, "--set horizn"),
        ({"draws": "many"}, "--set draws: seen 'many'"),
        ({"responses.hoarding": "maybe"}, "true or false"),
        ({"rules.rationing": "fair"}, "proportional, priority"),
        ({"stock/days_of_cover/DEU/passenger_cars": "-1"}, "a negative stock"),
        ({"horizon.end": "2025-02-30"}, "--set horizon.end: seen '2025-02-30'"),
        ({"measures.include": "[CN-REE-2025-18"}, "YAML that does not parse"),
    ],
)
def test_options_are_refused_by_name(
    tmp_path: Path, overrides: dict[str, str], phrase: str
) -> None:
    assert phrase in message(tmp_path, overrides=overrides)


def test_unknown_names_are_answered_with_suggestions(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="Did you mean 'april-2025'"):
        load_scenario("apirl-2025")
    with pytest.raises(ScenarioError, match="No such file"):
        load_scenario(tmp_path / "none.yaml")
    path = tmp_path / "small.yaml"
    path.write_text(GOOD.replace("ree-2024", "ree-1066"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="which does not exist"):
        load_scenario(path)


def test_broken_overlay_tables_are_named(tmp_path: Path) -> None:
    overlay = tmp_path / "mine"
    overlay.mkdir()
    assert "no table" in message(tmp_path, overlay=overlay)
    (overlay / "set.csv").write_text("parameter,value\nlicensing/weight/USA,\n")
    (overlay / "stocks.csv").write_text("region,industry\nDEU,passenger_cars\n")
    said = message(tmp_path, overlay=overlay)
    assert "overlay set.csv, line 2: seen an empty cell" in said
    assert "overlay stocks.csv, line 1: seen no column days" in said
