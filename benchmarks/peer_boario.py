"""One run of BoARIO on a table, timed in a process of its own: ``TABLE EVENT STEPS OUT``.

Runs in an environment that has BoARIO and its dependencies, and calls its public API. Only the keys
that ``propagation.py`` writes are understood. Of a run of ``T`` steps the first ``STEPS`` are made;
its records are laid out for ``T``, so memory is that of the whole run.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from typing import Any

import numpy as np
from in_process import Job, Measured, peak_megabytes, report

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import pandas as pd  # noqa: E402
import pymrio  # noqa: E402
from boario.event import from_series  # noqa: E402
from boario.extended_models import ARIOPsiModel  # noqa: E402
from boario.simulation import Simulation  # noqa: E402


def system_of(job: Job) -> pymrio.IOSystem:
    """The table as pymrio holds it."""
    with np.load(job.table) as file:
        regions, sectors, categories = (
            [str(label) for label in file[key]] for key in ("regions", "sectors", "categories")
        )
        rows = pd.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
        columns = pd.MultiIndex.from_product([regions, categories], names=["region", "category"])
        system = pymrio.IOSystem(
            Z=pd.DataFrame(file["Z"], index=rows, columns=rows),
            Y=pd.DataFrame(file["Y"], index=rows, columns=columns),
        )
        system.x = pd.DataFrame(file["x"], index=rows, columns=["indout"])
    system.A = pymrio.calc_A(system.Z, system.x)
    return system


def event_of(entry: dict[str, Any], model: ARIOPsiModel) -> object:
    """An event whose impacts are shares of capital."""
    keys = dict(entry)
    kind, unit, hits = keys.pop("type"), keys.pop("unit"), keys.pop("impact")
    if unit != "fracK":
        sys.exit(f"unit '{unit}': only fracK is understood here")
    index = pd.MultiIndex.from_tuples([(r, s) for r, s, _ in hits], names=["region", "sector"])
    capital = pd.Series(np.asarray(model.productive_capital), index=model.industries)
    lost = pd.Series([share for *_, share in hits], index=index) * capital.loc[index]
    return from_series(lost, event_type=kind, **keys)


def main(job: Job) -> None:
    """Run the event on the table and report."""
    imported = peak_megabytes()
    began = time.perf_counter()
    case = json.loads(job.event.read_text(encoding="utf-8"))
    model = ARIOPsiModel(system_of(job), **case["model"])
    with tempfile.TemporaryDirectory() as folder:
        run = Simulation(model, n_temporal_units_to_sim=case["T"], boario_output_dir=folder)
        for entry in case["events"]:
            run.add_event(event_of(entry, model))
        setup = time.perf_counter() - began
        seconds = []
        for _ in range(job.steps):
            began = time.perf_counter()
            run.next_step()
            seconds.append(time.perf_counter() - began)
        peak = peak_megabytes()
        output = run.production_realised.to_numpy()[: job.steps]
    measured = Measured(version("boario"), 0.0, setup, seconds, job.steps, imported, peak)
    report(measured, job.out, output)


if __name__ == "__main__":
    main(Job.of(sys.argv[1:]))
