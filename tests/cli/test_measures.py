"""``terbium measures``: what it prints, as text and as data, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from tests.cli.commands import call

# what a plain question must not wait for
LIGHT = """
import sys
from terbium.cli.guard import guarded
from terbium.cli.main import commands
code = guarded(lambda: commands(sys.argv[1:]))
heavy = ("numba", "scipy", "pandas", "xarray", "zarr", "numpy", "pydantic", "ruamel.yaml", "rich")
found = [name for name in heavy if name in sys.modules]
sys.exit(f"{code} {found}" if code or found else 0)
"""
MAGNET = ("--item", "NdFeB magnet, Dy 2%")


def data(*args: object) -> Any:
    answer = call("measures", *args, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


@pytest.mark.parametrize(
    "args",
    [
        ["measures", "--on", "2026-03-01"],
        ["measures", "--expiring", "60", "--on", "2026-10-01"],
        ["measures", "--linked", "CN-REE-2025-18"],
        ["measures", "--disclosure", "CN-REE-2025-18", "--json"],
        ["measures", "--parties", "JP", *MAGNET, "--on", "2026-03-01"],
        ["tariff", "--importer", "US", "--origin", "CN", "--on", "2025-11-20"],
    ],
)
def test_a_plain_question_loads_nothing_heavy(args: list[str]) -> None:
    found = subprocess.run([sys.executable, "-c", LIGHT, *args], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def test_every_page_carries_the_day_of_the_evidence(tmp_path: Path) -> None:
    pages = (
        ["--on", "2026-03-01"],
        ["--diff", "2025-11-01", "2025-11-12"],
        ["--linked", "US-AFFILIATES-2025"],
        ["--expiring", "30"],
        ["--disclosure", "CN-REE-2025-18"],
        ["--checklist", "CN-GENLIC-2025"],
        ["--parties", "JP", *MAGNET],
        ["--links"],
    )
    for args in pages:
        said = call("measures", *args)
        assert said.code == 0, said.err
        assert "(evidence to 2026-09-18)" in " ".join(said.out.split()), args
        assert "Not legal advice" in " ".join(said.out.split()), args
        assert max(len(line) for line in said.out.splitlines()) <= 110
        found = data(*args)
        assert (found["evidence_date"], found["note"]) == ("2026-09-18", "Not legal advice.")


def test_in_force_on_and_known_on() -> None:
    rows = {row["id"]: row for row in data("--on", "2026-03-01")["acts"]}
    assert rows["CN-REE5-2025-57"]["state"] == "suspended"
    assert rows["CN-REE5-2025-57"]["until"] == "2026-11-10"
    assert rows["CN-REE-2025-18"]["state"] == "in force"
    # nobody had heard of it
    assert "CN-ECL-2026-23-US" not in rows
    known = {
        row["id"]: row for row in data("--on", "2025-12-05", "--known-on", "2025-10-20")["acts"]
    }
    assert known["CN-REE-XT-2025-61-DM"]["state"] == "in force"
    assert "CN-SUSP-2025-70" not in known


def test_what_is_no_law_stands_apart() -> None:
    said = call("measures", "--on", "2025-11-01").out
    law, others = said.split("No law (no part of a legal answer)")
    assert "US-THREAT-100-2025" not in law
    assert "US-THREAT-100-2025" in others
    assert "threat not executed" in " ".join(others.split())


def test_past_the_evidence_both_branches_are_told() -> None:
    said = call("measures", "--on", "2026-11-20").out
    hold, lapse = said.split("If pauses lapse by their text")
    assert "CN-REE-XT-2025-61-DM" in hold.split("If pauses hold")[1]
    assert "CN-REE-XT-2025-61-DM" in lapse
    rows = [r for r in data("--on", "2026-11-20")["acts"] if r["id"] == "CN-REE-XT-2025-61-DM"]
    assert {(row["branch"], row["state"]) for row in rows} == {
        ("hold", "suspended"), ("lapse", "in force"),
    }  # fmt: skip


def test_what_expires_and_its_calendar(tmp_path: Path) -> None:
    place = tmp_path / "x.ics"
    answer = call("measures", "--expiring", 60, "--on", "2026-10-01", "--ics", place)
    assert answer.code == 0, answer.err
    days = [line for line in answer.out.splitlines() if line.startswith("Last day")]
    assert days == ["Last day 2026-11-09", "Last day 2026-11-10", "Last day 2026-11-27"]
    events = list(Calendar.from_ical(place.read_bytes()).walk("VEVENT"))
    assert {str(event.decoded("dtstart")) for event in events} == {
        "2026-11-09", "2026-11-10", "2026-11-27",
    }  # fmt: skip
    assert len(events) == len(data("--expiring", 60, "--on", "2026-10-01")["expiring"])


def test_a_calendar_of_one_issuer(tmp_path: Path) -> None:
    place = tmp_path / "us.ics"
    call("measures", "--on", "2026-09-18", "--issuer", "us", "--ics", place)
    events = Calendar.from_ical(place.read_bytes()).walk("VEVENT")
    assert {str(event["summary"]).split("-")[0] for event in events} == {"US"}


def test_changes_between_two_days() -> None:
    found = data("--diff", "2025-11-01", "2025-11-12", "--issuer", "CN")
    turned = {(row["id"], row["day"], row["after"]) for row in found["changes"]}
    assert ("CN-REETECH-2025-62", "2025-11-07", "suspended") in turned
    assert {row["id"].split("-")[0] for row in found["announced"]} == {"CN"}
    assert call("measures", "--diff", "2025-07-16", "2025-07-17").out.endswith("register.\n")


def test_links_with_their_basis() -> None:
    found = data("--linked", "us-affiliates-2025", "--on", "2026-03-01")["links"]
    assert {x["basis"] for x in found if x["relation"] == "paired with"} == {"official_statement"}
    said = call("measures", "--linked", "US-AFFILIATES-2025").out
    assert "No pair revives by itself" in said


def test_classes_of_parties_in_japan() -> None:
    def told(on: str) -> dict[str, tuple[str, list[str]]]:
        rows = data("--parties", "日本", *MAGNET, "--on", on)["classes"]
        return {
            f"{r['class']} {';'.join(r['acts'])}".strip(): (r["status"], r["measures"])
            for r in rows
        }

    before, after = told("2026-01-05"), told("2026-03-01")
    assert before["military users and uses"][0] == "licence_case_by_case"
    assert after["military users and uses"] == ("prohibited", ["CN-JP-2026-1"])
    assert after["civil users on no list"] == ("licence_case_by_case", ["CN-REE-2025-18"])
    listed = {name: row for name, row in after.items() if "CN-ECL-2026-11" in name}
    assert {status for status, _ in listed.values()} == {"prohibited"}
    watched = next(row for name, row in after.items() if "CN-WATCH-2026-12" in name)
    assert watched == ("licence_case_by_case", ["CN-WATCH-2026-12", "CN-REE-2025-18"])
    assert not any("CN-WATCH" in name for name in before)


def test_a_date_to_come_for_a_class_of_parties() -> None:
    rows = data("--parties", "JP", *MAGNET, "--on", "2026-01-05")["classes"]
    military = next(row for row in rows if row["class"] == "military users and uses")
    assert military["next_change"] == {
        "day": "2026-01-06", "measures": ["CN-JP-2026-1"], "status": "prohibited",
    }  # fmt: skip


def test_a_scenario_that_supposes() -> None:
    options = ("--scenario", "october-2025", "--mix", "as-announced")
    found = data("--on", "2025-12-05", *options)
    rows = {row["id"]: row["state"] for row in found["acts"]}
    assert rows["CN-REE-XT-2025-61-DM"] == "in force"
    assert "no government did that" in found["supposed"]
    assert "no government did that" in call("measures", "--on", "2025-12-05", *options).out
    checked = call(
        "check", "--item", "NdFeB magnet", "--content", "Dy 2%", "--origin", "DE", "--exporter",
        "DE", "--destination", "US", "--end-use", "motor", "--end-user", "civilian",
        "--value-share", "0.01", "--origin-content", "CN", "--on", "2025-12-05", *options,
    )  # fmt: skip
    assert "licence_case_by_case" in checked.out
    assert "no government did" in checked.out


def test_documents_and_conditions() -> None:
    said = call("measures", "--disclosure", "CN-REE-2025-18").out
    assert said.index("Required") < said.index("Optional") < said.index("Inferable")
    assert "in full and true" in said
    assert "Nothing is held" in call("measures", "--disclosure", "US-S122-2026").out
    assert "CN-GENLIC-2025" in call("measures", "--checklist", "CN-REE-2025-18").out


def test_paragraphs_on_links_are_counted() -> None:
    found = data("--links")
    assert sum(found["counts"].values()) == len(found["paragraphs"])
    assert {row["measure"] for row in found["paragraphs"]} >= {"CN-REE-2025-18", "WTO-DS431"}


@pytest.mark.parametrize(
    ("args", "phrases"),
    [
        (["--on", "2026-02-30"], ["--on: seen '2026-02-30'", "a day that exists"]),
        (["--linked", "CN-REE-2025-19"], ["'CN-REE-2025-19'", "Did you mean 'CN-REE-2025-18'?"]),
        (["--expiring", "-3"], ["--expiring: seen '-3'", "a whole number of days"]),
        (["--diff", "2025-12-01", "2025-11-01"], ["the earlier day first"]),
        (["--diff", "2025-12-01", "2025-12-02", "--expiring", "3"], ["2 questions at once"]),
        (["--linked", "CN-REE-2025-18", "--ics", "x.ics"], ["it beside --linked"]),
        (["--links", "--ics", "x.ics"], ["it beside --links"]),
        (
            ["--parties", "JP", *MAGNET, "--expiring", "3"],
            ["--expiring --parties: seen 2 questions"],
        ),
        (["--issuer", "XX"], ["--issuer: seen 'XX'", "CN"]),
        (["--parties", "JP"], ["--item: seen nothing"]),
        (["--parties", "Q", *MAGNET], ["--parties: seen 'Q'"]),
        (["--scenario", "octobre-2025"], ["'octobre-2025'", "october-2025"]),
        (["--on", "x", "--known-on", "y"], ["2 problem(s)"]),
    ],
)
def test_bad_input(args: list[str], phrases: list[str], tmp_path: Path) -> None:
    answer = call("measures", *args)
    assert answer.code == 2
    assert [phrase for phrase in phrases if phrase not in answer.err] == [], answer.err
    assert answer.out == ""
