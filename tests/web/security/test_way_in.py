"""Tokens, sessions, names, origins, headers, bodies, rates."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from tests.web.clients import TestClient
from tests.web.security.conftest import ALICE, HERE, MALLORY, Guarded
from tests.web.security.test_strangers import paths_of

from terbium.base.errors import CommandError
from terbium.web.app import create_app
from terbium.web.security import owner, sessions
from terbium.web.security.headers import POLICY
from terbium.web.security.rates import Buckets
from terbium.web.services import Services
from terbium.web.settings import Limits, Settings


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "_SECONDS_OF_A_WRONG_ONE", 0.0)


def opened(place: Path, **told: Any) -> Iterator[TestClient]:
    services = Services.open(Settings(folder=place, **told), inline=True)
    with TestClient(create_app(services), base_url=HERE, follow_redirects=False) as client:
        yield client
    services.close()


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[TestClient]:
    limits = Limits(upload=2 * 1024 * 1024, requests=30, writes=8)
    yield from opened(tmp_path / "strict", limits=limits)


def test_others_are_not_served_without_a_token(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.0.2.7", "::", "example.org"):
        services = Services.open(Settings(host=host, folder=tmp_path), inline=True)
        with pytest.raises(CommandError, match="no access token"):
            create_app(services)
        services.close()


def test_every_path_asks_for_a_token(guarded: Guarded) -> None:
    nobody = guarded.client()
    open_places = ("/login", "/s/", "/feeds/", "/logout")
    closed = [path for path in paths_of(guarded) if not path.startswith(open_places)]
    assert len(closed) > 25
    for path in closed:
        answer = nobody.get(re.sub(r"\{[^}]*\}", "x", path))
        if path.startswith("/api/v1"):
            assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer")
        else:
            assert (answer.status_code, answer.headers["location"][:7]) == (303, "/login?"), path
    assert nobody.get("/api/v1/openapi.json").status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        "Bearer wrong",
        f"Bearer {ALICE[:-1]}",
        f"Bearer {ALICE}x",
        "Bearer ",
        f"Basic {ALICE}",
        ALICE,
    ],
)
def test_a_wrong_token_opens_nothing(guarded: Guarded, given: str) -> None:
    client = guarded.client()
    assert client.get("/api/v1/jobs", headers={"authorization": given}).status_code == 401


def test_guessing_is_slowed_and_the_right_token_goes_on(guarded: Guarded) -> None:
    app = create_app(guarded.services)
    client, right = (TestClient(app, base_url=HERE) for _ in range(2))
    right.headers["authorization"] = f"Bearer {ALICE}"
    seen = [
        client.get("/api/v1/meta", headers={"authorization": f"Bearer guess-{i}"}).status_code
        for i in range(30)
    ]
    assert (seen[0], seen[-1]) == (401, 429)
    assert client.post("/login", data={"token": "guess"}).status_code == 429
    assert right.get("/api/v1/meta").status_code == 200


def test_a_session_stands_for_a_token(guarded: Guarded) -> None:
    client = guarded.client()
    assert client.post("/login", data={"token": "x" * 40}).status_code == 401
    answer = client.post("/login", data={"token": ALICE, "next": "/jobs"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs")
    cookie = SimpleCookie(answer.headers["set-cookie"])["terbium"]
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "strict"
    assert not cookie["secure"]
    assert len(cookie.value) >= 43
    assert ALICE not in answer.headers["set-cookie"]
    assert len(client.get("/api/v1/results").json()) == 4
    stored = (guarded.services.settings.folder / "terbium.sqlite").read_bytes()
    stored += (guarded.services.settings.folder / "terbium.sqlite-wal").read_bytes()
    assert cookie.value.encode() not in stored
    assert ALICE.encode() not in stored
    assert client.post("/logout").status_code == 303
    client.cookies.set("terbium", cookie.value)
    assert client.get("/api/v1/results").status_code == 401


def test_over_https_the_cookie_is_bound_to_it(guarded: Guarded) -> None:
    client = TestClient(guarded.app, base_url="https://127.0.0.1:8765", follow_redirects=False)
    answer = client.post("/login", data={"token": MALLORY})
    assert answer.headers["set-cookie"].startswith("__Host-terbium=")
    assert SimpleCookie(answer.headers["set-cookie"])["__Host-terbium"]["secure"]
    assert client.get("/api/v1/results").json() == []


def test_a_session_ends_in_time_and_with_its_token(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = guarded.services.store
    past = datetime.now(UTC) - timedelta(seconds=1)
    store.sign_in(sessions.digest_of("old"), owner.owner_of(ALICE), past)
    store.sign_in(sessions.digest_of("gone"), owner.owner_of("of-no-token"), past + sessions.LASTS)
    for value in ("old", "gone", "", "a;b", '"'):
        client = guarded.client()
        client.headers["cookie"] = f"terbium={value}"
        assert client.get("/api/v1/results").status_code == 401


@pytest.mark.parametrize(
    "place",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:alert(1)",
     "/\t/evil.example", "evil", "/%0d%0aset-cookie: a=b\r\nx: y"],
)  # fmt: skip
def test_the_way_in_leads_nowhere_else(guarded: Guarded, place: str) -> None:
    answer = guarded.client().post("/login", data={"token": ALICE, "next": place})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200), ("localhost:1", 200), ("[::1]:8765", 200), ("LOCALHOST", 200),
        ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("127.0.0.1@evil.example", 421),
        ("localhost:evil", 421), ("", 421), ("testserver", 421), ("127.0.0.2", 421),
    ],
)  # fmt: skip
def test_on_loopback_it_goes_by_names_of_this_machine(
    tmp_path: Path, host: str, status: int
) -> None:
    for client in opened(tmp_path):
        assert client.get("/api/v1/meta", headers={"host": host}).status_code == status


def test_a_further_name_can_be_given(tmp_path: Path) -> None:
    for client in opened(tmp_path, names=("desk.example",)):
        assert client.get("/api/v1/meta", headers={"host": "desk.example"}).status_code == 200
        assert client.get("/api/v1/meta", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": HERE}, 303),
        ({"origin": HERE, "sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://127.0.0.1:8765"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": HERE, "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_what_changes_comes_from_here(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    for client in opened(tmp_path):
        data = {"lang": "de", "next": "/"}
        assert client.post("/settings", data=data, headers=headers).status_code == status
        assert client.get("/api/v1/meta", headers=headers).status_code == 200


def test_every_answer_bears_the_headers(guarded: Guarded) -> None:
    owner_client, nobody = guarded.client(ALICE), guarded.client()
    paths = [re.sub(r"\{[^}]*\}", "x", path) for path in paths_of(guarded)]
    answers = [client.get(path) for client in (owner_client, nobody) for path in paths]
    answers += [
        nobody.get("/static/app.css"), nobody.get("/static/nothing"), nobody.get("/nothing"),
        nobody.get("/login", headers={"host": ""}), nobody.put("/login"),
        nobody.post("/login", headers={"origin": "null"}), owner_client.get("/manual/x"),
    ]  # fmt: skip
    for answer in answers:
        headers, place = answer.headers, str(answer.request.url)
        assert headers["content-security-policy"] == POLICY, place
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert "server" not in headers
        is_public = "/static/" in place or "/manual/" in place
        assert is_public or "public" not in headers["cache-control"], place
    assert "no-store" in owner_client.get("/api/v1/results").headers["cache-control"]


def test_a_fault_of_ours_is_told_plainly(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(guarded.services.jobs, "list", fail)
    client = TestClient(guarded.app, base_url=HERE, raise_server_exceptions=False)
    client.headers["authorization"] = f"Bearer {ALICE}"
    answer = client.get("/api/v1/jobs")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["problems"][0]["place"] == "terbium"
    assert answer.headers["content-security-policy"] == POLICY


def test_bodies_are_counted_as_they_arrive(strict: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b" " * 65536

    much = b"x" * (2 * 1024 * 1024)
    json_type = {"content-type": "application/json"}
    form = {"content-type": "multipart/form-data; boundary=b"}
    assert strict.post("/api/v1/check", content=much, headers=json_type).status_code == 413
    assert strict.post("/api/v1/batches", content=much * 2, headers=form).status_code == 413
    lying = {**json_type, "content-length": "10"}
    assert strict.post("/api/v1/check", content=much, headers=lying).status_code == 413
    file = {"file": ("cases.csv", b"date\n" + b"2025-01-01\n" * 200_000, "text/csv")}
    assert strict.post("/api/v1/batches", files=file).status_code == 413
    chunked = strict.post("/api/v1/check", content=_some(endless(), 40), headers=json_type)
    assert chunked.status_code == 413
    assert list((strict.app.state.services.settings.folder / "uploads").iterdir()) == []  # type: ignore[attr-defined]


def _some(parts: Iterator[bytes], count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield next(parts)


def test_too_many_requests_are_told_when_to_come_again(strict: TestClient) -> None:
    seen = [strict.get("/api/v1/meta") for _ in range(40)]
    assert (seen[0].status_code, seen[-1].status_code) == (200, 429)
    assert 1 <= int(seen[-1].headers["retry-after"]) <= 60
    assert seen[-1].json()["problems"][0]["remedy"]


def test_changes_have_a_limit_of_their_own(strict: TestClient) -> None:
    seen = [strict.post("/settings", data={}).status_code for _ in range(12)]
    assert (seen[0], seen[-1]) == (303, 429)
    assert strict.get("/api/v1/meta").status_code == 200


def test_one_holder_does_not_use_up_what_another_may(guarded: Guarded) -> None:
    limits = replace(guarded.services.settings.limits, requests=5)
    settings = replace(guarded.services.settings, limits=limits)
    app = create_app(replace(guarded.services, settings=settings))
    alice, mallory = (TestClient(app, base_url=HERE) for _ in range(2))
    alice.headers["authorization"] = f"Bearer {ALICE}"
    mallory.headers["authorization"] = f"Bearer {MALLORY}"
    assert [mallory.get("/api/v1/jobs").status_code for _ in range(8)][-1] == 429
    assert alice.get("/api/v1/jobs").status_code == 200


def test_a_bucket_fills_evenly() -> None:
    now = 0.0
    buckets = Buckets(60, clock=lambda: now)
    assert [buckets.wait("a") for _ in range(60)] == [0.0] * 60
    assert buckets.wait("a") == pytest.approx(1.0)
    assert buckets.wait("b") == 0.0
    now = 1.5
    assert buckets.wait("a") == 0.0
    assert buckets.wait("a") == pytest.approx(0.5)


def test_no_secret_is_logged(guarded: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = guarded.client()
    client.post("/login?token=" + ALICE, data={"token": ALICE})
    client.get("/login", params={"next": "/s/slug-that-is-secret"})
    client.get("/s/slug-that-is-secret")
    client.get("/feeds/slug-that-is-secret.rss")
    client.get("/api/v1/jobs", headers={"authorization": f"Bearer {MALLORY}"})
    client.get("/api/v1/check", params={"on": "2025-01-01", "item": "private-item"})
    client.get("/rules%0aFORGED line")
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("terbium")]
    text = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("httpx"))
    assert len(lines) >= 7
    for secret in (ALICE, MALLORY, "slug-that-is-secret", "private-item", *client.cookies.values()):
        assert secret not in text
    assert not any(line.startswith("FORGED") for line in text.splitlines())
    assert any("POST /login 303" in line for line in lines)
