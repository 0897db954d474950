"""Event files: what is read, and messages for a tired reader."""

import json
from pathlib import Path

import pytest
from tests.small_table import small_table

from terbium.base.errors import ScenarioError
from terbium.scenario.propagation import event_of, read_event, resolve
from terbium.scenario.propagation_schema import PropagationEvent

ONE = "events:\n  - {type: recovery, unit: fracK, impact: [[CHN, cars, 0.4]], recovery_tau: 60}\n"


def read(tmp_path: Path, text: str, suffix: str = ".yaml", case: str | None = None) -> object:
    path = tmp_path / f"event{suffix}"
    path.write_text(text, encoding="utf-8")
    return read_event(path, case)


def message(tmp_path: Path, text: str, suffix: str = ".yaml", case: str | None = None) -> str:
    """What a file is refused with, on its own or against the small table."""

    def settle() -> None:
        event = read(tmp_path, text, suffix, case)
        assert isinstance(event, PropagationEvent)
        resolve(event, small_table())

    with pytest.raises(ScenarioError) as caught:
        settle()
    assert caught.value.exit_code == 2
    for problem in caught.value.problems:
        assert all(vars(problem).values())
    return str(caught.value)


FILES = [
    ("", ".yaml", ["the whole file: seen nothing", "events"]),
    ("", ".json", ["the whole file: seen nothing"]),
    ("# only a comment\n", ".yaml", ["seen nothing"]),
    ("- {T: 3}\n- {T: 4}\n", ".yaml", ["seen a list", "Write each case in a file of its own"]),
    ("hello", ".yaml", ["seen 'hello'", "a mapping with the keys of one event file"]),
    ("events:\n\t- {type: rebuild}\n", ".yaml", ["line 2", "a tab", "Replace every tab by blanks"]),
    ("events: [1", ".yaml", ["YAML that does not parse"]),
    ("T: 5\nT: 6\n", ".yaml", ["line 2, T", "a second time", "first on line 1"]),
    ('{"T": 5,\n "T": 6}', ".json", ["line 2, T", "a second time"]),
    ('{"events": [1 2]}', ".json", ["line 1, column 15", "JSON that does not parse"]),
    ('{"events": [],}', ".json", ["JSON that does not parse"]),
    ("a: &x [*x]", ".yaml", ["in themselves"]),
    ('{"a":' * 3000, ".yaml", ["nested hundreds deep"]),
    ("cases: {a: {T: 3}, b: {}}", ".yaml", ["seen 2 cases", "a, b", "--case NAME"]),
    ("cases: [1]", ".yaml", ["no mapping of names to cases"]),
    ("x: 3\ncases: {a: {}, b: {}}", ".yaml", ["'x' beside `cases`"]),
]
HEADS = [
    ("modle: {}\nevnets: []\n", ["line 1, modle", "Did you mean 'model'?", "'events'?"]),
    ("T: 0\n", ["line 1, T: seen 0", "a whole number, 1 or more"]),
    ("T: 3.5\n", ["seen 3.5"]),
    ("T: 1e400\n", ["seen '1e400'", "a finite number that float64 can hold"]),
    (f"T: {'9' * 400}\n", ["a finite number that float64 can hold"]),
    ("T: .nan\n", ["not a number (NaN)"]),
    ("T: '30'\n", ["seen '30'", "without quotes"]),
    ("table: 3\n", ["seen 3", "text"]),
    ("cls: ARIOPsiModle\n", ["no class of model", "Did you mean 'ARIOPsiModel'?"]),
    ("cls: ARIOBaseModel\nmodel: {psi_param: 0.8}\n", ["line 2, model.psi_param"]),
    ("model: [1]\n", ["a mapping with the keys of a model"]),
    ("events: {type: rebuild}\n", ["a list of events"]),
    ("events: [hello]\n", ["events.0: seen 'hello'", "a mapping with the keys of an event"]),
]
MODELS = [
    ("psi: 0.8", ["model.psi", "nobody defined", "psi_param"]),
    ("psi_param: 1.2", ["a number from 0 to 1"]),
    ("order_type: altt", ["Did you mean 'alt'?"]),
    ("main_inv_dur: -3", ["seen -3", "0 or more, or 'inf'"]),
    ("alpha_tau: .nan", ["model.alpha_tau: seen nan"]),
    ("alpha_max: 0.5", ["model.alpha_max", "1 or more"]),
    ("alpha_base: 1.3, alpha_max: 1.2", ["less than alpha_base (1.3)"]),
    ("temporal_units_by_step: 0", ["a whole number, 1 or more"]),
    ("monetary_factor: 0", ["a number above 0"]),
    ("inventory_dict: {build: 1e400, cars: 3, mining: 3}", ["inventory_dict.build: seen '1e400'"]),
    ("inventory_dict: {build: ~, cars: 3, mining: 3}", ["Write 'inf' for what never runs out"]),
    ("inventory_dict: {build: 3}", ["no value for cars, mining", "'inf'"]),
    ("inventory_dict: {build: 3, cras: 3, mining: 3}", ["'cras'", "Did you mean 'cars'?"]),
    ("inventory_restoration_tau: {build: 3}", ["no value for cars, mining", "one number for all"]),
    ("inventory_restoration_tau: -1", ["a number above 0"]),
    ("infinite_inventories_sect: [minning]", ["Did you mean 'mining'?"]),
    ("productive_capital_to_VA_dict: {build: 3}", ["ratio of capital to value added"]),
    ("productive_capital_vector: [1, 2, 3]", ["no capital for 9 industries", "12 industries"]),
    ("productive_capital_vector: {CHN: {cars: 3}}", ["no capital for CHN/build"]),
    ("productive_capital_vector: 3", ["a list of numbers"]),
    (
        "productive_capital_vector: [1], productive_capital_to_VA_dict: {cars: 1}",
        ["capital given twice"],
    ),
]
ENTRIES = [
    ("{impact: [[CHN, cars, 1]]}", ["events.0.type: seen nothing", "Add 'type:'"]),
    ("{type: earthquake}", ["no type of event", "recovery, rebuild, arbitrary"]),
    ("{type: rebuild, event_type: rebuild}", ["means the same", "type, event_type"]),
    ("{type: arbitrary, impact: []}", ["events.0.impact: seen nothing"]),
    ("{type: arbitrary, impact: [[CHN, cars]]}", ["a row [region, sector, value]"]),
    ("{type: arbitrary, impact: {CHN: 0.3}}", ["events.0.impact.CHN: seen 0.3"]),
    ("{type: arbitrary, impact: {CHN: {cars: x}}}", ["events.0.impact.CHN.cars: seen 'x'"]),
    ("{type: arbitrary, impact: [[CHN, cars, -0.1]]}", ["impact.0.2: seen -0.1"]),
    ("{type: arbitrary, impact: [[CHN, cars, 40]]}", ["a share from 0 to 1", "40 % as 0.4"]),
    ("{type: arbitrary, unit: money, impact: [[CHN, cars, 3]]}", ["unit: seen money"]),
    ("{type: arbitrary, unit: percent, impact: [[CHN, cars, 3]]}", ["no unit of an impact"]),
    ("{type: arbitrary, impact: 0.3}", ["a single number with no industries"]),
    (
        "{type: arbitrary, impact: [[CHN, cars, 0.3]], affected_regions: CHN}",
        ["affected_regions beside an impact"],
    ),
    (
        "{type: arbitrary, impact: 0.3, affected_regions: [CHN, USA], affected_sectors: cars, "
        "impact_regional_distrib: {CHN: 1, DEU: 1}}",
        ["no weight for USA", "a weight for DEU"],
    ),
    (
        "{type: arbitrary, impact: 0.3, affected_industries: [[CHN, cars]], "
        "impact_distrib: [[CHN, cars, 0]]}",
        ["weights that sum to 0"],
    ),
    ("{type: arbitrary, impact: [[Atlantis, cars, 0.3]]}", ["unknown region 'Atlantis'"]),
    ("{type: arbitrary, impact: [[JPN, cars, 0.3]]}", ["'JPN' (JPN), which the table does not"]),
    ("{type: arbitrary, impact: [[CHN, caars, 0.3]]}", ["impact.0.1", "Did you mean 'cars'?"]),
    (
        "{type: arbitrary, impact: [[CHN, cars, 0.3], [[DEU, 中国], cars, 0.2]]}",
        ["CHN/cars a second time (first in row 0)", "one row with the sum"],
    ),
    ("{type: recovery, unit: fracK, impact: [[CHN, cars, 0.3]]}", ["recovery_tau: seen nothing"]),
    (
        "{type: recovery, impact: [[CHN, cars, 1]], recovery_tau: 3, recovery_function: linaer}",
        ["no recovery function", "Did you mean 'linear'?"],
    ),
    ("{type: recovery, impact: [[CHN, cars, 1]], recovery_tau: 0}", ["1 or more"]),
    (
        "{type: arbitrary, impact: [[CHN, cars, 0.3]], occurrence: 0, duration: 0}",
        ["occurrence: seen 0", "duration: seen 0"],
    ),
    (
        "{type: arbitrary, impact: [[CHN, cars, 0.3]], occurrence: 365}",
        ["occurrence: seen 365 in a run of 365", "raise `T`"],
    ),
    (
        "{type: recovery, impact: [[CHN, cars, 4.0e+9]], recovery_tau: 3}",
        ["times its capital", "check the monetary factors"],
    ),
    ("{type: rebuild, impact: [[CHN, cars, 1]]}", ["rebuilding_sectors: seen nothing"]),
    (
        "{type: rebuild, impact: [[CHN, cars, 1]], rebuilding_sectors: {build: 0.5, cars: 0.4}}",
        ["shares that sum to 0.9", "Divide each share by 0.9"],
    ),
    (
        "{type: rebuild, impact: [[CHN, cars, 1]], rebuilding_sectors: {biuld: 1}}",
        ["rebuilding_sectors.biuld", "Did you mean 'build'?"],
    ),
    (
        "{type: rebuild, impact: [[CHN, cars, 1]], rebuilding_sectors: {build: 1}, "
        "households_impact: [[CHN, hause, 3]], rebuilding_factor: 2}",
        ["households_impact.0.1", "Did you mean 'house'?"],
    ),
    (
        "{type: rebuild, impact: [[CHN, cars, 1]], rebuilding_sectors: {build: 1}, "
        "house: [[CHN, house, 3], [中国, [house, state], 3]]}",
        ["events.0.house.1", "a second time"],
    ),
    (
        "{type: rebuild, impact: [[CHN, cars, 1]], rebuilding_sectors: {build: 1}, "
        "rebuilding_factor: 0}",
        ["rebuilding_factor: seen 0", "a number above 0"],
    ),
]
OPTIONS = [
    ("foo: 3", ["options.foo", "nobody defined"]),
    ("boario_compatible: maybe", ["auto, true, false"]),
    ("rationing: waterfall", ["options.rationing", "Did you mean 'water_filling'?"]),
    ("rationing: {order: [{crossing: true}]}", ["ranks beside the rule proportional"]),
    ("criticality: {rules: [{input: cars, level: urgent}]}", ["critical, important"]),
    ("criticality: {rules: [{input: craps, level: critical}]}", ["rules.0.input", "'cars'"]),
    ("inventories: [{buyer_region: JPN, days: 3}]", ["inventories.0.buyer_region", "'JPN'"]),
    ("overproduction: [{sector: cars, base: 1.5}]", ["a most below the base for CHN/cars"]),
    ("overproduction: [{base: 1.5, max: 1.2}]", ["less than base (1.5)"]),
    ("transit: [{days: -1}]", ["transit.0.days: seen -1"]),
    ("transit: [{from_region: CHN, to_region: CHN, crossing: true, days: 1}]", ["means no link"]),
    ("transit: [{to: final_demand, to_sector: cars, days: 1}]", ["final demand has no sector"]),
    ("licences: {}", ["licences.links: seen nothing"]),
    ("licences: {links: [{from_region: CHN}]}", ["an entry that changes nothing"]),
    ("licences: {links: [{cap_share: 1, first: 9, last: 8}]}", ["8, before first (9)"]),
    ("licences: {links: [{cap_share: 1, first: 400}]}", ["400 in a run of 365"]),
    (
        "licences: {links: [{controlled_share: 1}]}",
        ["desk_capacity: seen nothing", "`review_days:`, or `from_dataset: true`", "refile_share"],
    ),
    ("switching: {}", ["switching.rate", "switching.memory", "from_dataset: true"]),
    ("relabelling: {conduits: [DEU]}", ["relabelling.cost: seen nothing", "extra_days"]),
    ("checkpoints: [365]", ["365 in a run of 365"]),
    ("record: {stocks_every: 0}", ["1 or more"]),
]


@pytest.mark.parametrize(("text", "suffix", "phrases"), FILES)
def test_a_file_that_is_no_event_is_refused(
    text: str, suffix: str, phrases: list[str], tmp_path: Path
) -> None:
    said = message(tmp_path, text, suffix)
    assert not [phrase for phrase in phrases if phrase not in said], said


BROKEN = [
    *HEADS,
    *((f"model: {{{body}}}\n", phrases) for body, phrases in MODELS),
    *((f"events:\n  - {body}\n", phrases) for body, phrases in ENTRIES),
    *((f"options: {{{body}}}\n", phrases) for body, phrases in OPTIONS),
]


@pytest.mark.parametrize(("text", "phrases"), BROKEN)
def test_a_wrong_value_is_refused_with_its_place_and_remedy(
    text: str, phrases: list[str], tmp_path: Path
) -> None:
    said = message(tmp_path, text)
    assert not [phrase for phrase in phrases if phrase not in said], said


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        read_event(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        read_event(tmp_path / "latin.yaml")


def test_all_problems_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = (
        "model: {psi_param: 2, alpha_max: 1.1, alpha_base: 1.2}\n"
        "events:\n"
        "  - {type: recovery, impact: [[CHN, cars]], occurrence: 900}\n"
        "  - {type: quake}\n"
        "  - {type: rebuild, impact: [[CHN, cars, 1]], rebuilding_sectors: {build: 0.5}}\n"
        "options:\n"
        "  switching: {rate: 0.1}\n"
        "  transit: [{days: x}]\n"
    )
    said = message(tmp_path, text)
    for phrase in (
        *("line 1, model.psi_param", "line 1, model.alpha_max", "line 3, events.0.impact.0"),
        *("line 3, events.0.recovery_tau", "line 3, events.0.occurrence: seen 900"),
        *("line 4, events.1.type", "line 5, events.2.rebuilding_sectors: seen shares"),
        *("line 7, options.switching.memory", "line 8, options.transit.0.days"),
    ):
        assert phrase in said
    assert "9 problem(s)" in said


def test_losses_of_events_in_force_together_may_not_exceed_capital(tmp_path: Path) -> None:
    more = "  - {type: recovery, unit: fracK, impact: [[中国, cars, 0.7]], recovery_tau: 60"
    said = message(tmp_path, f"{ONE}{more}, occurrence: 2}}\n")
    assert "by events 0, 1 together, 1.1 times its capital" in said
    later = read(tmp_path, f"{ONE}{more}, occurrence: 4}}\n")
    assert isinstance(later, PropagationEvent)
    resolve(later, small_table())


def test_one_case_of_several_is_chosen_by_name(tmp_path: Path) -> None:
    both = {"T": 30, "oracle": "somebody", "cases": {"a": {"events": []}, "b": {"T": 9}}}
    text = json.dumps(both)
    a, b = (read(tmp_path, text, ".json", case) for case in ("a", "b"))
    assert isinstance(a, PropagationEvent)
    assert isinstance(b, PropagationEvent)
    assert (a.T, a.name, a.oracle, b.T, b.name) == (30, "a", "somebody", 9, "b")
    said = message(tmp_path, text, ".json", "c")
    assert "'c', which is no case of the file. Allowed: a, b" in said
    assert "leave --case out" in message(tmp_path, ONE, case="a").lower()


def test_data_from_python_is_told_its_keys_without_lines() -> None:
    with pytest.raises(ScenarioError, match="events.0.recovery_tau: seen nothing"):
        event_of({"events": [{"type": "recovery", "impact": [["CHN", "cars", 1]]}]})
