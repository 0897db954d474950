"""The figures of the report: fans and lines over months, dots with intervals, a bar of shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from unicodedata import east_asian_width

from markupsafe import Markup

from terbium.base.speech import tr
from terbium.report.svg import Canvas, Point, Scale, polyline, ticks
from terbium.report.words import NO_BREAK, amount, day, exact, month, percent, short_month, value

WIDE, NARROW = 720, 340
"""Widths of a figure [px], for a page and for a telephone: text keeps its size on both."""

CHARACTER = 7.0
"""Mean width of a character of the figures' text [px]."""

_FULL_WIDTH, _FULL = 12.5, frozenset("WF")

_HEADROOM = 1.04


def dot_legend() -> tuple[tuple[str, str], ...]:
    """Legend of a dot chart."""
    return (
        ("centre", tr("median")),
        ("box", tr("50 % interval")),
        ("reach", tr("90 % interval")),
    )


@dataclass(frozen=True)
class Fan:
    """Monthly quantity with intervals, along ``months``; None where nothing is recorded."""

    months: Sequence[str]
    central: Sequence[float]
    low50: Sequence[float]
    high50: Sequence[float]
    low90: Sequence[float]
    high90: Sequence[float]
    observed: Sequence[float | None]
    base: float | None
    unit: str
    mark: str | None = None


@dataclass(frozen=True)
class Series:
    """One line over months, with its 90 % interval if ``low`` is given."""

    label: str
    kind: str
    central: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Dot:
    """One row of a dot chart."""

    label: str
    central: float
    low50: float
    high50: float
    low90: float
    high90: float
    note: str

    @classmethod
    def of(cls, label: str, row: Mapping[str, Any], central: str, note: str) -> Self:
        """Take the numbers of a summary row; ``central`` names the column of the median."""
        ends = {name: value(row[name]) for name in ("low50", "high50", "low90", "high90")}
        return cls(label=label, central=value(row[central]), note=note, **ends)


@dataclass(frozen=True)
class _Frame:
    """Where months and values lie on the canvas."""

    canvas: Canvas
    months: Sequence[str]
    x: Scale
    y: Scale
    unit: str

    def points(self, values: Sequence[float]) -> list[Point]:
        return polyline((self.x(i) for i in range(len(values))), (self.y(v) for v in values))


def extent(text: str, character: float = CHARACTER) -> float:
    """Width of a text [px]; Chinese and Japanese characters are as wide as they are high."""
    full = sum(east_asian_width(letter) in _FULL for letter in text)
    return full * _FULL_WIDTH + (len(text) - full) * character


def fan_figure(fan: Fan, key: str, title: str, width: float, height: float) -> Markup:
    """Draw a fan of 50 % and 90 % intervals, the median, recorded points and the base mean."""
    recorded = [point for point in fan.observed if point is not None]
    top = max([*fan.high90, *recorded, fan.base or 0.0, 0.0])
    frame = _month_frame(fan.months, top, fan.unit, width, height)
    canvas = frame.canvas
    canvas.band(frame.points(fan.low90), frame.points(fan.high90), "band90")
    canvas.band(frame.points(fan.low50), frame.points(fan.high50), "band50")
    if fan.base is not None:
        y = frame.y(fan.base)
        canvas.line((frame.x.start, y), (frame.x.end, y), "base")
    _mark(frame, fan.mark)
    canvas.path(frame.points(fan.central), "median")
    for i, point in enumerate(fan.observed):
        if point is not None:
            hint = tr(
                "{month}: recorded {amount} {unit}",
                month=month(fan.months[i]),
                amount=exact(point),
                unit=fan.unit,
            )
            canvas.dot((frame.x(i), frame.y(point)), 3.6, "observed", hint)
    return canvas.render(key, title, _describe(fan))


def pair_figure(
    before: Fan, after: Fan, key: str, title: str, width: float, height: float
) -> Markup:
    """Draw two fans over each other: 90 % intervals and medians, and the recorded points once.

    Months are those of ``after``; of ``before`` those that both hold are drawn.
    """
    recorded = [point for point in after.observed if point is not None]
    top = max([*before.high90, *after.high90, *recorded, after.base or 0.0, 0.0])
    frame = _month_frame(after.months, top, after.unit, width, height)
    canvas = frame.canvas
    count = min(len(before.months), len(after.months))
    for fan, kind in ((before, "before"), (after, "after")):
        low, high = frame.points(fan.low90[:count]), frame.points(fan.high90[:count])
        canvas.band(low, high, f"haze {kind}")
    if after.base is not None:
        y = frame.y(after.base)
        canvas.line((frame.x.start, y), (frame.x.end, y), "base")
    _mark(frame, after.mark)
    canvas.path(frame.points(before.central[:count]), "stroke before")
    canvas.path(frame.points(after.central), "stroke after")
    for i, point in enumerate(after.observed):
        if point is not None:
            hint = tr(
                "{month}: recorded {amount}", month=month(after.months[i]), amount=exact(point)
            )
            canvas.dot((frame.x(i), frame.y(point)), 3.6, "observed", hint)
    return canvas.render(key, title, f"{_describe(before)} {_describe(after)}")


def line_figure(
    series: Sequence[Series],
    months: Sequence[str],
    key: str,
    title: str,
    size: Point,
    mark: str | None,
) -> Markup:
    """Draw lines over months [t], each with its 90 % interval where given."""
    top = max((max([*one.central, *one.high], default=0.0) for one in series), default=0.0)
    frame = _month_frame(months, top, "t", *size)
    for one in series:
        if one.low:
            frame.canvas.band(frame.points(one.low), frame.points(one.high), f"haze {one.kind}")
    _mark(frame, mark)
    for one in series:
        frame.canvas.path(frame.points(one.central), f"stroke {one.kind}")
    said = [
        tr(
            "{series}: highest {amount} t in {month}",
            series=one.label,
            amount=amount(max(one.central)),
            month=month(months[one.central.index(max(one.central))]),
        )
        for one in series
        if one.central
    ]
    return frame.canvas.render(key, title, "; ".join(said) + ".")


def dot_figure(
    dots: Sequence[Dot], key: str, title: str, axis: str, limit: float, width: float, percent: bool
) -> Markup:
    """Draw a row per subject: 90 % line, 50 % bar, median point, and a note.

    Intervals that reach beyond ``limit`` run into an arrow.
    """
    narrow = width < WIDE
    longest = max((extent(dot.label) for dot in dots), default=0)
    widest = max((extent(dot.note) for dot in dots), default=0)
    # on a telephone the label and the note stand above the row, on one line if both fit
    both = max((extent(dot.label + dot.note) for dot in dots), default=0) + 2 * CHARACTER
    second = 15.0 if narrow and both > width else 0.0
    pitch, head, foot = (46.0 + second, 8.0, 44.0) if narrow else (26.0, 8.0, 44.0)
    left = 10.0 if narrow else min(longest + 16, width * 0.36)
    right = 18.0 if narrow else min(widest + 26, width * 0.4)
    canvas = Canvas(width, head + pitch * len(dots) + foot)
    marks = ticks(limit, 4 if narrow else 6)
    x = Scale(0.0, marks[-1], left, width - right)
    floor = canvas.height - foot
    for mark in marks:
        canvas.line((x(mark), head), (x(mark), floor), "grid")
        canvas.text(
            (x(mark), floor + 17),
            f"{mark * 100:.0f}" if percent else amount(mark),
            "tick",
            "middle",
        )
    canvas.text(((left + width - right) / 2, floor + 36), axis, "tick", "middle")
    for i, dot in enumerate(dots):
        y = head + pitch * i + pitch / 2
        if narrow:
            line = y - 6 - second / 2
            canvas.text((left, line), dot.label, "name halo")
            if second:
                canvas.text((left, line + second), dot.note, "tick halo")
            else:
                canvas.text((width - 8, line), dot.note, "tick halo", "end")
            y += 9 + second / 2
        else:
            canvas.text((left - 10, y + 4), _cut(dot.label, left - 10), "name", "end")
            canvas.text((width - right + 18, y + 4), dot.note)
        _dot_row(canvas, dot, x, y)
    said = "; ".join(f"{dot.label}: {dot.note}" for dot in dots)
    return canvas.render(key, title, said)


def _cut(text: str, room: float) -> str:
    """As much of a text as a row has room for; the table beside the figure has the whole."""
    letters = int(room / extent(text) * len(text)) if text else 0
    if len(text) <= letters:
        return text
    return text[: letters - 1].rstrip(" ,") + "\N{HORIZONTAL ELLIPSIS}"


def _dot_row(canvas: Canvas, dot: Dot, x: Scale, y: float) -> None:
    canvas.line((x(dot.low90), y), (x(dot.high90), y), "reach")
    canvas.rect((x(dot.low50), y - 4), (max(x(dot.high50) - x(dot.low50), 1.5), 8), "box")
    if dot.high90 > x.last:
        end = x.end
        canvas.band([(end, y - 5), (end + 8, y)], [(end, y + 5), (end + 8, y)], "arrow")
    if dot.central <= x.last:
        canvas.dot((x(dot.central), y), 4.4, "centre")


def share_figure(
    parts: Sequence[tuple[str, str, float]], key: str, title: str, width: float
) -> Markup:
    """Draw one bar cut into shares; parts are (label, class, share)."""
    canvas = Canvas(width, 62)
    left = 1.0
    for label, kind, share in parts:
        span = share * (width - 2)
        text = f"{label} {_percent(share)}"
        canvas.rect((left, 4), (span, 30), f"part {kind}", text)
        # a part too thin for its share keeps its letter, and one thinner still its hint
        shown = next((t for t in (text, label) if span > extent(t) + 2), "")
        if shown:
            canvas.text((left + span / 2, 52), shown, "name", "middle")
        left += span
    return canvas.render(key, title, ", ".join(f"{p[0]} {_percent(p[2])}" for p in parts))


def _month_frame(
    months: Sequence[str], top: float, unit: str, width: float, height: float
) -> _Frame:
    limit = top * _HEADROOM or 1.0
    # the axis ends where the figure does: a tick above it would leave the figure half empty
    marks = [mark for mark in ticks(limit, 6) if mark <= limit]
    left = max(extent(amount(mark)) for mark in marks) + 14
    canvas = Canvas(width, height)
    x = Scale(0, max(len(months) - 1, 1), left + 6, width - 14)
    y = Scale(0, limit, height - 42, 26)
    for mark in marks:
        canvas.line((left, y(mark)), (width - 4, y(mark)), "grid" if mark else "axis")
        canvas.text((left - 6, y(mark) + 4), amount(mark), "tick", "end")
    canvas.text((2, 13), unit, "tick")
    every = 1 if (width - left) / max(len(months), 1) > 34 else 3
    for i, label in enumerate(months):
        # quarters begin in January, whichever month the run begins with
        if (int(label[5:]) - 1) % every:
            continue
        canvas.line((x(i), height - 42), (x(i), height - 37), "axis")
        canvas.text((x(i), height - 23), short_month(label), "tick", "middle")
        if label.endswith("-01") or i == 0:
            canvas.text((x(i), height - 7), label[:4], "tick", "middle")
    return _Frame(canvas, months, x, y, unit)


def _mark(frame: _Frame, mark: str | None) -> None:
    """Draw the day of the headline measure; a month's point stands in its middle."""
    if mark is None or mark[:7] not in frame.months:
        return
    found = date.fromisoformat(mark)
    where = frame.months.index(mark[:7]) + (found.day - 1) / 30 - 0.5
    x = frame.x(where)
    frame.canvas.line((x, 18), (x, frame.y.start), "mark")
    text = day(mark).replace(NO_BREAK, " ")
    if x + extent(text) > frame.x.end:
        frame.canvas.text((x - 5, 15), text, "flag", "end")
    else:
        # the unit of the axis stands at the left of the same line
        start = max(x + 5, extent(frame.unit) + 10)
        frame.canvas.text((start, 15), text, "flag")


def _describe(fan: Fan) -> str:
    lowest = min(range(len(fan.central)), key=lambda i: fan.central[i])
    highest = max(range(len(fan.central)), key=lambda i: fan.central[i])
    recorded = sum(point is not None for point in fan.observed)
    ends = [
        tr(
            "{amount} {unit} in {month}",
            amount=amount(fan.central[i]),
            unit=fan.unit,
            month=month(fan.months[i]),
        )
        for i in (lowest, highest)
    ]
    return tr(
        "{first} to {last}. Median lowest {lowest}, highest {highest}. {recorded} recorded months.",
        first=month(fan.months[0]),
        last=month(fan.months[-1]),
        lowest=ends[0],
        highest=ends[1],
        recorded=recorded,
    )


def _percent(share: float) -> str:
    return percent(share).replace(NO_BREAK, " ")
