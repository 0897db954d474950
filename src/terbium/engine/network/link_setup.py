"""From a table and a case to the arrays of the kernel in which each link has a state."""

from __future__ import annotations

import numpy as np

from terbium.engine.network.case import Case
from terbium.engine.network.link_program import (
    BY_PLACE,
    PROPORTIONAL,
    WATER_FILLING,
    Detours,
    Frictions,
    LinkConduct,
    LinkNetwork,
    LinkRecord,
    LinkState,
)
from terbium.engine.network.program import Conduct, Hazards
from terbium.engine.network.setup import by_input, final_by_region
from terbium.engine.network.wiring import Wiring, lags, latent_weights, places, sum_to
from terbium.engine.program import Floats, Ints
from terbium.graph.tables import InputOutputTable


def link_network(
    table: InputOutputTable, case: Case, wiring: Wiring, c: Conduct, link_class: Ints
) -> LinkNetwork:
    """Compile the links of a table.

    Parameters
    ----------
    table, case
        What is run.
    wiring
        The links.
    c
        The conduct of the full table, one lane.
    link_class : (link,) int
    """
    year, n, slots = case.behaviour.year_steps, wiring.size, wiring.slot_buyer.size
    inner = slice(0, wiring.inner_slots)
    i, f = wiring.slot_input[inner], wiring.slot_buyer[inner]
    base = wiring.link_base / year
    whole = sum_to(wiring.link_slot, base, slots)
    share = np.divide(
        base, whole[wiring.link_slot], out=np.zeros_like(base), where=whole[wiring.link_slot] > 0
    )
    lag = lags(case, wiring)
    place, rebuild_place = places(table, case, wiring)
    by_supplier = np.lexsort((place, wiring.link_supplier))

    def per_slot(values: Floats) -> Floats:
        out = np.zeros(slots)
        out[inner] = values[i, f]
        return out

    used = by_input(table)
    use = per_slot(np.divide(used, table.x, out=np.zeros_like(used), where=table.x > 0))
    use[wiring.inner_slots :] = whole[wiring.inner_slots :]
    licensed = link_class >= 0
    return LinkNetwork(
        output=table.x / year,
        final=final_by_region(table, case.behaviour).sum(axis=1) / year,
        slot_ptr=np.searchsorted(f, np.arange(n + 1)).astype(np.int64),
        slot_use=use,
        slot_lead=sum_to(wiring.link_slot, share * lag, slots),
        hold=per_slot(c.hold),
        binding=per_slot(c.binding),
        target=per_slot(c.target),
        pace=per_slot(c.pace),
        link_ptr=np.searchsorted(wiring.link_slot, np.arange(slots + 1)).astype(np.int64),
        link_supplier=wiring.link_supplier.astype(np.int64),
        link_base=base,
        link_share=share,
        link_latent=latent_weights(table, case, wiring),
        link_lag=lag,
        link_place=place,
        link_class=link_class,
        link_ctrl=np.where(licensed, np.cumsum(licensed) - 1, -1),
        supply_ptr=np.searchsorted(wiring.link_supplier[by_supplier], np.arange(n + 1)).astype(
            np.int64
        ),
        supply_link=by_supplier.astype(np.int64),
        rebuild_place=rebuild_place,
    )


def link_conduct(case: Case, c: Conduct) -> LinkConduct:
    """How industries behave, for the kernel in which each link has a state."""
    rule, switching = case.behaviour.rationing, case.extras.switching
    kind = {"proportional": PROPORTIONAL, "water_filling": WATER_FILLING}.get(rule, BY_PLACE)
    return LinkConduct(
        boost_base=c.boost_base,
        boost_most=c.boost_most,
        boost_pace=c.boost_pace,
        capital=c.capital,
        follows_capacity=c.follows_capacity,
        orders_wanted=int(case.behaviour.ordering == "wanted"),
        rationing=kind,
        switching=0.0 if switching is None else switching.rate,
        memory=0.0 if switching is None else switching.memory,
    )


def links_at_rest(
    case: Case, wiring: Wiring, n: LinkNetwork, h: Hazards, f: Frictions, d: Detours
) -> LinkState:
    """Stocks at target, base flows under way, no licence pending, no detour."""
    b, slots = case.behaviour, n.slot_use.size
    need = sum_to(wiring.link_slot, n.link_base, slots)
    stock = np.zeros(slots)
    inner = slice(0, wiring.inner_slots)
    cover = b.inventory_steps[wiring.slot_input[inner], wiring.slot_buyer[inner]]
    finite = np.isfinite(cover)
    stock[inner] = np.where(finite, np.where(finite, cover, 0.0) * need[inner], np.inf)
    ring = _under_way(wiring, n, f, d)
    licensed = int(n.link_ctrl.max(initial=-1)) + 1
    return LinkState(
        stock=stock,
        need=need,
        transit=ring.sum(axis=0),
        queue=np.zeros(slots),
        queue_norm=np.zeros(slots),
        share=n.link_share.copy(),
        mix=n.link_share.copy(),
        came=np.ones(n.link_base.size),
        ring=ring,
        boost=b.overproduction_base.astype(np.float64).copy(),
        before=n.output.copy(),
        orders=np.zeros(n.output.size),
        unrepaired=h.amount.copy(),
        left=h.cell_amount.copy(),
        asked=np.zeros_like(h.cell_amount),
        review=np.zeros(licensed),
        ready=np.zeros(licensed),
        live=np.zeros(licensed),
        granted=np.zeros(licensed),
        spent=np.zeros(licensed),
        history=np.zeros((f.validity, licensed)),
        detour=np.zeros_like(d.base_flow),
        enforcement=np.full_like(d.base_flow, d.enforcement),
    )


def _under_way(wiring: Wiring, n: LinkNetwork, f: Frictions, d: Detours) -> Floats:
    """Base flows in transit by step of arrival, (plane, slot) [money]."""
    longest = n.link_lag.max(initial=0.0) + f.delay.max(initial=0.0) + d.lag
    planes, slots = int(np.floor(longest)) + 2, n.slot_use.size
    ring = np.zeros((planes, slots))
    whole = np.floor(n.link_lag)
    for plane in range(int(n.link_lag.max(initial=0.0)) + 1):
        due = np.where(plane < whole, 1.0, np.where(plane == whole, n.link_lag - whole, 0.0))
        ring[plane] = sum_to(wiring.link_slot, n.link_base * due, slots)
    return ring


def empty_link_record(
    n: LinkNetwork, wiring: Wiring, d: Detours, steps: int, every: int
) -> LinkRecord:
    """Room for all steps and one set of stocks in every ``every`` of them."""
    size, slots, rows = n.output.size, n.slot_use.size, len(range(0, steps, every))
    series = np.zeros((7, steps, size))
    by_conduit = np.zeros((3, steps, *d.base_flow.shape))
    return LinkRecord(
        output=series[0],
        capacity=series[1],
        boost=series[2],
        orders=series[3],
        rebuild=series[4],
        undelivered=series[5],
        lost=series[6],
        unmet=np.zeros((steps, wiring.regions * wiring.sectors)),
        stock=np.zeros((rows, slots)),
        queue=np.zeros((steps, 6)),
        detour=by_conduit[0],
        seized=by_conduit[1],
        enforcement=by_conduit[2],
        sent=np.zeros(slots),
        used=np.zeros(slots),
        taken=np.zeros(slots),
        made_gap=np.zeros(1),
    )
