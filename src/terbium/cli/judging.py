"""The work of ``terbium validate``: read the targets, run what they need, print the verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from terbium.analysis.backtest import Judged, evaluate, statuses
from terbium.analysis.families import family_rows
from terbium.analysis.frozen import Frozen, load_frozen
from terbium.analysis.targets import USES, Target, read_targets
from terbium.base.errors import CommandError, InputError, Problems, suggest
from terbium.cli.output import note, print_json, progress_bar
from terbium.cli.verdicts import ledger_rows, print_ledger, print_verdicts
from terbium.results.keys import Key, Trajectory, origins_of
from terbium.scenario import list_scenarios
from terbium.study import open_study


@dataclass(frozen=True)
class Request:
    """The options of the command, as given."""

    targets: Path | None
    split: str | None
    scenarios: tuple[str, ...]
    draws: int | None
    has_ledger: bool
    is_json: bool


def judge(request: Request, problems: Problems) -> None:
    """Hold runs against targets and print what comes out.

    Parameters
    ----------
    request
        What was asked.
    problems
        What is wrong with it so far; everything else that is wrong is added before it is raised.

    Raises
    ------
    InputError
        Before anything is run.
    """
    if request.split is not None and request.split not in USES:
        seen = f"'{request.split}'"
        problems.add("--split", seen, ", ".join(USES), suggest(request.split, USES))
    asked = _asked(request.targets, problems)
    named = sorted({target.scenario for target in asked if target.scenario})
    for name in request.scenarios:
        if name not in named:
            problems.add(
                "--scenario", f"'{name}'", "a scenario that a target names", suggest(name, named)
            )
    problems.raise_if_any("terbium validate", CommandError)
    chosen = _chosen(asked, request.split, request.scenarios)
    frozen = load_frozen()
    worlds = _worlds(chosen, list(list_scenarios()), request.draws)
    rows = evaluate(chosen, worlds, frozen)
    families = family_rows(rows)
    if request.is_json:
        print_json(_answer(rows, families, statuses(rows), request.has_ledger, frozen))
        return
    print_verdicts(rows, families, statuses(rows))
    if request.has_ledger:
        print_ledger(rows, frozen)


def _asked(path: Path | None, problems: Problems) -> tuple[Target, ...]:
    """Read the targets; their problems are told together with those of the options."""
    try:
        return read_targets(path)
    except InputError as error:
        if not problems:
            raise
        problems.extend(error.problems)
    problems.raise_if_any("terbium validate", CommandError)
    return ()


def _chosen(
    targets: Sequence[Target], split: str | None, scenarios: Sequence[str] | None
) -> list[Target]:
    return [
        target
        for target in targets
        if (split is None or target.use == split)
        and (not scenarios or target.scenario in scenarios)
    ]


def _worlds(
    targets: Sequence[Target], existing: Sequence[str], draws: int | None
) -> dict[str, Trajectory]:
    """Run each scenario that a key needs and that exists, once."""
    asked: dict[str, list[Key]] = {}
    for target in targets:
        if target.key is not None and target.scenario in existing:
            asked.setdefault(target.scenario, []).append(target.key)
    return {name: _world(name, asked[name], draws) for name in sorted(asked)}


def _world(name: str, keys: Sequence[Key], draws: int | None) -> Trajectory:
    note(f"Opening {name}")
    study = open_study(name, draws=draws)
    regions = tuple(study.dataset.table("regions")["region"])
    recorded = study.scenario.recording.origins
    needed = [r for r in regions if r in {*recorded, *origins_of(keys, regions)}]
    if set(needed) > set(recorded):
        study = open_study(name, draws=draws, overrides={"recording.origins": needed})
    with progress_bar(f"Running {name}") as advance:
        run = study.simulate(progress=advance)
    return run.trajectory


def _answer(
    rows: Sequence[Judged],
    families: list[dict[str, object]],
    counts: Mapping[str, int],
    has_ledger: bool,
    frozen: Frozen | None,
) -> dict[str, object]:
    answer: dict[str, object] = {
        "rows": [row.to_dict() for row in rows],
        "families": families,
        "statuses": dict(counts),
    }
    if has_ledger:
        answer["ledger"] = ledger_rows(rows, frozen)
    return answer
