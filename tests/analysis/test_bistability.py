"""A coarse version of docs/bistability.md: where the mean field holds, and where it does not."""

import re
from pathlib import Path

import numpy as np
import pytest

import terbium as tb
from terbium.analysis.bistability import (
    Setting,
    Strike,
    after_depletion,
    behaviour_of,
    collapse_map,
    even_table,
    is_collapsed,
    threshold_of,
)
from terbium.engine.network.case import ORDERING, RATIONING
from terbium.engine.network.stability import assess, thresholds
from terbium.graph.tables import InputOutputTable, read_table
from terbium.scenario.examples import table_path

PAGE = Path(__file__).parents[2] / "docs" / "bistability.md"
EVEN = even_table(2, 3, 0.5)
TOLERANCE = 0.002
SETTINGS = (
    *((10, 60, 0.8), (20, 60, 0.8), (30, 60, 0.8), (45, 60, 0.95), (20, 60, 0.5), (10, 60, 0.3)),
    *((10, 20, 0.8), (15, 30, 0.9), (60, 60, 0.8), (80, 60, 0.8), (90, 60, 0.8)),
)


@pytest.fixture(scope="module")
def example() -> InputOutputTable:
    return read_table(table_path("example"))


def mean_field(days: float, tau: float, psi: float) -> float:
    if days >= tau:
        return 0.0
    return float(thresholds(psi, np.array([float(days)]), np.array([float(tau)]))[0])


@pytest.mark.parametrize(("days", "tau", "psi"), SETTINGS)
def test_kernel_and_mean_field_have_one_threshold(
    days: float, tau: float, psi: float, example: InputOutputTable
) -> None:
    expected = mean_field(days, tau, psi)
    for table in (EVEN, example):
        b = behaviour_of(table, Setting(days, tau, psi))
        found = threshold_of(table, b, steps=3000, least=0.05, rounds=10)
        assert found == pytest.approx(expected, abs=TOLERANCE)
        assert assess(table, b).highest == pytest.approx(expected)


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_the_threshold_does_not_hang_on_how_much_is_bought(share: float) -> None:
    table = even_table(3, 2, share)
    found = threshold_of(table, behaviour_of(table, Setting(20, 60, 0.8)), 3000, 0.05, 10)
    assert found == pytest.approx(mean_field(20, 60, 0.8), abs=TOLERANCE)


def test_no_strike_collapses_where_stocks_outlast_restoration(example: InputOutputTable) -> None:
    days, tau = (6.0, 12.0, 24.0, 36.0, 60.0, 90.0), (6.0, 20.0, 40.0, 60.0, 90.0)
    struck = [example.position("east", sector) for sector in ("mining", "magnets")]
    ends, after = collapse_map(example, days, tau, 0.8, Strike(struck, 0.9, 5, 14, 10.0), 1095)
    limit = np.array([[mean_field(n, t, 0.8) for n in days] for t in tau])
    gone = np.array([[is_collapsed(np.array([end])) for end in row] for row in ends])
    lean = np.less(np.array(days)[None, :], np.array(tau)[:, None])
    assert gone.any()
    assert not (gone & ~lean).any()
    # a guide and no more: the page says how often it is wrong
    assert np.mean((gone == (after < limit))[lean]) >= 0.8


def test_the_rule_of_rationing_decides(example: InputOutputTable) -> None:
    def end(rule: str, table: InputOutputTable, days: float) -> float:
        b = behaviour_of(table, Setting(days, 60.0, 0.8), rule)
        return float(after_depletion(table, b, 0.8, 2000)[-1])

    assert end("proportional", EVEN, 30) < 0.01
    assert end("intermediate_first", EVEN, 10) == pytest.approx(1.0, abs=1e-3)
    assert end("final_first", EVEN, 90) < 0.01
    assert end("water_filling", EVEN, 30) == pytest.approx(0.8, abs=1e-6)
    assert end("highest_bidder", EVEN, 10) == pytest.approx(1.0, abs=1e-3)
    assert end("highest_bidder", example, 90) < 0.01


def test_rebuilding_tips_what_the_criterion_calls_safe() -> None:
    """Where the mean field fails, as the page says."""
    hit = {"type": "rebuild", "unit": "fracK", "impact": [[["north", "west"], "services", 0.1]]}
    hit |= {"occurrence": 5, "duration": 15, "rebuild_tau": 60}
    hit |= {"rebuilding_sectors": {"construction": 0.7, "machinery": 0.3}}
    run = tb.propagate("example", {"events": [hit], "T": 1095})
    assert run.made_from.stability.is_safe
    assert run.regime == "collapsed"
    assert "orders for rebuilding" in run.made_from.stability_text


def test_the_figures_of_the_page_are_those_of_its_script() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for days, tau, psi in SETTINGS:
        expected = mean_field(days, tau, psi)
        cell = f"{expected:.3f}" if expected else "none"
        assert f"| {days:g} | {tau:g} | {psi:g} | {cell} |" in text
    for name in ("thresholds", "maps", "rebuilding", "rules", "remedies"):
        held = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL)
        assert held is not None
        assert held.group(1).count("\n") > 3
    maps = [line for line in text.splitlines() if " 276 | " in line]
    assert len(maps) == 9
    assert all(line.endswith("| 276 | 0 |") for line in maps)


def test_what_is_said_before_a_run_is_what_comes_of_it(example: InputOutputTable) -> None:
    """Every rule, lean and full stocks: nothing that is called safe for certain collapses."""
    event = {"type": "arbitrary", "impact": [["east", ["mining", "magnets"], 0.5]]}
    event |= {"occurrence": 5, "duration": 14, "recovery_tau": 10}
    for rule in RATIONING:
        for ordering in ORDERING:
            for days in (10, 90):
                options = {"rationing": rule, "ordering": ordering}
                model = {"main_inv_dur": days}
                run = tb.propagate(
                    example, {"events": [event], "model": model, "options": options, "T": 730}
                )
                text = run.made_from.stability_text
                if run.regime == "collapsed":
                    assert not run.made_from.stability.is_safe or "ranked claims" in text, (
                        rule,
                        ordering,
                        days,
                    )
                if rule == "final_first":
                    assert run.made_from.stability.at_risk.size == example.size
                    assert "no stock is long enough" in text
                if rule == "water_filling":
                    assert run.made_from.stability.is_safe
                    assert "neither goes on falling nor comes back" in text
