"""The built-in register: complete, current, and what a broken one is told."""

import csv
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from terbium.base.gazetteer import read_table
from terbium.policy.cached import CACHE, cache_text, hash_of, read_cache, register_folder
from terbium.policy.parties import known_as, list_book
from terbium.policy.register import load_register, plain_register
from terbium.policy.rulebook import LEGAL_EFFECTS, built_in_rules
from terbium.policy.schema import Measure
from terbium.policy.wordlist import entries, item_book, region_book, use_book

ROOT = Path(__file__).resolve().parents[2]
# ours, beside those of the shared register
OWN = {"CN-US-LONDON-2025"}


def test_the_cache_is_current() -> None:
    """After a change of a text: python tools/build_register.py."""
    folder = register_folder()
    register = plain_register(folder)
    assert (folder / CACHE).read_text(encoding="utf-8") == cache_text(folder, register)
    assert read_cache(folder) == register


def test_a_stale_cache_is_not_used(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    assert read_cache(folder) is not None
    text = folder / "allies.yaml"
    text.write_text(text.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert read_cache(folder) is None
    assert hash_of(folder) != hash_of(register_folder())


def test_the_tool_checks() -> None:
    tool = ROOT / "tools" / "build_register.py"
    found = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert "current" in found.stdout


def copied(place: Path) -> Path:
    folder = place / "register"
    shutil.copytree(register_folder(), folder)
    return folder


def test_every_legal_paragraph_is_a_rule_and_informal_acts_are_none() -> None:
    register, book = load_register(), built_in_rules()
    ruled = {(rule.measure, rule.paragraph) for rule in book.rules}
    for measure in register.measures.values():
        for provision in measure.provisions:
            is_legal = provision.effect in LEGAL_EFFECTS and measure.formality is None
            assert ((measure.id, provision.paragraph) in ruled) == is_legal, measure.id
    assert set(book.informal) >= {"CN-JP-2010-INFORMAL", "US-ASCEND-2025", "US-THREAT-100-2025"}


def test_a_licence_names_its_scope_and_presumption() -> None:
    for measure in load_register().measures.values():
        for provision in measure.provisions:
            if provision.effect in ("licence", "ban") and measure.formality is None:
                assert provision.presumption is not None, (measure.id, provision.paragraph)
                assert provision.scope != type(provision.scope)(), measure.id


def test_listed_names_have_other_spellings() -> None:
    rows = read_table("parties.csv")
    names = {known_as(row["name"]) for row in rows}
    assert built_in_rules().lists <= names
    assert known_as("洛克希德·马丁公司") == known_as("LOCKHEED MARTIN CORP.")
    assert known_as("TDK株式会社") == known_as("TDK Corporation") == known_as("东电化")
    assert known_as("Raytheon") != known_as("Raytheon Missiles & Defense")


def test_the_gazetteer_is_whole() -> None:
    for entry in entries().values():
        assert set(entry.parents) <= set(entries())
    # no spelling names two things; the books refuse it
    for book in (item_book, use_book, region_book, list_book):
        assert book() is not None


def shared_measures(folder: Path) -> dict[str, dict[str, Any]]:
    text = (folder / "policy" / "measures.yaml").read_text(encoding="utf-8")
    held = YAML(typ="safe").load(text)["measures"]
    return {entry["id"]: entry for entry in held}


@pytest.mark.shared
def test_every_shared_measure_is_held_with_its_days(shared_dir: Path) -> None:
    shared, register = shared_measures(shared_dir), load_register().measures
    assert set(register) - set(shared) == OWN
    assert set(shared) <= set(register)
    wrong = [
        (name, field)
        for name, entry in shared.items()
        for field in ("announced", "effective_from", "effective_to")
        if day_of(entry.get(field)) != getattr(register[name], field)
        and (name, field) not in STATED_BY_OVERLAYS
    ]
    assert wrong == []


# the rate that replaced these ended with the ruling: an overlay here, a last day there
STATED_BY_OVERLAYS = {
    ("US-IEEPA-FENTANYL-CN", "effective_to"),
    ("US-RECIP-CN", "effective_to"),
}


def day_of(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


@pytest.mark.shared
def test_formality_confidence_and_regimes_agree(shared_dir: Path) -> None:
    register = load_register().measures
    for name, entry in shared_measures(shared_dir).items():
        held = register[name]
        assert held.formality == entry.get("formality"), name
        assert held.confidence == entry["confidence"], name
        assert bool(held.source), name
        wants = {"ordinary_trade_licence": "cn_trade", "state_trading": "cn_trade"}
        if "regime" in entry:
            assert held.regime == wants.get(entry["regime"], entry["regime"]), name


@pytest.mark.shared
def test_pairs_and_suspensions_agree(shared_dir: Path) -> None:
    shared, register = shared_measures(shared_dir), load_register().measures
    pairs = {frozenset((a, b)) for a, e in shared.items() for b in e.get("paired_with", ())}
    ours = {frozenset((m.id, b)) for m in register.values() for b in m.paired_with}
    assert len(pairs) == 33
    assert ours == pairs
    for name, entry in shared.items():
        assert register[name].paired_basis == entry.get("paired_basis", {}), name
        for wanted in entry.get("suspensions", ()):
            assert any(_is_same(wanted, one) for one in _pauses(register[name])), (name, wanted)


def _pauses(measure: Measure) -> Iterator[Any]:
    return (one for one in measure.overlays if one.kind in ("suspend", "extend", "exempt"))


def _is_same(wanted: dict[str, Any], one: Any) -> bool:
    return (
        (day_of(wanted["from"]), day_of(wanted["to"]), wanted["by"]) == (one.from_, one.to, one.by)
    )  # fmt: skip


@pytest.mark.shared
def test_thresholds_of_the_ladder_are_held(shared_dir: Path) -> None:
    """Points on the days on which the ladder changes; what is not held is left empty there."""
    register = load_register().measures
    with (shared_dir / "policy" / "tariff_ladder.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    points = {str(p.rate_pct) for m in register.values() for p in m.provisions if p.rate_pct}
    for column in ("us_fentanyl_pp", "us_reciprocal_pp", "us_s122_pp"):
        for row in rows:
            if row[column] not in ("", "0"):
                assert str(float(row[column])) in points, (column, row[column])
