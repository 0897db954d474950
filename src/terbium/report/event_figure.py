"""The figure of an event study: cumulative abnormal return around the event, with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files

from markupsafe import Markup

from terbium.evidence.event_study import Interval, Study
from terbium.report.svg import Canvas, Scale, polyline, ticks
from terbium.report.words import MINUS

_SIZE = (720.0, 340.0)
_LEFT, _RIGHT, _HEAD, _FOOT = 56.0, 14.0, 34.0, 44.0
_PER_CENT = 100.0
_ROUGH_TICKS = 6
_MOST_DAYS = 16
_LEAST_SPAN = 0.1


def event_figure(study: Study, key: str = "events") -> Markup:
    """Draw the mean over events, or the one event, by day; a page's style sheet colours it.

    Parameters
    ----------
    study
        As it was found.
    key
        Unique in the page.
    """
    path = study.mean or study.cumulative[0]
    lows, highs, values = (
        [_PER_CENT * getattr(step, name) for step in path] for name in ("low", "high", "value")
    )
    canvas = Canvas(*_SIZE)
    marks = _marks(min(*lows, 0.0), max(*highs, 0.0))
    x = Scale(study.offsets[0], study.offsets[-1], _LEFT, _SIZE[0] - _RIGHT)
    y = Scale(marks[0], marks[-1], _SIZE[1] - _FOOT, _HEAD)
    for mark in marks:
        canvas.line((x.start, y(mark)), (x.end, y(mark)), "base" if mark == 0 else "grid")
        canvas.text((_LEFT - 8, y(mark) + 4), _number(mark), "tick", "end")
    canvas.text((8, 18), f"{_title(study)} [%]", "name")
    every = -(-len(study.offsets) // _MOST_DAYS)
    for offset in study.offsets:
        if offset % every == 0:
            canvas.text((x(offset), _SIZE[1] - _FOOT + 18), _number(offset), "tick", "middle")
    middle = (x.start + x.end) / 2
    canvas.text((middle, _SIZE[1] - 8), "Trading days from the event", "tick", "middle")
    if study.offsets[0] <= 0 <= study.offsets[-1]:
        canvas.line((x(0), _HEAD), (x(0), y.start), "mark")
    places = [x(offset) for offset in study.offsets]
    canvas.band(polyline(places, map(y, lows)), polyline(places, map(y, highs)), "band90")
    canvas.path(polyline(places, map(y, values)), "median")
    for place, offset, step in zip(places, study.offsets, path, strict=True):
        canvas.dot((place, y(_PER_CENT * step.value)), 3.2, "centre", f"day {offset}: {told(step)}")
    said = f"{_title(study)} from day {study.offsets[0]} to {study.offsets[-1]}: {told(path[-1])}."
    return canvas.render(key, _title(study), said)


def event_picture(study: Study) -> str:
    """The figure as an SVG file that stands on its own, colours for light and dark included."""
    style = files("terbium").joinpath("report/templates/report.css").read_text(encoding="utf-8")
    rules = style.partition("* { box-sizing")[0]
    shapes = "\n".join(line for line in style.splitlines() if line.startswith("svg "))
    figure = str(event_figure(study))
    head, _, rest = figure.partition(">")
    font = "svg { font-family: system-ui, sans-serif; background: var(--paper); }"
    return f"{head}><style>{rules}{shapes}\n{font}</style>{rest}\n"


def told(step: Interval) -> str:
    """A return with its interval, in per cent."""
    value, low, high = (_PER_CENT * number for number in (step.value, step.low, step.high))
    return f"{_number(value, 1)} % ({_number(low, 1)} to {_number(high, 1)} %)"


def _title(study: Study) -> str:
    if study.mean:
        return f"Mean cumulative abnormal return over {len(study.fitted)} events"
    one = study.fitted[0]
    return f"Cumulative abnormal return of {one.asset}, {one.event.label or one.event.day}"


def _number(value: float, digits: int | None = None) -> str:
    text = f"{value:g}" if digits is None else f"{value:.{digits}f}"
    return text.replace("-", MINUS)


def _marks(low: float, high: float) -> Sequence[float]:
    """Round values around nought that hold both ends."""
    step = ticks(max(high - low, _LEAST_SPAN), _ROUGH_TICKS)[1]
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * i for i in range(first, max(last, first + 1) + 1)]
