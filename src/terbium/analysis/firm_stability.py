"""Whether the rules of ordering calm a network of firms or stir it, judged before a run."""

from __future__ import annotations

import numpy as np

from terbium.engine.network.firm_case import FirmCase
from terbium.graph.firms import FirmNetwork


def amplification(network: FirmNetwork, case: FirmCase) -> float:
    """Orders that suppliers lose together per money of output that their clients lose [-].

    A firm that makes a little less orders less by ``1 + cover / restoration`` times as much of its
    inputs: what it does not use, and what its stock is above a target that has fallen. The mean
    over firms is weighted by output.
    """
    lost = network.inputs * (1.0 + case.cover / case.restoration)
    return float(lost.sum() / max(network.output.sum(), np.finfo(float).tiny))


def stability_remarks(network: FirmNetwork, case: FirmCase) -> tuple[str, ...]:
    """A sentence where a small change grows from one tier of suppliers to the next."""
    found = amplification(network, case)
    if found <= 1.0:
        return ()
    return (
        f"where output falls by 1, orders fall by {found:.2f} in the next tier, since targets of "
        "stocks fall too; above 1 a small loss grows from tier to tier (shorter stocks or a longer "
        "inventory_restoration_tau calm it)",
    )
