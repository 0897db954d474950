"""The settings of a propagation, defaults filled in, and its events as they were resolved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from terbium.engine.network.case import Case, Shock
from terbium.evidence.methods import method
from terbium.graph.tables import InputOutputTable
from terbium.results.context import Row
from terbium.scenario.propagation_schema import PropagationEvent

FROM_FILE, DEFAULT, FOLLOWS = "file", "default", "follows"

_MODEL = {
    "order_type": (None, ""),
    "psi_param": ("ario/psi_param", "share"),
    "inventory_restoration_tau": ("ario/restoration_tau", "day"),
    "main_inv_dur": ("ario/main_inv_dur", "day"),
    "inventory_dict": (None, "day"),
    "infinite_inventories_sect": (None, ""),
    "alpha_base": ("ario/alpha_base", "factor"),
    "alpha_max": ("ario/alpha_max", "factor"),
    "alpha_tau": ("ario/alpha_tau", "day"),
    "rebuild_tau": ("ario/rebuild_tau", "day"),
    "productive_capital_to_VA_dict": ("ario/capital_to_value_added", "year"),
    "productive_capital_vector": (None, "money"),
    "monetary_factor": ("ario/monetary_factor", ""),
    "iotable_year_to_temporal_unit_factor": ("ario/year", "day"),
    "temporal_units_by_step": (None, "day"),
}
_PSI_ONLY = ("psi_param", "inventory_restoration_tau")
_LONGEST = 120
_NAMED = 6


def setting_rows(asked: PropagationEvent, case: Case) -> list[Row]:
    """Every setting that the run went by.

    Returns
    -------
    list of rows
        ``setting`` as event files call it, ``value``, ``unit``, ``origin``: ``file``, ``default``
        (`data/methods.csv`), or ``follows`` from other settings, with the reason in ``note``.
    """
    rows = [
        _row("cls", asked.cls, "", asked, "cls"),
        _horizon(asked),
        *_model_rows(asked),
        *_option_rows(asked, case),
        compatible_row(asked, case),
    ]
    return rows


def compatible_row(asked: PropagationEvent, case: Case) -> Row:
    """Whether the dead band and the rounding of BoARIO are reproduced, and why."""
    chosen = asked.options.boario_compatible
    lacking = list(
        asked.options.model_dump(
            exclude_defaults=True, exclude={"boario_compatible", "checkpoints", "record"}
        )
    )
    if chosen != "auto":
        origin, reason = FROM_FILE, "asked for"
    elif lacking:
        origin, reason = FOLLOWS, f"BoARIO has no {', '.join(lacking)}"
    else:
        origin, reason = FOLLOWS, "the case asks for nothing that BoARIO 0.7.2 lacks"
    value = str(case.behaviour.compatible).lower()
    row = {"setting": "options.boario_compatible", "value": value, "unit": ""}
    return {**row, "origin": origin, "note": reason}


def event_rows(asked: PropagationEvent, case: Case, table: InputOutputTable) -> list[Row]:
    """Events as the kernel took them, one row each.

    Returns
    -------
    list of rows
        ``name, kind, industries`` (how many), ``named`` (the first of them), ``amount`` and its
        ``unit``, ``share`` (of capital, or of output), ``households`` [money], ``step``,
        ``duration``, ``recovery`` in words.
    """
    names = table.industries
    return [
        {
            "name": entry.name or f"event {number}",
            "kind": shock.kind,
            "industries": int(shock.node.size),
            "named": [names[f] for f in shock.node[:_NAMED]],
            **_amount(shock, case, table),
            "households": float(shock.house_amount.sum()),
            "step": shock.occurrence,
            "duration": shock.duration,
            "recovery": _recovery(shock),
        }
        for number, (entry, shock) in enumerate(zip(asked.events, case.shocks, strict=True))
    ]


def _amount(shock: Shock, case: Case, table: InputOutputTable) -> Row:
    if shock.kind == "arbitrary":
        whole = table.x[shock.node]
        lost = float((shock.amount * whole).sum())
        share = lost / float(whole.sum()) if whole.sum() > 0 else 0.0
        return {"amount": None, "unit": "share of output", "share": share}
    capital = float(case.behaviour.capital[shock.node].sum())
    lost = float(shock.amount.sum())
    return {"amount": lost, "unit": table.unit, "share": lost / capital if capital > 0 else None}


def _recovery(shock: Shock) -> str:
    if shock.kind == "rebuild":
        return f"rebuilt by orders, {shock.rebuild_steps:g} steps for what remains"
    return f"{shock.recovery}, {shock.recovery_steps:g} steps"


def _horizon(asked: PropagationEvent) -> Row:
    value = asked.T if asked.T is not None else method("ario/steps")
    return _row("T", _said(value), "day", asked, "T")


def _model_rows(asked: PropagationEvent) -> Iterator[Row]:
    model = asked.model
    for name, (constant, unit) in _MODEL.items():
        value, label = getattr(model, name), f"model.{name}"
        if name in _PSI_ONLY and asked.cls == "ARIOBaseModel":
            row: Row = {"setting": label, "value": "1", "unit": unit, "origin": FOLLOWS}
            yield {**row, "note": "ARIOBaseModel"}
        elif value is not None and name in model.model_fields_set:
            yield stated(label, value, unit, FROM_FILE)
        elif value is not None and value != ():
            yield stated(label, value, unit, DEFAULT)
        elif constant is not None:
            yield stated(label, method(constant), unit, DEFAULT)


def _option_rows(asked: PropagationEvent, case: Case) -> Iterator[Row]:
    given = asked.options.model_fields_set
    yield stated("options.rationing", case.behaviour.rationing, "", _origin("rationing" in given))
    yield stated("options.ordering", case.behaviour.ordering, "", _origin("ordering" in given))
    level = asked.options.criticality.default
    yield stated("options.criticality", level, "", _origin("criticality" in given))
    told = asked.options.model_dump(
        mode="json",
        exclude_defaults=True,
        exclude={"boario_compatible", "ordering", "checkpoints"},
    )
    for name, value in told.items():
        for label, leaf in _leaves(f"options.{name}", value):
            yield stated(label, leaf, "", FROM_FILE)
    every = float(case.stocks_every)
    if "record" not in told:
        yield stated("options.record.stocks_every", every, "step", DEFAULT)


def _leaves(label: str, value: object) -> Iterator[tuple[str, object]]:
    """Mappings taken apart; a list stays whole, entry by entry."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{label}.{key}", inner)
    elif isinstance(value, list) and any(isinstance(entry, Mapping) for entry in value):
        for number, entry in enumerate(value):
            yield f"{label}.{number}", entry
    elif label not in ("options.rationing.rule", "options.criticality.default"):
        yield label, value


def _row(setting: str, value: str, unit: str, asked: PropagationEvent, name: str) -> Row:
    origin = _origin(name in asked.model_fields_set)
    return {"setting": setting, "value": value, "unit": unit, "origin": origin, "note": ""}


def stated(setting: str, value: object, unit: str, origin: str) -> Row:
    """A row of a setting and where it came from."""
    row: Row = {"setting": setting, "value": _said(value), "unit": unit}
    return {**row, "origin": origin, "note": ""}


def _origin(is_given: bool) -> str:
    return FROM_FILE if is_given else DEFAULT


def _said(value: object) -> str:
    """A value as text, cut where it would fill a page."""
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(value, tuple):
        return f"{len(value)} values"
    text = json.dumps(value, ensure_ascii=False)
    text = text.replace('"', "").replace("Infinity", "inf")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
