"""The propagation model written a second time, in the plainest way: one dense order matrix.

Written from the published mathematics of the ARIO family (events, demand, overproduction, output,
rationing, orders, in this order), not from the kernel. Orders are a matrix (N, N), final demand
(N, R), rebuilding demand one column for each damaged industry or household; each supplier divides
what it made in a loop of its own. No factoring, no compilation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from terbium.base import tolerances
from terbium.engine.network.case import Case, Shock
from terbium.graph.tables import InputOutputTable

Floats = NDArray[np.float64]


class Stopped(Exception):
    """A stock turned negative; the reference stops there. Holds it as a share of all output."""


@dataclass
class Event:
    """One event and what is left of it."""

    shock: Shock
    digits: int | None
    stage: str = "pending"
    damage: Floats = field(default_factory=lambda: np.zeros(0))
    demand: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def end(self) -> int:
        return self.shock.occurrence + self.shock.duration

    @property
    def is_active(self) -> bool:
        return self.stage in ("happening", "recovering", "rebuilding")

    def start_step(self, t: int) -> None:
        if self.stage == "pending" and t - 1 <= self.shock.occurrence <= t:
            self.stage = "happening"
        if self.stage == "happening" and t >= self.end:
            self.stage = "rebuilding" if self.shock.kind == "rebuild" else "recovering"

    def rounded(self, values: Floats) -> Floats:
        return values if self.digits is None else np.round(values, self.digits)

    def recover(self, t: int) -> None:
        part = remaining(self.shock.recovery, float(t - self.end), self.shock.recovery_steps)
        self.damage = self.rounded(self.shock.amount * part)
        if np.all(self.damage == 0.0):
            self.stage = "finished"

    def rebuild(self, delivered: Floats) -> None:
        self.demand = np.maximum(self.rounded(self.demand - delivered), 0.0)
        hit = self.shock.node.size
        self.damage = self.demand[:, :hit].sum(axis=0) / self.shock.rebuild_factor
        if np.all(self.demand == 0.0):
            self.stage = "finished"


def remaining(kind: str, elapsed: float, steps: float) -> float:
    """Share of a loss that is left."""
    if kind == "linear":
        return max(1.0 - elapsed / steps, 0.0)
    if kind == "convexe noscale":
        return float((1.0 - 1.0 / steps) ** elapsed)
    if kind == "convexe":
        return float((1.0 - 1.0 / steps) ** (4.0 * elapsed))
    assert kind == "concave"
    k = 1e-6
    with np.errstate(divide="ignore", over="ignore"):
        power = (np.log(steps) - np.log(k)) / (np.log(steps) - np.log(2.0))
        return float(steps / (steps + k * np.float64(elapsed) ** power))


class Economy:
    """A table at rest and its state; ``step`` goes on by one."""

    def __init__(self, table: InputOutputTable, case: Case) -> None:
        b = case.behaviour
        self.table, self.case, self.b = table, case, b
        self.regions, self.sectors = len(table.regions), len(table.sectors)
        self.n = self.regions * self.sectors
        year = b.year_steps
        self.x0, self.Z0 = table.x / year, table.Z / year
        self.Y0 = table.Y.reshape(self.n, self.regions, -1).sum(axis=2) / year
        if not b.compatible:
            # who buys and makes nothing uses it up, as the households of its region do
            for f in np.flatnonzero(table.x <= 0.0):
                self.Y0[:, f // self.sectors] += self.Z0[:, f]
                self.Z0[:, f] = 0.0
        used = self.by_input(table.Z)
        self.use = np.divide(used, table.x, out=np.zeros_like(used), where=table.x > 0)
        self.critical = used > 1e-5 * table.x / year
        self.endless = np.isinf(b.inventory_steps)
        self.days = np.where(self.endless, 0.0, b.inventory_steps)
        self.S = np.where(self.endless, np.inf, self.days * self.use * self.x0)
        self.O = self.Z0.copy()
        self.w0 = self.shares(np.ones(self.n))
        self.alpha = b.overproduction_base.astype(float).copy()
        self.before = self.x0.copy()
        self.late = np.zeros(self.n)
        self.events = [self.event(s) for s in case.shocks]
        self.asked = np.zeros((self.n, 0))
        self.asking: list[Event] = []
        self.edge = np.inf
        # the reference has a dead band for whole tables, we a much smaller one for each stock
        self.slack = 0.0 if b.compatible else tolerances.STOCK_SLACK

    def by_input(self, flows: Floats) -> Floats:
        """Sum over the regions that deliver an input."""
        return np.asarray(flows.reshape(self.regions, self.sectors, -1).sum(axis=0))

    def by_supplier(self, inputs: Floats) -> Floats:
        """The row of an input, for each region that delivers it."""
        return np.tile(inputs, (self.regions, 1))

    def shares(self, weight: Floats) -> Floats:
        """How buyers split an input among its suppliers."""
        wanted = self.Z0 * weight[:, None]
        whole = self.by_supplier(self.by_input(wanted))
        return np.divide(wanted, whole, out=np.zeros_like(wanted), where=whole > 0)

    def event(self, shock: Shock) -> Event:
        digits = None
        if self.b.compatible:
            digits = 6 if shock.kind == "arbitrary" else int(np.log10(shock.monetary_factor)) + 1
        event = Event(shock, digits, damage=shock.amount.astype(float).copy())
        if shock.kind == "rebuild":
            columns = [
                (self.table.Z[:, f], a) for f, a in zip(shock.node, shock.amount, strict=True)
            ]
            columns += [
                (self.table.Y[:, c], a)
                for c, a in zip(shock.house_column, shock.house_amount, strict=True)
            ]
            event.demand = np.stack([self.rebuilding(shock, *c) for c in columns], axis=1)
        return event

    def rebuilding(self, shock: Shock, mix: Floats, damage: float) -> Floats:
        whole = np.tile(mix.reshape(self.regions, self.sectors).sum(axis=0), self.regions)
        share = np.divide(mix, whole, out=np.zeros_like(mix), where=whole > 0)
        return np.tile(shock.rebuild_share, self.regions) * damage * shock.rebuild_factor * share

    def near(self, value: float, limit: float) -> None:
        """Remember how close a comparison was to going the other way."""
        self.edge = min(self.edge, abs(value / limit - 1.0))

    def in_band(self, one: Floats, other: Floats) -> bool:
        """Whether two matrices are alike within the reference's dead band."""
        if not self.b.compatible:
            return False
        with np.errstate(invalid="ignore"):
            excess = np.abs(one - other) / (1e-8 + 1e-5 * np.abs(other))
        # infinite stocks of inputs that are used equal their goal; of others they equal nothing
        self.near(float(np.nanmax(excess, initial=0.0)), 1.0)
        return bool(np.allclose(one, other, rtol=1e-5, atol=1e-8))

    def capacity_lost(self, t: int) -> tuple[Floats, Floats]:
        lost, path = np.zeros(self.n), np.zeros(self.n)
        now = np.zeros(self.n)
        for event in self.events:
            event.start_step(t)
            if not event.is_active:
                continue
            if event.shock.kind == "arbitrary":
                now[event.shock.node] = np.maximum(now[event.shock.node], event.damage)
            else:
                lost[event.shock.node] += event.damage
        capital = self.b.capital
        share = np.divide(lost, capital, out=np.zeros(self.n), where=capital > 0)
        further = self.case.capacity_loss
        if further.node.size:
            path[further.node] = further.share[t]
        delta = np.minimum(np.maximum(np.maximum(share, self.late), path), 1.0)
        self.late = now
        return lost, delta

    def ask_for_rebuilding(self) -> None:
        busy = [event for event in self.events if event.stage == "rebuilding"]
        if busy:
            self.asking = busy
            self.asked = np.hstack([e.demand / e.shock.rebuild_steps for e in busy])

    def step(self, t: int) -> dict[str, Floats]:
        """One step; what it would have written down."""
        lost, delta = self.capacity_lost(t)
        self.ask_for_rebuilding()
        faced, rebuild = self.O.sum(axis=1), self.asked.sum(axis=1)
        D = faced + self.Y0.sum(axis=1) + rebuild
        if t > 1:
            self.overproduce(D)
        cap = self.x0 * (1.0 - delta) * self.alpha
        x = self.produce(np.minimum(D, cap))
        sent, home, rebuilt = self.ration(x)
        self.stock(x, self.by_input(sent))
        missing = self.Y0 - home
        self.asked = self.asked - rebuilt
        self.progress(t, rebuilt)
        self.order(x, cap)
        self.before = x
        return {
            "production_realised": x,
            "production_capacity": cap,
            "overproduction": self.alpha.copy(),
            "orders_received": faced,
            "rebuild_demand": rebuild,
            "capital_lost": lost,
            "final_demand_undist": missing.sum(axis=1),
            "final_demand_unmet": self.by_input(missing).T.ravel(),
        }

    def overproduce(self, D: Floats) -> None:
        b = self.b
        short = np.divide(D - self.before, D, out=np.zeros(self.n), where=D > 0)
        rests = np.abs(short) <= tolerances.NO_SCARCITY
        change = (b.overproduction_max - self.alpha) * np.where(rests, 0.0, short)
        change += (b.overproduction_base - self.alpha) * rests
        self.alpha = np.maximum(self.alpha + change / b.overproduction_steps, 1.0)

    def produce(self, wanted: Floats) -> Floats:
        b = self.b
        floor = b.psi * self.days
        if not b.compatible:
            # less than a step's use in stock cannot feed a step
            floor = np.maximum(floor, 1.0)
        need = np.where(self.endless | ~self.critical, 0.0, floor * self.use * wanted)
        ratio = np.ones_like(need)
        np.divide(self.S, need, out=ratio, where=need > 0)
        braked = 1.0 - b.criticality * (1.0 - np.minimum(ratio, 1.0))
        least = braked.min(axis=0, initial=1.0)
        return np.asarray(wanted * np.where(least >= 1.0 - self.slack, 1.0, least))

    def ration(self, x: Floats) -> tuple[Floats, Floats, Floats]:
        claims = np.hstack([self.O, self.Y0, self.asked])
        got = np.array([RULES[self.b.rationing](self, j, claims[j], x[j]) for j in range(self.n)])
        ends = (self.n, self.n + self.regions)
        return got[:, : ends[0]], got[:, ends[0] : ends[1]], got[:, ends[1] :]

    def stock(self, x: Floats, add: Floats) -> None:
        use = self.use * x
        if self.in_band(add, use):
            return
        left = self.S - use
        if self.b.compatible:
            lowest = float((left + add).min(initial=0.0) / self.x0.sum())
            if lowest < 0.0:
                raise Stopped(lowest)
        else:
            left = np.maximum(left, 0.0)
        self.S = left + add

    def progress(self, t: int, rebuilt: Floats) -> None:
        at = 0
        for event in self.asking:
            width = event.demand.shape[1]
            if event.stage == "rebuilding":
                event.rebuild(rebuilt[:, at : at + width])
            at += width
        for event in self.events:
            if event.stage == "recovering":
                event.recover(t)

    def order(self, x: Floats, cap: Floats) -> None:
        b = self.b
        D = self.O.sum(axis=1) + self.Y0.sum(axis=1) + self.asked.sum(axis=1)
        wanted = np.minimum(D, cap)
        with np.errstate(invalid="ignore"):
            goal = b.inventory_steps * (self.use * wanted)
        gap = np.zeros_like(goal)
        if not self.in_band(self.S, goal):
            finite = ~self.endless
            short = goal[finite] - self.S[finite]
            gap[finite] = np.where(short > self.slack * goal[finite], short, 0.0)
            gap /= b.restoration_steps
        need = gap + self.use * (wanted if b.ordering == "wanted" else x)
        weight = self.w0
        if b.order_type == "alt":
            c = np.divide(cap, self.x0, out=np.ones(self.n), where=self.x0 > 0)
            weight = self.shares(c)
        self.O = self.by_supplier(need) * weight


Rule = Callable[[Economy, int, Floats, float], Floats]


def proportional(e: Economy, j: int, claims: Floats, made: float) -> Floats:
    asked = claims.sum()
    return claims * (min(made / asked, 1.0) if asked > 0 else 0.0)


def in_line(claims: Floats, made: float, places: Floats) -> Floats:
    """Lower places first; equal places in proportion."""
    got = np.zeros_like(claims)
    for place in np.unique(places):
        here = places == place
        got[here] = proportional_of(claims[here], made)
        made -= got[here].sum()
    return got


def proportional_of(claims: Floats, made: float) -> Floats:
    asked = claims.sum()
    return claims * (min(max(made, 0.0) / asked, 1.0) if asked > 0 else 0.0)


def kinds(e: Economy, claims: Floats, industry: float, rest: float) -> Floats:
    """One place for orders of industries, one for final demand and rebuilding."""
    return np.where(np.arange(claims.size) < e.n, industry, rest)


def intermediate_first(e: Economy, j: int, claims: Floats, made: float) -> Floats:
    return in_line(claims, made, kinds(e, claims, 0.0, 1.0))


def final_first(e: Economy, j: int, claims: Floats, made: float) -> Floats:
    return in_line(claims, made, kinds(e, claims, 1.0, 0.0))


def home_first(e: Economy, j: int, claims: Floats, made: float) -> Floats:
    """The ``priority`` rule without ranks."""
    home = np.concatenate([np.arange(e.n) // e.sectors, np.arange(e.regions)])
    places = np.zeros(claims.size)
    places[: home.size] = home != j // e.sectors
    # rebuilding stands with the last of final demand
    final = np.flatnonzero(e.Y0[j] > 0)
    places[home.size :] = places[e.n + final].max() if final.size else 1.0
    return in_line(claims, made, places)


def highest_bidder(e: Economy, j: int, claims: Floats, made: float) -> Floats:
    """Industries by what rests on a unit of the input, then final demand and rebuilding."""
    i = j % e.sectors
    used = e.by_input(e.table.Z)[i]
    added = np.maximum(e.table.x - e.table.Z.sum(axis=0), 0.0)
    worth = np.divide(added, used, out=np.zeros(e.n), where=used > 0)
    places = np.full(claims.size, 0.0)
    places[: e.n] = -e.b.criticality[i] * worth
    return in_line(claims, made, places)


def water_filling(e: Economy, j: int, claims: Floats, made: float) -> Floats:
    """Everyone up to the same multiple of what is usual; the level by bisection."""
    usual = np.concatenate([e.Z0[j], e.Y0[j], claims[e.n + e.regions :]])
    if claims.sum() <= made:
        return claims.copy()
    low, high = 0.0, float((claims[usual > 0] / usual[usual > 0]).max())
    for _ in range(70):
        level = 0.5 * (low + high)
        if np.minimum(claims, level * usual).sum() > made:
            high = level
        else:
            low = level
    return np.minimum(claims, low * usual)


RULES: dict[str, Rule] = {
    "proportional": proportional,
    "intermediate_first": intermediate_first,
    "final_first": final_first,
    "priority": home_first,
    "highest_bidder": highest_bidder,
    "water_filling": water_filling,
}


def propagate(table: InputOutputTable, case: Case) -> tuple[dict[str, Floats], float]:
    """All trajectories, and how near a comparison came to going the other way [-]."""
    economy = Economy(table, case)
    rows, stocks = [], []
    for t in range(case.steps):
        rows.append(economy.step(t))
        if t % case.stocks_every == 0:
            stocks.append(economy.S.copy())
    found = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return {**found, "inputs_stock_end": np.array(stocks)}, economy.edge
