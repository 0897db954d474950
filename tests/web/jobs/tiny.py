"""Kinds of jobs that do little, for the machinery around them."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terbium.base.errors import InputError
from terbium.web.work.task import Progress, Task

SECRET = "a value of the user's"
STEP = 0.02


def canonical(request: Mapping[str, Any]) -> dict[str, Any]:
    if "wrong" in request:
        raise InputError.of("request", "wrong", "something", "nothing", "leave it out")
    return dict(sorted(request.items()))


def sleep(
    request: Mapping[str, Any], upload: Path | None, folder: Path, progress: Progress
) -> None:
    """Sleep in steps, and leave a mark of each time that it was done."""
    if "tally" in request:
        with Path(request["tally"]).open("a", encoding="utf-8") as file:
            file.write(f"{request.get('name', '')}\n")
    steps = int(request.get("steps", 1))
    for step in range(steps):
        progress(step, steps)
        time.sleep(STEP)
        Path(folder, f"part-{step}").write_text("x", encoding="utf-8")
    progress(steps, steps)
    size = 0 if upload is None else len(upload.read_bytes())
    Path(folder, "answer.json").write_text(json.dumps({"size": size}), encoding="utf-8")


def stubborn(
    request: Mapping[str, Any], upload: Path | None, folder: Path, progress: Progress
) -> None:
    """Never look up."""
    progress(0, 1)
    time.sleep(60)


def greedy(
    request: Mapping[str, Any], upload: Path | None, folder: Path, progress: Progress
) -> None:
    """Take memory until somebody ends it."""
    held = []
    for step in range(1000):
        progress(step, 1000)
        held.append(bytearray(b"x" * 2**24))
        time.sleep(STEP)


def fault(
    request: Mapping[str, Any], upload: Path | None, folder: Path, progress: Progress
) -> None:
    raise ValueError(f"{SECRET}: {request}")


def unfit(
    request: Mapping[str, Any], upload: Path | None, folder: Path, progress: Progress
) -> None:
    raise InputError.of("job", f"{folder}/input", "nothing", "something", "write something")


def named(request: Mapping[str, Any]) -> str:
    return str(request.get("name", ""))


KINDS = {
    task.kind: task
    for task in (
        Task("sleep", "quick", canonical, sleep, title=named),
        Task("slow", "long", canonical, sleep, title=named),
        Task("stubborn", "quick", canonical, stubborn),
        Task("greedy", "quick", canonical, greedy),
        Task("fault", "quick", canonical, fault),
        Task("unfit", "quick", canonical, unfit),
    )
}


def kinds() -> Mapping[str, Task]:
    return KINDS
