"""What if: every lever does what it says, and the answer is that of an ordinary run."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.clients import TestClient
from tests.web.conftest import OWNER

from terbium.base.errors import InputError, Problems
from terbium.results.summary import summarise
from terbium.study import open_study
from terbium.web.services import Services
from terbium.web.views import lever_words, levers
from terbium.web.views.what_if import answer_of
from terbium.web.work import what_if

END = "2025-06-29"
TINY = {"scenario": "april-2025", "draws": 3, "end": END}
BASE = what_if.base_of(TINY)
LEVERS = {lever.name: lever for lever in BASE.levers}


def answered(folder: Path, **request: Any) -> dict[str, Any]:
    """The content of an answer, computed here."""
    form = what_if.canonical({**TINY, **request})
    what_if.perform(form, None, folder, lambda done, total: None)
    found: dict[str, Any] = json.loads((folder / what_if.SUMMARY).read_text(encoding="utf-8"))
    return found


def side(levers: Mapping[str, Any], **request: Any) -> what_if.Side:
    form = what_if.canonical({**TINY, "levers": levers, **request})
    return what_if._side(what_if.moved(form), lambda done, total: None)


def as_read(rows: object) -> Any:
    return json.loads(json.dumps(what_if._plain(rows)))


def test_rows_are_those_of_an_ordinary_run(tmp_path: Path) -> None:
    moves = {"licensing/weight/USA": 0.5, "stock/JPN": 2.0, "response/hoarding": False}
    found = answered(tmp_path, levers=moves)
    covers = BASE.study.dataset.names("stock/days_of_cover/JPN/")
    overrides = {
        "horizon.end": END,
        "licensing/weight/USA": 0.5,
        "responses.hoarding": False,
        **dict.fromkeys(covers, "times 2"),
    }
    run = open_study("april-2025", overrides=overrides, draws=3).simulate()
    rows = summarise(run.recording, run.context)
    assert found["first_stops"] == as_read(rows["first_stops"])
    exports = [row for row in rows["monthly_exports"] if row["material"] == "RE_magnet"]  # type: ignore[attr-defined]
    assert found["monthly_exports"] == as_read(exports)
    assert found["monthly_exports"] != found["base"]["monthly_exports"]


def test_equal_requests_have_equal_bytes_whatever_a_worker_keeps(tmp_path: Path) -> None:
    texts = []
    for name in ("kept", "anew"):
        folder = tmp_path / name
        folder.mkdir()
        answered(folder, levers={"licensing/weight/USA": 0.4})
        texts.append((folder / what_if.SUMMARY).read_bytes())
        what_if._sides = type(what_if._sides)(12)
    assert texts[0] == texts[1]


def test_a_destination_that_is_granted_nothing_gets_less() -> None:
    before, after = side({}), side({"licensing/grant_share/USA": 0.0})
    route = ("RE_magnet", "CHN", "USA")
    assert (after.routes[route].sum(axis=0) < before.routes[route].sum(axis=0)).all()


def test_larger_stocks_bring_no_stop_forward() -> None:
    calm = {"responses.hoarding": False, "responses.anticipation": False,
            "responses.rerouting": False}  # fmt: skip
    before = side({}, overrides=calm)
    for lever in ("stock/all", "stock/KOR"):
        after = side({lever: 2.0}, overrides=calm)
        held = [key for key in before.weeks if lever == "stock/all" or key[0] == "KOR"]
        assert all((after.weeks[key] >= before.weeks[key]).all() for key in held)
        assert any((after.weeks[key] > before.weeks[key]).any() for key in held)


def test_a_shock_that_begins_later_stops_later(tmp_path: Path) -> None:
    request = {"scenario": "heavy-ree-cutoff-1y", "end": "2025-08-31"}
    found = answered(tmp_path, **request, levers={"start": "2025-05-05"})
    assert found["run"]["headline_date"] == "2025-05-05"
    assert {row["first"] for row in found["overrides"]["shocks"]} == {"2025-05-05"}
    months = {
        (row["destination"], row["month"]): float(row["central"])
        for row in found["monthly_exports"]
    }
    base = {
        (row["destination"], row["month"]): float(row["central"])
        for row in found["base"]["monthly_exports"]
    }
    assert months["WLD", "2025-04"] > base["WLD", "2025-04"]


def test_every_lever_has_an_effect_on_the_request() -> None:
    still = what_if.moved({**BASE.form, "levers": {}, "end": END, "apart": False})
    for lever in BASE.levers:
        moved = what_if.moved({**BASE.form, "end": END}, {lever.name: _elsewhere(lever)})
        assert moved != still, lever.name


def test_all_levers_at_once_make_a_valid_request() -> None:
    moves = {lever.name: _elsewhere(lever) for lever in BASE.levers if lever.kind != "switch"}
    form = what_if.canonical({**TINY, "levers": moves})
    assert set(form["levers"]) == set(moves)
    assert what_if.canonical(form) == form


def test_a_lever_in_its_first_place_changes_nothing() -> None:
    rest = {lever.name: lever.default for lever in BASE.levers}
    assert what_if.canonical({**TINY, "levers": rest})["levers"] == {}


def test_ranges_hold_their_estimate_and_their_notches() -> None:
    for lever in BASE.levers:
        if not lever.is_slider:
            continue
        assert lever.least <= lever.low <= lever.central <= lever.high <= lever.most, lever.name
        assert isinstance(lever.default, float)
        notches = (lever.default - lever.least) / lever.step
        assert abs(notches - round(notches)) < 1e-6, lever.name
        assert abs(lever.default - lever.central) <= lever.step, lever.name
        assert lever.estimates


def test_what_a_mix_or_a_run_has_fixed_is_where_a_slider_stands() -> None:
    request = {**TINY, "overrides": {"licensing/weight/USA": 0.7, "stock/cover_scale": 2.0}}
    base = what_if.base_of(request)
    found = {lever.name: lever for lever in base.levers}
    assert found["licensing/weight/USA"].default == pytest.approx(0.7)
    moved = what_if.moved({**base.form, "levers": {"stock/all": 0.5}, "end": END})
    assert moved["overrides"]["stock/cover_scale"] == pytest.approx(1.0)


def test_a_stored_run_in_full_has_its_own_time_and_draws() -> None:
    form = what_if.canonical({**TINY, "levers": {"mix/no-duties": True, "branch": "lapse"}})
    full = what_if.in_full(form)
    assert "draws" not in full
    assert "horizon.end" not in full["overrides"]
    assert full["mixes"] == ["no-duties"]
    assert full["branch"] == "lapse"


def test_each_lever_alone(tmp_path: Path) -> None:
    moves = {"licensing/grant_share/USA": 0.0, "stock/JPN": 2.5}
    found = answered(tmp_path, levers=moves, apart=True)
    assert [row["lever"] for row in found["apart"]] == sorted(moves)
    grant = {row["destination"]: row for row in found["apart"][0]["totals"]}
    assert grant["USA"]["difference"] < 0
    answer = answer_of(tmp_path, BASE.levers)
    assert answer.is_apart
    assert all("alone" in move.alone for move in answer.moves)


settings_of_levers = st.dictionaries(
    st.sampled_from([*LEVERS, "licensing/weight/XXX", "mix/none", "stock", ""]),
    st.one_of(
        st.floats(allow_nan=True),
        st.floats(0, 1),
        st.booleans(),
        st.sampled_from(["hold", "lapse", "2025-05-05", "", "1e9", "../x"]),
        st.none(),
        st.lists(st.integers(), max_size=2),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(settings_of_levers)
def test_any_setting_is_valid_or_told_with_its_place(moves: dict[str, Any]) -> None:
    try:
        form = what_if.canonical({**TINY, "levers": moves})
    except InputError as error:
        found = [(one.place, one.seen, one.allowed, one.remedy) for one in error.problems]
    else:
        found = []
    assert all(all(parts) for parts in found)
    if found:
        return
    assert what_if.canonical(form) == form
    json.dumps(form, allow_nan=False)
    assert what_if.moved(form)["overrides"]["horizon.end"] == END


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"end": "2031-01-01"}, "end"),
        ({"end": "soon"}, "end"),
        ({"draws": 5000}, "draws"),
        ({"levers": [1]}, "levers"),
        ({"apart": "yes"}, "apart"),
        ({"scenario": "/etc/passwd"}, "scenario"),
        ({"folder": "x"}, "folder"),
        ({"overrides": {"responses.hoarding": "perhaps"}}, "overrides responses.hoarding"),
    ],
)
def test_a_wrong_request_names_the_place(wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as caught:
        what_if.canonical({**TINY, **wrong})
    assert any(place in problem.place for problem in caught.value.problems)


def test_every_lever_is_called_something_in_every_language() -> None:
    study = BASE.study
    panels = lever_words.panels(study.scenario, study.dataset, BASE.levers, {"stock/JPN": 2.0})
    shown = [one for panel in panels for one in panel.levers]
    assert len(shown) == len(BASE.levers)
    assert all(one.title and one.told for one in shown)
    assert [one.lever.name for one in shown if one.is_moved] == ["stock/JPN"]
    titles = [(one.lever.group, one.title) for one in shown]
    assert len(set(titles)) == len(titles)


# ------------------------------------------------------------------------------------- pages


@pytest.fixture
def form(client: TestClient) -> dict[str, str]:
    """What the form of the page sends when nothing was moved."""
    page = client.get("/what-if")
    assert page.status_code == 200
    return {**_fields(page.text), "draws": "3", "end": END}


def _fields(page: str) -> dict[str, str]:
    text = page.partition('id="levers"')[2].partition("</form>")[0]
    found = {}
    for tag in re.findall(r"<input [^>]*>", text):
        said = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if said.get("type") != "checkbox" or tag.endswith("checked>") or " checked " in tag:
            found[said["name"]] = html.unescape(said["value"])
    for name, body in re.findall(r'<select id="[^"]*" name="([^"]*)">(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        assert chosen, name
        found[name] = chosen.group(1)
    return found


def test_a_form_as_it_came_asks_for_the_scenario_as_it_stands(
    client: TestClient, form: dict[str, str]
) -> None:
    sent = client.post("/what-if", data=form, follow_redirects=False)
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/results/")
    page = client.get(sent.headers["location"]).text
    assert "The scenario as it stands" in page
    assert "Who runs short" in page


def test_a_moved_slider_is_answered_and_kept_under_its_address(
    client: TestClient, form: dict[str, str]
) -> None:
    form |= {"lever.licensing/weight/USA": "0.5"}
    part = client.post("/what-if", data=form, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "Weight at the desk, United States" in part.text
    address = re.search(r'data-permalink="([^"]+)"', part.text)
    assert address
    page = client.get(address.group(1)).text
    slider = re.search(r'<input type="range"[^>]*name="lever.licensing/weight/USA"[^>]*>', page)
    assert slider
    assert ' value="0.5"' in slider.group()
    assert "/sources/licensing/weight/USA" in page
    again = client.post("/what-if", data=form, headers={"HX-Request": "true"})
    assert address.group(1) in again.text
    exports = client.get(
        address.group(1).replace("results", "what-if") + "/exports?to=USA",
        headers={"HX-Request": "true"},
    )
    assert "United States" in exports.text
    assert "<svg" in exports.text


def test_what_a_question_began_with_stays_its_base(client: TestClient, services: Services) -> None:
    began = {**TINY, "overrides": {"licensing/weight/JPN": 0.9}, "seed": 5}
    first = services.jobs.submit("what_if", began, OWNER)
    page = client.get(f"/results/{first.result}").text
    fields = {**_fields(page), "lever.stock/JPN": "2"}
    sent = client.post("/what-if", data=fields, follow_redirects=False)
    key = sent.headers["location"].split("/")[2].partition("?")[0]
    request = services.jobs.result(key, OWNER).request
    assert request["overrides"] == began["overrides"]
    assert request["seed"] == 5
    assert request["levers"] == {"stock/JPN": 2.0}
    reset = client.get(f"/what-if?run={key}&fresh=1").text
    assert "The scenario as it stands" in reset
    wrong = client.post("/what-if", data={**fields, "base": "[1"})
    assert wrong.status_code == 422


def test_a_wrong_field_is_told_beside_the_form(client: TestClient, form: dict[str, str]) -> None:
    form |= {"lever.licensing/weight/USA": "much", "lever.stock/JPN": "900"}
    page = client.post("/what-if", data=form)
    assert page.status_code == 422
    assert "levers licensing/weight/USA" in page.text
    assert "levers stock/JPN" in page.text
    part = client.post("/what-if", data=form, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "levers stock/JPN" in part.text


def test_a_question_that_waits_is_dropped_by_the_next(settings: Any) -> None:
    from terbium.web.app import create_app

    services = Services.open(settings)
    try:
        with TestClient(create_app(services), base_url="http://127.0.0.1:8765") as client:
            data = {"scenario": "april-2025", "draws": "3", "end": END}
            part = client.post("/what-if", data=data, headers={"HX-Request": "true"}).text
            first = re.search(r'name="previous" value="([^"]+)"', part)
            assert first
            assert 'hx-get="/what-if/jobs/' in part
            data |= {"previous": first.group(1), "lever.stock/JPN": "2"}
            part = client.post("/what-if", data=data, headers={"HX-Request": "true"}).text
            assert services.jobs.job(first.group(1), OWNER).state == "cancelled"
            second = re.search(r'name="previous" value="([^"]+)"', part)
            assert second
            assert second.group(1) != first.group(1)
            ended = client.post(f"/what-if/jobs/{second.group(1)}/cancel", follow_redirects=True)
            assert "You have dropped this question" in ended.text
    finally:
        services.close()


def test_the_whole_run_is_asked_for_by_one_button(
    client: TestClient, services: Services, form: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    form |= {"lever.stock/JPN": "2"}
    sent = client.post("/what-if", data=form, follow_redirects=False)
    key = sent.headers["location"].split("/")[2].partition("?")[0]
    asked: list[tuple[str, Mapping[str, Any]]] = []
    answer = services.jobs.list(OWNER)[0]

    def submit(kind: str, request: Mapping[str, Any], owner: str) -> Any:
        asked.append((kind, request))
        return answer

    monkeypatch.setattr(services.jobs, "submit", submit)
    client.post(f"/what-if/{key}/full", follow_redirects=False)
    ((kind, request),) = asked
    assert kind == "run"
    assert "draws" not in request
    assert request["overrides"]["stock/days_of_cover/JPN/passenger_cars"] == "times 2"


def _elsewhere(lever: levers.Lever) -> levers.Value:
    """A setting of a lever that is not its first."""
    if lever.kind == "switch":
        return not lever.default
    if lever.kind == "branch":
        return "lapse" if lever.default == "hold" else "hold"
    if lever.kind == "day":
        return lever.last
    middle = lever.low + (lever.high - lever.low) * 0.25
    problems = Problems()
    assert lever.read(middle, problems) is not None
    assert not len(problems)
    return float(np.float64(middle))
