"""Every numerical tolerance of the project, with the reason for its size.

``_RTOL`` is relative to the size of the quantity, ``_ATOL`` is in the quantity's own unit.
"""

from typing import Final

CONSERVATION_RTOL: Final = 1e-9
"""Law 1: mass per element, licences and money over one step. Sums of some 1e4 float64 terms carry
about 1e-12 of rounding, so this leaves three digits of room and still sees one lost kilogram."""

REST_RTOL: Final = 1e-9
"""Law 2: drift of an undisturbed flow over ten years. 520 steps of rounding stay below 1e-12."""

BALANCE_RTOL: Final = 1e-9
"""What enters a node equals what leaves it, per material and element, after balancing."""

SOLVER_RTOL: Final = 1e-10
"""Gap and feasibility asked of the solver, one digit below what its answer must satisfy."""

NEGATIVE_STOCK_ATOL: Final = 1e-9
"""A stock below minus this many tonnes is an error, above it rounding. One milligram."""

EMPTY_ATOL: Final = 1e-12
"""Tonnes at or below which a stock, an order or a flow counts as nothing: a microgram."""

SHARE_SUM_ATOL: Final = 1e-9
"""How far shares that make up a whole may miss 1 after they were normalised."""

SHARE_EDGE_ATOL: Final = 1e-12
"""Distance that a share keeps from 0 and 1 where a logit is taken of it."""

PRICE_TIER_RTOL: Final = 1e-8
"""Law 8: the two price tiers, unconstrained, differ by freight and duty only. Prices come out of an
iteration, which ends one digit later than a sum does."""

UNIT_ROUND_TRIP_RTOL: Final = 1e-12
"""A value converted to another unit and back: two roundings of a product."""

STORED_DIGITS: Final = 12
"""Significant digits of a float in JSON and CSV files. Float64 carries 15 to 17; the last differ
between processors and mathematical libraries, and these files promise the same bytes."""

SOLVER_REGULARISATIONS: Final = (1e-8, 1e-10, 1e-12, 1e-14)
"""Tried in turn on the diagonal of the solver's linear systems until it converges. The first suits
a large graph; with it alone, one small system in seventy of random figures does not converge."""

NIL_FLOW: Final = 1e-4
"""Tonnes a year below which balancing drops a flow: 100 grams, far below any sourced figure."""

TINY: Final = 1e-14
"""Guards a division or a factorisation against zero; of the order of float64 rounding."""

POLISH_PASSES: Final = 3
"""Projections onto the balance constraints; each gains eight digits, so the second converges."""

NO_SCARCITY: Final = 1e-14
"""Share of demand missed below which an industry is not short of anything. The reference of the
ARIO family compares with zero exactly, which decides by rounding; wider than this, output that
creeps up to demand over months would count as there."""

PEER_RTOL: Final = 1e-5
PEER_ATOL: Final = 1e-8
"""Relative and absolute width of the dead band of the reference implementation of ARIO: stocks this
near to target are full, deliveries this near to use are level. Reproduced on request only."""

STOCK_SLACK: Final = 1e-10
"""Share of its target or of what output needs by which a stock may be short and counts as full.
With gaps made up at once rest is unstable (each step doubles a rounding error where an industry
holds two days of stock); ten years of rounding move a stock by some 1e-13 of itself."""

REST_SLACK: Final = 1e-12
"""Share of its output at rest by which a firm's orders may differ from it and count as equal. With
the stocks of the literature a small loss of orders grows from tier to tier, and rounding (1e-13 for
a firm of thousands of clients) would lead a network away from rest within some hundred days."""
