"""Fit rival explanations of the same record and set them side by side.

    python tools/rivals.py --free tools/decisions/free.csv --out tools/decisions/rivals.csv

Why did the United States receive less than others in 2025: because the desk read its filings more
slowly, because of duties, or both? It is not settled from the acts held whether heading 8505.11 was
exempt from the reciprocal duties of 10 April to 14 May 2025, so both readings are fitted. A last
fit leaves out June 2025 and predicts it. Rebuild the dataset afterwards. Same seed, same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fit import before_fits, world
from terbium.analysis.calibration import Fit, fit
from terbium.analysis.misfit import answerable, residuals, usable
from terbium.analysis.targets import Target, read_targets
from terbium.base.calendar import parse_period
from terbium.base.files import atomic_write_text
from terbium.evidence.parameters import Parameters
from terbium.results.keys import Trajectory, answer, parse_key
from terbium.study import open_study

COLUMNS = [
    "episode",
    "rival",
    "title",
    "mix",
    "free_parameters",
    "figures",
    "misfit",
    "misfit_usa",
    "evidence",
    "log_rmse_world_fit",
    "log_rmse_usa_fit",
    "log_rmse_world_later",
    "log_rmse_usa_later",
    "left_out_ratio",
    "verdict",
]
FIT, LATER = ("2025-04", "2025-08"), ("2025-09", "2025-12")


@dataclass(frozen=True)
class Rival:
    """One explanation: the mix that switches the other causes off, and what it leaves unfitted."""

    name: str
    title: str
    mix: str = ""
    without: tuple[str, ...] = ()
    left_out: str = ""


RIVALS = (
    Rival("both", "the desk weighs destinations and buyers answer to duties"),
    Rival(
        "duties alone",
        "equal desk weights, with the duties of 2025 (145 points from 10 April to 14 May)",
        "equal-weights",
        ("licensing/weight/", "licensing/levelling/"),
    ),
    Rival(
        "weights alone",
        "the desk weighs destinations, no duty of 2025 applies to heading 8505.11",
        "no-duties",
        ("behaviour/duty_",),
    ),
    Rival(
        "weights, reciprocal duties exempt",
        "the desk weighs destinations, heading 8505.11 exempt from the reciprocal duties alone",
        "reciprocal-exempt",
    ),
    Rival("June left out", "as both, fitted without any figure of June 2025", left_out="2025-06"),
)


def main() -> None:
    """Fit each rival, print a line for each, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="april-2025")
    parser.add_argument("--end", default="2026-01-04")
    parser.add_argument("--free", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=512)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--only", default="", help="name of one rival; all if left out")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with args.free.open(encoding="utf-8") as handle:
        free = [row["name"] for row in csv.DictReader(handle)]
    rows = [judge(rival, args, free) for rival in RIVALS if args.only in ("", rival.name)]
    best = min(float(row["evidence"]) for row in rows if not row["left_out_ratio"])
    for row in rows:
        row["verdict"] = verdict(row, best)
        print("; ".join(f"{k} {v}" for k, v in row.items()))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    atomic_write_text(args.out, text.getvalue())


def judge(rival: Rival, args: argparse.Namespace, free: list[str]) -> dict[str, str]:
    """Fit one rival and score what it says of the months fitted and of those after."""
    mixes = [rival.mix] if rival.mix else []
    study = open_study(args.scenario, mixes=mixes, overrides={"horizon.end": args.end})
    prior = before_fits(study.dataset, study.parameters)
    names = [n for n in free if not n.startswith(rival.without)] if rival.without else free
    left_out = parse_period(rival.left_out) if rival.left_out else None
    first = world(study, prior, prior.sample(16, args.seed))
    rows = answerable(usable(read_targets(), args.scenario, left_out), first)
    print(f"{rival.name}: {len(names)} free parameters, {len(rows)} figures", flush=True)
    found = fit(
        prior,
        names,
        lambda values: residuals(rows, world(study, prior, values)),
        args.draws,
        args.seed,
        lambda text: print("  " + text, flush=True),
    )
    after = world(study, prior, posterior(prior, found).sample(args.draws, args.seed))
    return described(rival, args.scenario, found, rows, after)


def posterior(prior: Parameters, found: Fit) -> Parameters:
    """The parameters with the fitted ones replaced, as the dataset would hold them."""
    low, central, high = prior.low.copy(), prior.central.copy(), prior.high.copy()
    where = prior.positions(list(found.free))
    low[where], central[where], high[where] = found.low, found.central, found.high
    return replace(prior, low=low, central=central, high=high)


def described(
    rival: Rival, scenario: str, found: Fit, rows: tuple[Target, ...], after: Trajectory
) -> dict[str, str]:
    """The row of the table, but for its verdict."""
    usa = np.array(["CHN>USA" in str(row.key) for row in rows])
    chi = float((found.residuals**2).sum())
    ratio = ""
    if rival.left_out:
        known = dict(observed(scenario, "WLD", (rival.left_out, rival.left_out)))
        ratio = f"{median(after, 'WLD', rival.left_out) / known[rival.left_out]:.2f}"
    return {
        "episode": scenario,
        "rival": rival.name,
        "title": rival.title,
        "mix": rival.mix,
        "free_parameters": str(len(found.free)),
        "figures": str(len(rows)),
        "misfit": f"{np.sqrt(np.mean(found.residuals**2)):.2f}",
        "misfit_usa": f"{np.sqrt(np.mean(found.residuals[usa] ** 2)):.2f}",
        "evidence": f"{chi + 2 * len(found.free):.1f}",
        "log_rmse_world_fit": log_rmse(after, scenario, "WLD", FIT),
        "log_rmse_usa_fit": log_rmse(after, scenario, "USA", FIT),
        "log_rmse_world_later": log_rmse(after, scenario, "WLD", LATER),
        "log_rmse_usa_later": log_rmse(after, scenario, "USA", LATER),
        "left_out_ratio": ratio,
    }


def observed(scenario: str, place: str, months: tuple[str, str]) -> list[tuple[str, float]]:
    """Recorded monthly magnet exports to a place."""
    prefix = f"export/RE_magnet/CHN>{place}/"
    found = []
    for target in read_targets():
        text = str(target.key)
        month = text.removeprefix(prefix)
        one_month = text.startswith(prefix) and len(month) == len("2025-06")
        if target.scenario != scenario or target.value is None or not one_month:
            continue
        if months[0] <= month <= months[1]:
            found.append((month, target.value))
    return found


def median(world_: Trajectory, place: str, month: str) -> float:
    """Median over draws of the exports of a month [t]."""
    key = parse_key(f"export/RE_magnet/CHN>{place}/{month}")
    return float(np.median(answer(key, world_).values))


def log_rmse(world_: Trajectory, scenario: str, place: str, months: tuple[str, str]) -> str:
    """Of the medians of monthly exports."""
    errors = [
        np.log(median(world_, place, month) / value)
        for month, value in observed(scenario, place, months)
    ]
    return f"{np.sqrt(np.mean(np.square(errors))):.3f}"


def verdict(row: dict[str, str], best: float) -> str:
    """What the figures say of a rival: AIC, misfit in tolerances plus two per free parameter."""
    if row["left_out_ratio"]:
        return f"predicts June 2025 at {row['left_out_ratio']} times the recorded figure"
    behind = float(row["evidence"]) - best
    if behind == 0.0:
        return "fits best for its number of parameters"
    # Burnham and Anderson (2002): differences of AIC below 2 say nothing, above 10 nearly all.
    if behind < 2.0:
        return f"cannot be told apart from the best (AIC {behind:.1f} behind)"
    said = "essentially unsupported" if behind > 10.0 else "less supported"
    return f"{said} (AIC {behind:.1f} behind)"


if __name__ == "__main__":
    sys.exit(main())
