"""What the data cannot decide: rival explanations fitted to one record, and questions left open."""

from collections.abc import Mapping, Sequence

from terbium.base.speech import tr, trn
from terbium.report.blocks import Block, Column, Record, RunView, Section, Table, Text
from terbium.report.stress import family_name, statement
from terbium.report.words import DASH, amount, capital, day, value

_MOST_FAMILIES = 3


def _errors() -> Mapping[str, str]:
    return {
        "misfit": tr("Misfit"),
        "log_rmse_world_fit": tr("World, fitted"),
        "log_rmse_usa_fit": tr("US, fitted"),
        "log_rmse_world_later": tr("World, later"),
        "log_rmse_usa_later": tr("US, later"),
    }


def _would_decide(family: str) -> str:
    told = {
        "behaviour": tr("orders and stocks of buyers before and after the measure, week by week"),
        "capacity_slack": tr("idle capacity as makers report it"),
        "licensing": tr(
            "filings and grants by destination and month, from the issuer or a trade body"
        ),
        "stock": tr("days of cover as firms of the industry report them"),
        "transit": tr("dates of export and arrival of the same shipments"),
    }
    return told.get(family) or tr("sourced figures on {family}", family=family_name(family))


def rivals_section(view: RunView) -> Section:
    """Rival explanations with their misfits, then the open questions with what would decide."""
    lead = tr(
        "More than one account fits what is on record. Where the record does not choose, neither "
        "does this report."
    )
    rows = view.rows("rivals")
    blocks: list[Block] = [_table(rows)] if rows else [_none(view)]
    questions = [*_facts(view), *_branch(view), *_guesses(view)]
    if questions:
        blocks.append(_questions(questions))
    return Section("rivals", tr("What the data cannot decide"), lead, blocks)


def _none(view: RunView) -> Text:
    scenario = view.run["scenario"]
    return Text(
        [tr("No rival explanations were fitted for the scenario {scenario}.", scenario=scenario)]
    )


def _table(rows: Sequence[Record]) -> Table:
    # what no row has is no column
    errors = [name for name in _errors() if any(row.get(name) is not None for row in rows)]
    rows = sorted(rows, key=lambda row: row.get("evidence") is None)
    columns = (
        Column(tr("Explanation")),
        Column(tr("Mix")),
        Column(tr("Free"), number=True),
        Column(tr("Figures"), number=True),
        Column("AIC", number=True),
        *(Column(_errors()[name], _unit(name), number=True) for name in errors),
        Column(tr("Verdict")),
    )
    cells = [
        (
            capital(tr(str(row.get("title") or row.get("rival") or DASH))),
            str(row.get("mix") or DASH),
            _number(row.get("free_parameters")),
            _number(row.get("figures")),
            _number(row.get("evidence")),
            *(_number(row.get(name)) for name in errors),
            capital(tr(str(row.get("verdict") or DASH))),
        )
        for row in rows
    ]
    note = tr(
        "Fitted by the same procedure. Free: number of parameters fitted; figures: what they were "
        "fitted to; mix: run the scenario with it. Misfit: root mean square of residuals "
        "in tolerances. AIC: squared misfit plus two for each free parameter; less is better, "
        "differences below 2 say nothing, and it compares fits to equally many figures alone. "
        "Fitted: months that the fit saw; later: months that it did not."
    )
    caption = trn(
        "{n} explanation fitted to the same record.",
        "{n} explanations fitted to the same record.",
        len(rows),
    )
    return Table(caption, columns, cells, note)


def _unit(name: str) -> str:
    return "log-RMSE" if name.startswith("log") else tr("tolerances")


def _number(cell: object) -> str:
    return DASH if cell is None or cell == "" else amount(value(cell))


def _questions(rows: Sequence[tuple[str, str, str]]) -> Table:
    columns = (
        Column(tr("Open question")),
        Column(tr("What this run assumes")),
        Column(tr("What would decide")),
    )
    caption = trn(
        "{n} question left open, each with what would decide it.",
        "{n} questions left open, each with what would decide it.",
        len(rows),
    )
    return Table(caption, columns, list(rows))


def _facts(view: RunView) -> list[tuple[str, str, str]]:
    """Facts that the law asks for and no statistic holds."""
    return [
        (
            f"{row['measure']}, {row['paragraph']}: {row['fact']}",
            tr("The paragraph holds nothing up, because the run does not know the fact"),
            tr("This fact for the shipments concerned, from declarations or audits of origin"),
        )
        for row in view.rows("undecided")
    ]


def _branch(view: RunView) -> list[tuple[str, str, str]]:
    """What governments do after the day to which there is evidence."""
    run = view.run
    if run["last_day"] <= run["evidence_date"]:
        return []
    assumed = {
        "hold": tr("Suspensions stay in force"),
        "lapse": tr("Suspensions end as their texts say"),
    }
    return [
        (
            tr("Do suspensions that end after {day} lapse?", day=day(run["evidence_date"])),
            assumed.get(run["branch"]) or tr("Branch {branch}", branch=run["branch"]),
            tr(
                "A published notice that extends or ends them; the other branch shows what hangs "
                "on it"
            ),
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
        heads = flipped[family]
        example = statement(view, heads[0])
        rows.append(
            (
                trn(
                    "{family}: alone it flips {n} headline, such as “{example}”",
                    "{family}: alone it flips {n} headlines, such as “{example}”",
                    len(heads),
                    family=capital(family_name(family)),
                    example=example,
                ),
                trn(
                    "{n} guess, drawn within their ranges",
                    "{n} guesses, drawn within their ranges",
                    sizes.get(family, 0),
                ),
                capital(_would_decide(family)),
            )
        )
    return rows
