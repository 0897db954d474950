"""What the loader of the register refuses, and what it says."""

import csv
from datetime import date
from pathlib import Path

import pytest

from terbium.base.errors import MeasureError
from terbium.policy.cached import register_folder
from terbium.policy.register import load_register
from terbium.policy.schema import DESK_REGIMES

GOOD = """\
title: A small register
version: "1"
evidence_date: 2026-01-01
sources:
  ACT: {title: An act, publisher: A ministry, date: 2025-01-01}
measures:
  - id: AA-ONE-2025
    issuer: AA
    title: A licence
    legal_ref: Act 1
    instrument: export_licence
    direction: export
    announced: 2025-01-01
    effective_from: 2025-02-01
    provisions:
      - {paragraph: p1, effect: licence, text: a licence, scope: {elements: [Dy], origins: [CHN]}}
    overlays:
      - {kind: suspend, announced: 2025-03-01, from: 2025-03-01, to: 2025-04-01, by: Act 2}
    source: [ACT]
    confidence: read
"""


def write(tmp_path: Path, text: str = GOOD) -> Path:
    path = tmp_path / "register.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_small_register_loads(tmp_path: Path) -> None:
    assert list(load_register(write(tmp_path)).measures) == ["AA-ONE-2025"]


@pytest.mark.parametrize(
    ("old", "new", "phrases"),
    [
        ("    source: [ACT]\n", "", ["line 7", "AA-ONE-2025", "the field 'source'"]),
        ("source: [ACT]", "source: []", ["line 19", "at least 1 item"]),
        ("source: [ACT]", "source: [AKT]", ["'AKT', which is not in `sources`", "'ACT'"]),
        ("from: 2025-02-01", "from: 2025-02-30", ["line 14", "2025-02-30", "a day that exists"]),
        ("to: 2025-04-01", "to: 2025-02-01", ["an end (2025-02-01) before the start"]),
        ("2025-03-01, to: 2025-04-01", "2025-01-05, to: 2025-01-20", ["an overlay that hits noth"]),
        ("by: Act 2}", "by: Act 2, paragraphs: [p2]}", ["paragraph 'p2'", "hits nothing"]),
        ("kind: suspend", "kind: extend", ["an extension without an earlier suspension"]),
        ("kind: suspend", "kind: suspended", ["Did you mean 'suspend'?"]),
        ("by: Act 2}", "by: AA-TWO-2025}", ["'AA-TWO-2025', which is not in the register"]),
        ("elements: [Dy]", "elements: [Dd]", ["'Dd'", "Dy"]),
        ("origins: [CHN]", "origins: [ZZZ]", ["the region 'ZZZ'", "alpha-3"]),
        ("effect: licence", "effect: duty", ["no rate_pct beside effect 'duty'"]),
        ("effect: licence,", "effect: licence, days: 3,", ["a days beside effect 'licence'"]),
        ("title: A licence", "titel: A licence", ["'titel', a key that nobody defined", "'title'"]),
        ("    title: A licence", "    id: AA-TWO-2025", ["duplicate key; first on line 7"]),
        ("measures:", "measures: [", ["YAML that does not parse"]),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, old: str, new: str, phrases: list[str]) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(MeasureError) as caught:
        load_register(path)
    said = str(caught.value)
    assert caught.value.exit_code == 2
    assert [phrase for phrase in phrases if phrase not in said] == [], said


def test_all_problems_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("elements: [Dy]", "elements: [Dd]").replace("[ACT]", "[AKT]")
    path = write(tmp_path, text)
    with pytest.raises(MeasureError, match=r"2 problem\(s\)"):
        load_register(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MeasureError, match="No such file"):
        load_register(tmp_path / "none.yaml")


def test_built_in_register_is_whole() -> None:
    register = load_register()
    assert register.evidence_date == date(2026, 9, 18)
    used: set[str] = set()
    for measure in register.measures.values():
        used.update(measure.source)
        used.update(*(p.source for p in measure.provisions))
        used.update(*(o.source for o in measure.overlays))
        used.update(*(m.source for m in measure.milestones))
    for table in ("average_rates.csv", "disclosure.csv", "checklist.csv"):
        with (register_folder() / table).open(encoding="utf-8", newline="") as file:
            used.update(*(row["source"].split(";") for row in csv.DictReader(file)))
    assert used == set(register.sources)
    desks = {p.desk for m in register.measures.values() for p in m.provisions if p.desk}
    assert desks == set(DESK_REGIMES) - {"none"}


def test_political_texts_stay_out_unless_named() -> None:
    register = load_register()
    assert "CN-US-LONDON-2025" not in {measure.id for measure in register.select(None)}
    assert len(register.select(["CN-US-LONDON-2025"])) == 1


def test_in_force_is_bitemporal() -> None:
    register = load_register()

    def ids(on: str, known_on: str) -> set[str]:
        found = register.in_force(date.fromisoformat(on), date.fromisoformat(known_on))
        return {measure.id for measure, _ in found}

    assert "CN-REE-XT-2025-61-DM" in ids("2025-12-01", "2025-10-20")
    assert "CN-REE-XT-2025-61-DM" not in ids("2025-12-01", "2025-11-10")
    assert "CN-REE-2025-18" in ids("2025-04-04", "2025-04-04")
    assert "CN-REE-2025-18" not in ids("2025-04-04", "2025-04-03")
