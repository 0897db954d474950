"""``terbium validate``: hold runs against recorded figures, failures first."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terbium.base.errors import CommandError, InputError, Problems, suggest
from terbium.cli.options import Json, at_least
from terbium.cli.output import note, print_json, progress_bar
from terbium.cli.verdicts import ledger_rows, print_ledger, print_verdicts

if TYPE_CHECKING:
    from terbium.analysis.backtest import Judged
    from terbium.analysis.targets import Target
    from terbium.results.keys import Trajectory


def validate(
    targets: Annotated[
        Path | None, typer.Option(help="CSV of targets.", show_default="the package's own")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Only rows of this use: calibrate or validate.")
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Only rows of this scenario; may be given again.")
    ] = None,
    draws: Annotated[
        int | None, typer.Option(help="Samples of all parameters.", show_default="the scenario's")
    ] = None,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="List what may be called out of sample, and why.")
    ] = False,
    json: Json = False,
) -> None:
    """Score runs against recorded figures beside baselines that know nothing of the law."""
    from terbium.analysis.backtest import evaluate, statuses
    from terbium.analysis.families import family_rows
    from terbium.analysis.frozen import load_frozen
    from terbium.analysis.targets import USES
    from terbium.scenario import list_scenarios

    problems = Problems()
    at_least(draws, 1, "--draws", problems)
    if split is not None and split not in USES:
        problems.add("--split", f"'{split}'", ", ".join(USES), suggest(split, USES))
    asked = _asked(targets, problems)
    named = sorted({target.scenario for target in asked if target.scenario})
    for name in scenario or ():
        if name not in named:
            problems.add(
                "--scenario", f"'{name}'", "a scenario that a target names", suggest(name, named)
            )
    problems.raise_if_any("terbium validate", CommandError)
    chosen = _chosen(asked, split, scenario)
    frozen = load_frozen()
    worlds = _worlds(chosen, list(list_scenarios()), draws)
    rows = evaluate(chosen, worlds, frozen)
    families = family_rows(rows)
    if json:
        print_json(_answer(rows, families, statuses(rows), ledger, frozen))
        return
    print_verdicts(rows, families, statuses(rows))
    if ledger:
        print_ledger(rows, frozen)


def _asked(path: Path | None, problems: Problems) -> "tuple[Target, ...]":
    """Read the targets; their problems are told together with those of the options."""
    from terbium.analysis.targets import read_targets

    try:
        return read_targets(path)
    except InputError as error:
        if not problems:
            raise
        problems.extend(error.problems)
    problems.raise_if_any("terbium validate", CommandError)
    return ()


def _chosen(
    targets: "Sequence[Target]", split: str | None, scenarios: Sequence[str] | None
) -> "list[Target]":
    return [
        target
        for target in targets
        if (split is None or target.use == split)
        and (not scenarios or target.scenario in scenarios)
    ]


def _worlds(
    targets: "Sequence[Target]", existing: Sequence[str], draws: int | None
) -> "dict[str, Trajectory]":
    """Run each scenario that a key needs and that exists, once."""
    needed = {target.scenario for target in targets if target.key is not None}
    return {name: _world(name, draws) for name in sorted(needed & set(existing))}


def _world(name: str, draws: int | None) -> "Trajectory":
    from terbium.engine.sample import Values
    from terbium.results.keys import trajectory_of
    from terbium.study import open_study

    note(f"Opening {name}")
    study = open_study(name, draws=draws)
    with progress_bar(f"Running {name}") as advance:
        run = study.simulate(progress=advance)
    sample = study.parameters.sample(run.recording.draws, run.context.seed)
    return trajectory_of(
        run.recording,
        run.context,
        study.dataset,
        study.graph,
        study.register,
        Values(study.parameters.names, sample),
        (study.scenario.base, study.scenario.covers.first),
    )


def _answer(
    rows: "Sequence[Judged]",
    families: list[dict[str, object]],
    counts: Mapping[str, int],
    has_ledger: bool,
    frozen: Any,
) -> dict[str, object]:
    answer: dict[str, object] = {
        "rows": [row.to_dict() for row in rows],
        "families": families,
        "statuses": dict(counts),
    }
    if has_ledger:
        answer["ledger"] = ledger_rows(rows, frozen)
    return answer
