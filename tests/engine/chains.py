"""Small balanced chains for the engine's tests: every array is built here by hand, no dataset."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from terbium.engine.program import DEMAND_DRIVEN, FINAL, LANES, SUPPLY_PUSH, Draws, Policy, Program
from terbium.engine.state import Record, State, empty_record, initial_state

CLASSES, LICENSED_CLASSES = 6, 4
"""Friction classes of a random chain; only the first four can ever need a licence."""


@dataclass(frozen=True, repr=False)
class Chain:
    """A program with its draws and policy, and the element content of each slot."""

    program: Program
    draws: Draws
    policy: Policy
    content_in: np.ndarray
    content_out: np.ndarray

    def __repr__(self) -> str:
        p = self.program
        return f"Chain({p.node_base.size} nodes, {p.link_out.size} links)"

    def fresh(self, steps: int | None = None) -> tuple[State, Record]:
        steps = self.policy.controlled.shape[0] if steps is None else steps
        sizes = (
            int(self.program.link_series.max(initial=-1)) + 1,
            int(self.program.class_queue.max(initial=-1)) + 1,
            int(self.program.node_series.max(initial=-1)) + 1,
        )
        return (
            initial_state(self.program, self.draws, self.policy),
            empty_record(self.program, self.draws, steps, sizes),
        )


def random_chain(seed: int, steps: int = 60, tiers: int = 4) -> Chain:
    """A chain of ``tiers`` tiers with 2 or 3 nodes each, two elements, joint products below.

    Tier 0 nodes are mines; each makes a driver output and a by-product that piles up. The last
    tier are industries with two input slots. Flows are balanced by construction: users split
    their needs over suppliers, makers' base activity is what is asked of them.
    """
    rng = np.random.default_rng(seed)
    sizes = [int(rng.integers(2, 4)) for _ in range(tiers)]
    node_tier = np.repeat(np.arange(tiers), sizes)
    nodes = node_tier.size
    base = np.zeros(nodes)
    slots: list[tuple[int, float, float]] = []
    links: list[tuple[int, int, float]] = []
    for n in range(nodes - 1, -1, -1):
        tier = node_tier[n]
        if tier == tiers - 1:
            base[n] = rng.uniform(1.0, 50.0)
    # From the end of the chain upwards: needs of a tier become the base of the tier below.
    in_of: dict[int, list[tuple[float, list[tuple[int, float]]]]] = {n: [] for n in range(nodes)}
    for tier in range(tiers - 1, 0, -1):
        below = np.flatnonzero(node_tier == tier - 1)
        for n in np.flatnonzero(node_tier == tier):
            for _ in range(2 if tier == tiers - 1 else 1):
                coef = rng.uniform(0.2, 1.5)
                shares = rng.dirichlet(np.ones(below.size))
                if below.size > 2 and rng.random() < 0.5:
                    # The weakest supplier becomes a route that could open.
                    shares[shares.argmin()] = 0.0
                    shares /= shares.sum()
                in_of[n].append((coef, list(zip(below.tolist(), shares, strict=True))))
                for m, share in zip(below, shares, strict=True):
                    base[m] += coef * base[n] * share
    in_ptr, out_ptr, link_ptr = [0], [0], [0]
    in_coef, out_coef, out_driver, out_of = [], [], [], {}
    for n in range(nodes):
        if node_tier[n] < tiers - 1:
            out_of[n] = len(out_coef)
            out_coef.append(1.0)
            out_driver.append(1)
            if node_tier[n] <= 1:
                out_coef.append(rng.uniform(0.1, 0.6))
                out_driver.append(0)
        out_ptr.append(len(out_coef))
    for n in range(nodes):
        for coef, suppliers in in_of[n]:
            in_coef.append(coef)
            for m, share in suppliers:
                links.append((n, out_of[m], share))
                slots.append((n, coef, share))
            link_ptr.append(len(links))
        in_ptr.append(len(in_coef))
    link_node = np.array([n for n, _, _ in links])
    share = np.array([s for _, _, s in links])
    coef_of_link = np.array([c for _, c, _ in slots])
    link_class = rng.integers(-2, CLASSES, len(links)).clip(-1)
    licensed = (link_class >= 0) & (link_class < LICENSED_CLASSES)
    kind = np.where(
        node_tier == 0, SUPPLY_PUSH, np.where(node_tier == tiers - 1, FINAL, DEMAND_DRIVEN)
    )
    series = np.where(node_tier == tiers - 1, np.cumsum(node_tier == tiers - 1) - 1, -1)
    program = Program(
        node_kind=kind.astype(np.int64),
        node_base=base,
        node_series=series.astype(np.int64),
        in_ptr=np.array(in_ptr),
        in_coef=np.array(in_coef),
        in_weight=np.ones(len(in_coef)),
        out_ptr=np.array(out_ptr),
        out_coef=np.array(out_coef),
        out_driver=np.array(out_driver),
        out_series=np.arange(len(out_driver)),
        link_ptr=np.array(link_ptr),
        link_out=np.array([o for _, o, _ in links]),
        link_base=coef_of_link * base[link_node] * share,
        link_share=share,
        link_latent=(share == 0.0).astype(float),
        link_first=(rng.random(len(links)) < 0.3).astype(np.int64),
        link_route=rng.integers(0, 3, len(links)),
        link_class=link_class.astype(np.int64),
        link_ctrl=np.where(licensed, np.cumsum(licensed) - 1, -1).astype(np.int64),
        link_series=np.where(licensed, 0, 1).astype(np.int64),
        class_queue=np.arange(CLASSES, dtype=np.int64) % 2,
    )
    draws = random_draws(program, rng, steps, CLASSES)
    policy = open_policy(program, steps, CLASSES)
    by_tier = rng.uniform(0.2, 1.0, (tiers, 2, 2))
    content_out = np.array(
        [
            by_tier[node_tier[n], o - out_ptr[n]]
            for n in range(nodes)
            for o in range(*out_ptr[n : n + 2])
        ]
    )
    content_in = np.zeros((len(in_coef), 2))
    for i in range(len(in_coef)):
        content_in[i] = content_out[program.link_out[link_ptr[i]]]
    return Chain(program, draws, policy, content_in, content_out)


def random_draws(p: Program, rng: np.random.Generator, steps: int, classes: int) -> Draws:
    """Draws within plausible ranges; every lane differs."""
    n_in, n_out, nodes = p.in_coef.size, p.out_coef.size, p.node_base.size

    def lane(low: float, high: float, *shape: int) -> np.ndarray:
        return rng.uniform(low, high, (*shape, LANES))

    route_lag = lane(1.0, 7.5, 3)
    slot_of_link = np.repeat(np.arange(n_in), np.diff(p.link_ptr))
    lead = np.zeros((n_in, LANES))
    np.add.at(lead, slot_of_link, p.link_share[:, None] * route_lag[p.link_route])
    return Draws(
        node_cap=lane(1.0, 1.6, nodes) * p.node_base[:, None],
        in_cover=lane(0.0, 9.0, n_in),
        in_lead=lead,
        out_cover=lane(0.0, 3.0, n_out),
        route_lag=route_lag,
        class_share=lane(0.5, 1.0, classes),
        class_weight=lane(0.2, 1.0, classes),
        class_grant=lane(0.3, 1.0, classes),
        class_full=lane(0.2, 1.0, classes),
        level=np.broadcast_to(lane(0.0, 1.0, 1), (steps, LANES)).copy(),
        desk=np.broadcast_to(lane(1.0, 100.0, 1), (steps, LANES)).copy(),
        general=np.broadcast_to(lane(0.0, 1.0, 1), (steps, LANES)).copy(),
        grace=lane(0.2, 4.0),
        refile=lane(0.0, 1.0),
        review=lane(1.0, 6.0),
        adjust=lane(2.0, 12.0),
        adjust_out=lane(2.0, 12.0),
        overtime=lane(0.0, 0.3),
        keep=lane(0.0, 1.0),
        hoarding=lane(0.0, 1.0),
        anticipation=lane(0.0, 0.3),
        switching=lane(0.0, 0.1),
        memory=lane(0.05, 0.5),
        bearable=lane(0.1, 2.0),
        bearable_spread=lane(0.3, 1.0),
        duty_response=lane(0.2, 1.0),
    )


def open_policy(p: Program, steps: int, classes: int) -> Policy:
    """No measure at all."""
    nothing = np.zeros((steps, classes))
    return Policy(
        controlled=nothing,
        general=nothing.copy(),
        denied=nothing.copy(),
        age=np.full((steps, classes), np.inf),
        grant=np.ones((steps, classes)),
        delay=nothing.copy(),
        duty=np.ones((steps, classes)),
        cap=np.full((steps, classes), np.inf),
        expected=np.zeros(steps),
        anticipated=np.ones(classes),
        node_scale=np.ones((steps, p.node_base.size)),
        cap_scale=np.ones((steps, p.node_base.size)),
        validity=26,
    )


def random_policy(chain: Chain, seed: int) -> Chain:
    """The same chain under controls, duties, caps, delays, denials and shocks that come and go."""
    rng = np.random.default_rng(seed)
    p = chain.program
    steps, classes = chain.policy.controlled.shape
    nodes = p.node_base.size

    def windows(columns: int, chance: float, low: float, high: float, idle: float) -> np.ndarray:
        array = np.full((steps, columns), idle)
        for column in np.flatnonzero(rng.random(columns) < chance):
            first = int(rng.integers(0, max(steps // 2, 1)))
            last = first + int(rng.integers(1, steps))
            array[first:last, column] = rng.uniform(low, high)
        return array

    can_need = np.arange(classes) < LICENSED_CLASSES
    controlled = windows(classes, 0.8, 0.0, 1.0, 0.0)
    whole = rng.random(classes) < 0.7
    controlled = np.where(whole & (controlled > 0.0), 1.0, controlled) * can_need
    policy = chain.policy._replace(
        controlled=controlled,
        general=windows(classes, 0.3, 0.2, 1.0, 0.0) * (controlled > 0.0),
        denied=windows(classes, 0.3, 0.2, 1.0, 0.0) * (controlled > 0.0),
        age=np.where(rng.random(classes) < 0.5, np.inf, rng.uniform(0.0, 9.0, (steps, classes))),
        grant=windows(classes, 0.3, 0.2, 1.0, 1.0),
        delay=windows(classes, 0.4, 0.0, 3.0, 0.0),
        duty=windows(classes, 0.4, 0.8, 2.5, 1.0),
        cap=windows(classes, 0.4, 0.0, 1.2, np.inf),
        expected=(np.arange(steps) < rng.integers(0, steps)).astype(float),
        anticipated=can_need.astype(float),
        node_scale=windows(nodes, 0.2, 0.0, 1.3, 1.0),
        cap_scale=windows(nodes, 0.2, 0.0, 1.0, 1.0),
        validity=int(rng.integers(1, 27)),
    )
    desk = chain.draws.desk * rng.uniform(0.0, 2.0, (steps, 1))
    desk[rng.integers(0, steps) :] = rng.choice([0.0, 50.0, np.inf])
    draws = chain.draws._replace(
        desk=desk,
        general=chain.draws.general * rng.uniform(0.0, 1.0, (steps, 1)),
        level=chain.draws.level * rng.uniform(0.0, 1.0, (steps, 1)),
    )
    return replace(chain, policy=policy, draws=draws)


def slot_node(ptr: np.ndarray) -> np.ndarray:
    """Node of each slot."""
    return np.repeat(np.arange(ptr.size - 1), np.diff(ptr))


def element_mass(chain: Chain, state: State) -> np.ndarray:
    """(element, lane) [t] in all stocks and under way."""
    held = state.inv_in + state.ring.sum(axis=0)
    mass = np.einsum("ie,iw->ew", chain.content_in, held)
    mass += np.einsum("oe,ow->ew", chain.content_out, state.inv_out)
    return mass


def element_made(chain: Chain, record: Record) -> np.ndarray:
    """(element, lane) [t] net of what entered nodes: mined, less used up and lost."""
    p = chain.program
    net = np.zeros((p.node_base.size, chain.content_in.shape[1]))
    np.add.at(net, slot_node(p.out_ptr), p.out_coef[:, None] * chain.content_out)
    np.subtract.at(net, slot_node(p.in_ptr), p.in_coef[:, None] * chain.content_in)
    return np.einsum("ne,nw->ew", net, record.node_total)
