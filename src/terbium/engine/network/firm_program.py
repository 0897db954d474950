"""A network of firms as the kernel steps it: renumbered, its links by buyer and by supplier.

Firms with many customers come first. What links reach at random is then mostly a small, much used
part of the arrays, which stays in the caches; that gains about as much as an order by the true
communities of a synthetic network, and costs one sort (docs/design/015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terbium.engine.network.case import Floats, Ints
from terbium.graph.firms import FirmNetwork

Positions = NDArray[np.int32]

CHUNKS = 4
"""Chunks of buyers that are stepped side by side; each has a copy of orders by supplier."""
PARTS = 32
"""Parts of the firms that are stepped side by side."""
BLOCK_LINKS = 1024
"""Links of a block: what they need in between fits the first cache."""


@dataclass(frozen=True, eq=False)
class FirmProgram:
    """Arrays of a network in the order of the kernel; flows are per step.

    Attributes
    ----------
    rank
        New position of each firm (N,).
    output, final, inverse, bought
        At rest (N,) [money/step]; one by output, 0 where there is none.
    group
        ``region * S + sector`` (N,).
    slot_ptr, link_ptr, supplier, base
        Links by buyer, sector of the supplier and supplier.
    customer_ptr, customer_link, usual
        Links by supplier; empty where no rule needs them.
    chunk, block, widest
        Chunks of blocks, blocks of buyers, most links of a block.
    part, customer_part
        Parts of the firms with as many firms, with as many links to customers.
    """

    rank: Ints
    output: Floats
    final: Floats
    inverse: Floats
    bought: Floats
    group: Positions
    slot_ptr: Positions
    link_ptr: Positions
    supplier: Positions
    base: Floats
    customer_ptr: Positions
    customer_link: Positions
    usual: Floats
    chunk: Ints
    block: Ints
    widest: int
    part: Ints
    customer_part: Ints

    @property
    def size(self) -> int:
        """Number of firms."""
        return int(self.output.size)


def firm_program(network: FirmNetwork, year_steps: float, fills: bool) -> FirmProgram:
    """Renumber a network and lay out its links.

    Parameters
    ----------
    network
        Yearly flows.
    year_steps
        Steps in a year.
    fills
        Whether links by supplier are needed as well.
    """
    size = network.size
    customers = np.bincount(network.supplier, minlength=size)
    order = np.argsort(-customers, kind="stable")
    rank = np.empty(size, dtype=np.int64)
    rank[order] = np.arange(size)
    sector = network.sector[order].astype(np.int64)
    buyer, supplier = rank[network.buyer], rank[network.supplier]
    # buyer, sector of the supplier, supplier: links in whatever order give one layout
    key = (buyer * len(network.sectors) + sector[supplier]) * size + supplier
    by_buyer = np.argsort(key, kind="stable")
    slot = key[by_buyer] // size
    base = network.flow[by_buyer] / year_steps
    del key
    buyer, supplier = buyer[by_buyer], supplier[by_buyer]
    first = np.flatnonzero(np.diff(slot, prepend=-1))
    link_ptr = np.append(first, slot.size).astype(np.int32)
    slot_ptr = np.searchsorted(buyer[first], np.arange(size + 1)).astype(np.int32)
    final = network.final[order] / year_steps
    output = final + _summed(supplier, base, size)
    inverse = np.divide(1.0, output, out=np.zeros(size), where=output > 0)
    customer_ptr, customer_link = np.zeros(size + 1, np.int32), np.zeros(0, np.int32)
    if fills:
        customer_link = np.argsort(supplier, kind="stable").astype(np.int32)
        customer_ptr = np.searchsorted(supplier[customer_link], np.arange(size + 1)).astype(
            np.int32
        )
    block, widest = _blocks(link_ptr[slot_ptr])
    links_before = link_ptr[slot_ptr[block]].astype(np.int64)
    return FirmProgram(
        rank=rank,
        output=output,
        final=final,
        inverse=inverse,
        bought=_summed(buyer, base, size),
        group=(network.region[order] * len(network.sectors) + sector).astype(np.int32),
        slot_ptr=slot_ptr,
        link_ptr=link_ptr,
        supplier=supplier.astype(np.int32),
        base=base,
        customer_ptr=customer_ptr,
        customer_link=customer_link,
        usual=base[customer_link],
        chunk=_bounds(links_before + np.arange(block.size), CHUNKS),
        block=block,
        widest=widest,
        part=_bounds(np.arange(size + 1), PARTS),
        customer_part=_bounds(customer_ptr + np.arange(size + 1), PARTS),
    )


def _summed(at: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(at, values, size).astype(np.float64)


def _bounds(upto: Ints, count: int) -> Ints:
    """Bounds of ``count`` runs with about as much of what is added up in ``upto``."""
    found = np.searchsorted(upto, np.linspace(upto[0], upto[-1], count + 1))
    found[0], found[-1] = 0, upto.size - 1
    return found.astype(np.int64)


def _blocks(links_before: Positions) -> tuple[Ints, int]:
    """Bounds of blocks of buyers with few links, or with one buyer; and most links of a block."""
    size, links = links_before.size - 1, int(links_before[-1])
    aims = np.arange(0, links + BLOCK_LINKS, BLOCK_LINKS)
    found = np.unique(np.concatenate([[0], np.searchsorted(links_before, aims), [size]]))
    found = found[found <= size]
    # an aim inside a long buyer ends behind it; what went before would double the block
    apart = np.unique(np.concatenate([found, np.maximum(found[1:] - 1, 0)]))
    widest = int(np.diff(links_before[apart].astype(np.int64)).max(initial=0))
    return apart.astype(np.int64), max(widest, 1)
