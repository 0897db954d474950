"""A scenario that extends another, and one that names a world table."""

from pathlib import Path

import pytest

from terbium.base.errors import ScenarioError
from terbium.scenario import Scenario, load_scenario


def load(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, text)
    return str(caught.value)


def test_the_built_in_scenario_is_that_of_april_but_for_the_economy() -> None:
    mine, base = load_scenario("rare-earth-io"), load_scenario("april-2025")
    assert mine.economy.table == "world-2011"
    assert base.economy.table is None
    for field in ("horizon", "measures", "headline", "responses", "rules", "recording", "set_"):
        assert getattr(mine, field) == getattr(base, field)


def test_what_the_file_says_is_laid_on_what_it_extends(tmp_path: Path) -> None:
    text = "name: mine\nextends: april-2025\nhorizon: {end: 2025-12-28}\ndraws: 3\n"
    mine, base = load(tmp_path, text), load_scenario("april-2025")
    assert mine.draws == 3
    assert str(mine.horizon.end) == "2025-12-28"
    assert mine.horizon.start == base.horizon.start
    assert mine.measures == base.measures
    assert mine.mixes == {}


def test_what_is_extended_must_be_there_and_stand_alone(tmp_path: Path) -> None:
    said = refused(tmp_path, "name: mine\nextends: april-2024\n")
    assert "mine.yaml, line 2" in said
    assert "april-2025" in said
    said = refused(tmp_path, "name: mine\nextends: rare-earth-io\n")
    assert "extends another" in said


def test_a_world_table_must_be_there(tmp_path: Path) -> None:
    said = refused(tmp_path, "name: mine\nextends: april-2025\neconomy: {table: world-2012}\n")
    assert "mine.yaml, line 3" in said
    assert "world-2011" in said


def test_parameters_of_the_table_are_known_with_the_table_alone() -> None:
    change = {"economy/psi": 0.9}
    assert load_scenario("rare-earth-io", overrides=change).parameters["economy/psi"] == 0.9
    with pytest.raises(ScenarioError, match="unknown parameter"):
        load_scenario("april-2025", overrides=change)
    more = {**change, "economy.table": "world-2011"}
    assert load_scenario("april-2025", overrides=more).economy.table == "world-2011"


def test_manifests_of_other_scenarios_say_nothing_of_it() -> None:
    assert "economy" not in load_scenario("april-2025").applied()
    assert load_scenario("rare-earth-io").applied()["economy"]["table"] == "world-2011"
