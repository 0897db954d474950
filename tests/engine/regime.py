"""What becomes of lean chains under each rule; prints the table of docs/design/005.

Run from the checkout: ``python -m tests.engine.regime``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.engine.chains import Chain, random_chain

from terbium.engine.kernel import advance
from terbium.engine.program import LANES, SUPPLY_PUSH, Rules

STEPS, SHOCK_FIRST, SHOCK_STEPS = 200, 10, 6
RESTORE = 8.0
RULES = {
    "realised, proportional": Rules(0, 0, 0.5),
    "realised, priority": Rules(0, 1, 0.5),
    "wanted, proportional": Rules(1, 0, 0.5),
    "wanted, priority": Rules(1, 1, 0.5),
}


def lean_chain(seed: int, cover: float, restore: float = RESTORE) -> Chain:
    """A random chain with ``cover`` steps of stock everywhere; one mine stands still."""
    chain = random_chain(seed, STEPS, tiers=4)
    p = chain.program
    nobody = np.zeros(LANES)
    draws = chain.draws._replace(
        in_cover=np.full((p.in_coef.size, LANES), cover),
        out_cover=np.full((p.out_coef.size, LANES), cover),
        adjust=np.full(LANES, restore),
        adjust_out=np.full(LANES, restore),
        node_cap=np.repeat(1.25 * p.node_base[:, None], LANES, axis=1),
        hoarding=nobody,
        anticipation=nobody,
        switching=nobody,
        overtime=nobody,
        keep=nobody,
    )
    mine = np.random.default_rng(seed).choice(np.flatnonzero(p.node_kind == SUPPLY_PUSH))
    scale = np.ones((STEPS, p.node_base.size))
    scale[SHOCK_FIRST : SHOCK_FIRST + SHOCK_STEPS, mine] = 0.0
    return replace(chain, draws=draws, policy=chain.policy._replace(cap_scale=scale))


def final_output(chain: Chain, rules: Rules) -> np.ndarray:
    """Output of all industries over the undisturbed one, (step, lane) [-]."""
    p = chain.program
    state, record = chain.fresh()
    advance(p, chain.policy, chain.draws, state, record, 0, STEPS, rules)
    base = p.node_base[p.node_series >= 0].sum()
    return record.activity.sum(axis=1) / base


def outcome(cover: float, rules: Rules, seeds: int) -> tuple[float, float]:
    """Share of draws that end below half, and mean output lost since the shock."""
    output = np.stack([final_output(lean_chain(seed, cover), rules) for seed in range(seeds)])
    down = output[:, -10:].mean(axis=1) < 0.5
    return float(down.mean()), float(1.0 - output[:, SHOCK_FIRST:].mean())


def main() -> None:
    for cover in (0.0, 0.5, 1.0, 2.0, 8.0):
        cells = [outcome(cover, rules, 40) for rules in RULES.values()]
        text = " | ".join(f"{down:.0%} down, {lost:.1%} lost" for down, lost in cells)
        print(f"| {cover:g} | {text} |")  # noqa: T201


if __name__ == "__main__":
    main()
