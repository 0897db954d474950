from collections.abc import Callable

import numpy as np
import pytest
from tests.results import synthetic

from terbium.engine.recording import QUEUE_FLOWS, Recording
from terbium.results.context import RunContext
from terbium.results.queue import monthly_queue, queue_rows
from terbium.results.stops import stop_rows
from terbium.results.summary import link_rows, summarise


@pytest.fixture
def hand_made(recording: Recording, changed: Callable[..., Recording]) -> Recording:
    days = np.full(recording.first_stop_days.shape, np.inf, np.float32)
    binding = np.full(days.shape, -1, np.int16)
    usa = recording.industry_keys.index(("USA", "passenger_cars"))
    parts = recording.industry_keys.index(("USA", "vehicle_parts"))
    days[usa, :30], binding[usa, :30] = 42, 2
    days[parts, 30:], binding[parts, 30:] = 14, 1
    length = np.where(np.isfinite(days), 21, 0).astype(np.float32)
    return changed(first_stop_days=days, binding=binding, stop_length_days=length)


def test_stops_are_weeks_with_never_for_draws_without(
    hand_made: Recording, context: RunContext
) -> None:
    rows = {(r["region"], r["industry"]): r for r in stop_rows(hand_made, context)}
    cars = rows["USA", "passenger_cars"]
    assert (cars["week"], cars["low90"], cars["high90"]) == (6, 6, np.inf)
    assert cars["share_stopped"] == 0.75
    assert cars["binding"] == "SmCo_magnet"
    assert cars["length_weeks"] == 3
    japan = rows["JPN", "passenger_cars"]
    assert (japan["week"], japan["binding"], japan["length_weeks"]) == (np.inf, None, None)


def test_a_region_stops_with_its_first_industry(hand_made: Recording, context: RunContext) -> None:
    rows = stop_rows(hand_made, context)
    whole = {r["region"]: r for r in rows if r["industry"] == "all_industries"}
    assert whole["USA"]["share_stopped"] == 1
    assert whole["USA"]["week"] == 6
    assert whole["USA"]["low90"] == 2
    assert whole["EU27"]["share_stopped"] == 0
    assert rows[0]["region"] == "USA"


def test_grade_of_a_stop_is_that_of_its_stock(recording: Recording, context: RunContext) -> None:
    for row in stop_rows(recording, context):
        key = (str(row["region"]), str(row["industry"]))
        if key in context.stock_grades:
            assert row["grade"] == context.stock_grades[key]


def test_queue_flows_add_up_over_destinations_and_steps(
    recording: Recording, context: RunContext
) -> None:
    months, queue = monthly_queue(recording, context)
    world = queue["RE_magnet", "WLD"]
    for name in QUEUE_FLOWS:
        parts = [queue["RE_magnet", place][name] for place in synthetic.WEIGHTS]
        np.testing.assert_allclose(world[name], np.sum(parts, axis=0), rtol=1e-6)
    assert world["waiting"].shape == (len(months), recording.draws)
    share = world["granted_share"]
    assert np.isnan(share[:3]).all()
    assert ((share[3:] >= 0) & (share[3:] <= 1)).all()


def test_share_granted_of_a_sum_is_not_the_sum_of_shares(
    recording: Recording, context: RunContext
) -> None:
    _, queue = monthly_queue(recording, context)
    world = queue["RE_magnet", "WLD"]
    expected = world["granted"].sum(axis=0) / world["filed"].sum(axis=0)
    np.testing.assert_allclose(world["granted_share"][-1], expected)


def test_queue_rows_have_units(recording: Recording, context: RunContext) -> None:
    rows = queue_rows(*monthly_queue(recording, context))
    units = {(row["quantity"], row["unit"]) for row in rows}
    shares = [row["month"] for row in rows if row["quantity"] == "granted_share"]
    assert min(str(month) for month in shares) == "2025-04"
    assert units == {("granted_share", "1"), *((n, "t") for n in (*QUEUE_FLOWS, "waiting"))}


def test_links_keep_their_quantiles(recording: Recording) -> None:
    row = link_rows(recording)[3]
    total = recording.link_total[3]
    assert row["low90"] == pytest.approx(total[0], rel=1e-5)
    assert row["central"] == pytest.approx(total[2], rel=1e-5)
    assert row["high90"] == pytest.approx(total[4], rel=1e-5)


def test_summary_has_what_the_design_promises(recording: Recording, context: RunContext) -> None:
    summary = summarise(recording, context)
    promised = ("monthly_exports", "first_stops", "queue", "conservation", "regime", "scores")
    assert set(promised) <= set(summary)
