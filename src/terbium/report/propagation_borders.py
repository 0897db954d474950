"""Licences and detours of a propagation, where a case has any."""

from __future__ import annotations

from terbium.report.blocks import Block, Figure, Multiples, Record, Section
from terbium.report.figures import NARROW, WIDE
from terbium.report.propagation_view import PANEL, View
from terbium.report.propagation_words import money, part_of
from terbium.report.step_lines import StepAxis, StepLine, step_figure
from terbium.report.words import amount, capital


def borders_section(view: View) -> Section | None:
    """Licences and detours, where a case has any."""
    queue, detours = view.series.get("queue"), view.series.get("detour")
    if queue is None and detours is None:
        return None
    blocks: list[Block] = []
    if queue is not None:
        blocks += [_flows(view, queue), _waiting(view, queue)]
    if detours:
        blocks.append(_detours(view, detours))
    lead = "What waits for a licence, and what leaves another way."
    return Section("borders", "Licences and detours", lead, blocks)


def _flows(view: View, queue: Record) -> Figure:
    lines = [StepLine(name, queue[name]) for name in ("filed", "granted")]
    legend = [("stroke filed", "filed"), ("stroke granted", "granted")]
    filed, granted = sum(queue["filed"]), sum(queue["granted"])
    title = "Nothing is filed" if filed <= 0 else f"{part_of(granted / filed)} of filings granted"
    return _money_figure(view, lines, "queue", title, legend, f"per {view.run['step_name']}")


def _waiting(view: View, queue: Record) -> Figure:
    most = max(queue["waiting"])
    lines = [StepLine("waiting", queue["waiting"])]
    title = f"Up to {money(most, view.unit)} wait for a decision"
    return _money_figure(view, lines, "waiting", title, [("stroke waiting", "waiting")], "")


def _money_figure(
    view: View, lines: list[StepLine], key: str, title: str, legend: list[tuple[str, str]], per: str
) -> Figure:
    high = max((max(line.values) for line in lines), default=0.0)
    unit = f"{view.unit} {per}".strip()
    axis = StepAxis(view.series["steps"], str(view.run["step_name"]), unit, 0.0, high, view.spans)
    drawn = [
        step_figure(lines, axis, f"{key}-{width:g}", title, (width, height))
        for width, height in ((WIDE, 260.0), (NARROW, 220.0))
    ]
    return Figure(title, f"{capital(unit)}.", drawn[0], drawn[1], legend)


def _detours(view: View, rows: list[Record]) -> Multiples:
    panels = []
    high = max((max(row["sent"]) for row in rows), default=0.0)
    for i, row in enumerate(rows):
        lines = [StepLine("made", row["sent"]), StepLine("lean", row["seized"])]
        per = f"{view.unit} per {view.run['step_name']}"
        axis = StepAxis(
            view.series["steps"], str(view.run["step_name"]), per, 0.0, high, view.spans
        )
        text = f"{row['conduit']}: enforcement {amount(row['enforcement'][0], 2)} to "
        text += amount(max(row["enforcement"]), 2)
        panels.append((text, step_figure(lines, axis, f"detour-{i}", row["conduit"], PANEL)))
    sent = max(rows, key=lambda row: max(row["sent"]))
    unit = f"{view.unit} a {view.run['step_name']}"
    title = f"Up to {money(max(sent['sent']), unit)} go by way of {sent['conduit']}"
    legend = (("stroke made", "sent under another origin"), ("stroke lean", "seized on the way"))
    caption = "Goods that a measure holds up and that leave through third regions; one scale."
    return Multiples(title, caption, panels, legend)
