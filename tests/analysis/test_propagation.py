"""What a propagation says: losses added up by hand, regimes, the figures of the examples."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.small_table import small_table

import terbium as tb
from terbium.analysis.propagation import regime_row
from terbium.analysis.propagation_losses import (
    Losses,
    final_demand,
    industry_rows,
    month_rows,
    recovery_rows,
    region_rows,
    stop_rows,
    total_row,
)
from terbium.analysis.propagation_room import room_needed
from terbium.engine.network.books import Balance
from terbium.engine.network.case import Case
from terbium.engine.network.run import Trajectories
from terbium.graph.tables import InputOutputTable
from terbium.propagation import PropagationRun
from terbium.scenario.propagation import event_of, resolve

TABLE = small_table()
GOLDEN = Path(__file__).parents[1] / "golden" / "propagation.json"
STEPS = 60
STRIKE = {"type": "arbitrary", "impact": [["CHN", "cars", 0.5]], "occurrence": 3, "duration": 10}


def made_up(share: Any, table: InputOutputTable = TABLE) -> Losses:
    """A run in which output is a share of the base, (steps,) or (steps, N), and nothing else."""
    case: Case = resolve(event_of({"events": []}), table)
    base = table.x / case.behaviour.year_steps
    shares = np.asarray(share, dtype=np.float64)
    made = shares.reshape(len(shares), -1) * base
    nothing = np.zeros_like(made)
    trajectories = Trajectories(
        production_realised=made,
        production_capacity=np.broadcast_to(base, made.shape).copy(),
        overproduction=np.ones_like(made),
        orders_received=nothing,
        rebuild_demand=nothing,
        capital_lost=nothing,
        final_demand_undist=nothing,
        final_demand_unmet=nothing,
        inputs_stock_end=np.zeros((1, len(table.sectors), table.size)),
        inputs_stock_end_days=np.array([0]),
        balance=Balance(0.0, 0.0, 0.0, 0.0),
    )
    return Losses(table, case, trajectories)


def test_losses_add_up() -> None:
    share = np.ones((73, TABLE.size))
    share[10:20, :3] = 0.5
    losses = made_up(share)
    day = TABLE.x[:3].sum() / 365
    total = total_row(losses)
    assert total["output_lost"] == pytest.approx(5 * day)
    assert total["output_lost_share"] == pytest.approx(5 * day / TABLE.x.sum())
    added = (TABLE.x - TABLE.Z.sum(axis=0)) / np.where(TABLE.x > 0, TABLE.x, 1)
    assert total["value_added_lost"] == pytest.approx(5 / 365 * (TABLE.x * added)[:3].sum())
    rows = region_rows(losses)
    assert rows[0]["region"] == "CHN"
    assert rows[0]["output_lost"] == pytest.approx(total["output_lost"])
    assert all(row["output_lost"] == 0 for row in rows[1:])
    industries = industry_rows(losses)
    assert sum(float(str(row["output_lost"])) for row in industries) == pytest.approx(5 * day)
    assert industries[0]["lowest_share"] == pytest.approx(0.5)
    assert industries[0]["lowest_step"] == 10
    months = month_rows(losses)
    assert [row["first_step"] for row in months] == [0, 31, 61]
    assert months[0]["output_lost"] == pytest.approx(5 * day)
    assert [row["output_lost"] for row in months[1:]] == [0, 0]


def test_rounding_is_no_loss() -> None:
    losses = made_up(np.full(365, 1 - 1e-13))
    assert losses.output.tolist() == [0.0] * TABLE.size
    assert regime_row(losses)["label"] == "at rest"


def test_an_industry_without_output_loses_nothing_and_has_no_share() -> None:
    idle = int(np.flatnonzero(TABLE.x == 0)[0])
    row = industry_rows(made_up(np.full(5, 0.5)))[idle]
    assert row["output_lost"] == 0
    assert row["output_lost_share"] is None
    assert row["lowest_share"] == 1


@pytest.mark.parametrize(
    ("end", "label"),
    [(1.0, "recovered"), (0.985, "recovered"), (0.9, "depressed"), (0.4, "collapsed")],
)
def test_the_regime_is_told_by_the_last_four_weeks(end: float, label: str) -> None:
    share = np.ones(365)
    share[50:200] = 0.8
    share[-28:] = end
    found = regime_row(made_up(share))
    assert found["label"] == label
    assert found["output_at_end_share"] == pytest.approx(end)
    assert f"over the last 28 steps is {end:.1%}" in str(found["reason"])


def test_days_until_output_is_back() -> None:
    share = np.ones(100)
    share[10:30], share[30:40], share[60:70] = 0.9, 0.96, 0.99
    rows = {(row["region"], row["level"]): row["steps"] for row in recovery_rows(made_up(share), 5)}
    assert (rows["all", 0.95], rows["all", 0.98]) == (25, 35)
    share[-1] = 0.5
    rows = {(row["region"], row["level"]): row["steps"] for row in recovery_rows(made_up(share), 5)}
    assert rows["CHN", 0.98] is None
    assert {row["steps"] for row in recovery_rows(made_up(np.ones(9)), 0)} == {0}


def test_stops_come_in_order() -> None:
    share = np.ones((50, TABLE.size))
    share[20:, 4], share[10:12, 7] = 0.49, 0.1
    share[30:, 5] = 0.51
    count, rows = stop_rows(made_up(share), 5)
    assert count == 2
    assert [(row["region"], row["sector"]) for row in rows] == [("FRA", "cars"), ("DEU", "cars")]
    assert [(row["step"], row["steps"]) for row in rows] == [(10, 2), (20, 30)]
    assert stop_rows(made_up(share), 1)[1] == rows[:1]


def test_direct_is_what_events_put_out_of_use() -> None:
    run = tb.propagate(TABLE, {"events": [STRIKE], "T": STEPS})
    rows: Any = run.summary["losses"]
    hit = TABLE.position("CHN", "cars")
    # half of output for ten days and the day after the last, which is when recovery is seen
    idle = 1 - run.arrays["production_capacity"] / np.maximum(
        run.arrays["overproduction"] * TABLE.x / 365, 1e-300
    )
    expected = float((idle[:, hit] * TABLE.x[hit] / 365).sum())
    assert rows["total"]["direct"] == pytest.approx(expected)
    assert rows["total"]["direct"] >= 0.5 * 10 * TABLE.x[hit] / 365
    assert [row["sector"] for row in rows["hit"]] == ["cars"]
    assert all((row["region"], row["sector"]) != ("CHN", "cars") for row in rows["indirect"])
    assert rows["total"]["indirect"] == pytest.approx(rows["total"]["output_lost"] - expected)


def test_final_demand_missed_is_the_same_from_both_sides() -> None:
    run = tb.propagate(TABLE, {"events": [STRIKE], "T": STEPS})
    found: Any = final_demand(Losses(TABLE, run.made_from.case, run.trajectories), 3)
    assert found["unmet"] == pytest.approx(run.arrays["final_demand_undist"].sum())
    assert sum(row["unmet"] for row in found["regions"]) == pytest.approx(found["unmet"])
    assert len(found["worst"]) == 3
    assert found["worst"][0]["unmet"] >= found["worst"][1]["unmet"] > 0


@given(st.lists(st.floats(0.0, 1.5), min_size=2, max_size=40))
def test_whatever_happens_regions_sectors_and_months_sum_to_the_total(shares: list[float]) -> None:
    losses = made_up(np.array(shares))
    total = float(str(total_row(losses)["output_lost"]))
    scale = TABLE.x.sum()
    for rows in (region_rows(losses), month_rows(losses), industry_rows(losses)):
        assert abs(sum(float(str(row["output_lost"])) for row in rows) - total) <= 1e-9 * scale


def test_settings_hold_every_default() -> None:
    run = tb.propagate(TABLE, {"events": [STRIKE], "T": 20, "model": {"psi_param": 0.9}})
    rows: Any = run.summary["settings"]
    found = {row["setting"]: row for row in rows}
    assert (found["model.psi_param"]["value"], found["model.psi_param"]["origin"]) == (
        "0.9",
        "file",
    )
    for name, value in {
        "model.main_inv_dur": "90",
        "model.inventory_restoration_tau": "60",
        "model.alpha_max": "1.25",
        "model.productive_capital_to_VA_dict": "4",
        "options.rationing": "proportional",
    }.items():
        assert (found[name]["value"], found[name]["origin"]) == (value, "default")
    lacking = tb.propagate(TABLE, {"events": [], "T": 9, "options": {"rationing": "final_first"}})
    row: Any = next(
        r
        for r in lacking.summary["settings"]
        if r["setting"] == "options.boario_compatible"  # type: ignore[attr-defined]
    )
    assert (row["value"], row["note"]) == ("false", "BoARIO has no rationing")


def test_the_facade_gives_labels_units_and_tables() -> None:
    run = tb.propagate(TABLE, {"events": [STRIKE], "T": STEPS})
    assert isinstance(run, PropagationRun)
    data = run.dataset
    made = data["production_realised"]
    assert made.dims == ("time", "region", "sector")
    assert made.attrs["units"] == "money of the table/step"
    hit = made.sel(region="CHN", sector="cars")
    assert np.array_equal(hit, run.arrays["production_realised"][:, TABLE.position("CHN", "cars")])
    assert data["inputs_stock_end"].dims == ("stock_time", "input", "region", "sector")
    assert all({"units", "long_name"} <= set(data[name].attrs) for name in data.data_vars)
    frame = run.losses()
    assert list(frame.columns[:3]) == ["region", "sector", "output_lost"]
    assert len(frame) == TABLE.size
    assert run.losses("region")["output_lost"].sum() == pytest.approx(frame["output_lost"].sum())
    with pytest.raises(tb.LabelError, match="industry, region, sector, month"):
        run.losses("country")
    assert "small-event" in repr(run)


def test_progress_counts_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    tb.propagate(
        TABLE, {"events": [], "T": 40}, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (40, 40)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def rounded(value: Any) -> Any:
    """Six digits, and nothing near nil: what differs beyond differs between processors."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if abs(value) > 1e-6 else 0.0
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def figures(event: str) -> Any:
    """What of a summary is kept: everything but the lines of the figures."""
    summary: Any = tb.propagate("example", event).summary
    losses = summary["losses"]
    return rounded(
        {
            "regime": summary["regime"],
            "total": losses["total"],
            "regions": losses["regions"],
            "sectors": losses["sectors"],
            "lowest": summary["lowest"],
            "recovery": [row for row in summary["recovery"] if row["region"] == "all"],
            "stops": summary["stops"]["count"],
            "unmet": summary["final_demand"]["unmet"],
            "at_risk": summary["stability"]["industries"],
            "settings": summary["settings"],
            "events": summary["events"],
        }
    )


@pytest.mark.parametrize("event", ["flood", "lean", "licences"])
def test_the_examples_say_what_they_said(event: str) -> None:
    """To write the figures anew: delete tests/golden/propagation.json and run this twice."""
    found = figures(event)
    kept = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    if event not in kept:
        kept[event] = found
        GOLDEN.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        pytest.fail(f"wrote the figures of {event}: look at them, and run again")
    assert json.loads(json.dumps(found)) == kept[event]


def test_a_run_that_does_not_fit_is_refused_before_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(tb.GraphError, match=r"a run of 1000000000 steps that needs 8"):
        tb.propagate(TABLE, {"events": [], "T": 10**9, "options": {"record": {"stocks_every": 9}}})
    monkeypatch.setattr("terbium.analysis.propagation_room.free_memory", lambda: 10**6)
    assert tb.propagate(TABLE, {"events": [], "T": 300}).regime == "at rest"
    monkeypatch.setattr("terbium.analysis.propagation_room.free_memory", lambda: 2 * 10**5)
    with pytest.raises(tb.GraphError, match="stocks_every"):
        tb.propagate(TABLE, {"events": [], "T": 300})


def test_room_grows_with_links_and_licences() -> None:
    def room(options: dict[str, Any], is_factored: bool) -> int:
        case = resolve(event_of({"events": [], "T": 30, "options": options}), TABLE)
        return room_needed(TABLE, case, is_factored)

    desk = {"desk_capacity": 1.0, "review_days": 10, "validity_days": 90, "refile_share": 0.5}
    licences = {"licences": {**desk, "links": [{"from_sector": "cars", "controlled_share": 0.5}]}}
    plain, linked = room({}, True), room({"rationing": "priority"}, False)
    assert plain < linked < room(licences, False)
