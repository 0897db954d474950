"""The picture of docs/benchmarks.md: time over the yardstick's, and a step of firms by size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from finding import Finding
from registry import BENCHMARKS, Aim, Benchmark

from terbium.report.svg import Canvas, Scale

KEY = "benchmarks"
STYLE = """
svg { background: #fff; font-family: system-ui, "Noto Sans", sans-serif; }
text { fill: #57606a; font-size: 12.5px; }
.name { fill: #1b1f24; } .flag { fill: #1b1f24; font-weight: 600; }
.grid { stroke: #d0d7de; stroke-width: 1; } .axis { stroke: #57606a; stroke-width: 1; }
.even { stroke: #1b1f24; stroke-width: 1.8; stroke-dasharray: 6 4; }
.own { stroke: #0072b2; stroke-width: 2.2; fill: none; } .own-dot { fill: #0072b2; }
.bound { stroke: #b34700; stroke-width: 2.2; fill: none; } .bound-dot { fill: #b34700; }
.missed-dot { fill: #fff; stroke: #b34700; stroke-width: 2.2; }
.aim { stroke: #7a3e9d; stroke-width: 2.2; }
"""
WIDTH, LEFT, RIGHT, TOP, ROW = 940.0, 290.0, 770.0, 62.0, 19.0
PANEL, GAP, FOOT = 240.0, 78.0, 62.0


def picture(found: Mapping[str, Finding]) -> str:
    """Both panels, as an SVG with its own style sheet."""
    rows = [
        row
        for row in BENCHMARKS
        if row.group != "smoke" and row.name in found and found[row.name].value("ratio")
    ]
    sizes = _by_size(found)
    floor = TOP + ROW * len(rows)
    canvas = Canvas(WIDTH, floor + (GAP + PANEL if sizes else 0.0) + FOOT)
    _ratios(canvas, rows, found, floor)
    if sizes:
        _growth(canvas, sizes, floor + GAP)
    said = (
        f"{len(rows)} benchmarks by their time over the yardstick's, and time per step over "
        f"{len(sizes)} numbers of firms."
    )
    drawing = str(canvas.render(KEY, "Benchmarks", said))
    head, rest = drawing.split(">", 1)
    return f"{head}><style>{STYLE}</style>{rest}\n"


def _ratios(
    canvas: Canvas, rows: Sequence[Benchmark], found: Mapping[str, Finding], floor: float
) -> None:
    ratios = [found[row.name].value("ratio") or 1.0 for row in rows]
    low, high = _decades([*ratios, 1.0])
    x = Scale(low, high, LEFT, RIGHT)
    canvas.text((16, 20), "Time of terbium over that of its yardstick", "flag")
    for power in range(low, high + 1):
        canvas.line((x(power), TOP - 8), (x(power), floor), "grid" if power else "even")
        canvas.text((x(power), TOP - 16), _power(power), "", "middle")
    for k, (row, ratio) in enumerate(zip(rows, ratios, strict=True)):
        y = TOP + ROW * (k + 0.5)
        canvas.text((16, y + 4), row.name, "name")
        canvas.line((x(0.0), y), (x(math.log10(ratio)), y), "own")
        aims = [aim for aim in row.aims if aim.measure == "ratio"]
        for aim in aims:
            at = x(math.log10(aim.most))
            canvas.line((at, y - 6), (at, y + 6), "aim")
        hint = f"{row.name}: {ratio:.3g} of {row.yardstick}"
        canvas.dot((x(math.log10(ratio)), y), 4.6, _kind(aims, ratio), hint)
        canvas.text((RIGHT + 14, y + 4), _of(ratio, row.yardstick))
    canvas.line((LEFT, floor + 16), (LEFT + 22, floor + 16), "aim")
    legend = "upright: aim, to the left of it is met; dashed: as fast as the yardstick"
    canvas.text((LEFT + 30, floor + 20), legend)


def _of(ratio: float, yardstick: str) -> str:
    """Ratio and what it is of; other rows differ by their rule."""
    rows = {row.name: row.rule for row in BENCHMARKS}
    number = f"{ratio:.2f} x" if ratio >= 0.5 else f"1/{1 / ratio:.0f} of"
    return f"{number} {rows.get(yardstick, yardstick)}"


def _kind(aims: Sequence[Aim], ratio: float) -> str:
    return "own-dot" if all(aim.is_met(ratio) for aim in aims) else "missed-dot"


def _growth(canvas: Canvas, sizes: Sequence[tuple[int, float, float]], top: float) -> None:
    floor = top + PANEL
    firms = _decades([float(size) for size, *_ in sizes])
    spans = _decades([seconds for _, *both in sizes for seconds in both])
    x, y = Scale(*firms, LEFT, RIGHT), Scale(*spans, floor, top)
    canvas.text((16, top - 20), "A step of a network of firms, five links a firm [s]", "flag")
    for power in range(spans[0], spans[1] + 1):
        canvas.line((LEFT, y(power)), (RIGHT, y(power)), "grid")
        canvas.text((LEFT - 8, y(power) + 4), _power(power), "", "end")
    for power in range(firms[0], firms[1] + 1):
        canvas.line((x(power), floor), (x(power), floor + 5), "axis")
        canvas.text((x(power), floor + 19), f"{10**power:,}", "", "middle")
    canvas.text(((LEFT + RIGHT) / 2, floor + 38), "firms", "", "middle")
    for at, kind in ((1, "own"), (2, "bound")):
        points = [(x(math.log10(one[0])), y(math.log10(one[at]))) for one in sizes]
        canvas.path(points, kind)
        for point, one in zip(points, sizes, strict=True):
            canvas.dot(point, 4.0, f"{kind}-dot", f"{one[0]:,} firms: {one[at]:.3g} s")
    for k, (kind, text) in enumerate((("own", "terbium"), ("bound", "streaming bound"))):
        canvas.line((LEFT + 20, top + 14 + 20 * k), (LEFT + 42, top + 14 + 20 * k), kind)
        canvas.text((LEFT + 50, top + 18 + 20 * k), text, "name")


def _by_size(found: Mapping[str, Finding]) -> list[tuple[int, float, float]]:
    """(firms, seconds a step, bound) of the sizes that were run alike."""
    sizes = []
    for row in BENCHMARKS:
        is_shown = row.kind == "firms" and row.group == "quick" and row.name in found
        if is_shown and row.severity == "severe" and row.rule == "proportional":
            own, bound = (found[row.name].value(measure) for measure in ("own", "bound"))
            if own and bound:
                sizes.append((row.size[0], own, bound))
    return sizes if len(sizes) > 1 else []


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Powers of ten around values."""
    powers = [math.log10(value) for value in values]
    low, high = math.floor(min(powers)), math.ceil(max(powers))
    return low, max(high, low + 1)


def _power(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
