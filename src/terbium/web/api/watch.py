"""Endpoints: what you watch, and the secret addresses of its feeds."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from terbium.web.api.answers import CHANGES, statuses
from terbium.web.api.depends import Owner, TheServices
from terbium.web.api.models import Model
from terbium.web.errors import NotFound
from terbium.web.services import Services
from terbium.web.store.records import Watch
from terbium.web.views.rules_watch import entries_of, stored, with_entry

router = APIRouter(prefix="/watchlist", tags=["rules"], responses=statuses())

_MOST_SIGNS = 200

Kind = Literal["measure", "item", "lapses"]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=_MOST_SIGNS,
        description="Id of an act, an item in words, or a number of days.",
        examples=["CN-REE-2025-18"],
    ),
]


class EntryIn(Model):
    """One thing to watch."""

    kind: Kind
    text: Text


class WatchlistOut(Model):
    """What you watch; whoever has the address of a feed may read it."""

    entries: list[EntryIn]
    rss: Annotated[str, Field(description="Path of the feed; empty where nothing is watched.")]
    ics: str


@router.get("")
def watchlist(services: TheServices, owner: Owner) -> WatchlistOut:
    """What you watch, and the feeds that tell of it."""
    return _out(_list(services, owner))


@router.post("", responses=statuses(*CHANGES))
def add(services: TheServices, owner: Owner, entry: EntryIn) -> WatchlistOut:
    """Watch one more act, item or term."""
    watch = _list(services, owner)
    entries = entries_of(watch.what) if watch else ()
    wanted = stored(with_entry(entries, entry.kind, entry.text))
    if watch is None:
        return _out(services.store.watch(owner, wanted))
    return _out(services.store.change_watch(watch.id, owner, wanted))


@router.delete("", responses=statuses(403, 404, 422))
def remove(
    services: TheServices,
    owner: Owner,
    kind: Kind,
    text: Annotated[str, Query(min_length=1, max_length=_MOST_SIGNS)],
) -> WatchlistOut:
    """Take something off the list."""
    watch = _list(services, owner)
    entries = entries_of(watch.what) if watch else ()
    left = [one for one in entries if (one.kind, one.text) != (kind, text)]
    if watch is None or len(left) == len(entries):
        raise NotFound("an entry like this on your list")
    return _out(services.store.change_watch(watch.id, owner, stored(left)))


def _list(services: Services, owner: str) -> Watch | None:
    found = services.store.watches(owner)
    return found[-1] if found else None


def _out(watch: Watch | None) -> WatchlistOut:
    entries = entries_of(watch.what) if watch else ()
    feed = f"/feeds/{watch.slug}" if watch and entries else ""
    return WatchlistOut(
        entries=[EntryIn.model_validate({"kind": one.kind, "text": one.text}) for one in entries],
        rss=f"{feed}.rss" if feed else "",
        ics=f"{feed}.ics" if feed else "",
    )
