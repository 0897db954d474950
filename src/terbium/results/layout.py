"""The labelled dataset of a run, as `results.zarr` holds it.

Positions are integers; what they stand for is written in JSON on the position's own coordinate
(``label_fields`` names the parts of a label, ``labels`` lists them). Text coordinates are outside
the Zarr 3 specification, and the JSON can be read by any language. `with_labels` turns them into
coordinates again.

===============  =====================================================  =========================
dim              label                                                  variables
===============  =====================================================  =========================
``export_link``  material, origin, destination                          exports, undisturbed flow
``queue_link``   material, destination                                  the licence queue
``node``         region, industry                                       output, cover, stops
``production``   material, region                                       output before industries
``link``         material, origin_node, destination_node                totals over the run
``time``         first day of the step
``draw``         sample of the parameters
``quantile``     quantile over draws
===============  =====================================================  =========================
"""

import json
from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from terbium.base.errors import TerbiumError
from terbium.engine.recording import LINK_QUANTILES, QUEUE_FLOWS, Recording
from terbium.results.context import RunContext

LABEL_FIELDS: dict[str, tuple[str, ...]] = {
    "export_link": ("material", "origin", "destination"),
    "queue_link": ("material", "destination"),
    "node": ("region", "industry"),
    "production": ("material", "region"),
    "link": ("material", "origin_node", "destination_node"),
}
"""Parts of the labels of each labelled dim."""

_QUEUE_NAMES = {
    "filed": "tonnes in licence applications filed",
    "granted": "tonnes granted",
    "refused": "tonnes refused",
    "expired": "tonnes of licences that expired unused",
    "shipped": "tonnes shipped under licence",
}


def build_dataset(recording: Recording, context: RunContext) -> xr.Dataset:
    """Label a recording.

    Parameters
    ----------
    recording
        What the engine kept.
    context
        Where the run came from; goes into the dataset's attributes.

    Returns
    -------
    xarray.Dataset
        Dims as in the module's table; every variable has ``units`` and ``long_name``.
    """
    labels: dict[str, Sequence[tuple[str, ...]]] = {
        "export_link": recording.export_keys,
        "queue_link": recording.queue_keys,
        "node": recording.industry_keys,
        "production": recording.made_keys,
        "link": recording.link_keys,
    }
    coords = {dim: _labelled(dim, keys) for dim, keys in labels.items()}
    coords["draw"] = _coordinate("draw", np.arange(recording.draws, dtype=np.int32), "draw")
    coords["quantile"] = _coordinate("quantile", np.array(LINK_QUANTILES), "quantile over draws")
    days = recording.clock.dates.astype("datetime64[ns]")
    coords["time"] = xr.Variable("time", days, {"long_name": "first day of the step"})
    return xr.Dataset(
        {**_flows(recording), **_nodes(recording), **_made(recording), **_links(recording)},
        coords=coords,
        attrs=_attributes(recording, context),
    )


def late_variables(recording: Recording) -> dict[str, xr.Variable]:
    """What is known of a dataset only when all draws are done, and its constants."""
    # nothing else is touched: what lies on disk would come into memory whole
    return {**_base(recording), **_made(recording), **_links(recording)}


def _attributes(recording: Recording, context: RunContext) -> dict[str, str | int]:
    return {
        "title": context.title,
        "scenario": context.scenario,
        "dataset": context.dataset,
        "dataset_hash": context.dataset_hash,
        "parameter_hash": context.parameter_hash,
        "seed": context.seed,
        "branch": context.branch,
        "step_days": recording.clock.step_days,
        "materials": json.dumps(recording.materials, ensure_ascii=False),
    }


def _labelled(dim: str, keys: Sequence[tuple[str, ...]]) -> xr.Variable:
    attrs = {
        "long_name": f"position of a {dim}",
        "units": "1",
        "label_fields": json.dumps(LABEL_FIELDS[dim]),
        "labels": json.dumps(keys, ensure_ascii=False),
    }
    return xr.Variable(dim, np.arange(len(keys), dtype=np.int32), attrs)


def _coordinate(dim: str, values: NDArray[np.generic], long_name: str) -> xr.Variable:
    return xr.Variable(dim, values, {"long_name": long_name, "units": "1"})


def _variable(
    dims: tuple[str, ...], values: NDArray[np.generic], units: str, long_name: str, **more: str
) -> xr.Variable:
    return xr.Variable(dims, values, {"long_name": long_name, "units": units, **more})


def _flows(recording: Recording) -> dict[str, xr.Variable]:
    export, queue = ("export_link", "time", "draw"), ("queue_link", "time", "draw")
    flows = {
        "export": _variable(export, recording.export, "t/step", "exports through customs"),
        **_base(recording),
        "queue_waiting": _variable(
            queue, recording.queue_waiting, "t", "tonnes filed and undecided at the end of the step"
        ),
    }
    for name in QUEUE_FLOWS:
        values = getattr(recording, f"queue_{name}")
        flows[f"queue_{name}"] = _variable(queue, values, "t/step", _QUEUE_NAMES[name])
    return flows


def _base(recording: Recording) -> dict[str, xr.Variable]:
    dims, values = ("export_link", "draw"), recording.export_base
    return {"export_base": _variable(dims, values, "t/step", "undisturbed exports")}


def _nodes(recording: Recording) -> dict[str, xr.Variable]:
    over_time, per_draw = ("node", "time", "draw"), ("node", "draw")
    return {
        "output_share": _variable(
            over_time, recording.output_share, "1", "output over undisturbed output"
        ),
        "cover_days": _variable(
            over_time, recording.cover_days, "day", "days of cover of the tightest input"
        ),
        "stops_begun": _variable(
            over_time,
            recording.stops_begun,
            "1",
            "lines that begin a stop, as a share of the industry's undisturbed output",
        ),
        "first_stop_days": _variable(
            per_draw,
            recording.first_stop_days,
            "day",
            "days from the headline measure to the first line stop",
            infinity="no line stops",
        ),
        "stop_length_days": _variable(
            per_draw, recording.stop_length_days, "day", "length of the first line stop"
        ),
        "binding": _variable(
            per_draw,
            recording.binding,
            "1",
            "input that caused the first stop, a position in the attribute materials; -1 is none",
        ),
    }


def _made(recording: Recording) -> dict[str, xr.Variable]:
    """Quantiles over draws: full draws of everything made would outweigh the rest of the run."""
    shape = (len(recording.made_keys), recording.clock.steps, len(LINK_QUANTILES))
    quantiles = np.zeros(shape, np.float32)
    for i in range(shape[0]):
        quantiles[i] = np.quantile(recording.made[i], LINK_QUANTILES, axis=1).T
    return {
        "made": _variable(
            ("production", "time", "quantile"),
            quantiles,
            "t/step",
            "output of the stages before the industries",
        )
    }


def _links(recording: Recording) -> dict[str, xr.Variable]:
    return {
        "link_total": _variable(
            ("link", "quantile"), recording.link_total, "t", "shipped over the whole run"
        ),
        "link_base": _variable(
            ("link",), recording.link_base, "t", "undisturbed shipments over the whole run"
        ),
    }


def with_labels(dataset: xr.Dataset) -> xr.Dataset:
    """Add the parts of each label as text coordinates, such as ``node_region`` along ``node``.

    Parameters
    ----------
    dataset
        As `build_dataset` made it, or read from `results.zarr`.

    Returns
    -------
    xarray.Dataset
        The same data with coordinates ``<dim>_<field>``, for instance
        ``dataset.export.where(dataset.export_link_destination == "USA", drop=True)``.

    Raises
    ------
    TerbiumError
        If the number of labels is not the length of their dim.
    """
    added = {}
    for dim in LABEL_FIELDS:
        attrs = dataset[dim].attrs
        keys, fields = json.loads(attrs["labels"]), json.loads(attrs["label_fields"])
        if len(keys) != dataset.sizes[dim]:
            message = f"results: {len(keys)} labels for {dataset.sizes[dim]} positions of {dim}"
            raise TerbiumError(message)
        for part, name in enumerate(fields):
            text = np.array([key[part] for key in keys], dtype=np.str_)
            added[f"{dim}_{name}"] = (dim, text)
    return dataset.assign_coords(added)
