"""The chain and its regions: tonnes and shares as in the run's own tables."""

import csv
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.web.clients import TestClient
from tests.web.conftest import put_result

from terbium.report.words import amount, part, percent, value
from terbium.web.services import Services
from terbium.web.store.records import Result
from terbium.web.views.chain import chain_page
from terbium.web.views.moves import moves_of, per_year
from terbium.web.views.region import region_page


def rows_of(result: Result, table: str) -> Iterator[dict[str, str]]:
    with (result.folder / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def summary_of(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((result.folder / "summary.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("element", "stage", "starts", "ends"),
    [
        ("Nd+Pr", "magnet", {"magnet"}, {"assembly", "industry"}),
        ("Dy+Tb", "metal", {"metal"}, {"magnet"}),
        ("Dy+Tb", "concentrate", {"concentrate"}, {"separate"}),
    ],
)
def test_a_stage_shows_who_passes_on_how_much(
    client: TestClient, stored_run: Result, element: str, stage: str, starts: set[str],
    ends: set[str],
) -> None:  # fmt: skip
    given: dict[str, float] = {}
    for row in summary_of(stored_run)["baseline"]:
        if row["elements"] == element and row["stage_from"] in starts and row["stage_to"] in ends:
            given[row["region_from"]] = given.get(row["region_from"], 0.0) + value(row["flow"])
    page = chain_page(stored_run.folder, stored_run.key, element, stage)
    assert page.regions is not None
    shown = [(row[1], row[2]) for row in page.regions.rows]
    ranked = sorted(given.values(), reverse=True)
    assert shown == [(amount(t), part(t / sum(ranked))) for t in ranked]
    html = client.get(
        f"/runs/{stored_run.key}/chain", params={"element": element, "stage": stage}
    ).text
    first = max(given, key=lambda place: given[place])
    assert f'href="/regions/{first}?run={stored_run.key}"' in html
    assert f'<option value="{stage}" selected>' in html


def test_what_moved_in_the_run_is_set_against_the_base_year(stored_run: Result) -> None:
    sums: dict[str, list[float]] = {}
    for row in rows_of(stored_run, "links"):
        makes, takes = row["origin_node"].split("/"), row["destination_node"].split("/")
        # only what the light magnets of Japan's plants go to
        if makes[:2] == ["JPN", "magnet"] and takes[1] in ("assembly", "industry"):
            both = sums.setdefault(takes[0], [0.0, 0.0])
            both[0] += float(row["base"])
            both[1] += float(row["central"])
    moved = [m for m in moves_of(stored_run.folder)
             if (m.region_from, m.stage_from) == ("JPN", "magnet")]  # fmt: skip
    assert sum(m.base for m in moved) == pytest.approx(sum(s[0] for s in sums.values()), rel=1e-9)
    assert sum(m.moved for m in moved) == pytest.approx(sum(s[1] for s in sums.values()), rel=1e-9)
    page = chain_page(stored_run.folder, "", "Nd+Pr", "magnet")
    assert set(page.figures) == {"chain-base", "chain-run", "chain-map"}
    assert page.regions is not None
    assert len(page.regions.columns) == 4


def test_the_newest_chain_and_a_chosen_region_are_opened(
    client: TestClient, stored_run: Result
) -> None:
    answer = client.get("/chain", follow_redirects=False)
    assert answer.headers["location"] == f"/runs/{stored_run.key}/chain"
    chosen = client.get(
        f"/runs/{stored_run.key}/chain", params={"region": "JPN"}, follow_redirects=False
    )
    assert chosen.headers["location"] == f"/regions/JPN?run={stored_run.key}"
    odd = client.get(f"/runs/{stored_run.key}/chain", params={"region": "//evil", "stage": "<i>"})
    assert odd.status_code == 200
    assert "<i>" not in odd.text


def test_a_region_says_what_it_buys_and_when_it_stops(
    client: TestClient, stored_run: Result
) -> None:
    summary = summary_of(stored_run)
    by: dict[str, float] = {}
    for row in rows_of(stored_run, "links"):
        if row["material"] == "SmCo_magnet" and row["destination_node"].startswith("JPN/"):
            origin = row["origin_node"].split("/")[0]
            by[origin] = by.get(origin, 0.0) + float(row["base"])
    total = sum(by.values())
    days = summary["run"]["steps"] * summary["run"]["step_days"]
    page = region_page(stored_run.folder, "JPN")
    assert page is not None
    assert page.bought is not None
    bought = next(r for r in page.bought.rows if r[0] == "Samarium-cobalt magnet")
    assert bought[1] == amount(per_year(total, days))
    assert bought[3] == part(max(t for p, t in by.items() if p != "JPN") / total)
    with (stored_run.folder / "parameters.csv").open(encoding="utf-8", newline="") as stream:
        known = {r["name"]: r for r in csv.DictReader(stream)}
    cover = known["stock/days_of_cover/JPN/vehicle_parts"]
    html = client.get(f"/regions/JPN?run={stored_run.key}").text
    link = 'href="/sources/stock/days_of_cover/JPN/vehicle_parts"'
    assert f"{link}>{float(cover['central']):g}</a>" in html
    assert f'class="grade grade-mark-{cover["grade"]}" {link}>{cover["grade"]}</a>' in html
    stop = next(r for r in summary["first_stops"]
                if (r["region"], r["industry"]) == ("JPN", "all_industries"))  # fmt: skip
    assert f"stops in week {amount(value(stop['week']))}" in html
    assert f"in {percent(stop['share_stopped'])} of the draws" in html


def test_regions_that_nobody_knows_are_not_found(client: TestClient, stored_run: Result) -> None:
    for code in ("XXX", "EU27", "jpn", "WLD"):
        assert client.get(f"/regions/{code}?run={stored_run.key}").status_code == 404


def test_runs_of_others_are_not_found(
    client: TestClient, tiny_run: Result, services: Services
) -> None:
    theirs = put_result(services, tiny_run, "0" * 32)
    for address in ("", "/chain", "/figures/map.svg", "/files/summary.json"):
        assert client.get(f"/runs/{theirs.key}{address}").status_code == 404
    assert client.get(f"/regions/JPN?run={theirs.key}").status_code == 404
    assert client.get("/chain", follow_redirects=False).headers["location"] == "/"
