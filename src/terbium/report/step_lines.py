"""Lines over the steps of a run, on an axis of shares or of money."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from terbium.report.figures import CHARACTER
from terbium.report.svg import Canvas, Scale, polyline, ticks
from terbium.report.words import MINUS, NO_BREAK, amount

SHARE, PER_CENT = "share", 100.0

_LEFT_ROOM, _FOOT, _HEAD, _HEAD_OF_MONEY = 14.0, 36.0, 14.0, 30.0
_ROUGH_ROOM = 46.0
_WIDE_TICK = 64.0
_FACTORS = (1, 2, 5, 10)
_DIGITS = 9


@dataclass(frozen=True)
class StepLine:
    """One line: its class in the style sheet and its values, as many as there are steps."""

    kind: str
    values: Sequence[float]


@dataclass(frozen=True)
class StepAxis:
    """What lies under the lines.

    Parameters
    ----------
    steps
        Positions of the values.
    name
        What a step is called.
    unit
        `SHARE`, drawn in per cent of the base, or a unit of money.
    low, high
        Ends of the values that must have room.
    spans
        First step, last step and text of what goes on: shaded.
    """

    steps: Sequence[int]
    name: str
    unit: str
    low: float
    high: float
    spans: Sequence[tuple[float, float, str]] = ()


def axis_of_shares(
    steps: Sequence[int],
    name: str,
    lines: Sequence[Sequence[float]],
    spans: Sequence[tuple[float, float, str]],
    half: float,
) -> StepAxis:
    """Room for shares of the base: from nil where some fall below ``half``, else near the lines."""
    low = min((min(values) for values in lines if values), default=1.0)
    high = max((max(values) for values in lines if values), default=1.0)
    return StepAxis(steps, name, SHARE, 0.0 if low < half else low, max(high, 1.0), spans)


def step_figure(
    lines: Sequence[StepLine],
    axis: StepAxis,
    key: str,
    title: str,
    size: tuple[float, float],
    has_base: bool = True,
) -> Markup:
    """Draw lines over steps; a dashed line stands at the base where values are shares of it."""
    width, height = size
    factor = PER_CENT if axis.unit == SHARE else 1.0
    marks = span_ticks(axis.low * factor, axis.high * factor, height / _ROUGH_ROOM)
    texts = [_tick(mark) for mark in marks]
    if axis.unit == SHARE:
        texts[-1] += f"{NO_BREAK}%"
    left = max(map(len, texts)) * CHARACTER + _LEFT_ROOM
    canvas = Canvas(width, height)
    x = Scale(axis.steps[0], max(axis.steps[-1], 1), left, width - _LEFT_ROOM)
    head = _HEAD if axis.unit == SHARE else _HEAD_OF_MONEY
    y = Scale(marks[0], marks[-1], height - _FOOT, head)
    for first, last, text in axis.spans:
        start, end = x(first), x(last)
        canvas.rect((start, y.end), (max(end - start, 2.0), y.start - y.end), "during", text)
    for mark, text in zip(marks, texts, strict=True):
        canvas.line((left, y(mark)), (x.end, y(mark)), "grid" if mark != marks[0] else "axis")
        canvas.text((left - 6, y(mark) + 4), text, "tick", "end")
    last_step = axis.steps[-1]
    for step in ticks(last_step, max(round((width - left) / _WIDE_TICK), 1)):
        if step <= last_step:
            canvas.line((x(step), y.start), (x(step), y.start + 5), "axis")
            canvas.text((x(step), y.start + 18), amount(step), "tick", "middle")
    canvas.text((x.end, height - 3), axis.name, "tick", "end")
    if axis.unit != SHARE:
        canvas.text((2, 13), axis.unit, "tick")
    elif has_base:
        canvas.line((left, y(PER_CENT)), (x.end, y(PER_CENT)), "base")
    for line in lines:
        points = polyline(map(x, axis.steps), (y(value * factor) for value in line.values))
        canvas.path(points, f"stroke {line.kind}")
    return canvas.render(key, title, _described(lines, axis, factor))


def span_ticks(low: float, high: float, about: float) -> list[float]:
    """Round values that enclose a range, in steps of 1, 2 or 5.

    Examples
    --------
    >>> span_ticks(96.2, 101.0, 4)
    [96.0, 98.0, 100.0, 102.0]
    """
    span = max(high - low, abs(high) * 1e-3, 1e-9)
    rough = span / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in _FACTORS if power * factor >= rough)
    first, last = math.floor(round(low / step, _DIGITS)), math.ceil(round(high / step, _DIGITS))
    return [round(step * i, _DIGITS) for i in range(first, max(last, first + 1) + 1)]


def _tick(mark: float) -> str:
    return f"{mark:,.{_DIGITS}g}".replace("-", MINUS)


def _described(lines: Sequence[StepLine], axis: StepAxis, factor: float) -> str:
    unit = "%" if axis.unit == SHARE else axis.unit
    said = []
    for line in lines:
        if line.values:
            at = min(range(len(line.values)), key=lambda i: line.values[i])
            low, end = line.values[at] * factor, line.values[-1] * factor
            said.append(
                f"{line.kind}: lowest {amount(low)} {unit} on {axis.name} {axis.steps[at]}, "
                f"{amount(end)} {unit} at the end"
            )
    return "; ".join(said) + "."
