"""The page of a run on a network of firms: what was lost, where, by whom, and what sectors hide."""

from __future__ import annotations

from collections.abc import Callable

from terbium.base.version import __version__
from terbium.report.blocks import Block, Card, Cards, Figure, Multiples, Record, Section, Text
from terbium.report.figures import NARROW, WIDE
from terbium.report.firm_tables import aggregation_table, firm_tables, limits, method_text
from terbium.report.firm_words import aggregation_text, stops_text
from terbium.report.page import template
from terbium.report.propagation import (
    axis_of,
    back_card,
    direct_text,
    from_nil,
    output_figure,
    region_figures,
)
from terbium.report.propagation_map import cells_figure
from terbium.report.propagation_tables import (
    book_table,
    event_table,
    final_tables,
    group_table,
    month_table,
    setting_table,
)
from terbium.report.propagation_view import PANEL, View
from terbium.report.propagation_words import headline, money, part_of, times, unit_text
from terbium.report.step_lines import SHARE, StepAxis, StepLine, step_figure
from terbium.report.words import capital, count

_FINE = 3
_SIZES = ((WIDE, 320.0), (NARROW, 240.0))


def render_firms(summary: Record, manifest: Record) -> str:
    """Make the page of a run on a network of firms.

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
    return template("firms.html.j2").render(
        run=run,
        regime=summary["regime"],
        manifest=manifest,
        sections=sections,
        title=f"{capital(str(run['event']))} on {run['table']}",
        question=headline(view.summary),
        code_version=manifest.get("code_version", __version__),
        size=(
            f"{count(run['firms'], 'firm')} and {count(run['links'], 'link')} in "
            f"{count(run['regions'], 'region')} and {count(run['sectors'], 'sector')}, "
            f"{times(run['steps'], run)}"
        ),
    )


def findings_section(view: View) -> Section:
    """Headline figures and output of all firms."""
    total, run, stops = view.losses["total"], view.run, view.summary["stops"]
    unmet, lowest = view.summary["final_demand"], view.summary["lowest"]
    back = {r["level"]: r["steps"] for r in view.summary["recovery"] if r["region"] == "all"}
    cards = [
        Card(
            money(total["output_lost"], view.unit),
            "of output lost",
            f"{part_of(total['output_lost_share'])} of a year's{direct_text(view)}",
        ),
        Card(
            part_of(lowest["share"], _FINE),
            "of the base: lowest output of all firms",
            f"{run['step_name']} {lowest['step']}",
        ),
        *(back_card(level, steps, run, "firms") for level, steps in sorted(back.items())),
        Card(
            f"{stops['count']:,}",
            f"firms below {part_of(stops['threshold'])} of their output at some time",
            f"{part_of(stops['share'])} of all; {stops['count'] - stops['hit']:,} were not hit",
        ),
        Card(
            money(unmet["unmet"], view.unit),
            "of final demand not met",
            f"{part_of(unmet['unmet_share'])} of a year's",
        ),
    ]
    lead = "A loss is output at rest less output made."
    return Section("findings", "What happened", lead, [Cards(cards), output_figure(view)])


def aggregation_section(view: View) -> Section:
    """What a table of sectors would have said."""
    lines = [StepLine("lean", view.series["cells"]), StepLine("made", view.series["total"])]
    axis = axis_of(view, [line.values for line in lines])
    error = view.summary["aggregation"]["error"]
    if error is None:
        title = "Firms and sectors lose nothing"
    else:
        side = "more" if error >= 0 else "less"
        title = f"A table of sectors would lose {part_of(abs(error))} {side}"
    drawn = [
        step_figure(lines, axis, f"cells-line-{width:g}", title, (width, height))
        for width, height in _SIZES
    ]
    legend = [
        ("stroke made", "the network of firms"),
        ("stroke lean", "the same as one firm for each region and sector"),
        ("base", "output at rest"),
    ]
    caption = f"Output of all, per cent of output at rest. {from_nil(axis)}"
    blocks: list[Block] = [
        Figure(title, caption, drawn[0], drawn[1], legend),
        Text([f"{aggregation_text(view.summary)}."]),
        aggregation_table(view.summary, view.unit),
    ]
    lead = (
        "The same shocks on the same flows, added up: capacity of a cell falls as that of its "
        "firms together."
    )
    return Section("aggregation", "What sectors hide", lead, blocks)


def places_section(view: View) -> Section:
    """Where it was lost: regions over time, regions by sectors, tables."""
    blocks: list[Block] = [
        region_figures(view),
        cells_figure(
            view.losses["cells"], "Where output was lost, per cent of a year's", "summary.json"
        ),
        group_table(view.losses["regions"], "region", view.unit),
        group_table(view.losses["sectors"], "sector", view.unit),
        month_table(view.losses["months"], view.run),
    ]
    lead = "Losses over the whole run; direct is what the events themselves put out of use."
    return Section("places", "Where, and when", lead, blocks)


def firms_section(view: View) -> Section:
    """Stops over time, recorded firms, firms that lost most."""
    blocks: list[Block] = [_stopped(view)] if view.summary["stops"]["count"] else []
    rows = view.series["firms"]
    if rows:
        panels = []
        for i, row in enumerate(rows):
            line = StepLine("made", row["output"])
            kind = "struck" if row["is_direct"] else "by way of others"
            title = f"{row['firm']}, {row['region']}/{row['sector']} ({kind})"
            axis = axis_of(view, [line.values])
            panels.append((title, step_figure([line], axis, f"firm-{i}", title, PANEL)))
        worst = rows[0]
        low = part_of(min(worst["output"]), _FINE)
        said = f"Of the firms on record, {worst['firm']} loses most: down to {low} of its base"
        caption = "Per cent of the firm's base; each panel has its own scale. Most lost first."
        legend = (("stroke made", "output"), ("base", "output at rest"))
        blocks.append(Multiples(said, caption, panels, legend))
    blocks += firm_tables(view.losses, view.unit, view.run)
    lead = f"{stops_text(view.summary).rstrip('.')}."
    return Section("firms", "Who was hit, and who by way of others", lead, blocks)


def _stopped(view: View) -> Figure:
    lines = [
        StepLine("lean", view.series["stopped_output"]),
        StepLine("made", view.series["stopped"]),
    ]
    high = max(max(line.values) for line in lines)
    name = str(view.run["step_name"])
    axis = StepAxis(view.series["steps"], name, SHARE, 0.0, high, view.spans)
    stops = view.summary["stops"]
    title = (
        f"{part_of(stops['share'])} of firms, with {part_of(stops['output_share'])} of output, "
        "stop at some time"
    )
    drawn = [
        step_figure(lines, axis, f"stopped-{width:g}", title, (width, height), has_base=False)
        for width, height in _SIZES
    ]
    legend = [
        ("stroke made", "share of firms that have stopped so far"),
        ("stroke lean", "their share of output at rest"),
    ]
    limit = part_of(stops["threshold"])
    caption = f"A firm has stopped once its output was below {limit} of its base, however briefly."
    return Figure(title, caption, drawn[0], drawn[1], legend)


def demand_section(view: View) -> Section | None:
    """Final demand that was not met."""
    found = view.summary["final_demand"]
    if found["unmet"] <= 0:
        return None
    lead = "By the region and sector of the firms that could not deliver."
    return Section("demand", "Final demand", lead, final_tables(found, view.unit))


def sources_section(view: View) -> Section:
    """Events, settings, books."""
    blocks: list[Block] = []
    if view.summary["events"]:
        blocks.append(event_table(view.summary["events"], view.run, "Firms"))
    blocks += [
        setting_table(view.summary["settings"], "firms/"),
        book_table(view.summary["books"], is_compatible=False),
    ]
    lead = "Everything that the run was made from; the same gives the same bytes."
    return Section("made-from", "Events, settings, books", lead, blocks)


def limits_section(view: View) -> Section:
    """Regime, method, warnings, and what the page does not say."""
    regime = view.summary["regime"]
    said = f"Regime: {regime['label']}. {capital(str(regime['reason']))}."
    blocks: list[Block] = [
        Text([said]), method_text(view.run), limits(list(view.summary["warnings"]))
    ]  # fmt: skip
    lead = "However exact the arithmetic."
    return Section("limits", "Method, and what it does not say", lead, blocks)


SECTIONS: tuple[Callable[[View], Section | None], ...] = (
    findings_section,
    aggregation_section,
    places_section,
    firms_section,
    demand_section,
    sources_section,
    limits_section,
)
"""The page, in reading order."""
