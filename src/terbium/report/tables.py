"""The tables of the report. Captions state what the numbers say; none is written beforehand."""

from collections.abc import Sequence

from terbium.report.blocks import WORLD, Column, Record, RunView, Table
from terbium.report.words import (
    DASH,
    amount,
    between,
    capital,
    count,
    day,
    exact,
    month,
    percent,
    value,
)

GRADES = {
    "A": "official statistic or legal text, read",
    "B": "reputable secondary source, read",
    "C": "recalled, or one trade source",
    "D": "a guess: our own estimate",
}
_BASELINES = {"model": "model", "persistence": "persistence", "base_mean": "base mean"}
_LIKELY = 0.5

STOP_TABLE = "first_stops"
"""Key of the table of first stops."""


def grade_text(grade: str | None) -> str:
    """Print a grade; D is called what it is."""
    return {"D": "D (guess)", None: DASH}.get(grade, str(grade))


def month_table(view: RunView, destination: str = WORLD) -> Table:
    """Exports by month to one destination, the record beside them."""
    rows = view.exports[destination]
    recorded = [row for row in rows if row["observed"] is not None]
    inside = [r for r in recorded if value(r["low90"]) <= r["observed"] <= value(r["high90"])]
    said = (
        f"The 90 % interval holds {len(inside)} of {count(len(recorded), 'recorded month')}"
        if recorded
        else "No month of this is on record"
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
        Column("Month"),
        Column("Recorded", "t", number=True),
        Column("Model, median", "t", number=True),
        Column("50 % interval", "t", number=True),
        Column("90 % interval", "t", number=True),
    )
    route = f"{view.name(view.origin)} to {view.place(destination)}"
    what = f"{capital(view.name(view.material))}, {route}"
    return Table(f"{said}. {what}.", columns, cells, folded=True, key="monthly_exports")


def score_table(view: RunView) -> Table:
    """Scores beside baselines, routes on which the model is beaten first."""
    rows = view.rows("scores")
    beaten = [row for row in rows if row["winner"] not in (None, "model")]
    decided = [row for row in rows if row["winner"] is not None]
    caption = (
        f"A naive baseline beats the model on {len(beaten)} of {count(len(decided), 'destination')}"
        if beaten
        else f"The model beats both baselines on {count(len(decided), 'destination')}"
        if decided
        else "No destination has a baseline to compare with"
    )
    columns = (
        Column("Destination"),
        Column("Months"),
        Column("n", number=True),
        Column("Model", "log-RMSE", number=True),
        Column("Persistence", "log-RMSE", number=True),
        Column(f"Mean of {view.run['base_year']}", "log-RMSE", number=True),
        Column("Least error"),
    )
    note = (
        "Root mean square of the log ratio of model (median) to record; lower is better, 0.2 is "
        "about 20 %. Persistence repeats the last full month before the measure took force. A "
        "dash: no record to build that baseline from. Where not all months of the base year are on "
        "record, the mean is of those that are. Months before the measure are not scored."
    )
    return Table(f"{caption}.", columns, [_score_cells(view, row) for row in rows], note)


def _score_cells(view: RunView, row: Record) -> tuple[str, ...]:
    first, last = month(row["first"]), month(row["last"])
    winner = row["winner"]
    verdict = DASH if winner is None else _BASELINES[winner]
    return (
        view.heading(row["destination"]),
        first if first == last else f"{first} to {last}",
        str(row["months"]),
        *(_or_dash(row[name], "{:.2f}") for name in _BASELINES),
        verdict if winner in (None, "model") else f"{verdict} (model beaten)",
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
        Column("Destination"),
        Column("Record inside 50 %", number=True),
        Column("Record inside 90 %", number=True),
        Column("Width of 90 %", "high / low", number=True),
        Column("Score", number=True),
        Column("Naive: inside 90 %", number=True),
        Column("Naive: width", "high / low", number=True),
        Column("Naive: score", number=True),
    )
    cells = [
        (
            view.heading(row["destination"]),
            percent(row["coverage50"]),
            percent(row["coverage90"]),
            _or_dash(row["width90"], "{:.2f}"),
            _or_dash(row["interval_score90"], "{:.2f}"),
            DASH if row["naive_coverage90"] is None else percent(row["naive_coverage90"]),
            _or_dash(row["naive_width90"], "{:.2f}"),
            _or_dash(row["naive_interval_score90"], "{:.2f}"),
        )
        for row in rows
    ]
    note = (
        "Score: width plus a penalty for each miss, on the log scale; lower is better. The naive "
        f"interval is the mean month of {view.run['base_year']}, spread as that year's months were."
    )
    caption = (
        f"The 90 % interval scores better than a naive one on {len(better)} of "
        f"{count(len(compared), 'destination')}."
    )
    return Table(caption, columns, cells, note)


def stop_table(view: RunView, rows: Sequence[Record]) -> Table:
    """First stops of all pairs of region and industry, the earliest first."""
    likely = sum(row["share_stopped"] >= _LIKELY for row in rows)
    guesses = sum(row["grade"] == "D" for row in rows)
    columns = (
        Column("Region"),
        Column("Industry"),
        Column("Median", "week", number=True),
        Column("50 % interval", "week", number=True),
        Column("90 % interval", "week", number=True),
        Column("Draws with a stop", number=True),
        Column("Its length", "weeks", number=True),
        Column("Binding input"),
        Column("Grade of stock"),
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
    note = (
        "A stop: the output of the leanest line falls below half of the undisturbed one for want "
        "of an input. The same rows are in tables/first_stops.csv."
    )
    caption = (
        f"In {likely} of {count(len(rows), 'pair')} of region and industry a first stop is at "
        f"least as likely as not; {guesses} rest on stocks that are a guess."
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
            ", ".join(dict.fromkeys(row["change"] for row in found)),
            found[0]["formality"],
        )
        for (date, measure), found in days.items()
    ]
    columns = (Column("Day"), Column("Measure"), Column("Act"), Column("Change"), Column("Form"))
    caption = f"{count(len(rows), 'dated change')} of law enter the run."
    return Table(caption, columns, cells, folded=True)


def conservation_table(view: RunView, limit: float, stock_limit: float) -> Table:
    """Residuals of the laws of conservation beside their limits."""
    found = view.summary["conservation"]
    lines = (
        ("Mass per element, largest relative residual", found["element_residual_max"], limit, True),
        ("Licences, largest relative residual", found["licence_residual_max"], limit, True),
        ("Least stock of any material anywhere, t", found["min_stock"], -stock_limit, False),
    )
    kept = [(seen <= bound) if most else (seen >= bound) for _, seen, bound, most in lines]
    cells = [
        (
            text,
            f"{seen:.1e}" if seen else "0",
            f"{'at most' if most else 'at least'} {bound:.0e}",
            "kept" if ok else "BROKEN",
        )
        for (text, seen, bound, most), ok in zip(lines, kept, strict=True)
    ]
    columns = (
        Column("Law"),
        Column("Found", number=True),
        Column("Limit", number=True),
        Column("Verdict"),
    )
    said = "All laws of conservation were kept" if all(kept) else "A law of conservation was broken"
    return Table(f"{said} in every step and draw.", columns, cells)


def grade_table(view: RunView) -> Table:
    """Number and share of the estimates of each grade."""
    grades = view.summary["grades"]
    total = sum(grades.values())
    cells = [
        (
            grade_text(grade),
            text,
            f"{grades.get(grade, 0):,}",
            percent(grades.get(grade, 0) / total),
        )
        for grade, text in GRADES.items()
    ]
    columns = (
        Column("Grade"),
        Column("What stands behind it"),
        Column("Estimates", number=True),
        Column("Share", number=True),
    )
    share = percent((grades.get("A", 0) + grades.get("B", 0)) / total)
    caption = f"{share} of the estimates rest on a source that was read (grades A and B)."
    return Table(caption, columns, cells)


def source_table(view: RunView) -> Table:
    """Sources, those that carry most claims first."""
    rows = sorted(view.rows("sources"), key=lambda row: (-row["claims"], row["id"]))
    cells = [
        (row["title"], row["publisher"], day(row["date"]), row["licence"], f"{row['claims']:,}")
        for row in rows
    ]
    columns = (
        Column("Source"),
        Column("Publisher"),
        Column("Date"),
        Column("Licence"),
        Column("Claims", number=True),
    )
    claims = sum(row["claims"] for row in rows)
    caption = f"{count(len(rows), 'source')} carry {count(claims, 'claim')}."
    return Table(caption, columns, cells, folded=True, key="sources")


def _span(row: Record, level: str) -> str:
    return between(amount(value(row[f"low{level}"])), amount(value(row[f"high{level}"])))


def _or_dash(number: float | None, form: str) -> str:
    return DASH if number is None else form.format(number)
