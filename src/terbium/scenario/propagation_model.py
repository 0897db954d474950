"""From the keywords of a model to arrays: stocks, times, overproduction, capital."""

from __future__ import annotations

import numpy as np

from terbium.engine.network.case import Behaviour, Floats, Ints
from terbium.evidence.methods import method
from terbium.scenario.propagation_labels import PathOf, TableLabels, listed
from terbium.scenario.propagation_options import BuyerSelector, Options
from terbium.scenario.propagation_schema import Hit, ModelChoice, PropagationEvent

_BINDING = {"critical": 1.0, "non_critical": 0.0}


def behaviour(
    event: PropagationEvent, capital: Floats, labels: TableLabels, remarks: list[str]
) -> Behaviour:
    """How industries behave.

    Parameters
    ----------
    event
        The file as it was written.
    capital : (N,)
        See :func:`capital_stock`.
    labels
        Labels of the table; it notes what was not found.
    remarks
        Receives what a reader should know although nothing is wrong.
    """
    model, options = event.model, event.options
    psi, restoration = 1.0, np.ones(len(labels.table.sectors))
    if event.cls == "ARIOPsiModel":
        psi = _or(model.psi_param, "ario/psi_param")
        restoration = _restoration(model, labels)
    base, most, pace = _overproduction(model, options, labels)
    size = labels.table.x.size
    return Behaviour(
        psi=psi,
        order_type=model.order_type,
        inventory_steps=_inventories(model, options, labels, remarks),
        restoration_steps=np.repeat(restoration[:, None], size, axis=1),
        overproduction_base=base,
        overproduction_max=most,
        overproduction_steps=pace,
        capital=capital,
        year_steps=_or(model.iotable_year_to_temporal_unit_factor, "ario/year")
        / model.temporal_units_by_step,
        monetary_factor=monetary_factor(model),
        criticality=_criticality(options, labels),
        compatible=is_compatible(options),
        rationing=options.rationing.rule,
        ordering=options.ordering,
    )


def monetary_factor(model: ModelChoice) -> float:
    """Money of the table in single units of currency."""
    return _or(model.monetary_factor, "ario/monetary_factor")


def is_compatible(options: Options) -> bool:
    """Whether the dead band and the rounding of the reference are reproduced.

    Unless the file says so, they are where it asks for nothing that the reference has not; what is
    recorded or kept does not count.
    """
    if options.boario_compatible != "auto":
        return options.boario_compatible == "true"
    aside = {"boario_compatible", "checkpoints", "record"}
    return not options.model_dump(exclude_defaults=True, exclude=aside)


def capital_stock(event: PropagationEvent, labels: TableLabels) -> Floats | None:
    """Capital of each industry [money], shape (N,); None if what was given is not usable."""
    model, table = event.model, labels.table
    added = np.maximum(table.x - table.Z.sum(axis=0), 0.0)
    if model.productive_capital_vector is not None:
        return _given_capital(model.productive_capital_vector, labels)
    if model.productive_capital_to_VA_dict is not None:
        ratio = labels.for_every_sector(
            model.productive_capital_to_VA_dict,
            ("model", "productive_capital_to_VA_dict"),
            "add the sectors with their ratio of capital to value added",
        )
        return None if ratio is None else np.tile(ratio, len(table.regions)) * added
    return np.asarray(method("ario/capital_to_value_added") * added)


def _given_capital(
    given: tuple[float, ...] | tuple[Hit, ...], labels: TableLabels
) -> Floats | None:
    path: PathOf = ("model", "productive_capital_vector")
    size, before = labels.table.x.size, len(labels.problems)
    if given and isinstance(given[0], Hit):
        found = np.full(size, np.nan)
        for number, row in enumerate(given):
            assert isinstance(row, Hit)
            found[labels.industries(row.region, row.sector, (*path, number))] = row.value
        lacking = [labels.industry(k) for k in np.flatnonzero(np.isnan(found))]
    else:
        found = np.array(given, dtype=np.float64)
        lacking = [f"{size - found.size} industries"] if found.size < size else []
        if found.size > size:
            labels.problems.add(
                labels.place(*path), f"{found.size} values",
                f"{size}, one for each industry of the table",
                "check that the vector belongs to this table",
            )  # fmt: skip
    if lacking:
        labels.problems.add(
            labels.place(*path), f"no capital for {listed(lacking)}",
            f"one value for each of the {size} industries of the table, in its order",
            "add the values; 0 stands for an industry without capital",
        )  # fmt: skip
    return None if len(labels.problems) > before else found


def _or(value: float | None, name: str) -> float:
    return method(name) if value is None else value


def _restoration(model: ModelChoice, labels: TableLabels) -> Floats:
    given = model.inventory_restoration_tau
    found: Floats | None = np.full(len(labels.table.sectors), method("ario/restoration_tau"))
    if isinstance(given, dict):
        found = labels.for_every_sector(
            given, ("model", "inventory_restoration_tau"),
            "add the sectors, or write one number for all",
        )  # fmt: skip
    elif given is not None:
        found = np.full(len(labels.table.sectors), given)
    if found is None:
        return np.ones(len(labels.table.sectors))
    return found / model.temporal_units_by_step


def _inventories(
    model: ModelChoice, options: Options, labels: TableLabels, remarks: list[str]
) -> Floats:
    """Target stocks in steps, shape (S, N)."""
    sectors, units = len(labels.table.sectors), model.temporal_units_by_step
    found: Floats | None = np.full(sectors, _or(model.main_inv_dur, "ario/main_inv_dur"))
    if model.inventory_dict is not None:
        found = labels.for_every_sector(
            model.inventory_dict, ("model", "inventory_dict"),
            "add the sectors; 'inf' stands for an input that never runs out",
        )  # fmt: skip
    if found is None:
        found = np.ones(sectors)
    endless = labels.sectors(
        model.infinite_inventories_sect, ("model", "infinite_inventories_sect")
    )
    found[endless] = np.inf
    days = np.repeat(found[:, None], labels.table.x.size, axis=1)
    for number, entry in enumerate(options.inventories):
        days[_cells(entry, labels, ("options", "inventories", number))] = entry.days
    steps = np.asarray(days / units, dtype=np.float64)
    short = steps <= method("ario/short_inventory")
    if short.any():
        instead = method("ario/short_inventory_becomes")
        names = [labels.table.sectors[k] for k in np.flatnonzero(short.any(axis=1))]
        remarks.append(
            f"inventories of {method('ario/short_inventory'):g} step or less are taken as "
            f"{instead:g} steps, as in BoARIO: {listed(names)}"
        )
        steps[short] = instead
    return steps


def _cells(entry: BuyerSelector, labels: TableLabels, path: PathOf) -> tuple[Ints, ...]:
    """Rows and columns of an array over (input, industry) that a selector means."""
    rows = labels.sectors(entry.input, (*path, "input"))
    columns = labels.industries(
        entry.buyer_region, entry.buyer_sector, path, ("buyer_region", "buyer_sector")
    )
    return np.ix_(rows, columns)


def _overproduction(
    model: ModelChoice, options: Options, labels: TableLabels
) -> tuple[Floats, Floats, Floats]:
    size, units = labels.table.x.size, model.temporal_units_by_step
    base = np.full(size, _or(model.alpha_base, "ario/alpha_base"))
    most = np.full(size, max(_or(model.alpha_max, "ario/alpha_max"), float(base[0])))
    pace = np.full(size, _or(model.alpha_tau, "ario/alpha_tau"))
    for number, entry in enumerate(options.overproduction):
        path = ("options", "overproduction", number)
        nodes = labels.industries(entry.region, entry.sector, path)
        for values, given in ((base, entry.base), (most, entry.max), (pace, entry.tau)):
            if given is not None:
                values[nodes] = given
    over = np.flatnonzero(most < base)
    if over.size:
        labels.problems.add(
            labels.place("options", "overproduction"),
            f"a most below the base for {listed([labels.industry(k) for k in over])}",
            "max at least as high as base", "give both in the same entry",
        )  # fmt: skip
    return base, most, pace / units


def _criticality(options: Options, labels: TableLabels) -> Floats:
    levels = _BINDING | {"important": method("ario/important_binding")}
    shape = (len(labels.table.sectors), labels.table.x.size)
    found = np.full(shape, levels[options.criticality.default])
    for number, rule in enumerate(options.criticality.rules):
        path = ("options", "criticality", "rules", number)
        found[_cells(rule, labels, path)] = levels[rule.level]
    return found
