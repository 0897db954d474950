"""A small input-output table with regions that a gazetteer knows."""

import numpy as np

from terbium.graph.tables import InputOutputTable

REGIONS = ("CHN", "DEU", "FRA", "USA")
SECTORS = ("build", "cars", "mining")
CATEGORIES = ("house", "state")


def small_table() -> InputOutputTable:
    """Four regions, three sectors, two categories; the state buys no cars, FRA mines nothing."""
    rng = np.random.default_rng(7)
    n, columns = len(REGIONS) * len(SECTORS), len(REGIONS) * len(CATEGORIES)
    Z = rng.uniform(1.0, 5.0, (n, n))
    Y = rng.uniform(20.0, 40.0, (n, columns))
    Y[1::3, 1::2] = 0.0
    idle = REGIONS.index("FRA") * 3 + 2
    Z[idle, :] = Z[:, idle] = Y[idle, :] = 0.0
    x = Z.sum(axis=1) + Y.sum(axis=1)
    return InputOutputTable(Z, Y, x, REGIONS, SECTORS, CATEGORIES, "small")
