"""What a run folder holds beyond the recording: stress, scores by row, rivals, open questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from terbium.analysis.scoreboard import scoreboard
from terbium.analysis.stress import stress
from terbium.engine.compile import Compiled
from terbium.engine.run import Plan
from terbium.evidence.dataset import Dataset
from terbium.evidence.parameters import Parameters
from terbium.results.context import Row
from terbium.results.keys import Trajectory

_RIVALS = "rivals"
_TEXT = ("episode", "rival", "title", "mix", "verdict")


@dataclass(frozen=True)
class Made:
    """A finished run with what it was made from.

    Parameters
    ----------
    compiled, parameters, plan
        Chain, parameters after all overrides, responses and rules.
    dataset
        Where a table of rivals may lie.
    world
        The run as keys are answered from it.
    is_changed
        Whether a mix, an option or a folder of the user's changed the scenario.
    """

    compiled: Compiled
    parameters: Parameters
    plan: Plan
    dataset: Dataset
    world: Trajectory
    is_changed: bool


def appendix(made: Made) -> dict[str, object]:
    """Further keys of `summary.json`.

    Returns
    -------
    dict
        ``stress``, ``stress_reach``: see `terbium.analysis.stress.Stress`; ``scoreboard``: see
        `terbium.analysis.scoreboard.scoreboard`; ``rivals``: explanations fitted to this
        scenario's record, see `rival_rows`; ``undecided``: facts that the law asks for and the
        run does not know, rows ``measure, paragraph, fact``; ``groups``: members of each group of
        materials.
    """
    recording, context = made.world.recording, made.world.context
    stressed = stress(made.compiled, made.parameters, made.plan, recording, context)
    return {
        "stress": list(stressed.rows),
        "stress_reach": stressed.reach,
        "scoreboard": scoreboard(made.world, made.is_changed),
        "rivals": rival_rows(made.dataset, context.scenario),
        "undecided": [
            {"measure": measure, "paragraph": paragraph, "fact": fact}
            for measure, paragraph, fact in made.compiled.friction.undecided
        ],
        "groups": {group: list(members) for group, members in context.groups.items()},
    }


def rival_rows(dataset: Dataset, scenario: str) -> list[Row]:
    """Rival explanations that were fitted to the record of a scenario; empty without any.

    Returns
    -------
    list of rows
        The dataset's columns, numbers as numbers, None where nothing is known.
    """
    if _RIVALS not in dataset.tables:
        return []
    rows = dataset.table(_RIVALS).to_dict("records")
    return [
        {str(name): _cell(str(name), row) for name in row}
        for row in rows
        if row["episode"] == scenario
    ]


def _cell(name: str, row: Mapping[object, object]) -> object:
    """A number where the column holds one; None where nothing is known."""
    value = row[name]
    if name in _TEXT:
        return str(value)
    try:
        number = float(str(value))
    except ValueError:
        return str(value) or None
    return None if number != number else number
