"""The way to work and to results, for pages, the API and the client."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Condition
from typing import Any, Final, TypeVar

from terbium.base.errors import InputError, suggest
from terbium.base.speech import tr
from terbium.web.errors import NotFound
from terbium.web.jobs.addresses import address
from terbium.web.jobs.bench import Bench
from terbium.web.jobs.performing import Stopped, perform
from terbium.web.jobs.places import Places
from terbium.web.jobs.supervisor import Supervisor
from terbium.web.jobs.worker import Kinds
from terbium.web.settings import Settings
from terbium.web.store.records import Job, Pending, Result
from terbium.web.store.rows import new_id
from terbium.web.store.store import Store
from terbium.web.work.task import Task

JobList = list[Job]
ResultList = list[Result]
_Found = TypeVar("_Found")

_PATIENCE = 0.5


class Jobs:
    """Requests on their way, and the results that owners may see.

    Parameters
    ----------
    settings
        Folder, limits and number of workers.
    store
        Its rows.
    kinds
        Gives the kinds of jobs; a function of a module, since workers call it too.
    inline
        Whether jobs are done where they are submitted. Otherwise they wait until `start` is
        called, and are done by processes.
    """

    def __init__(
        self, settings: Settings, store: Store, kinds: Kinds, inline: bool = False
    ) -> None:
        self.settings, self.store, self.is_inline = settings, store, inline
        self.places = Places(settings.folder)
        self.places.make()
        self._kinds = kinds
        self._changed = Condition()
        self._bench = Bench(store, self.places, self._tell)
        self._supervisor: Supervisor | None = None

    def start(self) -> None:
        """Take the folder, put in order what an earlier server has left, and begin to work.

        Raises
        ------
        InputError
            If another server works on the folder or the store.
        """
        self.places.take()
        try:
            self.store.take()
        except BaseException:
            self.places.give_back()
            raise
        self._bench.recover()
        if not self.is_inline:
            limits = self.settings.limits
            self._supervisor = Supervisor(self._bench, self._kinds, self.settings.workers, limits)
            self._supervisor.start()

    def stop(self) -> None:
        """End the workers; what runs is queued again for the next start."""
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        self.store.give_back()
        self.places.give_back()

    def workers(self) -> dict[int, str]:
        """Worker processes that are ready, by number, and the id of the job that each is at."""
        return {} if self._supervisor is None else self._supervisor.pids()

    def submit(
        self, kind: str, request: Mapping[str, Any], owner: str, upload: Path | None = None
    ) -> Job:
        """Ask for a result.

        Parameters
        ----------
        kind
            Name of a kind of job.
        request
            As the kind wants it; put into its canonical form here.
        owner
            Who asks.
        upload
            A file in `Places.uploads`; it is gone afterwards, whatever happens.

        Returns
        -------
        Job
            ``done`` at once if the result is there; the owner's equal job if one is under way.

        Raises
        ------
        InputError
            With every problem of the request.
        Busy
            If too many jobs of this owner wait already.
        """
        try:
            task = self._task(kind)
            form = task.canonical(request)
            self._check_size(form)
            key = address(kind, form, owner, upload)
            job = Pending(new_id(), owner, kind, task.lane, key, form)
            self.places.bring(job.id, upload)
        finally:
            if upload is not None:
                upload.unlink(missing_ok=True)
        return self._enqueue(job, task)

    def _enqueue(self, job: Pending, task: Task) -> Job:
        is_taken = False
        try:
            found = self.store.enqueue(job, task.title(job.request), self.settings.limits.waiting)
            is_taken = found.id == job.id and not found.is_over
        finally:
            if not is_taken:
                self.places.leave([job.id])
        if is_taken and self.is_inline:
            self._do(job)
            return self.job(job.id, job.owner)
        self._wake()
        return found

    def job(self, id: str, owner: str) -> Job:
        """An owner's job.

        Raises
        ------
        NotFound
            If there is none of that id, or it is another's.
        """
        return _there(self.store.job(id, owner), "job")

    def list(self, owner: str, limit: int = 50) -> JobList:
        """An owner's jobs, the latest first."""
        return self.store.jobs(owner, limit)

    def cancel(self, id: str, owner: str) -> Job:
        """Stop a job: at once if it waits, else within seconds; one that is over stays as it is.

        Raises
        ------
        NotFound
            If there is none of that id, or it is another's.
        """
        job = _there(self.store.stop(id, owner), "job")
        if job.state == "cancelled":
            self.places.leave([id])
        self._wake()
        return job

    def wait(self, id: str, owner: str, timeout: float) -> Job:
        """The job once it is over, or as it is after a time [s].

        Raises
        ------
        NotFound
            If there is none of that id, or it is another's.
        """
        until = time.monotonic() + timeout
        while True:
            job = self.job(id, owner)
            left = until - time.monotonic()
            if job.is_over or left <= 0:
                return job
            with self._changed:
                # it may have ended between the two, hence no longer than this
                self._changed.wait(min(left, _PATIENCE))

    def result(self, key: str, owner: str) -> Result:
        """A result that an owner has asked for.

        Raises
        ------
        NotFound
            If there is none, or this owner has never asked for it.
        """
        return _there(self.store.result(key, owner), "result")

    def results(self, owner: str, kind: str | None = None, limit: int = 50) -> ResultList:
        """Results that an owner has asked for, the latest first."""
        return self.store.results(owner, kind, limit)

    def find(self, kind: str, request: Mapping[str, Any], owner: str) -> Result | None:
        """The answer to a request, if it is there already; nothing is computed.

        Raises
        ------
        InputError
            With every problem of the request.
        """
        form = self._task(kind).canonical(request)
        return self.store.asked_for(address(kind, form, owner), owner)

    def share(self, key: str, owner: str) -> str:
        """Secret part of a link under which whoever reaches the server may read a result.

        The same link as long as the result is shared.

        Raises
        ------
        NotFound
            If this owner has no such result.
        """
        return _there(self.store.share(key, owner), "result")

    def link(self, key: str, owner: str) -> str:
        """The secret that an owner has given out for a result; empty if it is not shared."""
        return self.store.link(key, owner)

    def shared(self, slug: str) -> Result:
        """The result under a link.

        Raises
        ------
        NotFound
            If nothing is shared under it, or no longer.
        """
        return _there(self.store.shared(slug), "link")

    def unshare(self, key: str, owner: str) -> None:
        """End an owner's link to a result.

        Raises
        ------
        NotFound
            If this owner has no such result.
        """
        if not self.store.unshare(key, owner):
            raise NotFound(_ABSENT["result"]())

    def new_upload(self, suffix: str = "") -> Path:
        """A name in the server's folder for a file that is going to be submitted."""
        return self.places.new_upload(suffix)

    def _task(self, kind: str) -> Task:
        kinds = self._kinds()
        if kind not in kinds:
            raise InputError.of(
                "request", "kind", f"'{kind}'", ", ".join(kinds), suggest(kind, kinds)
            )
        return kinds[kind]

    def _check_size(self, form: Mapping[str, Any]) -> None:
        draws, most = form.get("draws", 0), self.settings.limits.draws
        if draws > most:
            raise InputError.of(
                "request", "draws", str(draws), f"at most {most} on this server", "ask for fewer"
            )

    def _wake(self) -> None:
        """Tell the supervisor that there is news."""
        if self._supervisor is not None:
            self._supervisor.ring()

    def _tell(self) -> None:
        """Tell whoever waits that a job has ended."""
        with self._changed:
            self._changed.notify_all()

    def _do(self, job: Pending) -> None:
        """Do a job here and now."""
        assignment = self._bench.begin(job)
        if assignment is None:
            return

        def progress(done: int, total: int) -> None:
            self.store.advance(job.id, done, total)
            if self.store.is_stopping(job.id):
                raise Stopped

        self._bench.settle(job, perform(self._task(job.kind), assignment, progress))


_ABSENT: Final[Mapping[str, Callable[[], str]]] = {
    "job": lambda: tr("There is no such job."),
    "result": lambda: tr("There is no such result."),
    "link": lambda: tr("Nothing is shared under this link, or no longer."),
}


def _there(found: _Found | None, what: str) -> _Found:
    if found is None:
        raise NotFound(_ABSENT[what]())
    return found
