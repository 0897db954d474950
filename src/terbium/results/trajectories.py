"""The folder of one propagation: day by day what shocks did to an input-output table.

::

    trajectories.npz  ten series by industry with their labels, and licences where a case has any
    summary.json      what the usual questions ask of them, and all that the report draws
    losses.csv        output and value added lost by industry
    manifest.json     what the run was made from, and the fingerprint of every file here but the log
    report.html       if a renderer was handed over
    run.log.json      host and times: the only file that differs between two equal runs
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from terbium.base.errors import OutputError
from terbium.base.files import atomic_dir, sha256_of_files, tidy_json
from terbium.engine.network.case import Extras
from terbium.engine.network.run import Trajectories
from terbium.graph.tables import InputOutputTable
from terbium.results.context import Row
from terbium.results.export import csv_text
from terbium.results.store import MANIFEST, Renderer, RunFolder
from terbium.results.summary import Summary

ARRAYS = "trajectories.npz"
KIND = "propagation"
SERIES: dict[str, tuple[str, str]] = {
    "production_realised": ("output", "/step"),
    "production_capacity": ("capacity", "/step"),
    "overproduction": ("overproduction, as a factor on capacity", "1"),
    "orders_received": ("intermediate orders that the industry faced", "/step"),
    "rebuild_demand": ("rebuilding orders that the industry faced", "/step"),
    "capital_lost": ("capital out of use", ""),
    "final_demand_undist": ("final demand not delivered, by the industry that could not", "/step"),
    "final_demand_unmet": (
        "final demand not met, by the region that went without and the sector of the product",
        "/step",
    ),
}
"""Series by step and industry: what they mean, and what follows the money in their unit."""
STOCKS, STOCK_DAYS = "inputs_stock_end", "inputs_stock_end_days"
LOSS_COLUMNS = (
    *("region", "sector", "output_lost", "value_added_lost", "unit"),
    *("output_lost_share", "value_added_lost_share", "lowest_share", "lowest_step"),
)
"""Columns of `losses.csv`; shares are of the year's, the lowest output is a share of the base."""

# the first moment that a zip archive can name
_EPOCH = (1980, 1, 1, 0, 0, 0)

Arrays = Mapping[str, NDArray[np.generic]]


def arrays_of(
    trajectories: Trajectories, table: InputOutputTable, extras: Extras
) -> dict[str, NDArray[Any]]:
    """The content of `trajectories.npz`.

    Parameters
    ----------
    trajectories
        What happened.
    table
        Gives the labels.
    extras
        Of the case: which arrays of the border there are.

    Returns
    -------
    dict
        `SERIES` (T, N), ``inputs_stock_end`` (rows, S, N) and its ``_days`` (rows,), ``regions``,
        ``sectors``, ``categories``; ``borders_queue`` where the case has licences, and
        ``borders_detour``, ``borders_seized``, ``borders_enforcement``, ``borders_conduits`` where
        it has relabelling.
    """
    found = {name: getattr(trajectories, name) for name in (*SERIES, STOCKS, STOCK_DAYS)}
    for name in ("regions", "sectors", "categories"):
        found[name] = np.array(getattr(table, name), dtype=str)
    wanted = ["queue"] if extras.frictions else []
    if extras.relabelling is not None:
        wanted += ["detour", "seized", "enforcement"]
        conduits = [table.regions[r] for r in extras.relabelling.conduits]
        found["borders_conduits"] = np.array(conduits, dtype=str)
    return found | {f"borders_{name}": trajectories.borders[name] for name in wanted}


def write_npz(file: BinaryIO | Path, arrays: Arrays) -> None:
    """Write an uncompressed ``.npz``: the same bytes for the same arrays, on any day."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, values in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            with archive.open(entry, "w", force_zip64=True) as part:
                np.lib.format.write_array(part, np.asanyarray(values), allow_pickle=False)


def dataset_of(trajectories: Trajectories, table: InputOutputTable) -> xr.Dataset:
    """Label the trajectories.

    Returns
    -------
    xarray.Dataset
        Dims ``time`` [step], ``region``, ``sector``; stocks have ``stock_time`` [step] and
        ``input`` before them. ``final_demand_unmet`` is by consuming region and sector of the
        product. Every variable has ``units`` and ``long_name``. The arrays are not copied.
    """
    place = (len(table.regions), len(table.sectors))
    money = table.unit
    variables: dict[str, tuple[tuple[str, ...], Any, dict[str, str]]] = {}
    for name, (text, per) in SERIES.items():
        values = getattr(trajectories, name)
        unit = per if per == "1" else f"{money}{per}"
        shape = (values.shape[0], *place)
        told = {"units": unit, "long_name": text}
        variables[name] = (("time", "region", "sector"), values.reshape(shape), told)
    stock = trajectories.inputs_stock_end
    told = {"units": money, "long_name": "inputs in stock after deliveries"}
    dims = ("stock_time", "input", "region", "sector")
    variables[STOCKS] = (dims, stock.reshape(*stock.shape[:2], *place), told)
    steps = trajectories.production_realised.shape[0]
    return xr.Dataset(
        variables,
        coords={
            "time": ("time", np.arange(steps), {"units": "step", "long_name": "step"}),
            "stock_time": (
                "stock_time",
                trajectories.inputs_stock_end_days,
                {"units": "step", "long_name": "step"},
            ),
            "input": list(table.sectors),
            "region": list(table.regions),
            "sector": list(table.sectors),
        },
        attrs={"table": table.name},
    )


def save_propagation(
    path: Path | str,
    arrays: Arrays,
    summary: Summary,
    losses: Sequence[Row],
    manifest: Mapping[str, object],
    log: Mapping[str, object],
    render: Renderer | None = None,
) -> PropagationFolder:
    """Write the folder; it appears complete or not at all.

    Parameters
    ----------
    path
        The folder. An earlier run there is replaced, anything else is left alone.
    arrays
        See `arrays_of`.
    summary, manifest
        Content of the files of that name; fingerprints of the files are added to the manifest.
    losses
        Rows with `LOSS_COLUMNS`.
    log
        Host, times and whatever else may differ between two equal runs.
    render
        Makes the report out of summary and manifest.

    Raises
    ------
    OutputError
        If the place holds something that is not a run, or cannot be written.
    """
    with atomic_dir(path, replaces=MANIFEST) as folder:
        write_npz(folder / ARRAYS, arrays)
        _write(folder / "losses.csv", csv_text(losses, LOSS_COLUMNS))
        tell(folder, KIND, summary, manifest, log, render)
    return PropagationFolder(Path(path))


def tell(
    folder: Path,
    kind: str,
    summary: Summary,
    manifest: Mapping[str, object],
    log: Mapping[str, object],
    render: Renderer | None,
) -> None:
    """Write summary, report, manifest and log beside the files that a folder holds already."""
    text = tidy_json(summary)
    _write(folder / "summary.json", text)
    files = {p.name: sha256_of_files([p], root=folder) for p in sorted(folder.iterdir())}
    stored = {**manifest, "kind": kind, "files": files}
    if render is not None:
        # the report reads what was written, so that it can be made again from the folder
        _write(folder / "report.html", render(json.loads(text), json.loads(tidy_json(stored))))
    _write(folder / MANIFEST, tidy_json(stored))
    _write(folder / "run.log.json", tidy_json(dict(log)))


class PropagationFolder(RunFolder):
    """A finished propagation on disk."""

    @cached_property
    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The content of `trajectories.npz`."""
        with np.load(self.path / ARRAYS, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}


def open_propagation(path: Path | str) -> PropagationFolder:
    """Open a folder that a propagation has written.

    Raises
    ------
    OutputError
        If it is not a complete one, with what is missing.
    """
    folder = Path(path)
    check_complete(folder, (ARRAYS, "summary.json", MANIFEST))
    return PropagationFolder(folder)


def check_complete(folder: Path, needed: Sequence[str]) -> None:
    """Refuse a folder of a propagation that lacks a file.

    Raises
    ------
    OutputError
        With what is missing.
    """
    missing = [name for name in needed if not (folder / name).is_file()]
    if missing:
        raise OutputError.of(
            "folder of a propagation",
            str(folder),
            f"no {', no '.join(missing)}" if folder.is_dir() else "no such folder",
            f"a folder with {', '.join(needed)}",
            "name a folder that `terbium propagate` has written",
        )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
