"""The settings of a run on firms, defaults filled in, and its events as they were resolved."""

from __future__ import annotations

import numpy as np

from terbium.analysis.firm_losses import FirmLosses
from terbium.analysis.propagation_losses import share
from terbium.analysis.propagation_settings import DEFAULT, FROM_FILE, stated
from terbium.engine.network.firm_case import FirmCase, FirmShock
from terbium.evidence.methods import method
from terbium.results.context import Row
from terbium.scenario.firm_schema import NONE, FirmEntry, FirmEvent

_NAMED = 6


def setting_rows(asked: FirmEvent, case: FirmCase) -> list[Row]:
    """Every setting that the run went by: ``setting, value, unit, origin, note``."""
    model, record = asked.model, asked.options.record
    rows = [stated("T", case.steps, "day", _origin(asked.T is not None))]
    if model.cover is None:
        held, is_given = float(case.cover.flat[0]), model.main_inv_dur is not None
        rows.append(stated("model.main_inv_dur", held, "day", _origin(is_given)))
    else:
        mean = model.cover.mean
        days = method("firms/cover") if mean is None else mean
        rows += [
            stated("model.cover.distribution", model.cover.distribution, "", FROM_FILE),
            stated("model.cover.mean", days, "day", _origin(mean is not None)),
            *(
                stated(
                    f"model.cover.{name}",
                    getattr(model.cover, name),
                    unit,
                    _origin(name in model.cover.model_fields_set),
                )
                for name, unit in (("least", "day"), ("seed", ""))
            ),
        ]
    tau = model.inventory_restoration_tau
    rows += [
        stated(
            "model.inventory_restoration_tau", case.restoration, "day", _origin(tau is not None)
        ),
        stated(
            "options.rationing", case.rationing, "",
            _origin("rationing" in asked.options.model_fields_set),
        ),
        stated("stop", case.stop_share, "share of output", DEFAULT),
    ]  # fmt: skip
    told = {name: value for name, value in record.model_dump().items() if value}
    is_said = bool(record.model_fields_set)
    if not is_said:
        told = {"largest": int(method("firms/recorded_largest"))}
    rows += [
        stated(f"options.record.{name}", value, "", _origin(is_said))
        for name, value in told.items()
    ]
    return rows


def event_rows(asked: FirmEvent, losses: FirmLosses) -> list[Row]:
    """Events as the kernel took them, one row each, with the columns of those on tables.

    Returns
    -------
    list of rows
        ``name, kind``, ``industries`` (how many firms), ``named`` (the first of them), ``share``
        of their output, ``step``, ``duration``, ``recovery`` in words.
    """
    return [
        _event_row(number, entry, shock, losses)
        for number, (entry, shock) in enumerate(zip(asked.events, losses.case.shocks, strict=True))
    ]


def _event_row(number: int, entry: FirmEntry, shock: FirmShock, losses: FirmLosses) -> Row:
    network = losses.network
    made = network.output[shock.node]
    order = np.argsort(-made, kind="stable")[:_NAMED]
    return {
        "name": entry.name or f"event {number}",
        "kind": entry.type,
        "industries": int(shock.node.size),
        "named": [str(network.firm[f]) for f in shock.node[order]],
        "amount": None,
        "unit": "share of output",
        "share": share(float((made * shock.share).sum()), float(made.sum())),
        "step": entry.occurrence,
        "duration": entry.duration,
        "recovery": _recovery(entry),
    }


def _recovery(entry: FirmEntry) -> str:
    if entry.recovery_function == NONE:
        return "over at once"
    tau = entry.recovery_tau
    tau = method("ario/recovery_tau_arbitrary") if tau is None else tau
    return f"{entry.recovery_function}, {tau:g} steps"


def _origin(is_given: bool) -> str:
    return FROM_FILE if is_given else DEFAULT
