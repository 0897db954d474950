"""Why a job ended without a result, in the reader's language; the store keeps the names."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from terbium.base.speech import tr

Reason = Literal["", "mend", "memory", "time", "fault", "died", "restart", "disk"]

_SAID: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "": lambda: "",
        "mend": lambda: tr("The request cannot be carried out as it stands."),
        "memory": lambda: tr(
            "It needed more memory than a job may have here. "
            "Ask for fewer draws or a shorter horizon."
        ),
        "time": lambda: tr(
            "It took longer than a job may take here. Ask for fewer draws or a shorter horizon."
        ),
        "fault": lambda: tr("Something went wrong inside Terbium. The server's log says where."),
        "died": lambda: tr("The process that worked on it ended unexpectedly. Start it again."),
        "restart": lambda: tr("The server ended while it was running. Start it again."),
        "disk": lambda: tr("Its result could not be stored. The server's log says why."),
    }
)


def said(reason: str) -> str:
    """A reason as a sentence."""
    return _SAID[reason]() if reason in _SAID else reason
