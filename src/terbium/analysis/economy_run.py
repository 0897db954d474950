"""The shortfall of the chain, run through the world table draw by draw.

What a region's industry does not make, a share of the value added of its sector does not make
either, save what plants make good: that share of the sector's capacity is lost for as long. The
network kernel (docs/design/012) passes on what then is missing to others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from terbium.analysis.economy_world import Drawn, Floats, World
from terbium.base.calendar import Clock, month_shares
from terbium.base.tolerances import REST_RTOL
from terbium.engine.network.case import Behaviour, Case, LossPath
from terbium.engine.network.run import simulate
from terbium.engine.recording import Recording
from terbium.evidence.methods import method

Progress = Callable[[int, int], None]
Uses = Mapping[tuple[str, str], float]
"""(region, industry) of the chain to what it buys of its materials [USD/yr]."""


@dataclass(frozen=True)
class Rules:
    """Structural choices: which inputs bind, how suppliers share out, what orders follow."""

    all_critical: bool = False
    rationing: str = "intermediate_first"
    ordering: str = "wanted"


@dataclass(frozen=True)
class EconomyRun:
    """What was lost, per draw.

    Attributes
    ----------
    world, clock
        The package, and the steps of the chain.
    months
        Calendar months of the run.
    still, direct, net, total
        Lost value added over value added, by region and step of the chain, (region, step, draw)
        [-]: on lines that stand still; the same less what plants make all the same; less what they
        catch up later; in all.
    direct_by_month, total_by_month
        Lost value added, in years of the industry's own, (industry, month, draw).
    exposed
        Value added on lines that stop without their inputs over GDP, (region, draw) [-].
    missing
        Value of the materials that did not come over the GDP of 2024, (region, step, draw) [-].
    at_end
        Output of the world over its output at rest in the last steps of the chain, (draw,).
    lean
        Share of draws in which the stock of an input is shorter than the time in which a gap is
        made up, by sector: collapses can begin there (docs/design/013).
    gdp
        GDP of 2024 [USD], (region, draw).
    """

    world: World
    clock: Clock
    months: tuple[str, ...]
    still: Floats
    direct: Floats
    net: Floats
    total: Floats
    direct_by_month: Floats
    total_by_month: Floats
    exposed: Floats
    missing: Floats
    at_end: Floats
    lean: Mapping[str, float]
    gdp: Floats

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.at_end.size)


def run_economy(
    world: World,
    recording: Recording,
    drawn: Drawn,
    uses: Uses,
    rules: Rules,
    progress: Progress | None = None,
) -> EconomyRun:
    """Run every draw of a recording through the world table.

    Parameters
    ----------
    world
        Table and exposures.
    recording
        Of the chain; draw by draw the output shares of its industries.
    drawn
        Parameters of the world's package, as many draws.
    uses
        Weights of the chain's regions where several lie in one region of the table.
    rules
        Structural choices.
    progress
        Called with draws done and draws in all.
    """
    short, short_usd = _shortfalls(world, recording, uses)
    exposure = world.exposure(drawn)
    nodes = np.array([e.node for e in world.exposures])
    clock, months = recording.clock, month_shares(recording.clock)
    found = _Found.empty(world, clock, len(months[0]), recording.draws)

    for draw in range(recording.draws):
        change = (exposure[:, draw, np.newaxis] * short[..., draw]).T
        still = _by_node(world, nodes, np.maximum(change, 0.0))
        kept = 1.0 - drawn["economy/made_good"][draw]
        path = still * kept
        output = propagate(world, _case(world, drawn, draw, path, clock, rules))
        lost = _lost(world, output, clock)
        net = _by_node(world, nodes, change) * kept
        found.note(world, draw, (still, path, net, lost), months[1])
        if progress is not None:
            progress(draw + 1, recording.draws)
    on_lines = np.stack([drawn[e.share_name] * drawn[e.line_name] for e in world.exposures])
    exposed = np.zeros((len(world.table.regions), recording.draws))
    np.add.at(exposed, world.region_of[nodes], on_lines)
    gdp = np.stack([drawn[f"economy/gdp/{r}"] for r in world.table.regions]) * _BILLION
    return EconomyRun(
        world, clock, months[0], found.still, found.direct, found.net, found.total,
        found.direct_by_month, found.total_by_month, exposed, short_usd / gdp[:, np.newaxis, :],
        found.at_end, _lean(world, drawn), gdp,
    )  # fmt: skip


_MILLION, _BILLION = 1e6, 1e9


def propagate(world: World, case: Case) -> Floats:
    """Output of each industry in each day of a case, (day, industry): the network kernel's."""
    return simulate(world.table, case).production_realised


def _shortfalls(world: World, recording: Recording, uses: Uses) -> tuple[Floats, Floats]:
    """Share of the chain's industries that stands still, and the value of what they do not buy.

    Returns
    -------
    short : (exposure, step, draw)
        Of the industry of each exposure; below zero where it catches up.
    missing : (region, step, draw)
        Materials not bought [USD/yr].
    """
    row = {key: i for i, key in enumerate(recording.industry_keys)}
    stands = 1.0 - recording.output_share.astype(np.float64)
    missing = np.zeros((len(world.table.regions), recording.clock.steps, recording.draws))
    held: dict[tuple[str, str], Floats] = {}
    for r, region in enumerate(world.table.regions):
        for industry in {e.industry: None for e in world.exposures}:
            keys = [(c, industry) for c in world.chain[region] if (c, industry) in row]
            weight = np.array([uses.get(key, 0.0) for key in keys])
            value = np.zeros(missing.shape[1:])
            for key, w in zip(keys, weight, strict=True):
                value = value + w * stands[row[key]]
            missing[r] += value
            total = weight.sum()
            held[region, industry] = value / total if total > 0 else value
    return np.stack([held[e.region, e.industry] for e in world.exposures]), missing


def _by_node(world: World, nodes: np.ndarray, shares: Floats) -> Floats:
    """Add up what hits the same industry, (step, exposure) to (step, industry)."""
    found = np.zeros((len(shares), world.table.size))
    np.add.at(found.T, nodes, shares.T)
    return np.minimum(found, 1.0)


def _lost(world: World, output: Floats, clock: Clock) -> Floats:
    """Share of output that is not made, days joined to steps of the chain, (step, industry).

    What a table at rest may drift by is rounding, and no loss.
    """
    rest = world.table.x / method("ario/year")
    lost = (rest - output) / rest
    lost[np.abs(lost) <= REST_RTOL] = 0.0
    return np.asarray(lost.reshape(clock.steps, clock.step_days, -1).mean(axis=1))


def _case(world: World, drawn: Drawn, draw: int, path: Floats, clock: Clock, rules: Rules) -> Case:
    hit = np.flatnonzero(path.any(axis=0))
    daily = np.repeat(path[:, hit], clock.step_days, axis=0)
    return Case(
        steps=clock.steps * clock.step_days,
        behaviour=behaviour(world, drawn, draw, rules),
        stocks_every=clock.steps * clock.step_days,
        capacity_loss=LossPath(hit, daily),
    )


def behaviour(world: World, drawn: Drawn, draw: int, rules: Rules) -> Behaviour:
    """How the table's industries produce and order in one draw.

    Parameters
    ----------
    world
        Table and package.
    drawn
        Parameters of the package.
    draw
        Which of them.
    rules
        Structural choices.
    """
    table, n = world.table, world.table.size

    def value(name: str) -> float:
        return float(drawn[name][draw])

    days = [value(name) if name else np.inf for name in _stock_names(world)]
    return Behaviour(
        psi=value("economy/psi"),
        order_type="alt",
        inventory_steps=np.repeat(np.array(days)[:, np.newaxis], n, axis=1),
        restoration_steps=np.full((len(table.sectors), n), value("economy/restoration_days")),
        overproduction_base=np.ones(n),
        overproduction_max=np.full(n, value("economy/overtime_most")),
        overproduction_steps=np.full(n, value("economy/overtime_days")),
        capital=world.value_added * method("ario/capital_to_value_added"),
        year_steps=method("ario/year"),
        monetary_factor=_MILLION,
        criticality=world.ratings(rules.all_critical),
        compatible=False,
        rationing=rules.rationing,
        ordering=rules.ordering,
    )


def _stock_names(world: World) -> list[str]:
    rows = world.package.table("sectors").set_index("sector")["days"]
    return [str(rows[sector]) for sector in world.table.sectors]


def _lean(world: World, drawn: Drawn) -> dict[str, float]:
    pace = drawn["economy/restoration_days"]
    names = zip(world.table.sectors, _stock_names(world), strict=True)
    return {sector: float(np.mean(drawn[name] < pace)) for sector, name in names if name}


@dataclass(frozen=True)
class _Found:
    """Arrays of an `EconomyRun` while they are filled."""

    still: Floats
    direct: Floats
    net: Floats
    total: Floats
    direct_by_month: Floats
    total_by_month: Floats
    at_end: Floats
    step_days: int

    @classmethod
    def empty(cls, world: World, clock: Clock, months: int, draws: int) -> _Found:
        """Room for all draws."""
        steps = clock.steps
        regions = (len(world.table.regions), steps, draws)
        industries = (world.table.size, months, draws)
        return cls(
            np.zeros(regions), np.zeros(regions), np.zeros(regions), np.zeros(regions),
            np.zeros(industries), np.zeros(industries), np.zeros(draws), clock.step_days,
        )  # fmt: skip

    def note(self, world: World, draw: int, lost: tuple[Floats, ...], months: Floats) -> None:
        """Sum up one draw; ``lost`` holds shares of output, (step, industry)."""
        still, direct, net, total = lost
        weight = world.value_added / world.gdp[world.region_of]
        kinds = ((self.still, still), (self.direct, direct), (self.net, net), (self.total, total))
        for into, shares in kinds:
            np.add.at(into[:, :, draw], world.region_of, (shares * weight).T)
        step_years = self.step_days / method("ario/year")
        self.direct_by_month[:, :, draw] = direct.T @ months * step_years
        self.total_by_month[:, :, draw] = total.T @ months * step_years
        last = round(method("economy/last_steps"))
        made = 1.0 - total[-last:].mean(axis=0)
        self.at_end[draw] = made @ world.table.x / world.table.x.sum()
