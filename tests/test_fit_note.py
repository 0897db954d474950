"""Figures in the note on the fit are those of the fit, of its rivals and of a run as shipped.

To write them anew: ``TERBIUM_UPDATE_DOCS=1 pytest tests/test_fit_note.py``; what rests on a full
run is compared then alone.
"""

import csv
import json
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import call

from terbium.analysis.targets import Target, read_targets
from terbium.evidence.dataset import load_dataset
from terbium.evidence.methods import method

ROOT = Path(__file__).resolve().parents[1]
NOTE = ROOT / "docs" / "design" / "008-calibration.md"
UPDATES = os.environ.get("TERBIUM_UPDATE_DOCS") == "1"
MISSES = 10
SERIES = {"WLD": "the world", "USA": "United States", "JPN": "Japan"}


def check(block: str, found: str) -> None:
    """Hold a block of the note against what it should say; write it when asked to."""
    text = NOTE.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {block}: [^\n]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)
    (place,) = pattern.finditer(text)
    if UPDATES:
        new = f"{place[1]}\n{found}\n\n{place[3]}"
        NOTE.write_text(text[: place.start()] + new + text[place.end() :], encoding="utf-8")
    else:
        assert place[2].strip() == found, f"write it anew: {place[1]}"


def fitted() -> list[dict[str, str]]:
    with (ROOT / "tools/decisions/fitted.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rivals() -> list[dict[str, Any]]:
    table = load_dataset().table("rivals")
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def test_what_was_learned() -> None:
    shape = re.compile(
        r"before the fit (?P<before>.*?); spread after over before (?P<ratio>[\d.]+)"
    )
    rows, idle = [], 0
    for row in fitted():
        told = shape.search(row["reason"])
        assert told, row
        learned = float(told["ratio"]) <= method("calibration/not_learned")
        idle += not learned
        after = "{central:.3g} ({low:.3g} to {high:.3g})".format(
            **{name: float(row[name]) for name in ("low", "central", "high")}
        )
        ratio = told["ratio"] if learned else f"{told['ratio']}, not learned"
        rows.append(
            (float(told["ratio"]), f"| `{row['name']}` | {told['before']} | {after} | {ratio} |")
        )
    head = ["| parameter | before | after | spread, after over before |", "|---|---|---|---|"]
    count = f"{idle} of the {len(rows)} were not learned."
    check("learned", "\n".join([*head, *(text for _, text in sorted(rows)), "", count]))


def test_rivals() -> None:
    head = [
        "| rival | mix | free | misfit | same, United States | AIC | world, Apr to Aug "
        "| same, Sept to Dec | United States, Apr to Aug | same, Sept to Dec |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    names = ("free_parameters", "misfit", "misfit_usa", "evidence", "log_rmse_world_fit",
             "log_rmse_world_later", "log_rmse_usa_fit", "log_rmse_usa_later")  # fmt: skip
    rows, left_out = [], []
    for row in rivals():
        cells = [f"{float(row[name]):g}" for name in names]
        if row["left_out_ratio"] > 0.0:
            cells[names.index("evidence")] = f"({row['figures']:g} figures)"
            left_out.append(f"{row['rival']}: {row['verdict']}.")
        mix = f"`{row['mix']}`" if isinstance(row["mix"], str) and row["mix"] else ""
        rows.append(f"| {row['rival']}: {row['title']} | {mix} | {' | '.join(cells)} |")
    check("rivals", "\n".join([*head, *rows, "", *left_out]))


def test_what_the_note_says_of_the_rivals_is_what_they_say() -> None:
    """The prose names an order; if a new fit turns it round, somebody must write anew."""
    aic = {row["rival"]: float(row["evidence"]) for row in rivals()}
    usa = {row["rival"]: float(row["misfit_usa"]) for row in rivals()}
    assert aic["duties alone"] < aic["both"] < aic["weights alone"]
    assert usa["weights alone"] > usa["duties alone"] > usa["both"]


def distance(target: Target, model: float) -> float:
    """In tolerances of the row."""
    assert target.value is not None
    if target.tolerance.kind == "abs":
        return abs(model - target.value) / target.tolerance.size
    if min(model, target.value) <= 0.0:
        return math.inf
    return abs(math.log(model / target.value)) / target.tolerance.size


def two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.10g}"


def missed(answer: dict[str, Any]) -> Iterator[str]:
    targets = {target.id: target for target in read_targets()}
    scored = [row for row in answer["rows"] if row["hit"] is not None]
    for use, words in (("calibrate", "fitted"), ("validate", "kept from the fit")):
        rows = [row for row in scored if row["use"] == use]
        hits = sum(row["hit"] for row in rows)
        yield f"{hits} of {len(rows)} figures {words} lie within their tolerance."
    yield ""
    yield "| figure | use | recorded | model, median (90 %) |"
    yield "|---|---|---:|---:|"
    wrong = [row for row in scored if not row["hit"]]
    wrong.sort(key=lambda row: -distance(targets[row["id"]], row["model"]))
    for row in wrong[:MISSES]:
        ends = " to ".join(two_digits(row[end]) for end in ("low90", "high90"))
        yield (
            f"| `{row['key']}` | {row['use']} | {two_digits(row['observed'])} {row['unit']} "
            f"| {two_digits(row['model'])} ({ends}) |"
        )


def by_series(answer: dict[str, Any]) -> Iterator[str]:
    yield (
        "| magnets to | fitted months | model | persistence | mean | months kept from the fit "
        "| model | persistence | mean |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for place, words in SERIES.items():
        cells = [words]
        for use in ("calibrate", "validate"):
            (one,) = (
                family
                for family in answer["families"]
                if family["use"] == use and family["family"].endswith(f"RE_magnet/CHN>{place}")
            )
            base = one["baselines"]
            errors = (
                one["log_rmse"],
                base["persistence"]["log_rmse"],
                base["base_mean"]["log_rmse"],
            )
            cells += [str(one["log_rows"]), *(f"{error:.2f}" for error in errors)]
        yield f"| {' | '.join(cells)} |"


def test_what_the_run_as_shipped_misses() -> None:
    if not UPDATES:
        pytest.skip("takes a full run; compared with TERBIUM_UPDATE_DOCS=1")
    answer = json.loads(call("validate", "--scenario", "april-2025", "--json").out)
    check("misses", "\n".join(missed(answer)))
    check("series", "\n".join(by_series(answer)))
