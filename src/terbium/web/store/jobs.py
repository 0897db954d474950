"""Rows of jobs: the queue that outlives the server."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from terbium.base.speech import tr
from terbium.web.errors import Busy
from terbium.web.store.messages import Reason, said
from terbium.web.store.models import JobRow
from terbium.web.store.records import WAITING, Job, Pending, State
from terbium.web.store.results import ResultRows
from terbium.web.store.rows import now


class JobRows(ResultRows):
    """Jobs by owner, lane and address."""

    def enqueue(self, job: Pending, title: str, most: int) -> Job:
        """Take a job in, unless there is its result, or the owner's equal job, already.

        Parameters
        ----------
        job
            What is asked.
        title
            What it is called.
        most
            Jobs of one owner that may wait or run at once.

        Returns
        -------
        Job
            Of another `id` than `job` where an equal one of the owner answers for it.

        Raises
        ------
        Busy
            If the owner has as many already.
        """
        with self.writes() as session:
            # a result answers at once; only what must be worked for counts against the limit
            result = self._result(session, job.key)
            states: tuple[State, ...] = ("done",) if result is not None else WAITING
            equal = session.scalars(
                select(JobRow)
                .where(JobRow.owner == job.owner, JobRow.key == job.key, JobRow.state.in_(states))
                .order_by(JobRow.number.desc())
            ).first()
            if result is not None:
                self._grant(session, job.owner, job.key)
            if equal is not None:
                return self._job(session, equal)
            if result is None and self._waiting(session, job.owner) >= most:
                raise Busy(
                    tr(
                        "{count} jobs of yours wait or run already. Wait for one, or cancel one.",
                        count=most,
                    )
                )
            row = JobRow(
                id=job.id, owner=job.owner, kind=job.kind, lane=job.lane, key=job.key,
                request=dict(job.request), title=title, state="queued", created=now(),
            )  # fmt: skip
            if result is not None:
                row.state, row.started, row.ended = "done", row.created, row.created
            session.add(row)
            session.flush()
            return self._job(session, row)

    def job(self, job_id: str, owner: str) -> Job | None:
        """An owner's job."""
        with self.reads() as session:
            row = self._row(session, job_id, owner)
            return None if row is None else self._job(session, row)

    def jobs(self, owner: str, limit: int) -> list[Job]:
        """An owner's jobs, the latest first."""
        asked = select(JobRow).where(JobRow.owner == owner)
        with self.reads() as session:
            rows = session.scalars(asked.order_by(JobRow.number.desc()).limit(limit))
            return [self._job(session, row) for row in rows]

    def pending(self, state: State) -> list[Pending]:
        """Jobs in a state, of all owners and lanes, in the order in which they came."""
        asked = select(JobRow).where(JobRow.state == state).order_by(JobRow.number)
        with self.reads() as session:
            return [_pending(row) for row in session.scalars(asked)]

    def line(self, lane: str) -> list[Pending]:
        """Jobs that wait in a lane, as their turn comes."""
        asked = select(JobRow).where(JobRow.state == "queued", JobRow.lane == lane)
        with self.reads() as session:
            rows = {row.id: row for row in session.scalars(asked)}
            return [_pending(rows[job_id]) for job_id in self._line(session, lane)]

    def stopping(self) -> list[str]:
        """Ids of jobs that run and are to stop."""
        with self.reads() as session:
            asked = select(JobRow.id).where(JobRow.state == "running", JobRow.is_stopping)
            return list(session.scalars(asked))

    def is_stopping(self, job_id: str) -> bool:
        """Whether a job that runs is to stop."""
        with self.reads() as session:
            asked = select(JobRow.is_stopping).where(JobRow.id == job_id)
            return bool(session.scalar(asked))

    def begin(self, job_id: str) -> bool:
        """Mark a queued job as running; False if it is no longer queued."""
        with self.writes() as session:
            return self._change(
                session, job_id, ("queued",), state="running", started=now(), done=0, total=0
            )

    def advance(self, job_id: str, done: int, total: int) -> None:
        """Note progress of a job that runs."""
        with self.writes() as session:
            self._change(session, job_id, ("running",), done=done, total=total)

    def requeue(self, job_id: str) -> None:
        """Put a job that runs back to where it was: an orderly stop of the server is no fault."""
        with self.writes() as session:
            self._change(session, job_id, ("running",), state="queued", started=None)

    def stop(self, job_id: str, owner: str) -> Job | None:
        """Cancel an owner's job: at once if it waits, else it is asked to stop."""
        with self.writes() as session:
            row = self._row(session, job_id, owner)
            if row is None:
                return None
            if row.state == "queued":
                row.state, row.ended = "cancelled", now()
            elif row.state == "running":
                row.is_stopping = True
            session.flush()
            return self._job(session, row)

    def end(
        self,
        job_id: str,
        state: State,
        reason: Reason = "",
        problems: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """End a job without a result; one that has ended stays as it is."""
        told = [dict(problem) for problem in problems]
        with self.writes() as session:
            self._change(
                session, job_id, WAITING,
                state=state, message=reason, problems=told, ended=now(), is_stopping=False,
            )  # fmt: skip

    def complete(self, key: str, size: int) -> list[str]:
        """Note that the folder of a result stands, and end all jobs that wait for it.

        Parameters
        ----------
        key
            Address of the result.
        size
            Bytes of its files.

        Returns
        -------
        list of str
            Ids of the jobs that this has ended.
        """
        with self.writes() as session:
            asked = select(JobRow).where(JobRow.key == key, JobRow.state.in_(WAITING))
            rows = list(session.scalars(asked.order_by(JobRow.number)))
            for row in rows:
                self._put(session, row, size)
                self._grant(session, row.owner, key)
                moment = now()
                row.state, row.ended, row.started = "done", moment, row.started or moment
                row.is_stopping = False
                row.done = row.total
            return [row.id for row in rows]

    def _row(self, session: Session, job_id: str, owner: str) -> JobRow | None:
        asked = select(JobRow).where(JobRow.id == job_id, JobRow.owner == owner)
        return session.scalars(asked).first()

    def _change(
        self, session: Session, job_id: str, states: Sequence[State], **values: Any
    ) -> bool:
        asked = update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(states))
        changed = session.execute(asked.values(**values).returning(JobRow.id))
        return changed.first() is not None

    def _waiting(self, session: Session, owner: str) -> int:
        asked = select(func.count()).select_from(JobRow)
        return session.scalar(asked.where(JobRow.owner == owner, JobRow.state.in_(WAITING))) or 0

    def _line(self, session: Session, lane: str) -> list[str]:
        """Ids of those who wait: owners take turns, so that no one's many hold up another's one."""
        asked = select(JobRow.id, JobRow.owner, JobRow.state).order_by(JobRow.number)
        asked = asked.where(JobRow.state.in_(WAITING), JobRow.lane == lane)
        rows = session.execute(asked).all()
        turns = Counter(row.owner for row in rows if row.state == "running")
        line = []
        for number, row in enumerate(rows):
            if row.state == "queued":
                line.append((turns[row.owner], number, row.id))
                turns[row.owner] += 1
        return [job_id for _, _, job_id in sorted(line)]

    def _job(self, session: Session, row: JobRow) -> Job:
        position = self._line(session, row.lane).index(row.id) if row.state == "queued" else 0
        return Job(
            id=row.id, owner=row.owner, kind=row.kind, title=row.title, request=row.request,
            state=_state(row.state), done=row.done, total=row.total, position=position,
            is_stopping=row.is_stopping, problems=tuple(row.problems), message=said(row.message),
            result=row.key if row.state == "done" else "",
            created=row.created, started=row.started, ended=row.ended,
        )  # fmt: skip


def _state(text: str) -> Any:
    return text


def _pending(row: JobRow) -> Pending:
    return Pending(row.id, row.owner, row.kind, row.lane, row.key, row.request)
