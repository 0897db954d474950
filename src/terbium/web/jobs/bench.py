"""Where a job meets its folder and its rows: how it begins, and how its end is told."""

import logging
from collections.abc import Callable
from typing import Final

from terbium.web.jobs.performing import Assignment, Outcome, told
from terbium.web.jobs.places import Places
from terbium.web.store.records import Pending
from terbium.web.store.store import Store

_LOG: Final = logging.getLogger(__name__)


class Bench:
    """Folder and rows of a server, for whoever does its jobs.

    Parameters
    ----------
    store, places
        Rows and folders.
    changed
        Called when a job has ended.
    """

    def __init__(self, store: Store, places: Places, changed: Callable[[], None]) -> None:
        self.store, self.places, self._changed = store, places, changed

    def begin(self, job: Pending) -> Assignment | None:
        """Take a queued job on; None if it was cancelled, or its result stands already."""
        if self.places.has(job.key):
            # its folder got its name, but the server ended before that was noted
            self._complete(job)
            return None
        if not self.store.begin(job.id):
            return None
        making, whole = self.places.begin(job.id), self.places.whole(job.id)
        upload = self.places.upload_of(job.id)
        return Assignment(job.id, job.kind, job.request, upload, making, whole)

    def settle(self, job: Pending, outcome: Outcome) -> None:
        """Give a result its name, then say so; or say why there is none.

        May be called again for the same job, should the store fail in between.
        """
        if outcome.state == "done":
            try:
                self.places.publish(job.id, job.key)
            except OSError as error:
                outcome = Outcome("failed", reason="disk", fault=told(error))
        if outcome.state == "done":
            self._complete(job)
            return
        if outcome.fault:
            _LOG.error("job %s (%s): %s", job.id, job.kind, outcome.fault)
        self.store.end(job.id, outcome.state, outcome.reason, outcome.problems)
        self.places.leave([job.id])
        self._changed()

    def recover(self) -> None:
        """Put in order what a server left that did not end by itself."""
        for job in self.store.pending("running"):
            if self.places.has(job.key):
                self._complete(job)
            elif self.store.is_stopping(job.id):
                self.store.end(job.id, "cancelled")
            else:
                self.store.end(job.id, "broken", "restart")
        self.places.sweep(job.id for job in self.store.pending("queued"))

    def _complete(self, job: Pending) -> None:
        ended = self.store.complete(job.key, self.places.size(job.key))
        self.places.leave([job.id, *ended])
        self._changed()
