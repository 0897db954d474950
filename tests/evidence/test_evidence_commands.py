import json
import re
from pathlib import Path

import pytest
from tests.cli.commands import call

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_of_contested_shares_is_the_one_that_the_page_shows() -> None:
    answer = call("evidence", "reconcile", "--json")
    assert answer.code == 0, answer.err
    page = (ROOT / "docs/evidence-reconcile.md").read_text(encoding="utf-8")
    shown = {
        row[0].strip(): [cell.strip() for cell in row[1:4]]
        for line in page.splitlines()
        if line.startswith("| ") and (row := line.strip("|").split("|"))
    }
    for row in json.loads(answer.out)["parameters"]:
        name = row["name"].partition(" ")[0].replace("magnet", "magnets")
        for cell, key in zip(shown[name], ("old", "new", "logarithmic"), strict=True):
            spread = row[key]
            numbers = [f"{spread[part]:.3f}" for part in ("low", "central", "high")]
            assert re.findall(r"0\.\d{3}", cell) == numbers


@pytest.mark.parametrize("words", [["show", "list"], ["why", "list"], ["show", "treasuries"]])
def test_lists_and_quantities_have_a_table_and_json(words: list[str]) -> None:
    for more in ([], ["--json"]):
        answer = call("evidence", *words, *more)
        assert answer.code == 0, answer.err
        if more:
            json.loads(answer.out)
    if "treasuries" in words:
        assert "not modelled" in call("evidence", *words).out


def test_claims_of_the_readers_own_stand_beside_the_sources(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("In 2025 China mined 66% of the world's rare earths.", encoding="utf-8")
    answer = call("evidence", "show", "China share of rare earth mining", "--claims", str(note))
    assert answer.code == 0, answer.err
    assert "66 %" in answer.out
    assert "note.txt" in answer.out


def test_what_is_unknown_is_told_with_what_is_near() -> None:
    for words, near in (
        (["show", "chinese mining of rare things"], "China's share of rare earth mining"),
        (["why", "general-licence"], "general-licences-2025"),
        (["reconcile", "--parameter", "metal share"], "metal share of China"),
    ):
        answer = call("evidence", *words)
        assert answer.code == 2
        assert near in answer.err
