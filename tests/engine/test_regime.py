"""Lean chains collapse under the textbook rule and heal under ours (docs/design/005)."""

import pytest
from tests.engine.regime import RESTORE, RULES, outcome

SEEDS = 12


@pytest.mark.parametrize("rationing", ["proportional", "priority"])
def test_without_stock_the_rule_decides_whether_a_chain_comes_back(rationing: str) -> None:
    down, lost = outcome(0.0, RULES[f"realised, {rationing}"], SEEDS)
    assert down > 0.5
    assert lost > 0.3
    down, lost = outcome(0.0, RULES[f"wanted, {rationing}"], SEEDS)
    assert down == 0.0
    assert lost < 0.05


@pytest.mark.parametrize("name", RULES)
def test_stock_for_longer_than_it_takes_to_restore_it_prevents_collapse(name: str) -> None:
    down, lost = outcome(RESTORE, RULES[name], SEEDS)
    assert down == 0.0
    assert lost < 0.001
