"""One self-contained HTML document: no script, no network, the same bytes for the same run."""

from collections.abc import Callable

from terbium.base.version import __version__
from terbium.report.baseline import baseline_section
from terbium.report.blocks import Record, RunView, Section
from terbium.report.closing import health_section, limits_section, run_section, sources_section
from terbium.report.economy import economy_section
from terbium.report.exports import exports_section
from terbium.report.firms import render_firms
from terbium.report.licences import queue_section
from terbium.report.opening import findings_section
from terbium.report.page import template
from terbium.report.propagation import render_propagation
from terbium.report.rivals import rivals_section
from terbium.report.scoreboard import scores_section
from terbium.report.stops import stops_section
from terbium.report.stress import stress_section
from terbium.report.timeline import BRANCHES, calendar_section
from terbium.report.words import day
from terbium.results.firm_trajectories import KIND as FIRM_PROPAGATION
from terbium.results.trajectories import KIND as PROPAGATION


def render_report(summary: Record, manifest: Record) -> str:
    """Make the report of a run, or of a propagation.

    Parameters
    ----------
    summary
        The content of `summary.json`, as JSON reads it.
    manifest
        The content of `manifest.json`.

    Returns
    -------
    str
        A whole HTML document.
    """
    if manifest.get("kind") == PROPAGATION:
        return render_propagation(summary, manifest)
    if manifest.get("kind") == FIRM_PROPAGATION:
        return render_firms(summary, manifest)
    view = RunView(summary, manifest)
    sections = [section for build in SECTIONS if (section := build(view)) is not None]
    return template("report.html.j2").render(
        run=view.run,
        manifest=view.manifest,
        sections=sections,
        code_version=manifest.get("code_version", __version__),
        evidence_day=day(view.run["evidence_date"]),
        branch_text=BRANCHES.get(view.run["branch"], view.run["branch"]),
    )


SECTIONS: tuple[Callable[[RunView], Section | None], ...] = (
    findings_section,
    exports_section,
    stops_section,
    economy_section,
    queue_section,
    calendar_section,
    baseline_section,
    scores_section,
    stress_section,
    rivals_section,
    limits_section,
    sources_section,
    health_section,
    run_section,
)
"""The report, in reading order: a new part is one function here; None where a run lacks it."""
