"""Watchlists: feeds that parse, tell the right days, and are nobody else's to find."""

from datetime import date, timedelta
from re import search
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from tests.web.clients import TestClient

from terbium.policy.acts import built_in_book
from terbium.policy.timeline import expiring
from terbium.web.pages import rules_watch
from terbium.web.services import Services
from terbium.web.views.rules_watch import Entry, coming, entries_of, stored, with_entry

TODAY = date(2026, 10, 1)


class FrozenDay(date):
    @classmethod
    def today(cls) -> date:
        return TODAY


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_watch, "date", FrozenDay)


def add(client: TestClient, kind: str, text: str) -> str:
    found = client.post("/rules/watch/add", data={"kind": kind, "text": text})
    assert found.status_code == 200, found.text
    return found.text


def feed_in(page: str) -> str:
    found = search(r'href="http://127\.0\.0\.1:8765(/feeds/[^."]+)\.rss"', page)
    assert found is not None
    return found[1]


def lapses(days: int) -> set[tuple[str, date]]:
    found = expiring(built_in_book(), TODAY, days)
    return {(t.act.id, t.day - timedelta(days=1)) for t in found if t.act.is_binding}


def test_feeds_hold_the_days_of_the_register(client: TestClient) -> None:
    feed = feed_in(add(client, "lapses", "60"))
    rss = client.get(f"{feed}.rss")
    assert rss.headers["content-type"].startswith("application/rss+xml")
    channel = ElementTree.fromstring(rss.content).find("channel")
    assert channel is not None
    items = channel.findall("item")
    told = {(str(i.findtext("link")).rsplit("/", 1)[1], str(i.findtext("title"))) for i in items}
    expected = lapses(60)
    assert expected
    assert {name for name, _ in told} == {name for name, _ in expected}
    assert all(any(str(day) in title for n, title in told if n == name) for name, day in expected)
    guids = [i.findtext("guid") for i in items]
    assert len(set(guids)) == len(guids)
    events = Calendar.from_ical(client.get(f"{feed}.ics").text).walk("VEVENT")
    assert {str(event["UID"]) for event in events} == set(guids)
    assert {event["DTSTART"].dt for event in events} == {day for _, day in expected}


def test_identifiers_and_stamps_stay(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = feed_in(add(client, "measure", "us-affiliates-2025"))
    first = ElementTree.fromstring(client.get(f"{feed}.rss").content)
    monkeypatch.setattr(FrozenDay, "today", classmethod(lambda cls: TODAY + timedelta(days=20)))
    second = ElementTree.fromstring(client.get(f"{feed}.rss").content)
    for path in (".//guid", ".//pubDate", ".//item/title"):
        assert [e.text for e in first.iterfind(path)] == [e.text for e in second.iterfind(path)]
    assert first.findtext(".//guid")


def test_an_item_is_followed_through_the_acts_about_it(client: TestClient) -> None:
    page = add(client, "item", "gallium metal")
    listed = page[page.index('id="coming"') :]
    assert "CN-US-GAGESB-2024-46-P2" in listed
    assert "CN-LIB-2025-58" not in listed
    rest = coming((Entry("item", "gallium metal"),), TODAY)
    assert [one.day for one in rest] == sorted(one.day for one in rest)


def test_renewed_and_removed(client: TestClient, services: Services) -> None:
    old = feed_in(add(client, "lapses", "60"))
    page = client.post("/rules/watch/renew").text
    new = feed_in(page)
    assert new != old
    assert len(new.rsplit("/", 1)[1]) >= 22
    assert client.get(f"{old}.rss").status_code == 404
    assert client.get(f"{new}.ics").status_code == 200
    assert client.get(f"{new}.exe").status_code == 404
    assert client.get(new).status_code == 404
    page = client.post("/rules/watch/remove", data={"key": "lapses:60"}).text
    assert "Nothing is watched yet" in page
    assert not client.get(f"{new}.ics").text.count("BEGIN:VEVENT")
    assert services.store.watches("another") == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [("measure", "CN-NONE"), ("lapses", "-1"), ("lapses", "soon"), ("lapses", "99999"),
     ("item", "  "), ("else", "x")],
)  # fmt: skip
def test_what_cannot_be_watched_is_told(client: TestClient, kind: str, text: str) -> None:
    found = client.post("/rules/watch/add", data={"kind": kind, "text": text})
    assert found.status_code == 422
    assert 'role="alert"' in found.text


def test_typed_text_is_text_everywhere(client: TestClient) -> None:
    evil = "<script>&]]>gallium"
    page = add(client, "item", evil)
    assert "<script>&" not in page
    channel = ElementTree.fromstring(client.get(f"{feed_in(page)}.rss").content)
    assert channel.tag == "rss"


def test_a_list_keeps_its_order_and_each_entry_once() -> None:
    entries: tuple[Entry, ...] = ()
    for kind, text in (("lapses", "030"), ("item", " Ga  metal "), ("lapses", "30")):
        entries = with_entry(entries, kind, text)
    assert entries == (Entry("lapses", "30"), Entry("item", "Ga metal"))
    assert entries_of(stored(entries)) == entries
    assert entries_of({"entries": [{"kind": "odd", "text": "x"}]}) == ()
