"""`summary.json`: all that a reader, a table or the report needs of a run, in rows with units."""

from dataclasses import asdict
from datetime import timedelta

from terbium.base.calendar import Clock
from terbium.engine.recording import LINK_QUANTILES, Recording
from terbium.results.context import History, Row, RunContext
from terbium.results.exports import export_rows, monthly_exports
from terbium.results.findings import finding_rows
from terbium.results.quantiles import BANDS, tidy
from terbium.results.queue import monthly_queue, queue_rows
from terbium.results.scores import score_rows
from terbium.results.shortfalls import shortfall_rows
from terbium.results.stops import output_rows, stop_rows

SUMMARY_VERSION = 1

Summary = dict[str, object]


def summarise(recording: Recording, context: RunContext) -> Summary:
    """Boil a recording down to tables.

    Parameters
    ----------
    recording
        What the engine kept.
    context
        Names, groups, the record and where the run came from.

    Returns
    -------
    dict
        ``monthly_exports``, ``shortfalls``, ``first_stops``, ``queue``, ``scores``, ``findings``,
        ``outputs``, ``baseline``, ``uses``, ``measures``, ``sources``: lists of rows; ``run``,
        ``conservation``, ``regime``, ``grades``, ``names``, ``blocs``, ``units``: mappings.
        Quantiles are over draws, never of quantiles.
    """
    history = History(context.observations)
    exports = monthly_exports(recording, context)
    return {
        "version": SUMMARY_VERSION,
        "run": run_row(recording.clock, recording.draws, context),
        "monthly_exports": export_rows(exports, history),
        "shortfalls": shortfall_rows(exports, context),
        "first_stops": stop_rows(recording, context),
        "outputs": output_rows(recording),
        "queue": queue_rows(*monthly_queue(recording, context)),
        "scores": score_rows(exports, history, context),
        "findings": finding_rows(exports, history, context),
        "base_means": _base_mean_rows(history, context),
        "baseline": [dict(row) for row in context.baseline],
        "uses": [dict(row) for row in context.uses],
        "conservation": dict(recording.conservation),
        "regime": dict(recording.regime),
        "measures": [
            {**asdict(change), "date": change.date.isoformat()} for change in context.measures
        ],
        "sources": [asdict(source) for source in context.sources],
        "grades": dict(context.grades),
        "names": dict(context.names),
        "blocs": {bloc: list(regions) for bloc, regions in context.blocs.items()},
        "units": {
            "monthly_exports": "t per calendar month",
            "shortfalls": "share of the undisturbed flow; missing in t",
            "first_stops": "weeks after the headline measure took force",
            "outputs": "output over undisturbed output",
            "queue": "as the column unit says",
            "scores": "root mean square of log ratios; widths are ratios of high to low",
            "findings": "as the column unit says",
            "baseline": "t of the named elements, contained, per year of the base year",
            "uses": "USD per year of the base year, two significant digits",
        },
    }


def run_row(clock: Clock, draws: int, context: RunContext) -> Row:
    """Say in one flat row what ran."""
    headline = context.headline_date
    return {
        "scenario": context.scenario,
        "title": context.title,
        "question": context.question,
        "mixes": list(context.mixes),
        "overrides": [dict(row) for row in context.overrides],
        "dataset": context.dataset,
        "base_year": context.base_year,
        "first_day": clock.start.isoformat(),
        "last_day": (clock.end - timedelta(days=1)).isoformat(),
        "step_days": clock.step_days,
        "steps": clock.steps,
        "draws": draws,
        "seed": context.seed,
        "headline_measure": context.headline_measure,
        "headline_date": headline.isoformat() if headline else None,
        "evidence_date": context.evidence_date.isoformat(),
        "branch": context.branch,
    }


def _base_mean_rows(history: History, context: RunContext) -> list[Row]:
    """Take the recorded mean month of the base year by route [t/month]."""
    rows: list[Row] = []
    for route in history.routes:
        base = history.base_mean(route, context.base_year)
        if base is not None:
            labels = dict(zip(("material", "origin", "destination"), route, strict=True))
            rows.append({**labels, "mean_month": tidy(base.value), "basis": base.basis})
    return rows


def link_rows(recording: Recording) -> list[Row]:
    """Rows ``material, origin_node, destination_node, base`` and quantiles of the run [t]."""
    names = {level: name for name, level in BANDS.items()}
    rows: list[Row] = []
    for i, (material, origin, destination) in enumerate(recording.link_keys):
        total = zip(LINK_QUANTILES, recording.link_total[i], strict=True)
        rows.append(
            {
                "material": material,
                "origin_node": origin,
                "destination_node": destination,
                "base": tidy(float(recording.link_base[i])),
                **{names[level]: tidy(float(value)) for level, value in total},
            }
        )
    return rows
