"""Rows of results, and who may see them."""

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from terbium.web.store.models import GrantRow, JobRow, ResultRow, ShareRow
from terbium.web.store.records import Result
from terbium.web.store.rows import Rows, new_secret, now


class ResultRows(Rows):
    """Results by address, owner and link."""

    def result(self, key: str, owner: str) -> Result | None:
        """A result that an owner may see."""
        asked = select(ResultRow).join(GrantRow, GrantRow.key == ResultRow.key)
        asked = asked.where(ResultRow.key == key, GrantRow.owner == owner)
        with self.reads() as session:
            return self._given(session.scalars(asked).first())

    def results(self, owner: str, kind: str | None, limit: int) -> list[Result]:
        """Results that an owner may see, those asked for last first."""
        asked = select(ResultRow).join(GrantRow, GrantRow.key == ResultRow.key)
        asked = asked.where(GrantRow.owner == owner)
        if kind is not None:
            asked = asked.where(ResultRow.kind == kind)
        asked = asked.order_by(GrantRow.created.desc(), ResultRow.key).limit(limit)
        with self.reads() as session:
            return [self._record(row) for row in session.scalars(asked)]

    def asked_for(self, key: str, owner: str) -> Result | None:
        """A result whose very request an owner has brought: from now on they may see it."""
        with self.reads() as session:
            row = session.get(ResultRow, key)
            if row is None or session.get(GrantRow, (owner, key)) is not None:
                return self._given(row)
        with self.writes() as session:
            row = self._result(session, key)
            if row is not None:
                self._grant(session, owner, key)
            return self._given(row)

    def share(self, key: str, owner: str) -> str | None:
        """Secret link to a result that an owner may see; the same as long as it is shared."""
        with self.writes() as session:
            if session.get(GrantRow, (owner, key)) is None:
                return None
            row = session.scalars(self._shares(key, owner)).first()
            if row is None:
                row = ShareRow(slug=new_secret(), owner=owner, key=key, created=now())
                session.add(row)
            return row.slug

    def link(self, key: str, owner: str) -> str:
        """The link that an owner has given out to a result; empty if none."""
        with self.reads() as session:
            row = session.scalars(self._shares(key, owner)).first()
            return "" if row is None else row.slug

    def shared(self, slug: str) -> Result | None:
        """The result that a link opens."""
        asked = select(ResultRow).join(ShareRow, ShareRow.key == ResultRow.key)
        with self.reads() as session:
            return self._given(session.scalars(asked.where(ShareRow.slug == slug)).first())

    def unshare(self, key: str, owner: str) -> bool:
        """End an owner's link; whether they may see the result."""
        with self.writes() as session:
            if session.get(GrantRow, (owner, key)) is None:
                return False
            session.execute(delete(ShareRow).where(ShareRow.key == key, ShareRow.owner == owner))
            return True

    def _shares(self, key: str, owner: str) -> Select[ShareRow]:
        return select(ShareRow).where(ShareRow.key == key, ShareRow.owner == owner)

    def _result(self, session: Session, key: str) -> ResultRow | None:
        """A result whose folder is there still: what someone has removed is made again."""
        row = session.get(ResultRow, key)
        return row if row is not None and (self.results_folder / key).is_dir() else None

    def _grant(self, session: Session, owner: str, key: str) -> None:
        row = session.get(GrantRow, (owner, key))
        if row is None:
            session.add(GrantRow(owner=owner, key=key, created=now()))

    def _put(self, session: Session, job: JobRow, size: int) -> None:
        row = session.get(ResultRow, job.key)
        if row is None:
            row = ResultRow(
                key=job.key, kind=job.kind, title=job.title, request=job.request,
                bytes=size, created=now(),
            )  # fmt: skip
            session.add(row)
            session.flush()
        else:
            row.bytes = size

    def _given(self, row: ResultRow | None) -> Result | None:
        if row is None or not (self.results_folder / row.key).is_dir():
            return None
        return self._record(row)

    def _record(self, row: ResultRow) -> Result:
        folder = self.results_folder / row.key
        return Result(row.key, row.kind, row.title, row.request, folder, row.created, row.bytes)
