"""The page of one propagation: what was lost, where, when, and whether it came back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from terbium.base.version import __version__
from terbium.report.blocks import Block, Card, Cards, Figure, Multiples, Record, Section
from terbium.report.figures import NARROW, WIDE
from terbium.report.page import template
from terbium.report.propagation_borders import borders_section
from terbium.report.propagation_map import cells_figure
from terbium.report.propagation_tables import (
    book_table,
    event_table,
    final_tables,
    group_table,
    industry_table,
    lean_tables,
    limits,
    method_text,
    month_table,
    setting_table,
    stop_table,
)
from terbium.report.propagation_view import PANEL, View
from terbium.report.propagation_words import headline, money, part_of, times, unit_text
from terbium.report.step_lines import SHARE, StepAxis, StepLine, axis_of_shares, step_figure
from terbium.report.words import amount, capital, count

_HALF, _MOVED = 0.5, 0.1
_FIRST = 3
_FINE = 3
_SHADED = ("during", "while an event or a measure is in force")


def render_propagation(summary: Record, manifest: Record) -> str:
    """Make the page of a propagation.

    Parameters
    ----------
    summary
        The content of `summary.json`, as JSON reads it.
    manifest
        The content of `manifest.json`.

    Returns
    -------
    str
        A whole HTML document, without script and without network.
    """
    run = {**summary["run"], "unit": unit_text(str(summary["run"]["unit"]))}
    view = View({**summary, "run": run}, manifest)
    sections = [section for build in SECTIONS if (section := build(view)) is not None]
    return template("propagation.html.j2").render(
        run=run,
        regime=summary["regime"],
        manifest=manifest,
        sections=sections,
        title=f"{capital(str(run['event']))} on {run['table']}",
        question=headline(view.summary),
        code_version=manifest.get("code_version", __version__),
        size=(
            f"{count(run['industries'], 'industry', 'industries')} in "
            f"{count(run['regions'], 'region')} and {count(run['sectors'], 'sector')}, "
            f"{times(run['steps'], run)}"
        ),
        compatible="on" if run["is_compatible"] else "off",
    )


def findings_section(view: View) -> Section:
    """Headline figures and output of all industries."""
    total, run = view.losses["total"], view.run
    unmet, lowest = view.summary["final_demand"], view.summary["lowest"]
    back = {r["level"]: r["steps"] for r in view.summary["recovery"] if r["region"] == "all"}
    cards = [
        Card(
            money(total["output_lost"], view.unit),
            "of output lost",
            f"{part_of(total['output_lost_share'])} of a year's{direct_text(view)}",
        ),
        Card(
            money(total["value_added_lost"], view.unit),
            "of value added lost",
            f"{part_of(total['value_added_lost_share'])} of a year's",
        ),
        Card(
            part_of(lowest["share"], _FINE),
            "of the base: lowest output of all industries",
            f"{run['step_name']} {lowest['step']}",
        ),
        *(back_card(level, steps, run) for level, steps in sorted(back.items())),
        Card(
            money(unmet["unmet"], view.unit),
            "of final demand not met",
            f"{part_of(unmet['unmet_share'])} of a year's",
        ),
    ]
    lead = "A loss is output at rest less output made; what is made beyond it counts against it."
    return Section("findings", "What happened", lead, [Cards(cards), output_figure(view)])


def direct_text(view: View) -> str:
    """The direct part of a loss, to follow the whole; nothing where there is none."""
    direct = view.losses["total"]["direct"]
    if direct <= 0:
        return ""
    return f"; {money(direct, view.unit)} by capacity that events put out of use"


def back_card(level: float, steps: int | None, run: Record, whom: str = "industries") -> Card:
    """When output of all was back at a level."""
    of_base = f"{part_of(level)} of the base"
    if steps == 0:
        return Card("never", f"below {of_base}: output of all {whom}", "")
    label = f"until output is back at {of_base} for good"
    since = f"from {run['step_name']} {run['start']} on"
    if steps is None:
        return Card("not yet", label, f"not before the end, {run['step_name']} {run['steps']}")
    return Card(times(steps, run), label, since)


_TITLES = {
    "at rest": "Output stays at its base",
    "recovered": "Output falls to {low} of the base on {when}, and recovers",
    "depressed": "Output falls to {low} of the base on {when}, and is not back at the end",
    "collapsed": "Output collapses",
}


def output_figure(view: View) -> Figure:
    """Output of all over the run, and capacity that is in use."""
    lines = [StepLine("made", view.series["total"])]
    has_idle = min(view.series["usable"]) < 1
    if has_idle:
        lines.insert(0, StepLine("usable", view.series["usable"]))
    axis = axis_of(view, [line.values for line in lines])
    lowest = view.summary["lowest"]
    title = _TITLES[view.summary["regime"]["label"]].format(
        low=part_of(lowest["share"], _FINE), when=f"{view.run['step_name']} {lowest['step']}"
    )
    drawn = [
        step_figure(lines, axis, f"output-{width:g}", title, (width, height))
        for width, height in ((WIDE, 320.0), (NARROW, 240.0))
    ]
    legend = [
        ("stroke made", "output"),
        *([("stroke usable", "capacity that no event has put out of use")] if has_idle else []),
        ("base", "output at rest"),
        *([_SHADED] if view.spans else []),
    ]
    caption = f"Per cent of output at rest. {from_nil(axis)}"
    return Figure(title, caption, drawn[0], drawn[1], legend)


def places_section(view: View) -> Section:
    """Where it was lost: regions over time, regions by sectors, tables."""
    blocks: list[Block] = [
        region_figures(view),
        cells_figure(view.losses["cells"], "Where output was lost, per cent of a year's"),
        group_table(view.losses["regions"], "region", view.unit),
        group_table(view.losses["sectors"], "sector", view.unit),
        month_table(view.losses["months"], view.run),
    ]
    lead = "Losses over the whole run; direct is what the events themselves put out of use."
    return Section("places", "Where, and when", lead, blocks)


def region_figures(view: View) -> Multiples:
    """Output of the regions that moved, on one scale."""
    rows = _moved(view.series["regions"])
    axis = axis_of(view, [row["output"] for row in rows])
    panels = [
        (
            f"{row['region']}: down to {part_of(min(row['output']), _FINE)}",
            step_figure(
                [StepLine("made", row["output"])], axis, f"region-{i}", row["region"], PANEL
            ),
        )
        for i, row in enumerate(rows)
    ]
    return Multiples(
        _worst_region(view),
        f"Output by region, per cent of its base; all panels have one scale. {from_nil(axis)} "
        f"Largest loss of money first{_left_out(view, rows)}.",
        panels,
        (("stroke made", "output"), ("base", "output at rest")),
    )


def _moved(rows: Sequence[Record]) -> list[Record]:
    """Regions that fall at least a tenth as far as the one that falls farthest, and the first."""
    depth = [1 - min(row["output"]) for row in rows]
    least = max(depth, default=0.0) * _MOVED
    return [row for i, row in enumerate(rows) if i < _FIRST or depth[i] >= least > 0]


def _left_out(view: View, rows: Sequence[Record]) -> str:
    hidden = view.run["regions"] - len(rows)
    return f"; left out: {count(hidden, 'region')} that hardly moved or lost less" if hidden else ""


def _worst_region(view: View) -> str:
    worst = view.losses["regions"][0]
    if worst["output_lost"] <= 0:
        return "No region loses output"
    return f"{worst['region']} loses most: {money(worst['output_lost'], view.unit)} of output"


def industries_section(view: View) -> Section:
    """Industries that lost most: those that an event hit, and those that none did."""
    rows = view.series["industries"]
    lead = "Those that events struck come first, then those that suffered by way of others."
    blocks: list[Block] = []
    if rows:
        panels = [(_industry_title(row), _industry(view, row, i)) for i, row in enumerate(rows)]
        title = _worst_indirect(view)
        legend = (
            ("stroke made", "output"),
            ("stroke usable", "capacity not out of use"),
            ("base", "output at rest"),
        )
        caption = "Per cent of the industry's base; each panel has its own scale."
        blocks.append(Multiples(title, caption, panels, legend))
    blocks += industry_table(view.losses, view.unit, view.run)
    blocks.append(stop_table(view.summary["stops"], view.run))
    return Section("industries", "Who was hit, and who by way of others", lead, blocks)


def _worst_indirect(view: View) -> str:
    rows = view.losses["indirect"]
    if not rows:
        return "Nobody loses output that no event struck"
    worst = rows[0]
    return (
        f"Of those that no event struck, {worst['region']}/{worst['sector']} loses most: "
        f"{money(worst['output_lost'], view.unit)}"
    )


def _industry_title(row: Record) -> str:
    kind = "struck" if row["is_direct"] else "by way of others"
    return f"{row['region']}/{row['sector']} ({kind})"


def _industry(view: View, row: Record, number: int) -> Any:
    lines = [StepLine("made", row["output"])]
    if row["is_direct"]:
        lines.insert(0, StepLine("usable", row["usable"]))
    axis = axis_of(view, [line.values for line in lines])
    return step_figure(lines, axis, f"industry-{number}", _industry_title(row), PANEL)


def stocks_section(view: View) -> Section | None:
    """Inputs whose stocks run down."""
    rows, steps = view.series["stocks"], view.series["stock_steps"]
    if not rows or not steps:
        return None
    panels = []
    for i, row in enumerate(rows):
        lines = [StepLine("lean", row["leanest"]), StepLine("made", row["all"])]
        high = max(max(row["all"]), max(row["leanest"]), 1.0)
        axis = StepAxis(steps, str(view.run["step_name"]), SHARE, 0.0, high, view.spans)
        holder = f"{row['region']}/{row['sector']}"
        title = f"{row['input']}: down to {part_of(row['low'])} at {holder}"
        panels.append((title, step_figure(lines, axis, f"stock-{i}", row["input"], PANEL)))
    first = rows[0]
    said = (
        f"Stocks of {first['input']} run down farthest: to {part_of(first['low'])} of the start "
        f"at {first['region']}/{first['sector']}, which holds {amount(first['days'])} "
        f"{view.run['step_name']}s of it at rest"
    )
    legend = (("stroke made", "all holders"), ("stroke lean", "the leanest of them"))
    caption = (
        "Stock of an input after deliveries, per cent of the stock at the start, where it can stop "
        "its holder and does end. Leanest first."
    )
    lead = "Output falls once a stock is below its holder's threshold, and not before."
    return Section("stocks", "Stocks", lead, [Multiples(said, caption, panels, legend)])


def demand_section(view: View) -> Section | None:
    """Final demand that was not met."""
    found = view.summary["final_demand"]
    if found["unmet"] <= 0:
        return None
    lead = "By the region that went without; orders for rebuilding compete with it."
    return Section("demand", "Final demand", lead, final_tables(found, view.unit))


def stability_section(view: View) -> Section:
    """The regime, and what the criterion said before the run."""
    lead = (
        "Stocks, restoration times and rules say whether a table can tip; a shock, whether it does."
    )
    return Section("stability", "Regime and stability", lead, lean_tables(view.summary))


def sources_section(view: View) -> Section:
    """Events, settings, books."""
    blocks: list[Block] = []
    if view.summary["events"]:
        blocks.append(event_table(view.summary["events"], view.run))
    blocks += [
        setting_table(view.summary["settings"]),
        book_table(view.summary["books"], bool(view.run["is_compatible"])),
    ]
    lead = "Everything that the run was made from; the same gives the same bytes."
    return Section("made-from", "Events, settings, books", lead, blocks)


def limits_section(view: View) -> Section:
    """Method, warnings, and what the page does not say."""
    lead = "However exact the arithmetic."
    blocks: list[Block] = [method_text(view.run), limits(list(view.summary["warnings"]))]
    return Section("limits", "Method, and what it does not say", lead, blocks)


SECTIONS: tuple[Callable[[View], Section | None], ...] = (
    findings_section,
    places_section,
    industries_section,
    stocks_section,
    borders_section,
    demand_section,
    stability_section,
    sources_section,
    limits_section,
)
"""The page, in reading order."""


def axis_of(view: View, lines: Sequence[Sequence[float]]) -> StepAxis:
    """Room for shares of the base."""
    name = str(view.run["step_name"])
    return axis_of_shares(view.series["steps"], name, lines, view.spans, _HALF)


def from_nil(axis: StepAxis) -> str:
    """Say where an axis starts."""
    return "The axis starts from zero." if axis.low <= 0 else "The axis does not start from zero."
