"""What pages and the API work with."""

from dataclasses import dataclass
from typing import Self

from terbium.web.jobs.queue import Jobs
from terbium.web.settings import Settings
from terbium.web.store.store import Store
from terbium.web.work.kinds import kinds


@dataclass(frozen=True)
class Services:
    """One server's store and jobs.

    Attributes
    ----------
    settings
        What the server was told.
    store
        Sessions, watchlists and the rows behind jobs and results.
    jobs
        The way to work and to results, which knows who may see what.
    """

    settings: Settings
    store: Store
    jobs: Jobs

    @classmethod
    def open(cls, settings: Settings, inline: bool = False) -> Self:
        """Open the store, bringing it up to date, and what works on it.

        Parameters
        ----------
        settings
            The server.
        inline
            Whether jobs are done where they are submitted, without processes.

        Raises
        ------
        InputError
            If the store cannot be opened, or is of a later version.
        """
        store = Store.open(settings)
        return cls(settings, store, Jobs(settings, store, kinds, inline))

    def start(self) -> None:
        """Begin to work; see `Jobs.start`."""
        self.jobs.start()

    def close(self) -> None:
        """End workers and connections."""
        self.jobs.stop()
        self.store.close()
