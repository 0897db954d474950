"""Ranges side by side: an estimate and the figures behind it, or what sources say of a quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from terbium.base.speech import tr
from terbium.report.blocks import Figure
from terbium.report.figures import CHARACTER, NARROW, WIDE
from terbium.report.svg import Canvas, Scale, ticks
from terbium.web.views.says import number
from terbium.web.views.source_records import EstimateView, Stated

MOST_ROWS: Final = 14
"""Rows that a figure has room for."""
_WIDE_LETTER: Final = 1.9
"""Width of a Chinese character over that of a Latin one."""
_FIRST_WIDE: Final = 0x2E80


@dataclass(frozen=True)
class Row:
    """A row of the figure.

    Attributes
    ----------
    label, told
        Who says so, and the value as it is printed.
    low, value, high
        Ends may be None where only a value was stated, the value where only ends were.
    kind
        ``estimate`` for a row that others are set beside, ``claim`` for these.
    """

    label: str
    told: str
    low: float | None
    value: float | None
    high: float | None
    kind: str = "claim"

    @property
    def most(self) -> float:
        """The largest number of the row."""
        return max(x for x in (self.low, self.value, self.high, 0.0) if x is not None)


def amount(value: float, unit: str, shape: str = "", digits: int = 12) -> str:
    r"""A number with its unit as pages print it; shares in per cent.

    Examples
    --------
    >>> amount(0.72, "1", "logit"), amount(31209.685, "t"), amount(1.8, "1")
    ('72\xa0%', '31,209.685 t', '1.8')
    """
    if shape == "logit" or unit.startswith("fraction"):
        return f"{number(100 * value, min(digits, 6))}\N{NO-BREAK SPACE}%"
    told = number(value, digits)
    return told if unit in {"1", "ratio", "count"} else f"{told} {unit}"


def estimate_rows(view: EstimateView) -> list[Row]:
    """The estimate, what it was before fit and balancing, and the claims in its unit."""
    unit, shape = view.unit, view.shape

    def told(value: float) -> str:
        return amount(value, unit, shape, 4)

    rows = [
        Row(tr("The estimate"), told(view.central), view.low, view.central, view.high, "estimate")
    ]
    if view.prior:
        prior = view.prior
        rows.append(
            Row(tr("Before the fit"), told(prior.central), prior.low, prior.central, prior.high)
        )
    if view.balance:
        balanced = view.balance.balanced
        rows.append(Row(tr("After balancing"), told(balanced), None, balanced, None))
    for claim in view.claims:
        if claim.value is not None and _is_same(claim, unit) and claim.value >= 0:
            who = tr("Judgement") if claim.is_reason else claim.source.publisher
            rows.append(Row(who, told(claim.value), claim.low, claim.value, claim.high))
    return rows[:MOST_ROWS]


def _is_same(claim: Stated, unit: str) -> bool:
    """Whether a claim is in a unit, or is a year's amount where the unit is an amount a year."""
    is_year = claim.as_of.isdigit() and f"{claim.unit}/yr" == unit
    return claim.unit == unit or is_year


def estimate_figure(view: EstimateView) -> Figure | None:
    """The estimate beside the claims in its unit; None where there is nothing to set beside it."""
    rows = estimate_rows(view)
    if len(rows) < 2:
        return None
    axis = tr("per cent") if view.shape == "logit" else view.unit if view.unit != "1" else ""
    title = tr("The estimate beside what it rests on")
    caption = tr(
        "A line runs from the 5 % to the 95 % quantile, or from the low to the high end that a "
        "source states; a circle is the median, or the figure itself. Claims in other units stand "
        "in the list alone."
    )
    return range_figure(rows, "estimate", title, caption, axis, view.shape == "logit")


def range_figure(
    rows: Sequence[Row], key: str, title: str, caption: str, axis: str, percent: bool
) -> Figure:
    """Rows with a line between their ends and a circle at their value."""
    wide, narrow = (
        _drawn(rows, f"{key}-{int(width)}", title, axis, percent, width) for width in (WIDE, NARROW)
    )
    return Figure(title, caption, wide, narrow)


def _drawn(
    rows: Sequence[Row], key: str, title: str, axis: str, percent: bool, width: float
) -> Markup:
    narrow = width < WIDE
    pitch, head, foot = (44.0, 6.0, 42.0) if narrow else (27.0, 6.0, 42.0)
    left = 10.0 if narrow else min(max(_room(row.label) for row in rows) + 20, width * 0.36)
    right = 20.0 if narrow else min(max(_room(row.told) for row in rows) + 30, width * 0.28)
    canvas = Canvas(width, head + pitch * len(rows) + foot)
    marks = ticks(max(row.most for row in rows) or 1.0, 4 if narrow else 6)
    x = Scale(0.0, marks[-1], left, width - right)
    floor = canvas.height - foot
    for mark in marks:
        canvas.line((x(mark), head), (x(mark), floor), "grid")
        canvas.text((x(mark), floor + 16), number(100 * mark if percent else mark, 4), "tick",
                    "middle")  # fmt: skip
    canvas.text(((left + width - right) / 2, floor + 35), axis, "tick", "middle")
    for i, row in enumerate(rows):
        y = head + pitch * (i + 0.5)
        if narrow:
            room = width - 18 - _room(row.told)
            canvas.text((left, y - 6), _cut(row.label, room), "name halo")
            canvas.text((width - 8, y - 6), row.told, "tick halo", "end")
            y += 9
        else:
            canvas.text((left - 10, y + 4), _cut(row.label, left - 14), "name", "end")
            canvas.text((width - right + 20, y + 4), row.told)
        _mark(canvas, row, x, y)
    said = "; ".join(f"{row.label}: {row.told}" for row in rows)
    return canvas.render(key, title, said)


def _mark(canvas: Canvas, row: Row, x: Scale, y: float) -> None:
    hint = f"{row.label}: {row.told}"
    if row.low is not None and row.high is not None:
        if row.kind == "estimate":
            width = max(x(row.high) - x(row.low), 1.5)
            canvas.rect((x(row.low), y - 4), (width, 8), "box", hint)
        canvas.line((x(row.low), y), (x(row.high), y), "reach")
        for end in (row.low, row.high):
            canvas.line((x(end), y - 4), (x(end), y + 4), "reach")
    if row.value is not None:
        kind = "centre" if row.kind == "estimate" else "observed"
        canvas.dot((x(row.value), y), 4.6, kind, hint)


def _room(text: str) -> float:
    return sum(CHARACTER * (_WIDE_LETTER if ord(c) >= _FIRST_WIDE else 1.0) for c in text)


def _cut(text: str, room: float) -> str:
    """As much of a text as there is room for; the list beside the figure has the whole."""
    if _room(text) <= room:
        return text
    kept = text
    while kept and _room(kept) > room - CHARACTER:
        kept = kept[:-1]
    return kept.rstrip(" ,") + "\N{HORIZONTAL ELLIPSIS}"
