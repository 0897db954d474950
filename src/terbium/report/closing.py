"""How the report ends: what it does not say, its sources, whether it can be trusted, what ran."""

from terbium.base.speech import tr, trn
from terbium.base.tolerances import CONSERVATION_RTOL, NEGATIVE_STOCK_ATOL
from terbium.report import tables
from terbium.report.blocks import Block, Column, Figure, RunView, Section, Table, Text
from terbium.report.figures import NARROW, WIDE, share_figure
from terbium.report.words import capital, day, percent, whole


def limits() -> tuple[str, ...]:
    """What no report says."""
    return (
        tr("Not legal advice. The register says what it holds, to its evidence date, and no more."),
        tr(
            "Terbium takes no side. It reports what governments did, what each says it meant, what "
            "the data support and what they cannot decide."
        ),
        tr(
            "Granted shares are inferred effective access, a band per country, never per firm. "
            "They are no evidence of intent."
        ),
        tr(
            "Nothing here is finer than its coarsest input: stops are in weeks with intervals, and "
            "the grade of the stock behind each is printed beside it."
        ),
        tr(
            "An interval covers what the estimates leave open. It does not cover a chain of causes "
            "that the model lacks."
        ),
        tr(
            "Firms, persons and single lines are not modelled. Recorded figures are quoted from "
            "customs statistics, some of them through the press."
        ),
    )


def run_section(view: RunView) -> Section:
    """What ran, and from what."""
    run = view.run
    headline = run["headline_date"]
    taken = tr("none")
    if headline:
        taken = tr("{measure}, in force {day}", measure=run["headline_measure"], day=day(headline))
    name = run["scenario"]
    if run["mixes"]:
        name = tr("{scenario} with {mixes}", scenario=name, mixes=", ".join(run["mixes"]))
    days = tr(
        "{first} to {last}, steps of {days} days",
        first=day(run["first_day"]),
        last=day(run["last_day"]),
        days=run["step_days"],
    )
    data = tr("{dataset}, base year {year}", dataset=run["dataset"], year=run["base_year"])
    register = tr(
        "evidence to {day}; after it branch {branch}",
        day=day(run["evidence_date"]),
        branch=run["branch"],
    )
    cells = [
        (tr("Scenario"), name),
        (tr("Headline measure"), taken),
        (tr("Days"), days),
        (tr("Draws, seed"), f"{whole(run['draws'])}, {run['seed']}"),
        (tr("Dataset"), data),
        (tr("Register"), register),
    ]
    cells += [
        (tr("Changed: {path}", path=row["path"]), f"{row['value']} ({row['origin']})")
        for row in run["overrides"]
    ]
    columns = (Column(tr("What")), Column(tr("Value")))
    caption = trn(
        "What ran. {n} value was changed from the scenario.",
        "What ran. {n} values were changed from the scenario.",
        len(run["overrides"]),
    )
    table = Table(caption, columns, [tuple(map(str, row)) for row in cells])
    return Section("run", tr("What ran"), tr(run["question"]), [table])


def health_section(view: RunView) -> Section:
    """Regime of the network and the laws of conservation."""
    regime = view.summary["regime"]
    weakest = ", ".join(regime.get("weakest", []))
    reason = capital(str(regime["reason"])).rstrip(".")
    said = [tr("Regime: {label}. {reason}.", label=tr(regime["label"]), reason=reason)]
    if weakest:
        said.append(tr("Weakest nodes: {nodes}.", nodes=weakest))
    table = tables.conservation_table(view, CONSERVATION_RTOL, NEGATIVE_STOCK_ATOL)
    lead = tr(
        "Whether the run can be trusted as arithmetic, and how close the network is to collapse."
    )
    return Section("health", tr("Regime and conservation"), lead, [Text(said), table])


def sources_section(view: RunView) -> Section:
    """Grades of the estimates and the sources behind them."""
    grades = view.summary["grades"]
    total = sum(grades.values())
    heading = tr("Sources and grades")
    lead = tr("Every number rests on a claim, every claim on a dated source.")
    if not total:
        return Section("sources", heading, lead, [tables.source_table(view)])
    parts = [(g, f"grade-{g}", grades.get(g, 0) / total) for g in ("A", "B", "C", "D")]
    title = tr(
        "{share} of the estimates are guesses (grade D)",
        share=percent(grades.get("D", 0) / total),
    )
    drawn = [share_figure(parts, f"grades-{width}", title, width) for width in (WIDE, NARROW)]
    legend = [
        (f"part grade-{grade}", f"{grade}: {text}") for grade, text in tables.grades().items()
    ]
    figure = Figure(title, tr("Share of the estimates of each grade."), drawn[0], drawn[1], legend)
    blocks: list[Block] = [figure, tables.grade_table(view), tables.source_table(view)]
    return Section("sources", heading, lead, blocks)


def limits_section(view: RunView) -> Section:
    """What the report does not say."""
    later = tr("Nothing after {day} is known to this run.", day=day(view.run["evidence_date"]))
    lead = tr("However often it is run, and however narrow its intervals.")
    text = Text([*limits(), later], listed=True)
    return Section("limits", tr("What this report does not say"), lead, [text])
