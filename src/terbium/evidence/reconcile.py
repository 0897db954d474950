"""From what sources say to an estimate: clusters by origin, error scales by class, two pools.

Figures are separated by scope and date before they are compared. Sources that count from one origin
make one observation. An observation is a t density (4 degrees of freedom) around the stated figure
on the scale on which it is unbounded, logit for shares and log for amounts, as wide as its class of
source is known to err, mixed with a chance that it is worthless. The linear pool keeps sources that
disagree apart and becomes wide; the logarithmic pool is what all of them allow.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from terbium.base.errors import CommandError, suggest
from terbium.base.units import UNITS
from terbium.evidence.findings import is_share, number_text, period_of
from terbium.evidence.methods import method, methods
from terbium.evidence.quantities import Figure, Quantity, figures_of
from terbium.evidence.schema import LOW_QUANTILE, Estimate

Array = NDArray[np.float64]

EVERY_SCOPE = "every scope"
"""The pool in which what is counted is one more thing that is not known."""

_WEAK = frozenset({"press", "opinion"})
_NOT_POOLED = frozenset({"count", "ISO date"})
_RULE = (
    "linear pool of {count} origins ({origins}), {scope}; each a t density with 4 degrees of "
    "freedom, as wide as its class of source errs; design note 021"
)


@dataclass(frozen=True)
class Cluster:
    """Figures that rest on one origin: one observation.

    Attributes
    ----------
    origin
        Who counted.
    figures
        All of them, the one that stands for them first: the best class of source, then the newest.
    """

    origin: str
    figures: Sequence[Figure]

    @property
    def figure(self) -> Figure:
        """The one that stands for all."""
        return self.figures[0]

    @property
    def weight(self) -> float:
        """Share of the pool before it is made to add up: sound sources over their error."""
        return (1 - _junk(self.figure)) / _scale(self.figure)


@dataclass(frozen=True)
class Spread:
    """Quantiles of a pool: 5 %, 50 %, 95 %."""

    low: float
    central: float
    high: float


@dataclass(frozen=True)
class Pool:
    """What sources of one scope say together.

    Attributes
    ----------
    quantity, scope
        Of what.
    clusters
        Observations, the heaviest first.
    linear, logarithmic
        Quantiles of the two pools.
    prior
        Quantiles before any source was heard: the plausible range.
    contraction
        One less the width of the linear pool over that of the prior, on the unbounded scale.
    """

    quantity: Quantity
    scope: str
    clusters: Sequence[Cluster]
    linear: Spread
    logarithmic: Spread
    prior: Spread
    contraction: float

    @cached_property
    def estimate(self) -> Estimate:
        """The linear pool as an estimate of the dataset's kind."""
        origins = ", ".join(cluster.origin for cluster in self.clusters)
        share = is_share(self.quantity.unit)
        as_of = max(cluster.figure.as_of.partition("/")[0] for cluster in self.clusters)
        return Estimate(
            name=f"evidence/{self.quantity.quantity}",
            low=self.linear.low,
            central=self.linear.central,
            high=self.linear.high,
            unit="1" if share else self.quantity.unit,
            as_of=as_of,
            grade="D",
            claims=tuple(figure.id for cluster in self.clusters for figure in cluster.figures),
            rule=_RULE.format(count=len(self.clusters), origins=origins, scope=self.scope),
            shape="logit" if share else "lognormal",
        )

    @property
    def told(self) -> str:
        """The pools in one line, with what they rest on."""
        unit = self.quantity.unit
        linear, logarithmic = (
            f"{number_text(one.low, unit)} to {number_text(one.high, unit)}, middle "
            f"{number_text(one.central, unit)}"
            for one in (self.linear, self.logarithmic)
        )
        return (
            f"Pool of {len(self.clusters)} observations, {self.scope}: {linear} (linear, 90 %); "
            f"{logarithmic} (logarithmic)."
        )

    def to_dict(self) -> dict[str, Any]:
        """The content as JSON has it."""
        return {
            "quantity": self.quantity.quantity,
            "scope": self.scope,
            "linear": vars(self.linear),
            "logarithmic": vars(self.logarithmic),
            "prior": vars(self.prior),
            "contraction": self.contraction,
            "rule": self.estimate.rule,
            "claims": list(self.estimate.claims),
            "clusters": [
                {
                    "origin": cluster.origin,
                    "value": cluster.figure.value,
                    "source_class": cluster.figure.source_class,
                    "weight": cluster.weight / sum(one.weight for one in self.clusters),
                    "figures": [figure.id for figure in cluster.figures],
                }
                for cluster in self.clusters
            ],
        }


def pools_of(quantity: Quantity) -> list[Pool]:
    """A pool for every scope of a quantity, of figures near its newest year.

    Parameters
    ----------
    quantity
        With plausible bounds, in a unit of the dataset; others have no pool.

    Returns
    -------
    list of Pool
        The scope with the most origins first; scopes of press and columns alone are left out.
    """
    if quantity.plausible_low is None or quantity.plausible_high is None or quantity.series:
        return []
    is_known = is_share(quantity.unit) or quantity.unit in UNITS
    if not is_known or quantity.unit in _NOT_POOLED or "tariff" in quantity.metric:
        return []
    recent = _recent(figures_of(quantity.quantity))
    by_scope: dict[str, list[Figure]] = defaultdict(list)
    for figure in recent:
        by_scope[figure.denominator].append(figure)
    if len(by_scope) > 1:
        by_scope[EVERY_SCOPE] = recent
    found = [
        _pooled(quantity, scope, _clusters(rows, scope == EVERY_SCOPE))
        for scope, rows in by_scope.items()
        if any(row.source_class not in _WEAK for row in rows)
    ]
    return sorted(found, key=lambda pool: (-len(pool.clusters), pool.scope))


def pool_of(quantity: Quantity) -> Pool | None:
    """The pool of the one scope with the most origins; if none has two, that of every scope."""
    found = [pool for pool in pools_of(quantity) if len(pool.clusters) > 1]
    return min(found, key=lambda pool: pool.scope == EVERY_SCOPE, default=None)


def _recent(known: Sequence[Figure]) -> list[Figure]:
    """Figures at most a few years older than the newest of the same quantity."""
    years = {figure.id: _year(figure) for figure in known}
    newest = max(years.values(), default=0)
    return [f for f in known if newest - years[f.id] <= method("reconcile/years")]


def _year(figure: Figure) -> int:
    period = period_of(figure.as_of)
    return period.last.year if period else 0


def _scale(figure: Figure) -> float:
    known = _known("scale", figure.source_class)
    factor = method("reconcile/about_factor") if figure.qualifier == "about" else 1.0
    return known * factor


def _junk(figure: Figure) -> float:
    return _known("junk", figure.source_class)


def _known(what: str, source_class: str) -> float:
    found = methods(f"reconcile/{what}/{source_class}")
    if not found:
        raise CommandError.of(
            "data/evidence/figures.csv", "source_class", f"'{source_class}'",
            f"a class with a row reconcile/{what}/... in data/methods.csv",
            suggest(source_class, ["customs", "press"]),
        )  # fmt: skip
    return found[0]


def _clusters(figures: Sequence[Figure], mixed: bool) -> list[Cluster]:
    """One cluster for each origin; where scopes are mixed, for each origin and scope."""
    by_origin: dict[str, list[Figure]] = defaultdict(list)
    firm_scopes = {f.origin: f.denominator for f in figures if f.source_class not in _WEAK}
    for figure in figures:
        # a column that passes on what another counted adds no scope of its own
        is_passed_on = figure.source_class in _WEAK and figure.origin in firm_scopes
        scope = firm_scopes[figure.origin] if is_passed_on else figure.denominator
        by_origin[f"{figure.origin}, {scope}" if mixed else figure.origin].append(figure)
    clusters = [
        Cluster(origin, sorted(rows, key=lambda f: (_scale(f), _negative_day(f))))
        for origin, rows in by_origin.items()
    ]
    return sorted(clusters, key=lambda cluster: (-cluster.weight, cluster.origin))


def _negative_day(figure: Figure) -> tuple[int, ...]:
    """Sorts the newest first."""
    return tuple(-int(part) for part in figure.published.split("-"))


def _pooled(quantity: Quantity, scope: str, clusters: Sequence[Cluster]) -> Pool:
    share = is_share(quantity.unit)
    low, high = quantity.plausible_low or 0.0, quantity.plausible_high or 0.0
    ends = _free(np.array([low, high]), share)
    grid = np.linspace(ends[0], ends[1], int(method("reconcile/grid")))
    densities = np.array([_density(cluster, grid, share) for cluster in clusters])
    weights = np.array([cluster.weight for cluster in clusters])
    weights /= weights.sum()
    linear = weights @ densities
    logarithmic = np.exp(weights @ np.log(densities))
    prior = np.ones_like(grid)
    widths = [_width(_quantiles(grid, density)) for density in (linear, prior)]
    return Pool(
        quantity, scope, clusters, _spread(grid, linear, share), _spread(grid, logarithmic, share),
        _spread(grid, prior, share), 1 - widths[0] / widths[1],
    )  # fmt: skip


def _free(values: Array, share: bool) -> Array:
    """Values on the scale on which they are unbounded."""
    edge = method("reconcile/edge")
    if share:
        inside = np.clip(values, edge, 1 - edge)
        return np.asarray(np.log(inside / (1 - inside)))
    return np.asarray(np.log(np.maximum(values, edge)))


def _bound(values: Array, share: bool) -> Array:
    return np.asarray(1 / (1 + np.exp(-values)) if share else np.exp(values))


def _density(cluster: Cluster, grid: Array, share: bool) -> Array:
    """Density of one observation over the plausible range.

    A figure that is said to be exceeded, or not reached, speaks for one side only.
    """
    figure = cluster.figure
    values = _free(np.array([one.value for one in cluster.figures]), share)
    centre = float(_free(np.array([figure.value]), share)[0])
    revised = float(np.ptp(values)) / 2
    scale = math.hypot(_scale(figure), revised)
    density = np.asarray(stats.t.pdf((grid - centre) / scale, method("reconcile/freedom")))
    if figure.qualifier in {"more_than", "at_least"}:
        density = np.where(grid >= centre - scale, density, density * method("reconcile/edge"))
    elif figure.qualifier in {"less_than", "at_most", "up_to", "nearly"}:
        density = np.where(grid <= centre + scale, density, density * method("reconcile/edge"))
    junk = _junk(figure)
    flat = np.ones_like(grid) / np.trapezoid(np.ones_like(grid), grid)
    return np.asarray((1 - junk) * density / np.trapezoid(density, grid) + junk * flat)


def _quantiles(grid: Array, density: Array) -> Array:
    steps = np.diff(grid) * (density[1:] + density[:-1]) / 2
    cumulated = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = [LOW_QUANTILE, 0.5, 1 - LOW_QUANTILE]
    return np.asarray(np.interp(wanted, cumulated / cumulated[-1], grid))


def _width(quantiles: Array) -> float:
    return float(quantiles[2] - quantiles[0])


def _spread(grid: Array, density: Array, share: bool) -> Spread:
    low, central, high = _bound(_quantiles(grid, density), share)
    return Spread(float(low), float(central), float(high))
