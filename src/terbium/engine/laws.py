"""Laws that hold for one filing, one order or one shipment, whatever the layout of a kernel.

The kernel of the material chain steps many draws side by side, the kernel of tables and networks
one run over many links; what a licence, a supplier's share or a late shipment *is* stands here
once. Each function takes and returns scalars and is merged into its caller by the compiler.
"""

from __future__ import annotations

from terbium.base import tolerances
from terbium.engine.jit import inner


@inner
def settled(
    ready: float, live: float, expiring: float, decided: float, passed: float, refile: float
) -> tuple[float, float, float, float, float]:
    """What a desk does to one line of filings in a step (docs/design/004, rules Q4 and Q5).

    Parameters
    ----------
    ready, live
        Filings that can be decided; licences granted and unused.
    expiring
        Licences that lapse in this step unless they were used before.
    decided
        Share of the ready filings that is decided [-].
    passed, refile
        Share of the decided that is granted, share of the refused that is filed again [-].

    Returns
    -------
    decided, granted, again, dropped, lapsed
        In the unit of ``ready``.
    """
    done = decided * ready
    granted = done * passed
    again = (done - granted) * refile
    dropped = done - granted - again
    lapsed = min(max(expiring, 0.0), live)
    return done, granted, again, dropped, lapsed


@inner
def delivered_share(sent: float, ordered: float, before: float) -> float:
    """Share of an order that came; an order of next to nothing teaches nothing (005, rule O3)."""
    return min(1.0, sent / ordered) if ordered > tolerances.EMPTY_ATOL else before


@inner
def wanted_share(base: float, came: float, latent: float, short: float, total: float) -> float:
    """Share that a supplier would get if orders moved at once (005, rule O3).

    Parameters
    ----------
    base, came
        Base share, and share of what was ordered lately that came [-].
    latent, short
        Weight of a supplier that could step in, share of base orders that fails to come [-].
    total
        Sum of the numerators over the suppliers of the input; inf keeps shares as they are.
    """
    return (base * came + latent * short) / total
