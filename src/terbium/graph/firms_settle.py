"""What is made of the links and firms that were read: pairs once, final demand, remarks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from terbium.base.errors import Problems
from terbium.base.tolerances import SHARE_SUM_ATOL
from terbium.evidence.methods import method
from terbium.graph.firms import FirmNetwork, Floats, Positions


def joined_links(
    supplier: Positions, buyer: Positions, flow: Floats, firms: int, said: list[str]
) -> tuple[Positions, Positions, Floats]:
    """Sort links by buyer and supplier; each pair once, nobody with himself, none without flow.

    Parameters
    ----------
    supplier, buyer, flow
        As they were read (E,).
    firms
        How many.
    said
        Receives what was left out or added up.
    """
    own, nil = supplier == buyer, flow <= 0.0
    if own.any():
        said.append(f"{int(own.sum()):,} links of a firm with itself were left out.")
    if nil[~own].any():
        said.append(f"{int(nil[~own].sum()):,} links without a flow were left out.")
    kept = ~(own | nil)
    if not kept.all():
        supplier, buyer, flow = supplier[kept], buyer[kept], flow[kept]
    key = buyer.astype(np.int64) * firms + supplier
    order = np.argsort(key)
    ranked = key[order]
    is_first = np.diff(ranked, prepend=-1) > 0
    if is_first.all():
        return supplier[order], buyer[order], flow[order]
    # the order in which equal pairs were read must not decide the last digit of their sum
    order = np.lexsort((flow, key))
    first = np.flatnonzero(is_first)
    said.append(f"{order.size - first.size:,} links repeat a pair of firms and were added to it.")
    return supplier[order][first], buyer[order][first], np.add.reduceat(flow[order], first)


def final_of(
    output: Floats, sold: Floats, firm: NDArray[np.generic], problems: Problems, said: list[str]
) -> Floats:
    """What is left of output for final demand; firms that sell more than they make are noted."""
    final = output - sold
    allowed = method("tables/row_sum_tolerance")
    over = np.flatnonzero(final < -allowed * output)
    if over.size:
        worst = over[np.argmin(final[over])]
        more = f", and {over.size - 1:,} more firms likewise" if over.size > 1 else ""
        problems.add(
            f"firms, firm '{firm[worst]}'",
            f"an output of {output[worst]:.6g} and sales to firms of {sold[worst]:.6g}{more}",
            "outputs that are at least what the firm sells to others",
            "raise the output, or give the column 'final' instead",
        )
    small = (final < 0.0) & ~(final < -allowed * output)
    beyond = small & (final < -SHARE_SUM_ATOL * output)
    if beyond.any():
        said.append(
            f"{int(beyond.sum()):,} firms sell up to {allowed:.1%} more than their output; their "
            "final demand is nil."
        )
    return np.maximum(final, 0.0)


def what_to_know(network: FirmNetwork, said: list[str]) -> FirmNetwork:
    """The network with what a reader should know of it although nothing is wrong."""
    spent, made = network.inputs, network.output
    over = np.flatnonzero(spent > made * (1.0 + SHARE_SUM_ATOL))
    if over.size:
        worst = over[np.argmax(spent[over] - made[over])]
        said.append(
            f"{over.size:,} of {network.size:,} firms spend more on inputs than they earn, most of "
            f"all {network.firm[worst]} ({spent[worst]:.4g} against {made[worst]:.4g})."
        )
    idle = int((made <= 0.0).sum())
    if idle:
        said.append(f"{idle:,} firms sell nothing, and have nothing to lose.")
    return replace(network, warnings=tuple(said))
