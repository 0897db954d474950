"""Which headlines rest on guesses: all grade-D estimates moved to one end together.

The kernel is stepped once more at chosen parameters: central values, every grade-D estimate at its
low end, at its high end, and each family of them alone (a family is the first part of the names). A
headline flips if it no longer holds at an end; the families that flip it alone are named. Draws of
the same run say how often the headline holds when all estimates vary at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from terbium.analysis.headlines import Reading, read_headlines
from terbium.engine.compile import Compiled
from terbium.engine.recorder import Recorder
from terbium.engine.recording import Recording
from terbium.engine.run import Plan, simulate
from terbium.engine.sample import Values, draw_blocks
from terbium.evidence.parameters import Level, Parameters
from terbium.results.context import Row, RunContext
from terbium.results.quantiles import significant, tidy

GUESS = "D"
ENDS: tuple[Level, Level] = ("low", "high")

_DIGITS = 3
_Lane = tuple[str, str]
"""(family, end); the family ``all`` is every guess together."""
_ALL = "all"
_CENTRAL: _Lane = ("none", "central")


@dataclass(frozen=True)
class Stress:
    """What moving the guesses does to the headlines.

    Parameters
    ----------
    rows
        One per headline, those that flip first: ``headline, subject, unit``; ``central, low,
        high``: figures; ``central_class, low_class, high_class``: what the headline says there;
        ``flips``, ``flips_at``; ``families``: those that flip it alone, rows ``family, ends``;
        ``share_of_draws``: share of the run's draws in which the central headline holds.
    reach
        ``families``: rows ``family, estimates``; ``moved``: number of guesses that enter a step of
        the run; ``held``: number of those that shape the base flows, which no draw moves.
    """

    rows: tuple[Row, ...]
    reach: Row


def stress(
    compiled: Compiled, parameters: Parameters, plan: Plan, run: Recording, context: RunContext
) -> Stress:
    """Move the guesses of a run and see which of its headlines flip.

    Parameters
    ----------
    compiled
        The chain that was run.
    parameters
        The run's parameters, after all overrides: what was fixed does not move.
    plan
        Its responses and rules; the values are not looked at.
    run
        Its recording.
    context
        Its names and record.

    Returns
    -------
    Stress
        Without rows where the run has no headline measure. The same for any number of threads.
    """
    named = _guesses_in_use(compiled, parameters, plan)
    families = sorted({_family(name) for name in named})
    lanes = [_CENTRAL, *((f, end) for f in (_ALL, *families) for end in ENDS)]
    reach = _reach(parameters, named, families)
    if context.headline_date is None:
        return Stress((), reach)
    columns = np.stack([_values(parameters, lane) for lane in lanes], axis=1)
    recorder = Recorder(compiled, len(lanes), context.headline_date)
    simulate(compiled, replace(plan, values=Values(parameters.names, columns)), recorder)
    ends = read_headlines(recorder.finish(), context)
    drawn = read_headlines(run, context)
    rows = [_row(end, draws, lanes) for end, draws in zip(ends, drawn, strict=True)]
    return Stress(tuple(sorted(rows, key=lambda row: not row["flips"])), reach)


class _Noting(Values):
    """Values that remember which parameters were asked for."""

    def __init__(self, names: Sequence[str], sample: NDArray[np.float64]) -> None:
        super().__init__(names, sample)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        self.asked.add(name)
        return super().__getitem__(name)

    def rows(self, names: Sequence[str]) -> NDArray[np.float64]:
        self.asked.update(names)
        return super().rows(names)


def _guesses_in_use(compiled: Compiled, parameters: Parameters, plan: Plan) -> list[str]:
    """Grade-D estimates with a width that the arrays of a draw are made from."""
    values = _Noting(parameters.names, parameters.central[:, np.newaxis])
    draw_blocks(compiled, values, plan.responses)
    return [name for name in _guesses(parameters) if name in values.asked]


def _guesses(parameters: Parameters) -> list[str]:
    rows = zip(parameters.names, parameters.grades, parameters.low, parameters.high, strict=True)
    return [name for name, grade, low, high in rows if grade == GUESS and low < high]


def _family(name: str) -> str:
    return name.partition("/")[0]


def _reach(parameters: Parameters, named: Sequence[str], families: Sequence[str]) -> Row:
    counts = {family: sum(_family(name) == family for name in named) for family in families}
    return {
        "families": [{"family": family, "estimates": n} for family, n in counts.items()],
        "moved": len(named),
        "held": len(_guesses(parameters)) - len(named),
    }


def _values(parameters: Parameters, lane: _Lane) -> NDArray[np.float64]:
    family, end = lane
    if lane == _CENTRAL:
        return parameters.central
    moved = parameters.at("low" if end == "low" else "high", grades=(GUESS,))
    if family == _ALL:
        return moved
    mask = np.array([_family(name) == family for name in parameters.names], dtype=bool)
    return np.where(mask, moved, parameters.central)


def _row(ends: Reading, draws: Reading, lanes: Sequence[_Lane]) -> Row:
    at = {lane: i for i, lane in enumerate(lanes)}
    central = ends.classes[at[_CENTRAL]]
    holds = {lane: bool(central & ends.classes[i]) for lane, i in at.items()}
    flips_at = [end for end in ENDS if not holds[_ALL, end]]
    families: Mapping[str, list[str]] = {
        family: [end for end in ENDS if not holds[family, end]]
        for family, _ in lanes
        if family not in (_ALL, _CENTRAL[0])
    }
    places = {"central": _CENTRAL, "low": (_ALL, "low"), "high": (_ALL, "high")}
    return {
        "headline": ends.headline,
        "subject": ends.subject,
        "unit": ends.unit,
        **{name: _figure(float(ends.values[at[lane]])) for name, lane in places.items()},
        **{f"{n}_class": " ".join(sorted(ends.classes[at[lane]])) for n, lane in places.items()},
        "flips": bool(flips_at),
        "flips_at": flips_at,
        "families": [{"family": f, "ends": found} for f, found in families.items() if found],
        "share_of_draws": significant(
            float(np.mean([bool(central & found) for found in draws.classes])), _DIGITS
        ),
    }


def _figure(value: float) -> float | None:
    return None if np.isnan(value) else tidy(value)
