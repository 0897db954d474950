"""The overview: numbers as in the summary, languages, scenarios, branches, nothing of another's."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.web.clients import TestClient
from tests.web.conftest import OWNER, PORT, put_result

from terbium.base.speech import speaking
from terbium.report.words import amount, month, percent, value
from terbium.web.app import create_app
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.store.records import Result
from terbium.web.views import names, run
from terbium.web.views.scenarios import offers

HERE = {"Origin": f"http://127.0.0.1:{PORT}"}
Change = Callable[[dict[str, Any]], None]


def summary_of(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((result.folder / "summary.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def changed(
    tiny_run: Result, services: Services, tmp_path: Path
) -> Callable[[Change, str, dict[str, Any]], Result]:
    """Gives the owner a run whose summary was changed."""

    def put(change: Change, key: str, request: dict[str, Any]) -> Result:
        folder = tmp_path / f"changed-{key}"
        shutil.copytree(tiny_run.folder, folder, ignore=shutil.ignore_patterns("results.zarr"))
        summary = summary_of(tiny_run)
        change(summary)
        (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        altered = replace(
            tiny_run, key=key * 40, folder=folder, request={**tiny_run.request, **request}
        )
        return put_result(services, altered, OWNER)

    return put


@pytest.fixture
def waiting(settings: Settings) -> Iterator[tuple[Services, TestClient]]:
    """A server whose workers were never started."""
    opened = Services.open(settings)
    yield opened, TestClient(create_app(opened), base_url=f"http://127.0.0.1:{PORT}")
    opened.store.close()


def test_the_first_visit_asks_for_one_run_and_shows_its_progress(
    waiting: tuple[Services, TestClient],
) -> None:
    services, client = waiting
    page = client.get("/").text
    client.get("/")
    jobs = services.jobs.list(OWNER)
    assert [(job.kind, job.request["scenario"], job.request["draws"]) for job in jobs] == [
        ("run", "april-2025", 50)
    ]
    assert f'hx-get="/jobs/{jobs[0].id}' in page
    for offer in offers().values():
        assert f'href="/scenarios/{offer.name}"' in page
    assert "heavy-ree-cutoff-1y" in offers()


def test_what_is_shown_is_what_the_summary_says(client: TestClient, stored_run: Result) -> None:
    summary = summary_of(stored_run)
    page = client.get(f"/runs/{stored_run.key}").text
    regions = [
        row
        for row in summary["first_stops"]
        if row["industry"] == "all_industries"
        and row["region"] not in {"CHN", *summary["blocs"]}
        and row["share_stopped"] >= 0.5
    ]
    first = regions[0]
    assert f">week {amount(value(first['week']))}</a>" in page
    rows = [
        row
        for row in summary["monthly_exports"]
        if (row["material"], row["destination"]) == ("RE_magnet", "WLD")
    ]
    for row in rows:
        assert f'<th scope="row">{month(row["month"])}</th>' in page
        assert f"<span>{amount(value(row['central']))}</span>" in page
    worst = max(
        (r for r in summary["shortfalls"] if r["material"] == "RE_magnet"
         and r["destination"] not in {"WLD", *summary["blocs"]}),
        key=lambda row: value(row["central"]),
    )  # fmt: skip
    assert f"misses most, {percent(value(worst['central']))}" in page
    # every stock behind a stop opens its sources, and has its grade beside it
    pair = next(row for row in summary["first_stops"] if row["industry"] != "all_industries")
    assert f'href="/sources/stock/days_of_cover/{pair["region"]}/{pair["industry"]}"' in page


def test_it_is_kept_and_answered_from_memory(
    client: TestClient, stored_run: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/runs/{stored_run.key}"
    first = client.get(address)
    monkeypatch.setattr(run, "_read", lambda folder: pytest.fail("read again"))
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content
    german = client.get(f"{address}?lang=de", headers={"If-None-Match": first.headers["etag"]})
    assert german.status_code == 200
    assert german.headers["etag"] != first.headers["etag"]


def test_other_languages_name_places_in_their_own_words(
    client: TestClient, stored_run: Result
) -> None:
    client.cookies.set("lang", "zh-Hans")
    page = client.get(f"/runs/{stored_run.key}").text
    assert '<html lang="zh-Hans"' in page
    assert "日本" in page
    assert "2025年5月" in page
    assert ">Japan<" not in page
    german = client.get(f"/runs/{stored_run.key}?lang=de").text
    assert "Vereinigte Staaten" in german


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "Germany"),
        ("zh-Hans", "德国"),
        ("zh-Hant", "德國"),
        ("ja", "ドイツ"),
        ("de", "Deutschland"),
    ],
)
def test_places_have_names_in_every_language(tag: str, expected: str) -> None:
    with speaking(tag):
        assert names.place("DEU", "Germany") == expected
        assert names.place("XRW", "rest of the world")


def test_texts_of_a_run_are_never_markup(
    client: TestClient, changed: Callable[..., Result]
) -> None:
    def poison(summary: dict[str, Any]) -> None:
        summary["run"]["title"] = "<script>alert(1)</script>{{ 7 * 7 }}"
        summary["run"]["question"] = "<img src=x onerror=alert(2)>{nobody}"
        summary["names"]["JPN"] = "<b>Japan</b>"
        summary["sources"][0]["title"] = '"><script>alert(3)</script>'

    result = changed(poison, "a", {})
    page = client.get(f"/runs/{result.key}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>Japan" not in page
    assert "{{ 7 * 7 }}" in page


def test_both_branches_stand_side_by_side(
    client: TestClient, changed: Callable[..., Result], services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def late(summary: dict[str, Any]) -> None:
        summary["run"] |= {"last_day": "2027-01-03", "branch": "hold"}

    def lapsed(summary: dict[str, Any]) -> None:
        summary["run"] |= {"last_day": "2027-01-03", "branch": "lapse"}
        for row in summary["monthly_exports"]:
            row["central"] = value(row["central"]) * 2

    hold = changed(late, "b", {"branch": "hold"})
    page = client.get(f"/runs/{hold.key}").text
    assert "This run goes past the evidence of" in page
    assert "not computed" in page
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(
        type(services.jobs), "submit", lambda self, kind, request, owner: asked.append(request)
    )
    client.post(f"/runs/{hold.key}/other-branch", headers=HERE, follow_redirects=False)
    assert asked == [{**hold.request, "branch": "lapse"}]
    other = changed(lapsed, "c", {"branch": "lapse"})
    page = client.get(f"/runs/{hold.key}").text
    assert f'href="/runs/{other.key}"' in page
    last = [row for row in summary_of(hold)["monthly_exports"]
            if (row["material"], row["destination"]) == ("RE_magnet", "WLD")][-1]  # fmt: skip
    mine, theirs = (f"<strong>{amount(value(last['central']) * n)} t</strong>" for n in (1, 2))
    assert page.index(mine) < page.index(theirs)
    swapped = client.get(f"/runs/{other.key}").text
    assert swapped.index(mine) < swapped.index(theirs)


def test_a_scenario_is_run_as_it_is_or_as_it_was_rewritten(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch, stored_run: Result
) -> None:
    asked: list[dict[str, Any]] = []

    def submit(kind: str, request: dict[str, Any], owner: str) -> Any:
        asked.append(request)
        return services.jobs.list(owner)[0]

    text = offers()["status-quo"].text
    page = client.get("/scenarios/status-quo").text
    assert "name: status-quo" in page
    monkeypatch.setattr(services.jobs, "submit", submit)
    given = {"scenario": "status-quo", "draws": "5", "seed": "3", "branch": "lapse"}
    for sent in (text.replace("\n", "\r\n"), text.replace("base_year: 2024", "base_year: 2023")):
        answer = client.post("/runs", data={**given, "text": sent, "mixes": ["ten-years"]},
                             headers=HERE, follow_redirects=False)  # fmt: skip
        assert answer.status_code == 303
    assert "text" not in asked[0]
    assert asked[0]["mixes"] == ["ten-years"]
    assert asked[0]["branch"] == "lapse"
    assert "base_year: 2023" in asked[1]["text"]


def test_all_that_is_wrong_is_told_and_nothing_written_is_lost(client: TestClient) -> None:
    text = "name: mine\ntitle: <i>Mine</i>\nhorizon: {start: never}\nnonsense: 1\n"
    answer = client.post("/runs", headers=HERE, data={"scenario": "status-quo", "draws": "5",
                                                     "text": text})  # fmt: skip
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "title: &lt;i&gt;Mine&lt;/i&gt;" in answer.text
    assert answer.text.count("<li><strong>") >= 2


def test_a_choice_of_language_leads_back_and_never_away(client: TestClient) -> None:
    answer = client.post("/settings", data={"lang": "de", "next": "/scenarios/april-2025"},
                         headers=HERE, follow_redirects=False)  # fmt: skip
    assert answer.headers["location"] == "/scenarios/april-2025"
    assert "lang=de" in answer.headers["set-cookie"]
    for away in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"):
        answer = client.post("/settings", data={"look": "dark", "next": away}, headers=HERE,
                             follow_redirects=False)  # fmt: skip
        assert answer.headers["location"] == "/"
    assert '<html lang="de" data-look="dark">' in client.get("/scenarios/april-2025").text


def test_who_has_the_link_may_read_and_nothing_else(
    client: TestClient, stored_run: Result, services: Services
) -> None:
    client.post(f"/runs/{stored_run.key}/share", headers=HERE)
    slug = services.jobs.link(stored_run.key, OWNER)
    own = client.get(f"/runs/{stored_run.key}").text
    assert f"/s/{slug}" in own
    page = client.get(f"/s/{slug}").text
    assert f"/s/{slug}/figures/map.svg" in page
    assert stored_run.key not in page
    assert "Make a secret link" not in page
    chain = client.get(f"/s/{slug}/chain").text
    assert stored_run.key not in chain
    assert client.get(f"/s/{slug}/figures/map.svg").status_code == 200
    client.post(f"/runs/{stored_run.key}/unshare", headers=HERE)
    for gone in ("", "/chain", "/figures/map.svg", "/files/summary.json"):
        assert client.get(f"/s/{slug}{gone}").status_code == 404
