"""Section on the calendar of measures: a row per measure, a mark per change of law."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from terbium.base.speech import tr, trn
from terbium.report import tables
from terbium.report.blocks import Block, Figure, Record, RunView, Section, Text
from terbium.report.figures import CHARACTER, NARROW, WIDE
from terbium.report.svg import Canvas, Scale
from terbium.report.words import capital, day, month, short_month

BRANCHES: Mapping[str, str] = {
    "hold": "suspensions stay in force",
    "lapse": "suspensions lapse on the day that their text names",
}

_MARKS = {
    "announced": "announced",
    "in force": "force",
    "suspended": "ended",
    "superseded": "ended",
    "voided": "ended",
    "ended": "ended",
}
_OTHER = "other"
_QUARTERS = (1, 4, 7, 10)


def _legend() -> tuple[tuple[str, str], ...]:
    return (
        ("announced", tr("announced")),
        ("force", tr("in force")),
        ("ended", tr("suspended, superseded, voided or ended")),
        ("other", tr("prolonged, exempted, stated")),
        ("mark", tr("headline measure")),
    )


def branch_text(branch: str) -> str:
    """What a branch supposes of the time after the evidence."""
    told = {
        "hold": tr("suspensions stay in force"),
        "lapse": tr("suspensions lapse on the day that their text names"),
    }
    return told.get(branch) or tr("see the scenario")


def calendar_section(view: RunView) -> Section:
    """The law that the run plays, by day."""
    branch = view.run["branch"]
    title = tr("Calendar of measures")
    lead = tr(
        "Register of measures, evidence to {day}. After that day the run is branch {branch}: "
        "{supposed}.",
        day=day(view.run["evidence_date"]),
        branch=branch,
        supposed=branch_text(branch),
    )
    rows = sorted(view.rows("measures"), key=lambda row: (row["date"], row["measure"]))
    if not rows:
        text = Text([tr("No measure is in force.")])
        return Section("calendar", title, lead, [text])
    blocks: list[Block] = [_figure(view, rows), tables.calendar_table(rows)]
    return Section("calendar", title, lead, blocks)


def _figure(view: RunView, rows: Sequence[Record]) -> Figure:
    measures = list(dict.fromkeys(row["measure"] for row in rows))
    busiest, changes = min(
        Counter(row["date"][:7] for row in rows).items(), key=lambda item: (-item[1], item[0])
    )
    title = trn(
        "{n:,} dated change in {measures} measures; {month} has most, {changes}",
        "{n:,} dated changes in {measures} measures; {month} has most, {changes}",
        len(rows),
        measures=len(measures),
        month=month(busiest),
        changes=changes,
    )
    drawn = [_draw(view, rows, measures, width, title) for width in (WIDE, NARROW)]
    caption = tr(
        "One row per measure, in order of its first change; what each is stands in the table."
    )
    return Figure(title, caption, drawn[0], drawn[1], _legend())


def _draw(
    view: RunView, rows: Sequence[Record], measures: Sequence[str], width: float, title: str
) -> Markup:
    narrow = width < WIDE
    pitch, head, foot = (36.0 if narrow else 22.0), 22.0, 40.0
    left = 8.0 if narrow else max(map(len, measures)) * (CHARACTER + 1.2) + 14
    canvas = Canvas(width, head + pitch * len(measures) + foot)
    first = min(rows[0]["date"], view.run["first_day"])
    last = max(rows[-1]["date"], view.run["last_day"])
    x = Scale(_ordinal(first), _ordinal(last), left + 8, width - 12)
    _months(canvas, x, head, pitch * len(measures), date.fromisoformat(first))
    if view.headline is not None:
        at = x(_ordinal(view.headline))
        canvas.line((at, head - 6), (at, canvas.height - foot), "mark")
        text, fits = day(view.headline), at + 90 < width
        canvas.text((at + (5 if fits else -5), 12), text, "flag", "start" if fits else "end")
    for i, measure in enumerate(measures):
        y = head + pitch * (i + 0.5) + (9 if narrow else 0)
        canvas.line((left + 8, y), (width - 12, y), "grid")
        if narrow:
            canvas.text((left, y - 10), measure, "name halo")
        else:
            canvas.text((left, y + 4.5), measure, "name", "end")
        _changes(canvas, x, y, [row for row in rows if row["measure"] == measure])
    return canvas.render(f"calendar-{width}", title, _said(rows))


def _changes(canvas: Canvas, x: Scale, y: float, rows: Sequence[Record]) -> None:
    in_force = {row["date"] for row in rows if _MARKS.get(row["change"]) == "force"}
    for row in rows:
        mark = _MARKS.get(row["change"], _OTHER)
        # a text that replaces itself goes on being in force
        if row["change"] == "superseded" and row["date"] in in_force:
            continue
        place = (x(_ordinal(row["date"])), y)
        hint = f"{day(row['date'])}: {row['measure']} {tables.change_text(row['change'])}"
        if mark == "ended":
            canvas.cross(place, 4.6, mark, hint)
        else:
            radius = {"announced": 6.2, "force": 3.8}.get(mark, 2.6)
            canvas.dot(place, radius, mark, hint)


def _months(canvas: Canvas, x: Scale, head: float, depth: float, first: date) -> None:
    floor = head + depth
    canvas.line((x.start, floor), (x.end, floor), "axis")
    last = date.fromordinal(int(x.last))
    quarters = (date(y, m, 1) for y in range(first.year, last.year + 1) for m in _QUARTERS)
    for opens in (found for found in quarters if first <= found <= last):
        at = x(opens.toordinal())
        canvas.line((at, floor), (at, floor + 5), "axis")
        canvas.text((at, floor + 18), short_month(opens.isoformat()[:7]), "tick", "middle")
        if opens.month == 1:
            canvas.text((at, floor + 34), str(opens.year), "tick", "middle")


def _ordinal(iso: str) -> float:
    return float(date.fromisoformat(iso).toordinal())


def _said(rows: Sequence[Record]) -> str:
    return capital("; ".join(map(_entry, rows))) + "."


def _entry(row: Record) -> str:
    return f"{day(row['date'])} {row['measure']} {tables.change_text(row['change'])}"
