"""Fit the free parameters of a scenario to its calibration rows and write what was learned.

    python tools/fit.py --free tools/decisions/free.csv --out tools/decisions/fitted.csv

Rebuild the dataset afterwards. The fit starts from the estimates as they were before any fit (table
``priors`` of the dataset), so that running it again finds the same. Same seed, same bytes.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from terbium.analysis.calibration import Fit, fit
from terbium.analysis.misfit import answerable, residuals, usable
from terbium.analysis.targets import Target, read_targets
from terbium.base.calendar import parse_period
from terbium.base.files import atomic_write_text
from terbium.engine.recorder import Recorder
from terbium.engine.run import Plan, simulate
from terbium.engine.sample import Responses, Values
from terbium.evidence.dataset import Dataset
from terbium.evidence.methods import method
from terbium.evidence.parameters import Parameters
from terbium.results.keys import Trajectory, trajectory_of
from terbium.study import Study, open_study


def main() -> None:
    """Read the arguments, fit, print every row and every parameter, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="april-2025")
    parser.add_argument("--mix", action="append", default=[])
    parser.add_argument("--end", default="2025-08-31", help="last day that is simulated")
    parser.add_argument("--leave-out", help="a month whose rows are not used")
    parser.add_argument("--free", type=Path, required=True, help="CSV with a column name")
    parser.add_argument("--draws", type=int, default=512)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    study = open_study(args.scenario, mixes=args.mix, overrides={"horizon.end": args.end})
    prior = before_fits(study.dataset, study.parameters)
    with args.free.open(encoding="utf-8") as handle:
        free = [row["name"] for row in csv.DictReader(handle)]
    left_out = parse_period(args.leave_out) if args.leave_out else None
    chosen = usable(read_targets(), args.scenario, left_out)
    first = world(study, prior, prior.sample(16, args.seed))
    rows = answerable(chosen, first)
    print(f"{len(free)} free parameters, {len(rows)} figures of {len(chosen)} marked calibrate")
    found = fit(
        prior,
        free,
        lambda values: residuals(rows, world(study, prior, values)),
        args.draws,
        args.seed,
        lambda text: print(text, flush=True),
    )
    report(found, prior, rows)
    if args.out is not None:
        write(args.out, found, prior, rows)


def before_fits(dataset: Dataset, parameters: Parameters) -> Parameters:
    """The parameters with every fitted estimate put back to what it was."""
    if "priors" not in dataset.tables:
        return parameters
    low, central, high = (v.copy() for v in (parameters.low, parameters.central, parameters.high))
    for _, row in dataset.table("priors").iterrows():
        at = parameters.position(row["name"])
        low[at], central[at], high[at] = (float(row[c]) for c in ("low", "central", "high"))
    return replace(parameters, low=low, central=central, high=high)


def world(study: Study, prior: Parameters, sample: np.ndarray) -> Trajectory:
    """Run the scenario on drawn values."""
    values = Values(prior.names, sample)
    scenario = study.scenario
    plan = Plan(values, Responses(**scenario.responses.model_dump()), study.rules)
    recorder = Recorder(study.compiled, sample.shape[1], scenario.headline.in_force)
    simulate(study.compiled, plan, recorder)
    return trajectory_of(
        recorder.finish(),
        study._context(scenario.seed),
        study.dataset,
        study.graph,
        study.register,
        values,
        (scenario.base, scenario.covers.first),
    )


def report(found: Fit, prior: Parameters, rows: tuple[Target, ...]) -> None:
    """Every parameter before and after, every figure with its misfit."""
    for i, name in enumerate(found.free):
        at = prior.position(name)
        taught = "" if found.learned[i] <= method("calibration/not_learned") else "  not learned"
        print(
            f"{name:44s} {prior.central[at]:9.3g} ({prior.low[at]:.3g} to {prior.high[at]:.3g})"
            f" -> {found.central[i]:9.3g} ({found.low[i]:.3g} to {found.high[i]:.3g})"
            f"  spread {found.learned[i]:.2f}{taught}"
        )
    for target, miss in sorted(zip(rows, found.residuals, strict=True), key=lambda p: -abs(p[1])):
        print(f"{miss:+6.2f} tolerances  {target.id:12s} {target.key}")


def span_of(rows: tuple[Target, ...]) -> tuple[str, str]:
    """First and last month of what was fitted; events count with the days that they are sought."""
    days = [
        row.key.period.days
        for row in rows
        if row.key is not None
        and not row.key.quantity.startswith("stop.")
        and getattr(row.key.period, "days", None) is not None
    ]
    first, last = min(d.first for d in days), max(d.last for d in days)
    return f"{first:%Y-%m}", f"{last:%Y-%m}"


def write(path: Path, found: Fit, prior: Parameters, rows: tuple[Target, ...]) -> None:
    """The table that the dataset's builder reads."""
    lines = ["name,low,central,high,as_of,reason"]
    first, last = span_of(rows)
    for i, name in enumerate(found.free):
        at = prior.position(name)
        before = f"{prior.central[at]:.3g} ({prior.low[at]:.3g} to {prior.high[at]:.3g})"
        reason = (
            f"fitted to {len(rows)} recorded figures of {first} to {last}; "
            f"before the fit {before}; spread after over before {found.learned[i]:.2f}"
        )
        numbers = ",".join(f"{v:.4g}" for v in (found.low[i], found.central[i], found.high[i]))
        lines.append(f'{name},{numbers},{last},"{reason}"')
    atomic_write_text(path, "\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
