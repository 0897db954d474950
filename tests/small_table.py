"""A small input-output table with regions that a gazetteer knows."""

from dataclasses import fields, is_dataclass

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


def equal(a: object, b: object) -> bool:
    """Whether two cases hold the same, arrays included."""
    if is_dataclass(a) and type(a) is type(b):
        return all(equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, np.ndarray):
        return bool(np.array_equal(a, b))
    return a == b
