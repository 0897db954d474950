"""Section on exports: months by destination."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from terbium.report import tables
from terbium.report.blocks import (
    WORLD,
    Figure,
    Multiples,
    Record,
    RunView,
    Section,
)
from terbium.report.figures import NARROW, WIDE, Fan, fan_figure
from terbium.report.words import amount, capital, count, month, percent, value

FAN_LEGEND = (
    ("median", "model, median"),
    ("band50", "50 % interval"),
    ("band90", "90 % interval"),
    ("observed", "recorded"),
    ("base", "mean month of the base year"),
)

_PANEL = (300.0, 190.0)
_MOST_PANELS = 12
_NOTABLE, _HALF = 0.1, 0.5


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
        _spread(view, places),
        f"{what} by destination, t per calendar month; each panel has its own scale, from zero. "
        "Places on record come first.",
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
        unit="t/month",
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


@dataclass(frozen=True)
class _Course:
    """A route after the measure: its lowest month, and the first month back at the usual level."""

    lowest: Record
    change: float
    usual: str
    back: str | None


def _course(view: RunView, place: str) -> _Course | None:
    """None where nothing is known of the time before, or nothing comes after."""
    rows = view.exports[place]
    after = [r for r in rows if view.headline is None or r["month"] >= view.headline[:7]]
    before = [value(r["central"]) for r in rows if r not in after]
    known = view.base_mean(place)
    base = known or (sum(before) / len(before) if before else math.nan)
    if not after or not base > 0:
        return None
    lowest = min(after, key=lambda row: value(row["central"]))
    later = [r for r in after if r["month"] > lowest["month"] and value(r["central"]) >= base]
    return _Course(
        lowest,
        value(lowest["central"]) / base - 1,
        f"the {view.run['base_year']} mean" if known else "its earlier level",
        later[0]["month"] if later else None,
    )


def _title(view: RunView, place: str) -> str:
    """State the finding of a fan: its lowest month after the measure, and when it came back."""
    where, course = capital(view.place(place)), _course(view, place)
    if course is None:
        first = view.exports[place][0]
        return f"{where}: {amount(value(first['central']))} t in {month(first['month'])}"
    if course.change > -_NOTABLE:
        return f"{where}: no month more than {percent(_NOTABLE)} below {course.usual}"
    lowest = course.lowest
    text = f"{where}: down to {amount(value(lowest['central']))} t in {month(lowest['month'])}"
    text += f" ({percent(course.change, sign=True)})"
    if course.back is not None:
        return f"{text}, back at {course.usual} in {month(course.back)}"
    return f"{text}, not back at {course.usual} since"


def _spread(view: RunView, places: Sequence[str]) -> str:
    """State the finding of the panels."""
    courses = [course for place in places if (course := _course(view, place)) is not None]
    half = [course for course in courses if course.change <= -_HALF]
    if not half:
        return f"No month falls by half on any of the {count(len(places), 'destination')} shown"
    back = sum(course.back is not None for course in half)
    some = "All" if len(half) == len(places) else f"{len(half)} of the"
    return (
        f"{some} {count(len(places), 'destination')} shown fall by half or more in their lowest "
        f"month; {back} of them come back"
    )
