"""What the shortfall of the chain costs the economy: the part of a summary that says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from terbium.analysis.economy_compare import (
    baseline_rows,
    chosen,
    claim_rows,
    implausible_row,
    missing_share,
    regime_row,
    variant_row,
)
from terbium.analysis.economy_rows import (
    FIRST_MONTHS,
    FIRST_YEAR,
    WORLD,
    Places,
    interval,
    month_rows,
    region_rows,
    sector_rows,
    windows_of,
)
from terbium.analysis.economy_run import EconomyRun, Progress, Rules, Uses, run_economy
from terbium.analysis.economy_world import World, draw_world, load_world
from terbium.engine.recording import Recording
from terbium.evidence.methods import method
from terbium.evidence.parameters import Parameters
from terbium.results.context import Row, RunContext
from terbium.results.provenance import parameter_rows
from terbium.results.store import Beside
from terbium.scenario import Scenario

_MAGNETS = "RE_magnet"
_JUDGED = ("USA", "EU27")
_SHOWN = ("USA", "EU27", "JPN", WORLD)


@dataclass(frozen=True)
class EconomyPlan:
    """What a run through the world table is made from.

    Attributes
    ----------
    world, parameters
        The package, and its parameters after all overrides.
    rules
        Structural choices of the scenario.
    """

    world: World
    parameters: Parameters
    rules: Rules


@dataclass(frozen=True)
class Economy:
    """A run through the world table, with the same under other rules.

    Attributes
    ----------
    plan
        What it was made from.
    run
        All draws.
    variants
        Fewer draws under other rules, by name; ``as chosen`` holds the same draws as they were.
    """

    plan: EconomyPlan
    run: EconomyRun
    variants: Mapping[str, EconomyRun]


def economy_plan(scenario: Scenario) -> EconomyPlan | None:
    """What a scenario asks of a world table; None if it names none.

    Raises
    ------
    InputError
        If the table's package cannot be read, or a value does not fit its parameter.
    """
    asked = scenario.economy
    if asked.table is None:
        return None
    world = load_world(asked.table)
    known = world.package.parameters
    fixed = {name: value for name, value in scenario.parameters.items() if name in known}
    rules = Rules(asked.inputs == "all_critical", asked.rationing, asked.ordering)
    return EconomyPlan(world, known.override(fixed, where=scenario.name), rules)


def simulate_economy(
    plan: EconomyPlan,
    recording: Recording,
    context: RunContext,
    progress: Progress | None = None,
) -> Economy:
    """Run the recording of a chain through the world table.

    Parameters
    ----------
    plan
        Table, parameters, rules.
    recording, context
        Of the chain's run.
    progress
        Called with runs done and runs in all.
    """
    drawn = draw_world(plan.parameters, recording.draws, context.seed)
    uses: Uses = {(str(u["region"]), str(u["industry"])): _number(u["value"]) for u in context.uses}
    fewer = min(round(method("economy/variant_draws")), recording.draws)
    others = {name: rules for name, rules in _others(plan.rules).items() if rules != plan.rules}
    total = recording.draws + fewer * len(others)

    def told(before: int) -> Callable[[int, int], None]:
        return lambda done, _: progress(before + done, total) if progress else None

    run = run_economy(plan.world, recording, drawn, uses, plan.rules, told(0))
    part = first_draws(recording, fewer)
    some = {name: values[:fewer] for name, values in drawn.items()}
    variants = {"as chosen": run_economy(plan.world, part, some, uses, plan.rules)}
    for i, (name, rules) in enumerate(others.items()):
        before = told(recording.draws + fewer * i)
        variants[name] = run_economy(plan.world, part, some, uses, rules, before)
    return Economy(plan, run, variants)


def _others(rules: Rules) -> dict[str, Rules]:
    """One choice changed at a time."""
    leontief = replace(rules, all_critical=True)
    reference = replace(rules, rationing="proportional", ordering="realised")
    return {
        "shared out in proportion": replace(rules, rationing="proportional"),
        "as in the reference": reference,
        "every input critical": leontief,
        "every input critical, as in the reference": replace(reference, all_critical=True),
        "industries first, orders follow what is wanted": Rules(rules.all_critical),
    }


def first_draws(recording: Recording, count: int) -> Recording:
    """The first draws of a recording, as far as the economy needs them."""
    arrays = {
        name: getattr(recording, name)[..., :count]
        for name in (
            *("export", "export_base", "output_share", "cover_days", "made", "stops_begun"),
            *("first_stop_days", "stop_length_days", "binding"),
            *("queue_filed", "queue_granted", "queue_refused", "queue_expired", "queue_shipped"),
            "queue_waiting",
        )
    }
    return replace(recording, draws=count, **arrays)


def economy_summary(found: Economy, recording: Recording, context: RunContext) -> dict[str, Any]:
    """The part ``economy`` of `summary.json`.

    Returns
    -------
    dict
        ``regions``, ``sectors``, ``months``: losses (`terbium.analysis.economy_rows`);
        ``baselines``, ``claims``, ``implausible``, ``variants``, ``regime``: what they stand
        beside (`terbium.analysis.economy_compare`); ``exposed``: value added on lines that stop
        without their inputs, as a share of GDP; ``about``: table, terms and units; ``names``.
    """
    run, world = found.run, found.plan.world
    places = Places.of(run, context.blocs)
    last = run.clock.end - timedelta(days=1)
    windows = windows_of(run.clock.start, last, context.headline_date)
    year = chosen(windows)
    magnets = context.groups.get(_MAGNETS, (_MAGNETS,))
    missing = missing_share(world, recording, magnets)
    variants = [
        row
        for name, other in found.variants.items()
        for row in variant_row(Places.of(other, context.blocs), year, name, _SHOWN)
    ]
    return {
        "regions": region_rows(places, windows),
        "sectors": sector_rows(places, year),
        "months": month_rows(places),
        "exposed": [
            {"region": place, "unit": "1",
             **interval(places.share(place, run.exposed[:, np.newaxis])[0])}
            for place in places.members
        ],
        "baselines": baseline_rows(places, year, missing),
        "claims": claim_rows(places, context.headline_date, missing),
        "implausible": [
            row
            for window in windows
            if window.name in (FIRST_MONTHS, FIRST_YEAR)
            for row in implausible_row(places, window, _JUDGED)
        ],
        "variants": variants,
        "regime": regime_row(run),
        "about": _about(found, year.name),
        "names": _names(world),
    }  # fmt: skip


def _about(found: Economy, window: str) -> Row:
    world, rules = found.plan.world, found.plan.rules
    package, table = world.package, world.table
    grades = [estimate.grade for estimate in package.estimates.values()]
    return {
        "table": package.name,
        "title": package.title,
        "base_year": package.base_year,
        "dataset_hash": package.hash,
        "parameter_hash": found.plan.parameters.hash,
        "regions": len(table.regions),
        "sectors": len(table.sectors),
        "unit": table.unit,
        "sources": [
            {"id": s.id, "title": s.title, "licence": s.licence, "note": s.note}
            for s in package.sources.values()
        ],
        "window": window,
        "inputs": "all_critical" if rules.all_critical else "rated",
        "rationing": rules.rationing,
        "ordering": rules.ordering,
        "guesses": grades.count("D") / len(grades),
        "warnings": list(table.warnings),
    }


def _names(world: World) -> dict[str, str]:
    rows = world.package.table("sectors")
    return dict(zip(rows["sector"], rows["name_en"], strict=True))


def _number(cell: object) -> float:
    return float(str(cell))


def with_economy(beside: Beside, found: Economy, recording: Recording, run: RunContext) -> Beside:
    """Add what was found to that which stands beside the recording of a run."""
    told = economy_summary(found, recording, run)
    about, known = told["about"], found.plan.world.package.parameters
    made_from = {name: about[name] for name in ("table", "dataset_hash", "parameter_hash")}
    return Beside(
        {**beside.summary, "economy": told},
        {**beside.manifest, "economy": made_from},
        (*beside.parameters, *parameter_rows(found.plan.parameters, known)),
        {**beside.tables, **{file: told[name] for file, name in TABLES.items()}},
    )


TABLES = {
    "economy": "regions",
    "economy_sectors": "sectors",
    "economy_months": "months",
    "economy_baselines": "baselines",
    "economy_claims": "claims",
    "economy_variants": "variants",
}
"""Tables of a run folder and the rows of the part ``economy`` that they hold."""
