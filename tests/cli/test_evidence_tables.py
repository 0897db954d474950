"""``terbium evidence read --store``, ``export``, ``items`` and ``events``."""

import csv
import json
import re
from pathlib import Path

import pytest
from tests.cli.commands import call


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_documents_are_read_into_a_store_and_exported(here: Path) -> None:
    (here / "texts").mkdir()
    (here / "texts" / "a.txt").write_text("Output rose to 38,000 tonnes in 2024, the firm said.\n")
    (here / "texts" / "b.pdf").write_bytes(b"")
    (here / "texts" / "c.docx").write_bytes(b"PK")
    first = call("evidence", "read", "texts", "--store", "e.duckdb", "--workers", "1")
    assert first.code == 0
    assert "1 document(s) read, 0 unchanged, 1 failed" in first.out
    assert "the file is empty" in first.out
    assert "1 file(s) of other kinds passed over" in first.err
    again = call("evidence", "read", "texts", "--store", "e.duckdb", "--json")
    said = json.loads(again.out)
    assert (said["read"], said["unchanged"], len(said["failed"])) == (0, 2, 1)
    done = call("evidence", "export", "e.duckdb", "--out", "out", "--format", "csv")
    assert (done.code, done.out) == (0, "out\n")
    with (here / "out" / "claims.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert "38000" in {row["value"].removesuffix(".0") for row in rows}
    assert {row["document"] for row in rows} == {"texts/a.txt"}


def test_options_that_do_not_go_together_are_told_at_once() -> None:
    found = call(
        *("evidence", "read", "x", "--store", "e", "--out", "c.csv", "--workers", 0),
        *("--date", "2025-13-01"),
    )
    assert found.code == 2
    for said in ("--out and --store", "--workers: seen 0", "--date"):
        assert said in found.err


def test_items_are_counted_and_written(here: Path) -> None:
    found = call(
        *("evidence", "items", "example-customs.csv", "--over", 0.5, "--importer", "日本"),
        *("--out", "items.csv"),
    )
    assert found.code == 0
    assert re.search(
        r"JPN +2024 +HS, 6 digits +value +4 +2 +1 +50.0% \(40.0% to 60.0%\)", found.out
    )
    with (here / "items.csv").open(newline="") as file:
        rows = {row["hs"]: row for row in csv.DictReader(file)}
    assert (rows["810411"]["value_verdict"], rows["810411"]["quantity_verdict"]) == (
        "unknown",
        "over",
    )
    said = json.loads(call("evidence", "items", "example-customs.csv", "--over", 0.5, "--json").out)
    assert [row["importer"] for row in said["rows"]] == ["JPN", "USA"]


def test_events_are_studied_and_drawn(here: Path) -> None:
    line = ("evidence", "events", "example-prices.csv", "example-events.csv")
    found = call(*line, "--market", "index", "--window", "0:3", "--out", "out")
    assert found.code == 0
    assert "market model; 95% intervals" in found.out
    assert re.search(r"Alpha Mining .* 13.1 % \(5.9 to 20.3 %\) +< 0.001", found.out)
    assert sorted(path.name for path in (here / "out").iterdir()) == [
        "event-study.json", "figure.svg", "returns.csv",
    ]  # fmt: skip
    figure = (here / "out" / "figure.svg").read_text()
    assert figure.startswith("<svg ")
    assert "http" not in figure.replace("http://www.w3.org/2000/svg", "")
    said = json.loads(call(*line, "--json").out)
    assert said["model"] == "mean-adjusted"
    assert len(said["events"]) == 3
    before = (here / "out" / "event-study.json").read_bytes()
    call(*line, "--market", "index", "--window", "0:3", "--out", "out")
    assert (here / "out" / "event-study.json").read_bytes() == before


def test_a_market_from_a_file_says_the_same_as_from_a_column(here: Path) -> None:
    from terbium.evidence.examples import FOLDER

    rows = [line.split(",") for line in (FOLDER / "example-prices.csv").read_text().split()[2:]]
    lines = [f"{row[0]},{row[-1]}" for row in rows if row[0].startswith("20")]
    (here / "m.csv").write_text("\n".join(["date,level", *lines]))
    both = (FOLDER / "example-prices.csv").read_text().splitlines()
    (here / "p.csv").write_text("\n".join(line.rpartition(",")[0] for line in both))
    line = ("evidence", "events", "p.csv", "example-events.csv", "--json", "--market", "m.csv")
    column = call(
        "evidence",
        "events",
        "example-prices.csv",
        "example-events.csv",
        "--market",
        "index",
        "--json",
    )
    first, second = (json.loads(answer.out) for answer in (call(*line), column))
    assert first["mean"]["cumulative"][-1] == pytest.approx(second["mean"]["cumulative"][-1])


def test_bad_options_of_events_end_in_one_message(here: Path) -> None:
    (here / "full").mkdir()
    (here / "full" / "mine.txt").write_text("x")
    line = ("evidence", "events", "example-prices.csv", "example-events.csv")
    found = call(*line, "--window", "5", "--out", "full")
    assert found.code == 2
    assert "2 problem(s)" in found.err
    assert call(*line, "--market", "indx").code == 2
    assert call("evidence", "events", "gone.csv", "gone.csv").code == 2
    assert call("evidence", "export", "gone.duckdb", "--out", "x").code == 2
