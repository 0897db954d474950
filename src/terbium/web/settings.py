"""What a server is told when it starts."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from platformdirs import user_data_path

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one user, one upload and one job may take.

    Attributes
    ----------
    upload
        Largest upload [byte].
    requests
        Requests of one token, or of one address, a minute; `writes` those of them that change.
    waiting
        Jobs of one owner that may wait or run at once.
    seconds, memory
        Time [s] and resident memory [byte] of one job.
    draws
        Most draws that a run over HTTP may ask for.
    """

    upload: int = 50 * MEBIBYTE
    requests: int = 1200
    writes: int = 120
    waiting: int = 20
    seconds: int = 900
    memory: int = 4096 * MEBIBYTE
    draws: int = 1000


@dataclass(frozen=True)
class Settings:
    """A server.

    Attributes
    ----------
    host, port
        Where it listens.
    database
        URL of the store; empty means SQLite in `folder`.
    folder
        Results, uploads under way, and the store where it is SQLite.
    tokens
        Access tokens, as they are given to users; without any only loopback is served and
        everybody there is the owner ``local``.
    workers
        Processes for long jobs; one more answers quick ones.
    names
        Further names by which it is asked, such as that of a proxy in front of it.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    database: str = ""
    folder: Path = field(default_factory=lambda: user_data_path("terbium"))
    tokens: tuple[str, ...] = field(default=(), repr=False)
    workers: int = 1
    names: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def database_url(self) -> str:
        """URL of the store."""
        return self.database or f"sqlite:///{self.folder / 'terbium.sqlite'}"
