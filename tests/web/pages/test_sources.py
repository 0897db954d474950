"""Method and sources: every number opens, what is not known never looks like nothing."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.clients import TestClient

from terbium.analysis.chain import graph_of
from terbium.base.speech import speaking
from terbium.evidence.audit import audit
from terbium.evidence.dataset import load_dataset
from terbium.web.app import create_app
from terbium.web.services import Services
from terbium.web.settings import Settings
from terbium.web.views.ranges import amount
from terbium.web.views.search import KINDS, entries, near_names, search
from terbium.web.views.sources import (
    DATASETS,
    datasets,
    estimate_view,
    group_view,
    holders,
    label_of,
)
from terbium.web.views.sources_about import (
    address_of,
    claim_view,
    method_view,
    publication_view,
    target_view,
    text_view,
)

NAMES = sorted(holders())
FIRST_OF_FAMILY = sorted({name.partition("/")[0]: name for name in reversed(NAMES)}.values())
RECIPE = "content/BEV/NdFeB_DyTb_magnet"
LOOSE = re.compile(r"<script(?! src=)|<style| style=| on\w+=")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Pages that only tell need one store for all tests."""
    services = Services.open(Settings(folder=tmp_path_factory.mktemp("sources")), inline=True)
    with TestClient(create_app(services), base_url="http://127.0.0.1:8765") as opened:
        yield opened


def read(client: TestClient, path: str, status: int = 200, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status, (path, answer.status_code)
    assert not LOOSE.search(answer.text)
    return unescape(answer.text)


def test_every_name_of_the_parameter_vectors_resolves_with_dated_and_licensed_claims() -> None:
    for dataset in DATASETS:
        data = load_dataset(dataset)
        for name in data.parameters.names:
            view = estimate_view(name)
            assert view is not None
            row = data.estimates[name]
            assert (view.low, view.central, view.high) == (row.low, row.central, row.high)
            assert [claim.id for claim in view.claims] == list(row.claims)
            assert view.claims
            for claim in view.claims:
                assert claim.licence
                assert claim.source.known_date in claim.source.date
                assert (claim.value is None) == bool(claim.recipe)


@pytest.mark.parametrize("name", FIRST_OF_FAMILY)
def test_a_name_of_every_family_opens_with_its_numbers_rule_and_claims(
    client: TestClient, name: str
) -> None:
    page = read(client, f"/sources/{name}")
    view = estimate_view(name)
    assert view is not None
    assert amount(view.central, view.unit, view.shape) in page
    assert view.rule in page
    assert all(claim.source.title in page and claim.id in page for claim in view.claims)
    assert f"grade-mark-{view.grade}" in page
    assert f"/manual/{view.family.manual}" in page


def test_a_row_that_may_not_be_passed_on_says_where_to_look_and_holds_no_value(
    client: TestClient,
) -> None:
    page = read(client, f"/sources/{RECIPE}")
    view = estimate_view(RECIPE)
    assert view is not None
    recipes = [claim for claim in view.claims if claim.recipe]
    assert recipes
    assert page.count("not passed on") == len(recipes)
    assert all(claim.recipe in page for claim in recipes)


def test_nothing_nil_and_unknown_are_told_apart(client: TestClient) -> None:
    data = load_dataset()
    nil = next(
        (name, claim)
        for name, one in data.estimates.items()
        for claim in one.claims
        if data.claims[claim].value == 0
    )
    assert "nil, as stated" in read(client, f"/sources/{nil[0]}")
    missing = read(client, "/sources/stock/days_of_cover/JPN/passenger_carz", 404)
    assert "That says nothing about its value" in missing
    assert 'href="/sources/stock/days_of_cover/JPN/passenger_cars"' in missing


@pytest.mark.parametrize(
    "path",
    [
        "/sources/nothing",
        "/sources/register/NOBODY",
        "/sources/methods/none",
        "/sources/%2e%2e/%2e%2e/etc/passwd",
        "/sources/<script>alert(1)</script>",
        "/sources/stock/",
    ],
)
def test_what_is_not_held_is_not_found_and_escaped(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (200 if path.endswith("stock/") else 404)
    assert "<script>alert" not in answer.text


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_name_with_a_slip_is_found_again(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    slipped = name[:at] + name[at + 1 :]
    if slipped not in holders():
        assert near_names(slipped)


def test_groups_list_their_members(client: TestClient) -> None:
    members = load_dataset().names("stock/days_of_cover/JPN/")
    page = read(client, "/sources/stock/days_of_cover/JPN")
    assert set(re.findall(r'href="/sources/(stock/days_of_cover/JPN/\w+)"', page)) == set(members)
    for name in NAMES[::50]:
        wider = name.rpartition("/")[0]
        group = group_view(wider)
        assert group is not None
        assert name in group.members
        assert sum(count for *_, count in group.parts) == len(group.members)


def test_how_far_balancing_moved_a_figure_is_what_the_graph_says() -> None:
    data = load_dataset()
    moves = graph_of(data, data.base_year).moves
    told = 0
    for row in moves.to_dict("records"):
        view = estimate_view(row["figure"])
        if view is not None:
            assert view.balance is not None
            assert view.balance.balanced == row["balanced"]
            assert view.balance.sourced == row["value"]
            told += 1
    assert told > 500


def test_fitted_parameters_tell_what_they_were_before() -> None:
    priors = load_dataset().table("priors").to_dict("records")
    for row in priors:
        view = estimate_view(str(row["name"]))
        assert view is not None
        assert view.prior is not None
        assert view.prior.central == row["central"]


def test_constants_texts_publications_targets_and_claims_resolve(client: TestClient) -> None:
    views = {
        "method": method_view,
        "publication": publication_view,
        "register": text_view,
        "target": target_view,
        "estimate": estimate_view,
    }
    counted = dict.fromkeys(KINDS, 0)
    opened = set()
    for entry in entries():
        counted[entry.kind] += 1
        if entry.kind in views:
            assert views[entry.kind](entry.name) is not None
        if entry.kind not in opened:
            opened.add(entry.kind)
            assert client.get(entry.path).status_code == 200
    assert all(counted.values())
    for data in datasets().values():
        assert all(claim_view(key) is not None for key in list(data.claims)[::40])


def test_other_names_lead_to_their_page(client: TestClient) -> None:
    assert address_of("reconcile/edge") == "/sources/methods/reconcile/edge"
    rows = load_dataset().table("history").to_dict("records")
    columns = ("material", "origin", "destination", "period")
    name = "/".join(["history", *(str(rows[0][column]) for column in columns)])
    page = client.get(f"/sources/{name}", follow_redirects=True)
    assert str(rows[0]["claim"]) in unescape(page.text)
    assert address_of("evidence/cn_share_mining") == "/evidence/quantities/cn_share_mining"


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(NAMES))
def test_an_estimate_is_found_by_the_words_of_its_name(name: str) -> None:
    found = search(name.replace("/", " "), kind="estimate")
    shown = [one.name for one in found.entries]
    assert name in shown or found.total > len(shown)


def test_facets_count_what_they_leave(client: TestClient) -> None:
    everything = search("magnet")
    assert sum(one.count for one in everything.kinds) == everything.total
    for facet in everything.families[:4]:
        assert search("magnet", family_key=facet.key).total == facet.count
    for facet in everything.grades:
        assert search("magnet", grade=facet.key).total == facet.count
    japan = search("日本 days of cover")
    assert {one.name for one in japan.entries} == set(
        load_dataset().names("stock/days_of_cover/JPN/")
    )
    assert "passenger cars" in read(client, "/sources?q=日本 days of cover")


def test_the_overview_tells_how_good_the_numbers_are(client: TestClient) -> None:
    page = read(client, "/sources")
    grades = audit(load_dataset()).grades
    assert amount(grades["D"], "1", "logit", 2) in page
    assert "Grades of the estimates, by family" in page
    assert page.count('role="img"') == 4


def test_quotations_keep_their_language_while_the_page_changes_its_own(
    client: TestClient,
) -> None:
    name = "stock/days_of_cover/JPN/passenger_cars"
    english, chinese = (read(client, f"/sources/{name}?lang={tag}") for tag in ("en", "zh-Hans"))
    rule = load_dataset().estimates[name].rule
    assert f'<p lang="en" class="rule">{rule}</p>' in chinese
    assert '<html lang="zh-Hans"' in chinese
    with speaking("zh-Hans"):
        label = label_of(name)
    assert label in chinese
    assert label not in english
    assert "日本" in label
