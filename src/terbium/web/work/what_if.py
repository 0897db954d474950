"""The job ``what_if``: a scenario with some levers moved, few draws, held against itself unmoved.

It answers within seconds because a worker keeps what moving a lever leaves as it was: the chain
(`terbium.analysis.chain`) and the draws of the scenario unmoved. Whatever it keeps, equal requests
have equal answers, and rows are those of an ordinary run of the same request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from terbium.analysis.compare import Resampler, export_changes, stop_changes, with_regions
from terbium.base.errors import InputError, Problems
from terbium.base.files import atomic_write_text
from terbium.results.context import History, Route, Row
from terbium.results.exports import HEADLINE_MATERIAL, MonthlyExports, export_rows, monthly_exports
from terbium.results.stops import stop_rows
from terbium.results.summary import run_row
from terbium.study import Run, Study
from terbium.web.views import levers as moving
from terbium.web.views.levers import Lever, Value
from terbium.web.views.run import Shelf
from terbium.web.work import run as running
from terbium.web.work.requests import FIELDS
from terbium.web.work.task import Progress, Request, Task

Floats = NDArray[np.float64]

SUMMARY: Final = "summary.json"
DRAWS: Final = 50
MOST_DRAWS: Final = 200
WHOLE: Final = "whole"
"""The horizon that means the scenario's own."""

_OWN: Final = ("levers", "end", "apart")
_END: Final = "horizon.end"
_FIRST: Final = "april-2025"
_HALF_YEAR: Final = 7
_DAYS_PER_WEEK: Final = 7
_LAST_OF_YEAR: Final = (12, 31)
_INFINITE: Final = (float("inf"), float("-inf"))


@dataclass(frozen=True)
class Base:
    """A scenario before anything is moved.

    Attributes
    ----------
    form
        Its request, as one for a run.
    study
        Over its own horizon.
    levers
        What can be moved.
    """

    form: dict[str, Any]
    study: Study
    levers: tuple[Lever, ...]

    @property
    def default_end(self) -> date:
        """Where an answer ends that nobody has told: the year's end, or a year after the start.

        The year's end leaves half a year at least to see what happens.
        """
        scenario = self.study.scenario
        start = scenario.headline.in_force or scenario.horizon.start
        if start.month < _HALF_YEAR:
            end = date(start.year, *_LAST_OF_YEAR)
        else:
            end = date(start.year + 1, start.month, 1)
        return min(max(end, scenario.horizon.start), scenario.horizon.end)


_bases: Shelf[Base] = Shelf(8)
_sides: Shelf[Side] = Shelf(12)


def base_of(request: Request) -> Base:
    """The scenario that a request moves; kept, since it is asked for with every movement.

    Raises
    ------
    InputError
        With every problem of the part of the request that a run would have.
    """
    form = {"draws": DRAWS} | {k: v for k, v in request.items() if k not in _OWN and v is not None}

    def opened() -> Base:
        study = running.study_of(form)
        levers = moving.levers_of(study.scenario, study.dataset, study.register)
        return Base(running.canonical(form), study, levers)

    return _bases.get(_text(form), opened)


def canonical(request: Request) -> dict[str, Any]:
    """The one form of all requests with the same answer.

    Parameters
    ----------
    request
        As for a run, and ``levers`` (setting by name, see `terbium.web.views.levers`), ``end``
        (last day that is computed; `WHOLE` is the scenario's own) and ``apart`` (whether what each
        lever does alone is asked for too).

    Raises
    ------
    InputError
        With every problem of the request.
    """
    problems = Problems()
    for name in request:
        if name not in (*FIELDS, *_OWN):
            allowed = ", ".join((*FIELDS, *_OWN))
            problems.add(str(name)[:80], "a field that is not known", allowed, "leave it out")
    problems.raise_if_any("request", InputError)
    base = base_of(request)
    if base.form["draws"] > MOST_DRAWS:
        problems.add("draws", str(base.form["draws"]), f"at most {MOST_DRAWS}", "run it in full")
    given = request.get("levers") or {}
    if not isinstance(given, Mapping):
        problems.add(
            "levers", repr(given)[:80], "a setting by name", 'write {"response/...": false}'
        )
        given = {}
    settings = moving.read_levers(given, base.levers, problems)
    end = _end(request.get("end"), base, problems)
    apart = request.get("apart", False)
    if not isinstance(apart, bool):
        problems.add("apart", repr(apart)[:80], "true or false", "write one of the two")
    problems.raise_if_any("request", InputError)
    form = {**base.form, "levers": settings, "end": end, "apart": bool(apart) and len(settings) > 1}
    running.study_of(moved(form))
    return form


def moved(form: Mapping[str, Any], levers: Mapping[str, Value] | None = None) -> dict[str, Any]:
    """The request for a run that a canonical request comes to, over the same horizon.

    Parameters
    ----------
    form
        Of a what-if.
    levers
        Instead of its own.
    """
    settings = form["levers"] if levers is None else levers
    base = base_of(form)
    mixes = moving.mixes_with(base.study.scenario, settings)
    plain = {**base.form, "mixes": list(mixes)}
    scenario = base.study.scenario
    if list(mixes) != list(scenario.chosen):
        scenario = running.study_of(plain).scenario
    changes = moving.overrides_of(scenario, base.study.dataset, settings)
    overrides = {**base.form["overrides"], **changes}
    if form.get("end", WHOLE) != WHOLE:
        overrides[_END] = form["end"]
    branch = settings.get(moving.BRANCH, base.form["branch"])
    return {**plain, "overrides": overrides, "branch": branch}


def in_full(form: Mapping[str, Any]) -> dict[str, Any]:
    """The request for the whole run of a what-if: the scenario's own horizon and draws."""
    asked = {**moved({**form, "end": WHOLE}), "draws": None}
    return {name: value for name, value in asked.items() if value is not None}


@dataclass(frozen=True)
class Side:
    """One of the two runs that are held against each other, with the draws that this takes."""

    run: Row
    exports: MonthlyExports
    first_stops: list[Row]
    monthly_exports: list[Row]
    weeks: Mapping[tuple[str, str], Floats]
    base_means: Mapping[str, float]
    names: Mapping[str, str]
    label: str

    @property
    def months(self) -> tuple[str, ...]:
        """Months that it covers whole."""
        return self.exports.months

    @property
    def routes(self) -> Mapping[Route, Floats]:
        """Exports by route, (month, draw) [t]."""
        return self.exports.tonnes

    @property
    def stops(self) -> Mapping[tuple[str, str], Floats]:
        """First stop by region and industry, (draw,) [week]."""
        return self.weeks


def perform(request: Request, upload: Path | None, folder: Path, progress: Progress) -> None:
    """Write `SUMMARY`; see `Task.perform`."""
    wanted: list[tuple[str, Mapping[str, Value]]] = [("", {})]
    if request["levers"]:
        wanted.append(("", request["levers"]))
    if request["apart"]:
        wanted += [(name, {name: value}) for name, value in request["levers"].items()]
    forms = [moved(request, levers) for _, levers in wanted]
    sides = list(_made(forms, progress))
    before, after = sides[0], sides[min(1, len(sides) - 1)]
    resampler = Resampler(request["draws"], request["draws"], paired=True)
    content = {
        "request": dict(request),
        "overrides": forms[min(1, len(forms) - 1)]["overrides"],
        "run": after.run,
        "first_stops": _plain(after.first_stops),
        "monthly_exports": after.monthly_exports,
        "base": {
            "run": before.run,
            "first_stops": _plain(before.first_stops),
            "monthly_exports": before.monthly_exports,
        },
        "stops": _plain(stop_changes(before, after, resampler)),
        "totals": list(export_changes(before, after, resampler, with_months=False)[1]),
        "apart": [
            _alone(name, before, side, resampler)
            for (name, _), side in zip(wanted[2:], sides[2:], strict=True)
        ],
        "base_means": dict(after.base_means),
        "names": dict(after.names),
        "regimes": [before.label, after.label],
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    atomic_write_text(folder / SUMMARY, text)


def _made(forms: list[dict[str, Any]], progress: Progress) -> Iterator[Side]:
    """Both sides and what else is asked for, told of as one piece of work."""
    for number, form in enumerate(forms):

        def tell(done: int, total: int, number: int = number) -> None:
            progress(number * total + done, len(forms) * total)

        yield _sides.get(_text(form), partial(_side, form, tell))


def _side(form: Mapping[str, Any], progress: Progress) -> Side:
    study = running.study_of(form)
    run = study.simulate(progress=progress)
    recording, context = run.recording, run.context
    exports = _headline(monthly_exports(recording, context, (HEADLINE_MATERIAL,)))
    history = History(context.observations)
    weeks = {
        key: recording.first_stop_days[i].astype(np.float64) / _DAYS_PER_WEEK
        for i, key in enumerate(recording.industry_keys)
    }
    return Side(
        run_row(recording.clock, recording.draws, context),
        exports,
        stop_rows(recording, context),
        export_rows(exports, history),
        with_regions(weeks),
        _base_means(run, exports, history),
        context.names,
        str(recording.regime["label"]),
    )


def _headline(exports: MonthlyExports) -> MonthlyExports:
    """Exports of the headline group alone."""
    tonnes, base = (
        {route: table[route] for route in sorted(table) if route[0] == HEADLINE_MATERIAL}
        for table in (exports.tonnes, exports.base)
    )
    return MonthlyExports(exports.months, tonnes, base)


def _base_means(run: Run, exports: MonthlyExports, history: History) -> dict[str, float]:
    """Recorded mean month of the base year, by destination of the headline group [t/month]."""
    found = {}
    for route in sorted(exports.tonnes):
        mean = history.base_mean(route, run.context.base_year)
        if mean is not None:
            found[route[2]] = mean.value
    return found


def _alone(name: str, before: Side, after: Side, resampler: Resampler) -> Row:
    """What one lever does by itself."""
    totals = export_changes(before, after, resampler, with_months=False)[1]
    return {
        "lever": name,
        "stops": _plain(stop_changes(before, after, resampler)),
        "totals": list(totals),
    }


def warm() -> None:
    """Compile the kernel, and have the scenario that the page opens with at hand."""
    form = canonical({"scenario": _FIRST})
    list(_made([moved(form)], lambda done, total: None))


def title(request: Request) -> str:
    """What a job is called in lists."""
    return " + ".join([running.title(request), *request["levers"]])


def _end(given: object, base: Base, problems: Problems) -> str:
    if given is None or given == "":
        return base.default_end.isoformat()
    if given == WHOLE:
        return WHOLE
    horizon = base.study.scenario.horizon
    try:
        day = date.fromisoformat(str(given))
    except ValueError:
        day = date.min
    if not horizon.start < day <= horizon.end:
        told = f"a day from {horizon.start} to {horizon.end}, or '{WHOLE}'"
        problems.add("end", repr(given)[:80], told, "choose a day of the scenario's horizon")
    return WHOLE if day == horizon.end else day.isoformat()


def _plain(value: object) -> object:
    """As JSON says it; infinity is the text ``inf``."""
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return str(value) if value in _INFINITE else value


def _text(form: Mapping[str, Any]) -> str:
    return json.dumps(form, sort_keys=True, default=repr)


WHAT_IF: Final = Task("what_if", "quick", canonical, perform, warm, title)
