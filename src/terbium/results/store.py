"""The run folder: written whole or not at all, and opened again.

::

    results.zarr   the labelled dataset, Zarr 3
    summary.json   rows that answer the usual questions
    parameters.csv every estimate as it was used: low, central, high
    manifest.json  what the run was made from, and the fingerprint of every file here but the log
    tables/*.csv   the rows, tidy
    tables.xlsx    the same in one workbook
    report.html    if a renderer was handed over
    run.log.json   host and times: the only file that differs between two equal runs
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pandas as pd
import xarray as xr

from terbium.base.errors import OutputError
from terbium.base.files import atomic_dir, sha256_of_files, tidy_json
from terbium.base.version import __version__
from terbium.engine.recording import Recording
from terbium.results.context import Row, RunContext
from terbium.results.export import csv_text, xlsx_bytes
from terbium.results.layout import build_dataset, with_labels
from terbium.results.provenance import PARAMETER_COLUMNS
from terbium.results.quantiles import BANDS
from terbium.results.summary import Summary, link_rows, summarise
from terbium.results.zarr_store import write_zarr

MANIFEST = "manifest.json"
RESULTS = "results.zarr"
PARAMETERS = "parameters.csv"
MANIFEST_VERSION = 1

Renderer = Callable[[Summary, Mapping[str, object]], str]
"""Makes the report out of summary and manifest."""

_INTERVAL = tuple(BANDS)
COLUMNS: dict[str, tuple[str, ...]] = {
    "monthly_exports": ("material", "origin", "destination", "month", *_INTERVAL, "observed"),
    "shortfalls": (
        *("material", "origin", "destination", "unit", "months", "first", *_INTERVAL, "missing"),
    ),
    "first_stops": (
        *("region", "industry", "week", *_INTERVAL[1:], "share_stopped", "length_weeks"),
        *("binding", "binding_share", "grade"),
    ),
    "queue": ("material", "destination", "month", "quantity", "unit", *_INTERVAL),
    "links": ("material", "origin_node", "destination_node", "base", *_INTERVAL),
    "measures": ("date", "measure", "title", "change", "formality"),
    "scores": (
        *("material", "origin", "destination", "first", "last", "months", "model", "persistence"),
        *("base_mean", "winner", "persistence_value", "base_mean_value", "basis", "left_out"),
        *("coverage50", "coverage90", "width90", "interval_score90", "naive_coverage90"),
        *("naive_width90", "naive_interval_score90"),
    ),
    "findings": (
        *("figure", "material", "origin", "destination", "unit", "first", "last", *_INTERVAL),
        *("observed", "share_of_draws"),
    ),
    "baseline": ("elements", "stage_from", "region_from", "stage_to", "region_to", "flow"),
}
"""Tables of a run folder and their columns."""

_NOTES = {
    "monthly_exports": (
        "magnets, t per calendar month; observed: recorded, empty where nothing is; "
        "all materials in tables/monthly_exports.csv"
    ),
    "shortfalls": (
        "share of the undisturbed flow of magnets that does not come in the worst months in a row; "
        "missing: t; all materials in tables/shortfalls.csv"
    ),
    "first_stops": "weeks after the headline measure took force; never: no stop",
    "queue": "licence queue for magnets by month, unit in its column; all in tables/queue.csv",
    "links": "t over the whole run; base: undisturbed",
    "measures": "calendar of the law",
    "scores": "log-RMSE of monthly exports beside two baselines",
    "findings": "key figures with the recorded value beside them",
    "baseline": "flows of the base year: t of the named elements contained, per year",
}


_LONG = ("monthly_exports", "queue", "shortfalls")


@dataclass(frozen=True)
class Beside:
    """What is known of a run above this layer.

    Parameters
    ----------
    summary, manifest
        Further keys of `summary.json` and `manifest.json`.
    parameters
        Rows of `parameters.csv`.
    tables
        Further tables, file name to rows; their columns are those of any row.
    """

    summary: Mapping[str, object] = field(default_factory=dict)
    manifest: Mapping[str, object] = field(default_factory=dict)
    parameters: tuple[Row, ...] = ()
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def save_run(
    path: Path | str,
    recording: Recording,
    context: RunContext,
    log: Mapping[str, object],
    render: Renderer | None = None,
    beside: Beside | None = None,
) -> "RunFolder":
    """Write a run folder; it appears complete or not at all.

    Parameters
    ----------
    path
        The folder. An earlier run there is replaced, anything else is left alone.
    recording
        What the engine kept.
    context
        Where the run came from.
    log
        Host, times and whatever else may differ between two equal runs.
    render
        Makes the report out of summary and manifest.
    beside
        What is known of the run above this layer.

    Raises
    ------
    OutputError
        If the place holds something that is not a run, or cannot be written.
    """
    dataset, rows = build_dataset(recording, context), summarise(recording, context)
    with atomic_dir(path, replaces=MANIFEST) as folder:
        write_zarr(dataset, folder / RESULTS)
        fill_folder(folder, recording, context, log, rows, beside or Beside(), render)
    return RunFolder(Path(path))


def fill_folder(
    folder: Path,
    recording: Recording,
    context: RunContext,
    log: Mapping[str, object],
    rows: Summary,
    beside: Beside,
    render: Renderer | None = None,
) -> None:
    """Write all of a run folder but the labelled dataset, which is there already.

    Parameters
    ----------
    folder
        Where `results.zarr` lies.
    recording, context, log, beside, render
        As `save_run` takes them.
    rows
        What `terbium.results.summary.summarise` makes of the recording.
    """
    summary = {**rows, **beside.summary}
    tables = _tables(summary, link_rows(recording))
    (folder / "tables").mkdir(exist_ok=True)
    for name, found in tables.items():
        _write(folder / "tables" / f"{name}.csv", csv_text(found, COLUMNS[name]))
    for name, further in beside.tables.items():
        columns = tuple(dict.fromkeys(column for row in further for column in row))
        _write(folder / "tables" / f"{name}.csv", csv_text(further, columns))
    (folder / "tables.xlsx").write_bytes(xlsx_bytes(_sheets(tables), _NOTES, COLUMNS))
    summary_text = tidy_json(summary)
    _write(folder / "summary.json", summary_text)
    _write(folder / PARAMETERS, csv_text(beside.parameters, PARAMETER_COLUMNS))
    manifest = {**_manifest(context, recording, folder), **beside.manifest}
    if render is not None:
        # the report reads what was written, so that it can be made again from the folder
        _write(folder / "report.html", render(json.loads(summary_text), manifest))
    _write(folder / MANIFEST, tidy_json(manifest))
    _write(folder / "run.log.json", tidy_json(dict(log)))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _sheets(tables: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """What a person scrolls through: magnets; all materials and all links are in the CSV tables."""
    return {
        name: [row for row in rows if name not in _LONG or str(row["material"]).endswith("magnet")]
        for name, rows in tables.items()
        if name != "links"
    }


def _tables(summary: Summary, links: list[Row]) -> dict[str, list[Row]]:
    rows = {name: cast(list[Row], summary[name]) for name in COLUMNS if name != "links"}
    return {name: links if name == "links" else rows[name] for name in COLUMNS}


def _manifest(context: RunContext, recording: Recording, folder: Path) -> dict[str, object]:
    return {
        "version": MANIFEST_VERSION,
        "code_version": __version__,
        "dataset": context.dataset,
        "dataset_hash": context.dataset_hash,
        "parameter_hash": context.parameter_hash,
        "scenario": dict(context.applied),
        "scenario_name": context.scenario,
        "mixes": list(context.mixes),
        "overrides": [dict(row) for row in context.overrides],
        "precedence": "schema default < dataset < file < mix < overlay < arguments < command line",
        "seed": context.seed,
        "draws": recording.draws,
        "evidence_date": context.evidence_date,
        "branch": context.branch,
        "files": _fingerprints(folder),
    }


def _fingerprints(folder: Path) -> dict[str, str]:
    prints = {}
    for entry in sorted(folder.iterdir()):
        files = [entry] if entry.is_file() else [p for p in entry.rglob("*") if p.is_file()]
        prints[entry.name] = sha256_of_files(files, root=folder)
    return prints


@dataclass(frozen=True)
class RunFolder:
    """A finished run on disk.

    Parameters
    ----------
    path
        The folder.
    """

    path: Path

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of `summary.json`; infinity is the text ``inf``."""
        return cast(dict[str, Any], self._json("summary.json"))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The content of `manifest.json`."""
        return cast(dict[str, Any], self._json(MANIFEST))

    @cached_property
    def dataset(self) -> xr.Dataset:
        """The labelled dataset, read as it is used."""
        return with_labels(xr.open_zarr(self.path / RESULTS, consolidated=False, chunks=None))

    def table(self, name: str) -> pd.DataFrame:
        """Read one of the CSV tables.

        Parameters
        ----------
        name
            One of `COLUMNS`, or another that the run has written.

        Raises
        ------
        OutputError
            If there is no such table.
        """
        known = sorted({*COLUMNS, *(path.stem for path in (self.path / "tables").glob("*.csv"))})
        if name not in known:
            raise OutputError.of(
                str(self.path), "table", f"'{name}'", ", ".join(known), "ask for one of these"
            )
        # NA is Namibia, an empty cell is unknown
        return pd.read_csv(
            self.path / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""]
        )

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Estimates as they were used, by name: ``unit, grade, shape, low, central, high``."""
        words = dict.fromkeys(("name", "unit", "grade", "shape"), str)
        frame = pd.read_csv(
            self.path / PARAMETERS, keep_default_na=False, na_values=[""], dtype=words
        )
        return frame.set_index("name")

    def changed_files(self) -> list[str]:
        """Names of files that are no longer as they were written."""
        written = cast(dict[str, str], self.manifest["files"])
        found = _fingerprints(self.path)
        return sorted(name for name, digest in written.items() if found.get(name) != digest)

    def _json(self, name: str) -> object:
        return json.loads((self.path / name).read_text(encoding="utf-8"))


def open_run(path: Path | str) -> RunFolder:
    """Open a run folder.

    Raises
    ------
    OutputError
        If it is not a complete run, with what is missing.
    """
    folder = Path(path)
    needed = (RESULTS, "summary.json", MANIFEST)
    missing = [name for name in needed if not (folder / name).exists()]
    if missing:
        seen = f"no {', no '.join(missing)}" if folder.is_dir() else "no such folder"
        raise OutputError.of(
            "run folder",
            str(folder),
            seen,
            f"a folder with {', '.join(needed)}",
            "name a folder that `terbium run` has written",
        )
    found = RunFolder(folder)
    try:
        is_whole = "files" in found.manifest and "run" in found.summary
    except ValueError:
        is_whole = False
    if not is_whole:
        raise OutputError.of(
            "run folder",
            str(folder),
            "a summary.json or manifest.json that no run has written",
            "the files as `terbium run` wrote them",
            "run the scenario again",
        )
    return found
