"""The store: one database, reached by small methods."""

from typing import Self

from sqlalchemy import Connection

from terbium.web.settings import Settings
from terbium.web.store.database import hold, open_database
from terbium.web.store.jobs import JobRows
from terbium.web.store.people import PeopleRows

RESULTS = "results"
"""Name of the folder of results in the folder of a server."""


class Store(JobRows, PeopleRows):
    """Jobs, results, links, sessions and watchlists of a server.

    Its methods know rows, and give None for what is not there or is another's. `Jobs` is the way to
    jobs and results for pages and the API.
    """

    _held: Connection | None = None

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the store of a server and bring it up to date.

        Raises
        ------
        InputError
            If it cannot be opened, or is of a later version.
        """
        return cls(open_database(settings.database_url), settings.folder / RESULTS)

    def take(self) -> None:
        """Hold the store for one server.

        Raises
        ------
        InputError
            If another server has it.
        """
        self._held = hold(self.engine)

    def give_back(self) -> None:
        """Let another server have it."""
        if self._held is not None:
            # a connection that went back to the pool would hold on to it
            self._held.invalidate()
            self._held.close()
            self._held = None

    def close(self) -> None:
        """Close its connections."""
        self.give_back()
        self.engine.dispose()
