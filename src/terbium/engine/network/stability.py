"""Whether a short disturbance can tip a network into collapse (docs/bistability.md).

With orders for what was made, and every claim cut alike, a firm that ran short asks for less while
final demand asks for as much as ever; so the share of deliveries that goes to industry falls below
what industry needs. In the mean field of equal industries with ``k`` of their target stock left,
output recovers if ``k / psi + (n / tau) (1 - k) >= 1``, where ``n`` is the target stock and ``tau``
the time in which gaps are made up. Hence no collapse can start where ``n >= tau``; otherwise output
below ``(1 - n / tau) / (1 - psi n / tau)`` of the base goes on falling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from terbium.engine.network.case import Behaviour
from terbium.engine.network.setup import binding_inputs
from terbium.engine.program import Floats, Ints
from terbium.graph.tables import InputOutputTable


@dataclass(frozen=True)
class Stability:
    """What the criterion says before a run.

    Attributes
    ----------
    applies
        Whether the rules of the case are those that the criterion was derived for.
    rule
        How the rules in force bear on it, in a sentence.
    threshold : (S, N)
        Share of base output below which the mean field of this stock and restoration time
        collapses [-]; 0 where no collapse can start, nan where the input never binds.
    at_risk : (K,) int
        Industries with a threshold above nil, largest threshold first, then largest output.
    """

    applies: bool
    rule: str
    threshold: Floats
    at_risk: Ints

    @property
    def is_safe(self) -> bool:
        """Whether no collapse can start by the criterion."""
        return self.at_risk.size == 0

    @property
    def highest(self) -> float:
        """Largest threshold of all inputs [-]; 0 where none binds."""
        known = self.threshold[np.isfinite(self.threshold)]
        return float(known.max(initial=0.0))

    def inputs_at_risk(self) -> Ints:
        """Sectors whose products are held too lean by some industry, most industries first."""
        count = (self.threshold > 0.0).sum(axis=1)
        order = np.argsort(-count, kind="stable")
        return np.asarray(order[count[order] > 0], dtype=np.int64)


def thresholds(psi: float, days: Floats, restoration: Floats) -> Floats:
    """Share of base output below which the mean field collapses [-].

    Parameters
    ----------
    psi
        Share of the target stock below which output falls [-].
    days, restoration
        Target stock ``n`` and restoration time ``tau``, same shape [step].
    """
    lean = np.minimum(days / restoration, 1.0)
    return np.asarray((1.0 - lean) / (1.0 - psi * lean))


def assess(table: InputOutputTable, behaviour: Behaviour) -> Stability:
    """Apply the criterion to every input of every industry.

    Parameters
    ----------
    table, behaviour
        What is about to run.
    """
    binding = binding_inputs(table, behaviour)
    threshold = np.full(binding.shape, np.nan)
    days, restoration = behaviour.inventory_steps[binding], behaviour.restoration_steps[binding]
    # With psi 1 and a gap made up at once the formula reads 0 / 0: such a stock cannot tip.
    threshold[binding] = np.where(
        days >= restoration, 0.0, thresholds(min(behaviour.psi, 1.0), days, restoration)
    )
    if behaviour.rationing == "final_first":
        # whatever is short, industry gets less than it uses (docs/bistability.md)
        threshold[binding] = 1.0
    worst = np.nan_to_num(threshold, nan=0.0).max(axis=0, initial=0.0)
    order = np.lexsort((-table.x, -worst))
    applies, rule = _bearing(behaviour)
    at_risk = order[worst[order] > 0.0] if applies else order[:0]
    return Stability(applies, rule, threshold, np.asarray(at_risk, dtype=np.int64))


def _bearing(b: Behaviour) -> tuple[bool, str]:
    """Whether the criterion applies under the rules of a case, and why."""
    if b.rationing == "final_first":
        return True, "final demand is served first, so that no stock is long enough"
    if b.rationing == "intermediate_first":
        return False, "industry is served before final demand, which removes the mechanism"
    if b.rationing == "water_filling":
        return False, (
            "water-filling gives industry what it uses and no more, so that output which fell "
            "neither goes on falling nor comes back"
        )
    if b.rationing != "proportional":
        return True, "claims are ranked, which can starve some buyers however full their stocks are"
    if b.ordering == "wanted":
        return (
            False,
            "industries go on ordering for what they want to make, which removes the mechanism",
        )
    return True, "all claims are cut alike, as in the criterion"
