"""Sentences on a run on a network of firms, as the command line and the report print them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terbium.report.propagation_words import money, part_of
from terbium.report.words import count


def stops_text(summary: Mapping[str, Any]) -> str:
    """How many firms stopped, and how many of those no event hit.

    Examples
    --------
    >>> stops_text({"stops": {"threshold": 0.5, "count": 0}}).replace("\N{NO-BREAK SPACE}", " ")
    'No firm falls below 50 % of its output.'
    """
    stops = summary["stops"]
    limit = part_of(stops["threshold"])
    if not stops["count"]:
        return f"No firm falls below {limit} of its output."
    others = stops["count"] - stops["hit"]
    verb = "falls" if stops["count"] == 1 else "fall"
    return (
        f"{count(stops['count'], 'firm')} ({part_of(stops['share'])} of all) {verb} below {limit} "
        f"of their output at some time, {others:,} of them without being hit"
    )


def aggregation_text(summary: Mapping[str, Any]) -> str:
    """What a table of sectors and regions would have said of the same shocks."""
    found, unit = summary["aggregation"], summary["run"]["unit"]
    cells = f"As {count(found['cells'], 'firm')}, one for each region and sector"
    if found["error"] is None:
        return f"{cells}, the network loses {money(found['output_lost'], unit)} of output"
    side = "more" if found["error"] >= 0 else "less"
    return (
        f"{cells}, the network loses {money(found['output_lost'], unit)} of output, "
        f"{part_of(abs(found['error']))} {side}: the error of aggregation"
    )
