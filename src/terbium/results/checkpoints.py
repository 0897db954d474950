"""States of a propagation that are kept on the way, and taken up again."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from terbium.base.errors import InputError
from terbium.base.files import atomic_binary
from terbium.results.trajectories import write_npz

_MARK = "made_from"
_PARTS = ("version of Terbium", "table or network", "event")

Mark = tuple[str, str, str]
"""Version, fingerprint of the table or network, fingerprint of the event."""


class Resumable(Protocol):
    """A run that can be kept and taken up again."""

    step: int

    def advance(self, steps: int) -> None:
        """Go on for some steps."""

    def checkpoint(self) -> dict[str, NDArray[Any]]:
        """Everything that the following steps depend on."""

    def resume(self, kept: Mapping[str, NDArray[Any]]) -> None:
        """Go back to a checkpoint."""


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where the state after so many steps lies: ``step-000120.npz``."""
    return folder / f"step-{step:06d}.npz"


def keep(run: Resumable, path: Path, mark: Mark) -> None:
    """Write the state of a run; the file appears whole or not at all.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    with atomic_binary(path) as file:
        write_npz(file, {_MARK: np.array(mark), **run.checkpoint()})


def take_up(run: Resumable, path: Path, mark: Mark) -> None:
    """Bring a run to a state that was kept.

    Raises
    ------
    InputError
        If the file is none that `keep` has written, or is of another table, network or event.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            kept = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        seen = getattr(error, "strerror", None) or "no whole .npz file"
        raise InputError.of(
            "checkpoint", str(path), seen, "a file that --checkpoint-every has written",
            "name another one, or start from the beginning",
        ) from error  # fmt: skip
    found = kept.pop(_MARK, np.zeros(0, dtype=str)).tolist()
    pairs = zip_longest(_PARTS, mark, found)
    wrong = [part for part, mine, theirs in pairs if mine != theirs]
    if wrong:
        raise InputError.of(
            "checkpoint", str(path), f"the state of another {' and another '.join(wrong)}",
            "a state of this table or network and of this event, kept by this version",
            "resume with what the run began with, or start from the beginning",
        )  # fmt: skip
    run.resume(kept)
