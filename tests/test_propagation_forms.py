"""An event in YAML, in JSON, as plain data, in the documentation and in the reference."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.small_table import CATEGORIES, REGIONS, SECTORS, equal, small_table

from terbium.graph.tables import InputOutputTable, read_table
from terbium.scenario.propagation import event_of, read_event, remarks, resolve
from terbium.scenario.propagation_schema import PropagationEvent

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT.parent / "shared" / "reference"
TABLE = small_table()

ENTRY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["recovery", "rebuild", "arbitrary"]),
        "impact": st.lists(
            st.tuples(
                st.sampled_from(REGIONS),
                st.sampled_from(SECTORS),
                st.floats(0, 0.09, allow_subnormal=False),
            ),
            min_size=1,
            max_size=5,
            unique_by=lambda row: row[:2],
        ).map(lambda rows: [list(row) for row in rows]),
        "occurrence": st.integers(1, 20),
        "recovery_tau": st.floats(1, 1e6),
        "rebuilding_sectors": st.sampled_from([{"build": 1}, {"cars": 0.25, "mining": 0.75}]),
    },
    optional={
        "duration": st.integers(1, 50),
        "recovery_function": st.sampled_from(["linear", "convexe", "convexe noscale", "concave"]),
        "house": st.just([["USA", CATEGORIES[0], 1e-7]]),
        "rebuilding_factor": st.floats(0.01, 3),
        "name": st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
    },
).map(lambda entry: entry | {"unit": "share" if entry["type"] == "arbitrary" else "fracK"})
EVENT = st.fixed_dictionaries(
    {"events": st.lists(ENTRY, max_size=3)},
    optional={
        "T": st.integers(21, 500),
        "cls": st.sampled_from(["ARIOPsiModel", "ARIOBaseModel"]),
        "model": st.fixed_dictionaries(
            {},
            optional={
                "main_inv_dur": st.floats(0, 400) | st.just("inf"),
                "alpha_max": st.floats(1, 2),
                "order_type": st.sampled_from(["alt", "noalt"]),
                "monetary_factor": st.sampled_from([1, 1000, 1e6]),
            },
        ),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=EVENT)
def test_yaml_json_and_plain_data_give_the_same_case(data: dict[str, Any], tmp_path: Path) -> None:
    plain = resolve(event_of(data), TABLE)
    as_json, as_yaml = tmp_path / "event.json", tmp_path / "event.yaml"
    as_json.write_text(json.dumps(data, indent="\t"), encoding="utf-8")
    with as_yaml.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(data, file)
    event = read_event(as_json)
    assert equal(resolve(event, TABLE), plain)
    assert equal(resolve(read_event(as_yaml), TABLE), plain)
    again = event_of(json.loads(json.dumps(event.applied())))
    assert again.applied() == event.applied()
    assert equal(resolve(again, TABLE), plain)


def shown_events() -> list[str]:
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    return re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def reference_table(name: str) -> InputOutputTable:
    if not REFERENCE.is_dir():
        pytest.skip("the folder of source material is not beside the checkout")
    return read_table(REFERENCE / f"table_{name}.npz")


@pytest.mark.parametrize("text", shown_events())
def test_a_shown_event_is_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "event.yaml").write_text(text, encoding="utf-8")
    assert read_event(tmp_path / "event.yaml").table == "pymrio_test"


@pytest.mark.shared
@pytest.mark.parametrize("text", shown_events())
def test_a_shown_event_fits_its_table(text: str, tmp_path: Path) -> None:
    table = reference_table("pymrio_test")
    (tmp_path / "event.yaml").write_text(text, encoding="utf-8")
    event = read_event(tmp_path / "event.yaml")
    assert resolve(event, table).steps == event.T
    assert remarks(event, table) == ()


def test_every_key_of_the_schema_is_documented() -> None:
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    schema = PropagationEvent.model_json_schema(mode="validation")
    names = {name for part in (schema, *schema["$defs"].values()) for name in part["properties"]}
    # columns of rows, which the page writes as [region, sector, value]
    missing = [name for name in sorted(names) if not re.search(rf"\b{name}\b", page)]
    assert not missing


@pytest.mark.shared
def test_every_reference_case_resolves() -> None:
    reference_table("synth_dense_4x6")
    book = json.loads((REFERENCE / "cases.json").read_text(encoding="utf-8"))
    assert len(book["cases"]) > 10
    for name, raw in book["cases"].items():
        event = read_event(REFERENCE / "cases.json", name)
        found = resolve(event, reference_table(raw["table"]))
        assert (found.steps, found.behaviour.compatible) == (book["T"], True)
        assert [shock.kind for shock in found.shocks] == [e["type"] for e in raw["events"]]
        assert remarks(event, reference_table(raw["table"])) == ()
