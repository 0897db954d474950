"""Two tokens on one server: the second tries to get at what belongs to the first."""

import itertools
import re

import pytest
from fastapi.routing import APIRoute
from tests.web.security.conftest import ALICE, MALLORY, SECRET, Guarded

METHODS = ("GET", "POST", "DELETE")
# what the package holds, and nobody's
PUBLIC = ("/api/v1/measures", "/api/v1/quantities", "/api/v1/sources", "/api/v1/scenarios",
          "/sources", "/regions", "/rules/acts", "/evidence/quantities")  # fmt: skip
# what an attacker may be answered where an id of somebody else stands in the address
REFUSED = {401, 403, 404, 405, 415, 422, 303}
OTHERS = {
    "name": ("summary.json", "first_stops"),
    "kind": ("svg",),
    "ending": ("svg",),
    "iso3": ("JPN",),
    "measure": ("CN-REE-2025-18",),
    "slug": ("nobody-knows-it",),
    "secret": ("nobody-knows-it",),
}


def routes(guarded: Guarded) -> list[APIRoute]:
    found: list[APIRoute] = []

    def collect(holder: object) -> None:
        for route in getattr(holder, "routes", ()):
            if isinstance(route, APIRoute):
                found.append(route)
            else:
                collect(getattr(route, "original_router", route))

    collect(guarded.app)
    return found


def paths_of(guarded: Guarded) -> list[str]:
    """Paths as the application describes them, those of pages included."""
    described = set(guarded.app.openapi()["paths"])
    return sorted({*described, *(route.path for route in routes(guarded))})


def filled(path: str, ids: list[str]) -> list[str]:
    """A path with ids in its places; nothing if it has none."""
    places = re.findall(r"\{(\w+)(?::\w+)?\}", path)
    ways = [[*ids, *OTHERS.get(place, ())] for place in places]
    made = []
    is_public = path.startswith(PUBLIC)
    for values in itertools.product(*ways) if places and not is_public else ():
        one = path
        for place, value in zip(places, values, strict=True):
            one = re.sub(rf"\{{{place}(:\w+)?\}}", value, one)
        made.append(one)
    return made


def ids_of(guarded: Guarded) -> list[str]:
    return [guarded.results["run"].key, guarded.results["article"].key, guarded.jobs[0]]


def test_there_are_many_places_to_try(guarded: Guarded) -> None:
    tried = [path for path in paths_of(guarded) if filled(path, ["x"])]
    assert len(tried) > 12, tried


@pytest.mark.parametrize("token", [MALLORY, ""], ids=["other", "nobody"])
def test_nothing_of_another_is_told_or_changed(guarded: Guarded, token: str) -> None:
    attacker, wrong = guarded.client(token), []
    ids = ids_of(guarded)
    before = {path.name for path in guarded.services.settings.folder.rglob("*")}
    for path in itertools.chain.from_iterable(filled(one, ids) for one in paths_of(guarded)):
        is_private = any(one in path for one in ids)
        for method in METHODS if token else ("GET",):
            answer = attacker.request(method, path, json={} if method == "POST" else None)
            told = answer.text + str(answer.headers)
            if SECRET in told or (is_private and answer.status_code not in REFUSED):
                wrong.append(f"{method} {path}: {answer.status_code}")
            assert answer.status_code < 500, f"{method} {path}"
    assert not wrong, "\n".join(wrong[:20])
    owner = guarded.client(ALICE)
    assert {one["key"] for one in owner.get("/api/v1/results").json()} == {
        one.key for one in guarded.results.values()
    }
    assert {path.name for path in guarded.services.settings.folder.rglob("*")} >= before


def test_lists_hold_what_is_ones_own(guarded: Guarded) -> None:
    for path in ("/api/v1/jobs", "/api/v1/results", "/api/v1/runs", "/api/v1/articles"):
        assert guarded.client(ALICE).get(path).json()
        assert guarded.client(MALLORY).get(path).json() == []
        assert guarded.client().get(path).status_code == 401


def test_anothers_is_told_like_nothing(guarded: Guarded) -> None:
    attacker = guarded.client(MALLORY)
    for one in ids_of(guarded):
        nobody = re.sub("[0-9a-z]", "f", one)
        for stem in ("/api/v1/jobs/", "/api/v1/results/", "/api/v1/runs/", "/jobs/", "/runs/"):
            there, not_there = (attacker.get(f"{stem}{name}") for name in (one, nobody))
            assert there.status_code == not_there.status_code
            assert there.text.replace(one, "ID") == not_there.text.replace(nobody, "ID")


def test_the_owner_still_has_it(guarded: Guarded) -> None:
    owner = guarded.client(ALICE)
    for kind, one in guarded.results.items():
        answer = owner.get(f"/api/v1/results/{one.key}")
        assert (answer.status_code, answer.json()["kind"]) == (200, kind)
    assert SECRET in owner.get(f"/api/v1/articles/{guarded.results['article'].key}").text


def test_a_link_is_for_reading_and_ends(guarded: Guarded) -> None:
    owner, nobody = guarded.client(ALICE), guarded.client()
    key = guarded.results["run"].key
    shared = f"/api/v1/results/{key}/share"
    link = owner.post(shared).json()["path"]
    assert re.fullmatch(r"/s/[\w-]{22,}", link), "at least 128 random bits"
    assert owner.post(shared).json()["path"] == link
    assert nobody.post(shared).status_code == 401
    assert guarded.client(MALLORY).delete(shared).status_code == 404
    assert owner.get(f"/api/v1/results/{key}").json()["shared"] == link
    assert owner.delete(shared).status_code == 204
    assert owner.get(f"/api/v1/results/{key}").json()["shared"] == ""
    assert nobody.get(link).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../../../terbium.sqlite", "..%2f..%2fterbium.sqlite", "%2e%2e/%2e%2e/terbium.sqlite",
        "tables/../../../terbium.sqlite", "/etc/passwd", "%00", "results.zarr/zarr.json",
        "run.log.json", "..\\..\\terbium.sqlite", "tables", "",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_a_result(guarded: Guarded, name: str) -> None:
    owner, key = guarded.client(ALICE), guarded.results["run"].key
    assert owner.get(f"/api/v1/results/{key}/files/summary.json").status_code == 200
    for stem in ("/api/v1/results/{}/files/", "/runs/{}/files/", "/api/v1/runs/{}/tables/"):
        answer = owner.get(stem.format(key) + name)
        assert answer.status_code in (404, 405, 422), answer.text
        assert "SQLite" not in answer.text
        assert "root:" not in answer.text
    figure = owner.get(f"/runs/{key}/figures/{name}.svg")
    assert figure.status_code in (404, 405, 422)


@pytest.mark.parametrize("name", ["/etc/passwd", "../april-2025", "april-2025.yaml", "x/y.yaml"])
def test_no_scenario_is_read_from_a_place(guarded: Guarded, name: str) -> None:
    owner = guarded.client(ALICE)
    for answer in (
        owner.post("/api/v1/runs", json={"scenario": name}),
        owner.post("/api/v1/what-if", json={"scenario": name}),
        owner.post("/api/v1/check", json={"on": "2025-06-01", "scenario": name}),
        owner.get("/api/v1/levers", params={"scenario": name}),
    ):
        assert answer.status_code == 422, answer.text
        assert "No such file" not in answer.text
        assert "root:" not in answer.text
    assert owner.get(f"/api/v1/scenarios/{name}").status_code == 404
