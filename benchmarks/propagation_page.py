"""The table and the page of ``propagation.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from in_process import Measured
    from propagation import Outcome

HEAD = (
    "| table | event | industries | year, s | load, s | setup, s | peak, MB "
    "| peer: steps | year, s | setup, s | peak, MB | times as fast | memory share | apart |"
)
RULE = "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"


def table_head() -> str:
    """Head of the Markdown table."""
    return f"{HEAD}\n{RULE}"


def row(outcome: Outcome) -> str:
    """One problem: the best of the rounds, and the median in brackets."""
    p, own, peer = outcome.problem, outcome.own, outcome.peer
    cells = [p.name, p.event_kind, p.industries, _best(outcome.years(own))]
    cells += [f"{min(m.load for m in own):.2f}", f"{min(m.setup for m in own):.3f}", _peak(own)]
    ratios, share = outcome.ratios(), outcome.memory_share()
    if ratios is None or share is None:
        cells += ["-"] * 7
    else:
        made = f"{p.peer_steps} of {p.steps}" if p.peer_steps < p.steps else "all"
        cells += [made, _best(outcome.years(peer)), f"{min(m.setup for m in peer):.2f}"]
        cells += [_peak(peer), f"{ratios[0]:.1f} [{ratios[1]:.1f}]", f"{share:.0%}"]
        cells.append(f"{outcome.apart:.0e}")
    return f"| {' | '.join(map(str, cells))} |"


def page(outcomes: Sequence[Outcome], machine: Mapping[str, Any]) -> str:
    """The whole page."""
    versions = sorted({f"terbium {m.version}" for o in outcomes for m in o.own})
    versions += sorted({f"BoARIO {m.version}" for o in outcomes for m in o.peer})
    rounds = max((len(o.own) for o in outcomes), default=0)
    return "\n".join(
        [
            "# Shocks through input-output tables: time and memory",
            "",
            f"Written by `benchmarks/propagation.py --out`: {', '.join(versions)}, Python "
            f"{machine['python']}, {machine['machine']}, {machine['processors']} processors, one "
            f"thread a process, {rounds} rounds in turn. What is timed: `benchmarks/README.md`.",
            "",
            table_head(),
            *(row(outcome) for outcome in outcomes),
            "",
            "Best of the rounds, median in brackets. Where the peer made a few steps only, its "
            "year is their mean after the event has settled, times the steps of the year; its "
            "records are laid out for the whole year, so its memory is that of a whole run.",
            "",
            *_missed(outcomes),
        ]
    )


def _missed(outcomes: Sequence[Outcome]) -> list[str]:
    texts = [text for outcome in outcomes for text in outcome.missed()]
    return [*(f"- aim missed: {text}" for text in texts), ""] if texts else []


def _best(years: list[float]) -> str:
    return f"{min(years):.3g} [{float(np.median(years)):.3g}]"


def _peak(of: list[Measured]) -> str:
    return f"{max(m.peak for m in of):.0f}"
