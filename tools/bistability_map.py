"""Draw the maps of docs/bistability.md and compute its tables.

    python tools/bistability_map.py docs

Writes ``docs/figures/bistability-*.svg`` and the tables of ``docs/bistability.md``, between the
marks ``<!-- name -->`` and ``<!-- /name -->``. Takes a minute or two on one core; the same bytes.
"""

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

from terbium.analysis.bistability import (
    Setting,
    Strike,
    after_depletion,
    behaviour_of,
    collapse_map,
    even_table,
    is_collapsed,
    threshold_of,
)
from terbium.engine.network.case import RATIONING
from terbium.engine.network.stability import thresholds
from terbium.graph.tables import InputOutputTable, read_table
from terbium.propagation import propagate
from terbium.report.svg import Canvas, Scale
from terbium.scenario.examples import table_path

SETTINGS = (
    *(Setting(10, 60, 0.8), Setting(20, 60, 0.8), Setting(30, 60, 0.8), Setting(45, 60, 0.95)),
    *(Setting(20, 60, 0.5), Setting(10, 60, 0.3), Setting(10, 20, 0.8), Setting(15, 30, 0.9)),
    *(Setting(60, 60, 0.8), Setting(80, 60, 0.8), Setting(90, 60, 0.8)),
)
# what the reference implementation was measured at, by bisection too, on a table of its own
REFERENCE = {
    (10, 60, 0.8): "0.962",
    (20, 60, 0.8): "0.909",
    (30, 60, 0.8): "0.833",
    (45, 60, 0.95): "0.870",
    (20, 60, 0.5): "0.800",
    (10, 60, 0.3): "0.877",
    (10, 20, 0.8): "0.833",
    (80, 60, 0.8): "none to 0.05",
    (90, 60, 0.8): "none to 0.05",
}
LEAST, ROUNDS, LONG = 0.05, 12, 4000
PSI = (0.3, 0.5, 0.8, 0.95)
LEAN = tuple(round(0.1 * k, 1) for k in range(1, 11))
TAU = 60.0
AXIS = tuple(range(4, 93, 4))
SHARES = (0.3, 0.5, 0.9)
STRUCK = {
    "mining and magnets of the east": (("east", "mining"), ("east", "magnets")),
    "machinery of the north and west": (("north", "machinery"), ("west", "machinery")),
    "services of the north": (("north", "services"),),
}
DRAWN = "mining and magnets of the east"
STEPS = 1095
STYLE = """
svg { background: #fff; font-family: system-ui, "Noto Sans", sans-serif; }
text { fill: #57606a; font-size: 12.5px; }
.name { fill: #1b1f24; } .flag { fill: #1b1f24; font-weight: 600; }
.grid { stroke: #d0d7de; stroke-width: 1; } .axis { stroke: #57606a; stroke-width: 1; }
.edge { stroke: #1b1f24; stroke-width: 1.8; stroke-dasharray: 6 4; }
.curve { fill: none; stroke-width: 2.2; } .dot { fill: #fff; stroke-width: 2; }
.psi-0 { stroke: #0072b2; } .psi-1 { stroke: #00775a; }
.psi-2 { stroke: #b34700; } .psi-3 { stroke: #7a3e9d; }
.back { fill: #dbe9f4; } .gone { fill: #823005; }
.wrong { stroke: #fff; stroke-width: 1.6; fill: none; }
.wrong-back { stroke: #823005; stroke-width: 1.6; fill: none; }
"""
SIZE = (760.0, 430.0)
PANEL, GAP, LEFT, TOP = 200.0, 38.0, 50.0, 62.0


def example() -> InputOutputTable:
    """The shipped table."""
    return read_table(table_path("example"))


def theory(setting: Setting) -> float:
    """Threshold of the mean field [-]."""
    if setting.days >= setting.restoration:
        return 0.0
    days, tau = np.array([setting.days]), np.array([setting.restoration])
    return float(thresholds(setting.psi, days.astype(float), tau.astype(float))[0])


def found(table: InputOutputTable, setting: Setting) -> float:
    """Threshold of the kernel [-]."""
    return threshold_of(table, behaviour_of(table, setting), LONG, LEAST, ROUNDS)


def threshold_table(even: InputOutputTable, uneven: InputOutputTable) -> str:
    """Eleven settings: mean field, kernel on two tables, reference."""
    rows = [
        "| stock, days | restoration, days | psi | mean field | kernel, even table | kernel, "
        "example table | BoARIO 0.7.2 |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for setting in SETTINGS:
        figures = [theory(setting), found(even, setting), found(uneven, setting)]
        cells = [f"{figure:.3f}" if figure else f"none to {LEAST}" for figure in figures]
        cells[0] = cells[0] if figures[0] else "none"
        peer = REFERENCE.get((setting.days, setting.restoration, setting.psi), "not measured")
        head = f"{setting.days:g} | {setting.restoration:g} | {setting.psi:g}"
        rows.append(f"| {head} | {' | '.join([*cells, peer])} |")
    return "\n".join(rows)


def rule_table(even: InputOutputTable, uneven: InputOutputTable) -> str:
    """What becomes of a depletion to 80 % under each rule of rationing."""
    days, begins = (10, 30, 90), 0.8
    heads = [f"{name}, {n} days" for name in ("even", "example") for n in days]
    rows = [f"| rule | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for rule in RATIONING:
        ends = [
            after_depletion(table, behaviour_of(table, Setting(n, TAU, 0.8), rule), begins, LONG)
            for table in (even, uneven)
            for n in days
        ]
        rows.append(f"| `{rule}` | {' | '.join(f'{end[-1]:.2f}' for end in ends)} |")
    return "\n".join(rows)


def map_table(maps: dict[tuple[str, float], tuple[Any, Any]]) -> str:
    """How often a strike collapses, and how often the mean field says so."""
    rows = [
        "| struck | share lost | runs, stock below restoration | collapsed | mean field right | "
        "missed | false alarms | runs, stock at or above it | collapsed |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lean, limit = lean_cells(), predicted()
    for (name, share), (ends, after) in maps.items():
        gone = collapsed(ends)
        said = after < limit
        missed, false = (gone & ~said & lean).sum(), (said & ~gone & lean).sum()
        right = 1 - (missed + false) / lean.sum()
        rows.append(
            f"| {name} | {share:.0%} | {lean.sum()} | {(gone & lean).sum()} | {right:.0%} | "
            f"{missed} | {false} | {(~lean).sum()} | {(gone & ~lean).sum()} |"
        )
    return "\n".join(rows)


def lean_cells() -> Any:
    """Where the stock is below the restoration time, (restoration, days)."""
    days, tau = np.meshgrid(AXIS, AXIS)
    return days < tau


def predicted() -> Any:
    """Threshold of the mean field by cell, (restoration, days)."""
    return np.array([[theory(Setting(n, tau, 0.8)) for n in AXIS] for tau in AXIS])


def collapsed(ends: Any) -> Any:
    """Whether each run ends in a collapse."""
    return np.array([[is_collapsed(np.array([end])) for end in row] for row in ends])


def strike_of(table: InputOutputTable, name: str, share: float) -> Strike:
    """Two weeks, then ten days until all is back."""
    return Strike([table.position(*one) for one in STRUCK[name]], share, 5, 14, 10.0)


def remedy_table() -> str:
    """The strike on lean stocks with one thing changed at a time."""
    base = {"main_inv_dur": 10, "inventory_restoration_tau": 60}
    strike = {"type": "arbitrary", "impact": [["east", ["mining", "magnets"], 0.5]]}
    strike |= {"occurrence": 40, "duration": 14, "recovery_tau": 10}
    leave = {"default": "important"}
    changes: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "as it is: 10 days of stock, 60 to make up a gap": ({}, {}),
        "20 days of stock": ({"main_inv_dur": 20}, {}),
        "30 days of stock": ({"main_inv_dur": 30}, {}),
        "gaps made up in 20 days": ({"inventory_restoration_tau": 20}, {}),
        "gaps made up in 10 days": ({"inventory_restoration_tau": 10}, {}),
        "gaps made up in 6 days": ({"inventory_restoration_tau": 6}, {}),
        "psi 0.3": ({"psi_param": 0.3}, {}),
        "no overproduction": ({"alpha_max": 1.0}, {}),
        "suppliers never change shares": ({"order_type": "noalt"}, {}),
        "orders follow what was wanted": ({}, {"ordering": "wanted"}),
        "every input takes half of output at most": ({}, {"criticality": leave}),
        **{f"rationing `{rule}`": ({}, {"rationing": rule}) for rule in RATIONING[1:]},
    }
    rows = ["| change | output lost, of a year's | lowest | regime |", "|---|---:|---:|---|"]
    for name, (model, options) in changes.items():
        event = {"model": base | model, "events": [strike], "options": options, "T": 365}
        run = propagate("example", event)
        summary: Any = run.summary
        lost = summary["losses"]["total"]["output_lost_share"]
        low = summary["lowest"]["share"]
        rows.append(f"| {name} | {lost:.1%} | {low:.0%} | {run.regime} |")
    return "\n".join(rows)


def rebuild_table() -> str:
    """Rebuilding with stocks that the criterion calls safe: 90 days, 60 to make up a gap."""
    rows = ["| services of north and west | lowest | after three years | regime |"]
    rows.append("|---|---:|---:|---|")
    for share in (0.02, 0.05, 0.1, 0.2):
        hit = {"type": "rebuild", "unit": "fracK", "occurrence": 5, "duration": 15}
        hit |= {"rebuild_tau": 60, "rebuilding_sectors": {"construction": 0.7, "machinery": 0.3}}
        hit |= {"impact": [[["north", "west"], "services", share]]}
        run = propagate("example", {"events": [hit], "T": STEPS})
        summary: Any = run.summary
        end = summary["regime"]["output_at_end_share"]
        low = summary["lowest"]["share"]
        rows.append(f"| {share:.0%} of capital lost | {low:.0%} | {end:.0%} | {run.regime} |")
    return "\n".join(rows)


def threshold_figure(even: InputOutputTable, uneven: InputOutputTable) -> str:
    """Thresholds over stock per restoration time: curves of theory, marks of the kernel."""
    canvas = Canvas(*SIZE)
    x, y = Scale(0.0, 1.1, 62.0, 600.0), Scale(0.0, 1.0, SIZE[1] - 52.0, 40.0)
    for tick in range(0, 11, 2):
        canvas.line((62, y(tick / 10)), (600, y(tick / 10)), "grid" if tick else "axis")
        canvas.text((54, y(tick / 10) + 4), f"{tick * 10}{' %' if tick == 10 else ''}", "", "end")
    for tick in range(12):
        canvas.line((x(tick / 10), y(0)), (x(tick / 10), y(0) + 5), "axis")
        canvas.text((x(tick / 10), y(0) + 19), f"{tick / 10:g}", "", "middle")
    canvas.text((331, SIZE[1] - 10), "stock / restoration time (days / days)", "", "middle")
    canvas.text((62, 18), "Output below which it goes on falling, of the base", "flag")
    canvas.line((x(1.0), y(0)), (x(1.0), y(1)), "edge")
    canvas.text((x(1.0) + 6, y(0.3)), "no collapse", "name")
    canvas.text((x(1.0) + 6, y(0.3) + 16), "can start", "name")
    for k, psi in enumerate(PSI):
        steps = [i / 200 for i in range(201)]
        line = [(x(s), y((1 - s) / (1 - psi * s) if s < 1 else 0.0)) for s in steps]
        canvas.path(line, f"curve psi-{k}")
        for ratio in LEAN:
            setting = Setting(TAU * ratio, TAU, psi)
            canvas.dot((x(ratio), y(found(even, setting))), 4.6, f"dot psi-{k}", "even table")
            canvas.cross((x(ratio), y(found(uneven, setting))), 3.0, f"curve psi-{k}", "example")
    for k, psi in enumerate(PSI):
        canvas.line((640, 62 + 24 * k), (662, 62 + 24 * k), f"curve psi-{k}")
        canvas.text((668, 66 + 24 * k), f"psi {psi:g}", "name")
    for k, text in enumerate(("curve: mean field", "ring: even table", "cross: example")):
        canvas.text((640, 174 + 20 * k), text)
    said = "Four curves of the mean field with the thresholds of the kernel on them."
    return styled(canvas, "bistability-thresholds", "Output below which it goes on falling", said)


def map_figure(maps: dict[tuple[str, float], tuple[Any, Any]]) -> str:
    """Collapsed or back, by stock and restoration time, for three sizes of one strike."""
    width = LEFT + len(SHARES) * (PANEL + GAP)
    canvas = Canvas(width, TOP + PANEL + 92)
    step = PANEL / len(AXIS)
    limit, lean = predicted(), lean_cells()
    title = f"Two weeks without part of the {DRAWN}: output after three years"
    canvas.text((LEFT, 18), title, "flag")
    for p, share in enumerate(SHARES):
        left, floor = LEFT + p * (PANEL + GAP), TOP + PANEL
        ends, after = maps[DRAWN, share]
        gone, said = collapsed(ends), after < limit
        canvas.text((left, TOP - 10), f"{share:.0%} of output lost", "name")
        for i in range(len(AXIS)):
            for j in range(len(AXIS)):
                corner = (left + step * j, floor - step * (i + 1))
                kind = "gone" if gone[i][j] else "back"
                canvas.rect(corner, (step - 0.6, step - 0.6), kind)
                if lean[i][j] and gone[i][j] != said[i][j]:
                    middle = (corner[0] + step / 2, corner[1] + step / 2)
                    canvas.cross(middle, 2.4, "wrong" if gone[i][j] else "wrong-back")
        canvas.line((left, floor), (left + PANEL, TOP), "edge")
        for k in range(4, len(AXIS), 5):
            at = step * (k + 0.5)
            canvas.text((left + at, floor + 17), str(AXIS[k]), "", "middle")
            if p == 0:
                canvas.text((left - 8, floor - at + 4), str(AXIS[k]), "", "end")
        canvas.text((left + PANEL / 2, floor + 36), "days of stock", "", "middle")
    canvas.text((16, TOP + PANEL / 2), "days to make up a gap", "", "middle", upright=True)
    foot = TOP + PANEL + 64
    for k, (kind, text) in enumerate((("gone", "collapsed"), ("back", "back at its base"))):
        canvas.rect((LEFT + 130 * k, foot), (24, 12), kind)
        canvas.text((LEFT + 130 * k + 30, foot + 11), text)
    canvas.line((LEFT + 290, foot + 6), (LEFT + 318, foot + 6), "edge")
    canvas.text((LEFT + 324, foot + 11), "stock = time to make up a gap")
    canvas.cross((LEFT + 532, foot + 6), 3.4, "wrong-back")
    canvas.text((LEFT + 542, foot + 11), "mean field wrong")
    said_all = (
        "Collapse lies above the diagonal only, and nearer to the left the smaller the strike."
    )
    return styled(canvas, "bistability-map", title, said_all)


def styled(canvas: Canvas, key: str, title: str, said: str) -> str:
    """A drawing that carries its own style sheet."""
    drawing = str(canvas.render(key, title, said))
    head, rest = drawing.split(">", 1)
    return f"{head}><style>{STYLE}</style>{rest}\n"


def put(page: str, name: str, text: str) -> str:
    """Replace what stands between the marks of a name."""
    marks = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    shape = re.escape(marks[0]) + ".*?" + re.escape(marks[1])
    done, count = re.subn(shape, lambda _: f"{marks[0]}{text}{marks[1]}", page, flags=re.DOTALL)
    if count != 1:
        raise SystemExit(f"docs/bistability.md has {count} places called {name}, not one")
    return done


def main(docs: Path) -> None:
    """Compute everything and write it."""
    even, uneven = even_table(2, 3, 0.5), example()
    maps = {
        (name, share): collapse_map(uneven, AXIS, AXIS, 0.8, strike_of(uneven, name, share), STEPS)
        for name in STRUCK
        for share in SHARES
    }
    figures = docs / "figures"
    figures.mkdir(exist_ok=True)
    drawn = {"thresholds": threshold_figure(even, uneven), "map": map_figure(maps)}
    for name, text in drawn.items():
        (figures / f"bistability-{name}.svg").write_text(text, encoding="utf-8")
    path = docs / "bistability.md"
    page = path.read_text(encoding="utf-8")
    page = put(page, "thresholds", threshold_table(even, uneven))
    page = put(page, "maps", map_table(maps))
    page = put(page, "rules", rule_table(even, uneven))
    page = put(page, "remedies", remedy_table())
    page = put(page, "rebuilding", rebuild_table())
    path.write_text(page, encoding="utf-8")
    print(f"wrote {path} and {len(drawn)} figures")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
