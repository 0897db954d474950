"""Which links a table has, and which rules of a case apply to each."""

from __future__ import annotations

import numpy as np

from terbium.engine.network.case import Behaviour, Case, Links
from terbium.engine.network.link_program import Detours, Frictions, LinkNetwork
from terbium.engine.network.setup import Mask, by_input, final_by_region
from terbium.engine.program import Floats, Ints
from terbium.graph.tables import InputOutputTable


class Wiring:
    """Links of a table by slot, with what the setup needs to know of each.

    Attributes
    ----------
    slot_buyer, slot_input : (slot,) int
        Buyer (industry, or ``N`` + region for final demand) and sector of the product.
    link_slot, link_supplier : (link,) int
    link_base : (link,)
        Money per year.
    """

    def __init__(self, table: InputOutputTable, b: Behaviour, with_new: bool) -> None:
        regions, sectors, n = len(table.regions), len(table.sectors), table.x.size
        self.size, self.regions, self.sectors = n, regions, sectors
        inner = table.Z.reshape(regions, sectors, n).transpose(2, 1, 0)
        if not b.compatible:
            # what an idle industry buys is final demand, see final_by_region
            inner = inner * (table.x > 0.0)[:, None, None]
        final = final_by_region(table, b).reshape(regions, sectors, regions)
        outer = final.transpose(2, 1, 0)
        bought = inner.sum(axis=2) > 0.0
        makes = (table.x.reshape(regions, sectors).T > 0.0)[None, :, :]
        opens = bought[:, :, None] & makes if with_new else np.zeros_like(inner, dtype=bool)
        f, i, r = np.nonzero((inner > 0.0) | opens)
        slot_of = np.cumsum(bought.ravel()).reshape(bought.shape) - 1
        count = int(bought.sum())
        self.slot_buyer = np.concatenate(
            [np.nonzero(bought)[0], n + np.repeat(np.arange(regions), sectors)]
        )
        self.slot_input = np.concatenate(
            [np.nonzero(bought)[1], np.tile(np.arange(sectors), regions)]
        )
        fr, fi, fs = np.nonzero(outer > 0.0)
        self.link_slot = np.concatenate([slot_of[f, i], count + fr * sectors + fi])
        self.link_supplier = np.concatenate([r * sectors + i, fs * sectors + fi])
        self.link_base = np.concatenate([inner[f, i, r], outer[fr, fi, fs]])
        self.inner_slots = count

    @property
    def link_buyer(self) -> Ints:
        """Buyer of each link, see ``slot_buyer``."""
        return np.asarray(self.slot_buyer[self.link_slot])

    def among(self, links: Links) -> Mask:
        """Which links a set of links means."""
        sells = np.zeros(self.size, dtype=bool)
        buys = np.zeros(self.size + self.regions, dtype=bool)
        sells[links.supplier] = True
        buys[links.buyer] = True
        buys[self.size + links.final] = True
        return np.asarray(sells[self.link_supplier] & buys[self.link_buyer])


def sum_to(index: Ints, values: Floats, size: int) -> Floats:
    """Sum values that share an index, (size,)."""
    return np.asarray(np.bincount(index, values, minlength=size), dtype=np.float64)


def places(table: InputOutputTable, case: Case, wiring: Wiring) -> tuple[Floats, Floats]:
    """Place of each link, and of rebuilding orders, in the line of their supplier."""
    rule, buyer, n = case.behaviour.rationing, wiring.link_buyer, wiring.size
    is_final = buyer >= n
    place = np.zeros(buyer.size)
    if rule == "intermediate_first":
        place = np.where(is_final, 1.0, 0.0)
    elif rule == "final_first":
        place = np.where(is_final, 0.0, 1.0)
    elif rule == "priority":
        home = np.where(is_final, buyer - n, buyer // wiring.sectors)
        place = np.where(home == wiring.link_supplier // wiring.sectors, 0.0, 1.0)
        for rank in case.extras.ranks:
            place[wiring.among(rank.links)] = rank.place
    elif rule == "highest_bidder":
        place = -bids(table, case, wiring)[wiring.link_slot]
    worst = np.full(n, -np.inf)
    np.maximum.at(worst, wiring.link_supplier[is_final], place[is_final])
    return place, np.where(np.isfinite(worst), worst, place.max(initial=0.0))


def bids(table: InputOutputTable, case: Case, wiring: Wiring) -> Floats:
    """What a unit of an input is worth to its buyer at base prices, (slot,) [-].

    Without the unit an industry loses its price and the value added that rests on it, as far as
    the input is critical; a household loses the unit.
    """
    used = by_input(table)
    added = np.maximum(table.x - table.Z.sum(axis=0), 0.0)
    worth = np.ones(wiring.slot_buyer.size)
    inner = slice(0, wiring.inner_slots)
    i, f = wiring.slot_input[inner], wiring.slot_buyer[inner]
    worth[inner] += case.behaviour.criticality[i, f] * added[f] / used[i, f]
    return worth


def lags(case: Case, wiring: Wiring) -> Floats:
    """Transit of each link [step]."""
    lag = np.zeros(wiring.link_slot.size)
    for transit in case.extras.transits:
        lag[wiring.among(transit.links)] = transit.steps
    return lag


def latent_weights(table: InputOutputTable, case: Case, wiring: Wiring) -> Floats:
    """Weight of suppliers that could step in, by their output, all of a slot together as given."""
    switching = case.extras.switching
    new = wiring.link_base == 0.0
    if switching is None or not new.any():
        return np.zeros(new.size)
    size = np.where(new, table.x[wiring.link_supplier], 0.0)
    whole = sum_to(wiring.link_slot, size, wiring.slot_buyer.size)[wiring.link_slot]
    weight = np.divide(size, whole, out=np.zeros_like(size), where=whole > 0)
    return np.asarray(weight * switching.new_link_weight)


def friction_classes(case: Case, wiring: Wiring) -> tuple[Ints, list[tuple[int, ...]]]:
    """Class of each link (-1: none) and, per class, the frictions that apply to it."""
    known: list[tuple[int, ...]] = [()]
    of_link = np.zeros(wiring.link_slot.size, dtype=np.int64)
    for at, friction in enumerate(case.extras.frictions):
        hit = wiring.among(friction.links)
        for old in np.unique(of_link[hit]):
            known.append((*known[old], at))
            of_link[hit & (of_link == old)] = len(known) - 1
    kept = np.unique(of_link)
    kept = kept[kept > 0]
    renamed = np.full(len(known), -1, dtype=np.int64)
    renamed[kept] = np.arange(kept.size)
    return renamed[of_link], [known[k] for k in kept]


def frictions(case: Case, members: list[tuple[int, ...]]) -> Frictions:
    """Compose frictions per class: the widest control, all refusals, all delays, the least cap."""
    steps, classes, desk = case.steps, len(members), case.extras.desk
    controlled, delay = np.zeros((steps, classes)), np.zeros((steps, classes))
    grant, weight = np.ones((steps, classes)), np.ones((steps, classes))
    cap = np.full((steps, classes), np.inf)
    for c, entries in enumerate(members):
        for entry in (case.extras.frictions[at] for at in entries):
            on = slice(max(entry.first, 0), entry.last + 1)
            controlled[on, c] = np.maximum(controlled[on, c], entry.controlled_share)
            grant[on, c] *= entry.grant_share
            weight[on, c] *= entry.weight
            delay[on, c] += entry.delay_steps
            cap[on, c] = np.minimum(cap[on, c], entry.cap_share)
    return Frictions(
        controlled=controlled,
        grant=grant,
        weight=weight,
        cap=cap,
        delay=delay,
        desk=np.inf if desk is None else float(desk.capacity),
        review=1.0 if desk is None else max(float(desk.review_steps), 1.0),
        refile=0.0 if desk is None else float(desk.refile_share),
        validity=steps if desk is None else int(desk.validity_steps),
    )


def detours(case: Case, wiring: Wiring, n: LinkNetwork, classes: int) -> Detours:
    """Conduits per class, with their own base trade in the same goods to the same buyers."""
    r = case.extras.relabelling
    if r is None:
        return Detours(np.zeros((classes, 0)), *(0.0 for _ in range(11)))
    trade = np.zeros((classes, r.conduits.size))
    seller = wiring.link_supplier // wiring.sectors
    for c in range(classes):
        slots = np.unique(wiring.link_slot[n.link_class == c])
        open_to = np.isin(wiring.link_slot, slots) & (n.link_class != c)
        for m, conduit in enumerate(r.conduits):
            trade[c, m] = n.link_base[open_to & (seller == conduit)].sum()
    return Detours(
        base_flow=trade,
        cost=r.cost + r.tariff,
        detection_cost=r.detection_cost,
        spread=r.choice_spread,
        growth=r.growth,
        seed=r.seed_share,
        capacity=r.capacity_share,
        reference_share=r.reference_share,
        enforcement=r.enforcement,
        response=r.response,
        decay=r.decay,
        lag=r.extra_steps,
    )
