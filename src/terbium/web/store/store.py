"""The store: one database, reached by small methods."""

from typing import Self

from terbium.web.settings import Settings
from terbium.web.store.database import open_database
from terbium.web.store.jobs import JobRows
from terbium.web.store.people import PeopleRows

RESULTS = "results"
"""Name of the folder of results in the folder of a server."""


class Store(JobRows, PeopleRows):
    """Jobs, results, links, sessions and watchlists of a server.

    Its methods know rows, and give None for what is not there or is another's. `Jobs` is the way to
    jobs and results for pages and the API.
    """

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the store of a server and bring it up to date.

        Raises
        ------
        InputError
            If it cannot be opened, or is of a later version.
        """
        return cls(open_database(settings.database_url), settings.folder / RESULTS)

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()
