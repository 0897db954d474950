"""Rows of browsers that are signed in, and of watchlists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from terbium.web.store.models import SessionRow, WatchRow
from terbium.web.store.records import Watch
from terbium.web.store.rows import Rows, new_id, new_secret, now


class PeopleRows(Rows):
    """What owners have beside jobs and results."""

    def sign_in(self, digest: str, owner: str, expires: datetime) -> None:
        """Remember a browser.

        Parameters
        ----------
        digest
            Hash of its cookie; the cookie itself is not stored.
        owner
            Whose rights it has.
        expires
            When these end.
        """
        with self.writes() as session:
            session.execute(delete(SessionRow).where(SessionRow.expires <= now()))
            session.merge(SessionRow(digest=digest, owner=owner, expires=expires))

    def signed_in(self, digest: str) -> str | None:
        """Owner whose rights a browser has; None if it has none, or no longer."""
        asked = select(SessionRow.owner).where(SessionRow.digest == digest)
        with self.reads() as session:
            return session.scalars(asked.where(SessionRow.expires > now())).first()

    def sign_out(self, digest: str) -> None:
        """Forget a browser."""
        with self.writes() as session:
            session.execute(delete(SessionRow).where(SessionRow.digest == digest))

    def watch(self, owner: str, what: Mapping[str, Any]) -> Watch:
        """Begin to watch something."""
        with self.writes() as session:
            row = WatchRow(
                id=new_id(), owner=owner, slug=new_secret(), what=dict(what), created=now()
            )
            session.add(row)
            session.flush()
            return _watch(row)

    def watches(self, owner: str) -> list[Watch]:
        """What an owner watches, the latest first."""
        asked = select(WatchRow).where(WatchRow.owner == owner)
        with self.reads() as session:
            rows = session.scalars(asked.order_by(WatchRow.created.desc(), WatchRow.id))
            return [_watch(row) for row in rows]

    def watched(self, slug: str) -> Watch | None:
        """What the feed with a secret name is about."""
        with self.reads() as session:
            row = session.scalars(select(WatchRow).where(WatchRow.slug == slug)).first()
            return None if row is None else _watch(row)

    def change_watch(self, watch_id: str, owner: str, what: Mapping[str, Any]) -> Watch | None:
        """Watch something else under the same feed; None if the owner has no such watch."""
        with self.writes() as session:
            row = session.get(WatchRow, watch_id)
            if row is None or row.owner != owner:
                return None
            row.what = dict(what)
            session.flush()
            return _watch(row)

    def unwatch(self, watch_id: str, owner: str) -> bool:
        """End a watch and its feed; whether there was one."""
        asked = delete(WatchRow).where(WatchRow.id == watch_id, WatchRow.owner == owner)
        with self.writes() as session:
            return session.execute(asked.returning(WatchRow.id)).first() is not None


def _watch(row: WatchRow) -> Watch:
    return Watch(row.id, row.owner, row.slug, row.what, row.created)
