"""Sections on exports: headline figures, months by destination, scores."""

import math

from markupsafe import Markup

from terbium.report import tables
from terbium.report.blocks import (
    WORLD,
    Block,
    Card,
    Cards,
    Figure,
    Multiples,
    Record,
    RunView,
    Section,
    Text,
)
from terbium.report.figures import NARROW, WIDE, Fan, fan_figure
from terbium.report.words import amount, between, capital, exact, month, percent, value

FAN_LEGEND = (
    ("median", "model, median"),
    ("band50", "50 % interval"),
    ("band90", "90 % interval"),
    ("observed", "recorded"),
    ("base", "mean month of the base year"),
)

_PANEL = (300.0, 190.0)
_MOST_PANELS = 12
_LIKELY, _NOTABLE = 0.5, 0.1
_FIGURES = {
    "lowest_month_change": "lowest month of exports to {place}, against the mean month of {base}",
    "recouped_share": "of what the first three months lost to {place} was recouped by {last}",
    "year_total": "exported to {place} in {year}",
}


def findings_section(view: RunView) -> Section:
    """The headline figures, each with its interval and the recorded value."""
    cards = [
        _card(view, row)
        for figure in _FIGURES
        for row in view.rows("findings")
        if row["figure"] == figure and _is_headline(view, row)
    ]
    stopped = [row for row in view.rows("first_stops") if row["industry"] != "all_industries"]
    guesses = sum(row["grade"] == "D" for row in stopped)
    likely = sum(row["share_stopped"] >= _LIKELY for row in stopped)
    cards.append(
        Card(
            f"{likely} of {len(stopped)}",
            "pairs of region and industry in which a line is at least as likely to stop as not",
            f"the stocks of {guesses} of them are guesses (grade D)",
        )
    )
    lead = (
        f"Medians over {view.run['draws']} draws, with the interval that holds 90 % of them. "
        "Recorded values stand beside them."
    )
    return Section("findings", "Headline figures", lead, [Cards(cards), *_score_notice(view)])


def _is_headline(view: RunView, row: Record) -> bool:
    """Keep the world, and places whose record is complete enough to check the figure."""
    ours = row["material"] == view.material and row["origin"] == view.origin
    return ours and (row["destination"] == WORLD or row["observed"] is not None)


def _card(view: RunView, row: Record) -> Card:
    tonnes = row["unit"] == "t"
    sign = row["figure"] == "lowest_month_change"

    def show(number: float) -> str:
        return f"{amount(number)} t" if tonnes else percent(number, sign=sign)

    label = _FIGURES[row["figure"]].format(
        place=view.place(row["destination"]),
        base=view.run["base_year"],
        last=month(row["last"]),
        year=row["last"][:4],
    )
    span = between(show(value(row["low90"])), show(value(row["high90"])))
    observed = row["observed"]
    if observed is None:
        recorded = "not on record"
    elif tonnes:
        recorded = f"recorded {exact(observed)} t"
    else:
        recorded = f"recorded {percent(observed, sign=sign)}"
    return Card(show(value(row["central"])), label, f"90 %: {span}; {recorded}")


def _score_notice(view: RunView) -> list[Block]:
    beaten = [
        capital(view.place(row["destination"]))
        for row in view.rows("scores")
        if row["winner"] not in (None, "model")
    ]
    if not beaten:
        return []
    said = "A baseline that knows nothing of the law does better than the model for: "
    said += f"{', '.join(beaten)}."
    return [Text([f"{said} See the scores."])]


def exports_section(view: RunView) -> Section:
    """Exports by month: the world, then the places with a record or the largest flow."""
    places = _panels(view)
    panels = [(_title(view, place), _fan(view, place, _PANEL, f"fan-{place}")) for place in places]
    what = f"{capital(view.name(view.material))} from {view.name(view.origin)}"
    title = _title(view, WORLD)
    world = Figure(
        title,
        f"{what} to the world, t per calendar month. {_mark_text(view)}",
        _fan(view, WORLD, (WIDE, 340), "fan-world-wide"),
        _fan(view, WORLD, (NARROW, 280), "fan-world-narrow"),
        _legend(view, WORLD),
    )
    multiples = Multiples(
        f"{what} by destination",
        "t per calendar month; each panel has its own scale, from zero. Places on record "
        "come first.",
        panels,
        FAN_LEGEND,
    )
    lead = "Gross tonnes that leave the origin through its customs, licensed or free."
    return Section(
        "exports", "Exports by month", lead, [world, multiples, tables.month_table(view)]
    )


def _panels(view: RunView) -> list[str]:
    def rank(place: str) -> tuple[bool, float]:
        rows = view.exports[place]
        recorded = sum(row["observed"] is not None for row in rows)
        return recorded < 2, -sum(value(row["central"]) for row in rows)

    return sorted((p for p in view.exports if p != WORLD), key=rank)[:_MOST_PANELS]


def _fan(view: RunView, place: str, size: tuple[float, float], key: str) -> Markup:
    rows = view.exports[place]
    columns = {
        name: [value(row[name]) for row in rows]
        for name in ("central", "low50", "high50", "low90", "high90")
    }
    fan = Fan(
        months=[row["month"] for row in rows],
        **columns,
        observed=[row["observed"] for row in rows],
        base=view.base_mean(place),
        unit="t",
        mark=view.headline,
    )
    return fan_figure(fan, key, _title(view, place), *size)


def _legend(view: RunView, place: str) -> tuple[tuple[str, str], ...]:
    seen = FAN_LEGEND if view.base_mean(place) is not None else FAN_LEGEND[:-1]
    return tuple(
        (kind, text.replace("the base year", str(view.run["base_year"]))) for kind, text in seen
    )


def _mark_text(view: RunView) -> str:
    if view.headline is None:
        return "No measure takes force in this run."
    return "The upright line is the day on which the headline measure took force."


def _title(view: RunView, place: str) -> str:
    """State the finding of a fan: its lowest month after the measure, and when it came back."""
    rows = view.exports[place]
    where = capital(view.place(place))
    after = [r for r in rows if view.headline is None or r["month"] >= view.headline[:7]]
    before = [value(r["central"]) for r in rows if r not in after]
    known = view.base_mean(place)
    base = known or (sum(before) / len(before) if before else math.nan)
    usual = f"the {view.run['base_year']} mean" if known else "its earlier level"
    if not after or not base > 0:
        return f"{where}: {amount(value(rows[0]['central']))} t in {month(rows[0]['month'])}"
    lowest = min(after, key=lambda row: value(row["central"]))
    change = value(lowest["central"]) / base - 1
    if change > -_NOTABLE:
        return f"{where}: no month more than {percent(_NOTABLE)} below {usual}"
    text = f"{where}: down to {amount(value(lowest['central']))} t in {month(lowest['month'])}"
    text += f" ({percent(change, sign=True)})"
    later = [r for r in after if r["month"] > lowest["month"] and value(r["central"]) >= base]
    if later:
        return f"{text}, back at {usual} in {month(later[0]['month'])}"
    return f"{text}, not back at {usual} since"


def scores_section(view: RunView) -> Section:
    """Scores beside the baselines, failures first."""
    if not view.rows("scores"):
        text = Text(["Nothing on record falls into this run after a measure: there is no score."])
        return Section("scores", "Scores", "The model against the record.", [text])
    lead = (
        "The model against two baselines that know nothing of the law. "
        "Where the model is beaten, it stands first."
    )
    return Section(
        "scores", "Scores", lead, [tables.score_table(view), tables.interval_table(view)]
    )
