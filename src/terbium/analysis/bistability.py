"""Where the network tips: the kernel against the mean field (docs/bistability.md).

Two kinds of experiment. *Depletion*: all stocks begin at one share of their target, so that output
begins at one share of its base everywhere, as in the mean field; by bisection one finds the output
below which it goes on falling. *Strike*: some industries lose a share of their output for some
time; output ends high or low.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from terbium.engine.network.case import Behaviour, Case, Shock
from terbium.engine.network.run import Propagation, simulate
from terbium.engine.program import Floats
from terbium.evidence.methods import method
from terbium.graph.tables import InputOutputTable


@dataclass(frozen=True)
class Setting:
    """What the mean field depends on.

    Attributes
    ----------
    days, restoration
        Target stock of every input, and time in which gaps are made up [step].
    psi
        Share of the target below which output falls [-].
    """

    days: float
    restoration: float
    psi: float


def even_table(regions: int, sectors: int, input_share: float) -> InputOutputTable:
    """A table of equal industries, each of which buys as much from every other.

    Parameters
    ----------
    regions, sectors
        Numbers of labels; one category of final demand.
    input_share
        Inputs per output [-].
    """
    size = regions * sectors
    flows = np.full((size, size), input_share / size)
    final = np.full((size, regions), (1.0 - input_share) / regions)
    return InputOutputTable(
        flows,
        final,
        flows.sum(axis=1) + final.sum(axis=1),
        tuple(f"r{i}" for i in range(regions)),
        tuple(f"s{i}" for i in range(sectors)),
        ("final",),
        "even",
    )


def behaviour_of(
    table: InputOutputTable, setting: Setting, rationing: str = "proportional"
) -> Behaviour:
    """Defaults of the ARIO family with the stocks and times of a setting, the same for all."""
    shape = len(table.sectors), table.size
    one = np.ones(table.size)
    return Behaviour(
        psi=setting.psi,
        order_type="alt",
        inventory_steps=np.full(shape, float(setting.days)),
        restoration_steps=np.full(shape, float(setting.restoration)),
        overproduction_base=one * method("ario/alpha_base"),
        overproduction_max=one * method("ario/alpha_max"),
        overproduction_steps=one * method("ario/alpha_tau"),
        capital=method("ario/capital_to_value_added") * (table.x - table.Z.sum(axis=0)),
        year_steps=method("ario/year"),
        monetary_factor=method("ario/monetary_factor"),
        criticality=np.ones(shape),
        compatible=False,
        rationing=rationing,
    )


def after_depletion(table: InputOutputTable, b: Behaviour, begins: float, steps: int) -> Floats:
    """Output of all industries, as a share of the base, if all stocks begin too low, (steps,).

    Parameters
    ----------
    table, b
        Flows and behaviour.
    begins
        Share of the base at which output begins; stocks are at ``psi`` times that of their target.
    steps
        Length of the run.
    """
    run = Propagation(table, Case(steps, b, stocks_every=steps))
    kept = run.checkpoint()
    kept["state/stock"] = np.asarray(kept["state/stock"], dtype=np.float64) * (b.psi * begins)
    run.resume(kept)
    run.advance(steps)
    made = run.trajectories().production_realised.sum(axis=1)
    return np.asarray(made / (table.x.sum() / b.year_steps))


def threshold_of(
    table: InputOutputTable, b: Behaviour, steps: int, least: float, rounds: int
) -> float:
    """Output, as a share of the base, below which it goes on falling; 0 if nowhere above ``least``.

    Parameters
    ----------
    table, b
        Flows and behaviour.
    steps
        Length of each run; output that ends below where it began has gone on falling.
    least
        Lowest output that is tried [-].
    rounds
        Halvings of the interval.
    """

    def falls(begins: float) -> bool:
        output = after_depletion(table, b, begins, steps)
        return bool(output[-1] < output[0])

    low, high = least, 1.0
    if not falls(low):
        return 0.0
    for _ in range(rounds):
        middle = (low + high) / 2
        low, high = (middle, high) if falls(middle) else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class Strike:
    """Some industries lose a share of their output for some time.

    Attributes
    ----------
    industries
        Positions.
    share
        Of their output [-].
    first, duration, recovery
        When, how long, and how long it fades [step].
    """

    industries: Sequence[int]
    share: float
    first: int
    duration: int
    recovery: float


def after_strike(table: InputOutputTable, b: Behaviour, strike: Strike, steps: int) -> Floats:
    """Output of all industries, as a share of the base, through a strike, (steps,)."""
    nodes = np.array(strike.industries, dtype=np.int64)
    shock = Shock(
        kind="arbitrary",
        node=nodes,
        amount=np.full(nodes.size, strike.share),
        occurrence=strike.first,
        duration=strike.duration,
        recovery="linear",
        recovery_steps=strike.recovery,
    )
    made = simulate(table, Case(steps, b, shocks=(shock,), stocks_every=steps)).production_realised
    return np.asarray(made.sum(axis=1) / (table.x.sum() / b.year_steps))


def is_collapsed(output: Floats) -> bool:
    """Whether output ends in a collapse, by the constant that regimes are told by."""
    return bool(output[-1] < method("regime/collapsed_share"))


def collapse_map(
    table: InputOutputTable,
    days: Sequence[float],
    restoration: Sequence[float],
    psi: float,
    strike: Strike,
    steps: int,
) -> tuple[Floats, Floats]:
    """A strike under each pair of stock and restoration time.

    Returns
    -------
    ends : (restoration, days)
        Output at the end as a share of the base [-].
    after : (restoration, days)
        The same when the strike has faded, which is what the mean field judges by [-].
    """
    over = strike.first + strike.duration + int(strike.recovery) + 1
    ends = np.zeros((len(restoration), len(days)))
    after = np.zeros_like(ends)
    for i, tau in enumerate(restoration):
        for j, n in enumerate(days):
            b = behaviour_of(table, Setting(n, tau, psi))
            output = after_strike(table, b, strike, steps)
            ends[i, j], after[i, j] = output[-1], output[over]
    return ends, after
