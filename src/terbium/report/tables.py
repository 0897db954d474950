"""The tables of the report. Captions state what the numbers say; none is written beforehand."""

from collections.abc import Mapping, Sequence

from terbium.base.speech import tr, trn
from terbium.report.blocks import WORLD, Column, Record, RunView, Table
from terbium.report.words import (
    DASH,
    amount,
    between,
    capital,
    day,
    decimal,
    exact,
    month,
    percent,
    value,
    whole,
)

_LIKELY = 0.5

STOP_TABLE = "first_stops"
"""Key of the table of first stops."""


def grades() -> Mapping[str, str]:
    """What stands behind an estimate of each grade."""
    return {
        "A": tr("official statistic or legal text, read"),
        "B": tr("reputable secondary source, read"),
        "C": tr("recalled, or one trade source"),
        "D": tr("a guess: our own estimate"),
    }


def grade_text(grade: str | None) -> str:
    """Print a grade; D is called what it is."""
    if grade is None:
        return DASH
    return tr("D (guess)") if grade == "D" else grade


def month_table(view: RunView, destination: str = WORLD) -> Table:
    """Exports by month to one destination, the record beside them."""
    rows = view.exports[destination]
    recorded = [row for row in rows if row["observed"] is not None]
    inside = [r for r in recorded if value(r["low90"]) <= r["observed"] <= value(r["high90"])]
    said = (
        trn(
            "The 90 % interval holds {inside} of {n} recorded month",
            "The 90 % interval holds {inside} of {n} recorded months",
            len(recorded),
            inside=len(inside),
        )
        if recorded
        else tr("No month of this is on record")
    )
    cells = [
        (
            month(row["month"]),
            exact(row["observed"]) if row["observed"] is not None else DASH,
            amount(value(row["central"])),
            _span(row, "50"),
            _span(row, "90"),
        )
        for row in rows
    ]
    columns = (
        Column(tr("Month")),
        Column(tr("Recorded"), "t", number=True),
        Column(tr("Model, median"), "t", number=True),
        Column(tr("50 % interval"), "t", number=True),
        Column(tr("90 % interval"), "t", number=True),
    )
    what = tr(
        "{material}, {origin} to {destination}",
        material=capital(view.name(view.material)),
        origin=view.name(view.origin),
        destination=view.place(destination),
    )
    return Table(f"{said}. {what}.", columns, cells, folded=True, key="monthly_exports")


def score_table(view: RunView) -> Table:
    """Scores beside baselines, routes on which the model is beaten first."""
    rows = view.rows("scores")
    beaten = [row for row in rows if row["winner"] not in (None, "model")]
    decided = [row for row in rows if row["winner"] is not None]
    caption = (
        trn(
            "A naive baseline beats the model on {beaten} of {n} destination",
            "A naive baseline beats the model on {beaten} of {n} destinations",
            len(decided),
            beaten=len(beaten),
        )
        if beaten
        else trn(
            "The model beats both baselines on {n} destination",
            "The model beats both baselines on {n} destinations",
            len(decided),
        )
        if decided
        else tr("No destination has a baseline to compare with")
    )
    columns = (
        Column(tr("Destination")),
        Column(tr("Months")),
        Column("n", number=True),
        Column(tr("Model"), "log-RMSE", number=True),
        Column(tr("Persistence"), "log-RMSE", number=True),
        Column(tr("Mean of {year}", year=view.run["base_year"]), "log-RMSE", number=True),
        Column(tr("Least error")),
    )
    note = tr(
        "Root mean square of the log ratio of model (median) to record; lower is better, 0.2 is "
        "about 20 %. Persistence repeats the last full month before the measure took force. A "
        "dash: no record to build that baseline from. Where not all months of the base year are on "
        "record, the mean is of those that are. Months before the measure are not scored."
    )
    return Table(f"{caption}.", columns, [_score_cells(view, row) for row in rows], note)


def _baselines() -> Mapping[str, str]:
    return {"model": tr("model"), "persistence": tr("persistence"), "base_mean": tr("base mean")}


def _score_cells(view: RunView, row: Record) -> tuple[str, ...]:
    first, last = month(row["first"]), month(row["last"])
    winner = row["winner"]
    verdict = DASH if winner is None else _baselines()[winner]
    return (
        view.heading(row["destination"]),
        between(first, last),
        str(row["months"]),
        *(_or_dash(row[name]) for name in _baselines()),
        verdict if winner in (None, "model") else tr("{baseline} (model beaten)", baseline=verdict),
    )


def interval_table(view: RunView) -> Table:
    """How often the intervals held the record, and how wide they had to be for it."""
    rows = [row for row in view.rows("scores") if row["width90"] is not None]
    better = [
        row
        for row in rows
        if row["naive_interval_score90"] is not None
        and row["interval_score90"] < row["naive_interval_score90"]
    ]
    compared = [row for row in rows if row["naive_interval_score90"] is not None]
    columns = (
        Column(tr("Destination")),
        Column(tr("Record inside 50 %"), number=True),
        Column(tr("Record inside 90 %"), number=True),
        Column(tr("Width of 90 %"), tr("high / low"), number=True),
        Column(tr("Score"), number=True),
        Column(tr("Naive: inside 90 %"), number=True),
        Column(tr("Naive: width"), tr("high / low"), number=True),
        Column(tr("Naive: score"), number=True),
    )
    cells = [
        (
            view.heading(row["destination"]),
            percent(row["coverage50"]),
            percent(row["coverage90"]),
            _or_dash(row["width90"]),
            _or_dash(row["interval_score90"]),
            DASH if row["naive_coverage90"] is None else percent(row["naive_coverage90"]),
            _or_dash(row["naive_width90"]),
            _or_dash(row["naive_interval_score90"]),
        )
        for row in rows
    ]
    note = tr(
        "Score: width plus a penalty for each miss, on the log scale; lower is better. The naive "
        "interval is the mean month of {year}, spread as that year's months were.",
        year=view.run["base_year"],
    )
    caption = trn(
        "The 90 % interval scores better than a naive one on {better} of {n} destination.",
        "The 90 % interval scores better than a naive one on {better} of {n} destinations.",
        len(compared),
        better=len(better),
    )
    return Table(caption, columns, cells, note)


def stop_table(view: RunView, rows: Sequence[Record]) -> Table:
    """First stops of all pairs of region and industry, the earliest first."""
    likely = sum(row["share_stopped"] >= _LIKELY for row in rows)
    guesses = sum(row["grade"] == "D" for row in rows)
    columns = (
        Column(tr("Region")),
        Column(tr("Industry")),
        Column(tr("Median"), tr("week"), number=True),
        Column(tr("50 % interval"), tr("week"), number=True),
        Column(tr("90 % interval"), tr("week"), number=True),
        Column(tr("Draws with a stop"), number=True),
        Column(tr("Its length"), tr("weeks"), number=True),
        Column(tr("Binding input")),
        Column(tr("Grade of stock")),
    )
    cells = [
        (
            view.heading(row["region"]),
            view.name(row["industry"]),
            amount(value(row["week"])),
            _span(row, "50"),
            _span(row, "90"),
            percent(row["share_stopped"]),
            DASH if row["length_weeks"] is None else amount(value(row["length_weeks"])),
            DASH if row["binding"] is None else view.name(row["binding"]),
            grade_text(row["grade"]),
        )
        for row in rows
    ]
    note = tr(
        "A stop: the output of the leanest line falls below half of the undisturbed one for want "
        "of an input. The same rows are in tables/first_stops.csv."
    )
    caption = trn(
        "In {likely} of {n} pair of region and industry a first stop is at least as likely as not; "
        "{guesses} rest on stocks that are a guess.",
        "In {likely} of {n} pairs of region and industry a first stop is at least as likely as "
        "not; {guesses} rest on stocks that are a guess.",
        len(rows),
        likely=likely,
        guesses=guesses,
    )
    return Table(caption, columns, cells, note, folded=True, on_paper=False, key=STOP_TABLE)


def calendar_table(rows: Sequence[Record]) -> Table:
    """The dated changes of law that the run plays; what one act changes in a day is one row."""
    days: dict[tuple[str, str], list[Record]] = {}
    for row in rows:
        days.setdefault((row["date"], row["measure"]), []).append(row)
    cells = [
        (
            day(date),
            measure,
            found[0]["title"],
            ", ".join(dict.fromkeys(change_text(row["change"]) for row in found)),
            _formality(found[0]["formality"]),
        )
        for (date, measure), found in days.items()
    ]
    columns = (
        Column(tr("Day")),
        Column(tr("Measure")),
        Column(tr("Act")),
        Column(tr("Change")),
        Column(tr("Form")),
    )
    caption = trn(
        "{n:,} dated change of law enter the run.",
        "{n:,} dated changes of law enter the run.",
        len(rows),
    )
    return Table(caption, columns, cells, folded=True)


def change_text(change: str) -> str:
    """A change of law in words; what has none of its own stands as the register says it."""
    return {
        "announced": tr("announced"),
        "in force": tr("in force"),
        "suspended": tr("suspended"),
        "superseded": tr("superseded"),
        "voided": tr("voided"),
        "extended": tr("extended"),
        "exempted": tr("exempted"),
        "ended": tr("ended"),
        "stated": tr("stated"),
    }.get(change, change)


def _formality(kind: str) -> str:
    return {"act": tr("act"), "statement": tr("statement")}.get(kind, kind)


def conservation_table(view: RunView, limit: float, stock_limit: float) -> Table:
    """Residuals of the laws of conservation beside their limits."""
    found = view.summary["conservation"]
    lines = (
        (
            tr("Mass per element, largest relative residual"),
            found["element_residual_max"],
            limit,
            True,
        ),
        (tr("Licences, largest relative residual"), found["licence_residual_max"], limit, True),
        (tr("Least stock of any material anywhere, t"), found["min_stock"], -stock_limit, False),
    )
    kept = [(seen <= bound) if most else (seen >= bound) for _, seen, bound, most in lines]
    cells = [
        (
            text,
            f"{seen:.1e}" if seen else "0",
            tr("at most {limit}", limit=f"{bound:.0e}")
            if most
            else tr("at least {limit}", limit=f"{bound:.0e}"),
            tr("kept") if ok else tr("BROKEN"),
        )
        for (text, seen, bound, most), ok in zip(lines, kept, strict=True)
    ]
    columns = (
        Column(tr("Law")),
        Column(tr("Found"), number=True),
        Column(tr("Limit"), number=True),
        Column(tr("Verdict")),
    )
    said = (
        tr("All laws of conservation were kept in every step and draw.")
        if all(kept)
        else tr("A law of conservation was broken in every step and draw.")
    )
    return Table(said, columns, cells)


def grade_table(view: RunView) -> Table:
    """Number and share of the estimates of each grade."""
    found = view.summary["grades"]
    total = sum(found.values())
    cells = [
        (
            grade_text(grade),
            text,
            whole(found.get(grade, 0)),
            percent(found.get(grade, 0) / total),
        )
        for grade, text in grades().items()
    ]
    columns = (
        Column(tr("Grade")),
        Column(tr("What stands behind it")),
        Column(tr("Estimates"), number=True),
        Column(tr("Share"), number=True),
    )
    share = percent((found.get("A", 0) + found.get("B", 0)) / total)
    caption = tr(
        "{share} of the estimates rest on a source that was read (grades A and B).", share=share
    )
    return Table(caption, columns, cells)


def source_table(view: RunView) -> Table:
    """Sources, those that carry most claims first."""
    rows = sorted(view.rows("sources"), key=lambda row: (-row["claims"], row["id"]))
    cells = [
        (row["title"], row["publisher"], day(row["date"]), row["licence"], whole(row["claims"]))
        for row in rows
    ]
    columns = (
        Column(tr("Source")),
        Column(tr("Publisher")),
        Column(tr("Date")),
        Column(tr("Licence")),
        Column(tr("Claims"), number=True),
    )
    claims = sum(row["claims"] for row in rows)
    caption = trn(
        "{n} source carry {claims} claims.",
        "{n} sources carry {claims} claims.",
        len(rows),
        claims=whole(claims),
    )
    return Table(caption, columns, cells, folded=True, key="sources")


def _span(row: Record, level: str) -> str:
    return between(amount(value(row[f"low{level}"])), amount(value(row[f"high{level}"])))


def _or_dash(number: float | None) -> str:
    return DASH if number is None else decimal(number)
