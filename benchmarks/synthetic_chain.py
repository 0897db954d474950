"""Balanced synthetic chains of any size, shaped like the built-in one, for timing only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terbium.engine.program import DEMAND_DRIVEN, FINAL, LANES, SUPPLY_PUSH, Draws, Policy, Program

TIERS = 6
INPUTS = 3
SUPPLIERS = 6
CLASSES = 64
LICENSED_SHARE = 0.3
ROUTES = 40
VALIDITY = 26


def synthetic_program(links: int, seed: int = 0) -> Program:
    """A chain of six tiers with about ``links`` links: three input slots, six suppliers each."""
    rng = np.random.default_rng(seed)
    per_tier = max(links // ((TIERS - 1) * INPUTS * SUPPLIERS), SUPPLIERS)
    nodes = TIERS * per_tier
    tier = np.repeat(np.arange(TIERS), per_tier)
    users = np.flatnonzero(tier > 0)
    slots = users.size * INPUTS
    slot_node = np.repeat(users, INPUTS)
    coef = rng.uniform(0.2, 0.5, slots)
    # Suppliers lie near one another in the tier below, as regions and their neighbours do.
    nearby = rng.integers(-2 * SUPPLIERS, 2 * SUPPLIERS, (slots, SUPPLIERS))
    near = (slot_node[:, None] % per_tier + nearby) % per_tier
    maker = (tier[slot_node, None] - 1) * per_tier + near
    share = rng.dirichlet(np.ones(SUPPLIERS), slots)
    base = np.zeros(nodes)
    base[tier == TIERS - 1] = rng.uniform(1.0, 50.0, per_tier)
    for level in range(TIERS - 1, 0, -1):
        rows = np.flatnonzero(tier[slot_node] == level)
        flow = coef[rows, None] * base[slot_node[rows], None] * share[rows]
        np.add.at(base, maker[rows].ravel(), flow.ravel())
    count = slots * SUPPLIERS
    link_class = np.where(rng.random(count) < 0.5, rng.integers(0, CLASSES, count), -1)
    licensed = (link_class >= 0) & (link_class < LICENSED_SHARE * CLASSES / 0.5)
    made = tier < TIERS - 1
    kind = np.where(tier == 0, SUPPLY_PUSH, np.where(made, DEMAND_DRIVEN, FINAL))
    return Program(
        node_kind=kind.astype(np.int64),
        node_base=base,
        node_series=np.where(made, -1, np.arange(nodes) % 100).astype(np.int64),
        in_ptr=np.concatenate([np.zeros(per_tier, int), np.arange(users.size + 1) * INPUTS]),
        in_coef=coef,
        in_weight=np.ones(slots),
        out_ptr=np.minimum(np.arange(nodes + 1), int(made.sum())),
        out_coef=np.ones(int(made.sum())),
        out_driver=np.ones(int(made.sum()), dtype=np.int64),
        out_series=np.full(int(made.sum()), -1, dtype=np.int64),
        link_ptr=np.arange(slots + 1) * SUPPLIERS,
        link_out=maker.ravel(),
        link_base=(coef[:, None] * base[slot_node, None] * share).ravel(),
        link_share=share.ravel(),
        link_latent=np.zeros(count),
        link_first=np.zeros(count, dtype=np.int64),
        link_route=rng.integers(0, ROUTES, count),
        link_class=link_class,
        link_ctrl=np.where(licensed, np.cumsum(licensed) - 1, -1),
        link_series=np.where(licensed, link_class, -1),
        class_queue=np.arange(CLASSES) % 30,
    )


def synthetic_draws(p: Program, steps: int, seed: int) -> Draws:
    """One block of draws in plausible ranges."""
    rng = np.random.default_rng(seed)

    def lane(low: float, high: float, *shape: int) -> NDArray[np.float64]:
        return rng.uniform(low, high, (*shape, LANES))

    n_in = p.in_coef.size
    route_lag = lane(1.0, 7.0, ROUTES)
    lead = (p.link_share[:, None] * route_lag[p.link_route]).reshape(n_in, SUPPLIERS, LANES).sum(1)
    flow = p.link_base[p.link_ctrl >= 0].sum()
    return Draws(
        node_cap=lane(1.1, 1.5, p.node_base.size) * p.node_base[:, None],
        in_cover=lane(2.0, 9.0, n_in),
        in_lead=lead,
        out_cover=lane(0.5, 3.0, p.out_coef.size),
        route_lag=route_lag,
        class_share=lane(0.9, 1.0, CLASSES),
        class_weight=lane(0.2, 1.0, CLASSES),
        class_grant=lane(0.8, 1.0, CLASSES),
        class_full=lane(0.2, 1.0, CLASSES),
        level=lane(0.0, 1.0, steps),
        desk=lane(0.1, 2.0, steps) * flow,
        general=lane(0.2, 0.6, steps),
        grace=lane(0.3, 2.5),
        refile=lane(0.4, 0.9),
        review=lane(1.0, 6.0),
        adjust=lane(3.0, 9.0),
        adjust_out=lane(3.0, 9.0),
        overtime=lane(0.0, 0.2),
        keep=lane(0.0, 1.0),
        hoarding=lane(0.0, 0.5),
        anticipation=lane(0.0, 0.3),
        switching=lane(0.01, 0.05),
        memory=lane(0.05, 0.3),
        bearable=lane(0.3, 1.5),
        bearable_spread=lane(0.4, 1.0),
        duty_response=lane(0.2, 1.0),
    )


def synthetic_policy(p: Program, steps: int) -> Policy:
    """Licensing of the licensed classes from a quarter of the run on, and a duty on the rest."""
    licensed = np.zeros(CLASSES)
    licensed[p.link_class[p.link_ctrl >= 0]] = 1.0
    late = (np.arange(steps) >= steps // 4)[:, None].astype(float)
    nothing = np.zeros((steps, CLASSES))
    nodes = p.node_base.size
    return Policy(
        controlled=late * licensed,
        general=nothing,
        denied=nothing.copy(),
        age=late.cumsum(axis=0) * licensed,
        grant=np.ones((steps, CLASSES)),
        delay=nothing.copy(),
        duty=1.0 + 0.2 * late * (1.0 - licensed),
        cap=np.full((steps, CLASSES), np.inf),
        expected=np.zeros(steps),
        anticipated=licensed,
        node_scale=np.ones((steps, nodes)),
        cap_scale=np.ones((steps, nodes)),
        validity=VALIDITY,
    )
