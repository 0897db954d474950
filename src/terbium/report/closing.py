"""How the report ends: what it does not say, its sources, whether it can be trusted, what ran."""

from terbium.base.tolerances import CONSERVATION_RTOL, NEGATIVE_STOCK_ATOL
from terbium.report import tables
from terbium.report.blocks import Block, Column, Figure, RunView, Section, Table, Text
from terbium.report.figures import NARROW, WIDE, share_figure
from terbium.report.words import capital, count, day, percent

LIMITS = (
    "Not legal advice. The register says what it holds, to its evidence date, and no more.",
    "Terbium takes no side. It reports what governments did, what each says it meant, what the "
    "data support and what they cannot decide.",
    "Granted shares are inferred effective access, a band per country, never per firm. They are no "
    "evidence of intent.",
    "Nothing here is finer than its coarsest input: stops are in weeks with intervals, and "
    "the grade of the stock behind each is printed beside it.",
    "An interval covers what the estimates leave open. It does not cover a chain of causes that "
    "the model lacks.",
    "Firms, persons and single lines are not modelled. Recorded figures are quoted from customs "
    "statistics, some of them through the press.",
)


def run_section(view: RunView) -> Section:
    """What ran, and from what."""
    run = view.run
    headline = run["headline_date"]
    taken = f"{run['headline_measure']}, in force {day(headline)}" if headline else "none"
    cells = [
        (
            "Scenario",
            run["scenario"] + (f" with {', '.join(run['mixes'])}" if run["mixes"] else ""),
        ),
        ("Headline measure", taken),
        (
            "Days",
            f"{day(run['first_day'])} to {day(run['last_day'])}, steps of {run['step_days']} days",
        ),
        ("Draws, seed", f"{run['draws']:,}, {run['seed']}"),
        ("Dataset", f"{run['dataset']}, base year {run['base_year']}"),
        ("Register", f"evidence to {day(run['evidence_date'])}; after it branch {run['branch']}"),
    ]
    cells += [
        (f"Changed: {row['path']}", f"{row['value']} ({row['origin']})") for row in run["overrides"]
    ]
    columns = (Column("What"), Column("Value"))
    changed = (
        count(len(run["overrides"]), "value was", "values were") + " changed from the scenario"
    )
    table = Table(f"What ran. {changed}.", columns, [tuple(map(str, row)) for row in cells])
    return Section("run", "What ran", run["question"], [table])


def health_section(view: RunView) -> Section:
    """Regime of the network and the laws of conservation."""
    regime = view.summary["regime"]
    weakest = ", ".join(regime.get("weakest", []))
    said = [f"Regime: {regime['label']}. {capital(str(regime['reason'])).rstrip('.')}."]
    if weakest:
        said.append(f"Weakest nodes: {weakest}.")
    table = tables.conservation_table(view, CONSERVATION_RTOL, NEGATIVE_STOCK_ATOL)
    lead = "Whether the run can be trusted as arithmetic, and how close the network is to collapse."
    return Section("health", "Regime and conservation", lead, [Text(said), table])


def sources_section(view: RunView) -> Section:
    """Grades of the estimates and the sources behind them."""
    grades = view.summary["grades"]
    total = sum(grades.values())
    lead = "Every number rests on a claim, every claim on a dated source."
    if not total:
        return Section("sources", "Sources and grades", lead, [tables.source_table(view)])
    parts = [(g, f"grade-{g}", grades.get(g, 0) / total) for g in ("A", "B", "C", "D")]
    title = f"{percent(grades.get('D', 0) / total)} of the estimates are guesses (grade D)"
    drawn = [share_figure(parts, f"grades-{width}", title, width) for width in (WIDE, NARROW)]
    legend = [(f"part grade-{grade}", f"{grade}: {text}") for grade, text in tables.GRADES.items()]
    figure = Figure(title, "Share of the estimates of each grade.", drawn[0], drawn[1], legend)
    blocks: list[Block] = [figure, tables.grade_table(view), tables.source_table(view)]
    return Section("sources", "Sources and grades", lead, blocks)


def limits_section(view: RunView) -> Section:
    """What the report does not say."""
    later = f"Nothing after {day(view.run['evidence_date'])} is known to this run."
    lead = "However often it is run, and however narrow its intervals."
    return Section(
        "limits", "What this report does not say", lead, [Text([*LIMITS, later], listed=True)]
    )
