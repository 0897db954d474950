"""What changes by degrees: desks, general licences, goods declared before the day, duties."""

from datetime import date
from functools import cache

import numpy as np
import pytest
from tests.engine.small import SmallChain, between

import terbium as tb
from terbium.engine.interventions import age_per_step
from terbium.engine.kernel import advance
from terbium.engine.program import LANES, Draws, Rules
from terbium.engine.sample import Responses, Values, draw_blocks
from terbium.study import Study

HOW = Rules(1, 0, 0.5)


@cache
def april() -> Study:
    return tb.open_study("april-2025", overrides={"horizon.end": "2026-03-01"})


def drawn(**values: float) -> Draws:
    """One block with every parameter at its central value but for those named."""
    study = april()
    fixed = {name.replace("__", "/"): value for name, value in values.items()}
    parameters = study.parameters.override(fixed, where="test")
    sample = np.repeat(parameters.central[:, None], LANES, axis=1)
    return draw_blocks(study.compiled, Values(parameters.names, sample), Responses())[0]


def week_of(day: date) -> int:
    return april().compiled.clock.step_of(day)


def test_a_desk_reaches_its_new_pace_by_a_constant_share_a_step() -> None:
    draws = drawn(licensing__desk_ramp=3.0)
    june = week_of(date(2025, 6, 11))
    pace = draws.desk[:, 0]
    assert np.isinf(pace[: week_of(date(2025, 4, 4))]).all()
    rise = np.diff(pace[june + 2 : june + 8])
    assert (rise > 0.0).all()
    assert rise[1:] / rise[:-1] == pytest.approx(np.exp(-1.0 / 3.0))
    # what the control of November will bring under licence makes no desk larger before
    held = drawn(licensing__desk_ramp=0.01).desk[:, 0]
    assert held[june - 1] == pytest.approx(held[week_of(date(2025, 4, 14))])
    assert held[june + 2] > 10.0 * held[june - 1]


def test_general_licences_spread_from_the_day_that_they_can_be_had() -> None:
    draws = drawn(licensing__general_share=0.4, licensing__general_ramp=10.0)
    share = draws.general[:, 0]
    first = int(np.flatnonzero(share)[0])
    assert april().compiled.clock.step_start(first) <= date(2025, 12, 2)
    assert share[first] == pytest.approx(0.4 * (1.0 - np.exp(-0.05)))
    assert (np.diff(share[first:]) > 0.0).all()
    assert share.max() < 0.4


def test_an_understanding_evens_out_the_desk() -> None:
    draws = drawn(licensing__levelling__after_understanding=0.5, licensing__desk_ramp=1.0)
    level = draws.level[:, 0]
    assert (level[: week_of(date(2025, 6, 9))] == 0.0).all()
    assert level[week_of(date(2025, 9, 1))] == pytest.approx(0.5, abs=1e-4)


def test_the_age_of_a_law_counts_from_its_first_day() -> None:
    study = april()
    ages = age_per_step(study.compiled.friction, study.compiled.clock)
    controlled = np.flatnonzero(ages.any(axis=0))
    week = week_of(date(2025, 4, 4))
    # 4 April is a Friday: three days of its week, of which the middle is a day and a half in
    assert ages[week, controlled].max() == pytest.approx(1.5 / 7)
    assert ages[week + 1, controlled].max() == pytest.approx((3 + 3.5) / 7)
    assert (ages[:week] == 0.0).all()


def buyer(bearable: float, lag: float) -> SmallChain:
    magnet = {"material": "magnet", "from": "plant", "to": "car", "transit": 1, "class": "magnet"}
    return SmallChain(
        {
            "steps": 12,
            "settings": {
                "memory": 0.0,
                "bearable": bearable,
                "bearable_spread": 0.5,
                "duty_response": 1.0 / lag,
            },
            "classes": {"magnet": {}},
            "nodes": {
                "plant": {"kind": "supply_push", "activity": 10, "makes": {"magnet": 1}},
                "car": {
                    "kind": "final",
                    "activity": 10,
                    "uses": {"magnet": 1},
                    "stocks": {"magnet": 500},
                },
            },
            "links": [magnet],
        }
    )


@pytest.mark.parametrize(
    ("rise", "still_bought"),
    # of buyers whose limit is log-normal about 0.6 with spread 0.5
    [(0.1, 0.99983), (0.6, 0.5), (1.45, 0.038801)],
)
def test_half_of_the_buyers_bear_the_bearable_duty(rise: float, still_bought: float) -> None:
    small = buyer(0.6, lag=1.0)
    policy = between(small.policy, "duty", 0, 0, 12, 1.0 + rise)
    state, record = small.chain.fresh()
    advance(small.program, policy, small.draws, state, record, 0, 1, HOW)
    assert record.export[0, 0, 0] == pytest.approx(10.0 * still_bought, rel=1e-4)


def test_buyers_answer_to_a_duty_with_a_lag_and_forget_it_as_slowly() -> None:
    small = buyer(0.6, lag=4.0)
    policy = between(small.policy, "duty", 0, 0, 6, 2.45)
    state, record = small.chain.fresh()
    tolls = []
    for step in range(12):
        advance(small.program, policy, small.draws, state, record, step, step + 1, HOW)
        tolls.append(float(state.toll[0, 0]))
    lost = 1.0 - np.array(tolls)
    assert (np.diff(lost[:6]) > 0.0).all()
    assert lost[6:] == pytest.approx(lost[5] * 0.75 ** np.arange(1, 7))


def test_what_is_made_and_which_lines_stop_is_written_down() -> None:
    """The plant stands still from step 3 on; the car line has stock for two more steps."""
    small = buyer(np.inf, lag=1.0)
    small.table["nodes"]["car"]["stocks"] = {"magnet": 15}
    small = SmallChain(small.table)
    policy = small.policy._replace(node_scale=small.policy.node_scale.copy())
    policy.node_scale[3:, small.nodes.index("plant")] = 0.0
    policy.node_scale[9:, small.nodes.index("plant")] = 1.0
    state, record = small.chain.fresh()
    advance(small.program, policy, small.draws, state, record, 0, 12, HOW)
    assert record.made[:, 0, 0] == pytest.approx([10.0] * 3 + [0.0] * 6 + [10.0] * 3)
    begun = record.begun[:, 0, 0]
    assert begun.sum() == pytest.approx(10.0)
    first = int(record.stop_step[small.nodes.index("car"), 0])
    assert np.flatnonzero(begun).tolist() == [first]
