"""Contested parameters of the dataset, derived again from all figures that sources give."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from terbium.base.errors import CommandError, suggest
from terbium.evidence.dataset import Dataset
from terbium.evidence.methods import method
from terbium.evidence.quantities import quantities
from terbium.evidence.reconcile import Pool, Spread, pools_of
from terbium.evidence.schema import LOW_QUANTILE, Estimate


@dataclass(frozen=True)
class Derived:
    """A parameter, or a share that several make, as the dataset has it and as sources have it.

    Attributes
    ----------
    name, quantity
        Name of the row and the quantity that sources speak of.
    members
        Parameters that would change.
    old
        What the dataset says, from its estimates.
    pool
        What sources say.
    settings
        New central values by parameter, that give the new share with all else as it is.
    """

    name: str
    quantity: str
    members: Sequence[str]
    old: Spread
    pool: Pool
    settings: Mapping[str, float]

    @property
    def new(self) -> Spread:
        """The linear pool."""
        return self.pool.linear

    def to_dict(self) -> dict[str, Any]:
        """The content as JSON has it."""
        return {
            "name": self.name,
            "quantity": self.quantity,
            "parameters": list(self.members),
            "old": vars(self.old),
            "new": vars(self.new),
            "logarithmic": vars(self.pool.logarithmic),
            "scope": self.pool.scope,
            "rule": self.pool.estimate.rule,
            "claims": list(self.pool.estimate.claims),
            "contraction": self.pool.contraction,
            "settings": dict(self.settings),
        }


def derive(dataset: Dataset, name: str = "") -> list[Derived]:
    """Set the dataset's contested shares beside what sources give.

    Parameters
    ----------
    dataset
        With the parameters that `data/evidence/parameters.csv` names.
    name
        One row of that table; without it all.

    Raises
    ------
    CommandError
        If there is no such row.
    """
    text = files("terbium").joinpath("data/evidence/parameters.csv").read_text(encoding="utf-8")
    rows = {row["name"]: row for row in csv.DictReader(text.splitlines())}
    if name and name not in rows:
        raise CommandError.of(
            "terbium evidence reconcile", "--parameter", f"'{name}'", ", ".join(rows),
            suggest(name, rows),
        )  # fmt: skip
    chosen = [rows[name]] if name else list(rows.values())
    return [_derived(dataset, row) for row in chosen]


def _derived(dataset: Dataset, row: Mapping[str, str]) -> Derived:
    pools = {pool.scope: pool for pool in pools_of(quantities()[row["quantity"]])}
    pool = pools[row["scope"]]
    members = [n for n in dataset.names(row["part"]) if n.endswith(row["ending"])]
    whole = [n for n in dataset.names(row["whole"]) if n.endswith(row["ending"])]
    if whole == members:
        estimate = dataset.estimate(members[0])
        old = Spread(estimate.low, estimate.central, estimate.high)
        settings = {members[0]: pool.linear.central}
        return Derived(row["name"], row["quantity"], members, old, pool, settings)
    part = sum(dataset.central(n) for n in members)
    rest = sum(dataset.central(n) for n in whole) - part
    share = pool.linear.central
    factor = share / (1 - share) * rest / part
    settings = {n: dataset.central(n) * factor for n in members}
    old = _share(dataset, members, [n for n in whole if n not in members])
    return Derived(row["name"], row["quantity"], members, old, pool, settings)


def _share(dataset: Dataset, members: Sequence[str], others: Sequence[str]) -> Spread:
    """Quantiles of a share of sums whose terms are drawn on their own."""
    count = int(method("reconcile/draws"))
    generator = np.random.default_rng(0)
    sums = []
    for names in (members, others):
        total = np.zeros(count)
        for name in names:
            total += _drawn(dataset.estimate(name), generator.standard_normal(count))
        sums.append(total)
    shares = sums[0] / (sums[0] + sums[1])
    low, central, high = np.quantile(shares, [LOW_QUANTILE, 0.5, 1 - LOW_QUANTILE])
    return Spread(float(low), float(central), float(high))


def _drawn(estimate: Estimate, normal: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    """Lognormal draws, each side of the median as wide as the estimate has it."""
    if estimate.low == estimate.high:
        return estimate.central
    z = method("estimate/interval_z")
    below = math.log(estimate.central / estimate.low) / z
    above = math.log(estimate.high / estimate.central) / z
    return estimate.central * np.exp(np.where(normal < 0, below, above) * normal)
