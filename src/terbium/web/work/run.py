"""The job ``run``: a scenario from its name, or from a text of the user's, to a run folder."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from terbium.base.errors import InputError
from terbium.report.document import render_report
from terbium.study import Study, open_study
from terbium.web.work.requests import RunRequest, read_request
from terbium.web.work.task import Progress, Request, Task

_FILE: Final = "scenario.yaml"
_BRANCHES: Final = ("hold", "lapse")
_BRANCH: Final = "measures.branch"
# said by fields of the request of their own
_FOLDED: Final = ("draws", "seed", _BRANCH)
_PLACES: Final = ((re.compile("^Study argument "), ""), (re.compile("^--set "), "overrides "),
                  (re.compile("^--mix "), "mixes "))  # fmt: skip
_WARM: Final = "status-quo"
_WARM_END: Final = "2025-03-30"


@dataclass(frozen=True)
class Branches:
    """What a request has to do with the end of the evidence.

    Attributes
    ----------
    is_past
        Whether its horizon goes past the evidence date of the register.
    evidence_date
        Until when the register holds what governments have done.
    other
        The request of the other branch, in the canonical form.
    """

    is_past: bool
    evidence_date: date
    other: dict[str, Any]


def canonical(request: Request) -> dict[str, Any]:
    """The one form of all requests for the same run.

    Parameters
    ----------
    request
        ``scenario``: a built-in name, or ``text``: a scenario in YAML; ``mixes``, ``overrides``
        (value by path), ``draws``, ``seed``, ``branch`` (``hold`` or ``lapse``).

    Raises
    ------
    InputError
        With every problem of the request.
    """
    return _judged(request).form


def branches(request: Request) -> Branches:
    """Whether a run goes past the evidence, and what its other branch is.

    Raises
    ------
    InputError
        With every problem of the request.
    """
    found = _judged(request)
    other = _BRANCHES[1 - _BRANCHES.index(found.form["branch"])]
    is_past = found.last > found.evidence_date
    return Branches(is_past, found.evidence_date, {**found.form, "branch": other})


@dataclass(frozen=True)
class _Judged:
    """What opening a study tells of a request."""

    form: dict[str, Any]
    last: date
    evidence_date: date


def _judged(request: Request) -> _Judged:
    """Open what is asked for, or remember it: a page may ask for each of its readers."""
    try:
        text = json.dumps(request)
    except (TypeError, ValueError):
        # no JSON: what is wrong with it is told, and told of this object alone
        return _judge(request)
    found = _remembered(text)
    return replace(found, form=json.loads(json.dumps(found.form)))


@lru_cache(maxsize=128)
def _remembered(text: str) -> _Judged:
    return _judge(json.loads(text))


def _judge(request: Request) -> _Judged:
    asked = read_request(request)
    study = _open(asked)
    last = study.scenario.clock.end - timedelta(days=1)
    return _Judged(_form(asked, study), last, study.register.evidence_date)


def perform(request: Request, upload: Path | None, folder: Path, progress: Progress) -> None:
    """Write the run folder; see `Task.perform`."""
    # its own folder goes with the job, whatever becomes of it
    study = _open(read_request(request), folder.parent)
    run = study.simulate(out=folder, progress=progress)
    run.save(folder, render_report)


def warm() -> None:
    """Compile the kernel, or load it, on as little as it takes."""
    end = {"horizon.end": _WARM_END}
    open_study(_WARM, draws=1, overrides=end).simulate(threads=1)


def title(request: Request) -> str:
    """What a run is called in lists."""
    return " + ".join([str(request["scenario"]), *request["mixes"]])


def study_of(request: Request) -> Study:
    """The scenario that a request asks for, ready to be simulated.

    Raises
    ------
    InputError
        With every problem of the request.
    """
    return _open(read_request(request))


def _open(asked: RunRequest, folder: Path | None = None) -> Study:
    """Open what is asked for; problems speak of the request, and not of commands or folders."""
    changes = dict(asked.overrides)
    if asked.branch is not None:
        # the last one wins, and the field of the request is plainer than a path in it
        changes = {
            **{name: v for name, v in changes.items() if name != _BRANCH},
            _BRANCH: asked.branch,
        }
    with _named(asked, folder) as name:
        try:
            return open_study(
                name, mixes=asked.mixes, overrides=changes, draws=asked.draws, seed=asked.seed
            )
        except InputError as error:
            raise _spoken(error, str(name) if asked.text else "") from error


def _spoken(error: InputError, file: str) -> InputError:
    """An error in the words of the request, without the path of a file made on the way."""

    def shown(text: str) -> str:
        return text.replace(file, _FILE) if file else text

    found = [
        replace(problem, place=_place(shown(problem.place)), seen=shown(problem.seen))
        for problem in error.problems
    ]
    return type(error)(shown(error.where), found)


@contextmanager
def _named(asked: RunRequest, folder: Path | None) -> Iterator[str | Path]:
    """The name of a built-in scenario, or the file that a text was put into."""
    if not asked.text:
        yield asked.scenario
        return
    with TemporaryDirectory(dir=folder) as place:
        file = Path(place, _FILE)
        file.write_text(asked.text, encoding="utf-8")
        yield file


def _place(text: str) -> str:
    for pattern, spoken in _PLACES:
        text = pattern.sub(spoken, text)
    return text


def _form(asked: RunRequest, study: Study) -> dict[str, Any]:
    scenario = study.scenario
    kept = {k: v for k, v in sorted(asked.overrides.items()) if k not in _FOLDED}
    form = {
        "scenario": scenario.name if asked.text else asked.scenario,
        "mixes": list(asked.mixes),
        "overrides": kept,
        "draws": scenario.draws,
        "seed": scenario.seed,
        "branch": scenario.measures.branch,
    }
    return {**form, "text": asked.text} if asked.text else form


RUN: Final = Task("run", "long", canonical, perform, warm, title)
