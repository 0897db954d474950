"""What `terbium validate` prints: misses first, baselines beside, families, and what is missing."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from terbium.analysis.backtest import Judged
from terbium.analysis.frozen import Frozen
from terbium.cli.output import Columns, print_table, say
from terbium.report.words import DASH, amount, between, percent

_BASELINES = {
    "persistence": "Last month",
    "base_mean": "Base mean",
    "analogue": "Analogue",
}


def print_verdicts(
    rows: Sequence[Judged], families: Sequence[Mapping[str, Any]], counts: Mapping[str, int]
) -> None:
    """Print every row under its status, then the families.

    Parameters
    ----------
    rows
        Failures first.
    families
        Scores of families.
    counts
        Number of rows of each status.
    """
    told = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in counts.items())
    say(f"{sum(counts.values())} rows: {told}")
    scored = [row for row in rows if row.hit is not None]
    hits = sum(bool(row.hit) for row in scored)
    say(f"{len(scored)} scored, {hits} inside their tolerance")
    say()
    _print_scored(scored)
    _print_compared([row for row in rows if row.status == "evaluated" and row.hit is None])
    _print_families(families)
    _print_missing([row for row in rows if row.status != "evaluated"])


def print_ledger(rows: Sequence[Judged], frozen: Frozen | None) -> None:
    """Print what may be called out of sample, and what it rests on."""
    say(_frozen_words(frozen))
    print_table(
        "Ledger: a score is out of sample if its parameters are older than its data",
        {"Row": "left", "Use": "left", "Data until": "left", "Standing": "left", "Hit": "left"},
        [
            (row["id"], row["use"], row["data_until"], row["standing"], _yes(row["hit"]))
            for row in ledger_rows(rows, frozen)
        ],
        is_wide=True,
    )


def ledger_rows(rows: Sequence[Judged], frozen: Frozen | None) -> list[dict[str, Any]]:
    """One row per score or forecast: its data's last day, the frozen hash and its standing."""
    return [
        {
            "id": row.target.id,
            "use": row.target.use,
            "data_until": str(row.last_day),
            "frozen_on": str(frozen.date) if frozen else None,
            "frozen_hash": frozen.parameter_hash if frozen else None,
            "standing": row.standing,
            "hit": row.hit,
            "score": row.score,
        }
        for row in rows
        if row.score is not None or row.target.role == "prospective"
    ]


def _frozen_words(frozen: Frozen | None) -> str:
    if frozen is None:
        return "No parameters were frozen: no score is out of sample."
    return f"Parameters {frozen.parameter_hash[:12]} were frozen on {frozen.date}."


def _print_scored(rows: Sequence[Judged]) -> None:
    headings: Columns = {"Row": "left", "Key": "left", "Model": "right", "90 %": "right"}
    headings = {**headings, "Observed": "right", "Unit": "left", "": "left", "Score": "right"}
    headings = {**headings, **dict.fromkeys(_BASELINES.values(), "right")}
    headings = {**headings, "Standing": "left", "Note": "left"}
    cells = [
        (
            row.target.id,
            str(row.target.key),
            *_figures(row),
            "hit" if row.hit else "MISS",
            _number(row.score),
            *(_number(row.baselines[n].score if n in row.baselines else None) for n in _BASELINES),
            row.standing,
            "" if row.hit else row.target.key_note,
        )
        for row in rows
    ]
    if cells:
        print_table(
            "Scored, misses first; score: CRPS of the model, absolute error of the baselines, on "
            "logs for amounts",
            headings,
            cells,
            is_wide=True,
        )


def _print_compared(rows: Sequence[Judged]) -> None:
    headings: Columns = {"Row": "left", "Role": "left", "Key": "left", "Model": "right"}
    headings = {**headings, "90 %": "right", "Observed": "right", "Unit": "left", "Note": "left"}
    cells = [
        (
            row.target.id,
            row.target.role,
            str(row.target.key),
            *_figures(row),
            "; ".join(filter(None, (row.reason, row.target.key_note))),
        )
        for row in rows
    ]
    if cells:
        print_table("Compared, not scored", headings, cells, is_wide=True)


def _print_families(families: Sequence[Mapping[str, Any]]) -> None:
    headings: Columns = {"By": "left", "Family": "left", "Use": "left", "Rows": "right"}
    for name in ("Hits", "Log-RMSE", "90 %", *_BASELINES.values(), "CRPS", "In 50 %", "In 90 %"):
        headings = {**headings, name: "right"}
    for name in ("Width 90 %", "Signs", "Turns"):
        headings = {**headings, name: "right"}
    cells = [
        (
            row["by"],
            row["family"],
            row["use"],
            str(row["rows"]),
            str(row["hits"]),
            _number(row["log_rmse"]),
            between(_number(row["low90"]), _number(row["high90"])) if row["resampled"] else DASH,
            *(_beside(row["baselines"].get(name), row["log_rmse"]) for name in _BASELINES),
            _number(row["crps"]),
            _share(row["coverage50"]),
            _share(row["coverage90"]),
            _number(row["width90"]),
            _right(row["signs"]),
            _right(row["turning_points"]),
        )
        for row in families
    ]
    if cells:
        print_table(
            "Families, those beaten by a baseline first; a baseline that answers other rows has "
            "the model's error on them in brackets",
            headings,
            cells,
            is_wide=True,
        )


def _print_missing(rows: Sequence[Judged]) -> None:
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        reasons.setdefault((row.status, row.reason), []).append(row.target.id)
    cells = [
        (status.replace("_", " "), str(len(ids)), reason, " ".join(sorted(ids)))
        for (status, reason), ids in sorted(reasons.items(), key=lambda item: -len(item[1]))
    ]
    if cells:
        headings: Columns = {"Status": "left", "Rows": "right", "Reason": "left", "Which": "left"}
        print_table("Without an answer", headings, cells)


def _figures(row: Judged) -> tuple[str, str, str, str]:
    found = row.figures
    low, high = found.get("low90"), found.get("high90")
    span = DASH if low is None or high is None else between(_when(low), _when(high))
    model = _when(found["model"])
    if row.share_of_draws is not None:
        model += f" ({percent(row.share_of_draws)} of draws)"
    observed = DASH if row.target.value is None else _when(row.target.value)
    return model, span, observed, row.target.unit


def _when(number: float) -> str:
    return "never" if math.isinf(number) else amount(number)


def _number(number: float | None) -> str:
    return DASH if number is None else f"{number:.2f}"


def _share(number: float | None) -> str:
    return DASH if number is None else percent(number)


def _beside(found: Mapping[str, Any] | None, own: float | None) -> str:
    if found is None:
        return DASH
    same = own is not None and _number(found["model_log_rmse"]) == _number(own)
    return _number(found["log_rmse"]) + ("" if same else f" ({_number(found['model_log_rmse'])})")


def _right(found: Mapping[str, int]) -> str:
    return f"{found['right']} of {found['of']}" if found["of"] else DASH


def _yes(hit: bool | None) -> str:
    return DASH if hit is None else "yes" if hit else "no"
