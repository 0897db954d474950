"""Section on exports: months by destination."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from terbium.base.speech import tr, trn
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
from terbium.report.words import amount, capital, month, percent, value

_PANEL = (300.0, 190.0)
_MOST_PANELS = 12
_NOTABLE, _HALF = 0.1, 0.5


def fan_legend(base: str | None = None) -> tuple[tuple[str, str], ...]:
    """Legend of a fan; ``base`` is what the line of the base year is called, empty for none."""
    entries = (
        ("median", tr("model, median")),
        ("band50", tr("50 % interval")),
        ("band90", tr("90 % interval")),
        ("observed", tr("recorded")),
    )
    if base == "":
        return entries
    return (*entries, ("base", base or tr("mean month of the base year")))


def exports_section(view: RunView) -> Section:
    """Exports by month: the world, then the places with a record or the largest flow."""
    places = _panels(view)
    panels = [
        (fan_title(view, place), fan_of(view, place, _PANEL, f"fan-{place}")) for place in places
    ]
    told = {
        "material": capital(view.name(view.material)),
        "origin": view.name(view.origin),
    }
    title = fan_title(view, WORLD)
    world = Figure(
        title,
        tr("{material} from {origin} to the world, t per calendar month.", **told)
        + f" {_mark_text(view)}",
        fan_of(view, WORLD, (WIDE, 340), "fan-world-wide"),
        fan_of(view, WORLD, (NARROW, 280), "fan-world-narrow"),
        _legend(view, WORLD),
    )
    multiples = Multiples(
        _spread(view, places),
        tr(
            "{material} from {origin} by destination, t per calendar month; each panel has its own "
            "scale, from zero. Places on record come first.",
            **told,
        ),
        panels,
        fan_legend(),
    )
    lead = tr("Gross tonnes that leave the origin through its customs, licensed or free.")
    return Section(
        "exports", tr("Exports by month"), lead, [world, multiples, tables.month_table(view)]
    )


def _panels(view: RunView) -> list[str]:
    def rank(place: str) -> tuple[bool, float]:
        rows = view.exports[place]
        recorded = sum(row["observed"] is not None for row in rows)
        return recorded < 2, -sum(value(row["central"]) for row in rows)

    return sorted((p for p in view.exports if p != WORLD), key=rank)[:_MOST_PANELS]


def fan_of(view: RunView, place: str, size: tuple[float, float], key: str) -> Markup:
    """Draw the exports to one place by month."""
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
        unit=tr("t/month"),
        mark=view.headline,
    )
    return fan_figure(fan, key, fan_title(view, place), *size)


def _legend(view: RunView, place: str) -> tuple[tuple[str, str], ...]:
    if view.base_mean(place) is None:
        return fan_legend("")
    return fan_legend(tr("mean month of {year}", year=view.run["base_year"]))


def _mark_text(view: RunView) -> str:
    if view.headline is None:
        return tr("No measure takes force in this run.")
    return tr("The upright line is the day on which the headline measure took force.")


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
        tr("the {year} mean", year=view.run["base_year"]) if known else tr("its earlier level"),
        later[0]["month"] if later else None,
    )


def fan_title(view: RunView, place: str) -> str:
    """State the finding of a fan: its lowest month after the measure, and when it came back."""
    where, course = capital(view.place(place)), _course(view, place)
    if course is None:
        first = view.exports[place][0]
        return tr(
            "{place}: {amount} t in {month}",
            place=where,
            amount=amount(value(first["central"])),
            month=month(first["month"]),
        )
    if course.change > -_NOTABLE:
        return tr(
            "{place}: no month more than {share} below {usual}",
            place=where,
            share=percent(_NOTABLE),
            usual=course.usual,
        )
    told = {
        "place": where,
        "amount": amount(value(course.lowest["central"])),
        "month": month(course.lowest["month"]),
        "change": percent(course.change, sign=True),
        "usual": course.usual,
    }
    if course.back is not None:
        return tr(
            "{place}: down to {amount} t in {month} ({change}), back at {usual} in {back}",
            back=month(course.back),
            **told,
        )
    return tr(
        "{place}: down to {amount} t in {month} ({change}), not back at {usual} since", **told
    )


def _spread(view: RunView, places: Sequence[str]) -> str:
    """State the finding of the panels."""
    courses = [course for place in places if (course := _course(view, place)) is not None]
    half = [course for course in courses if course.change <= -_HALF]
    if not half:
        return trn(
            "No month falls by half on any of the {n} destination shown",
            "No month falls by half on any of the {n} destinations shown",
            len(places),
        )
    back = sum(course.back is not None for course in half)
    if len(half) == len(places):
        return trn(
            "All {n} destination shown fall by half or more in their lowest month; {back} of them "
            "come back",
            "All {n} destinations shown fall by half or more in their lowest month; {back} of them "
            "come back",
            len(places),
            back=back,
        )
    return trn(
        "{half} of the {n} destination shown fall by half or more in their lowest month; {back} of "
        "them come back",
        "{half} of the {n} destinations shown fall by half or more in their lowest month; {back} "
        "of them come back",
        len(places),
        half=len(half),
        back=back,
    )
