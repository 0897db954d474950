"""One run against the shipped targets of its scenario, as `terbium validate` judges them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from terbium.analysis.backtest import Judged, evaluate, statuses
from terbium.analysis.families import family_rows
from terbium.analysis.frozen import OUT_OF_SAMPLE, load_frozen
from terbium.analysis.targets import Target, read_targets
from terbium.results.context import Row
from terbium.results.keys import Trajectory

SHOWN = ("id", "key", "observable", "role", "use", "episode", "status", "reason", "unit", "scale")
"""Texts of a row, in this order; its figures follow."""


def scoreboard(world: Trajectory, is_changed: bool = False) -> Row:
    """Hold a run against every shipped target that names its scenario.

    Parameters
    ----------
    world
        The run.
    is_changed
        Whether the scenario was changed: the scores are then of another history.

    Returns
    -------
    dict
        ``rows``: targets with verdict, score and baselines, failures first; ``families``: see
        `terbium.analysis.families.family_rows`; ``statuses``: number of rows of each; ``frozen``:
        ``date, parameter_hash`` of the frozen parameters, or None; ``parameter_hash`` of the run;
        ``out_of_sample``: number of scored rows that may be called so; ``is_changed``.
    """
    name = world.context.scenario
    rows = evaluate([t for t in _targets() if t.scenario == name], {name: world}, load_frozen())
    frozen = load_frozen()
    return {
        "rows": [_row(row) for row in rows],
        "families": family_rows(rows),
        "statuses": statuses(rows),
        "frozen": None
        if frozen is None
        else {"date": frozen.date.isoformat(), "parameter_hash": frozen.parameter_hash},
        "parameter_hash": world.context.parameter_hash,
        "out_of_sample": _out_of_sample(rows),
        "is_changed": is_changed,
    }


@cache
def _targets() -> tuple[Target, ...]:
    return read_targets()


def _row(row: Judged) -> Row:
    told = row.to_dict()
    texts = {name: told[name] for name in SHOWN if name in told}
    figures = {name: value for name, value in told.items() if name not in texts}
    # the first baseline again, and the scenario that all rows share
    figures.pop("baseline")
    figures.pop("scenario")
    return {**texts, "observable": row.target.observable, **figures}


def _out_of_sample(rows: Sequence[Judged]) -> int:
    return sum(row.hit is not None and row.standing == OUT_OF_SAMPLE for row in rows)
