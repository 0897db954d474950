"""The error of aggregation: the same shocks on the same network, run as one firm per cell.

A cell is a region and a sector. Its capacity falls as that of its firms together, so that what a
table of sectors would say stands beside what the network of firms says.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from terbium.analysis.firm_losses import FirmLosses, added_up, capacity_lost, total_row
from terbium.analysis.propagation_losses import ratio, share
from terbium.engine.network.case import Ints
from terbium.engine.network.firm_case import FirmCase, FirmShock
from terbium.engine.network.firm_run import simulate_firms
from terbium.graph.firms import FirmNetwork
from terbium.results.context import Row


def aggregated(network: FirmNetwork) -> tuple[FirmNetwork, Ints]:
    """Add firms up by region and sector; trade inside a cell stays, as its own use.

    Parameters
    ----------
    network
        Of firms.

    Returns
    -------
    FirmNetwork
        One firm for each cell that has any, named ``region/sector``.
    Ints
        Position of the cell of each firm (N,).
    """
    sectors = len(network.sectors)
    found, of = np.unique(
        network.region.astype(np.int64) * sectors + network.sector, return_inverse=True
    )
    key = of[network.buyer].astype(np.int64) * found.size + of[network.supplier]
    pairs, pair = np.unique(key, return_inverse=True)
    region, sector = np.divmod(found, sectors)
    final = added_up(of, network.final, found.size)
    flow = added_up(pair, network.flow, pairs.size)
    buyer, supplier = np.divmod(pairs, found.size)
    names = [
        f"{network.regions[r]}/{network.sectors[s]}" for r, s in zip(region, sector, strict=True)
    ]
    cells = FirmNetwork(
        firm=np.array(names, dtype=object),
        sector=sector.astype(np.int32),
        region=region.astype(np.int32),
        final=final,
        buyer=buyer.astype(np.int32),
        supplier=supplier.astype(np.int32),
        flow=flow,
        sectors=network.sectors,
        regions=network.regions,
        name=network.name,
        unit=network.unit,
    )
    return cells, of


def cell_case(losses: FirmLosses, cells: FirmNetwork, of: Ints) -> FirmCase:
    """The case on cells: capacity lost in proportion to output, stocks of their firms together."""
    case, network = losses.case, losses.network
    held = added_up(of, network.inputs * case.cover, cells.size)
    used = added_up(of, network.inputs, cells.size)
    mean = ratio(held, used)
    cover = np.where(mean > 0, mean, case.cover.mean())
    return replace(
        case, cover=cover, shocks=_cell_shocks(losses, cells, of), chosen=np.zeros(0, np.int64)
    )


def _cell_shocks(losses: FirmLosses, cells: FirmNetwork, of: Ints) -> tuple[FirmShock, ...]:
    """Capacity lost by cells: a shock as it is where a cell meets one alone, else step by step."""
    output, shocks = losses.network.output, losses.case.shocks
    met, shares = np.zeros(cells.size, dtype=np.int64), []
    for shock in shocks:
        idle = added_up(of[shock.node], shock.share * output[shock.node], cells.size)
        shares.append(ratio(idle, cells.output))
        met += shares[-1] > 0
    found = []
    for shock, lost in zip(shocks, shares, strict=True):
        alone = np.flatnonzero((met == 1) & (lost > 0))
        if alone.size:
            found.append(FirmShock(alone, lost[alone], shock.profile))
    return (*found, *_mixed(losses, cells, of, np.flatnonzero(met > 1)))


def _mixed(losses: FirmLosses, cells: FirmNetwork, of: Ints, places: Ints) -> tuple[FirmShock, ...]:
    """A shock for each cell in which several meet: of two on one firm the larger counts."""
    case, hit = losses.case, losses.hit
    if not places.size:
        return ()
    hit = hit[np.isin(of[hit], places)]
    place, weight = np.searchsorted(places, of[hit]), losses.network.output[hit]
    by_step = np.zeros((case.steps, places.size))
    for step, lost in enumerate(capacity_lost(case, hit)):
        idle = added_up(place, lost * weight, places.size)
        by_step[step] = ratio(idle, cells.output[places])
    most = by_step.max(axis=0)
    by_step /= most
    return tuple(
        FirmShock(places[k : k + 1], most[k : k + 1], by_step[:, k]) for k in range(places.size)
    )


def aggregation_row(losses: FirmLosses) -> Row:
    """Run the cells and hold their loss against that of the firms.

    Returns
    -------
    row
        ``cells`` (how many), ``links`` between them, ``output_lost`` and its share of the year's,
        by cells and by ``firms``; ``error``: loss by cells less loss by firms, as a share of the
        latter, None where firms lose nothing; ``final_unmet`` and ``firms_final_unmet``;
        ``lowest_share`` and ``firms_lowest_share`` of the output of all; ``total``: output of all
        cells by step, as a share of the base.
    """
    cells, of = aggregated(losses.network)
    case = cell_case(losses, cells, of)
    found = FirmLosses(cells, case, simulate_firms(cells, case))
    by_cells, by_firms = total_row(found), total_row(losses)
    lost, firms = float(found.output.sum()), float(losses.output.sum())
    return {
        "cells": cells.size,
        "links": cells.links,
        "output_lost": lost,
        "output_lost_share": by_cells["output_lost_share"],
        "firms_output_lost": firms,
        "firms_output_lost_share": by_firms["output_lost_share"],
        "direct": by_cells["direct"],
        "error": share(lost - firms, firms),
        "final_unmet": float(found.trajectories.final_unmet.sum()),
        "firms_final_unmet": float(losses.trajectories.final_unmet.sum()),
        "lowest_share": float(found.total_share.min()),
        "firms_lowest_share": float(losses.total_share.min()),
        "total": found.total_share.tolist(),
    }
