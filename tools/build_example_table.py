"""Make the example table of the package: four regions, six sectors, all of it invented.

    python tools/build_example_table.py src/terbium/data/examples/example.npz

Final demand and recipes are chosen, output follows from them, so that the table is at rest. The
east mines and makes magnets for all; that is what the example events play with.
"""

import sys
from pathlib import Path

import numpy as np

from terbium.graph.tables import InputOutputTable, write_table

REGIONS = ("east", "north", "south", "west")
SECTORS = ("components", "construction", "machinery", "magnets", "mining", "services")
CATEGORIES = ("consumption", "investment")

# input (row) per output (column), both in the order of SECTORS
RECIPE = np.array(
    [
        [0.14, 0.10, 0.24, 0.00, 0.02, 0.03],
        [0.01, 0.03, 0.01, 0.02, 0.05, 0.04],
        [0.05, 0.06, 0.10, 0.04, 0.08, 0.01],
        [0.03, 0.00, 0.02, 0.05, 0.00, 0.00],
        [0.06, 0.05, 0.01, 0.28, 0.06, 0.01],
        [0.16, 0.17, 0.15, 0.12, 0.14, 0.24],
    ]
)
# final demand by category (row) and product, per unit of a region's size
WANTED = np.array([[20, 4, 18, 0.4, 2, 160], [6, 70, 32, 0.1, 1, 12]])
SIZE = np.array([1.0, 1.6, 0.5, 1.3])
# how far a region's own product comes first, by sector; what is bought abroad follows STRENGTH
HOME = np.array([0.45, 0.97, 0.55, 0.20, 0.50, 0.93])
STRENGTH = np.array(
    [
        [3.0, 1.0, 2.0, 8.0, 7.0, 1.0],
        [2.0, 2.0, 3.0, 0.6, 1.0, 3.0],
        [0.7, 0.5, 0.4, 0.1, 2.0, 0.5],
        [1.5, 1.5, 2.0, 0.8, 0.6, 2.5],
    ]
)
UNIT = "million USD"
SCALE = 1000.0


def origins() -> np.ndarray:
    """Share of each region (row) in what a region (column) buys of a product, (R, R, S)."""
    regions = len(REGIONS)
    shares = np.repeat(STRENGTH[:, None, :], regions, axis=1) * SIZE[:, None, None]
    shares = shares * (1.0 - HOME) / shares.sum(axis=0)
    for r in range(regions):
        shares[r, r] += HOME
    return shares


def example() -> InputOutputTable:
    """The table."""
    regions, sectors, share = len(REGIONS), len(SECTORS), origins()
    size = regions * sectors
    inputs = np.zeros((size, size))
    final = np.zeros((size, regions * len(CATEGORIES)))
    for seller in range(regions):
        for buyer in range(regions):
            rows = slice(seller * sectors, (seller + 1) * sectors)
            columns = slice(buyer * sectors, (buyer + 1) * sectors)
            inputs[rows, columns] = RECIPE * share[seller, buyer][:, None]
            for c in range(len(CATEGORIES)):
                wanted = WANTED[c] * SIZE[buyer] * SCALE
                final[rows, buyer * len(CATEGORIES) + c] = wanted * share[seller, buyer]
    output = np.linalg.solve(np.eye(size) - inputs, final.sum(axis=1))
    flows = np.round(inputs * output, 3)
    final = np.round(final, 3)
    output = flows.sum(axis=1) + final.sum(axis=1)
    return InputOutputTable(
        flows, final, output, REGIONS, SECTORS, CATEGORIES, "example", unit=UNIT
    )


if __name__ == "__main__":
    write_table(example(), Path(sys.argv[1]))
    print(f"wrote {sys.argv[1]}")
