"""What a run of shocks through a network of firms is given: arrays and positions, never labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from terbium.engine.network.case import Floats, Ints

FIRM_RATIONING = (
    "proportional",
    "intermediate_first",
    "water_filling",
    "water_filling_intermediate_first",
)
"""How a firm divides what it has when it is asked for more (docs/design/015): in proportion to
orders; firms before final demand; served alike as a share of what is usual, so that those are
served first whose orders fell most; both of these."""


@dataclass(frozen=True)
class FirmShock:
    """Capacity lost by some firms; of several shocks on a firm the largest counts.

    Attributes
    ----------
    node
        Positions of the firms hit (K,), each once.
    share
        Share of capacity lost at full force (K,) [-].
    profile
        Force in each step (steps,), from 0 to 1.
    """

    node: Ints
    share: Floats
    profile: Floats


@dataclass(frozen=True)
class FirmCase:
    """One run: how long, how firms behave, what happens, what is recorded.

    Attributes
    ----------
    steps
        Steps to run.
    cover
        Target stock of every input (N,), in steps of its use at rest; above 0.
    restoration
        Steps in which a gap in a stock is made up; 1 or more.
    rationing
        One of :data:`FIRM_RATIONING`.
    shocks
        What happens.
    chosen
        Positions of the firms that are recorded step by step.
    stop_share
        Output below this share of the base counts as a stop [-].
    year_steps
        Steps in the year that flows are stated for.
    """

    steps: int
    cover: Floats
    restoration: float
    rationing: str
    shocks: tuple[FirmShock, ...]
    chosen: Ints
    stop_share: float
    year_steps: float


@dataclass(frozen=True)
class FirmBalance:
    """Largest gaps in the books of any step, relative to the money that moves in a step at rest.

    Attributes
    ----------
    money
        Between what firms made and what firms and final demand received.
    recipe
        Between inputs used and what the output made takes.
    stock
        Between the change of stocks and what came less what was used.
    lowest_stock
        Least stock of any link at the end; not relative.
    """

    money: float
    recipe: float
    stock: float
    lowest_stock: float


@dataclass(frozen=True)
class FirmTrajectories:
    """What happened.

    Attributes
    ----------
    output, final_unmet : (steps, R, S)
        Output, and final demand not met, of the firms of a region and sector [money/step].
    chosen_output, chosen_cover : (steps, K)
        Output of chosen firms [money/step]; how long their scarcest input lasts at full output
        [step], inf where a firm buys nothing.
    lost, lowest, lowest_step, stop_step, below : (N,)
        By firm: output lost over the run [money], lowest output as a share of the base and its
        step, first step below the stop share (-1: none), number of such steps. A firm that makes
        nothing at rest loses nothing.
    balance
        Gaps in the books.
    """

    output: Floats
    final_unmet: Floats
    chosen_output: Floats
    chosen_cover: Floats
    lost: Floats
    lowest: Floats
    lowest_step: Ints
    stop_step: Ints
    below: Ints
    balance: FirmBalance


def loss_now(case: FirmCase, rank: Ints, step: int, lost: Floats) -> None:
    """Write the capacity lost in a step into ``lost`` (N,), which is in renumbered order.

    Parameters
    ----------
    case
        The case.
    rank
        New position of each firm (N,).
    step
        The step.
    lost
        Overwritten.
    """
    lost[:] = 0.0
    for shock in case.shocks:
        force = shock.profile[step]
        if force > 0:
            at = rank[shock.node]
            lost[at] = np.maximum(lost[at], shock.share * force)
