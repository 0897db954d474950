"""Scenarios that are windows on one recorded history tell the same history."""

import numpy as np
import pytest

import terbium as tb
from terbium.policy.friction import compile_friction
from terbium.results.keys import answer, read_key
from terbium.scenario import list_scenarios, load_scenario

WINDOWS = ("japan-2026", "october-2025", "truce-2025", "us-affiliates-rule")
HISTORY = "april-2025"


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_plays_the_acts_of_the_history_with_the_same_buyers(name: str) -> None:
    window, history = load_scenario(name), load_scenario(HISTORY)
    assert set(window.measures.include) >= set(history.measures.include)
    assert window.headline.feared == history.headline.feared
    assert window.headline.in_force != history.headline.in_force
    assert (window.responses, window.rules) == (history.responses, history.rules)
    assert window.covers.first > history.covers.first


@pytest.mark.slow
@pytest.mark.parametrize("name", [HISTORY, *WINDOWS])
def test_no_act_of_the_register_that_moves_goods_is_left_out(name: str) -> None:
    study = tb.open_study(name, draws=1)
    clock, played = study.scenario.clock, study.scenario.measures.include
    last = clock.step_start(clock.steps)
    left_out = [m for m in study.register.select(None) if m.id not in played]
    assert left_out
    found = compile_friction(
        study.register,
        study.compiled.classes,
        clock.start,
        last,
        [measure.id for measure in left_out],
    )
    for array, nothing in ((found.controlled, 0), (found.denied, 0), (found.duty, 0)):
        assert (array == nothing).all()
    assert np.isinf(found.cap).all()
    assert (found.grant_share == 1).all()


def test_a_scenario_without_a_measure_fears_none() -> None:
    for name in list_scenarios():
        headline = load_scenario(name).headline
        assert (headline.feared is None) == (headline.measure is None)


@pytest.mark.slow
def test_two_windows_that_cover_a_key_agree() -> None:
    end = {"horizon.end": "2025-12-28"}
    runs = {
        name: tb.open_study(name, overrides=end, draws=4, seed=2).simulate()
        for name in (HISTORY, "october-2025")
    }
    first, second = runs.values()
    assert np.array_equal(first.recording.export, second.recording.export)
    # what counts from the headline day may differ, what a month holds may not
    for text in (
        "export/RE_magnet/CHN>WLD/2025-11",
        "export/RE_magnet/CHN>USA/2025-10/change:2025-09",
        "use/RE_magnet/DEU/2025-08",
        "queue.days/RE_controlled/CHN>EU27/2025-11",
    ):
        key = read_key(text)
        values = [answer(key, run.trajectory).values for run in runs.values()]
        assert np.array_equal(*values), text
    granted = read_key("queue.filings/RE_magnet/CHN>EU27/2025-11-30")
    counts = [answer(granted, run.trajectory).values for run in runs.values()]
    assert (counts[0] > counts[1]).all()
