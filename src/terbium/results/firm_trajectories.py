"""The folder of one run on a network of firms.

::

    series.npz        output and final demand not met by step, region and sector; recorded firms
    firms.parquet     a row for each firm: what it lost, its lowest point, when it stopped
    summary.json      what the usual questions ask of them, and all that the report draws
    manifest.json     what the run was made from, and the fingerprint of every file here but the log
    report.html       if a renderer was handed over
    run.log.json      host and times: the only file that differs between two equal runs
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from terbium.base.files import atomic_dir
from terbium.engine.network.case import Floats, Ints
from terbium.engine.network.firm_case import FirmTrajectories
from terbium.graph.firms import FirmNetwork
from terbium.graph.firms_write import labelled, write_frames
from terbium.results.store import MANIFEST, Renderer, RunFolder
from terbium.results.summary import Summary
from terbium.results.trajectories import Arrays, check_complete, tell, write_npz

SERIES = "series.npz"
FIRMS = "firms"
KIND = "firm-propagation"


def firm_arrays(
    trajectories: FirmTrajectories, network: FirmNetwork, chosen: Ints
) -> dict[str, NDArray[Any]]:
    """The content of `series.npz`.

    Returns
    -------
    dict
        ``output``, ``final_unmet`` (T, R, S), ``chosen_output``, ``chosen_cover`` (T, K), ids as
        ``chosen``, ``regions``, ``sectors``.
    """
    names = ("output", "final_unmet", "chosen_output", "chosen_cover")
    ids = network.firm[chosen]
    return {
        **{name: getattr(trajectories, name) for name in names},
        "chosen": ids.astype(str) if ids.dtype == object else ids,
        "regions": np.array(network.regions, dtype=str),
        "sectors": np.array(network.sectors, dtype=str),
    }


def firm_dataset(trajectories: FirmTrajectories, network: FirmNetwork, chosen: Ints) -> xr.Dataset:
    """Label the series.

    Returns
    -------
    xarray.Dataset
        Dims ``time`` [step], ``region``, ``sector``, and ``firm`` of those recorded; every variable
        has ``units`` and ``long_name``.
    """
    money = f"{network.unit}/step"
    place, firm = ("time", "region", "sector"), ("time", "firm")
    told: dict[str, tuple[tuple[str, ...], str, str]] = {
        "output": (place, money, "output"),
        "final_unmet": (place, money, "final demand that firms could not meet"),
        "chosen_output": (firm, money, "output of recorded firms"),
        "chosen_cover": (firm, "step", "time that the scarcest input lasts at full output"),
    }
    variables = {
        name: (dims, getattr(trajectories, name), {"units": unit, "long_name": text})
        for name, (dims, unit, text) in told.items()
    }
    steps = np.arange(trajectories.output.shape[0])
    return xr.Dataset(
        variables,
        coords={
            "time": ("time", steps, {"units": "step", "long_name": "step"}),
            "region": list(network.regions),
            "sector": list(network.sectors),
            "firm": network.firm[chosen],
        },
        attrs={"network": network.name},
    )


def firm_frame(
    trajectories: FirmTrajectories, network: FirmNetwork, lost: Floats, direct: Floats
) -> pd.DataFrame:
    """A row for each firm in the order of the network: the content of `firms.parquet`.

    Parameters
    ----------
    trajectories, network
        Of the run.
    lost, direct
        Output lost, and the part of it that events took themselves (N,) [money].

    Returns
    -------
    pandas.DataFrame
        ``firm, region, sector``, ``output`` [money/yr], ``lost, direct`` [money], ``lowest`` [share
        of the base], ``lowest_step``, ``stop_step`` (-1: never), ``below`` [step].
    """
    t = trajectories
    return pd.DataFrame(
        {
            "firm": network.firm,
            "region": labelled(network.region, network.regions),
            "sector": labelled(network.sector, network.sectors),
            "output": network.output,
            "lost": lost,
            "direct": direct,
            "lowest": t.lowest,
            "lowest_step": t.lowest_step,
            "stop_step": t.stop_step,
            "below": t.below,
        }
    )


def save_firms(
    path: Path | str,
    arrays: Arrays,
    firms: pd.DataFrame,
    summary: Summary,
    manifest: Mapping[str, object],
    log: Mapping[str, object],
    render: Renderer | None = None,
) -> FirmFolder:
    """Write the folder; it appears complete or not at all.

    Parameters
    ----------
    path
        The folder. An earlier run there is replaced, anything else is left alone.
    arrays, firms
        See `firm_arrays` and `firm_frame`.
    summary, manifest, log, render
        As of `save_propagation`.

    Raises
    ------
    OutputError
        If the place holds something that is not a run, or cannot be written.
    """
    with atomic_dir(path, replaces=MANIFEST) as folder:
        write_npz(folder / SERIES, arrays)
        write_frames(folder, {FIRMS: firms}, "parquet")
        tell(folder, KIND, summary, manifest, log, render)
    return FirmFolder(Path(path))


class FirmFolder(RunFolder):
    """A finished run on a network of firms on disk."""

    @cached_property
    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The content of `series.npz`."""
        with np.load(self.path / SERIES, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}

    @cached_property
    def firms(self) -> pd.DataFrame:
        """The content of `firms.parquet`."""
        with duckdb.connect() as connection:
            found: pd.DataFrame = connection.read_parquet(str(self.path / f"{FIRMS}.parquet")).df()
            return found


def open_firms(path: Path | str) -> FirmFolder:
    """Open a folder that a run on a network of firms has written.

    Raises
    ------
    OutputError
        If it is not a complete one, with what is missing.
    """
    folder = Path(path)
    check_complete(folder, (SERIES, f"{FIRMS}.parquet", "summary.json", MANIFEST))
    return FirmFolder(folder)
