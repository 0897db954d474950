"""Requests for runs: one form for each answer, every problem at once, no path of the server."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.conftest import OWNER, TINY_RUN

from terbium.base.errors import InputError, Problems
from terbium.results.store import open_run
from terbium.web.services import Services
from terbium.web.store.records import Result
from terbium.web.work.requests import MOST_TEXT
from terbium.web.work.run import branches, canonical
from terbium.web.work.texts import check_text

OWN = """
extends: status-quo
name: mine
title: A scenario of one's own
draws: 2
horizon: {start: 2024-12-30, end: 2025-03-30}
"""
LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def places(request: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        canonical(request)
    return [problem.place for problem in caught.value.problems]


def test_requests_for_the_same_run_have_one_form() -> None:
    plain = canonical({"scenario": "april-2025"})
    assert plain == {
        "scenario": "april-2025",
        "mixes": [],
        "overrides": {},
        "draws": 200,
        "seed": 1,
        "branch": "hold",
    }
    for said in (
        {"draws": 200, "seed": 1.0, "branch": "hold"},
        {"overrides": {"draws": 200, "seed": "1"}},
        {"overrides": {"measures.branch": "hold"}, "mixes": []},
        {"draws": 3, "overrides": {"draws": 200}},
        {"text": "", "branch": None},
    ):
        assert canonical({"scenario": "april-2025", **said}) == plain
    assert canonical(plain) == plain
    # nobody spoils the form for others
    canonical(plain)["overrides"]["seed"] = 2
    assert canonical(plain) == plain


@pytest.mark.parametrize("value", [10**400, "9" * 400, float("inf"), ".nan", None, {}, [1]])
def test_a_value_that_is_no_number_is_told(value: object) -> None:
    assert places({"scenario": "april-2025", "overrides": {"licensing/weight/USA": value}})


def test_the_form_says_what_differs() -> None:
    forms = [
        canonical({"scenario": "april-2025", **said})
        for said in (
            {},
            {"draws": 3},
            {"seed": 2},
            {"branch": "lapse"},
            {"mixes": ["no-duties"]},
            {"mixes": ["no-duties", "no-hoarding"]},
            {"overrides": {"licensing/weight/USA": 2}},
            {"overrides": {"horizon.end": "2025-12-28"}},
        )
    ]
    texts = {json.dumps(form, sort_keys=True) for form in forms}
    assert len(texts) == len(forms)


def test_every_problem_is_told_at_once() -> None:
    found = places(
        {
            "scenario": "../april-2025",
            "mixes": "no-duties",
            "overrides": [1],
            "draws": 0,
            "seed": True,
            "branch": "both",
            "overlay": "/etc",
        }
    )
    assert sorted(found) == sorted(
        ["request", "scenario", "mixes", "overrides", "draws", "seed", "branch"]
    )


def test_problems_of_the_scenario_speak_of_the_request() -> None:
    request = {"scenario": "april-2025", "mixes": ["no-such"], "overrides": {"horizon.end": "x"}}
    assert places(request) == ["mixes no-such", "overrides horizon.end"]
    wrong = OWN.replace("2025-03-30", "2025-13-30")
    (place,) = places({"text": wrong})
    assert place.startswith("scenario.yaml, line 6")


@pytest.mark.parametrize(
    "request_",
    [
        {"scenario": "/etc/passwd"},
        {"scenario": "src/terbium/scenarios/april-2025.yaml"},
        {"scenario": "april-2025", "overrides": {"dataset": "/tmp"}},
        {"scenario": "april-2025", "overrides": {"dataset": "../data/ree-2024"}},
        {"scenario": "april-2025", "overrides": {"economy": "{table: /tmp}"}},
        {"scenario": "april-2025", "overrides": {"economy": {"table": "/tmp"}}},
        {"scenario": "april-2025", "overrides": {"economy.table": "../world-2011"}},
        {"text": OWN + "dataset: /etc\n"},
        {"text": OWN + "blocks: {a: {economy: {table: /etc}}}\n"},
        {"text": OWN.replace("status-quo", "/etc/passwd")},
    ],
)
def test_no_request_names_a_place_on_the_server(request_: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        canonical(request_)
    assert "the path of" not in str(caught.value)


def test_a_text_that_grows_when_it_is_read_is_refused() -> None:
    (place,) = places({"text": LAUGHS})
    assert place == "text, line 2"
    assert places({"scenario": "april-2025", "overrides": {"set": LAUGHS}}) == [
        "overrides set, line 2"
    ]
    assert places({"text": "[" * 1000}) == ["text, line 1"]
    assert places({"text": "x" * (MOST_TEXT + 1)})[0] == "text"
    assert places({"scenario": "april-2025", "overrides": {"horizon.end": "[" * 900}})


@given(st.text(max_size=60) | st.from_regex(r"[\[\]{}:,&*!|>#\- \na-c0-9'\"]{0,40}"))
@settings(max_examples=60)
def test_no_text_does_more_than_be_refused(text: str) -> None:
    check_text(text, Problems())
    try:
        canonical({"text": text} if text else {"scenario": text})
    except InputError:
        return


def test_the_other_branch_is_asked_for_where_the_evidence_ends() -> None:
    past = branches({"scenario": "april-2025"})
    assert past.is_past
    assert past.evidence_date > date(2026, 1, 1)
    assert past.other == canonical({"scenario": "april-2025", "branch": "lapse"})
    back = branches(past.other)
    assert back.other["branch"] == "hold"
    last = past.evidence_date.isoformat()
    assert not branches(TINY_RUN).is_past
    own = {"scenario": "april-2025", "overrides": {"horizon.end": last, "horizon.step_days": 1}}
    assert not branches(own).is_past


def test_the_result_is_a_run_folder(stored_run: Result) -> None:
    run = open_run(stored_run.folder)
    assert run.manifest["draws"] == 2
    assert (stored_run.folder / "report.html").is_file()
    assert stored_run.title == "april-2025"


def test_a_scenario_of_ones_own_is_ones_own(services: Services) -> None:
    jobs = services.jobs
    job = jobs.submit("run", {"text": OWN, "draws": 1}, OWNER)
    assert (job.state, job.title) == ("done", "mine"), job.problems
    manifest = (jobs.result(job.result, OWNER).folder / "manifest.json").read_text("utf-8")
    assert '"name": "mine"' in manifest
    assert str(services.settings.folder) not in manifest
    assert jobs.find("run", {"text": OWN, "draws": 1}, "another") is None


def test_a_server_has_its_own_limit_of_draws(services: Services) -> None:
    with pytest.raises(InputError, match="at most 1000"):
        services.jobs.submit("run", {"scenario": "april-2025", "draws": 1001}, OWNER)
