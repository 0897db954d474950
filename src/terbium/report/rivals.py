"""What the data cannot decide: rival explanations fitted to one record, and questions left open."""

from collections.abc import Mapping, Sequence

from terbium.report.blocks import Block, Column, Record, RunView, Section, Table, Text
from terbium.report.stress import family_name, statement
from terbium.report.words import DASH, amount, capital, count, day, value

_MOST_FAMILIES = 3
_ERRORS = {
    "misfit": "Misfit",
    "log_rmse_world_fit": "World, fitted",
    "log_rmse_usa_fit": "US, fitted",
    "log_rmse_world_later": "World, later",
    "log_rmse_usa_later": "US, later",
}
_WOULD_DECIDE = {
    "behaviour": "orders and stocks of buyers before and after the measure, week by week",
    "capacity_slack": "idle capacity as makers report it",
    "licensing": "filings and grants by destination and month, from the issuer or a trade body",
    "stock": "days of cover as firms of the industry report them",
    "transit": "dates of export and arrival of the same shipments",
}


def rivals_section(view: RunView) -> Section:
    """Rival explanations with their misfits, then the open questions with what would decide."""
    lead = (
        "More than one account fits what is on record. Where the record does not choose, neither "
        "does this report."
    )
    rows = view.rows("rivals")
    blocks: list[Block] = [_table(rows)] if rows else [_none(view)]
    questions = [*_facts(view), *_branch(view), *_guesses(view)]
    if questions:
        blocks.append(_questions(questions))
    return Section("rivals", "What the data cannot decide", lead, blocks)


def _none(view: RunView) -> Text:
    return Text([f"No rival explanations were fitted for the scenario {view.run['scenario']}."])


def _table(rows: Sequence[Record]) -> Table:
    # what no row has is no column
    errors = [name for name in _ERRORS if any(row.get(name) is not None for row in rows)]
    rows = sorted(rows, key=lambda row: row.get("evidence") is None)
    columns = (
        Column("Explanation"),
        Column("Mix"),
        Column("Free", number=True),
        Column("Figures", number=True),
        Column("AIC", number=True),
        *(Column(_ERRORS[name], _unit(name), number=True) for name in errors),
        Column("Verdict"),
    )
    cells = [
        (
            capital(str(row.get("title") or row.get("rival") or DASH)),
            str(row.get("mix") or DASH),
            _number(row.get("free_parameters")),
            _number(row.get("figures")),
            _number(row.get("evidence")),
            *(_number(row.get(name)) for name in errors),
            capital(str(row.get("verdict") or DASH)),
        )
        for row in rows
    ]
    note = (
        "Fitted by the same procedure. Free: number of parameters fitted; figures: what they were "
        "fitted to; mix: run the scenario with it. Misfit: root mean square of residuals "
        "in tolerances. AIC: squared misfit plus two for each free parameter; less is better, "
        "differences below 2 say nothing, and it compares fits to equally many figures alone. "
        "Fitted: months that the fit saw; later: months that it did not."
    )
    caption = f"{capital(count(len(rows), 'explanation'))} fitted to the same record."
    return Table(caption, columns, cells, note)


def _unit(name: str) -> str:
    return "log-RMSE" if name.startswith("log") else "tolerances"


def _number(cell: object) -> str:
    return DASH if cell is None or cell == "" else amount(value(cell))


def _questions(rows: Sequence[tuple[str, str, str]]) -> Table:
    columns = (
        Column("Open question"),
        Column("What this run assumes"),
        Column("What would decide"),
    )
    caption = f"{capital(count(len(rows), 'question'))} left open, each with what would decide it."
    return Table(caption, columns, list(rows))


def _facts(view: RunView) -> list[tuple[str, str, str]]:
    """Facts that the law asks for and no statistic holds."""
    return [
        (
            f"{row['measure']}, {row['paragraph']}: {row['fact']}",
            "The paragraph holds nothing up, because the run does not know the fact",
            "This fact for the shipments concerned, from declarations or audits of origin",
        )
        for row in view.rows("undecided")
    ]


def _branch(view: RunView) -> list[tuple[str, str, str]]:
    """What governments do after the day to which there is evidence."""
    run = view.run
    if run["last_day"] <= run["evidence_date"]:
        return []
    assumed = {"hold": "Suspensions stay in force", "lapse": "Suspensions end as their texts say"}
    return [
        (
            f"Do suspensions that end after {day(run['evidence_date'])} lapse?",
            assumed.get(run["branch"], f"Branch {run['branch']}"),
            "A published notice that extends or ends them; the other branch shows what hangs on it",
        )
    ]


def _guesses(view: RunView) -> list[tuple[str, str, str]]:
    """Families of guesses that alone flip headlines, those that flip most first."""
    flipped: dict[str, list[Record]] = {}
    for row in view.rows("stress"):
        for found in row["families"]:
            flipped.setdefault(found["family"], []).append(row)
    reach: Mapping[str, object] = view.summary.get("stress_reach") or {}
    listed = reach.get("families")
    sizes = {f["family"]: f["estimates"] for f in listed} if isinstance(listed, list) else {}
    ranked = sorted(flipped, key=lambda family: (-len(flipped[family]), family))
    rows = []
    for family in ranked[:_MOST_FAMILIES]:
        name, heads = family_name(family), flipped[family]
        example = statement(view, heads[0])
        rows.append(
            (
                f"{capital(name)}: alone it flips {count(len(heads), 'headline')}, "
                f"such as \N{LEFT DOUBLE QUOTATION MARK}{example}\N{RIGHT DOUBLE QUOTATION MARK}",
                f"{count(sizes.get(family, 0), 'guess', 'guesses')}, drawn within their ranges",
                capital(_WOULD_DECIDE.get(family, f"sourced figures on {name}")),
            )
        )
    return rows
