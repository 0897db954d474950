"""Steps of a run with signs of life, states kept on the way, and one taken up again."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable
from pathlib import Path

from terbium.engine.network.run import STRIDE, Progress
from terbium.results.checkpoints import Mark, Resumable, checkpoint_path, keep, take_up


def step_through(
    run: Resumable,
    last: int,
    mark: Mark,
    progress: Progress | None = None,
    *,
    asked: Iterable[int] = (),
    checkpoints: Path | None = None,
    every: int | None = None,
    resume: Path | None = None,
) -> dict[str, object]:
    """Step a run to its end.

    Parameters
    ----------
    run
        At rest.
    last
        Steps in all.
    mark
        What a kept state must have been made from.
    progress
        Called with the steps done and the steps in all.
    asked
        Steps after which the event file wants the state kept.
    checkpoints, every, resume
        See :meth:`Prepared.simulate`.

    Returns
    -------
    dict
        Host and times, for the log.

    Raises
    ------
    InputError
        If the kept state is another's.
    """
    began = time.time()
    if resume is not None:
        take_up(run, resume, mark)
    kept = set(asked) | set(range(every, last, every) if every else ())
    ahead = sorted(step for step in kept if run.step < step < last) if checkpoints else []
    while run.step < last:
        stop = ahead[0] if ahead else last
        run.advance(min(STRIDE, stop - run.step))
        if ahead and checkpoints is not None and run.step == stop:
            keep(run, checkpoint_path(checkpoints, ahead.pop(0)), mark)
        if progress is not None:
            progress(run.step, last)
    return {
        "host": platform.node(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "seconds": round(time.time() - began, 3),
    }
